// LU factorization with partial pivoting.
import type { Subtract } from "./matrix.ts";

/** Columns of a panel; what lies beyond is updated by one matrix product a panel. */
const PANEL = 48;

/**
 * Factors the row-major [m, n] matrix `a` in place: P A = L U, with L's ones left out. `pivots[i]` is the row (from 0) that
 * row i was exchanged with; without pivoting every row stays. Returns the number (from 1) of the first zero on U's
 * diagonal, or 0. Golub & Van Loan, Matrix Computations, algorithms 3.4.1 and 3.2.5 (blocked).
 */
export function luFactor(
  a: Float64Array,
  m: number,
  n: number,
  pivots: Int32Array,
  pivoting: boolean,
  subtract: Subtract,
): number {
  const k = Math.min(m, n);
  let info = 0;
  for (let from = 0; from < k; from += PANEL) {
    const to = Math.min(k, from + PANEL);
    for (let j = from; j < to; j++) {
      let p = j;
      if (pivoting) for (let i = j + 1; i < m; i++) if (Math.abs(a[i * n + j]) > Math.abs(a[p * n + j])) p = i;
      pivots[j] = p;
      if (p !== j) swapRows(a, n, p, j);
      const pivot = a[j * n + j];
      if (pivot === 0) {
        if (info === 0) info = j + 1;
        continue;
      }
      for (let i = j + 1; i < m; i++) {
        const factor = (a[i * n + j] /= pivot);
        if (factor !== 0) for (let c = j + 1; c < to; c++) a[i * n + c] -= factor * a[j * n + c];
      }
    }
    if (to === n) continue;
    // The rows of U beyond the panel, then all that is left.
    for (let i = from + 1; i < to; i++)
      for (let j = from; j < i; j++) {
        const factor = a[i * n + j];
        if (factor !== 0) for (let c = to; c < n; c++) a[i * n + c] -= factor * a[j * n + c];
      }
    if (to < m)
      subtract(a, n, {
        rows: m - to,
        cols: n - to,
        inner: to - from,
        c: to * n + to,
        a: to * n + from,
        b: from * n + to,
      });
  }
  return info;
}
function swapRows(a: Float64Array, n: number, i: number, j: number): void {
  for (let c = 0; c < n; c++) {
    const x = a[i * n + c];
    a[i * n + c] = a[j * n + c];
    a[j * n + c] = x;
  }
}

/** The order of the rows of P A: row i of it is row `order[i]` of A. */
export function rowOrder(pivots: ArrayLike<number>, m: number): Int32Array {
  const order = Int32Array.from({ length: m }, (_, i) => i);
  for (let i = 0; i < pivots.length; i++) {
    const x = order[i];
    order[i] = order[pivots[i]];
    order[pivots[i]] = x;
  }
  return order;
}
