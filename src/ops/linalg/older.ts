// Linear algebra under the names of torch.* and Tensor that torch.linalg has replaced, and methods of tensors.
import { composite } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import { factor } from "./cholesky.ts";
import { deprecated, lapack } from "./matrices.ts";
import * as decompositions from "./lu.ts";
import * as products from "./products.ts";
import * as orthogonal from "./qr.ts";
import * as systems from "./solve.ts";
import * as singular from "./svd.ts";

export { cholesky_inverse, cholesky_solve } from "./cholesky.ts";
export { lu_unpack } from "./lu.ts";
export { geqrf, ormqr } from "./qr.ts";
export { logdet } from "./solve.ts";
export { triangular_solve } from "./triangular.ts";

/** {@link torch.linalg.det}. */
export const det = op("det(Tensor self) -> Tensor");
define(det, { kernel: composite(({ self }) => systems.det(self)) });
/** {@link torch.linalg.slogdet}. */
export const slogdet = op("slogdet(Tensor self) -> (Tensor sign, Tensor logabsdet)");
define(slogdet, { kernel: composite(({ self }) => systems.slogdet(self)) });
/** {@link torch.linalg.inv}. */
export const inverse = op("inverse(Tensor self) -> Tensor");
define(inverse, { kernel: composite(({ self }) => systems.inv(self)) });
/** {@link torch.linalg.cholesky}. */
export const cholesky = op("cholesky(Tensor self, bool upper=False) -> Tensor");
define(cholesky, {
  takes: lapack("cholesky_cpu"),
  kernel: composite(({ self, upper }) => {
    deprecated(
      "cholesky",
      "torch.linalg.cholesky ",
      "L = torch.cholesky(A)\nshould be replaced with\nL = torch.linalg.cholesky(A)\nand\nU = torch.cholesky(A, upper=True)\nshould be replaced with\nU = torch.linalg.cholesky(A).mH\nThis transform will produce equivalent results for all valid (symmetric positive definite) inputs.",
    );
    return factor("cholesky", self, upper);
  }),
  node: "CholeskyBackward0",
});
/** {@link torch.linalg.matrix_exp}. */
export const matrix_exp = op("matrix_exp(Tensor self) -> Tensor");
define(matrix_exp, { kernel: composite(({ self }) => products.matrix_exp(self)) });
/** {@link torch.linalg.matrix_power}. */
export const matrix_power = op("matrix_power(Tensor self, int n) -> Tensor");
define(matrix_power, { kernel: composite(({ self, n }) => products.matrix_power(self, n)) });
/** {@link torch.linalg.pinv}. */
export const pinverse = op("pinverse(Tensor self, float rcond=1e-15) -> Tensor");
define(pinverse, { kernel: composite(({ self, rcond }) => singular.pinv(self, rcond)) });
/** {@link torch.linalg.qr}: complete unless `some`. */
export const qr = op("qr(Tensor self, bool some=True) -> (Tensor Q, Tensor R)");
define(qr, {
  kernel: composite(({ self, some }) => {
    deprecated(
      "qr",
      "torch.linalg.qr ",
      "The boolean parameter 'some' has been replaced with a string parameter 'mode'.\nQ, R = torch.qr(A, some)\nshould be replaced with\nQ, R = torch.linalg.qr(A, 'reduced' if some else 'complete')",
    );
    return orthogonal.qr(self, some ? "reduced" : "complete");
  }),
});
/** {@link torch.linalg.svd} with V for Vᴴ: thin if `some`; zeros for U and V without `compute_uv`. */
export const svd = op("svd(Tensor self, bool some=True, bool compute_uv=True) -> (Tensor U, Tensor S, Tensor V)");
define(svd, {
  kernel: composite(({ self, some, compute_uv }) => {
    const [m, n] = self.sizes.slice(-2);
    const [U, S, Vh] = singular.svd(self, compute_uv && !some);
    if (compute_uv) return [U, S, Vh.mH];
    const batch = self.sizes.slice(0, -2);
    return [self.new_zeros([...batch, m, m]), S, self.new_zeros([...batch, n, n])];
  }),
});
/** L and U in one matrix and the pivots; with `get_infos` also where U's diagonal is 0. As `torch.lu`. */
export const lu = op("lu(Tensor self, bool pivot=True, bool get_infos=False) -> Tensor[]");
define(lu, {
  takes: lapack("lu_cpu"),
  kernel: composite(({ self, pivot, get_infos }) => {
    deprecated(
      "lu",
      "torch.linalg.lu_factor / torch.linalg.lu_factor_ex ",
      "LU, pivots = torch.lu(A, compute_pivots)\nshould be replaced with\nLU, pivots = torch.linalg.lu_factor(A, compute_pivots)\nand\nLU, pivots, info = torch.lu(A, compute_pivots, get_infos=True)\nshould be replaced with\nLU, pivots, info = torch.linalg.lu_factor_ex(A, compute_pivots)",
    );
    const [LU, pivots, info] = decompositions.lu_factor_ex(self, { pivot });
    return get_infos ? [LU, pivots, info] : [LU, pivots];
  }),
});
/** X of A X = self, A given by {@link lu}. As `torch.lu_solve`. */
export const lu_solve = op("lu_solve(Tensor self, Tensor LU_data, Tensor LU_pivots) -> Tensor");
define(lu_solve, {
  kernel: composite(({ self, LU_data, LU_pivots }) => {
    deprecated(
      "lu_solve",
      "torch.linalg.lu_solve",
      "Note that torch.linalg.lu_solve has its arguments reversed.\nX = torch.lu_solve(B, LU, pivots)\nshould be replaced with\nX = torch.linalg.lu_solve(LU, pivots, B)",
    );
    return decompositions.lu_solve(LU_data, LU_pivots, self);
  }),
});
