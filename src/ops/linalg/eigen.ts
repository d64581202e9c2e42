// Eigenvalues and eigenvectors.
import "../../kernel/complex.ts";
import { complex128, complexOf, realOf } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { hermitianEigen } from "../../numerics/complex/hermitian_eigen.ts";
import { eigen } from "../../numerics/eigen.ts";
import { symmetricEigen } from "../../numerics/symmetric_eigen.ts";
import { empty as allocate } from "../../tensor/allocate.ts";
import { isAny } from "../common/looks.ts";
import { composite, host } from "../../kinds/kernels.ts";
import { last, noIntegers, wideFloatsAndComplex } from "../../dispatch/takes.ts";
import { define, op } from "../../dispatch/declare.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { assertSquare, batchOf, inColumns, newStack, newVectors, stackOf, vectorsOf, lapack } from "./matrices.ts";
import { solve } from "./solve.ts";
import { systemFor } from "./system.ts";
import { diag_embed, diag } from "../views/diagonals.ts";

/**
 * Eigenvalues (ascending, real) and eigenvectors (columns) of symmetric or Hermitian matrices, of which one triangle is
 * read: "L" or "U". As `torch.linalg.eigh`.
 */
export const eigh = op("linalg_eigh(Tensor A, str UPLO='L') -> (Tensor eigenvalues, Tensor eigenvectors)");
define(eigh, {
  takes: lapack("linalg_eigh_cpu"),
  kernel: host(({ A, UPLO }) => {
    const [values, vectors] = symmetric("linalg.eigh", A, UPLO, true);
    return [values, vectors!];
  }),
  saves: ["eigenvalues", "eigenvectors"],
  backward: {
    A: ({ grads: [gL, gV], eigenvalues: L, eigenvectors: V }) => {
      if (gV === null) return V.mul(gL!.unsqueeze(-2)).matmul(V.mH);
      const diagonal = diag_embed(gL ?? L.new_zeros(L.sizes));
      // Of V's gradient what leaves the columns orthonormal: the antisymmetric part.
      const turned = V.mH.matmul(gV);
      if (V.dtype.is_complex) assertNoPhase("linalg_eigh_backward", turned);
      const inner = turned.sub(turned.mH).div(2).div(gaps(L));
      const off = inner.sub(diag_embed(inner.diagonal(0, -2, -1)));
      return V.matmul(off.add(diagonal)).matmul(V.mH);
    },
  },
  node: "LinalgEighBackward0",
});
function symmetric(name: string, A: Tensor, UPLO: string, vectors: boolean): [Tensor, Tensor | null] {
  assertSquare(name, A);
  if (!/^[LU]$/i.test(UPLO)) throw new RuntimeError(`Expected UPLO argument to be 'L' or 'U', but got ${UPLO}`);
  const triangle = UPLO.toUpperCase();
  const system = systemFor(A);
  if (system !== null) return system.eigh(name, A, triangle, vectors);
  const a = stackOf(triangle === "U" ? A.mH : A);
  const n = a.rows;
  const values = newVectors(batchOf(A), n);
  const rows = newStack(batchOf(A), n, n, a.tensor.dtype);
  const decompose = a.isComplex ? hermitianEigen : symmetricEigen;
  for (let i = 0; i < a.count; i++) decompose(a.at(i), n, values.at(i), vectors ? rows.at(i) : null);
  return [vectorsOf(values, realOf(A.dtype)), vectors ? rows.tensor.to(A.dtype).mT : null];
}
/**
 * Note [Phases of vectors]: complex eigenvectors and singular vectors are determined but for a factor of size 1 each (which a
 * pair of singular vectors shares). A loss that depends on it has no gradient: `turned`, Vᴴ times the gradient of V, then has
 * imaginary parts on its diagonal.
 */
function assertNoPhase(name: string, turned: Tensor): void {
  const asked = turned.diagonal(0, -2, -1).imag;
  if (isAny(asked.isclose(asked.new_zeros(asked.sizes), 1e-2, 1e-2).logical_not()))
    throw new RuntimeError(
      `${name}: The eigenvectors in the complex case are specified up to multiplication by e^{i phi}. The specified loss function depends on this quantity, so it is ill-defined.`,
    );
}
/** L_j - L_i at (i, j), ones on the diagonal. */
const gaps = (L: Tensor): Tensor => {
  const off = L.unsqueeze(-2).sub(L.unsqueeze(-1));
  return off.add(diag(L.new_ones([L.sizes.at(-1)!])));
};
/** The eigenvalues of symmetric or Hermitian matrices, ascending. As `torch.linalg.eigvalsh`. */
export const eigvalsh = op("linalg_eigvalsh(Tensor A, str UPLO='L') -> Tensor");
define(eigvalsh, {
  takes: lapack("linalg_eigh_cpu"),
  kernel: composite(({ A, UPLO }) => (A.isDifferentiated ? eigh(A, UPLO)[0] : _eigvalsh(A, UPLO))),
});
const _eigvalsh = op("_linalg_eigvalsh(Tensor A, str UPLO) -> Tensor");
define(_eigvalsh, { kernel: host(({ A, UPLO }) => symmetric("linalg.eigvalsh", A, UPLO, false)[0]) });

const takesEig = [
  last(noIntegers((d) => `Unknown Complex ScalarType for ${d.legacyName}`)),
  wideFloatsAndComplex("linalg_eig_out_cpu"),
];
/** Eigenvalues and eigenvectors (columns of length 1) of square matrices, complex, in no order. As `torch.linalg.eig`. */
export const eig = op("linalg_eig(Tensor A) -> (Tensor eigenvalues, Tensor eigenvectors)");
define(eig, {
  takes: takesEig,
  kernel: host(({ A }) => {
    const [values, vectors] = general("linalg.eig", A, true);
    return [values, vectors!];
  }),
  saves: ["eigenvalues", "eigenvectors"],
  backward: {
    A: ({ grads: [gL, gV], eigenvalues: L, eigenvectors: V }) => {
      const diagonal = diag_embed(gL ?? L.new_zeros(L.sizes));
      const inner = gV === null ? diagonal : withVectors(gV, L, V).add(diagonal);
      return solve(V.mH, inner.matmul(V.mH));
    },
  },
});
/** The part of the gradient that comes by the vectors, each of which keeps its length and may turn in the complex plane. */
function withVectors(gV: Tensor, L: Tensor, V: Tensor): Tensor {
  const inner = V.mH.matmul(gV);
  assertNoPhase("linalg_eig_backward", inner);
  const kept = V.mH.matmul(V).matmul(diag_embed(inner.diagonal(0, -2, -1).real.to(V.dtype)));
  const off = inner.sub(kept).div(gaps(L).conj_physical());
  return off.sub(diag_embed(off.diagonal(0, -2, -1)));
}
function general(name: string, A: Tensor, vectors: boolean): [Tensor, Tensor | null] {
  assertSquare(name, A);
  const n = A.sizes.at(-1)!;
  const found = systemFor(A)?.eig(name, A, vectors);
  if (found) return found;
  const [re, im] = A.dtype.is_complex ? [stackOf(A.real), stackOf(A.imag)] : [stackOf(A), newStack(batchOf(A), n, n)];
  const values = allocate([...batchOf(A), n], complex128);
  const columns = allocate(vectors ? A.sizes : [0], complex128);
  for (let i = 0; i < re.count; i++) {
    const made = eigen(re.at(i), im.at(i), n, vectors);
    (values.host() as Float64Array).set(made.values, 2 * i * n);
    if (made.vectors !== null) (columns.host() as Float64Array).set(made.vectors, 2 * i * n * n);
  }
  const dtype = complexOf(A.dtype);
  return [values.to(dtype), vectors ? inColumns(columns, dtype) : null];
}
/** The eigenvalues of square matrices, complex, in no order. As `torch.linalg.eigvals`. */
export const eigvals = op("linalg_eigvals(Tensor A) -> Tensor");
define(eigvals, { takes: takesEig, kernel: composite(({ A }) => (A.isDifferentiated ? eig(A)[0] : _eigvals(A))) });
const _eigvals = op("_linalg_eigvals(Tensor A) -> Tensor");
define(_eigvals, { kernel: host(({ A }) => general("linalg.eigvals", A, false)[0]) });
