// Cholesky factors of correlation matrices. Lewandowski, Kurowicka and Joe, "Generating random correlation matrices based on
// vines and extended onion method", 2009.
import { finfo } from "../base/dtype_info.ts";
import { ValueError } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { arange } from "../ops/creation/from_data.ts";
import { randn } from "../ops/random/random.ts";
import { cat } from "../ops/views/joining.ts";
import type { Tensor } from "../tensor/tensor.ts";
import * as constraints from "./constraints.ts";
import type { Constraint } from "./constraints.ts";
import { Beta } from "./continuous.ts";
import { Distribution } from "./distribution.ts";
import type { Constraints, Shape } from "./distribution.ts";
import { broadcastAll } from "./parameters.ts";
import type { Param } from "./parameters.ts";

const LKJ = "LKJCholesky(int dim, object concentration=1.0, bool? validate_args=None) -> Distribution";
/**
 * Lower Cholesky factors of correlation matrices of `dim` rows, drawn in proportion to det(correlations)^(concentration - 1):
 * 1 is uniform over all of them. As `torch.distributions.LKJCholesky`.
 */
export class LKJCholesky extends Distribution {
  static override readonly arg_constraints: Constraints = {
    concentration: constraints.positive,
  };
  readonly dim: number;
  readonly concentration: Tensor;
  constructor(...given: Arguments<typeof LKJ, { concentration: Param }>) {
    super();
    const { dim, concentration, validate_args } = bindArguments<typeof LKJ, { concentration: Param }>(LKJ, given);
    if (dim < 2) throw new ValueError(`Expected dim to be an integer greater than or equal to 2. Found dim=${dim}.`);
    this.dim = dim;
    [this.concentration] = broadcastAll(concentration);
    this.begin(this.concentration.shape, [dim, dim], validate_args);
  }
  override get support(): Constraint {
    return constraints.corr_cholesky;
  }
  /** The squared lengths of the rows beside their diagonals. */
  private rows(): Beta {
    const { dtype } = this.concentration;
    const offset = arange(this.dim - 1, { dtype });
    const places = cat([offset.new_zeros([1]), offset]);
    const marginal = this.concentration.add(0.5 * (this.dim - 2));
    return new Beta(places.add(0.5), marginal.unsqueeze(-1).sub(places.mul(0.5)));
  }
  protected override _sample(sample_shape: Shape): Tensor {
    const lengths = this.rows().sample(sample_shape).unsqueeze(-1);
    const normals = randn(this._extended_shape(sample_shape), {
      dtype: lengths.dtype,
    }).tril(-1);
    const directions = normals.div(normals.norm(2, -1, true));
    directions.select(-2, 0).fill_(0);
    const below = lengths.sqrt().mul(directions);
    const rest = below
      .square()
      .sum(-1)
      .rsub(1)
      .clamp({ min: finfo(below.dtype).tiny });
    return below.add(rest.sqrt().diag_embed());
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const { dim, concentration } = this;
    const powers = concentration
      .sub(1)
      .mul(2)
      .unsqueeze(-1)
      .add(dim)
      .sub(arange(2, dim + 1));
    const diagonal = value.diagonal({ dim1: -1, dim2: -2 }).slice(-1, 1, dim);
    const alpha = concentration.add(0.5 * (dim - 1));
    const constant = alpha
      .sub(0.5)
      .mvlgamma(dim - 1)
      .add(0.5 * (dim - 1) * Math.log(Math.PI))
      .sub(alpha.lgamma().mul(dim - 1));
    return powers.mul(diagonal.log()).sum(-1).sub(constant);
  }
}
