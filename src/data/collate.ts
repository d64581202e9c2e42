// default_collate: a list of samples to a batch.
import type { TypedArray } from "../base/dtype.ts";
import { IndexError, KeyError, RuntimeError, TypeError } from "../base/errors.ts";
import { bindArguments, callable } from "../dispatch/callable.ts";
import { as_tensor, tensor } from "../ops/creation/from_data.ts";
import { stack } from "../ops/views/joining.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";

/** What `default_collate` makes of samples of type T. */
export type Collated<T> =
  T extends PromiseLike<infer U>
    ? Collated<U>
    : T extends Tensor | TypedArray | number | bigint | boolean
      ? Tensor
      : T extends string
        ? string[]
        : T extends ReadonlyMap<infer K, infer V>
          ? Map<K, Collated<V>>
          : T extends readonly unknown[]
            ? { -readonly [K in keyof T]: Collated<T[K]> }
            : T extends object
              ? { [K in keyof T]: Collated<T[K]> }
              : never;

/**
 * Samples to a batch, as `torch.utils.data.default_collate`: tensors and typed arrays are stacked along a new first
 * dim; numbers, bigints and booleans become a tensor, in the dtype that `torch.tensor` gives them (numbers float32,
 * bigints int64); strings stay in an array; arrays, plain objects and Maps are collated place by place.
 *
 * Raises TypeError for anything else, RuntimeError for tensors or arrays of different sizes, KeyError for a key that a
 * sample lacks.
 * @example default_collate([[torch.ones(2), 1n], [torch.zeros(2), 2n]]) // [tensor of [2, 2], tensor([1, 2])]
 */
export function default_collate<T>(batch: readonly T[]): Collated<T>;
export function default_collate(...given: unknown[]): unknown {
  return collate(bindArguments<typeof COLLATE, { batch: readonly unknown[] }>(COLLATE, given).batch);
}
const COLLATE = "default_collate(iterable batch) -> object";

function collate(samples: readonly unknown[]): unknown {
  if (samples.length === 0) throw new IndexError("list index out of range");
  const first = samples[0];
  if (first instanceof Tensor) return stack(samples as Tensor[]);
  if (isTyped(first)) return stack(samples.map((x) => as_tensor(x as TypedArray)));
  if (typeof first === "number" || typeof first === "bigint" || typeof first === "boolean")
    return tensor(samples as number[]);
  if (typeof first === "string") return samples;
  if (Array.isArray(first)) {
    if (samples.some((x) => !Array.isArray(x) || x.length !== first.length))
      throw new RuntimeError("each element in list of batch should be of equal size");
    return first.map((_, i) => collate(samples.map((x) => (x as unknown[])[i])));
  }
  if (first instanceof Map) return new Map([...first.keys()].map((key) => [key, collate(column(samples, key, ofMap))]));
  if (isPlain(first))
    return Object.fromEntries(Object.keys(first).map((key) => [key, collate(column(samples, key, ofObject))]));
  const found = first instanceof Promise ? "Promise\nRead the loader with `for await`." : typeWord(first);
  throw new TypeError(
    `default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found ${found}`,
  );
}

/**
 * What a loader without batches makes of a sample, as `torch.utils.data.default_convert`: typed arrays become tensors, in
 * arrays, plain objects and Maps, too; all else stays.
 * @example default_convert([Float32Array.of(1, 2), "two"]) // [tensor([1., 2.]), "two"]
 */
export const default_convert = callable("default_convert(object data) -> object", ({ data }) => convert(data));
function convert(data: unknown): unknown {
  if (isTyped(data)) return as_tensor(data);
  if (Array.isArray(data)) return data.map(convert);
  if (data instanceof Map) return new Map([...data].map(([key, value]) => [key, convert(value)]));
  if (isPlain(data)) return Object.fromEntries(Object.entries(data).map(([k, value]) => [k, convert(value)]));
  return data;
}

const isTyped = (x: unknown): x is TypedArray => ArrayBuffer.isView(x) && !(x instanceof DataView);
function isPlain(x: unknown): x is object {
  if (typeof x !== "object" || x === null) return false;
  const proto: unknown = Object.getPrototypeOf(x);
  return proto === Object.prototype || proto === null;
}
const ofMap = (sample: unknown, key: unknown): unknown => (sample as Map<unknown, unknown>).get(key);
const ofObject = (sample: unknown, key: unknown): unknown => (sample as Record<string, unknown>)[key as string];
function column(samples: readonly unknown[], key: unknown, get: typeof ofMap): unknown[] {
  return samples.map((sample) => {
    const value = get(sample, key);
    if (value === undefined) throw new KeyError(`'${String(key)}'`);
    return value;
  });
}
