// The incomplete gamma functions.
import { gammaP, gammaQ } from "../../numerics/incomplete_gamma.ts";
import { notImplemented } from "../../dispatch/no_formula.ts";
import { define, inplace, op } from "../../dispatch/declare.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { onHost } from "./on_host.ts";
import { floats, of } from "../../dispatch/takes.ts";
import { lgamma } from "./functions.ts";

/** What x adds to the lower part as it grows: x^(a-1) e^-x / Γ(a). */
const density = (a: Tensor, x: Tensor): Tensor => a.sub(1).mul(x.log()).sub(x).sub(lgamma(a)).exp();

/**
 * The lower incomplete gamma function of order self, regularised: the share of Γ(self)'s integral below `other`. NaN for
 * negative arguments. As `torch.igamma`.
 * @example torch.igamma(torch.tensor([4.0]), torch.tensor([3.0])) // tensor([0.3528])
 */
export const igamma = op("igamma(Tensor self, Tensor other) -> Tensor");
define(igamma, {
  takes: of("promoted", floats("igamma_cpu")),
  kernel: onHost(gammaP),
  saves: { other: ["self", "other"] },
  backward: { self: notImplemented("igamma: input"), other: ({ grad, self, other }) => grad.mul(density(self, other)) },
});
export const igamma_ = inplace(igamma);
/** The upper one, 1 - {@link igamma}. As `torch.igammac`. */
export const igammac = op("igammac(Tensor self, Tensor other) -> Tensor");
define(igammac, {
  takes: of("promoted", floats("igammac_cpu")),
  kernel: onHost(gammaQ),
  saves: { other: ["self", "other"] },
  backward: {
    self: notImplemented("igammac: input"),
    other: ({ grad, self, other }) => grad.mul(density(self, other)).neg(),
  },
});
export const igammac_ = inplace(igammac);
