import * as torch from "tidu";
import { nn } from "tidu";
import type { Scenario } from "../scenario.ts";
import { milliseconds } from "../scenario.ts";

const operands = (requires_grad: boolean): [torch.Tensor, torch.Tensor, torch.Tensor] => [
  torch.randn(4, 8, 512, 64, { requires_grad }),
  torch.randn(4, 8, 512, 64, { requires_grad }),
  torch.randn(4, 8, 512, 64, { requires_grad }),
];
const causal = { is_causal: true };

export const attention: Scenario = {
  title: "causal attention, 4 x 8 heads, 512 places of 64",
  unit: "ms",
  measure: "seconds",
  cases: [
    {
      name: "attention",
      show: milliseconds,
      prepare: () => {
        const inputs = operands(false);
        return () => nn.functional.scaled_dot_product_attention(...inputs, causal);
      },
    },
    {
      name: "attention, gradient",
      show: milliseconds,
      prepare: () => {
        const inputs = operands(true);
        const weights = torch.randn(4, 8, 512, 64);
        return () =>
          torch.autograd.grad(
            nn.functional
              .scaled_dot_product_attention(...inputs, causal)
              .mul(weights)
              .sum(),
            inputs,
          );
      },
    },
  ],
};
