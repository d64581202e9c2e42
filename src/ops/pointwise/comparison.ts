// Comparisons, logic and tests of single elements; allclose and equal.
import { bool, get_default_dtype } from "../../base/dtype.ts";
import type { Scalar } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import type { Expr } from "../../kernel/expr.ts";
import { constant } from "../../kernel/expr.ts";
import { composite } from "../../kinds/kernels.ts";
import { define, inplace, op } from "../../dispatch/declare.ts";
import type { OpKernel } from "../../dispatch/declare.ts";
import { pointwise } from "../../kinds/pointwise.ts";
import { integers, integral, noComplex, real } from "../../dispatch/takes.ts";
import { Tensor } from "../../tensor/tensor.ts";

type Combine = (x: Expr, y: Expr) => Expr;
const combine = (f: Combine): OpKernel => pointwise<string>(({ self, other }) => f(self, other));
const compare = (f: Combine): OpKernel =>
  pointwise<string>(({ self, other }) => f(self, other), { result: () => bool });
const zeros = ({ grad }: { readonly grad: Tensor }): Tensor => grad.new_zeros(grad.sizes);
/** What is written over floats in place is flat in both. */
const flat = (node: string): FlatInBoth => ({
  backward: { self: zeros, other: zeros },
  node: ({ other }) => (other instanceof Tensor || other === undefined ? `${node}Backward1` : `${node}Backward0`),
});
interface FlatInBoth {
  readonly backward: Record<"self" | "other", typeof zeros>;
  readonly node: (values: { readonly other: Tensor | Scalar }) => string;
}

/** self == other. */
export const eq = op("eq(Tensor self, Tensor|Scalar other) -> Tensor");
define(eq, { ...flat("Eq"), kernel: compare((x, y) => x.eq(y)) });
export const eq_ = inplace(eq);
/** self != other. */
export const ne = op("ne(Tensor self, Tensor|Scalar other) -> Tensor");
define(ne, { ...flat("Ne"), kernel: compare((x, y) => x.ne(y)) });
export const ne_ = inplace(ne);
/** self < other. */
export const lt = op("lt(Tensor self, Tensor|Scalar other) -> Tensor");
define(lt, { ...flat("Lt"), takes: real("lt_cpu"), kernel: compare((x, y) => x.lt(y)) });
export const lt_ = inplace(lt);
/** self <= other. */
export const le = op("le(Tensor self, Tensor|Scalar other) -> Tensor");
define(le, { ...flat("Le"), takes: real("le_cpu"), kernel: compare((x, y) => x.le(y)) });
export const le_ = inplace(le);
/** self > other. */
export const gt = op("gt(Tensor self, Tensor|Scalar other) -> Tensor");
define(gt, { ...flat("Gt"), takes: real("gt_cpu"), kernel: compare((x, y) => x.gt(y)) });
export const gt_ = inplace(gt);
/** self >= other. */
export const ge = op("ge(Tensor self, Tensor|Scalar other) -> Tensor");
define(ge, { ...flat("Ge"), takes: real("ge_cpu"), kernel: compare((x, y) => x.ge(y)) });
export const ge_ = inplace(ge);

/** Both true (not zero). */
export const logical_and = op("logical_and(Tensor self, Tensor other) -> Tensor");
define(logical_and, { unrecorded: () => true, kernel: compare((x, y) => x.cast(bool).and(y.cast(bool))) });
export const logical_and_ = inplace(logical_and);
/** One or both true. */
export const logical_or = op("logical_or(Tensor self, Tensor other) -> Tensor");
define(logical_or, { unrecorded: () => true, kernel: compare((x, y) => x.cast(bool).or(y.cast(bool))) });
export const logical_or_ = inplace(logical_or);
/** Just one true. */
export const logical_xor = op("logical_xor(Tensor self, Tensor other) -> Tensor");
define(logical_xor, { unrecorded: () => true, kernel: compare((x, y) => x.cast(bool).xor(y.cast(bool))) });
export const logical_xor_ = inplace(logical_xor);
/** Not true: zero. */
export const logical_not = op("logical_not(Tensor self) -> Tensor");
define(logical_not, { unrecorded: () => true, kernel: pointwise(({ self }) => self.cast(bool).not()) });
export const logical_not_ = inplace(logical_not);

/** Bitwise and; logical on bools. */
export const bitwise_and = op("bitwise_and(Tensor|Scalar self, Tensor|Scalar other) -> Tensor");
define(bitwise_and, { takes: integral("bitwise_and_cpu"), kernel: combine((x, y) => x.and(y)) });
export const bitwise_and_ = inplace(bitwise_and);
/** Bitwise or; logical on bools. */
export const bitwise_or = op("bitwise_or(Tensor|Scalar self, Tensor|Scalar other) -> Tensor");
define(bitwise_or, { takes: integral("bitwise_or_cpu"), kernel: combine((x, y) => x.or(y)) });
export const bitwise_or_ = inplace(bitwise_or);
/** Bitwise exclusive or; logical on bools. */
export const bitwise_xor = op("bitwise_xor(Tensor|Scalar self, Tensor|Scalar other) -> Tensor");
define(bitwise_xor, { takes: integral("bitwise_xor_cpu"), kernel: combine((x, y) => x.xor(y)) });
export const bitwise_xor_ = inplace(bitwise_xor);
/** Every bit turned; logical on bools. */
export const bitwise_not = op("bitwise_not(Tensor self) -> Tensor");
define(bitwise_not, { takes: integral("bitwise_not_cpu"), kernel: pointwise(({ self }) => self.not()) });
export const bitwise_not_ = inplace(bitwise_not);
/** Bits moved left: self * 2^other. */
export const bitwise_left_shift = op("bitwise_left_shift(Tensor|Scalar self, Tensor|Scalar other) -> Tensor");
define(bitwise_left_shift, { takes: integers("lshift_cpu"), kernel: combine((x, y) => x.shl(y)) });
export const bitwise_left_shift_ = inplace(bitwise_left_shift);
/** Bits moved right, keeping the sign. */
export const bitwise_right_shift = op("bitwise_right_shift(Tensor|Scalar self, Tensor|Scalar other) -> Tensor");
define(bitwise_right_shift, { takes: integers("rshift_cpu"), kernel: combine((x, y) => x.shr(y)) });
export const bitwise_right_shift_ = inplace(bitwise_right_shift);

/** Of a complex number it holds if it holds of one of its parts, or of `both`. */
const test = (f: (x: Expr) => Expr, ofIntegers: boolean, both = false): OpKernel =>
  pointwise<string>(({ self }) => {
    if (self.dtype.is_complex) {
      const [re, im] = [f(self.real()), f(self.imag())];
      return both ? re.and(im) : re.or(im);
    }
    return self.dtype.is_floating_point ? f(self) : constant(ofIntegers, bool).or(self.ne(self));
  });
/** Not a number. */
export const isnan = op("isnan(Tensor self) -> Tensor");
define(isnan, { kernel: test((x) => x.ne(x), false) });
/** Infinite, of either sign. */
export const isinf = op("isinf(Tensor self) -> Tensor");
define(isinf, { kernel: test((x) => x.abs().eq(Infinity), false) });
/** Neither infinite nor NaN. */
export const isfinite = op("isfinite(Tensor self) -> Tensor");
define(isfinite, { kernel: test((x) => x.abs().lt(Infinity), true, true) });
/** +inf. */
export const isposinf = op("isposinf(Tensor self) -> Tensor");
define(isposinf, {
  takes: noComplex("isposinf does not support complex inputs.", RuntimeError),
  kernel: test((x) => x.eq(Infinity), false),
});
/** -inf. */
export const isneginf = op("isneginf(Tensor self) -> Tensor");
define(isneginf, {
  takes: noComplex("isneginf does not support complex inputs.", RuntimeError),
  kernel: test((x) => x.eq(-Infinity), false),
});
/** The sign bit is set: also for -0. */
export const signbit = op("signbit(Tensor self) -> Tensor");
define(signbit, {
  takes: noComplex("signbit is not implemented for complex tensors."),
  kernel: pointwise(({ self }) =>
    self.dtype.is_floating_point ? constant(1, self.dtype).copysign(self).lt(0) : self.lt(constant(0, self.dtype)),
  ),
});

/** |self - other| <= atol + rtol * |other|, elementwise. */
export const isclose = op(
  "isclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> Tensor",
);
define(isclose, {
  kernel: composite(({ self, other, rtol, atol, equal_nan }) => {
    if (self.dtype !== other.dtype)
      throw new RuntimeError(`${self.dtype.legacyName} did not match ${other.dtype.legacyName}`);
    if (rtol < 0) throw new RuntimeError(`rtol must be greater than or equal to zero, but got ${rtol}`);
    if (atol < 0) throw new RuntimeError(`atol must be greater than or equal to zero, but got ${atol}`);
    let close = self.eq(other);
    if (equal_nan && self.dtype.is_differentiable) close = close.logical_or(self.isnan().logical_and(other.isnan()));
    if (rtol === 0 && atol === 0) return close;
    const [x, y] = [self, other].map((t) => (t.dtype.is_differentiable ? t : t.to(get_default_dtype())));
    const error = x.sub(y).abs();
    return close.logical_or(error.isfinite().logical_and(error.le(y.mul(rtol).abs().add(atol))));
  }),
});
