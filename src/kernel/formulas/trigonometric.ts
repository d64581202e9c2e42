// Sine, cosine and tangent.
import { float32, float64, int32 } from "../../base/dtype.ts";
import type { Expr, MathOp } from "../expr.ts";
import { bits, inHost, nearest, pick, polynomial, select } from "./format.ts";
import type { Formula, PerFormat } from "./format.ts";

// Parts of π/2 of 32 bits each, so that their products with whole numbers below 2^20 are exact.
const PI_HALF = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32] as const;
/** Larger arguments have more than 2^20 quarter turns: those lanes ask the host. */
const LIMIT = 1.5 * 2 ** 20;
// (sin r / r - 1) / r² and (cos r - 1 + r²/2) / r⁴ as polynomials of r² for |r| up to π/4.
const SIN: PerFormat<readonly number[]> = [
  [-0.166666646, 0.0083327436, -0.000195868828],
  [
    -0.16666666666666666, 0.008333333333330925, -0.00019841269836724904, 0.0000027557316085102794,
    -2.5051128211610636e-8, 1.591786776689624e-10,
  ],
];
const COS: PerFormat<readonly number[]> = [
  [0.0416666646, -0.00138882984, 2.45469318e-5],
  [
    0.041666666666666664, -0.0013888888888887382, 0.000024801587298744625, -2.755731726081361e-7, 2.087614399539826e-9,
    -1.1382468815765352e-11,
  ],
];

/** x less its nearest multiple of π/2, with what that lost by rounding, and the last bits of that multiple. */
function reduced(x: Expr): { r: Expr; lost: Expr; quadrant: Expr } {
  const [first, second, third, fourth] = PI_HALF;
  if (x.dtype === float32) {
    // In float64: a float32 can come as close as 10^-9 to a multiple of π/2.
    const wide = x.cast(float64);
    const { value, last } = nearest(wide, 2 / Math.PI);
    const precise = value.fma(-second, value.fma(-first, wide));
    const r = precise.cast(float32);
    return { r, lost: precise.sub(r.cast(float64)).cast(float32), quadrant: last.cast(int32) };
  }
  const { value, last } = nearest(x, 2 / Math.PI);
  const near = value.fma(-first, x);
  const part = value.mul(second);
  const nearer = near.sub(part);
  // near - part - nearer, by Knuth's exact sum.
  const back = near.sub(nearer);
  const rest = near.sub(nearer.add(back)).add(back.sub(part));
  const tail = value.fma(third, value.fma(fourth, rest.neg()));
  const r = nearer.sub(tail);
  return { r, lost: nearer.sub(r).sub(tail), quadrant: last };
}
/** sin and cos of r + lost, to about one unit in the last place. */
function both(r: Expr, lost: Expr): { sin: Expr; cos: Expr } {
  const z = r.mul(r);
  const half = z.mul(0.5);
  const one = r.lift(1);
  const near = one.sub(half);
  const bend = r.mul(z).mul(polynomial(z, SIN));
  const rest = z.mul(z).fma(polynomial(z, COS), one.sub(near).sub(half));
  return { sin: r.add(lost.fma(near, bend)), cos: near.add(rest.sub(r.mul(lost))) };
}
/** The same of r alone, faster, to one and a half. */
function roughly(r: Expr): { sin: Expr; cos: Expr } {
  const z = r.mul(r);
  return {
    sin: r.mul(z).fma(polynomial(z, SIN), r),
    cos: z.mul(z).fma(polynomial(z, COS), z.fma(-0.5, 1)),
  };
}
/** The value with its sign changed where bit `bit` of a number of quarters is set. */
const signed = (value: Expr, quadrant: Expr, bit: 0 | 1): Expr =>
  bits(value)
    .xor(quadrant.and(1 << bit).shl(pick(value, [31, 63]) - bit))
    .bitcast(value.dtype);
const isEven = (quadrant: Expr): Expr => quadrant.and(1).eq(0);

/** A formula for arguments within reach. */
const within =
  (op: MathOp, formula: Formula): Formula =>
  (x) =>
    select(x.abs().gt(LIMIT), inHost(op, x.cast(float64)).cast(x.dtype), formula(x));
/** A value, and x where it is 0, of which sums lose the sign. */
const orZero = (x: Expr, value: Expr): Expr => select(x.eq(0), x, value);
/** sin(x + quarters · π/2). */
const shifted =
  (quarters: number): Formula =>
  (x) => {
    const { r, lost, quadrant } = reduced(x);
    const { sin, cos } = x.dtype === float32 ? roughly(r) : both(r, lost);
    const turned = quadrant.add(quarters);
    const value = signed(select(isEven(turned), sin, cos), turned, 1);
    return quarters === 1 ? value : orZero(x, value);
  };
/** Within reach. */
export const sinNear = shifted(0);
export const tanNear: Formula = (x) => {
  const { r, lost, quadrant } = reduced(x);
  const { sin, cos } = both(r, lost);
  const even = isEven(quadrant);
  return orZero(x, signed(select(even, sin, cos).div(select(even, cos, sin)), quadrant, 0));
};
export const sin = within("sin", sinNear);
export const cos = within("cos", shifted(1));
export const tan = within("tan", tanNear);
