// Tensors that a module learns.
import { RuntimeError } from "../errors.ts";
import { Tensor } from "../tensor.ts";

/**
 * A tensor that is learnt: as a field of a module it is among its `parameters()`. Shares the memory of `data`.
 * As `torch.nn.Parameter`.
 * @example class Scale extends nn.Module { factor = new nn.Parameter(torch.ones(1)); }
 */
export class Parameter extends Tensor {
  constructor(data: Tensor, { requires_grad = true }: { requires_grad?: boolean } = {}) {
    if (!(data instanceof Tensor)) throw new TypeError(`Parameter(): expected a Tensor, got ${typeof data}`);
    if (requires_grad && !data.dtype.is_floating_point)
      throw new RuntimeError("Only Tensors of floating point and complex dtype can require gradients");
    super(data.storage, data.dtype, data.sizes, data.strides, data.offset);
    this.leafRequiresGrad = requires_grad;
  }
  override toString(): string {
    return `Parameter containing:\n${super.toString()}`;
  }
}
