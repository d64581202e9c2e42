// torch.linalg: the functions that PyTorch has under this name.
export { LinAlgError } from "../../base/errors.ts";
export { cholesky, cholesky_ex } from "./cholesky.ts";
export { eig, eigh, eigvals, eigvalsh } from "./eigen.ts";
export { ldl_factor, ldl_factor_ex, ldl_solve } from "./ldl.ts";
export { lu, lu_factor, lu_factor_ex, lu_solve } from "./lu.ts";
export { cond, matrix_norm, norm, vector_norm } from "./norms.ts";
export { cross, diagonal, matmul, matrix_exp, matrix_power, multi_dot, vander, vecdot } from "./products.ts";
export { householder_product, qr } from "./qr.ts";
export { det, inv, inv_ex, slogdet, solve, solve_ex, tensorinv, tensorsolve } from "./solve.ts";
export { lstsq, matrix_rank, pinv, svd, svdvals } from "./svd.ts";
export { solve_triangular } from "./triangular.ts";
