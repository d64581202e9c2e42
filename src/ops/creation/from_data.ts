// Tensors from data the caller has, and the ramp of arange: factories whose arguments no signature describes.
import type { Dtype, Scalar, TypedArray } from "../../base/dtype.ts";
import {
  bool,
  Complex,
  complexOf,
  dtypes,
  Float,
  float16,
  float64,
  get_default_dtype,
  int32,
  int64,
  uint8,
} from "../../base/dtype.ts";
import { assertHolds } from "../../base/dtype_info.ts";
import { help, NotImplementedError, RuntimeError, TypeError, ValueError, warn } from "../../base/errors.ts";
import type { DeviceLike } from "../../devices/device.ts";
import { currentDevice, getDevice, onDevice, placedOn } from "../../devices/registry.ts";
import { precise } from "../../kernel/abstract.ts";
import { iota, param } from "../../kernel/expr.ts";
import { halfBits, isHalf } from "../../kernel/half.ts";
import { Kernel, operand } from "../../kernel/loops.ts";
import { list, numel } from "../../base/layout.ts";
import { observer } from "../../base/observer.ts";
import type { Shape } from "../../base/layout.ts";
import { empty as allocate } from "../../tensor/allocate.ts";
import { callable } from "../../dispatch/callable.ts";
import { bind, isOptions, isScalar } from "../../dispatch/bind.ts";
import { assertAsked, outs } from "../../dispatch/outs.ts";
import { inLevels } from "../../dispatch/levels.ts";
import { transferred } from "../../dispatch/transfer.ts";
import { parseSchema } from "../../dispatch/schema.ts";
import { assign } from "../../tensor/elementwise.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { typeWord } from "../../tensor/type_word.ts";

/** Options of every factory: the dtype, the device, whether operations on the result are recorded. */
export interface FactoryOptions {
  dtype?: Dtype | null;
  device?: DeviceLike | null;
  requires_grad?: boolean;
}
/** The pixels of a canvas or an image: `data` has red, green, blue and alpha of each, row by row. */
interface Pixels {
  readonly data: TypedArray | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}
/** What `torch.tensor` accepts: numbers, booleans, bigints, nested arrays of them, typed arrays, tensors, pixels. */
export type TensorData =
  Scalar | TypedArray | Uint8ClampedArray | Uint32Array | BigUint64Array | Pixels | Tensor | readonly TensorData[];

/**
 * A tensor with a copy of `data`. Numbers give the default dtype (float32), bigints int64, booleans bool; a typed array
 * keeps its own dtype, or gets the next that holds its numbers (a Uint16Array is the bits of a 16-bit float, if that is
 * the dtype asked for); ImageData becomes [height, width, 4] of uint8. Raises ValueError for ragged nesting, TypeError for
 * anything that is not a number. As `torch.tensor`.
 * @example torch.tensor([[1, 2], [3, 4]]) // tensor([[1., 2.], [3., 4.]])
 */
declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /** {@link tensor} of this dtype and device, unless others are given. */
    new_tensor(data: TensorData, options?: FactoryOptions): Tensor;
    new_tensor(options: FactoryOptions & { data: TensorData }): Tensor;
  }
}
Tensor.prototype.new_tensor = function (this: Tensor, ...given: unknown[]) {
  const [data, dtype, device, requires_grad] = bind(NEW_TENSOR, given) as FactoryValues;
  return tensor(data as TensorData, { dtype: dtype ?? this.dtype, device: device ?? this.device, requires_grad });
};
export function tensor(data: TensorData, options?: FactoryOptions): Tensor;
export function tensor(...given: unknown[]): Tensor {
  const [data, dtype, device, requires_grad] = bind(TENSOR, given) as FactoryValues;
  if (data instanceof Tensor) {
    warn(
      "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
    );
    return asLeaf(
      data
        .detach()
        .to({ dtype: dtype ?? data.dtype, device: device ?? data.device })
        .clone(),
      requires_grad,
    );
  }
  return asLeaf(inLevels(placedOn(device, () => fromData(data, dtype))), requires_grad);
}
type FactoryValues = [data: TensorData, dtype: Dtype | null, device: DeviceLike | null, requires_grad: boolean];
const TENSOR = parseSchema(
  "tensor(object data, *, dtype? dtype=None, device? device=None, bool requires_grad=False) -> Tensor",
);
const NEW_TENSOR = parseSchema(TENSOR.text.replace("tensor", "new_tensor"));
/** Marks a fresh tensor as one whose operations are recorded. */
export function asLeaf(t: Tensor, requires_grad: boolean): Tensor {
  observer.current?.note?.("made", t);
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

/**
 * A tensor of one dim with the numbers of a typed array: a copy, where PyTorch's shares memory with NumPy's. Raises TypeError
 * for anything else. As `torch.from_numpy`.
 * @example torch.from_numpy(new Float32Array([1, 2])) // tensor([1., 2.])
 */
export const from_numpy = callable<{ ndarray: TypedArray }>()("from_numpy(object ndarray) -> Tensor", ({ ndarray }) => {
  if (!ArrayBuffer.isView(ndarray)) throw new TypeError(`expected np.ndarray (got ${typeWord(ndarray)})`);
  return tensor(ndarray);
});
/** As `tensor`, but shares memory with a tensor of the dtype asked for, as `torch.as_tensor`. */
export function as_tensor(data: TensorData, options?: FactoryOptions): Tensor;
export function as_tensor(...given: unknown[]): Tensor {
  const [data, dtype, device, requires_grad] = bind(AS_TENSOR, given) as FactoryValues;
  if (data instanceof Tensor) return data.to({ dtype, device });
  return asLeaf(inLevels(placedOn(device, () => fromData(data, dtype))), requires_grad);
}
const AS_TENSOR = parseSchema(
  "as_tensor(object data, *, dtype? dtype=None, device? device=None, bool requires_grad=False) -> Tensor",
);

/**
 * What a typed array is, whatever realm (frame, VM context) it comes from: `instanceof` knows those of this one alone.
 * Undefined for anything else.
 */
const kindOfArray = (x: unknown): string | undefined =>
  ArrayBuffer.isView(x) ? (x as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag] : undefined;
const isTyped = (x: unknown): x is TypedArray => ArrayBuffer.isView(x) && kindOfArray(x) !== "DataView";
const isPixels = (x: unknown): x is Pixels => Object.prototype.toString.call(x) === "[object ImageData]";
/** The elements of a typed array in one of the arrays that tensors are made from, and their dtype. */
function elementsOf(x: TypedArray, dtype: Dtype | null): [TypedArray, Dtype] {
  const numbers = x as unknown as ArrayLike<number>;
  switch (kindOfArray(x)) {
    case "Uint8ClampedArray":
      return [x, uint8];
    case "Float16Array":
      return [new Uint16Array(x.buffer, x.byteOffset, x.length), float16];
    case "Uint16Array":
      return dtype !== null && isHalf(dtype) ? [x, dtype] : [Int32Array.from(numbers), int32];
    case "Uint32Array":
      return [BigInt64Array.from(numbers, BigInt), int64];
    case "BigUint64Array":
      return [BigInt64Array.from(x as BigInt64Array, (v) => int64Of(v)), int64];
  }
  return [x, dtypeOfArray(x)];
}
/** A bigint that is known to fit. */
function int64Of(x: bigint): bigint {
  if (BigInt.asIntN(64, x) !== x) throw new ValueError("Overflow when unpacking long long");
  return x;
}
function fromData(data: TensorData, dtype: Dtype | null): Tensor {
  if (isTyped(data)) {
    const [values, own] = elementsOf(data, dtype);
    const made = fromTyped(values, [values.length], own);
    return dtype === null || dtype === own ? made : made.to(dtype);
  }
  if (isPixels(data)) return fromData(data.data, dtype).view([data.height, data.width, 4]);
  const shape = shapeOf(data);
  const n = numel(shape);
  const inferred = dtype ?? inferDtype(data) ?? get_default_dtype();
  const values = inferred === int64 ? new BigInt64Array(n) : new Float64Array(inferred.is_complex ? 2 * n : n);
  fill(data, shape, 0, values, { at: 0 }, inferred);
  return fromTyped(values, shape, inferred);
}
/** A tensor with a copy of `values`, cast to `dtype`. Complex numbers are re, im, re, im, …; 16-bit floats may be bits. */
export function fromTyped(values: TypedArray, shape: Shape, dtype: Dtype): Tensor {
  const held = heldAs(values, dtype);
  const on = currentDevice();
  // What is to be cast is cast on the host: a device need not have the dtype that it comes in.
  if (held !== dtype && on.holdsData && !("host" in on))
    return transferred(
      onDevice(getDevice("cpu"), () => fromTyped(values, shape, dtype)),
      on,
    );
  const raw = allocate(shape, held);
  const from = raw.dtype === uint8 && dtype === bool ? new Tensor(raw.storage, bool, shape, raw.strides, 0) : raw;
  raw.backend.upload(raw.dtype, raw, values);
  return from.dtype === dtype ? from : from.to(dtype);
}
/** A copy of the elements in row-major order, 16-bit floats as the numbers they are and not as their bits. */
export const elements = (t: Tensor): TypedArray => (isHalf(t.dtype) ? t.float() : t).typed_array();
/** The same as float64, which they are cast to on the host: a device need not have it. */
export const doubles = (t: Tensor): Float64Array => t.cpu().double().typed_array() as Float64Array;
/** So many zeros on the host, to be filled. Raises OutOfMemoryError where a tensor of them would. */
export function hostZeros(n: number): Float64Array {
  if (n > 2 ** 20) allocate([n], float64);
  return new Float64Array(n);
}
/** Has the elements of a tensor without holes filled, in the order of memory; 16-bit floats as float32, which is then rounded. */
export function filledOnHost(out: Tensor, fill: (values: never) => void): void {
  const { dtype, backend } = out;
  if (!backend.holdsData) return;
  const half = isHalf(dtype);
  if (!half && "host" in backend) return fill(out.host() as never);
  const n = out.numel() * (dtype.is_complex ? 2 : 1);
  const values = half ? new Float32Array(n) : new dtype.array(n);
  fill(values as never);
  backend.upload(dtype, out, half ? Uint16Array.from(values as Float32Array, (x) => halfBits(x, dtype)) : values);
}
/** What the elements of an array are when a tensor of `dtype` is to be made of them. */
function heldAs(x: TypedArray, dtype: Dtype): Dtype {
  if (kindOfArray(x) === "Uint16Array" && isHalf(dtype)) return dtype;
  return dtype.is_complex ? complexOf(dtypeOfArray(x)) : dtypeOfArray(x);
}
const ARRAYS = new Map<string | undefined, Dtype>([
  ...dtypes.filter((d) => d.category > 0 && !d.is_complex && !isHalf(d)).map((d) => [d.array.name, d] as const),
  ["Uint8ClampedArray", uint8],
  ["Uint16Array", int32],
  ["Uint32Array", int64],
  ["BigUint64Array", int64],
  ["Float16Array", float16],
]);
function dtypeOfArray(x: TypedArray): Dtype {
  const found = ARRAYS.get(kindOfArray(x));
  if (found) return found;
  throw new TypeError(
    `can't convert ${typeWord(x)} to a tensor. The only supported arrays are ${[...ARRAYS.keys()].join(", ")}.`,
  );
}
/** An array that holds itself has no end. */
const MAX_DIMS = 128;
const tooDeep = (): ValueError => new ValueError("too many dimensions 'list'");
/** Sizes by following the first elements down. */
function shapeOf(data: TensorData): number[] {
  const shape: number[] = [];
  for (let at: unknown = data; ;) {
    if (at instanceof Tensor || isTyped(at)) return [...shape, ...(at instanceof Tensor ? at.sizes : [at.length])];
    if (!Array.isArray(at)) return shape;
    shape.push(at.length);
    if (at.length === 0) return shape;
    if (shape.length > MAX_DIMS) throw tooDeep();
    at = at[0];
  }
}
export function inferDtype(data: TensorData, depth = 0): Dtype | null {
  if (data instanceof Tensor) return data.dtype;
  if (isTyped(data)) return dtypeOfArray(data);
  if (typeof data === "boolean") return bool;
  if (typeof data === "bigint") return int64;
  if (typeof data === "number") return get_default_dtype();
  if (data instanceof Float) return get_default_dtype();
  if (data instanceof Complex) return complexOf(get_default_dtype());
  if (!Array.isArray(data)) throw notNumber(data);
  if (depth > MAX_DIMS) throw tooDeep();
  let dtype: Dtype | null = null;
  for (const x of data) {
    const d = inferDtype(x as TensorData, depth + 1);
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
    if (x instanceof Complex && dtype !== bool && !dtype.is_complex)
      throw new TypeError(
        dtype.is_floating_point
          ? "must be real number, not complex"
          : "'complex' object cannot be interpreted as an integer",
      );
    if (dtype.category === 1) {
      if (typeof x === "bigint") int64Of(x);
      assertHolds(x, dtype, dtype.name);
    }
    if (out instanceof BigInt64Array) {
      out[cursor.at++] = typeof x === "bigint" ? int64Of(x) : BigInt(Math.trunc(Number(x)));
    } else if (dtype.is_complex) {
      out[cursor.at++] = x instanceof Complex ? x.re : Number(x);
      out[cursor.at++] = x instanceof Complex ? x.im : 0;
    } else out[cursor.at++] = x instanceof Complex ? Number(x.re !== 0 || x.im !== 0) : Number(x);
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
/** start + i * step, of floats computed in float64 where there is one. */
function ramp(n: number, start: Scalar, step: Scalar, dtype: Dtype): Tensor {
  const out = allocate([n], dtype);
  const wide = !dtype.is_floating_point ? int64 : dtype === float64 ? dtype : precise;
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
    operands: [operand(out, [1])],
    params: [start, step],
  });
  return out;
}

interface ArangeOptions extends FactoryOptions {
  start?: Scalar;
  step?: Scalar;
}
/** start, start + step, … below end. int64 if all three are whole, as the numbers are indices then. */
export function arange(end: Scalar, options?: ArangeOptions): Tensor;
export function arange(start: Scalar, end: Scalar, options?: ArangeOptions): Tensor;
export function arange(start: Scalar, end: Scalar, step: Scalar, options?: FactoryOptions): Tensor;
export function arange(options: ArangeOptions & { end: Scalar }): Tensor;
export function arange(...given: unknown[]): Tensor {
  const options = given.at(-1);
  const count = isOptions(options) ? given.length - 1 : given.length;
  // A number that stands alone is the end.
  const isEnd = count === 1 && (count === given.length || !Object.hasOwn(options as object, "end"));
  const values = bind(ARANGE, isEnd ? [undefined, ...given] : given);
  const out = values.at(-1) as Tensor | null;
  const [start, end, step, dtype, device, requires_grad] = values as [
    Scalar,
    Scalar | null,
    Scalar,
    Dtype | null,
    DeviceLike | null,
    boolean,
  ];
  if (end === null) throw new TypeError('arange() missing 1 required positional argument: "end"');
  const [from, to, by] = [start, end, step].map(Number);
  if (by === 0) throw new RuntimeError("step must be nonzero");
  if (!Number.isFinite(from) || !Number.isFinite(to))
    throw new RuntimeError(`unsupported range: ${pythonText(from)} -> ${pythonText(to)}`);
  if (by > 0 ? to < from : to > from) throw new RuntimeError("upper bound and lower bound inconsistent with step sign");
  const whole = [start, end, step].every((x) => !(x instanceof Float) && Number.isInteger(Number(x)));
  if (dtype !== null && out !== null) assertAsked(dtype, out);
  const wanted = dtype ?? out?.dtype ?? (whole ? int64 : get_default_dtype());
  if (wanted === bool || wanted.is_complex)
    throw new NotImplementedError(`"arange_cpu" not implemented for '${wanted.legacyName}'`);
  const made = placedOn(device, () => {
    if (wanted === int64 && ![from, to, by].every(Number.isSafeInteger))
      return wholeRamp(toWhole(start), toWhole(end), toWhole(step));
    const isExact = wanted.is_floating_point || (Number.isSafeInteger(from) && Number.isSafeInteger(by));
    const [first, stride] = isExact ? [from, by] : [toWhole(start), toWhole(step)];
    return ramp(Math.max(0, Math.ceil((to - from) / by)), first, stride, wanted);
  });
  if (out !== null) return outs.writeOuts(ARANGE, out, made, []) as Tensor;
  return asLeaf(inLevels(made), requires_grad);
}
/** Of int64 the bounds are counted in whole numbers, as PyTorch does. */
function wholeRamp(start: bigint, end: bigint, step: bigint): Tensor {
  if (step === 0n) throw new ValueError("step must be nonzero\nOf whole numbers it is rounded towards 0.");
  return ramp(Number((end - start + step - (step > 0n ? 1n : -1n)) / step), start, step, int64);
}
const pythonText = (x: number): string => String(x).replace("Infinity", "inf").replace("NaN", "nan");
const toWhole = (x: Scalar): bigint => (typeof x === "bigint" ? x : BigInt(Math.trunc(Number(x))));
const ARANGE = parseSchema(
  "arange(Scalar start=0, Scalar? end=None, Scalar step=1, *, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
