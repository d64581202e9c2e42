// QR factorization of complex matrices by Householder reflections, in the form LAPACK's geqrf gives it: Note [Reflections]
// with vᴴ for vᵀ.
import { reflection, subtractMultiple } from "./arithmetic.ts";

/** {@link qrFactor} of a complex matrix: the diagonal of R is real. */
export function complexQrFactor(a: Float64Array, m: number, n: number, tau: Float64Array): void {
  const w = new Float64Array(2 * n);
  for (let j = 0; j < Math.min(m, n); j++) {
    const at = j * n + j;
    const { beta, re, im } = reflection(a, at, n, m - j);
    a[2 * at] = beta;
    a[2 * at + 1] = 0;
    tau[2 * j] = re;
    tau[2 * j + 1] = im;
    reflect(a, n, j, re, -im, a, n, j + 1, m, w);
  }
}
/** B - tau v vᴴ B for the columns of `b` from `from` on; v is column `j` of `v`, rows `ldv` apart. */
function reflect(
  v: Float64Array,
  ldv: number,
  j: number,
  tauRe: number,
  tauIm: number,
  b: Float64Array,
  cols: number,
  from: number,
  m: number,
  w: Float64Array,
): void {
  if (tauRe === 0 && tauIm === 0) return;
  const count = cols - from;
  for (let c = 2 * from; c < 2 * cols; c++) w[c] = b[2 * j * cols + c];
  for (let i = j + 1; i < m; i++) {
    const at = 2 * (i * ldv + j);
    subtractMultiple(w, from, -v[at], v[at + 1], b, i * cols + from, count);
  }
  subtractMultiple(b, j * cols + from, tauRe, tauIm, w, from, count);
  for (let i = j + 1; i < m; i++) {
    const [re, im] = [v[2 * (i * ldv + j)], v[2 * (i * ldv + j) + 1]];
    const [byRe, byIm] = [tauRe * re - tauIm * im, tauRe * im + tauIm * re];
    subtractMultiple(b, i * cols + from, byRe, byIm, w, from, count);
  }
}
/** Q B, or Qᴴ B, in place of the [m, cols] matrix `b`; Q from `k` reflections in the columns of `v`. */
export function complexApplyQ(
  v: Float64Array,
  ldv: number,
  tau: Float64Array,
  k: number,
  b: Float64Array,
  m: number,
  cols: number,
  transpose: boolean,
): void {
  const w = new Float64Array(2 * cols);
  for (let s = 0; s < k; s++) {
    const j = transpose ? s : k - 1 - s;
    reflect(v, ldv, j, tau[2 * j], transpose ? -tau[2 * j + 1] : tau[2 * j + 1], b, cols, 0, m, w);
  }
}
