// class Distribution: shapes, validation and what follows from what its subclasses define.
import { withGrad } from "../autograd/mode.ts";
import { no_grad } from "../settings/modes.ts";
import { NotImplementedError, ValueError, warn } from "../base/errors.ts";
import { tupleText } from "../base/layout.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { empty } from "../ops/creation/creation.ts";
import { Size, Tensor } from "../tensor/tensor.ts";
import { normal_ } from "../ops/random/random.ts";
import { is_dependent } from "./constraints.ts";
import type { Constraint } from "./constraints.ts";
import { broadcastAll, formatted, isNumber, isTrue, keep, logitsToProbs, probsToLogits } from "./parameters.ts";
import type { Param } from "./parameters.ts";

const SAMPLE = "sample(SymInt[] sample_shape=[]) -> Tensor";
const ENUMERATE = "enumerate_support(bool expand=True) -> Tensor";

export type Shape = readonly number[];
export type Constraints = Readonly<Record<string, Constraint>>;
export const sizeOf = (shape: Shape): Size => Size.from(shape) as Size;
let validatesByDefault = true;

/**
 * The base of all distributions, as `torch.distributions.Distribution`. `batch_shape` is of independent ones beside each
 * other, `event_shape` of one draw from each.
 *
 * Parameters and values are checked unless `validate_args` is false: ValueError tells which constraint they break.
 */
export abstract class Distribution {
  batch_shape: Size = sizeOf([]);
  event_shape: Size = sizeOf([]);
  _validate_args: boolean = validatesByDefault;
  static readonly arg_constraints: Constraints = {};

  static set_default_validate_args(value: boolean): void {
    validatesByDefault = value;
  }
  /** From the constructor, when the parameters are set. */
  protected begin(batch_shape: Shape, event_shape: Shape, validate_args: boolean | null): void {
    this.batch_shape = sizeOf(batch_shape);
    this.event_shape = sizeOf(event_shape);
    if (validate_args !== null) this._validate_args = validate_args;
    if (!this._validate_args) return;
    const constraints: Constraints =
      this.declared("arg_constraints", ". Please set `arg_constraints = {}` or initialize") ?? {};
    for (const [name, constraint] of Object.entries(constraints)) {
      if (is_dependent(constraint) || this.isDerived(name)) continue;
      const value = this.parameter(name);
      if (!isTrue(constraint.check(value)))
        throw new ValueError(
          `Expected parameter ${name} (${pythonType(value)} of shape ${tupleText(value.shape)}) of distribution ${String(this)} to satisfy the constraint ${String(constraint)}, but found invalid values:\n${formatted(value)}`,
        );
    }
  }
  /** What a class may leave out; then it is warned of, and not checked. */
  private declared<N extends "arg_constraints" | "support">(name: N, what: string): this[N] | null {
    try {
      return this[name];
    } catch (error) {
      if (!(error instanceof NotImplementedError)) throw error;
      warn(
        `${this.className()} does not define \`${name}\`${what} the distribution with \`validate_args=False\` to turn off validation.`,
      );
      return null;
    }
  }
  protected className(): string {
    return `<class 'torch.distributions.${this.constructor.name}'>`;
  }
  protected parameter(name: string): Tensor {
    return (this as unknown as Record<string, Tensor>)[name];
  }
  /** Whether a parameter is computed from others, and was not asked for yet. */
  protected isDerived(name: string): boolean {
    return (
      !Object.hasOwn(this, name) && (this.constructor as { lazy?: readonly string[] }).lazy?.includes(name) === true
    );
  }
  /** Which constraints the parameters satisfy, by name. */
  get arg_constraints(): Constraints {
    return (this.constructor as typeof Distribution).arg_constraints;
  }
  /** Where the draws are. */
  get support(): Constraint {
    throw new NotImplementedError("");
  }
  /** Whether {@link rsample} is there: draws through which gradients reach the parameters. */
  get has_rsample(): boolean {
    return false;
  }
  get has_enumerate_support(): boolean {
    return false;
  }
  get mean(): Tensor {
    throw new NotImplementedError("");
  }
  get mode(): Tensor {
    throw new NotImplementedError(`${this.className()} does not implement mode`);
  }
  get variance(): Tensor {
    throw new NotImplementedError("");
  }
  get stddev(): Tensor {
    return this.variance.sqrt();
  }
  /** Draws without a graph: [...sample_shape, ...batch_shape, ...event_shape]. */
  sample(...args: Arguments<typeof SAMPLE>): Tensor {
    return this._sample(bindArguments(SAMPLE, args, `${this.constructor.name}.sample`).sample_shape);
  }
  /** Draws through which gradients reach the parameters. */
  rsample(...args: Arguments<typeof SAMPLE>): Tensor {
    return this._rsample(bindArguments(SAMPLE, args, `${this.constructor.name}.rsample`).sample_shape);
  }
  protected _sample(sample_shape: Shape): Tensor {
    return no_grad(() => this.rsample(sample_shape));
  }
  protected _rsample(_sample_shape: Shape): Tensor {
    throw new NotImplementedError("");
  }
  /** Deprecated: `sample([n])`. */
  sample_n(n: number): Tensor {
    warn("`sample_n(n)` will be deprecated. Use `sample((n,))` instead.", "FutureWarning");
    return this.sample([n]);
  }
  /** The logarithm of the density, or of the probability, at `value`. */
  log_prob(_value: Tensor): Tensor {
    throw new NotImplementedError("");
  }
  cdf(_value: Tensor): Tensor {
    throw new NotImplementedError("");
  }
  icdf(_value: Tensor): Tensor {
    throw new NotImplementedError("");
  }
  enumerate_support(...args: Arguments<typeof ENUMERATE>): Tensor {
    return this._enumerate_support(bindArguments(ENUMERATE, args, `${this.constructor.name}.enumerate_support`).expand);
  }
  protected _enumerate_support(_expand: boolean): Tensor {
    throw new NotImplementedError("");
  }
  entropy(): Tensor {
    throw new NotImplementedError("");
  }
  perplexity(): Tensor {
    return this.entropy().exp();
  }
  /** The same with batches of another shape, on the same memory. */
  expand(batch_shape: Shape): this {
    const made = this.copied();
    const fields = this as unknown as Record<string, unknown>;
    for (const [name, constraint] of Object.entries(this.arg_constraints)) {
      if (!Object.hasOwn(this, name)) continue;
      const value = fields[name];
      if (!(value instanceof Tensor)) continue;
      const dims = is_dependent(constraint) ? 0 : constraint.event_dim;
      keep(made, name, value.expand([...batch_shape, ...value.shape.slice(value.dim() - dims)]));
    }
    for (const [name, value] of Object.entries(this))
      if (value instanceof Distribution) keep(made, name, value.expand(batch_shape));
    made.batch_shape = sizeOf(batch_shape);
    return made;
  }
  protected copied(): this {
    const made = Object.create(Object.getPrototypeOf(this) as object) as this;
    Object.defineProperties(made, Object.getOwnPropertyDescriptors(this));
    return made;
  }
  _extended_shape(sample_shape: Shape = []): number[] {
    return [...sample_shape, ...this.batch_shape, ...this.event_shape];
  }
  /** Raises ValueError for what this distribution never draws. */
  _validate_sample(value: Tensor): void {
    if (!this._validate_args) return;
    if (!(value instanceof Tensor)) throw new ValueError("The value argument to log_prob must be a Tensor");
    const { shape } = value;
    const event = shape.slice(Math.max(0, shape.length - this.event_shape.length));
    if (String(event) !== String([...this.event_shape]))
      throw new ValueError(
        `The right-most size of value must match event_shape: ${String(shape)} vs ${String(this.event_shape)}.`,
      );
    const expected = sizeOf([...this.batch_shape, ...this.event_shape]);
    for (let i = 1; i <= Math.min(shape.length, expected.length); i++) {
      const [a, b] = [shape.at(-i)!, expected.at(-i)!];
      if (a !== 1 && b !== 1 && a !== b)
        throw new ValueError(
          `Value is not broadcastable with batch_shape+event_shape: ${String(shape)} vs ${String(expected)}.`,
        );
    }
    const support = this.declared("support", " to enable sample validation. Please initialize");
    if (support !== null && !isTrue(support.check(value)))
      throw new ValueError(
        `Expected value argument (${pythonType(value)} of shape ${tupleText(shape)}) to be within the support (${String(support)}) of the distribution ${String(this)}, but found invalid values:\n${formatted(value)}`,
      );
  }
  toString(): string {
    const fields = this as unknown as Record<string, Tensor>;
    const told = Object.keys(this.arg_constraints)
      .filter((name) => Object.hasOwn(this, name))
      .map((name) => `${name}: ${textOf(fields[name])}`);
    return `${this.constructor.name}(${told.join(", ")})`;
  }
}
const textOf = (x: Tensor): string => (x.numel() === 1 ? formatted(x) : String(sizeOf(x.shape)));
const pythonType = (x: Tensor): string => (x.constructor.name === "Parameter" ? "Parameter" : "Tensor");

/** Normal numbers of a shape, in the dtype of `like`. */
export const standardNormal = (shape: Shape, like: Tensor): Tensor => normal_(empty([...shape], { dtype: like.dtype }));
export const likeFilled = (d: Distribution, like: Tensor, value: number): Tensor =>
  like.new_full(d._extended_shape(), value);

/** A distribution of numbers whose parameters are those of `signature`, broadcast: they become its fields. */
export function ofParameters<const S extends string, const N extends readonly string[]>(
  signature: S,
  names: N,
): abstract new (
  ...given: Arguments<S, { [K in N[number]]: Param }>
) => Distribution & { readonly [K in N[number]]: Tensor } {
  abstract class OfParameters extends Distribution {
    constructor(...given: readonly unknown[]) {
      super();
      const bound = bindArguments(signature, given, new.target.name) as Record<string, unknown>;
      const values = names.map((name) => bound[name]);
      const tensors = broadcastAll(...values);
      for (const [i, name] of names.entries()) keep(this, name, tensors[i]);
      this.derive();
      this.begin(values.every(isNumber) ? [] : tensors[0].shape, [], bound.validate_args as boolean | null);
    }
    /** What a subclass computes from its parameters before they are checked. */
    protected derive(): void {}
  }
  return OfParameters as never;
}

/** How chances were given. */
export interface Chances {
  readonly probs: Tensor;
  readonly logits: Tensor;
}
export const NEITHER = "Either `probs` or `logits` must be specified, but not both.";
/** Distributions with `probs` and `logits`, of which one is given and the other computed when it is asked for. */
export abstract class OfChances extends Distribution implements Chances {
  static readonly lazy: readonly string[] = ["probs", "logits"];
  /** Whether each number is a chance; otherwise those along the last dim are. */
  protected get binary(): boolean {
    return true;
  }
  get probs(): Tensor {
    return keep(
      this,
      "probs",
      withGrad(true, () => this.derivedProbs()),
    );
  }
  protected derivedProbs(): Tensor {
    return logitsToProbs(this.logits, this.binary);
  }
  get logits(): Tensor {
    return keep(
      this,
      "logits",
      withGrad(true, () => probsToLogits(this.probs, this.binary)),
    );
  }
  /** What was given. */
  get _param(): Tensor {
    return this.givenAsLogits ? this.logits : this.probs;
  }
  private givenAsLogits = false;
  get param_shape(): Size {
    return sizeOf(this._param.shape);
  }
  protected take(probs: unknown, logits: unknown): "probs" | "logits" {
    if ((probs === null) === (logits === null)) throw new ValueError(NEITHER);
    const name = probs === null ? "logits" : "probs";
    Object.defineProperty(this, "givenAsLogits", { value: name === "logits", enumerable: false });
    return name;
  }
}
