// Normal vectors.
import { ValueError } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { solve_triangular } from "../ops/linalg/index.ts";
import { broadcast_shapes } from "../ops/views/variadic.ts";
import type { Tensor } from "../tensor/tensor.ts";
import * as constraints from "./constraints.ts";
import type { Constraint } from "./constraints.ts";
import { OfCovariance } from "./covariances.ts";
import { standardNormal } from "./distribution.ts";
import type { Constraints, Shape } from "./distribution.ts";

const LOG_2PI = Math.log(2 * Math.PI);
/** Matrices times vectors. */
const times = (matrix: Tensor, vector: Tensor): Tensor => matrix.matmul(vector.unsqueeze(-1)).squeeze(-1);
/** x' (L L')^-1 x. */
export function mahalanobis(factor: Tensor, x: Tensor): Tensor {
  const batch = broadcast_shapes(factor.shape.slice(0, -2), x.shape.slice(0, -1));
  const n = x.size(-1);
  const whole = x.expand([...batch, n]).unsqueeze(-1);
  return solve_triangular(factor.expand([...batch, n, n]), whole, { upper: false })
    .square()
    .sum([-2, -1]);
}
export const logDiagonal = (factor: Tensor): Tensor => factor.diagonal({ dim1: -2, dim2: -1 }).log().sum(-1);
const NORMAL =
  "MultivariateNormal(Tensor loc, Tensor? covariance_matrix=None, Tensor? precision_matrix=None, Tensor? scale_tril=None, bool? validate_args=None) -> Distribution";
/**
 * Normal vectors with mean `loc` and a covariance, given as such, inverted, or as its Cholesky factor. As
 * `torch.distributions.MultivariateNormal`.
 */
export class MultivariateNormal extends OfCovariance {
  static override readonly arg_constraints: Constraints = {
    loc: constraints.real_vector,
    covariance_matrix: constraints.positive_definite,
    precision_matrix: constraints.positive_definite,
    scale_tril: constraints.lower_cholesky,
  };
  readonly loc: Tensor;
  constructor(...given: Arguments<typeof NORMAL>) {
    super();
    const { loc, validate_args, ...matrices } = bindArguments(NORMAL, given);
    if (loc.dim() < 1) throw new ValueError("loc must be at least one-dimensional.");
    const [name, matrix] = OfCovariance.givenOf(matrices);
    if (matrix.dim() < 2)
      throw new ValueError(
        `${name === "scale_tril" ? "scale_tril matrix" : name} must be at least two-dimensional, with optional leading batch dimensions`,
      );
    const batch = broadcast_shapes(matrix.shape.slice(0, -2), loc.shape.slice(0, -1));
    this.keepMatrix(name, matrix, batch);
    this.loc = loc.expand([...batch, -1]);
    this.begin(batch, this.loc.shape.slice(-1), validate_args);
    this.keepFactor(name, matrix);
  }
  override get support(): Constraint {
    return constraints.real_vector;
  }
  override get mean(): Tensor {
    return this.loc;
  }
  override get mode(): Tensor {
    return this.loc;
  }
  override get variance(): Tensor {
    const squares = this._unbroadcasted_scale_tril.square().sum(-1);
    return squares.expand([...this.batch_shape, ...this.event_shape]);
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    const drawn = standardNormal(this._extended_shape(sample_shape), this.loc);
    return this.loc.add(times(this._unbroadcasted_scale_tril, drawn));
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const distance = mahalanobis(this._unbroadcasted_scale_tril, value.sub(this.loc));
    return distance
      .add(this.event_shape[0] * LOG_2PI)
      .mul(-0.5)
      .sub(logDiagonal(this._unbroadcasted_scale_tril));
  }
  override entropy(): Tensor {
    const entropy = logDiagonal(this._unbroadcasted_scale_tril).add(0.5 * this.event_shape[0] * (1 + LOG_2PI));
    return entropy.expand([...this.batch_shape]);
  }
}
