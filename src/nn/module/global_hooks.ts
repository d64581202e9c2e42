// Hooks of all modules, as torch.nn.modules.module has them. They run before a module's own.
import type { RemovableHandle } from "../../autograd/node.ts";
import { add, globalHooks } from "./hooks.ts";
import type { BackwardHook, BackwardPreHook } from "./hooks.ts";
import type { Module } from "./module.ts";

/** `hook(module, args)` before forward of every module; may return other arguments. */
export function register_module_forward_pre_hook(hook: (module: Module, args: unknown[]) => unknown): RemovableHandle {
  return add(globalHooks.forwardPre, { hook, takesKwargs: false });
}
/** `hook(module, args, output)` after forward of every module; may return another output. */
export function register_module_forward_hook(
  hook: (module: Module, args: unknown[], output: unknown) => unknown,
): RemovableHandle {
  return add(globalHooks.forward, { hook, takesKwargs: false });
}
/** `hook(module, grad_input, grad_output)` in backward of every module. */
export function register_module_full_backward_hook(hook: BackwardHook): RemovableHandle {
  return add(globalHooks.backward, hook);
}
/** `hook(module, grad_output)` in backward of every module, before it. */
export function register_module_full_backward_pre_hook(hook: BackwardPreHook): RemovableHandle {
  return add(globalHooks.backwardPre, hook);
}
