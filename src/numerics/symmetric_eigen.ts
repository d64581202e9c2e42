// Eigenvalues and eigenvectors of symmetric matrices.

/**
 * The eigenvalues of the symmetric [n, n] matrix whose lower triangle `a` holds, ascending, in `values`; unless
 * `vectors` is null it gets the eigenvectors as rows. Householder tridiagonalization, then implicit QL steps with
 * Wilkinson's shift: Golub & Van Loan, Matrix Computations, sections 8.3.1 and 8.3.5. Destroys `a`.
 */
export function symmetricEigen(a: Float64Array, n: number, values: Float64Array, vectors: Float64Array | null): void {
  const off = new Float64Array(n);
  const taus = tridiagonalize(a, n, values, off);
  if (vectors !== null) accumulate(a, n, taus, vectors);
  implicitQl(values, off, n, vectors, n);
  sortAscending(values, n, vectors, n);
}

/** To diagonal `d` and subdiagonal `e` (e[i] beside d[i] and d[i + 1]); the reflections stay in the columns of `a`. */
function tridiagonalize(a: Float64Array, n: number, d: Float64Array, e: Float64Array): Float64Array {
  const taus = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) a[i * n + j] = a[j * n + i];
  const [v, w] = [new Float64Array(n), new Float64Array(n)];
  for (let j = 0; j < n - 1; j++) {
    let scale = 0;
    for (let i = j + 2; i < n; i++) scale = Math.max(scale, Math.abs(a[i * n + j]));
    const alpha = a[(j + 1) * n + j];
    if (scale === 0) {
      e[j] = alpha;
      continue;
    }
    scale = Math.max(scale, Math.abs(alpha));
    let squares = 0;
    for (let i = j + 1; i < n; i++) squares += (a[i * n + j] / scale) ** 2;
    const beta = (alpha < 0 ? 1 : -1) * scale * Math.sqrt(squares);
    const tau = (beta - alpha) / beta;
    taus[j] = tau;
    e[j] = beta;
    v[j + 1] = 1;
    for (let i = j + 2; i < n; i++) v[i] = a[i * n + j] / (alpha - beta);
    // A - v wᵀ - w vᵀ with w = tau (A v - (tau / 2) (vᵀ A v) v).
    let inner = 0;
    for (let i = j + 1; i < n; i++) {
      let sum = 0;
      for (let k = j + 1; k < n; k++) sum += a[i * n + k] * v[k];
      w[i] = tau * sum;
      inner += w[i] * v[i];
    }
    for (let i = j + 1; i < n; i++) w[i] -= (tau / 2) * inner * v[i];
    for (let i = j + 1; i < n; i++) for (let k = j + 1; k < n; k++) a[i * n + k] -= v[i] * w[k] + w[i] * v[k];
    for (let i = j + 1; i < n; i++) a[i * n + j] = v[i];
  }
  for (let i = 0; i < n; i++) d[i] = a[i * n + i];
  return taus;
}
/** The product of the reflections, transposed: row i is the i-th basis vector in which the matrix is tridiagonal. */
function accumulate(a: Float64Array, n: number, taus: Float64Array, q: Float64Array): void {
  q.fill(0);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let j = n - 2; j >= 0; j--) {
    const tau = taus[j];
    if (tau === 0) continue;
    for (let r = j + 1; r < n; r++) {
      let sum = 0;
      for (let i = j + 1; i < n; i++) sum += q[r * n + i] * a[i * n + j];
      sum *= tau;
      for (let i = j + 1; i < n; i++) q[r * n + i] -= sum * a[i * n + j];
    }
  }
}

/** Rotates the subdiagonal away, what is no larger than `least` at once; rows of `q`, `width` long, turn with it. */
export function implicitQl(
  d: Float64Array,
  e: Float64Array,
  n: number,
  q: Float64Array | null,
  width: number,
  least = 0,
): void {
  const isBeside = (i: number): boolean =>
    Math.abs(e[i]) > Math.max(least, Number.EPSILON * (Math.abs(d[i]) + Math.abs(d[i + 1])));
  for (let first = 0; first < n; first++)
    for (let turn = 0; ; turn++) {
      let last = first;
      while (last < n - 1 && isBeside(last)) last++;
      if (last === first || turn === 60) break;
      // The shift is the eigenvalue of the leading 2 by 2 block nearer to its first entry.
      const half = (d[first + 1] - d[first]) / (2 * e[first]);
      const root = Math.hypot(half, 1);
      let g = d[last] - d[first] + e[first] / (half + (half < 0 ? -root : root));
      let [s, c, p] = [1, 1, 0];
      let i = last - 1;
      for (; i >= first; i--) {
        const f = s * e[i];
        const b = c * e[i];
        const r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] -= p;
          e[last] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        const t = (d[i] - g) * s + 2 * c * b;
        p = s * t;
        d[i + 1] = g + p;
        g = c * t - b;
        if (q !== null)
          for (let k = i * width; k < (i + 1) * width; k++) {
            const x = q[k];
            const y = q[k + width];
            q[k + width] = s * x + c * y;
            q[k] = c * x - s * y;
          }
      }
      if (i >= first) continue;
      d[first] -= p;
      e[first] = g;
      e[last] = 0;
    }
}
export function sortAscending(d: Float64Array, n: number, q: Float64Array | null, width: number): void {
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => d[i] - d[j]);
  d.set(order.map((i) => d[i]));
  if (q === null) return;
  const before = q.slice();
  for (const [to, from] of order.entries()) q.set(before.subarray(from * width, (from + 1) * width), to * width);
}
