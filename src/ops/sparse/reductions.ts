// Sums and softmax.
import type { Dtype } from "../../base/dtype.ts";
import { int64 } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { wrapDim } from "../../base/layout.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { index_add } from "../indexing/indexing.ts";
import { scatter_reduce } from "../indexing/scatter_reduce.ts";
import { isinf } from "../pointwise/comparison.ts";
import { grouped } from "./order.ts";
import { _sparse_values, asCoo, called, coalesced, indicesOf, like, packed } from "./pack.ts";
import { coo } from "./tensor.ts";
import type { SparseTensor } from "./tensor.ts";
import { fromCoo, rowsIn } from "./layouts.ts";

/** The sum of all elements, or along dims; a dense tensor if no sparse dim is left. */
export function sum(x: SparseTensor, dim: readonly number[] | null, keepdim: boolean, dtype: Dtype | null): Tensor {
  return called(`SumBackward${dim === null ? 0 : 1}`, summed(x, dim, keepdim, dtype), [x]);
}
function summed(given: SparseTensor, dim: readonly number[] | null, keepdim: boolean, dtype: Dtype | null): Tensor {
  const kind = dtype ?? (given.dtype.is_floating_point || given.dtype.is_complex ? given.dtype : int64);
  const rank = given.sizes.length;
  const isWhole = dim === null || dim.length === 0 || (dim.length === rank && !keepdim);
  const x = isWhole || given.layout !== coo ? given : coalesced(given);
  const values = _sparse_values(x).to(kind);
  if (isWhole) return values.sum();
  const gone = new Set(dim.map((d) => wrapDim(d, rank)));
  if (x.layout !== coo) {
    if (!keepdim) throw new RuntimeError("reduction operations on CSR tensors with keepdim=False is unsupported");
    return fromCoo(sum(asCoo(x), dim, true, dtype) as SparseTensor, x.layout);
  }
  const d = x.sparseDim;
  const denseGone = [...gone].filter((k) => k >= d).map((k) => k - d + 1);
  const within = denseGone.length === 0 ? values : values.sum(denseGone, keepdim);
  const left = Array.from({ length: d }, (_, k) => k).filter((k) => !gone.has(k));
  const size = x.sizes.flatMap((n, k) => (!gone.has(k) ? [n] : keepdim ? [1] : []));
  if (left.length === d) return packed(coo, x.parts.places, within, size, x.parts.coalesced);
  if (left.length === 0) return keepdim ? within.sum([0]).reshape(size) : within.sum([0]);
  const indices = indicesOf(x);
  const kept = keepdim ? indices.mul(rowMask(d, gone).to(indices.dtype).unsqueeze(1)) : rowsIn(indices, left);
  const made = coalesced(packed(coo, [kept], within, size, false));
  return keepdim ? packed(coo, made.parts.places, _sparse_values(made), size, false) : made;

  function rowMask(n: number, without: ReadonlySet<number>): Tensor {
    return indices.new_tensor(Array.from({ length: n }, (_, k) => (without.has(k) ? 0 : 1)));
  }
}

/** Softmax (or its logarithm) along a dim, of the elements that are stored: others count as -infinity. */
export function softmax(given: SparseTensor, dim: number, dtype: Dtype | null, log: boolean): SparseTensor {
  return called(`Sparse${log ? "Log" : ""}SoftmaxBackward0`, softmaxOf(given, dim, dtype, log), [given]);
}
function softmaxOf(given: SparseTensor, dim: number, dtype: Dtype | null, log: boolean): SparseTensor {
  const x = coalesced(given);
  const along = wrapDim(dim, x.sizes.length);
  const values = dtype === null ? _sparse_values(x) : _sparse_values(x).to(dtype);
  const d = x.sparseDim;
  if (along >= d) {
    const k = along - d + 1;
    return like(x, log ? values.log_softmax(k) : values.softmax(k));
  }
  if (x.nnz === 0) return like(x, values);
  const indices = x.parts.places[0];
  const others = Array.from({ length: d }, (_, k) => k).filter((k) => k !== along);
  const pool =
    others.length === 0
      ? null
      : grouped(
          rowsIn(indices, others),
          others.map((k) => x.sizes[k]),
        );
  const count = others.length === 0 ? 1 : pool === null ? x.nnz : pool.firsts.sizes[0];
  const group =
    others.length === 0 ? indices.new_zeros([x.nnz]) : (pool?.group ?? indices.new_ones([x.nnz]).cumsum(0).sub(1n));
  const lowest = values.detach().new_full([count, ...values.sizes.slice(1)], -Infinity);
  const wide = group.reshape(values.sizes.map((_, k) => (k === 0 ? x.nnz : 1))).expand(values.sizes);
  const highest = scatter_reduce(lowest, 0, wide, values.detach(), "amax").index_select(0, group);
  const shifted = values.sub(highest.masked_fill(isinf(highest), 0));
  const parts = shifted.exp();
  const sums = index_add(parts.new_zeros(lowest.sizes), 0, group, parts).index_select(0, group);
  return like(x, log ? shifted.sub(sums.log()) : parts.div(sums));
}
