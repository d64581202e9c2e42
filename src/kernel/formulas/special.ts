// Functions on float64 for the host: JavaScript's where it has them, else with the polynomials of formulas/. Kernels call
// them for what the formulas leave out. The reductions are the textbook ones: Abramowitz and Stegun, "Handbook of
// Mathematical Functions" (1964), chapters 6 and 7, by the numbers given.
import { CENTER, ERF, ERFC } from "./error_function.ts";
import { DIGAMMA, DIGAMMA_FAR, HALF_LOG_2PI, LGAMMA, STIRLING, ZERO, ZERO_LOW } from "./gamma.ts";

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

/** lgamma(2 + d) for d from -1 to 1: with the zeros at 1 and 2 taken out. */
const lgammaNear2 = (d: number): number => d * (1 + d) * polynomial(d, LGAMMA);
/** log Γ(1 + a) for a from -½ to 1, as exact for small a as for others. */
export const lgamma1p = (a: number): number => lgammaNear2(a) - Math.log1p(a);
/** log |Γ(x)|. */
export function lgamma(x: number): number {
  if (!(Math.abs(x) < Infinity)) return Math.abs(x);
  if (x <= 0) {
    if (Number.isInteger(x)) return Infinity;
    // 6.1.17
    if (x > -1e-150) return -Math.log(-x);
    return Math.log(Math.PI / Math.abs(x * Math.sin(Math.PI * (x - Math.round(x))))) - lgamma(-x);
  }
  if (x < 1) return lgammaNear2(x - 1) - Math.log(x);
  if (x >= 10) return (x - 0.5) * (Math.log(x) - 1) + (HALF_LOG_2PI - 0.5) + polynomial(1 / (x * x), STIRLING) / x;
  let product = 1;
  let rest = x;
  while (rest >= 3) product *= --rest;
  return lgammaNear2(rest - 2) + Math.log(product);
}

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
