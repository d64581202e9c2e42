// Complex numbers for the factorizations. An array holds them as re, im, re, im, …; places and strides count numbers, not
// parts: number i is at 2 * i.

/** x[to…] -= (re + i im) y[from…], `count` numbers. */
export function subtractMultiple(
  x: Float64Array,
  to: number,
  re: number,
  im: number,
  y: Float64Array,
  from: number,
  count: number,
): void {
  for (let p = 2 * to, q = 2 * from; p < 2 * (to + count); p += 2, q += 2) {
    const a = y[q];
    const b = y[q + 1];
    x[p] -= re * a - im * b;
    x[p + 1] -= re * b + im * a;
  }
}
/** The sum of conj(x[i…]) y[j…], `count` numbers. */
export function dot(x: Float64Array, i: number, y: Float64Array, j: number, count: number): [number, number] {
  let re = 0;
  let im = 0;
  for (let p = 2 * i, q = 2 * j; p < 2 * (i + count); p += 2, q += 2) {
    re += x[p] * y[q] + x[p + 1] * y[q + 1];
    im += x[p] * y[q + 1] - x[p + 1] * y[q];
  }
  return [re, im];
}
/** (ar + i ai) / (br + i bi), where no square overflows: R. Smith, Algorithm 116: Complex division, 1962. */
export function quotient(ar: number, ai: number, br: number, bi: number): [number, number] {
  if (bi === 0) return [ar / br, ai / br];
  if (Math.abs(br) >= Math.abs(bi)) {
    const ratio = bi / br;
    const whole = br + bi * ratio;
    return [(ar + ai * ratio) / whole, (ai - ar * ratio) / whole];
  }
  const ratio = br / bi;
  const whole = br * ratio + bi;
  return [(ar * ratio + ai) / whole, (ai * ratio - ar) / whole];
}
/** Divides number `i` of x by re + i im, in place. */
export function divide(x: Float64Array, i: number, re: number, im: number): void {
  [x[2 * i], x[2 * i + 1]] = quotient(x[2 * i], x[2 * i + 1], re, im);
}
/** What LAPACK compares complex numbers by when it looks for a pivot. */
export const size = (x: Float64Array, i: number): number => Math.abs(x[2 * i]) + Math.abs(x[2 * i + 1]);
export function swap(x: Float64Array, i: number, j: number): void {
  for (let part = 0; part < 2; part++) {
    const kept = x[2 * i + part];
    x[2 * i + part] = x[2 * j + part];
    x[2 * j + part] = kept;
  }
}
/** The conjugate transpose of an [m, n] matrix. */
export function adjoint(a: Float64Array, m: number, n: number): Float64Array {
  const out = new Float64Array(2 * m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      out[2 * (j * m + i)] = a[2 * (i * n + j)];
      out[2 * (j * m + i) + 1] = -a[2 * (i * n + j) + 1];
    }
  return out;
}

/** 1 - tau v vᴴ whose conjugate transpose takes a vector to `beta`, which is real, in its first place, and zeros. */
export interface Reflection {
  readonly beta: number;
  /** Of tau. */
  readonly re: number;
  readonly im: number;
}
/**
 * The reflection for the `count` numbers of x that lie `step` apart from `at` on. All but the first become those of v, whose
 * first is 1. Golub & Van Loan, Matrix Computations, algorithm 5.1.1; signs and phases as LAPACK's zlarfg.
 */
export function reflection(x: Float64Array, at: number, step: number, count: number): Reflection {
  const [re, im] = [x[2 * at], x[2 * at + 1]];
  const end = 2 * (at + step * count);
  let scale = Math.abs(im);
  for (let p = 2 * (at + step); p < end; p += 2 * step) scale = Math.max(scale, Math.abs(x[p]), Math.abs(x[p + 1]));
  if (scale === 0) return { beta: re, re: 0, im: 0 };
  scale = Math.max(scale, Math.abs(re));
  let squares = 0;
  for (let p = 2 * at; p < end; p += 2 * step) squares += (x[p] / scale) ** 2 + (x[p + 1] / scale) ** 2;
  const beta = (re < 0 || Object.is(re, -0) ? 1 : -1) * scale * Math.sqrt(squares);
  for (let k = 1; k < count; k++) divide(x, at + k * step, re - beta, im);
  return { beta, re: (beta - re) / beta, im: -im / beta };
}
