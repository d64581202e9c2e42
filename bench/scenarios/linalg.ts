// Factorizations and what is made of them.
import * as torch from "tidu";
import type { Case, Scenario } from "../scenario.ts";
import { milliseconds } from "../scenario.ts";

const { linalg } = torch;
interface Given {
  readonly A: torch.Tensor;
  readonly B: torch.Tensor;
  /** Positive-definite. */
  readonly S: torch.Tensor;
}
const calls: Readonly<Record<string, (x: Given) => unknown>> = {
  lu_factor: ({ A }) => linalg.lu_factor(A),
  solve: ({ A, B }) => linalg.solve(A, B),
  inv: ({ A }) => linalg.inv(A),
  cholesky: ({ S }) => linalg.cholesky(S),
  qr: ({ A }) => linalg.qr(A),
  svd: ({ A }) => linalg.svd(A),
  svdvals: ({ A }) => linalg.svdvals(A),
  eigh: ({ S }) => linalg.eigh(S),
  eig: ({ A }) => linalg.eig(A),
  lstsq: ({ A, B }) => linalg.lstsq(A, B),
  solve_triangular: ({ S, B }) => linalg.solve_triangular(S, B, { upper: true }),
  matrix_exp: ({ A }) => torch.matrix_exp(A),
};
const calling = (name: string, n: number, dtype: torch.Dtype): Case => ({
  name: `linalg ${name} ${n}, ${dtype.name}`,
  show: milliseconds,
  prepare: () => {
    const [A, B] = [torch.randn(n, n, { dtype }), torch.randn(n, n, { dtype })];
    const S = A.matmul(A.mH).add(torch.eye(n, { dtype }));
    return () => calls[name]({ A, B, S });
  },
});

export const factorizations: Scenario = {
  title: "linear algebra of square matrices",
  unit: "ms",
  measure: "seconds",
  cases: [
    ...Object.keys(calls).map((name) => calling(name, 512, torch.float64)),
    ...Object.keys(calls).map((name) => calling(name, 64, torch.float64)),
    ...["solve", "svd", "eigh"].map((name) => calling(name, 512, torch.float32)),
    ...["solve", "svd", "eigh"].map((name) => calling(name, 256, torch.complex128)),
  ],
};
