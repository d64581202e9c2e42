// Cholesky factorization of symmetric positive-definite matrices.
import type { Subtract } from "./matrix.ts";

const PANEL = 48;

/**
 * Factors the [n, n] matrix `a` = L Lᵀ in place, from its lower triangle; what lies above is set to 0. Returns the order of
 * the first leading minor that is not positive, or 0; then the factorization is not complete. Golub & Van Loan, Matrix
 * Computations, section 4.2.
 */
export function choleskyFactor(a: Float64Array, n: number, subtract: Subtract): number {
  for (let i = 0; i < n; i++) a.fill(0, i * n + i + 1, (i + 1) * n);
  for (let from = 0; from < n; from += PANEL) {
    const to = Math.min(n, from + PANEL);
    for (let i = from; i < n; i++)
      for (let j = from; j < Math.min(i + 1, to); j++) {
        let rest = a[i * n + j];
        for (let k = from; k < j; k++) rest -= a[i * n + k] * a[j * n + k];
        if (i > j) a[i * n + j] = rest / a[j * n + j];
        else if (rest > 0) a[i * n + i] = Math.sqrt(rest);
        else return i + 1;
      }
    if (to === n) break;
    // The triangle above serves as room for the panel's transpose while the rest is updated.
    for (let i = to; i < n; i++) for (let j = from; j < to; j++) a[j * n + i] = a[i * n + j];
    const size = n - to;
    subtract(a, n, { rows: size, cols: size, inner: to - from, a: to * n + from, b: from * n + to, c: to * n + to });
    for (let j = from; j < to; j++) a.fill(0, j * n + to, (j + 1) * n);
  }
  for (let i = 0; i < n; i++) a.fill(0, i * n + i + 1, (i + 1) * n);
  return 0;
}
