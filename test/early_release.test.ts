// Note [Early release] in src/allocate.ts: what only the library has seen is freed without the garbage collector.
import { describe, expect, test } from "vitest";
import type { CpuDevice } from "../src/devices/cpu/device.ts";
import { currentDevice } from "../src/devices/registry.ts";
import * as torch from "../src/index.ts";
import { nn } from "../src/index.ts";
import type { Tensor } from "../src/index.ts";

const F = nn.functional;
const { memory } = currentDevice() as CpuDevice;
/** Bytes that `body` asks for and leaves to the garbage collector, or to whoever holds them. */
function leaves(body: () => unknown): number {
  const left = (): number => memory.stats().live + memory.stats().swept;
  const before = left();
  body();
  return left() - before;
}
/** A number takes the least that a block may have. */
const NUMBER = 16;
const leaf = (...sizes: number[]): Tensor => torch.rand(sizes, { requires_grad: true });

describe("what an op made for itself and saved for backward", () => {
  const target = torch.zeros([64], { dtype: torch.int64 });
  test("is freed when the last node that saved it has run", () => {
    const x = leaf(64, 128);
    const gradient = x.numel() * 4;
    let loss: Tensor;
    // The logarithms of softmax, and the loss.
    expect(leaves(() => (loss = F.cross_entropy(x, target)))).toBe(gradient + NUMBER);
    // The gradients of x and of the loss come, the logarithms go.
    expect(leaves(() => loss.backward())).toBe(NUMBER);
    expect(loss!.item()).toBeCloseTo(Math.log(128), 0);
  });
  test("stays while the graph is kept, and gives the same gradient again", () => {
    const x = leaf(64, 128);
    const loss = F.cross_entropy(x, target);
    loss.backward({ retain_graph: true });
    const once = x.grad!.clone();
    expect(leaves(() => loss.backward({ retain_graph: true }))).toBe(NUMBER);
    expect(torch.equal(x.grad!, once.mul(2))).toBe(true);
    expect(leaves(() => loss.backward())).toBe(NUMBER - 64 * 128 * 4);
    expect(() => loss.backward()).toThrow("Trying to backward through the graph a second time");
  });
  test("stays for second derivatives", () => {
    const x = leaf(4, 5).double().detach().requires_grad_();
    const of = (t: Tensor): Tensor => F.cross_entropy(t, target.narrow(0, 0, 4));
    expect(torch.autograd.gradgradcheck(of, [x])).toBe(true);
    const [g] = torch.autograd.grad(of(x), x, null, { create_graph: true });
    g.pow(2).sum().backward();
    const [again] = torch.autograd.grad(of(x), x, null, { create_graph: true });
    expect(torch.equal(again, g)).toBe(true);
  });
  test("stays as it is where hooks on saved tensors were given it", () => {
    const x = leaf(64, 128);
    const given: Tensor[] = [];
    const pack = (t: Tensor): Tensor => (given.push(t), t);
    const loss = torch.autograd.graph.saved_tensors_hooks(
      pack,
      (t) => t,
      () => F.cross_entropy(x, target),
    );
    const before = given.map((t) => t.tolist());
    loss.backward();
    F.cross_entropy(x, target).backward();
    expect(given.map((t) => t.tolist())).toEqual(before);
  });
  test("is freed with copies that a product of matrices made of views", () => {
    const [q, k] = [leaf(2, 16, 4, 32), leaf(2, 16, 4, 32)];
    const bytes = 4 * q.numel();
    const product = (): Tensor => q.transpose(1, 2).matmul(k.transpose(1, 2).transpose(-2, -1));
    let y: Tensor;
    expect(leaves(() => (y = product()))).toBe(2 * bytes + 4 * 2 * 4 * 16 * 16);
    // Two copies go, two gradients come.
    const grad = torch.ones(y!.shape);
    expect(leaves(() => y.backward(grad))).toBe(0);
  });
});
