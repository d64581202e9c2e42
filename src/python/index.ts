// tidu/python: PyTorch programs, unchanged, on CPython compiled to WebAssembly.
import { ImportError, ValueError } from "../base/errors.ts";
import { Bridge } from "./bridge.ts";
import { tiduModule } from "./module.ts";
import { files } from "./package.ts";

export { ImportError };

/** What of pyodide's interface is used. */
interface Pyodide {
  runPython(source: string): unknown;
  pyimport(name: string): unknown;
  registerJsModule(name: string, module: object): void;
  FS: { mkdirTree(path: string): void; writeFile(path: string, data: string): void };
  setStdout(options: { write: (bytes: Uint8Array) => number }): void;
  setStderr(options: { write: (bytes: Uint8Array) => number }): void;
}
export interface PythonOptions {
  /** Gets what programs print, in pieces as they come. Without it that goes where pyodide sends it: to the console. */
  stdout?: (text: string) => void;
  stderr?: (text: string) => void;
  /** The folder of pyodide's files. In browsers its module is loaded from there, too. */
  indexURL?: string;
  /** A pyodide that is loaded already. */
  pyodide?: unknown;
  /** What programs that ask for "cuda" get: nothing, or the WebGPU device. Without it `device="webgpu"` is there if "tidu/webgpu" was imported. */
  cuda?: "webgpu";
}
/** Gives JSON of what the program raised. */
interface RunSource {
  (source: string, filename: string): string | undefined;
  callPromising(source: string, filename: string): Promise<string | undefined>;
}
const CAN_SUSPEND = "Suspending" in WebAssembly;

/** A running Python with `import torch`. */
export interface Python {
  /**
   * Runs a program in a fresh namespace, as a file of that name. Raises PythonError with its traceback. It ends before
   * this returns, but where the engine can suspend WebAssembly (JSPI), which lets memory be given back in between.
   */
  run(source: string, filename?: string): Promise<void>;
  /** Objects of the library that Python holds at the moment. */
  readonly held: number;
  readonly pyodide: unknown;
}
/** A Python exception: its class, its text, and the traceback as Python prints it. */
export class PythonError extends Error {
  override name = "PythonError";
  readonly type: string;
  readonly traceback: string;
  constructor(type: string, text: string, traceback: string) {
    super(text);
    this.type = type;
    this.traceback = traceback;
  }
}

/**
 * V8 11, of Node 20, ends the process ("unreachable code" in its deoptimizer) when it drops optimized code during a call of
 * WebAssembly that it had inlined there. Python, which is called and calls back, makes that happen; so no inlining.
 */
function avoidInlinedCalls(): void {
  const node = (globalThis as { process?: { versions?: { v8?: string }; getBuiltinModule?(id: string): unknown } })
    .process;
  if (!node?.versions?.v8?.startsWith("11.")) return;
  const v8 = node.getBuiltinModule?.("node:v8") as { setFlagsFromString(flags: string): void } | undefined;
  v8?.setFlagsFromString("--no-turbo-inline-js-wasm-calls");
}

async function loadPyodide(indexURL: string | undefined): Promise<Pyodide> {
  const { location } = globalThis as { location?: { href: string } };
  const name = location && indexURL ? new URL("pyodide.mjs", new URL(indexURL, location.href)).href : "pyodide";
  let module: { loadPyodide(options: object): Promise<Pyodide> };
  try {
    module = (await import(/* @vite-ignore */ name)) as typeof module;
  } catch (cause) {
    throw new ImportError(
      "Python programs need pyodide, CPython compiled to WebAssembly.\nInstall it beside tidu: npm install pyodide. In a browser tell where its files are: loadPython({ indexURL }).",
      { cause },
    );
  }
  return module.loadPyodide(indexURL === undefined ? {} : { indexURL });
}
const writer = (write: (text: string) => void): { write: (bytes: Uint8Array) => number } => {
  const decoder = new TextDecoder();
  return {
    write(bytes) {
      write(decoder.decode(bytes.slice(), { stream: true }));
      return bytes.length;
    },
  };
};

/** The WebGPU device in the place of CUDA's, up and running: a page's main thread could not wait for it later. */
async function takeCuda(wanted: unknown): Promise<void> {
  if (wanted !== "webgpu") throw new ValueError(`loadPython(): cuda must be "webgpu", got ${JSON.stringify(wanted)}`);
  const { as_cuda, ready } = await import("../devices/webgpu/index.ts");
  as_cuda();
  await ready();
}
/**
 * Starts Python with the package `torch`. Needs the npm package pyodide. Raises ImportError where it is missing; RuntimeError
 * where `cuda` asks for a WebGPU that is not there.
 * @example
 * const py = await loadPython();
 * await py.run("import torch; print(torch.ones(2) * 3)"); // tensor([3., 3.])
 */
export async function loadPython(options: PythonOptions = {}): Promise<Python> {
  avoidInlinedCalls();
  if (options.cuda !== undefined) await takeCuda(options.cuda);
  const py = (options.pyodide as Pyodide | undefined) ?? (await loadPyodide(options.indexURL));
  if (options.stdout) py.setStdout(writer(options.stdout));
  if (options.stderr) py.setStderr(writer(options.stderr));
  for (const [path, text] of Object.entries(files)) {
    const at = `/tidu/${path}`;
    py.FS.mkdirTree(at.slice(0, at.lastIndexOf("/")));
    py.FS.writeFile(at, text);
  }
  const bridge = new Bridge();
  py.registerJsModule("_tidu", tiduModule(bridge));
  py.runPython("import sys; sys.path.insert(0, '/tidu')");
  const { run_source } = py.pyimport("torch._program") as { run_source: RunSource };
  return {
    async run(source, filename = "<program>") {
      const failed = await (CAN_SUSPEND ? run_source.callPromising(source, filename) : run_source(source, filename));
      if (failed === undefined) return;
      const [type, text, traceback] = JSON.parse(failed) as [string, string, string];
      throw new PythonError(type, text, traceback);
    },
    get held() {
      return bridge.handles.size;
    },
    pyodide: py,
  };
}
