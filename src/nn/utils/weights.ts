// How weights are computed from others: by length and direction, by the largest singular value, as orthogonal matrices.
import { withGrad } from "../../autograd/mode.ts";
import { finfo } from "../../base/dtype_info.ts";
import { AssertionError, IndexError, NotImplementedError, ValueError } from "../../base/errors.ts";
import { sameShape } from "../../base/layout.ts";
import type { Shape } from "../../base/layout.ts";
import { eye, zeros_like } from "../../ops/creation/creation.ts";
import { allclose } from "../../ops/overloads.ts";
import { geqrf, householder_product } from "../../ops/linalg/qr.ts";
import { solve } from "../../ops/linalg/solve.ts";
import { normalize } from "../../ops/nn/activation/activation.ts";
import { randn } from "../../ops/random/random.ts";
import { cat } from "../../ops/views/joining.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from "../layers/conv.ts";
import { Module } from "../module/module.ts";
import { vdot, mv } from "../../ops/linalg/matmul.ts";
import { matrix_exp } from "../../ops/linalg/older.ts";
import { sign_ } from "../../ops/pointwise/arithmetic.ts";

/** The norms of what stands along all dims but `dim`, each in a dim of its own size; of all elements for -1. As `torch.norm_except_dim`. */
export function norm_except_dim(v: Tensor, pow = 2, dim = 0): Tensor {
  if (dim === -1) return v.norm(pow);
  const others = v.sizes.map((_, d) => d).filter((d) => d !== dim);
  return v.norm(pow, others, true);
}
/** g v / ‖v‖: T. Salimans & D. Kingma, Weight normalization, 2016. */
export const _weight_norm = (v: Tensor, g: Tensor, dim: number): Tensor => v.mul(g.div(norm_except_dim(v, 2, dim)));

export class _WeightNorm extends Module {
  readonly dim: number;
  constructor(dim: number | null = 0) {
    super();
    this.dim = dim ?? -1;
  }
  forward(weight_g: Tensor, weight_v: Tensor): Tensor {
    return _weight_norm(weight_v, weight_g, this.dim);
  }
  right_inverse(weight: Tensor): [Tensor, Tensor] {
    return [norm_except_dim(weight, 2, this.dim), weight];
  }
}
/** A weight as a matrix whose rows belong to `dim`. */
export function asMatrix(weight: Tensor, dim: number): Tensor {
  const first = dim < 0 ? dim + weight.sizes.length : dim;
  const order = [first, ...weight.sizes.map((_, d) => d).filter((d) => d !== first)];
  return (first === 0 ? weight : weight.permute(order)).flatten(1);
}
/** Nears the singular vectors u, v of a matrix to those of its largest singular value, in place. */
export function _power_iterations(matrix: Tensor, u: Tensor, v: Tensor, rounds: number, eps: number): void {
  withGrad(false, () => {
    for (let i = 0; i < rounds; i++) {
      u.copy_(normalize(mv(matrix, v), { dim: 0, eps }));
      v.copy_(normalize(mv(matrix.mH, u), { dim: 0, eps }));
    }
  });
}
export class _SpectralNorm extends Module {
  readonly dim: number;
  readonly eps: number;
  readonly n_power_iterations: number;
  declare readonly _u: Tensor;
  declare readonly _v: Tensor;

  constructor(weight: Tensor, n_power_iterations = 1, dim = 0, eps = 1e-12) {
    super();
    const n = weight.sizes.length;
    if (dim >= n || dim < -n)
      throw new IndexError(`Dimension out of range (expected to be in range of [-${n}, ${n - 1}] but got ${dim})`);
    if (n_power_iterations <= 0)
      throw new ValueError(
        `Expected n_power_iterations to be positive, but got n_power_iterations=${n_power_iterations}`,
      );
    this.dim = dim >= 0 ? dim : dim + n;
    this.eps = eps;
    this.n_power_iterations = n_power_iterations;
    if (n <= 1) return;
    const matrix = asMatrix(weight, this.dim);
    const [h, w] = matrix.sizes;
    const unit = (size: number): Tensor => normalize(matrix.new_empty([size]).normal_(0, 1), { dim: 0, eps: this.eps });
    withGrad(false, () => {
      this.register_buffer("_u", unit(h));
      this.register_buffer("_v", unit(w));
    });
    this.iterate(matrix, 15);
  }
  private iterate(matrix: Tensor, rounds: number): void {
    if (matrix.sizes.length <= 1)
      throw new AssertionError(`Expected weight_mat to have more than 1 dimension, got ${matrix.sizes.length}`);
    _power_iterations(matrix, this._u, this._v, rounds, this.eps);
  }
  forward(weight: Tensor): Tensor {
    if (weight.sizes.length === 1) return normalize(weight, { dim: 0, eps: this.eps });
    const matrix = asMatrix(weight, this.dim);
    if (this.training) this.iterate(matrix, this.n_power_iterations);
    // Copies: the buffers change in the next forward, before this one's backward.
    const [u, v] = [this._u.clone(), this._v.clone()];
    return weight.div(vdot(u, mv(matrix, v)));
  }
  right_inverse(value: Tensor): Tensor {
    return value;
  }
}
/** The dim of a layer's weight that belongs to its outputs. */
export const outputsDim = (module: Module): number =>
  [ConvTranspose1d, ConvTranspose2d, ConvTranspose3d].some((cls) => module instanceof cls) ? 1 : 0;

export class _Orthogonal extends Module {
  readonly orthogonal_map: string;
  private readonly expected: Shape;
  declare base: Tensor | null;

  constructor(weight: Tensor, orthogonal_map: string, use_trivialization = true) {
    super();
    if (weight.is_complex() && orthogonal_map === "householder")
      throw new ValueError("The householder parametrization does not support complex tensors.");
    this.expected = weight.sizes;
    this.orthogonal_map = orthogonal_map;
    if (use_trivialization) this.register_buffer("base", null);
  }
  private get trivializes(): boolean {
    return this._buffers.has("base");
  }
  forward(x: Tensor): Tensor {
    return _orthogonal_map(x, this.trivializes ? this.base : null, this.orthogonal_map);
  }
  right_inverse(given: Tensor): Tensor {
    return withGrad(false, () => {
      if (!sameShape(given.sizes, this.expected))
        throw new ValueError(
          `Expected a matrix or batch of matrices of shape torch.Size([${this.expected.join(", ")}]). Got a tensor of shape ${String(given.shape)}.`,
        );
      if (!this.trivializes) {
        if (this.orthogonal_map !== "householder")
          throw new NotImplementedError(
            "It is not possible to assign to the matrix exponential or the Cayley parametrizations when use_trivialization=False.",
          );
        return _reflections_of(given);
      }
      const [base, start] = _trivialized(given);
      this.base = base;
      return start;
    });
  }
}
/** What an orthogonal map gives, for a tall matrix or for a wide one by its transpose; after `base` where there is one. */
export function _orthogonal_map(given: Tensor, base: Tensor | null, map: string): Tensor {
  const wide = given.sizes.at(-2)! < given.sizes.at(-1)!;
  const x = wide ? given.mT : given;
  const made = map === "householder" ? byReflections(x) : bySkew(x.tril(), map);
  const q = base === null ? made : base.matmul(made);
  return wide ? q.mT : q;
}
function bySkew(lower: Tensor, map: string): Tensor {
  const [n, k] = lower.sizes.slice(-2);
  const zeros = lower.new_zeros([n, n - k]).expand([...lower.sizes.slice(0, -2), n, n - k]);
  const x = n === k ? lower : cat([lower, zeros], -1);
  const a = x.sub(x.mH);
  const id = eye(n, { dtype: a.dtype });
  const q = map === "matrix_exp" ? matrix_exp(a) : solve(id.add(a, { alpha: -0.5 }), id.add(a, { alpha: 0.5 }));
  return n === k ? q : q.narrow(-1, 0, k);
}
/** For an orthogonal matrix what the householder map takes to it. */
export function _reflections_of(given: Tensor): Tensor {
  const wide = given.sizes.at(-2)! < given.sizes.at(-1)!;
  const [a, tau] = geqrf(wide ? given.mT : given);
  const diagonal = a.diagonal(0, -2, -1);
  sign_(diagonal);
  diagonal.copy_(diagonal.neg().where(tau.eq(0), diagonal));
  return wide ? a.mT : a;
}
/** A square orthogonal base that begins with a matrix, and what every map takes to that. */
export function _trivialized(given: Tensor): [base: Tensor, start: Tensor] {
  const wide = given.sizes.at(-2)! < given.sizes.at(-1)!;
  const q = wide ? given.mT : given;
  const [n, k] = q.sizes.slice(-2);
  const start = zeros_like(given);
  start.diagonal(0, -2, -1).fill_(-1);
  if (n === k) return [isOrthogonal(q) ? q.clone() : orthogonalized(q), start];
  const rest = randn([...q.sizes.slice(0, -2), n, n - k], { dtype: q.dtype });
  return [orthogonalized(cat([q, rest], -1)), start];
}
function byReflections(x: Tensor): Tensor {
  const a = x.tril(-1);
  const tau = a.mul(a).sum(-2).add(1).reciprocal().mul(2);
  return householder_product(a, tau).mul(x.diagonal(0, -2, -1).int().unsqueeze(-2));
}
function isOrthogonal(q: Tensor): boolean {
  const [n, k] = q.sizes.slice(-2);
  if (n < k) return false;
  const atol = 10 * n * finfo(q.dtype).eps;
  return allclose(q.mH.matmul(q), eye(k, { dtype: q.dtype }), { atol });
}
function orthogonalized(a: Tensor): Tensor {
  const [x, tau] = geqrf(a);
  return householder_product(x, tau).mul(x.diagonal(0, -2, -1).sgn().unsqueeze(-2));
}
/** Power iterations in the order of this older way: first v, then u. */
export function _power_iterations_before(matrix: Tensor, u: Tensor, v: Tensor, rounds: number, eps: number): void {
  withGrad(false, () => {
    for (let i = 0; i < rounds; i++) {
      v.copy_(normalize(mv(matrix.t(), u), { dim: 0, eps }));
      u.copy_(normalize(mv(matrix, v), { dim: 0, eps }));
    }
  });
}
