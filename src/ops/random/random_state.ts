// torch.random: the state of the default generator.
import { TypeError } from "../../base/errors.ts";
import type { Guard } from "../../autograd/mode.ts";
import { uint8 } from "../../base/dtype.ts";
import { default_generator } from "../../random/generator.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { fromTyped } from "../creation/from_data.ts";

export { initial_seed, manual_seed, seed } from "../../random/generator.ts";

/** The whole state of the default generator as a uint8 tensor, byte for byte PyTorch's. As `torch.get_rng_state`. */
export function get_rng_state(): Tensor {
  const bytes = default_generator.get_state();
  return fromTyped(bytes, [bytes.length], uint8);
}
/** Continues from a state of {@link get_rng_state}, or of PyTorch's. Raises TypeError or RuntimeError for what is none. */
export function set_rng_state(new_state: Tensor): void {
  if (new_state.dtype !== uint8) throw new TypeError("RNG state must be a torch.ByteTensor");
  default_generator.set_state(new_state.typed_array() as Uint8Array);
}
/**
 * What `body` draws, or what is drawn until the returned guard is disposed, leaves the default generator as it was.
 * As `torch.random.fork_rng`.
 * @example const noise = torch.random.fork_rng(() => torch.rand(3));
 */
export function fork_rng(): Guard;
export function fork_rng<T>(body: () => T): T;
export function fork_rng<T>(body?: () => T): T | Guard {
  const state = default_generator.get_state();
  return restoring(() => void default_generator.set_state(state), body);
}

/** Runs `body`, a promise to its end, then `restore`; without a body, that is for the returned guard to do. */
function restoring<T>(restore: () => void, body: (() => T) | undefined): T | Guard {
  if (body === undefined) return { [Symbol.dispose]: restore };
  let result: T;
  try {
    result = body();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as T;
  restore();
  return result;
}
