// Names to which PyTorch gives several signatures, or that return a plain value: thin choices among ops.
import type { Scalar } from "../base/dtype.ts";
import { bool } from "../base/dtype.ts";
import { RuntimeError, warnOnce } from "../base/errors.ts";
import { sameShape } from "../base/layout.ts";
import { dynamicShape, refuseBatch } from "../dispatch/levels.ts";
import { overload, overloaded } from "../dispatch/overloads.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { arange } from "./creation/from_data.ts";
import { _pow_scalar, _where, maximum, minimum } from "./pointwise/arithmetic.ts";
import { _max_all, _max_dim, _min_all, _min_dim } from "./reduction/reduction.ts";
import { _median_all, _median_dim, _nanmedian_all, _nanmedian_dim } from "./reduction/sorting.ts";
import { _nonzero } from "./indexing/indexing.ts";
import { repeat_interleave as repeated } from "./views/joining.ts";

type Operand = Tensor | Scalar;
interface Out {
  out?: Tensor | null;
}
interface Outs {
  out?: readonly Tensor[] | null;
}
interface Where {
  (condition: Tensor, input: Operand, other: Operand, options?: Out): Tensor;
  (condition: Tensor, options: Out & { input: Operand; other: Operand }): Tensor;
  (condition: Tensor): Tensor[];
}
/** `input` where `condition` is true, `other` elsewhere; broadcast. Of a condition alone: the indices where it holds. As `torch.where`. */
export const where = overloaded<Where>(
  overload("where(Tensor condition, Tensor|Scalar input, Tensor|Scalar other) -> Tensor", (condition, input, other) => {
    if (condition.dtype !== bool && condition.dtype.name !== "uint8")
      throw new RuntimeError(
        `where expected condition to be a boolean tensor, but got a tensor with dtype ${condition.dtype.legacyName}`,
      );
    if (condition.dtype !== bool)
      warnOnce(
        "where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future version of PyTorch. Use a boolean condition instead.",
      );
    return _where(condition, input, other);
  }),
  overload("where(Tensor condition) -> Tensor[]", (condition) => {
    refuseBatch(condition, dynamicShape("where"));
    return nonzero(condition, { as_tuple: true });
  }),
);
interface Nonzero {
  (input: Tensor, options?: Out & { as_tuple?: false }): Tensor;
  (input: Tensor, options: Out & { as_tuple: boolean }): Tensor | Tensor[];
}
/**
 * The indices of the elements that are not zero, one row each; with `as_tuple` one tensor a dim, to index with.
 * As `torch.nonzero`.
 */
export const nonzero = overloaded<Nonzero>(
  overload("nonzero(Tensor self, *, bool as_tuple=False) -> Tensor", (self, as_tuple) => {
    if (!as_tuple) return _nonzero(self);
    return _nonzero(self.sizes.length === 0 ? self.reshape([1]) : self).unbind(1);
  }),
);
/** `input` to the power of `exponent`; one of the two may be a number. As `torch.pow`. */
export const pow = overloaded<
  (input: Operand, exponent: Operand | (Out & { exponent: Operand }), options?: Out) => Tensor
>(
  overload("pow(Tensor self, Tensor|Scalar exponent) -> Tensor", (self, exponent) => self.pow(exponent)),
  overload("pow(Scalar self, Tensor exponent) -> Tensor", (self, exponent) => _pow_scalar(self, exponent)),
);
declare module "../tensor/tensor.ts" {
  interface Tensor {
    /** The indices of the elements that are not zero, one row each. */
    nonzero(options?: { as_tuple?: false }): Tensor;
    nonzero(options: { as_tuple: boolean }): Tensor | Tensor[];
    /** Self where `condition` is true, `other` elsewhere. */
    where(condition: Tensor, other: Operand): Tensor;
  }
}
/** {@link where} as a method: of what it is called on. */
export const whereSelf = overloaded<(self: Tensor, condition: Tensor, other: Operand) => Tensor>(
  overload("where(Tensor self, Tensor condition, Tensor|Scalar other) -> Tensor", (self, condition, other) =>
    where(condition, self, other),
  ),
);

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
interface MedianFunction {
  (input: Tensor): Tensor;
  (input: Tensor, dim: number, keepdim?: boolean | (Outs & { keepdim?: boolean }), options?: Outs): ValuesIndices;
  (input: Tensor, options: DimOptions & Outs): ValuesIndices;
}
interface ExtremeFunction extends MedianFunction {
  (input: Tensor, options: Out): Tensor;
  (input: Tensor, other: Tensor | (Out & { other: Tensor }), options?: Out): Tensor;
}
/** Of all elements, and along a dim. */
const folds = (
  name: string,
  ofAll: (self: Tensor) => Tensor,
  along: (self: Tensor, dim: number, keepdim: boolean) => unknown,
) => [
  overload(`${name}(Tensor self) -> Tensor` as "max(Tensor self) -> Tensor", ofAll),
  overload(
    `${name}(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)` as "max(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
    along,
  ),
];
const ofTwo = (name: string, of: (self: Tensor, other: Tensor) => Tensor) =>
  overload(`${name}(Tensor self, Tensor other) -> Tensor` as "max(Tensor self, Tensor other) -> Tensor", of);
/** The largest element; along `dim` also its place; with a second tensor the larger of each pair. As `torch.max`. */
export const max = overloaded<ExtremeFunction>(ofTwo("max", maximum), ...folds("max", _max_all, _max_dim));
/** The smallest element; along `dim` also its place; with a second tensor the smaller of each pair. As `torch.min`. */
export const min = overloaded<ExtremeFunction>(ofTwo("min", minimum), ...folds("min", _min_all, _min_dim));
/** The median of all elements (the lower one of two); along `dim` also its place. As `torch.median`. */
export const median = overloaded<MedianFunction>(...folds("median", _median_all, _median_dim));
/** {@link median} of the elements that are not NaN. As `torch.nanmedian`. */
export const nanmedian = overloaded<MedianFunction>(...folds("nanmedian", _nanmedian_all, _nanmedian_dim));
declare module "../tensor/tensor.ts" {
  interface Tensor {
    /** The largest element; along `dim` also its place; with another tensor the larger of each pair. */
    max: Extreme;
    /** The smallest element; along `dim` also its place; with another tensor the smaller of each pair. */
    min: Extreme;
    /** The median of all elements; along `dim` also its place. */
    median: Extreme;
    /** {@link median} of the elements that are not NaN. */
    nanmedian: Extreme;
  }
}

interface RepeatInterleave {
  (
    input: Tensor,
    repeats: number | Tensor,
    dim?: number | null | { dim?: number | null; output_size?: number | null },
    options?: { output_size?: number | null },
  ): Tensor;
  (input: Tensor, options: { repeats: number | Tensor; dim?: number | null; output_size?: number | null }): Tensor;
  (repeats: Tensor, options?: { output_size?: number | null }): Tensor;
}
/**
 * Each element, or each slice along `dim`, as often as `repeats` says; of `repeats` alone: each place so often.
 * As `torch.repeat_interleave`.
 */
export const repeat_interleave = overloaded<RepeatInterleave>(
  overload(
    "repeat_interleave(Tensor self, Tensor|Scalar repeats, int? dim=None, *, int? output_size=None) -> Tensor",
    (self, repeats, dim, output_size) => repeated(self, repeats, dim, { output_size }),
  ),
  overload("repeat_interleave(Tensor repeats, *, int? output_size=None) -> Tensor", (repeats, output_size) => {
    if (repeats.sizes.length !== 1) throw new RuntimeError("repeat_interleave only accept 1D vector as repeat");
    return repeated(arange(repeats.numel()), repeats, null, { output_size }).to(repeats.dtype);
  }),
);

interface CloseOptions {
  rtol?: number;
  atol?: number;
  equal_nan?: boolean;
}
interface AllClose {
  (input: Tensor, other: Tensor, options?: CloseOptions): boolean;
  (input: Tensor, other: Tensor, rtol: number, atol?: number, equal_nan?: boolean): boolean;
}
/** Whether all elements are close. Returns a boolean. */
export const allclose = overloaded<AllClose>(
  overload(
    "allclose(Tensor input, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> bool",
    (self, other, rtol, atol, equal_nan) => {
      for (const t of [self, other])
        refuseBatch(
          t,
          "vmap over torch.allclose isn't supported yet. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this feature.",
        );
      return Boolean(self.isclose(other, rtol, atol, equal_nan).all().item());
    },
  ),
);
/** Whether two tensors have the same shape and the same elements. Returns a boolean. */
export const equal = overloaded<(input: Tensor, other: Tensor) => boolean>(
  overload("equal(Tensor input, Tensor other) -> bool", (self, other) => {
    for (const t of [self, other])
      refuseBatch(t, "Batching rule not implemented for aten::equal. We could not generate a fallback.");
    return sameShape(self.sizes, other.sizes) && Boolean(self.eq(other).all().item());
  }),
);
declare module "../tensor/tensor.ts" {
  interface Tensor {
    allclose(other: Tensor, options?: CloseOptions): boolean;
    allclose(other: Tensor, rtol: number, atol?: number, equal_nan?: boolean): boolean;
    equal(other: Tensor): boolean;
  }
}
