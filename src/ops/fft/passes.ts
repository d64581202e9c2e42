// Discrete Fourier transforms by kernels, n log n for every length.
//
// Note [Planes]: what is transformed lies as [2, n, lanes]: its real parts and its imaginary parts, and transforms beside each
// other, so that every pass runs along neighbours. Lengths of small prime factors go by Stockham's mixed-radix passes, which
// need no reordering; any other by Bluestein's chirp, a convolution of a length that has small factors only. Where there are
// few transforms to stand beside each other, a length is a matrix: its columns are transformed, which are neighbours, then,
// turned, its rows. Sources: C. Van Loan, Computational Frameworks for the Fast Fourier Transform, 1992; L. Bluestein, A linear
// filtering approach to the computation of the DFT, 1970; D. Bailey, FFTs in external or hierarchical memory, 1990.
import { type Dtype, float64 } from "../../base/dtype.ts";
import { getDevice, onDevice } from "../../devices/registry.ts";
import { constant, input, param } from "../../kernel/expr.ts";
import type { Expr } from "../../kernel/expr.ts";
import { Kernel, operand } from "../../kernel/loops.ts";
import type { Operand } from "../../kernel/loops.ts";
import { further } from "../../kernel/place.ts";
import { empty, keptOn } from "../../tensor/allocate.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { fromTyped } from "../creation/from_data.ts";

type Complex = readonly [re: Expr, im: Expr];
const plus = ([a, b]: Complex, [c, d]: Complex): Complex => [a.add(c), b.add(d)];
const minus = ([a, b]: Complex, [c, d]: Complex): Complex => [a.sub(c), b.sub(d)];
/** Times e^(-ix), of which cos and sin are given. */
export const turned = ([a, b]: Complex, cos: Expr, sin: Expr): Complex => [
  a.mul(cos).add(b.mul(sin)),
  b.mul(cos).sub(a.mul(sin)),
];
/** Times -i. */
const quarter = ([a, b]: Complex): Complex => [b, a.neg()];

/** Σ_a x[a] e^(-2πi ab/r) for every b below r. */
function butterfly(x: readonly Complex[]): Complex[] {
  const r = x.length;
  if (r === 2) return [plus(x[0], x[1]), minus(x[0], x[1])];
  if (r % 2 === 0) {
    const [even, odd] = [0, 1].map((k) => butterfly(x.filter((_, a) => a % 2 === k)));
    const root = roots(r);
    const by = (z: Complex, b: number): Complex => {
      if (b === 0) return z;
      if (4 * b === r) return quarter(z);
      const dtype = z[0].dtype;
      return turned(z, constant(root.cos[b], dtype), constant(root.sin[b], dtype));
    };
    const turns = odd.map(by);
    return [...even.map((z, b) => plus(z, turns[b])), ...even.map((z, b) => minus(z, turns[b]))];
  }
  // An odd radix: pairs of points that lie opposite meet as sums and differences first.
  const root = roots(r);
  const pairs = Array.from({ length: (r - 1) / 2 }, (_, a) => [
    plus(x[a + 1], x[r - 1 - a]),
    minus(x[a + 1], x[r - 1 - a]),
  ]);
  const out: Complex[] = [pairs.reduce((sum, [s]) => plus(sum, s), x[0])];
  for (let b = 1; b <= pairs.length; b++) {
    let [u, v] = [x[0], null as Complex | null];
    for (const [a, [sum, difference]] of pairs.entries()) {
      const [cos, sin] = [root.cos, root.sin].map((w) => w[((a + 1) * b) % r]);
      u = [sum[0].fma(cos, u[0]), sum[1].fma(cos, u[1])];
      const [re, im] = quarter(difference);
      v = v === null ? [re.mul(sin), im.mul(sin)] : [re.fma(sin, v[0]), im.fma(sin, v[1])];
    }
    out[b] = plus(u, v!);
    out[r - b] = minus(u, v!);
  }
  return out;
}
const kernels = new Map<string, Kernel>();
function cached(key: string, make: () => Kernel): Kernel {
  let kernel = kernels.get(key);
  if (kernel === undefined) kernels.set(key, (kernel = make()));
  return kernel;
}
/** Of `count` complex inputs, and cosines and sines after them, and of a scale where there is one. */
export function kernelOf(
  name: string,
  dtype: Dtype,
  count: number,
  angles: number,
  body: Body,
  isScaled = false,
): Kernel {
  return cached([name, dtype.code, count, angles].join(), () => {
    const inputs = Array.from({ length: 2 * (count + angles) }, () => dtype);
    const all = inputs.map((_, i) => input(i, dtype));
    const pairs = Array.from({ length: count + angles }, (_, i): Complex => [all[2 * i], all[2 * i + 1]]);
    const values = body(pairs.slice(0, count), pairs.slice(count), param(0, dtype)).flat();
    return new Kernel({
      inputs,
      params: isScaled ? [dtype] : [],
      outputs: values.map((value) => ({ dtype: value.dtype, value })),
    });
  });
}
/** The same of one input of any dtype. */
export const ofNumbers = (body: (x: Expr) => readonly Expr[]): ((dtype: Dtype) => Kernel) => {
  const made = new Map<Dtype, Kernel>();
  return (dtype) => {
    let kernel = made.get(dtype);
    if (kernel === undefined) {
      const outputs = body(input(0, dtype)).map((value) => ({ dtype: value.dtype, value }));
      made.set(dtype, (kernel = new Kernel({ inputs: [dtype], outputs })));
    }
    return kernel;
  };
};
export const same = ofNumbers((x) => [x]);
export type Body = (x: readonly Complex[], angles: readonly Complex[], scale: Expr) => readonly (readonly Expr[])[];

/** cos and sin of 2πk/n for k below n, each from an angle in the first octant, so that none is off by a rounded 2πk/n. */
interface Roots {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}
export function roots(n: number): Roots {
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
  for (const r of [8, 4, 2, 3, 5, 7, 11, LARGEST_RADIX])
    while (n % r === 0) {
      found.push(r);
      n /= r;
    }
  return n === 1 ? found : null;
}
/** The least number not below `n` of factors 2, 3 and 5. */
function smooth(n: number): number {
  let best = Infinity;
  for (let five = 1; five < 2 * n; five *= 5)
    for (let three = five; three < 2 * n; three *= 3)
      best = Math.min(best, three * 2 ** Math.max(0, Math.ceil(Math.log2(n / three))));
  return best;
}

/** A table of cosines and sines [2, …] by what they are of. */
export function tableOf(
  name: string,
  { backend, dtype }: Tensor,
  make: () => readonly [Float64Array, Float64Array],
): Tensor {
  return keptOn(backend, `fft ${name} ${dtype.code}`, () => {
    const [cos, sin] = make();
    const both = new Float64Array(2 * cos.length);
    both.set(cos);
    both.set(sin, cos.length);
    return fromTyped(both, [2, cos.length], dtype);
  });
}
/** The two planes of a tensor [2, …] from element `at` of each on. */
export const planes = (t: Tensor, strides: readonly number[], at = 0): Operand[] => [
  operand(further(t, at), strides),
  operand(further(t, at + t.strides[0]), strides),
];
export const alike = (t: Tensor, shape: readonly number[]): Tensor => empty(shape, t.dtype, undefined, t.backend);
export function launch(
  on: Tensor,
  kernel: Kernel,
  shape: readonly number[],
  operands: readonly Operand[],
  scale?: number,
): void {
  on.backend.launch(kernel, { shape, reduced: 0, operands, params: scale === undefined ? [] : [scale] });
}

const pass: Body = (x, angles) => {
  const out = butterfly(x);
  const first = out.length - angles.length;
  return out.map((z, b) => (b < first ? z : turned(z, ...angles[b - first])));
};
/** A pass: where its operands begin, of planes whose blocks come with each launch, and the tables. */
interface Pass {
  readonly kernel: Kernel;
  readonly shape: readonly number[];
  readonly from: readonly Part[];
  readonly angles: readonly Operand[];
  readonly to: readonly Part[];
}
interface Part {
  readonly at: number;
  readonly strides: readonly number[];
}
/**
 * Passes over [2, n, lanes]. With s transforms done beside each other and m · r points left in each,
 * y[q + s(rp + b)] = w^(pb) Σ_a x[q + s(p + ma)] e^(-2πi ab/r), where w is the root of unity of order m · r. The last one,
 * where w is 1, multiplies each of `after`'s n numbers into as many lanes as it leaves.
 */
function passesOf(x: Tensor, n: number, lanes: number, factors: readonly number[], after: Tensor | null): Pass[] {
  let [left, s] = [n, lanes];
  return factors.map((r) => {
    left /= r;
    const points = Array.from({ length: r }, (_, k) => k);
    let angles: Operand[] = [];
    let shape = [left, s];
    let strides = (p: number): number[] => [p, 1];
    if (left > 1) {
      const [order, m] = [left * r, left];
      const table = tableOf(`pass ${order} ${r}`, x, () => {
        const w = roots(order);
        const of = (y: Float64Array): Float64Array =>
          Float64Array.from({ length: (r - 1) * m }, (_, i) => y[(i % m) * (1 + Math.floor(i / m))]);
        return [of(w.cos), of(w.sin)];
      });
      angles = points.slice(1).flatMap((b) => planes(table, [1, 0], (b - 1) * m));
    } else if (after !== null) {
      const many = after.sizes[1] / r;
      const each = s / many;
      shape = [many, each];
      strides = () => [each, 1];
      angles = points.flatMap((b) => planes(after, [1, 0], b * many));
    }
    const parts = (row: number, step: number): Part[] => {
      const lie = strides(step);
      return points.flatMap((k) => [0, n * lanes].map((plane) => ({ at: plane + k * row, strides: lie })));
    };
    const made: Pass = {
      kernel: kernelOf("pass", x.dtype, r, angles.length / 2, pass),
      shape,
      from: parts(s * left, s),
      angles,
      to: parts(s, r * s),
    };
    s *= r;
    return made;
  });
}
function stockham(x: Tensor, n: number, lanes: number, factors: readonly number[], after: Tensor | null): Tensor {
  const key = `fft ${n} ${lanes} ${after === null ? "" : after.sizes[1]} ${x.dtype.code}`;
  const passes = keptOn(x.backend, key, () => passesOf(x, n, lanes, factors, after));
  const at =
    (t: Tensor) =>
    (part: Part): Operand =>
      operand(further(t, part.at), part.strides);
  let [from, spare] = [x, null as Tensor | null];
  for (const { kernel, shape, from: read, angles, to: written } of passes) {
    const to = spare ?? alike(x, [2, n, lanes]);
    launch(x, kernel, shape, [...read.map(at(from)), ...angles, ...written.map(at(to))]);
    spare = from === x ? null : from;
    from = to;
  }
  return from;
}

/** Fewer lanes than these are not worth a pass along them. */
const LANES = 8;
/** The transforms X[k] = Σ x[j] e^(-2πi jk/n) of [2, n, lanes], which stays as it is. */
export function transformed(x: Tensor): Tensor {
  const [, n, lanes] = x.sizes;
  const factors = radices(n);
  if (factors === null) return bluestein(x, n, lanes);
  if (lanes >= LANES || n < LANES * LANES) return stockham(x, n, lanes, factors, null);
  // As square as the factors allow.
  const rows: number[] = [];
  const columns: number[] = [];
  let [n1, n2] = [1, 1];
  for (const r of factors)
    if (n1 <= n2) {
      columns.push(r);
      n1 *= r;
    } else {
      rows.push(r);
      n2 *= r;
    }
  const after = tableOf(`after ${n1} ${n2}`, x, () => {
    const w = roots(n);
    const of = (y: Float64Array): Float64Array =>
      Float64Array.from({ length: n }, (_, i) => y[(Math.floor(i / n2) * (i % n2)) % n]);
    return [of(w.cos), of(w.sin)];
  });
  const first = stockham(x, n1, n2 * lanes, columns, after);
  const turnedOver = alike(x, [2, n2, n1, lanes]);
  const across = operand(first, [n * lanes, lanes, n2 * lanes, 1]);
  launch(x, same(x.dtype), turnedOver.sizes, [across, operand(turnedOver, turnedOver.strides)]);
  return stockham(turnedOver, n2, n1 * lanes, rows, null).view([2, n, lanes]);
}

const times: Body = ([x], [w]) => [turned(x, ...w)];
/** jk = (j² + k² - (k - j)²) / 2 makes the transform a convolution with the chirp e^(πi k²/n). */
function bluestein(x: Tensor, n: number, lanes: number): Tensor {
  const size = smooth(2 * n - 1);
  // k² mod 2n without leaving the exact integers.
  const chirped = (): [Float64Array, Float64Array] => {
    const { cos, sin } = roots(2 * n);
    const at = Float64Array.from({ length: n }, (_, k) => Number((BigInt(k) * BigInt(k)) % BigInt(2 * n)));
    return [at.map((k) => cos[k]), at.map((k) => sin[k])];
  };
  const chirp = tableOf(`chirp ${n}`, x, chirped);
  // The transformed chirp's conjugate, which `times` conjugates, divided by the size.
  const filter = tableOf(`filter ${n}`, x, () => {
    const whole = [new Float64Array(size), new Float64Array(size)];
    for (const [part, values] of chirped().entries())
      for (let k = 0; k < n; k++) for (const at of k === 0 ? [0] : [k, size - k]) whole[part][at] = values[k] / size;
    return spectrum(whole[0], whole[1]);
  });
  const by = kernelOf("times", x.dtype, 1, 1, times);
  const padded = alike(x, [2, size, lanes]);
  padded.narrow(1, n, size - n).zero_();
  launch(x, by, [n, lanes], [...planes(x, [lanes, 1]), ...planes(chirp, [1, 0]), ...planes(padded, [lanes, 1])]);
  const there = transformed(padded);
  // Back by a transform with the parts' roles changed.
  const [re, im] = planes(padded, [lanes, 1]);
  launch(x, by, [size, lanes], [...planes(there, [lanes, 1]), ...planes(filter, [1, 0]), im, re]);
  const [imag, real] = planes(transformed(padded), [lanes, 1]);
  const out = alike(x, [2, n, lanes]);
  launch(x, by, [n, lanes], [real, imag, ...planes(chirp, [1, 0]), ...planes(out, [lanes, 1])]);
  return out;
}
/** The transform of a table, turned the other way; in float64, on the host. */
function spectrum(re: Float64Array, im: Float64Array): [Float64Array, Float64Array] {
  const n = re.length;
  const values = onDevice(getDevice("cpu"), () => {
    const both = empty([2, n, 1], float64);
    both.select(0, 0).copy_(fromTyped(re, [n, 1], float64));
    both.select(0, 1).copy_(fromTyped(im, [n, 1], float64));
    return (transformed(both).host() as Float64Array).slice();
  });
  return [values.subarray(0, n), values.subarray(n).map((y) => -y)];
}
