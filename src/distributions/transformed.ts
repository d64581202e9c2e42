// Distributions of what transforms make of others.
import { finfo } from "../base/dtype_info.ts";
import { ValueError } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { rand } from "../ops/random/random.ts";
import { where } from "../ops/overloads.ts";
import { no_grad } from "../settings/modes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import * as constraints from "./constraints.ts";
import type { Constraint } from "./constraints.ts";
import { Independent } from "./composed.ts";
import { Cauchy, Exponential, Gamma, Normal, Uniform } from "./continuous.ts";
import { Categorical } from "./discrete.ts";
import { Distribution, likeFilled, OfChances, sizeOf } from "./distribution.ts";
import type { Constraints, Shape } from "./distribution.ts";
import { broadcastAll, clampProbs, EULER, isNumber, keep, sumRightmost } from "./parameters.ts";
import type { Param } from "./parameters.ts";
import {
  AbsTransform,
  AffineTransform,
  ComposeTransform,
  ExpTransform,
  PowerTransform,
  SigmoidTransform,
  StickBreakingTransform,
  Transform,
} from "./transforms.ts";

const { positive, real } = constraints;
/**
 * The distribution of transform(x) for x of `base_distribution`. As `torch.distributions.TransformedDistribution`.
 * @example new TransformedDistribution(new Normal(0, 1), [new ExpTransform()]); // log-normal
 */
export class TransformedDistribution extends Distribution {
  declare readonly base_dist: Distribution;
  declare readonly transforms: readonly Transform[];
  constructor(
    base_distribution: Distribution,
    transforms: Transform | readonly Transform[],
    options: { validate_args?: boolean | null } | boolean | null = null,
  ) {
    super();
    if (base_distribution === NOTHING) return;
    const validate = typeof options === "object" ? (options?.validate_args ?? null) : options;
    this.transform(base_distribution, transforms, validate);
  }
  protected transform(base: Distribution, given: unknown, validate_args: boolean | null): void {
    const transforms = given instanceof Transform ? [given] : (given as Transform[]);
    if (!Array.isArray(transforms) || !transforms.every((t) => t instanceof Transform))
      throw new ValueError(`transforms must be a Transform or list, but was ${String(given)}`);
    const all = new ComposeTransform(transforms);
    const shape = [...base.batch_shape, ...base.event_shape];
    if (shape.length < all.domain.event_dim)
      throw new ValueError(
        `base_distribution needs to have shape with size at least ${all.domain.event_dim}, but got ${String(sizeOf(shape))}.`,
      );
    const forward = all.forward_shape(shape);
    const expanded = all.inverse_shape(forward);
    let dist = base;
    if (String(shape) !== String(expanded))
      dist = dist.expand(expanded.slice(0, expanded.length - dist.event_shape.length));
    const more = all.domain.event_dim - dist.event_shape.length;
    if (more > 0) dist = new Independent(dist, more);
    keep(this, "base_dist", dist);
    keep(this, "transforms", transforms);
    const dims = all.codomain.event_dim + Math.max(dist.event_shape.length - all.domain.event_dim, 0);
    const cut = forward.length - dims;
    this.begin(forward.slice(0, cut), forward.slice(cut), validate_args);
  }
  override expand(batch_shape: Shape): this {
    const made = this.copied();
    const all = new ComposeTransform(this.transforms);
    const base = all.inverse_shape([...batch_shape, ...this.event_shape]);
    keep(made, "base_dist", this.base_dist.expand(base.slice(0, base.length - this.base_dist.event_shape.length)));
    for (const name of Object.keys(this.arg_constraints))
      if (Object.hasOwn(this, name))
        keep(made, name, (this as unknown as Record<string, Tensor>)[name].expand([...batch_shape]));
    made.batch_shape = sizeOf(batch_shape);
    return made;
  }
  override get support(): Constraint {
    const last = this.transforms.at(-1);
    if (last === undefined) return this.base_dist.support;
    const { codomain } = last;
    const more = this.event_shape.length - codomain.event_dim;
    return more > 0 ? constraints.independent(codomain, more) : codomain;
  }
  override get has_rsample(): boolean {
    return this.base_dist.has_rsample;
  }
  protected override _sample(sample_shape: Shape): Tensor {
    return no_grad(() => this.transforms.reduce((x, t) => t.apply(x), this.base_dist.sample(sample_shape)));
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    return this.transforms.reduce((x, t) => t.apply(x), this.base_dist.rsample(sample_shape));
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    let dims = this.event_shape.length;
    let log: Tensor | null = null;
    let y = value;
    for (const t of [...this.transforms].reverse()) {
      const x = t.inv.apply(y);
      dims += t.domain.event_dim - t.codomain.event_dim;
      const stretch = sumRightmost(t.log_abs_det_jacobian(x, y), dims - t.domain.event_dim);
      log = log === null ? stretch.neg() : log.sub(stretch);
      y = x;
    }
    const base = sumRightmost(this.base_dist.log_prob(y), dims - this.base_dist.event_shape.length);
    return log === null ? base : log.add(base);
  }
  /** A cdf of what transforms that fall have turned round. */
  private turned(value: Tensor): Tensor {
    const sign = new ComposeTransform(this.transforms).sign;
    if (typeof sign === "number" && sign === 1) return value;
    return value.sub(0.5).mul(sign).add(0.5);
  }
  override cdf(value: Tensor): Tensor {
    const x = [...this.transforms].reverse().reduce((y, t) => t.inv.apply(y), value);
    this.base_dist._validate_sample(x);
    return this.turned(this.base_dist.cdf(x));
  }
  override icdf(value: Tensor): Tensor {
    return this.transforms.reduce((x, t) => t.apply(x), this.base_dist.icdf(this.turned(value)));
  }
}
/** For classes whose constructor makes base and transforms of their own arguments. */
abstract class Transformed extends TransformedDistribution {
  constructor() {
    super(NOTHING, []);
  }
}
class Nothing extends Distribution {}
const NOTHING = new Nothing();

interface LocScale {
  loc: Param;
  scale: Param;
}
const LOG_NORMAL = "LogNormal(object loc, object scale, bool? validate_args=None) -> Distribution";
/** exp of a {@link Normal}. As `torch.distributions.LogNormal`. */
export class LogNormal extends Transformed {
  static override readonly arg_constraints: Constraints = { loc: real, scale: positive };
  declare readonly base_dist: Normal;
  constructor(...given: Arguments<typeof LOG_NORMAL, LocScale>) {
    super();
    const { loc, scale, validate_args } = bindArguments<typeof LOG_NORMAL, LocScale>(LOG_NORMAL, given);
    this.transform(new Normal(loc, scale, { validate_args }), new ExpTransform(), validate_args);
  }
  get loc(): Tensor {
    return this.base_dist.loc;
  }
  get scale(): Tensor {
    return this.base_dist.scale;
  }
  override get mean(): Tensor {
    return this.loc.add(this.scale.square().div(2)).exp();
  }
  override get mode(): Tensor {
    return this.loc.sub(this.scale.square()).exp();
  }
  override get variance(): Tensor {
    const squared = this.scale.square();
    return squared.expm1().mul(this.loc.mul(2).add(squared).exp());
  }
  override entropy(): Tensor {
    return this.base_dist.entropy().add(this.loc);
  }
}
abstract class Half<B extends Normal | Cauchy> extends Transformed {
  static override readonly arg_constraints: Constraints = { scale: positive };
  declare readonly base_dist: B;
  override get support(): Constraint {
    return constraints.nonnegative;
  }
  get scale(): Tensor {
    return this.base_dist.scale;
  }
  override get mode(): Tensor {
    return this.scale.mul(0).detach();
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    return where(value.ge(0), this.base_dist.log_prob(value).add(Math.LN2), -Infinity);
  }
  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    return this.base_dist.cdf(value).mul(2).sub(1);
  }
  override icdf(value: Tensor): Tensor {
    return this.base_dist.icdf(value.add(1).div(2));
  }
  override entropy(): Tensor {
    return this.base_dist.entropy().sub(Math.LN2);
  }
}
const HALF_NORMAL = "HalfNormal(object scale, bool? validate_args=None) -> Distribution";
/** |x| for x of a {@link Normal} about 0. As `torch.distributions.HalfNormal`. */
export class HalfNormal extends Half<Normal> {
  constructor(...given: Arguments<typeof HALF_NORMAL, { scale: Param }>) {
    super();
    const { scale, validate_args } = bindArguments<typeof HALF_NORMAL, { scale: Param }>(HALF_NORMAL, given);
    this.transform(new Normal(0, scale, { validate_args: false }), new AbsTransform(), validate_args);
  }
  override get mean(): Tensor {
    return this.scale.mul(Math.sqrt(2 / Math.PI));
  }
  override get variance(): Tensor {
    return this.scale.square().mul(1 - 2 / Math.PI);
  }
}
const HALF_CAUCHY = "HalfCauchy(object scale, bool? validate_args=None) -> Distribution";
/** |x| for x of a {@link Cauchy} about 0. As `torch.distributions.HalfCauchy`. */
export class HalfCauchy extends Half<Cauchy> {
  constructor(...given: Arguments<typeof HALF_CAUCHY, { scale: Param }>) {
    super();
    const { scale, validate_args } = bindArguments<typeof HALF_CAUCHY, { scale: Param }>(HALF_CAUCHY, given);
    this.transform(new Cauchy(0, scale, { validate_args: false }), new AbsTransform(), validate_args);
  }
  override get mean(): Tensor {
    return likeFilled(this, this.scale, Infinity);
  }
  override get variance(): Tensor {
    return this.base_dist.variance;
  }
}
const GUMBEL = "Gumbel(object loc, object scale, bool? validate_args=None) -> Distribution";
/** Gumbel: the largest of many. As `torch.distributions.Gumbel`. */
export class Gumbel extends Transformed {
  static override readonly arg_constraints: Constraints = { loc: real, scale: positive };
  readonly loc: Tensor;
  readonly scale: Tensor;
  constructor(...given: Arguments<typeof GUMBEL, LocScale>) {
    super();
    const { loc, scale, validate_args } = bindArguments<typeof GUMBEL, LocScale>(GUMBEL, given);
    [this.loc, this.scale] = broadcastAll(loc, scale);
    const { tiny, eps } = finfo(this.loc.dtype);
    const single = isNumber(loc) && isNumber(scale);
    const [low, high] = [tiny, 1 - eps].map((x) => (single ? x : this.loc.new_full(this.loc.shape, x)));
    const log = (): Transform => new ExpTransform().inv;
    const turned = new AffineTransform(0, this.scale.new_full(this.scale.shape, -1));
    const placed = new AffineTransform(loc, this.scale.neg());
    this.transform(new Uniform(low, high, { validate_args }), [log(), turned, log(), placed], validate_args);
  }
  override get support(): Constraint {
    return real;
  }
  override get mean(): Tensor {
    return this.loc.add(this.scale.mul(EULER));
  }
  override get mode(): Tensor {
    return this.loc;
  }
  override get stddev(): Tensor {
    return this.scale.mul(Math.PI / Math.sqrt(6));
  }
  override get variance(): Tensor {
    return this.stddev.square();
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const y = this.loc.sub(value).div(this.scale);
    return y.sub(y.exp()).sub(this.scale.log());
  }
  override entropy(): Tensor {
    return this.scale.log().add(1 + EULER);
  }
}
const WEIBULL = "Weibull(object scale, object concentration, bool? validate_args=None) -> Distribution";
/** Weibull: a power of an {@link Exponential}. As `torch.distributions.Weibull`. */
export class Weibull extends Transformed {
  static override readonly arg_constraints: Constraints = { scale: positive, concentration: positive };
  readonly scale: Tensor;
  readonly concentration: Tensor;
  constructor(...given: Arguments<typeof WEIBULL, { scale: Param; concentration: Param }>) {
    super();
    const { scale, concentration, validate_args } = bindArguments(WEIBULL, given);
    [this.scale, this.concentration] = broadcastAll(scale, concentration);
    const power = new PowerTransform(this.concentration.reciprocal());
    const base = new Exponential(this.scale.new_ones(this.scale.shape), { validate_args });
    this.transform(base, [power, new AffineTransform(0, this.scale)], validate_args);
  }
  override get support(): Constraint {
    return positive;
  }
  get concentration_reciprocal(): Tensor {
    return this.concentration.reciprocal();
  }
  override get mean(): Tensor {
    return this.scale.mul(this.concentration_reciprocal.add(1).lgamma().exp());
  }
  override get mode(): Tensor {
    const { concentration: k } = this;
    return this.scale.mul(k.sub(1).div(k).pow(this.concentration_reciprocal));
  }
  override get variance(): Tensor {
    const r = this.concentration_reciprocal;
    const spread = r.mul(2).add(1).lgamma().exp().sub(r.add(1).lgamma().mul(2).exp());
    return this.scale.square().mul(spread);
  }
  override entropy(): Tensor {
    const r = this.concentration_reciprocal;
    return r.neg().add(1).mul(EULER).add(this.scale.mul(r).log()).add(1);
  }
}
const PARETO = "Pareto(object scale, object alpha, bool? validate_args=None) -> Distribution";
/** Pareto: at least `scale`, with tails of power `alpha`. As `torch.distributions.Pareto`. */
export class Pareto extends Transformed {
  static override readonly arg_constraints: Constraints = { alpha: positive, scale: positive };
  readonly scale: Tensor;
  readonly alpha: Tensor;
  constructor(...given: Arguments<typeof PARETO, { scale: Param; alpha: Param }>) {
    super();
    const { scale, alpha, validate_args } = bindArguments(PARETO, given);
    [this.scale, this.alpha] = broadcastAll(scale, alpha);
    const transforms = [new ExpTransform(), new AffineTransform(0, this.scale)];
    this.transform(new Exponential(this.alpha, { validate_args }), transforms, validate_args);
  }
  override get support(): Constraint {
    return constraints.greater_than_eq(this.scale);
  }
  override get mean(): Tensor {
    const a = this.alpha.clamp(1);
    return a.mul(this.scale).div(a.sub(1));
  }
  override get mode(): Tensor {
    return this.scale;
  }
  override get variance(): Tensor {
    const a = this.alpha.clamp(2);
    return this.scale
      .square()
      .mul(a)
      .div(a.sub(1).square().mul(a.sub(2)));
  }
  override entropy(): Tensor {
    return this.scale.div(this.alpha).log().add(this.alpha.reciprocal().add(1));
  }
}
const KUMARASWAMY =
  "Kumaraswamy(object concentration1, object concentration0, bool? validate_args=None) -> Distribution";
/** Kumaraswamy in [0, 1], much like a beta. As `torch.distributions.Kumaraswamy`. */
export class Kumaraswamy extends Transformed {
  static override readonly arg_constraints: Constraints = { concentration1: positive, concentration0: positive };
  readonly concentration1: Tensor;
  readonly concentration0: Tensor;
  constructor(...given: Arguments<typeof KUMARASWAMY, { concentration1: Param; concentration0: Param }>) {
    super();
    const { concentration1, concentration0, validate_args } = bindArguments(KUMARASWAMY, given);
    [this.concentration1, this.concentration0] = broadcastAll(concentration1, concentration0);
    const [a, b] = [this.concentration1, this.concentration0];
    const base = new Uniform(b.new_zeros(b.shape), b.new_ones(b.shape), { validate_args });
    const transforms = [
      new PowerTransform(b.reciprocal()),
      new AffineTransform(1, -1),
      new PowerTransform(a.reciprocal()),
    ];
    this.transform(base, transforms, validate_args);
  }
  override get support(): Constraint {
    return constraints.unit_interval;
  }
  private moment(n: number): Tensor {
    const { concentration0: b } = this;
    const at = this.concentration1.reciprocal().mul(n).add(1);
    return b.mul(at.lgamma().add(b.lgamma()).sub(at.add(b).lgamma()).exp());
  }
  override get mean(): Tensor {
    return this.moment(1);
  }
  override get mode(): Tensor {
    const { concentration1: a, concentration0: b } = this;
    const log = b.reciprocal().mul(b.neg().log1p()).sub(b.neg().mul(a).log1p());
    return log.masked_fill(b.lt(1).logical_or(a.lt(1)), NaN).exp();
  }
  override get variance(): Tensor {
    return this.moment(2).sub(this.mean.square());
  }
  override entropy(): Tensor {
    const { concentration1: a, concentration0: b } = this;
    const harmonic = b.add(1).digamma().add(EULER);
    const t1 = a.reciprocal().neg().add(1).mul(harmonic);
    return b.reciprocal().neg().add(1).add(t1).sub(a.log()).sub(b.log());
  }
}
const INVERSE_GAMMA = "InverseGamma(object concentration, object rate, bool? validate_args=None) -> Distribution";
/** 1 / x for x of a {@link Gamma}. As `torch.distributions.InverseGamma`. */
export class InverseGamma extends Transformed {
  static override readonly arg_constraints: Constraints = { concentration: positive, rate: positive };
  declare readonly base_dist: Gamma;
  constructor(...given: Arguments<typeof INVERSE_GAMMA, { concentration: Param; rate: Param }>) {
    super();
    const { concentration, rate, validate_args } = bindArguments(INVERSE_GAMMA, given);
    const base = new Gamma(concentration as Param, rate as Param, { validate_args });
    this.transform(base, new PowerTransform(base.rate.new_full([], -1)), validate_args);
  }
  override get support(): Constraint {
    return positive;
  }
  get concentration(): Tensor {
    return this.base_dist.concentration;
  }
  get rate(): Tensor {
    return this.base_dist.rate;
  }
  override get mean(): Tensor {
    const { concentration: a } = this;
    return where(a.gt(1), this.rate.div(a.sub(1)), Infinity);
  }
  override get mode(): Tensor {
    return this.rate.div(this.concentration.add(1));
  }
  override get variance(): Tensor {
    const { concentration: a } = this;
    return where(a.gt(2), this.rate.square().div(a.sub(1).square().mul(a.sub(2))), Infinity);
  }
  override entropy(): Tensor {
    const { concentration: a } = this;
    return a.add(this.rate.log()).add(a.lgamma()).sub(a.add(1).mul(a.digamma()));
  }
}
const LOGISTIC_NORMAL = "LogisticNormal(object loc, object scale, bool? validate_args=None) -> Distribution";
/** Shares made of {@link Normal} numbers by stick breaking. As `torch.distributions.LogisticNormal`. */
export class LogisticNormal extends Transformed {
  static override readonly arg_constraints: Constraints = { loc: real, scale: positive };
  constructor(...given: Arguments<typeof LOGISTIC_NORMAL, LocScale>) {
    super();
    const { loc, scale, validate_args } = bindArguments<typeof LOGISTIC_NORMAL, LocScale>(LOGISTIC_NORMAL, given);
    const base = new Normal(loc, scale, { validate_args });
    const vector = base.batch_shape.length === 0 ? base.expand([1]) : base;
    this.transform(vector, new StickBreakingTransform(), validate_args);
  }
  override get support(): Constraint {
    return constraints.simplex;
  }
  private get normal(): Normal {
    return (this.base_dist as Independent).base_dist as Normal;
  }
  get loc(): Tensor {
    return this.normal.loc;
  }
  get scale(): Tensor {
    return this.normal.scale;
  }
}

interface Relaxed<P> {
  temperature: Tensor;
  probs: P | null;
  logits: P | null;
}
const CHANCES: Constraints = { probs: constraints.unit_interval, logits: real };
const LOGIT_RELAXED =
  "LogitRelaxedBernoulli(Tensor temperature, object probs=None, object logits=None, bool? validate_args=None) -> Distribution";
/** The logit of a {@link RelaxedBernoulli}. As `torch.distributions.relaxed_bernoulli.LogitRelaxedBernoulli`. */
export class LogitRelaxedBernoulli extends OfChances {
  static override readonly arg_constraints: Constraints = CHANCES;
  readonly temperature: Tensor;
  constructor(...given: Arguments<typeof LOGIT_RELAXED, Relaxed<Param>>) {
    super();
    const { temperature, probs, logits, validate_args } = bindArguments(LOGIT_RELAXED, given as never);
    this.temperature = temperature;
    const value = (probs ?? logits) as unknown;
    const name = this.take(probs, logits);
    keep(this, name, broadcastAll(value)[0]);
    this.begin(isNumber(value) ? [] : this._param.shape, [], validate_args);
  }
  override get support(): Constraint {
    return real;
  }
  override get has_rsample(): boolean {
    return true;
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    const shape = this._extended_shape(sample_shape);
    const probs = clampProbs(this.probs.expand(shape));
    const u = clampProbs(rand(shape, { dtype: probs.dtype }));
    return u.log().sub(u.neg().log1p()).add(probs.log()).sub(probs.neg().log1p()).div(this.temperature);
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const [logits, at] = broadcastAll(this.logits, value);
    const difference = logits.sub(at.mul(this.temperature));
    return this.temperature.log().add(difference).sub(difference.exp().log1p().mul(2));
  }
}
const RELAXED =
  "RelaxedBernoulli(Tensor temperature, object probs=None, object logits=None, bool? validate_args=None) -> Distribution";
/** {@link Bernoulli} made continuous, sharper at lower temperatures. As `torch.distributions.RelaxedBernoulli`. */
export class RelaxedBernoulli extends Transformed {
  static override readonly arg_constraints: Constraints = CHANCES;
  static readonly lazy: readonly string[] = OfChances.lazy;
  declare readonly base_dist: LogitRelaxedBernoulli;
  constructor(...given: Arguments<typeof RELAXED, Relaxed<Param>>) {
    super();
    const { temperature, probs, logits, validate_args } = bindArguments(RELAXED, given as never);
    const base = new LogitRelaxedBernoulli(temperature, probs as never, logits as never);
    this.transform(base, new SigmoidTransform(), validate_args);
  }
  override get support(): Constraint {
    return constraints.unit_interval;
  }
  get temperature(): Tensor {
    return this.base_dist.temperature;
  }
  get probs(): Tensor {
    return this.base_dist.probs;
  }
  get logits(): Tensor {
    return this.base_dist.logits;
  }
}
const CLASSES: Constraints = { probs: constraints.simplex, logits: constraints.real_vector };
const EXP_RELAXED =
  "ExpRelaxedCategorical(Tensor temperature, Tensor? probs=None, Tensor? logits=None, bool? validate_args=None) -> Distribution";
/** The logarithm of a {@link RelaxedOneHotCategorical}. As `torch.distributions.relaxed_categorical.ExpRelaxedCategorical`. */
export class ExpRelaxedCategorical extends Distribution {
  static override readonly arg_constraints: Constraints = CLASSES;
  readonly temperature: Tensor;
  readonly _categorical: Categorical;
  constructor(...given: Arguments<typeof EXP_RELAXED>) {
    super();
    const { temperature, probs, logits, validate_args } = bindArguments(EXP_RELAXED, given);
    this._categorical = new Categorical(probs, logits);
    this.temperature = temperature;
    this.begin(this._categorical.batch_shape, this._categorical.param_shape.slice(-1), validate_args);
  }
  override get support(): Constraint {
    return constraints.real_vector;
  }
  override get has_rsample(): boolean {
    return true;
  }
  get probs(): Tensor {
    return this._categorical.probs;
  }
  get logits(): Tensor {
    return this._categorical.logits;
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    const u = clampProbs(rand(this._extended_shape(sample_shape), { dtype: this.logits.dtype }));
    const scores = this.logits.sub(u.log().neg().log()).div(this.temperature);
    return scores.sub(scores.logsumexp({ dim: -1, keepdim: true }));
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const k = this._categorical._num_events;
    const [logits, at] = broadcastAll(this.logits, value);
    const { temperature } = this;
    const scale = temperature
      .new_full(temperature.shape, k)
      .lgamma()
      .add(temperature.log().mul(k - 1));
    const score = logits.sub(at.mul(temperature));
    return score
      .sub(score.logsumexp({ dim: -1, keepdim: true }))
      .sum(-1)
      .add(scale);
  }
}
const RELAXED_ONE_HOT =
  "RelaxedOneHotCategorical(Tensor temperature, Tensor? probs=None, Tensor? logits=None, bool? validate_args=None) -> Distribution";
/** One-hot vectors made continuous: Gumbel softmax. As `torch.distributions.RelaxedOneHotCategorical`. */
export class RelaxedOneHotCategorical extends Transformed {
  static override readonly arg_constraints: Constraints = CLASSES;
  static readonly lazy: readonly string[] = OfChances.lazy;
  declare readonly base_dist: ExpRelaxedCategorical;
  constructor(...given: Arguments<typeof RELAXED_ONE_HOT>) {
    super();
    const { temperature, probs, logits, validate_args } = bindArguments(RELAXED_ONE_HOT, given);
    const base = new ExpRelaxedCategorical(temperature, probs, logits, { validate_args });
    this.transform(base, new ExpTransform(), validate_args);
  }
  override get support(): Constraint {
    return constraints.simplex;
  }
  get temperature(): Tensor {
    return this.base_dist.temperature;
  }
  get probs(): Tensor {
    return this.base_dist.probs;
  }
  get logits(): Tensor {
    return this.base_dist.logits;
  }
}
