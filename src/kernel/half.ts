// 16-bit floats as their bits and as float32: for kernels as expressions, for the host as numbers.
import type { Dtype } from "../base/dtype.ts";
import { bfloat16, float16, float32, int16, int32 } from "../base/dtype.ts";
import { constant } from "./expr.ts";
import type { Expr } from "./expr.ts";

export const isHalf = (d: Dtype): boolean => d === float16 || d === bfloat16;

const SIGN = 0x8000;
/** Bits of float16's infinity; what lies above is NaN. */
const INFINITE = 0x7c00;
/** Float32 has 13 bits of fraction more than float16, and 112 more in the bias of the exponent. */
const REBIAS = 112;

/** The float32 with the value of a 16-bit float. */
export function widened(x: Expr): Expr {
  const bits = x.bitcast(int16).cast(int32);
  if (x.dtype === bfloat16) return bits.shl(16).bitcast(float32);
  const magnitude = bits.and(SIGN - 1);
  // The shifted bits are too small by 2^112, whether they are of a normal number or a subnormal one.
  const finite = magnitude
    .shl(13)
    .bitcast(float32)
    .mul(2 ** REBIAS);
  const special = magnitude.shl(13).or(0x7f800000).bitcast(float32);
  return magnitude.ge(INFINITE).where(special, finite).copysign(bits.bitcast(float32));
}
/** A float32 rounded to the nearest 16-bit float, ties to even. */
export function narrowed(x: Expr, to: Dtype): Expr {
  const bits = x.bitcast(int32);
  const rounded = (shift: number): Expr => bits.add(2 ** (shift - 1) - 1).add(bits.shr(shift).and(1));
  if (to === bfloat16) return x.isnan().where(constant(0x7fc0, int32), rounded(16).shr(16)).cast(int16).bitcast(to);
  const normal = rounded(13)
    .and(0x7fffffff)
    .sub(REBIAS * 2 ** 23)
    .shr(13)
    .min(INFINITE);
  // Below 2^-14 float16 counts in steps of 2^-24.
  const size = x.abs();
  const small = size
    .mul(2 ** 24)
    .apply("round")
    .cast(int32);
  const magnitude = size.lt(2 ** -14).where(small, normal);
  const number = x.isnan().where(constant(0x7e00, int32), magnitude);
  return bits.shr(16).and(-SIGN).or(number).cast(int16).bitcast(to);
}

const view = new DataView(new ArrayBuffer(4));
/** The value of a 16-bit float's bits. */
export function halfValue(bits: number, dtype: Dtype): number {
  if (dtype === bfloat16) {
    view.setUint32(0, bits << 16);
    return view.getFloat32(0);
  }
  const sign = bits & SIGN ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
/** The bits of a number as a 16-bit float, rounded to float32 first as PyTorch does. */
export function halfBits(x: number, dtype: Dtype): number {
  view.setFloat32(0, x);
  const bits = view.getUint32(0);
  if (Number.isNaN(x)) return dtype === bfloat16 ? 0x7fc0 : 0x7e00;
  if (dtype === bfloat16) return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  const size = Math.abs(view.getFloat32(0));
  const sign = (bits >>> 16) & SIGN;
  if (size < 2 ** -14) {
    const steps = size * 2 ** 24;
    const below = Math.floor(steps);
    const up = steps - below > 0.5 || (steps - below === 0.5 && below % 2 === 1);
    return sign | (below + Number(up));
  }
  const rounded = (bits & 0x7fffffff) + 0xfff + ((bits >>> 13) & 1) - REBIAS * 2 ** 23;
  return sign | Math.min(rounded >>> 13, INFINITE);
}
/** A number as a dtype of 16 bits has it. */
export const roundedToHalf = (x: number, dtype: Dtype): number => halfValue(halfBits(x, dtype), dtype);
