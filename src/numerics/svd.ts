// Singular values and vectors by one-sided Jacobi rotations.
import { transposed } from "./matrix.ts";
import { applyQ, qrFactor } from "./qr.ts";

export interface Svd {
  /** [m, m] or [m, k], row-major. */
  readonly u: Float64Array;
  /** k = min(m, n) numbers, descending. */
  readonly s: Float64Array;
  /** [n, n] or [k, n], row-major: the right singular vectors as rows. */
  readonly vt: Float64Array;
}

/**
 * A = U diag(s) Vᵀ of an [m, n] matrix; `full` completes U and V to square matrices. Small singular values come out with
 * small relative errors. Rows that are orthogonalized pair by pair: J. Demmel & K. Veselić, Jacobi's method is more
 * accurate than QR, 1992; after a QR factorization, as Z. Drmač & K. Veselić, New fast and accurate Jacobi SVD algorithm,
 * 2008.
 */
export function svd(a: Float64Array, m: number, n: number, full: boolean): Svd {
  if (m < n) {
    const { u, s, vt } = svd(transposed(a, m, n), n, m, full);
    const [rows, cols] = full ? [n, m] : [m, m];
    return { u: transposed(vt, cols, cols), s, vt: transposed(u, n, rows) };
  }
  // A = Q R; the rows of R are made orthogonal from the left: W R = diag(s) Vᵀ, so A = (Q Wᵀ) diag(s) Vᵀ.
  const qr = a.slice();
  const tau = new Float64Array(n);
  qrFactor(qr, m, n, tau);
  const r = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) r[i * n + j] = qr[i * n + j];
  const w = new Float64Array(n * n);
  for (let i = 0; i < n; i++) w[i * n + i] = 1;
  // Squares of what is neither huge nor tiny stay finite.
  let largest = 0;
  for (const x of r) largest = Math.max(largest, Math.abs(x));
  if (largest > 0) for (let i = 0; i < r.length; i++) r[i] /= largest;
  orthogonalizeRows(r, w, n);
  const s = new Float64Array(n);
  for (let i = 0; i < n; i++) s[i] = length(r, i * n, n);
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => s[j] - s[i]);
  const vt = new Float64Array(n * n);
  const cols = full ? m : n;
  const u = new Float64Array(m * cols);
  for (const [to, from] of order.entries()) {
    for (let j = 0; j < n; j++) {
      vt[to * n + j] = r[from * n + j] / s[from];
      u[j * cols + to] = w[from * n + j];
    }
  }
  for (let i = n; i < cols; i++) u[i * cols + i] = 1;
  applyQ(qr, n, tau, n, u, m, cols, false);
  const sorted = Float64Array.from(order, (i) => s[i]);
  completeRows(vt, sorted, n);
  return { u, s: sorted.map((x) => x * largest), vt };
}
/** The 2-norm of `n` numbers. */
export function length(x: Float64Array, at: number, n: number): number {
  let scale = 0;
  for (let i = 0; i < n; i++) scale = Math.max(scale, Math.abs(x[at + i]));
  if (scale === 0 || !Number.isFinite(scale)) return scale;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (x[at + i] / scale) ** 2;
  return scale * Math.sqrt(sum);
}
function orthogonalizeRows(r: Float64Array, w: Float64Array, n: number): void {
  const tolerance = Number.EPSILON * Math.sqrt(n);
  const squares = new Float64Array(n);
  for (let sweep = 0; sweep < 40; sweep++) {
    let turned = false;
    for (let p = 0; p < n; p++) squares[p] = dot(r, p * n, p * n, n);
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        const gamma = dot(r, p * n, q * n, n);
        const [alpha, beta] = [squares[p], squares[q]];
        if (!(Math.abs(gamma) > tolerance * Math.sqrt(alpha) * Math.sqrt(beta))) continue;
        turned = true;
        const zeta = (beta - alpha) / (2 * gamma);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        const s = c * t;
        rotate(r, p * n, q * n, n, c, s);
        rotate(w, p * n, q * n, n, c, s);
        squares[p] = dot(r, p * n, p * n, n);
        squares[q] = dot(r, q * n, q * n, n);
      }
    if (!turned) return;
  }
}
function dot(x: Float64Array, i: number, j: number, n: number): number {
  let sum = 0;
  for (let k = 0; k < n; k++) sum += x[i + k] * x[j + k];
  return sum;
}
function rotate(x: Float64Array, i: number, j: number, n: number, c: number, s: number): void {
  for (let k = 0; k < n; k++) {
    const a = x[i + k];
    const b = x[j + k];
    x[i + k] = c * a - s * b;
    x[j + k] = s * a + c * b;
  }
}
/** Rows of a singular value 0 hold no direction: any that is orthogonal to the others will do. */
function completeRows(vt: Float64Array, s: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    if (s[i] > 0 || Number.isNaN(s[i])) continue;
    let best: Float64Array | null = null;
    for (let e = 0; e < n && best === null; e++) {
      const x = new Float64Array(n);
      x[e] = 1;
      // Twice is enough: W. Kahan's advice on Gram and Schmidt.
      for (let pass = 0; pass < 2; pass++)
        for (let r = 0; r < i; r++) {
          let dot = 0;
          for (let k = 0; k < n; k++) dot += x[k] * vt[r * n + k];
          for (let k = 0; k < n; k++) x[k] -= dot * vt[r * n + k];
        }
      const size = length(x, 0, n);
      if (size > 0.5 / Math.sqrt(n)) best = x.map((v) => v / size);
    }
    if (best !== null) vt.set(best, i * n);
  }
}
