// Draws: of PyTorch's streams, to the bit.
import * as torch from "tidu";
import type { Case, Run, Scenario } from "../scenario.ts";
import { milliseconds } from "../scenario.ts";

const MILLION = 1_000_000;
const drawing = (name: string, prepare: () => Run): Case => ({ name, show: milliseconds, prepare });

export const random: Scenario = {
  title: "draws, of 1,000,000 unless told",
  unit: "ms",
  measure: "seconds",
  cases: [
    drawing("rand", () => () => torch.rand(MILLION)),
    drawing("randn", () => () => torch.randn(MILLION)),
    drawing("rand, 1,000", () => () => torch.rand(1000)),
    drawing("randn, 1,000", () => () => torch.randn(1000)),
    drawing("rand, float64", () => () => torch.rand(MILLION, { dtype: torch.float64 })),
    drawing("randn, float64", () => () => torch.randn(MILLION, { dtype: torch.float64 })),
    drawing("randn, bfloat16", () => () => torch.randn(MILLION, { dtype: torch.bfloat16 })),
    drawing("uniform_", () => {
      const x = torch.empty(MILLION);
      return () => x.uniform_(-1, 2);
    }),
    drawing("normal_", () => {
      const x = torch.empty(MILLION);
      return () => x.normal_(1, 2);
    }),
    drawing("bernoulli_", () => {
      const x = torch.empty(MILLION);
      return () => x.bernoulli_(0.3);
    }),
    drawing("exponential_", () => {
      const x = torch.empty(MILLION);
      return () => x.exponential_();
    }),
    drawing("bernoulli of chances", () => {
      const p = torch.rand(MILLION);
      return () => torch.bernoulli(p);
    }),
    drawing("randint", () => () => torch.randint(0, 10, [MILLION])),
    drawing("dropout", () => {
      const x = torch.rand(MILLION);
      return () => torch.nn.functional.dropout(x, 0.3);
    }),
  ],
};
