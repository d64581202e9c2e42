// The inverses of the trigonometric functions.
import type { Expr } from "../expr.ts";
import { atLeast, bits, flipped, isSpecial, pick, polynomial, rarely, select } from "./format.ts";
import type { Formula, Parts, PerFormat } from "./format.ts";

// (atan t / t - 1) / t² and (asin t / t - 1) / t² as polynomials of t² for |t| up to 1/2.
const ATAN: PerFormat<readonly number[]> = [
  [-0.333333343, 0.199998751, -0.142797932, 0.11006777, -0.0823497623, 0.0422475003],
  [
    -0.3333333333333333, 0.19999999999999485, -0.1428571428559874, 0.11111111100881761, -0.09090908618865388,
    0.07692294677482635, -0.06666435144143137, 0.05879573107799684, -0.052400641544110685, 0.04627870086418654,
    -0.03806224794996687, 0.024999689507521367, -0.009211063504627926,
  ],
];
const ASIN: PerFormat<readonly number[]> = [
  [0.166666657, 0.0750009492, 0.0445993207, 0.0311017279, 0.017143717, 0.0337007269],
  [
    0.16666666666666669, 0.07499999999998425, 0.04464285714637338, 0.030381944137085216, 0.022372173002005596,
    0.017352391265909227, 0.013971235301124539, 0.011478952690257387, 0.010324318288744113, 0.00545087818772055,
    0.017419357964884856, -0.014881409392818066, 0.02877844261259304,
  ],
];
/** π/4 in parts, the first with so few bits that three times it is exact. */
const PI_QUARTER: Parts = [
  [0.785398006439209, 1.5695823663008923e-7],
  [0.7853981633974483, 3.061616997868383e-17],
];
const LEAST: PerFormat<number> = [2 ** -149, 2 ** -1074];
/** From 2^this on, sums may overflow. */
const HUGE: PerFormat<number> = [120, 1000];

/** The angle of the point (x, y), of a quotient t of at most 1/2 and quarters of π. */
export function atan2(y: Expr, x: Expr): Expr {
  const [a, b] = [y.abs(), x.abs()];
  const steep = a.gt(b);
  const [shorter, longer] = inReach(select(steep, b, a), select(steep, a, b));
  // t = q or, if that is more than 1/2, (q - 1) / (q + 1) = tan(atan q - π/4), where q = shorter / longer.
  const near = shorter.add(shorter).ge(longer);
  const quotient = select(near, shorter.sub(longer), shorter).div(select(near, shorter.add(longer), longer));
  const isLeft = bits(x).lt(0);
  const t = select(isLeft.xor(steep), quotient.neg(), quotient);
  const eighths = select(near, x.lift(1), 0);
  const upper = select(steep, x.lift(2).sub(eighths), eighths);
  const quarters = select(isLeft, x.lift(4).sub(upper), upper);
  return flipped(angle(t, quarters), y);
}
/** Two sides in the same proportion, the longer one not 0, their sum finite. */
function inReach(shorter: Expr, longer: Expr): [Expr, Expr] {
  const special = isSpecial(longer, pick(longer, HUGE));
  const infinite = longer.eq(Infinity);
  const least = pick(longer, LEAST);
  const scale = select(longer.lt(1), longer.lift(1), 0.25);
  const ratio = select(shorter.eq(Infinity), longer.lift(1), shorter.mul(0));
  return [
    rarely(special, select(infinite, ratio, shorter.mul(scale)), shorter),
    rarely(special, select(infinite, longer.lift(1), atLeast(longer, least).mul(scale)), longer),
  ];
}
/** atan t + quarters · π/4. */
function angle(t: Expr, quarters: Expr): Expr {
  const [high, low] = pick(t, PI_QUARTER);
  const z = t.mul(t);
  return quarters.fma(high, t.add(t.mul(z).fma(polynomial(z, ATAN), quarters.mul(low))));
}
export const atan: Formula = (x) => atan2(x, x.lift(1));

/** asin |x| for |x| up to 1/2; beyond, asin √((1 - |x|) / 2), which is half of acos |x|. */
function halfAngle(x: Expr): { isLarge: Expr; angle: Expr } {
  const a = x.abs();
  const isLarge = a.gt(0.5);
  const z = select(isLarge, a.fma(-0.5, 0.5), a.mul(a));
  const s = select(isLarge, z.sqrt(), a);
  return { isLarge, angle: s.mul(z).fma(polynomial(z, ASIN), s) };
}
export const asin: Formula = (x) => {
  const { isLarge, angle } = halfAngle(x);
  const [high, low] = pick(x, PI_QUARTER);
  const turned = angle.fma(-2, 2 * low).add(2 * high);
  return flipped(select(isLarge, turned, angle), x);
};
export const acos: Formula = (x) => {
  const { isLarge, angle } = halfAngle(x);
  const [high, low] = pick(x, PI_QUARTER);
  // π/2 ∓ angle, 2 angle, or π - 2 angle.
  const part = flipped(select(isLarge, angle.mul(2), angle.neg()), x);
  const quarters = select(isLarge, select(x.lt(0), x.lift(4), 0), 2);
  return quarters.fma(high, part.add(quarters.mul(low)));
};
