// Figures of many float32 at once, by a kernel: in lanes and by all threads, where a loop of the host reads one by one.
import { int32 } from "../base/dtype.ts";
import type { HostBackend } from "../devices/backend.ts";
import { acc, constant, input } from "../kernel/expr.ts";
import type { Expr } from "../kernel/expr.ts";
import { Kernel, operand } from "../kernel/loops.ts";
import type { Accumulator } from "../kernel/loops.ts";
import type { Block, Place } from "../kernel/place.ts";

/** Elements that are told of together; each has a factor of its own in the digest. */
export const ROW = 1024;
const [bits, factor] = [input(0, int32), input(1, int32)];
/** A change of any bit comes to many: first the high ones come to the low ones' places, for products only carry upwards. */
const turned = bits.shl(16).xor(bits.shr(16)).mul(0x45d9f3b);
const mixed = turned.xor(turned.shr(15));
const accumulator = (value: Expr, i: number, init: number, by: "add" | "min" | "max"): Accumulator => ({
  dtype: value.dtype,
  init: constant(init, value.dtype),
  step: acc(i, value.dtype)[by](value),
  combine: (a, b) => a[by](b),
});
/** As whole numbers in the order of the floats: NaN beyond the infinities. Theirs is found in one instruction, the floats' in six. */
const key = bits.xor(bits.shr(31).and(0x7fffffff));
const accs = [
  accumulator(mixed.mul(factor), 0, 0, "add"),
  accumulator(key, 1, 0x7fffffff, "min"),
  accumulator(key, 2, -0x80000000, "max"),
  // Of either sign.
  accumulator(bits.shl(1).eq(0).cast(int32), 3, 0, "add"),
];
const FIGURES = new Kernel({
  inputs: [int32, int32],
  outputs: accs.map(({ dtype }, i) => ({ dtype, value: acc(i, dtype) })),
  reduce: { accs, scan: false },
});

/** What a device has for it: the factors, and room for what is found of so many rows. */
interface Room {
  readonly factors: Place;
  readonly block: Block;
  readonly rows: number;
}
const rooms = new WeakMap<HostBackend, Room>();
function roomFor(backend: HostBackend, rows: number): Room {
  const known = rooms.get(backend);
  if (known !== undefined && known.rows >= rows) return known;
  let { factors } = known ?? {};
  if (factors === undefined) {
    factors = { block: backend.allocate(4 * ROW), offset: 0 };
    let seed = 1;
    // Odd, so that no change of a single element is lost.
    const odd = Int32Array.from({ length: ROW }, () => (seed = Math.imul(seed, 0x2c1b3c6d) + 0x297a2d39) | 1);
    backend.upload(int32, factors, odd);
  }
  const room = { factors, block: backend.allocate(4 * accs.length * rows), rows };
  rooms.set(backend, room);
  return room;
}
/**
 * What is told of rows: a number for each, of which equal rows have equal ones; its least and its largest element as
 * {@link floatOf} reads them, one of which is a NaN's where the row has one; how many are zero.
 */
export interface Rows {
  readonly digests: Int32Array;
  readonly least: Int32Array;
  readonly largest: Int32Array;
  readonly zeros: Int32Array;
}
const word = new Int32Array(1);
const float = new Float32Array(word.buffer);
/** The element that stands among {@link Rows}. */
export function floatOf(k: number): number {
  word[0] = k ^ ((k >> 31) & 0x7fffffff);
  return float[0];
}
/** Those of the infinities: beyond them are NaNs. */
export const [LOWEST, HIGHEST] = [~0x7f800000, 0x7f800000];
/** Of `rows` times {@link ROW} float32 that lie side by side. Stale after the next allocation. */
export function figuresOfRows(backend: HostBackend, { block, offset }: Place, rows: number): Rows {
  const room = roomFor(backend, rows);
  const found = accs.map((_, i): Place => ({ block: room.block, offset: i * room.rows }));
  backend.launch(FIGURES, {
    shape: [rows, ROW],
    reduced: 1,
    operands: [
      operand({ block, offset }, [ROW, 1]),
      operand(room.factors, [0, 1]),
      ...found.map((place) => operand(place, [1, 0])),
    ],
    params: [],
  });
  const [digests, least, largest, zeros] = found.map((place) => backend.host(int32, place, rows) as Int32Array);
  return { digests, least, largest, zeros };
}
