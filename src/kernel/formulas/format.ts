// What formulas have in common: written once for float32 and float64, with constants for each.
//
// Note [Formulas]: each follows the classic plan of reduction to a small interval, polynomial, reconstruction (Cody and
// Waite, "Software Manual for the Elementary Functions", 1980; Muller, "Elementary Functions", 2006). The polynomials
// interpolate the function at Chebyshev points of the interval, in 75 digits; coefficients go from low to high. A fused
// multiply-add may round twice, so exact steps never rely on one: their factors have few bits.
import { float32, int32, int64 } from "../../base/dtype.ts";
import { Expr } from "../expr.ts";
import type { ExprOp } from "../expr.ts";

export type Formula = (x: Expr) => Expr;
/** Something for float32, and for float64. */
export type PerFormat<T> = readonly [single: T, double: T];
export const pick = <T>(x: Expr, [single, double]: PerFormat<T>): T => (x.dtype === float32 ? single : double);

/** A constant in two parts, the first with so few bits that products with it are exact. */
export type Parts = PerFormat<readonly [high: number, low: number]>;
export const LN2: Parts = [
  [0.693115234375, 3.194618329871446e-5],
  [0.6931471805601177, -1.7239444525614835e-13],
];

export const bits = (x: Expr): Expr => x.bitcast(pick(x, [int32, int64]));
const FRACTION: PerFormat<number> = [23, 52];
const BIAS: PerFormat<number> = [127, 1023];
/** What is added to an exponent in a float's bits. */
export const biasOf = (x: Expr): number => pick(x, BIAS);
/** Bits of the fraction. */
export const fractionOf = (x: Expr): number => pick(x, FRACTION);
/** The least normal number. */
export const leastNormal = (x: Expr): number => 2 ** (1 - pick(x, BIAS));
/** Whether x is not positive, or subnormal, or 2^limit or more, or NaN: in bits, where all others lie side by side. */
export function isSpecial(x: Expr, limit = pick(x, BIAS) + 1): Expr {
  const one = 2n ** BigInt(fractionOf(x));
  const lowest = -(2n ** BigInt(x.dtype.itemsize * 8 - 1));
  return bits(x)
    .add(lowest - one)
    .ge(lowest + BigInt(limit + pick(x, BIAS) - 1) * one);
}
export const select = (condition: Expr, a: Expr, b: Expr | number): Expr => condition.where(a, b);
/** The same where the condition is seldom true: then `a` is computed in a branch. */
export const rarely = (condition: Expr, a: Expr, b: Expr): Expr => new Expr("where", [condition, a, b], a.dtype, RARE);
export const RARE = 1;
/** No more, or no less, than a limit; NaN stays. In this order of comparison they are one instruction each. */
export function atMost(x: Expr, limit: number): Expr {
  const most = x.lift(limit);
  return select(most.lt(x), most, x);
}
export function atLeast(x: Expr, limit: number): Expr {
  const least = x.lift(limit);
  return select(x.lt(least), least, x);
}
const sign = (x: Expr): Expr => bits(x).and(pick<number | bigint>(x, [-(2 ** 31), -(2n ** 63n)]));
/** A number, and its opposite where `x` has its sign bit set. */
export const flipped = (magnitude: Expr, x: Expr): Expr => bits(magnitude).xor(sign(x)).bitcast(x.dtype);
/** The leading half of the digits: products of two such are exact. */
export const leading = (x: Expr): Expr =>
  bits(x)
    .and(pick(x, [-(2 ** 12), -(2 ** 27)]))
    .bitcast(x.dtype);

/** c[0] + c[1] x + c[2] x² + … */
export function polynomial(x: Expr, table: PerFormat<readonly number[]>): Expr {
  const coefficients = pick(x, table);
  return coefficients.slice(0, -1).reduceRight((sum, c) => sum.fma(x, c), x.lift(coefficients.at(-1)!));
}

/** 1.5 · 2^fraction: what is added to it loses its fraction, and its last bits are the whole number. */
const ROUNDER: PerFormat<number> = [12582912, 6755399441055744];
/** A whole number, and the last bits of an integer. */
export interface Whole {
  value: Expr;
  last: Expr;
}
/** The nearest whole number to scale · x (below 2^22), and the last bits of it and `more` together. */
export function nearest(x: Expr, scale: number, more = 0): Whole {
  const rounder = pick(x, ROUNDER) + more;
  const shifted = x.fma(scale, rounder);
  return { value: shifted.sub(rounder), last: bits(shifted) };
}
/** The value of a small integer as a float like x. */
export function toFloat(integer: Expr, x: Expr): Expr {
  const rounder = x.lift(pick(x, ROUNDER));
  return integer.add(bits(rounder)).bitcast(x.dtype).sub(rounder);
}
/** 2^n as a float like x, for the last bits of n + biasOf(x). */
export const powerOf2 = (last: Expr, x: Expr): Expr => last.shl(fractionOf(x)).bitcast(x.dtype);
/** x · 2^n for the last bits of n + 2 biasOf(x), in two steps: neither the least nor the largest power is a float. */
export function timesPowerOf2(x: Expr, last: Expr): Expr {
  const [fraction, exponents] = [fractionOf(x), pick<number | bigint>(x, [0x7f800000, 0x7ff0000000000000n])];
  const half = last.shl(fraction - 1).and(exponents);
  const rest = last.shl(fraction).sub(half);
  return x.mul(half.bitcast(x.dtype)).mul(rest.bitcast(x.dtype));
}
/** The host's function, where the formula does not reach. */
export const inHost = (op: ExprOp, ...src: Expr[]): Expr => new Expr(op, src, src[0].dtype, IN_HOST);
export const IN_HOST = 1;
