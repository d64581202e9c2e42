// Sobol' sequences: points that fill a cube evenly.
import { float64, int64 } from "../../base/dtype.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { fromTyped } from "../creation/from_data.ts";
import { directions } from "./sobol_directions.ts";

/** Bits of a coordinate. */
const MAXBIT = 30;

const ofInts = (values: readonly number[], sizes: readonly number[]): Tensor =>
  fromTyped(BigInt64Array.from(values, BigInt), sizes, int64);
const intsOf = (t: Tensor): number[] => Array.from(t.typed_array() as BigInt64Array, Number);

/** Primitive polynomials over two elements, the smallest first, their coefficients as bits. */
function* primitives(): Generator<readonly [polynomial: number, degree: number]> {
  for (let degree = 1; ; degree++)
    for (let p = 2 ** degree + 1; p < 2 ** (degree + 1); p += 2) {
      let power = degree === 1 ? 1 : 2;
      let order = 1;
      for (; power !== 1; order++) power = power & (2 ** (degree - 1)) ? (power << 1) ^ p : power << 1;
      if (order === 2 ** degree - 1) yield [p, degree];
    }
}
/** Bit after bit of the packed numbers. */
function reader(): (count: number) => number {
  const bytes = atob(directions);
  let at = 0;
  return (count) => {
    let value = 0;
    for (; count > 0; count--, at++) value = (value << 1) | ((bytes.charCodeAt(at >> 3) >> (7 - (at & 7))) & 1);
    return value;
  };
}

/**
 * What is added for each bit of a point's number, in each dim: [dimension, MAXBIT]. There are numbers of 1111 dims, whose
 * polynomials have degrees up to 13.
 */
export function sobolState(dimension: number): Tensor {
  const rows: number[] = Array.from({ length: MAXBIT }, () => 1);
  const read = reader();
  const polynomials = primitives();
  for (let d = 1; d < dimension; d++) {
    const [p, degree] = polynomials.next().value as readonly [number, number];
    // Odd numbers of 1, 2, 3, ... bits.
    const row = Array.from({ length: degree }, (_, i) => (read(i) << 1) | 1);
    for (let j = degree; j < MAXBIT; j++) {
      let value = row[j - degree] ^ (row[j - degree] << degree);
      for (let k = 1; k < degree; k++) if ((p >> (degree - k)) & 1) value ^= row[j - k] << k;
      row.push(value);
    }
    rows.push(...row);
  }
  return ofInts(
    rows.map((x, i) => x * 2 ** (MAXBIT - 1 - (i % MAXBIT))),
    [dimension, MAXBIT],
  );
}

/**
 * The points from number `generated` + 1 on, of [n, dimension] coordinates, and where the sequence then is. Each is the one
 * before with what belongs to the lowest bit that its number lacks added, bit by bit.
 */
export function sobolPoints(quasi: Tensor, n: number, state: Tensor, generated: number): [points: Tensor, now: Tensor] {
  const points = new Float64Array(n * quasi.numel());
  const now = advanced(quasi, n, state, generated, (at, i) => {
    for (let d = 0; d < at.length; d++) points[i * at.length + d] = at[d] * 2 ** -MAXBIT;
  });
  return [fromTyped(points, [n, quasi.numel()], float64), now];
}
/** Where the sequence is `n` points on. */
export const sobolAfter = (quasi: Tensor, n: number, state: Tensor, generated: number): Tensor =>
  advanced(quasi, n, state, generated, null);
function advanced(
  quasi: Tensor,
  n: number,
  state: Tensor,
  generated: number,
  seen: ((at: readonly number[], i: number) => void) | null,
): Tensor {
  const at = intsOf(quasi);
  const rows = intsOf(state);
  for (let i = 0; i < n; i++) {
    const bit = lowestZero(generated + i);
    for (let d = 0; d < at.length; d++) at[d] ^= rows[d * MAXBIT + bit];
    seen?.(at, i);
  }
  return ofInts(at, [at.length]);
}
/** The place of the lowest bit that is 0. */
function lowestZero(x: number): number {
  let place = 0;
  for (; x % 2 === 1; x = (x - 1) / 2) place++;
  return place;
}

/** The state with the bits of each number mixed by a triangular matrix of bits a dim, [dimension, MAXBIT, MAXBIT]. */
export function sobolScrambled(state: Tensor, matrices: Tensor): Tensor {
  const rows = intsOf(state);
  const bits = intsOf(matrices);
  const dimension = state.sizes[0];
  const scrambled = rows.map((value, at) => {
    const d = Math.floor(at / MAXBIT);
    let mixed = 0;
    for (let p = 0; p < MAXBIT; p++) {
      let bit = (value >> (MAXBIT - 1 - p)) & 1;
      for (let k = 0; k < p; k++) bit ^= bits[(d * MAXBIT + p) * MAXBIT + k] & (value >> (MAXBIT - 1 - k)) & 1;
      mixed = (mixed << 1) | bit;
    }
    return mixed;
  });
  return ofInts(scrambled, [dimension, MAXBIT]);
}
