// Factorization of indefinite matrices, symmetric, A = L D Lᵀ, or Hermitian, A = L D Lᴴ.
import { int32 } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { complexLdlFactor, complexLdlSolve } from "../../numerics/complex/ldl.ts";
import { ldlFactor, ldlSolve } from "../../numerics/ldl.ts";
import { composite, host } from "../../kinds/kernels.ts";
import { noDerivative } from "../../dispatch/no_formula.ts";
import { define, op } from "../../dispatch/declare.ts";
import { first, sameAsFirst } from "../../dispatch/takes.ts";
import { zeros } from "../creation/creation.ts";
import {
  assertSquare,
  batchOf,
  checkInfo,
  inColumns,
  infoAt,
  newInfo,
  sameBatch,
  stackOf,
  lapack,
  otherDtypeThan,
} from "./matrices.ts";

/** {@link ldl_factor} that does not raise but gives `info`. As `torch.linalg.ldl_factor_ex`. */
export const ldl_factor_ex = op(
  "linalg_ldl_factor_ex(Tensor A, *, bool hermitian=False, bool check_errors=False) -> (Tensor LD, Tensor pivots, Tensor info)",
);
define(ldl_factor_ex, {
  takes: lapack("ldl_factor_kernel_cpu", "torch.linalg.ldl_factor_ex"),
  kernel: host(({ A, hermitian, check_errors }) => {
    assertSquare("torch.linalg.ldl_factor_ex", A);
    const stack = stackOf(A);
    const n = stack.rows;
    const info = newInfo(batchOf(A));
    const pivots = zeros(A.sizes.slice(0, -1), { dtype: int32 });
    const factorize = stack.isComplex ? complexLdlFactor : ldlFactor;
    for (let i = 0; i < stack.count; i++)
      infoAt(info)[i] = factorize(stack.at(i), n, infoAt(pivots).subarray(i * n, (i + 1) * n), hermitian);
    if (check_errors) checkZeroBlock(info, "torch.linalg.ldl_factor_ex");
    return [inColumns(stack.tensor.tril(), A.dtype), pivots, info];
  }),
  backward: { A: noDerivative },
  node: "NotImplemented",
});
const checkZeroBlock = (info: Parameters<typeof checkInfo>[0], name: string): void =>
  checkInfo(
    info,
    name,
    (k) => `The diagonal element ${k} is zero and using it on ldl_solve would result in a division by zero.`,
  );
/** L and D of matrices that are symmetric, or complex and `hermitian`, in one, and the pivots as LAPACK's sytrf has them. As `torch.linalg.ldl_factor`. */
export const ldl_factor = op("linalg_ldl_factor(Tensor A, *, bool hermitian=False) -> (Tensor LD, Tensor pivots)");
define(ldl_factor, {
  kernel: composite(({ A, hermitian }) => {
    const [LD, pivots, info] = ldl_factor_ex(A, { hermitian });
    checkZeroBlock(info, "torch.linalg.ldl_factor");
    return [LD, pivots];
  }),
});
/** X of A X = B, A given by its {@link ldl_factor}. As `torch.linalg.ldl_solve`. */
export const ldl_solve = op("linalg_ldl_solve(Tensor LD, Tensor pivots, Tensor B, *, bool hermitian=False) -> Tensor");
define(ldl_solve, {
  takes: [
    first(lapack("ldl_solve_kernel_cpu", "torch.linalg.ldl_solve")[0]),
    sameAsFirst("B", otherDtypeThan),
    ...lapack("ldl_solve_kernel_cpu"),
  ],
  kernel: host(({ LD, pivots, B, hermitian }) => {
    assertSquare("torch.linalg.ldl_solve", LD, "LD");
    if (B.sizes.length < 2)
      throw new RuntimeError(
        `torch.linalg.ldl_solve: Expected B to have at least 2 dimensions, but it has ${B.sizes.length} dimensions instead`,
      );
    const [ld, b] = sameBatch(LD, B);
    const [a, x] = [stackOf(ld), stackOf(b)];
    const n = a.rows;
    const exchanged = pivots.expand(ld.sizes.slice(0, -1)).typed_array() as Int32Array;
    const solve = a.isComplex ? complexLdlSolve : ldlSolve;
    for (let i = 0; i < a.count; i++)
      solve(a.at(i), n, exchanged.subarray(i * n, (i + 1) * n), x.at(i), x.cols, hermitian);
    return x.as(LD.dtype);
  }),
});
