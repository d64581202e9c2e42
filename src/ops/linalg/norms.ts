// Norms of vectors and matrices, and condition numbers.
import { realOf } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { numel, wrapDim } from "../../base/layout.ts";
import { composite } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { assertNormDtype } from "../reduction/reduction.ts";
import { assertFloats, assertMatrix, assertPrecise } from "./matrices.ts";
import { inv } from "./solve.ts";
import { svdvals } from "./svd.ts";
import { movedim } from "../views/view.ts";

/** (Σ |x|^ord)^(1/ord) over `dim` (all dims if not given); ord may be 0 and ±inf. As `torch.linalg.vector_norm`. */
export const vector_norm = op(
  "linalg_vector_norm(Tensor x, Scalar ord=2, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor",
);
define(vector_norm, {
  kernel: composite(({ x, ord, dim, keepdim, dtype }) => {
    assertFloats("linalg.vector_norm", x);
    assertNormDtype("linalg.vector_norm", dtype, x.dtype);
    const order = Number(ord);
    const dims = dim === null || dim.length === 0 ? null : dim;
    const folded = (dims ?? x.sizes.map((_, d) => d)).map((d) => x.sizes[wrapDim(d, x.sizes.length)]);
    if ((order < 0 || order === Infinity) && numel(folded) === 0)
      throw new RuntimeError(
        `linalg.vector_norm cannot compute the ${order} norm on an empty tensor because the operation does not have an identity`.replace(
          "Infinity",
          "inf",
        ),
      );
    return x.norm(order, dims, keepdim, { dtype });
  }),
});

const TWO_DIMS = [-2, -1];
/**
 * The norm `ord` of matrices in two dims: "fro", "nuc", ±1 (column sums), ±inf (row sums) or ±2 (singular values). As
 * `torch.linalg.matrix_norm`.
 */
export const matrix_norm = op(
  "linalg_matrix_norm(Tensor A, Scalar|str? ord='fro', int[] dim=[-2,-1], bool keepdim=False, *, dtype? dtype=None) -> Tensor",
);
define(matrix_norm, {
  kernel: composite(({ A, ord, dim, keepdim, dtype }) => {
    assertMatrix("linalg.matrix_norm", A);
    assertFloats("linalg.matrix_norm", A);
    assertNormDtype("linalg.matrix_norm", dtype, A.dtype);
    return ofMatrix("linalg.matrix_norm", dtype === null ? A : A.to(dtype), ord as number | string, dim, keepdim);
  }),
});
function ofMatrix(name: string, A: Tensor, ord: number | string, dim: readonly number[], keepdim: boolean): Tensor {
  if (dim.length !== 2) throw new RuntimeError(`${name}: dim must be a 2-tuple. Got ${dim.join(", ")}`);
  const [row, col] = dim.map((d) => wrapDim(d, A.sizes.length));
  if (row === col) throw new RuntimeError(`${name}: dims must be different. Got (${dim.join(", ")})`);
  if (ord === "fro") return A.norm(2, [row, col], keepdim);
  const restored = (t: Tensor): Tensor => (keepdim ? [row, col].sort().reduce((x, d) => x.unsqueeze(d), t) : t);
  if (ord === "nuc" || Math.abs(Number(ord)) === 2) {
    assertPrecise(name, A);
    const values = svdvals(movedim(A, [row, col], TWO_DIMS));
    return restored(ord === "nuc" ? values.sum([-1]) : ord === 2 ? largest(values, -1, false) : values.amin([-1]));
  }
  const order = Number(ord);
  if (Math.abs(order) !== 1 && Math.abs(order) !== Infinity)
    throw new RuntimeError(`${name}: Order ${String(ord)} not supported.`);
  // Sums over one of the dims, then the largest or smallest of them.
  const over = Math.abs(order) === 1 ? row : col;
  const other = over === row ? col : row;
  const sums = A.norm(1, [over], true);
  const picked = order > 0 ? largest(sums, other, true) : sums.amin([other], true);
  return keepdim ? picked : picked.squeeze([row, col]);
}

/** The largest of absolute values; of none 0. */
const largest = (x: Tensor, dim: number, keepdim: boolean): Tensor =>
  x.sizes.at(dim) === 0 ? x.sum([dim], keepdim) : x.amax([dim], keepdim);

/** {@link vector_norm} or {@link matrix_norm}, by `ord` and `dim`; without either the 2-norm of all elements. As `torch.linalg.norm`. */
export const norm = op(
  "linalg_norm(Tensor A, Scalar|str? ord=None, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor",
);
define(norm, {
  kernel: composite(({ A, ord, dim, keepdim, dtype }) => {
    const ndim = A.sizes.length;
    if (dim !== null && dim.length > 2)
      throw new RuntimeError(`linalg.norm: If dim is specified, it must be of length 1 or 2. Got [${dim.join(", ")}]`);
    if (dim === null && ord !== null && ndim !== 1 && ndim !== 2)
      throw new RuntimeError(
        `linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got ${ndim}D.`,
      );
    const matrix = ord !== null && (dim === null ? ndim === 2 : dim.length === 2);
    if (matrix) return matrix_norm(A, ord, dim ?? [0, 1], keepdim, { dtype });
    if (typeof ord === "string")
      throw new RuntimeError(
        ord === "fro" || ord === "nuc"
          ? `linalg.matrix_norm: The input tensor A must have at least 2 dimensions.\nord='${ord}' is a norm of matrices: the input must have two dims, or dim two entries.`
          : `linalg.matrix_norm: Order ${ord} not supported.`,
      );
    return vector_norm(A, ord ?? 2, dim, keepdim, { dtype });
  }),
});

/** How much errors of a system with these matrices may grow: the norm `p` of A times that of its inverse. As `torch.linalg.cond`. */
export const cond = op("linalg_cond(Tensor A, Scalar|str? p=None) -> Tensor");
define(cond, {
  kernel: composite(({ A, p }) => {
    assertMatrix("linalg.cond", A);
    if (numel(A.sizes) === 0) return A.new_zeros(A.sizes.slice(0, -2), { dtype: realOf(A.dtype) });
    if (p === null || Math.abs(Number(p)) === 2) {
      const values = svdvals(A);
      const [largest, smallest] = [values.amax([-1]), values.amin([-1])];
      return Number(p) === -2 ? smallest.div(largest) : largest.div(smallest);
    }
    const inverse = inv(A);
    return matrix_norm(A, p).mul(matrix_norm(inverse, p));
  }),
  lastNode: ({ p }) => (p === null || Math.abs(Number(p)) === 2 ? "SqueezeBackward1" : "MulBackward0"),
});
