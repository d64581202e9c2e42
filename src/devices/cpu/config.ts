// torch.__config__
import { getDevice } from "../registry.ts";
import type { CpuDevice } from "./device.ts";
import { kernelLevel } from "./code/features.ts";
import { get_num_threads, whyAlone } from "./threads/num_threads.ts";

const LEVELS = {
  wide: "WebAssembly SIMD with fused multiply-add (relaxed), vectors joined to 256 bits",
  relaxed: "WebAssembly SIMD with fused multiply-add (relaxed)",
  simd128: "WebAssembly SIMD (simd128)",
};
const LIVENESS = {
  poll: "by polling weak references",
  finalizer: "by finalizers between tasks, and moved out of a full memory until then",
  none: "never",
};
const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

/** Bun and Deno say in `versions.node` which Node they are like. */
function engine(): string {
  const { process, navigator } = globalThis as { process?: NodeJS.Process; navigator?: { userAgent: string } };
  const { bun, deno, node } = (process?.versions ?? {}) as Partial<Record<string, string>>;
  if (process === undefined || node === undefined) return navigator?.userAgent ?? "unknown";
  const name = bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node v${node}`;
  return `${name}, ${process.platform} ${process.arch}`;
}

/**
 * What the library found on this machine and runs with, as text: the engine, WebAssembly's instructions, threads, the
 * system's BLAS or why there is none, memory. `torch.__config__.show`.
 * @example
 * console.log(torch.__config__.show());
 */
export function show(): string {
  const { level, blas, memory } = getDevice("cpu") as CpuDevice;
  const limit = mebibytes(memory.maximum * 65536);
  return [
    "tidu running with:",
    `  - Engine: ${engine()}`,
    `  - CPU capability usage: ${LEVELS[level]}${level === kernelLevel(level) ? "" : " in products"}`,
    `  - Threads: ${get_num_threads()}${whyAlone() === null ? "" : ` (${whyAlone()})`}`,
    `  - BLAS: ${typeof blas === "string" ? blas : blas.name}`,
    `  - Memory: ${mebibytes(memory.stats().reserved)} reserved of at most ${limit}, dead tensors found ${LIVENESS[memory.livenessKind]}`,
    "",
  ].join("\n");
}
