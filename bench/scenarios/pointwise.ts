import * as torch from "tidu";
import type { Tensor } from "tidu";
import type { Case, Scenario } from "../scenario.ts";
import { milliseconds } from "../scenario.ts";

const N = 1_000_000;
const chain = (x: Tensor, a: Tensor, b: Tensor): Tensor => x.mul(a).add(b).tanh().mul(x.neg().exp());
const operands = (requires_grad: boolean): [Tensor, Tensor, Tensor] => [
  torch.rand(N, { requires_grad }),
  torch.rand(N, { requires_grad }),
  torch.rand(N, { requires_grad }),
];
const unary = (name: "exp" | "tanh" | "erf" | "sigmoid" | "gelu" | "sin"): Case => ({
  name,
  show: milliseconds,
  prepare: () => {
    const x = torch.randn(N);
    return name === "gelu" ? () => torch.nn.functional.gelu(x) : () => x[name]();
  },
});

export const pointwise: Scenario = {
  title: "pointwise over 1,000,000",
  unit: "ms",
  measure: "seconds",
  cases: [
    {
      name: "add",
      show: milliseconds,
      prepare: () => {
        const [x, a] = operands(false);
        return () => x.add(a);
      },
    },
    ...(["exp", "tanh", "erf", "sigmoid", "gelu", "sin"] as const).map(unary),
    {
      name: "sum",
      show: milliseconds,
      prepare: () => {
        const [x] = operands(false);
        return () => x.sum();
      },
    },
    {
      name: "tanh(x*a+b)*exp(-x)",
      show: milliseconds,
      prepare: () => {
        const [x, a, b] = operands(false);
        return () => chain(x, a, b);
      },
    },
    {
      name: "tanh(x*a+b)*exp(-x), gradient",
      show: milliseconds,
      prepare: () => {
        const inputs = operands(true);
        return () => torch.autograd.grad(chain(...inputs).sum(), inputs);
      },
    },
  ],
};
