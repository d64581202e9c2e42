// What nodes keep for backward may be packed by the user's own functions.
import type { Tensor } from "../tensor/tensor.ts";
import { RuntimeError } from "../base/errors.ts";
import type { Guard } from "./mode.ts";
import { modes, scoped } from "./mode.ts";

/**
 * What nodes keep inside goes through `pack`, and through `unpack` when backward asks for it: to keep it elsewhere, smaller,
 * or to look at it. `unpack` must give a tensor of the same values. As `torch.autograd.graph.saved_tensors_hooks`.
 * @example
 * const x = torch.ones(2, { requires_grad: true });
 * const y = torch.autograd.graph.saved_tensors_hooks(
 *   (t) => t.half(),
 *   (packed) => packed.float(),
 *   () => x.mul(x).sum(),
 * );
 * y.backward();
 */
export function saved_tensors_hooks<P>(pack: (t: Tensor) => P, unpack: (packed: P) => Tensor): Guard;
export function saved_tensors_hooks<P, T>(pack: (t: Tensor) => P, unpack: (packed: P) => Tensor, body: () => T): T;
export function saved_tensors_hooks<P, T>(
  pack: (t: Tensor) => P,
  unpack: (packed: P) => Tensor,
  body?: () => T,
): T | Guard {
  const { hooksRefused } = modes();
  if (hooksRefused !== null) throw new RuntimeError(hooksRefused);
  const savedHooks = { pack, unpack: unpack as (packed: unknown) => Tensor };
  return scoped("saved_tensors_hooks", { savedHooks }, body);
}
/**
 * Has saved_tensors_hooks raise RuntimeError with this sentence inside; raises it at once where there are such hooks. As
 * `torch.autograd.graph.disable_saved_tensors_hooks`.
 */
export function disable_saved_tensors_hooks(error_message: string): Guard;
export function disable_saved_tensors_hooks<T>(error_message: string, body: () => T): T;
export function disable_saved_tensors_hooks<T>(error_message: string, body?: () => T): T | Guard {
  assertUnhooked(error_message);
  return scoped("disable_saved_tensors_hooks", { hooksRefused: error_message }, body);
}
/** Raises where there are hooks on what nodes keep. */
export function assertUnhooked(error_message: string): void {
  if (modes().savedHooks !== null) throw new RuntimeError(error_message);
}
