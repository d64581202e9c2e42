// The numbers in bytes of a dtype.
import type { Dtype, DtypeName, TypedArray } from "../../src/base/dtype.ts";
import { bfloat16, float16 } from "../../src/base/dtype.ts";
import { halfValue } from "../../src/kernel/half.ts";
import { bytesOf, dtypeOf } from "./program.ts";

/** The memory as the host sees numbers of a dtype. */
export const arrayOver = (memory: ArrayBuffer, { array }: Dtype): TypedArray =>
  new (array as unknown as new (memory: ArrayBuffer) => TypedArray)(memory);
/** One number after the other; of complex dtypes two make an element. */
export function numbersOf(bytes: Uint8Array, name: DtypeName): ArrayLike<number | bigint> {
  const dtype = dtypeOf(name);
  const values = arrayOver(bytes.slice().buffer, dtype) as unknown as ArrayLike<number | bigint>;
  if (dtype !== float16 && dtype !== bfloat16) return values;
  return Array.from(values as ArrayLike<number>, (bits) => halfValue(bits, dtype));
}
/** The elements, complex ones as pairs. */
export function unpacked(text: string, name: DtypeName): (number | bigint | readonly [number, number])[] {
  const numbers = Array.from(numbersOf(bytesOf(text), name) as ArrayLike<number>);
  if (!dtypeOf(name).is_complex) return numbers;
  return numbers.flatMap((x, i) => (i % 2 === 0 ? [[x, numbers[i + 1]] as const] : []));
}

/**
 * The numbers in bytes with each moved to a neighbour of its own, up or down as its bits say: equal numbers stay equal. Those
 * with few digits stay as they are, for at whole numbers, halves and the like functions jump.
 */
export function nudged(bytes: Uint8Array, name: DtypeName): Uint8Array {
  const out = bytes.slice();
  const isWide = name === "float64" || name === "complex128";
  if (name === "float16" || name === "bfloat16") {
    const halves = new Uint16Array(out.buffer);
    for (let i = 0; i < halves.length; i++) {
      const low = halves[i] & 7;
      if (low > 0 && low < 7) halves[i] += halves[i] & 2 ? 1 : -1;
    }
    return out;
  }
  if (!isWide && name !== "float32" && name !== "complex64") return out;
  const words = new Uint32Array(out.buffer);
  for (let i = 0; i < words.length; i += isWide ? 2 : 1) {
    const high = words[isWide ? i + 1 : i];
    const exponent = isWide ? (high >>> 20) & 0x7ff : (high >>> 23) & 0xff;
    const isFinite = exponent !== 0 && exponent !== (isWide ? 0x7ff : 0xff);
    // Away from the ends of the lowest digits nothing is carried.
    const low = words[i] & 0xfff;
    if (isFinite && low > 0 && low < 0xfff) words[i] += (words[i] >>> 4) & 1 ? 1 : -1;
  }
  return out;
}
