// Code in which two neighbouring 128-bit vectors are one of 256 bits.
//
// Note [Wide code]: WebAssembly's vectors have 128 bits, the processor's 256 or more. V8's optimizing compiler can make one
// instruction out of two that do the same to neighbouring vectors, from their loads to their stores: revectorization, an
// experiment behind a flag in Node 24 and 26. Products reach 107 GFLOP/s on a core that does 58 with 128 bits, to the same
// bits. What it finds are pairs of stores side by side whose values come about alike, step by step, with nothing stored in
// between; code that wants to be wide is written so.
//
// As it is an experiment, the flag is up only while that compiler makes such code, function by function, as V8's own tests ask
// for it (%WasmTierUpFunction); and engines are listed that our tests ran on: a V8 that meets what it did not expect ends the
// process (14.6 does for vectors in globals) or computes something else (13.6 for the negative of float64 and for some masks:
// there only products are wide). Flags are the process's: another thread that began to run code while the first compiler or
// inlining was turned off died, so neither is.
// TIDU_WASM_LEVEL=relaxed does without; TIDU_WASM_LEVEL=wide asks for it on engines not listed, too, and from the first
// launch on: so the tests run on an engine before it is listed.
import { ModuleBuilder } from "./assembler.ts";

interface V8 {
  setFlagsFromString(flags: string): void;
}
interface Vm {
  runInThisContext(text: string): unknown;
}
interface NodeProcess {
  readonly arch: string;
  readonly versions: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?<N extends "node:v8" | "node:vm">(name: N): { "node:v8": V8; "node:vm": Vm }[N];
}
const node = (globalThis as { process?: NodeProcess }).process;

/** V8 as all tests ran on it: that of Node 24 and 26, not of Electron or Deno. */
const TESTED = /^(13\.6|14\.6)\..*-node/;
const FLAGS = ["experimental-wasm-revectorize", "allow-natives-syntax"];

/** Whether this engine is one of those known to make wide code of what `widen` is given. */
export function makesWideCode(): boolean {
  return node?.arch === "x64" && TESTED.test(node.versions?.["v8"] ?? "") && fuses();
}

/** The same for kernels, which do more than multiply and add; of engines not listed, whoever asks for it is to find out. */
export const makesWideKernels = (): boolean => !(node?.versions?.["v8"] ?? "").startsWith("13.6.");

// An empty section of a name, which means nothing.
const MARK = Uint8Array.of(0, 5, 4, ...new TextEncoder().encode("wide"));
/** A module by other bytes: engines keep what they made, in another way, of the same ones. */
export function marked(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length + MARK.length);
  out.set(bytes);
  out.set(MARK, bytes.length);
  return out;
}

/**
 * Makes wide code of all functions of an instance of a module that `marked` made. Where another thread takes the flags down
 * meanwhile, what follows stays as it is, which gives the same bits.
 */
export function widen(exports: WebAssembly.Exports): void {
  const v8 = node!.getBuiltinModule!("node:v8");
  for (const flag of FLAGS) v8.setFlagsFromString(`--${flag}`);
  try {
    // A script runs where text may not be evaluated, too.
    const optimize = node!.getBuiltinModule!("node:vm").runInThisContext("(f) => %WasmTierUpFunction(f)");
    for (const f of Object.values(exports)) (optimize as (f: unknown) => void)(f);
  } catch (error) {
    // Of the percent sign.
    if ((error as Error).name !== "SyntaxError") throw error;
  } finally {
    for (const flag of FLAGS) v8.setFlagsFromString(`--no-${flag}`);
  }
}

/** Whether a relaxed multiply-add rounds once: processors that do so have vectors of 256 bits, too. */
function fuses(): boolean {
  const module = new ModuleBuilder({ shared: false, maximum: 1 });
  const vector = (f: Parameters<Parameters<ModuleBuilder["func"]>[2]>[0], x: number) => f.f32(x).op("f32x4.splat");
  module.func(
    [],
    ["f32"],
    (f) => {
      for (const x of [1 + 2 ** -12, 1 + 2 ** -12, -1 - 2 ** -11]) vector(f, x);
      f.op("f32x4.relaxed_madd").lane("f32x4.extract_lane", 0);
    },
    "run",
  );
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory } });
  return (exports["run"] as () => number)() !== 0;
}
