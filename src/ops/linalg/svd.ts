// Singular values, and what is made of them: pseudoinverses, ranks, least squares.
import { isAny } from "../common/looks.ts";
import { float64, int64, realOf } from "../../base/dtype.ts";
import { LinAlgError, RuntimeError } from "../../base/errors.ts";
import { list, numel, sameShape } from "../../base/layout.ts";
import { modes } from "../../autograd/mode.ts";
import { complexSingularValues } from "../../numerics/complex/singular_values.ts";
import { complexSvd } from "../../numerics/complex/svd.ts";
import { singularValues } from "../../numerics/singular_values.ts";
import { svd as factorize } from "../../numerics/svd.ts";
import { composite, compute, host } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import { sameAsFirst } from "../../dispatch/takes.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { isHalf } from "../../kernel/half.ts";
import { full } from "../creation/creation.ts";
import { _where } from "../pointwise/arithmetic.ts";
import { eigh, eigvalsh } from "./eigen.ts";
import { assertMatrix, batchOf, newStack, newVectors, stackOf, vectorsOf, lapack, floatAndDouble } from "./matrices.ts";
import { systemFor } from "./system.ts";
import { diag_embed, diag } from "../views/diagonals.ts";

const _svdvals = op("_linalg_svdvals(Tensor A) -> Tensor");
define(_svdvals, {
  kernel: host(({ A }) => {
    const a = matricesOf(A);
    const system = systemFor(A);
    if (system !== null) return system.svd(A, null)[1];
    const s = newVectors(batchOf(A), Math.min(a.rows, a.cols));
    const valuesOf = a.isComplex ? complexSingularValues : singularValues;
    for (let i = 0; i < a.count; i++) s.at(i).set(valuesOf(a.at(i), a.rows, a.cols));
    return vectorsOf(s, realOf(A.dtype));
  }),
});
/** The matrices of A, if all their numbers are finite. */
function matricesOf(A: Tensor): ReturnType<typeof stackOf> {
  assertMatrix("linalg.svd", A);
  const a = stackOf(A);
  for (let i = 0; i < a.count; i++)
    if (!a.at(i).every(Number.isFinite))
      throw new LinAlgError(
        `linalg.svd: ${batchOf(A).length === 0 ? "" : `(Batch element ${i}): `}The algorithm failed to converge because the input matrix contained non-finite values.`,
      );
  return a;
}
const _svd = op("_linalg_svd(Tensor A, bool full_matrices=False) -> (Tensor U, Tensor S, Tensor Vh)");
define(_svd, {
  kernel: host(({ A, full_matrices }) => {
    const a = matricesOf(A);
    const [m, n, k] = [a.rows, a.cols, Math.min(a.rows, a.cols)];
    const system = systemFor(A);
    if (system !== null) return system.svd(A, { left: full_matrices ? m : k, right: full_matrices ? n : k });
    const u = newStack(batchOf(A), m, full_matrices ? m : k, a.tensor.dtype);
    const s = newVectors(batchOf(A), k);
    const vt = newStack(batchOf(A), full_matrices ? n : k, n, a.tensor.dtype);
    const decompose = a.isComplex ? complexSvd : factorize;
    for (let i = 0; i < a.count; i++) {
      const made = decompose(a.at(i), m, n, full_matrices);
      u.at(i).set(made.u);
      s.at(i).set(made.s);
      vt.at(i).set(made.vt);
    }
    return [u.as(A.dtype), vectorsOf(s, realOf(A.dtype)), vt.as(A.dtype)];
  }),
  saves: ["U", "S", "Vh"],
  backward: {
    A: ({ grads: [gU, gS, gVh], U, S, Vh, full_matrices }) => {
      const k = S.sizes.at(-1)!;
      const [m, n] = [U.sizes.at(-2)!, Vh.sizes.at(-1)!];
      const cut = full_matrices && m !== n;
      // Of U and V completed to squares only the first columns are determined.
      const [u, vh] = cut ? [U.narrow(-1, 0, k), Vh.narrow(-2, 0, k)] : [U, Vh];
      const gu = cut && gU !== null ? gU.narrow(-1, 0, k) : gU;
      const gvh = cut && gVh !== null ? gVh.narrow(-2, 0, k) : gVh;
      return svdGrad(gu, gS, gvh, u, S, vh);
    },
  },
  node: "LinalgSvdBackward0",
});
/** J. Townsend, Differentiating the singular value decomposition, 2016; F. Walter's form as in PyTorch. */
function svdGrad(gU: Tensor | null, gS: Tensor | null, gVh: Tensor | null, U: Tensor, S: Tensor, Vh: Tensor): Tensor {
  const [m, n, k] = [U.sizes.at(-2)!, Vh.sizes.at(-1)!, S.sizes.at(-1)!];
  if (gU === null && gVh === null)
    return m >= n ? U.matmul(gS!.unsqueeze(-1).mul(Vh)) : U.mul(gS!.unsqueeze(-2)).matmul(Vh);
  let inner = diag_embed(gS ?? S.new_zeros(S.sizes));
  const squares = S.mul(S);
  const gaps = squares
    .unsqueeze(-2)
    .sub(squares.unsqueeze(-1))
    .add(diag(S.new_ones([k])));
  const skew = (x: Tensor): Tensor => x.sub(x.mH);
  const left = gU === null ? null : skew(U.mH.matmul(gU));
  const right = gVh === null ? null : skew(Vh.matmul(gVh.mH));
  if (left !== null) inner = inner.add(left.div(gaps).mul(S.unsqueeze(-2)));
  if (right !== null) inner = inner.add(S.unsqueeze(-1).mul(right.div(gaps)));
  if (U.dtype.is_complex) {
    const phases = (x: Tensor | null): Tensor => x?.diagonal(0, -2, -1) ?? S.new_zeros(S.sizes, { dtype: U.dtype });
    assertNoPhase(phases(left).imag, phases(right).imag);
    // U and V turn together: what both are asked to is halved.
    if (left !== null && right !== null) inner = inner.add(diag_embed(phases(left).div(S.mul(2))));
  }
  let gA = U.matmul(inner).matmul(Vh);
  if (gU !== null && m > k) {
    const beyond = gU.sub(U.matmul(U.mH.matmul(gU)));
    gA = gA.add(beyond.div(S.unsqueeze(-2)).matmul(Vh));
  }
  if (gVh !== null && n > k) {
    const beyond = gVh.sub(gVh.matmul(Vh.mH).matmul(Vh));
    gA = gA.add(U.matmul(beyond.div(S.unsqueeze(-1))));
  }
  return gA;
}
/** Note [Phases of vectors]: what is asked of U's V's must undo. */
function assertNoPhase(ofU: Tensor, ofV: Tensor): void {
  if (isAny(ofU.isclose(ofV.neg(), 1e-2, 1e-2).logical_not()))
    throw new RuntimeError(
      "svd_backward: The singular vectors in the complex case are specified up to multiplication by e^{i phi}. The specified loss function depends on this phase term, making it ill-defined.",
    );
}

/**
 * A = U diag(S) Vh of [*, m, n] matrices, S descending. U and Vh are square unless `full_matrices` is false. Raises
 * LinAlgError for NaN and infinity. As `torch.linalg.svd`.
 */
export const svd = op(
  "linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)",
);
define(svd, {
  takes: lapack("linalg_svd_cpu", "linalg.svd"),
  kernel: composite(({ A, full_matrices, driver }) => {
    refuseDriver("svd", driver);
    return _svd(A, full_matrices);
  }),
});
function refuseDriver(name: string, driver: string | null): void {
  if (driver !== null)
    throw new RuntimeError(
      `linalg.${name}: keyword argument \`driver=\` is only supported on CUDA inputs with cuSOLVER backend.`,
    );
}
/** The singular values of [*, m, n] matrices, descending. As `torch.linalg.svdvals`. */
export const svdvals = op("linalg_svdvals(Tensor A, *, str? driver=None) -> Tensor");
define(svdvals, {
  takes: lapack("linalg_svd_cpu", "linalg.svd"),
  kernel: composite(({ A, driver }) => {
    refuseDriver("svdvals", driver);
    return A.isDifferentiated && modes().grad ? _svd(A)[1] : _svdvals(A);
  }),
  node: "LinalgSvdBackward0",
});

/** What counts as 0: max(atol, rtol * largest); the default of rtol is max(m, n) times the dtype's epsilon. */
function threshold(A: Tensor, largest: Tensor, atol: Tensor | number | null, rtol: Tensor | number | null): Tensor {
  const tensor = (x: Tensor | number): Tensor =>
    x instanceof Tensor ? x.to(largest.dtype) : full([], x, { dtype: largest.dtype });
  const absolute = tensor(atol ?? 0);
  const standard = standardTolerance(A);
  // A tolerance given alone is the only one.
  const relative =
    rtol !== null
      ? tensor(rtol)
      : atol === null
        ? tensor(standard)
        : _where(absolute.gt(0), tensor(0), tensor(standard));
  return absolute.maximum(relative.mul(largest));
}
const standardTolerance = (A: Tensor): number =>
  (realOf(A.dtype) === float64 ? Number.EPSILON : 2 ** -23) * Math.max(...A.sizes.slice(-2));
type Tolerance = Tensor | number | bigint | boolean | null;
const tolerance = (x: Tolerance | unknown): Tensor | number | null =>
  x === null || x === undefined ? null : x instanceof Tensor ? x : Number(x);

/** The number of singular values (or of eigenvalues' sizes, if `hermitian`) above max(atol, rtol * largest). As `torch.linalg.matrix_rank`. */
export const matrix_rank = op(
  "linalg_matrix_rank(Tensor A, Tensor|Scalar? tol=None, *, Tensor|Scalar? atol=None, Tensor|Scalar? rtol=None, bool hermitian=False) -> Tensor",
);
define(matrix_rank, {
  takes: floatAndDouble,
  kernel: compute(({ A, tol, atol, rtol, hermitian }) => {
    assertMatrix("torch.linalg.matrix_rank", A, "input");
    if (numel(A.sizes) === 0) return A.new_zeros(batchOf(A), { dtype: int64 });
    const sizes = hermitian ? eigvalsh(A).abs() : svdvals(A);
    const by = threshold(A, sizes.amax([-1]), tolerance(tol ?? atol), tol === null ? tolerance(rtol) : 0);
    return sizes.gt(by.unsqueeze(-1)).sum([-1]);
  }),
});

/**
 * The Moore-Penrose inverse of [*, m, n] matrices: singular values up to max(atol, rtol * largest) count as 0. As
 * `torch.linalg.pinv`.
 */
export const pinv = op(
  "linalg_pinv(Tensor A, Tensor|Scalar? rcond=None, bool hermitian=False, *, Tensor|Scalar? atol=None, Tensor|Scalar? rtol=None) -> Tensor",
);
define(pinv, {
  kernel: composite(({ A, rcond, hermitian, atol, rtol }) => {
    if (A.sizes.length < 2 || !A.dtype.is_differentiable || isHalf(A.dtype))
      throw new RuntimeError(
        `linalg.pinv(${A.dtype.legacyName}{${list(A.sizes)}}): expected a tensor with 2 or more dimensions of float, double, cfloat or cdouble types`,
      );
    return _pinv(A, tolerance(atol), tolerance(rtol ?? rcond), hermitian);
  }),
});
const _pinv = op("_linalg_pinv(Tensor A, Tensor|Scalar? atol, Tensor|Scalar? rtol, bool hermitian) -> Tensor");
define(_pinv, {
  kernel: compute(({ A, atol, rtol, hermitian }) => {
    if (numel(A.sizes) === 0) return A.mT.clone();
    if (hermitian) {
      const { eigenvalues: w, eigenvectors: V } = eigh(A);
      const by = threshold(A, w.abs().amax([-1]), tolerance(atol), tolerance(rtol)).unsqueeze(-1);
      return V.mul(_where(w.abs().gt(by), w.reciprocal(), 0).unsqueeze(-2)).matmul(V.mH);
    }
    const [U, S, Vh] = _svd(A);
    const by = threshold(A, S.amax([-1]), tolerance(atol), tolerance(rtol)).unsqueeze(-1);
    return Vh.mH.mul(_where(S.gt(by), S.reciprocal(), 0).unsqueeze(-2)).matmul(U.mH);
  }),
  saves: ["A", "result"],
  // G. Golub & V. Pereyra, The differentiation of pseudo-inverses, 1973.
  backward: { A: ({ grad, A, result }) => pinvGrad(grad, A, result) },
  node: "LinalgPinvBackward0",
});
function pinvGrad(grad: Tensor, A: Tensor, P: Tensor): Tensor {
  const [m, n] = A.sizes.slice(-2);
  const [Ph, gh] = [P.mH, grad.mH];
  if (m <= n) {
    const K = gh.matmul(P);
    const KPh = K.matmul(Ph);
    const lost = Ph.matmul(P).matmul(gh.sub(K.matmul(A)));
    return P.matmul(K).mH.neg().add(KPh).sub(A.matmul(P).matmul(KPh)).add(lost);
  }
  const K = P.matmul(gh);
  const PhK = Ph.matmul(K);
  const lost = gh.sub(A.matmul(K)).matmul(P).matmul(Ph);
  return K.matmul(P).mH.neg().add(lost).add(PhK).sub(PhK.matmul(P).matmul(A));
}

/** The least X that makes A X - B least, and the ranks of A. @internal */
const _lstsq = op("_linalg_lstsq(Tensor A, Tensor B, float? rcond) -> (Tensor solution, Tensor rank)");
define(_lstsq, {
  kernel: host(({ A, B, rcond }) => {
    const system = B.numel() > 0 && sameShape(batchOf(A), batchOf(B)) ? systemFor(A) : null;
    const found = system?.leastSquares(A, B, rcond ?? standardTolerance(A));
    // Written so that it comes column by column, as LAPACK leaves it.
    return found ?? [B.mT.matmul(_pinv(A, 0, rcond, false).mT).mT, matrix_rank(A, { rtol: rcond })];
  }),
  saves: ["A", "B"],
  backward: {
    A: ({ grad, A, B, rcond }) => pinvGrad(grad.matmul(B.mH), A, _pinv(A, 0, rcond, false)),
    B: ({ grad, A, rcond }) => _pinv(A, 0, rcond, false).mH.matmul(grad),
  },
});

const squares = (x: Tensor): Tensor => (x.dtype.is_complex ? x.mul(x.conj_physical()).real : x.pow(2));
const DRIVERS = ["gels", "gelsy", "gelsd", "gelss"];
/**
 * X that makes A X - B least, for [*, m, n] and [*, m, k] (or vectors [*, m]): by the pseudoinverse. Residuals where
 * m > n and the rank is full, unless `driver` is "gelsy" (the default); ranks unless it is "gels"; singular values if it
 * is "gelsd" or "gelss". As
 * `torch.linalg.lstsq`.
 */
export const lstsq = op(
  "linalg_lstsq(Tensor A, Tensor B, float? rcond=None, *, str? driver=None) -> (Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values)",
);
define(lstsq, {
  takes: [
    sameAsFirst(
      "B",
      (B, A) =>
        `torch.linalg.lstsq: Expected input and other to have the same dtype, but got input's dtype ${A.legacyName} and other's dtype ${B.legacyName}`,
    ),
    floatAndDouble,
  ],
  kernel: composite(({ A, B, rcond, driver }) => {
    const name = "torch.linalg.lstsq";
    if (A.sizes.length < 2) throw new RuntimeError(`${name}: input must have at least 2 dimensions.`);
    if (B.sizes.length < 1) throw new RuntimeError(`${name}: other must have at least 1 dimension.`);
    if (driver !== null && !DRIVERS.includes(driver))
      throw new RuntimeError(`${name}: parameter \`driver\` should be one of (gels, gelsy, gelsd, gelss)`);
    const vector = A.sizes.length - 1 === B.sizes.length;
    const b = vector ? B.unsqueeze(-1) : B;
    const [m, n] = A.sizes.slice(-2);
    if (m !== b.sizes.at(-2)) throw new RuntimeError(`${name}: input.size(-2) should match other.size(-2)`);
    const [X, rank] = _lstsq(A, b, rcond);
    // Residuals that are not asked for belong to the graph all the same, as in PyTorch.
    const noMisses = squares(X.flatten().narrow(0, 0, 0).clone());
    const isFull = !isAny(rank.ne(Math.min(m, n)));
    const fitted = driver !== null && driver !== "gelsy"; // PyTorch's default tells no residuals
    const misses = fitted && m > n && isFull ? squares(A.matmul(X).sub(b)).sum([-2]) : noMisses;
    return [
      vector ? X.squeeze([-1]) : X,
      vector && misses !== noMisses ? misses.squeeze([-1]) : misses,
      driver === "gels" ? rank.new_zeros([0]) : rank,
      driver === "gelsd" || driver === "gelss" ? svdvals(A.detach()) : A.new_zeros([0], { dtype: realOf(A.dtype) }),
    ];
  }),
  node: "LinalgLstsqBackward0",
});
