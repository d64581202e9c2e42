// Cholesky factorization of Hermitian positive-definite matrices.
import { dot } from "./arithmetic.ts";

/** {@link choleskyFactor} of a complex matrix, A = L Lᴴ: what is imaginary on the diagonal counts as 0. */
export function complexCholeskyFactor(a: Float64Array, n: number): number {
  let info = 0;
  for (let i = 0; i < n && info === 0; i++)
    for (let j = 0; j <= i; j++) {
      const at = 2 * (i * n + j);
      // Conjugated, for the conjugate is of what comes first.
      const [re, im] = dot(a, i * n, a, j * n, j);
      if (i > j) {
        const pivot = a[2 * (j * n + j)];
        a[at] = (a[at] - re) / pivot;
        a[at + 1] = (a[at + 1] + im) / pivot;
      } else if (a[at] - re > 0) {
        a[at] = Math.sqrt(a[at] - re);
        a[at + 1] = 0;
      } else info = i + 1;
    }
  for (let i = 0; i < n; i++) a.fill(0, 2 * (i * n + i + 1), 2 * (i + 1) * n);
  return info;
}
