// QR factorization by Householder reflections, in the form LAPACK's geqrf gives it.
//
// Note [Reflections]: H = I - tau v vᵀ with v = (0 … 0, 1, the entries below the diagonal); Q = H₁ H₂ … H_k.

/**
 * Factors the [m, n] matrix `a` in place: R in the upper triangle, the reflections below. `tau` gets min(m, n) numbers.
 * Golub & Van Loan, Matrix Computations, algorithms 5.1.1 and 5.2.1; signs as LAPACK's dlarfg.
 */
export function qrFactor(a: Float64Array, m: number, n: number, tau: Float64Array): void {
  const w = new Float64Array(n);
  for (let j = 0; j < Math.min(m, n); j++) {
    let scale = 0;
    for (let i = j + 1; i < m; i++) scale = Math.max(scale, Math.abs(a[i * n + j]));
    if (scale === 0) {
      tau[j] = 0;
      continue;
    }
    const alpha = a[j * n + j];
    scale = Math.max(scale, Math.abs(alpha));
    let squares = 0;
    for (let i = j; i < m; i++) squares += (a[i * n + j] / scale) ** 2;
    const beta = (alpha < 0 || Object.is(alpha, -0) ? 1 : -1) * scale * Math.sqrt(squares);
    tau[j] = (beta - alpha) / beta;
    for (let i = j + 1; i < m; i++) a[i * n + j] /= alpha - beta;
    a[j * n + j] = beta;
    reflect(a, n, j, tau[j], a, n, j + 1, m, w);
  }
}
/** Applies reflection `j` (column j of `v`, rows `ldv` apart) to the columns of `b` from `from` on. */
function reflect(
  v: Float64Array,
  ldv: number,
  j: number,
  tau: number,
  b: Float64Array,
  cols: number,
  from: number,
  m: number,
  w: Float64Array,
): void {
  if (tau === 0) return;
  for (let c = from; c < cols; c++) w[c] = b[j * cols + c];
  for (let i = j + 1; i < m; i++) {
    const x = v[i * ldv + j];
    for (let c = from; c < cols; c++) w[c] += x * b[i * cols + c];
  }
  for (let c = from; c < cols; c++) b[j * cols + c] -= tau * w[c];
  for (let i = j + 1; i < m; i++) {
    const x = tau * v[i * ldv + j];
    for (let c = from; c < cols; c++) b[i * cols + c] -= x * w[c];
  }
}
/** Q B, or Qᵀ B, in place of the [m, cols] matrix `b`; Q from `k` reflections in the columns of `v`. */
export function applyQ(
  v: Float64Array,
  ldv: number,
  tau: ArrayLike<number>,
  k: number,
  b: Float64Array,
  m: number,
  cols: number,
  transpose: boolean,
): void {
  const w = new Float64Array(cols);
  for (let s = 0; s < k; s++) {
    const j = transpose ? s : k - 1 - s;
    reflect(v, ldv, j, tau[j], b, cols, 0, m, w);
  }
}
