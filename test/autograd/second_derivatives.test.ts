// Where PyTorch's gradients depend on an argument, ours do: with zeros, if need be. See Note [Piecewise linear].
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { nn, Tensor } from "../../src/index.ts";
import { registry } from "../../src/dispatch/declare.ts";
import { samples } from "../samples/index.ts";

type Call = (...args: unknown[]) => Tensor | readonly Tensor[];
/** Recorded by tools/record/second_derivatives.py: what each gradient reaches, + or -, for each leaf in turn. */
const recorded = JSON.parse(
  readFileSync(new URL("../recorded/second_derivatives.json", import.meta.url), "utf8"),
) as Record<string, readonly string[]>;
const calls = new Map([...registry].map(([call, { schema }]) => [schema.name, call as Call]));

const leavesOf = (x: unknown): Tensor[] =>
  x instanceof Tensor
    ? x.requires_grad
      ? [x]
      : []
    : typeof x === "object" && x !== null
      ? Object.values(x).flatMap(leavesOf)
      : [];
const realSum = (t: Tensor): Tensor => (t.dtype.is_complex ? t.resolve_conj().view_as_real() : t).sum();
function reached(call: Call, args: readonly unknown[]): string[] {
  const leaves = leavesOf(args);
  const results = [call(...args)].flat().filter((t) => t instanceof Tensor && t.requires_grad);
  const none = "-".repeat(leaves.length);
  if (results.length === 0) return leaves.map(() => none);
  const total = results.map(realSum).reduce((a, b) => a.add(b));
  return torch.autograd.grad(total, leaves, null, { create_graph: true, allow_unused: true }).map((g) => {
    if (!g?.requires_grad) return none;
    const second = torch.autograd.grad(realSum(g), leaves, null, { allow_unused: true, retain_graph: true });
    return second.map((t) => (t === null ? "-" : "+")).join("");
  });
}

describe("every gradient reaches what PyTorch's reaches", () => {
  for (const [name, rows] of Object.entries(recorded)) {
    const [op, sample] = name.split(" ");
    test(name, () => {
      const made = samples[op]()[Number(sample)]!;
      const got = reached(calls.get(op)!, made);
      for (const [i, row] of rows.entries())
        for (let j = 0; j < row.length; j++)
          if (row[j] === "+") expect(got[i][j], `gradient ${i} by argument ${j}: ${got.join(" ")}`).toBe("+");
    });
  }
});

const KINKED: Readonly<Record<string, () => nn.Module & ((x: Tensor) => Tensor)>> = {
  LeakyReLU: () => new nn.LeakyReLU(0.2),
  ReLU6: () => new nn.ReLU6(),
  Hardtanh: () => new nn.Hardtanh(),
  Hardshrink: () => new nn.Hardshrink(),
  Softshrink: () => new nn.Softshrink(),
  PReLU: () => new nn.PReLU(),
  Hardswish: () => new nn.Hardswish(),
  AvgPool1d: () => new nn.AvgPool1d(1),
  MaxPool1d: () => new nn.MaxPool1d(1),
};
describe("a gradient penalty gives the first bias zeros", () => {
  for (const [name, make] of Object.entries(KINKED))
    test(`through ${name}`, () => {
      const first = new nn.Linear(3, 4);
      const net = new nn.Sequential(first, make(), new nn.Linear(4, 1));
      const x = torch.randn(5, 3, { requires_grad: true });
      const [g] = torch.autograd.grad(net(x).sum(), x, null, { create_graph: true });
      g.norm(2, 1).sub(1).pow(2).mean().backward();
      expect(first.bias!.grad!.sizes).toEqual([4]);
      if (name !== "Hardswish") expect(first.bias!.grad!.abs().max().item()).toBe(0);
    });
});

test("the gradients of scattered extremes have no graph, as in PyTorch, those of products have one", () => {
  for (const [reduce, has] of [
    ["amax", false],
    ["amin", false],
    ["prod", true],
  ] as const)
    for (const include_self of [true, false]) {
      const x = torch.tensor([new torch.Float(1), new torch.Float(2), new torch.Float(3)], { requires_grad: true });
      const source = torch.tensor([0.5, 4.5], { requires_grad: true });
      const index = torch.tensor([0n, 1n]);
      for (const y of [
        x.scatter_reduce(0, index, source, reduce, { include_self }),
        x.index_reduce(0, index, source, reduce, { include_self }),
      ]) {
        const [, g] = torch.autograd.grad(y.sum(), [x, source], { create_graph: true });
        expect(g!.requires_grad).toBe(has);
      }
    }
});
