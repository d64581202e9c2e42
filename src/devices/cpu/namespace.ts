// torch.cpu: what the CPU device's memory holds, under the names of torch.cuda's functions.
import { getDevice } from "../registry.ts";
import type { CpuDevice } from "./device.ts";
import type { CpuMemory } from "./memory.ts";

/** Figures as torch.cuda.memory_stats names them, as far as the CPU device has them. */
export interface CpuMemoryStats {
  /** Bytes of tensors: held now, at most at once, ever asked for, given back. */
  readonly "allocated_bytes.all.current": number;
  readonly "allocated_bytes.all.peak": number;
  readonly "allocated_bytes.all.allocated": number;
  readonly "allocated_bytes.all.freed": number;
  /** Times that memory was asked for. */
  readonly "allocation.all.allocated": number;
  /** Bytes asked of the system, which are reused but not given back. */
  readonly "reserved_bytes.all.current": number;
  readonly "reserved_bytes.all.peak": number;
  /** Times that dead tensors were looked for, among the young or among all. */
  readonly num_sweeps: number;
}
const memory = (): CpuMemory => (getDevice("cpu") as CpuDevice).memory;

/**
 * What the memory of tensors has come to. In Node dead tensors are looked for first, which takes some milliseconds, so
 * that what is counted as held is held (small tensors share pages of 16 KiB, which die together); in a browser those that
 * the engine has not yet reported count, too.
 * `torch.cuda.memory_stats` for the CPU.
 * @example
 * torch.cpu.memory_stats()["allocated_bytes.all.peak"];
 */
export function memory_stats(): CpuMemoryStats {
  memory().sweep();
  const { live, peak, allocated, allocations, reserved, sweeps } = memory().stats();
  return {
    "allocated_bytes.all.current": live,
    "allocated_bytes.all.peak": peak,
    "allocated_bytes.all.allocated": allocated,
    "allocated_bytes.all.freed": allocated - live,
    "allocation.all.allocated": allocations,
    "reserved_bytes.all.current": reserved,
    "reserved_bytes.all.peak": reserved,
    num_sweeps: sweeps,
  };
}
/**
 * Bytes that tensors hold now; looks for dead ones first, see {@link memory_stats}. `torch.cuda.memory_allocated`.
 * @example
 * torch.cpu.memory_allocated();
 */
export function memory_allocated(): number {
  memory().sweep();
  return memory().stats().live;
}
/**
 * The most bytes that tensors held at once, not yet collected ones among them, since the start or since
 * {@link reset_peak_memory_stats}. `torch.cuda.max_memory_allocated`.
 * @example
 * torch.cpu.max_memory_allocated();
 */
export function max_memory_allocated(): number {
  return memory().stats().peak;
}
/**
 * Bytes asked of the system so far. `torch.cuda.memory_reserved`.
 * @example
 * torch.cpu.memory_reserved();
 */
export function memory_reserved(): number {
  return memory().stats().reserved;
}
/**
 * Lets {@link max_memory_allocated} start anew from what is held now; looks for dead tensors first.
 * `torch.cuda.reset_peak_memory_stats`.
 * @example
 * torch.cpu.reset_peak_memory_stats();
 */
export function reset_peak_memory_stats(): void {
  memory().sweep();
  memory().resetPeak();
}
