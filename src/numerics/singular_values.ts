// Singular values without vectors.
import { transposed } from "./matrix.ts";
import { qrFactor } from "./qr.ts";
import { svd } from "./svd.ts";
import { implicitQl } from "./symmetric_eigen.ts";

/**
 * The min(m, n) singular values of an [m, n] matrix, descending, with errors of the size of a rounding of the largest.
 * Reflections to a bidiagonal matrix B, whose singular values are the positive eigenvalues of the tridiagonal matrix with
 * zeros on its diagonal and the entries of B beside it: G. Golub & W. Kahan, Calculating the singular values and
 * pseudo-inverse of a matrix, 1965.
 */
export function singularValues(a: Float64Array, m: number, n: number): Float64Array {
  if (m < n) return singularValues(transposed(a, m, n), n, m);
  if (n <= SMALL) return svd(a, m, n, false).s;
  return ofTriangle(triangle(a, m, n), n, bidiagonalize);
}
/** The singular values, descending, of a triangle, which is scaled first so that squares stay finite; changes `r`. */
export function ofTriangle(
  r: Float64Array,
  n: number,
  bidiagonalize: (r: Float64Array, n: number) => Float64Array,
): Float64Array {
  let largest = 0;
  for (const x of r) largest = Math.max(largest, Math.abs(x));
  if (largest === 0) return new Float64Array(n);
  for (let i = 0; i < r.length; i++) r[i] /= largest;
  return ofBidiagonal(bidiagonalize(r, n), n).map((x) => x * largest);
}
/** The singular values, descending, of the [n, n] matrix of a diagonal and what is right of it, given alternating. */
function ofBidiagonal(beside: Float64Array, n: number): Float64Array {
  const values = new Float64Array(2 * n);
  let norm = 0;
  for (const x of beside) norm = Math.max(norm, Math.abs(x));
  implicitQl(values, beside, 2 * n, null, 0, (Number.EPSILON / 4) * norm);
  return values
    .sort()
    .subarray(n)
    .reverse()
    .map((x) => Math.max(x, 0));
}
/** Up to here rotations take no longer, and small singular values keep digits of their own. */
export const SMALL = 32;
/** R of A = Q R, which has A's singular values. */
function triangle(a: Float64Array, m: number, n: number): Float64Array {
  const r = a.slice();
  qrFactor(r, m, n, new Float64Array(n));
  for (let i = 1; i < n; i++) r.fill(0, i * n, i * n + i);
  return r.slice(0, n * n);
}
/** Reflects columns and rows by turns; the diagonal and what is beside it, alternating, and a 0 at the end. */
function bidiagonalize(r: Float64Array, n: number): Float64Array {
  const out = new Float64Array(2 * n);
  const [v, w] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n; k++) {
    for (let i = k; i < n; i++) v[i] = r[i * n + k];
    const left = reflection(v, k, n);
    out[2 * k] = left.beta;
    if (left.tau !== 0) {
      w.fill(0, k + 1);
      for (let i = k; i < n; i++) for (let j = k + 1; j < n; j++) w[j] += v[i] * r[i * n + j];
      for (let i = k; i < n; i++) {
        const by = left.tau * v[i];
        for (let j = k + 1; j < n; j++) r[i * n + j] -= by * w[j];
      }
    }
    if (k === n - 1) break;
    for (let j = k + 1; j < n; j++) v[j] = r[k * n + j];
    const right = reflection(v, k + 1, n);
    out[2 * k + 1] = right.beta;
    if (right.tau === 0) continue;
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += r[i * n + j] * v[j];
      sum *= right.tau;
      for (let j = k + 1; j < n; j++) r[i * n + j] -= sum * v[j];
    }
  }
  return out;
}
/** Makes of x[from…] the vector of the reflection 1 - tau v vᵀ that takes x to beta in its first place. */
function reflection(v: Float64Array, from: number, n: number): { beta: number; tau: number } {
  let squares = 0;
  for (let i = from + 1; i < n; i++) squares += v[i] * v[i];
  const alpha = v[from];
  if (squares === 0) return { beta: alpha, tau: 0 };
  const beta = (alpha < 0 ? 1 : -1) * Math.sqrt(squares + alpha * alpha);
  v[from] = 1;
  for (let i = from + 1; i < n; i++) v[i] /= alpha - beta;
  return { beta, tau: (beta - alpha) / beta };
}
