// Figures of many float32 at once, by a kernel: in lanes and by all threads, where a loop of the host reads one by one.
import { int32 } from "../base/dtype.ts";
import type { HostBackend } from "../devices/backend.ts";
import { acc, constant, input } from "../kernel/expr.ts";
import type { Expr } from "../kernel/expr.ts";
import { Kernel, operand } from "../kernel/loops.ts";
import type { Accumulator, Operand } from "../kernel/loops.ts";
import type { Place } from "../kernel/place.ts";

/** Elements that are told of together; each has a factor of its own in the digest. */
export const ROW = 1024;
const [bits, factor] = [input(0, int32), input(1, int32)];
export const SIGN = -0x80000000;
/** High bits come to the low ones' places, for products only carry upwards. */
const mixed = bits.xor(bits.shr(16));
/** In the order of numbers without a sign. */
const unsigned = bits.xor(SIGN);
const accumulator = (value: Expr, i: number, init: number, by: "add" | "min" | "max"): Accumulator => ({
  dtype: value.dtype,
  init: constant(init, value.dtype),
  step: acc(i, value.dtype)[by](value),
  combine: (a, b) => a[by](b),
});
const folding = (inputs: number, accs: readonly Accumulator[]): Kernel =>
  new Kernel({
    inputs: new Array<typeof int32>(inputs).fill(int32),
    outputs: accs.map(({ dtype }, i) => ({ dtype, value: acc(i, dtype) })),
    reduce: { accs, scan: false },
  });
/**
 * Floats stand in the order of their bits, negative ones the wrong way round: as numbers with a sign and without one, the least
 * and the largest bits are those of the least and the largest float of either sign, found in an instruction each.
 */
const FIGURES = folding(2, [
  accumulator(mixed.mul(factor), 0, 0, "add"),
  accumulator(bits, 1, ~SIGN, "min"),
  accumulator(bits, 2, SIGN, "max"),
  accumulator(unsigned, 3, ~SIGN, "min"),
  accumulator(unsigned, 4, SIGN, "max"),
]);
const FOUND = 5;
/** Of those that are not zero, of either sign: zeros are counted where there are any. */
const NONZERO = folding(1, [accumulator(bits.and(~SIGN).min(1), 0, 0, "add")]);

let seed = 1;
/** Odd, so that no change of a single element is lost. */
export const FACTORS = Int32Array.from({ length: ROW }, () => (seed = Math.imul(seed, 0x2c1b3c6d) + 0x297a2d39) | 1);
/** What a device has for it: room for what is found of so many rows, row by row, and the operands that are always the same. */
interface Room {
  readonly found: Place;
  readonly rows: number;
  readonly operands: readonly Operand[];
}
const rooms = new WeakMap<HostBackend, Room>();
function roomFor(backend: HostBackend, rows: number): Room {
  const known = rooms.get(backend);
  if (known !== undefined && known.rows >= rows) return known;
  let [factors] = known?.operands ?? [];
  if (factors === undefined) {
    factors = operand({ block: backend.allocate(4 * ROW), offset: 0 }, [0, 1]);
    backend.upload(int32, factors, FACTORS);
  }
  const block = backend.allocate(4 * FOUND * rows);
  const outputs = Array.from({ length: FOUND }, (_, i) => operand({ block, offset: i }, [FOUND, 0]));
  const room = { found: outputs[0], rows, operands: [factors, ...outputs] };
  rooms.set(backend, room);
  return room;
}
const word = new Int32Array(1);
const float = new Float32Array(word.buffer);
/** The float of these bits; there is one zero. */
export function floatOf(bits: number): number {
  word[0] = bits;
  return float[0] + 0;
}
export const INFINITE = 0x7f800000;
/** What is told of rows: a number, of which equal ones have equal ones, the least and the largest float, what is rare. */
export interface Rows {
  readonly digest: number;
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
  readonly hasNan: boolean;
}
/** Of `rows` times {@link ROW} float32 that lie side by side. */
export function figuresOfRows(backend: HostBackend, { block, offset }: Place, rows: number): Rows {
  const { found, operands } = roomFor(backend, rows);
  const elements = operand({ block, offset }, [ROW, 1]);
  const shape = [rows, ROW];
  backend.launch(FIGURES, { shape, reduced: 1, operands: [elements, ...operands], params: [] });
  const told = backend.host(int32, found, FOUND * rows) as Int32Array;
  let digest = 0;
  let [least, leastUnsigned] = [~SIGN, ~SIGN];
  let [largest, largestUnsigned] = [SIGN, SIGN];
  for (let i = 0; i < told.length; i += FOUND) {
    digest = Math.imul(digest ^ (digest >>> 15), 0x2c1b3c6d) ^ told[i];
    if (told[i + 1] < least) least = told[i + 1];
    if (told[i + 2] > largest) largest = told[i + 2];
    if (told[i + 3] < leastUnsigned) leastUnsigned = told[i + 3];
    if (told[i + 4] > largestUnsigned) largestUnsigned = told[i + 4];
  }
  let zeros = 0;
  if (leastUnsigned === SIGN || least === SIGN) {
    backend.launch(NONZERO, { shape, reduced: 1, operands: [elements, operands[1]], params: [] });
    zeros = rows * ROW;
    for (let i = 0; i < told.length; i += FOUND) zeros -= told[i];
  }
  return {
    digest,
    min: floatOf(least < 0 ? largestUnsigned ^ SIGN : leastUnsigned ^ SIGN),
    max: floatOf(largest < 0 ? least : largest),
    zeros,
    hasNan: largest > INFINITE || largestUnsigned > INFINITE,
  };
}
