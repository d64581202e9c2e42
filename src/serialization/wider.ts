// Numbers of dtypes that tensors do not have here, as the narrowest that holds every one of them.
import { complex64, float16, float32, int32, int64 } from "../base/dtype.ts";
import type { Dtype, TypedArray } from "../base/dtype.ts";
import { RuntimeError, warnOnce } from "../base/errors.ts";
import { halfBits, halfValue } from "../kernel/half.ts";

interface Wider {
  readonly itemsize: number;
  readonly dtype: Dtype;
  /** Of so many little-endian elements, as the wider dtype has them in memory. */
  read(data: DataView, count: number): TypedArray;
}
/** A float of eight bits: sign, exponent, fraction; `nan` says which bits are none. */
function float8(fraction: number, bias: number, special: (bits: number) => number | null): Wider {
  const number = (bits: number): number => {
    const found = special(bits);
    if (found !== null) return found;
    const exponent = (bits & 0x7f) >> fraction;
    const rest = (bits & ((1 << fraction) - 1)) / (1 << fraction);
    const size = exponent === 0 ? rest * 2 ** (1 - bias) : (1 + rest) * 2 ** (exponent - bias);
    return bits & 0x80 ? -size : size;
  };
  const halves = Uint16Array.from({ length: 256 }, (_, bits) => halfBits(number(bits), float16));
  return {
    itemsize: 1,
    dtype: float16,
    read: (data, count) => Uint16Array.from({ length: count }, (_, i) => halves[data.getUint8(i)]),
  };
}
const whole = (itemsize: number, dtype: Dtype, read: Wider["read"]): Wider => ({ itemsize, dtype, read });
const negativeZero = (bits: number): number | null => (bits === 0x80 ? NaN : null);
const halfInfinity = (bits: number): number | null =>
  (bits & 0x7c) !== 0x7c ? null : bits & 3 ? NaN : bits & 0x80 ? -Infinity : Infinity;

/** By PyTorch's names. */
const wider: Readonly<Record<string, Wider>> = {
  "torch.float8_e4m3fn": float8(3, 7, (bits) => ((bits & 0x7f) === 0x7f ? NaN : null)),
  "torch.float8_e5m2": float8(2, 15, halfInfinity),
  "torch.float8_e4m3fnuz": float8(3, 8, negativeZero),
  "torch.float8_e5m2fnuz": float8(2, 16, negativeZero),
  "torch.float8_e8m0fnu": whole(1, float32, (data, count) =>
    Float32Array.from({ length: count }, (_, i) => (data.getUint8(i) === 255 ? NaN : 2 ** (data.getUint8(i) - 127))),
  ),
  "torch.uint16": whole(2, int32, (data, count) =>
    Int32Array.from({ length: count }, (_, i) => data.getUint16(2 * i, true)),
  ),
  "torch.uint32": whole(4, int64, (data, count) =>
    BigInt64Array.from({ length: count }, (_, i) => BigInt(data.getUint32(4 * i, true))),
  ),
  "torch.uint64": whole(8, int64, (data, count) =>
    BigInt64Array.from({ length: count }, (_, i) => {
      const x = data.getBigUint64(8 * i, true);
      if (x >= 2n ** 63n)
        throw new RuntimeError(`element ${i} of torch.uint64 is ${x}, which torch.int64 does not hold`);
      return x;
    }),
  ),
  "torch.complex32": whole(4, complex64, (data, count) =>
    Float32Array.from({ length: 2 * count }, (_, i) => halfValue(data.getUint16(2 * i, true), float16)),
  ),
};
/** Bytes of an element of a dtype, by PyTorch's name for it, that is read as a wider one; undefined of others. */
export const widerSize = (name: string): number | undefined => wider[name]?.itemsize;
/** What it is read as. */
export const widerDtype = (name: string): Dtype => wider[name].dtype;
/**
 * The elements of little-endian bytes as the wider dtype has them in memory, with a warning that says which that is. Raises
 * RuntimeError for a uint64 that int64 does not hold.
 */
export function widened(name: string, bytes: Uint8Array): Uint8Array {
  const { itemsize, dtype, read } = wider[name];
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const made = read(data, Math.floor(bytes.length / itemsize));
  warnOnce(`${name} was read as ${dtype}, which holds its numbers exactly\nTensors have no ${name} here.`);
  return new Uint8Array(made.buffer, made.byteOffset, made.byteLength);
}
