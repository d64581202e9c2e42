// torch.cuda: no such device is there, and a program that asks is told so.
import { AssertionError } from "../base/errors.ts";
import { callable } from "../dispatch/callable.ts";

/** False: this build has no such device. */
export const is_available = callable("is_available() -> bool", () => false);
export const is_initialized = callable("is_initialized() -> bool", () => false);
export const is_bf16_supported = callable("is_bf16_supported(bool including_emulation=True) -> bool", () => false);
export const device_count = callable("device_count() -> int", () => 0);
/** Nothing to seed. */
export const manual_seed = callable("manual_seed(integer seed) -> None", () => {});
export const manual_seed_all = callable("manual_seed_all(integer seed) -> None", () => {});
/** Nothing is kept. */
export const empty_cache = callable("empty_cache() -> None", () => {});
export const memory_allocated = callable("memory_allocated(object device=None) -> int", () => 0);
export const max_memory_allocated = callable("max_memory_allocated(object device=None) -> int", () => 0);
export const memory_reserved = callable("memory_reserved(object device=None) -> int", () => 0);
const absent = (): never => {
  throw new AssertionError("Torch not compiled with CUDA enabled");
};
export const current_device = callable("current_device() -> int", (): number => absent());
export const set_device = callable("set_device(object device) -> None", absent);
export const get_device_name = callable("get_device_name(object device=None) -> str", (): string => absent());
export const get_device_capability = callable(
  "get_device_capability(object device=None) -> int[]",
  (): [number, number] => absent(),
);
export const synchronize = callable("synchronize(object device=None) -> None", absent);
export const init = callable("init() -> None", absent);
