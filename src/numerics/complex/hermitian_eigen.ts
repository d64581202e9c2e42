// Eigenvalues and eigenvectors of Hermitian matrices.
import { implicitQl, sortAscending } from "../symmetric_eigen.ts";
import { dot, reflection, subtractMultiple } from "./arithmetic.ts";

/**
 * {@link symmetricEigen} of the Hermitian matrix whose lower triangle `a` holds; the values are real. Reflections to a real
 * tridiagonal matrix: Golub & Van Loan, Matrix Computations, section 8.3.1. Destroys `a`.
 */
export function hermitianEigen(a: Float64Array, n: number, values: Float64Array, vectors: Float64Array | null): void {
  const beside = new Float64Array(n);
  const taus = tridiagonalize(a, n, values, beside);
  if (vectors !== null) accumulate(a, n, taus, vectors);
  implicitQl(values, beside, n, vectors, 2 * n);
  sortAscending(values, n, vectors, 2 * n);
}

/** To diagonal `d` and subdiagonal `e`, both real; the reflections stay in the columns of `a`. */
function tridiagonalize(a: Float64Array, n: number, d: Float64Array, e: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) {
    a[2 * (i * n + i) + 1] = 0;
    for (let j = i + 1; j < n; j++) {
      a[2 * (i * n + j)] = a[2 * (j * n + i)];
      a[2 * (i * n + j) + 1] = -a[2 * (j * n + i) + 1];
    }
  }
  const taus = new Float64Array(2 * n);
  // Conjugated: the products are with vᴴ and wᴴ.
  const [v, w] = [new Float64Array(2 * n), new Float64Array(2 * n)];
  for (let j = 0; j < n - 1; j++) {
    const first = (j + 1) * n + j;
    const { beta, re, im } = reflection(a, first, n, n - j - 1);
    e[j] = beta;
    taus[2 * j] = re;
    taus[2 * j + 1] = im;
    if (re === 0 && im === 0) continue;
    a[2 * first] = 1;
    a[2 * first + 1] = 0;
    const [from, count] = [j + 1, n - j - 1];
    takeConjugate(a, n, j, v);
    // A - v wᴴ - w vᴴ with w = tau A v - |tau|² / 2 (vᴴ A v) v.
    let inner = 0;
    for (let i = from; i < n; i++) {
      // conj(A v), as conj(row) · conj(v); then conj(tau A v).
      const [sumRe, sumIm] = dot(a, i * n + from, v, from, count);
      inner += sumRe * v[2 * i] + sumIm * v[2 * i + 1];
      w[2 * i] = re * sumRe + im * sumIm;
      w[2 * i + 1] = re * sumIm - im * sumRe;
    }
    subtractMultiple(w, from, ((re * re + im * im) / 2) * inner, 0, v, from, count);
    for (let i = from; i < n; i++) {
      subtractMultiple(a, i * n + from, v[2 * i], -v[2 * i + 1], w, from, count);
      subtractMultiple(a, i * n + from, w[2 * i], -w[2 * i + 1], v, from, count);
    }
  }
  for (let i = 0; i < n; i++) d[i] = a[2 * (i * n + i)];
  return taus;
}
/** What lies below the diagonal in column `j`, conjugated. */
function takeConjugate(a: Float64Array, n: number, j: number, to: Float64Array): void {
  for (let i = j + 1; i < n; i++) {
    to[2 * i] = a[2 * (i * n + j)];
    to[2 * i + 1] = -a[2 * (i * n + j) + 1];
  }
}
/** The product of the reflections, transposed: row i is the i-th basis vector in which the matrix is tridiagonal. */
function accumulate(a: Float64Array, n: number, taus: Float64Array, q: Float64Array): void {
  q.fill(0);
  for (let i = 0; i < n; i++) q[2 * (i * n + i)] = 1;
  const v = new Float64Array(2 * n);
  for (let j = n - 2; j >= 0; j--) {
    const [re, im] = [taus[2 * j], taus[2 * j + 1]];
    if (re === 0 && im === 0) continue;
    for (let i = j + 1; i < n; i++) {
      v[2 * i] = a[2 * (i * n + j)];
      v[2 * i + 1] = a[2 * (i * n + j) + 1];
    }
    for (let r = j + 1; r < n; r++) {
      const [sumRe, sumIm] = dot(v, j + 1, q, r * n + j + 1, n - j - 1);
      const [byRe, byIm] = [re * sumRe - im * sumIm, re * sumIm + im * sumRe];
      subtractMultiple(q, r * n + j + 1, byRe, byIm, v, j + 1, n - j - 1);
    }
  }
}
