// The exponential functions, and the hyperbolic functions that are made of them.
import { float32 } from "../../base/dtype.ts";
import type { Expr } from "../expr.ts";
import {
  atLeast,
  atMost,
  biasOf,
  flipped,
  LN2,
  nearest,
  pick,
  polynomial,
  powerOf2,
  select,
  timesPowerOf2,
} from "./format.ts";
import type { Formula, PerFormat, Whole } from "./format.ts";

// (e^r - 1 - r) / r² for |r| up to (ln 2) / 2.
const EXP: PerFormat<readonly number[]> = [
  [0.5, 0.166665768, 0.0416665544, 0.00836320297, 0.00139262135],
  [
    0.5, 0.1666666666666667, 0.04166666666666667, 0.008333333333326112, 0.001388888888888373, 0.0001984126987490126,
    0.000024801587325605324, 0.0000027557255297969643, 2.755727357010214e-7, 2.5105259538448494e-8,
    2.0914717341716378e-9,
  ],
];
// e^r for the same r, to 2 units in the last place of float32; the one in PyTorch's softmax (exp_u20) is right to 5.
const ROUGH_EXP = [1, 0.99999971, 0.49999148, 0.16667638, 0.04189816, 0.00829027];
interface Reduced {
  whole: Whole;
  r: Expr;
  /** What r lost by rounding. */
  lost: Expr;
}
/** x + low = whole · ln 2 + r; `more` as in `nearest`. */
function reduced(x: Expr, more: number, low?: Expr): Reduced {
  const [ln2High, ln2Low] = pick(x, LN2);
  const whole = nearest(x, Math.LOG2E, more);
  const near = whole.value.fma(-ln2High, x);
  const small = low === undefined ? whole.value.mul(-ln2Low) : whole.value.fma(-ln2Low, low);
  const r = low === undefined ? whole.value.fma(-ln2Low, near) : near.add(small);
  return { whole, r, lost: near.sub(r).add(small) };
}
/** e^r - 1 - r + more. */
const curve = (r: Expr, more: Expr): Expr => r.mul(r).fma(polynomial(r, EXP), more);
/** 2^n e^(r + low) for |r| up to (ln 2) / 2 and the last bits of n as in timesPowerOf2. */
export const scaledExp = (r: Expr, low: Expr, last: Expr): Expr => timesPowerOf2(r.add(curve(r, low)).add(1), last);
/** factor · e^(x + low) for x within the limits of `exp`. */
export function timesExp(factor: Expr, x: Expr, low: Expr): Expr {
  const { whole, r, lost } = reduced(x, 2 * biasOf(x), low);
  return timesPowerOf2(factor.fma(r.add(curve(r, lost)), factor), whole.last);
}
/** Within these limits exponentials are neither 0 nor infinite, beyond they become so. */
export const exp: Formula = (x) => {
  const { whole, r } = reduced(atLeast(atMost(x, pick(x, [89, 710])), pick(x, [-104, -746])), 2 * biasOf(x));
  return timesPowerOf2(curve(r, r).add(1), whole.last);
};
/** 2^above · e^x for x up to 0, or 0 where that is no normal number, at `least` and below. Of float32 roughly. */
function roughExp(x: Expr, least: PerFormat<number>, above: number): Expr {
  const { whole, r } = reduced(atLeast(x, pick(x, least)), biasOf(x) + above);
  const near = x.dtype === float32 ? polynomial(r, [ROUGH_EXP, []]) : curve(r, r).add(1);
  return near.mul(powerOf2(whole.last, x));
}
/** e^x for x up to 0, or 0 where that is no normal number: there the power of two is 0. Of float32 roughly. */
export const expBelow0: Formula = (x) => roughExp(x, [-88, -709], 0);
/** 2^64 e^x for x up to 0: one divided by another is right where e^x is subnormal, too. 0 where that has long been 0. */
export const raisedExp: Formula = (x) => roughExp(x, [-132.4, -753.4], 64);
export const exp2: Formula = (x) => {
  const near = atLeast(atMost(x, pick(x, [129, 1025])), pick(x, [-151, -1076]));
  const whole = nearest(near, 1, 2 * biasOf(x));
  const r = near.sub(whole.value).mul(Math.LN2);
  return timesPowerOf2(curve(r, r).add(1), whole.last);
};
/** e^x - 1 for x from where it is -1 up to where it is infinite. */
function expm1Of(x: Expr): Expr {
  // Half of the power, since the largest one is no number.
  const { whole, r, lost } = reduced(x, biasOf(x) - 1);
  const half = powerOf2(whole.last, x);
  return half.fma(curve(r, lost), half.fma(r, half.sub(0.5))).mul(2);
}
// Where the sum has lost the sign of 0, x is put back.
export const expm1: Formula = (x) =>
  select(x.abs().lt(2 ** -54), x, expm1Of(atLeast(atMost(x, pick(x, [88.9, 709.9])), pick(x, [-17.5, -38]))));
// tanh a = (e^2a - 1) / (e^2a + 1).
export const tanh: Formula = (x) => {
  const e = expm1Of(atMost(x.abs().mul(2), pick(x, [20, 40])));
  return flipped(e.div(e.add(2)), x);
};
// 1 / (1 + e^-x), with halves of both, since the largest power of two is no number; the next one is infinite.
export const sigmoid: Formula = (x) => {
  const { whole, r } = reduced(atLeast(atMost(x.neg(), pick(x, [89.5, 710.4])), pick(x, [-87, -708])), biasOf(x) - 1);
  const half = curve(r, r).add(1).mul(powerOf2(whole.last, x));
  return x.lift(0.5).div(half.add(0.5));
};

// (sinh x - x) / x³ as a polynomial of x² for |x| up to 1.
const SINH: PerFormat<readonly number[]> = [
  [0.166666672, 0.00833333936, 0.000198381022, 2.80628024e-6],
  [
    0.16666666666666666, 0.008333333333333299, 0.00019841269841324198, 0.0000027557319191381816, 2.5052117695907823e-8,
    1.6057679623801638e-10, 7.746178593018827e-13,
  ],
];
/** e^|x| / 2, also where e^|x| is infinite. */
function halfExp(x: Expr): Expr {
  const { whole, r } = reduced(atMost(x.abs(), pick(x, [90, 711])), 2 * biasOf(x));
  return timesPowerOf2(curve(r, r).fma(0.5, 0.5), whole.last);
}
export const cosh: Formula = (x) => {
  const half = halfExp(x);
  return half.add(x.lift(0.25).div(half));
};
export const sinh: Formula = (x) => {
  const half = halfExp(x);
  const z = x.mul(x);
  return select(x.abs().lt(1), x.mul(z).fma(polynomial(z, SINH), x), flipped(half.sub(x.lift(0.25).div(half)), x));
};
