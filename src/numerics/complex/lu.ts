// LU factorization of complex matrices with partial pivoting.
import { divide, size, subtractMultiple, swap } from "./arithmetic.ts";

/**
 * {@link luFactor} of a complex matrix. Pivots are the largest by |re| + |im|, as LAPACK's. Golub & Van Loan, Matrix
 * Computations, algorithm 3.4.1.
 */
export function complexLuFactor(a: Float64Array, m: number, n: number, pivots: Int32Array, pivoting: boolean): number {
  let info = 0;
  for (let j = 0; j < Math.min(m, n); j++) {
    let p = j;
    if (pivoting) for (let i = j + 1; i < m; i++) if (size(a, i * n + j) > size(a, p * n + j)) p = i;
    pivots[j] = p;
    if (p !== j) for (let c = 0; c < n; c++) swap(a, p * n + c, j * n + c);
    const at = j * n + j;
    const [re, im] = [a[2 * at], a[2 * at + 1]];
    if (re === 0 && im === 0) {
      if (info === 0) info = j + 1;
      continue;
    }
    for (let i = j + 1; i < m; i++) {
      const to = i * n + j;
      divide(a, to, re, im);
      if (size(a, to) !== 0) subtractMultiple(a, to + 1, a[2 * to], a[2 * to + 1], a, at + 1, n - j - 1);
    }
  }
  return info;
}
