// The incomplete gamma functions P(a, x) and Q(a, x) = 1 - P, for torch.igamma and torch.igammac.
//
// By region, after Gautschi, "A computational procedure for incomplete gamma functions", ACM TOMS 5 (1979), and Temme,
// "The asymptotic expansion of the incomplete gamma functions", SIAM J. Math. Anal. 10 (1979); numbers are those of the
// Digital Library of Mathematical Functions.
import { erfc, lgamma1p } from "../kernel/formulas/special.ts";

/** The share of the integral of t^(a-1) e^-t that lies below x. NaN where a or x is negative, or both are 0 or infinite. */
export function gammaP(a: number, x: number): number {
  const edge = atEdge(a, x);
  if (edge !== null) return edge;
  if (isNear(a, x)) return uniform(a, x, -1);
  // The smaller of the two is computed, the other is what is left.
  return x > 1 && x > a ? 1 - fraction(a, x) : series(a, x);
}
/** The share above x. */
export function gammaQ(a: number, x: number): number {
  const edge = atEdge(a, x);
  if (edge !== null) return 1 - edge;
  if (isNear(a, x)) return uniform(a, x, 1);
  if (x > 1.1) return x > a ? fraction(a, x) : 1 - series(a, x);
  const most = x <= 0.5 ? -0.4 / Math.log(x) < a : x * 1.1 < a;
  return most ? 1 - series(a, x) : complement(a, x);
}
/** P where one argument is 0 or infinite, or none is allowed; else null. */
function atEdge(a: number, x: number): number | null {
  if (a < 0 || x < 0) return NaN;
  if (a === 0) return x > 0 ? 1 : NaN;
  if (x === 0) return 0;
  if (a === Infinity) return x === Infinity ? NaN : 0;
  if (x === Infinity) return 1;
  return Number.isNaN(a + x) ? NaN : null;
}

/** x^a e^-x / Γ(a + 1). Its error grows with the exponent: in the far tails to some 100 units in the last place. */
function prefactor(a: number, x: number): number {
  if (a < 12 && x < 600) return (x ** a * Math.exp(-x)) / gamma1p(a);
  const scale = Math.sqrt(2 * Math.PI * a) * stirling(a);
  // Powers of the arguments as they are lose less than one exponential; fourth roots of them stay in range.
  if (a < 250 && x < 2800) {
    const root = (x ** (a / 4) * Math.exp(-x / 4)) / (a ** (a / 4) * Math.exp(-a / 4));
    return root ** 4 / scale;
  }
  const mu = (x - a) / a;
  return Math.exp(Math.abs(mu) < 0.5 ? -a * excess(mu) : a * Math.log(x / a) - (x - a)) / scale;
}
/** Γ(1 + a), by as many factors as there are whole numbers in a. */
function gamma1p(a: number): number {
  let rest = a;
  let product = 1;
  while (rest > 1) product *= rest--;
  return product * Math.exp(lgamma1p(rest));
}
/** mu - log(1 + mu) for |mu| < 0.5, without cancellation: by the series of the inverse hyperbolic tangent. */
function excess(mu: number): number {
  const r = mu / (2 + mu);
  const square = r * r;
  let sum = 0;
  for (let k = 31; k >= 3; k -= 2) sum = sum * square + 1 / k;
  return mu * r - 2 * r * square * sum;
}
// Γ(a) / (√(2π/a) (a/e)^a) as the exponential of Stirling's series, 5.11.1.
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];
function stirling(a: number): number {
  const z = 1 / (a * a);
  return Math.exp(STIRLING.reduceRight((sum, b) => sum * z + b, 0) / a);
}

/** P by its power series, 8.7.1: terms of one sign. */
function series(a: number, x: number): number {
  const factor = prefactor(a, x);
  if (factor === 0) return 0;
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return factor * sum;
}
/** Q for small a and x, 8.7.3, as 1 - x^a/Γ(1 + a) and the rest of the alternating series. */
function complement(a: number, x: number): number {
  const log = a * Math.log(x) - lgamma1p(a);
  let term = 1;
  let sum = 0;
  for (let n = 1; n < 200; n++) {
    term *= -x / n;
    const next = term / (a + n);
    sum += next;
    if (Math.abs(next) <= Math.abs(sum) * 1e-17) break;
  }
  return -Math.expm1(log) - Math.exp(log) * a * sum;
}
/** Q by its continued fraction, 8.9.2, from the back: so rounding errors do not add up. */
function fraction(a: number, x: number): number {
  const factor = prefactor(a, x);
  if (factor === 0) return 0;
  let tail = 0;
  for (let n = termsOf(a, x); n > 0; n--) tail = (n * (a - n)) / (x + 2 * n + 1 - a + tail);
  return (factor * a) / (x + 1 - a + tail);
}
/** How many terms the continued fraction needs, by its convergents from the front (Lentz, 1976). */
function termsOf(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  for (let n = 1; n < 1e6; n++) {
    const numerator = n * (a - n);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    if (Math.abs(c * d - 1) < 1e-16) return n;
  }
  return 1e6;
}

// Temme's expansion for large a, uniform in x, 8.12: with η²/2 = mu - log(1 + mu) and η of mu's sign,
// Q = erfc(η √(a/2))/2 + e^(-a η²/2)/√(2πa) Σ c_k(η) a^-k, and each c_k by its power series.
const isNear = (a: number, x: number): boolean => a > 100 && Math.abs(x - a) < 0.3 * a;
const ORDERS = 8;
const POWERS = 28;
/** d[k][n] of c_k = Σ d[k][n] η^n, by 8.12.12 from α_n of 8.12.11's series of mu in η. */
const COEFFICIENTS: readonly (readonly number[])[] = (() => {
  const length = POWERS + 2 * ORDERS;
  // mu = Σ α_n η^n solves mu' mu = η (1 + mu).
  const alpha = [0, 1];
  for (let n = 2; n < length + 3; n++) {
    let sum = alpha[n - 1];
    for (let j = 2; j < n; j++) sum -= j * alpha[j] * alpha[n - j + 1];
    alpha.push(sum / (n + 1));
  }
  // Γ(a) / (√(2π/a) (a/e)^a) = Σ gamma_k a^-k: the exponential of Stirling's series, 5.11.3.
  const logs = STIRLING.flatMap((b) => [b, 0]);
  const gamma = [1];
  for (let k = 1; k < ORDERS; k++) {
    let sum = 0;
    for (let j = 1; j <= k; j++) sum += j * logs[j - 1] * gamma[k - j];
    gamma.push(sum / k);
  }
  const first = Array.from({ length }, (_, n) => (n === 0 ? -1 / 3 : (n + 2) * alpha[n + 2]));
  const d = [first];
  for (let k = 1; k < ORDERS; k++)
    d.push(
      Array.from({ length: length - 2 * k }, (_, n) => (-1) ** k * gamma[k] * first[n] + (n + 2) * d[k - 1][n + 2]),
    );
  return d;
})();
/** Q for `sign` 1, P for -1. */
function uniform(a: number, x: number, sign: 1 | -1): number {
  const mu = (x - a) / a;
  const half = excess(mu);
  const eta = Math.sign(mu) * Math.sqrt(2 * half);
  let sum = 0;
  for (let k = ORDERS - 1; k >= 0; k--) {
    let c = 0;
    for (let n = POWERS - 1; n >= 0; n--) c = c * eta + COEFFICIENTS[k][n];
    sum = sum / a + c;
  }
  const rest = (Math.exp(-a * half) / Math.sqrt(2 * Math.PI * a)) * sum;
  return erfc(sign * eta * Math.sqrt(a / 2)) / 2 + sign * rest;
}
