// Functions on float64 that the host computes for kernels: JavaScript's where it has them, else series and fits.
//
// The polynomials interpolate at Chebyshev points of the named interval, in 60 digits; coefficients go from low to high.
// The reductions are the textbook ones: Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), chapters 6
// and 7, by the numbers given.
import type { MathOp } from "./expr.ts";
import { CENTER, ERF, ERFC } from "./formulas/error_function.ts";

/** c[0] + c[1] x + c[2] x² + … */
function polynomial(x: number, coefficients: readonly number[]): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i];
  return sum;
}

/** The error function. */
export function erf(x: number): number {
  if (Math.abs(x) < 1) return x + x * polynomial(x * x, ERF[1]);
  return x < 0 ? tail(-x) - 1 : 1 - tail(x);
}
/** 1 - erf(x). */
export const erfc = (x: number): number => (x < 0.5 ? 1 - erf(x) : tail(x));
/** erfc(x) for x from 1/2 on. */
function tail(x: number): number {
  if (x > 28) return 0;
  // x² in two parts, the first exact, as exp would multiply the error of one by x².
  const high = Math.fround(x);
  const exponential = Math.exp(-high * high) * Math.exp((high - x) * (high + x));
  const center = CENTER[1];
  return exponential * (polynomial((x - center) / (x + center), ERFC[1]) / (x + center));
}
/** The inverse of erf: Winitzki's approximation (2008), then Halley's steps, on erfc where erf is close to 1. */
export function erfinv(y: number): number {
  if (!(Math.abs(y) < 1)) return Math.abs(y) === 1 ? y * Infinity : NaN;
  if (Math.abs(y) < 1e-8) return (y * Math.sqrt(Math.PI)) / 2;
  const target = Math.abs(y);
  const l = Math.log1p(-target * target);
  const p = 2 / (Math.PI * 0.147) + l / 2;
  let x = Math.sqrt(Math.sqrt(p * p - l / 0.147) - p);
  for (let i = 0; i < 3; i++) {
    const error = target < 0.5 ? erf(x) - target : 1 - target - erfc(x);
    const step = error / ((2 / Math.sqrt(Math.PI)) * Math.exp(-x * x));
    x -= step / (1 + x * step);
  }
  return y < 0 ? -x : x;
}

// lgamma(2 + d) / (d (1 + d)) for d from -1 to 1.
const LGAMMA = [
  0.42278433509846713, -0.10031730167435421, 0.03296500062115597, -0.012384192193336403, 0.00499864116468036,
  -0.002108130835205516, 0.0009153769228592624, -0.0004057073767182651, 0.00018255262896178884, -8.309532051498256e-5,
  3.816898383831121e-5, -1.7660549433477763e-5, 8.22164118899021e-6, -3.851628036158386e-6, 1.8101965247968273e-6,
  -8.417877919503249e-7, 3.9829201168010556e-7, -2.1160213539886798e-7, 1.0090078981549976e-7, -1.9155756307480535e-8,
  8.980785725782262e-9, -2.9689405326649487e-8, 1.4354582838520858e-8, 7.546992797326214e-9, -3.670771309163974e-9,
  -3.045084891501406e-9, 1.4756773847350955e-9,
];
/** lgamma(2 + d) for d from -1 to 1: with the zeros at 1 and 2 taken out. */
const lgammaNear2 = (d: number): number => d * (1 + d) * polynomial(d, LGAMMA);
/** log Γ(1 + a) for a from -½ to 1, as exact for small a as for others. */
export const lgamma1p = (a: number): number => lgammaNear2(a) - Math.log1p(a);
// B(2k) / (2k (2k - 1)), 6.1.41.
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];
const HALF_LOG_2PI = 0.9189385332046728;
/** log |Γ(x)|. */
export function lgamma(x: number): number {
  if (!(Math.abs(x) < Infinity)) return Math.abs(x);
  if (x <= 0) {
    if (Number.isInteger(x)) return Infinity;
    // 6.1.17
    return Math.log(Math.PI / Math.abs(x * Math.sin(Math.PI * (x - Math.round(x))))) - lgamma(-x);
  }
  if (x < 1) return lgammaNear2(x - 1) - Math.log(x);
  if (x >= 10) return (x - 0.5) * (Math.log(x) - 1) + (HALF_LOG_2PI - 0.5) + polynomial(1 / (x * x), STIRLING) / x;
  let product = 1;
  let rest = x;
  while (rest >= 3) product *= --rest;
  return lgammaNear2(rest - 2) + Math.log(product);
}

// digamma(x) / (x - its zero) as a polynomial of x - 1.5, for x from 1 to 2.
const DIGAMMA = [
  0.951055876031833, -0.4236274212814605, 0.2405424842407742, -0.14840492305390884, 0.09498872445494122,
  -0.0619221332730645, 0.04076083381242059, -0.026975796756139776, 0.017907252439455283, -0.011908218001533494,
  0.007926944646338275, -0.005279964873742579, 0.0035190064021391903, -0.002345267628354842, 0.0015566317436329878,
  -0.0010376374325901457, 0.00072332664169164, -0.00048219897742908584, 0.0002272331387058069, -0.0001514860088011404,
  0.00025968484436782885, -0.0001731225064733574,
];
const ZERO = 1.4616321449683622;
const ZERO_LOW = 9.549995429965697e-17;
// B(2k) / 2k, 6.3.18.
const DIGAMMA_FAR = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160];
/** The logarithmic derivative of Γ; -∞ or ∞ at ±0, NaN at the other poles, as PyTorch has it. */
export function digamma(x: number): number {
  if (x === 0) return -1 / x;
  if (x < 0) {
    if (Number.isInteger(x) || x === -Infinity) return NaN;
    // 6.3.7
    return digamma(1 - x) - Math.PI / Math.tan(Math.PI * (x - Math.round(x)));
  }
  if (x < 1) return digamma(x + 1) - 1 / x;
  if (x >= 10) {
    const z = 1 / (x * x);
    return Math.log(x) - 0.5 / x - z * polynomial(z, DIGAMMA_FAR);
  }
  let sum = 0;
  let rest = x;
  while (rest > 2) sum += 1 / --rest;
  return (rest - ZERO - ZERO_LOW) * polynomial(rest - 1.5, DIGAMMA) + sum;
}

/** With C's values at 1 and -1, where JavaScript has NaN. */
const pow = (x: number, y: number): number => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y);

const words = new DataView(new ArrayBuffer(8));
/** The neighbour of x towards y, of 64 or 32 bits: floats of a sign lie in the order of their bits. */
function nextafterOf(x: number, y: number, wide: boolean): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  if (x === y) return y;
  if (wide) words.setFloat64(0, x);
  else words.setFloat32(0, x);
  const bits = wide ? words.getBigInt64(0) : BigInt(words.getInt32(0));
  const away = x === 0 || x < y === x > 0;
  const next = x === 0 ? 1n : bits + (away ? 1n : -1n);
  if (wide) words.setBigInt64(0, next);
  else words.setInt32(0, Number(next));
  const result = wide ? words.getFloat64(0) : words.getFloat32(0);
  return x === 0 && y < 0 ? -result : result;
}

type Unary = (x: number) => number;
type Binary = (x: number, y: number) => number;
/** Functions that kernels import: the MathOps, rounding, and those of two arguments; "f" at the end: on float32. */
export const hostMath: Record<MathOp | "abs" | "floor" | "ceil" | "trunc" | "sqrt", Unary> &
  Record<"pow" | "atan2" | "rem" | "nextafter" | "nextafterf", Binary> = {
  exp: Math.exp,
  exp2: (x) => 2 ** x,
  expm1: Math.expm1,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  sigmoid: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  erf,
  erfc,
  erfinv,
  lgamma,
  digamma,
  abs: Math.abs,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  sqrt: Math.sqrt,
  pow,
  atan2: Math.atan2,
  rem: (x, y) => x % y,
  nextafter: (x, y) => nextafterOf(x, y, true),
  nextafterf: (x, y) => nextafterOf(x, y, false),
};
