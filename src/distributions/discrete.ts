// Distributions of whole numbers and of classes.
import { int64 } from "../base/dtype.ts";
import { finfo } from "../base/dtype_info.ts";
import { NotImplementedError, ValueError } from "../base/errors.ts";
import { numel } from "../base/layout.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { bindArguments } from "../dispatch/callable.ts";
import { binary_cross_entropy_with_logits, one_hot } from "../nn/functional/index.ts";
import { arange } from "../ops/creation/from_data.ts";
import { empty, eye } from "../ops/creation/creation.ts";
import { logsigmoid } from "../ops/nn/activation/activation.ts";
import { multinomial, poisson } from "../ops/random/random.ts";
import { broadcast_tensors } from "../ops/views/variadic.ts";
import { no_grad } from "../settings/modes.ts";
import type { Size, Tensor } from "../tensor/tensor.ts";
import * as constraints from "./constraints.ts";
import type { Constraint } from "./constraints.ts";
import { Gamma } from "./continuous.ts";
import { Distribution, likeFilled, OfChances, ofParameters } from "./distribution.ts";
import type { Constraints, Shape } from "./distribution.ts";
import { binomial } from "./draws.ts";
import { broadcastAll, isNumber, isTrue, keep } from "./parameters.ts";
import type { Param } from "./parameters.ts";

interface ByChances {
  probs: Param | null;
  logits: Param | null;
}
const CHANCES: Constraints = { probs: constraints.unit_interval, logits: constraints.real };
/** Tensors 0, 1, …, n - 1 in front of batches. */
function enumerated(values: Tensor, batch: Size, expand: boolean): Tensor {
  const view = values.view([-1, ...batch.map(() => 1)]);
  return expand ? view.expand([-1, ...batch]) : view;
}

const BERNOULLI = "Bernoulli(object probs=None, object logits=None, bool? validate_args=None) -> Distribution";
/** 1 with the chance `probs`, else 0. As `torch.distributions.Bernoulli`. */
export class Bernoulli extends OfChances {
  static override readonly arg_constraints: Constraints = CHANCES;
  constructor(...given: Arguments<typeof BERNOULLI, ByChances>) {
    super();
    const { probs, logits, validate_args } = bindArguments(BERNOULLI, given);
    const value = probs ?? logits;
    const name = this.take(probs, logits);
    keep(this, name, broadcastAll(value)[0]);
    this.begin(isNumber(value) ? [] : this._param.shape, [], validate_args);
  }
  override get support(): Constraint {
    return constraints.boolean;
  }
  override get has_enumerate_support(): boolean {
    return true;
  }
  override get mean(): Tensor {
    return this.probs;
  }
  override get mode(): Tensor {
    return this.probs.ge(0.5).to(this.probs.dtype).masked_fill(this.probs.eq(0.5), NaN);
  }
  override get variance(): Tensor {
    return this.probs.mul(this.probs.neg().add(1));
  }
  protected override _sample(sample_shape: Shape): Tensor {
    return no_grad(() => this.probs.expand(this._extended_shape(sample_shape)).bernoulli());
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const [logits, at] = broadcastAll(this.logits, value);
    return binary_cross_entropy_with_logits(logits, at, { reduction: "none" }).neg();
  }
  override entropy(): Tensor {
    return binary_cross_entropy_with_logits(this.logits, this.probs, { reduction: "none" });
  }
  protected override _enumerate_support(expand: boolean): Tensor {
    return enumerated(arange(2, { dtype: this._param.dtype }), this.batch_shape, expand);
  }
}

const GEOMETRIC = "Geometric(object probs=None, object logits=None, bool? validate_args=None) -> Distribution";
/** Failures before the first success, each trial with the chance `probs`. As `torch.distributions.Geometric`. */
export class Geometric extends OfChances {
  static override readonly arg_constraints: Constraints = CHANCES;
  constructor(...given: Arguments<typeof GEOMETRIC, ByChances>) {
    super();
    const { probs, logits, validate_args } = bindArguments(GEOMETRIC, given);
    const value = probs ?? logits;
    const name = this.take(probs, logits);
    const [param] = broadcastAll(value);
    keep(this, name, param);
    this.begin(isNumber(value) ? [] : param.shape, [], validate_args);
    if (this._validate_args && name === "probs" && !isTrue(param.gt(0)))
      throw new ValueError(
        `Expected parameter probs (Tensor of shape (${param.shape.length === 1 ? `${param.shape[0]},` : param.shape.join(", ")})) of distribution ${String(this)} to be positive but found invalid values:\n${String(param.masked_select(param.gt(0).logical_not()))}`,
      );
  }
  override get support(): Constraint {
    return constraints.nonnegative_integer;
  }
  override get mean(): Tensor {
    return this.probs.reciprocal().sub(1);
  }
  override get mode(): Tensor {
    return this.probs.mul(0).detach();
  }
  override get variance(): Tensor {
    return this.probs.reciprocal().sub(1).div(this.probs);
  }
  protected override _sample(sample_shape: Shape): Tensor {
    return no_grad(() => {
      const { tiny } = finfo(this.probs.dtype);
      const u = empty(this._extended_shape(sample_shape), { dtype: this.probs.dtype }).uniform_(tiny, 1);
      return u.log().div(this.probs.neg().log1p()).floor();
    });
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const [at, probs] = broadcastAll(value, this.probs);
    const safe = probs.masked_fill(probs.eq(1).logical_and(at.eq(0)), 0);
    return at.mul(safe.neg().log1p()).add(this.probs.log());
  }
  override entropy(): Tensor {
    return binary_cross_entropy_with_logits(this.logits, this.probs, { reduction: "none" }).div(this.probs);
  }
}

abstract class Counting extends OfChances {
  declare readonly total_count: Tensor;
  protected takeCounted(total_count: unknown, probs: unknown, logits: unknown, validate: boolean | null): void {
    const name = this.take(probs, logits);
    const [count, param] = broadcastAll(total_count, probs ?? logits);
    keep(this, "total_count", count.type_as(param));
    keep(this, name, param);
    this.begin(param.shape, [], validate);
  }
}
/** A number less its part below 0, half where it is 0: PyTorch's, for the gradient there. */
const positivePart = (x: Tensor): Tensor =>
  x
    .clamp({ min: 0 })
    .add(x)
    .sub(x.clamp({ max: 0 }))
    .div(2);

const BINOMIAL =
  "Binomial(object total_count=1, object probs=None, object logits=None, bool? validate_args=None) -> Distribution";
/** Successes in `total_count` trials, each with the chance `probs`. As `torch.distributions.Binomial`. */
export class Binomial extends Counting {
  static override readonly arg_constraints: Constraints = { total_count: constraints.nonnegative_integer, ...CHANCES };
  constructor(...given: Arguments<typeof BINOMIAL, ByChances & { total_count: Param }>) {
    super();
    const { total_count, probs, logits, validate_args } = bindArguments(BINOMIAL, given);
    this.takeCounted(total_count, probs, logits, validate_args);
  }
  override get support(): Constraint {
    return constraints.integer_interval(0, this.total_count);
  }
  override get has_enumerate_support(): boolean {
    return true;
  }
  override get mean(): Tensor {
    return this.total_count.mul(this.probs);
  }
  override get mode(): Tensor {
    return this.total_count.add(1).mul(this.probs).floor().minimum(this.total_count);
  }
  override get variance(): Tensor {
    return this.mean.mul(this.probs.neg().add(1));
  }
  protected override _sample(sample_shape: Shape): Tensor {
    const shape = this._extended_shape(sample_shape);
    return no_grad(() => binomial(this.total_count.expand(shape), this.probs.expand(shape)));
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const { total_count: n, logits } = this;
    const norm = n.mul(positivePart(logits)).add(n.mul(logits.abs().neg().exp().log1p())).sub(n.add(1).lgamma());
    return value.mul(logits).sub(value.add(1).lgamma()).sub(n.sub(value).add(1).lgamma()).sub(norm);
  }
  private same(what: string): number {
    const most = Number(this.total_count.max().item());
    if (Number(this.total_count.min().item()) !== most)
      throw new NotImplementedError(`Inhomogeneous total count not supported by \`${what}\`.`);
    return most;
  }
  override entropy(): Tensor {
    this.same("entropy");
    const log = this.log_prob(this.enumerate_support(false));
    return log.exp().mul(log).sum(0).neg();
  }
  protected override _enumerate_support(expand: boolean): Tensor {
    const values = arange(1 + this.same("enumerate_support"), { dtype: this._param.dtype });
    return enumerated(values, this.batch_shape, expand);
  }
}
const NEGATIVE =
  "NegativeBinomial(object total_count, object probs=None, object logits=None, bool? validate_args=None) -> Distribution";
/** Successes before `total_count` failures, each trial with the chance `probs`. As `torch.distributions.NegativeBinomial`. */
export class NegativeBinomial extends Counting {
  static override readonly arg_constraints: Constraints = {
    total_count: constraints.greater_than_eq(0),
    probs: constraints.half_open_interval(0, 1),
    logits: constraints.real,
  };
  constructor(...given: Arguments<typeof NEGATIVE, ByChances & { total_count: Param }>) {
    super();
    const { total_count, probs, logits, validate_args } = bindArguments(NEGATIVE, given);
    this.takeCounted(total_count, probs, logits, validate_args);
  }
  override get support(): Constraint {
    return constraints.nonnegative_integer;
  }
  override get mean(): Tensor {
    return this.total_count.mul(this.logits.exp());
  }
  override get mode(): Tensor {
    return this.total_count.sub(1).mul(this.logits.exp()).floor().clamp(0);
  }
  override get variance(): Tensor {
    return this.mean.div(this.logits.neg().sigmoid());
  }
  protected override _sample(sample_shape: Shape): Tensor {
    return no_grad(() => {
      const rate = new Gamma(this.total_count, this.logits.neg().exp(), { validate_args: false });
      return poisson(rate.sample(sample_shape));
    });
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const { total_count: n, logits } = this;
    const log = n.mul(logsigmoid(logits.neg())).add(value.mul(logsigmoid(logits)));
    const norm = value.add(1).lgamma().add(n.lgamma()).sub(n.add(value).lgamma());
    return log.sub(norm.masked_fill(n.add(value).eq(0), 0));
  }
}

const POISSON = "Poisson(object rate, bool? validate_args=None) -> Distribution";
/** Counts with mean `rate`. As `torch.distributions.Poisson`. */
export class Poisson extends ofParameters(POISSON, ["rate"]) {
  static readonly arg_constraints: Constraints = { rate: constraints.nonnegative };
  override get support(): Constraint {
    return constraints.nonnegative_integer;
  }
  override get mean(): Tensor {
    return this.rate;
  }
  override get mode(): Tensor {
    return this.rate.floor();
  }
  override get variance(): Tensor {
    return this.rate;
  }
  protected override _sample(sample_shape: Shape): Tensor {
    return no_grad(() => poisson(this.rate.expand(this._extended_shape(sample_shape))));
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const [rate, at] = broadcastAll(this.rate, value);
    return at.xlogy(rate).sub(rate).sub(at.add(1).lgamma());
  }
}

interface ByTensors {
  probs: Tensor | null;
  logits: Tensor | null;
}
const CLASSES: Constraints = { probs: constraints.simplex, logits: constraints.real_vector };
const CATEGORICAL = "Categorical(Tensor? probs=None, Tensor? logits=None, bool? validate_args=None) -> Distribution";
/**
 * Class i with the i-th chance along the last dim, which need not add up to 1. As `torch.distributions.Categorical`.
 * @example new Categorical(torch.tensor([0.25, 0.25, 0.5])).sample([4]);
 */
export class Categorical extends OfChances {
  static override readonly arg_constraints: Constraints = CLASSES;
  constructor(...given: Arguments<typeof CATEGORICAL>) {
    super();
    const { probs, logits, validate_args } = bindArguments(CATEGORICAL, given);
    const name = this.take(probs, logits);
    const value = (probs ?? logits)!;
    if (value.dim() < 1) throw new ValueError(`\`${name}\` parameter must be at least one-dimensional.`);
    const norm =
      name === "probs" ? value.div(value.sum(-1, true)) : value.sub(value.logsumexp({ dim: -1, keepdim: true }));
    keep(this, name, norm);
    this.begin(norm.shape.slice(0, -1), [], validate_args);
  }
  protected override get binary(): boolean {
    return false;
  }
  get _num_events(): number {
    return this._param.size(-1);
  }
  override get support(): Constraint {
    return constraints.integer_interval(0, this._num_events - 1);
  }
  override get has_enumerate_support(): boolean {
    return true;
  }
  override get mean(): Tensor {
    return likeFilled(this, this.probs, NaN);
  }
  override get mode(): Tensor {
    return this.probs.argmax(-1);
  }
  override get variance(): Tensor {
    return likeFilled(this, this.probs, NaN);
  }
  protected override _sample(sample_shape: Shape): Tensor {
    return no_grad(() => {
      const rows = this.probs.reshape([-1, this._num_events]);
      return multinomial(rows, numel(sample_shape), true).t().reshape(this._extended_shape(sample_shape));
    });
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const [at, log] = broadcast_tensors(value.long().unsqueeze(-1), this.logits);
    return log.gather(-1, at.narrow(-1, 0, 1)).squeeze(-1);
  }
  override entropy(): Tensor {
    return this.logits
      .clamp({ min: finfo(this.logits.dtype).min })
      .mul(this.probs)
      .sum(-1)
      .neg();
  }
  protected override _enumerate_support(expand: boolean): Tensor {
    return enumerated(arange(this._num_events, { dtype: int64 }), this.batch_shape, expand);
  }
}

/** Of vectors with a place for each class. */
abstract class OfClasses extends Distribution {
  declare readonly _categorical: Categorical;
  get probs(): Tensor {
    return this._categorical.probs;
  }
  get logits(): Tensor {
    return this._categorical.logits;
  }
  get _param(): Tensor {
    return this._categorical._param;
  }
  get param_shape(): Size {
    return this._categorical.param_shape;
  }
  protected takeClasses(probs: Tensor | null, logits: Tensor | null, validate_args: boolean | null): void {
    const categorical = keep(this, "_categorical", new Categorical(probs, logits));
    this.begin(categorical.batch_shape, categorical.param_shape.slice(-1), validate_args);
  }
}
const ONE_HOT = "OneHotCategorical(Tensor? probs=None, Tensor? logits=None, bool? validate_args=None) -> Distribution";
/** {@link Categorical}, the class as a vector of zeros with one 1. As `torch.distributions.OneHotCategorical`. */
export class OneHotCategorical extends OfClasses {
  static override readonly arg_constraints: Constraints = CLASSES;
  constructor(...given: Arguments<typeof ONE_HOT>) {
    super();
    const { probs, logits, validate_args } = bindArguments(ONE_HOT, given, new.target.name);
    this.takeClasses(probs, logits, validate_args);
  }
  override get support(): Constraint {
    return constraints.one_hot;
  }
  override get has_enumerate_support(): boolean {
    return true;
  }
  override get mean(): Tensor {
    return this.probs;
  }
  override get mode(): Tensor {
    return one_hot(this.probs.argmax(-1), this.probs.size(-1)).to(this.probs.dtype);
  }
  override get variance(): Tensor {
    return this.probs.mul(this.probs.neg().add(1));
  }
  protected override _sample(sample_shape: Shape): Tensor {
    return one_hot(this._categorical.sample(sample_shape), this._categorical._num_events).to(this.probs.dtype);
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    return this._categorical.log_prob(value.argmax(-1));
  }
  override entropy(): Tensor {
    return this._categorical.entropy();
  }
  protected override _enumerate_support(expand: boolean): Tensor {
    const n = this.event_shape[0];
    const view = eye(n, { dtype: this._param.dtype }).view([n, ...this.batch_shape.map(() => 1), n]);
    return expand ? view.expand([n, ...this.batch_shape, n]) : view;
  }
}
/** {@link OneHotCategorical} whose draws have the gradient of `probs`. As `torch.distributions.OneHotCategoricalStraightThrough`. */
export class OneHotCategoricalStraightThrough extends OneHotCategorical {
  override get has_rsample(): boolean {
    return true;
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    return this.sample(sample_shape).add(this.probs.sub(this.probs.detach()));
  }
}
const MULTINOMIAL =
  "Multinomial(int total_count=1, Tensor? probs=None, Tensor? logits=None, bool? validate_args=None) -> Distribution";
/** How often each class comes in `total_count` draws. As `torch.distributions.Multinomial`. */
export class Multinomial extends OfClasses {
  static override readonly arg_constraints: Constraints = CLASSES;
  readonly total_count: number;
  constructor(...given: Arguments<typeof MULTINOMIAL, ByTensors>) {
    super();
    const { total_count, probs, logits, validate_args } = bindArguments(MULTINOMIAL, given as never);
    this.total_count = total_count;
    this.takeClasses(probs, logits, validate_args);
  }
  override get support(): Constraint {
    return constraints.multinomial(this.total_count);
  }
  override get mean(): Tensor {
    return this.probs.mul(this.total_count);
  }
  override get variance(): Tensor {
    return this.mean.mul(this.probs.neg().add(1));
  }
  protected override _sample(sample_shape: Shape): Tensor {
    const drawn = this._categorical.sample([this.total_count, ...sample_shape]).movedim(0, -1);
    const counts = drawn.new_zeros(this._extended_shape(sample_shape));
    return counts.scatter_add(-1, drawn, drawn.mul(0).add(1)).type_as(this.probs);
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const [logits, at] = broadcastAll(this.logits, value);
    const safe = logits.masked_fill(at.eq(0).logical_and(logits.eq(-Infinity)), 0);
    return at.sum(-1).add(1).lgamma().sub(at.add(1).lgamma().sum(-1)).add(safe.mul(at).sum(-1));
  }
  override entropy(): Tensor {
    const n = this.total_count;
    const each = new Binomial(n, this.probs);
    const support = each.enumerate_support(false).narrow(0, 1, n);
    const weights = each.log_prob(support).exp().mul(support.add(1).lgamma());
    let logFactorial = 0;
    for (let i = 2; i <= n; i++) logFactorial += Math.log(i);
    return this._categorical
      .entropy()
      .mul(n)
      .sub(logFactorial)
      .add(weights.sum([0, -1]));
  }
}
