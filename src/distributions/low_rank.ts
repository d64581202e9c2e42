// Normal vectors whose covariance is a diagonal and a product of few columns.
import { ValueError } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { cholesky, solve_triangular } from "../ops/linalg/index.ts";
import { broadcast_shapes } from "../ops/views/variadic.ts";
import type { Tensor } from "../tensor/tensor.ts";
import * as constraints from "./constraints.ts";
import type { Constraint } from "./constraints.ts";
import { Distribution, standardNormal } from "./distribution.ts";
import type { Constraints, Shape } from "./distribution.ts";
import { logDiagonal, mahalanobis } from "./multivariate.ts";
import { eyeLike } from "./triangles.ts";

const LOG_2PI = Math.log(2 * Math.PI);
const NORMAL =
  "LowRankMultivariateNormal(Tensor loc, Tensor cov_factor, Tensor cov_diag, bool? validate_args=None) -> Distribution";
const times = (matrix: Tensor, vector: Tensor): Tensor => matrix.matmul(vector.unsqueeze(-1)).squeeze(-1);
/**
 * Normal vectors with mean `loc` and covariance W W' + D, where `cov_factor` W is [..., n, m] and `cov_diag` has the diagonal
 * of D: what they cost grows with m³, not n³. As `torch.distributions.LowRankMultivariateNormal`.
 */
export class LowRankMultivariateNormal extends Distribution {
  static override readonly arg_constraints: Constraints = {
    loc: constraints.real_vector,
    cov_factor: constraints.independent(constraints.real, 2),
    cov_diag: constraints.independent(constraints.positive, 1),
  };
  readonly loc: Tensor;
  readonly cov_factor: Tensor;
  readonly cov_diag: Tensor;
  readonly _unbroadcasted_cov_factor: Tensor;
  readonly _unbroadcasted_cov_diag: Tensor;
  /** The Cholesky factor of 1 + W' D⁻¹ W, by which the inverse and the determinant of the covariance are found. */
  readonly _capacitance_tril: Tensor;
  constructor(...given: Arguments<typeof NORMAL>) {
    super();
    const { loc, cov_factor: factor, cov_diag: diagonal, validate_args } = bindArguments(NORMAL, given);
    if (loc.dim() < 1) throw new ValueError("loc must be at least one-dimensional.");
    const n = loc.size(-1);
    if (factor.dim() < 2)
      throw new ValueError("cov_factor must be at least two-dimensional, with optional leading batch dimensions");
    if (factor.size(-2) !== n) throw new ValueError(`cov_factor must be a batch of matrices with shape ${n} x m`);
    if (diagonal.dim() < 1 || diagonal.size(-1) !== n)
      throw new ValueError(`cov_diag must be a batch of vectors with shape torch.Size([${n}])`);
    let batch: number[];
    try {
      batch = [...broadcast_shapes(loc.shape.slice(0, -1), factor.shape.slice(0, -2), diagonal.shape.slice(0, -1))];
    } catch (cause) {
      throw new ValueError(
        `Incompatible batch shapes: loc ${String(loc.shape)}, cov_factor ${String(factor.shape)}, cov_diag ${String(diagonal.shape)}`,
        { cause },
      );
    }
    this.loc = loc.expand([...batch, n]);
    this.cov_factor = factor.expand([...batch, n, factor.size(-1)]);
    this.cov_diag = diagonal.expand([...batch, n]);
    this._unbroadcasted_cov_factor = factor;
    this._unbroadcasted_cov_diag = diagonal;
    const inner = this.scaled(factor, diagonal).matmul(factor);
    this._capacitance_tril = cholesky(inner.add(eyeLike(inner)));
    this.begin(batch, [n], validate_args);
  }
  /** W' D⁻¹. */
  private scaled(factor = this._unbroadcasted_cov_factor, diagonal = this._unbroadcasted_cov_diag): Tensor {
    return factor.mT.div(diagonal.unsqueeze(-2));
  }
  private whole(matrix: Tensor): Tensor {
    return matrix.expand([...this.batch_shape, ...this.event_shape, ...this.event_shape]);
  }
  get covariance_matrix(): Tensor {
    const factor = this._unbroadcasted_cov_factor;
    return this.whole(factor.matmul(factor.mT).add(this._unbroadcasted_cov_diag.diag_embed()));
  }
  get scale_tril(): Tensor {
    return this.whole(cholesky(this.covariance_matrix));
  }
  get precision_matrix(): Tensor {
    const a = solve_triangular(this._capacitance_tril, this.scaled(), {
      upper: false,
    });
    return this.whole(this._unbroadcasted_cov_diag.reciprocal().diag_embed().sub(a.mT.matmul(a)));
  }
  override get support(): Constraint {
    return constraints.real_vector;
  }
  override get has_rsample(): boolean {
    return true;
  }
  override get mean(): Tensor {
    return this.loc;
  }
  override get mode(): Tensor {
    return this.loc;
  }
  override get variance(): Tensor {
    const squares = this._unbroadcasted_cov_factor.square().sum(-1).add(this._unbroadcasted_cov_diag);
    return squares.expand([...this.batch_shape, ...this.event_shape]);
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    const shape = this._extended_shape(sample_shape);
    const columns = standardNormal([...shape.slice(0, -1), this.cov_factor.size(-1)], this.loc);
    const own = standardNormal(shape, this.loc);
    return this.loc
      .add(times(this._unbroadcasted_cov_factor, columns))
      .add(this._unbroadcasted_cov_diag.sqrt().mul(own));
  }
  /** The logarithm of the covariance's determinant. */
  _log_det(): Tensor {
    return logDiagonal(this._capacitance_tril).mul(2).add(this._unbroadcasted_cov_diag.log().sum(-1));
  }
  /** x' C⁻¹ x for the covariance C. */
  _distance(x: Tensor): Tensor {
    const within = mahalanobis(this._capacitance_tril, times(this.scaled(), x));
    return x.square().div(this._unbroadcasted_cov_diag).sum(-1).sub(within);
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const distance = this._distance(value.sub(this.loc));
    return this._log_det()
      .add(distance)
      .add(this.event_shape[0] * LOG_2PI)
      .mul(-0.5);
  }
  override entropy(): Tensor {
    const entropy = this._log_det()
      .add(this.event_shape[0] * (1 + LOG_2PI))
      .mul(0.5);
    return entropy.expand([...this.batch_shape]);
  }
}
