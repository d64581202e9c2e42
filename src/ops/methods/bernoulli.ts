// x.bernoulli_, of a number or a tensor of probabilities.
import { methodOf, overload, overloaded } from "../../dispatch/overloads.ts";
import type { Generator } from "../../random/generator.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { _bernoulli_by_, _bernoulli_fill_ } from "../random/random.ts";

declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /** Overwrites self with 1s and 0s: with probability `p`, a number or a tensor of probabilities. */
    bernoulli_(p?: number | Tensor, options?: { generator?: Generator | null }): Tensor;
    bernoulli_(options: { p?: number | Tensor; generator?: Generator | null }): Tensor;
  }
}
Tensor.prototype.bernoulli_ = methodOf(
  overloaded(
    overload(
      "bernoulli_(Tensor self, Tensor|Scalar p=0.5, *, Generator? generator=None) -> Tensor",
      (self, p, generator) =>
        p instanceof Tensor ? _bernoulli_by_(self, p, { generator }) : _bernoulli_fill_(self, Number(p), { generator }),
    ),
  ),
);
