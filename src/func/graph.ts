// torch.autograd.graph: what nodes keep for backward may be packed by the user's own functions.
import type { Guard } from "../autograd/mode.ts";
import { disableSavedHooks, withSavedHooks } from "../autograd/saved_hooks.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * What nodes keep inside goes through `pack_hook`, and through `unpack_hook` when backward asks for it: to keep it elsewhere,
 * smaller, or to look at it. `unpack_hook` must give a tensor of the same values. As
 * `torch.autograd.graph.saved_tensors_hooks`.
 * @example
 * const x = torch.ones(2, { requires_grad: true });
 * const y = torch.autograd.graph.saved_tensors_hooks(
 *   (t) => t.half(),
 *   (packed) => packed.float(),
 *   () => x.mul(x).sum(),
 * );
 * y.backward();
 */
export function saved_tensors_hooks<P>(pack_hook: (t: Tensor) => P, unpack_hook: (packed: P) => Tensor): Guard;
export function saved_tensors_hooks<P, T>(
  pack_hook: (t: Tensor) => P,
  unpack_hook: (packed: P) => Tensor,
  body: () => T,
): T;
export function saved_tensors_hooks(...given: unknown[]): unknown {
  const { pack_hook, unpack_hook, body } = bindArguments(
    "saved_tensors_hooks(callable pack_hook, callable unpack_hook, callable? body=None) -> None",
    given,
  );
  return withSavedHooks(pack_hook as never, unpack_hook as never, body);
}
/**
 * Has saved_tensors_hooks raise RuntimeError with this sentence inside; raises it at once where there are such hooks. As
 * `torch.autograd.graph.disable_saved_tensors_hooks`.
 */
export function disable_saved_tensors_hooks(error_message: string): Guard;
export function disable_saved_tensors_hooks<T>(error_message: string, body: () => T): T;
export function disable_saved_tensors_hooks(...given: unknown[]): unknown {
  const { error_message, body } = bindArguments(
    "disable_saved_tensors_hooks(str error_message, callable? body=None) -> None",
    given,
  );
  return disableSavedHooks(error_message, body);
}
