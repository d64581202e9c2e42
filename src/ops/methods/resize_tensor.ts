// resize_ and resize_as_.
import { markChanged } from "../../autograd/inplace.ts";
import { RuntimeError } from "../../base/errors.ts";
import { sameShape } from "../../base/layout.ts";
import type { Shape } from "../../base/layout.ts";
import { contiguous_format, formatOf, preserve_format, stridesIn } from "../../base/memory_format.ts";
import type { MemoryFormat } from "../../base/memory_format.ts";
import { bind } from "../../dispatch/bind.ts";
import { assertOwned, levels } from "../../dispatch/levels.ts";
import { parseSchema } from "../../dispatch/schema.ts";
import { resize } from "../../tensor/resize.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { unwritten } from "../creation/creation.ts";
import { checkSize } from "../creation/from_data.ts";

export interface ResizeOptions {
  memory_format?: MemoryFormat | null;
}
declare module "../../tensor/tensor.ts" {
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
  const [, size, format] = bind(RESIZE, [this, ...given], true) as [Tensor, number[], MemoryFormat | null];
  if (levels.newest !== null) assertOwned(null, "resize_", [this]);
  assertResizable(this);
  if (format === preserve_format) throw new RuntimeError("Unsupported memory format Preserve");
  // The shape that it has is no change, whatever its strides.
  if (!sameShape(this.sizes, checkSize(size)) || format !== null)
    resizeChanged(this, size, stridesIn(format ?? contiguous_format, size));
  return this;
};
const RESIZE = parseSchema("resize_(Tensor self, SymInt[] size, *, memory_format? memory_format=None) -> Tensor");
Tensor.prototype.resize_as_ = function (this: Tensor, ...given: unknown[]) {
  const [, other, format] = bind(RESIZE_AS, [this, ...given], true) as [Tensor, Tensor, MemoryFormat | null];
  const kept = format === preserve_format ? formatOf(other.sizes, other.strides) : format;
  assertResizable(this);
  if (!sameShape(this.sizes, other.sizes)) resizeChanged(this, other.sizes, stridesIn(contiguous_format, other.sizes));
  if (kept !== null) this.strides = stridesIn(kept, this.sizes);
  return this;
};
const RESIZE_AS = parseSchema("resize_as_(Tensor self, Tensor other, *, memory_format? memory_format=None) -> Tensor");
/** What requires grad may only be resized where nothing is ever recorded. */
function assertResizable(t: Tensor): void {
  if (t.requires_grad && !t.inference) throw new RuntimeError("cannot resize variables that require grad");
}
function resizeChanged(self: Tensor, size: Shape, strides: readonly number[]): void {
  const before = self.storage.block.nbytes;
  resize(self, size, strides);
  const more = self.storage.block.nbytes - before;
  const { itemsize } = self.dtype;
  if (more > 0 && !self.is_meta)
    unwritten(new Tensor(self.storage, self.dtype, [more / itemsize], [1], before / itemsize));
  markChanged(self.storage, "resize_");
}
