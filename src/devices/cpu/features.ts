// Which WebAssembly instructions this engine has.

/** "relaxed": fused multiply-add in SIMD lanes. "simd128": multiply, then add. */
export type FeatureLevel = "relaxed" | "simd128";

// A module with one function of f32x4.relaxed_madd on three zero vectors.
const ZERO_VECTOR = [0xfd, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 62, 1, 60, 0];
const PROBE = Uint8Array.from([HEADER, ZERO_VECTOR, ZERO_VECTOR, ZERO_VECTOR, [0xfd, 0x85, 0x02, 0x1a, 0x0b]].flat());
const hasRelaxed = (): boolean => WebAssembly.validate(PROBE);

interface NodeProcess {
  readonly env: Record<string, string | undefined>;
  getBuiltinModule?(name: string): unknown;
}
const node = (globalThis as { process?: NodeProcess }).process;

/** What to compile for. The environment variable TIDU_WASM_LEVEL=simd128 asks for the lower level. */
export function featureLevel(): FeatureLevel {
  if (node?.env?.["TIDU_WASM_LEVEL"] === "simd128") return "simd128";
  if (hasRelaxed()) return "relaxed";
  // Node 20 has the instructions behind a flag that can be set while it runs.
  const v8 = node?.getBuiltinModule?.("node:v8") as { setFlagsFromString(flags: string): void } | undefined;
  v8?.setFlagsFromString("--experimental-wasm-relaxed-simd");
  return hasRelaxed() ? "relaxed" : "simd128";
}
