// What a recording knows of the elements of tensors: a digest and a few figures of all, the elements of as many as fit.
import type { Dtype, TypedArray } from "../base/dtype.ts";
import { isContiguous } from "../base/layout.ts";
import type { HostBackend } from "../devices/backend.ts";
import { Wrapped } from "../dispatch/levels.ts";
import { halfValue, isHalf } from "../kernel/half.ts";
import type { Tensor } from "../tensor/tensor.ts";

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
  /** In row-major order; null where the budget of memory did not allow. */
  elements: TypedArray | null;
}
export const isFinite_ = (f: Figures | null): boolean =>
  f === null || (f.nans === 0 && (f.count === 0 || (f.max < Infinity && f.min > -Infinity)));
export const hasNan = (f: Figures | null): boolean => f !== null && f.nans > 0;
export const largest = (f: Figures): number => (f.count === f.nans ? 0 : Math.max(Math.abs(f.min), Math.abs(f.max)));
export const isZero = (f: Figures | null): boolean => f !== null && f.count > 0 && f.zeros === f.count;

/** The elements as they lie in memory, or, where they do not lie in order, a copy; null where they cannot be seen. */
export function elementsOf(t: Tensor): TypedArray | null {
  const { backend, dtype, sizes, strides } = t;
  if (!("host" in backend) || t instanceof Wrapped) return null;
  const host = backend as HostBackend;
  const n = t.numel();
  if (n === 0) return null;
  if (isContiguous(sizes, strides)) return host.host(dtype, t, n);
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

/** One reading of the elements gives them all. */
export function figuresOf(x: TypedArray, dtype: Dtype): Figures {
  if (x instanceof Float32Array || x instanceof Float64Array) return floatFigures(x);
  const digest = digestOf(x);
  let [min, max, zeros, nans] = [Infinity, -Infinity, 0, 0];
  const half = isHalf(dtype);
  for (let i = 0; i < x.length; i++) {
    const v = half ? halfValue(Number(x[i]), dtype) : Number(x[i]);
    if (v !== v) nans++;
    if (v === 0) zeros++;
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return { digest, min, max, zeros, nans, count: x.length };
}
function floatFigures(x: Float32Array | Float64Array): Figures {
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
/** Four lanes, so that one multiplication need not wait for another. */
export function digestOf({ buffer, byteOffset, byteLength }: TypedArray): number {
  const words = byteLength >> 2;
  let [a, b, c, d] = [0x811c9dc5, 0x9e3779b1, 0x85ebca6b, 0xc2b2ae35];
  let i = 0;
  if (byteOffset % 4 === 0) {
    const w = new Int32Array(buffer, byteOffset, words);
    for (; i + 3 < words; i += 4) {
      a = Math.imul(a ^ w[i], 0x01000193);
      b = Math.imul(b ^ w[i + 1], 0x01000193);
      c = Math.imul(c ^ w[i + 2], 0x01000193);
      d = Math.imul(d ^ w[i + 3], 0x01000193);
    }
  }
  const bytes = new Uint8Array(buffer, byteOffset + i * 4, byteLength - i * 4);
  for (let k = 0; k < bytes.length; k++) a = Math.imul(a ^ bytes[k], 0x01000193);
  for (const lane of [b, c, d]) a = Math.imul(a ^ lane ^ (a >>> 15), 0x85ebca6b);
  return (a ^ (a >>> 13)) >>> 0;
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
  /** Looks at a tensor as it is now. With `stays` its elements are kept whatever the budget. */
  look(t: Tensor, stays = false): Value {
    const shape = t.sizes;
    const { dtype } = t;
    const seen = elementsOf(t);
    const figures = seen === null ? null : figuresOf(seen, dtype);
    const value: Value = { shape, dtype, figures, elements: null };
    if (seen === null || (!stays && seen.byteLength > this.budget)) return value;
    value.elements = isContiguous(t.sizes, t.strides) ? seen.slice() : seen;
    this.bytes += seen.byteLength;
    if (!stays) this.queue.push(value);
    while (this.bytes > this.budget && this.first < this.queue.length) {
      const oldest = this.queue[this.first++];
      this.bytes -= oldest.elements!.byteLength;
      oldest.elements = null;
    }
    return value;
  }
}
/** Elements as JavaScript numbers; of a complex number its parts one after the other. */
export function numbersOf({ elements, dtype }: Value): number[] | null {
  if (elements === null) return null;
  return Array.from(elements as ArrayLike<number | bigint>, (x) =>
    isHalf(dtype) ? halfValue(Number(x), dtype) : Number(x),
  );
}
