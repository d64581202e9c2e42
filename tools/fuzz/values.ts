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
