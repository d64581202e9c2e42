// Discrete Fourier transforms on typed arrays, n log n for every length.
//
// Lengths of small prime factors go by Stockham's mixed-radix passes, which need no reordering; any other by Bluestein's
// chirp, a convolution of a length that has small factors only. Sources: C. Van Loan, Computational Frameworks for the
// Fast Fourier Transform, 1992; L. Bluestein, A linear filtering approach to the computation of the DFT, 1970.

/** cos and sin of 2πk/n for k below n, each from an angle in the first octant, so that none is off by a rounded 2πk/n. */
interface Twiddles {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}
function twiddles(n: number): Twiddles {
  const cos = new Float64Array(n);
  const sin = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const octant = Math.floor((8 * k) / n);
    const rest = 8 * k - octant * n;
    const angle = (Math.PI * (octant % 2 === 1 ? n - rest : rest)) / (4 * n);
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const swap = octant % 4 === 1 || octant % 4 === 2;
    cos[k] = (octant > 1 && octant < 6 ? -1 : 1) * (swap ? s : c);
    sin[k] = (octant > 3 ? -1 : 1) * (swap ? c : s);
  }
  return { cos, sin };
}

const LARGEST_RADIX = 13;
/** The radices of the passes, or null if a prime factor is too large for one. */
function radices(n: number): number[] | null {
  const found: number[] = [];
  for (const r of [4, 2, 3, 5, 7, 11, LARGEST_RADIX])
    while (n % r === 0) {
      found.push(r);
      n /= r;
    }
  return n === 1 ? found : null;
}

/**
 * Transforms of one length: X[k] = Σ x[j] e^(-2πi jk/n), in place. Swapping re and im gives the other sign.
 * @example
 * const [re, im] = [Float64Array.of(1, 2, 3, 4), new Float64Array(4)];
 * fftOf(4).run(re, im); // re: 10, -2, -2, -2; im: 0, 2, 0, -2
 */
export interface Fft {
  readonly n: number;
  run(re: Float64Array, im: Float64Array): void;
}

const KEPT = 32;
const plans = new Map<number, Fft>();
/** The transform of length `n`; the last few lengths are kept. */
export function fftOf(n: number): Fft {
  let plan = plans.get(n);
  if (plan === undefined) {
    const factors = radices(n);
    plan = factors === null ? new Bluestein(n) : new MixedRadix(n, factors);
    if (plans.size >= KEPT) plans.delete(plans.keys().next().value!);
    plans.set(n, plan);
  }
  return plan;
}

type Pass = (
  x: readonly [Float64Array, Float64Array],
  y: readonly [Float64Array, Float64Array],
  m: number,
  s: number,
  w: Twiddles,
) => void;

/**
 * Passes from x to y and back. With s transforms done beside each other and m · radix points left in each,
 * y[q + s(rp + b)] = w^(pb) Σ_a x[q + s(p + ma)] e^(-2πi ab/r), where w is the root of unity of order m · radix.
 */
class MixedRadix implements Fft {
  readonly n: number;
  private readonly factors: readonly number[];
  private readonly w: Twiddles;
  private readonly other: readonly [Float64Array, Float64Array];

  constructor(n: number, factors: readonly number[]) {
    this.n = n;
    this.factors = factors;
    this.w = twiddles(n);
    this.other = [new Float64Array(n), new Float64Array(n)];
  }
  run(re: Float64Array, im: Float64Array): void {
    let x: readonly [Float64Array, Float64Array] = [re, im];
    let y = this.other;
    let left = this.n;
    let s = 1;
    for (const r of this.factors) {
      left /= r;
      (PASSES[r] ?? passOf(r))(x, y, left, s, this.w);
      s *= r;
      [x, y] = [y, x];
    }
    if (x[0] === re) return;
    re.set(x[0]);
    im.set(x[1]);
  }
}

const PASSES: Record<number, Pass> = {
  2: ([xr, xi], [yr, yi], m, s, w) => {
    for (let p = 0; p < m; p++) {
      const [c, d] = [w.cos[p * s], w.sin[p * s]];
      for (let q = 0; q < s; q++) {
        const [i, j, o] = [q + s * p, q + s * (p + m), q + 2 * s * p];
        const tr = xr[i] - xr[j];
        const ti = xi[i] - xi[j];
        yr[o] = xr[i] + xr[j];
        yi[o] = xi[i] + xi[j];
        yr[o + s] = tr * c + ti * d;
        yi[o + s] = ti * c - tr * d;
      }
    }
  },
  4: ([xr, xi], [yr, yi], m, s, w) => {
    for (let p = 0; p < m; p++) {
      const [c1, d1] = [w.cos[p * s], w.sin[p * s]];
      const [c2, d2] = [w.cos[2 * p * s], w.sin[2 * p * s]];
      const [c3, d3] = [w.cos[3 * p * s], w.sin[3 * p * s]];
      const step = s * m;
      for (let q = 0; q < s; q++) {
        const i = q + s * p;
        const o = q + 4 * s * p;
        const [ar, ai] = [xr[i] + xr[i + 2 * step], xi[i] + xi[i + 2 * step]];
        const [br, bi] = [xr[i] - xr[i + 2 * step], xi[i] - xi[i + 2 * step]];
        const [cr, ci] = [xr[i + step] + xr[i + 3 * step], xi[i + step] + xi[i + 3 * step]];
        const [dr, di] = [xr[i + step] - xr[i + 3 * step], xi[i + step] - xi[i + 3 * step]];
        yr[o] = ar + cr;
        yi[o] = ai + ci;
        const [er, ei] = [br + di, bi - dr];
        yr[o + s] = er * c1 + ei * d1;
        yi[o + s] = ei * c1 - er * d1;
        const [fr, fi] = [ar - cr, ai - ci];
        yr[o + 2 * s] = fr * c2 + fi * d2;
        yi[o + 2 * s] = fi * c2 - fr * d2;
        const [gr, gi] = [br - di, bi + dr];
        yr[o + 3 * s] = gr * c3 + gi * d3;
        yi[o + 3 * s] = gi * c3 - gr * d3;
      }
    }
  },
};
const generic = new Map<number, Pass>();
/** An odd radix: pairs of points that lie opposite meet as sums and differences first. */
function passOf(r: number): Pass {
  let pass = generic.get(r);
  if (pass !== undefined) return pass;
  const root = twiddles(r);
  const half = (r - 1) / 2;
  const [sumR, sumI, difR, difI] = [0, 0, 0, 0].map(() => new Float64Array(half + 1));
  pass = ([xr, xi], [yr, yi], m, s, w) => {
    for (let p = 0; p < m; p++)
      for (let q = 0; q < s; q++) {
        const i = q + s * p;
        const o = q + r * s * p;
        let [totalR, totalI] = [xr[i], xi[i]];
        for (let a = 1; a <= half; a++) {
          const [j, k] = [i + a * s * m, i + (r - a) * s * m];
          totalR += sumR[a] = xr[j] + xr[k];
          totalI += sumI[a] = xi[j] + xi[k];
          difR[a] = xr[j] - xr[k];
          difI[a] = xi[j] - xi[k];
        }
        yr[o] = totalR;
        yi[o] = totalI;
        for (let b = 1; b <= half; b++) {
          let [ur, ui, vr, vi] = [xr[i], xi[i], 0, 0];
          for (let a = 1; a <= half; a++) {
            const at = (a * b) % r;
            ur += sumR[a] * root.cos[at];
            ui += sumI[a] * root.cos[at];
            vr += difI[a] * root.sin[at];
            vi -= difR[a] * root.sin[at];
          }
          const [c1, d1] = [w.cos[p * b * s], w.sin[p * b * s]];
          const [c2, d2] = [w.cos[p * (r - b) * s], w.sin[p * (r - b) * s]];
          const [er, ei, fr, fi] = [ur + vr, ui + vi, ur - vr, ui - vi];
          yr[o + b * s] = er * c1 + ei * d1;
          yi[o + b * s] = ei * c1 - er * d1;
          yr[o + (r - b) * s] = fr * c2 + fi * d2;
          yi[o + (r - b) * s] = fi * c2 - fr * d2;
        }
      }
  };
  generic.set(r, pass);
  return pass;
}

/** jk = (j² + k² - (k - j)²) / 2 makes the transform a convolution with the chirp e^(πi k²/n). */
class Bluestein implements Fft {
  readonly n: number;
  private readonly inner: Fft;
  private readonly chirp: Twiddles;
  /** The transformed chirp, divided by the inner length. */
  private readonly filter: readonly [Float64Array, Float64Array];
  private readonly work: readonly [Float64Array, Float64Array];

  constructor(n: number) {
    this.n = n;
    const size = smooth(2 * n - 1);
    this.inner = fftOf(size);
    const all = twiddles(2 * n);
    // k² mod 2n without leaving the exact integers.
    const places = Float64Array.from({ length: n }, (_, k) => Number((BigInt(k) * BigInt(k)) % BigInt(2 * n)));
    this.chirp = {
      cos: Float64Array.from(places, (k) => all.cos[k]),
      sin: Float64Array.from(places, (k) => all.sin[k]),
    };
    const filter: [Float64Array, Float64Array] = [new Float64Array(size), new Float64Array(size)];
    for (let k = 0; k < n; k++)
      for (const at of k === 0 ? [0] : [k, size - k]) {
        filter[0][at] = this.chirp.cos[k] / size;
        filter[1][at] = this.chirp.sin[k] / size;
      }
    this.inner.run(...filter);
    this.filter = filter;
    this.work = [new Float64Array(size), new Float64Array(size)];
  }
  run(re: Float64Array, im: Float64Array): void {
    const { cos, sin } = this.chirp;
    const [wr, wi] = this.work;
    const [fr, fi] = this.filter;
    const { n } = this;
    for (let k = 0; k < n; k++) {
      wr[k] = re[k] * cos[k] + im[k] * sin[k];
      wi[k] = im[k] * cos[k] - re[k] * sin[k];
    }
    wr.fill(0, n);
    wi.fill(0, n);
    this.inner.run(wr, wi);
    for (let k = 0; k < wr.length; k++) {
      const x = wr[k] * fr[k] - wi[k] * fi[k];
      wi[k] = wr[k] * fi[k] + wi[k] * fr[k];
      wr[k] = x;
    }
    this.inner.run(wi, wr);
    for (let k = 0; k < n; k++) {
      re[k] = wr[k] * cos[k] + wi[k] * sin[k];
      im[k] = wi[k] * cos[k] - wr[k] * sin[k];
    }
  }
}
/** The least number not below `n` of factors 2, 3 and 5. */
function smooth(n: number): number {
  let best = Infinity;
  for (let five = 1; five < 2 * n; five *= 5)
    for (let three = five; three < 2 * n; three *= 3)
      best = Math.min(best, three * 2 ** Math.max(0, Math.ceil(Math.log2(n / three))));
  return best;
}

/**
 * The transform of `n` real numbers: its first ⌊n/2⌋ + 1 points, the rest being their conjugates. An even length goes by
 * a complex transform of half the length.
 */
export function realFft(x: Float64Array, re: Float64Array, im: Float64Array): void {
  const n = x.length;
  if (n % 2 === 1) {
    const [r, i] = [x.slice(), new Float64Array(n)];
    fftOf(n).run(r, i);
    re.set(r.subarray(0, (n + 1) / 2));
    im.set(i.subarray(0, (n + 1) / 2));
    return;
  }
  const h = n / 2;
  const [zr, zi] = [new Float64Array(h), new Float64Array(h)];
  for (let k = 0; k < h; k++) {
    zr[k] = x[2 * k];
    zi[k] = x[2 * k + 1];
  }
  fftOf(h).run(zr, zi);
  const w = halvesOf(n);
  for (let k = 0; k <= h; k++) {
    const [a, b] = [k === h ? 0 : k, k === 0 ? 0 : h - k];
    const [evenR, evenI] = [(zr[a] + zr[b]) / 2, (zi[a] - zi[b]) / 2];
    const [oddR, oddI] = [(zi[a] + zi[b]) / 2, (zr[b] - zr[a]) / 2];
    re[k] = evenR + oddR * w.cos[k] + oddI * w.sin[k];
    im[k] = evenI + oddI * w.cos[k] - oddR * w.sin[k];
  }
}
/** The `x.length` real numbers whose transform begins with re + i im, times their count; im[0] counts as 0. */
export function inverseRealFft(re: Float64Array, im: Float64Array, x: Float64Array): void {
  const n = x.length;
  const h = Math.floor(n / 2);
  if (n % 2 === 1) {
    const [r, i] = [new Float64Array(n), new Float64Array(n)];
    for (let k = 0; k <= h; k++) {
      r[k] = r[k === 0 ? 0 : n - k] = re[k];
      i[k] = k === 0 ? 0 : im[k];
      if (k > 0) i[n - k] = -im[k];
    }
    fftOf(n).run(i, r);
    x.set(r);
    return;
  }
  const [zr, zi] = [new Float64Array(h), new Float64Array(h)];
  const w = halvesOf(n);
  for (let k = 0; k < h; k++) {
    const j = h - k;
    const [ai, bi] = [k === 0 ? 0 : im[k], k === 0 ? 0 : im[j]];
    const [evenR, evenI] = [re[k] + re[j], ai - bi];
    const [difR, difI] = [re[k] - re[j], ai + bi];
    const [oddR, oddI] = [difR * w.cos[k] - difI * w.sin[k], difI * w.cos[k] + difR * w.sin[k]];
    zr[k] = evenR - oddI;
    zi[k] = evenI + oddR;
  }
  fftOf(h).run(zi, zr);
  for (let k = 0; k < h; k++) {
    x[2 * k] = zr[k];
    x[2 * k + 1] = zi[k];
  }
}
let halves: { n: number; w: Twiddles } | null = null;
/** The roots of order n that join two halves, kept for the next call. */
function halvesOf(n: number): Twiddles {
  if (halves?.n !== n) halves = { n, w: twiddles(n) };
  return halves.w;
}
