// What nodes keep for backward may be packed by the user's own functions.
import type { Tensor } from "../tensor/tensor.ts";
import { RuntimeError } from "../base/errors.ts";
import type { Guard } from "./mode.ts";
import { modes, scoped } from "./mode.ts";

/** See torch.autograd.graph. */
export function withSavedHooks<P, T>(
  pack: (t: Tensor) => P,
  unpack: (packed: P) => Tensor,
  body: (() => T) | null,
): T | Guard {
  const { hooksRefused } = modes();
  if (hooksRefused !== null) throw new RuntimeError(hooksRefused);
  const savedHooks = { pack, unpack: unpack as (packed: unknown) => Tensor };
  return scoped("saved_tensors_hooks", { savedHooks }, body);
}
export function disableSavedHooks<T>(error_message: string, body: (() => T) | null): T | Guard {
  assertUnhooked(error_message);
  return scoped("disable_saved_tensors_hooks", { hooksRefused: error_message }, body);
}
/** Raises where there are hooks on what nodes keep. */
export function assertUnhooked(error_message: string): void {
  if (modes().savedHooks !== null) throw new RuntimeError(error_message);
}
