// torch.cuda: no such device is there, and a program that asks is told so.
import { AssertionError } from "../base/errors.ts";

/** False: this build has no such device. */
export const is_available = (): boolean => false;
export const is_initialized = (): boolean => false;
export const is_bf16_supported = (): boolean => false;
export const device_count = (): number => 0;
/** Nothing to seed. */
export const manual_seed = (_seed: number | bigint): void => {};
export const manual_seed_all = (_seed: number | bigint): void => {};
/** Nothing is kept. */
export const empty_cache = (): void => {};
export const memory_allocated = (): number => 0;
export const max_memory_allocated = (): number => 0;
export const memory_reserved = (): number => 0;
const absent = (): never => {
  throw new AssertionError("Torch not compiled with CUDA enabled");
};
export const current_device = (): number => absent();
export const set_device = (_device: unknown): void => absent();
export const get_device_name = (_device?: unknown): string => absent();
export const get_device_capability = (_device?: unknown): [number, number] => absent();
export const synchronize = (_device?: unknown): void => absent();
export const init = (): void => absent();
