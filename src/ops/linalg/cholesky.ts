// Factorization of Hermitian positive-definite matrices, A = L Lᴴ.
import { choleskyFactor } from "../../numerics/cholesky.ts";
import { complexCholeskyFactor } from "../../numerics/complex/cholesky.ts";
import { composite, compute, host } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import { sameAsFirst } from "../../dispatch/takes.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { eye } from "../creation/creation.ts";
import {
  assertSquare,
  batchOf,
  checkInfo,
  infoAt,
  inColumns,
  newInfo,
  sameBatch,
  stackOf,
  subtractOn,
  lapack,
  otherDtypeThan,
} from "./matrices.ts";
import { systemFor } from "./system.ts";
import { solve_triangular } from "./triangular.ts";

/** {@link cholesky} that does not raise but gives `info`: the order of the first minor that is not positive, or 0. */
export const cholesky_ex = op(
  "linalg_cholesky_ex(Tensor self, *, bool upper=False, bool check_errors=False) -> (Tensor L, Tensor info)",
);
define(cholesky_ex, {
  takes: lapack("cholesky_cpu", "linalg.cholesky"),
  kernel: host(({ self, upper, check_errors }) => {
    assertSquare("linalg.cholesky", self);
    const system = systemFor(self);
    if (system !== null) {
      const made = system.cholesky(self, upper);
      if (check_errors) checkPositive(made[1], "linalg.cholesky_ex");
      return made;
    }
    const stack = stackOf(upper ? self.mH : self);
    const factorize = stack.isComplex ? complexCholeskyFactor : choleskyFactor;
    const subtract = subtractOn(stack);
    const info = newInfo(batchOf(self));
    for (let i = 0; i < stack.count; i++) infoAt(info)[i] = factorize(stack.at(i), stack.rows, subtract(i));
    if (check_errors) checkPositive(info, "linalg.cholesky_ex");
    return [inColumns(upper ? stack.tensor.mH : stack.tensor, self.dtype), info];
  }),
  saves: ["L"],
  backward: {
    self: ({ grad, L, upper }) => {
      const [l, g] = upper ? [L.mH, grad.mH] : [L, grad];
      const phi = l.mH.matmul(g).tril();
      const symmetric = phi.add(phi.tril(-1).mH).mul(0.5);
      const left = solve_triangular(l.mH, symmetric, { upper: true });
      return solve_triangular(l, left, { upper: false, left: false });
    },
  },
  node: "LinalgCholeskyExBackward0",
});
const checkPositive = (info: Tensor, name: string): void =>
  checkInfo(
    info,
    name,
    (k) =>
      `The factorization could not be completed because the input is not positive-definite (the leading minor of order ${k} is not positive-definite).`,
  );
/** L of A = L Lᴴ for positive-definite matrices [*, n, n]; U of Uᴴ U if `upper`. Raises LinAlgError. As `torch.linalg.cholesky`. */
export const cholesky = op("linalg_cholesky(Tensor A, *, bool upper=False) -> Tensor");
define(cholesky, {
  kernel: composite(({ A, upper }) => factor("linalg.cholesky", A, upper)),
});
export function factor(name: string, A: Tensor, upper: boolean): Tensor {
  const [L, info] = cholesky_ex(A, { upper });
  checkPositive(info, name);
  return L;
}

/** X of A X = self, A given by its {@link cholesky}. As `torch.cholesky_solve`. */
export const cholesky_solve = op("cholesky_solve(Tensor self, Tensor L, bool upper=False) -> Tensor");
define(cholesky_solve, {
  takes: [sameAsFirst("L", (A, b) => otherDtypeThan(b, A)), ...lapack("cholesky_solve_cpu")],
  kernel: compute(({ self, L, upper }) => {
    assertSquare("cholesky_solve", L);
    const [l, b] = sameBatch(upper ? L.mH : L, self);
    return solve_triangular(l.mH, solve_triangular(l, b, { upper: false }), { upper: true });
  }),
  saves: { self: ["L"], L: ["L", "result"] },
  backward: {
    self: ({ grad, L, upper }) => cholesky_solve(grad, L, upper),
    L: ({ grad, L, result, upper }) => {
      const common = cholesky_solve(grad, L, upper).matmul(result.mH);
      return factorGrad(L, common, upper);
    },
  },
});
/** The gradient of a factor from half of that of A. */
function factorGrad(L: Tensor, half: Tensor, upper: boolean): Tensor {
  const common = half.add(half.mH).neg();
  return upper ? L.matmul(common) : common.matmul(L);
}
/** The inverse of A, given by its {@link cholesky}. As `torch.cholesky_inverse`. */
export const cholesky_inverse = op("cholesky_inverse(Tensor self, bool upper=False) -> Tensor");
define(cholesky_inverse, {
  takes: lapack("cholesky_inverse_out_cpu"),
  kernel: compute(({ self, upper }) => {
    assertSquare("cholesky_inverse", self);
    return cholesky_solve(eye(self.sizes.at(-1)!, { dtype: self.dtype }).expand(self.sizes), self, upper);
  }),
  saves: ["self", "result"],
  backward: {
    self: ({ grad, self, result, upper }) => factorGrad(self, result.matmul(grad).matmul(result), upper),
  },
});
