// What nodes keep for backward may be packed by the user's own functions.
import type { Tensor } from "../tensor.ts";
import type { Guard } from "./mode.ts";
import { scoped } from "./mode.ts";

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
  const savedHooks = { pack, unpack: unpack as (packed: unknown) => Tensor };
  return scoped("saved_tensors_hooks", { savedHooks }, body);
}
