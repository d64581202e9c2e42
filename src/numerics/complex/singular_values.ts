// Singular values of complex matrices, without vectors.
import { SMALL, ofTriangle } from "../singular_values.ts";
import { adjoint, dot, reflection, subtractMultiple } from "./arithmetic.ts";
import { complexQrFactor } from "./qr.ts";
import { complexSvd } from "./svd.ts";

/** {@link singularValues} of a complex matrix: reflections make its bidiagonal form real. */
export function complexSingularValues(a: Float64Array, m: number, n: number): Float64Array {
  if (m < n) return complexSingularValues(adjoint(a, m, n), n, m);
  if (n <= SMALL) return complexSvd(a, m, n, false).s;
  return ofTriangle(triangle(a, m, n), n, bidiagonalize);
}
/** R of A = Q R, which has A's singular values. */
function triangle(a: Float64Array, m: number, n: number): Float64Array {
  const r = a.slice();
  complexQrFactor(r, m, n, new Float64Array(2 * n));
  for (let i = 1; i < n; i++) r.fill(0, 2 * i * n, 2 * (i * n + i));
  return r.slice(0, 2 * n * n);
}
/** Reflects columns and rows by turns; the diagonal and what is beside it, alternating, and a 0 at the end. */
function bidiagonalize(r: Float64Array, n: number): Float64Array {
  const out = new Float64Array(2 * n);
  const [v, w] = [new Float64Array(2 * n), new Float64Array(2 * n)];
  for (let k = 0; k < n; k++) {
    const rest = n - k - 1;
    for (let i = k; i < n; i++) v.set(r.subarray(2 * (i * n + k), 2 * (i * n + k) + 2), 2 * i);
    const left = reflection(v, k, 1, n - k);
    v.set([1, 0], 2 * k);
    out[2 * k] = left.beta;
    // A - conj(tau) v (vᴴ A)
    w.fill(0);
    for (let i = k; i < n; i++) subtractMultiple(w, k + 1, -v[2 * i], v[2 * i + 1], r, i * n + k + 1, rest);
    for (let i = k; i < n; i++) {
      const [re, im] = [left.re * v[2 * i] + left.im * v[2 * i + 1], left.re * v[2 * i + 1] - left.im * v[2 * i]];
      subtractMultiple(r, i * n + k + 1, re, im, w, k + 1, rest);
    }
    if (rest === 0) break;
    // The row is the conjugate transpose of a column: A - tau (A v) vᴴ.
    for (let j = k + 1; j < n; j++) {
      v[2 * j] = r[2 * (k * n + j)];
      v[2 * j + 1] = -r[2 * (k * n + j) + 1];
    }
    const right = reflection(v, k + 1, 1, rest);
    v.set([1, 0], 2 * (k + 1));
    out[2 * k + 1] = right.beta;
    for (let j = k + 1; j < n; j++) v[2 * j + 1] = -v[2 * j + 1];
    for (let i = k + 1; i < n; i++) {
      const [re, im] = dot(v, k + 1, r, i * n + k + 1, rest);
      const [byRe, byIm] = [right.re * re - right.im * im, right.re * im + right.im * re];
      subtractMultiple(r, i * n + k + 1, byRe, byIm, v, k + 1, rest);
    }
  }
  return out;
}
