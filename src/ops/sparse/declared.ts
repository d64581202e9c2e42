// The methods of sparse tensors, and those of dense ones that make them, as types: every tensor has them, while the code comes
// with what makes sparse tensors (methods.ts).
import type { Dtype } from "../../base/dtype.ts";
import type { Layout } from "../../base/memory_format.ts";

declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /** The elements that are not zero, with their indices; of the first `sparseDims` dims, if told. As `torch.Tensor.to_sparse`. */
    to_sparse(sparseDims?: number | null | { layout?: Layout | null }): Tensor;
    /** {@link to_sparse}, with indices of each element. */
    to_sparse_coo(): Tensor;
    /** A matrix stored row by row. As `torch.Tensor.to_sparse_csr`. */
    to_sparse_csr(dense_dim?: number | null): Tensor;
    /** A matrix stored column by column. As `torch.Tensor.to_sparse_csc`. */
    to_sparse_csc(dense_dim?: number | null): Tensor;
    /** All elements, zeros too; itself, if it is dense. As `torch.Tensor.to_dense`. */
    to_dense(dtype?: Dtype | null | { dtype?: Dtype | null; masked_grad?: boolean | null }): Tensor;
    /** The same with indices in order, each of them once: what is at one place is added up. As `torch.Tensor.coalesce`. */
    coalesce(): Tensor;
    is_coalesced(): boolean;
    /** The indices, [sparse dims, elements]. Raises RuntimeError for a tensor that is not coalesced. */
    indices(): Tensor;
    /** The elements that are stored. Raises RuntimeError for a tensor that is not coalesced. */
    values(): Tensor;
    /** The indices, coalesced or not, outside the graph. */
    _indices(): Tensor;
    /** The values, coalesced or not, outside the graph. */
    _values(): Tensor;
    /** How many elements are stored. */
    _nnz(): number;
    /** Where the elements of each row begin, and the end. */
    crow_indices(): Tensor;
    /** The column of each element. */
    col_indices(): Tensor;
    /** Where the elements of each column begin, and the end. */
    ccol_indices(): Tensor;
    /** The row of each element. */
    row_indices(): Tensor;
    /** How many dims the indices are of; 0 of a dense tensor. */
    sparse_dim(): number;
    /** How many dims each value has; all of a dense tensor. */
    dense_dim(): number;
    _dimI(): number;
    _dimV(): number;
    /** Marks it as coalesced, or not, which nobody checks. */
    _coalesced_(coalesced: boolean): Tensor;
    /** The elements where `mask` stores any. As `torch.Tensor.sparse_mask`. */
    sparse_mask(mask: Tensor): Tensor;
    /** Another size, and other numbers of sparse and dense dims, in place. */
    sparse_resize_(size: readonly number[], sparse_dim: number, dense_dim: number): Tensor;
    /** The same, without elements. */
    sparse_resize_and_clear_(size: readonly number[], sparse_dim: number, dense_dim: number): Tensor;
    /** A product with a dense matrix, as a sparse one. As `torch.smm`. */
    smm(mat: Tensor): Tensor;
    sspaddmm(mat1: Tensor, mat2: Tensor, options?: { beta?: number; alpha?: number }): Tensor;
  }
}
