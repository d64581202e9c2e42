// Distributions for Python, which has classes of its own for them; those that programs write answer the library's calls.
import * as D from "../distributions/index.ts";
import { Distribution, Transform } from "../distributions/index.ts";
import { Constraint } from "../distributions/constraints.ts";
import { broadcastAll, clampProbs } from "../distributions/parameters.ts";
import { NotImplementedError } from "../base/errors.ts";
import { fromTril, tril } from "../distributions/triangles.ts";
import type { Tensor } from "../tensor/tensor.ts";

type Answer = (name: string, ...args: unknown[]) => unknown;
type Kind = "distribution" | "constraint" | "transform";
type AnyClass = (new (...args: unknown[]) => object) & { readonly prototype: object };
const spaces: Readonly<Record<Kind, Readonly<Record<string, unknown>>>> = {
  distribution: D,
  constraint: D.constraints,
  transform: D.transforms,
};
const classOf = (kind: Kind, name: string): AnyClass => spaces[kind][name] as AnyClass;

class ForeignDistribution extends Distribution {
  private readonly answer: Answer;
  constructor(batch_shape: number[], event_shape: number[], validate_args: boolean, answer: Answer) {
    super();
    this.answer = answer;
    this.begin(batch_shape, event_shape, validate_args);
    this._validate_args = true; // _validate_sample() is called by programs that have asked already
  }
  private ofClass<T>(name: string): T {
    const value = this.answer(name);
    if (value === null || value === undefined) throw new NotImplementedError("");
    return value as T;
  }
  override get arg_constraints(): Readonly<Record<string, Constraint>> {
    return Object.fromEntries(this.ofClass<[string, Constraint][]>("arg_constraints"));
  }
  protected override parameter(name: string): Tensor {
    return this.answer("parameter", name) as Tensor;
  }
  protected override isDerived(name: string): boolean {
    return Boolean(this.answer("is_derived", name));
  }
  protected override className(): string {
    return this.answer("__class__") as string;
  }
  override toString(): string {
    return this.answer("__repr__") as string;
  }
  override get support(): Constraint {
    return this.ofClass("support");
  }
  override get has_rsample(): boolean {
    return Boolean(this.answer("has_rsample"));
  }
  override get mean(): Tensor {
    return this.answer("mean") as Tensor;
  }
  override get mode(): Tensor {
    return this.answer("mode") as Tensor;
  }
  override get variance(): Tensor {
    return this.answer("variance") as Tensor;
  }
  override sample(shape: readonly number[] = []): Tensor {
    return this.answer("sample", shape) as Tensor;
  }
  override rsample(shape: readonly number[] = []): Tensor {
    return this.answer("rsample", shape) as Tensor;
  }
  override log_prob(value: Tensor): Tensor {
    return this.answer("log_prob", value) as Tensor;
  }
  override cdf(value: Tensor): Tensor {
    return this.answer("cdf", value) as Tensor;
  }
  override icdf(value: Tensor): Tensor {
    return this.answer("icdf", value) as Tensor;
  }
  override entropy(): Tensor {
    return this.answer("entropy") as Tensor;
  }
  override expand(shape: readonly number[]): this {
    return this.answer("expand", shape) as this;
  }
}
class ForeignTransform extends Transform {
  private readonly answer: Answer;
  constructor(cache_size: number, answer: Answer) {
    super(cache_size);
    this.answer = answer;
  }
  private own<T>(name: string, otherwise: T): T {
    return this.answer("has", name) === true ? (this.answer(name) as T) : otherwise;
  }
  override get domain(): Constraint {
    return this.own("domain", super.domain);
  }
  override get codomain(): Constraint {
    return this.own("codomain", super.codomain);
  }
  override get bijective(): boolean {
    return this.own("bijective", false);
  }
  override get sign(): Tensor | number {
    return this.own("sign", 1);
  }
  override _call(x: Tensor): Tensor {
    return this.answer("_call", x) as Tensor;
  }
  override _inverse(y: Tensor): Tensor {
    return this.answer("_inverse", y) as Tensor;
  }
  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    return this.answer("log_abs_det_jacobian", x, y) as Tensor;
  }
}

/** "distribution.Normal": the class that Python has for an object; null for what is none of these. */
export function kindOfDistribution(x: object): string | null {
  const kind = x instanceof Distribution ? "distribution" : x instanceof Constraint ? "constraint" : "transform";
  return kind === "transform" && !(x instanceof Transform) ? null : `${kind}.${x.constructor.name}`;
}
/** Distributions whose support depends on their parameters. */
const DEPENDING = new Set(["Binomial", "Categorical", "GeneralizedPareto", "Multinomial", "Pareto", "Uniform"]);
export const distributions = {
  make: (kind: Kind, name: string, ...args: unknown[]): object =>
    new (classOf(kind, name))(...args.map((x) => (kind === "distribution" ? x : (x ?? undefined)))),
  foreign: (kind: Kind, ...args: unknown[]): object =>
    kind === "distribution"
      ? new ForeignDistribution(...(args as [number[], number[], boolean, Answer]))
      : new ForeignTransform(...(args as [number, Answer])),
  /** A member, and whether there is one. */
  member(self: Record<string, unknown>, name: string): unknown[] {
    const value = self[name];
    return value === undefined || typeof value === "function" ? [false, null] : [true, value];
  },
  /** What a class tells without an object of it; what depends on the object is `constraints.dependent`. */
  ofClass(kind: Kind, name: string, member: string): unknown[] {
    const { prototype } = classOf(kind, name) as { prototype: Record<string, unknown> };
    if (!(member in prototype)) return [false, null];
    if (member === "support" ? DEPENDING.has(name) : name === "Uniform" && member === "arg_constraints")
      return [true, D.constraints.dependent];
    try {
      return distributions.member(prototype, member);
    } catch {
      return [true, D.constraints.dependent];
    }
  },
  constraint: (name: string): unknown => (D.constraints as Record<string, unknown>)[name],
  identityTransform: (): object => D.identity_transform,
  transformTo: (registry: "biject_to" | "transform_to", constraint: Constraint): object =>
    (registry === "biject_to" ? D.biject_to : D.transform_to)(constraint),
  klDivergence: (p: Distribution, q: Distribution): Tensor => D.kl_divergence(p, q),
  setValidation: (value: boolean): void => Distribution.set_default_validate_args(value),
  broadcastAll: (...values: unknown[]): Tensor[] => broadcastAll(...values),
  trilMatrixToVec: (matrix: Tensor, diag: number): Tensor => tril(matrix, diag),
  vecToTrilMatrix: (vec: Tensor, diag: number): Tensor => fromTril(vec, diag),
  clampProbs: (probs: Tensor): Tensor => clampProbs(probs),
};
