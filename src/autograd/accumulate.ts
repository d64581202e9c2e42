// AccumulateGrad: the end of the graph, where a gradient enters a leaf's `.grad`.
import { empty } from "../tensor/allocate.ts";
import { isContiguous, isDense } from "../base/layout.ts";
import { strided } from "../base/memory_format.ts";
import type { Tensor, TensorHook } from "../tensor/tensor.ts";
import { modes } from "./mode.ts";
import type { Grads } from "./node.ts";
import { makeAccumulator, Node, metaOf } from "./node.ts";

export class AccumulateGrad extends Node {
  /** The leaf. */
  readonly variable: Tensor;
  /** Called after `.grad` is up to date. */
  afterHooks: Map<number, (leaf: Tensor) => void> | null = null;

  constructor(variable: Tensor) {
    super();
    this.variable = variable;
    this.outputs = [metaOf(variable)];
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
    if (grad.layout !== strided || (before !== null && before.layout !== strided)) {
      leaf.gradient = withOther(before, grad);
    } else if (before === null && !grad.whole.backend.holdsData) {
      leaf.gradient = modes().grad || !sole ? grad.clone() : grad.detach();
    } else if (before === null) {
      const takeOver = sole && !modes().grad && liesAs(grad, leaf) && ownsWhole(grad);
      leaf.gradient = takeOver ? grad.detach() : roomFor(leaf).copy_(grad);
      // A hook on this node is given the gradient, too.
      leaf.gradient.storage.unseen = !modes().grad && this.postHooks === null;
    } else if (modes().grad) leaf.gradient = before.add(grad);
    else before.add_(grad);
    leaf.gradient!.storage.kept = true;
    for (const hook of this.afterHooks?.values() ?? []) hook(leaf);
  }
}
/** The sum, where one of the two is sparse; in place where it can be. */
function withOther(before: Tensor | null, grad: Tensor): Tensor {
  if (before === null) return modes().grad ? grad : grad.detach();
  if (grad.layout === strided) return grad.add(before);
  return modes().grad ? before.add(grad) : before.add_(grad);
}
/** A gradient lies as its leaf does, or in row-major order where that has holes or overlaps: PyTorch's layout contract. */
function liesAs({ sizes, strides }: Tensor, leaf: Tensor): boolean {
  if (!isDense(leaf.sizes, leaf.strides)) return isContiguous(sizes, strides);
  for (let d = 0; d < sizes.length; d++) if (sizes[d] !== 1 && strides[d] !== leaf.strides[d]) return false;
  return true;
}
const roomFor = ({ sizes, strides, dtype, backend }: Tensor): Tensor =>
  empty(sizes, dtype, isDense(sizes, strides) ? strides : undefined, backend);
const ownsWhole = (t: Tensor): boolean => t.storage.block.nbytes === t.numel() * t.dtype.itemsize;

makeAccumulator.for = (leaf) => new AccumulateGrad(leaf);
