// torch.special: functions of mathematical physics and statistics, and other names of common ones.
import type { Scalar } from "../../base/dtype.ts";
import { finfo } from "../../base/dtype_info.ts";
import { airyAi, besselJ, besselY, modifiedI, modifiedK, scaledI, scaledK } from "../../kernel/formulas/bessel.ts";
import { isHalf } from "../../kernel/half.ts";
import * as polynomials from "../../kernel/formulas/polynomials.ts";
import { erfc as erfcOf, erfinv as erfinvOf } from "../../kernel/formulas/special.ts";
import { hurwitz } from "../../numerics/zeta.ts";
import { composite } from "../../kinds/kernels.ts";
import { notImplemented } from "../../dispatch/no_formula.ts";
import { define, inplace, op } from "../../dispatch/declare.ts";
import type { Op } from "../../dispatch/declare.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { onHost } from "./on_host.ts";
import { _where, erfc } from "./arithmetic.ts";
import { notImplementedFor, of, real, realNotHalf } from "../../dispatch/takes.ts";

export {
  digamma,
  digamma as psi,
  lgamma as gammaln,
  mvlgamma as multigammaln,
  polygamma,
  sinc,
  xlogy,
} from "./functions.ts";
export { igamma as gammainc, igammac as gammaincc } from "./gamma.ts";
export { erf, erfc, erfinv, exp2, expm1, sigmoid as expit, log1p, logit, round } from "./arithmetic.ts";
export { logsumexp } from "../reduction/reduction.ts";
export { log_softmax, softmax } from "../nn/activation/softmax.ts";

/** -x log(x): 0 at 0, -inf below. */
export const entr = op("entr(Tensor input) -> Tensor");
define(entr, {
  takes: real("entr_cpu"),
  kernel: onHost((x) => (x > 0 ? -x * Math.log(x) : x === 0 ? 0 : Number.isNaN(x) ? NaN : -Infinity)),
  saves: ["input"],
  backward: { input: ({ grad, input }) => grad.mul(input.log().neg().sub(1)) },
  node: "SpecialEntrBackward0",
});
/** The normal distribution's cumulative function. */
export const ndtr = op("ndtr(Tensor input) -> Tensor");
define(ndtr, { kernel: composite(({ input }) => erfc(input.mul(-Math.SQRT1_2)).mul(0.5)), lastNode: "MulBackward1" });
/** The inverse of {@link ndtr}. */
export const ndtri = op("ndtri(Tensor input) -> Tensor");
define(ndtri, {
  takes: realNotHalf("ndtri_cpu"),
  kernel: onHost(normalQuantile),
  saves: ["result"],
  backward: { input: ({ grad, result }) => grad.mul(result.pow(2).div(2).exp()).mul(Math.sqrt(2 * Math.PI)) },
  node: "SpecialNdtriBackward0",
});
/** By the inverse error function; in the tail by Newton's method on the logarithm, from the leading terms. */
function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0) return -Infinity;
  if (p > 0.01) return Math.SQRT2 * erfinvOf(2 * p - 1);
  const log = Math.log(p);
  let x = -Math.sqrt(-2 * log - Math.log(-4 * Math.PI * log));
  for (let i = 0; i < 6; i++) x -= ((logNormal(x) - log) * scaledErfc(-x * Math.SQRT1_2)) / Math.sqrt(2 / Math.PI);
  return x;
}
function logNormal(x: number): number {
  const t = x * Math.SQRT1_2;
  return x < -1 ? Math.log(scaledErfc(-t) / 2) - t * t : Math.log1p(-erfcOf(t) / 2);
}
/** e^(x²) erfc(x), without overflow. */
export const erfcx = op("erfcx(Tensor input) -> Tensor");
define(erfcx, {
  takes: realNotHalf("erfcx_cpu"),
  kernel: onHost(scaledErfc),
  saves: ["input", "result"],
  backward: {
    input: ({ grad, input, result }) =>
      grad.mul(
        input
          .mul(result)
          .mul(2)
          .sub(2 / Math.sqrt(Math.PI)),
      ),
  },
  node: "SpecialErfcxBackward0",
});
function scaledErfc(x: number): number {
  if (x < -27) return Infinity;
  if (!(x > 20)) {
    const high = Math.fround(x); // high² is exact, so that the exponent is
    return Math.exp(high * high) * Math.exp((x - high) * (x + high)) * erfcOf(x);
  }
  const u = 1 / (2 * x * x);
  return (1 - u * (1 - 3 * u * (1 - 5 * u * (1 - 7 * u)))) / (x * Math.sqrt(Math.PI));
}
/** log of {@link ndtr}, exact for very negative numbers. */
export const log_ndtr = op("log_ndtr(Tensor input) -> Tensor");
define(log_ndtr, {
  takes: realNotHalf("log_ndtr_cpu"),
  kernel: onHost(logNormal),
  saves: ["input", "result"],
  backward: {
    input: ({ grad, input, result }) =>
      grad.mul(
        input
          .mul(input)
          .div(2)
          .add(result)
          .neg()
          .exp()
          .div(Math.sqrt(2 * Math.PI)),
      ),
  },
  node: "SpecialLogNdtrBackward0",
});
/** input * log(1 + other), 0 where input is 0 and other is not NaN. */
export const xlog1py = op("xlog1py(Tensor|Scalar input, Tensor|Scalar other) -> Tensor");
define(xlog1py, {
  takes: of("promoted", real("xlog1py_cpu")),
  kernel: onHost((x, y) => (Number.isNaN(y) ? NaN : x === 0 ? 0 : x * Math.log1p(y))),
  saves: { input: ["input", "other"], other: ["input", "other"] },
  backward: {
    input: ({ grad, input, other }) =>
      other instanceof Tensor
        ? _where((input as Tensor).eq(0).logical_and(other.le(-1)), 0, xlog1py(grad, other))
        : xlog1py(grad, other),
    other: ({ grad, input, other }) => grad.mul(input).div((other as Tensor).add(1)),
  },
  node: (values) => `SpecialXlog1PyBackward${form(values)}`,
});
/** PyTorch's number of the form of a function of two: 0 of tensors, 1 of a number and a tensor, 2 of a tensor and a number. @internal */
export const form = ({ input, other }: { readonly input: unknown; readonly other: unknown }): number =>
  isNumber(input) ? 1 : isNumber(other) ? 2 : 0;
/** Of arguments that a node keeps: tensors are not among them. */
const isNumber = (x: unknown): boolean => x !== undefined && !(x instanceof Tensor);
/** Hurwitz's zeta: the sum of (k + other)^-input over k ≥ 0. */
export const zeta = op("zeta(Tensor|Scalar input, Tensor|Scalar other) -> Tensor");
define(zeta, {
  takes: of("promoted", realNotHalf("zeta_cpu")),
  kernel: onHost(hurwitz),
  saves: { other: ["input", "other"] },
  backward: {
    input: notImplemented("zeta"),
    other: ({ grad, input, other }) =>
      grad
        .mul(zeta(plus(input, 1), other))
        .mul(input)
        .neg(),
  },
  node: (values) => `SpecialZetaBackward${form(values)}`,
});
const plus = (x: Tensor | Scalar, y: number): Tensor | Scalar => (x instanceof Tensor ? x.add(y) : Number(x) + y);
/** The modified Bessel function of the first kind, order 0. */
export const i0 = op("i0(Tensor self) -> Tensor");
define(i0, {
  takes: real("i0_vml_cpu"),
  kernel: onHost((x) => modifiedI(0, x)),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.mul(i1(self)) },
});
export const i0_ = inplace(i0);
/** {@link i0} times e^-|x|. */
export const i0e = op("i0e(Tensor input) -> Tensor");
define(i0e, {
  takes: real("i0e_cpu"),
  kernel: onHost((x) => scaledI(0, x)),
  saves: ["input", "result"],
  backward: { input: ({ grad, input, result }) => grad.mul(i1e(input).sub(input.sgn().mul(result))) },
  node: "SpecialI0EBackward0",
});
/** The modified Bessel function of the first kind, order 1. */
export const i1 = op("i1(Tensor input) -> Tensor");
define(i1, {
  takes: real("i1_cpu"),
  kernel: onHost((x) => modifiedI(1, x)),
  saves: ["input", "result"],
  backward: {
    input: ({ grad, input, result }) => {
      refuseHalf("i1_backward", input);
      return grad.mul(slopeAt(input, (x) => i0(x).sub(result.div(x))));
    },
  },
  node: "SpecialI1Backward0",
});
/** {@link i1} times e^-|x|. */
export const i1e = op("i1e(Tensor input) -> Tensor");
define(i1e, {
  takes: real("i1e_cpu"),
  kernel: onHost((x) => scaledI(1, x)),
  saves: ["input", "result"],
  backward: {
    input: ({ grad, input, result }) => {
      refuseHalf("i1e_backward", input);
      return grad.mul(slopeAt(input, (x) => i0e(x).sub(result.mul(x.sgn().add(x.reciprocal())))));
    },
  },
  node: "SpecialI1EBackward0",
});
function refuseHalf(name: string, { dtype }: Tensor): void {
  if (isHalf(dtype)) throw notImplementedFor(name, dtype);
}
/** ½ at 0 and as near to it as rounding sees, where the formula divides by x. */
const slopeAt = (x: Tensor, formula: (x: Tensor) => Tensor): Tensor => {
  const away = x.abs().gt(finfo(x.dtype).eps);
  return _where(away, formula(_where(away, x, 1)), 0.5);
};

/** An op without a derivative, as PyTorch has none for these. */
function hostOp<const S extends string>(signature: S, f: (x: number, y: number) => number): Op<S> {
  const made = op(signature);
  const name = signature.slice(0, signature.indexOf("("));
  define(made as unknown as Op<string>, { takes: of("promoted", realNotHalf(`${name}_cpu`)), kernel: onHost(f) });
  return made;
}
/** Bessel's function of the first kind, order 0. */
export const bessel_j0 = hostOp("bessel_j0(Tensor input) -> Tensor", (x) => besselJ(0, x));
/** Bessel's function of the first kind, order 1. */
export const bessel_j1 = hostOp("bessel_j1(Tensor input) -> Tensor", (x) => besselJ(1, x));
/** Bessel's function of the second kind, order 0. */
export const bessel_y0 = hostOp("bessel_y0(Tensor input) -> Tensor", (x) => besselY(0, x));
/** Bessel's function of the second kind, order 1. */
export const bessel_y1 = hostOp("bessel_y1(Tensor input) -> Tensor", (x) => besselY(1, x));
/** {@link i0}, without a derivative. */
export const modified_bessel_i0 = hostOp("modified_bessel_i0(Tensor input) -> Tensor", (x) => modifiedI(0, x));
/** {@link i1}, without a derivative. */
export const modified_bessel_i1 = hostOp("modified_bessel_i1(Tensor input) -> Tensor", (x) => modifiedI(1, x));
/** The modified Bessel function of the second kind, order 0. */
export const modified_bessel_k0 = hostOp("modified_bessel_k0(Tensor input) -> Tensor", (x) => modifiedK(0, x));
/** The modified Bessel function of the second kind, order 1. */
export const modified_bessel_k1 = hostOp("modified_bessel_k1(Tensor input) -> Tensor", (x) => modifiedK(1, x));
/** {@link modified_bessel_k0} times e^x. */
export const scaled_modified_bessel_k0 = hostOp("scaled_modified_bessel_k0(Tensor x) -> Tensor", (x) => scaledK(0, x));
/** {@link modified_bessel_k1} times e^x. */
export const scaled_modified_bessel_k1 = hostOp("scaled_modified_bessel_k1(Tensor x) -> Tensor", (x) => scaledK(1, x));
/** sin(x) / x, 1 at 0. */
export const spherical_bessel_j0 = hostOp("spherical_bessel_j0(Tensor x) -> Tensor", (x) =>
  Number.isFinite(x) ? (x === 0 ? 1 : Math.sin(x) / x) : Number.isNaN(x) ? NaN : 0,
);
/** Airy's function Ai. */
export const airy_ai = hostOp("airy_ai(Tensor x) -> Tensor", airyAi);

/** Chebyshev's polynomial of the first kind, of degree n. */
export const chebyshev_polynomial_t = hostOp(
  "chebyshev_polynomial_t(Tensor|Scalar x, Tensor|Scalar n) -> Tensor",
  polynomials.chebyshevT,
);
/** Chebyshev's polynomial of the second kind, of degree n. */
export const chebyshev_polynomial_u = hostOp(
  "chebyshev_polynomial_u(Tensor|Scalar x, Tensor|Scalar n) -> Tensor",
  polynomials.chebyshevU,
);
/** Chebyshev's polynomial of the third kind, of degree n. */
export const chebyshev_polynomial_v = hostOp(
  "chebyshev_polynomial_v(Tensor|Scalar x, Tensor|Scalar n) -> Tensor",
  polynomials.chebyshevV,
);
/** Chebyshev's polynomial of the fourth kind, of degree n. */
export const chebyshev_polynomial_w = hostOp(
  "chebyshev_polynomial_w(Tensor|Scalar x, Tensor|Scalar n) -> Tensor",
  polynomials.chebyshevW,
);
/** {@link chebyshev_polynomial_t} at 2x - 1, of degree n. */
export const shifted_chebyshev_polynomial_t = hostOp(
  "shifted_chebyshev_polynomial_t(Tensor|Scalar x, Tensor|Scalar n) -> Tensor",
  polynomials.shiftedChebyshevT,
);
/** {@link chebyshev_polynomial_u} at 2x - 1, of degree n. */
export const shifted_chebyshev_polynomial_u = hostOp(
  "shifted_chebyshev_polynomial_u(Tensor|Scalar x, Tensor|Scalar n) -> Tensor",
  polynomials.shiftedChebyshevU,
);
/** {@link chebyshev_polynomial_v} at 2x - 1, of degree n. */
export const shifted_chebyshev_polynomial_v = hostOp(
  "shifted_chebyshev_polynomial_v(Tensor|Scalar x, Tensor|Scalar n) -> Tensor",
  polynomials.shiftedChebyshevV,
);
/** {@link chebyshev_polynomial_w} at 2x - 1, of degree n. */
export const shifted_chebyshev_polynomial_w = hostOp(
  "shifted_chebyshev_polynomial_w(Tensor|Scalar x, Tensor|Scalar n) -> Tensor",
  polynomials.shiftedChebyshevW,
);
/** Hermite's polynomial, as physicists count, of degree n. */
export const hermite_polynomial_h = hostOp(
  "hermite_polynomial_h(Tensor|Scalar x, Tensor|Scalar n) -> Tensor",
  polynomials.hermiteH,
);
/** Hermite's polynomial, as statisticians count, of degree n. */
export const hermite_polynomial_he = hostOp(
  "hermite_polynomial_he(Tensor|Scalar x, Tensor|Scalar n) -> Tensor",
  polynomials.hermiteHe,
);
/** Laguerre's polynomial, of degree n. */
export const laguerre_polynomial_l = hostOp(
  "laguerre_polynomial_l(Tensor|Scalar x, Tensor|Scalar n) -> Tensor",
  polynomials.laguerreL,
);
/** Legendre's polynomial, of degree n. */
export const legendre_polynomial_p = hostOp(
  "legendre_polynomial_p(Tensor|Scalar x, Tensor|Scalar n) -> Tensor",
  polynomials.legendreP,
);
