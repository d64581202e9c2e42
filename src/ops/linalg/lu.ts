// Factorization into a permutation, a lower and an upper triangle.
import { float64, int32 } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { complexLuFactor } from "../../numerics/complex/lu.ts";
import { luFactor, rowOrder } from "../../numerics/lu.ts";
import { composite, host } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import { first, sameAsFirst } from "../../dispatch/takes.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { eye, zeros } from "../creation/creation.ts";
import { cat } from "../views/joining.ts";
import {
  assertMatrix,
  batchOf,
  checkInfo,
  infoAt,
  newInfo,
  sameBatch,
  stackOf,
  subtractOn,
  lapack,
  otherDtype,
} from "./matrices.ts";
import { systemFor } from "./system.ts";
import { _solve_triangular, assertShapes, solve_triangular } from "./triangular.ts";

/** What PyTorch's pivots are counted from. */
const FIRST = 1;

/** L (without its ones) and U in one matrix, the rows exchanged, and where U's diagonal is first 0. */
export const lu_factor_ex = op(
  "linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False) -> (Tensor LU, Tensor pivots, Tensor info)",
);
define(lu_factor_ex, {
  takes: lapack("lu_cpu"),
  kernel: host(({ A, pivot, check_errors }) => {
    assertMatrix("torch.lu_factor", A);
    const made = factored(A, pivot);
    if (check_errors) checkInfo(made[2], "torch.linalg.lu_factor_ex", (k) => `${singular(k)}.`);
    return made;
  }),
  saves: ["LU", "pivots"],
  backward: {
    A: ({ grad, LU, pivots }) => {
      const { P, L, U } = unpacked(LU, pivots);
      const k = Math.min(...LU.sizes.slice(-2));
      return luGrad(grad.narrow(-1, 0, k), grad.narrow(-2, 0, k), P, L, U);
    },
  },
  node: "LinalgLuFactorExBackward0",
});
const singular = (k: number): string =>
  `U[${k},${k}] is zero and using it on lu_solve would result in a division by zero`;
/** LU, pivots and info. */
export function factored(A: Tensor, pivot = true): [Tensor, Tensor, Tensor] {
  const system = pivot ? systemFor(A) : null;
  if (system !== null) return system.lu(A);
  const stack = stackOf(A);
  const subtract = subtractOn(stack);
  const factorize = stack.isComplex ? complexLuFactor : luFactor;
  const { rows, cols, count } = stack;
  const k = Math.min(rows, cols);
  const info = newInfo(batchOf(A));
  const pivots = zeros([...batchOf(A), k], { dtype: int32 });
  const numbers = new Int32Array(k);
  for (let i = 0; i < count; i++) {
    infoAt(info)[i] = factorize(stack.at(i), rows, cols, numbers, pivot, subtract(i));
    infoAt(pivots).set(
      numbers.map((p) => p + FIRST),
      i * k,
    );
  }
  return [stack.as(A.dtype), pivots, info];
}
/** X of A X = B (or with Aᴴ) by what {@link factored} gave, for matrices of one batch, without a derivative. @internal */
export const _solved = op("_linalg_lu_solved(Tensor LU, Tensor pivots, Tensor B, *, bool adjoint=False) -> Tensor");
define(_solved, {
  kernel: host(({ LU, pivots, B, adjoint }) => {
    const system = B.numel() === 0 ? null : systemFor(LU);
    if (system !== null) return system.solved(LU, pivots, B, adjoint);
    if (!adjoint)
      return _solve_triangular(LU, _solve_triangular(LU, exchanged(B, pivots, false), false, true), true, false);
    const y = _solve_triangular(LU.mH, B, false, false);
    return exchanged(_solve_triangular(LU.mH, y, true, true), pivots, true);
  }),
});
/** The rows of B as pivots exchange them, or back; column by column. */
function exchanged(B: Tensor, pivots: Tensor, back: boolean): Tensor {
  const stack = stackOf(B);
  const numbers = pivots.typed_array() as Int32Array;
  const [n, width] = [stack.rows, stack.at(0).length / stack.rows];
  for (let i = 0; i < stack.count; i++) {
    const to = stack.at(i);
    const from = to.slice();
    const order = rowOrder(
      numbers.subarray(i * n, (i + 1) * n).map((p) => p - FIRST),
      n,
    );
    for (const [r, row] of order.entries()) {
      const [source, target] = back ? [r, row] : [row, r];
      to.set(from.subarray(source * width, (source + 1) * width), target * width);
    }
  }
  return stack.as(B.dtype);
}
/** The permutation matrices of A = P L U. */
function permutation(LU: Tensor, pivots: Tensor): Tensor {
  const [m] = LU.sizes.slice(-2);
  const P = zeros([...batchOf(LU), m, m], { dtype: float64 });
  const exchanged = pivots.typed_array() as Int32Array;
  const k = pivots.sizes.at(-1)!;
  const to = P.host();
  for (let b = 0; b < (k === 0 ? 0 : exchanged.length / k); b++) {
    const order = rowOrder(
      exchanged.subarray(b * k, (b + 1) * k).map((p) => p - FIRST),
      m,
    );
    for (const [i, row] of order.entries()) to[(b * m + row) * m + i] = 1;
  }
  return k === 0 ? eye(m, { dtype: LU.dtype }).expand(P.sizes).clone() : P.to(LU.dtype);
}
function unpacked(LU: Tensor, pivots: Tensor): { P: Tensor; L: Tensor; U: Tensor } {
  return { P: _permutation(LU, pivots), ...triangles(LU) };
}
function triangles(packed: Tensor): { L: Tensor; U: Tensor } {
  const LU = packed.contiguous();
  const [m, n] = LU.sizes.slice(-2);
  const k = Math.min(m, n);
  const L = LU.narrow(-1, 0, k)
    .tril(-1)
    .add(eye(m, k, { dtype: LU.dtype }));
  return { L, U: LU.narrow(-2, 0, k).triu() };
}
const _permutation = op("_lu_permutation(Tensor LU, Tensor pivots) -> Tensor");
define(_permutation, { kernel: host(({ LU, pivots }) => permutation(LU, pivots)) });

/** The gradient of A = P L U, from those of L and U; for rectangular matrices by the square block. */
function luGrad(gL: Tensor, gU: Tensor, P: Tensor, L: Tensor, U: Tensor): Tensor {
  const [m, n] = [L.sizes.at(-2)!, U.sizes.at(-1)!];
  const k = Math.min(m, n);
  const byU = (x: Tensor, u: Tensor): Tensor => solve_triangular(u.mH, x, { upper: false, left: false });
  const byL = (x: Tensor, l: Tensor): Tensor => solve_triangular(l.mH, x, { upper: true, unitriangular: true });
  if (m === n) {
    const phi = L.mH.matmul(gL).tril(-1).add(gU.matmul(U.mH).triu());
    return P.matmul(byL(byU(phi, U), L));
  }
  if (m < n) {
    const [U1, U2] = [U.narrow(-1, 0, k), U.narrow(-1, k, n - k)];
    const [gU1, gU2] = [gU.narrow(-1, 0, k), gU.narrow(-1, k, n - k)];
    const phi = L.mH.matmul(gL).sub(gU2.matmul(U2.mH)).tril(-1).add(gU1.matmul(U1.mH).triu());
    return P.matmul(byL(cat([byU(phi, U1), gU2], -1), L));
  }
  const [L1, L2] = [L.narrow(-2, 0, k), L.narrow(-2, k, m - k)];
  const [gL1, gL2] = [gL.narrow(-2, 0, k), gL.narrow(-2, k, m - k)];
  const phi = L1.mH
    .matmul(gL1)
    .tril(-1)
    .add(gU.matmul(U.mH).sub(L2.mH.matmul(gL2)).triu());
  return P.matmul(byU(cat([byL(phi, L1), gL2], -2), U));
}

/** {@link lu_factor_ex} that raises RuntimeError for a zero on U's diagonal. As `torch.linalg.lu_factor`. */
export const lu_factor = op("linalg_lu_factor(Tensor A, *, bool pivot=True) -> (Tensor LU, Tensor pivots)");
define(lu_factor, {
  kernel: composite(({ A, pivot }) => {
    const [LU, pivots, info] = lu_factor_ex(A, { pivot });
    const found = info.whole.is_meta ? new Int32Array() : (info.whole.typed_array() as Int32Array);
    const bad = found.findIndex((x) => x !== 0);
    if (bad >= 0) {
      const which = info.whole.sizes.length === 0 ? "" : `(Batch element ${bad}): `;
      throw new RuntimeError(
        `torch.linalg.lu_factor: ${which}${singular(found[bad])}. If you still want to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)`,
      );
    }
    return [LU, pivots];
  }),
});

/** A = P L U of [*, m, n] matrices: a permutation, a lower triangle with ones, an upper one. As `torch.linalg.lu`. */
export const lu = op("linalg_lu(Tensor A, *, bool pivot=True) -> (Tensor P, Tensor L, Tensor U)");
define(lu, {
  takes: lapack("lu_cpu"),
  kernel: host(({ A, pivot }) => {
    assertMatrix("linalg.lu", A);
    const [LU, pivots] = factored(A, pivot);
    const { P, L, U } = unpacked(LU, pivots);
    return [P, L, U];
  }),
  constants: ["P"],
  saves: ["P", "L", "U"],
  backward: {
    A: ({ grads: [, gL, gU], P, L, U }) => luGrad(gL ?? L.new_zeros(L.sizes), gU ?? U.new_zeros(U.sizes), P, L, U),
  },
});
/** P, L and U from what {@link lu_factor} gives; empty tensors for what is not unpacked. As `torch.lu_unpack`. */
export const lu_unpack = op(
  "lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True) -> (Tensor P, Tensor L, Tensor U)",
);
define(lu_unpack, {
  kernel: composite(({ LU_data, LU_pivots, unpack_data, unpack_pivots }) => {
    if (LU_pivots.dtype !== int32)
      throw new RuntimeError(
        "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\nNote: this function is intended to be used with the output produced by torch.linalg.lu_factor",
      );
    const none = LU_data.new_zeros([0]);
    const { L, U } = unpack_data ? triangles(LU_data) : { L: none, U: none };
    return [unpack_pivots ? _permutation(LU_data, LU_pivots) : none, L, U];
  }),
});
/** X of A X = B (or X A = B), A given by its {@link lu_factor}; `adjoint` takes Aᴴ for A. As `torch.linalg.lu_solve`. */
export const lu_solve = op(
  "linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False) -> Tensor",
);
define(lu_solve, {
  takes: [
    first(lapack("linalg.lu_solve_cpu", "torch.linalg.lu_solve")[0]),
    sameAsFirst("B", otherDtype("linalg.lu_solve", "LU")),
    ...lapack("linalg.lu_solve_cpu"),
  ],
  kernel: composite(({ LU, pivots, B, left, adjoint }) => {
    assertShapes("torch.linalg.lu_solve", LU, B, left);
    // X A = B is Aᴴ Xᴴ = Bᴴ.
    if (!left) return lu_solve(LU, pivots, B.mH, { adjoint: !adjoint }).mH;
    const { P, L, U } = unpacked(LU, pivots);
    const [, b] = sameBatch(LU, B);
    if (!adjoint) {
      const y = solve_triangular(L, P.mT.matmul(b), { upper: false, unitriangular: true });
      return solve_triangular(U, y, { upper: true });
    }
    const y = solve_triangular(U.mH, b, { upper: false });
    return P.matmul(solve_triangular(L.mH, y, { upper: true, unitriangular: true }));
  }),
});
