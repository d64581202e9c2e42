// Note [Early release] in src/tensor/allocate.ts: what only the library has seen is freed without the garbage collector.
import { describe, expect, test } from "vitest";
import type { CpuDevice } from "../../src/devices/cpu/device.ts";
import { currentDevice } from "../../src/devices/registry.ts";
import * as torch from "../../src/index.ts";
import { nn } from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

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

describe("what a layer of the library hands to the next in a Sequential", () => {
  const x = torch.rand(64, 100);
  const wide = 4 * 64 * 100;
  const linear = (): nn.Linear => new nn.Linear(100, 100);
  const layers = (): nn.Module[] => [linear(), new nn.ReLU(), linear(), new nn.Tanh(), new nn.Flatten(), linear()];
  const sequential = (...modules: nn.Module[]): ((x: Tensor) => Tensor) =>
    new nn.Sequential(...(modules as nn.Layer[]));

  test("is freed when it was used, so that two results are the most there is", () => {
    const model = sequential(...layers());
    torch.no_grad(() => {
      model(x);
      torch.cpu.reset_peak_memory_stats();
      const before = torch.cpu.memory_allocated();
      expect(leaves(() => model(x))).toBe(wide);
      expect(torch.cpu.max_memory_allocated() - before).toBe(2 * wide);
    });
  });
  test("is kept if a node saved it, and freed when that has run", () => {
    const model = sequential(...layers());
    let y: Tensor;
    // Kept are the results of relu and of tanh, each for itself and the layer after it, and the last.
    expect(leaves(() => (y = model(x)))).toBe(3 * wide);
    const gradients = 3 * 4 * (100 * 100 + 100);
    expect(leaves(() => y.sum().backward())).toBe(gradients - 2 * wide + 2 * NUMBER);
  });
  test("and all of a convolutional network's, indices of pools and statistics of norms among them", () => {
    const model = sequential(
      new nn.Conv2d(1, 4, 3, { padding: 1 }),
      new nn.BatchNorm2d(4),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Conv2d(4, 8, 3, { padding: 1 }),
      new nn.Dropout(0.5),
      new nn.GELU(),
      new nn.AvgPool2d(2),
      new nn.Flatten(),
      new nn.Linear(8 * 4 * 4, 10),
    );
    const images = torch.rand(2, 1, 16, 16);
    const target = torch.tensor([1n, 2n]);
    const step = (): void => F.cross_entropy(model(images), target).backward();
    step();
    // Scores, loss and its gradient are what a program may hold.
    expect(leaves(step)).toBe(4 * 2 * 10 + 2 * NUMBER);
  });
  test("is left alone if a hook, a subclass, a module or a forward of one's own may keep it", () => {
    const kept: Tensor[] = [];
    const keep = (t: Tensor): Tensor => (kept.push(t), t);
    const hooked = new nn.ReLU();
    hooked.register_forward_hook((_, [given], result) => void kept.push(given as Tensor, result as Tensor));
    const once = new nn.Sigmoid();
    const handle = once.register_forward_hook((_module, _given, result) => {
      keep(result as Tensor);
      handle.remove();
    });
    class Derived extends nn.Linear {
      override forward(t: Tensor): Tensor {
        return keep(super.forward(keep(t)));
      }
    }
    class Own extends nn.Module {
      override forward(t: Tensor): Tensor {
        return keep(keep(t).mul(2));
      }
    }
    const changed = new nn.Tanh();
    changed.forward = (t: Tensor) => keep(keep(t).tanh());
    const all = [
      linear(),
      hooked,
      linear(),
      once,
      linear(),
      new Derived(100, 100),
      linear(),
      new Own(),
      linear(),
      changed,
    ];
    const y = sequential(...all, linear())(x);
    const before = kept.map((t) => t.tolist());
    expect(kept).toHaveLength(9);
    y.sum().backward();
    sequential(...layers())(x)
      .sum()
      .backward();
    expect(kept.map((t) => t.tolist())).toEqual(before);
  });
  test("is left alone if it is the input or shares its memory", () => {
    const given = torch.rand(64, 100);
    const before = given.tolist();
    for (const first of [new nn.Identity(), new nn.Flatten(0), new nn.Dropout(0).eval(), new nn.Unflatten(1, [10, 10])])
      torch.no_grad(() => sequential(first, new nn.ReLU(), new nn.Tanh())(given));
    expect(given.tolist()).toEqual(before);
    const inPlace = sequential(new nn.ReLU(true), new nn.Identity(), new nn.Tanh());
    expect(torch.equal(inPlace(given), torch.tensor(before).relu().tanh())).toBe(true);
    expect(given.ge(0).all().item()).toBe(true);
  });
  test("is the same to the gradient", () => {
    const model = sequential(...layers());
    const y = model(x);
    y.sum().backward();
    const [first] = (model as unknown as nn.Sequential)[0].parameters();
    const found = first.grad!.clone();
    first.grad = null;
    let step = x;
    for (const layer of model as unknown as nn.Sequential) step = layer(step);
    expect(torch.equal(step, y)).toBe(true);
    step.sum().backward();
    expect(torch.equal(first.grad!, found)).toBe(true);
  });
});
