// Systems of equations, inverses and determinants, by the LU factorization.
import { RuntimeError } from "../../base/errors.ts";
import { modes } from "../../autograd/mode.ts";
import { list, numel, sameShape } from "../../base/layout.ts";
import { composite, host } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import { first, sameAsFirst } from "../../dispatch/takes.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { eye } from "../creation/creation.ts";
import { _where } from "../pointwise/arithmetic.ts";
import { complex } from "../pointwise/complex.ts";
import { _solved, factored } from "./lu.ts";
import { assertSquare, checkInfo, infoAt, sameBatch, lapack, precise, otherDtype } from "./matrices.ts";
import { systemFor } from "./system.ts";
import { assertShapes } from "./triangular.ts";
import { diag_embed } from "../views/diagonals.ts";
import { zero } from "../copies/copy.ts";
import { prod } from "../reduction/reduction.ts";
import { movedim } from "../views/view.ts";

/** Whether B is a vector, or a batch of them as large as that of A. */
const isVector = (A: Tensor, B: Tensor): boolean =>
  B.sizes.length === 1 || (A.sizes.length - 1 === B.sizes.length && sameShape(B.sizes, A.sizes.slice(0, -1)));

/** {@link solve} that does not raise for singular matrices but gives `info`. As `torch.linalg.solve_ex`. */
export const solve_ex = op(
  "linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor info)",
);
define(solve_ex, {
  takes: [
    first(lapack("lu_cpu", "linalg.solve")[0]),
    sameAsFirst("B", otherDtype("linalg.solve")),
    ...lapack("lu_cpu"),
  ],
  kernel: composite(({ A, B, left, check_errors }) => {
    assertSquare("linalg.solve", A);
    const vector = isVector(A, B);
    if (vector && !left)
      throw new RuntimeError(
        "linalg.solve: Vector broadcasting of the left hand side is not supported for left=False. In this case linalg.solve is equivalent to B / A.squeeze(-1)",
      );
    const matrix = vector ? B.unsqueeze(-1) : B;
    assertShapes("linalg.solve", A, matrix, left);
    const [a, b] = sameBatch(A, matrix);
    // X A = B is Aᵀ Xᵀ = Bᵀ.
    const [x, , , info] = left ? _solve(a, b) : _solve(a.mT, b.mT);
    if (check_errors)
      checkInfo(info, "torch.linalg.solve", () => "The solver failed because the input matrix is singular.");
    const result = left ? x : x.mT;
    return [vector ? result.squeeze([-1]) : result, info];
  }),
});
/** X of A X = B for square matrices of one batch. @internal */
export const _solve = op(
  "_linalg_solve_ex(Tensor A, Tensor B) -> (Tensor result, Tensor LU, Tensor pivots, Tensor info)",
);
define(_solve, {
  kernel: host(({ A, B }) => {
    const [LU, pivots, info] = factored(A);
    return [_solved(LU, pivots, B), LU, pivots, info];
  }),
  saves: { A: ["A", "LU", "pivots", "result"], B: ["A", "LU", "pivots"] },
  backward: {
    A: ({ grad, A, LU, pivots, result }) => adjointSolve(A, LU, pivots, grad).matmul(result.mH).neg(),
    B: ({ grad, A, LU, pivots }) => adjointSolve(A, LU, pivots, grad),
  },
  node: "LinalgSolveExBackward0",
});
/** A⁻ᴴ g: by the factors at hand, or so that it can be differentiated again. */
const adjointSolve = (A: Tensor, LU: Tensor, pivots: Tensor, g: Tensor): Tensor =>
  modes().grad ? _solve(A.mH, g)[0] : _solved(LU, pivots, g, { adjoint: true });

/**
 * X of A X = B (X A = B if not `left`) for square matrices A [*, n, n] and B [*, n, k], or vectors [n], [*, n]. Batch dims
 * broadcast. Raises LinAlgError for a singular A. As `torch.linalg.solve`.
 * @example torch.linalg.solve(torch.tensor([[3, 1], [1, 2]]), torch.tensor([9, 8])) // tensor([2., 3.])
 */
export const solve = op("linalg_solve(Tensor A, Tensor B, *, bool left=True) -> Tensor");
define(solve, {
  kernel: composite(({ A, B, left }) => solve_ex(A, B, { left, check_errors: true })[0]),
  node: "LinalgSolveExBackward0",
});

/** {@link inv} that does not raise for singular matrices but gives `info`. As `torch.linalg.inv_ex`. */
export const inv_ex = op("linalg_inv_ex(Tensor A, *, bool check_errors=False) -> (Tensor inverse, Tensor info)");
define(inv_ex, {
  takes: precise("linalg.inv"),
  kernel: host(({ A, check_errors }) => {
    assertSquare("linalg.inv", A);
    const [LU, pivots, info] = factored(A);
    if (check_errors) checkSingular(info);
    const system = infoAt(info).every((k) => k === 0) ? systemFor(A) : null;
    if (system !== null) return [system.inverse(LU, pivots), info];
    const ones = eye(A.sizes.at(-1)!, { dtype: A.dtype }).expand(A.sizes);
    return [_solved(LU, pivots, ones), info];
  }),
  saves: ["inverse"],
  backward: { A: ({ grad, inverse }) => inverse.mH.matmul(grad).matmul(inverse.mH).neg() },
});
const checkSingular = (info: Tensor): void =>
  checkInfo(
    info,
    "linalg.inv",
    (k) =>
      `The diagonal element ${k} is zero, the inversion could not be completed because the input matrix is singular.`,
  );
/** The inverses of square matrices. Raises LinAlgError for singular ones. As `torch.linalg.inv`. */
export const inv = op("linalg_inv(Tensor A) -> Tensor");
define(inv, {
  kernel: composite(({ A }) => {
    const [inverse, info] = inv_ex(A);
    checkSingular(info);
    return inverse;
  }),
});

/** -1 where an odd number of rows were exchanged. */
function parity(pivots: Tensor): Tensor {
  const moved = pivots.ne(pivots.new_ones(pivots.sizes).cumsum(-1));
  return moved.sum([-1]).remainder(2).mul(-2).add(1);
}
/** The determinants of square matrices. As `torch.linalg.det`. */
export const det = op("linalg_det(Tensor A) -> Tensor");
define(det, { takes: lapack("lu_cpu", "linalg.det"), kernel: composite(({ A }) => _det(A)[0]) });
const _det = op("_linalg_det(Tensor A) -> (Tensor result, Tensor LU, Tensor pivots)");
define(_det, {
  kernel: host(({ A }) => {
    assertSquare("linalg.det", A);
    const [LU, pivots] = factored(A);
    return [prod(LU.diagonal(0, -2, -1), -1).mul(parity(pivots)), LU, pivots];
  }),
  saves: ["A", "result", "LU", "pivots"],
  backward: {
    A: ({ grad, A, result, LU, pivots }) => {
      const d = diag_embed(grad.mul(result.conj_physical()).unsqueeze(-1).expand(A.sizes.slice(0, -1)));
      if (modes().grad) return _solve(A.mH, d)[0];
      // det has a derivative at singular matrices, too: that of a neighbour which is not.
      const zero = LU.diagonal(0, -2, -1).eq(0).to(LU.dtype);
      return _solved(LU.add(diag_embed(zero.mul(epsilon(LU)))), pivots, d, { adjoint: true });
    },
  },
  node: "LinalgDetBackward0",
});
const epsilon = (t: Tensor): number => (t.dtype.itemsize === 8 ? Number.EPSILON : 2 ** -23);

/** The sign of the determinant and the logarithm of its size: 0 and -inf for singular matrices. As `torch.linalg.slogdet`. */
export const slogdet = op("linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)");
define(slogdet, {
  takes: precise("linalg.slogdet"),
  kernel: composite(({ A }) => {
    const [sign, logabsdet] = _slogdet(A);
    return [sign, logabsdet];
  }),
});
const _slogdet = op("_linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet, Tensor LU, Tensor pivots)");
define(_slogdet, {
  kernel: host(({ A }) => {
    assertSquare("linalg.slogdet", A);
    const [LU, pivots] = factored(A);
    const diagonal = LU.diagonal(0, -2, -1);
    const sign = prod(diagonal.sgn(), -1).mul(parity(pivots));
    return [sign, diagonal.abs().log().sum([-1]), LU, pivots];
  }),
  saves: ["A", "sign", "LU", "pivots"],
  backward: {
    A: ({ grads: [gSign, grad], A, sign, LU, pivots }) => {
      const g = sign.dtype.is_complex ? withPhase(gSign, grad, sign) : grad;
      if (g === null) return null;
      const d = diag_embed(g.unsqueeze(-1).expand(A.sizes.slice(0, -1)));
      return adjointSolve(A, LU, pivots, d);
    },
  },
  node: "LinalgSlogdetBackward0",
});
/** A complex sign turns by the imaginary part of what the logarithm changes by. */
function withPhase(gSign: Tensor | null, gSize: Tensor | null, sign: Tensor): Tensor | null {
  if (gSign === null) return gSize?.to(sign.dtype) ?? null;
  return complex(gSize ?? zero(sign.real), gSign.conj_physical().mul(sign).imag.neg());
}
/** The logarithm of the determinant: of a real one NaN where it is negative. As `torch.logdet`. */
export const logdet = op("logdet(Tensor self) -> Tensor");
define(logdet, {
  takes: precise("logdet"),
  kernel: composite(({ self }) => {
    assertSquare("logdet", self);
    const { sign, logabsdet } = slogdet(self);
    return sign.dtype.is_complex ? sign.log().add(logabsdet) : _where(sign.eq(-1), NaN, logabsdet);
  }),
});

/** The tensor X with tensordot(A, X, X.ndim) = B. `dims` of A are moved to the end first. As `torch.linalg.tensorsolve`. */
export const tensorsolve = op("linalg_tensorsolve(Tensor A, Tensor B, int[]? dims=None) -> Tensor");
define(tensorsolve, {
  kernel: composite(({ A, B, dims }) => {
    const a =
      dims === null
        ? A
        : movedim(
            A,
            dims,
            dims.map((_, i) => A.sizes.length - dims.length + i),
          );
    const shape = a.sizes.slice(B.sizes.length);
    const n = numel(shape);
    if (n !== numel(a.sizes.slice(0, B.sizes.length)))
      throw new RuntimeError(
        `Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got ${n} != ${numel(a.sizes.slice(0, B.sizes.length))}`,
      );
    return solve(a.reshape([n, n]), B.flatten()).reshape(shape);
  }),
});
/** The inverse of A as a matrix of its first `ind` dims by the others, in the shape of its transpose. As `torch.linalg.tensorinv`. */
export const tensorinv = op("linalg_tensorinv(Tensor A, int ind=2) -> Tensor");
define(tensorinv, {
  kernel: composite(({ A, ind }) => {
    if (ind <= 0) throw new RuntimeError("Expected a strictly positive integer for 'ind'");
    const [front, back] = [A.sizes.slice(0, ind), A.sizes.slice(ind)];
    if (numel(front) !== numel(back))
      throw new RuntimeError(
        `Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got ${numel(back)} != ${numel(front)}\nself has shape ${list(A.sizes)}.`,
      );
    return inv(A.reshape([numel(front), numel(back)])).reshape([...back, ...front]);
  }),
});
