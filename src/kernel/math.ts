// Functions as formulas of the expression language's arithmetic, for float32: errors of at most 2.4 units in the last place
// over the whole range, subnormal numbers, infinities and NaN included. (test/math.test.ts says how many for each.)
//
// Note [Formulas]: each follows the classic plan of reduction to a small interval, polynomial, reconstruction (Cody and
// Waite, "Software Manual for the Elementary Functions", 1980; Muller, "Elementary Functions", 2006). The polynomials
// interpolate the function at Chebyshev points of the interval, in 50 digits; coefficients go from low to high.
import { float32, float64, int32, int64 } from "../dtype.ts";
import { constant, Expr } from "./expr.ts";
import type { ExprOp, MathOp } from "./expr.ts";

type Formula = (x: Expr) => Expr;
const f32 = (x: number): Expr => constant(x, float32);
const bits = (x: Expr): Expr => x.bitcast(int32);
const select = (condition: Expr, a: Expr, b: Expr): Expr => condition.where(a, b);
/** c[0] + c[1] x + c[2] x² + … */
const polynomial = (x: Expr, coefficients: readonly number[]): Expr =>
  coefficients.slice(0, -1).reduceRight((sum, c) => sum.fma(x, c), constant(coefficients.at(-1)!, x.dtype));
/** No more, or no less, than a limit; NaN stays. In this order of comparison they are one instruction each. */
const atMost = (x: Expr, limit: number): Expr => select(f32(limit).lt(x), f32(limit), x);
const atLeast = (x: Expr, limit: number): Expr => select(x.lt(limit), f32(limit), x);

const LOG2_E = 1.4426950408889634;
// Parts of ln 2 and log10 2, the first with so few bits that whole numbers below 2^10 times it are exact.
const LN2_HIGH = 0.69317626953125;
const LN2_LOW = -2.9088971132296138e-5;
const LOG10_2_HIGH = 0.301025390625;
const LOG10_2_LOW = 4.605039066518657e-6;

/** 1.5 · 2^23: what is added to it loses its fraction, and its last bits are the whole number. */
const ROUNDER = 12582912;
/** The nearest whole number to scale · x (below 2^22), as float and as the last bits of an integer. */
function nearest(x: Expr, scale: number): { whole: Expr; count: Expr } {
  const shifted = x.fma(scale, ROUNDER);
  return { whole: shifted.sub(ROUNDER), count: bits(shifted) };
}
/** x · 2^count, in two steps, as neither the least nor the largest power of two is a float32. */
function scaled(x: Expr, count: Expr): Expr {
  const half = count.shr(1);
  const power = (n: Expr): Expr =>
    n
      .shl(23)
      .add(127 * 2 ** 23)
      .bitcast(float32);
  return x.mul(power(half)).mul(power(count.sub(half)));
}
const EXP = [0.5, 0.16666576, 0.0416665489, 0.0083633421, 0.00139268843];
/** x = whole · ln 2 + rest, and exp(rest) - 1. */
function expReduced(x: Expr): { count: Expr; rest: Expr } {
  const { whole, count } = nearest(x, LOG2_E);
  const r = whole.fma(-LN2_LOW, whole.fma(-LN2_HIGH, x));
  return { count, rest: r.mul(r).fma(polynomial(r, EXP), r) };
}
const exp: Formula = (x) => {
  const { count, rest } = expReduced(atLeast(atMost(x, 89), -104));
  return scaled(rest.add(1), count);
};
const EXP2 = [0.693147188, 0.240226508, 0.055503569, 0.00961808237, 0.00133909782, 0.000154532624];
const exp2: Formula = (x) => {
  const limited = atLeast(atMost(x, 129), -151);
  const { whole, count } = nearest(limited, 1);
  const r = limited.sub(whole);
  return scaled(r.fma(polynomial(r, EXP2), 1), count);
};
/** exp(x) - 1 for x from -17.5 to 88.9, except that tiny x come out as 0: 2^n (exp(r) - 1) + 2^n - 1. */
function expm1Core(x: Expr): Expr {
  const { count, rest } = expReduced(x);
  // Half of the power, since 2^128 is no float32.
  const half = count
    .shl(23)
    .add(126 * 2 ** 23)
    .bitcast(float32);
  return half.fma(rest, half.sub(0.5)).mul(2);
}
const expm1: Formula = (x) => select(x.abs().lt(2 ** -25), x, expm1Core(atLeast(atMost(x, 88.9), -17.5)));
// tanh a = (e^2a - 1) / (e^2a + 1).
const tanh: Formula = (x) => {
  const a = x.abs();
  const e = expm1Core(atMost(a.mul(2), 20));
  return select(a.lt(2 ** -13), x, withSign(e.div(e.add(2)), x));
};
/** The magnitude of a non-negative number with the sign of another. */
const withSign = (magnitude: Expr, x: Expr): Expr =>
  bits(magnitude)
    .or(bits(x).and(-(2 ** 31)))
    .bitcast(float32);
// With e^-|x|, which does not overflow.
const sigmoid: Formula = (x) => {
  const e = exp(x.abs().neg());
  return select(x.lt(0), e, f32(1)).div(e.add(1));
};

const LOG = [
  0.333333312, -0.24999997, 0.200007157, -0.166678023, 0.142490576, -0.124256873, 0.116854199, -0.114797338,
  0.0697161147,
];
const SQRT_HALF_BITS = 0x3f3504f3;
/** x = 2^exponent (1 + f) with 1 + f from √½ to √2; and log(1 + f) = f + rest. x is positive and normal. */
function logReduced(x: Expr): { exponent: Expr; f: Expr; rest: Expr } {
  const exponent = bits(x).sub(SQRT_HALF_BITS).shr(23);
  const f = bits(x).sub(exponent.shl(23)).bitcast(float32).sub(1);
  const square = f.mul(f);
  return { exponent, f, rest: f.mul(square).fma(polynomial(f, LOG), square.mul(-0.5)) };
}
/** What a logarithm is at 0, below, at infinity and NaN, and `inside` elsewhere. */
const logEdges = (x: Expr, inside: Expr): Expr =>
  select(x.gt(0), select(x.lt(Infinity), inside, x), select(x.eq(0), f32(-Infinity), f32(NaN)));
/** A logarithm from the exponent and log(1 + f) = f + rest; subnormal numbers are made normal first. */
const logarithm =
  (combine: (exponent: Expr, f: Expr, rest: Expr) => Expr): Formula =>
  (x) => {
    const tiny = x.lt(2 ** -126);
    const { exponent, f, rest } = logReduced(select(tiny, x.mul(2 ** 23), x));
    return logEdges(x, combine(select(tiny, exponent.sub(23), exponent).cast(float32), f, rest));
  };
const log = logarithm((n, f, rest) => n.fma(LN2_HIGH, f.add(n.fma(LN2_LOW, rest))));
const log2 = logarithm((n, f, rest) => {
  // log2 e = 1.4375 + the rest, so that the leading product f · 1.4375 is nearly exact.
  const low = LOG2_E - 1.4375;
  return n.add(f.fma(1.4375, rest.fma(1.4375, f.add(rest).mul(low))));
});
const log10 = logarithm((n, f, rest) => {
  const log10E = 1 / Math.LN10;
  const high = 0.43359375;
  const part = f.fma(high, rest.fma(high, f.add(rest).mul(log10E - high)));
  return n.fma(LOG10_2_HIGH, n.fma(LOG10_2_LOW, part));
});
// log(1 + x) = log u + (1 + x - u) / u, where u is 1 + x rounded.
const log1p: Formula = (x) => {
  const u = x.add(1);
  const lost = select(x.lt(1), x.sub(u.sub(1)), f32(1).sub(u.sub(x))).div(u);
  const { exponent, f, rest } = logReduced(u);
  const n = exponent.cast(float32);
  const inside = n.fma(LN2_HIGH, f.add(n.fma(LN2_LOW, rest.add(lost))));
  return select(x.abs().lt(2 ** -25), x, logEdges(u, inside));
};

// Up to 1 by an odd polynomial, beyond by 1 - erfc x, of which the logarithm is a polynomial, too.
const ERF_SMALL = [0.128379166, -0.376126267, 0.112835947, -0.026854212, 0.00518908742, -0.000801686429, 7.87587506e-5];
const ERFC_LOG = [
  0.00032013805, -1.13023343, -0.631826052, -0.110080083, 0.026421136, -0.00475959629, 0.000596805626, -4.60580427e-5,
  1.63715141e-6,
];
const erf: Formula = (x) => {
  const a = x.abs();
  const small = x.fma(polynomial(x.mul(x), ERF_SMALL), x);
  const { count, rest } = expReduced(polynomial(atMost(a, 4), ERFC_LOG));
  const erfc = rest.add(1).mul(
    count
      .shl(23)
      .add(127 * 2 ** 23)
      .bitcast(float32),
  );
  return select(a.lt(1), small, withSign(f32(1).sub(erfc), x));
};

const PI_HALF_HIGH = 1.5707963267341256;
const PI_HALF_LOW = 6.077100506506192e-11;
const SIN = [-0.166666646, 0.0083327436, -0.000195868828];
const COS = [0.0416666646, -0.00138882984, 2.45469318e-5];
/** Larger arguments lose too much when multiples of π/2 are taken off in float64: those lanes ask the host. */
const TRIGONOMETRIC_LIMIT = 2 ** 20;
/** sin(x + quarters · π/2), reduced in float64: a float32 can come as close as 10^-9 to a multiple of π/2. */
function sine(x: Expr, quarters: number): Expr {
  const wide = x.cast(float64);
  // 1.5 · 2^52 rounds as ROUNDER does.
  const shifted = wide.fma(2 / Math.PI, 6755399441055744);
  const whole = shifted.sub(6755399441055744);
  const r = whole.fma(-PI_HALF_LOW, whole.fma(-PI_HALF_HIGH, wide)).cast(float32);
  const quadrant = shifted.bitcast(int64).cast(int32).add(quarters);
  const z = r.mul(r);
  // As a product, which keeps the sign of 0.
  const s = r.mul(z.fma(polynomial(z, SIN), 1));
  const c = z.mul(z).fma(polynomial(z, COS), z.fma(-0.5, 1));
  const value = select(quadrant.and(1).eq(0), s, c);
  return bits(value).xor(quadrant.and(2).shl(30)).bitcast(float32);
}
const inHost = (op: MathOp, x: Expr): Expr => new Expr(op, [x.cast(float64)], float64).cast(float32);
const trigonometric =
  (op: "sin" | "cos"): Formula =>
  (x) =>
    select(x.abs().gt(TRIGONOMETRIC_LIMIT), inHost(op, x), sine(x, op === "sin" ? 0 : 1));

/** All functions; those without a formula are the host's, in float64. */
const FLOAT32: Record<MathOp, Formula | null> = {
  exp,
  exp2,
  expm1,
  log,
  log2,
  log10,
  log1p,
  sin: trigonometric("sin"),
  cos: trigonometric("cos"),
  tan: null,
  asin: null,
  acos: null,
  atan: null,
  sinh: null,
  cosh: null,
  tanh,
  asinh: null,
  acosh: null,
  atanh: null,
  sigmoid,
  erf,
  erfc: null,
  erfinv: null,
  lgamma: null,
  digamma: null,
};
export const isMathOp = (op: ExprOp): op is MathOp => op in FLOAT32;
/** `op` of x in terms of arithmetic, or null where there is no formula. Parts of x's formula may be shared. */
export function lower(op: MathOp, x: Expr): Expr | null {
  return x.dtype === float32 ? (FLOAT32[op]?.(x) ?? null) : null;
}
