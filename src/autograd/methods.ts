// What a tensor can do with the graph: backward, hooks, requires_grad_.
import { typeWord } from "../tensor/type_word.ts";
import { RuntimeError, TypeError } from "../base/errors.ts";
import { observer } from "../base/observer.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { TensorHook } from "../tensor/tensor.ts";
import type { AccumulateGrad } from "./accumulate.ts";
import { backward } from "./backward.ts";
import type { BackwardOptions } from "./backward.ts";
import type { RemovableHandle } from "./node.ts";
import { assertUntransformed } from "./open_levels.ts";
import { addHook, detachments, gradientEdge } from "./node.ts";

declare module "../tensor/tensor.ts" {
  interface Tensor {
    /**
     * Adds d(self)/d(leaf) to `.grad` of every leaf. `gradient` is needed unless self has one element.
     * Options: `retain_graph` keeps the saved tensors for another backward; `create_graph` records the backward itself;
     * `inputs` limits it to the tensors named. As `torch.Tensor.backward`.
     * @example
     * const x = torch.tensor([1, 2], { requires_grad: true });
     * x.mul(x).sum().backward();
     * x.grad; // tensor([2., 4.])
     */
    backward(gradient?: Tensor | null, options?: BackwardOptions): void;
    backward(options: BackwardOptions & { gradient?: Tensor | null }): void;
    /**
     * Calls `hook` with the gradient when it is computed; what it returns takes the gradient's place. As in PyTorch, it is called
     * with null where none comes: of what came of one call, as by `chunk`, another result may have one alone.
     */
    register_hook(hook: TensorHook): RemovableHandle;
    /** Calls `hook` with a leaf after its `.grad` was updated. */
    register_post_accumulate_grad_hook(hook: (leaf: Tensor) => void): RemovableHandle;
    /** Has `.grad` filled for a tensor that is not a leaf. */
    retain_grad(): void;
    /** Switches recording on (or off) for a leaf, in place. */
    requires_grad_(requires_grad?: boolean | { readonly requires_grad?: boolean }): this;
    /** Cuts the tensor from the graph, in place. */
    detach_(): this;
  }
}

Tensor.prototype.backward = function (
  this: Tensor,
  first?: Tensor | null | (BackwardOptions & { gradient?: Tensor | null }),
  options: BackwardOptions = {},
) {
  if (first instanceof Tensor || first === null || first === undefined) backward(this, first ?? null, options);
  else if (typeof first === "object" && Object.getPrototypeOf(first) === Object.prototype)
    backward(this, first.gradient ?? null, first);
  else throw new TypeError(`gradients can be either Tensors or None, but got ${typeWord(first)}`);
};
Tensor.prototype.register_hook = function (hook) {
  if (!this.requires_grad) throw new RuntimeError("cannot register a hook on a tensor that doesn't require gradient");
  observer.current?.note?.("hook", this);
  const node = this.grad_fn;
  if (node === null) {
    this.hooks ??= new Map();
    const leaf = gradientEdge(this)!.node;
    leaf.tensorHooks = new Map([[0, this.hooks]]);
    return addHook(this.hooks, hook);
  }
  const hooks = (node.tensorHooks ??= new Map());
  const mine = hooks.get(this.outputNr) ?? new Map<number, TensorHook>();
  hooks.set(this.outputNr, mine);
  return addHook(mine, hook);
};
Tensor.prototype.register_post_accumulate_grad_hook = function (hook) {
  if (!this.requires_grad) throw new RuntimeError("cannot register a hook on a tensor that doesn't require gradient");
  if (this.grad_fn !== null)
    throw new RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors");
  observer.current?.note?.("hook", this);
  const leaf = gradientEdge(this)!.node as AccumulateGrad;
  return addHook((leaf.afterHooks ??= new Map()), hook);
};
Tensor.prototype.retain_grad = function () {
  if (!this.requires_grad) throw new RuntimeError("can't retain_grad on Tensor that has requires_grad=False");
  assertUntransformed("retain_grad");
  const node = this.grad_fn;
  if (node === null) return;
  observer.current?.note?.("retain_grad", this);
  this.retains = true;
  (node.retained ??= new Map()).set(this.outputNr, this);
};
Tensor.prototype.requires_grad_ = function (given) {
  const requires_grad = (typeof given === "object" ? given.requires_grad : given) ?? true;
  assertUntransformed("requires_grad_", "(or perhaps using torch.autograd.functional.* APIs) ");
  if (requires_grad && !this.dtype.is_differentiable)
    throw new RuntimeError("only Tensors of floating point dtype can require gradients");
  if (this.is_leaf || !requires_grad) this.requires_grad = requires_grad;
  return this;
};
Tensor.prototype.detach_ = function () {
  if (this.view_ !== null)
    throw new RuntimeError(
      "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be called on these gradients. To fix this error, please refer to the Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution.",
    );
  observer.current?.note?.("detach_", this);
  if (this.node !== null) detachments.note(this);
  Tensor.tangents?.drop(this);
  this.node = null;
  this.outputNr = 0;
  this.leafRequiresGrad = false;
  return this;
};
