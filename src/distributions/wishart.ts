// Random covariance matrices. Wishart, "The generalised product moment distribution in samples from a normal multivariate
// population", 1928.
import { int64 } from "../base/dtype.ts";
import { finfo } from "../base/dtype_info.ts";
import { AssertionError, ValueError, warn } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { arange, tensor } from "../ops/creation/from_data.ts";
import { slogdet } from "../ops/linalg/index.ts";
import { broadcast_shapes } from "../ops/views/variadic.ts";
import type { Tensor } from "../tensor/tensor.ts";
import * as constraints from "./constraints.ts";
import type { Constraint } from "./constraints.ts";
import { Chi2 } from "./continuous.ts";
import { OfCovariance } from "./covariances.ts";
import { logDiagonal } from "./multivariate.ts";
import { standardNormal } from "./distribution.ts";
import type { Constraints, Shape } from "./distribution.ts";
import { isNumber, isTrue, keep } from "./parameters.ts";
import type { Param } from "./parameters.ts";

const WISHART =
  "Wishart(object df, Tensor? covariance_matrix=None, Tensor? precision_matrix=None, Tensor? scale_tril=None, bool? validate_args=None) -> Distribution";
/** How often what turned out singular is drawn again. */
const TRIES = 10;

/**
 * Sums of `df` outer products x x' of normal vectors with that covariance, given as such, inverted, or as its Cholesky factor:
 * positive definite matrices [..., n, n]. `df` need not be whole, but larger than n - 1. As `torch.distributions.Wishart`.
 * @example
 * new torch.distributions.Wishart(4, { covariance_matrix: torch.eye(2) }).mean; // [[4, 0], [0, 4]]
 */
export class Wishart extends OfCovariance {
  readonly df: Tensor;
  /** The squared diagonal of a Cholesky factor of draws: Bartlett's decomposition. */
  private readonly _dist_chi2: Chi2;
  constructor(...given: Arguments<typeof WISHART, { df: Param }>) {
    super();
    const { df, validate_args, ...matrices } = bindArguments<typeof WISHART, { df: Param }>(WISHART, given);
    const [name, matrix] = OfCovariance.givenOf(matrices, AssertionError);
    if (matrix.dim() < 2)
      throw new ValueError("scale_tril must be at least two-dimensional, with optional leading batch dimensions");
    const own = matrix.shape.slice(0, -2);
    const batch = isNumber(df) ? own : broadcast_shapes(own, df.shape);
    const n = matrix.size(-1);
    this.df = isNumber(df) ? tensor(Number(df), { dtype: matrix.dtype }) : df.expand([...batch]);
    if (isTrue(this.df.le(n - 1).any()))
      throw new ValueError(`Value of df=${String(df)} expected to be greater than ndim - 1 = ${n - 1}.`);
    this.keepMatrix(name, matrix, batch);
    if (isTrue(this.df.lt(n).any()))
      warn("Low df values detected. Singular samples are highly likely to occur for ndim - 1 < df < ndim.");
    this.begin(batch, [n, n], validate_args);
    this.keepFactor(name, matrix);
    this._dist_chi2 = this.diagonals();
    Object.defineProperty(this, "_dist_chi2", { enumerable: false });
  }
  private diagonals(): Chi2 {
    const n = this.event_shape[0];
    const places = arange(n, { dtype: this._unbroadcasted_scale_tril.dtype });
    return new Chi2(this.df.unsqueeze(-1).sub(places.expand([...this.batch_shape, n])));
  }
  override get arg_constraints(): Constraints {
    return {
      covariance_matrix: constraints.positive_definite,
      precision_matrix: constraints.positive_definite,
      scale_tril: constraints.lower_cholesky,
      df: constraints.greater_than((this.event_shape.at(-1) ?? 0) - 1),
    };
  }
  override expand(batch_shape: Shape): this {
    const made = super.expand(batch_shape);
    const n = this.event_shape[0];
    keep(made, "_unbroadcasted_scale_tril", this._unbroadcasted_scale_tril.expand([...batch_shape, n, n]));
    Object.defineProperty(made, "_dist_chi2", { value: made.diagonals(), enumerable: false });
    return made;
  }
  override get support(): Constraint {
    return constraints.positive_definite;
  }
  /** A number for each matrix of the batch. */
  private each(x: Tensor): Tensor {
    return x.expand([...this.batch_shape]).view([...this.batch_shape, 1, 1]);
  }
  override get mean(): Tensor {
    return this.each(this.df).mul(this.covariance_matrix);
  }
  /** NaN where df is at most n + 1. */
  override get mode(): Tensor {
    const factor = this.df.sub(this.event_shape[0] + 1);
    return this.each(factor.masked_fill(factor.le(0), NaN)).mul(this.covariance_matrix);
  }
  override get variance(): Tensor {
    const covariance = this.covariance_matrix;
    const diagonal = covariance.diagonal({ dim1: -2, dim2: -1 });
    const products = diagonal.unsqueeze(-1).mul(diagonal.unsqueeze(-2));
    return this.each(this.df).mul(covariance.square().add(products));
  }
  /** L A A' L', where A has chi-distributed numbers on its diagonal and normal ones below. */
  private drawn(sample_shape: Shape): Tensor {
    const n = this.event_shape[0];
    const diagonal = this._dist_chi2.rsample(sample_shape).sqrt();
    const below = standardNormal([...sample_shape, ...this.batch_shape, (n * (n - 1)) / 2], diagonal);
    const places = Array.from({ length: n }, (_, i) => Array.from({ length: i }, (_, j) => i * n + j)).flat();
    const whole = diagonal.clamp({ min: finfo(diagonal.dtype).eps }).diag_embed();
    const filled = whole
      .flatten(-2)
      .index_copy(-1, tensor(places, { dtype: int64 }), below)
      .view(whole.sizes);
    const factor = this._unbroadcasted_scale_tril.matmul(filled);
    return factor.matmul(factor.mT);
  }
  /** Which of the draws, each with all of its batch, are. */
  private areSingular(sample: Tensor): Tensor {
    return this.anyOf(this.support.check(sample).logical_not());
  }
  private anyOf(each: Tensor): Tensor {
    return this.batch_shape.reduce((x) => x.any(-1), each);
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    let sample = this.drawn(sample_shape);
    // PyTorch draws again what is positive definite at first, and calls it singular; its numbers are those of the second draw.
    let again = this.anyOf(this.support.check(sample));
    for (let i = 0; i < TRIES && isTrue(again.any()); i++) {
      const count = Number(again.sum().item());
      const drawn = this.drawn(again.dim() === 0 ? [1] : [count]);
      const singular = this.areSingular(drawn);
      if (isTrue(singular.any())) warn("Singular sample detected.");
      sample = again.dim() === 0 ? drawn.view(sample.sizes) : sample.index_put([again], drawn);
      again = again.dim() === 0 ? singular.view([]) : again.clone().index_put_([again], singular);
    }
    return sample;
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const { df } = this;
    const n = this.event_shape[0];
    const factor = this._unbroadcasted_scale_tril;
    const normalizer = df.mul(logDiagonal(factor).add(0.5 * n * Math.LN2)).add(df.div(2).mvlgamma(n));
    const [, logarithm] = slogdet(value);
    const trace = value.cholesky_solve(factor).diagonal({ dim1: -2, dim2: -1 }).sum(-1);
    return logarithm
      .mul(df.sub(n + 1).div(2))
      .sub(normalizer)
      .sub(trace.div(2));
  }
  /** The derivative of the multivariate gamma function's logarithm at df / 2. */
  _digammas(): Tensor {
    const steps = arange(this.event_shape[0], { dtype: this.df.dtype });
    return this.df.unsqueeze(-1).sub(steps).div(2).digamma().sum(-1);
  }
  override entropy(): Tensor {
    const n = this.event_shape[0];
    const half = this.df.div(2);
    const digammas = this._digammas();
    const scale = logDiagonal(this._unbroadcasted_scale_tril).add(0.5 * n * Math.LN2);
    return scale
      .mul(n + 1)
      .add(half.mvlgamma(n))
      .sub(half.sub((n + 1) / 2).mul(digammas))
      .add(half.mul(n));
  }
}
