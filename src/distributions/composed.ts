// Distributions made of others: batches seen as one event, and mixtures.
import { NotImplementedError, ValueError } from "../base/errors.ts";
import { no_grad } from "../settings/modes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import * as constraints from "./constraints.ts";
import type { Constraint } from "./constraints.ts";
import { Categorical } from "./discrete.ts";
import { Distribution, sizeOf } from "./distribution.ts";
import type { Shape } from "./distribution.ts";
import { keep, sumRightmost } from "./parameters.ts";

type Options = { validate_args?: boolean | null } | boolean | null;
const validation = (given: Options): boolean | null =>
  typeof given === "object" ? (given?.validate_args ?? null) : given;

/**
 * Another distribution whose last `reinterpreted_batch_ndims` dims of batches are part of the event. As
 * `torch.distributions.Independent`.
 */
export class Independent extends Distribution {
  readonly base_dist: Distribution;
  readonly reinterpreted_batch_ndims: number;
  constructor(base_distribution: Distribution, reinterpreted_batch_ndims: number, options: Options = null) {
    super();
    const dims = Number(reinterpreted_batch_ndims);
    const { batch_shape, event_shape } = base_distribution;
    if (dims > batch_shape.length)
      throw new ValueError(
        `Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), actual ${dims} vs ${batch_shape.length}`,
      );
    this.base_dist = base_distribution;
    this.reinterpreted_batch_ndims = dims;
    const cut = batch_shape.length - dims;
    this.begin(batch_shape.slice(0, cut), [...batch_shape.slice(cut), ...event_shape], validation(options));
  }
  override expand(batch_shape: Shape): this {
    const made = this.copied();
    const inner = this.event_shape.slice(0, this.reinterpreted_batch_ndims);
    keep(made, "base_dist", this.base_dist.expand([...batch_shape, ...inner]));
    made.batch_shape = sizeOf(batch_shape);
    return made;
  }
  override get has_rsample(): boolean {
    return this.base_dist.has_rsample;
  }
  override get has_enumerate_support(): boolean {
    return this.reinterpreted_batch_ndims === 0 && this.base_dist.has_enumerate_support;
  }
  override get support(): Constraint {
    const { support } = this.base_dist;
    return this.reinterpreted_batch_ndims === 0
      ? support
      : constraints.independent(support, this.reinterpreted_batch_ndims);
  }
  override get mean(): Tensor {
    return this.base_dist.mean;
  }
  override get mode(): Tensor {
    return this.base_dist.mode;
  }
  override get variance(): Tensor {
    return this.base_dist.variance;
  }
  protected override _sample(sample_shape: Shape): Tensor {
    return this.base_dist.sample(sample_shape);
  }
  protected override _rsample(sample_shape: Shape): Tensor {
    return this.base_dist.rsample(sample_shape);
  }
  override log_prob(value: Tensor): Tensor {
    return sumRightmost(this.base_dist.log_prob(value), this.reinterpreted_batch_ndims);
  }
  override entropy(): Tensor {
    return sumRightmost(this.base_dist.entropy(), this.reinterpreted_batch_ndims);
  }
  protected override _enumerate_support(expand: boolean): Tensor {
    if (this.reinterpreted_batch_ndims > 0)
      throw new NotImplementedError("Enumeration over cartesian product is not implemented");
    return this.base_dist.enumerate_support(expand);
  }
  override toString(): string {
    return `Independent(${String(this.base_dist)}, ${this.reinterpreted_batch_ndims})`;
  }
}

/**
 * Draws from one of the distributions along the last dim of the batches of `component_distribution`, which one by
 * `mixture_distribution`. As `torch.distributions.MixtureSameFamily`.
 */
export class MixtureSameFamily extends Distribution {
  readonly _mixture_distribution: Categorical;
  readonly _component_distribution: Distribution;
  constructor(mixture_distribution: Categorical, component_distribution: Distribution, options: Options = null) {
    super();
    if (!(mixture_distribution instanceof Categorical))
      throw new ValueError(" The Mixture distribution needs to be an  instance of torch.distributions.Categorical");
    if (!(component_distribution instanceof Distribution))
      throw new ValueError("The Component distribution needs to be an instance of torch.distributions.Distribution");
    const of = mixture_distribution.batch_shape;
    const batch = component_distribution.batch_shape.slice(0, -1);
    for (let i = 1; i <= Math.min(of.length, batch.length); i++) {
      const [a, b] = [of.at(-i)!, batch.at(-i)!];
      if (a !== 1 && b !== 1 && a !== b)
        throw new ValueError(
          `\`mixture_distribution.batch_shape\` (${String(of)}) is not compatible with \`component_distribution.batch_shape\`(${String(sizeOf(batch))})`,
        );
    }
    const [n, m] = [mixture_distribution.logits.size(-1), component_distribution.batch_shape.at(-1)];
    if (n !== m)
      throw new ValueError(
        `\`mixture_distribution component\` (${n}) does not equal \`component_distribution.batch_shape[-1]\` (${m})`,
      );
    this._mixture_distribution = mixture_distribution;
    this._component_distribution = component_distribution;
    this.begin(batch, component_distribution.event_shape, validation(options));
  }
  get mixture_distribution(): Categorical {
    return this._mixture_distribution;
  }
  get component_distribution(): Distribution {
    return this._component_distribution;
  }
  override expand(batch_shape: Shape): this {
    const made = this.copied();
    const n = this.mixture_distribution._num_events;
    keep(made, "_component_distribution", this.component_distribution.expand([...batch_shape, n]));
    keep(made, "_mixture_distribution", this.mixture_distribution.expand(batch_shape));
    made.batch_shape = sizeOf(batch_shape);
    return made;
  }
  override get support(): Constraint {
    return new constraints.MixtureSameFamilyConstraint(this.component_distribution.support);
  }
  private get dims(): number {
    return this.event_shape.length;
  }
  private pad(x: Tensor): Tensor {
    return x.unsqueeze(-1 - this.dims);
  }
  /** The chances of the components, beside their batches. */
  private get weights(): Tensor {
    const { probs } = this.mixture_distribution;
    const own = this.mixture_distribution.batch_shape.length;
    const more = own === 1 ? 0 : this.batch_shape.length - own;
    const ones = (n: number): number[] => new Array<number>(n).fill(1);
    return probs.reshape([...probs.shape.slice(0, -1), ...ones(more), probs.size(-1), ...ones(this.dims)]);
  }
  override get mean(): Tensor {
    return this.weights.mul(this.component_distribution.mean).sum(-1 - this.dims);
  }
  override get variance(): Tensor {
    const { weights } = this;
    const within = weights.mul(this.component_distribution.variance).sum(-1 - this.dims);
    const among = weights.mul(this.component_distribution.mean.sub(this.pad(this.mean)).square()).sum(-1 - this.dims);
    return within.add(among);
  }
  override cdf(value: Tensor): Tensor {
    return this.component_distribution.cdf(this.pad(value)).mul(this.mixture_distribution.probs).sum(-1);
  }
  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const each = this.component_distribution.log_prob(this.pad(value));
    return each.add(this.mixture_distribution.logits.log_softmax(-1)).logsumexp(-1);
  }
  protected override _sample(sample_shape: Shape): Tensor {
    return no_grad(() => {
      const dim = sample_shape.length + this.batch_shape.length;
      const which = this.mixture_distribution.sample(sample_shape);
      const drawn = this.component_distribution.sample(sample_shape);
      const index = which.reshape([...which.shape, 1, ...this.event_shape.map(() => 1)]);
      return drawn.gather(dim, index.expand([...which.shape, 1, ...this.event_shape])).squeeze(dim);
    });
  }
  override toString(): string {
    return `MixtureSameFamily(\n  ${String(this.mixture_distribution)},\n  ${String(this.component_distribution)})`;
  }
}
