// torch.autograd.graph.saved_tensors_hooks
import * as torch from "tidu";
import { describe, expect, test } from "vitest";
import { registry } from "../../src/dispatch/declare.ts";
import { samples } from "../samples/index.ts";

const { saved_tensors_hooks } = torch.autograd.graph;

describe("saved_tensors_hooks", () => {
  test("pack what nodes keep and unpack it in backward, inputs and results alike", () => {
    const seen: string[] = [];
    const x = torch.tensor([1, 2], { requires_grad: true });
    const pack = (t: torch.Tensor): number[] => {
      seen.push(`pack ${t.tolist()}`);
      return t.tolist() as number[];
    };
    const unpack = (packed: number[]): torch.Tensor => {
      seen.push(`unpack ${packed}`);
      return torch.tensor(packed);
    };
    const y = saved_tensors_hooks(pack, unpack, () => x.mul(x).exp().sum());
    y.backward();
    expect(seen.slice(0, 2)).toEqual(["pack 1,2", "pack 1,2"]);
    expect(seen.filter((s) => s.startsWith("unpack"))).toHaveLength(3);
    const [e, e4] = [Math.E, Math.exp(4)];
    expect(x.grad!.tolist()).toEqual([2 * e, 4 * e4].map((v) => expect.closeTo(v, 4)));
  });
  test("leave second derivatives whole: what is unpacked leads to where the tensor came from", () => {
    const x = torch.tensor([2], { requires_grad: true, dtype: torch.float64 });
    const y = saved_tensors_hooks(
      (t) => t.detach().clone(),
      (t) => t,
      () => x.pow(3).sum(),
    );
    const [g] = torch.autograd.grad(y, x, null, { create_graph: true });
    const [h] = torch.autograd.grad(g.sum(), x);
    expect([g.item(), h.item()]).toEqual([12, 12]);
  });
  test("must give tensors back, and end with the block", () => {
    const x = torch.ones(2, { requires_grad: true });
    const y = saved_tensors_hooks(
      () => 1,
      () => 1 as never,
      () => x.mul(x).sum(),
    );
    expect(() => y.backward()).toThrow(
      "Output of saved tensor unpack_hook expected to be a Tensor but got result of type int",
    );
    x.mul(x).sum().backward();
    expect(x.grad!.tolist()).toEqual([2, 2]);
  });
});

describe("hooks may make tensors and keep anything: the gradients stay what they are, to the bit,", () => {
  for (const [call, { schema, inplaceOf }] of registry) {
    const of = inplaceOf === null ? (samples[schema.name]?.() ?? []) : [];
    for (const [i, args] of of.entries())
      test(`of ${schema.name} ${i}`, () => {
        const inputs = args.flat().filter((x): x is torch.Tensor => x instanceof torch.Tensor && x.requires_grad);
        const gradients = (): (torch.Tensor | null)[] => {
          const out = (call as (...args: unknown[]) => torch.Tensor | torch.Tensor[])(...args);
          const ys = [out].flat().filter((y) => y.requires_grad);
          return ys.length === 0
            ? []
            : torch.autograd.grad(
                ys,
                inputs,
                ys.map((y) => torch.ones_like(y)),
                { allow_unused: true },
              );
        };
        torch.manual_seed(0);
        const wanted = gradients();
        torch.manual_seed(0);
        const got = saved_tensors_hooks(
          (t) => ({ double: t.mul(2), shape: [...t.sizes] }),
          ({ double, shape }) => (double.dtype === torch.bool ? double : double.div(2).to(double.dtype)).reshape(shape),
          gradients,
        );
        for (const [k, g] of wanted.entries())
          expect(g === null ? got[k] : torch.equal(g, got[k]!)).toBe(g === null ? null : true);
      });
  }
});
test("a hook runs unrecorded, sees the modes as they were outside afterwards, and must not write into what it is given", () => {
  const x = torch.ones(2, { requires_grad: true });
  const recording: boolean[] = [];
  const pack = (t: torch.Tensor): torch.Tensor => {
    recording.push(torch.is_grad_enabled());
    return t;
  };
  const y = saved_tensors_hooks(
    pack,
    (t) => t,
    () => x.exp().sum(),
  );
  expect(y.requires_grad).toBe(true);
  expect(recording).toEqual([false]);
  expect(() =>
    saved_tensors_hooks(
      (t) => t.mul_(2),
      (t) => t,
      () => x.clone().exp(),
    ),
  ).toThrow("A saved tensor pack hook is modifying its input in place.");
  expect(torch.is_grad_enabled()).toBe(true);
});
