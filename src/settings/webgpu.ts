// torch.webgpu: the device that importing "tidu/webgpu" makes known.
import type { MemoryStats } from "../devices/backend.ts";
import { getDevice, starts } from "../devices/registry.ts";
import { callable } from "../dispatch/callable.ts";

/** Whether there is a WebGPU device, which is started to find out; false unless "tidu/webgpu" is imported. */
export const is_available = callable("is_available() -> bool", () => starts("webgpu"));
/** Waits until all that the device was asked for is done. Raises RuntimeError if there is none. */
export const synchronize = callable("synchronize() -> None", () => getDevice("webgpu").synchronize());
/** Bytes of tensors on it: held, at most, ever handed out; and what it reserved for them. */
export const memory_stats = callable("memory_stats() -> object", (): MemoryStats => getDevice("webgpu").memoryStats());
