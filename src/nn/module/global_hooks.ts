// Hooks of all modules, as torch.nn.modules.module has them. They run before a module's own.
import type { RemovableHandle } from "../../autograd/node.ts";
import { callable } from "../../dispatch/callable.ts";
import { add, globalHooks } from "./hooks.ts";
import type { BackwardHook, BackwardPreHook } from "./hooks.ts";
import type { Module } from "./module.ts";

/** `hook(module, args)` before forward of every module; may return other arguments. */
export const register_module_forward_pre_hook = callable<{ hook: (module: Module, args: unknown[]) => unknown }>()(
  "register_module_forward_pre_hook(callable hook) -> RemovableHandle",
  ({ hook }): RemovableHandle => add(globalHooks.forwardPre, { hook, takesKwargs: false }),
);
/**
 * `hook(module, args, output)` after forward of every module; may return another output. With `with_kwargs` it is given
 * the arguments by name before the output.
 */
export const register_module_forward_hook = callable<{ hook: (module: Module, ...given: never[]) => unknown }>()(
  "register_module_forward_hook(callable hook, *, bool with_kwargs=False, bool always_call=False) -> RemovableHandle",
  ({ hook, with_kwargs, always_call }): RemovableHandle =>
    add(globalHooks.forward, { hook, takesKwargs: with_kwargs, always: always_call }),
);
/** `hook(module, grad_input, grad_output)` in backward of every module. */
export const register_module_full_backward_hook = callable<{ hook: BackwardHook }>()(
  "register_module_full_backward_hook(callable hook) -> RemovableHandle",
  ({ hook }): RemovableHandle => add(globalHooks.backward, hook),
);
/** `hook(module, grad_output)` in backward of every module, before it. */
export const register_module_full_backward_pre_hook = callable<{ hook: BackwardPreHook }>()(
  "register_module_full_backward_pre_hook(callable hook) -> RemovableHandle",
  ({ hook }): RemovableHandle => add(globalHooks.backwardPre, hook),
);
