// dtypes, PyTorch's promotion table, the default dtype. Pure: knows nothing of tensors or devices.
import { TypeError, ValueError } from "./errors.ts";

export type TypedArray =
  Float64Array | Float32Array | BigInt64Array | Int32Array | Int16Array | Int8Array | Uint8Array | Uint16Array;
export interface TypedArrayConstructor {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray;
  new (length: number): TypedArray;
  readonly BYTES_PER_ELEMENT: number;
}

/** A complex number, as `item()` of a complex tensor gives it. Prints as Python prints it: `(1+2j)`. */
export class Complex {
  readonly re: number;
  readonly im: number;
  constructor(re: number, im: number) {
    this.re = re;
    this.im = im;
  }
  toString(): string {
    const text = (x: number): string => (Number.isNaN(x) ? "nan" : String(x).replace("Infinity", "inf"));
    const below = this.im < 0 || Object.is(this.im, -0);
    if (this.re === 0 && !Object.is(this.re, -0)) return `${below ? "-" : ""}${text(Math.abs(this.im))}j`;
    return `(${text(this.re)}${below ? "-" : "+"}${text(Math.abs(this.im))}j)`;
  }
}

/**
 * A Python float, where a whole number would count as an int: `torch.tensor([1n]).add(new torch.Float(2))` is float32 as
 * `torch.tensor([1]) + 2.0` is.
 */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  valueOf(): number {
    return this.value;
  }
  toString(): string {
    return Number.isInteger(this.value) ? `${this.value}.0` : String(this.value);
  }
}

/** A Python number as JavaScript has it: whole numbers count as int, others as float, bigints as int, booleans as bool. */
export type Scalar = number | bigint | boolean | Complex | Float;

export type DtypeName =
  | "float64"
  | "float32"
  | "float16"
  | "bfloat16"
  | "int64"
  | "int32"
  | "int16"
  | "int8"
  | "uint8"
  | "bool"
  | "complex64"
  | "complex128";

/** Categories in the order in which they win a promotion. */
type Category = 0 | 1 | 2 | 3; // bool, integer, floating point, complex

/**
 * The type of a tensor's elements, as `torch.dtype`: `torch.float32`, `torch.int64`, …
 * Prints as PyTorch prints it.
 */
export class Dtype {
  readonly name: DtypeName;
  /** Bytes of one element. */
  readonly itemsize: number;
  readonly is_floating_point: boolean;
  readonly is_complex: boolean;
  /** Whether tensors of it can require grad: floating point and complex. */
  readonly is_differentiable: boolean;
  readonly is_signed: boolean;
  /** Small number that identifies the dtype in kernel keys; the index in `dtypes`. */
  readonly code: number;
  readonly category: Category;
  /** What holds the elements on the host: 16-bit floats as their bits, complex numbers as re, im, re, im, … */
  readonly array: TypedArrayConstructor;
  /** `Float` in `torch.FloatTensor`. */
  readonly legacyName: string;

  constructor(code: number, name: DtypeName, array: unknown, category: Category, legacyName: string) {
    this.code = code;
    this.name = name;
    if (typeof array !== "function") throw new TypeError("cannot create 'torch.dtype' instances");
    this.array = array as TypedArrayConstructor;
    this.itemsize = this.array.BYTES_PER_ELEMENT * (category === 3 ? 2 : 1);
    this.category = category;
    this.is_floating_point = category === 2;
    this.is_complex = category === 3;
    this.is_differentiable = category >= 2;
    this.is_signed = name !== "uint8" && name !== "bool";
    this.legacyName = legacyName;
  }
  toString(): string {
    return `torch.${this.name}`;
  }
  toJSON(): string {
    return this.toString();
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

export const float64 = new Dtype(0, "float64", Float64Array, 2, "Double");
export const float32 = new Dtype(1, "float32", Float32Array, 2, "Float");
export const int64 = new Dtype(2, "int64", BigInt64Array, 1, "Long");
export const int32 = new Dtype(3, "int32", Int32Array, 1, "Int");
export const int16 = new Dtype(4, "int16", Int16Array, 1, "Short");
export const int8 = new Dtype(5, "int8", Int8Array, 1, "Char");
export const uint8 = new Dtype(6, "uint8", Uint8Array, 1, "Byte");
export const bool = new Dtype(7, "bool", Uint8Array, 0, "Bool");
export const float16 = new Dtype(8, "float16", Uint16Array, 2, "Half");
export const bfloat16 = new Dtype(9, "bfloat16", Uint16Array, 2, "BFloat16");
export const complex64 = new Dtype(10, "complex64", Float32Array, 3, "ComplexFloat");
export const complex128 = new Dtype(11, "complex128", Float64Array, 3, "ComplexDouble");

export { float64 as double, float32 as float, int64 as long, int32 as int, int16 as short, float16 as half };
export { complex64 as cfloat, complex128 as cdouble };

/** All dtypes, by code. */
export const dtypes: readonly Dtype[] = [
  float64,
  float32,
  int64,
  int32,
  int16,
  int8,
  uint8,
  bool,
  float16,
  bfloat16,
  complex64,
  complex128,
];
export const dtypeByName = new Map(dtypes.map((d) => [d.name, d]));
/**
 * The dtype of PyTorch's old types of tensors, or of such a name: "torch.FloatTensor". Raises TypeError, and ValueError for
 * another name.
 */
export function dtypeOfType(type: unknown): Dtype {
  if (type instanceof Dtype) return type;
  const of = typeof type === "function" ? (type as { dtype?: unknown }).dtype : undefined;
  if (of instanceof Dtype) return of;
  if (typeof type !== "string") throw new TypeError("dtype must be a type, str, or dtype object");
  const found = dtypes.find((d) => `torch.${d.legacyName}Tensor` === type);
  if (found === undefined) throw new ValueError(`invalid type: '${type}'`);
  return found;
}

/** The dtype that arithmetic on 16-bit floats is done in before it is rounded to them; any other dtype itself. */
export const opmath = (d: Dtype): Dtype => (d === float16 || d === bfloat16 ? float32 : d);
/** The dtype of the parts of a complex number; of a real one itself. */
export const realOf = (d: Dtype): Dtype => (d === complex64 ? float32 : d === complex128 ? float64 : d);
/** The complex dtype with parts of this precision. */
export const complexOf = (d: Dtype): Dtype => (d.is_complex ? d : d === float64 ? complex128 : complex64);

let defaultDtype = float32;
/** The dtype of numbers without one, as `torch.get_default_dtype`. */
export function get_default_dtype(): Dtype {
  return defaultDtype;
}
/** Sets the dtype that numbers get; only floating-point dtypes are accepted, as in `torch.set_default_dtype`. */
export function set_default_dtype(d: Dtype): void {
  if (!d.is_floating_point)
    throw new TypeError(`only floating-point types are supported as the default type\nThis is ${String(d)}.`);
  defaultDtype = d;
}

/** The smallest dtype that holds both, as `torch.promote_types`. */
export function promote_types(a: Dtype, b: Dtype): Dtype {
  return promotions[a.code * dtypes.length + b.code];
}
function promote(a: Dtype, b: Dtype): Dtype {
  if (a === b) return a;
  if (a.is_complex || b.is_complex) {
    const wide = [a, b].some((d) => d === complex128 || d === float64);
    return wide ? complex128 : complex64;
  }
  if (a.category !== b.category) return a.category > b.category ? a : b;
  if (a.category === 2) {
    if (a.itemsize === b.itemsize) return float32; // float16 with bfloat16
    return a.itemsize > b.itemsize ? a : b;
  }
  // uint8 holds no negative numbers and int8 no large ones: together they need int16.
  if (a.itemsize === b.itemsize) return int16;
  return a.itemsize > b.itemsize ? a : b;
}
const promotions: readonly Dtype[] = dtypes.flatMap((a) => dtypes.map((b) => promote(a, b)));

/** The dtype a bare scalar would have as a tensor operand; only its category counts in a promotion. */
export function scalarDtype(x: Scalar): Dtype {
  if (typeof x === "boolean") return bool;
  if (typeof x === "bigint" || Number.isInteger(x)) return int64;
  return x instanceof Complex ? complexOf(defaultDtype) : defaultDtype;
}

/**
 * PyTorch's three priorities: tensors with dimensions, then 0-dim tensors, then scalars;
 * a lower one only counts if its category is higher than those above it.
 */
export function resultDtype(dimensioned: Dtype | null, zeroDim: Dtype | null, scalar: Dtype | null): Dtype {
  return combine(combine(dimensioned, zeroDim), scalar) ?? defaultDtype;
}
function combine(higher: Dtype | null, lower: Dtype | null): Dtype | null {
  if (higher === null) return lower;
  if (lower === null || higher.category >= lower.category) return higher;
  // The precision of a float stays when a lower priority makes it complex.
  if (lower.is_complex && higher.is_floating_point) return complexOf(higher);
  return promote_types(higher, lower);
}

/** Whether a value of `from` may be written into `to` by an in-place op, as `torch.can_cast`. */
export function can_cast(from: Dtype, to: Dtype): boolean {
  return from.category <= to.category;
}
