// Bessel's and Airy's functions of a number, in float64, by series where all terms agree and by integrals else.

const EULER = 0.5772156649015329;
/** Below it the first terms are all that counts. */
const TINY = 1e-9;

/** e^-|x| I_n(x), n = 0 or 1: a sum of positive terms, Hankel's expansion from 30 on. */
export function scaledI(n: 0 | 1, x: number): number {
  const z = Math.abs(x);
  const sign = n === 1 && x < 0 ? -1 : 1;
  if (z <= 30) {
    const q = (z * z) / 4;
    let term = n === 0 ? 1 : z / 2;
    let sum = term;
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= q / (k * (k + n));
      sum += term;
    }
    return sign * sum * Math.exp(-z);
  }
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 60 && Math.abs(term) > 1e-17; k++) {
    term *= ((2 * k - 1) ** 2 - 4 * n * n) / (8 * k * z);
    sum += term;
  }
  return (sign * sum) / (Math.sqrt(2 * Math.PI) * Math.sqrt(z));
}
export const modifiedI = (n: 0 | 1, x: number): number => scaledI(n, x) * Math.exp(Math.abs(x));

/** e^x K_n(x) = ∫ exp(-x (cosh t - 1)) cosh(nt) dt over t > 0, for any n: trapezia converge faster than any power. */
export function scaledK(n: number, x: number): number {
  if (x === 0) return Infinity;
  if (x === Infinity) return 0;
  if (!(x > 0)) return NaN;
  if (n === 0 && x < TINY) return -Math.log(x / 2) - EULER;
  const step = Math.min(1 / 16, 0.5 / Math.sqrt(x)); // the integrand is about 1/sqrt(x) wide
  let sum = 0.5;
  for (let t = step; ; t += step) {
    const term = Math.exp(-x * 2 * Math.sinh(t / 2) ** 2 + n * t) * (1 + Math.exp(-2 * n * t)) * 0.5;
    sum += term;
    if (term < sum * 1e-18) return sum * step;
  }
}
export const modifiedK = (n: number, x: number): number => scaledK(n, x) * Math.exp(-x);

/** J_0(x), J_1(x), … by Miller's recurrence downwards from where they vanish, scaled by J_0 + 2 J_2 + 2 J_4 + … = 1. */
function besselJs(x: number): Float64Array {
  const top = 2 * Math.ceil((x + 30 + 6 * Math.cbrt(x)) / 2);
  const js = new Float64Array(top + 2);
  js[top] = 1e-300;
  let norm = 0;
  for (let k = top; k > 0; k--) {
    js[k - 1] = ((2 * k) / x) * js[k] - js[k + 1];
    if (Math.abs(js[k - 1]) > 1e250) {
      for (let i = k - 1; i <= top; i++) js[i] *= 1e-250;
      norm *= 1e-250;
    }
    if (k % 2 === 1) norm += (k === 1 ? 1 : 2) * js[k - 1];
  }
  return js.map((j) => j / norm);
}
/** From here on Hankel's expansion is exact to the last digits. */
const FAR = 50;
/** The amplitude's two series of Hankel's expansion of J_n and Y_n. */
function hankel(n: 0 | 1, x: number): [number, number] {
  let [p, q, term] = [0, 0, 1];
  for (let k = 0; k < 40 && Math.abs(term) > 1e-18; k++) {
    const sign = k % 4 < 2 ? 1 : -1;
    if (k % 2 === 0) p += sign * term;
    else q += sign * term;
    term *= (4 * n * n - (2 * k + 1) ** 2) / ((k + 1) * 8 * x);
  }
  return [p, q];
}
export function besselJ(n: 0 | 1, x: number): number {
  const z = Math.abs(x);
  const sign = n === 1 && x < 0 ? -1 : 1;
  if (z === 0) return n === 0 ? 1 : 0;
  if (z === Infinity) return 0;
  if (Number.isNaN(z)) return NaN;
  if (z < TINY) return n === 0 ? 1 : x / 2;
  if (z < FAR) return sign * besselJs(z)[n];
  const [p, q] = hankel(n, z);
  const angle = z - (n / 2 + 0.25) * Math.PI;
  return sign * Math.sqrt(2 / (Math.PI * z)) * (p * Math.cos(angle) - q * Math.sin(angle));
}
/** Y_n by Neumann's series over J_k (Abramowitz & Stegun 9.1.88-89). */
export function besselY(n: 0 | 1, x: number): number {
  if (x === 0) return -Infinity;
  if (!(x > 0)) return NaN;
  if (x < TINY) return (2 / Math.PI) * (n === 0 ? Math.log(x / 2) + EULER : -1 / x);
  if (x >= FAR) {
    const [p, q] = hankel(n, x);
    const angle = x - (n / 2 + 0.25) * Math.PI;
    return Math.sqrt(2 / (Math.PI * x)) * (p * Math.sin(angle) + q * Math.cos(angle));
  }
  const js = besselJs(x);
  const log = Math.log(x / 2) + EULER;
  let sum = 0;
  for (let k = 1; 2 * k + 1 < js.length; k++) {
    const sign = k % 2 === 0 ? 1 : -1;
    sum += n === 0 ? (sign * js[2 * k]) / k : (sign * (2 * k + 1) * js[2 * k + 1]) / (k * (k + 1));
  }
  return n === 0 ? (2 / Math.PI) * (log * js[0] - 2 * sum) : (2 / Math.PI) * (-js[0] / x + (log - 1) * js[1] - sum);
}

/** Ai(x): by K_⅓ above 1, by its asymptotic form below -8 and by its differential equation between. */
export function airyAi(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x > 1) return (Math.sqrt(x / 3) * modifiedK(1 / 3, (2 / 3) * x ** 1.5)) / Math.PI;
  if (x < -8) {
    const z = (2 / 3) * (-x) ** 1.5;
    let [even, odd, term] = [0, 0, 1];
    for (let k = 0; k < 30 && Math.abs(term) > 1e-18; k++) {
      const sign = k % 4 < 2 ? 1 : -1;
      if (k % 2 === 0) even += sign * term;
      else odd += sign * term;
      term *= ((6 * k + 1) * (6 * k + 5)) / (72 * (k + 1) * z);
    }
    const angle = z + Math.PI / 4;
    return (Math.sin(angle) * even - Math.cos(angle) * odd) / (Math.sqrt(Math.PI) * (-x) ** 0.25);
  }
  return airyAround0(x);
}
/** y'' = x y from y(0) = Ai(0) on, in steps of at most 1 by Taylor's series. */
function airyAround0(x: number): number {
  const steps = Math.max(1, Math.ceil(Math.abs(x)));
  const h = x / steps;
  if (x === 0) return 0.3550280538878172;
  let [y, slope] = [0.3550280538878172, -0.2588194037928068];
  for (let i = 0; i < steps; i++) {
    const at = i * h;
    let [before, a, b] = [0, y, slope]; // coefficients n-1, n and n+1
    let power = h;
    let [value, derivative] = [a, 0];
    for (let n = 0; n < 30; n++) {
      value += b * power;
      derivative += (n + 1) * b * (power / h);
      const next = (at * a + before) / ((n + 1) * (n + 2));
      [before, a, b] = [a, b, next];
      power *= h;
    }
    [y, slope] = [value, derivative];
  }
  return y;
}
