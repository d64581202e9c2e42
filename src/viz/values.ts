// What a recording knows of the elements of tensors: a digest and a few figures of all, the elements of as many as fit.
import { float32 } from "../base/dtype.ts";
import type { Dtype, TypedArray } from "../base/dtype.ts";
import { contiguousStrides, isContiguous, isDense } from "../base/layout.ts";
import type { HostBackend } from "../devices/backend.ts";
import { Wrapped } from "../dispatch/levels.ts";
import { halfValue, isHalf } from "../kernel/half.ts";
import { further } from "../kernel/place.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { FACTORS, figuresOfRows, floatOf, INFINITE, ROW, SIGN } from "./figures.ts";

/** Figures of a tensor's elements. */
export interface Figures {
  /** Of the bytes: equal bytes have equal digests. */
  readonly digest: number;
  /** Of the elements that are numbers; infinities the wrong way round where there are none. */
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
  readonly nans: number;
  readonly count: number;
}
/** A tensor at one of its versions. */
export interface Value {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  /** Null where the elements cannot be seen: on a device without them, or inside of vmap. */
  readonly figures: Figures | null;
  readonly strides: readonly number[];
  /** In the order of the strides; null where the budget of memory did not allow. */
  elements: TypedArray | null;
}
export const isFinite_ = (f: Figures | null): boolean =>
  f === null || (f.nans === 0 && (f.count === 0 || (f.max < Infinity && f.min > -Infinity)));
export const hasNan = (f: Figures | null): boolean => f !== null && f.nans > 0;
export const largest = (f: Figures): number => (f.count === f.nans ? 0 : Math.max(Math.abs(f.min), Math.abs(f.max)));
export const isZero = (f: Figures | null): boolean => f !== null && f.count > 0 && f.zeros === f.count;

/**
 * The elements as they lie in memory, where they lie without gaps, whatever the order of the dims; else a copy in order. Null
 * where they cannot be seen. Stale after the next allocation.
 */
export function elementsOf(t: Tensor): TypedArray | null {
  const { backend, dtype, sizes, strides } = t;
  if (!("host" in backend) || t instanceof Wrapped) return null;
  const host = backend as HostBackend;
  const n = t.numel();
  if (n === 0) return null;
  if (isDense(sizes, strides)) return host.host(dtype, t, n);
  let extent = 1;
  for (let d = 0; d < sizes.length; d++) extent += (sizes[d] - 1) * strides[d];
  return gathered(host.host(dtype, t, extent), sizes, strides, dtype.is_complex ? 2 : 1);
}
function gathered(from: TypedArray, sizes: readonly number[], strides: readonly number[], parts: number): TypedArray {
  const n = sizes.reduce((a, b) => a * b, 1);
  const to = new (from.constructor as new (n: number) => TypedArray)(n * parts);
  const index = sizes.map(() => 0);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < parts; k++) to[i * parts + k] = from[at * parts + k];
    for (let d = sizes.length - 1; d >= 0; d--) {
      at += strides[d];
      if (++index[d] < sizes[d]) break;
      at -= sizes[d] * strides[d];
      index[d] = 0;
    }
  }
  return to;
}

/** Of a tensor as it is now; null where its elements cannot be seen. */
export function figuresOfTensor(t: Tensor): Figures | null {
  const { backend, dtype, sizes, strides } = t;
  const rows = Math.floor(t.numel() / ROW);
  const isMany = rows >= MANY_ROWS && dtype === float32 && "host" in backend && isDense(sizes, strides);
  if (!isMany || t instanceof Wrapped) {
    const elements = elementsOf(t);
    return elements === null ? null : figuresOf(elements, dtype);
  }
  const host = backend as HostBackend;
  const found = figuresOfRows(host, t, rows);
  const count = t.numel();
  // Where there is a NaN, all are looked at; else those behind the rows.
  const told = found.hasNan ? 0 : rows * ROW;
  const { digest, min, max, zeros } = found;
  if (told === count) return { digest, min, max, zeros, nans: 0, count };
  const rest = figuresOf(host.host(dtype, further(t, told), count - told), dtype);
  const both = mixed(digest, rest.digest, 0, 0);
  if (found.hasNan) return { ...rest, digest: both };
  return {
    digest: both,
    min: Math.min(min, rest.min),
    max: Math.max(max, rest.max),
    zeros: zeros + rest.zeros,
    nans: rest.nans,
    count,
  };
}
/** A kernel is worth its launch from so many on. */
const MANY_ROWS = 2;

/** One reading of the elements gives them all. */
export function figuresOf(x: TypedArray, dtype: Dtype): Figures {
  if (x instanceof Float32Array || x instanceof Float64Array) return floatFigures(x);
  const digest = digestOf(x);
  let [min, max, zeros, nans] = [Infinity, -Infinity, 0, 0];
  const at = readerOf(x, dtype);
  for (let i = 0; i < x.length; i++) {
    const v = at(i);
    if (v !== v) nans++;
    if (v === 0) zeros++;
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return { digest, min, max, zeros, nans, count: x.length };
}
/** Elements as numbers. Those of 64 bits by their halves: a bigint for each would take ten times as long. */
function readerOf(x: TypedArray, dtype: Dtype): (i: number) => number {
  if (isHalf(dtype)) return (i) => halfValue(Number(x[i]), dtype);
  if (!(x instanceof BigInt64Array)) return (i) => Number(x[i]);
  const halves = new Int32Array(x.buffer, x.byteOffset, 2 * x.length);
  return (i) => halves[2 * i + 1] * 2 ** 32 + (halves[2 * i] >>> 0);
}
function floatFigures(x: Float32Array | Float64Array): Figures {
  const quick = x instanceof Float32Array ? quickFigures(x) : null;
  if (quick !== null) return quick;
  const digest = digestOf(x);
  let [min, max, zeros, nans] = [Infinity, -Infinity, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const v = x[i];
    if (v < min) min = v;
    if (v > max) max = v;
    if (v === 0) zeros++;
    else if (v !== v) nans++;
  }
  return { digest, min, max, zeros, nans, count: x.length };
}
/**
 * Of float32 by their bits, in one reading: as whole numbers in the order of the floats, with NaN beyond the infinities. Null
 * where there is one.
 */
function quickFigures(x: Float32Array): Figures | null {
  const w = new Int32Array(x.buffer, x.byteOffset, x.length);
  const factors = FACTORS;
  const count = w.length;
  let least = 0x7fffffff;
  let largest = -0x80000000;
  let digest = 0;
  let zeros = 0;
  for (let i = 0; i < count; i++) {
    const bits = w[i];
    const key = bits ^ ((bits >> 31) & 0x7fffffff);
    digest = (digest + Math.imul(bits ^ (bits >> 16), factors[i & 1023])) | 0;
    if (key < least) least = key;
    if (key > largest) largest = key;
    zeros += Number((bits & 0x7fffffff) === 0);
  }
  if (least < ~INFINITE || largest > INFINITE) return null;
  const [min, max] = [floatOf(inOrderOfFloats(least)), floatOf(inOrderOfFloats(largest))];
  return { digest: digest >>> 0, min, max, zeros, nans: 0, count };
}
/** And back. */
const inOrderOfFloats = (bits: number): number => bits ^ ((bits >> 31) & ~SIGN);
const PRIME = 0x01000193;
const SEEDS = [0x811c9dc5, 0x9e3779b1, 0x85ebca6b, 0xc2b2ae35].map((seed) => seed | 0);
function mixed(a: number, b: number, c: number, d: number): number {
  let h = a;
  for (const lane of [b, c, d]) h = Math.imul(h ^ lane ^ (h >>> 15), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}
/** Four lanes, so that one multiplication need not wait for another. High bits come down at each, for products only carry upwards. */
export function digestOf({ buffer, byteOffset, byteLength }: TypedArray): number {
  const words = byteLength >> 2;
  let [a, b, c, d] = SEEDS;
  let i = 0;
  if (byteOffset % 4 === 0) {
    const w = new Int32Array(buffer, byteOffset, words);
    for (; i + 3 < words; i += 4) {
      a = Math.imul(a ^ (a >>> 15) ^ w[i], PRIME);
      b = Math.imul(b ^ (b >>> 15) ^ w[i + 1], PRIME);
      c = Math.imul(c ^ (c >>> 15) ^ w[i + 2], PRIME);
      d = Math.imul(d ^ (d >>> 15) ^ w[i + 3], PRIME);
    }
    for (; i < words; i++) a = Math.imul(a ^ (a >>> 15) ^ w[i], PRIME);
  }
  const bytes = new Uint8Array(buffer, byteOffset + i * 4, byteLength - i * 4);
  for (let k = 0; k < bytes.length; k++) a = Math.imul(a ^ (a >>> 15) ^ bytes[k], PRIME);
  return mixed(a, b, c, d);
}

/** A tensor's values by version, of which there is mostly one. */
export class Versions {
  private first = -1;
  private value: Value | undefined = undefined;
  private later: Map<number, Value> | null = null;
  get(version: number): Value | undefined {
    return version === this.first ? this.value : this.later?.get(version);
  }
  set(version: number, value: Value): void {
    if (this.value === undefined) {
      this.first = version;
      this.value = value;
    } else (this.later ??= new Map<number, Value>()).set(version, value);
  }
  /** In the order in which they were seen. */
  all(): (readonly [version: number, value: Value])[] {
    return this.value === undefined ? [] : [[this.first, this.value], ...(this.later ?? [])];
  }
}
/** What was seen of a storage last: tensors that share one are read once. */
export interface Seen {
  version: number;
  offset: number;
  count: number;
  dtype: Dtype | null;
  figures: Figures | null;
}

/** The values of a recording, the elements of the newest of them within a budget. */
export class Values {
  private readonly budget: number;
  private bytes = 0;
  /** Those with elements, in the order they came; the first go first. */
  private readonly queue: Value[] = [];
  private first = 0;

  constructor(budget: number) {
    this.budget = budget;
  }
  /** Arrays of elements that went, to be used again. */
  private readonly spare = new Map<number, TypedArray[]>();

  /** Looks at a tensor as it is now, unless `seen` has it. With `stays` its elements are kept whatever the budget. */
  look(t: Tensor, seen: Seen, stays: boolean): Value {
    const { storage, offset, dtype, sizes: shape } = t;
    const dense = isDense(shape, t.strides);
    const strides = dense ? t.strides : contiguousStrides(shape);
    const count = t.numel();
    const isThere = seen.version === storage.version && seen.dtype === dtype;
    const isSeen = dense && isThere && seen.offset === offset && seen.count === count;
    const figures = isSeen ? seen.figures : figuresOfTensor(t);
    if (dense && !isSeen) {
      seen.version = storage.version;
      seen.offset = offset;
      seen.count = count;
      seen.dtype = dtype;
      seen.figures = figures;
    }
    const value: Value = { shape, dtype, strides, figures, elements: null };
    const elements = stays || count * dtype.itemsize <= this.budget ? elementsOf(t) : null;
    if (elements === null) return value;
    value.elements = dense ? this.copied(elements) : elements;
    this.bytes += elements.byteLength;
    if (!stays) this.queue.push(value);
    while (this.bytes > this.budget && this.first < this.queue.length) {
      const oldest = this.queue[this.first++];
      const gone = oldest.elements!;
      this.bytes -= gone.byteLength;
      oldest.elements = null;
      const spare = this.spare.get(gone.byteLength);
      if (spare === undefined) this.spare.set(gone.byteLength, [gone]);
      else if (spare.length < 4) spare.push(gone);
    }
    return value;
  }
  private copied(elements: TypedArray): TypedArray {
    const spare = this.spare.get(elements.byteLength);
    const at = spare?.findIndex((x) => x.constructor === elements.constructor) ?? -1;
    if (at < 0) return elements.slice();
    const [room] = spare!.splice(at, 1);
    (room as Float32Array).set(elements as Float32Array);
    return room;
  }
}
/** The elements of a value in row-major order. */
export function inOrder({ elements, shape, strides, dtype }: Value): TypedArray | null {
  if (elements === null || isContiguous(shape, strides)) return elements;
  return gathered(elements, shape, strides, dtype.is_complex ? 2 : 1);
}
/** Elements as JavaScript numbers; of a complex number its parts one after the other. */
export function numbersOf(value: Value): number[] | null {
  const { dtype } = value;
  const elements = inOrder(value);
  if (elements === null) return null;
  return Array.from(elements as ArrayLike<number | bigint>, (x) =>
    isHalf(dtype) ? halfValue(Number(x), dtype) : Number(x),
  );
}
