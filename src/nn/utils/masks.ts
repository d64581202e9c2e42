// Which elements pruning keeps: the arithmetic of nn.utils.prune, for both languages.
import { Float, float64 } from "../../base/dtype.ts";
import { IndexError, TypeError, ValueError } from "../../base/errors.ts";
import { zeros_like } from "../../ops/creation/creation.ts";
import { rand, rand_like } from "../../ops/random/random.ts";
import { scalarText } from "../../tensor/print.ts";
import { contiguous_format } from "../../base/memory_format.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { typeWord } from "../../tensor/type_word.ts";
import { index_fill_, index_copy_, masked_select } from "../../ops/indexing/indexing.ts";
import { topk, kthvalue } from "../../ops/reduction/sorting.ts";
import { masked_scatter_ } from "../../ops/indexing/places.ts";

/** How much is pruned: so many elements, or with a fraction (or a Float) such a share of them. */
export type Amount = number | Float;
const isWhole = (amount: Amount): amount is number => !(amount instanceof Float) && Number.isInteger(amount);
const text = (amount: Amount): string =>
  amount instanceof Float
    ? scalarText(amount.value, float64)
    : isWhole(amount)
      ? String(amount)
      : scalarText(amount, float64);

/** Raises TypeError for what is no number, ValueError for one that is no share and no count. */
export function assertAmount(amount: unknown): asserts amount is Amount {
  if (typeof amount !== "number" && !(amount instanceof Float))
    throw new TypeError(
      `Invalid type for amount: ${typeof amount === "string" ? amount : typeWord(amount)}. Must be int or float.`,
    );
  if (Number(amount) < 0 || (!isWhole(amount) && Number(amount) > 1))
    throw new ValueError(
      `amount=${text(amount)} should either be a float in the range [0, 1] or a non-negative integer`,
    );
}
/** How many of `size` that is. Raises ValueError if there are not so many. */
export function countOf(amount: Amount, size: number): number {
  if (!isWhole(amount)) return halfToEven(Number(amount) * size);
  if (amount > size)
    throw new ValueError(`amount=${amount} should be smaller than the number of parameters to prune=${size}`);
  return amount;
}
const halfToEven = (x: number): number => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

/** The mask without so many elements, those with the largest of `ranks` or the smallest. */
function without(mask: Tensor, ranks: Tensor, count: number, largest: boolean): Tensor {
  const made = mask.clone({ memory_format: contiguous_format });
  if (count > 0) index_fill_(made.view(-1), 0, topk(ranks.reshape(-1), count, { largest })[1], 0);
  return made;
}
/** Drops elements by chance. */
export const _without_random = (t: Tensor, mask: Tensor, amount: Amount): Tensor => {
  const count = countOf(amount, t.numel());
  return without(mask, count > 0 ? rand_like(t) : t, count, true);
};
/** Drops the smallest elements. */
export const _without_smallest = (t: Tensor, mask: Tensor, amount: Amount): Tensor =>
  without(mask, t.abs(), countOf(amount, t.numel()), false);

/** Drops slices along a dim by chance. */
export function _without_random_slices(t: Tensor, mask: Tensor, amount: Amount, dim: number): Tensor {
  const size = slicesOf(t, dim);
  const count = countOf(amount, size);
  if (count === 0) return mask;
  const ranks = rand([size]);
  const [limit] = kthvalue(ranks, count);
  return keepSlices(t, mask, ranks.gt(limit).nonzero().view(-1), dim);
}
/** Drops the slices along a dim whose n-norms are smallest. */
export function _without_weakest_slices(
  t: Tensor,
  mask: Tensor,
  amount: Amount,
  n: number | string,
  dim: number,
): Tensor {
  const size = slicesOf(t, dim);
  const count = countOf(amount, size);
  const others = t.sizes.map((_, d) => d).filter((d) => d !== (dim < 0 ? dim + t.sizes.length : dim));
  const ranks = t.norm(n, others);
  return count === 0 ? mask : keepSlices(t, mask, topk(ranks, size - count)[1], dim);
}
function slicesOf(t: Tensor, dim: number): number {
  const rank = t.sizes.length;
  if (rank <= 1)
    throw new ValueError(
      `Structured pruning can only be applied to multidimensional tensors. Found tensor of shape ${String(t.shape)} with ${rank} dims`,
    );
  if (dim >= rank) throw new IndexError(`Invalid index ${dim} for tensor of size ${String(t.shape)}`);
  return t.size(dim);
}
const keepSlices = (t: Tensor, mask: Tensor, kept: Tensor, dim: number): Tensor =>
  index_fill_(zeros_like(t), dim, kept, 1).mul_(mask.to(t.dtype));

/** What a further method makes of the mask of those before it: it sees only what they left. */
export function _combined(
  t: Tensor,
  mask: Tensor,
  kind: string,
  dim: number | null,
  compute: (t: Tensor, mask: Tensor) => Tensor,
): Tensor {
  const made = mask.to(t.dtype);
  const written = made === mask ? mask.clone() : made;
  if (kind === "unstructured") {
    const left = mask.eq(1);
    const part = compute(masked_select(t, left), masked_select(mask, left));
    return masked_scatter_(written, left, part.to(written.dtype));
  }
  if (kind === "global") return written.copy_(compute(t, mask));
  const rank = t.sizes.length;
  const along = dim! < 0 ? dim! + rank : dim!;
  if (along < 0) throw new IndexError(`Index is out of bounds for tensor with dimensions ${rank}`);
  const others = t.sizes.map((_, d) => d).filter((d) => d !== along);
  const kept = mask.sum(others).ne(0).nonzero().view(-1);
  const part = compute(t.index_select(along, kept), mask.index_select(along, kept));
  return index_copy_(written, along, kept, part.to(written.dtype));
}
