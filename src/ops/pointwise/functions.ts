// Functions of one or two elements beyond arithmetic.
import {
  bfloat16,
  bool,
  complex128,
  float16,
  float64,
  float32,
  get_default_dtype,
  int32,
  int64,
} from "../../base/dtype.ts";
import type { Dtype } from "../../base/dtype.ts";
import { finfo } from "../../base/dtype_info.ts";
import { RuntimeError } from "../../base/errors.ts";
import { preciseOf } from "../../kernel/abstract.ts";
import { broadcastShapes } from "../../base/layout.ts";
import { rare } from "../../kernel/rare.ts";
import { acc, constant } from "../../kernel/expr.ts";
import type { Expr } from "../../kernel/expr.ts";
import { hurwitz, trigamma, trigammaf } from "../../numerics/zeta.ts";
import { composite, compute, host } from "../../kinds/kernels.ts";
import { noDerivative } from "../../dispatch/no_formula.ts";
import { define, inplace, op } from "../../dispatch/declare.ts";
import { pointwise } from "../../kinds/pointwise.ts";
import { scan } from "../../kinds/reduce.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { arange } from "../creation/from_data.ts";
import { conj } from "../common/conjugate.ts";
import { mapped } from "./on_host.ts";
import { eq } from "./comparison.ts";
import { _pow_scalar, _where, div, exp2, log2, fmod } from "./arithmetic.ts";
import { result_type } from "./result_type.ts";
import {
  floats,
  floatsAndComplex,
  integers,
  noBool,
  noComplex,
  notImplementedFor,
  numbers,
  of,
  real,
  sameAsFirst,
} from "../../dispatch/takes.ts";
import { flip } from "../views/turning.ts";

/** sin(πx) / (πx), 1 at 0. */
export const sinc = op("sinc(Tensor self) -> Tensor");
define(sinc, {
  kernel: pointwise(
    ({ self }) => {
      const angle = self.mul(Math.PI);
      return self.eq(0).where(constant(1, self.dtype), angle.sin().div(angle));
    },
    { float: true },
  ),
  saves: ["self"],
  backward: {
    self: ({ grad, self }) => {
      // Near 0 nothing is left of the difference: there it is the first term of its series.
      const near = self.abs().lt(self.dtype === float64 || self.dtype === complex128 ? 1e-6 : 1e-4);
      const x = _where(near, 1, self);
      const angle = x.mul(Math.PI);
      const slope = angle.mul(angle.cos()).sub(angle.sin()).div(angle.mul(x));
      return grad.mul(conj(_where(near, self.mul(-(Math.PI ** 2) / 3), slope)));
    },
  },
});
export const sinc_ = inplace(sinc);
/** |self| with the sign of `other`, zeros' signs included. */
export const copysign = op("copysign(Tensor self, Tensor|Scalar other) -> Tensor");
define(copysign, {
  takes: real("copysign_cpu"),
  kernel: pointwise(({ self, other }) => self.copysign(other), { float: true }),
  saves: { self: ["self", "result"] },
  backward: {
    self: ({ grad, self, result }) => grad.mul(_where(self.eq(0), 0, result.div(self))),
    other: ({ grad }) => grad.new_zeros(grad.sizes),
  },
  node: ({ other }) => (other === undefined ? "CopysignBackward0" : "CopysignBackward1"),
});
export const copysign_ = inplace(copysign);
/** 0 below 0, 1 above, `values` at 0. */
export const heaviside = op("heaviside(Tensor self, Tensor values) -> Tensor");
define(heaviside, {
  takes: [
    noComplex("heaviside is not yet implemented for complex tensors.", RuntimeError),
    of("values", noComplex("heaviside is not yet implemented for complex tensors.", RuntimeError)),
    sameAsFirst("values", () => "heaviside is not yet implemented for tensors with different dtypes."),
  ].flat(),
  kernel: pointwise(({ self, values }) => {
    if (self.dtype === bool) return self.or(values);
    return self.eq(0).where(values, self.gt(0).cast(self.dtype));
  }),
  backward: { self: noDerivative, values: noDerivative },
  node: "NotImplemented",
});
export const heaviside_ = inplace(heaviside);
/** self * 2 to the power of `other`. */
export const ldexp = op("ldexp(Tensor self, Tensor other) -> Tensor");
define(ldexp, {
  kernel: composite(({ self, other }) => {
    if (self.dtype.is_floating_point && !other.dtype.is_differentiable) return _ldexp(self, other);
    // PyTorch's base is a single number of self's dtype: where it is not float32, it promotes.
    if (self.dtype.is_differentiable && self.dtype !== float32) return self.mul(self.new_full([], 2).pow(other));
    return self.mul(_pow_scalar(2, other.dtype.is_differentiable ? other : other.to(get_default_dtype())));
  }),
  node: "LdexpBackward0",
});
/** {@link ldexp} of floats by integers, which is exact. @internal */
export const _ldexp = op("_ldexp(Tensor self, Tensor other) -> Tensor");
define(_ldexp, {
  takes: of("other", numbers("ldexp_cpu_exp")),
  kernel: pointwise(
    ({ self, other }) => {
      // In two steps, as 2 to the whole power may be beyond what numbers reach.
      const power = other.max(-2000).min(2000);
      const half = power.shr(1);
      const scale = (n: Expr): Expr => rare(n.cast(preciseOf(self.dtype))).apply("exp2");
      return self
        .cast(preciseOf(self.dtype))
        .mul(scale(half))
        .mul(scale(power.sub(half)))
        .cast(self.dtype);
    },
    { fixed: { other: int64 } },
  ),
  saves: ["other"],
  backward: { self: ({ grad, other }) => _ldexp(grad, other) },
});
export const ldexp_ = inplace(ldexp);
/** The larger of two elements; a number beats NaN. Where they are equal the gradient is shared. */
export const fmax = op("fmax(Tensor self, Tensor other) -> Tensor");
define(fmax, {
  takes: noComplex("fmax not implemented for complex tensors.", RuntimeError),
  kernel: pointwise(({ self, other }) =>
    self.dtype === bool ? self.or(other) : self.isnan().where(other, other.isnan().where(self, self.max(other))),
  ),
  saves: ["self", "other"],
  backward: {
    self: ({ grad, self, other }) => _where(self.ge(other).logical_or(other.isnan()), grad, 0),
    other: ({ grad, self, other }) => _where(self.ge(other).logical_or(other.isnan()), 0, grad),
  },
});
/** The smaller of two elements; a number beats NaN. */
export const fmin = op("fmin(Tensor self, Tensor other) -> Tensor");
define(fmin, {
  takes: noComplex("fmin not implemented for complex tensors.", RuntimeError),
  kernel: pointwise(({ self, other }) =>
    self.dtype === bool ? self.and(other) : self.isnan().where(other, other.isnan().where(self, self.min(other))),
  ),
  saves: ["self", "other"],
  backward: {
    self: ({ grad, self, other }) => _where(self.le(other).logical_or(other.isnan()), grad, 0),
    other: ({ grad, self, other }) => _where(self.le(other).logical_or(other.isnan()), 0, grad),
  },
});
/** self * log(other), 0 where self is 0 and other is not NaN. */
export const xlogy = op("xlogy(Tensor|Scalar self, Tensor|Scalar other) -> Tensor");
define(xlogy, {
  takes: real("xlogy_cpu"),
  kernel: pointwise(
    ({ self, other }) => other.isnan().where(other, self.eq(0).where(constant(0, self.dtype), self.mul(other.log()))),
    { float: true },
  ),
  saves: { self: ["self", "other"], other: ["self", "other"] },
  backward: {
    self: ({ grad, self, other }) =>
      other instanceof Tensor
        ? _where(eq(self as Tensor, 0).logical_and(other.le(0)), 0, xlogy(grad, other))
        : xlogy(grad, other),
    other: ({ grad, self, other }) => grad.mul(div(self, other)),
  },
  node: ({ self, other }) => `XlogyBackward${self !== undefined ? 1 : other !== undefined ? 2 : 0}`,
});
export const xlogy_ = inplace(xlogy);
/** √(self² + other²), without overflow. */
export const hypot = op("hypot(Tensor self, Tensor other) -> Tensor");
define(hypot, {
  takes: floats("hypot_cpu"),
  kernel: pointwise(({ self, other }) => {
    const [a, b] = [self.abs(), other.abs()];
    const large = a.max(b);
    const ratio = a.min(b).div(large);
    const root = large.mul(ratio.mul(ratio).add(1).sqrt());
    const infinite = a.eq(Infinity).or(b.eq(Infinity));
    return infinite.where(constant(Infinity, self.dtype), large.eq(0).where(large, root));
  }),
  saves: { self: ["self", "result"], other: ["other", "result"] },
  backward: {
    self: ({ grad, self, result }) => grad.mul(self.div(result)),
    other: ({ grad, other, result }) => grad.mul(other.div(result)),
  },
});
export const hypot_ = inplace(hypot);
/** log(e^self + e^other), without overflow. */
export const logaddexp = op("logaddexp(Tensor self, Tensor other) -> Tensor");
define(logaddexp, {
  takes: floatsAndComplex("logaddexp_cpu"),
  kernel: pointwise(({ self, other }) => logSum(self, other, 1)),
  saves: ["self", "other"],
  backward: {
    self: ({ grad, self, other }) => grad.div(conj(other.sub(self).exp().add(1))),
    other: ({ grad, self, other }) => grad.div(conj(self.sub(other).exp().add(1))),
  },
});
/** log2(2^self + 2^other), without overflow. */
export const logaddexp2 = op("logaddexp2(Tensor self, Tensor other) -> Tensor");
define(logaddexp2, {
  takes: floats("logaddexp2_cpu"),
  kernel: pointwise(({ self, other }) => logSum(self, other, Math.LN2)),
  saves: ["self", "other"],
  backward: {
    self: ({ grad, self, other }) => grad.div(exp2(other.sub(self)).add(1)),
    other: ({ grad, self, other }) => grad.div(exp2(self.sub(other)).add(1)),
  },
});
/** Logarithm of the running sum of exponentials along `dim`, without overflow. */
export const logcumsumexp = op("logcumsumexp(Tensor self, int dim) -> Tensor");
define(logcumsumexp, {
  takes: floatsAndComplex("logcumsumexp_out_cpu"),
  kernel: scan({
    fold: (x) => ({
      accs: [{ dtype: x.dtype, init: constant(-Infinity, x.dtype), step: logSum(x, acc(0, x.dtype), 1) }],
      outputs: [acc(0, x.dtype)],
    }),
  }),
  saves: ["self", "result"],
  backward: {
    // The sum of grad e^(self - result) from an element on, in logarithms: positive and negative terms apart.
    self({ grad, self, result, dim }) {
      // Of one number it is that number.
      if (grad.sizes.length === 0 || grad.numel() === 0) return grad;
      if (grad.dtype.is_complex) {
        const log = conj(grad).log().sub(result);
        return conj(
          flip(logcumsumexp(flip(log, [dim]), dim), [dim])
            .add(self)
            .exp(),
        );
      }
      const part = (of: Tensor, chosen: Tensor): Tensor => {
        const log = _where(chosen, _where(chosen, of, 1).log(), finfo(grad.dtype).min);
        return flip(logcumsumexp(flip(log.sub(result), [dim]), dim), [dim])
          .add(self)
          .exp();
      };
      return part(grad, grad.gt(0)).sub(part(grad.neg(), grad.lt(0)));
    },
  },
});
/** max + log(1 + e^-|x - y|), in units of `unit`; equal infinities are their own sum. */
function logSum(x: Expr, y: Expr, unit: number): Expr {
  if (x.dtype.is_complex && unit === 1) return complexLogSum(x, y);
  const difference = x.sub(y).abs().neg();
  const sum = x.max(y).add(difference.mul(unit).exp().log1p().div(unit));
  return x.abs().eq(Infinity).and(x.eq(y)).where(x, sum);
}
/** The same from the one of larger real part; of nothing but e^-∞ the sum is y, as in PyTorch. */
function complexLogSum(x: Expr, y: Expr): Expr {
  const larger = x.real().lt(y.real());
  const [top, other] = [larger.where(y, x), larger.where(x, y)];
  const sum = top.add(other.sub(top).exp().apply("log1p"));
  return top.real().eq(-Infinity).where(y, sum);
}
/** The next number after self towards `other`. */
export const nextafter = op("nextafter(Tensor self, Tensor other) -> Tensor");
define(nextafter, {
  takes: floats("nextafter_cpu"),
  kernel: pointwise(({ self, other }, compute) =>
    compute === float16 || compute === bfloat16 ? nextHalf(self, other, compute) : self.nextafter(other),
  ),
  saves: { self: ["self", "other"] },
  backward: {
    self: ({ grad, self, other }) => _where(self.ne(other), grad, 0),
    other: ({ grad }) => grad.new_zeros(grad.sizes),
  },
});
/** The same among 16-bit floats, which come as float32: these are bits 16 apart, or 13 where they are normal float16. */
function nextHalf(x: Expr, y: Expr, dtype: Dtype): Expr {
  const { max, smallest_normal } = finfo(dtype);
  const grows = y.gt(x);
  const outward = x
    .gt(0)
    .and(grows)
    .or(x.lt(0).and(y.lt(x)));
  const size = x.abs();
  const step = dtype === float16 ? 2 ** 13 : 2 ** 16;
  const bits = size.bitcast(int32);
  const byBits = outward.where(bits.add(step), bits.sub(step)).bitcast(float32).copysign(x);
  const tiny = dtype === float16 ? 2 ** -24 : 2 ** -133;
  const byTiny = grows.where(x.add(tiny), x.sub(tiny));
  const isSmall = outward.where(size.lt(smallest_normal), size.le(smallest_normal));
  const fromInfinity = size.eq(Infinity).where(constant(max, float32).copysign(x), byBits);
  const next = (dtype === float16 ? isSmall : x.eq(0)).where(byTiny, fromInfinity);
  return x.eq(y).where(y, x.ne(x).or(y.ne(y)).where(x.add(y), next));
}
export const nextafter_ = inplace(nextafter);
/** log |Γ(x)|. */
export const lgamma = op("lgamma(Tensor self) -> Tensor");
define(lgamma, {
  takes: real("lgamma_vml_cpu"),
  kernel: rare(pointwise(({ self }) => self.apply("lgamma"), { float: true })),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.mul(digamma(self)) },
});
export const lgamma_ = inplace(lgamma);
/** The derivative of {@link lgamma}. */
export const digamma = op("digamma(Tensor self) -> Tensor");
define(digamma, {
  takes: real("digamma"),
  kernel: rare(pointwise(({ self }) => self.apply("digamma"), { float: true })),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.mul(polygamma(1, self)) },
});
export const digamma_ = inplace(digamma);
const POLYGAMMAS = ["digamma", "trigamma", "polygamma"];
/** The n-th derivative of {@link digamma}. */
export const polygamma = op("polygamma(int n, Tensor input) -> Tensor");
define(polygamma, {
  kernel: host(({ n, input }) => {
    if (n < 0) throw new RuntimeError("polygamma(n, x) does not support negative n.");
    if (input.dtype.is_complex) throw notImplementedFor(POLYGAMMAS[Math.min(n, 2)], input.dtype);
    if (n === 0) return digamma(input);
    if (n === 1) return mapped(input.dtype === float64 ? trigamma : trigammaf, input);
    const factor = Array.from({ length: n }, (_, i) => i + 1).reduce((a, b) => a * b, n % 2 === 0 ? -1 : 1);
    return mapped((x) => factor * hurwitz(n + 1, x), input);
  }),
  saves: ["input"],
  backward: { input: ({ grad, input, n }) => grad.mul(polygamma(n + 1, input)) },
});
/** log of the multivariate gamma function of dimension p. */
export const mvlgamma = op("mvlgamma(Tensor self, int p) -> Tensor");
define(mvlgamma, {
  takes: [noBool("The input tensor may not be a boolean tensor."), real("arange_cpu")],
  kernel: composite(({ self, p }) => {
    if (p < 1) throw new RuntimeError("p has to be greater than or equal to 1");
    const x = self.dtype.is_floating_point ? self : self.float();
    const args = arange((1 - p) / 2, 0.5, 0.5, { dtype: x.dtype }).add(x.unsqueeze(-1));
    return lgamma(args)
      .sum([-1])
      .add((p * (p - 1) * Math.log(Math.PI)) / 4);
  }),
  node: "MvlgammaBackward0",
});
export const mvlgamma_ = inplace(mvlgamma);
/** Mantissas in [½, 1) and exponents: self = mantissa * 2^exponent. */
export const frexp = op("frexp(Tensor self) -> (Tensor mantissa, Tensor exponent)");
define(frexp, {
  kernel: compute(({ self }) => {
    if (!self.dtype.is_floating_point) throw new RuntimeError("torch.frexp() only supports floating-point dtypes");
    const finite = self.isfinite().logical_and(self.ne(0));
    const magnitude = _where(finite, self.abs(), 1);
    // log2 may be off by one at powers of two: the mantissa tells.
    const guess = log2(magnitude).floor().add(1);
    const half = guess.div(2, { rounding_mode: "floor" });
    const scaled = magnitude.div(exp2(half)).div(exp2(guess.sub(half)));
    const shift = scaled.ge(1).to(self.dtype).sub(scaled.lt(0.5).to(self.dtype));
    const exponent = _where(finite, guess.add(shift), 0);
    return [_where(finite, scaled.div(exp2(shift)).mul(self.sgn()), self), exponent.to(int32)];
  }),
  saves: ["exponent"],
  backward: { self: ({ grad, exponent }) => grad.div(exp2(exponent.to(grad.dtype))) },
});
/** The greatest common divisor. */
export const gcd = op("gcd(Tensor self, Tensor other) -> Tensor");
define(gcd, {
  takes: of("promoted", integers("gcd_cpu")),
  kernel: compute(({ self, other }) => {
    // The smallest integer has no absolute value: it stays negative, and so may the divisor, as in PyTorch.
    let [a, b] = promoted(self, other).map((x) => x.abs());
    // Euclid on all elements at once, until every rest is 0.
    while (a.ne(0).any().item()) [a, b] = [_where(a.eq(0), 0, fmod(b, _where(a.eq(0), 1, a))), _where(a.eq(0), b, a)];
    return b;
  }),
});
export const gcd_ = inplace(gcd);
/** The least common multiple. */
export const lcm = op("lcm(Tensor self, Tensor other) -> Tensor");
define(lcm, {
  takes: of("promoted", integers("lcm_cpu")),
  kernel: compute(({ self, other }) => {
    const [a, b] = promoted(self, other);
    const divisor = gcd(a, b);
    // As C does: from 8 and 16 bits on in 32.
    const wide = a.dtype.itemsize < 4 ? int32 : a.dtype;
    const [x, y, d] = [a, b, _where(divisor.eq(0), 1, divisor)].map((t) => t.to(wide));
    const multiple = x.div(d, { rounding_mode: "trunc" }).mul(y).abs();
    return _where(divisor.eq(0), 0, multiple).to(a.dtype);
  }),
});
export const lcm_ = inplace(lcm);
/** Both in the dtype and shape of the result. */
function promoted(self: Tensor, other: Tensor): [Tensor, Tensor] {
  const dtype = result_type(self, other);
  const shape = broadcastShapes(self.sizes, other.sizes);
  return [self.to(dtype).expand(shape), other.to(dtype).expand(shape)];
}
