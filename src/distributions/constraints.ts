// Regions in which parameters and values of distributions are: torch.distributions.constraints.
import { bool, Float } from "../base/dtype.ts";
import { finfo } from "../base/dtype_info.ts";
import { AssertionError, NotImplementedError, ValueError } from "../base/errors.ts";
import { full } from "../ops/creation/creation.ts";
import { cholesky_ex, eigvalsh } from "../ops/linalg/index.ts";
import { cat as joined, stack as stacked } from "../ops/views/joining.ts";
import { Tensor } from "../tensor/tensor.ts";
import { formatted, isNumber, isTrue } from "./parameters.ts";

/** A number, a Python float, or a tensor: the edge of a region. */
export type Bound = number | Float | Tensor;
const plain = (bound: Bound): number | Tensor => (bound instanceof Float ? bound.value : bound);

const boundText = (bound: Bound): string => (bound instanceof Tensor ? formatted(bound) : String(bound));

/** A region. `check` tells of each event whether it is in it; `event_dim` dims at the end make one event. */
export abstract class Constraint {
  get is_discrete(): boolean {
    return false;
  }
  get event_dim(): number {
    return 0;
  }
  abstract check(value: Tensor): Tensor;
  /** What stands between the brackets of its text. */
  protected text(): string {
    return "";
  }
  toString(): string {
    return `${this.constructor.name.replace(/^_/, "")}(${this.text()})`;
  }
}
/** Depends on other parameters. */
export class _Dependent extends Constraint {
  private readonly discrete: boolean | null;
  private readonly dims: number | null;
  constructor(options: { is_discrete?: boolean; event_dim?: number } = {}) {
    super();
    this.discrete = options.is_discrete ?? null;
    this.dims = options.event_dim ?? null;
  }
  override get is_discrete(): boolean {
    if (this.discrete === null) throw new NotImplementedError(".is_discrete cannot be determined statically");
    return this.discrete;
  }
  override get event_dim(): number {
    if (this.dims === null) throw new NotImplementedError(".event_dim cannot be determined statically");
    return this.dims;
  }
  override check(): Tensor {
    throw new ValueError("Cannot determine validity of dependent constraint");
  }
}
abstract class Discrete extends Constraint {
  override get is_discrete(): boolean {
    return true;
  }
}
const isWhole = (value: Tensor): Tensor => value.remainder(1).eq(0);
const both = (a: Tensor, b: Tensor): Tensor => a.logical_and(b);
const within = (value: Tensor, low: Bound, high: Bound): Tensor => both(value.ge(plain(low)), value.le(plain(high)));

export class _Boolean extends Discrete {
  override check(value: Tensor): Tensor {
    return value.eq(0).logical_or(value.eq(1));
  }
}
export class _OneHot extends Discrete {
  override get event_dim(): number {
    return 1;
  }
  override check(value: Tensor): Tensor {
    return both(value.eq(0).logical_or(value.eq(1)).all(-1), value.sum(-1).eq(1));
  }
}
abstract class Between extends Constraint {
  readonly lower_bound: Bound;
  readonly upper_bound: Bound;
  constructor(lower_bound: Bound, upper_bound: Bound) {
    super();
    this.lower_bound = lower_bound;
    this.upper_bound = upper_bound;
  }
  protected override text(): string {
    return `lower_bound=${boundText(this.lower_bound)}, upper_bound=${boundText(this.upper_bound)}`;
  }
}
export class _IntegerInterval extends Between {
  override get is_discrete(): boolean {
    return true;
  }
  override check(value: Tensor): Tensor {
    return both(isWhole(value), within(value, this.lower_bound, this.upper_bound));
  }
}
export class _Interval extends Between {
  override check(value: Tensor): Tensor {
    return within(value, this.lower_bound, this.upper_bound);
  }
}
export class _HalfOpenInterval extends Between {
  override check(value: Tensor): Tensor {
    return both(value.ge(plain(this.lower_bound)), value.lt(plain(this.upper_bound)));
  }
}
abstract class Above extends Constraint {
  readonly lower_bound: Bound;
  constructor(lower_bound: Bound) {
    super();
    this.lower_bound = lower_bound;
  }
  protected override text(): string {
    return `lower_bound=${boundText(this.lower_bound)}`;
  }
}
export class _IntegerGreaterThan extends Above {
  override get is_discrete(): boolean {
    return true;
  }
  override check(value: Tensor): Tensor {
    return both(isWhole(value), value.ge(plain(this.lower_bound)));
  }
}
export class _GreaterThan extends Above {
  override check(value: Tensor): Tensor {
    return value.gt(plain(this.lower_bound));
  }
}
export class _GreaterThanEq extends Above {
  override check(value: Tensor): Tensor {
    return value.ge(plain(this.lower_bound));
  }
}
abstract class Below extends Constraint {
  readonly upper_bound: Bound;
  constructor(upper_bound: Bound) {
    super();
    this.upper_bound = upper_bound;
  }
  protected override text(): string {
    return `upper_bound=${boundText(this.upper_bound)}`;
  }
}
export class _LessThan extends Below {
  override check(value: Tensor): Tensor {
    return value.lt(plain(this.upper_bound));
  }
}
export class _Multinomial extends Below {
  override get is_discrete(): boolean {
    return true;
  }
  override get event_dim(): number {
    return 1;
  }
  override check(value: Tensor): Tensor {
    return both(value.ge(0).all(-1), value.sum(-1).le(plain(this.upper_bound)));
  }
  protected override text(): string {
    return "";
  }
}
export class _Real extends Constraint {
  override check(value: Tensor): Tensor {
    return value.eq(value); // not for NaN
  }
}
export class _Simplex extends Constraint {
  override get event_dim(): number {
    return 1;
  }
  override check(value: Tensor): Tensor {
    return both(value.ge(0).all(-1), value.sum(-1).sub(1).abs().lt(1e-6));
  }
}
abstract class OfMatrices extends Constraint {
  override get event_dim(): number {
    return 2;
  }
}
const isLowerTriangular = (value: Tensor): Tensor =>
  value
    .tril()
    .eq(value)
    .reshape([...value.shape.slice(0, -2), -1])
    .all(-1);
export class _LowerTriangular extends OfMatrices {
  override check(value: Tensor): Tensor {
    return isLowerTriangular(value);
  }
}
export class _LowerCholesky extends OfMatrices {
  override check(value: Tensor): Tensor {
    return both(isLowerTriangular(value), value.diagonal({ dim1: -2, dim2: -1 }).gt(0).all(-1));
  }
}
export class _CorrCholesky extends _LowerCholesky {
  override check(value: Tensor): Tensor {
    const tolerance = finfo(value.dtype).eps * value.size(-1) * 10;
    const norms = value.detach().square().sum(-1).sqrt();
    return both(super.check(value), norms.sub(1).abs().le(tolerance).all(-1));
  }
}
export class _Square extends OfMatrices {
  override check(value: Tensor): Tensor {
    return full(value.shape.slice(0, -2), value.size(-2) === value.size(-1), { dtype: bool });
  }
}
export class _Symmetric extends _Square {
  override check(value: Tensor): Tensor {
    const square = super.check(value);
    return isTrue(square) ? value.isclose(value.mT, { atol: 1e-6 }).all(-2).all(-1) : square;
  }
}
export class _PositiveSemidefinite extends _Symmetric {
  override check(value: Tensor): Tensor {
    const symmetric = super.check(value);
    return isTrue(symmetric) ? eigvalsh(value).ge(0).all(-1) : symmetric;
  }
}
export class _PositiveDefinite extends _Symmetric {
  override check(value: Tensor): Tensor {
    const symmetric = super.check(value);
    return isTrue(symmetric) ? cholesky_ex(value).info.eq(0) : symmetric;
  }
}
function assertConstraint(x: unknown): asserts x is Constraint {
  if (!(x instanceof Constraint)) throw new AssertionError("base_constraint must be a Constraint");
}
/** Whether the last `dims` dims of what a constraint tells are true. */
function overLast(result: Tensor, dims: number): Tensor {
  return result.reshape([...result.shape.slice(0, result.dim() - dims), -1]).all(-1);
}
export class _IndependentConstraint extends Constraint {
  readonly base_constraint: Constraint;
  readonly reinterpreted_batch_ndims: number;
  constructor(base_constraint: Constraint, reinterpreted_batch_ndims: number) {
    super();
    assertConstraint(base_constraint);
    this.base_constraint = base_constraint;
    this.reinterpreted_batch_ndims = Number(reinterpreted_batch_ndims);
  }
  override get is_discrete(): boolean {
    return this.base_constraint.is_discrete;
  }
  override get event_dim(): number {
    return this.base_constraint.event_dim + this.reinterpreted_batch_ndims;
  }
  override check(value: Tensor): Tensor {
    const result = this.base_constraint.check(value);
    if (result.dim() < this.reinterpreted_batch_ndims)
      throw new ValueError(`Expected value.dim() >= ${this.event_dim} but got ${value.dim()}`);
    return overLast(result, this.reinterpreted_batch_ndims);
  }
  protected override text(): string {
    return `${String(this.base_constraint)}, ${this.reinterpreted_batch_ndims}`;
  }
}
export class MixtureSameFamilyConstraint extends Constraint {
  readonly base_constraint: Constraint;
  constructor(base_constraint: Constraint) {
    super();
    assertConstraint(base_constraint);
    this.base_constraint = base_constraint;
  }
  override get is_discrete(): boolean {
    return this.base_constraint.is_discrete;
  }
  override get event_dim(): number {
    return this.base_constraint.event_dim;
  }
  override check(value: Tensor): Tensor {
    const result = this.base_constraint.check(value.unsqueeze(-1 - this.event_dim));
    const kept = value.dim() - this.event_dim;
    return result.reshape([...result.shape.slice(0, kept), -1]).all(-1);
  }
  protected override text(): string {
    return String(this.base_constraint);
  }
}
abstract class OfSeveral extends Constraint {
  readonly cseq: readonly Constraint[];
  readonly dim: number;
  constructor(cseq: readonly Constraint[], dim = 0) {
    super();
    if (!cseq.every((c) => c instanceof Constraint))
      throw new AssertionError("All elements of cseq must be Constraint instances");
    this.cseq = [...cseq];
    this.dim = Number(dim);
  }
  override get is_discrete(): boolean {
    return this.cseq.some((c) => c.is_discrete);
  }
  override get event_dim(): number {
    return Math.max(...this.cseq.map((c) => c.event_dim));
  }
}
export class _Cat extends OfSeveral {
  readonly lengths: readonly number[];
  constructor(cseq: readonly Constraint[], dim = 0, lengths: readonly number[] | null = null) {
    super(cseq, dim);
    this.lengths = lengths ?? cseq.map(() => 1);
  }
  override check(value: Tensor): Tensor {
    let start = 0;
    const parts = this.cseq.map((c, i) =>
      c.check(value.narrow(this.dim, (start += this.lengths[i]) - this.lengths[i], this.lengths[i])),
    );
    return joined(parts, this.dim);
  }
}
export class _Stack extends OfSeveral {
  override get event_dim(): number {
    const dims = super.event_dim;
    return this.dim + dims < 0 ? dims + 1 : dims;
  }
  override check(value: Tensor): Tensor {
    return stacked(
      this.cseq.map((c, i) => c.check(value.select(this.dim, i))),
      this.dim,
    );
  }
}

const float = (x: number): Float => new Float(x);
export const dependent: _Dependent = new _Dependent();
export const independent = (base: Constraint, dims: number): Constraint => new _IndependentConstraint(base, dims);
export const boolean: Constraint = new _Boolean();
export const one_hot: Constraint = new _OneHot();
export const nonnegative_integer: Constraint = new _IntegerGreaterThan(0);
export const positive_integer: Constraint = new _IntegerGreaterThan(1);
export const integer_interval = (low: Bound, high: Bound): Constraint => new _IntegerInterval(low, high);
export const real: Constraint = new _Real();
export const real_vector: Constraint = independent(real, 1);
export const positive: Constraint = new _GreaterThan(float(0));
export const nonnegative: Constraint = new _GreaterThanEq(float(0));
export const greater_than = (low: Bound): Constraint => new _GreaterThan(low);
export const greater_than_eq = (low: Bound): Constraint => new _GreaterThanEq(low);
export const less_than = (high: Bound): Constraint => new _LessThan(high);
export const multinomial = (high: Bound): Constraint => new _Multinomial(high);
export const unit_interval: Constraint = new _Interval(float(0), float(1));
export const interval = (low: Bound, high: Bound): Constraint => new _Interval(low, high);
export const half_open_interval = (low: Bound, high: Bound): Constraint => new _HalfOpenInterval(low, high);
export const simplex: Constraint = new _Simplex();
export const lower_triangular: Constraint = new _LowerTriangular();
export const lower_cholesky: Constraint = new _LowerCholesky();
export const corr_cholesky: Constraint = new _CorrCholesky();
export const square: Constraint = new _Square();
export const symmetric: Constraint = new _Symmetric();
export const positive_semidefinite: Constraint = new _PositiveSemidefinite();
export const positive_definite: Constraint = new _PositiveDefinite();
export const cat = (cseq: readonly Constraint[], dim?: number, lengths?: readonly number[]): Constraint =>
  new _Cat(cseq, dim, lengths);
export const stack = (cseq: readonly Constraint[], dim?: number): Constraint => new _Stack(cseq, dim);
export const is_dependent = (constraint: unknown): boolean => constraint instanceof _Dependent;
/** Whether a bound is that number, which no tensor is. */
export const isBound = (bound: Bound, x: number): boolean => isNumber(bound) && Number(bound) === x;
