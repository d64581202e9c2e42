// x.view(dtype): the same memory seen as numbers of another dtype. No gradient passes it.
import { Dtype } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import type { Method } from "../../dispatch/signature.ts";
import { Tensor } from "../../tensor/tensor.ts";

/** The same memory seen as numbers of another dtype. */
export function viewAs(self: Tensor, dtype: Dtype): Tensor {
  const { sizes, strides, offset } = self;
  const [from, to] = [self.dtype.itemsize, dtype.itemsize];
  const last = sizes.length - 1;
  const what = `to view ${self.dtype.legacyName} as ${dtype.legacyName} (different element sizes)`;
  if (self.lazy !== null && dtype !== self.dtype)
    throw new RuntimeError(
      `torch.Tensor.view is not supported for ${self.lazy === "conj" ? "conjugate view tensors" : "tensors with negative bit set"} when converting to a different dtype.`,
    );
  if (from === to) {
    const same = new Tensor(self.storage, dtype, sizes, strides, offset);
    same.lazy = self.lazy;
    return same;
  }
  if (last < 0) throw new RuntimeError(`self.dim() cannot be 0 ${what}`);
  if (strides[last] !== 1) throw new RuntimeError(`self.stride(-1) must be 1 ${what}, but got ${strides[last]}`);
  const scaled = (n: number): number => (n * from) / to;
  const whole = to / from;
  const uneven = (told: string, n: number): void => {
    if (n % whole !== 0 && whole > 1)
      throw new RuntimeError(`${told} must be divisible by ${whole} ${what}, but got ${n}`);
  };
  uneven("self.size(-1)", sizes[last]);
  uneven("self.storage_offset()", offset);
  for (const [d, stride] of strides.entries()) if (d < last) uneven(`self.stride(${d})`, stride);
  return new Tensor(
    self.storage,
    dtype,
    [...sizes.slice(0, last), scaled(sizes[last])],
    [...strides.slice(0, last).map(scaled), 1],
    scaled(offset),
  );
}

type ViewSizes = Method<"view(Tensor(a) self, SymInt[] size) -> Tensor(a)">;
declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /** Self in another shape over the same memory; of a dtype: that memory seen as its numbers. */
    view: ViewSizes & ((dtype: Dtype | { dtype: Dtype }) => Tensor);
  }
}
/** Gives x.view its second meaning. Called when tensors have the op. */
export function viewDtypes(): void {
  const inShape = Tensor.prototype.view as (this: Tensor, ...args: unknown[]) => Tensor;
  Object.defineProperty(Tensor.prototype, "view", {
    value: function view(this: Tensor, ...args: unknown[]): Tensor {
      const [first] = args;
      if (args.length === 1 && first instanceof Dtype) return viewAs(this, first);
      const named = (first as { dtype?: unknown } | null | undefined)?.dtype;
      if (args.length === 1 && named instanceof Dtype && !(first instanceof Tensor)) return viewAs(this, named);
      return inShape.apply(this, args);
    },
  });
}
