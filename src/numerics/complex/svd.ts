// Singular values and vectors of complex matrices by one-sided Jacobi rotations.
import { length } from "../svd.ts";
import type { Svd } from "../svd.ts";
import { adjoint, dot, subtractMultiple } from "./arithmetic.ts";
import { complexApplyQ, complexQrFactor } from "./qr.ts";

/**
 * The real {@link svd} for a complex matrix, A = U diag(s) Vᴴ, with phases beside the rotations: T. Hari & K. Veselić, On
 * Jacobi methods for singular value decompositions, 1987.
 */
export function complexSvd(a: Float64Array, m: number, n: number, full: boolean): Svd {
  if (m < n) {
    const { u, s, vt } = complexSvd(adjoint(a, m, n), n, m, full);
    const [rows, cols] = full ? [n, m] : [m, m];
    return { u: adjoint(vt, cols, cols), s, vt: adjoint(u, n, rows) };
  }
  // A = Q R; W R = diag(s) Vᴴ, so A = (Q Wᴴ) diag(s) Vᴴ.
  const qr = a.slice();
  const tau = new Float64Array(2 * n);
  complexQrFactor(qr, m, n, tau);
  const r = new Float64Array(2 * n * n);
  for (let i = 0; i < n; i++) r.set(qr.subarray(2 * (i * n + i), 2 * (i + 1) * n), 2 * (i * n + i));
  const w = new Float64Array(2 * n * n);
  for (let i = 0; i < n; i++) w[2 * (i * n + i)] = 1;
  let largest = 0;
  for (const x of r) largest = Math.max(largest, Math.abs(x));
  if (largest > 0) for (let i = 0; i < r.length; i++) r[i] /= largest;
  orthogonalizeRows(r, w, n);
  const sizes = Float64Array.from({ length: n }, (_, i) => length(r, 2 * i * n, 2 * n));
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => sizes[j] - sizes[i]);
  const s = Float64Array.from(order, (i) => sizes[i]);
  const vt = new Float64Array(2 * n * n);
  const cols = full ? m : n;
  const u = new Float64Array(2 * m * cols);
  for (const [to, from] of order.entries())
    for (let j = 0; j < n; j++) {
      for (let part = 0; part < 2; part++) vt[2 * (to * n + j) + part] = r[2 * (from * n + j) + part] / sizes[from];
      u[2 * (j * cols + to)] = w[2 * (from * n + j)];
      u[2 * (j * cols + to) + 1] = -w[2 * (from * n + j) + 1];
    }
  for (let i = n; i < cols; i++) u[2 * (i * cols + i)] = 1;
  complexApplyQ(qr, n, tau, n, u, m, cols, false);
  completeRows(vt, s, n);
  return { u, s: s.map((x) => x * largest), vt };
}
function orthogonalizeRows(r: Float64Array, w: Float64Array, n: number): void {
  const tolerance = Number.EPSILON * Math.sqrt(n);
  const squares = new Float64Array(n);
  const square = (i: number): number => dot(r, i * n, r, i * n, n)[0];
  for (let sweep = 0; sweep < 40; sweep++) {
    let turned = false;
    for (let p = 0; p < n; p++) squares[p] = square(p);
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        const [re, im] = dot(r, q * n, r, p * n, n);
        const gamma = Math.hypot(re, im);
        const [alpha, beta] = [squares[p], squares[q]];
        if (!(gamma > tolerance * Math.sqrt(alpha) * Math.sqrt(beta))) continue;
        turned = true;
        const zeta = (beta - alpha) / (2 * gamma);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        rotate(r, p * n, q * n, n, c, c * t, re / gamma, im / gamma);
        rotate(w, p * n, q * n, n, c, c * t, re / gamma, im / gamma);
        squares[p] = square(p);
        squares[q] = square(q);
      }
    if (!turned) return;
  }
}
/** Row y is turned by re + i im, so that its product with x is real, then both by c and s. */
function rotate(m: Float64Array, x: number, y: number, n: number, c: number, s: number, re: number, im: number): void {
  for (let p = 2 * x, q = 2 * y; p < 2 * (x + n); p += 2, q += 2) {
    const a = m[p];
    const b = m[p + 1];
    const d = re * m[q] - im * m[q + 1];
    const e = re * m[q + 1] + im * m[q];
    m[p] = c * a - s * d;
    m[p + 1] = c * b - s * e;
    m[q] = s * a + c * d;
    m[q + 1] = s * b + c * e;
  }
}
/** Rows of a singular value 0 hold no direction: any that is orthogonal to the others will do. */
function completeRows(vt: Float64Array, s: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    if (s[i] > 0 || Number.isNaN(s[i])) continue;
    for (let e = 0; e < n; e++) {
      const x = new Float64Array(2 * n);
      x[2 * e] = 1;
      // Twice is enough: W. Kahan's advice on Gram and Schmidt.
      for (let pass = 0; pass < 2; pass++)
        for (let r = 0; r < i; r++) subtractMultiple(x, 0, ...dot(vt, r * n, x, 0, n), vt, r * n, n);
      const left = length(x, 0, 2 * n);
      if (!(left > 0.5 / Math.sqrt(n))) continue;
      vt.set(
        x.map((part) => part / left),
        2 * i * n,
      );
      break;
    }
  }
}
