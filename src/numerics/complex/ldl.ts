// Factorization of complex symmetric and of Hermitian matrices, A = L D Lᵀ and A = L D Lᴴ, with D of blocks of one or two.
import { ALPHA, argmax } from "../ldl.ts";
import { divide, quotient, size, subtractMultiple, swap } from "./arithmetic.ts";

/** {@link ldlFactor} of a complex matrix, as LAPACK's zsytf2, or if it is `hermitian` as zhetf2, whose diagonal is real. */
export function complexLdlFactor(a: Float64Array, n: number, pivots: Int32Array, hermitian: boolean): number {
  const onDiagonal = (i: number): number => (hermitian ? Math.abs(a[2 * (i * n + i)]) : size(a, i * n + i));
  let info = 0;
  if (hermitian) for (let i = 0; i < n; i++) a[2 * (i * n + i) + 1] = 0;
  for (let k = 0; k < n;) {
    const largest = argmax(n, k + 1, (i) => size(a, i * n + k));
    const [own, colmax] = [onDiagonal(k), largest < 0 ? 0 : size(a, largest * n + k)];
    let [p, step] = [k, 1];
    if (Math.max(own, colmax) === 0) {
      if (info === 0) info = k + 1;
    } else {
      if (own < ALPHA * colmax) {
        let rowmax = 0;
        for (let j = k; j < n; j++)
          if (j !== largest) rowmax = Math.max(rowmax, size(a, j < largest ? largest * n + j : j * n + largest));
        if (own < ALPHA * colmax * (colmax / rowmax)) {
          p = largest;
          if (onDiagonal(largest) < ALPHA * rowmax) step = 2;
        }
      }
      exchange(a, n, k, k + step - 1, p, hermitian);
      if (step === 1) eliminateOne(a, n, k, hermitian);
      else eliminateTwo(a, n, k, hermitian);
    }
    for (let s = 0; s < step; s++) pivots[k + s] = step === 1 ? p + 1 : -(p + 1);
    k += step;
  }
  return info;
}
/** Rows and columns `q` and `p` >= q of the lower triangle, from column `k` on. */
function exchange(a: Float64Array, n: number, k: number, q: number, p: number, hermitian: boolean): void {
  if (p === q) return;
  for (let i = p + 1; i < n; i++) swap(a, i * n + q, i * n + p);
  for (let i = q + 1; i < p; i++) {
    swap(a, i * n + q, p * n + i);
    if (hermitian) for (const at of [i * n + q, p * n + i]) a[2 * at + 1] *= -1;
  }
  if (hermitian) a[2 * (p * n + q) + 1] *= -1;
  swap(a, q * n + q, p * n + p);
  if (q > k) swap(a, q * n + k, p * n + k);
}
/** x ← x - y z, or x - y conj(z). */
function subtractProduct(a: Float64Array, x: number, y: number, re: number, im: number, conjugate: boolean): void {
  subtractMultiple(a, x, re, conjugate ? -im : im, a, y, 1);
}
function eliminateOne(a: Float64Array, n: number, k: number, hermitian: boolean): void {
  const [re, im] = [a[2 * (k * n + k)], a[2 * (k * n + k) + 1]];
  for (let j = k + 1; j < n; j++) {
    const at = 2 * (j * n + k);
    // The multiple of the column is of L's entry, which is conjugated with it.
    const [byRe, byIm] = quotient(a[at], a[at + 1], re, im);
    for (let i = j; i < n; i++) subtractProduct(a, i * n + j, i * n + k, byRe, byIm, hermitian);
    if (hermitian) a[2 * (j * n + j) + 1] = 0;
  }
  for (let i = k + 1; i < n; i++) divide(a, i * n + k, re, im);
}
function eliminateTwo(a: Float64Array, n: number, k: number, hermitian: boolean): void {
  for (let j = k + 2; j < n; j++) {
    const [x, y] = [2 * (j * n + k), 2 * (j * n + k + 1)];
    // The row of L is that of A times the inverse of the block; of Hermitian blocks the one transposed, conj(D).
    const row = Float64Array.of(a[x], a[x + 1], a[y], a[y + 1]);
    divideByBlock(a, n, k, row, 1, hermitian, true);
    for (let i = j; i < n; i++) {
      subtractProduct(a, i * n + j, i * n + k, row[0], row[1], hermitian);
      subtractProduct(a, i * n + j, i * n + k + 1, row[2], row[3], hermitian);
    }
    if (hermitian) a[2 * (j * n + j) + 1] = 0;
    a.set(row.subarray(0, 2), x);
    a.set(row.subarray(2), y);
  }
}

/** Solves A X = B in place of the [n, cols] matrix `b`, A by its {@link complexLdlFactor}. */
export function complexLdlSolve(
  a: Float64Array,
  n: number,
  pivots: ArrayLike<number>,
  b: Float64Array,
  cols: number,
  hermitian: boolean,
): void {
  const subtract = (to: number, at: number, from: number, conjugate: boolean): void =>
    subtractMultiple(b, to * cols, a[2 * at], conjugate ? -a[2 * at + 1] : a[2 * at + 1], b, from * cols, cols);
  const swapRows = (i: number, j: number): void => {
    if (i !== j) for (let c = 0; c < cols; c++) swap(b, i * cols + c, j * cols + c);
  };
  for (let k = 0; k < n;) {
    const two = pivots[k] < 0;
    swapRows(k + Number(two), Math.abs(pivots[k]) - 1);
    for (let i = k + 1 + Number(two); i < n; i++) {
      subtract(i, i * n + k, k, false);
      if (two) subtract(i, i * n + k + 1, k + 1, false);
    }
    const at = 2 * (k * n + k);
    if (two) divideByBlock(a, n, k, b.subarray(2 * k * cols), cols, hermitian, false);
    else for (let c = 0; c < cols; c++) divide(b, k * cols + c, a[at], hermitian ? 0 : a[at + 1]);
    k += two ? 2 : 1;
  }
  for (let k = n - 1; k >= 0;) {
    const two = pivots[k] < 0;
    for (let i = k + 1; i < n; i++) {
      subtract(k, i * n + k, i, hermitian);
      if (two) subtract(k - 1, i * n + k - 1, i, hermitian);
    }
    swapRows(k, Math.abs(pivots[k]) - 1);
    k -= two ? 2 : 1;
  }
}
/**
 * D⁻¹ X for the two rows of X, D the block at k; `transposed` takes Dᵀ for D. Both rows are divided by what is beside the
 * diagonal first, for it is large.
 */
function divideByBlock(
  a: Float64Array,
  n: number,
  k: number,
  x: Float64Array,
  cols: number,
  hermitian: boolean,
  transposed: boolean,
): void {
  const [re, below] = [a[2 * ((k + 1) * n + k)], a[2 * ((k + 1) * n + k) + 1]];
  // D = [[d, upper], [lower, e]]
  const lower = hermitian && transposed ? -below : below;
  const upper = hermitian ? -lower : lower;
  const onDiagonal = (i: number): [number, number] => [a[2 * (i * n + i)], hermitian ? 0 : a[2 * (i * n + i) + 1]];
  const d = quotient(...onDiagonal(k), re, upper);
  const e = quotient(...onDiagonal(k + 1), re, lower);
  const determinant = [d[0] * e[0] - d[1] * e[1] - 1, d[0] * e[1] + d[1] * e[0]] as const;
  for (let c = 0; c < cols; c++) {
    const [i, j] = [2 * c, 2 * (cols + c)];
    const u = quotient(x[i], x[i + 1], re, upper);
    const v = quotient(x[j], x[j + 1], re, lower);
    const first = [e[0] * u[0] - e[1] * u[1] - v[0], e[0] * u[1] + e[1] * u[0] - v[1]] as const;
    const second = [d[0] * v[0] - d[1] * v[1] - u[0], d[0] * v[1] + d[1] * v[0] - u[1]] as const;
    [x[i], x[i + 1]] = quotient(...first, ...determinant);
    [x[j], x[j + 1]] = quotient(...second, ...determinant);
  }
}
