// Fills typed arrays from a Generator in the order of draws of PyTorch 2.13's CPU kernels
// (ATen/native/cpu/DistributionTemplates.h, MultinomialKernel.cpp). Knows nothing of tensors.
//
// Note [Fused multiply-add]: PyTorch's build rounds a * b + c once. For float32 operands the product is exact in
// float64, so fround(a * b + c) is the same, but for about one sum in 2^29 that lands half way; float64 needs `fma`.
import { fma } from "../base/fma.ts";
import * as dtypes from "../base/dtype.ts";
import { float32 } from "../base/dtype.ts";
import type { Dtype, TypedArray } from "../base/dtype.ts";
import { NotImplementedError, RuntimeError, warn } from "../base/errors.ts";
import { streamed } from "../base/cpp_names.ts";
import { halfBits, isHalf } from "../kernel/half.ts";
import type { Generator } from "./generator.ts";

export type FloatArray = Float32Array | Float64Array;
const f32 = Math.fround;
const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;

/**
 * Uniform numbers in [from, to), as `Tensor.uniform_`; bit for bit PyTorch's. What is rounded to `to`, in the 16-bit float
 * that float32 is drawn for if `dtype` is one, becomes `from`.
 * Raises RuntimeError if from > to, or if a bound or their difference is no finite number of the dtype.
 * @example
 * uniformFill(new Float32Array(3), 0, 1, manual_seed(0)); // 0.4963, 0.7682, 0.0885
 */
export function uniformFill(out: FloatArray, from: number, to: number, g: Generator, dtype: Dtype = float32): void {
  const single = out instanceof Float32Array;
  checkUniform(single, from, to);
  if (single) {
    const [low, high] = [f32(from), f32(to)];
    const range = f32(high - low);
    const below = isHalf(dtype) ? halfBits(high, dtype) : null;
    for (let i = 0; i < out.length; i++) {
      const x = f32((g.random() & 0xffffff) * 2 ** -24 * range + low); // Note [Fused multiply-add]
      out[i] = x === high || (below !== null && halfBits(x, dtype) === below) ? low : x;
    }
  } else {
    const range = to - from;
    for (let i = 0; i < out.length; i++) {
      const x = from === 0 ? g.randomDouble() * range : fma(g.randomDouble(), range, from);
      out[i] = x === to ? from : x;
    }
  }
}

/** What {@link uniformFill} raises. */
export function checkUniform(single: boolean, from: number, to: number): void {
  const max = single ? FLOAT32_MAX : Number.MAX_VALUE;
  for (const [name, bound] of [
    ["from", from],
    ["to", to],
  ] as const)
    check(Math.abs(bound) <= max, () => `${name} is out of bounds for ${single ? "float" : "double"}`);
  check(
    from <= to,
    () => `uniform_ expects to return a [from, to) range, but found from=${streamed(from)} > to=${streamed(to)}`,
  );
  check(
    to - from <= max,
    () =>
      `uniform_ expects to-from <= std::numeric_limits<${single ? "Float" : "Double"}>::max(), but found ` +
      `to=${streamed(to)} and from=${streamed(from)} which result in to-from to exceed the limit`,
  );
}

/**
 * Normal numbers, as `Tensor.normal_`. Below 16 elements one at a time by Box and Muller in float64, the second of a
 * pair kept in the generator; from 16 on in blocks of 16, of which the last is drawn again, at the end of `out`, if
 * the size is no multiple of 16. For 16-bit floats (`half`, `out` then as float32) the part that is drawn again is not
 * drawn before. Raises RuntimeError for std < 0.
 */
export function normalFill(out: FloatArray, mean: number, std: number, g: Generator, half = false): void {
  if (out.length < 16) return normalFillSingly(out, mean, std, g);
  checkNormal(std);
  const uniform = (x: FloatArray): void => uniformFill(x, 0, 1, g);
  const block = (offset: number): void => {
    if (out instanceof Float32Array) normalBlock32(out, offset, f32(mean), f32(std));
    else normalBlock64(out, offset, mean, std);
  };
  uniform(half ? out.subarray(0, out.length - (out.length % 16)) : out);
  for (let i = 0; i + 16 <= out.length; i += 16) block(i);
  if (out.length % 16 === 0) return;
  const last = out.length - 16;
  uniform(out.subarray(last));
  block(last);
}

/** {@link normalFill} one at a time, however many: what PyTorch does where elements do not lie in row-major order. */
export function normalFillSingly(out: FloatArray, mean: number, std: number, g: Generator): void {
  checkNormal(std);
  for (let i = 0; i < out.length; i++) out[i] = fma(normalDouble(g), std, mean);
}

/** What {@link normalFill} raises. */
export function checkNormal(std: number): void {
  check(std >= 0, () => `normal expects std >= 0.0, but found std ${streamed(std)}`);
}

/** A normal number by Box and Muller; the second of a pair is kept in the generator. */
export function normalDouble(g: Generator): number {
  const kept = g.next_double_normal_sample;
  g.next_double_normal_sample = null;
  if (kept !== null) return kept;
  const theta = 2 * Math.PI * g.randomDouble();
  const radius = Math.sqrt(-2 * Math.log1p(-g.randomDouble()));
  g.next_double_normal_sample = radius * Math.sin(theta);
  return radius * Math.cos(theta);
}

/** Box and Muller on 16 uniform numbers: x[j] gives the radius and x[j + 8] the angle of a pair. */
function normalBlock64(x: Float64Array, offset: number, mean: number, std: number): void {
  for (let j = offset; j < offset + 8; j++) {
    const radius = Math.sqrt(-2 * Math.log(1 - x[j]));
    const theta = 2 * Math.PI * x[j + 8];
    x[j] = fma(radius * Math.cos(theta), std, mean);
    x[j + 8] = fma(radius * Math.sin(theta), std, mean);
  }
}

// The float32 block is vectorised in PyTorch, with polynomials for log, sin and cos (Cephes' logf and sinf). They
// are evaluated here in the same order and with the same roundings, so that the bits agree; Note [Fused multiply-add].
export const TWO_PI = f32(2 * Math.PI);
export const FOUR_OVER_PI = f32(4 / Math.PI);
export const SQRT_HALF = f32(Math.SQRT1_2);
// prettier-ignore
export const LOG_TERMS = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1,
  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(f32);
export const [LN2_HIGH, LN2_LOW] = [0.693359375, f32(-2.1219444e-4)]; // their sum is ln 2
export const PI_4 = [0.78515625, 2.4187564849853515625e-4, 3.774894977445941e-8].map(f32); // their sum is pi / 4
export const [SIN0, SIN1, SIN2] = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(f32);
export const [COS0, COS1, COS2] = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(f32);
const asFloat = new Float32Array(1);
const asBits = new Int32Array(asFloat.buffer);

function normalBlock32(x: Float32Array, offset: number, mean: number, std: number): void {
  for (let j = offset; j < offset + 8; j++) {
    const radius = f32(Math.sqrt(f32(-2 * log32(f32(1 - x[j])))));
    const theta = f32(TWO_PI * x[j + 8]);
    // The angle as an even number of octants and a rest in [-pi/4, pi/4].
    const octant = (Math.trunc(f32(theta * FOUR_OVER_PI)) + 1) & ~1;
    let rest = f32(theta - octant * PI_4[0]);
    rest = f32(rest - octant * PI_4[1]);
    rest = f32(rest - octant * PI_4[2]);
    const z = f32(rest * rest);
    let c = f32(f32(f32(COS0 * z + COS1) * z + COS2) * z);
    c = f32(f32(c * z - 0.5 * z) + 1);
    let s = f32(f32(f32(SIN0 * z + SIN1) * z + SIN2) * z);
    s = f32(s * rest + rest);
    const swap = (octant & 2) !== 0;
    const sine = ((octant & 4) === 0 ? 1 : -1) * (swap ? c : s);
    const cosine = (((octant + 2) & 4) === 0 ? 1 : -1) * (swap ? s : c);
    x[j] = f32(f32(radius * cosine) * std + mean);
    x[j + 8] = f32(f32(radius * sine) * std + mean);
  }
}

/** log of x in (0, 1], for normal float32 numbers. */
function log32(x: number): number {
  asFloat[0] = x;
  let exponent = (asBits[0] >>> 23) - 126;
  asBits[0] = (asBits[0] & 0x007fffff) | 0x3f000000;
  let m = asFloat[0]; // in [1/2, 1); then shifted to [sqrt(1/2), sqrt(2)) - 1
  if (m < SQRT_HALF) {
    exponent -= 1;
    m = 2 * m - 1;
  } else m -= 1;
  const z = f32(m * m);
  let y = LOG_TERMS[0];
  for (let i = 1; i < LOG_TERMS.length; i++) y = f32(y * m + LOG_TERMS[i]);
  y = f32(f32(y * m) * z + f32(exponent * LN2_LOW));
  y = f32(y - 0.5 * z);
  return f32(f32(m + y) + exponent * LN2_HIGH);
}

/**
 * Integers in [low, high), as `Tensor.random_(low, high)` and `torch.randint`. `dtype` need only be given where the
 * array does not tell it (bool). Raises RuntimeError if low >= high or if the dtype cannot hold them; warns where
 * float32 or float64 cannot tell all of them apart.
 * @example
 * randintFill(new BigInt64Array(3), 0, 10, manual_seed(0)); // 4n, 9n, 3n
 */
export function randintFill(
  out: TypedArray,
  low: number | bigint,
  high: number | bigint,
  g: Generator,
  dtype: Dtype = dtypeOf(out),
): void {
  const { from, range } = integersIn(low, high, dtype);
  if (areSimple(low, high)) {
    const [n, start] = [Number(range), Number(from)];
    fillWith(out, () => remainder(g.random(), n) + start);
  } else {
    const draw = (): bigint => ((range < FEW ? BigInt(g.random()) : g.random64()) % range) + from;
    if (out instanceof BigInt64Array) for (let i = 0; i < out.length; i++) out[i] = draw();
    else fillWith(out, () => Number(draw()));
  }
}
/** From so many on 32 bits would favour the small remainders. */
const FEW = 2n ** 28n;
/** Whether integers from [low, high) are few, and safe as numbers. */
export const areSimple = (low: number | bigint, high: number | bigint): boolean =>
  BigInt(high) - BigInt(low) < FEW && Number.isSafeInteger(Number(low));
/** The first of the integers that {@link randintFill} draws from, and how many there are. Raises and warns as it does. */
export function integersIn(low: number | bigint, high: number | bigint, dtype: Dtype): { from: bigint; range: bigint } {
  let [from, to] = [BigInt(low), BigInt(high)];
  check(from < to, () => `random_ expects 'from' to be less than 'to', but got from=${from} >= to=${to}`);
  if (dtype.is_floating_point) {
    from = roundUp(from, dtype);
    to = roundDown(to, dtype);
    check(from < to, () => {
      const got = `but got from=${from} >= to=${to}`;
      return `random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, ${got}`;
    });
  }
  checkHeld(from, "from", dtype);
  checkHeld(to - 1n, "to - 1", dtype);
  return { from, range: to - from };
}

/** Integers from 0 to the largest of the dtype, to 2^24 in float32 and to 2^53 in float64, as `Tensor.random_()`. */
export function randomFill(out: TypedArray, dtype: Dtype, g: Generator): void {
  if (out instanceof BigInt64Array) {
    const words = new Int32Array(out.buffer, out.byteOffset, 2 * out.length);
    for (let i = 0; i < words.length; i += 2) {
      words[i + 1] = g.random() & 0x7fffffff;
      words[i] = g.random();
    }
  } else if (dtype === dtypes.float64) fillWith(out, () => Number(g.random64() % (2n ** 53n + 1n)));
  else {
    const range = Number(largestRandom(dtype)) + 1;
    fillWith(out, () => g.random() % range);
  }
}

/**
 * The numbers 0 to n - 1 in random order, as `torch.randperm`. Raises RuntimeError for n < 0, NotImplementedError from
 * 2^32 / 20 on, where PyTorch draws differently.
 * @example
 * randperm(4, manual_seed(0)); // 0n, 1n, 3n, 2n
 */
export function randperm(n: number, g: Generator): BigInt64Array {
  check(n >= 0, () => `Trying to create tensor with negative dimension ${n}: [${n}]`);
  if (n >= 214748364)
    throw new NotImplementedError(`randperm: not implemented for 214748364 and more elements, got ${n}`);
  const out = new BigInt64Array(n);
  const order = new Uint32Array(out.buffer); // the lower halves
  for (let i = 0; i < n; i++) order[2 * i] = i;
  for (let i = 0; i < n - 1; i++) {
    const j = i + remainder(g.random(), n - i);
    const last = order[2 * i];
    order[2 * i] = order[2 * j];
    order[2 * j] = last;
  }
  return out;
}

/**
 * x % n for whole numbers below 2^32, which engines have no fast code for beyond 2^31. A quotient that is no whole number
 * is not rounded to one.
 */
const remainder = (x: number, n: number): number => x - Math.floor(x / n) * n;

/**
 * Ones with probability p, else zeros, as `Tensor.bernoulli_(p)`, dropout's mask among them (with 1 - p). An array of
 * p, one for each element, is `torch.bernoulli`: a Float32Array then takes 32 bits a draw, all else 64.
 * Raises RuntimeError for a p outside [0, 1].
 */
export function bernoulliFill(out: TypedArray, p: number | FloatArray, g: Generator): void {
  if (typeof p === "number") {
    checkBernoulli(p);
    fillWith(out, () => Number(g.randomDouble() < p));
    return;
  }
  checkChances(p);
  if (p instanceof Float32Array) fillWith(out, (i) => Number((g.random() & 0xffffff) * 2 ** -24 < p[i]));
  else fillWith(out, (i) => Number(g.randomDouble() < p[i]));
}

/** What {@link bernoulliFill} raises for chances. */
export function checkChances(p: FloatArray): void {
  let wrong = 0;
  while (wrong < p.length && p[wrong] >= 0 && p[wrong] <= 1) wrong++;
  check(
    wrong === p.length,
    () =>
      "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)\n" +
      `bernoulli: element ${wrong} of the probabilities is ${p[wrong]}`,
  );
}

/** What {@link bernoulliFill} raises for a p. */
export function checkBernoulli(p: number): void {
  check(p >= 0 && p <= 1, () => `bernoulli_ expects p to be in [0, 1], but got p=${streamed(p)}`);
}

/** Exponentially distributed numbers, as `Tensor.exponential_`. Raises RuntimeError unless lambda > 0. */
export function exponentialFill(out: FloatArray, lambda: number, g: Generator): void {
  checkExponential(lambda);
  fillWith(out, () => (-1 / lambda) * Math.log1p(-g.randomDouble()));
}

/** What {@link exponentialFill} raises. */
export function checkExponential(lambda: number): void {
  check(lambda > 0, () => `exponential_ expects lambda > 0.0, but found lambda=${streamed(lambda)}`);
}

/** Cauchy-distributed numbers, as `Tensor.cauchy_`. Raises RuntimeError unless sigma > 0. */
export function cauchyFill(out: FloatArray, median: number, sigma: number, g: Generator): void {
  check(sigma > 0, () => `cauchy_ expects sigma > 0.0, but found sigma=${streamed(sigma)}`);
  fillWith(out, () => fma(Math.tan(Math.PI * (g.randomDouble() - 0.5)), sigma, median));
}

/** exp of normal numbers, as `Tensor.log_normal_`. Raises RuntimeError unless std > 0. */
export function logNormalFill(out: FloatArray, mean: number, std: number, g: Generator): void {
  check(std > 0, () => `log_normal_ expects std > 0.0, but found std=${streamed(std)}`);
  fillWith(out, () => Math.exp(fma(normalDouble(g), std, mean)));
}

/** Numbers of trials to the first success, as `Tensor.geometric_`. Raises RuntimeError unless 0 < p < 1. */
export function geometricFill(out: TypedArray, p: number, g: Generator): void {
  check(p > 0 && p < 1, () => `geometric_ expects p to be in (0, 1), but got p=${streamed(p)}`);
  fillWith(out, () => Math.ceil(Math.log(g.randomDouble()) / Math.log1p(-p)));
}

/**
 * Poisson-distributed numbers with the given rates, as `torch.poisson`: by products of uniform numbers for rates below
 * 10, else by Hörmann's transformed rejection (PTRS, 1993). Raises RuntimeError for a negative rate.
 */
export function poissonFill(rates: FloatArray, out: FloatArray, g: Generator): void {
  check(
    rates.every((rate) => rate >= 0),
    "invalid Poisson rate, expected rate to be non-negative",
  );
  fillWith(out, (i) => (rates[i] < 10 ? poissonByProduct(rates[i], g) : poissonByRejection(rates[i], g)));
}

function poissonByProduct(rate: number, g: Generator): number {
  if (rate === 0) return 0;
  const limit = Math.exp(-rate);
  let count = 0;
  for (let product = g.randomDouble(); product > limit; product *= g.randomDouble()) count++;
  return count;
}

function poissonByRejection(rate: number, g: Generator): number {
  const b = 0.931 + 2.53 * Math.sqrt(rate);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = g.randomDouble() - 0.5;
    const v = g.randomDouble();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const left = Math.log(v) + Math.log(inverseAlpha) - Math.log(a / (us * us) + b);
    if (left <= -rate + k * Math.log(rate) - logFactorial(k)) return k;
  }
}

function logFactorial(k: number): number {
  if (k < 20) {
    let product = 1;
    for (let i = 2; i <= k; i++) product *= i;
    return Math.log(product);
  }
  const x = k + 1; // Stirling's series for log gamma; the next term is below 1e-12 from 20 on
  return (
    (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5)
  );
}

/**
 * Indices drawn by weight, as `torch.multinomial`: `numSamples` for each `n` of `weights`. Without
 * replacement, and for one sample, those with the largest weight / Exp(1), of equal ones the first, which PyTorch
 * leaves open; with replacement by search in the cumulative sums.
 * Raises RuntimeError, before any draw, for negative or infinite weights, a row of zeros, or too many samples.
 * @example
 * multinomial(Float32Array.of(0, 10, 3, 0), 2, false, manual_seed(0)); // 1n, 2n
 */
export function multinomial(
  weights: FloatArray,
  numSamples: number,
  replacement: boolean,
  g: Generator,
  n = weights.length,
): BigInt64Array {
  const rows = n === 0 ? 0 : weights.length / n;
  check(numSamples > 0, "cannot sample n_sample <= 0 samples");
  check(replacement || numSamples <= n, "cannot sample n_sample > prob_dist.size(-1) samples without replacement");
  const searched = replacement && numSamples > 1;
  const wrong = weights.find((w) => !(w >= 0 && w < Infinity));
  const told = wrong === Infinity ? "= infinity or NaN" : "< 0";
  check(
    wrong === undefined,
    searched
      ? `invalid multinomial distribution (encountering probability entry ${told})`
      : "probability tensor contains either `inf`, `nan` or element < 0",
  );
  const parts = Array.from({ length: rows }, (_, r) => weights.subarray(r * n, (r + 1) * n));
  for (const part of parts)
    check(
      part.some((w) => w > 0),
      "invalid multinomial distribution (sum of probabilities <= 0)",
    );
  const sample = searched ? withReplacement : withoutReplacement;
  return BigInt64Array.from(parts.flatMap((part) => sample(part, numSamples, g)).map(BigInt));
}

function withoutReplacement(weights: FloatArray, numSamples: number, g: Generator): number[] {
  const q = weights.slice();
  exponentialFill(q, 1, g);
  weights.forEach((w, i) => (q[i] = w / q[i]));
  if (numSamples === 1) return [largest(q)];
  return Array.from(q.keys())
    .sort((i, j) => q[j] - q[i])
    .slice(0, numSamples);
}

function largest(x: FloatArray): number {
  let best = 0;
  for (let i = 1; i < x.length; i++) if (x[i] > x[best]) best = i;
  return best;
}

function withReplacement(weights: FloatArray, numSamples: number, g: Generator): number[] {
  const cumulative = weights.slice();
  for (let i = 1; i < cumulative.length; i++) cumulative[i] += cumulative[i - 1];
  const sum = cumulative[cumulative.length - 1];
  cumulative.forEach((x, i) => (cumulative[i] = x / sum));
  return Array.from({ length: numSamples }, () => {
    const u = g.randomDouble();
    let [low, high] = [0, cumulative.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < u) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

/**
 * Normal numbers limited to [a, b], as `nn.init.trunc_normal_` of PyTorch 2.13: where [a, b] holds more than 0.3 of the
 * distribution by drawing all again until none is outside, else by rejection of uniform numbers. Raises RuntimeError
 * for std = 0 and for a > b; warns if the mean is more than 2 std outside [a, b]. `normals` draw first, and then again.
 */
export function truncNormalFill(
  out: FloatArray,
  mean: number,
  std: number,
  a: number,
  b: number,
  g: Generator,
  normals: readonly [NormalFill, NormalFill] = [normalFill, normalFill],
): void {
  check(std !== 0, "float division by zero: trunc_normal_ expects std other than 0");
  if (mean < a - 2 * std || mean > b + 2 * std)
    warn("mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.");
  const cdf = (x: number): number => (1 + erf((x - mean) / std / Math.SQRT2)) / 2;
  if (cdf(b) - cdf(a) > 0.3) redrawUntilInside(out, mean, std, a, b, g, normals);
  else rejectUniform(out, mean, std, a, b, g);
}

type NormalFill = (out: FloatArray, mean: number, std: number, g: Generator) => void;
function redrawUntilInside(
  out: FloatArray,
  mean: number,
  std: number,
  a: number,
  b: number,
  g: Generator,
  [drawFirst, drawAgain]: readonly [NormalFill, NormalFill],
): void {
  const [low, high] = sameType(out, [a, b]);
  const outside = (x: number): boolean => x < low || x > high;
  drawFirst(out, mean, std, g);
  const again = out.slice();
  while (out.some(outside)) {
    drawAgain(again, mean, std, g);
    out.forEach((x, i) => (out[i] = outside(x) ? again[i] : x));
  }
}

function rejectUniform(out: FloatArray, mean: number, std: number, a: number, b: number, g: Generator): void {
  const mode = Math.max(a, Math.min(mean, b));
  const logPeak = -0.5 * ((mode - mean) / std) ** 2;
  const round = out instanceof Float32Array ? f32 : (x: number): number => x;
  const [m, s, peak] = [mean, std, logPeak].map(round);
  const pending = new Uint8Array(out.length).fill(1);
  const candidates = out.slice();
  const accept = out.slice();
  while (pending.includes(1)) {
    uniformFill(candidates, a, b, g);
    uniformFill(accept, 0, 1, g);
    for (let i = 0; i < out.length; i++) {
      if (pending[i] === 0) continue;
      out[i] = candidates[i];
      const z = round(round(out[i] - m) / s);
      const logDensity = round(round(round(z * z) * -0.5) - peak);
      pending[i] = Number(round(Math.log(accept[i])) > logDensity);
    }
  }
}

function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  // 2 / sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (2n+1)!!: all terms of one sign, so nothing cancels.
  let sum = 0;
  let term = x;
  for (let n = 1; sum + term !== sum; n++) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** The numbers as `out` would hold them. */
function sameType(out: FloatArray, xs: number[]): FloatArray {
  return out instanceof Float32Array ? Float32Array.from(xs) : Float64Array.from(xs);
}

// What the dtypes hold, and their names as PyTorch's sentences have them (those of C++).
interface Held {
  name: string;
  min: bigint;
  max: bigint;
  /** Bits of the significand: from 2^digits on not every integer is a number of the dtype. */
  digits: bigint;
}
const integers = (name: string, bits: bigint): Held => ({
  name,
  min: -(2n ** (bits - 1n)),
  max: 2n ** (bits - 1n) - 1n,
  digits: bits,
});
const floats = (name: string, digits: bigint): Held => ({ name, min: -(2n ** 63n), max: 2n ** 63n - 1n, digits });
const HELD = new Map<Dtype, Held>([
  [dtypes.float64, floats("double", 53n)],
  [dtypes.float32, floats("float", 24n)],
  [dtypes.float16, floats("at::Half", 11n)],
  [dtypes.bfloat16, floats("at::BFloat16", 8n)],
  [dtypes.int64, integers("long", 64n)],
  [dtypes.int32, integers("int", 32n)],
  [dtypes.int16, integers("short int", 16n)],
  [dtypes.int8, integers("signed char", 8n)],
  [dtypes.uint8, { name: "unsigned char", min: 0n, max: 255n, digits: 8n }],
  [dtypes.bool, { name: "bool", min: 0n, max: 1n, digits: 1n }],
]);
function held(dtype: Dtype): Held {
  const found = HELD.get(dtype);
  if (found === undefined)
    throw new NotImplementedError(`"random_kernel_cpu" not implemented for '${dtype.legacyName}'`);
  return found;
}
function checkHeld(x: bigint, name: string, dtype: Dtype): void {
  const { name: type, min, max, digits } = held(dtype);
  check(x >= min && x <= max, () => `${name} is out of bounds for ${type}`);
  if (dtype.is_floating_point && (x < -(2n ** digits) || x > 2n ** digits))
    warn(
      `${name} is out of bounds [-(2^${digits}), 2^${digits}]. Due to precision limitations ${type} can support ` +
        "discrete uniform distribution only within this range. This warning will become an error in version 1.7 " +
        "release, please fix the code in advance",
    );
}
/** The largest number of `random_()` without bounds. */
function largestRandom(dtype: Dtype): bigint {
  return dtype.is_floating_point ? 2n ** held(dtype).digits : held(dtype).max;
}
function dtypeOf(out: TypedArray): Dtype {
  return dtypes.dtypes.find((d) => out instanceof d.array) as Dtype;
}

// A draw near a bound must not be rounded across it: bounds that are no numbers of the dtype move inwards.
function roundUp(from: bigint, dtype: Dtype): bigint {
  const rounded = asHeld(from + 1n, dtype);
  return rounded < from ? rounded + spacing(from + 1n, dtype) : from;
}
function roundDown(to: bigint, dtype: Dtype): bigint {
  const rounded = asHeld(to - 1n, dtype);
  return rounded >= to ? rounded - spacing(to - 1n, dtype) : to;
}
function asHeld(x: bigint, dtype: Dtype): bigint {
  return BigInt(dtype === dtypes.float32 ? f32(Number(x)) : Number(x));
}
function spacing(x: bigint, dtype: Dtype): bigint {
  const bits = BigInt((x < 0n ? -x : x).toString(2).length);
  return 2n ** (bits - held(dtype).digits);
}

/** The sentence is a function where it takes time to put together. */
function check(holds: boolean, sentence: string | (() => string)): void {
  if (!holds) throw new RuntimeError(typeof sentence === "string" ? sentence : sentence());
}

function fillWith(out: TypedArray, next: (i: number) => number): void {
  if (!(out instanceof BigInt64Array)) for (let i = 0; i < out.length; i++) out[i] = next(i);
  else {
    // Halves, since a bigint for each element would take ten times as long.
    const halves = new Int32Array(out.buffer, out.byteOffset, 2 * out.length);
    for (let i = 0; i < out.length; i++) {
      const x = next(i);
      halves[2 * i] = x;
      halves[2 * i + 1] = Math.floor(x / 2 ** 32);
    }
  }
}
