// torch.cuda: such a device is there only where "tidu/webgpu" was told to be it (as_cuda); otherwise a program that asks is told so.
import { callable } from "../dispatch/callable.ts";
import type { Backend } from "../devices/backend.ts";
import { default_generator } from "../random/generator.ts";
import { getDevice, isKnown, starts } from "../devices/registry.ts";

const there = (): Backend | null => (isKnown("cuda") ? getDevice("cuda") : null);
/** The device. Raises AssertionError where there is none. */
const cuda = (): Backend => getDevice("cuda");

/** Whether there is such a device, as `torch.cuda.is_available`. */
export const is_available = callable("is_available() -> bool", () => starts("cuda"));
export const is_initialized = callable("is_initialized() -> bool", () => isKnown("cuda"));
export const is_bf16_supported = callable("is_bf16_supported(bool including_emulation=True) -> bool", () =>
  isKnown("cuda"),
);
export const device_count = callable("device_count() -> int", () => Number(isKnown("cuda")));
const seeded = ({ seed }: { seed: number | bigint }): void => {
  if (isKnown("cuda")) default_generator.manual_seed(seed);
};
/** Random numbers are the CPU's on every device: seeds those where there is a device. */
export const manual_seed = callable("manual_seed(integer seed) -> None", seeded);
export const manual_seed_all = callable("manual_seed_all(integer seed) -> None", seeded);
/** Nothing is kept. */
export const empty_cache = callable("empty_cache() -> None", () => {});
const figure = (name: "live" | "peak" | "reserved") => (): number => there()?.memoryStats()[name] ?? 0;
/** Bytes that tensors hold on the device, at most so far, and what it reserved for them. */
export const memory_allocated = callable("memory_allocated(object device=None) -> int", figure("live"));
export const max_memory_allocated = callable("max_memory_allocated(object device=None) -> int", figure("peak"));
export const memory_reserved = callable("memory_reserved(object device=None) -> int", figure("reserved"));
export const max_memory_reserved = callable("max_memory_reserved(object device=None) -> int", figure("reserved"));
export const current_device = callable("current_device() -> int", (): number => (cuda(), 0));
export const set_device = callable("set_device(object device) -> None", () => void cuda());
/** What the adapter calls itself. */
export const get_device_name = callable(
  "get_device_name(object device=None) -> str",
  (): string => (cuda() as Backend & { adapter?: { description: string } }).adapter?.description ?? "",
);
/** None that kernels written for CUDA could count on: 0, 0. */
export const get_device_capability = callable(
  "get_device_capability(object device=None) -> int[]",
  (): [number, number] => (cuda(), [0, 0]),
);
/** Waits until all that the device was asked for is done. */
export const synchronize = callable("synchronize(object device=None) -> None", () => cuda().synchronize());
export const init = callable("init() -> None", () => void cuda());
