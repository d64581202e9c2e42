// Hurwitz's zeta function and the trigamma function, by Euler and Maclaurin's summation.

/** B_2j / (2j)! */
const BERNOULLI = [1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000, 1 / 74724249600];

/** The sum of (q + k)^-s over k ≥ 0: terms one by one until they are small or q + k is beyond 9, then corrections. */
export function hurwitz(s: number, q: number): number {
  if (s === 1) return Infinity;
  if (!(s > 1) || Number.isNaN(q)) return NaN;
  if (q <= 0) {
    if (Number.isInteger(q) || q === -Infinity) return Infinity;
    if (!Number.isInteger(s)) return NaN;
  }
  if (s === Infinity) return q > 1 ? 0 : q === 1 ? 1 : Infinity;
  let sum = q ** -s;
  let a = q;
  for (let k = 0; k < 9 || a <= 9; k++) {
    const term = (++a) ** -s;
    sum += term;
    if (Math.abs(term) < Math.abs(sum) * 1e-17) return sum;
  }
  const end = a ** -s;
  sum += (end * a) / (s - 1) - end / 2;
  let rising = s / a;
  for (const [j, b] of BERNOULLI.entries()) {
    sum += b * rising * end;
    rising *= ((s + 2 * j + 1) * (s + 2 * j + 2)) / (a * a);
  }
  return sum;
}

/** B_2j */
const EVEN = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6];
/** The derivative of digamma; below ½ by reflection: ψ'(x) = π² / sin²(πx) - ψ'(1 - x). */
export function trigamma(x: number): number {
  if (x < 0.5) return (Math.PI / Math.sin(Math.PI * x)) ** 2 - trigamma(1 - x);
  let sum = 0;
  let a = x;
  for (; a < 10; a++) sum += 1 / (a * a);
  const z = 1 / (a * a);
  return sum + (1 + 0.5 / a + z * EVEN.reduceRight((rest, b) => rest * z + b, 0)) / a;
}
/** Of float32: at a pole, where nothing but the rounding of πx is left of the sine, that of float32, as in PyTorch. */
export function trigammaf(x: number): number {
  if (!(x < 0) || !Number.isInteger(x)) return trigamma(x);
  return (Math.PI / Math.sin(Math.fround(Math.fround(Math.PI) * x))) ** 2 - trigamma(1 - x);
}
