// torch.sparse
import { RuntimeError } from "../../base/errors.ts";
import { strided } from "../../base/memory_format.ts";
import type { Layout } from "../../base/memory_format.ts";
import { callable } from "../../dispatch/callable.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { doubles } from "../creation/from_data.ts";
import { invariants } from "./construct.ts";
import { inLayout } from "./layouts.ts";
import { whole } from "./order.ts";
import { called, expected, packed } from "./pack.ts";
import { addmm as addmmOf, reducedMm, sampledAddmm } from "./products.ts";
import { softmax as softmaxOf } from "./reductions.ts";
import { ruled } from "./route.ts";
import { coo, csr, notImplementedFor, SparseTensor } from "./tensor.ts";

function sparseOnly(name: string, x: Tensor): SparseTensor {
  if (!(x instanceof SparseTensor) || x.layout !== coo) throw notImplementedFor(name, x);
  return x;
}
const multiply = callable(
  "mm(Tensor mat1, Tensor mat2, str? reduce=None) -> Tensor",
  ({ mat1, mat2, reduce }): Tensor => {
    if (reduce === null) {
      const made = mat1.mm(mat2);
      return called(made.layout === strided ? "SparseAddmmBackward0" : "SparseSparseMatmulBackward0", made, [
        mat1,
        mat2,
      ]);
    }
    if (!(mat1 instanceof SparseTensor) || mat1.layout !== csr) throw notImplementedFor("_sparse_mm_reduce_impl", mat1);
    if (!["sum", "mean", "amax", "amin", "max", "min"].includes(reduce))
      throw new RuntimeError(`reduce argument must be either sum, mean, amax or amin, got ${reduce}`);
    return reducedMm(mat1, mat2, reduce.replace(/^a/, ""));
  },
);
/**
 * A product of two matrices of which one is sparse: dense, unless both are. With `reduce` ("sum", "mean", "amax", "amin") of a
 * CSR matrix, what the terms of each element come to. As `torch.sparse.mm`.
 * @example torch.sparse.mm(torch.eye(2).to_sparse(), torch.ones(2, 2)) // tensor([[1., 1.], [1., 1.]])
 */
export const mm = ruled(multiply);
/** beta · mat + alpha · mat1 · mat2, of which `mat1` is sparse. As `torch.sparse.addmm`. */
export const addmm = callable(
  "addmm(Tensor mat, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
  ({ mat, mat1, mat2, beta, alpha }): Tensor =>
    called("SparseAddmmBackward0", ruled(addmmOf)(mat, mat1, mat2, beta, alpha), [mat, mat1, mat2]),
);
/** The sum of all elements, or along dims: sparse as long as a sparse dim is left. As `torch.sparse.sum`. */
export const sum = callable(
  "sum(Tensor input, int|int[]? dim=None, dtype? dtype=None) -> Tensor",
  ({ input, dim, dtype }): Tensor => {
    if (!(input instanceof SparseTensor)) throw expected("coalesce", "sparse coordinate", input);
    if (input.layout !== coo) {
      if (dim !== null) throw notImplementedFor("_indices", input);
      throw expected("coalesce", "sparse coordinate", input);
    }
    const dims = typeof dim === "number" ? [dim] : dim;
    const made = dtype === null ? input.sum(dims) : input.sum(dims, { dtype });
    return called("SparseSumBackward0", made, [input]);
  },
);
/** Softmax along a dim of what is stored: the elements that are not count as -infinity. As `torch.sparse.softmax`. */
export const softmax = callable(
  "softmax(Tensor input, int dim, *, dtype? dtype=None) -> Tensor",
  ({ input, dim, dtype }): Tensor => softmaxOf(sparseOnly("_sparse_softmax", input), dim, dtype, false),
);
/** The logarithm of {@link softmax}. As `torch.sparse.log_softmax`. */
export const log_softmax = callable(
  "log_softmax(Tensor input, int dim, *, dtype? dtype=None) -> Tensor",
  ({ input, dim, dtype }): Tensor => softmaxOf(sparseOnly("_sparse_log_softmax", input), dim, dtype, true),
);
/** beta · input + alpha · mat1 · mat2 at the elements of a CSR matrix, where the product is computed alone. As `torch.sparse.sampled_addmm`. */
export const sampled_addmm = callable(
  "sampled_addmm(Tensor input, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
  ({ input, mat1, mat2, beta, alpha }): Tensor => {
    if (!(input instanceof SparseTensor) || input.layout !== csr)
      throw notImplementedFor("sparse_sampled_addmm", input);
    for (const [what, t] of [
      ["mat1", mat1],
      ["mat2", mat2],
    ] as const)
      if (t.sizes.length !== 2)
        throw new RuntimeError(`sampled_addmm: Expected ${what} to be a matrix, got ${t.sizes.length}-D tensor`);
    if (mat1.sizes[1] !== mat2.sizes[0])
      throw new RuntimeError(
        `sampled_addmm: mat1 and mat2 shapes cannot be multiplied (${mat1.sizes[0]}x${mat1.sizes[1]} and ${mat2.sizes[0]}x${mat2.sizes[1]})`,
      );
    if (input.sizes[0] !== mat1.sizes[0])
      throw new RuntimeError(`sampled_addmm: self.shape[-2] must match mat1.shape[-2]`);
    if (input.sizes[1] !== mat2.sizes[1])
      throw new RuntimeError(`sampled_addmm: self.shape[-1] must match mat2.shape[-1]`);
    return called("SparseSampledAddmmBackward0", sampledAddmm(input, mat1, mat2, beta, alpha), [input, mat1, mat2]);
  },
);
/**
 * A sparse matrix with these diagonals, a row each, at these offsets from the main one. As `torch.sparse.spdiags`.
 * @example torch.sparse.spdiags(torch.ones(1, 3), torch.tensor([0n]), [3, 3]).to_dense() // the identity
 */
export const spdiags = callable<{ layout: Layout | null }>()(
  "spdiags(Tensor diagonals, Tensor offsets, int[] shape, layout? layout=None) -> Tensor",
  ({ diagonals, offsets, shape, layout }): Tensor => {
    const rows = diagonals.sizes.length === 1 ? diagonals.unsqueeze(0) : diagonals;
    const at = doubles(offsets.reshape([-1]));
    if (rows.sizes.length > 2) throw new RuntimeError("Diagonals must be vector or matrix");
    if (shape.length !== 2) throw new RuntimeError("Output shape must be 2d");
    if (at.length !== rows.sizes[0])
      throw new RuntimeError(
        `Number of diagonals (${rows.sizes[0]}) does not match the number of offsets (${at.length})`,
      );
    if (new Set(at).size !== at.length) throw new RuntimeError("Offset tensor contains duplicate values");
    const [row, col, from]: number[][] = [[], [], []];
    for (const [k, offset] of at.entries())
      for (let j = Math.max(offset, 0); j < Math.min(rows.sizes[1], shape[1]) && j - offset < shape[0]; j++) {
        row.push(j - offset);
        col.push(j);
        from.push(k * rows.sizes[1] + j);
      }
    const values = rows.reshape([-1]).index_select(0, whole(Float64Array.from(from)));
    const made = packed(coo, [whole(Float64Array.from([...row, ...col]), [2, row.length])], values, shape);
    return layout === null ? made : inLayout(made, layout);
  },
);
/** Whether tensors are checked for all that sparse ones have to hold to, where a constructor is not told. */
export const check_sparse_tensor_invariants = {
  /** Whether they are. */
  is_enabled: (): boolean => invariants.on,
  /** From now on they are. */
  enable: (): void => void (invariants.on = true),
  /** From now on they are checked for what memory needs alone. */
  disable: (): void => void (invariants.on = false),
};
