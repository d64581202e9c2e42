// Copies, casts, detaching: ops that move elements and compute nothing.
import {
  bfloat16,
  bool,
  complex128,
  complex64,
  Dtype,
  float16,
  float32,
  float64,
  int16,
  int32,
  int64,
  int8,
  uint8,
} from "../../base/dtype.ts";
import type { DeviceLike } from "../../devices/device.ts";
import { RuntimeError, warnOnce } from "../../base/errors.ts";
import { copyStrides, list, sameShape, broadcastShapes } from "../../base/layout.ts";
import { contiguous_format, formatOf, preserve_format, stridesIn } from "../../base/memory_format.ts";
import type { MemoryFormat } from "../../base/memory_format.ts";
import { deviceOf, empty as allocate } from "../../tensor/allocate.ts";
import { composite, compute, view } from "../../kinds/kernels.ts";
import { define, inplace, op } from "../../dispatch/declare.ts";
import { assign } from "../../tensor/elementwise.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { transferred } from "../../dispatch/transfer.ts";
import { toTarget } from "./to_target.ts";
import type { CastOptions, Target, ToOptions, ToTarget } from "./to_target.ts";

export type { CastOptions, ToOptions, ToTarget } from "./to_target.ts";

/** A copy with the same strides where they leave no holes, or in the given order. */
export const clone = op("clone(Tensor self, *, memory_format? memory_format=None) -> Tensor");
define(clone, {
  kernel: compute(({ self, memory_format }) => copyOf(self, self.dtype, memory_format)),
  backward: { self: ({ grad }) => grad },
});
function copyOf(self: Tensor, dtype: Dtype, format: MemoryFormat | null): Tensor {
  const kept = format === null || format === preserve_format;
  const strides = kept ? copyStrides(self.geometry) : stridesIn(format, self.sizes);
  const out = allocate(self.sizes, dtype, strides, self.backend);
  assign(out, self);
  return out;
}

/** Self with elements in row-major (or the given) order without holes: itself if it is so already, else a copy. */
export const contiguous = op("contiguous(Tensor self, *, memory_format? memory_format=None) -> Tensor");
define(contiguous, {
  kernel: composite(({ self, memory_format }) => {
    if (self.is_contiguous({ memory_format })) return self;
    if (memory_format === preserve_format)
      throw new RuntimeError("preserve memory format is unsupported by the contiguous operator");
    return clone(self, { memory_format: memory_format ?? contiguous_format });
  }),
});

/** A copy in another dtype or on another device. @internal */
export const _to_copy = op(
  "_to_copy(Tensor self, *, dtype? dtype=None, device? device=None, memory_format? memory_format=None) -> Tensor",
);
define(_to_copy, {
  kernel: compute(({ self, dtype, device, memory_format }) => {
    const on = deviceOf(device, self);
    const isReady = on !== self.backend && memory_format === null && (dtype ?? self.dtype) === self.dtype;
    return transferred(isReady ? self : copyOf(self, dtype ?? self.dtype, memory_format), on);
  }),
  // The engine casts a gradient to the dtype of its input, and brings it to its device.
  backward: { self: ({ grad }) => grad },
  node: "ToCopyBackward0",
});

/** The elements of `src`, broadcast and cast to self: the op behind {@link copy_}. */
export const copy = op("copy(Tensor self, Tensor src, bool non_blocking=False) -> Tensor");
define(copy, {
  kernel: {
    kind: "compute",
    run: ([self, src]) => {
      const out = allocate((self as Tensor).sizes, (self as Tensor).dtype);
      writeOver(out, src as Tensor);
      return out;
    },
    into: ([, src], _schema, target) => writeOver(target, src as Tensor),
  },
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes), src: ({ grad }) => grad },
  unrecorded: (self) => !self.is_differentiable,
  node: "torch::autograd::CopyBackwards",
  anyDevice: true,
});
function writeOver(target: Tensor, src: Tensor): void {
  if (!sameShape(broadcastShapes(target.sizes, src.sizes), target.sizes))
    throw new RuntimeError(
      `output with shape ${list(target.sizes)} doesn't match the broadcast shape ${list(broadcastShapes(target.sizes, src.sizes))}`,
    );
  assign(target, transferred(src, target.backend));
}
/** Writes the elements of `src`, broadcast and cast, into self. */
export const copy_ = inplace(copy);

/** Every element becomes `value`. */
export const fill = op("fill(Tensor self, Tensor|Scalar value) -> Tensor");
define(fill, {
  kernel: {
    kind: "compute",
    run: ([self, value]) => {
      const out = allocate((self as Tensor).sizes, (self as Tensor).dtype);
      assign(out, fillValue(value));
      return out;
    },
    into: ([, value], _schema, target) => assign(target, fillValue(value)),
  },
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes), value: ({ grad }) => grad.sum() },
  node: ({ value, op }) => `FillBackward${(op === "fill" ? 0 : 2) + (value === undefined ? 1 : 0)}`,
});
const fillValue = (value: unknown): Tensor | number => {
  if (value instanceof Tensor && value.sizes.length > 0)
    throw new RuntimeError(
      `fill_ only supports 0-dimension value tensor but got tensor with ${value.sizes.length} dimensions.`,
    );
  return value as Tensor | number;
};
/** Writes `value` into every element. */
export const fill_ = inplace(fill);

/** Zeros in place of the elements. */
export const zero = op("zero(Tensor self) -> Tensor");
define(zero, {
  kernel: {
    kind: "compute",
    run: ([self]) => (self as Tensor).new_zeros((self as Tensor).sizes),
    into: (_values, _schema, target) => assign(target, 0),
  },
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
});
/** Writes zeros. */
export const zero_ = inplace(zero);

/** The same elements outside the graph. Shares memory and version counter with self. */
export const detach = op("detach(Tensor(a) self) -> Tensor(a)");
define(detach, {
  kernel: {
    kind: "compute",
    shares: true,
    run: ([given]) => {
      const self = given as Tensor;
      return self.laid(self.sizes, self.strides, self.offset);
    },
  },
});

/** A view of the whole. */
export const alias = op("alias(Tensor(a) self) -> Tensor(a)");
define(alias, { kernel: view((l) => l), backward: { self: ({ grad }) => grad } });

declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /** Self in another dtype or on another device; self itself if nothing changes and no copy is asked for. */
    to(target: ToTarget, options?: ToOptions): Tensor;
    to(device: DeviceLike, dtype: Dtype, non_blocking?: boolean, copy?: boolean, options?: CastOptions): Tensor;
    to(target: Dtype | Tensor, non_blocking: boolean, copy?: boolean, options?: CastOptions): Tensor;
    /** `to(torch.float64)`. */
    double(options?: CastOptions): Tensor;
    /** `to(torch.float32)`. */
    float(options?: CastOptions): Tensor;
    /** `to(torch.float16)`. */
    half(options?: CastOptions): Tensor;
    /** `to(torch.bfloat16)`. */
    bfloat16(options?: CastOptions): Tensor;
    /** `to(torch.complex64)`. */
    cfloat(options?: CastOptions): Tensor;
    /** `to(torch.complex128)`. */
    cdouble(options?: CastOptions): Tensor;
    /** `to(torch.int64)`. */
    long(options?: CastOptions): Tensor;
    /** `to(torch.int32)`. */
    int(options?: CastOptions): Tensor;
    /** `to(torch.int16)`. */
    short(options?: CastOptions): Tensor;
    /** `to(torch.int8)`. */
    char(options?: CastOptions): Tensor;
    /** `to(torch.uint8)`. */
    byte(options?: CastOptions): Tensor;
    /** `to(torch.bool)`. */
    bool(options?: CastOptions): Tensor;
    /** Self, or a copy of it in the host's memory. */
    cpu(): Tensor;
    type_as(other: Tensor): Tensor;
  }
}
Tensor.prototype.to = function (this: Tensor, ...given: unknown[]) {
  const [target] = given;
  return given.length === 1 && target instanceof Dtype ? cast(this, target) : moved(this, toTarget("to", given));
};
function cast(self: Tensor, dtype: Dtype): Tensor {
  if (dtype === self.dtype) return self;
  if (self.dtype.is_complex && !dtype.is_complex && dtype !== bool)
    warnOnce("Casting complex values to real discards the imaginary part");
  return _to_copy(self, { dtype });
}
function moved(self: Tensor, { dtype, device, copy, memory_format }: Target): Tensor {
  const on = deviceOf(device, self);
  if (dtype !== null && dtype !== self.dtype && memory_format === null && on === self.backend) return cast(self, dtype);
  const lies = memory_format === null || memory_format === preserve_format;
  if (
    (dtype ?? self.dtype) === self.dtype &&
    on === self.backend &&
    (lies || formatOf(self.sizes, self.strides) === memory_format)
  )
    return copy ? self.clone({ memory_format }) : self;
  return _to_copy(self, { dtype, device: on.name, memory_format });
}
const casts = {
  double: float64,
  float: float32,
  half: float16,
  bfloat16,
  cfloat: complex64,
  cdouble: complex128,
  long: int64,
  int: int32,
  short: int16,
  char: int8,
  byte: uint8,
  bool,
} as const;
for (const [name, dtype] of Object.entries(casts))
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, options?: CastOptions) {
      return options === undefined ? cast(this, dtype) : this.to(dtype, options);
    },
  });
Tensor.prototype.cpu = function () {
  return this.to("cpu");
};
Tensor.prototype.type_as = function (other) {
  return this.to(other);
};
