// The logarithms, and the inverses of the hyperbolic functions.
import type { Expr } from "../expr.ts";
import {
  bits,
  flipped,
  fractionOf,
  isSpecial,
  leading,
  leastNormal,
  LN2,
  pick,
  polynomial,
  rarely,
  select,
  toFloat,
} from "./format.ts";
import type { Formula, Parts, PerFormat } from "./format.ts";

// The first parts have so few bits that their products with exponents, or with leading digits, are exact.
const LOG10_2: Parts = [
  [0.301025390625, 0.000004605039066518657],
  [0.3010299956640665, -8.532344317057107e-14],
];
const LOG10_E: Parts = [
  [0.434326171875, -0.00003168997136526741],
  [0.4342944622039795, 1.9699272335463627e-8],
];
const LOG2_E: Parts = [
  [1.44287109375, -0.00017605285393074155],
  [1.4426946640014648, 3.768874985636099e-7],
];
// (log((1 + s) / (1 - s)) / s - 2) / s² as a polynomial of s².
const LOG: PerFormat<readonly number[]> = [
  [0.666666865, 0.399887711, 0.295803994],
  [
    0.666666666666667, 0.3999999999989924, 0.2857142862609589, 0.2222221111514416, 0.18182890556695605,
    0.15331674030167863, 0.1461703754879165,
  ],
];
const SQRT_HALF_BITS: PerFormat<number> = [0x3f3504f3, 0x3fe6a09e * 2 ** 32];

/** x = 2^exponent (1 + f) with 1 + f from √½ to √2, for positive and normal x. */
function parted(x: Expr): { exponent: Expr; f: Expr } {
  const fraction = fractionOf(x);
  const exponent = bits(x).sub(pick(x, SQRT_HALF_BITS)).shr(fraction);
  return { exponent, f: bits(x).sub(exponent.shl(fraction)).bitcast(x.dtype).sub(1) };
}
/** The same, the exponent as a float. */
export function ofNormal(x: Expr): { n: Expr; f: Expr } {
  const { exponent, f } = parted(x);
  return { n: toFloat(exponent, x), f };
}
/** The same for subnormal x, too, which are made normal first. */
export function scientific(x: Expr): { n: Expr; f: Expr } {
  const shift = fractionOf(x) + 1;
  const tiny = x.lt(leastNormal(x));
  const { exponent, f } = parted(select(tiny, x.mul(2 ** shift), x));
  return { n: toFloat(select(tiny, exponent.sub(shift), exponent), x), f };
}
/** log(1 + f) = f - (square - rest), where square = f²/2. */
function curve(f: Expr): { square: Expr; rest: Expr } {
  const square = f.mul(f).mul(0.5);
  const s = f.div(f.add(2));
  const z = s.mul(s);
  return { square, rest: s.mul(z.fma(polynomial(z, LOG), square)) };
}
/** What a logarithm is at 0, below, at infinity and NaN, and `inside` elsewhere. */
export const edges = (x: Expr, inside: Expr): Expr =>
  select(x.gt(0), select(x.lt(Infinity), inside, x), select(x.eq(0), x.lift(-Infinity), NaN));
/** A logarithm from the parts of x, for special x in a branch of its own. */
const logarithm =
  (combine: (parts: { n: Expr; f: Expr }) => Expr): Formula =>
  (x) =>
    rarely(isSpecial(x), edges(x, combine(scientific(x))), combine(ofNormal(x)));
/** n ln 2 + log(1 + f) + low. */
function natural(n: Expr, f: Expr, low?: Expr): Expr {
  const [high, tail] = pick(n, LN2);
  const { square, rest } = curve(f);
  const small = n.fma(tail, low === undefined ? rest : rest.add(low));
  return n.fma(high, f.sub(square.sub(small)));
}
export const log = logarithm(({ n, f }) => natural(n, f));
/** log(1 + f) in leading and other digits, times the parts of 1 / log(base), beside n times log(2) in that base. */
const inBase = (scale: Parts, unit: Parts | null): Formula =>
  logarithm(({ n, f }) => {
    const { square, rest } = curve(f);
    const high = leading(f.sub(square));
    const low = f.sub(high).sub(square).add(rest);
    const [scaleHigh, scaleLow] = pick(n, scale);
    const [unitHigh, unitLow] = unit === null ? [1, 0] : pick(n, unit);
    const whole = n.mul(unitHigh);
    const main = high.mul(scaleHigh);
    const sum = whole.add(main);
    const small = low.fma(scaleHigh, low.add(high).mul(scaleLow)).add(whole.sub(sum).add(main));
    return sum.add(n.fma(unitLow, small));
  });
export const log2 = inBase(LOG2_E, null);
export const log10 = inBase(LOG10_E, LOG10_2);
// log(1 + x) = log u + (1 + x - u) / u, where u is 1 + x rounded; what is lost by Knuth's exact sum.
export const log1p: Formula = (x) => {
  const u = x.add(1);
  const back = u.sub(1);
  const lost = x.sub(back).add(x.lift(1).sub(u.sub(back)));
  const { n, f } = ofNormal(u);
  const inside = natural(n, f, lost.div(u));
  return select(x.abs().lt(2 ** -54), x, rarely(isSpecial(u), edges(u, inside), inside));
};

/** Beyond this x² ± 1 = x² in every digit, and x² is finite. */
const FAR: PerFormat<number> = [2 ** 60, 2 ** 500];
/** log(1 + near) or, for x beyond, log(2x). */
const farLog = (x: Expr, near: Expr): Expr => rarely(x.gt(pick(x, FAR)), log(x).add(Math.LN2), log1p(near));
export const asinh: Formula = (x) => {
  const a = x.abs();
  const square = a.mul(a);
  return flipped(farLog(a, a.add(square.div(square.add(1).sqrt().add(1)))), x);
};
export const acosh: Formula = (x) => {
  const y = x.sub(1);
  return select(x.lt(1), x.lift(NaN), farLog(y, y.add(y.mul(y.add(2)).sqrt())));
};
export const atanh: Formula = (x) => {
  const a = x.abs();
  return flipped(log1p(a.add(a).div(x.lift(1).sub(a))).mul(0.5), x);
};
