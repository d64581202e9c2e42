// torch.random: the state of the default generator.
import { TypeError } from "../../base/errors.ts";
import type { Guard } from "../../autograd/mode.ts";
import { uint8 } from "../../base/dtype.ts";
import { default_generator } from "../../random/generator.ts";
import { bindArguments, callable } from "../../dispatch/callable.ts";
import { wholeSeed } from "../../random/generator.ts";
import type { Generator } from "../../random/generator.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { fromTyped } from "../creation/from_data.ts";

/**
 * Seeds the default generator and returns it, as `torch.manual_seed`; a fraction is cut off, as Python's `int` does.
 * Raises ValueError for NaN and infinities and outside [-2^63, 2^64).
 * @example
 * manual_seed(0).random(); // 2357136044
 */
export const manual_seed = callable<{ seed: number | bigint }>()(
  "manual_seed(object seed) -> Generator",
  ({ seed }): Generator => default_generator.manual_seed(wholeSeed(seed)),
);
/** Seeds the default generator from the system's entropy and returns the seed, as `torch.seed`. */
export const seed = callable("seed() -> int", () => default_generator.seed());
/** The seed of the default generator, as `torch.initial_seed`. */
export const initial_seed = callable("initial_seed() -> int", () => default_generator.initial_seed());

/** The whole state of the default generator as a uint8 tensor, byte for byte PyTorch's. As `torch.get_rng_state`. */
export const get_rng_state = callable("get_rng_state() -> Tensor", (): Tensor => {
  const bytes = default_generator.get_state();
  return fromTyped(bytes, [bytes.length], uint8);
});
/** Continues from a state of {@link get_rng_state}, or of PyTorch's. Raises TypeError or RuntimeError for what is none. */
export const set_rng_state = callable("set_rng_state(Tensor new_state) -> None", ({ new_state }): void => {
  if (new_state.dtype !== uint8) throw new TypeError("RNG state must be a torch.ByteTensor");
  default_generator.set_state(new_state.typed_array() as Uint8Array);
});
interface ForkOptions {
  /** Other devices whose generators are kept: there are none. */
  devices?: readonly unknown[] | null;
  enabled?: boolean;
  device_type?: string;
}
const FORK =
  "fork_rng(object devices=None, bool enabled=True, str _caller='fork_rng', str _devices_kw='devices', str device_type='cuda') -> None";
/**
 * What `body` draws, or what is drawn until the returned guard is disposed, leaves the default generator as it was.
 * As `torch.random.fork_rng`.
 * @example const noise = torch.random.fork_rng(() => torch.rand(3));
 */
export function fork_rng(options?: ForkOptions): Guard;
export function fork_rng<T>(body: () => T): T;
export function fork_rng<T>(options: ForkOptions, body: () => T): T;
export function fork_rng(...given: unknown[]): unknown {
  const last = given.at(-1);
  const body = typeof last === "function" ? (last as () => unknown) : undefined;
  const { enabled } = bindArguments(FORK, body === undefined ? given : given.slice(0, -1));
  if (!enabled) return restoring(() => {}, body);
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
