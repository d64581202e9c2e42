// Backward hooks of modules: identity nodes around the module see the gradients that enter and leave it.
import { typeWord } from "../../tensor/type_word.ts";
import { Function } from "../../autograd/function.ts";
import type { FunctionContext } from "../../autograd/function.ts";
import { modes } from "../../autograd/mode.ts";
import type { Node } from "../../autograd/node.ts";
import { RuntimeError, warn } from "../../base/errors.ts";
import { zeros } from "../../ops/creation/creation.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { watching } from "./hooks.ts";
import type { BackwardHook, BackwardPreHook, Gradients, Watch } from "./hooks.ts";
import type { Module } from "./module.ts";

class BackwardHookFunction extends Function {
  static override forward(ctx: FunctionContext, ...tensors: Tensor[]): Tensor[] {
    ctx.mark_non_differentiable(...tensors.filter((t) => !t.requires_grad));
    return tensors;
  }
  static override backward(_ctx: FunctionContext, ...grads: Tensor[]): Tensor[] {
    return grads;
  }
}
type List = readonly unknown[];

/** Puts a node before the arguments, for hooks to be called. As `torch.utils.hooks.BackwardHook`. */
function watchInputs(
  module: Module,
  preHooks: readonly BackwardPreHook[],
  hooks: readonly BackwardHook[],
  given: unknown[],
): Watch {
  let gradOutputs: Gradients | null = null;
  const runHooks = (gradInputs: Gradients): Gradients => {
    let result = gradInputs;
    for (const hook of hooks) {
      const changed = hook(module, result, gradOutputs!);
      if (changed === null || changed === undefined) continue;
      const list = changed instanceof Tensor ? [changed] : changed;
      if (list.length !== result.length)
        throw new RuntimeError(
          `Backward hook returned an invalid number of grad_input, got ${list.length}, but expected ${result.length}`,
        );
      result = list;
    }
    gradOutputs = null;
    return result;
  };
  const shapes = given.map((x) => {
    if (!(x instanceof Tensor)) return null;
    const { sizes, dtype } = x;
    return () => zeros([...sizes], { dtype });
  });
  const inputs = behindNode(given);
  inputs?.node.register_hook((grads) => {
    // A gradient that reached the inputs without passing through the outputs, as in a double backward.
    if (gradOutputs === null) return;
    // Tensors that got no gradient are told apart from what is no tensor by zeros.
    const full = inputs.pack(grads).map((grad, i) => grad ?? shapes[i]?.() ?? null);
    return inputs.unpack(runHooks(full));
  });
  return {
    args: inputs === null ? given : inputs.values,
    watchOutputs(output) {
      const list = Array.isArray(output) ? (output as unknown[]) : [output];
      if (!list.some((x) => x instanceof Tensor))
        warn(
          `For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received ${typeWord(output)}`,
        );
      const outputs = behindNode(list);
      if (outputs === null) return output;
      outputs.node.register_prehook((grads) => {
        gradOutputs = runPreHooks(module, preHooks, outputs.pack(grads));
        const passedOn = outputs.unpack(gradOutputs);
        if (inputs === null) {
          warn(NO_INPUT_GRAD);
          runHooks(given.map(() => null)).forEach(assertNull);
        }
        return passedOn;
      });
      return Array.isArray(output) ? outputs.values : outputs.values[0];
    },
  };
}
function runPreHooks(module: Module, hooks: readonly BackwardPreHook[], grads: Gradients): Gradients {
  let result = grads;
  for (const hook of hooks) {
    const changed = hook(module, result);
    if (changed === null || changed === undefined) continue;
    const list = changed instanceof Tensor ? [changed] : changed;
    if (list.length !== grads.length)
      throw new RuntimeError(
        `Backward pre hook returned an invalid number of grad_output, got ${list.length}, but expected ${grads.length}`,
      );
    result = list;
  }
  return result;
}
function assertNull(grad: Tensor | null): void {
  if (grad !== null)
    throw new RuntimeError(
      "Backward hook for Modules where no input requires gradient should always return None or None for all gradients.",
    );
}

interface Behind {
  readonly node: Node;
  readonly values: unknown[];
  /** Gradients of the node's tensors, among null for what is not a tensor. */
  pack(grads: Gradients): Gradients;
  unpack(grads: Gradients): (Tensor | null)[];
}
/** The tensors of a list as results of an identity node; null if none of them needs one. */
function behindNode(list: List): Behind | null {
  const places = list.flatMap((x, i) => (x instanceof Tensor ? [i] : []));
  const tensors = places.map((i) => list[i] as Tensor);
  if (!modes().grad || !tensors.some((t) => t.requires_grad)) return null;
  const made = BackwardHookFunction.apply(...tensors);
  const values = [...list];
  for (const [k, i] of places.entries()) values[i] = made[k];
  return {
    node: made.find((t) => t.grad_fn !== null)!.grad_fn!,
    values,
    pack: (grads) => list.map((_, i) => (places.includes(i) ? grads[places.indexOf(i)] : null)),
    unpack: (grads) => places.map((i) => grads[i]),
  };
}
const NO_INPUT_GRAD =
  "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs require gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook for more details.";
watching.inputs = watchInputs;
