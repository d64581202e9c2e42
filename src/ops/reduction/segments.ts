// Reductions of segments that follow each other.
import { float64, int32, int64 } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { wrapDim } from "../../base/layout.ts";
import { callable } from "../../dispatch/callable.ts";
import { notImplementedFor } from "../../dispatch/takes.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { full } from "../creation/creation.ts";
import { fromTyped } from "../creation/from_data.ts";
import { index_add } from "../indexing/indexing.ts";
import { index_reduce } from "../indexing/scatter_reduce.ts";

const STARTS: Readonly<Record<string, number>> = { sum: 0, mean: 0, prod: 1, max: -Infinity, min: Infinity };
const ONLY =
  "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe.";
/**
 * The "sum", "mean", "max", "min" or "prod" of each segment of `data` along `axis`: the first has as many elements as
 * `lengths` says first, and so on. `offsets` has instead where each begins, and the end of the last. A segment of none is
 * `initial`, which else is what changes nothing, NaN for "mean". Raises RuntimeError unless the lengths add up, or `unsafe`.
 * @example torch.segment_reduce(torch.tensor([1, 2, 3]).float(), "sum", { lengths: torch.tensor([2n, 1n]) }) // tensor([3., 3.])
 */
export const segment_reduce = callable(
  "segment_reduce(Tensor data, str reduce, *, Tensor? lengths=None, Tensor? indices=None, Tensor? offsets=None, int axis=0, bool unsafe=False, Scalar? initial=None) -> Tensor",
  ({ data, reduce, lengths, indices, offsets, axis, unsafe, initial }): Tensor => {
    const rank = data.sizes.length;
    const along = wrapDim(axis, rank);
    if (indices !== null) throw new RuntimeError("segment_reduce(): indices based reduction is not supported yet.");
    const given = offsets ?? lengths;
    if (given === null) throw new RuntimeError("segment_reduce(): Either lengths or offsets must be defined.");
    const named = offsets === null ? "lengths" : "offsets";
    if (along !== given.sizes.length - 1)
      throw new RuntimeError(`segment_reduce(): Expected axis to be the last dimension of ${named} but got ${along}.`);
    if (!(reduce in STARTS))
      throw new RuntimeError(`reduce argument must be either sum, prod, mean, amax or amin, got ${reduce}`);
    if (given.dtype !== int64 && given.dtype !== int32)
      throw notImplementedFor(`_segment_reduce_${named}_cpu_kernel1`, data.dtype);
    if (!data.dtype.is_floating_point) throw notImplementedFor("_segment_reduce_cpu", data.dtype);
    const rows = data.sizes.slice(0, along).reduce((n, size) => n * size, 1);
    const { starts, counts } = segments(given, rows, offsets !== null);
    const n = data.sizes[along];
    const k = counts.length / Math.max(rows, 1);
    if (!unsafe && offsets === null)
      for (let row = 0; row < rows; row++) {
        const own = counts.slice(row * k, (row + 1) * k);
        if (own.some((count) => count < 0)) throw new RuntimeError("lengths contains negative value!");
        if (own.reduce((a, b) => a + b, 0) !== n) throw new RuntimeError(ONLY);
      }
    const from: number[] = [];
    const to: number[] = [];
    for (const [i, count] of counts.entries())
      for (let j = 0; j < count; j++) {
        from.push(Math.floor(i / k) * n + starts[i] + j);
        to.push(i);
      }
    const rest = data.sizes.slice(along + 1);
    const parts = data.reshape([rows * n, ...rest]).index_select(0, whole(from));
    const start = full([counts.length, ...rest], initial ?? STARTS[reduce], { dtype: data.dtype });
    const made = reduced(start, whole(to), parts, reduce);
    const sizes = [...data.sizes.slice(0, along), k, ...rest];
    if (reduce !== "mean") return made.reshape(sizes);
    const by = fromTyped(Float64Array.from(counts), [counts.length, ...rest.map(() => 1)], float64).to(data.dtype);
    const none = by.eq(0);
    const mean = made.div(by);
    return (initial === null ? mean : mean.masked_fill(none, initial)).reshape(sizes);
  },
);
const whole = (x: readonly number[]): Tensor => fromTyped(BigInt64Array.from(x, BigInt), [x.length], int64);
function reduced(start: Tensor, at: Tensor, parts: Tensor, reduce: string): Tensor {
  if (reduce === "sum" || reduce === "mean") return index_add(start, 0, at, parts);
  return index_reduce(start, 0, at, parts, reduce === "prod" ? "prod" : `a${reduce}`);
}
/** Where each segment begins, and how many elements it has, row by row. */
function segments(given: Tensor, rows: number, areOffsets: boolean): { starts: number[]; counts: number[] } {
  const values = Array.from(given.contiguous().typed_array(), Number);
  const k = values.length / Math.max(rows, 1);
  const [starts, counts]: number[][] = [[], []];
  for (let row = 0; row < rows; row++) {
    const own = values.slice(row * k, (row + 1) * k);
    if (areOffsets)
      for (let i = 0; i + 1 < own.length; i++) {
        starts.push(own[i]);
        counts.push(own[i + 1] - own[i]);
      }
    else
      own.reduce((at, count) => {
        starts.push(at);
        counts.push(count);
        return at + count;
      }, 0);
  }
  return { starts, counts };
}
