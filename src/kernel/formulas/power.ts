// The power function, x^y = 2^(y log2 x).
import { float32, float64 } from "../../base/dtype.ts";
import type { Expr } from "../expr.ts";
import { scaledExp } from "./exponential.ts";
import {
  atLeast,
  atMost,
  biasOf,
  flipped,
  isSpecial,
  leading,
  nearest,
  polynomial,
  powerOf2,
  rarely,
  select,
} from "./format.ts";
import { edges, ofNormal, scientific } from "./logarithm.ts";

export function pow(x: Expr, y: Expr): Expr {
  const magnitude = x.dtype === float32 ? single : double;
  const special = isSpecial(x).or(y.abs().lt(Infinity).not());
  return rarely(special, signed(x, y, magnitude(x.abs(), y, false)), magnitude(x, y, true));
}
/** With C's values at the edges, from |x|^y. */
function signed(x: Expr, y: Expr, magnitude: Expr): Expr {
  const half = y.mul(0.5);
  const isWhole = y.eq(y.round());
  const isOdd = isWhole.and(half.ne(half.round()));
  // Of what is negative, but for -∞, there are whole powers only.
  const isReal = isWhole.or(x.ge(0)).or(x.eq(-Infinity));
  return select(isReal, select(isOdd, flipped(magnitude, x), magnitude), NaN);
}
/** Where a^y is 1 whatever the other is. */
const isOne = (a: Expr, y: Expr): Expr => a.eq(1).or(y.eq(0));

// log2((1 + s) / (1 - s)) / s as a polynomial of s², and 2^r for |r| up to 1/2: to more digits than float32 has.
const LOG2 = [
  2.8853900817778504, 0.9617966941126749, 0.5770779425301307, 0.4122092382250214, 0.31990618475532295,
  0.2828943745715255,
];
const EXP2 = [
  0.999999999959497, 0.6931471805568274, 0.24022651214120053, 0.05550410906373737, 0.009618025530398209,
  0.0013333478409865399, 0.00015469755744925822, 0.000015303721130801367,
];
/** a^y for float32, computed in float64; `usual`: of a that is not special, and finite y. */
function single(a: Expr, y: Expr, usual: boolean): Expr {
  const x = a.cast(float64);
  const { n, f } = usual ? ofNormal(x) : scientific(x);
  const s = f.div(f.add(2));
  const log2 = s.fma(polynomial(s.mul(s), [[], LOG2]), n);
  const power = y.cast(float64);
  const product = usual ? power.mul(log2) : select(isOne(a, y), x.lift(0), power.mul(edges(x, log2)));
  const exponent = atLeast(atMost(product, 200), -200);
  const { value, last } = nearest(exponent, 1, biasOf(exponent));
  return polynomial(exponent.sub(value), [[], EXP2]).mul(powerOf2(last, x)).cast(float32);
}

// (atanh s / s - 1 - s²/3) · 3/s⁴ as a polynomial of s².
const ATANH = [
  0.6, 0.42857142857144054, 0.333333333324821, 0.27272727503481237, 0.23076892401896876, 0.20002209318150904,
  0.17559293534822049, 0.17585405434358117,
];
// Parts of 2 / (3 ln 2) and of ln 2, the first of 26 bits.
const SCALE_HIGH = 0.9617967009544373;
const SCALE_LOW = -7.028461650952758e-9;
const LN2_HIGH = 0.6931471824645996;
const LN2_LOW = -1.904654299957768e-9;
/** a^y for float64. An error of the logarithm grows by up to 2^10, so it is computed in two parts. */
function double(a: Expr, y: Expr, usual: boolean): Expr {
  const { n, f } = usual ? ofNormal(a) : scientific(a);
  const [log, logLow] = log2InParts(n, f);
  const zero = y.lift(0);
  const product = usual ? y.mul(log) : select(isOne(a, y), zero, y.mul(edges(a, log)));
  // Far off, or NaN, or 0 whatever the parts are.
  const isPlain = product.abs().le(1100);
  const isFar = (usual ? isPlain : isPlain.and(isOne(a, y).not())).not();
  const part = leading(y);
  const main = select(isFar, atLeast(atMost(product, 1100), -1100), part.mul(log));
  const rest = select(isFar, zero, y.sub(part).fma(log, y.mul(logLow)));
  const exponent = nearest(main.add(rest), 1, 2 * biasOf(main));
  const near = main.sub(exponent.value);
  // (near + rest) ln 2, too.
  const r = near.add(rest);
  const high = leading(r);
  const first = high.mul(LN2_HIGH);
  const second = r.sub(high).fma(LN2_HIGH, r.fma(LN2_LOW, near.sub(r).add(rest).mul(Math.LN2)));
  const sum = first.add(second);
  return scaledExp(sum, first.sub(sum).add(second), exponent.last);
}
/** n + log2(1 + f) to 64 bits and more, the first part of 26. As above: 2/ln 2 · atanh s for s = f / (2 + f). */
function log2InParts(n: Expr, f: Expr): [Expr, Expr] {
  const sum = f.add(2);
  const inverse = f.lift(1).div(sum);
  const s = f.mul(inverse);
  const [sumHigh, high] = [leading(sum), leading(s)];
  const low = f
    .sub(high.mul(sumHigh))
    .sub(high.mul(f.sub(sumHigh.sub(2))))
    .mul(inverse);
  // 3 atanh s = s (3 + s² + rest).
  const z = s.mul(s);
  const square = high.mul(high);
  const rest = z.mul(z).fma(polynomial(z, [[], ATANH]), low.mul(high.add(s)));
  const factor = leading(square.add(3).add(rest));
  const factorLow = rest.sub(factor.sub(3).sub(square));
  const main = high.mul(factor);
  const small = low.fma(factor, factorLow.mul(s));
  const atanh = leading(main.add(small));
  const atanhLow = small.sub(atanh.sub(main));
  const log = atanh.mul(SCALE_HIGH);
  const logLow = atanh.fma(SCALE_LOW, atanhLow.mul(SCALE_HIGH + SCALE_LOW));
  const total = leading(n.add(log.add(logLow)));
  return [total, logLow.sub(total.sub(n).sub(log))];
}
