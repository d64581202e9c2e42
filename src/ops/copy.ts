// Copies, casts, detaching: ops that move elements and compute nothing.
import type { Dtype } from "../dtype.ts";
import {
  bfloat16,
  bool,
  complex128,
  complex64,
  dtypeByName,
  float16,
  float32,
  float64,
  int16,
  int32,
  int64,
  int8,
  uint8,
} from "../dtype.ts";
import { RuntimeError, warn } from "../errors.ts";
import { copyStrides, isContiguous, list, sameShape, broadcastShapes } from "../layout.ts";
import { empty as allocate } from "../allocate.ts";
import { composite, compute, view } from "../op/kernels.ts";
import { define, inplace, op } from "../op/op.ts";
import { assign } from "../op/pointwise.ts";
import { Tensor } from "../tensor.ts";

/** A copy with the same strides where they leave no holes. */
export const clone = op("clone(Tensor self) -> Tensor");
define(clone, {
  kernel: compute(({ self }) => copyOf(self, self.dtype)),
  backward: { self: ({ grad }) => grad },
});
function copyOf(self: Tensor, dtype: Dtype): Tensor {
  const out = allocate(self.sizes, dtype, copyStrides(self.layout), self.backend);
  assign(out, self);
  return out;
}

/** Self with elements in row-major order without holes: itself if it is so already, else a copy. */
export const contiguous = op("contiguous(Tensor self) -> Tensor");
define(contiguous, {
  kernel: composite(({ self }) => (isContiguous(self.sizes, self.strides) ? self : self._to_contiguous())),
});
/** The copying half of {@link contiguous}. */
export const _to_contiguous = op("_to_contiguous(Tensor self) -> Tensor");
define(_to_contiguous, {
  kernel: compute(({ self }) => {
    const out = allocate(self.sizes, self.dtype, undefined, self.backend);
    assign(out, self);
    return out;
  }),
  backward: { self: ({ grad }) => grad },
  node: "CloneBackward0",
});

/** A copy in another dtype. */
export const _to_copy = op("_to_copy(Tensor self, *, dtype? dtype=None) -> Tensor");
define(_to_copy, {
  kernel: compute(({ self, dtype }) => copyOf(self, dtype ?? self.dtype)),
  // The engine casts a gradient to the dtype of its input.
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
  node: "CopyBackwards",
});
function writeOver(target: Tensor, src: Tensor): void {
  if (!sameShape(broadcastShapes(target.sizes, src.sizes), target.sizes))
    throw new RuntimeError(
      `output with shape ${list(target.sizes)} doesn't match the broadcast shape ${list(broadcastShapes(target.sizes, src.sizes))}`,
    );
  assign(target, src);
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
  kernel: compute(({ self }) => new Tensor(self.storage, self.dtype, self.sizes, self.strides, self.offset)),
});

/** A view of the whole. */
export const alias = op("alias(Tensor(a) self) -> Tensor(a)");
define(alias, { kernel: view((l) => l), backward: { self: ({ grad }) => grad } });

/** What `to` can be given: a dtype, a device's name, a tensor to be like, or these by name. */
export type ToTarget = Dtype | string | Tensor | { dtype?: Dtype | null; device?: string | null; copy?: boolean };
declare module "../tensor.ts" {
  interface Tensor {
    /** Self in another dtype or on another device; self itself if nothing changes and no copy is asked for. */
    to(target: ToTarget, options?: { dtype?: Dtype | null; copy?: boolean }): Tensor;
    /** `to(torch.float64)`. */
    double(): Tensor;
    /** `to(torch.float32)`. */
    float(): Tensor;
    /** `to(torch.float16)`. */
    half(): Tensor;
    /** `to(torch.bfloat16)`. */
    bfloat16(): Tensor;
    /** `to(torch.complex64)`. */
    cfloat(): Tensor;
    /** `to(torch.complex128)`. */
    cdouble(): Tensor;
    /** `to(torch.int64)`. */
    long(): Tensor;
    /** `to(torch.int32)`. */
    int(): Tensor;
    /** `to(torch.int16)`. */
    short(): Tensor;
    /** `to(torch.int8)`. */
    char(): Tensor;
    /** `to(torch.uint8)`. */
    byte(): Tensor;
    /** `to(torch.bool)`. */
    bool(): Tensor;
    /** Self: there is one host memory. */
    cpu(): Tensor;
    type_as(other: Tensor): Tensor;
  }
}
Tensor.prototype.to = function (target, options = {}) {
  let dtype: Dtype | null = options.dtype ?? null;
  let copies = options.copy ?? false;
  let device: string | null = null;
  if (typeof target === "string") device = target;
  else if (target instanceof Tensor) dtype = target.dtype;
  else if ("itemsize" in target) dtype = target;
  else {
    dtype = target.dtype ?? dtype;
    device = target.device ?? null;
    copies = target.copy ?? copies;
  }
  if (device !== null && device !== this.device) {
    if (dtypeByName.has(device as never))
      throw new TypeError(`to(): '${device}' is a dtype: write to(torch.${device})`);
    throw new RuntimeError(`Invalid device string: '${device}'\nThis build computes on 'cpu'.`);
  }
  if (this.dtype.is_complex && dtype !== null && !dtype.is_complex && dtype !== bool)
    warn("Casting complex values to real discards the imaginary part");
  if (dtype === null || dtype === this.dtype) return copies ? this.clone() : this;
  return this._to_copy({ dtype });
};
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
    value(this: Tensor) {
      return this.to(dtype);
    },
  });
Tensor.prototype.cpu = function () {
  return this;
};
Tensor.prototype.type_as = function (other) {
  return this.to(other.dtype);
};
