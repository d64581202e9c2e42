// The indices of sparse tensors, put in order, joined and looked up, on the host: a few numbers for each stored element.
import { int64 } from "../../base/dtype.ts";
import type { Shape } from "../../base/layout.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { doubles, fromTyped } from "../creation/from_data.ts";

/** A tensor of whole numbers. */
export const whole = (values: Float64Array, shape: readonly number[] = [values.length]): Tensor =>
  fromTyped(values, shape, int64);
/** The indices of each dim. */
export function rowsOf(indices: Tensor): readonly Float64Array[] {
  const [d, n] = indices.sizes;
  const all = doubles(indices.contiguous());
  return Array.from({ length: d }, (_, k) => all.subarray(k * n, (k + 1) * n));
}

function compare(a: readonly Float64Array[], i: number, b: readonly Float64Array[], j: number): number {
  for (let d = 0; d < a.length; d++) {
    const by = a[d][i] - b[d][j];
    if (by !== 0) return by;
  }
  return 0;
}
/**
 * The order that sorts the indices; equal ones stay as they are. Dim by dim from the last, each by counting, if the dims
 * are not much larger than there are elements.
 */
export function sortingOrder(rows: readonly Float64Array[], size: Shape, n: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  if (rows.some((_, d) => size[d] > 4 * n + 65536)) return order.sort((i, j) => compare(rows, i, rows, j) || i - j);
  let from = order;
  let to = new Uint32Array(n);
  for (let d = rows.length - 1; d >= 0; d--) {
    const row = rows[d];
    const starts = new Uint32Array(size[d] + 1);
    for (let i = 0; i < n; i++) starts[row[i] + 1]++;
    for (let k = 0; k < size[d]; k++) starts[k + 1] += starts[k];
    for (let i = 0; i < n; i++) to[starts[row[from[i]]]++] = from[i];
    [from, to] = [to, from];
  }
  return from;
}

/** Indices in order, each of them once. */
export interface Grouped {
  readonly indices: Tensor;
  /** For each element that there was, which of them is its own. */
  readonly group: Tensor;
  /** For each of them, the first element that had it. */
  readonly firsts: Tensor;
}
/** Puts indices in order; null if they are. */
export function grouped(indices: Tensor, size: Shape): Grouped | null {
  const [d, n] = indices.sizes;
  const rows = rowsOf(indices);
  const keys = keysOf(rows, size, n);
  const order = (i: number, j: number): number => (keys === null ? compare(rows, i, rows, j) : keys[i] - keys[j]);
  let sorted = d > 0 || n < 2;
  for (let i = 1; i < n && sorted; i++) sorted = order(i - 1, i) < 0;
  if (sorted) return null;
  const places = sortingOrder(rows, size, n);
  const group = new Float64Array(n);
  const firsts = new Float64Array(n);
  let count = 0;
  for (let k = 0; k < n; k++) {
    if (k === 0 || order(places[k - 1], places[k]) !== 0) firsts[count++] = places[k];
    group[places[k]] = count - 1;
  }
  const made = new Float64Array(d * count);
  for (let k = 0; k < d; k++) for (let i = 0; i < count; i++) made[k * count + i] = rows[k][firsts[i]];
  return { indices: whole(made, [d, count]), group: whole(group), firsts: whole(firsts.subarray(0, count)) };
}
/** A number for each element that grows as its indices do; null where such numbers would be too large. */
function keysOf(rows: readonly Float64Array[], size: Shape, n: number): Float64Array | null {
  if (rows.reduce((product, _, d) => product * size[d], 1) > Number.MAX_SAFE_INTEGER) return null;
  const keys = new Float64Array(n);
  for (const [d, row] of rows.entries()) for (let i = 0; i < n; i++) keys[i] = keys[i] * size[d] + row[i];
  return keys;
}

/** What two lists of indices come to when they are walked through side by side, and where the elements of each go. */
export interface Merged {
  readonly indices: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
}
/** Step for step as PyTorch merges them, which for indices out of order joins those that happen to meet. */
export function merged(a: Tensor, b: Tensor): Merged {
  const [d, n] = a.sizes;
  const m = b.sizes[1];
  const [x, y] = [rowsOf(a), rowsOf(b)];
  const [first, second] = [new Float64Array(n), new Float64Array(m)];
  const made = Array.from({ length: d }, () => new Float64Array(n + m));
  let count = 0;
  for (let i = 0, j = 0; i < n || j < m; count++) {
    const by = i >= n ? 1 : j >= m ? -1 : compare(x, i, y, j);
    for (let k = 0; k < d; k++) made[k][count] = by <= 0 ? x[k][i] : y[k][j];
    if (by <= 0) first[i++] = count;
    if (by >= 0) second[j++] = count;
  }
  const all = new Float64Array(d * count);
  for (let k = 0; k < d; k++) all.set(made[k].subarray(0, count), k * count);
  return { indices: whole(all, [d, count]), first: whole(first), second: whole(second) };
}
/** The elements of two lists of indices in order that are in both. */
export function common(a: Tensor, b: Tensor): { indices: Tensor; first: Tensor; second: Tensor } {
  const [d, n] = a.sizes;
  const m = b.sizes[1];
  const [x, y] = [rowsOf(a), rowsOf(b)];
  const [first, second] = [new Float64Array(Math.min(n, m)), new Float64Array(Math.min(n, m))];
  let count = 0;
  for (let i = 0, j = 0; i < n && j < m;) {
    const by = compare(x, i, y, j);
    if (by === 0) {
      first[count] = i;
      second[count++] = j;
    }
    if (by <= 0) i++;
    if (by >= 0) j++;
  }
  const all = new Float64Array(d * count);
  for (let k = 0; k < d; k++) for (let i = 0; i < count; i++) all[k * count + i] = x[k][first[i]];
  return {
    indices: whole(all, [d, count]),
    first: whole(first.subarray(0, count)),
    second: whole(second.subarray(0, count)),
  };
}
/** For each of `wanted` its place in a list of indices in order, counted from 1; 0 if it is not there. */
export function lookedUp(wanted: Tensor, indices: Tensor): Tensor {
  const n = wanted.sizes[1];
  const [x, y] = [rowsOf(wanted), rowsOf(indices)];
  const found = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let [low, high] = [0, indices.sizes[1]];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(y, middle, x, i) < 0) low = middle + 1;
      else high = middle;
    }
    if (low < indices.sizes[1] && compare(y, low, x, i) === 0) found[i] = low + 1;
  }
  return whole(found);
}

/** Where each of `count` rows begins, and the end of the last, from ascending rows. */
export function compress(rows: Tensor, count: number): Tensor {
  const starts = new Float64Array(count + 1);
  for (const row of doubles(rows.contiguous())) starts[row + 1]++;
  for (let k = 0; k < count; k++) starts[k + 1] += starts[k];
  return whole(starts);
}
const written = new WeakMap<Tensor, { version: number; rows: Tensor }>();
/** The row of each element, from where rows begin: made once for a tensor. */
export function writtenOut(starts: Tensor, n: number): Tensor {
  const known = written.get(starts);
  if (known !== undefined && known.version === starts.storage.version) return known.rows;
  const at = doubles(starts.contiguous());
  const rows = new Float64Array(n);
  for (let k = 0; k + 1 < at.length; k++) rows.fill(k, at[k], at[k + 1]);
  const made = whole(rows);
  made.storage.kept = true;
  written.set(starts, { version: starts.storage.version, rows: made });
  return made;
}
/** The pairs of elements of two matrices, each in order by rows, whose product goes into an element of theirs. */
export function pairsOf(
  [rows, cols]: readonly Tensor[],
  starts: Tensor,
  other: Tensor,
  width: number,
): { indices: Tensor; first: Tensor; second: Tensor; group: Tensor } {
  const [r, c, at, to] = [rows, cols, starts, other].map((t) => doubles(t.contiguous()));
  let total = 0;
  for (const col of c) total += at[col + 1] - at[col];
  const [first, second, group, madeRows, madeCols] = Array.from({ length: 5 }, () => new Float64Array(total));
  // Where the element of a column of the row at hand is; -1 if there is none yet.
  const place = new Int32Array(width).fill(-1);
  let [pairs, count] = [0, 0];
  for (let i = 0; i < r.length;) {
    const row = r[i];
    const [begin, begun] = [count, pairs];
    for (; i < r.length && r[i] === row; i++)
      for (let j = at[c[i]]; j < at[c[i] + 1]; j++) {
        const col = to[j];
        if (place[col] < 0) {
          place[col] = 0;
          madeCols[count++] = col;
        }
        first[pairs] = i;
        second[pairs] = j;
        group[pairs++] = col;
      }
    const own = madeCols.subarray(begin, count).sort();
    madeRows.fill(row, begin, count);
    for (let k = 0; k < own.length; k++) place[own[k]] = begin + k;
    for (let k = begun; k < pairs; k++) group[k] = place[group[k]];
    for (const col of own) place[col] = -1;
  }
  const indices = new Float64Array(2 * count);
  indices.set(madeRows.subarray(0, count));
  indices.set(madeCols.subarray(0, count), count);
  return { indices: whole(indices, [2, count]), first: whole(first), second: whole(second), group: whole(group) };
}
