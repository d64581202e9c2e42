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
  // By a power of 2 to entries around 1, whose squares are neither huge nor tiny.
  let largest = 0;
  for (const part of [re, im]) for (const x of part) largest = Math.max(largest, Math.abs(x));
  const size = largest > 0 && Number.isFinite(largest) ? 2 ** Math.floor(Math.log2(largest)) : 1;
  for (const part of [re, im]) for (let i = 0; i < n * n; i++) part[i] /= size;
  const scales = balance(h);
  reduce(h, q);
  iterate(h, q);
  const values = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    values[2 * i] = re[i * n + i] * size;
    values[2 * i + 1] = im[i * n + i] * size;
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
  for (let a = i * n + from, b = j * n + from; a < (i + 1) * n; a++, b++) {
    const xr = re[a];
    const xi = im[a];
    const yr = re[b];
    const yi = im[b];
    re[a] = c * xr + sr * yr - si * yi;
    im[a] = c * xi + sr * yi + si * yr;
    re[b] = c * yr - sr * xr - si * xi;
    im[b] = c * yi - sr * xi + si * xr;
  }
}
/**
 * Rotations of columns i and i + 1, i from `first` on, of each row in turn: turned from the right by their conjugates.
 * `turns` has three numbers for each. Of a triangle the rows above `rows` have nothing left of the diagonal but one entry.
 */
function turnCols({ re, im, n }: ComplexMatrix, first: number, turns: Float64Array, count: number, rows: number): void {
  for (let k = 0; k < rows; k++) {
    const start = rows === n ? 0 : Math.max(0, k - first - 1);
    let a = k * n + first + start;
    let xr = re[a];
    let xi = im[a];
    for (let t = 3 * start; t < 3 * count; t += 3, a++) {
      const c = turns[t];
      const sr = turns[t + 1];
      const si = turns[t + 2];
      const yr = re[a + 1];
      const yi = im[a + 1];
      re[a] = c * xr + sr * yr + si * yi;
      im[a] = c * xi + sr * yi - si * yr;
      const nextR = c * yr - sr * xr + si * xi;
      xi = c * yi - sr * xi - si * xr;
      xr = nextR;
    }
    re[a] = xr;
    im[a] = xi;
  }
}

/** A Householder reflection 1 - scale v vᴴ of the rows or columns from `from` on. */
interface Reflection {
  readonly vr: Float64Array;
  readonly vi: Float64Array;
  readonly scale: number;
  readonly from: number;
}
/** The reflection that leaves of column `j` below `from` nothing; null if there is nothing. */
function reflection({ re, im, n }: ComplexMatrix, j: number, from: number): Reflection | null {
  const [vr, vi] = [new Float64Array(n - from), new Float64Array(n - from)];
  let largest = 0;
  for (let i = from; i < n; i++) largest = Math.max(largest, Math.abs(re[i * n + j]), Math.abs(im[i * n + j]));
  let below = 0;
  let squares = 0;
  for (let i = from; i < n; i++) {
    const r = (vr[i - from] = re[i * n + j] / (largest || 1));
    const c = (vi[i - from] = im[i * n + j] / (largest || 1));
    squares += r * r + c * c;
    if (i > from) below += r * r + c * c;
  }
  if (!(below > 0)) return null;
  const norm = Math.sqrt(squares);
  const size = Math.hypot(vr[0], vi[0]);
  // Away from what it is: nothing cancels.
  vr[0] += size === 0 ? norm : (vr[0] / size) * norm;
  vi[0] += size === 0 ? 0 : (vi[0] / size) * norm;
  return { vr, vi, scale: 2 / (below + vr[0] * vr[0] + vi[0] * vi[0]), from };
}
/** Rows from `from` on reflected, columns from `column` on; `isReal`: all imaginary parts are 0. */
function reflectRows({ re, im, n }: ComplexMatrix, by: Reflection, column: number, isReal: boolean): void {
  const { vr, vi, scale, from } = by;
  const [wr, wi] = [new Float64Array(n), new Float64Array(n)];
  for (let i = from; i < n; i++) {
    const [r, c] = [vr[i - from], vi[i - from]];
    if (isReal) for (let k = column; k < n; k++) wr[k] += r * re[i * n + k];
    else
      for (let k = column; k < n; k++) {
        wr[k] += r * re[i * n + k] + c * im[i * n + k];
        wi[k] += r * im[i * n + k] - c * re[i * n + k];
      }
  }
  for (let i = from; i < n; i++) {
    const [r, c] = [vr[i - from] * scale, vi[i - from] * scale];
    if (isReal) for (let k = column; k < n; k++) re[i * n + k] -= r * wr[k];
    else
      for (let k = column; k < n; k++) {
        re[i * n + k] -= r * wr[k] - c * wi[k];
        im[i * n + k] -= r * wi[k] + c * wr[k];
      }
  }
}
/** Columns from `from` on reflected, row by row. */
function reflectCols({ re, im, n }: ComplexMatrix, { vr, vi, scale, from }: Reflection, isReal: boolean): void {
  for (let row = 0; row < n; row++) {
    const at = row * n + from;
    let [sr, si] = [0, 0];
    if (isReal) {
      for (let i = 0; i < vr.length; i++) sr += re[at + i] * vr[i];
      sr *= scale;
      for (let i = 0; i < vr.length; i++) re[at + i] -= sr * vr[i];
      continue;
    }
    for (let i = 0; i < vr.length; i++) {
      sr += re[at + i] * vr[i] - im[at + i] * vi[i];
      si += re[at + i] * vi[i] + im[at + i] * vr[i];
    }
    [sr, si] = [sr * scale, si * scale];
    for (let i = 0; i < vr.length; i++) {
      re[at + i] -= sr * vr[i] + si * vi[i];
      im[at + i] -= si * vr[i] - sr * vi[i];
    }
  }
}
/** To Hessenberg form, column by column. */
function reduce(h: ComplexMatrix, q: ComplexMatrix | null): void {
  const { re, im, n } = h;
  const isReal = im.every((x) => x === 0);
  for (let j = 0; j < n - 2; j++) {
    const by = reflection(h, j, j + 1);
    if (by === null) continue;
    reflectRows(h, by, j, isReal);
    reflectCols(h, by, isReal);
    if (q !== null) reflectCols(q, by, isReal);
    for (let i = j + 2; i < n; i++) re[i * n + j] = im[i * n + j] = 0;
  }
}
/** QR steps until what lies below the diagonal is gone. */
function iterate(h: ComplexMatrix, q: ComplexMatrix | null): void {
  const { re, im, n } = h;
  const turns = new Float64Array(3 * n);
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
    for (let i = first; i < last; i++) {
      const [a, b] = [i * n + i, (i + 1) * n + i];
      const turn = rotation(re[a], im[a], re[b], im[b]);
      turnRows(h, i, i + 1, turn, i);
      turns.set([turn.c, turn.sr, turn.si], 3 * (i - first));
    }
    turnCols(h, first, turns, last - first, last + 1);
    if (q !== null) turnCols(q, first, turns, last - first, n);
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
  const least = Number.EPSILON * (norm || 1);
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
