// Many draws at once, on a device whose memory the host sees: in the order of fill.ts, to the same bits.
//
// Note [Words in lanes]: a word of mt19937 is made of those 624, 623 and 227 before it. So a kernel that runs in order makes
// any number of them, in an array that begins with the generator's block; others temper the words and make numbers of them.
// Some tens of blocks are made at a time, so that they are still in the cache when they are used, and what is left of
// them for the next number (16 normals take 16 words together) is in the last block, with which the next ones begin.
import type { Dtype } from "../base/dtype.ts";
import { float32, float64, int32, int64, realOf } from "../base/dtype.ts";
import { halfBits, isHalf } from "../kernel/half.ts";
import type { Backend, HostBackend } from "../devices/backend.ts";
import { input, param } from "../kernel/expr.ts";
import type { Expr } from "../kernel/expr.ts";
import { Kernel, operand } from "../kernel/loops.ts";
import type { Launch } from "../kernel/loops.ts";
import { further } from "../kernel/place.ts";
import type { Place } from "../kernel/place.ts";
import {
  areSimple,
  checkBernoulli,
  checkChances,
  checkExponential,
  checkNormal,
  checkUniform,
  integersIn,
  normalFill,
  COS0,
  COS1,
  COS2,
  FOUR_OVER_PI,
  LN2_HIGH,
  LN2_LOW,
  LOG_TERMS,
  PI_4,
  SIN0,
  SIN1,
  SIN2,
  SQRT_HALF,
  TWO_PI,
} from "./fill.ts";
import { M, N } from "./generator.ts";
import type { Generator } from "./generator.ts";

/** Elements side by side that are to be drawn. */
export interface Drawn extends Place {
  readonly backend: Backend;
  readonly dtype: Dtype;
  numel(): number;
}
/** For fewer elements, made of a word or two or of logarithms and the like, the launches are not worth it. */
const [MANY, SOME] = [640, 192];
/** Blocks that are made at a time. */
const BLOCKS = 64;

const mask = (word: Expr, bits: number): Expr =>
  word.and(word.dtype === int64 ? BigInt.asIntN(64, BigInt(bits) * 0x1_0000_0001n) : bits | 0);
const [u, v, far] = [0, 1, 2].map((i) => input(i, int32));
const twisted = mask(mask(u, 0x80000000).or(mask(v, 0x7fffffff)).shr(1), 0x7fffffff);
const NEXT_WORDS = new Kernel({
  inputs: [int32, int32, int32],
  outputs: [{ dtype: int32, value: far.xor(twisted).xor(mask(v.and(1).neg(), 0x9908b0df)) }],
  inOrder: true,
});
/** A word, or two in the halves of an int64, tempered. */
function tempered(word: Expr): Expr {
  let y = word;
  y = y.xor(mask(y.shr(11), 0x1fffff));
  y = y.xor(mask(y.shl(7), 0x9d2c5680));
  y = y.xor(mask(y.shl(15), 0xefc60000));
  return y.xor(mask(y.shr(18), 0x3fff));
}
/** The uniform float32 of a word. */
const single = (word: Expr): Expr =>
  mask(tempered(word), 0xffffff)
    .cast(float32)
    .mul(2 ** -24);
/** The uniform float64 of two words, the first of which is the upper: each as the last bits of a large number, 2^32 apart. */
function double(words: Expr): Expr {
  const both = tempered(words);
  const upper = both
    .and(0x1fffffn)
    .or(0x4530000000000000n)
    .bitcast(float64)
    .sub(2 ** 84);
  const lower = both
    .shr(32)
    .and(0xffffffffn)
    .or(0x4330000000000000n)
    .bitcast(float64)
    .sub(2 ** 52);
  return upper.add(lower).mul(2 ** -53);
}

/** x * y + z rounded once, see Note [Fused multiply-add]. */
type Fma = (x: Expr, y: Expr | number, z: Expr | number) => Expr;
const fused: Fma = (x, y, z) => x.fma(y, z);
const throughDouble: Fma = (x, y, z) =>
  x.cast(float64).mul(x.lift(y).cast(float64)).add(x.lift(z).cast(float64)).cast(float32);
const [FACTOR, ROUNDED] = [1 + 2 ** -12, 1 + 2 ** -11];
const SQUARE = new Kernel({
  inputs: [],
  params: [float32, float32],
  outputs: [{ dtype: float32, value: param(0, float32).fma(param(0, float32), param(1, float32)) }],
});
const fuses = new WeakMap<Backend, boolean>();
/** Whether a device's fused multiply-add rounds once: it is asked for the square of FACTOR less what that is rounded to. */
function roundsOnce(on: HostBackend): boolean {
  let known = fuses.get(on);
  if (known === undefined) {
    const block = on.allocate(4);
    const at = { block, offset: 0 };
    on.launch(SQUARE, { shape: [1], reduced: 0, operands: [operand(at, [1])], params: [FACTOR, -ROUNDED] });
    known = on.host(float32, at, 1)[0] !== 0;
    block.free();
    fuses.set(on, known);
  }
  return known;
}

/** How numbers are made of words. */
interface Recipe {
  /** Words for each, and how many numbers are made together. */
  readonly words: 1 | 2;
  readonly unit: number;
  readonly kernel: Kernel;
  readonly params: readonly (number | bigint)[];
  /** The shape and the operands of a launch for `n` numbers, after so many that are done. */
  readonly operands: (words: Place, done: number, n: number) => Pick<Launch, "shape" | "operands">;
}
const kernels = new Map<string, Kernel>();
function kernelOf(name: string, fma: Fma, make: () => Kernel): Kernel {
  const key = `${name} ${fma === fused}`;
  let kernel = kernels.get(key);
  if (kernel === undefined) kernels.set(key, (kernel = make()));
  return kernel;
}

/** Draws all numbers of the target, and moves the generator behind them. */
function draw({ on, n, g }: Target, { words, unit, kernel, params, operands }: Recipe): void {
  const position = g.position!;
  let ahead = Math.max(0, Math.ceil((n * words - (N - position)) / N));
  const most = Math.min(ahead, BLOCKS);
  // Two words are read at once, and lie as one int64 does.
  const start = words === 2 ? position % 2 : 0;
  const block = on.allocate((start + (1 + most) * N) * 4);
  try {
    const first: Place = { block, offset: start };
    g.copyBlock(on.host(int32, first, N) as Int32Array);
    let at = position;
    let done = 0;
    do {
      const made = Math.min(ahead, most) * N;
      const places = [0, 1, M, N].map((i) => operand(further(first, i), [1]));
      if (made > 0) on.launch(NEXT_WORDS, { shape: [made], reduced: 0, operands: places, params: [] });
      ahead -= made / N;
      const count = ahead === 0 ? n - done : Math.floor((N + made - at) / (words * unit)) * unit;
      const from: Place = { block, offset: (start + at) / words };
      on.launch(kernel, { ...operands(from, done, count), reduced: 0, params });
      done += count;
      at += count * words - made;
      (on.host(int32, first, N + made) as Int32Array).copyWithin(0, made);
    } while (ahead > 0);
    g.moveTo(on.host(int32, first, N) as Int32Array, at);
  } finally {
    block.free();
  }
}

/** Numbers made one by one, each of the elements there of all operands. */
const each =
  (...places: Place[]): Recipe["operands"] =>
  (words, done, n) => ({
    shape: [n],
    operands: [words, ...places.map((p) => further(p, done))].map((p) => operand(p, [1])),
  });
/** Sixteen together, of which the first eight make pairs with the last eight. */
const inPairs =
  (out: Place): Recipe["operands"] =>
  (words, done, n) => {
    const places = [words, further(out, done)].flatMap((p) => [p, further(p, 8)]);
    return { shape: [n / 16, 8], operands: places.map((p) => operand(p, [16, 1])) };
  };

/** What is drawn, where it is worth it and can be done; the two parts of complex numbers each for itself. */
interface Target {
  readonly on: HostBackend;
  readonly dtype: Dtype;
  readonly out: Place;
  readonly n: number;
  readonly fma: Fma;
  readonly g: Generator;
}
function targetOf(to: Drawn, g: Generator, least = MANY): Target | null {
  const { backend, block, offset } = to;
  const parts = to.dtype.is_complex ? 2 : 1;
  const n = to.numel() * parts;
  if (n < least || g.position === null || !("host" in backend)) return null;
  const on = backend as HostBackend;
  const dtype = realOf(to.dtype);
  const once = roundsOnce(on);
  // There is no exact one of float64 in lanes without.
  if (!once && dtype === float64) return null;
  return { on, dtype, out: { block, offset: offset * parts }, n, fma: once ? fused : throughDouble, g };
}
/** What floats of a dtype are computed in, and the uniform number of input `k`, with the dtype of its words. */
const inner = (dtype: Dtype): Dtype => (dtype === float64 ? float64 : float32);
const wordsOf = (dtype: Dtype): 1 | 2 => (dtype === float64 ? 2 : 1);
const wordType = (dtype: Dtype): Dtype => (dtype === float64 ? int64 : int32);
const uniform = (dtype: Dtype, k = 0): Expr => (dtype === float64 ? double(input(k, int64)) : single(input(k, int32)));

/** As uniformFill; false, and nothing was done, where that is to do it. */
export function uniformInLanes(to: Drawn, from: number, below: number, g: Generator): boolean {
  const target = targetOf(to, g);
  if (target === null) return false;
  const { dtype, fma } = target;
  const d = inner(dtype);
  checkUniform(d === float32, from, below);
  const kernel = kernelOf(`uniform ${dtype.name}`, fma, () => {
    const [low, range, high] = [0, 1, 2].map((i) => param(i, d));
    const held = (x: Expr): Expr => x.cast(dtype).cast(d);
    const x = held(fma(uniform(d), range, low));
    const value = x.eq(held(high)).where(low, x).cast(dtype);
    return new Kernel({ inputs: [wordType(d)], params: [d, d, d], outputs: [{ dtype, value }] });
  });
  const round = d === float32 ? Math.fround : (x: number): number => x;
  const params = [round(from), round(round(below) - round(from)), round(below)];
  draw(target, { words: wordsOf(d), unit: 1, kernel, params, operands: each(target.out) });
  return true;
}

/** As normalFill where elements lie in row-major order. */
export function normalInLanes(to: Drawn, mean: number, std: number, g: Generator): boolean {
  const target = targetOf(to, g, SOME);
  if (target === null) return false;
  checkNormal(std);
  const { on, dtype, fma, n, out } = target;
  const d = inner(dtype);
  const words = wordsOf(d);
  const kernel = kernelOf(`normal ${dtype.name}`, fma, () => {
    const pair = (d === float64 ? pair64 : pair32)(uniform(d, 0), uniform(d, 1), fma);
    const outputs = pair.map((x) => ({ dtype, value: fma(x, param(1, d), param(0, d)).cast(dtype) }));
    return new Kernel({ inputs: [wordType(d), wordType(d)], params: [d, d], outputs });
  });
  const round = d === float32 ? Math.fround : (x: number): number => x;
  const rest = n % 16;
  const params = [round(mean), round(std)];
  draw({ ...target, n: n - rest }, { words, unit: 16, kernel, params, operands: inPairs(out) });
  if (rest === 0) return true;
  // The last sixteen again, after what the rest would have been made of.
  if (!isHalf(dtype)) for (let i = 0; i < rest * words; i++) g.random();
  const last = d === float64 ? new Float64Array(16) : new Float32Array(16);
  normalFill(last, mean, std, g);
  on.upload(dtype, further(out, n - 16), isHalf(dtype) ? Uint16Array.from(last, (x) => halfBits(x, dtype)) : last);
  return true;
}
function pair64(first: Expr, second: Expr): Expr[] {
  const radius = first.neg().add(1).log().mul(-2).sqrt();
  const angle = second.mul(2 * Math.PI);
  return [radius.mul(angle.cos()), radius.mul(angle.sin())];
}
/** See normalBlock32 in fill.ts, which does the same in the same order. */
function pair32(first: Expr, second: Expr, fma: Fma): Expr[] {
  const radius = log32(first.neg().add(1), fma).mul(-2).sqrt();
  const angle = second.mul(TWO_PI);
  const octant = angle.mul(FOUR_OVER_PI).cast(int32).add(1).and(~1);
  const turn = octant.cast(float32);
  const rest = PI_4.reduce((x, part) => fma(turn, -part, x), angle);
  const z = rest.mul(rest);
  const c = fma(fma(z.lift(COS0), z, COS1), z, COS2).mul(z);
  const cosine = fma(c, z, z.mul(-0.5)).add(1);
  const s = fma(fma(z.lift(SIN0), z, SIN1), z, SIN2).mul(z);
  const sine = fma(s, rest, rest);
  const isSwapped = octant.and(2).ne(0);
  const signed = (x: Expr, octants: Expr): Expr => x.bitcast(int32).xor(octants.and(4).shl(29)).bitcast(float32);
  return [
    radius.mul(signed(isSwapped.where(sine, cosine), octant.add(2))),
    radius.mul(signed(isSwapped.where(cosine, sine), octant)),
  ];
}
function log32(x: Expr, fma: Fma): Expr {
  const bits = x.bitcast(int32);
  const fraction = bits.and(0x007fffff).or(0x3f000000).bitcast(float32);
  const isLow = fraction.lt(SQRT_HALF);
  const exponent = bits.shr(23).sub(126).sub(isLow.cast(int32)).cast(float32);
  const m = isLow.where(fraction.add(fraction), fraction).sub(1);
  const z = m.mul(m);
  const [highest, ...lower] = LOG_TERMS;
  const sum = lower.reduce((y, term) => fma(y, m, term), m.lift(highest));
  const y = fma(sum.mul(m), z, exponent.mul(LN2_LOW)).sub(z.mul(0.5));
  return fma(exponent, LN2_HIGH, m.add(y));
}

/** As bernoulliFill with one p. */
export function bernoulliInLanes(to: Drawn, p: number, g: Generator): boolean {
  const target = targetOf(to, g);
  if (target === null) return false;
  checkBernoulli(p);
  const { dtype } = target;
  const kernel = kernelOf(`bernoulli ${dtype.name}`, fused, () => {
    const value = uniform(float64).lt(param(0, float64)).cast(dtype);
    return new Kernel({ inputs: [int64], params: [float64], outputs: [{ dtype, value }] });
  });
  draw(target, { words: 2, unit: 1, kernel, params: [p], operands: each(target.out) });
  return true;
}

/** As bernoulliFill with a float32 p for each element; p lie as the elements do. */
export function bernoulliByInLanes(to: Drawn, p: Drawn, g: Generator): boolean {
  const target = p.dtype === float32 ? targetOf(to, g) : null;
  if (target === null) return false;
  checkChances(target.on.host(float32, p, target.n) as Float32Array);
  const { dtype, out } = target;
  const kernel = kernelOf(`bernoulli by float32 ${dtype.name}`, fused, () => {
    const value = uniform(float32).lt(input(1, float32)).cast(dtype);
    return new Kernel({ inputs: [int32, float32], outputs: [{ dtype, value }] });
  });
  draw(target, { words: 1, unit: 1, kernel, params: [], operands: each(p, out) });
  return true;
}

/** As exponentialFill. */
export function exponentialInLanes(to: Drawn, lambda: number, g: Generator): boolean {
  const target = targetOf(to, g, SOME);
  if (target === null) return false;
  checkExponential(lambda);
  const { dtype } = target;
  const kernel = kernelOf(`exponential ${dtype.name}`, fused, () => {
    const value = uniform(float64).neg().log1p().mul(param(0, float64)).cast(dtype);
    return new Kernel({ inputs: [int64], params: [float64], outputs: [{ dtype, value }] });
  });
  draw(target, { words: 2, unit: 1, kernel, params: [-1 / lambda], operands: each(target.out) });
  return true;
}

/** As randintFill. */
export function randintInLanes(to: Drawn, low: number | bigint, high: number | bigint, g: Generator): boolean {
  const target = areSimple(low, high) ? targetOf(to, g) : null;
  if (target === null) return false;
  const { dtype } = target;
  const { from, range } = integersIn(low, high, dtype);
  const kernel = kernelOf(`integers ${dtype.name}`, fused, () => {
    const word = tempered(input(0, int32)).cast(int64).and(0xffffffffn).or(0x4330000000000000n);
    const x = word.bitcast(float64).sub(2 ** 52);
    const [n, start] = [param(0, float64), param(1, dtype.is_floating_point ? float64 : int64)];
    // The quotient of whole numbers below 2^32 is no whole number where it is rounded.
    const rest = x.sub(x.div(n).floor().mul(n));
    const value = dtype.is_floating_point
      ? rest.add(start)
      : rest
          .add(2 ** 52)
          .bitcast(int64)
          .and(0xffffffffn)
          .add(start);
    return new Kernel({
      inputs: [int32],
      params: [float64, start.dtype],
      outputs: [{ dtype, value: value.cast(dtype) }],
    });
  });
  draw(target, { words: 1, unit: 1, kernel, params: [Number(range), Number(from)], operands: each(target.out) });
  return true;
}
