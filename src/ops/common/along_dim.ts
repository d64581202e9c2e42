// What ops along one dim share: putting folded dims back, walking the rows in host memory, scattering a gradient.
import type { TypedArray } from "../../base/dtype.ts";
import { int64, opmath } from "../../base/dtype.ts";
import { IndexError } from "../../base/errors.ts";
import { wrapDim, wrapDims } from "../../base/layout.ts";
import type { Shape } from "../../base/layout.ts";
import { empty as allocate } from "../../tensor/allocate.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elements, fromTyped } from "../creation/from_data.ts";
import { scatter } from "../indexing/indexing.ts";

/** A gradient or result without the folded dims, with those dims back as 1. */
export function restored(t: Tensor, shape: Shape, dim: readonly number[] | number | null, keepdim: boolean): Tensor {
  if (keepdim || shape.length === 0) return t;
  const dims = wrapDims(typeof dim === "number" ? [dim] : dim, shape.length);
  return t.reshape(shape.map((n, d) => (dims.includes(d) ? 1 : n)));
}
/** The gradient of elements picked along `dim`: at `indices`, zero elsewhere. */
export function pickedGrad(grad: Tensor, shape: Shape, indices: Tensor, dim: number, keepdim: boolean): Tensor {
  if (shape.length === 0) return grad.reshape([]);
  return scatter(
    grad.new_zeros(shape),
    dim,
    restored(indices, shape, dim, keepdim),
    restored(grad, shape, dim, keepdim),
  );
}

/**
 * Elements of self chosen along `dim`: for each row the places that `choose` gives, `count` of them. Values and
 * places, in row-major order unless they are to have `strides`.
 */
export function chosenAlong(
  self: Tensor,
  dim: number,
  count: number,
  choose: (row: TypedArray) => ArrayLike<number>,
  strides?: readonly number[],
): [Tensor, Tensor] {
  const ndim = self.sizes.length;
  const d = wrapDim(dim, ndim);
  if (ndim === 0) return [self.clone(), fromTyped(new BigInt64Array(1), [], int64)];
  const whole = self.transpose(d, -1);
  const data = elements(whole);
  const n = whole.sizes.at(-1)!;
  const rows = n === 0 ? 0 : data.length / n;
  const shape = whole.sizes.with(-1, count);
  const values = new (opmath(self.dtype).array)(rows * count);
  const places = new BigInt64Array(rows * count);
  for (let r = 0; r < rows; r++) {
    const row = data.subarray(r * n, (r + 1) * n);
    const chosen = choose(row);
    for (let i = 0; i < count; i++) {
      values[r * count + i] = row[chosen[i]];
      places[r * count + i] = BigInt(chosen[i]);
    }
  }
  const back = (t: Tensor): Tensor => {
    const there = t.transpose(d, -1);
    if (d === ndim - 1 && strides === undefined) return there;
    return allocate(there.sizes, t.dtype, strides).copy_(there);
  };
  return [back(fromTyped(values, shape, self.dtype)), back(fromTyped(places, shape, int64))];
}

/** Raises IndexError if there is nothing along `dim` to choose from. */
export function assertNonEmptyDim(name: string, self: Tensor, dim: number): void {
  const { sizes } = self;
  const d = wrapDim(dim, sizes.length);
  if (sizes[d] === 0) throw new IndexError(`${name}(): Expected reduction dim ${d} to have non-zero size.`);
}
/** Ascending, NaN above everything. */
export function order(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return a === b ? 0 : Number(isNaN(a)) - Number(isNaN(b));
}
const isNaN = (x: number | bigint): boolean => x !== x;
/** The places of a row in ascending (or descending) order of their elements; equal ones stay in order. */
export function sortedPlaces(row: TypedArray, descending = false): Uint32Array {
  const sign = descending ? -1 : 1;
  return Uint32Array.from({ length: row.length }, (_, i) => i).sort((i, j) => sign * order(row[i], row[j]) || i - j);
}
