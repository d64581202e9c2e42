// Tensors from data the caller has, and the ramp of arange: factories whose arguments no signature describes.
import type { Dtype, Scalar, TypedArray } from "../dtype.ts";
import { bool, Complex, complexOf, Float, dtypes, float64, get_default_dtype, int64, uint8 } from "../dtype.ts";
import { help, RuntimeError, ValueError, warn } from "../errors.ts";
import { iota, param } from "../kernel/expr.ts";
import { halfBits, isHalf } from "../kernel/half.ts";
import { Kernel } from "../kernel/loops.ts";
import { list, numel } from "../layout.ts";
import type { Shape } from "../layout.ts";
import { empty as allocate } from "../allocate.ts";
import { isOptions, isScalar } from "../op/bind.ts";
import { assign } from "../op/pointwise.ts";
import { Tensor } from "../tensor.ts";
import { typeWord } from "../type_word.ts";

/** Options of every factory: the dtype, the device, whether operations on the result are recorded. */
export interface FactoryOptions {
  dtype?: Dtype | null;
  device?: string | null;
  requires_grad?: boolean;
}
/** What `torch.tensor` accepts: numbers, booleans, bigints, nested arrays of them, typed arrays, tensors. */
export type TensorData = Scalar | TypedArray | Tensor | readonly TensorData[];

/**
 * A tensor with a copy of `data`. Numbers give the default dtype (float32), bigints int64, booleans bool; a typed array
 * keeps its own dtype (a Uint16Array is the bits of a 16-bit float, if that is the dtype asked for). Raises ValueError for ragged nesting, TypeError for anything that is not a number.
 * As `torch.tensor`.
 * @example torch.tensor([[1, 2], [3, 4]]) // tensor([[1., 2.], [3., 4.]])
 */
export function tensor(data: TensorData, { dtype, requires_grad = false }: FactoryOptions = {}): Tensor {
  if (data instanceof Tensor) {
    warn(
      "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
    );
    return asLeaf(
      data
        .detach()
        .to(dtype ?? data.dtype)
        .clone(),
      requires_grad,
    );
  }
  return asLeaf(fromData(data, dtype ?? null), requires_grad);
}
/** Marks a fresh tensor as one whose operations are recorded. */
export function asLeaf(t: Tensor, requires_grad: boolean): Tensor {
  if (!requires_grad) return t;
  if (!t.dtype.is_differentiable)
    throw new RuntimeError(
      `Only Tensors of floating point and complex dtype can require gradients\nThis one is ${String(t.dtype)}: ${help({
        TypeScript: "bigints give int64, booleans bool, plain numbers float32. Pass { dtype: torch.float32 }.",
        Python: "ints give int64, bools bool, floats float32. Pass dtype=torch.float32.",
      })}`,
    );
  t.leafRequiresGrad = true;
  return t;
}

/** As `tensor`, but shares memory with a tensor of the dtype asked for, as `torch.as_tensor`. */
export function as_tensor(data: TensorData, { dtype }: FactoryOptions = {}): Tensor {
  if (data instanceof Tensor) return dtype ? data.to(dtype) : data;
  return fromData(data, dtype ?? null);
}

const isTyped = (x: unknown): x is TypedArray => ArrayBuffer.isView(x) && !(x instanceof DataView);
function fromData(data: TensorData, dtype: Dtype | null): Tensor {
  if (isTyped(data)) return fromTyped(data, [data.length], dtype ?? dtypeOfArray(data));
  const shape = shapeOf(data);
  const n = numel(shape);
  const inferred = dtype ?? inferDtype(data) ?? get_default_dtype();
  const values = inferred === int64 ? new BigInt64Array(n) : new Float64Array(inferred.is_complex ? 2 * n : n);
  fill(data, shape, 0, values, { at: 0 }, inferred);
  return fromTyped(values, shape, inferred);
}
/** A tensor with a copy of `values`, cast to `dtype`. Complex numbers are re, im, re, im, …; 16-bit floats may be bits. */
export function fromTyped(values: TypedArray, shape: Shape, dtype: Dtype): Tensor {
  const raw = allocate(shape, heldAs(values, dtype));
  const from = raw.dtype === uint8 && dtype === bool ? new Tensor(raw.storage, bool, shape, raw.strides, 0) : raw;
  (raw.host() as Float64Array).set(values as Float64Array);
  return from.dtype === dtype ? from : from.to(dtype);
}
/** Has the elements of a contiguous tensor filled; 16-bit floats as float32, which is then rounded. */
export function filledOnHost(out: Tensor, fill: (values: never) => void): void {
  if (!isHalf(out.dtype)) return fill(out.host() as never);
  const values = new Float32Array(out.numel());
  fill(values as never);
  const bits = out.host();
  for (const [i, x] of values.entries()) bits[i] = halfBits(x, out.dtype);
}
/** What the elements of an array are when a tensor of `dtype` is to be made of them. */
function heldAs(x: TypedArray, dtype: Dtype): Dtype {
  if (x instanceof Uint16Array && isHalf(dtype)) return dtype;
  return dtype.is_complex ? complexOf(dtypeOfArray(x)) : dtypeOfArray(x);
}
function dtypeOfArray(x: TypedArray): Dtype {
  const found = dtypes.find((d) => x instanceof d.array && !isHalf(d));
  if (found) return found;
  if (x instanceof Uint8ClampedArray) return uint8;
  throw new TypeError(
    `can't convert ${(x as object).constructor.name} to a tensor. The only supported arrays are ${dtypes
      .slice(0, 7)
      .map((d) => d.array.name)
      .join(", ")}.`,
  );
}
/** Sizes by following the first elements down. */
function shapeOf(data: TensorData): number[] {
  const shape: number[] = [];
  for (let at: unknown = data; ;) {
    if (at instanceof Tensor || isTyped(at)) return [...shape, ...(at instanceof Tensor ? at.sizes : [at.length])];
    if (!Array.isArray(at)) return shape;
    shape.push(at.length);
    if (at.length === 0) return shape;
    at = at[0];
  }
}
export function inferDtype(data: TensorData): Dtype | null {
  if (data instanceof Tensor) return data.dtype;
  if (isTyped(data)) return dtypeOfArray(data);
  if (typeof data === "boolean") return bool;
  if (typeof data === "bigint") return int64;
  if (typeof data === "number") return get_default_dtype();
  if (data instanceof Float) return get_default_dtype();
  if (data instanceof Complex) return complexOf(get_default_dtype());
  if (!Array.isArray(data)) throw notNumber(data);
  let dtype: Dtype | null = null;
  for (const x of data) {
    const d = inferDtype(x as TensorData);
    if (d !== null && (dtype === null || d.category > dtype.category)) dtype = d;
  }
  return dtype;
}
const notNumber = (x: unknown): TypeError =>
  new TypeError(
    `new(): invalid data type '${typeWord(x)}'\nA tensor is made of ${help({
      TypeScript: "numbers, booleans, bigints, or nested arrays of them",
      Python: "numbers, bools, or nested sequences of them",
    })}.`,
  );
function fill(
  data: unknown,
  shape: Shape,
  d: number,
  out: Float64Array | BigInt64Array,
  cursor: { at: number },
  dtype: Dtype,
): void {
  if (d === shape.length) {
    const x = data instanceof Tensor && data.sizes.length === 0 ? data.item() : data;
    if (!isScalar(x)) {
      if (Array.isArray(x))
        throw new ValueError(
          `only one element tensors can be converted to Python scalars (got a list of length ${x.length} at dim ${d}, where a number was expected)`,
        );
      throw notNumber(x);
    }
    if (out instanceof BigInt64Array) {
      if (typeof x === "number" && !Number.isFinite(x))
        throw new RuntimeError(`value cannot be converted to type int64_t without overflow: ${x}`);
      out[cursor.at++] = BigInt(typeof x === "bigint" ? x : Math.trunc(Number(x)));
    } else if (dtype.is_complex) {
      out[cursor.at++] = x instanceof Complex ? x.re : Number(x);
      out[cursor.at++] = x instanceof Complex ? x.im : 0;
    } else out[cursor.at++] = Number(x);
    return;
  }
  const items: readonly unknown[] | null =
    data instanceof Tensor
      ? (data.tolist() as unknown[])
      : isTyped(data)
        ? Array.from<unknown>(data as Float64Array)
        : Array.isArray(data)
          ? data
          : null;
  if (items === null)
    throw new TypeError(`not a sequence: expected ${shape[d]} values at dim ${d} (got ${String(data)})`);
  if (items.length !== shape[d])
    throw new ValueError(`expected sequence of length ${shape[d]} at dim ${d} (got ${items.length})`);
  for (const item of items) fill(item, shape, d + 1, out, cursor, dtype);
}

export function checkSize(size: Shape): Shape {
  for (const n of size)
    if (n < 0) throw new RuntimeError(`Trying to create tensor with negative dimension ${n}: ${list(size)}`);
  return size;
}
/** A tensor of one value. */
export function filled(size: Shape, value: Scalar, dtype: Dtype): Tensor {
  const out = allocate(checkSize(size), dtype);
  assign(out, value);
  return out;
}

const ramps = new Map<Dtype, Kernel>();
/** start + i * step, computed in float64 or int64. */
function ramp(n: number, start: Scalar, step: Scalar, dtype: Dtype): Tensor {
  const out = allocate([n], dtype);
  const wide = dtype.is_floating_point ? float64 : int64;
  let kernel = ramps.get(dtype);
  if (!kernel) {
    const value = param(0, wide)
      .add(iota().cast(wide).mul(param(1, wide)))
      .cast(dtype);
    ramps.set(dtype, (kernel = new Kernel({ inputs: [], params: [wide, wide], outputs: [{ dtype, value }] })));
  }
  out.backend.launch(kernel, {
    shape: [n],
    reduced: 0,
    operands: [{ ptr: out.ptr, strides: [1] }],
    params: [start, step],
  });
  return out;
}

/** start, start + step, … below end. int64 if all three are whole, as the numbers are indices then. */
export function arange(end: number, options?: FactoryOptions): Tensor;
export function arange(start: number, end: number, options?: FactoryOptions): Tensor;
export function arange(start: number, end: number, step: number, options?: FactoryOptions): Tensor;
export function arange(options: FactoryOptions & { start?: number; end: number; step?: number }): Tensor;
export function arange(...given: unknown[]): Tensor {
  const options = (isOptions(given.at(-1)) ? given.pop() : {}) as FactoryOptions & {
    start?: number;
    end?: number;
    step?: number;
  };
  const plain = (x: unknown): unknown => (x instanceof Float ? x.value : typeof x === "boolean" ? Number(x) : x);
  const all = [...given, options.start, options.end, options.step];
  const numbers = given.map(plain) as number[];
  const [start, end, step] =
    numbers.length === 1 && options.end === undefined
      ? [options.start ?? 0, numbers[0], options.step ?? 1].map(plain)
      : [numbers[0] ?? options.start ?? 0, numbers[1] ?? options.end, numbers[2] ?? options.step ?? 1].map(plain);
  for (const [name, x] of [
    ["start", start],
    ["end", end],
    ["step", step],
  ] as const)
    if (typeof x !== "number")
      throw new TypeError(
        `arange(): argument '${name}' must be Number, not ${x === undefined ? "missing" : typeWord(x)}`,
      );
  if (step === 0) throw new RuntimeError("step must be nonzero");
  const [from, to, by] = [start, end, step] as number[];
  if (!Number.isFinite(from) || !Number.isFinite(to)) throw new RuntimeError(`unsupported range: ${from} -> ${to}`);
  if (by > 0 ? to < from : to > from) throw new RuntimeError("upper bound and lower bound inconsistent with step sign");
  const whole = [from, to, by].every(Number.isInteger) && !all.some((x) => x instanceof Float);
  const dtype = options.dtype ?? (whole ? int64 : get_default_dtype());
  return asLeaf(ramp(Math.max(0, Math.ceil((to - from) / by)), from, by, dtype), options.requires_grad ?? false);
}
