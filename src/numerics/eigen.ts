// Eigenvalues and eigenvectors of general matrices, in complex numbers kept as re and im.

/**
 * The eigenvalues of the [n, n] matrix re + i im, and unless `vectors` is false its eigenvectors as columns of length 1.
 * Hessenberg form by reflections, then QR steps with Wilkinson's shift to Schur's triangle, whose eigenvectors follow by
 * back substitution: Golub & Van Loan, Matrix Computations, sections 7.4.3, 7.5 and 7.6.4. Destroys its input.
 */
export function eigen(
  re: Float64Array,
  im: Float64Array,
  n: number,
  vectors: boolean,
): { readonly values: Float64Array; readonly vectors: Float64Array | null } {
  const q = vectors ? new ComplexMatrix(new Float64Array(n * n), new Float64Array(n * n), n) : null;
  if (q !== null) for (let i = 0; i < n; i++) q.re[i * n + i] = 1;
  const h = new ComplexMatrix(re, im, n);
  const scales = balance(h);
  reduce(h, q);
  iterate(h, q);
  const values = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    values[2 * i] = re[i * n + i];
    values[2 * i + 1] = im[i * n + i];
  }
  return { values, vectors: q === null ? null : vectorsOf(h, q, scales) };
}

class ComplexMatrix {
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly n: number;
  constructor(re: Float64Array, im: Float64Array, n: number) {
    this.re = re;
    this.im = im;
    this.n = n;
  }
  size(i: number, j: number): number {
    return Math.abs(this.re[i * this.n + j]) + Math.abs(this.im[i * this.n + j]);
  }
}

/** Rows and columns of alike size, by powers of 2: Parlett & Reinsch, Balancing a matrix, 1969. Gives the scales. */
function balance(h: ComplexMatrix): Float64Array {
  const { n } = h;
  const scales = new Float64Array(n).fill(1);
  for (let again = true; again;) {
    again = false;
    for (let i = 0; i < n; i++) {
      let [row, col] = [0, 0];
      for (let j = 0; j < n; j++)
        if (j !== i) {
          row += h.size(i, j);
          col += h.size(j, i);
        }
      if (row === 0 || col === 0 || !Number.isFinite(row + col)) continue;
      const f = 2 ** Math.round(Math.log2(row / col) / 2);
      if (f === 1 || col * f + row / f >= 0.95 * (col + row)) continue;
      again = true;
      scales[i] *= f;
      for (const part of [h.re, h.im])
        for (let j = 0; j < n; j++) {
          part[i * n + j] /= f;
          part[j * n + i] *= f;
        }
    }
  }
  return scales;
}

/** A rotation (c real, s complex) that turns (x, y) into (r, 0): c x + s y = r, -conj(s) x + c y = 0. */
interface Rotation {
  readonly c: number;
  readonly sr: number;
  readonly si: number;
}
function rotation(xr: number, xi: number, yr: number, yi: number): Rotation {
  const size = Math.hypot(xr, xi, yr, yi);
  if (size === 0) return { c: 1, sr: 0, si: 0 };
  const x = Math.hypot(xr, xi);
  if (x === 0) {
    const y = Math.hypot(yr, yi);
    return { c: 0, sr: yr / y, si: -yi / y };
  }
  // s = (x / |x|) conj(y) / size
  return { c: x / size, sr: (xr * yr + xi * yi) / (x * size), si: (xi * yr - xr * yi) / (x * size) };
}
/** Rows i and j of `m`, columns from `from`: turned from the left. */
function turnRows({ re, im, n }: ComplexMatrix, i: number, j: number, { c, sr, si }: Rotation, from: number): void {
  for (let k = from; k < n; k++) {
    const [a, b] = [i * n + k, j * n + k];
    const [xr, xi, yr, yi] = [re[a], im[a], re[b], im[b]];
    re[a] = c * xr + sr * yr - si * yi;
    im[a] = c * xi + sr * yi + si * yr;
    re[b] = c * yr - sr * xr - si * xi;
    im[b] = c * yi - sr * xi + si * xr;
  }
}
/** Columns i and j, rows up to `to`: turned from the right by the conjugate transpose. */
function turnCols({ re, im, n }: ComplexMatrix, i: number, j: number, { c, sr, si }: Rotation, to: number): void {
  for (let k = 0; k < to; k++) {
    const [a, b] = [k * n + i, k * n + j];
    const [xr, xi, yr, yi] = [re[a], im[a], re[b], im[b]];
    re[a] = c * xr + sr * yr + si * yi;
    im[a] = c * xi + sr * yi - si * yr;
    re[b] = c * yr - sr * xr + si * xi;
    im[b] = c * yi - sr * xi - si * xr;
  }
}
/** To Hessenberg form, entry by entry from the bottom of each column. */
function reduce(h: ComplexMatrix, q: ComplexMatrix | null): void {
  const { re, im, n } = h;
  for (let j = 0; j < n - 2; j++)
    for (let i = n - 1; i > j + 1; i--) {
      const [a, b] = [(i - 1) * n + j, i * n + j];
      if (re[b] === 0 && im[b] === 0) continue;
      const turn = rotation(re[a], im[a], re[b], im[b]);
      turnRows(h, i - 1, i, turn, j);
      turnCols(h, i - 1, i, turn, n);
      if (q !== null) turnCols(q, i - 1, i, turn, n);
      re[b] = im[b] = 0;
    }
}
/** QR steps until what lies below the diagonal is gone. */
function iterate(h: ComplexMatrix, q: ComplexMatrix | null): void {
  const { re, im, n } = h;
  const turns: Rotation[] = [];
  let last = n - 1;
  for (let step = 0; last > 0;) {
    let first = last;
    while (first > 0) {
      const beside = h.size(first, first) + h.size(first - 1, first - 1);
      if (h.size(first, first - 1) <= Number.EPSILON * (beside === 0 ? 1 : beside)) break;
      first--;
    }
    if (first > 0) re[first * n + first - 1] = im[first * n + first - 1] = 0;
    if (first === last || step > 30 * n) {
      last--;
      step = 0;
      continue;
    }
    step++;
    const [sr, si] = step % 10 === 0 ? [h.size(last, last - 1), 0] : shift(h, last);
    for (let i = first; i <= last; i++) {
      re[i * n + i] -= sr;
      im[i * n + i] -= si;
    }
    turns.length = 0;
    for (let i = first; i < last; i++) {
      const [a, b] = [i * n + i, (i + 1) * n + i];
      const turn = rotation(re[a], im[a], re[b], im[b]);
      turnRows(h, i, i + 1, turn, i);
      turns.push(turn);
    }
    for (const [k, turn] of turns.entries()) {
      const i = first + k;
      turnCols(h, i, i + 1, turn, Math.min(i + 2, last) + 1);
      if (q !== null) turnCols(q, i, i + 1, turn, n);
    }
    for (let i = first; i <= last; i++) {
      re[i * n + i] += sr;
      im[i * n + i] += si;
    }
  }
}
/** The eigenvalue of the block of rows `last` - 1 and `last` that is nearer to its last entry. */
function shift({ re, im, n }: ComplexMatrix, last: number): [number, number] {
  const [a, b, c, d] = [(last - 1) * n + last - 1, (last - 1) * n + last, last * n + last - 1, last * n + last];
  const [hr, hi] = [(re[a] - re[d]) / 2, (im[a] - im[d]) / 2];
  const [pr, pi] = [re[b] * re[c] - im[b] * im[c], re[b] * im[c] + im[b] * re[c]];
  // d - bc / (h ± √(h² + bc)), with the sign that makes the denominator large.
  let [rr, ri] = complexSqrt(hr * hr - hi * hi + pr, 2 * hr * hi + pi);
  if (hr * rr + hi * ri < 0) [rr, ri] = [-rr, -ri];
  const [er, ei] = [hr + rr, hi + ri];
  const size = er * er + ei * ei;
  if (size === 0) return [re[d], im[d]];
  return [re[d] - (pr * er + pi * ei) / size, im[d] - (pi * er - pr * ei) / size];
}
function complexSqrt(re: number, im: number): [number, number] {
  const half = Math.sqrt((Math.hypot(re, im) + Math.abs(re)) / 2);
  if (half === 0) return [0, 0];
  return re >= 0 ? [half, im / (2 * half)] : [Math.abs(im) / (2 * half), im < 0 ? -half : half];
}
/** Q times the eigenvectors of the triangle, scaled back and to length 1: interleaved re and im, [n, n]. */
function vectorsOf(h: ComplexMatrix, q: ComplexMatrix, scales: Float64Array): Float64Array {
  const { re, im, n } = h;
  const out = new Float64Array(2 * n * n);
  const [xr, xi] = [new Float64Array(n), new Float64Array(n)];
  let norm = 0;
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) norm = Math.max(norm, h.size(i, j));
  const least = Number.EPSILON * norm || Number.MIN_VALUE;
  for (let k = 0; k < n; k++) {
    xr.fill(0);
    xi.fill(0);
    xr[k] = 1;
    for (let i = k - 1; i >= 0; i--) {
      let [sr, si] = [0, 0];
      for (let j = i + 1; j <= k; j++) {
        sr -= re[i * n + j] * xr[j] - im[i * n + j] * xi[j];
        si -= re[i * n + j] * xi[j] + im[i * n + j] * xr[j];
      }
      let [dr, di] = [re[i * n + i] - re[k * n + k], im[i * n + i] - im[k * n + k]];
      if (Math.abs(dr) + Math.abs(di) < least) [dr, di] = [least, 0];
      const size = dr * dr + di * di;
      xr[i] = (sr * dr + si * di) / size;
      xi[i] = (si * dr - sr * di) / size;
    }
    let squares = 0;
    for (let i = 0; i < n; i++) {
      let [sr, si] = [0, 0];
      for (let j = 0; j <= k; j++) {
        sr += q.re[i * n + j] * xr[j] - q.im[i * n + j] * xi[j];
        si += q.re[i * n + j] * xi[j] + q.im[i * n + j] * xr[j];
      }
      out[2 * (i * n + k)] = sr *= scales[i];
      out[2 * (i * n + k) + 1] = si *= scales[i];
      squares += sr * sr + si * si;
    }
    const length = Math.sqrt(squares);
    for (let i = 0; i < n; i++) {
      out[2 * (i * n + k)] /= length;
      out[2 * (i * n + k) + 1] /= length;
    }
  }
  return out;
}
