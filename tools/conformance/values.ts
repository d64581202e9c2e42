// Recorded values as tidu's: tensors with their layout, Python's numbers, tuples, slices.
import { dtypeByName } from "../../src/base/dtype.ts";
import * as torch from "tidu";
import type { Tensor } from "tidu";
import type { Case, Encoded, RecordedTensor } from "./reader.ts";

/** The library has no such dtype, op or option: the case counts as missing, not as failed. */
export class Missing extends Error {}

const ARRAYS = {
  float64: Float64Array,
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  complex64: Float32Array,
  complex128: Float64Array,
};
const isSupported = (dtype: string): dtype is keyof typeof ARRAYS => dtype in ARRAYS;
export type Elements = InstanceType<(typeof ARRAYS)[keyof typeof ARRAYS]>;

/** The values of one case, decoded. The same recorded tensor is always the same tensor. */
export class Values {
  readonly case: Case;
  private readonly blob: ArrayBuffer;
  private readonly made = new Map<number, Tensor>();

  constructor(c: Case, blob: ArrayBuffer) {
    this.case = c;
    this.blob = blob;
  }
  recorded(k: number): RecordedTensor {
    return this.case.tensors[k];
  }
  /** The elements as numbers, in row-major order; complex ones as re, im, re, im, … */
  elements(k: number): Elements {
    const stored = this.stored(k);
    return stored instanceof Uint16Array ? elementsOf(this.flat(k, stored)) : stored;
  }
  private stored(k: number): Elements {
    const { dtype, off, len } = this.case.tensors[k];
    if (!isSupported(dtype)) throw new Missing(`dtype ${dtype}`);
    const array = ARRAYS[dtype];
    return new array(this.blob, off, len / array.BYTES_PER_ELEMENT);
  }
  tensor(k: number): Tensor {
    let t = this.made.get(k);
    if (!t) this.made.set(k, (t = this.build(k)));
    return t;
  }
  private build(k: number): Tensor {
    const { shape, strides, offset_elems = 0, rg = false } = this.recorded(k);
    const elements = this.stored(k);
    let t =
      strides === undefined
        ? this.flat(k, elements).view(shape)
        : this.strided(k, elements, shape, strides, offset_elems);
    if (rg) t = t.detach().requires_grad_();
    return t;
  }
  private flat(k: number, elements: Elements): Tensor {
    const dtype = dtypeNamed(this.recorded(k).dtype);
    if (!dtype.is_complex) return torch.tensor(elements, { dtype });
    return torch.view_as_complex(torch.tensor(elements).view([-1, 2]));
  }
  /** The recorded layout: elements put where strides and offset say, in a memory just large enough. */
  private strided(
    k: number,
    elements: Elements,
    shape: readonly number[],
    strides: readonly number[],
    offset: number,
  ): Tensor {
    const extent = shape.includes(0) ? offset : shape.reduce((n, size, d) => n + (size - 1) * strides[d], offset + 1);
    const parts = this.recorded(k).dtype.startsWith("complex") ? 2 : 1;
    const memory = new (elements.constructor as Float64ArrayConstructor)(extent * parts);
    const index = shape.map(() => 0);
    for (let i = 0; i < elements.length; i += parts) {
      const at = index.reduce((at, i, d) => at + i * strides[d], offset);
      memory.set((elements as Float64Array).subarray(i, i + parts), at * parts);
      for (let d = shape.length - 1; d >= 0 && ++index[d] === shape[d]; d--) index[d] = 0;
    }
    return this.flat(k, memory).as_strided(shape, strides, offset);
  }
  /** A module recorded by its attributes: distances keep the constructor's `p` as `norm`. */
  private module({ module, args, kwargs }: { readonly [tag: string]: Encoded }): unknown {
    const Module = (torch.nn as unknown as Record<string, new (...x: unknown[]) => unknown>)[module as string];
    const named = Object.entries(kwargs as Record<string, Encoded>).map(([k, v]) => [
      module === "PairwiseDistance" && k === "norm" ? "p" : k,
      this.decode(v),
    ]);
    return new Module(...(args as Encoded[]).map((v) => this.decode(v)), Object.fromEntries(named));
  }
  /** A Python value as a tidu caller would write it. Lists and tuples become arrays, None null, dicts plain objects. */
  decode(v: Encoded): unknown {
    if (v === null || typeof v !== "object") return v;
    if (Array.isArray(v)) return v.map((x: Encoded) => this.decode(x));
    const tagged = v as { readonly [tag: string]: Encoded };
    const [tag] = Object.keys(tagged);
    const body = tagged[tag];
    switch (tag) {
      case "t":
        return this.tensor(body as number);
      case "float":
        return pythonFloat(floatOf(body as number | string));
      case "int":
        return BigInt(body as string);
      case "tuple":
        return (body as Encoded[]).map((x) => this.decode(x));
      case "dict":
        return Object.fromEntries((body as [Encoded, Encoded][]).map(([k, x]) => [String(k), this.decode(x)]));
      case "dtype":
        return dtypeNamed(body as string);
      case "device":
        return body;
      case "complex": {
        const [re, im] = (body as Encoded[]).map((x) => Number(this.decode(x)));
        return new torch.Complex(re, im);
      }
      case "slice": {
        const [start, stop, step] = (body as Encoded[]).map((x) => this.decode(x)) as (number | null)[];
        return torch.slice_(start, stop, step);
      }
      case "memory_format":
        return (torch as unknown as Record<string, unknown>)[body as string];
      case "ellipsis":
        return "...";
      case "module":
        return this.module(tagged);
      default:
        throw new Missing(`a Python value of kind '${tag}'`);
    }
  }
}
/** A whole Python float is one only in {@link torch.Float}; every other number tells by itself. */
export const pythonFloat = (x: number): number | torch.Float => (Number.isInteger(x) ? new torch.Float(x) : x);
export function floatOf(x: number | string): number {
  return x === "nan" ? NaN : x === "inf" ? Infinity : x === "-inf" ? -Infinity : Number(x);
}
/** The elements of a tensor as {@link Values.elements} has them. */
export const elementsOf = (t: Tensor): Elements =>
  (t.dtype.itemsize === 2 && t.dtype.is_floating_point ? t.float() : t).typed_array() as Elements;
export function dtypeNamed(name: string): torch.Dtype {
  const dtype = isSupported(name) ? dtypeByName.get(name) : undefined;
  if (!dtype) throw new Missing(`dtype ${name}`);
  return dtype;
}
