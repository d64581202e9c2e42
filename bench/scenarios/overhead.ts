import * as torch from "tidu";
import type { Scenario } from "../scenario.ts";
import { microseconds, milliseconds } from "../scenario.ts";

export const overhead: Scenario = {
  title: "small ops, 16 elements",
  unit: "µs",
  measure: "seconds",
  cases: [
    {
      name: "add, no_grad",
      show: microseconds,
      prepare: () => {
        const [x, y] = [torch.rand(16), torch.rand(16)];
        return () => x.add(y);
      },
    },
    {
      name: "add, recorded",
      show: microseconds,
      prepare: () => {
        const [x, y] = [torch.rand(16, { requires_grad: true }), torch.rand(16)];
        return () => x.add(y);
      },
    },
    {
      name: "add and its backward",
      show: microseconds,
      prepare: () => {
        const [x, y] = [torch.rand(16, { requires_grad: true }), torch.rand(16)];
        const grad = torch.ones(16);
        return () => {
          x.grad = null;
          x.add(y).backward(grad);
        };
      },
    },
  ],
};

export const coldStart: Scenario = {
  title: "cold start: import, one product of 64 x 64, exit",
  unit: "ms",
  measure: "start",
  cases: [{ name: "cold start", show: milliseconds, prepare: null }],
};
