// Singular values and principal components of large matrices, found in a random subspace. Halko, Martinsson and Tropp,
// "Finding structure with randomness", 2009.
import { ValueError } from "../../base/errors.ts";
import { callable } from "../../dispatch/callable.ts";
import { randn } from "../random/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { qr } from "./qr.ts";
import { svd } from "./svd.ts";

/** Orthonormal columns that nearly span those of A - M. */
function basis(A: Tensor, q: number, niter: number, M: Tensor | null): Tensor {
  const times = (a: Tensor, m: Tensor | null, x: Tensor): Tensor =>
    m === null ? a.matmul(x) : a.matmul(x).sub(m.matmul(x));
  let Q = qr(times(A, M, randn([A.size(-1), q], { dtype: A.dtype }))).Q;
  for (let i = 0; i < niter; i++) {
    Q = qr(times(A.mH, M?.mH ?? null, Q)).Q;
    Q = qr(times(A, M, Q)).Q;
  }
  return Q;
}
function lowRank(given: Tensor, q: number, niter: number, mean: Tensor | null): [Tensor, Tensor, Tensor] {
  const wide = given.size(-2) < given.size(-1);
  const whole = mean?.broadcast_to(given.sizes) ?? null;
  const [A, M] = wide ? [given.mH, whole?.mH ?? null] : [given, whole];
  const Q = basis(A, q, niter, M);
  const B = M === null ? Q.mH.matmul(A) : Q.mH.matmul(A).sub(Q.mH.matmul(M));
  const { U, S, Vh } = svd(B, false);
  const [left, right] = [Q.matmul(U), Vh.mH];
  return wide ? [right, S, left] : [left, S, right];
}
/**
 * U, S and V of the `q` largest singular values of A, or of A - M, nearly: the more so the more rounds (`niter`) are made.
 * The subspace is drawn. As `torch.svd_lowrank`.
 * @example const [U, S, V] = torch.svd_lowrank(torch.randn(100, 40), 5);
 */
export const svd_lowrank = callable(
  "svd_lowrank(Tensor A, int? q=6, int? niter=2, Tensor? M=None) -> (Tensor, Tensor, Tensor)",
  ({ A, q, niter, M }): [Tensor, Tensor, Tensor] => lowRank(A, q ?? 6, niter ?? 2, M),
);
/**
 * U, S and V of A less the means of its columns (unless `center` is false): V has the principal directions. Raises
 * ValueError for more than there can be. As `torch.pca_lowrank`.
 */
export const pca_lowrank = callable(
  "pca_lowrank(Tensor A, int? q=None, bool center=True, int niter=2) -> (Tensor, Tensor, Tensor)",
  ({ A, q, center, niter }): [Tensor, Tensor, Tensor] => {
    const most = Math.min(A.size(-2), A.size(-1));
    if (q !== null && (q < 0 || q > most))
      throw new ValueError(`q(=${q}) must be non-negative integer and not greater than min(m, n)=${most}`);
    if (niter < 0) throw new ValueError(`niter(=${niter}) must be non-negative integer`);
    return lowRank(center ? A.sub(A.mean([-2], true)) : A, q ?? Math.min(6, most), niter, null);
  },
);
