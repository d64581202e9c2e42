// Systems with triangular matrices.

export interface TriangularOptions {
  /** Which triangle of `a` is read. */
  readonly upper: boolean;
  /** Solve with the transpose of that triangle. */
  readonly transpose?: boolean;
  /** Take the diagonal as ones. */
  readonly unit?: boolean;
}
/**
 * Solves T X = B in place of the [n, cols] matrix `b`, T a triangle of the [n, n] part of `a`, whose rows are `lda` apart.
 * A zero on the diagonal gives infinities. Golub & Van Loan, Matrix Computations, algorithm 3.1.3, by rows.
 */
export function solveTriangular(
  a: Float64Array,
  lda: number,
  b: Float64Array,
  n: number,
  cols: number,
  { upper, transpose = false, unit = false }: TriangularOptions,
): void {
  const backwards = upper !== transpose;
  for (let s = 0; s < n; s++) {
    const i = backwards ? n - 1 - s : s;
    const row = i * cols;
    for (let t = 0; t < s; t++) {
      const j = backwards ? n - 1 - t : t;
      const factor = transpose ? a[j * lda + i] : a[i * lda + j];
      if (factor !== 0) for (let c = 0, at = j * cols; c < cols; c++) b[row + c] -= factor * b[at + c];
    }
    if (!unit) for (let c = 0; c < cols; c++) b[row + c] /= a[i * lda + i];
  }
}
