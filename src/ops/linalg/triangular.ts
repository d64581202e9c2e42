// Systems with triangular matrices.
import type { Matrix } from "../../devices/backend.ts";
import { float64 } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { further } from "../../kernel/place.ts";
import { list } from "../../base/layout.ts";
import { complexSolveTriangular } from "../../numerics/complex/triangular.ts";
import { solveTriangular } from "../../numerics/triangular.ts";
import { contiguous_format } from "../../base/memory_format.ts";
import { composite, host } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import { sameAsFirst } from "../../dispatch/takes.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import {
  assertMatrix,
  assertSquare,
  sameBatch,
  stackOf,
  deprecated,
  lapack,
  otherDtype,
  otherDtypeThan,
} from "./matrices.ts";
import type { Stack } from "./matrices.ts";
import { systemFor } from "./system.ts";

/**
 * X of A X = B (or X A = B if not `left`), reading one triangle of A [*, n, n]; B is [*, n, k]. `unitriangular` takes the
 * diagonal as ones. Batch dims broadcast. As `torch.linalg.solve_triangular`.
 * @example torch.linalg.solve_triangular(torch.tensor([[2, 1], [0, 4]]), torch.tensor([[4], [8]]), { upper: true })
 */
export const solve_triangular = op(
  "linalg_solve_triangular(Tensor A, Tensor B, *, bool upper, bool left=True, bool unitriangular=False) -> Tensor",
);
define(solve_triangular, {
  takes: [...lapack("triangular_solve_cpu"), sameAsFirst("B", otherDtype("linalg.solve_triangular"))],
  kernel: composite(({ A, B, upper, left, unitriangular }) => {
    const name = "linalg.solve_triangular";
    assertShapes(name, A, B, left);
    const [a, b] = sameBatch(A, B);
    // X A = B is Aᵀ Xᵀ = Bᵀ. X is to lie column by column here, too.
    return left
      ? _solve_triangular(a, b, upper, unitriangular)
      : _solve_triangular(a.mT, b.mT, !upper, unitriangular).contiguous().mT;
  }),
});
/** Raises if A is not square or B does not fit beside it. */
export function assertShapes(name: string, A: Tensor, B: Tensor, left: boolean): void {
  assertSquare(name, A);
  assertMatrix(name, B, "B");
  const [m, k] = B.sizes.slice(-2);
  const n = A.sizes.at(-1)!;
  if (n !== (left ? m : k))
    throw new RuntimeError(
      `${name}: Incompatible shapes of A and B for the equation ${left ? "AX = B" : "XA = B"} (${n}x${n} and ${m}x${k})`,
    );
}
/** {@link solve_triangular} from the left for matrices of one batch. @internal */
export const _solve_triangular = op("_solve_triangular(Tensor A, Tensor B, bool upper, bool unitriangular) -> Tensor");
define(_solve_triangular, {
  kernel: host(({ A, B, upper, unitriangular }) => {
    const solved = B.numel() === 0 ? null : systemFor(A)?.solveTriangular(A, B, upper, unitriangular);
    if (solved) return solved;
    const options = { upper, unit: unitriangular };
    const [a, x] = [stackOf(A), stackOf(B)];
    if (!a.isComplex && a.rows > BLOCK) solveInBlocks(a, x, options);
    else {
      const solve = a.isComplex ? complexSolveTriangular : solveTriangular;
      for (let i = 0; i < a.count; i++) solve(a.at(i), a.cols, x.at(i), x.rows, x.cols, options);
    }
    return x.as(A.dtype);
  }),
  saves: { A: ["A", "result"], B: ["A"] },
  backward: {
    A: ({ grad, A, result, upper, unitriangular }) => {
      const whole = _solve_triangular(A.mH, grad, !upper, unitriangular).matmul(result.mH).neg();
      const edge = unitriangular ? 1 : 0;
      return upper ? whole.triu(edge) : whole.tril(-edge);
    },
    B: ({ grad, A, upper, unitriangular }) => _solve_triangular(A.mH, grad, !upper, unitriangular),
  },
  node: "LinalgSolveTriangularBackward0",
});

/** Rows that are solved for one by one, before what they take from the others is one product. */
const BLOCK = 24;
/** The same in place of x for real matrices. Golub & Van Loan, Matrix Computations, section 3.1.4. */
function solveInBlocks(a: Stack, x: Stack, options: { upper: boolean; unit: boolean }): void {
  const { rows: n, cols } = x;
  const [negative, { backend }] = [a.tensor.neg(), x.tensor];
  const at = (t: Tensor, element: number, rowStride: number): Matrix => ({
    ...further(t, element),
    rowStride,
    colStride: 1,
  });
  for (let i = 0; i < a.count; i++)
    for (let done = 0; done < n; done += BLOCK) {
      const k = Math.min(BLOCK, n - done);
      const rest = n - done - k;
      // From the last row upwards, or from the first one down.
      const [block, others] = options.upper ? [rest, 0] : [done, done + k];
      const within = a.at(i).subarray(block * n + block);
      solveTriangular(within, n, x.at(i).subarray(block * cols), k, cols, options);
      if (rest === 0) continue;
      const left = at(x.tensor, (i * n + others) * cols, cols);
      backend.matmul(float64, {
        m: rest,
        n: cols,
        k,
        a: at(negative, (i * n + others) * n + block, n),
        b: at(x.tensor, (i * n + block) * cols, cols),
        out: left,
        addend: left,
      });
    }
}

/** {@link solve_triangular} under an older name: X of A X = self, and A. As `torch.triangular_solve`. */
export const triangular_solve = op(
  "triangular_solve(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False) -> (Tensor solution, Tensor cloned_coefficient)",
);
define(triangular_solve, {
  takes: [sameAsFirst("A", (A, b) => otherDtypeThan(b, A)), ...lapack("triangular_solve_cpu")],
  kernel: composite(({ self, A, upper, transpose, unitriangular }) => {
    deprecated(
      "triangular_solve",
      "torch.linalg.solve_triangular",
      "torch.linalg.solve_triangular has its arguments reversed and does not return a copy of one of the inputs.\nX = torch.triangular_solve(B, A).solution\nshould be replaced with\nX = torch.linalg.solve_triangular(A, B).",
    );
    if (self.sizes.length < 2 || A.sizes.length < 2)
      throw new RuntimeError(
        `torch.triangular_solve: Expected b and A to have at least 2 dimensions, but got ${list(self.sizes)} and ${list(A.sizes)}`,
      );
    const [a, b] = sameBatch(A, self);
    const solution = transpose
      ? solve_triangular(a.mT, b, { upper: !upper, unitriangular })
      : solve_triangular(a, b, { upper, unitriangular });
    return [solution, a.mT.clone({ memory_format: contiguous_format }).mT];
  }),
});
