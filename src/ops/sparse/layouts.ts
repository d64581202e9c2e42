// From one layout to another.
import { RuntimeError } from "../../base/errors.ts";
import type { Layout } from "../../base/memory_format.ts";
import { strided } from "../../base/memory_format.ts";
import { wrapDim } from "../../base/layout.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { _nonzero } from "../indexing/indexing.ts";
import { compress, sortingOrder, rowsOf, whole } from "./order.ts";
import { _sparse_values, addedAt, asCoo, called, coalesced, denseElements, indicesOf, packed } from "./pack.ts";
import { coo, csc, csr, SparseLayout, SparseTensor } from "./tensor.ts";

/** All elements, the zeros too. */
export function dense(x: SparseTensor): Tensor {
  const values = _sparse_values(x);
  return called("ToDenseBackward0", addedAt(values.new_zeros(x.sizes), x, values), [x]);
}
/** The elements of a dense tensor that are not zero, by the indices of its first dims. */
export function sparse(x: Tensor, sparseDim: number): SparseTensor {
  const rank = x.sizes.length;
  if (sparseDim < 0 || sparseDim > rank)
    throw new RuntimeError(
      rank === 0
        ? `dense_to_sparse: sparse_dim argument must be 0 when the input is a scalar, but ${sparseDim} is given`
        : `dense_to_sparse: sparse_dim argument must be in [0,${rank}] range, but ${sparseDim} is given`,
    );
  if (sparseDim === 0 && rank > 0)
    throw new RuntimeError("dense_to_sparse: sparse_dim argument must be in >0 when self.dim()>0");
  const is = x.detach().ne(0);
  const some = sparseDim < rank ? is.flatten(sparseDim).any([sparseDim]) : is;
  const indices = sparseDim === 0 ? zeroDims(Number(is.any().item())) : _nonzero(some).t().contiguous();
  return packed(coo, [indices], denseElements(x, indices), x.sizes, true);
}
export const zeroDims = (n: number): Tensor => whole(new Float64Array(0), [0, n]);
/** A matrix in a layout that is compressed. */
export function fromCoo(given: SparseTensor, layout: SparseLayout): SparseTensor {
  const x = coalesced(given);
  if (x.sparseDim !== 2)
    throw new RuntimeError(
      `to_sparse_${layout.name.slice("sparse_".length)}: conversion needs a tensor of 2 sparse dims, but this one has ${x.sparseDim}`,
    );
  const [rows, cols] = x.parts.places[0].unbind(0);
  const values = _sparse_values(x);
  if (layout.compressed === 0) return packed(layout, [compress(rows, x.sizes[0]), cols.contiguous()], values, x.sizes);
  const order = sortingOrder(rowsOf(x.parts.places[0]).toReversed(), [x.sizes[1], x.sizes[0]], x.nnz);
  const at = whole(Float64Array.from(order));
  const places = [compress(cols, x.sizes[1]), rows.index_select(0, at)];
  return packed(layout, places, values.index_select(0, at), x.sizes);
}
/** A tensor in another layout; itself if it is in that. */
export function inLayout(x: Tensor, layout: Layout): Tensor {
  if (layout === x.layout) return x;
  const made = converted(x, layout);
  if (layout === strided) return made;
  const name = layout === coo ? "ToSparseBackward1" : layout === csr ? "ToSparseCsrBackward0" : "ToSparseCscBackward0";
  return called(name, made, [x]);
}
function converted(x: Tensor, layout: Layout): Tensor {
  if (!(layout instanceof SparseLayout)) return layout === strided ? dense(x as SparseTensor) : x;
  if (layout === coo) return x instanceof SparseTensor ? asCoo(x) : sparse(x, x.sizes.length);
  if (x.sizes.length < 2)
    throw new RuntimeError(
      `to_sparse_${layout.name.slice("sparse_".length)}: a matrix is wanted, but this tensor has ${x.sizes.length} dims`,
    );
  return fromCoo(x instanceof SparseTensor ? asCoo(x) : sparse(x, 2), layout);
}

/** A matrix with its dims exchanged: the same parts, read the other way round. */
export function turned(x: SparseTensor, first = 0, second = 1): SparseTensor {
  const [a, b] = [first, second].map((d) => wrapDim(d, x.sizes.length));
  if (a === b) return x;
  const size = [...x.sizes];
  [size[a], size[b]] = [size[b], size[a]];
  const values = _sparse_values(x);
  const d = x.sparseDim;
  if (x.layout !== coo) {
    if (a > 1 || b > 1)
      throw new RuntimeError("transpose(): can only transpose the sparse dims of a tensor that is compressed");
    return packed(x.layout === csr ? csc : csr, x.parts.places, values, size);
  }
  if (a >= d && b >= d)
    return packed(coo, x.parts.places, values.transpose(a - d + 1, b - d + 1), size, x.parts.coalesced);
  if (a >= d || b >= d)
    throw new RuntimeError(
      `sparse transpose: transposed dimensions must be sparse Got sparse_dim: ${d}, d0: ${a}, d1: ${b}`,
    );
  const order = Array.from({ length: d }, (_, k) => (k === a ? b : k === b ? a : k));
  return packed(coo, [rowsIn(indicesOf(x), order)], values, size);
}
/** The indices with their dims in another order. */
export const rowsIn = (indices: Tensor, order: readonly number[]): Tensor =>
  indices.index_select(0, whole(Float64Array.from(order)));
