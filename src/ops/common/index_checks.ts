// What indices have to be, and where they may point: checked before anything is read or written.
import type { Dtype } from "../../base/dtype.ts";
import { int32, int64 } from "../../base/dtype.ts";
import { IndexError, RuntimeError } from "../../base/errors.ts";
import { list, sameShape, wrapDim } from "../../base/layout.ts";
import type { Judge } from "../../devices/backend.ts";
import { acc, input, param } from "../../kernel/expr.ts";
import { Kernel, operand } from "../../kernel/loops.ts";
import { further, placeOf } from "../../kernel/place.ts";
import { empty } from "../../tensor/allocate.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { look } from "./looks.ts";

/** Raises the error of `message` for an index that points past `size`. */
export function assertWithin(index: Tensor, size: number, message: (i: number) => Error, negative: boolean): void {
  if (index.numel() === 0 || index.whole.is_meta) return;
  // Among the ends is 0, which is none of an empty dim.
  if (size === 0) throw message(Number(index.whole.flatten()[0].item()));
  judgeEnds(index, 0, (low, high) => {
    if (low < (negative ? -size : 0)) throw message(low);
    if (high >= size) throw message(high);
  });
}
/**
 * Has `judge` raise its error for the least and the largest of some whole numbers and 0, of which those that are `ignore` do
 * not count.
 *
 * Note [Late checks]: a device that works ahead of the program does not wait for them. They are judged when the program
 * next waits for a value; until then wrong indices read what is anywhere and write nothing but into the tensor itself.
 */
export function judgeEnds(index: Tensor, ignore: number, judge: Judge): void {
  if (!index.whole.backend.holdsData) return;
  look(index.whole, (whole) => judgeNow(whole, ignore, judge));
}
function judgeNow(index: Tensor, ignore: number, judge: Judge): void {
  const { backend, sizes, strides, dtype } = index;
  const late = backend.expect?.(judge);
  const found = late ?? placeOf(empty([2], int64, undefined, backend));
  const still = sizes.map(() => 0);
  const operands = [operand(index, strides), operand(found, still), operand(further(found, 1), still)];
  const [kernel, params] = ignore === 0 ? [ends(dtype, false), []] : [ends(dtype, true), [ignore]];
  backend.launch(kernel, { shape: sizes, reduced: sizes.length, operands, params });
  if (late !== undefined) return;
  const [least, largest] = backend.download(int64, found, 2);
  judge(Number(least), Number(largest));
}
const kernels = [new Map<Dtype, Kernel>(), new Map<Dtype, Kernel>()];
function ends(dtype: Dtype, ignores: boolean): Kernel {
  const made = kernels[ignores ? 1 : 0];
  const known = made.get(dtype);
  if (known !== undefined) return known;
  const t = input(0, dtype).cast(int64);
  const counted = ignores ? t.eq(param(0, int64)).where(t.lift(0), t) : t;
  const [least, most] = [acc(0, int64), acc(1, int64)];
  const kernel = new Kernel({
    inputs: [dtype],
    params: ignores ? [int64] : [],
    outputs: [least, most].map((value) => ({ dtype: int64, value })),
    reduce: {
      scan: false,
      accs: [
        { dtype: int64, init: t.lift(0), step: least.min(counted), combine: (a, b) => a.min(b) },
        { dtype: int64, init: t.lift(0), step: most.max(counted), combine: (a, b) => a.max(b) },
      ],
    },
  });
  made.set(dtype, kernel);
  return kernel;
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
