// Distributions of real numbers.
import { float64 } from "../base/dtype.ts";
import { finfo } from "../base/dtype_info.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { bindArguments } from "../dispatch/callable.ts";
import { binary_cross_entropy_with_logits } from "../nn/functional/index.ts";
import { empty } from "../ops/creation/creation.ts";
import { where } from "../ops/overloads.ts";
import { rand } from "../ops/random/random.ts";
import { gammainc } from "../ops/pointwise/special.ts";
import { tensor } from "../ops/creation/from_data.ts";
import { stack } from "../ops/views/joining.ts";
import { no_grad } from "../settings/modes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { xlogy } from "../ops/index.ts";
import * as constraints from "./constraints.ts";
import type { Constraint } from "./constraints.ts";
import { Distribution, likeFilled, OfChances, ofParameters, standardNormal } from "./distribution.ts";
import type { Constraints, Shape } from "./distribution.ts";
import { _sample_dirichlet, _standard_gamma } from "./draws.ts";
import { broadcastAll, clampProbs, isNumber, isTrue, keep } from "./parameters.ts";
import type { Param } from "./parameters.ts";
import { ValueError } from "../base/errors.ts";

const { positive, real } = constraints;
const LOG_2PI = Math.log(2 * Math.PI);
const uniform = (shape: Shape, like: Tensor): Tensor => rand([...shape], { dtype: like.dtype });

const NORMAL = "Normal(object loc, object scale, bool? validate_args=None) -> Distribution";
/**
 * Normal with mean `loc` and deviation `scale`. As `torch.distributions.Normal`.
 * @example
 * const d = new Normal(0, 1);
 * d.log_prob(d.rsample([3])).sum();
 */
export class Normal extends ofParameters(NORMAL, ["loc", "scale"]) {
  static readonly arg_constraints: Constraints = { loc: real, scale: positive };
  override get support(): Constraint {
    return real;
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
  override get stddev(): Tensor {
    return this.scale;
  }
  override get variance(): Tensor {
    return this.stddev.square();
  }
  protected override _sample(sample_shape: Shape): Tensor {
    const shape = this._extended_shape(sample_shape);
    return no_grad(() => normalOf(this.loc.expand(shape), this.scale.expand(shape)));
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    return this.loc.add(standardNormal(this._extended_shape(sample_shape), this.loc).mul(this.scale));
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const distance = value.sub(this.loc).square().neg().div(this.scale.square().mul(2));
    return distance.sub(this.scale.log()).sub(LOG_2PI / 2);
  }
  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    return value.sub(this.loc).mul(this.scale.reciprocal()).div(Math.SQRT2).erf().add(1).mul(0.5);
  }
  override icdf(value: Tensor): Tensor {
    return this.loc.add(this.scale.mul(value.mul(2).sub(1).erfinv()).mul(Math.SQRT2));
  }
  override entropy(): Tensor {
    return this.scale.log().add(0.5 + 0.5 * LOG_2PI);
  }
}
function normalOf(mean: Tensor, std: Tensor): Tensor {
  return standardNormal(mean.shape, mean).mul(std).add(mean);
}

const CAUCHY = "Cauchy(object loc, object scale, bool? validate_args=None) -> Distribution";
/** Cauchy: the ratio of two normal variates. It has no mean. As `torch.distributions.Cauchy`. */
export class Cauchy extends ofParameters(CAUCHY, ["loc", "scale"]) {
  static readonly arg_constraints: Constraints = { loc: real, scale: positive };
  override get support(): Constraint {
    return real;
  }
  override get has_rsample(): boolean {
    return true;
  }
  override get mean(): Tensor {
    return likeFilled(this, this.loc, NaN);
  }
  override get mode(): Tensor {
    return this.loc;
  }
  override get variance(): Tensor {
    return likeFilled(this, this.loc, Infinity);
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    const drawn = empty(this._extended_shape(sample_shape), { dtype: this.loc.dtype }).cauchy_();
    return this.loc.add(drawn.mul(this.scale));
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const distance = value.sub(this.loc).div(this.scale).square().log1p();
    return this.scale.log().neg().sub(Math.log(Math.PI)).sub(distance);
  }
  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    return value.sub(this.loc).div(this.scale).atan().div(Math.PI).add(0.5);
  }
  override icdf(value: Tensor): Tensor {
    return value.sub(0.5).mul(Math.PI).tan().mul(this.scale).add(this.loc);
  }
  override entropy(): Tensor {
    return this.scale.log().add(Math.log(4 * Math.PI));
  }
}

const LAPLACE = "Laplace(object loc, object scale, bool? validate_args=None) -> Distribution";
/** Laplace: exponential on both sides of `loc`. As `torch.distributions.Laplace`. */
export class Laplace extends ofParameters(LAPLACE, ["loc", "scale"]) {
  static readonly arg_constraints: Constraints = { loc: real, scale: positive };
  override get support(): Constraint {
    return real;
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
    return this.scale.square().mul(2);
  }
  override get stddev(): Tensor {
    return this.scale.mul(Math.SQRT2);
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    const { eps } = finfo(this.loc.dtype);
    const u = empty(this._extended_shape(sample_shape), { dtype: this.loc.dtype }).uniform_(eps - 1, 1);
    return this.loc.sub(this.scale.mul(u.sign()).mul(u.abs().neg().log1p()));
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    return this.scale.mul(2).log().neg().sub(value.sub(this.loc).abs().div(this.scale));
  }
  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    const distance = value.sub(this.loc);
    return distance.sign().mul(distance.abs().neg().div(this.scale).expm1()).mul(-0.5).add(0.5);
  }
  override icdf(value: Tensor): Tensor {
    const side = value.sub(0.5);
    return this.loc.sub(this.scale.mul(side.sign()).mul(side.abs().mul(-2).log1p()));
  }
  override entropy(): Tensor {
    return this.scale.mul(2).log().add(1);
  }
}

const UNIFORM = "Uniform(object low, object high, bool? validate_args=None) -> Distribution";
/** Uniform in [low, high). As `torch.distributions.Uniform`. */
export class Uniform extends ofParameters(UNIFORM, ["low", "high"]) {
  override get arg_constraints(): Constraints {
    return { low: constraints.less_than(this.high), high: constraints.greater_than(this.low) };
  }
  override get support(): Constraint {
    return constraints.interval(this.low, this.high);
  }
  override get has_rsample(): boolean {
    return true;
  }
  private get width(): Tensor {
    return this.high.sub(this.low);
  }
  override get mean(): Tensor {
    return this.high.add(this.low).div(2);
  }
  override get mode(): Tensor {
    return this.high.mul(NaN);
  }
  override get stddev(): Tensor {
    return this.width.div(12 ** 0.5);
  }
  override get variance(): Tensor {
    return this.width.square().div(12);
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    return this.low.add(uniform(this._extended_shape(sample_shape), this.low).mul(this.width));
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const inside = this.low.le(value).type_as(this.low).mul(this.high.gt(value).type_as(this.low));
    return inside.log().sub(this.width.log());
  }
  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    return value.sub(this.low).div(this.width).clamp(0, 1);
  }
  override icdf(value: Tensor): Tensor {
    return value.mul(this.width).add(this.low);
  }
  override entropy(): Tensor {
    return this.width.log();
  }
}

const EXPONENTIAL = "Exponential(object rate, bool? validate_args=None) -> Distribution";
/** Exponential with mean 1 / `rate`. As `torch.distributions.Exponential`. */
export class Exponential extends ofParameters(EXPONENTIAL, ["rate"]) {
  static readonly arg_constraints: Constraints = { rate: positive };
  override get support(): Constraint {
    return constraints.nonnegative;
  }
  override get has_rsample(): boolean {
    return true;
  }
  override get mean(): Tensor {
    return this.rate.reciprocal();
  }
  override get mode(): Tensor {
    return this.rate.mul(0).detach();
  }
  override get stddev(): Tensor {
    return this.rate.reciprocal();
  }
  override get variance(): Tensor {
    return this.rate.pow(-2);
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    return empty(this._extended_shape(sample_shape), { dtype: this.rate.dtype }).exponential_().div(this.rate);
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    return this.rate.log().sub(this.rate.mul(value));
  }
  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    return this.rate.neg().mul(value).exp().neg().add(1);
  }
  override icdf(value: Tensor): Tensor {
    return value.neg().log1p().neg().div(this.rate);
  }
  override entropy(): Tensor {
    return this.rate.log().neg().add(1);
  }
}

const GAMMA = "Gamma(object concentration, object rate, bool? validate_args=None) -> Distribution";
/** Gamma of shape `concentration` and rate `rate`. As `torch.distributions.Gamma`. */
export class Gamma extends Distribution {
  static override readonly arg_constraints: Constraints = { concentration: positive, rate: positive };
  declare readonly concentration: Tensor;
  declare readonly rate: Tensor;
  constructor(...given: Arguments<typeof GAMMA, { concentration: Param; rate: Param }>) {
    super();
    const { concentration, rate, validate_args } = bindArguments(GAMMA, given, new.target.name);
    const [a, b] = broadcastAll(concentration, rate);
    keep(this, "concentration", a);
    keep(this, "rate", b);
    this.begin(isNumber(concentration) && isNumber(rate) ? [] : a.shape, [], validate_args);
  }
  override get support(): Constraint {
    return constraints.nonnegative;
  }
  override get has_rsample(): boolean {
    return true;
  }
  override get mean(): Tensor {
    return this.concentration.div(this.rate);
  }
  override get mode(): Tensor {
    return this.concentration.sub(1).div(this.rate).clamp(0);
  }
  override get variance(): Tensor {
    return this.concentration.div(this.rate.square());
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    const shape = this._extended_shape(sample_shape);
    const drawn = _standard_gamma(this.concentration.expand(shape)).div(this.rate.expand(shape));
    no_grad(() => drawn.detach().clamp_({ min: finfo(drawn.dtype).tiny }));
    return drawn;
  }
  override log_prob(value: Param): Tensor {
    const at = isNumber(value) ? tensor(Number(value), { dtype: this.rate.dtype }) : value;
    this._validate_sample(at);
    return xlogy(this.concentration, this.rate)
      .add(xlogy(this.concentration.sub(1), at))
      .sub(this.rate.mul(at))
      .sub(this.concentration.lgamma());
  }
  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    return gammainc(this.concentration, this.rate.mul(value));
  }
  override entropy(): Tensor {
    const { concentration } = this;
    return concentration
      .sub(this.rate.log())
      .add(concentration.lgamma())
      .add(concentration.neg().add(1).mul(concentration.digamma()));
  }
}
const CHI2 = "Chi2(object df, bool? validate_args=None) -> Distribution";
/** The sum of `df` squared normal variates: a {@link Gamma}. As `torch.distributions.Chi2`. */
export class Chi2 extends Gamma {
  static override readonly arg_constraints: Constraints = { df: positive };
  constructor(...given: Arguments<typeof CHI2, { df: Param }>) {
    const { df, validate_args } = bindArguments<typeof CHI2, { df: Param }>(CHI2, given);
    super(isNumber(df) ? Number(df) / 2 : df.mul(0.5), 0.5, validate_args);
  }
  get df(): Tensor {
    return this.concentration.mul(2);
  }
  override expand(batch_shape: Shape): this {
    const made = super.expand(batch_shape);
    keep(made, "concentration", this.concentration.expand([...batch_shape]));
    keep(made, "rate", this.rate.expand([...batch_shape]));
    return made;
  }
}

const DIRICHLET = "Dirichlet(Tensor concentration, bool? validate_args=None) -> Distribution";
/** Shares of a whole, with the concentrations along the last dim. As `torch.distributions.Dirichlet`. */
export class Dirichlet extends Distribution {
  static override readonly arg_constraints: Constraints = { concentration: constraints.independent(positive, 1) };
  readonly concentration: Tensor;
  constructor(...given: Arguments<typeof DIRICHLET>) {
    super();
    const { concentration, validate_args } = bindArguments(DIRICHLET, given);
    if (concentration.dim() < 1) throw new ValueError("`concentration` parameter must be at least one-dimensional.");
    this.concentration = concentration;
    this.begin(concentration.shape.slice(0, -1), concentration.shape.slice(-1), validate_args);
  }
  override get support(): Constraint {
    return constraints.simplex;
  }
  override get has_rsample(): boolean {
    return true;
  }
  override get mean(): Tensor {
    return this.concentration.div(this.concentration.sum(-1, true));
  }
  override get mode(): Tensor {
    const above = this.concentration.sub(1).clamp(0);
    const mode = above.div(above.sum(-1, true));
    const none = this.concentration.lt(1).all({ dim: -1, keepdim: true });
    const first = mode.argmax({ dim: -1, keepdim: true });
    return where(none, mode.mul(0).nan_to_num().scatter(-1, first, 1), mode);
  }
  override get variance(): Tensor {
    const total = this.concentration.sum(-1, true);
    return this.concentration.mul(total.sub(this.concentration)).div(total.square().mul(total.add(1)));
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    return _sample_dirichlet(this.concentration.expand(this._extended_shape(sample_shape)));
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const { concentration } = this;
    return xlogy(concentration.sub(1), value)
      .sum(-1)
      .add(concentration.sum(-1).lgamma())
      .sub(concentration.lgamma().sum(-1));
  }
  override entropy(): Tensor {
    const { concentration } = this;
    const total = concentration.sum(-1);
    return concentration
      .lgamma()
      .sum(-1)
      .sub(total.lgamma())
      .sub(total.neg().add(concentration.size(-1)).mul(total.digamma()))
      .sub(concentration.sub(1).mul(concentration.digamma()).sum(-1));
  }
}
const BETA = "Beta(object concentration1, object concentration0, bool? validate_args=None) -> Distribution";
/** Beta in [0, 1]: the first share of a {@link Dirichlet} of two. As `torch.distributions.Beta`. */
export class Beta extends Distribution {
  static override readonly arg_constraints: Constraints = { concentration1: positive, concentration0: positive };
  readonly _dirichlet: Dirichlet;
  constructor(...given: Arguments<typeof BETA, { concentration1: Param; concentration0: Param }>) {
    super();
    const { concentration1, concentration0, validate_args } = bindArguments(BETA, given);
    const both =
      isNumber(concentration1) && isNumber(concentration0)
        ? tensor([Number(concentration1), Number(concentration0)])
        : stack(broadcastAll(concentration1, concentration0), -1);
    this._dirichlet = new Dirichlet(both, validate_args);
    this.begin(this._dirichlet.batch_shape, [], validate_args);
  }
  get concentration1(): Tensor {
    return this._dirichlet.concentration.select(-1, 0);
  }
  get concentration0(): Tensor {
    return this._dirichlet.concentration.select(-1, 1);
  }
  override get support(): Constraint {
    return constraints.unit_interval;
  }
  override get has_rsample(): boolean {
    return true;
  }
  override get mean(): Tensor {
    return this.concentration1.div(this.concentration1.add(this.concentration0));
  }
  override get mode(): Tensor {
    return this._dirichlet.mode.select(-1, 0);
  }
  override get variance(): Tensor {
    const total = this.concentration1.add(this.concentration0);
    return this.concentration1.mul(this.concentration0).div(total.square().mul(total.add(1)));
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    return this._dirichlet.rsample(sample_shape).select(-1, 0);
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    return this._dirichlet.log_prob(stack([value, value.neg().add(1)], -1));
  }
  override entropy(): Tensor {
    return this._dirichlet.entropy();
  }
}

const STUDENT = "StudentT(object df, object loc=0.0, object scale=1.0, bool? validate_args=None) -> Distribution";
/** Student's t with `df` degrees of freedom. As `torch.distributions.StudentT`. */
export class StudentT extends Distribution {
  static override readonly arg_constraints: Constraints = { df: positive, loc: real, scale: positive };
  readonly df: Tensor;
  readonly loc: Tensor;
  readonly scale: Tensor;
  readonly _chi2: Chi2;
  constructor(...given: Arguments<typeof STUDENT, { df: Param; loc: Param; scale: Param }>) {
    super();
    const { df, loc, scale, validate_args } = bindArguments(STUDENT, given);
    [this.df, this.loc, this.scale] = broadcastAll(df, loc, scale);
    this._chi2 = new Chi2(this.df);
    this.begin(this.df.shape, [], validate_args);
  }
  override get support(): Constraint {
    return real;
  }
  override get has_rsample(): boolean {
    return true;
  }
  override get mean(): Tensor {
    return this.loc.masked_fill(this.df.le(1), NaN);
  }
  override get mode(): Tensor {
    return this.loc;
  }
  override get variance(): Tensor {
    const { df } = this;
    return this.scale.square().mul(df).div(df.sub(2)).masked_fill(df.le(2), Infinity).masked_fill(df.le(1), NaN);
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    const drawn = standardNormal(this._extended_shape(sample_shape), this.df);
    const spread = this._chi2.rsample(sample_shape).div(this.df).rsqrt();
    return this.loc.add(this.scale.mul(drawn.mul(spread)));
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const { df } = this;
    const y = value.sub(this.loc).div(this.scale);
    const norm = this.scale
      .log()
      .add(df.log().mul(0.5))
      .add(0.5 * Math.log(Math.PI))
      .add(df.mul(0.5).lgamma())
      .sub(df.add(1).mul(0.5).lgamma());
    return df.add(1).mul(-0.5).mul(y.square().div(df).log1p()).sub(norm);
  }
  override entropy(): Tensor {
    const { df } = this;
    const [half, more] = [df.mul(0.5), df.add(1).mul(0.5)];
    const beta = half
      .lgamma()
      .add(0.5 * Math.log(Math.PI))
      .sub(more.lgamma());
    return this.scale
      .log()
      .add(more.mul(more.digamma().sub(half.digamma())))
      .add(df.log().mul(0.5))
      .add(beta);
  }
}

const FISHER = "FisherSnedecor(object df1, object df2, bool? validate_args=None) -> Distribution";
/** The F distribution: a ratio of {@link Chi2} variates over their degrees. As `torch.distributions.FisherSnedecor`. */
export class FisherSnedecor extends ofParameters(FISHER, ["df1", "df2"]) {
  static readonly arg_constraints: Constraints = { df1: positive, df2: positive };
  override get support(): Constraint {
    return positive;
  }
  override get has_rsample(): boolean {
    return true;
  }
  override get mean(): Tensor {
    const df2 = this.df2.masked_fill(this.df2.le(2), NaN);
    return df2.div(df2.sub(2));
  }
  override get mode(): Tensor {
    const { df1, df2 } = this;
    return df1.sub(2).div(df1).mul(df2).div(df2.add(2)).masked_fill(df1.le(2), NaN);
  }
  override get variance(): Tensor {
    const { df1 } = this;
    const df2 = this.df2.masked_fill(this.df2.le(4), NaN);
    const below = df1.mul(df2.sub(2).square()).mul(df2.sub(4));
    return df2.square().mul(2).mul(df1.add(df2).sub(2)).div(below);
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    const shape = this._extended_shape(sample_shape);
    const drawn = [this.df1, this.df2].map((df) =>
      new Gamma(df.mul(0.5), df, { validate_args: false }).rsample(sample_shape).view(shape),
    );
    const { tiny } = finfo(this.df1.dtype);
    return drawn[0].div(drawn[1].clamp(tiny)).clamp(tiny);
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const [a, b, ratio] = [this.df1.mul(0.5), this.df2.mul(0.5), this.df1.div(this.df2)];
    const sum = a.add(b);
    return sum
      .lgamma()
      .sub(a.lgamma())
      .sub(b.lgamma())
      .add(a.mul(ratio.log()).add(a.sub(1).mul(value.log())))
      .sub(sum.mul(ratio.mul(value).log1p()));
  }
}

const PARETO =
  "GeneralizedPareto(object loc, object scale, object concentration, bool? validate_args=None) -> Distribution";
/** Generalized Pareto: what exceeds a threshold. As `torch.distributions.GeneralizedPareto`. */
export class GeneralizedPareto extends ofParameters(PARETO, ["loc", "scale", "concentration"]) {
  static readonly arg_constraints: Constraints = { loc: real, scale: positive, concentration: real };
  override get support(): Constraint {
    const end = this.loc.sub(this.scale.div(this.concentration));
    return constraints.interval(this.loc, where(this.concentration.lt(0), end, Infinity));
  }
  override get has_rsample(): boolean {
    return true;
  }
  private get isExponential(): Tensor {
    return this.concentration.isclose(this.concentration.mul(0));
  }
  private get safe(): Tensor {
    return where(this.isExponential, 1, this.concentration);
  }
  override get mean(): Tensor {
    const valid = this.concentration.lt(1);
    return where(valid, this.loc.add(this.scale.div(where(valid, this.concentration, 0.5).neg().add(1))), NaN);
  }
  override get mode(): Tensor {
    return this.loc;
  }
  override get variance(): Tensor {
    const valid = this.concentration.lt(0.5);
    const c = where(valid, this.concentration, 0.25);
    const below = c.neg().add(1).square().mul(c.mul(-2).add(1));
    return where(valid, this.scale.square().div(below), NaN);
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    return this.icdf(uniform(this._extended_shape(sample_shape), this.loc));
  }
  private distance(value: Tensor): Tensor {
    return value.sub(this.loc).div(this.scale);
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const z = this.distance(value);
    const y = this.safe.reciprocal().add(1).expand_as(z);
    const far = where(y.eq(0), y, y.mul(this.safe.mul(z).log1p()));
    return this.scale
      .log()
      .neg()
      .sub(where(this.isExponential, z, far));
  }
  log_survival_function(value: Tensor): Tensor {
    this._validate_sample(value);
    const z = this.distance(value);
    return where(this.isExponential, z.neg(), this.safe.mul(z).log1p().neg().div(this.safe));
  }
  log_cdf(value: Tensor): Tensor {
    return this.log_survival_function(value).exp().neg().log1p();
  }
  override cdf(value: Tensor): Tensor {
    return this.log_cdf(value).exp();
  }
  override icdf(value: Tensor): Tensor {
    const log = value.neg().log1p();
    const far = this.loc.add(this.scale.div(this.safe).mul(this.safe.neg().mul(log).expm1()));
    return where(this.isExponential, this.loc.sub(this.scale.mul(log)), far);
  }
  override entropy(): Tensor {
    return this.scale
      .log()
      .add(this.concentration)
      .add(1)
      .expand([...this.batch_shape]);
  }
}

const horner = (y: Tensor, coefficients: readonly number[]): Tensor =>
  coefficients.slice(0, -1).reduceRight((sum, c) => sum.mul(y).add(c), y.mul(0).add(coefficients.at(-1)!));
// Abramowitz and Stegun 9.8.1 to 9.8.4: below 3.75 in (x / 3.75)^2, above in 3.75 / x.
const BESSEL = [
  [
    [1, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.360768e-1, 0.45813e-2],
    [
      0.39894228, 0.1328592e-1, 0.225319e-2, -0.157565e-2, 0.916281e-2, -0.2057706e-1, 0.2635537e-1, -0.1647633e-1,
      0.392377e-2,
    ],
  ],
  [
    [0.5, 0.87890594, 0.51498869, 0.15084934, 0.2658733e-1, 0.301532e-2, 0.32411e-3],
    [
      0.39894228, -0.3988024e-1, -0.362018e-2, 0.163801e-2, -0.1031555e-1, 0.2282967e-1, -0.2895312e-1, 0.1787654e-1,
      -0.420059e-2,
    ],
  ],
] as const;
/** log of the modified Bessel function I of order 0 or 1. */
function logBessel(x: Tensor, order: 0 | 1): Tensor {
  const [small, large] = BESSEL[order];
  const near = horner(x.div(3.75).square(), small);
  const far = x.sub(x.log().mul(0.5)).add(horner(x.reciprocal().mul(3.75), large).log());
  return where(x.lt(3.75), (order === 1 ? x.abs().mul(near) : near).log(), far);
}
const MISES = "VonMises(object loc, object concentration, bool? validate_args=None) -> Distribution";
/** Angles in [-pi, pi) about `loc`; draws by Best and Fisher's rejection (1979). As `torch.distributions.VonMises`. */
export class VonMises extends ofParameters(MISES, ["loc", "concentration"]) {
  static readonly arg_constraints: Constraints = { loc: real, concentration: positive };
  override get support(): Constraint {
    return real;
  }
  override get mean(): Tensor {
    return this.loc;
  }
  override get mode(): Tensor {
    return this.loc;
  }
  override get variance(): Tensor {
    return logBessel(this.concentration, 1).sub(logBessel(this.concentration, 0)).exp().neg().add(1);
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    return this.concentration.mul(value.sub(this.loc).cos()).sub(LOG_2PI).sub(logBessel(this.concentration, 0));
  }
  protected override _sample(sample_shape: Shape): Tensor {
    return no_grad(() => {
      const [loc, kappa] = [this.loc.to(float64), this.concentration.to(float64)];
      const tau = kappa.square().mul(4).add(1).sqrt().add(1);
      const rho = tau.sub(tau.mul(2).sqrt()).div(kappa.mul(2));
      const r = where(kappa.lt(1e-5), kappa.reciprocal().add(kappa), rho.square().add(1).div(rho.mul(2)));
      const shape = this._extended_shape(sample_shape);
      let x = empty(shape, { dtype: float64 });
      let done = x.new_zeros(shape).gt(0);
      while (!isTrue(done)) {
        const [u1, u2, u3] = rand([3, ...shape], { dtype: float64 }).unbind();
        const z = u1.mul(Math.PI).cos();
        const f = r.mul(z).add(1).div(r.add(z));
        const c = kappa.mul(r.sub(f));
        const accept = c.mul(c.neg().add(2)).sub(u2).gt(0).logical_or(c.div(u2).log().add(1).sub(c).ge(0));
        x = where(accept, u3.sub(0.5).sign().mul(f.acos()), x);
        done = done.logical_or(accept);
      }
      return x
        .add(Math.PI)
        .add(loc)
        .remainder(2 * Math.PI)
        .sub(Math.PI)
        .to(this.loc.dtype);
    });
  }
}

const BERNOULLI =
  "ContinuousBernoulli(object probs=None, object logits=None, object lims=None, bool? validate_args=None) -> Distribution";
/** Continuous Bernoulli on [0, 1] (Loaiza-Ganem and Cunningham, 2019). As `torch.distributions.ContinuousBernoulli`. */
export class ContinuousBernoulli extends OfChances {
  static override readonly arg_constraints: Constraints = { probs: constraints.unit_interval, logits: real };
  private readonly lims: readonly [number, number];
  constructor(
    ...given: Arguments<typeof BERNOULLI, { probs: Param | null; logits: Param | null; lims: [number, number] }>
  ) {
    super();
    const { probs, logits, lims, validate_args } = bindArguments(BERNOULLI, given);
    const name = this.take(probs, logits);
    const value = probs ?? logits;
    const [param] = broadcastAll(value);
    if (name === "probs" && validate_args !== null && !isTrue(constraints.unit_interval.check(param)))
      throw new ValueError("The parameter probs has invalid values");
    keep(this, name, name === "probs" ? clampProbs(param) : param);
    this.lims = ((lims as number[] | null) ?? [0.499, 0.501]).map(Number) as [number, number];
    this.begin(isNumber(value) ? [] : param.shape, [], validate_args);
  }
  override get support(): Constraint {
    return constraints.unit_interval;
  }
  override get has_rsample(): boolean {
    return true;
  }
  protected override derivedProbs(): Tensor {
    return clampProbs(this.logits.sigmoid());
  }
  private get isStable(): Tensor {
    return this.probs.le(this.lims[0]).logical_or(this.probs.gt(this.lims[1]));
  }
  /** The chances, but none near a half, where Taylor series stand in. */
  private get cut(): Tensor {
    return where(this.isStable, this.probs, this.lims[0]);
  }
  _cont_bern_log_norm(): Tensor {
    const { cut } = this;
    const low = cut.le(0.5);
    const norm = where(low, where(low, cut, 0).mul(-2).log1p(), where(cut.ge(0.5), cut, 1).mul(2).sub(1).log());
    const exact = cut.neg().log1p().sub(cut.log()).abs().log().sub(norm);
    const x = this.probs.sub(0.5).square();
    return where(
      this.isStable,
      exact,
      x
        .mul(104 / 45)
        .add(4 / 3)
        .mul(x)
        .add(Math.LN2),
    );
  }
  override get mean(): Tensor {
    const { cut } = this;
    const exact = cut.div(cut.mul(2).sub(1)).add(cut.neg().log1p().sub(cut.log()).reciprocal());
    const x = this.probs.sub(0.5);
    return where(
      this.isStable,
      exact,
      x
        .square()
        .mul(16 / 45)
        .add(1 / 3)
        .mul(x)
        .add(0.5),
    );
  }
  override get variance(): Tensor {
    const { cut } = this;
    const first = cut.mul(cut.sub(1)).div(cut.mul(-2).add(1).square());
    const exact = first.add(cut.neg().log1p().sub(cut.log()).square().reciprocal());
    const x = this.probs.sub(0.5).square();
    return where(
      this.isStable,
      exact,
      x
        .mul(-128 / 945)
        .add(1 / 15)
        .mul(x)
        .neg()
        .add(1 / 12),
    );
  }
  protected override _sample(sample_shape: Shape): Tensor {
    return no_grad(() => this.rsample(sample_shape));
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    return this.icdf(uniform(this._extended_shape(sample_shape), this.probs));
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const [logits, at] = broadcastAll(this.logits, value);
    return binary_cross_entropy_with_logits(logits, at, { reduction: "none" }).neg().add(this._cont_bern_log_norm());
  }
  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    const { cut } = this;
    const power = cut.pow(value).mul(cut.neg().add(1).pow(value.neg().add(1)));
    const exact = where(this.isStable, power.add(cut).sub(1).div(cut.mul(2).sub(1)), value);
    return where(value.le(0), 0, where(value.ge(1), 1, exact));
  }
  override icdf(value: Tensor): Tensor {
    const { cut } = this;
    const rest = cut.neg().log1p();
    const exact = value.mul(cut.mul(2).sub(1)).sub(cut).log1p().sub(rest).div(cut.log().sub(rest));
    return where(this.isStable, exact, value);
  }
  override entropy(): Tensor {
    const zero = this.probs.neg().log1p();
    return this.mean.mul(zero.sub(this.probs.log())).sub(this._cont_bern_log_norm()).sub(zero);
  }
}
