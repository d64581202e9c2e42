// Arithmetic and functions of each element.
import { isAny } from "../common/looks.ts";
import { cppName } from "../../base/cpp_names.ts";
import type { Dtype, Scalar } from "../../base/dtype.ts";
import {
  bfloat16,
  bool,
  can_cast,
  Complex,
  complex128,
  complex64,
  Float,
  float16,
  float32,
  float64,
  get_default_dtype,
  promote_types,
} from "../../base/dtype.ts";
import { assertHolds, finfo } from "../../base/dtype_info.ts";
import { RuntimeError } from "../../base/errors.ts";
import { constant } from "../../kernel/expr.ts";
import type { Expr, MathOp, UnaryOp } from "../../kernel/expr.ts";
import { rare } from "../../kernel/rare.ts";
import { composite, compute } from "../../kinds/kernels.ts";
import { noDerivative, notImplemented } from "../../dispatch/no_formula.ts";
import { define, inplace, op } from "../../dispatch/declare.ts";
import type { OpKernel } from "../../dispatch/declare.ts";
import { castScalar } from "../../tensor/elementwise.ts";
import { pointwise } from "../../kinds/pointwise.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { conj } from "../common/conjugate.ts";
import { broadcastShapes } from "../../base/layout.ts";
import { result_type } from "./result_type.ts";
import {
  floats,
  isTaken,
  noBool,
  noComplex,
  notImplementedFor,
  numbers,
  of,
  real,
  realNumbers,
  unless,
} from "../../dispatch/takes.ts";
import type { Taken, Takes } from "../../dispatch/takes.ts";
import { rowMajor } from "../common/row_major.ts";
import { isinf } from "./comparison.ts";

/** self + alpha * other, broadcast. */
export const add = op("add(Tensor|Scalar self, Tensor|Scalar other, *, Scalar alpha=1) -> Tensor");
define(add, {
  kernel: checked(
    pointwise(({ self, other, alpha }) =>
      self.dtype === bool ? self.or(other.and(alpha)) : self.add(other.mul(alpha)),
    ),
    assertAlpha,
  ),
  backward: { self: ({ grad }) => grad, other: ({ grad, alpha }) => scaled(grad, alpha) },
});
const conjugate = (x: Expr): Expr => (x.dtype.is_complex ? x.real().complex(x.imag().neg()) : x);
const scaled = (grad: Tensor, alpha: Scalar): Tensor => (alpha === 1 ? grad : grad.mul(conj(alpha)));
export const add_ = inplace(add);

/** The kernel after a look at the arguments. */
function checked(kernel: OpKernel, check: (values: readonly unknown[]) => void): OpKernel {
  return {
    ...kernel,
    run(values, schema) {
      check(values);
      return kernel.run(values, schema);
    },
    into(values, schema, target) {
      check(values);
      kernel.into!(values, schema, target);
    },
  };
}
/** The third argument of add and sub must not have a dtype beyond the result's. */
function assertAlpha([self, other, alpha]: readonly unknown[]): void {
  if (alpha === 1) return;
  const dtype = result_type(self as Tensor, other as Tensor);
  if (typeof alpha === "boolean" && dtype !== bool)
    throw new RuntimeError("Boolean alpha only supported for Boolean results.");
  if (!dtype.is_differentiable && (alpha instanceof Float || !Number.isInteger(Number(alpha))))
    throw new RuntimeError("For integral input tensors, argument alpha must not be a floating point number.");
}
function assertNoBools(values: readonly unknown[]): void {
  const [self, other] = values;
  if (isBool(self) && isBool(other))
    throw new RuntimeError(
      "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.",
    );
  if (isBool(self) || isBool(other))
    throw new RuntimeError(
      "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
    );
  assertAlpha(values);
}
const isBool = (x: unknown): boolean => (x instanceof Tensor ? x.dtype === bool : typeof x === "boolean");
/** self - alpha * other, broadcast. Raises RuntimeError for bools. */
export const sub = op("sub(Tensor|Scalar self, Tensor|Scalar other, *, Scalar alpha=1) -> Tensor");
define(sub, {
  kernel: checked(
    pointwise(({ self, other, alpha }) => self.sub(other.mul(alpha))),
    assertNoBools,
  ),
  backward: { self: ({ grad }) => grad, other: ({ grad, alpha }) => scaled(grad.neg(), alpha) },
});
export const sub_ = inplace(sub);
/** other - alpha * self. */
export const rsub = op("rsub(Tensor self, Tensor|Scalar other, *, Scalar alpha=1) -> Tensor");
define(rsub, {
  kernel: checked(
    pointwise(({ self, other, alpha }) => other.sub(self.mul(alpha))),
    assertNoBools,
  ),
  backward: { self: ({ grad, alpha }) => scaled(grad.neg(), alpha), other: ({ grad }) => grad },
  node: ({ other }) => (isNumber(other) ? "RsubBackward1" : "RsubBackward0"),
});

/** Elementwise product, broadcast. */
export const mul = op("mul(Tensor|Scalar self, Tensor|Scalar other) -> Tensor");
define(mul, {
  kernel: pointwise(({ self, other }) => (self.dtype === bool ? self.and(other) : self.mul(other)), {
    unrounded: ["other"],
  }),
  saves: { self: ["other"], other: ["self"] },
  backward: { self: ({ grad, other }) => grad.mul(conj(other)), other: ({ grad, self }) => grad.mul(conj(self)) },
});
export const mul_ = inplace(mul);

/** Quotient; integers divide as floats. `rounding_mode` "trunc" or "floor" rounds it and keeps integers. */
export const div = op("div(Tensor|Scalar self, Tensor|Scalar other, *, str? rounding_mode=None) -> Tensor");
const trueDiv = pointwise<"div(Tensor|Scalar self, Tensor|Scalar other) -> Tensor">(
  ({ self, other }) => self.div(other),
  { float: true, unrounded: ["other"] },
);
const truncDiv = pointwise<"div(Tensor|Scalar self, Tensor|Scalar other) -> Tensor">(
  ({ self, other }) => (self.dtype.is_floating_point ? self.div(other).trunc() : self.div(other)),
  { takes: realNumbers("div_trunc_cpu"), unrounded: ["other"] },
);
/** Of 16-bit floats by a tensor with dims PyTorch rounds the quotient to them first. */
const truncRounded = (to: Dtype): OpKernel =>
  pointwise<"div(Tensor|Scalar self, Tensor|Scalar other) -> Tensor">(
    ({ self, other }) => self.div(other).cast(to).cast(self.dtype).trunc(),
    { takes: realNumbers("div_trunc_cpu"), unrounded: ["other"] },
  );
const truncHalves = new Map([float16, bfloat16].map((to) => [to, truncRounded(to)]));
const floorDiv = pointwise<"div(Tensor|Scalar self, Tensor|Scalar other) -> Tensor">(
  ({ self, other }) => flooredQuotient(self, other),
  { takes: realNumbers("div_floor_cpu"), unrounded: ["other"] },
);
define(div, {
  kernel: byRounding(trueDiv, truncDiv, floorDiv),
  saves: { self: ["other"], other: ["self", "other"] },
  backward: {
    self: ({ grad, other, rounding_mode }) =>
      rounding_mode === null ? grad.div(conj(other)) : grad.new_zeros(grad.sizes),
    other: ({ grad, self, other, rounding_mode }) =>
      rounding_mode === null ? grad.neg().mul(conj(div(self, other).div(other))) : grad.new_zeros(grad.sizes),
  },
  node: ({ rounding_mode }) => (rounding_mode === null ? "DivBackward0" : "DivBackward2"),
});
/** Chooses the kernel by the argument rounding_mode, the third of div's signature. */
function byRounding(plain: OpKernel, trunc: OpKernel, floor: OpKernel): OpKernel {
  const choose = (values: readonly unknown[]): OpKernel => {
    const mode = values[2];
    if (mode !== null && mode !== "trunc" && mode !== "floor")
      throw new RuntimeError(
        `div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '${String(mode)}'`,
      );
    const chosen = mode === null ? plain : mode === "floor" ? floor : (ofHalves(values) ?? trunc);
    if (mode !== null) refuseZeroDivision(values);
    return chosen;
  };
  return {
    kind: "compute",
    run: (values, schema) => choose(values).run([values[0], values[1]], twoArgs(schema)),
    into: (values, schema, target) => choose(values).into!([values[0], values[1]], twoArgs(schema), target),
  };
}
const ofHalves = ([self, other]: readonly unknown[]): OpKernel | undefined =>
  other instanceof Tensor && other.sizes.length > 0
    ? truncHalves.get(result_type(self as Tensor | Scalar, other))
    : undefined;
const twoArgs = <S extends { args: readonly unknown[] }>(schema: S): S => ({
  ...schema,
  args: schema.args.slice(0, 2),
});
/** Integers have no quotient by 0; a number counts as the dtype holds it. */
function refuseZeroDivision([self, other]: readonly unknown[]): void {
  const dtype = result_type(self as Tensor | Scalar, other as Tensor | Scalar);
  if (dtype.category !== 1) return;
  if (other instanceof Tensor) {
    if (!isAny(other.to(dtype).eq(0))) return;
  } else if (BigInt.asUintN(8 * dtype.itemsize, wholeOf(other as Scalar)) !== 0n) return;
  if (!(self instanceof Tensor) || self.numel() > 0) throw new RuntimeError("ZeroDivisionError");
}
const wholeOf = (x: Scalar): bigint => (typeof x === "bigint" ? x : BigInt(Math.trunc(Number(x))));
/** floor(x / y) as Python has it: rounded down once, not after the rounding of x / y. */
function flooredQuotient(x: Expr, y: Expr): Expr {
  const quotient = x.div(y);
  const rest = x.rem(y);
  const adjust = rest.ne(0).and(rest.lt(0).xor(y.lt(0)));
  if (!x.dtype.is_floating_point) return adjust.where(quotient.sub(1), quotient);
  const exact = x.sub(rest).div(y);
  const lowered = adjust.where(exact.sub(1), exact);
  const near = lowered.floor();
  const rounded = lowered.sub(near).gt(0.5).where(near.add(1), near);
  const signedZero = constant(0, x.dtype).copysign(quotient);
  return y.eq(0).where(quotient, lowered.eq(0).where(signedZero, rounded));
}
export const div_ = inplace(div);
/** {@link div}. */
export const divide = op("divide(Tensor|Scalar self, Tensor|Scalar other, *, str? rounding_mode=None) -> Tensor");
define(divide, { kernel: composite(({ self, other, rounding_mode }) => div(self, other, { rounding_mode })) });
export const divide_ = inplace(divide);
/** {@link div} without rounding. */
export const true_divide = op("true_divide(Tensor|Scalar self, Tensor|Scalar other) -> Tensor");
define(true_divide, { kernel: composite(({ self, other }) => div(self, other)) });
export const true_divide_ = inplace(true_divide);
/** The quotient rounded down, as Python's //. */
export const floor_divide = op("floor_divide(Tensor|Scalar self, Tensor|Scalar other) -> Tensor");
define(floor_divide, {
  kernel: checked(floorDiv, refuseZeroDivision),
  backward: { self: noDerivative, other: noDerivative },
  node: "NotImplemented",
});
export const floor_divide_ = inplace(floor_divide);

/** The rest of a division rounded down: has the sign of `other`, as Python's %. */
export const remainder = op("remainder(Tensor|Scalar self, Tensor|Scalar other) -> Tensor");
define(remainder, {
  takes: realNumbers("remainder_cpu"),
  kernel: checked(
    pointwise(({ self, other }) => {
      const rest = self.rem(other);
      return rest
        .ne(0)
        .and(rest.lt(0).xor(other.lt(0)))
        .where(rest.add(other), rest);
    }),
    refuseZeroDivision,
  ),
  saves: { other: ["self", "other"] },
  backward: {
    self: ({ grad }) => grad,
    other: ({ grad, self, other }) => grad.neg().mul(div(self, other, { rounding_mode: "floor" })),
  },
  node: ({ other }) => (isNumber(other) ? "RemainderBackward0" : "RemainderBackward1"),
});
export const remainder_ = inplace(remainder);
/** The rest of a division rounded towards zero: has the sign of self, as C's fmod. */
export const fmod = op("fmod(Tensor self, Tensor|Scalar other) -> Tensor");
define(fmod, {
  takes: realNumbers("fmod_cpu"),
  kernel: checked(
    pointwise(({ self, other }) => self.rem(other)),
    refuseZeroDivision,
  ),
  saves: { other: ["self", "other"] },
  backward: {
    self: ({ grad }) => grad,
    other: ({ grad, self, other }) => grad.neg().mul(self.div(other, { rounding_mode: "trunc" })),
  },
  node: ({ other }) => (isNumber(other) ? "FmodBackward0" : "FmodBackward1"),
});
export const fmod_ = inplace(fmod);

/** self to the power of `exponent`, broadcast. */
export const pow = op("pow(Tensor self, Tensor|Scalar exponent) -> Tensor");
define(pow, {
  kernel: powKernel(),
  saves: { self: ["self", "exponent"], exponent: ["self", "exponent", "result"] },
  backward: {
    self: ({ grad, self, exponent }) => powGrad(grad, self, exponent),
    // At self = 0 the logarithm is taken as 0 where the exponent is not negative, as PyTorch does.
    exponent: ({ grad, self, exponent, result }) => {
      const flat = self.eq(0).logical_and(notNegative(exponent as Tensor));
      return grad.mul(conj(_where(flat, 0, result.mul(self.to(result.dtype).log()))));
    },
  },
  node: ({ exponent }) => (isNumber(exponent) ? "PowBackward0" : "PowBackward1"),
});
/** Where an exponent is real and not negative: 0 to the power of it is flat in it. */
const notNegative = (exponent: Tensor): Tensor =>
  exponent.dtype.is_complex ? exponent.real.ge(0).logical_and(exponent.imag.eq(0)) : exponent.ge(0);
const logOf = (x: Scalar): Scalar =>
  x instanceof Complex ? new Complex(Math.log(Math.hypot(x.re, x.im)), Math.atan2(x.im, x.re)) : Math.log(Number(x));
function powGrad(grad: Tensor, self: Tensor, exponent: Tensor | Scalar): Tensor {
  if (!(exponent instanceof Tensor)) {
    const p = realOf(exponent);
    const slope =
      exponent instanceof Complex
        ? self.pow(new Complex(exponent.re - 1, exponent.im)).mul(exponent)
        : self.pow(p - 1).mul(p);
    return p === 0 ? self.new_zeros(grad.sizes) : grad.mul(conj(slope));
  }
  return _where(exponent.eq(0), 0, grad.mul(conj(exponent.mul(self.pow(exponent.sub(1))))));
}
/** A number, NaN for one that is not real. */
const realOf = (x: unknown): number => (x instanceof Complex ? (x.im === 0 ? x.re : NaN) : Number(x));
function powKernel(): OpKernel {
  const general = pointwise<"pow(Tensor self, Tensor|Scalar exponent) -> Tensor">(
    ({ self, exponent }) => self.pow(exponent),
    { fits: ["exponent"], takes: numbers("pow") },
  );
  const odd = pointwise<"pow(Tensor self, Tensor|Scalar exponent) -> Tensor">(({ self, exponent }) =>
    self.abs().pow(exponent).copysign(self),
  );
  const fixed = new Map<number, OpKernel>();
  // Small whole powers are products, exact and fast. Of bfloat16 each is rounded.
  type Power = (x: Expr, rounded: (x: Expr) => Expr) => Expr;
  const products: Record<number, Power> = {
    0: (x) => constant(1, x.dtype),
    1: (x) => x,
    2: (x) => x.mul(x),
    3: (x, rounded) => rounded(x.mul(x)).mul(x),
  };
  // Of all but 16-bit floats PyTorch takes roots and reciprocals, which differ from powers at -0 and -∞.
  const reciprocal = (x: Expr): Expr => constant(1, x.dtype).div(x);
  const roots: Record<number, Power> = {
    0.5: (x) => x.sqrt(),
    [-0.5]: (x) => reciprocal(x.sqrt()),
    [-1]: reciprocal,
    [-2]: (x, rounded) => reciprocal(rounded(x.mul(x))),
  };
  const choose = (values: readonly unknown[]): [OpKernel, readonly unknown[]] => {
    const [self, exponent] = values as [Tensor, unknown];
    if (exponent instanceof Tensor) return [general, values];
    if (exponent instanceof Complex && !self.dtype.is_complex)
      return choose([self.to(self.dtype === float64 ? complex128 : complex64), exponent]);
    const p = realOf(exponent);
    // Beyond 2^24 float32 cannot say that a number is odd.
    if (self.dtype === float32 && Math.abs(p % 2) === 1 && Math.abs(p) > 2 ** 24) return [odd, values];
    const integer = Number.isInteger(p) && !(exponent instanceof Float);
    if (integer && p < 0 && !self.dtype.is_differentiable)
      throw new RuntimeError("Integers to negative integer powers are not allowed.");
    const isWide = self.dtype.itemsize > 2 || (self.dtype === bfloat16 && p === -2);
    const isRoot = p in roots && self.dtype.is_differentiable && isWide;
    // Bools stay bools to the power of a bool.
    const stays = self.dtype.is_differentiable || (integer && (self.dtype !== bool || typeof exponent === "boolean"));
    const isProduct = p in products && stays;
    const product = isRoot ? roots[p] : isProduct ? products[p] : null;
    if (!product) return [general, values];
    let kernel = fixed.get(p);
    if (!kernel) {
      const rounding = (dtype: Dtype) => (x: Expr) => (dtype === bfloat16 ? x.cast(bfloat16).cast(float32) : x);
      kernel = pointwise<"pow(Tensor self) -> Tensor">(({ self }, dtype) => product(self, rounding(dtype)));
      fixed.set(p, kernel);
    }
    return [kernel, [self]];
  };
  return {
    kind: "compute",
    run: (values, schema) => {
      const [kernel, used] = choose(values);
      return kernel.run(used, { ...schema, args: schema.args.slice(0, used.length) });
    },
    into: (values, schema, target) => {
      const [kernel, used] = choose(values);
      kernel.into!(used, { ...schema, args: schema.args.slice(0, used.length) }, target);
    },
  };
}
export const pow_ = inplace(pow);
/** A number to the power of each element of `exponent`: {@link pow} with a number in front. @internal */
export const _pow_scalar = op("_pow_scalar(Scalar base, Tensor exponent) -> Tensor");
define(_pow_scalar, {
  kernel: pointwise(({ base, exponent }, compute) => base.cast(compute).cast(exponent.dtype).pow(exponent), {
    promotes: ["base"],
  }),
  saves: ["exponent", "result"],
  backward: {
    exponent: ({ grad, base, exponent, result }) => {
      // The logarithm of a negative number is complex, as such a power is.
      const whole = exponent.dtype.is_complex && !(base instanceof Complex) ? new Complex(Number(base), 0) : base;
      const slope = conj(result.mul(logOf(whole)));
      return grad.mul(realOf(base) === 0 ? _where(notNegative(exponent), 0, slope) : slope);
    },
  },
  node: "PowBackward2",
});
/** x². */
export const square = op("square(Tensor self) -> Tensor");
define(square, { kernel: composite(({ self }) => self.pow(2)) });
export const square_ = inplace(square);
/** {@link pow} in float64, or in complex128 where there are complex numbers. */
export const float_power = op("float_power(Tensor|Scalar self, Tensor|Scalar exponent) -> Tensor");
define(float_power, {
  kernel: composite(({ self, exponent }) => {
    const isComplex = [self, exponent].some((x) => (x instanceof Tensor ? x.dtype.is_complex : x instanceof Complex));
    const dtype = isComplex ? complex128 : float64;
    const power = exponent instanceof Tensor ? exponent.to(dtype) : exponent;
    return self instanceof Tensor ? self.to(dtype).pow(power) : _pow_scalar(self, power as Tensor);
  }),
});
export const float_power_ = inplace(float_power);

/** -x. Raises RuntimeError for bools. */
export const neg = op("neg(Tensor self) -> Tensor");
define(neg, {
  takes: noBool(
    "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
  ),
  kernel: pointwise(({ self }) => {
    return self.neg();
  }),
  backward: { self: ({ grad }) => grad.neg() },
});
export const neg_ = inplace(neg);
/** x as it is; bools are refused. */
export const positive = op("positive(Tensor self) -> Tensor");
define(positive, {
  takes: noBool("The `+` operator, on a bool tensor is not supported."),
  kernel: composite(({ self }) => self),
});
/** |x|. */
export const abs = op("abs(Tensor self) -> Tensor");
define(abs, {
  takes: numbers("abs_cpu"),
  kernel: pointwise(({ self }) => self.abs()),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.mul(self.sgn()) },
});
export const abs_ = inplace(abs);
/** -1, 0 or 1 by the sign. */
export const sign = op("sign(Tensor self) -> Tensor");
define(sign, {
  takes: noComplex(
    "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn instead.",
  ),
  kernel: pointwise(({ self }) => signOf(self)),
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
});
export const sign_ = inplace(sign);
/** {@link sign}. */
export const sgn = op("sgn(Tensor self) -> Tensor");
define(sgn, {
  kernel: pointwise(({ self }) => (self.dtype.is_complex ? direction(self) : signOf(self))),
  saves: ["self", "result"],
  backward: {
    self: ({ grad, self, result }) => {
      if (!self.dtype.is_complex) return grad.new_zeros(grad.sizes);
      // Only what turns the direction counts: the part of grad across it.
      const along = grad.mul(result.conj_physical()).real;
      const size = self.abs();
      return grad
        .sub(result.mul(along))
        .div(size.masked_fill(size.eq(0), 1))
        .masked_fill(size.eq(0), 0);
    },
  },
});
export const sgn_ = inplace(sgn);
/** z / |z|, 0 for 0. */
function direction(z: Expr): Expr {
  const size = z.abs();
  return size.eq(0).where(constant(0, z.dtype), z.div(size.cast(z.dtype)));
}
const signOf = (x: Expr): Expr => (x.dtype === bool ? x : x.gt(0).cast(x.dtype).sub(x.lt(0).cast(x.dtype)));

/** A float function that the kernels have by name. */
const mathKernel = (f: MathOp): OpKernel => pointwise<string>(({ self }) => self.apply(f), { float: true });

/** e to the power of x. */
export const exp = op("exp(Tensor self) -> Tensor");
define(exp, {
  kernel: mathKernel("exp"),
  saves: ["result"],
  backward: { self: ({ grad, result }) => grad.mul(conj(result)) },
});
export const exp_ = inplace(exp);
/** 2 to the power of x. */
export const exp2 = op("exp2(Tensor self) -> Tensor");
define(exp2, {
  kernel: rare(mathKernel("exp2")),
  saves: ["result"],
  backward: { self: ({ grad, result }) => grad.mul(conj(result.mul(Math.LN2))) },
});
export const exp2_ = inplace(exp2);
/** exp(x) - 1, exact near 0. */
export const expm1 = op("expm1(Tensor self) -> Tensor");
define(expm1, {
  kernel: mathKernel("expm1"),
  saves: ["result"],
  backward: { self: ({ grad, result }) => grad.mul(conj(result.add(1))) },
});
export const expm1_ = inplace(expm1);
/** Natural logarithm. */
export const log = op("log(Tensor self) -> Tensor");
define(log, {
  kernel: mathKernel("log"),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.div(conj(self)) },
});
export const log_ = inplace(log);
/** Logarithm to base 2. */
export const log2 = op("log2(Tensor self) -> Tensor");
define(log2, {
  kernel: rare(mathKernel("log2")),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.div(conj(self.mul(Math.LN2))) },
});
export const log2_ = inplace(log2);
/** Logarithm to base 10. */
export const log10 = op("log10(Tensor self) -> Tensor");
define(log10, {
  kernel: rare(mathKernel("log10")),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.div(conj(self.mul(Math.LN10))) },
});
export const log10_ = inplace(log10);
/** log(1 + x), exact near 0. */
export const log1p = op("log1p(Tensor self) -> Tensor");
define(log1p, {
  kernel: mathKernel("log1p"),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.div(conj(self.add(1))) },
  node: "Log1PBackward0",
});
export const log1p_ = inplace(log1p);
/** Square root. */
export const sqrt = op("sqrt(Tensor self) -> Tensor");
define(sqrt, {
  kernel: pointwise(({ self }) => self.sqrt(), { float: true }),
  saves: ["result"],
  backward: { self: ({ grad, result }) => grad.div(conj(result.mul(2))) },
});
export const sqrt_ = inplace(sqrt);
/** 1 / √x. */
export const rsqrt = op("rsqrt(Tensor self) -> Tensor");
define(rsqrt, {
  kernel: pointwise(({ self }) => constant(1, self.dtype).div(self.sqrt()), { float: true }),
  saves: ["result"],
  backward: { self: ({ grad, result }) => grad.mul(-0.5).mul(conj(result.pow(3))) },
});
export const rsqrt_ = inplace(rsqrt);
/** 1 / x. */
export const reciprocal = op("reciprocal(Tensor self) -> Tensor");
define(reciprocal, {
  kernel: pointwise(({ self }) => constant(1, self.dtype).div(self), { float: true }),
  saves: ["result"],
  backward: { self: ({ grad, result }) => grad.neg().mul(conj(result.mul(result))) },
});
export const reciprocal_ = inplace(reciprocal);

/** Sine of radians. */
export const sin = op("sin(Tensor self) -> Tensor");
define(sin, {
  kernel: mathKernel("sin"),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.mul(conj(self.cos())) },
});
export const sin_ = inplace(sin);
/** Cosine of radians. */
export const cos = op("cos(Tensor self) -> Tensor");
define(cos, {
  kernel: mathKernel("cos"),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.mul(conj(self.sin().neg())) },
});
export const cos_ = inplace(cos);
/** Tangent of radians. */
export const tan = op("tan(Tensor self) -> Tensor");
define(tan, {
  kernel: rare(mathKernel("tan")),
  saves: ["result"],
  backward: { self: ({ grad, result }) => grad.mul(conj(result.pow(2).add(1))) },
});
export const tan_ = inplace(tan);
/** Inverse sine. */
export const asin = op("asin(Tensor self) -> Tensor");
define(asin, {
  kernel: rare(mathKernel("asin")),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.mul(conj(self.mul(self).neg().add(1).rsqrt())) },
});
export const asin_ = inplace(asin);
/** Inverse cosine. */
export const acos = op("acos(Tensor self) -> Tensor");
define(acos, {
  kernel: rare(mathKernel("acos")),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.mul(conj(self.mul(self).neg().add(1).rsqrt().neg())) },
});
export const acos_ = inplace(acos);
/** Inverse tangent. */
export const atan = op("atan(Tensor self) -> Tensor");
define(atan, {
  kernel: rare(mathKernel("atan")),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.div(conj(self.mul(self).add(1))) },
});
export const atan_ = inplace(atan);
/** Angle of the point (other, self), in the right quadrant. */
export const atan2 = op("atan2(Tensor self, Tensor other) -> Tensor");
define(atan2, {
  takes: real("atan2_cpu"),
  kernel: rare(pointwise(({ self, other }) => self.atan2(other), { float: true })),
  saves: ["self", "other"],
  backward: {
    self: ({ grad, self, other }) => grad.mul(other.mul(recipNormSquare(self, other))),
    other: ({ grad, self, other }) => grad.mul(self.neg().mul(recipNormSquare(self, other))),
  },
});
/** 1 / (x² + y²), 0 at the origin. */
function recipNormSquare(x: Tensor, y: Tensor): Tensor {
  const r = x.mul(x).add(y.mul(y)).reciprocal();
  return _where(isinf(r), 0, r);
}
export const atan2_ = inplace(atan2);
/** Hyperbolic sine. */
export const sinh = op("sinh(Tensor self) -> Tensor");
define(sinh, {
  kernel: rare(mathKernel("sinh")),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.mul(conj(cosh(self))) },
});
export const sinh_ = inplace(sinh);
/** Hyperbolic cosine. */
export const cosh = op("cosh(Tensor self) -> Tensor");
define(cosh, {
  kernel: rare(mathKernel("cosh")),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.mul(conj(sinh(self))) },
});
export const cosh_ = inplace(cosh);
/** Hyperbolic tangent. */
export const tanh = op("tanh(Tensor self) -> Tensor");
define(tanh, {
  kernel: mathKernel("tanh"),
  saves: ["result"],
  backward: { self: ({ grad, result }) => tanh_backward(grad, result) },
});
export const tanh_ = inplace(tanh);
/** grad * (1 - output²). */
export const tanh_backward = op("tanh_backward(Tensor grad_output, Tensor output) -> Tensor");
define(tanh_backward, {
  kernel: pointwise(({ grad_output, output }) =>
    grad_output.mul(conjugate(constant(1, output.dtype).sub(output.mul(output)))),
  ),
  saves: { grad_output: ["output"], output: ["grad_output", "output"] },
  backward: {
    grad_output: ({ grad, output }) => tanh_backward(grad, conj(output)),
    output: ({ grad, grad_output, output }) => conj(grad).mul(grad_output.mul(conj(output)).mul(-2)),
  },
});
/** A formula that PyTorch has for fresh results alone, not for those written over self. */
const ofFresh =
  (formula: (of: { grad: Tensor; self: Tensor }) => Tensor) =>
  ({ op, grad, self }: { op: string; grad: Tensor; self: Tensor }): Tensor =>
    op.endsWith("_") ? notImplemented(`inplace version of ${op.slice(0, -1)}`)() : formula({ grad, self });
/** Inverse hyperbolic sine. */
export const asinh = op("asinh(Tensor self) -> Tensor");
define(asinh, {
  kernel: rare(mathKernel("asinh")),
  saves: ["self"],
  backward: { self: ofFresh(({ grad, self }) => grad.mul(conj(self.pow(2).add(1).rsqrt()))) },
  node: ({ op }) => (op === "asinh" ? "AsinhBackward0" : "AsinhBackward1"),
});
export const asinh_ = inplace(asinh);
/** Inverse hyperbolic cosine. */
export const acosh = op("acosh(Tensor self) -> Tensor");
define(acosh, {
  kernel: rare(mathKernel("acosh")),
  saves: ["self"],
  // Of complex numbers the roots are taken apart: their product has its cuts where acosh has.
  backward: {
    self: ofFresh(({ grad, self }) =>
      self.dtype.is_complex
        ? grad.mul(conj(self.sub(1).rsqrt().mul(self.add(1).rsqrt())))
        : grad.mul(self.pow(2).sub(1).rsqrt()),
    ),
  },
  node: ({ op }) => (op === "acosh" ? "AcoshBackward0" : "AcoshBackward1"),
});
export const acosh_ = inplace(acosh);
/** Inverse hyperbolic tangent. */
export const atanh = op("atanh(Tensor self) -> Tensor");
define(atanh, {
  kernel: rare(mathKernel("atanh")),
  saves: ["self"],
  backward: { self: ofFresh(({ grad, self }) => grad.div(conj(self.pow(2).neg().add(1)))) },
  node: ({ op }) => (op === "atanh" ? "AtanhBackward0" : "AtanhBackward1"),
});
export const atanh_ = inplace(atanh);
/** 1 / (1 + exp(-x)). */
export const sigmoid = op("sigmoid(Tensor self) -> Tensor");
define(sigmoid, {
  kernel: mathKernel("sigmoid"),
  saves: ["result"],
  backward: { self: ({ grad, result }) => sigmoid_backward(grad, result) },
});
export const sigmoid_ = inplace(sigmoid);
/** grad * output * (1 - output). */
export const sigmoid_backward = op("sigmoid_backward(Tensor grad_output, Tensor output) -> Tensor");
define(sigmoid_backward, {
  kernel: pointwise(({ grad_output, output }) => {
    const result = conjugate(output);
    return grad_output.mul(constant(1, output.dtype).sub(result)).mul(result);
  }),
  saves: { grad_output: ["output"], output: ["grad_output", "output"] },
  backward: {
    grad_output: ({ grad, output }) => sigmoid_backward(grad, conj(output)),
    output: ({ grad, grad_output, output }) => conj(grad).mul(grad_output.mul(conj(output).mul(-2).add(1))),
  },
});
/** The error function. */
export const erf = op("erf(Tensor self) -> Tensor");
define(erf, {
  takes: real("erf_vml_cpu"),
  kernel: rare(mathKernel("erf")),
  saves: ["self"],
  backward: {
    self: ({ grad, self }) =>
      self
        .pow(2)
        .neg()
        .exp()
        .mul(2 / Math.sqrt(Math.PI))
        .mul(grad),
  },
});
export const erf_ = inplace(erf);
/** 1 - erf(x), exact for large x. */
export const erfc = op("erfc(Tensor self) -> Tensor");
define(erfc, {
  takes: real("erfc_vml_cpu"),
  kernel: rare(mathKernel("erfc")),
  saves: ["self"],
  backward: {
    self: ({ grad, self }) =>
      self
        .pow(2)
        .neg()
        .exp()
        .mul(-2 / Math.sqrt(Math.PI))
        .mul(grad),
  },
});
export const erfc_ = inplace(erfc);
/** Inverse of {@link erf}. */
export const erfinv = op("erfinv(Tensor self) -> Tensor");
define(erfinv, {
  takes: real("erfinv_vml_cpu"),
  kernel: rare(mathKernel("erfinv")),
  saves: ["self"],
  backward: {
    self: ({ grad, self }) =>
      erfinv(self)
        .pow(2)
        .exp()
        .mul(Math.sqrt(Math.PI) / 2)
        .mul(grad),
  },
});
export const erfinv_ = inplace(erfinv);

/** A rounding: integers stay, the derivative is 0. */
const rounding = (f: UnaryOp): OpKernel =>
  pointwise<string>(({ self }) => (self.dtype.is_floating_point ? self.apply(f) : self));
const rounded = (f: UnaryOp): Takes => [
  noComplex(`${f} is not supported for complex inputs`),
  realNumbers(`${f}_vml_cpu`),
];
/** The largest whole number not above x. */
export const floor = op("floor(Tensor self) -> Tensor");
define(floor, {
  takes: rounded("floor"),
  kernel: rounding("floor"),
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
});
export const floor_ = inplace(floor);
/** The smallest whole number not below x. */
export const ceil = op("ceil(Tensor self) -> Tensor");
define(ceil, {
  takes: rounded("ceil"),
  kernel: rounding("ceil"),
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
});
export const ceil_ = inplace(ceil);
/** x without its fraction. */
export const trunc = op("trunc(Tensor self) -> Tensor");
define(trunc, {
  takes: rounded("trunc"),
  kernel: rounding("trunc"),
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
});
export const trunc_ = inplace(trunc);
/** The nearest whole number, halves to even; or so many decimals. */
export const round = op("round(Tensor self, *, int decimals=0) -> Tensor");
const roundWhole = rounding("round");
const WITH_DECIMALS = floats("round_cpu");
define(round, {
  takes: realNumbers("round_vml_cpu"),
  kernel: {
    kind: "compute",
    run: ([self, decimals], schema) => {
      const x = self as Tensor;
      const one = { ...schema, args: schema.args.slice(0, 1) };
      if (decimals === 0) return roundWhole.run([x], one);
      if (!isTaken(WITH_DECIMALS, x.dtype)) throw WITH_DECIMALS.refuse(x.dtype, x.dtype);
      const scale = 10 ** Math.abs(decimals as number);
      return (decimals as number) > 0 ? x.mul(scale).round().div(scale) : x.div(scale).round().mul(scale);
    },
  },
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
  node: ({ decimals }) => (decimals === 0 ? "RoundBackward0" : "RoundBackward1"),
});
export const round_ = inplace(round);
/** The fraction of x, with its sign. */
export const frac = op("frac(Tensor self) -> Tensor");
define(frac, {
  takes: floats("frac_cpu"),
  kernel: pointwise(({ self }) => self.sub(self.trunc())),
  backward: { self: ({ grad }) => grad },
});
export const frac_ = inplace(frac);

/** x kept between min and max: numbers or tensors, either may be left out. NaN stays NaN. */
export const clamp = op("clamp(Tensor self, Tensor|Scalar? min=None, Tensor|Scalar? max=None) -> Tensor");
define(clamp, {
  takes: [noComplex("clamp is not supported for complex types"), numbers("clamp_cpu")],
  kernel: clampKernel(),
  saves: { self: ["self", "min", "max"], min: ["self", "min", "max"], max: ["self", "min", "max"] },
  backward: {
    self: ({ grad, self, min, max }) => _where(inside(self, min, max), grad, 0),
    min: ({ grad, self, min, max }) =>
      _where(max === null ? self.lt(min!) : self.lt(min!).logical_and(lessThan(min!, max)), grad, 0),
    max: ({ grad, self, min, max }) =>
      _where(min === null ? self.gt(max!) : self.gt(max!).logical_or(lessThan(max!, min)), grad, 0),
  },
  node: ({ min, max }) => (isNumber(min) || isNumber(max) ? "ClampBackward1" : "ClampBackward0"),
});
function clampKernel(): OpKernel {
  const kernel = pointwise<string>(
    ({ self, min, max }) => {
      if (min === null && max === null)
        throw new RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None");
      const above = min === null ? self : self.max(min);
      return max === null ? above : above.min(max);
    },
    { fits: ["min", "max"] },
  );
  // By a tensor alone PyTorch clamps bools, too.
  const ofBools = pointwise<string>(({ self, min, max }) => (min === null ? self.and(max) : self.or(min)));
  const chosen = (values: readonly unknown[]): OpKernel => {
    const [self, min, max] = values as [Tensor, Bound | null, Bound | null];
    return (min === null || max === null) && areBools(self, (min ?? max)!) ? ofBools : kernel;
  };
  return {
    ...kernel,
    run: (values, schema) => chosen(values).run(values, schema),
    into(values, schema, target) {
      const bounds = values.slice(1).filter((x) => x !== null) as Scalar[];
      const dtype = bounds.reduce(
        (d: Dtype, x) => (isTensor(x) ? d : promote_types(d, result_type(target, x))),
        target.dtype,
      );
      // Of numbers PyTorch says it with C++'s name.
      if (!can_cast(dtype, target.dtype))
        throw new RuntimeError(
          `result type ${dtype.legacyName} can't be cast to the desired output type ${cppName(target.dtype)}`,
        );
      chosen(values).into!(values, schema, target);
    },
  };
}
const isTensor = (x: unknown): boolean => x instanceof Tensor;
type Bound = Tensor | Scalar;
/** Of arguments that a node keeps: tensors are not among them. */
const isNumber = (x: unknown): boolean => x !== null && x !== undefined;
const lessThan = (a: Bound, b: Bound): Tensor => (a instanceof Tensor ? a.lt(b) : (b as Tensor).gt(a));
function inside(self: Tensor, min: Bound | null, max: Bound | null): Tensor {
  if (min === null) return self.le(max!);
  return max === null ? self.ge(min) : self.ge(min).logical_and(self.le(max));
}
export const clamp_ = inplace(clamp);
const areBools = (self: Tensor, bound: Bound): boolean =>
  self.dtype === bool && bound instanceof Tensor && bound.dtype === bool;
/** By a tensor PyTorch takes the larger or smaller of two. */
const boundsOf = (kernel: string): readonly Taken[] => [
  unless(([, bound]) => bound instanceof Tensor, noComplex("clamp is not supported for complex types")),
  ...of(
    "promoted",
    unless(([, bound]) => !(bound instanceof Tensor), real(kernel)),
  ),
];
/** x, but not below `min`. */
export const clamp_min = op("clamp_min(Tensor self, Tensor|Scalar min) -> Tensor");
define(clamp_min, {
  takes: boundsOf("maximum_cpu"),
  kernel: composite(({ self, min }) => self.clamp(min)),
  node: "ClampMinBackward0",
});
export const clamp_min_ = inplace(clamp_min);
/** x, but not above `max`. */
export const clamp_max = op("clamp_max(Tensor self, Tensor|Scalar max) -> Tensor");
define(clamp_max, {
  takes: boundsOf("minimum_cpu"),
  kernel: composite(({ self, max }) => self.clamp({ max })),
  node: "ClampMaxBackward0",
});
export const clamp_max_ = inplace(clamp_max);
/** {@link clamp}. */
export const clip = op("clip(Tensor self, Tensor|Scalar? min=None, Tensor|Scalar? max=None) -> Tensor");
define(clip, { kernel: composite(({ self, min, max }) => self.clamp(min, max)) });
export const clip_ = inplace(clip);

/** The larger of two elements; NaN wins. Where they are equal the gradient is shared. */
export const maximum = op("maximum(Tensor self, Tensor other) -> Tensor");
define(maximum, {
  takes: noComplex("maximum not implemented for complex tensors.", RuntimeError),
  kernel: pointwise(({ self, other }) => (self.dtype === bool ? self.or(other) : self.max(other))),
  saves: ["self", "other"],
  backward: {
    self: ({ grad, self, other }) => shared(grad, self.eq(other), self.lt(other)),
    other: ({ grad, self, other }) => shared(grad, self.eq(other), other.lt(self)),
  },
});
/** The smaller of two elements; NaN wins. Where they are equal the gradient is shared. */
export const minimum = op("minimum(Tensor self, Tensor other) -> Tensor");
define(minimum, {
  takes: noComplex("minimum not implemented for complex tensors.", RuntimeError),
  kernel: pointwise(({ self, other }) => (self.dtype === bool ? self.and(other) : self.min(other))),
  saves: ["self", "other"],
  backward: {
    self: ({ grad, self, other }) => shared(grad, self.eq(other), self.gt(other)),
    other: ({ grad, self, other }) => shared(grad, self.eq(other), other.gt(self)),
  },
});
const shared = (grad: Tensor, equal: Tensor, lost: Tensor): Tensor => _where(equal, grad.div(2), _where(lost, 0, grad));

/** `self` where `condition` is true, `other` elsewhere; broadcast. With the condition alone: the indices where it is true. @internal */
export const _where = op("_where(Tensor condition, Tensor|Scalar self, Tensor|Scalar other) -> Tensor");
define(_where, {
  kernel: pointwise(({ condition, self, other }) => condition.where(self, other), {
    fixed: { condition: bool },
    copies: ["self", "other"],
  }),
  saves: ["condition"],
  backward: {
    self: ({ grad, condition }) => _where(condition, grad, 0),
    other: ({ grad, condition }) => _where(condition, 0, grad),
  },
  node: "WhereBackward0",
});
/** self with `value` where `mask` is true. */
export const masked_fill = op("masked_fill(Tensor self, Tensor mask, Tensor|Scalar value) -> Tensor");
define(masked_fill, {
  // Self decides the dtype alone: the value is cast to it.
  kernel: composite(({ self, mask, value }) => {
    if (mask.dtype !== bool)
      throw new RuntimeError(
        `masked_fill_ only supports boolean masks, but got mask with dtype ${cppName(mask.dtype)}`,
      );
    // PyTorch expands the mask and self, in this order.
    broadcastShapes(mask.sizes, self.sizes);
    return _masked_fill(
      rowMajor(self),
      mask,
      value instanceof Tensor ? fillValue(value, self.dtype) : castScalar(value, self.dtype),
    );
  }),
});
/** A number in a tensor, cast; where the dtype is of a lower category it has to be looked at. */
function fillValue(value: Tensor, dtype: Dtype): Tensor {
  if (value.sizes.length > 0)
    throw new RuntimeError(
      `masked_fill_ only supports a 0-dimensional value tensor, but got tensor with ${value.sizes.length} dimension(s).`,
    );
  if (!can_cast(value.dtype, dtype)) assertHolds(value.detach().item() as Scalar, dtype);
  return value.to(dtype);
}
/** {@link masked_fill} with a value of self's dtype. @internal */
export const _masked_fill = op("_masked_fill(Tensor self, Tensor mask, Tensor|Scalar value) -> Tensor");
define(_masked_fill, {
  kernel: pointwise(({ self, mask, value }) => mask.where(value, self), { fixed: { mask: bool } }),
  saves: ["mask"],
  backward: {
    self: ({ grad, mask }) => _masked_fill(grad, mask, 0),
    value: ({ grad, mask }) => _where(mask, grad, 0).sum(),
  },
  node: ({ value }) => (isNumber(value) ? "MaskedFillBackward0" : "MaskedFillBackward1"),
});
export const masked_fill_ = inplace(masked_fill);

/** self + value * tensor1 * tensor2. */
export const addcmul = op("addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor");
define(addcmul, {
  takes: numbers("addcmul_cpu_out"),
  kernel: pointwise(({ self, tensor1, tensor2, value }) => self.add(value.mul(tensor1).mul(tensor2))),
  saves: { tensor1: ["tensor2"], tensor2: ["tensor1"] },
  backward: {
    self: ({ grad }) => grad,
    tensor1: ({ grad, tensor2, value }) => grad.mul(conj(tensor2.mul(value))),
    tensor2: ({ grad, tensor1, value }) => grad.mul(conj(tensor1.mul(value))),
  },
});
export const addcmul_ = inplace(addcmul);
/** self + value * tensor1 / tensor2. */
export const addcdiv = op("addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor");
define(addcdiv, {
  kernel: checked(
    pointwise(({ self, tensor1, tensor2, value }) => self.add(value.mul(tensor1).div(tensor2))),
    ([, tensor1, tensor2]) => {
      if ([tensor1, tensor2].every((t) => !(t as Tensor).dtype.is_differentiable))
        throw new RuntimeError(
          "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes.",
        );
    },
  ),
  saves: { tensor1: ["tensor2"], tensor2: ["tensor1", "tensor2"] },
  backward: {
    self: ({ grad }) => grad,
    tensor1: ({ grad, tensor2, value }) => grad.mul(conj(tensor2.reciprocal().mul(value))),
    tensor2: ({ grad, tensor1, tensor2, value }) => grad.mul(conj(tensor1.mul(value).div(tensor2.mul(tensor2)))).neg(),
  },
});
export const addcdiv_ = inplace(addcdiv);
/** self + weight * (end - self). */
export const lerp = op("lerp(Tensor self, Tensor end, Tensor|Scalar weight) -> Tensor");
define(lerp, {
  kernel: checked(
    pointwise(
      ({ self, end, weight }) => {
        const step = end.sub(self);
        // From whichever end is nearer, so that weight 1 gives `end` exactly.
        const far = end.sub(step.mul(constant(1, self.dtype).sub(weight)));
        return weight
          .abs()
          .lt(0.5)
          .where(self.add(weight.mul(step)), far);
      },
      { unrounded: ["weight"] },
    ),
    assertLerp,
  ),
  saves: { self: ["weight"], end: ["weight"], weight: ["self", "end"] },
  backward: {
    self: ({ grad, weight }) => grad.sub(grad.mul(conj(weight))),
    end: ({ grad, weight }) => grad.mul(conj(weight)),
    weight: ({ grad, self, end }) => grad.mul(conj(end.sub(self))),
  },
  node: ({ weight }) => (isNumber(weight) ? "LerpBackward0" : "LerpBackward1"),
});
function assertLerp([self, end, weight]: readonly unknown[]): void {
  const { dtype } = self as Tensor;
  const given = { end, weight: weight instanceof Tensor && weight.sizes.length > 0 ? weight : null };
  for (const [name, x] of Object.entries(given))
    if (x instanceof Tensor && x.dtype !== dtype)
      throw new RuntimeError(`expected dtype ${cppName(dtype)} for \`${name}\` but got dtype ${cppName(x.dtype)}`);
  // A weight that is a single number counts in the promotion.
  const counts = weight instanceof Tensor && weight.sizes.length === 0 && weight.dtype.is_differentiable;
  if (!dtype.is_differentiable && !counts)
    throw notImplementedFor(`lerp_kernel_${weight instanceof Tensor ? "tensor" : "scalar"}`, dtype);
}
export const lerp_ = inplace(lerp);
/** NaN, inf and -inf replaced: by 0 and the largest finite numbers, or as given. */
export const nan_to_num = op(
  "nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor",
);
define(nan_to_num, {
  kernel: composite(({ self, nan, posinf, neginf }) => {
    if (!self.dtype.is_differentiable) return self.clone();
    const { max } = finfo(self.dtype);
    return _nan_to_num(self, nan ?? 0, posinf ?? max, neginf ?? -max);
  }),
});
/** {@link nan_to_num} of floats, by numbers that their dtype holds; of complex numbers part by part. @internal */
export const _nan_to_num = op("_nan_to_num(Tensor self, float nan, float posinf, float neginf) -> Tensor");
define(_nan_to_num, {
  kernel: pointwise(({ self, nan, posinf, neginf }) => {
    const numbered = (x: Expr, of: (e: Expr) => Expr): Expr => {
      const bounded = x.eq(Infinity).where(of(posinf), x.eq(-Infinity).where(of(neginf), x));
      return x.isnan().where(of(nan), bounded);
    };
    const real = (e: Expr): Expr => e.real();
    return self.dtype.is_complex
      ? numbered(self.real(), real).complex(numbered(self.imag(), real))
      : numbered(self, (e) => e);
  }),
  saves: ["self"],
  backward: { self: ({ grad, self }) => grad.mul(self.isfinite()) },
  node: "NanToNumBackward0",
});
export const nan_to_num_ = inplace(nan_to_num);

/** log(x / (1 - x)); with `eps` x is clamped to [eps, 1 - eps] first. */
export const logit = op("logit(Tensor self, float? eps=None) -> Tensor");
define(logit, {
  takes: real("logit_cpu"),
  kernel: compute(({ self, eps }) => {
    const given = self.dtype.is_floating_point ? self : self.to(get_default_dtype());
    const x = eps === null || eps < 0 ? given : given.clamp(eps, 1 - eps);
    return x.div(x.rsub(1)).log();
  }),
  saves: ["self"],
  backward: {
    self: ({ grad, self, eps }) => {
      const clamps = eps !== null && eps >= 0;
      const margin = clamps ? eps : 0;
      const inner = self.ge(margin).logical_and(self.le(1 - margin));
      return _where(inner, grad.div(self.mul(self.rsub(1))), clamps ? 0 : NaN);
    },
  },
});
export const logit_ = inplace(logit);
/** Degrees to radians. */
export const deg2rad = op("deg2rad(Tensor self) -> Tensor");
define(deg2rad, {
  takes: noComplex("deg2rad is not supported for complex tensors.", RuntimeError),
  kernel: composite(({ self }) => self.mul(Math.PI / 180)),
  node: "Deg2RadBackward0",
});
export const deg2rad_ = inplace(deg2rad);
/** Radians to degrees. */
export const rad2deg = op("rad2deg(Tensor self) -> Tensor");
define(rad2deg, {
  takes: noComplex("rad2deg is not supported for complex tensors.", RuntimeError),
  kernel: composite(({ self }) => self.mul(180 / Math.PI)),
  node: "Rad2DegBackward0",
});
export const rad2deg_ = inplace(rad2deg);
