// Factorizations by the system's LAPACK, where there is one: see devices/cpu/lapack.ts. In bundles for browsers, where there is
// none, no_system.ts stands for this file ("browser" in package.json).
import type { TypedArray } from "../../base/dtype.ts";
import { complexOf, int32, int64, realOf } from "../../base/dtype.ts";
import { numel } from "../../base/layout.ts";
import type { Shape } from "../../base/layout.ts";
import type { Dtype } from "../../base/dtype.ts";
import { lapackOf } from "../../devices/cpu/lapack.ts";
import type { Lapack } from "../../devices/cpu/lapack.ts";
import { empty as allocate } from "../../tensor/allocate.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { zeros } from "../creation/creation.ts";
import { batchOf, checkInfo, inColumns, infoAt, newInfo } from "./matrices.ts";

/** Elements that a matrix has at least for it to be called; tests try it with fewer. */
export const worthwhile = { elements: 16 * 16 };

/** The factorizations for the dtype of A on its device, if matrices like those of A are worth it. */
export function systemFor(A: Tensor): System | null {
  const [m, n] = A.sizes.slice(-2);
  const isFew = m * n < worthwhile.elements || m * n === 0 || numel(batchOf(A)) === 0;
  const lapack = isFew ? null : lapackOf(A.backend, A.dtype);
  return lapack && new System(lapack);
}

/** Matrices whose columns lie one after the other, not yet written. */
const columns = (batch: Shape, rows: number, cols: number, dtype: Dtype): Tensor =>
  allocate([...batch, cols, rows], dtype).mT;
/** The elements of matrix or vector `i` of `count`. Stale after the next allocation. */
function part(t: Tensor, i: number, count: number): TypedArray {
  const all = t.host();
  const size = all.length / count;
  return all.subarray(i * size, (i + 1) * size);
}
/** Raises LinAlgError where an iteration ended without a result. */
const checkConverged = (info: Tensor, name: string, values: string): void =>
  checkInfo(
    info,
    name,
    (k) =>
      `The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated ${values} (error code: ${k}).`,
  );

/** On batches of matrices, in their own dtype. What is given stays as it is; results lie in columns. */
export class System {
  private readonly lapack: Lapack;

  constructor(lapack: Lapack) {
    this.lapack = lapack;
  }
  /** L and U in one matrix, pivots and info. */
  lu(A: Tensor): [LU: Tensor, pivots: Tensor, info: Tensor] {
    const [m, n] = A.sizes.slice(-2);
    const [LU, info] = [inColumns(A, A.dtype), newInfo(batchOf(A))];
    const pivots = zeros([...batchOf(A), Math.min(m, n)], { dtype: int32 });
    const count = info.numel();
    for (let i = 0; i < count; i++)
      infoAt(info)[i] = this.lapack.getrf(part(LU, i, count), m, n, part(pivots, i, count));
    return [LU, pivots, info];
  }
  /** X of A X = B, or with Aᴴ, by LU and pivots of one batch. */
  solved(LU: Tensor, pivots: Tensor, B: Tensor, adjoint: boolean): Tensor {
    const [factors, X, exchanged] = [inColumns(LU, LU.dtype), inColumns(B, B.dtype), pivots.contiguous()];
    const [n, cols] = B.sizes.slice(-2);
    const count = numel(batchOf(B));
    for (let i = 0; i < count; i++)
      this.lapack.getrs(part(factors, i, count), n, part(exchanged, i, count), part(X, i, count), cols, adjoint);
    return X;
  }
  /** The inverse, in place of LU, of matrices that are not singular. */
  inverse(LU: Tensor, pivots: Tensor): Tensor {
    const [n, count] = [LU.sizes.at(-1)!, numel(batchOf(LU))];
    for (let i = 0; i < count; i++) this.lapack.getri(part(LU, i, count), n, part(pivots, i, count));
    return LU;
  }
  cholesky(A: Tensor, upper: boolean): [factor: Tensor, info: Tensor] {
    const [a, info] = [inColumns(A, A.dtype), newInfo(batchOf(A))];
    const [n, count] = [A.sizes.at(-1)!, info.numel()];
    const width = A.dtype.is_complex ? 2 : 1;
    for (let i = 0; i < count; i++) {
      const matrix = part(a, i, count) as Float64Array;
      infoAt(info)[i] = this.lapack.potrf(upper ? "U" : "L", matrix, n);
      // What is not of the factor is as it was.
      for (let j = 0; j < n; j++) {
        const [begin, end] = upper ? [j * n + j + 1, (j + 1) * n] : [j * n, j * n + j];
        matrix.fill(0, width * begin, width * end);
      }
    }
    return [a, info];
  }
  /** X of A X = B; null if there is a 0 on a diagonal, of which LAPACK makes no infinities. */
  solveTriangular(A: Tensor, B: Tensor, upper: boolean, unit: boolean): Tensor | null {
    const [a, X] = [inColumns(A, A.dtype), inColumns(B, B.dtype)];
    const [n, cols] = B.sizes.slice(-2);
    const count = numel(batchOf(B));
    for (let i = 0; i < count; i++)
      if (this.lapack.trtrs(upper ? "U" : "L", unit, part(a, i, count), n, part(X, i, count), cols) !== 0) return null;
    return X;
  }
  /** R above the reflections, and their factors. */
  reflections(A: Tensor): [a: Tensor, tau: Tensor] {
    const [m, n] = A.sizes.slice(-2);
    const [a, tau] = [inColumns(A, A.dtype), allocate([...batchOf(A), Math.min(m, n)], A.dtype)];
    const count = numel(batchOf(A));
    for (let i = 0; i < count; i++) this.lapack.geqrf(part(a, i, count), m, n, part(tau, i, count));
    return [a, tau];
  }
  /** Q, of so many columns, and R; Q is null if none are wanted. */
  qr(A: Tensor, k: number, wanted: boolean): [Q: Tensor | null, R: Tensor] {
    const [a, tau] = this.reflections(A);
    const [m, n] = A.sizes.slice(-2);
    const R = inColumns(a.narrow(-2, 0, k).triu(), A.dtype);
    if (!wanted) return [null, R];
    const Q = columns(batchOf(A), m, k, A.dtype);
    Q.narrow(-1, 0, Math.min(k, n)).copy_(a.narrow(-1, 0, Math.min(k, n)));
    const count = numel(batchOf(A));
    for (let i = 0; i < count; i++) this.lapack.orgqr(part(Q, i, count), m, k, Math.min(m, n), part(tau, i, count));
    return [Q, R];
  }
  /** The least X that makes A X - B least, and the ranks of A; null if a number of A is not finite. */
  leastSquares(A: Tensor, B: Tensor, rcond: number): [X: Tensor, rank: Tensor] | null {
    const a = inColumns(A, A.dtype);
    if (!a.host().every((x) => Number.isFinite(x))) return null;
    const [[m, n], k] = [A.sizes.slice(-2), B.sizes.at(-1)!];
    const b = columns(batchOf(A), Math.max(m, n), k, A.dtype);
    b.narrow(-2, 0, m).copy_(B);
    const rank = zeros(batchOf(A), { dtype: int64 });
    const ranks: bigint[] = [];
    const count = rank.numel();
    for (let i = 0; i < count; i++)
      ranks.push(BigInt(this.lapack.gelsy(part(a, i, count), m, n, part(b, i, count), k, rcond)));
    (rank.host() as BigInt64Array).set(ranks);
    return [inColumns(b.narrow(-2, 0, n), A.dtype), rank];
  }
  /** U with so many columns and Vh with so many rows, unless S alone is wanted. */
  svd(A: Tensor, sizes: { left: number; right: number } | null): [U: Tensor, S: Tensor, Vh: Tensor] {
    const [m, n] = A.sizes.slice(-2);
    const [batch, info] = [batchOf(A), newInfo(batchOf(A))];
    const a = inColumns(A, A.dtype);
    const U = columns(batch, m, sizes?.left ?? 0, A.dtype);
    const S = allocate([...batch, Math.min(m, n)], realOf(A.dtype));
    const Vh = columns(batch, sizes?.right ?? 0, n, A.dtype);
    const count = info.numel();
    for (let i = 0; i < count; i++) {
      const vectors = sizes && { ...sizes, u: part(U, i, count), vt: part(Vh, i, count) };
      infoAt(info)[i] = this.lapack.gesdd(part(a, i, count), m, n, part(S, i, count), vectors);
    }
    checkConverged(info, "linalg.svd", "singular values");
    return [U, S, Vh];
  }
  /** Eigenvalues of Hermitian matrices, of which one triangle is read, and eigenvectors if wanted. */
  eigh(name: string, A: Tensor, triangle: string, wanted: boolean): [values: Tensor, vectors: Tensor | null] {
    const [n, info, a] = [A.sizes.at(-1)!, newInfo(batchOf(A)), inColumns(A, A.dtype)];
    const values = allocate([...batchOf(A), n], realOf(A.dtype));
    const count = info.numel();
    for (let i = 0; i < count; i++)
      infoAt(info)[i] = this.lapack.syevd(triangle, part(a, i, count), n, part(values, i, count), wanted);
    checkConverged(info, name, "eigenvalues");
    return [values, wanted ? a : null];
  }
  /** Eigenvalues of any matrices, complex, and eigenvectors if wanted; null if a number is not finite. */
  eig(name: string, A: Tensor, wanted: boolean): [values: Tensor, vectors: Tensor | null] | null {
    const a = inColumns(A, A.dtype);
    if (!a.host().every((x) => Number.isFinite(x))) return null;
    const [n, info, batch] = [A.sizes.at(-1)!, newInfo(batchOf(A)), batchOf(A)];
    const dtype = complexOf(A.dtype);
    const values = allocate([...batch, n], dtype);
    const vectors = columns(batch, n, wanted ? n : 0, dtype);
    // Of a real matrix the parts of the values apart, and of a pair of vectors, which are conjugate, the real and imaginary part.
    const parts = allocate([2, n], A.dtype);
    const pairs = allocate([wanted ? n : 0, n], A.dtype);
    const count = info.numel();
    for (let i = 0; i < count; i++) {
      const [w, v] = [part(values, i, count), wanted ? part(vectors, i, count) : null];
      if (A.dtype.is_complex) infoAt(info)[i] = this.lapack.geev(part(a, i, count), n, [w], v);
      else {
        const [re, im, reals] = [part(parts, 0, 2), part(parts, 1, 2), wanted ? pairs.host() : null];
        infoAt(info)[i] = this.lapack.geev(part(a, i, count), n, [re, im], reals);
        intoComplex(re, im, reals, w, v);
      }
    }
    checkConverged(info, name, "eigenvalues");
    return [values, wanted ? vectors : null];
  }
}
function intoComplex(
  re: TypedArray,
  im: TypedArray,
  reals: TypedArray | null,
  values: TypedArray,
  vectors: TypedArray | null,
): void {
  const n = re.length;
  for (let j = 0; j < n; j++) {
    [values[2 * j], values[2 * j + 1]] = [re[j], im[j]];
    if (reals === null || vectors === null) continue;
    const sign = Math.sign(Number(im[j]));
    // The first of a pair has the positive imaginary part.
    const first = (sign < 0 ? j - 1 : j) * n;
    for (let i = 0; i < n; i++) {
      vectors[2 * (j * n + i)] = reals[first + i];
      vectors[2 * (j * n + i) + 1] = sign === 0 ? 0 : sign * Number(reals[first + n + i]);
    }
  }
}
