// Orthogonal factors: QR, and the reflections it is made of.
import { notImplemented } from "../../dispatch/no_formula.ts";
import type { Dtype } from "../../base/dtype.ts";
import { float64 } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { further, placeOf } from "../../kernel/place.ts";
import { complexApplyQ, complexQrFactor } from "../../numerics/complex/qr.ts";
import { applyQ, blockFactor, qrFactor, timesBlockFactor } from "../../numerics/qr.ts";
import { composite, host } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import { sameAsFirst } from "../../dispatch/takes.ts";
import { empty as allocate } from "../../tensor/allocate.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { cat } from "../views/joining.ts";
import {
  assertMatrix,
  batchOf,
  halved,
  inColumns,
  newStack,
  newVectors,
  stackOf,
  vectorsOf,
  lapack,
} from "./matrices.ts";
import type { Stack } from "./matrices.ts";
import { systemFor } from "./system.ts";
import { solve_triangular } from "./triangular.ts";
import { diag } from "../views/diagonals.ts";

function factored(A: Tensor): { a: Stack; tau: Stack } {
  const a = stackOf(A);
  const tau = newVectors(batchOf(A), Math.min(a.rows, a.cols), a.tensor.dtype);
  const k = tau.cols;
  if (a.isComplex || k <= LEAST) {
    const factorize = a.isComplex ? complexQrFactor : qrFactor;
    for (let i = 0; i < a.count; i++) factorize(a.at(i), a.rows, a.cols, tau.at(i));
    return { a, tau };
  }
  const room = roomFor(a.rows, a.cols);
  for (let i = 0; i < a.count; i++)
    for (let first = 0; first < k; first += BLOCK) {
      const count = Math.min(BLOCK, k - first);
      qrFactor(a.at(i), a.rows, a.cols, tau.at(i), first, first + count);
      reflectBy({ a, tau, i, first, count }, a, first + count, true, room);
    }
  return { a, tau };
}
/** Columns whose reflections are done as one, and how many it takes to be worth it. */
const [BLOCK, LEAST] = [24, 64];
/** Vectors of a block of reflections, and what they give with columns. */
interface Room {
  readonly v: Tensor;
  readonly w: Tensor;
}
const roomFor = (rows: number, cols: number): Room => ({
  v: allocate([rows, BLOCK], float64),
  w: allocate([BLOCK, cols], float64),
});
/** `count` reflections from number `first` on of matrix `i`. */
interface Block {
  readonly a: Stack;
  readonly tau: Stack;
  readonly i: number;
  readonly first: number;
  readonly count: number;
}
/** The product of a block of reflections, or its transpose, times the columns of real matrix `i` of `b` from `from` on. */
function reflectBy({ a, tau, i, first, count }: Block, b: Stack, from: number, transpose: boolean, room: Room): void {
  const [rows, cols] = [a.rows - first, b.cols - from];
  if (cols <= 0) return;
  const [v, source] = [room.v.host() as Float64Array, a.at(i)];
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < count; c++)
      v[r * count + c] = r > c ? source[(first + r) * a.cols + first + c] : r === c ? 1 : 0;
  const t = blockFactor(v, rows, count, tau.at(i).subarray(first, first + count));
  const { backend } = b.tensor;
  const target = { ...further(b.tensor, (i * b.rows + first) * b.cols + from), rowStride: b.cols, colStride: 1 };
  const w = { ...placeOf(room.w), rowStride: cols, colStride: 1 };
  const turned = { ...placeOf(room.v), rowStride: 1, colStride: count };
  backend.matmul(float64, { m: count, n: cols, k: rows, a: turned, b: target, out: w });
  timesBlockFactor(t, count, room.w.host() as Float64Array, cols, transpose);
  const vectors = { ...placeOf(room.v), rowStride: count, colStride: 1 };
  backend.matmul(float64, { m: rows, n: cols, k: count, a: vectors, b: w, out: target, addend: target });
}
/** The first `cols` columns of the product of the reflections in `a`. */
function product(a: Stack, tau: Stack, cols: number): Stack {
  const q = newStack(batchOf(a.tensor), a.rows, cols, a.tensor.dtype);
  const apply = a.isComplex ? complexApplyQ : applyQ;
  const room = a.isComplex || tau.cols <= LEAST ? null : roomFor(a.rows, cols);
  const step = (cols + 1) * (a.isComplex ? 2 : 1);
  for (let i = 0; i < a.count; i++) {
    const to = q.at(i);
    for (let d = 0; d < Math.min(a.rows, cols); d++) to[d * step] = 1;
    if (room !== null) {
      for (let first = Math.floor((tau.cols - 1) / BLOCK) * BLOCK; first >= 0; first -= BLOCK)
        reflectBy({ a, tau, i, first, count: Math.min(BLOCK, tau.cols - first) }, q, 0, false, room);
      continue;
    }
    apply(a.at(i), a.cols, tau.at(i), tau.cols, to, a.rows, cols, false);
  }
  return q;
}

/**
 * A = Q R of [*, m, n] matrices. `mode`: "reduced" (Q [*, m, min(m, n)], the default), "complete" (Q [*, m, m]) or "r" (Q is
 * empty). Raises RuntimeError for another mode. As `torch.linalg.qr`.
 */
export const qr = op("linalg_qr(Tensor A, str mode='reduced') -> (Tensor Q, Tensor R)");
define(qr, {
  takes: lapack("geqrf_cpu", "linalg.qr"),
  kernel: host(({ A, mode }) => {
    if (mode !== "reduced" && mode !== "complete" && mode !== "r")
      throw new RuntimeError(
        `qr received unrecognized mode '${mode}' but expected one of 'reduced' (default), 'r', or 'complete'`,
      );
    assertMatrix("linalg.qr", A);
    const [m, n] = A.sizes.slice(-2);
    const k = mode === "complete" ? m : Math.min(m, n);
    const system = systemFor(A);
    if (system !== null) {
      const [Q, R] = system.qr(A, k, mode !== "r");
      return [Q ?? A.new_zeros([0]), R];
    }
    const { a, tau } = factored(A);
    const R = inColumns(a.tensor.narrow(-2, 0, k).triu(), A.dtype);
    return [mode === "r" ? A.new_zeros([0]) : product(a, tau, k).as(A.dtype), R];
  }),
  saves: ["Q", "R"],
  backward: {
    A: ({ grads: [gQ, gR], Q, R, mode }) => {
      if (mode === "r")
        throw new RuntimeError(
          "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, mode='reduced') if you are going to differentiate through linalg.qr.",
        );
      const [m, n] = [Q.sizes.at(-2)!, R.sizes.at(-1)!];
      if (mode === "complete" && m > n)
        throw new RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.");
      return qrGrad(gQ ?? Q.new_zeros(Q.sizes), gR ?? R.new_zeros(R.sizes), Q, R);
    },
  },
});
/** S.-X. Liao et al., Differentiable programming tensor networks, 2019, and Walter & Lehmann, 2018, for m < n. */
function qrGrad(gQ: Tensor, gR: Tensor, Q: Tensor, R: Tensor): Tensor {
  const [m, n] = [Q.sizes.at(-2)!, R.sizes.at(-1)!];
  if (m >= n) {
    const inner = gR.matmul(R.mH).sub(Q.mH.matmul(gQ)).triu();
    const symmetric = halved(inner.add(inner.mH));
    return solve_triangular(R.mH, Q.matmul(symmetric).add(gQ), { upper: false, left: false });
  }
  const inner = Q.mH.matmul(gQ).sub(gR.matmul(R.mH));
  const whole = inner.sub(inner.mH);
  // Numbers on R's diagonal stay real: what is imaginary there is Q's to turn.
  const skew = inner.dtype.is_complex ? halved(whole).tril() : whole.tril(-1);
  const square = solve_triangular(R.narrow(-1, 0, m).mH, Q.matmul(skew), { upper: false, left: false });
  const rest = square.new_zeros([...square.sizes.slice(0, -1), n - m]);
  return cat([square, rest], -1).add(Q.matmul(gR));
}

/** QR in the form of reflections: R in the upper triangle of `a`, vectors below, and `tau`. As `torch.geqrf`. */
export const geqrf = op("geqrf(Tensor self) -> (Tensor a, Tensor tau)");
define(geqrf, {
  takes: lapack("geqrf_cpu"),
  kernel: host(({ self }) => {
    assertMatrix("torch.geqrf", self, "input");
    const system = systemFor(self);
    if (system !== null) return system.reflections(self);
    const { a, tau } = factored(self);
    return [a.as(self.dtype), vectorsOf(tau, self.dtype)];
  }),
  backward: { self: notImplemented("geqrf") },
});
/** The first columns of H₁ H₂ … H_k, reflections as {@link geqrf} gives them. As `torch.linalg.householder_product`. */
export const householder_product = op("linalg_householder_product(Tensor input, Tensor tau) -> Tensor");
define(householder_product, {
  takes: [
    sameAsFirst(
      "tau",
      (tau, input) =>
        `torch.linalg.householder_product: tau dtype ${tau.legacyName} does not match input dtype ${input.legacyName}`,
    ),
    ...lapack("orgqr_cpu"),
  ],
  kernel: composite(({ input, tau }) => {
    assertMatrix("torch.linalg.householder_product", input, "input");
    const [m, n] = input.sizes.slice(-2);
    if (m < n)
      throw new RuntimeError(
        "torch.linalg.householder_product: input.shape[-2] must be greater than or equal to input.shape[-1]",
      );
    if (n < tau.sizes.at(-1)!)
      throw new RuntimeError(
        "torch.linalg.householder_product: input.shape[-1] must be greater than or equal to tau.shape[-1]",
      );
    const first = diag(input.new_ones([m]))
      .narrow(1, 0, n)
      .expand(input.sizes);
    return reflected(input, tau, first, false).mT.contiguous().mT;
  }),
  node: "LinalgHouseholderProductBackward0",
});
const unlike =
  (name: string) =>
  (d: Dtype, input: Dtype): string =>
    `torch.ormqr: Expected input and ${name} to have the same dtype, but input has dtype${input.legacyName} and ${name} has dtype ${d.legacyName}`;
/** Q other, with Q or, if `transpose`, Qᴴ of the reflections `self`, `tau`; other Q if not `left`. As `torch.ormqr`. */
export const ormqr = op("ormqr(Tensor self, Tensor tau, Tensor other, bool left=True, bool transpose=False) -> Tensor");
define(ormqr, {
  takes: [sameAsFirst("tau", unlike("tau")), sameAsFirst("other", unlike("other")), ...lapack("ormqr_cpu")],
  kernel: composite(({ self, tau, other, left, transpose }) => {
    assertMatrix("torch.ormqr", self, "input");
    assertMatrix("torch.ormqr", other, "other");
    const side = other.sizes.at(left ? -2 : -1)!;
    const dim = left ? -2 : -1;
    if (side < tau.sizes.at(-1)!)
      throw new RuntimeError(`torch.ormqr: other.shape[${dim}] must be greater than or equal to tau.shape[-1]`);
    if (side !== self.sizes.at(-2))
      throw new RuntimeError(`torch.ormqr: other.shape[${dim}] must be equal to input.shape[-2]`);
    if (tau.sizes.at(-1) !== Math.min(side, self.sizes.at(-1)!))
      throw new RuntimeError("torch.ormqr: tau.shape[-1] must be equal to min(other.shape[-2], input.shape[-1])");
    // other Q is (Qᴴ otherᴴ)ᴴ.
    return left ? reflected(self, tau, other, transpose) : reflected(self, tau, other.mH, !transpose).mH;
  }),
});
/** H₁ … H_k x one after the other, each differentiable in v and tau; `transpose` takes their conjugate transpose. */
function reflected(input: Tensor, tau: Tensor, x: Tensor, transpose: boolean): Tensor {
  const k = tau.sizes.at(-1)!;
  const factors = transpose ? tau.conj_physical() : tau;
  const below = input.tril(-1).add(eyeLike(input));
  let out = x;
  for (let s = 0; s < k; s++) {
    const j = transpose ? s : k - 1 - s;
    const v = below.narrow(-1, j, 1);
    const t = factors.narrow(-1, j, 1).unsqueeze(-1);
    out = out.sub(v.mul(t).matmul(v.mH.matmul(out)));
  }
  return out;
}
const eyeLike = (x: Tensor): Tensor => {
  const [m, n] = x.sizes.slice(-2);
  const size = Math.max(m, n);
  return diag(x.new_ones([size]))
    .narrow(0, 0, m)
    .narrow(1, 0, n);
};
