// What the dtypes hold: torch.finfo, torch.iinfo, and whether a number fits.
import { cppName, streamed } from "./cpp_names.ts";
import { bool, Complex, Dtype, Float, get_default_dtype, realOf } from "./dtype.ts";
import type { DtypeName, Scalar } from "./dtype.ts";
import { RuntimeError, TypeError } from "./errors.ts";

/** Limits of a floating-point dtype, as `torch.finfo`. */
export interface FloatInfo {
  readonly bits: number;
  /** The step from 1 to the next number. */
  readonly eps: number;
  readonly max: number;
  readonly min: number;
  /** The smallest positive number of full precision. */
  readonly smallest_normal: number;
  readonly tiny: number;
  /** Decimal digits of 1 that are told apart. */
  readonly resolution: number;
  readonly dtype: DtypeName;
}
/** Limits of an integer dtype, as `torch.iinfo`; those of int64 are bigints. */
export interface IntegerInfo {
  readonly bits: number;
  readonly max: number | bigint;
  readonly min: number | bigint;
  readonly dtype: DtypeName;
}

/** Bits of the fraction, the largest exponent, decimal digits. */
const FLOATS: Partial<Record<DtypeName, readonly [number, number, number]>> = {
  float64: [52, 1023, 15],
  float32: [23, 127, 6],
  float16: [10, 15, 3],
  bfloat16: [7, 127, 2],
};
/**
 * The limits of a floating-point dtype, the default one if none is given; of a complex one those of its parts. Raises
 * TypeError for integers. As `torch.finfo`.
 * @example torch.finfo(torch.float32).eps // 1.1920928955078125e-7
 */
export function finfo(type: Dtype = get_default_dtype()): FloatInfo {
  assertDtype("finfo", type);
  const dtype = realOf(type);
  const found = FLOATS[dtype.name];
  if (!found)
    throw new TypeError("torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'");
  const [fraction, exponent, digits] = found;
  const max = (2 - 2 ** -fraction) * 2 ** exponent;
  const smallest_normal = 2 ** (1 - exponent);
  const info: FloatInfo = {
    bits: dtype.itemsize * 8,
    eps: 2 ** -fraction,
    max,
    min: -max,
    smallest_normal,
    tiny: smallest_normal,
    resolution: Number(`1e-${digits}`),
    dtype: dtype.name,
  };
  return withText(info, "finfo", ["resolution", "min", "max", "eps", "smallest_normal", "tiny"]);
}
function assertDtype(name: string, type: unknown): void {
  if (!(type instanceof Dtype))
    throw new TypeError(
      `${name}(): argument 'type' (position 1) must be torch.dtype, not ${type === null ? "NoneType" : typeof type}`,
    );
}
/**
 * The limits of an integer dtype. Raises TypeError for others. As `torch.iinfo`.
 * @example torch.iinfo(torch.int8).max // 127
 */
export function iinfo(type: Dtype): IntegerInfo {
  assertDtype("iinfo", type);
  if (type === bool) throw new TypeError("torch.bool is not supported by torch.iinfo");
  if (type.category !== 1)
    throw new TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'");
  const bits = type.itemsize * 8;
  const [low, high] = type.is_signed
    ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n]
    : [0n, 2n ** BigInt(bits) - 1n];
  const plain = (x: bigint): number | bigint => (bits === 64 ? x : Number(x));
  return withText({ bits, max: plain(high), min: plain(low), dtype: type.name }, "iinfo", ["min", "max"]);
}
/** Prints as PyTorch's: `iinfo(min=-128, max=127, dtype=int8)`. */
function withText<T extends object>(
  info: T & { readonly dtype: string },
  name: string,
  fields: readonly (keyof T)[],
): T {
  const text = (): string => fields.map((f) => `${String(f)}=${streamed(Number(info[f]))}, `).join("");
  return Object.defineProperty(info, "toString", { value: () => `${name}(${text()}dtype=${info.dtype})` });
}

/** Raises PyTorch's RuntimeError if a tensor of `dtype` cannot hold `x`. Negative numbers may wrap around in uint8. */
export function assertHolds(x: Scalar, dtype: Dtype, name = typeName(dtype)): void {
  // What nearly all numbers are, and every dtype holds.
  if (typeof x === "number" && x >= 0 && x <= 127) return;
  const value = x instanceof Float ? x.value : x;
  if (typeof value === "boolean" || dtype === bool || holds(value, dtype, x instanceof Float)) return;
  throw new RuntimeError(`value cannot be converted to type ${name} without overflow\nThe value is ${String(x)}.`);
}
const typeName = (d: Dtype): string => (d.category === 1 && d.name !== "int32" ? `${d.name}_t` : cppName(d));
/** Every number that fills a tensor is compared with them. */
const known = new Map<Dtype, FloatInfo | IntegerInfo>();
function limits<I extends FloatInfo | IntegerInfo>(dtype: Dtype, find: (dtype: Dtype) => I): I {
  let info = known.get(dtype) as I | undefined;
  if (info === undefined) known.set(dtype, (info = find(dtype)));
  return info;
}
function holds(x: number | bigint | Complex, dtype: Dtype, isFloat: boolean): boolean {
  if (x instanceof Complex) return dtype.is_complex || (x.im === 0 && holds(x.re, dtype, true));
  if (dtype.category !== 1) {
    const size = Math.abs(Number(x));
    return !Number.isFinite(size) || dtype.itemsize === 8 || size <= limits(dtype, finfo).max;
  }
  const { min, max } = limits(dtype, iinfo);
  // Negative ints wrap around in unsigned dtypes, negative floats do not.
  const wraps = !dtype.is_signed && !isFloat && (typeof x === "bigint" || Number.isInteger(x));
  return x <= max && x >= (wraps ? -max : min);
}
