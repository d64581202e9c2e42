// The logarithm of Γ and its derivative, in float64: by polynomials near the zeros, where recurrences lead from elsewhere,
// and asymptotic series. Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), chapter 6, by the numbers
// given.
import { float64 } from "../../base/dtype.ts";
import type { Expr } from "../expr.ts";
import { polynomial, rarely, select } from "./format.ts";
import type { Formula } from "./format.ts";
import { log } from "./logarithm.ts";
import { sinNear, tanNear } from "./trigonometric.ts";

// lgamma(2 + d) / (d (1 + d)) for d from -1 to 1.
export const LGAMMA = [
  0.42278433509846713, -0.10031730167435421, 0.03296500062115597, -0.012384192193336403, 0.00499864116468036,
  -0.002108130835205516, 0.0009153769228592624, -0.0004057073767182651, 0.00018255262896178884, -8.309532051498256e-5,
  3.816898383831121e-5, -1.7660549433477763e-5, 8.22164118899021e-6, -3.851628036158386e-6, 1.8101965247968273e-6,
  -8.417877919503249e-7, 3.9829201168010556e-7, -2.1160213539886798e-7, 1.0090078981549976e-7, -1.9155756307480535e-8,
  8.980785725782262e-9, -2.9689405326649487e-8, 1.4354582838520858e-8, 7.546992797326214e-9, -3.670771309163974e-9,
  -3.045084891501406e-9, 1.4756773847350955e-9,
];
// B(2k) / (2k (2k - 1)), 6.1.41.
export const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];
export const HALF_LOG_2PI = 0.9189385332046728;
// digamma(x) / (x - its zero) as a polynomial of x - 1.5, for x from 1 to 2.
export const DIGAMMA = [
  0.951055876031833, -0.4236274212814605, 0.2405424842407742, -0.14840492305390884, 0.09498872445494122,
  -0.0619221332730645, 0.04076083381242059, -0.026975796756139776, 0.017907252439455283, -0.011908218001533494,
  0.007926944646338275, -0.005279964873742579, 0.0035190064021391903, -0.002345267628354842, 0.0015566317436329878,
  -0.0010376374325901457, 0.00072332664169164, -0.00048219897742908584, 0.0002272331387058069, -0.0001514860088011404,
  0.00025968484436782885, -0.0001731225064733574,
];
export const ZERO = 1.4616321449683622;
export const ZERO_LOW = 9.549995429965697e-17;
// B(2k) / 2k, 6.3.18.
export const DIGAMMA_FAR = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160];

/** From here on the asymptotic series are exact enough. */
const FAR = 10;
const inFloat64 =
  (formula: Formula): Formula =>
  (x) =>
    formula(x.cast(float64)).cast(x.dtype);

export const lgamma = inFloat64((x) => {
  const a = x.abs();
  const value = lgammaOf(a);
  // 6.1.17
  const sine = sinNear(x.sub(x.round()).mul(Math.PI));
  const reflected = log(x.lift(Math.PI).div(x.mul(sine).abs())).sub(value);
  // So near 0 the quotient overflows, and nothing but the pole counts.
  const below = select(a.lt(1e-150), log(a).neg(), reflected);
  return rarely(x.lt(0), select(a.eq(Infinity), a, below), value);
});
/** For positive x. */
function lgammaOf(x: Expr): Expr {
  const isSmall = x.lt(1);
  const isFar = x.ge(FAR);
  // 6.1.16: down to 2 + d, d from -1 to 1, or up to it from 1 + d.
  let product = x.lift(1);
  for (let k = 1; k < FAR - 2; k++) product = product.mul(select(x.lt(k + 2), x.lift(1), x.sub(k)));
  const whole = x.floor();
  const d = x.sub(select(isSmall, x.lift(1), select(whole.lt(2), x.lift(2), whole)));
  const logarithm = log(select(isSmall.or(isFar), x, product));
  const near = d.mul(d.add(1)).mul(polynomial(d, [[], LGAMMA]));
  const inverse = x.lift(1).div(x);
  const far = x
    .sub(0.5)
    .fma(logarithm.sub(1), polynomial(inverse.mul(inverse), [[], STIRLING]).fma(inverse, HALF_LOG_2PI - 0.5));
  return select(isFar, far, near.add(select(isSmall, logarithm.neg(), logarithm)));
}

export const digamma = inFloat64((x) => {
  const isNegative = x.lt(0);
  const value = digammaOf(select(isNegative, x.lift(1).sub(x), x));
  // 6.3.7
  const fraction = x.sub(x.round());
  const reflected = value.sub(x.lift(Math.PI).div(tanNear(fraction.mul(Math.PI))));
  return rarely(isNegative, select(fraction.eq(0), x.lift(NaN), reflected), value);
});
/** For positive x, and ∓∞ at ±0. */
function digammaOf(x: Expr): Expr {
  const isSmall = x.lt(1);
  const y = select(isSmall, x.add(1), x);
  // 6.3.5: the sum of 1 / (y - k) down to y - k from 1 to 2, as a fraction.
  let [numerator, denominator] = [x.lift(0), x.lift(1)];
  for (let k = 1; k < FAR - 1; k++) {
    const further = y.gt(k + 1);
    const term = y.sub(k);
    numerator = select(further, numerator.fma(term, denominator), numerator);
    denominator = select(further, denominator.mul(term), denominator);
  }
  const sum = select(isSmall, x.lift(-1), numerator).div(select(isSmall, x, denominator));
  const steps = y.apply("ceil").sub(2);
  const rest = y.sub(select(steps.lt(0), x.lift(0), steps));
  const near = rest
    .sub(ZERO)
    .sub(ZERO_LOW)
    .fma(polynomial(rest.sub(1.5), [[], DIGAMMA]), sum);
  const inverse = x.lift(1).div(y);
  const z = inverse.mul(inverse);
  const far = log(y)
    .sub(inverse.mul(0.5))
    .sub(z.mul(polynomial(z, [[], DIGAMMA_FAR])));
  return select(y.ge(FAR), far, near);
}
