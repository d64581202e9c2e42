// Complex numbers: made from parts, taken apart, conjugated.
import { complex64, complexOf, float16, float32, float64, bool } from "../../base/dtype.ts";
import { NotImplementedError, RuntimeError } from "../../base/errors.ts";
import { constant } from "../../kernel/expr.ts";
import { composite } from "../../kinds/kernels.ts";
import { define, inplace, op } from "../../dispatch/declare.ts";
import type { OpKernel } from "../../dispatch/declare.ts";
import { pointwise } from "../../kinds/pointwise.ts";
import { lazies } from "../../tensor/lazy.ts";
import type { Lazy } from "../../tensor/lazy.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { _conj_physical, conj as conjugate } from "../common/conjugate.ts";
import { linearIn } from "./piecewise.ts";
import { notImplementedFor } from "../../dispatch/takes.ts";

/** Complex numbers from their real and imaginary parts, float32 or float64. */
export const complex = op("complex(Tensor real, Tensor imag) -> Tensor");
define(complex, {
  kernel: composite(({ real, imag }) => {
    assertParts(real, imag);
    if (real.dtype === float16)
      throw new NotImplementedError("complex(): there is no complex32\nreal.float() and imag.float() make complex64.");
    return _complex(real, imag);
  }),
});
function assertParts(first: Tensor, second: Tensor): void {
  const [a, b] = [first.dtype, second.dtype];
  if (![a, b].every((d) => d === float16 || d === float32 || d === float64))
    throw new RuntimeError(
      `Expected both inputs to be Half, Float or Double tensors but got ${a.legacyName} and ${b.legacyName}`,
    );
  if (a !== b)
    throw new RuntimeError(
      `Expected object of scalar type ${a.legacyName} but got scalar type ${b.legacyName} for second argument`,
    );
}
/** {@link complex} of floats of one dtype. @internal */
export const _complex = op("_complex(Tensor real, Tensor imag) -> Tensor");
define(_complex, {
  kernel: pointwise(({ real, imag }) => real.complex(imag)),
  backward: { real: ({ grad }) => grad.real, imag: ({ grad }) => grad.imag },
  node: "ComplexBackward0",
});
/** Complex numbers from their lengths and angles in radians. */
export const polar = op("polar(Tensor abs, Tensor angle) -> Tensor");
define(polar, {
  kernel: composite(({ abs, angle }) => {
    assertParts(abs, angle);
    if (abs.dtype === float16) throw notImplementedFor("polar_cpu", float16);
    const length = linearIn(abs);
    return complex(length.mul(angle.cos()), length.mul(angle.sin()));
  }),
  node: "PolarBackward0",
});

/** A view of complex numbers as pairs of real ones, in a last dim of size 2. */
export const view_as_real = op("view_as_real(Tensor(a) self) -> Tensor(a)");
define(view_as_real, {
  kernel: {
    kind: "view",
    run: ([given]) => {
      const self = given as Tensor;
      if (!self.dtype.is_complex) throw new RuntimeError("view_as_real is only supported for complex tensors");
      if (self.is_conj())
        throw new RuntimeError(
          "view_as_real doesn't work on unresolved conjugated tensors.  To resolve the conjugate tensor so you can view it as real, use self.resolve_conj(); however, be warned that the resulting tensor will NOT alias the original.",
        );
      const strides = [...self.strides.map((s) => 2 * s), 1];
      const dtype = self.dtype === complex64 ? float32 : float64;
      return new Tensor(self.storage, dtype, [...self.sizes, 2], strides, 2 * self.offset);
    },
  },
  backward: { self: ({ grad }) => view_as_complex(grad.contiguous()) },
});
/** A view of pairs of floats, in a last dim of size 2 and stride 1, as complex numbers. */
export const view_as_complex = op("view_as_complex(Tensor(a) self) -> Tensor(a)");
define(view_as_complex, {
  kernel: {
    kind: "view",
    run: ([given]) => {
      const { dtype, sizes, storage, offset } = given as Tensor;
      // The stride of a single place is nothing.
      const strides = (given as Tensor).strides.map((s, d) => (sizes[d] === 1 ? s - (s % 2) : s));
      if (dtype !== float32 && dtype !== float64)
        throw new RuntimeError(
          `view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: ${dtype.legacyName}`,
        );
      if (sizes.length === 0) throw new RuntimeError("Input tensor must have one or more dimensions");
      if (sizes.at(-1) !== 2) throw new RuntimeError("Tensor must have a last dimension of size 2");
      if (strides.at(-1) !== 1) throw new RuntimeError("Tensor must have a last dimension with stride 1");
      if (strides.slice(0, -1).some((s) => s % 2 !== 0))
        throw new RuntimeError("Tensor must have a stride divisible by 2 for all but last dimension");
      if (offset % 2 !== 0) throw new RuntimeError("Tensor must have a storage_offset divisible by 2");
      const halved = strides.slice(0, -1).map((s) => s / 2);
      return new Tensor(storage, complexOf(dtype), sizes.slice(0, -1), halved, offset / 2);
    },
  },
  backward: { self: ({ grad }) => view_as_real(grad) },
});

/** The real parts, as a view; a real tensor itself. */
export const real = op("real(Tensor(a) input) -> Tensor(a)");
define(real, {
  kernel: composite(({ input }) => {
    if (!input.dtype.is_complex) return input;
    return view_as_real(input.is_conj() ? input.conj() : input).select(-1, 0);
  }),
});
/** The imaginary parts, as a view. Raises RuntimeError for real tensors. */
export const imag = op("imag(Tensor(a) input) -> Tensor(a)");
define(imag, {
  kernel: composite(({ input }) => {
    if (!input.dtype.is_complex) throw new RuntimeError("imag is not implemented for tensors with non-complex dtypes.");
    if (!input.is_conj()) return view_as_real(input).select(-1, 1);
    return _neg_view(view_as_real(input.conj()).select(-1, 1));
  }),
});
/** The complex conjugate, as a view that sees the same memory conjugated; a real tensor itself. */
export const conj = op("conj(Tensor(a) self) -> Tensor(a)");
define(conj, { kernel: composite(({ self }) => (self.dtype.is_complex ? _conj(self) : self)) });
/** The same memory, its numbers seen otherwise: see Note [Conjugated views]. */
const seenAs = (lazy: Lazy): OpKernel => ({
  kind: "view",
  run: ([given]) => {
    const self = given as Tensor;
    const made = new Tensor(self.storage, self.dtype, self.sizes, self.strides, self.offset);
    made.lazy = self.lazy === lazy ? null : lazy;
    lazies.any = true;
    return made;
  },
});
/** {@link conj} of complex numbers. @internal */
export const _conj = op("_conj(Tensor(a) self) -> Tensor(a)");
define(_conj, { kernel: seenAs("conj"), backward: { self: ({ grad }) => conjugate(grad) }, node: "ConjBackward0" });
/** The numbers with their signs changed, as a view. @internal */
export const _neg_view = op("_neg_view(Tensor(a) self) -> Tensor(a)");
define(_neg_view, { kernel: seenAs("neg"), backward: { self: ({ grad }) => grad.neg() }, node: "NegViewBackward0" });
/** The complex conjugate in memory of its own; a real tensor itself. */
export const conj_physical = op("conj_physical(Tensor self) -> Tensor");
define(conj_physical, {
  kernel: composite(({ self }) => (self.dtype.is_complex ? _conj_physical(self) : self)),
  node: ({ op }) => (op === "conj_physical" ? "ConjPhysicalBackward0" : "ConjPhysicalBackward1"),
});
export const conj_physical_ = inplace(conj_physical);
/** What {@link conj} has marked, conjugated in memory of its own; any other tensor itself. */
export const resolve_conj = op("resolve_conj(Tensor(a) self) -> Tensor(a)");
define(resolve_conj, { kernel: composite(({ self }) => (self.is_conj() ? self.clone() : self)) });
/** The imaginary part of what {@link conj} has marked, in memory of its own; any other tensor itself. */
export const resolve_neg = op("resolve_neg(Tensor(a) self) -> Tensor(a)");
define(resolve_neg, { kernel: composite(({ self }) => (self.is_neg() ? self.clone() : self)) });
/** True where the imaginary part is 0. */
export const isreal = op("isreal(Tensor self) -> Tensor");
define(isreal, {
  kernel: composite(({ self }) =>
    self.dtype.is_complex ? self.imag.eq(0) : self.new_ones(self.sizes, { dtype: bool }),
  ),
});
/** The angle in radians; of a real number π where it is negative, 0 elsewhere, NaN for NaN. */
export const angle = op("angle(Tensor self) -> Tensor");
define(angle, {
  kernel: pointwise(
    ({ self }) =>
      self.dtype.is_complex
        ? self.imag().atan2(self.real())
        : self.isnan().where(self, self.lt(0).where(constant(Math.PI, self.dtype), 0)),
    { float: true },
  ),
  saves: ["self"],
  backward: {
    self: ({ grad, self }) => {
      if (!self.dtype.is_complex) return grad.new_zeros(grad.sizes);
      const over = self.abs().pow(2);
      const turned = _complex(self.imag.neg(), self.real);
      return turned.mul(grad.div(over)).masked_fill(self.eq(0), 0);
    },
  },
});
