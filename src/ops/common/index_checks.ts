// What indices have to be, and where they may point: checked before anything is read or written.
import type { Dtype } from "../../base/dtype.ts";
import { int32, int64 } from "../../base/dtype.ts";
import { IndexError, RuntimeError } from "../../base/errors.ts";
import { list, sameShape, wrapDim } from "../../base/layout.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { look } from "./looks.ts";

/** Raises the error of `message` for an index that points past `size`. */
export function assertWithin(index: Tensor, size: number, message: (i: number) => Error, negative: boolean): void {
  if (index.numel() === 0 || index.whole.is_meta) return;
  const least = negative ? -size : 0;
  const wrong = look(index.whole, (whole) => {
    const low = Number(whole.amin().item());
    const high = Number(whole.amax().item());
    return low < least ? low : high >= size ? high : null;
  });
  if (wrong !== null) throw message(wrong);
}
const isIndexDtype = (dtype: Dtype): boolean => dtype === int64 || dtype === int32;
/** What `index_add` and `index_reduce` take: a source of self's shape but for the dim that `index` points along. */
export function assertSlices(name: string, self: Tensor, dim: number, index: Tensor, source: Tensor): void {
  const d = wrapDim(dim, self.sizes.length);
  if (index.sizes.length > 1)
    throw new IndexError(
      `${name}(): Index is supposed to be a vector, but got dim: ${index.sizes.length} with type: ${index.dtype.legacyName} and size: ${list(index.sizes)}`,
    );
  if (!isIndexDtype(index.dtype))
    throw new RuntimeError(`${name}(): Expected dtype int32/int64 for index but got: ${index.dtype.legacyName}`);
  if (self.dtype !== source.dtype)
    throw new RuntimeError(
      `${name}(): self (${self.dtype.legacyName}) and source (${source.dtype.legacyName}) must have the same scalar type`,
    );
  const count = index.numel();
  if (d > 0 && d >= source.sizes.length)
    throw new RuntimeError(
      `${name}(): Indexing dim ${d} is out of bounds of the source tensor with dim ${source.sizes.length}`,
    );
  if (source.sizes.length === 0 && count !== 1)
    throw new IndexError(`Dimension specified as ${d} but tensor has no dimensions`);
  if (source.sizes.length > 0 && source.sizes[d] !== count)
    throw new RuntimeError(
      `${name}(): Number of indices (${count}) should be equal to source.size(dim): (${source.sizes[d]}), for dim: ${d}`,
    );
  if (
    source.sizes.length !== self.sizes.length ||
    (self.sizes.length > 0 && !sameShape(source.sizes.toSpliced(d, 1), self.sizes.toSpliced(d, 1)))
  )
    throw new RuntimeError(
      `source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = ${list(self.sizes)} source.shape = ${list(source.sizes)}`,
    );
}
/** What `take` and `put` point with: places in the flattened tensor, from its end if they are negative. */
export function assertPlaces(self: Tensor, index: Tensor, empty: string): void {
  const n = self.numel();
  if (n === 0 && index.numel() > 0) throw new IndexError(empty);
  assertWithin(
    index,
    n,
    (i) => new IndexError(`out of range: tried to access index ${i} on a tensor of ${n} elements.`),
    true,
  );
}
