// Tensors that belong to modules: what is learnt, and what is only kept.
import { RuntimeError } from "../../base/errors.ts";
import { strided } from "../../base/memory_format.ts";
import { observer } from "../../base/observer.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { Tensor } from "../../tensor/tensor.ts";

function assertDense(kind: string, { layout }: Tensor): void {
  if (layout !== strided)
    throw new RuntimeError(`${kind}: a tensor of layout ${String(layout)} cannot be one here\nTake its values.`);
}
const PARAMETER = "Parameter(Tensor data, bool requires_grad=True) -> Parameter";
/**
 * A tensor that is learnt: as a field of a module it is among its `parameters()`. Shares the memory of `data`.
 * Raises RuntimeError if it should require gradients and is not of floating point. As `torch.nn.Parameter`.
 * @example class Scale extends nn.Module { factor = new nn.Parameter(torch.ones(1)); }
 */
export class Parameter extends Tensor {
  constructor(...args: Arguments<typeof PARAMETER>) {
    const { data, requires_grad } = bindArguments(PARAMETER, args);
    if (requires_grad && !data.dtype.is_differentiable)
      throw new RuntimeError("Only Tensors of floating point and complex dtype can require gradients");
    assertDense("Parameter", data);
    super(data.storage, data.dtype, data.sizes, data.strides, data.offset);
    this.lazy = data.lazy;
    data.storage.kept = true;
    this.leafRequiresGrad = requires_grad;
    observer.current?.note?.("parameter", this, data);
  }
  /** Tells a parameter from a tensor to the type checker, too. */
  get _is_param(): true {
    return true;
  }
  override toString(): string {
    return `Parameter containing:\n${super.toString()}`;
  }
}

const BUFFER = "Buffer(Tensor data, *, bool persistent=True) -> Buffer";
/**
 * A tensor that is state but not learnt: as a field of a module it is among its `buffers()`. As `torch.nn.Buffer`.
 * @example class Counter extends nn.Module { steps = new nn.Buffer(torch.zeros(1)); }
 */
export class Buffer extends Tensor {
  readonly persistent: boolean;
  constructor(...args: Arguments<typeof BUFFER>) {
    const { data, persistent } = bindArguments(BUFFER, args);
    assertDense("Buffer", data);
    super(data.storage, data.dtype, data.sizes, data.strides, data.offset);
    this.lazy = data.lazy;
    data.storage.kept = true;
    this.persistent = persistent;
  }
}
