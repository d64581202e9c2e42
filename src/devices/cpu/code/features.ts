// Which WebAssembly instructions this engine has.
import { environment } from "../environment.ts";
import { makesWideCode, makesWideKernels } from "./wide.ts";

/**
 * The highest first. "wide": as relaxed, and this engine can make one instruction of 256 bits out of two, see
 * Note [Wide code]. "relaxed": fused multiply-add in SIMD lanes. "simd128": multiply, then add.
 */
export const FEATURE_LEVELS = ["wide", "relaxed", "simd128"] as const;
export type FeatureLevel = (typeof FEATURE_LEVELS)[number];

// A module with one function of f32x4.relaxed_madd on three zero vectors.
const ZERO_VECTOR = [0xfd, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 62, 1, 60, 0];
const PROBE = Uint8Array.from([HEADER, ZERO_VECTOR, ZERO_VECTOR, ZERO_VECTOR, [0xfd, 0x85, 0x02, 0x1a, 0x0b]].flat());
const hasRelaxed = (): boolean => WebAssembly.validate(PROBE);

interface NodeProcess {
  getBuiltinModule?(name: string): unknown;
}
const node = (globalThis as { process?: NodeProcess }).process;

/** The level that the environment variable TIDU_WASM_LEVEL names, if any. */
export const wantedLevel = (): string | undefined => environment("TIDU_WASM_LEVEL");

/** What to compile products for: the highest level there is, or the one that is wanted. */
export function featureLevel(): FeatureLevel {
  const wanted = wantedLevel();
  if (wanted === "simd128" || !enableRelaxed()) return "simd128";
  if (wanted === "relaxed" || wanted === "wide") return wanted;
  return makesWideCode() ? "wide" : "relaxed";
}

/** What to compile kernels for, where products are compiled for `level`. */
export function kernelLevel(level: FeatureLevel): FeatureLevel {
  return level === "wide" && !makesWideKernels() ? "relaxed" : level;
}

/** Whether there are relaxed instructions; Node 20 has them behind a flag that can be set while it runs. */
function enableRelaxed(): boolean {
  if (hasRelaxed()) return true;
  const v8 = node?.getBuiltinModule?.("node:v8") as { setFlagsFromString(flags: string): void } | undefined;
  v8?.setFlagsFromString("--experimental-wasm-relaxed-simd");
  return hasRelaxed();
}
