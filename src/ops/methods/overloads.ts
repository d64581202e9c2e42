// Names to which PyTorch gives several signatures, or that return a plain value: thin choices among ops.
import type { Scalar } from "../../base/dtype.ts";
import { bool } from "../../base/dtype.ts";
import { RuntimeError, TypeError } from "../../base/errors.ts";
import { sameShape } from "../../base/layout.ts";
import { dynamicShape, refuseBatch } from "../../dispatch/levels.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { _pow_scalar, _where, maximum, minimum } from "../pointwise/arithmetic.ts";
import { typeWord } from "../../tensor/type_word.ts";
import { _max_all, _max_dim, _min_all, _min_dim } from "../reduction/reduction.ts";
import { _median_all, _median_dim, _nanmedian_all, _nanmedian_dim } from "../reduction/sorting.ts";
import { _nonzero } from "../indexing/indexing.ts";

/** `input` where `condition` is true, `other` elsewhere; broadcast. As `torch.where`. */
export function where(
  condition: Tensor,
  input: Tensor | number | bigint | boolean,
  other: Tensor | number | bigint | boolean,
): Tensor;
export function where(condition: Tensor): Tensor[];
export function where(
  condition: Tensor,
  input?: Tensor | number | bigint | boolean,
  other?: Tensor | number | bigint | boolean,
): Tensor | Tensor[] {
  if (input === undefined) refuseBatch(condition, dynamicShape("where"));
  if (input === undefined) return nonzero(condition, { as_tuple: true }) as Tensor[];
  if (other === undefined) throw new TypeError('where() missing 1 required positional argument: "other"');
  if (!(condition instanceof Tensor))
    throw new TypeError(`where(): argument 'condition' (position 1) must be Tensor, not ${typeWord(condition)}`);
  if (condition.dtype !== bool && condition.dtype.name !== "uint8")
    throw new RuntimeError(
      `where expected condition to be a boolean tensor, but got a tensor with dtype ${condition.dtype.legacyName}`,
    );
  return _where(condition, input, other);
}
/**
 * The indices of the elements that are not zero, one row each; with `as_tuple` one tensor a dim, to index with.
 * As `torch.nonzero`.
 */
export function nonzero(input: Tensor, options?: { as_tuple?: false }): Tensor;
export function nonzero(input: Tensor, options: { as_tuple: boolean }): Tensor | Tensor[];
export function nonzero(input: Tensor, { as_tuple = false } = {}): Tensor | Tensor[] {
  if (!as_tuple) return _nonzero(input);
  return _nonzero(input.sizes.length === 0 ? input.reshape([1]) : input).unbind(1);
}
/** `input` to the power of `exponent`; one of the two may be a number. As `torch.pow`. */
export function pow(input: Tensor | Scalar, exponent: Tensor | Scalar): Tensor {
  if (input instanceof Tensor) return input.pow(exponent);
  if (exponent instanceof Tensor) return _pow_scalar(input, exponent);
  throw new TypeError(`pow(): argument 'input' (position 1) must be Tensor, not ${typeWord(input)}`);
}
declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /** The indices of the elements that are not zero, one row each. */
    nonzero(options?: { as_tuple?: false }): Tensor;
    nonzero(options: { as_tuple: boolean }): Tensor | Tensor[];
  }
}
Tensor.prototype.nonzero = function (options?: { as_tuple?: boolean }) {
  return nonzero(this, options as { as_tuple?: false });
};
declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /** Self where `condition` is true, `other` elsewhere. */
    where(condition: Tensor, other: Tensor | number | bigint | boolean): Tensor;
  }
}
Tensor.prototype.where = function (condition, other) {
  return where(condition, this, other);
};

/** Values and where they were found. */
export type ValuesIndices = [Tensor, Tensor] & { readonly values: Tensor; readonly indices: Tensor };
export interface DimOptions {
  dim: number;
  keepdim?: boolean;
}
export interface Extreme {
  /** Of all elements. */
  (): Tensor;
  /** Along `dim`, with the places. */
  (dim: number, keepdim?: boolean | { keepdim?: boolean }): ValuesIndices;
  (options: DimOptions): ValuesIndices;
  /** Of each pair of elements. */
  (other: Tensor): Tensor;
}
type ExtremeArgs = readonly [(Tensor | number | DimOptions)?, (boolean | { keepdim?: boolean })?];
/** One name, several functions: of all elements, along a dim, and of two tensors. */
const EXTREMES = {
  max: { ofAll: _max_all, along: _max_dim, ofTwo: maximum },
  min: { ofAll: _min_all, along: _min_dim, ofTwo: minimum },
  median: { ofAll: _median_all, along: _median_dim, ofTwo: null },
  nanmedian: { ofAll: _nanmedian_all, along: _nanmedian_dim, ofTwo: null },
};
function extremeOf(name: keyof typeof EXTREMES, self: Tensor, [first, second]: ExtremeArgs): Tensor | ValuesIndices {
  const { ofAll, along, ofTwo } = EXTREMES[name];
  if (first === undefined) return ofAll(self);
  if (first instanceof Tensor && ofTwo !== null) return ofTwo(self, first);
  const { dim, keepdim = false } =
    typeof first === "number"
      ? { dim: first, keepdim: typeof second === "object" ? second.keepdim : second }
      : (first as DimOptions);
  return along(self, dim, keepdim) as unknown as ValuesIndices;
}
/** The largest element; along `dim` also its place; with a second tensor the larger of each pair. As `torch.max`. */
export function max(input: Tensor): Tensor;
export function max(input: Tensor, dim: number, keepdim?: boolean | { keepdim?: boolean }): ValuesIndices;
export function max(input: Tensor, options: DimOptions): ValuesIndices;
export function max(input: Tensor, other: Tensor): Tensor;
export function max(input: Tensor, ...args: ExtremeArgs): Tensor | ValuesIndices {
  return extremeOf("max", input, args);
}
/** The smallest element; along `dim` also its place; with a second tensor the smaller of each pair. As `torch.min`. */
export function min(input: Tensor): Tensor;
export function min(input: Tensor, dim: number, keepdim?: boolean | { keepdim?: boolean }): ValuesIndices;
export function min(input: Tensor, options: DimOptions): ValuesIndices;
export function min(input: Tensor, other: Tensor): Tensor;
export function min(input: Tensor, ...args: ExtremeArgs): Tensor | ValuesIndices {
  return extremeOf("min", input, args);
}
declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /** The largest element; along `dim` also its place; with another tensor the larger of each pair. */
    max: Extreme;
    /** The smallest element; along `dim` also its place; with another tensor the smaller of each pair. */
    min: Extreme;
  }
}
/** The median of all elements (the lower one of two); along `dim` also its place. As `torch.median`. */
export function median(input: Tensor): Tensor;
export function median(input: Tensor, dim: number, keepdim?: boolean | { keepdim?: boolean }): ValuesIndices;
export function median(input: Tensor, options: DimOptions): ValuesIndices;
export function median(input: Tensor, ...args: ExtremeArgs): Tensor | ValuesIndices {
  return extremeOf("median", input, args);
}
/** {@link median} of the elements that are not NaN. As `torch.nanmedian`. */
export function nanmedian(input: Tensor): Tensor;
export function nanmedian(input: Tensor, dim: number, keepdim?: boolean | { keepdim?: boolean }): ValuesIndices;
export function nanmedian(input: Tensor, options: DimOptions): ValuesIndices;
export function nanmedian(input: Tensor, ...args: ExtremeArgs): Tensor | ValuesIndices {
  return extremeOf("nanmedian", input, args);
}
declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /** The median of all elements; along `dim` also its place. */
    median: Extreme;
    /** {@link median} of the elements that are not NaN. */
    nanmedian: Extreme;
  }
}
for (const name of Object.keys(EXTREMES) as (keyof typeof EXTREMES)[])
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...args: unknown[]) {
      return extremeOf(name, this, args as unknown as ExtremeArgs);
    },
  });

/** Whether all elements are close. Returns a boolean. */
export function allclose(input: Tensor, other: Tensor, { rtol = 1e-5, atol = 1e-8, equal_nan = false } = {}): boolean {
  for (const t of [input, other])
    refuseBatch(
      t,
      "vmap over torch.allclose isn't supported yet. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this feature.",
    );
  return Boolean(input.isclose(other, rtol, atol, equal_nan).all().item());
}
/** Whether two tensors have the same shape and the same elements. Returns a boolean. */
export function equal(input: Tensor, other: Tensor): boolean {
  if (!(other instanceof Tensor))
    throw new TypeError(`equal(): argument 'other' (position 2) must be Tensor, not ${typeWord(other)}`);
  for (const t of [input, other])
    refuseBatch(t, "Batching rule not implemented for aten::equal. We could not generate a fallback.");
  return sameShape(input.sizes, other.sizes) && Boolean(input.eq(other).all().item());
}
declare module "../../tensor/tensor.ts" {
  interface Tensor {
    allclose(other: Tensor, options?: { rtol?: number; atol?: number; equal_nan?: boolean }): boolean;
    equal(other: Tensor): boolean;
  }
}
Tensor.prototype.allclose = function (other, options) {
  return allclose(this, other, options);
};
Tensor.prototype.equal = function (other) {
  return equal(this, other);
};
