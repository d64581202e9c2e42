import * as torch from "tidu";
import type { Scenario } from "../scenario.ts";
import { milliseconds } from "../scenario.ts";

export const softmax: Scenario = {
  title: "softmax of [512, 1024]",
  unit: "ms",
  measure: "seconds",
  cases: [
    {
      name: "softmax",
      show: milliseconds,
      prepare: () => {
        const x = torch.randn(512, 1024);
        return () => x.softmax(-1);
      },
    },
    {
      name: "softmax, gradient",
      show: milliseconds,
      prepare: () => {
        const x = torch.randn(512, 1024, { requires_grad: true });
        const weights = torch.randn(512, 1024);
        return () => torch.autograd.grad(x.softmax(-1).mul(weights).sum(), x);
      },
    },
  ],
};
