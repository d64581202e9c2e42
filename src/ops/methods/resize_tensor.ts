// resize_ and resize_as_: another shape over the same memory, of which there may then be more.
import { markChanged } from "../../autograd/inplace.ts";
import { uint8 } from "../../dtype.ts";
import { RuntimeError } from "../../errors.ts";
import { numel } from "../../layout.ts";
import type { Shape } from "../../layout.ts";
import { contiguous_format, stridesIn } from "../../memory_format.ts";
import type { MemoryFormat } from "../../memory_format.ts";
import { isOptions } from "../../op/bind.ts";
import { Tensor } from "../../tensor.ts";
import { checkSize } from "../data.ts";

export interface ResizeOptions {
  memory_format?: MemoryFormat | null;
}
declare module "../../tensor.ts" {
  interface Tensor {
    /**
     * Gives self another shape in place. Elements stay as they lie in memory; what is new is uninitialised. Raises
     * RuntimeError for tensors that require grad. As `torch.Tensor.resize_`.
     */
    resize_(size: readonly number[], options?: ResizeOptions): this;
    resize_(...size: number[]): this;
    /** `resize_` to the shape of `other`. */
    resize_as_(other: Tensor, options?: ResizeOptions): this;
  }
}
Tensor.prototype.resize_ = function (this: Tensor, ...given: unknown[]) {
  const options = (isOptions(given.at(-1)) ? given.pop() : {}) as ResizeOptions;
  const size = (typeof given[0] === "number" ? given : (given[0] ?? [])) as number[];
  if (this.requires_grad) throw new RuntimeError("cannot resize variables that require grad");
  resize(this, checkSize(size), options.memory_format ?? contiguous_format);
  return this;
};
Tensor.prototype.resize_as_ = function (other, options = {}) {
  return this.resize_(other.sizes, options);
};
function resize(self: Tensor, size: Shape, format: MemoryFormat): void {
  const strides = stridesIn(format, size);
  const needed = (self.offset + numel(size)) * self.dtype.itemsize;
  const { storage } = self;
  if (numel(size) > 0 && needed > storage.block.nbytes) {
    const { device, block } = storage;
    const larger = device.allocate(needed);
    const bytes = (ptr: number): Uint8Array => device.host(uint8, ptr, block.nbytes) as Uint8Array;
    const [from, to] = [block.ptr, larger.ptr];
    bytes(to).set(bytes(from));
    storage.block = larger;
  }
  self.sizes = size;
  self.strides = strides;
  markChanged(storage, "resize_");
}
