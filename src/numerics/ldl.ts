// Factorization of symmetric matrices that need not be positive-definite, A = L D Lᵀ with D of blocks of one or two.

/** From which size on a pivot is taken: bounds the growth of entries best. */
export const ALPHA = (1 + Math.sqrt(17)) / 8;

/**
 * Factors the symmetric [n, n] matrix whose lower triangle is in `a`, in place. `pivots` as LAPACK's sytf2 gives them: p + 1
 * where row p was exchanged, twice -(p + 1) for a block of two. Returns the number (from 1) of the first zero block, or 0.
 * J. Bunch & L. Kaufman, Some stable methods for calculating inertia and solving symmetric linear systems, 1977.
 */
export function ldlFactor(a: Float64Array, n: number, pivots: Int32Array): number {
  const at = (i: number, j: number): number => a[i * n + j];
  let info = 0;
  for (let k = 0; k < n;) {
    const largest = argmax(n, k + 1, (i) => Math.abs(at(i, k)));
    const [own, colmax] = [Math.abs(at(k, k)), largest < 0 ? 0 : Math.abs(at(largest, k))];
    let [p, step] = [k, 1];
    if (Math.max(own, colmax) === 0) {
      if (info === 0) info = k + 1;
    } else {
      if (own < ALPHA * colmax) {
        let rowmax = 0;
        for (let j = k; j < n; j++)
          if (j !== largest) rowmax = Math.max(rowmax, Math.abs(j < largest ? at(largest, j) : at(j, largest)));
        if (own < ALPHA * colmax * (colmax / rowmax)) {
          p = largest;
          if (Math.abs(at(largest, largest)) < ALPHA * rowmax) step = 2;
        }
      }
      exchange(a, n, k, k + step - 1, p);
      if (step === 1) eliminateOne(a, n, k);
      else eliminateTwo(a, n, k);
    }
    for (let s = 0; s < step; s++) pivots[k + s] = step === 1 ? p + 1 : -(p + 1);
    k += step;
  }
  return info;
}
/** Where from `from` on `of` is largest; -1 if there is nothing. */
export function argmax(n: number, from: number, of: (i: number) => number): number {
  let best = -1;
  for (let i = from; i < n; i++) if (best < 0 || of(i) > of(best)) best = i;
  return best;
}
/** Rows and columns `q` and `p` >= q of the lower triangle, from column `k` on. */
function exchange(a: Float64Array, n: number, k: number, q: number, p: number): void {
  if (p === q) return;
  const swap = (i: number, j: number, r: number, c: number): void => {
    [a[i * n + j], a[r * n + c]] = [a[r * n + c], a[i * n + j]];
  };
  for (let i = p + 1; i < n; i++) swap(i, q, i, p);
  for (let i = q + 1; i < p; i++) swap(i, q, p, i);
  swap(q, q, p, p);
  if (q > k) swap(q, k, p, k);
}
function eliminateOne(a: Float64Array, n: number, k: number): void {
  const over = 1 / a[k * n + k];
  for (let j = k + 1; j < n; j++) {
    const factor = over * a[j * n + k];
    for (let i = j; i < n; i++) a[i * n + j] -= factor * a[i * n + k];
  }
  for (let i = k + 1; i < n; i++) a[i * n + k] *= over;
}
function eliminateTwo(a: Float64Array, n: number, k: number): void {
  const beside = a[(k + 1) * n + k];
  const [d, e] = [a[(k + 1) * n + k + 1] / beside, a[k * n + k] / beside];
  const scale = 1 / (d * e - 1) / beside;
  for (let j = k + 2; j < n; j++) {
    const [x, y] = [a[j * n + k], a[j * n + k + 1]];
    const [u, v] = [scale * (d * x - y), scale * (e * y - x)];
    for (let i = j; i < n; i++) a[i * n + j] -= a[i * n + k] * u + a[i * n + k + 1] * v;
    a[j * n + k] = u;
    a[j * n + k + 1] = v;
  }
}

/** Solves A X = B in place of the [n, cols] matrix `b`, A by its {@link ldlFactor}. */
export function ldlSolve(a: Float64Array, n: number, pivots: ArrayLike<number>, b: Float64Array, cols: number): void {
  const subtract = (to: number, factor: number, from: number): void => {
    for (let c = 0; c < cols; c++) b[to * cols + c] -= factor * b[from * cols + c];
  };
  const swap = (i: number, j: number): void => {
    for (let c = 0; c < cols; c++) [b[i * cols + c], b[j * cols + c]] = [b[j * cols + c], b[i * cols + c]];
  };
  for (let k = 0; k < n;) {
    const two = pivots[k] < 0;
    swap(k + Number(two), Math.abs(pivots[k]) - 1);
    for (let i = k + 1 + Number(two); i < n; i++) {
      subtract(i, a[i * n + k], k);
      if (two) subtract(i, a[i * n + k + 1], k + 1);
    }
    if (two) divideByBlock(a, n, k, b, cols);
    else for (let c = 0; c < cols; c++) b[k * cols + c] /= a[k * n + k];
    k += two ? 2 : 1;
  }
  for (let k = n - 1; k >= 0;) {
    const two = pivots[k] < 0;
    for (let i = k + 1; i < n; i++) {
      subtract(k, a[i * n + k], i);
      if (two) subtract(k - 1, a[i * n + k - 1], i);
    }
    swap(k, Math.abs(pivots[k]) - 1);
    k -= two ? 2 : 1;
  }
}
function divideByBlock(a: Float64Array, n: number, k: number, b: Float64Array, cols: number): void {
  const beside = a[(k + 1) * n + k];
  const [d, e] = [a[k * n + k] / beside, a[(k + 1) * n + k + 1] / beside];
  const denominator = d * e - 1;
  for (let c = 0; c < cols; c++) {
    const [x, y] = [b[k * cols + c] / beside, b[(k + 1) * cols + c] / beside];
    b[k * cols + c] = (e * x - y) / denominator;
    b[(k + 1) * cols + c] = (d * y - x) / denominator;
  }
}
