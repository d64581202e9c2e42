// Invertible functions of tensors, with the logarithm of how they stretch: torch.distributions.transforms.
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { Float } from "../base/dtype.ts";
import { finfo } from "../base/dtype_info.ts";
import { AssertionError, NotImplementedError, ValueError } from "../base/errors.ts";
import { numel } from "../base/layout.ts";
import { pad } from "../nn/functional/index.ts";
import { cholesky } from "../ops/linalg/index.ts";
import { logsigmoid, softplus } from "../ops/nn/activation/activation.ts";
import { cat, stack } from "../ops/views/joining.ts";
import { broadcast_shapes } from "../ops/views/variadic.ts";
import { Tensor } from "../tensor/tensor.ts";
import * as constraints from "./constraints.ts";
import type { Constraint } from "./constraints.ts";
import { broadcastAll, keep, sumRightmost } from "./parameters.ts";
import type { Param } from "./parameters.ts";
import { eyeLike, fromTril, tril } from "./triangles.ts";

const CACHE = "with_cache(int cache_size=1) -> Transform";

type Shape = readonly number[];
const { independent, real, real_vector, simplex } = constraints;

/**
 * An invertible function, as `torch.distributions.transforms.Transform`. A subclass has `_call`, `_inverse` and
 * `log_abs_det_jacobian`; with a cache of size 1 the inverse of the last result is what it came of, exactly.
 * @example
 * const t = new ExpTransform();
 * t.inv.apply(t.apply(x)); // x
 */
export abstract class Transform {
  readonly _cache_size: number;
  private last: readonly [x: Tensor, y: Tensor] | null = null;
  private inverse: Transform | null = null;
  constructor(cache_size = 0) {
    if (cache_size !== 0 && cache_size !== 1) throw new ValueError("cache_size must be 0 or 1");
    this._cache_size = cache_size;
  }
  get domain(): Constraint {
    return real;
  }
  get codomain(): Constraint {
    return real;
  }
  /** Whether each value comes of one. */
  get bijective(): boolean {
    return true;
  }
  /** 1 if it rises everywhere, -1 if it falls. */
  get sign(): Tensor | number {
    throw new NotImplementedError("");
  }
  get event_dim(): number {
    if (this.domain.event_dim === this.codomain.event_dim) return this.domain.event_dim;
    throw new ValueError("Please use either .domain.event_dim or .codomain.event_dim");
  }
  get inv(): Transform {
    return (this.inverse ??= new _InverseTransform(this));
  }
  /** The same with a cache of that size. */
  with_cache(...args: Arguments<typeof CACHE>): Transform {
    const { cache_size } = bindArguments(CACHE, args, `${this.constructor.name}.with_cache`);
    if (this._cache_size === cache_size) return this;
    const made = Object.create(Object.getPrototypeOf(this) as object) as Transform;
    Object.defineProperties(made, Object.getOwnPropertyDescriptors(this));
    return Object.assign(made, { _cache_size: cache_size, last: null, inverse: null });
  }
  equals(other: unknown): boolean {
    return this === other;
  }
  /** y of x: Python's `t(x)`. */
  apply(x: Tensor): Tensor {
    if (this.last !== null && this.last[0] === x) return this.last[1];
    const y = this._call(x);
    if (this._cache_size > 0) this.last = [x, y];
    return y;
  }
  _inv_call(y: Tensor): Tensor {
    if (this.last !== null && this.last[1] === y) return this.last[0];
    const x = this._inverse(y);
    if (this._cache_size > 0) this.last = [x, y];
    return x;
  }
  _call(_x: Tensor): Tensor {
    throw new NotImplementedError("");
  }
  _inverse(_y: Tensor): Tensor {
    throw new NotImplementedError("");
  }
  /** log |det dy / dx|. */
  log_abs_det_jacobian(_x: Tensor, _y: Tensor): Tensor {
    throw new NotImplementedError("");
  }
  forward_shape(shape: Shape): number[] {
    return [...shape];
  }
  inverse_shape(shape: Shape): number[] {
    return [...shape];
  }
  toString(): string {
    return `${this.constructor.name}()`;
  }
}
const sameClass = (a: Transform, b: unknown): boolean =>
  typeof b === "object" && b !== null && a.constructor === b.constructor;
/** A transform without parameters, which any other of its class equals. */
abstract class Fixed extends Transform {
  override equals(other: unknown): boolean {
    return sameClass(this, other);
  }
}
abstract class Rising extends Fixed {
  override get sign(): number {
    return 1;
  }
}
export class _InverseTransform extends Transform {
  readonly _inv: Transform;
  constructor(transform: Transform) {
    super(transform._cache_size);
    this._inv = transform;
  }
  override get domain(): Constraint {
    return this._inv.codomain;
  }
  override get codomain(): Constraint {
    return this._inv.domain;
  }
  override get bijective(): boolean {
    return this._inv.bijective;
  }
  override get sign(): Tensor | number {
    return this._inv.sign;
  }
  override get inv(): Transform {
    return this._inv;
  }
  override with_cache(...args: Arguments<typeof CACHE>): Transform {
    return this._inv.with_cache(...args).inv;
  }
  override equals(other: unknown): boolean {
    return other instanceof _InverseTransform && this._inv.equals(other._inv);
  }
  override apply(x: Tensor): Tensor {
    return this._inv._inv_call(x);
  }
  override _inv_call(y: Tensor): Tensor {
    return this._inv.apply(y);
  }
  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    return this._inv.log_abs_det_jacobian(y, x).neg();
  }
  override forward_shape(shape: Shape): number[] {
    return this._inv.inverse_shape(shape);
  }
  override inverse_shape(shape: Shape): number[] {
    return this._inv.forward_shape(shape);
  }
  override toString(): string {
    return `_InverseTransform(${String(this._inv)})`;
  }
}
/** Several, one after the other. */
export class ComposeTransform extends Transform {
  readonly parts: readonly Transform[];
  private back: ComposeTransform | null = null;
  constructor(parts: readonly Transform[], cache_size = 0) {
    super(cache_size);
    this.parts = cache_size > 0 ? parts.map((part) => part.with_cache(cache_size)) : [...parts];
  }
  override equals(other: unknown): boolean {
    return (
      other instanceof ComposeTransform &&
      other.parts.length === this.parts.length &&
      this.parts.every((part, i) => part.equals(other.parts[i]))
    );
  }
  override get domain(): Constraint {
    if (this.parts.length === 0) return real;
    const { domain } = this.parts[0];
    let dims = this.parts.at(-1)!.codomain.event_dim;
    for (const part of [...this.parts].reverse())
      dims = Math.max(dims + part.domain.event_dim - part.codomain.event_dim, part.domain.event_dim);
    return dims > domain.event_dim ? independent(domain, dims - domain.event_dim) : domain;
  }
  override get codomain(): Constraint {
    if (this.parts.length === 0) return real;
    const { codomain } = this.parts.at(-1)!;
    let dims = this.parts[0].domain.event_dim;
    for (const part of this.parts)
      dims = Math.max(dims + part.codomain.event_dim - part.domain.event_dim, part.codomain.event_dim);
    return dims > codomain.event_dim ? independent(codomain, dims - codomain.event_dim) : codomain;
  }
  override get bijective(): boolean {
    return this.parts.every((part) => part.bijective);
  }
  override get sign(): Tensor | number {
    return this.parts.reduce<Tensor | number>((sign, part) => product(sign, part.sign), 1);
  }
  override get inv(): Transform {
    if (this.back === null) {
      this.back = new ComposeTransform([...this.parts].reverse().map((part) => part.inv));
      this.back.back = this;
    }
    return this.back;
  }
  override with_cache(...args: Arguments<typeof CACHE>): Transform {
    const { cache_size } = bindArguments(CACHE, args, "ComposeTransform.with_cache");
    return this._cache_size === cache_size ? this : new ComposeTransform(this.parts, cache_size);
  }
  override apply(x: Tensor): Tensor {
    return this.parts.reduce((y, part) => part.apply(y), x);
  }
  override _inv_call(y: Tensor): Tensor {
    return this.inv.apply(y);
  }
  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    if (this.parts.length === 0) return x.mul(0);
    const xs = [x];
    for (const part of this.parts.slice(0, -1)) xs.push(part.apply(xs.at(-1)!));
    xs.push(y);
    let dims = this.domain.event_dim;
    return this.parts
      .map((part, i) => {
        const term = sumRightmost(part.log_abs_det_jacobian(xs[i], xs[i + 1]), dims - part.domain.event_dim);
        dims += part.codomain.event_dim - part.domain.event_dim;
        return term;
      })
      .reduce((a, b) => a.add(b));
  }
  override forward_shape(shape: Shape): number[] {
    return this.parts.reduce((s, part) => part.forward_shape(s), [...shape]);
  }
  override inverse_shape(shape: Shape): number[] {
    return this.parts.reduceRight((s, part) => part.inverse_shape(s), [...shape]);
  }
  override toString(): string {
    return `ComposeTransform(\n    ${this.parts.map(String).join(",\n    ")}\n)`;
  }
}
const product = (a: Tensor | number, b: Tensor | number): Tensor | number =>
  a instanceof Tensor ? a.mul(b) : b instanceof Tensor ? b.mul(a) : a * b;
export const identity_transform: ComposeTransform = new ComposeTransform([]);

/** Another transform, more dims at the end of which make one event. */
export class IndependentTransform extends Transform {
  readonly base_transform: Transform;
  readonly reinterpreted_batch_ndims: number;
  constructor(base_transform: Transform, reinterpreted_batch_ndims: number, cache_size = 0) {
    super(cache_size);
    this.base_transform = base_transform.with_cache(cache_size);
    this.reinterpreted_batch_ndims = Number(reinterpreted_batch_ndims);
  }
  override get domain(): Constraint {
    return independent(this.base_transform.domain, this.reinterpreted_batch_ndims);
  }
  override get codomain(): Constraint {
    return independent(this.base_transform.codomain, this.reinterpreted_batch_ndims);
  }
  override get bijective(): boolean {
    return this.base_transform.bijective;
  }
  override get sign(): Tensor | number {
    return this.base_transform.sign;
  }
  override _call(x: Tensor): Tensor {
    if (x.dim() < this.domain.event_dim) throw new ValueError("Too few dimensions on input");
    return this.base_transform.apply(x);
  }
  override _inverse(y: Tensor): Tensor {
    if (y.dim() < this.codomain.event_dim) throw new ValueError("Too few dimensions on input");
    return this.base_transform.inv.apply(y);
  }
  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    return sumRightmost(this.base_transform.log_abs_det_jacobian(x, y), this.reinterpreted_batch_ndims);
  }
  override forward_shape(shape: Shape): number[] {
    return this.base_transform.forward_shape(shape);
  }
  override inverse_shape(shape: Shape): number[] {
    return this.base_transform.inverse_shape(shape);
  }
  override toString(): string {
    return `IndependentTransform(${String(this.base_transform)}, ${this.reinterpreted_batch_ndims})`;
  }
}
/** The dims at the end in another shape. */
export class ReshapeTransform extends Transform {
  readonly in_shape: Shape;
  readonly out_shape: Shape;
  constructor(in_shape: Shape, out_shape: Shape, cache_size = 0) {
    super(cache_size);
    this.in_shape = [...in_shape];
    this.out_shape = [...out_shape];
    if (numel(in_shape) !== numel(out_shape))
      throw new ValueError("in_shape, out_shape have different numbers of elements");
  }
  override get domain(): Constraint {
    return independent(real, this.in_shape.length);
  }
  override get codomain(): Constraint {
    return independent(real, this.out_shape.length);
  }
  override _call(x: Tensor): Tensor {
    return x.reshape([...x.shape.slice(0, x.dim() - this.in_shape.length), ...this.out_shape]);
  }
  override _inverse(y: Tensor): Tensor {
    return y.reshape([...y.shape.slice(0, y.dim() - this.out_shape.length), ...this.in_shape]);
  }
  override log_abs_det_jacobian(x: Tensor): Tensor {
    return x.new_zeros(x.shape.slice(0, x.dim() - this.in_shape.length));
  }
  override forward_shape(shape: Shape): number[] {
    return exchanged(shape, this.in_shape, this.out_shape);
  }
  override inverse_shape(shape: Shape): number[] {
    return exchanged(shape, this.out_shape, this.in_shape);
  }
}
function exchanged(shape: Shape, from: Shape, to: Shape): number[] {
  if (shape.length < from.length) throw new ValueError("Too few dimensions on input");
  const cut = shape.length - from.length;
  if (String(shape.slice(cut)) !== String(from))
    throw new ValueError(`Shape mismatch: expected (${shape.slice(cut).join(", ")}) but got (${from.join(", ")})`);
  return [...shape.slice(0, cut), ...to];
}

/** y = exp(x). */
export class ExpTransform extends Rising {
  override get codomain(): Constraint {
    return constraints.positive;
  }
  override _call(x: Tensor): Tensor {
    return x.exp();
  }
  override _inverse(y: Tensor): Tensor {
    return y.log();
  }
  override log_abs_det_jacobian(x: Tensor): Tensor {
    return x;
  }
}
/** y = x^exponent. */
export class PowerTransform extends Transform {
  readonly exponent: Tensor;
  constructor(exponent: Param, cache_size = 0) {
    super(cache_size);
    [this.exponent] = broadcastAll(exponent);
  }
  override get domain(): Constraint {
    return constraints.positive;
  }
  override get codomain(): Constraint {
    return constraints.positive;
  }
  override get sign(): Tensor {
    return this.exponent.sign();
  }
  override equals(other: unknown): boolean {
    return other instanceof PowerTransform && Boolean(this.exponent.eq(other.exponent).all().item());
  }
  override _call(x: Tensor): Tensor {
    return x.pow(this.exponent);
  }
  override _inverse(y: Tensor): Tensor {
    return y.pow(this.exponent.reciprocal());
  }
  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    return this.exponent.mul(y).div(x).abs().log();
  }
  override forward_shape(shape: Shape): number[] {
    return [...broadcast_shapes([...shape], [...this.exponent.shape])];
  }
  override inverse_shape(shape: Shape): number[] {
    return this.forward_shape(shape);
  }
}
function clippedSigmoid(x: Tensor): Tensor {
  const { tiny, eps } = finfo(x.dtype);
  return x.sigmoid().clamp(tiny, 1 - eps);
}
/** y = 1 / (1 + exp(-x)). */
export class SigmoidTransform extends Rising {
  override get codomain(): Constraint {
    return constraints.unit_interval;
  }
  override _call(x: Tensor): Tensor {
    return clippedSigmoid(x);
  }
  override _inverse(y: Tensor): Tensor {
    const { tiny, eps } = finfo(y.dtype);
    const inside = y.clamp(tiny, 1 - eps);
    return inside.log().sub(inside.neg().log1p());
  }
  override log_abs_det_jacobian(x: Tensor): Tensor {
    return softplus(x.neg()).neg().sub(softplus(x));
  }
}
/** y = log(1 + exp(x)). */
export class SoftplusTransform extends Rising {
  override get codomain(): Constraint {
    return constraints.positive;
  }
  override _call(x: Tensor): Tensor {
    return softplus(x);
  }
  override _inverse(y: Tensor): Tensor {
    return y.neg().expm1().neg().log().add(y);
  }
  override log_abs_det_jacobian(x: Tensor): Tensor {
    return softplus(x.neg()).neg();
  }
}
const MINUS_1_TO_1 = constraints.interval(new Float(-1), new Float(1));
/** y = tanh(x). */
export class TanhTransform extends Rising {
  override get codomain(): Constraint {
    return MINUS_1_TO_1;
  }
  override _call(x: Tensor): Tensor {
    return x.tanh();
  }
  override _inverse(y: Tensor): Tensor {
    return y.atanh();
  }
  override log_abs_det_jacobian(x: Tensor): Tensor {
    return x
      .neg()
      .add(Math.LN2)
      .sub(softplus(x.mul(-2)))
      .mul(2);
  }
}
/** y = |x|. */
export class AbsTransform extends Fixed {
  override get codomain(): Constraint {
    return constraints.positive;
  }
  override get bijective(): boolean {
    return false;
  }
  override _call(x: Tensor): Tensor {
    return x.abs();
  }
  override _inverse(y: Tensor): Tensor {
    return y;
  }
}
const scalar = (x: Param | Float): Param => (x instanceof Tensor ? x : Number(x));
const shapeOf = (x: Param): number[] => (x instanceof Tensor ? [...x.shape] : []);
const areEqual = (a: Param, b: Param): boolean =>
  a instanceof Tensor ? Boolean(a.eq(b).all().item()) : b instanceof Tensor ? areEqual(b, a) : a === b;
/** y = loc + scale x. */
export class AffineTransform extends Transform {
  readonly loc: Param;
  readonly scale: Param;
  constructor(loc: Param, scale: Param, event_dim = 0, cache_size = 0) {
    super(cache_size);
    this.loc = scalar(loc);
    this.scale = scalar(scale);
    keep(this, "event_dim", Number(event_dim));
  }
  override get domain(): Constraint {
    return this.event_dim === 0 ? real : independent(real, this.event_dim);
  }
  override get codomain(): Constraint {
    return this.domain;
  }
  override get event_dim(): number {
    return 0;
  }
  override get sign(): Tensor | number {
    return this.scale instanceof Tensor ? this.scale.sign() : Math.sign(this.scale);
  }
  override equals(other: unknown): boolean {
    return other instanceof AffineTransform && areEqual(this.loc, other.loc) && areEqual(this.scale, other.scale);
  }
  override _call(x: Tensor): Tensor {
    return x.mul(this.scale).add(this.loc);
  }
  override _inverse(y: Tensor): Tensor {
    return y.sub(this.loc).div(this.scale);
  }
  override log_abs_det_jacobian(x: Tensor): Tensor {
    const { scale, event_dim } = this;
    const log = scale instanceof Tensor ? scale.abs().log() : x.new_full(x.shape, Math.log(Math.abs(scale)));
    return sumRightmost(log, event_dim).expand(x.shape.slice(0, x.dim() - event_dim));
  }
  override forward_shape(shape: Shape): number[] {
    return [...broadcast_shapes([...shape], shapeOf(this.loc), shapeOf(this.scale))];
  }
  override inverse_shape(shape: Shape): number[] {
    return this.forward_shape(shape);
  }
}
/** Of n (n - 1) / 2 numbers the Cholesky factor of a matrix of correlations, by tanh and stick breaking. */
export class CorrCholeskyTransform extends Transform {
  override get domain(): Constraint {
    return real_vector;
  }
  override get codomain(): Constraint {
    return constraints.corr_cholesky;
  }
  override _call(x: Tensor): Tensor {
    const { eps } = finfo(x.dtype);
    const r = fromTril(x.tanh().clamp(-1 + eps, 1 - eps), -1);
    const rest = r.square().neg().add(1).sqrt().cumprod(-1);
    return r.add(eyeLike(r)).mul(pad(rest.narrow(-1, 0, r.size(-1) - 1), [1, 0], { value: 1 }));
  }
  override _inverse(y: Tensor): Tensor {
    const rest = y.square().cumsum(-1).neg().add(1);
    const shifted = pad(rest.narrow(-1, 0, y.size(-1) - 1), [1, 0], { value: 1 });
    const t = tril(y, -1).div(tril(shifted, -1).sqrt());
    return t.log1p().sub(t.neg().log1p()).div(2);
  }
  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    const sticks = tril(y.square().cumsum(-1).neg().add(1), -2).log().sum(-1).mul(0.5);
    return sticks.sub(
      x
        .add(softplus(x.mul(-2)))
        .sub(Math.LN2)
        .sum(-1)
        .mul(2),
    );
  }
  override forward_shape(shape: Shape): number[] {
    if (shape.length < 1) throw new ValueError("Too few dimensions on input");
    const n = shape.at(-1)!;
    const d = Math.round((0.25 + 2 * n) ** 0.5 + 0.5);
    if ((d * (d - 1)) / 2 !== n) throw new ValueError("Input is not a flattened lower-diagonal number");
    return [...shape.slice(0, -1), d, d];
  }
  override inverse_shape(shape: Shape): number[] {
    if (shape.length < 2) throw new ValueError("Too few dimensions on input");
    const d = shape.at(-1)!;
    if (shape.at(-2) !== d) throw new ValueError("Input is not square");
    return [...shape.slice(0, -2), (d * (d - 1)) / 2];
  }
}
function needsDim(shape: Shape): number[] {
  if (shape.length < 1) throw new ValueError("Too few dimensions on input");
  return [...shape];
}
/** y = exp(x) over its sum along the last dim. */
export class SoftmaxTransform extends Fixed {
  override get domain(): Constraint {
    return real_vector;
  }
  override get codomain(): Constraint {
    return simplex;
  }
  override get bijective(): boolean {
    return false;
  }
  override _call(x: Tensor): Tensor {
    const weights = x.sub(x.amax(-1, true)).exp();
    return weights.div(weights.sum(-1, true));
  }
  override _inverse(y: Tensor): Tensor {
    return y.log();
  }
  override forward_shape(shape: Shape): number[] {
    return needsDim(shape);
  }
  override inverse_shape(shape: Shape): number[] {
    return needsDim(shape);
  }
}
/** Of n numbers n + 1 shares: each takes its part of what the others left. */
export class StickBreakingTransform extends Fixed {
  override get domain(): Constraint {
    return real_vector;
  }
  override get codomain(): Constraint {
    return simplex;
  }
  override _call(x: Tensor): Tensor {
    const z = clippedSigmoid(x.sub(remaining(x, x.size(-1)).log()));
    return pad(z, [0, 1], { value: 1 }).mul(pad(z.neg().add(1).cumprod(-1), [1, 0], { value: 1 }));
  }
  override _inverse(y: Tensor): Tensor {
    const n = y.size(-1) - 1;
    const cropped = y.narrow(-1, 0, n);
    const rest = cropped.cumsum(-1).neg().add(1).clamp(finfo(y.dtype).tiny);
    return cropped.log().sub(rest.log()).add(remaining(y, n).log());
  }
  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    const shifted = x.sub(remaining(x, x.size(-1)).log());
    return logsigmoid(shifted)
      .sub(shifted)
      .add(y.narrow(-1, 0, x.size(-1)).log())
      .sum(-1);
  }
  override forward_shape(shape: Shape): number[] {
    return [...needsDim(shape).slice(0, -1), shape.at(-1)! + 1];
  }
  override inverse_shape(shape: Shape): number[] {
    return [...needsDim(shape).slice(0, -1), shape.at(-1)! - 1];
  }
}
/** n, n - 1, …, 1. */
const remaining = (like: Tensor, n: number): Tensor =>
  like
    .new_ones([n])
    .cumsum(-1)
    .neg()
    .add(n + 1);
/** The diagonal by exp, what is below as it is: factors of positive definite matrices. */
export class LowerCholeskyTransform extends Fixed {
  override get domain(): Constraint {
    return independent(real, 2);
  }
  override get codomain(): Constraint {
    return constraints.lower_cholesky;
  }
  override get bijective(): boolean {
    return false;
  }
  override _call(x: Tensor): Tensor {
    return x.tril(-1).add(x.diagonal({ dim1: -2, dim2: -1 }).exp().diag_embed());
  }
  override _inverse(y: Tensor): Tensor {
    return y.tril(-1).add(y.diagonal({ dim1: -2, dim2: -1 }).log().diag_embed());
  }
}
/** {@link LowerCholeskyTransform}, times its transpose. */
export class PositiveDefiniteTransform extends Fixed {
  override get domain(): Constraint {
    return independent(real, 2);
  }
  override get codomain(): Constraint {
    return constraints.positive_definite;
  }
  override get bijective(): boolean {
    return false;
  }
  override _call(x: Tensor): Tensor {
    const factor = new LowerCholeskyTransform().apply(x);
    return factor.matmul(factor.mT);
  }
  override _inverse(y: Tensor): Tensor {
    return new LowerCholeskyTransform().inv.apply(cholesky(y));
  }
}
abstract class OfSeveral extends Transform {
  readonly transforms: readonly Transform[];
  readonly dim: number;
  constructor(tseq: readonly Transform[], dim: number, cache_size: number) {
    super(cache_size);
    if (!tseq.every((t) => t instanceof Transform))
      throw new AssertionError("All elements of tseq must be Transform instances");
    this.transforms = cache_size > 0 ? tseq.map((t) => t.with_cache(cache_size)) : [...tseq];
    this.dim = Number(dim);
  }
  override get bijective(): boolean {
    return this.transforms.every((t) => t.bijective);
  }
}
/** Parts along a dim, each by a transform of its own. */
export class CatTransform extends OfSeveral {
  readonly lengths: readonly number[];
  constructor(tseq: readonly Transform[], dim = 0, lengths: readonly number[] | null = null, cache_size = 0) {
    super(tseq, dim, cache_size);
    this.lengths = lengths ?? tseq.map(() => 1);
  }
  get length(): number {
    return this.lengths.reduce((a, b) => a + b, 0);
  }
  override get event_dim(): number {
    return Math.max(...this.transforms.map((t) => t.event_dim));
  }
  override get domain(): Constraint {
    return constraints.cat(
      this.transforms.map((t) => t.domain),
      this.dim,
      this.lengths,
    );
  }
  override get codomain(): Constraint {
    return constraints.cat(
      this.transforms.map((t) => t.codomain),
      this.dim,
      this.lengths,
    );
  }
  private parts(x: Tensor): Tensor[] {
    if (x.size(this.dim) !== this.length)
      throw new AssertionError(`x.size(${this.dim}) = ${x.size(this.dim)} must equal length ${this.length}`);
    let start = 0;
    return this.lengths.map((n) => x.narrow(this.dim, (start += n) - n, n));
  }
  override _call(x: Tensor): Tensor {
    return cat(
      this.parts(x).map((part, i) => this.transforms[i].apply(part)),
      this.dim,
    );
  }
  override _inverse(y: Tensor): Tensor {
    return cat(
      this.parts(y).map((part, i) => this.transforms[i].inv.apply(part)),
      this.dim,
    );
  }
  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    const ys = this.parts(y);
    const logs = this.parts(x).map((part, i) => {
      const t = this.transforms[i];
      return sumRightmost(t.log_abs_det_jacobian(part, ys[i]), this.event_dim - t.event_dim);
    });
    const dim = (this.dim >= 0 ? this.dim - x.dim() : this.dim) + this.event_dim;
    return dim < 0 ? cat(logs, dim) : logs.reduce((a, b) => a.add(b));
  }
}
/** Slices along a dim, each by a transform of its own. */
export class StackTransform extends OfSeveral {
  constructor(tseq: readonly Transform[], dim = 0, cache_size = 0) {
    super(tseq, dim, cache_size);
  }
  override get domain(): Constraint {
    return constraints.stack(
      this.transforms.map((t) => t.domain),
      this.dim,
    );
  }
  override get codomain(): Constraint {
    return constraints.stack(
      this.transforms.map((t) => t.codomain),
      this.dim,
    );
  }
  private each(x: Tensor, f: (slice: Tensor, t: Transform, i: number) => Tensor): Tensor {
    if (x.size(this.dim) !== this.transforms.length)
      throw new AssertionError(
        `x.size(${this.dim}) = ${x.size(this.dim)} must equal len(transforms) ${this.transforms.length}`,
      );
    return stack(
      this.transforms.map((t, i) => f(x.select(this.dim, i), t, i)),
      this.dim,
    );
  }
  override _call(x: Tensor): Tensor {
    return this.each(x, (slice, t) => t.apply(slice));
  }
  override _inverse(y: Tensor): Tensor {
    return this.each(y, (slice, t) => t.inv.apply(slice));
  }
  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    return this.each(x, (slice, t, i) => t.log_abs_det_jacobian(slice, y.select(this.dim, i)));
  }
}
/** What of a distribution this transform is made of. */
interface Cumulative {
  readonly support: Constraint;
  cdf(x: Tensor): Tensor;
  icdf(x: Tensor): Tensor;
  log_prob(x: Tensor): Tensor;
}
/** y = the cumulative distribution at x. */
export class CumulativeDistributionTransform extends Transform {
  readonly distribution: Cumulative;
  constructor(distribution: Cumulative, cache_size = 0) {
    super(cache_size);
    this.distribution = distribution;
  }
  override get domain(): Constraint {
    return this.distribution.support;
  }
  override get codomain(): Constraint {
    return constraints.unit_interval;
  }
  override get sign(): number {
    return 1;
  }
  override _call(x: Tensor): Tensor {
    return this.distribution.cdf(x);
  }
  override _inverse(y: Tensor): Tensor {
    return this.distribution.icdf(y);
  }
  override log_abs_det_jacobian(x: Tensor): Tensor {
    return this.distribution.log_prob(x);
  }
}
