// torch.smm, torch.spmm and the like, which stand beside torch.sparse.
import { RuntimeError } from "../../base/errors.ts";
import { callable } from "../../dispatch/callable.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { grouped, whole } from "./order.ts";
import { _sparse_values, asCoo, coalesced, packed } from "./pack.ts";
import { _spmm } from "./products.ts";
import { cat, stack } from "../views/joining.ts";
import { coo, SparseTensor } from "./tensor.ts";

/** The same product as {@link mm}. As `torch.spmm`. */
export const spmm = callable("spmm(Tensor input, Tensor mat2) -> Tensor", ({ input, mat2 }): Tensor => input.mm(mat2));
/** The same product as {@link mm}. As `torch.dsmm`. */
export const dsmm = callable("dsmm(Tensor input, Tensor mat2) -> Tensor", ({ input, mat2 }): Tensor => input.mm(mat2));
/** A dense matrix as a sparse one that stores all of it. */
function whollySparse(x: Tensor): SparseTensor {
  const [n, m] = x.sizes;
  const rows = new Float64Array(n * m);
  const cols = new Float64Array(n * m);
  for (let i = 0; i < n * m; i++) {
    rows[i] = Math.floor(i / m);
    cols[i] = i % m;
  }
  return packed(coo, [stack([whole(rows), whole(cols)], 0)], x.reshape([n * m]), x.sizes, true);
}
/** A sparse matrix times a dense one, stored as a sparse matrix: rows where the first has elements. As `torch.smm`. */
export const smm = callable("smm(Tensor input, Tensor mat2) -> Tensor", ({ input, mat2 }): Tensor =>
  sparseRows(input, mat2),
);
function sparseRows(self: Tensor, mat2: Tensor): Tensor {
  if (!(self instanceof SparseTensor)) throw new RuntimeError("smm: the first matrix is to be sparse");
  const made = hybrid(self, mat2);
  const [rows] = made.parts.places[0].unbind(0);
  const full = whollySparse(_sparse_values(made));
  const [at, cols] = full.parts.places[0].unbind(0);
  return packed(coo, [stack([rows.index_select(0, at), cols], 0)], _sparse_values(full), made.sizes, false);
}
/** The rows of a product in which a sparse matrix has elements, as a tensor of one sparse dim. */
function hybrid(self: SparseTensor, mat2: Tensor): SparseTensor {
  const x = coalesced(asCoo(self));
  const [rows, cols] = x.parts.places[0].unbind(0);
  const own = grouped(rows.unsqueeze(0), [x.sizes[0]]);
  const group = own?.group ?? whole(Float64Array.from({ length: x.nnz }, (_, i) => i));
  const indices = own?.indices ?? rows.unsqueeze(0);
  const values = _spmm(group, cols, _sparse_values(x), mat2, indices.sizes[1]);
  return packed(coo, [indices], values, [x.sizes[0], mat2.sizes[1]], true);
}
/** A sparse matrix times a dense one, as a sparse tensor of rows. As `torch.hspmm`. */
export const hspmm = callable("hspmm(Tensor mat1, Tensor mat2) -> Tensor", ({ mat1, mat2 }): Tensor => {
  if (!(mat1 instanceof SparseTensor)) throw new RuntimeError("hspmm: the first matrix is to be sparse");
  return hybrid(mat1, mat2);
});
/** beta · input + alpha · mat1 · mat2, all stored sparsely but for `mat2`. As `torch.sspaddmm`. */
export const sspaddmm = callable(
  "sspaddmm(Tensor input, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
  ({ input, mat1, mat2, beta, alpha }): Tensor => {
    if (!(input instanceof SparseTensor)) throw new RuntimeError("sspaddmm: the first matrix is to be sparse");
    const product = smm(mat1, mat2).mul(alpha) as SparseTensor;
    const own = input.mul(beta) as SparseTensor;
    const indices = [own, product].map((x) => x.parts.places[0]);
    const joined = stack(
      [0, 1].map((d) => cat1(indices.map((t) => t.select(0, d)))),
      0,
    );
    return packed(coo, [joined], cat1([_sparse_values(own), _sparse_values(product)]), input.sizes, false);
  },
);
const cat1 = (tensors: Tensor[]): Tensor => cat(tensors, 0);
