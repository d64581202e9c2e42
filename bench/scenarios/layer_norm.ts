import * as torch from "tidu";
import { nn } from "tidu";
import type { Scenario } from "../scenario.ts";
import { milliseconds } from "../scenario.ts";

export const layerNorm: Scenario = {
  title: "layer_norm of [512, 1024]",
  unit: "ms",
  measure: "seconds",
  cases: [
    {
      name: "layer_norm",
      show: milliseconds,
      prepare: () => {
        const x = torch.randn(512, 1024);
        const norm = new nn.LayerNorm([1024]).requires_grad_(false);
        return () => norm(x);
      },
    },
    {
      name: "layer_norm, gradient",
      show: milliseconds,
      prepare: () => {
        const x = torch.randn(512, 1024, { requires_grad: true });
        const norm = new nn.LayerNorm([1024]);
        const weights = torch.randn(512, 1024);
        return () => torch.autograd.grad(norm(x).mul(weights).sum(), [x, ...norm.parameters()]);
      },
    },
  ],
};
