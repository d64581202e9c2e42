// Views in place: the tensor itself takes another layout, over the same storage. What saved it finds it changed.
import { assertWritable, markChanged } from "../../autograd/inplace.ts";
import { modes } from "../../autograd/mode.ts";
import { nodeNamed, OpNode } from "../../autograd/op_node.ts";
import { RuntimeError } from "../../base/errors.ts";
import { assertOwned, levels } from "../../dispatch/levels.ts";
import { Tensor } from "../../tensor/tensor.ts";

declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /** {@link as_strided} of the tensor itself. */
    as_strided_: Tensor["as_strided"];
    /** {@link squeeze} of the tensor itself. */
    squeeze_: Tensor["squeeze"];
    /** {@link swapaxes} of the tensor itself. */
    swapaxes_: Tensor["swapaxes"];
    /** {@link swapdims} of the tensor itself. */
    swapdims_: Tensor["swapdims"];
    /** {@link t} of the tensor itself. */
    t_: Tensor["t"];
    /** {@link transpose} of the tensor itself. */
    transpose_: Tensor["transpose"];
    /** {@link unsqueeze} of the tensor itself. */
    unsqueeze_: Tensor["unsqueeze"];
  }
}
for (const name of ["as_strided", "squeeze", "swapaxes", "swapdims", "t", "transpose", "unsqueeze"] as const)
  Object.defineProperty(Tensor.prototype, `${name}_`, {
    configurable: true,
    writable: true,
    value(this: Tensor, ...args: unknown[]) {
      if (levels.newest !== null) assertOwned(null, `${name}_`, [this]);
      if (modes().grad) assertWritable(this, this.requires_grad);
      if (name === "t" && this.sizes.length > 2)
        throw new RuntimeError(`t_() expects a tensor with <= 2 dimensions, but self is ${this.sizes.length}D`);
      const seen = (this[name] as (...x: unknown[]) => Tensor).apply(this, args);
      this.become(seen);
      // The view's node leads to what this tensor was; unrecorded, its history stays.
      if (modes().grad) {
        this.node = seen.node;
        if (name === "as_strided") nodeNamed(this, "AsStridedBackward1");
        else if (this.node instanceof OpNode) this.node.variant = name === "squeeze" ? 3 : 1;
        this.outputNr = seen.outputNr;
      }
      markChanged(this.storage, `${name}_`);
      if (this.view_ !== null) this.view_ = { ...this.view_, version: this.storage.version };
      return this;
    },
  });
