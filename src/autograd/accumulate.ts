// AccumulateGrad: the end of the graph, where a gradient enters a leaf's `.grad`.
import { isDense } from "../layout.ts";
import type { Tensor, TensorHook } from "../tensor.ts";
import { mode } from "./mode.ts";
import type { Grads } from "./node.ts";
import { makeAccumulator, Node } from "./node.ts";

export class AccumulateGrad extends Node {
  /** The leaf. */
  readonly variable: Tensor;
  /** Called after `.grad` is up to date. */
  afterHooks: Map<number, (leaf: Tensor) => void> | null = null;

  constructor(variable: Tensor) {
    super();
    this.variable = variable;
    this.outputs = [{ shape: variable.sizes, dtype: variable.dtype }];
    if (variable.hooks !== null) this.tensorHooks = new Map([[0, variable.hooks as Map<number, TensorHook>]]);
  }
  override name(): string {
    return "torch::autograd::AccumulateGrad";
  }
  override get isAccumulator(): boolean {
    return true;
  }
  override apply([grad]: Grads): Grads {
    if (grad !== null) this.accumulate(grad, false);
    return [];
  }
  /** `sole`: nobody else holds this gradient, so it may become `.grad` itself. */
  accumulate(grad: Tensor, sole: boolean): void {
    const leaf = this.variable;
    const before = leaf.gradient;
    if (before === null) {
      const takeOver = sole && !mode.grad && isDense(grad.sizes, grad.strides) && ownsWhole(grad);
      leaf.gradient = takeOver
        ? grad.detach()
        : mode.grad
          ? grad.new_empty([...grad.sizes]).copy_(grad)
          : grad.detach().clone();
      // A hook on this node is given the gradient, too.
      leaf.gradient.storage.unseen = !mode.grad && this.postHooks === null;
    } else if (mode.grad) leaf.gradient = before.add(grad);
    else before.add_(grad);
    leaf.gradient!.storage.kept = true;
    for (const hook of this.afterHooks?.values() ?? []) hook(leaf);
  }
}
const ownsWhole = (t: Tensor): boolean => t.storage.block.nbytes === t.numel() * t.dtype.itemsize;

makeAccumulator.for = (leaf) => new AccumulateGrad(leaf);
