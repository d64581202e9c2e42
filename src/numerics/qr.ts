// QR factorization by Householder reflections, in the form LAPACK's geqrf gives it.
//
// Note [Reflections]: H = I - tau v vᵀ with v = (0 … 0, 1, the entries below the diagonal); Q = H₁ H₂ … H_k.

/**
 * Factors the [m, n] matrix `a` in place: R in the upper triangle, the reflections below. `tau` gets min(m, n) numbers. Of
 * columns from `begin` to `end` alone, those behind it stay as they are.
 * Golub & Van Loan, Matrix Computations, algorithms 5.1.1 and 5.2.1; signs as LAPACK's dlarfg.
 */
export function qrFactor(a: Float64Array, m: number, n: number, tau: Float64Array, begin = 0, end = n): void {
  const w = new Float64Array(n);
  for (let j = begin; j < Math.min(m, end); j++) {
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
    reflect(a, n, j, tau[j], a, n, j + 1, m, w, end);
  }
}
/** Applies reflection `j` (column j of `v`, rows `ldv` apart) to the columns of `b` from `from` to `end`. */
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
  end = cols,
): void {
  if (tau === 0) return;
  for (let c = from; c < end; c++) w[c] = b[j * cols + c];
  for (let i = j + 1; i < m; i++) {
    const x = v[i * ldv + j];
    for (let c = from; c < end; c++) w[c] += x * b[i * cols + c];
  }
  for (let c = from; c < end; c++) b[j * cols + c] -= tau * w[c];
  for (let i = j + 1; i < m; i++) {
    const x = tau * v[i * ldv + j];
    for (let c = from; c < end; c++) b[i * cols + c] -= x * w[c];
  }
}
/**
 * The upper triangle T of `count` reflections as one, H₁ H₂ … = I - V T Vᵀ, from V, its unit columns written out in rows of
 * `count`. R. Schreiber & C. Van Loan, A storage-efficient WY representation for products of Householder transformations,
 * 1989.
 */
export function blockFactor(v: Float64Array, m: number, count: number, tau: ArrayLike<number>): Float64Array {
  const products = new Float64Array(count * count);
  for (let i = 0; i < m; i++)
    for (let p = 0; p < count; p++) {
      const x = v[i * count + p];
      if (x !== 0) for (let q = p + 1; q < count; q++) products[p * count + q] += x * v[i * count + q];
    }
  const t = new Float64Array(count * count);
  for (let j = 0; j < count; j++) {
    for (let i = 0; i < j; i++) {
      let sum = 0;
      for (let k = i; k < j; k++) sum += t[i * count + k] * products[k * count + j];
      t[i * count + j] = -tau[j] * sum;
    }
    t[j * count + j] = tau[j];
  }
  return t;
}
/** -T W, or -Tᵀ W, in place of W [count, cols]. */
export function timesBlockFactor(
  t: Float64Array,
  count: number,
  w: Float64Array,
  cols: number,
  transpose: boolean,
): void {
  for (let s = 0; s < count; s++) {
    // What a row takes from others is read before they change.
    const j = transpose ? count - 1 - s : s;
    const own = -t[j * count + j];
    for (let c = 0; c < cols; c++) w[j * cols + c] *= own;
    for (let k = transpose ? 0 : j + 1; k < (transpose ? j : count); k++) {
      const factor = -(transpose ? t[k * count + j] : t[j * count + k]);
      for (let c = 0; c < cols; c++) w[j * cols + c] += factor * w[k * cols + c];
    }
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
