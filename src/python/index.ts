// tidu/python: PyTorch programs, unchanged, on CPython compiled to WebAssembly.
import { ImportError } from "../errors.ts";
import { Bridge } from "./bridge.ts";
import { readPackage } from "./package.ts";

/** What of pyodide's interface is used. */
interface Pyodide {
  runPython(source: string, options?: { globals?: unknown; filename?: string }): unknown;
  registerJsModule(name: string, module: object): void;
  globals: { get(name: string): unknown };
  FS: { mkdirTree(path: string): void; writeFile(path: string, data: string): void };
  setStdout(options: { write: (bytes: Uint8Array) => number }): void;
  setStderr(options: { write: (bytes: Uint8Array) => number }): void;
}
export interface PythonOptions {
  /** Gets what programs print, in pieces as they come. */
  stdout?: (text: string) => void;
  stderr?: (text: string) => void;
  /** Where pyodide's files are, if they are not beside its module: for browsers. */
  indexURL?: string;
  /** Where the folder `torch` of Python files is, if it is not in the package: for browsers. */
  packageURL?: string;
  /** A pyodide that is loaded already. */
  pyodide?: unknown;
}
/** A running Python with `import torch`. */
export interface Python {
  /** Runs a program in a fresh namespace, as a file of that name. Raises PythonError with its traceback. */
  run(source: string, filename?: string): void;
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

async function loadPyodide(indexURL: string | undefined): Promise<Pyodide> {
  const name = "pyodide";
  let module: { loadPyodide(options: object): Promise<Pyodide> };
  try {
    module = (await import(/* @vite-ignore */ name)) as typeof module;
  } catch {
    throw new ImportError(
      "tidu/python needs pyodide, CPython compiled to WebAssembly.\nInstall it beside tidu: npm install pyodide",
    );
  }
  return module.loadPyodide(indexURL === undefined ? {} : { indexURL });
}

/**
 * Starts Python with the package `torch`. Needs the npm package pyodide. Raises ImportError where it is missing.
 * @example
 * const py = await loadPython();
 * py.run("import torch; print(torch.ones(2) * 3)"); // tensor([3., 3.])
 */
export async function loadPython(options: PythonOptions = {}): Promise<Python> {
  const py = (options.pyodide as Pyodide | undefined) ?? (await loadPyodide(options.indexURL));
  const decoder = { out: new TextDecoder(), err: new TextDecoder() };
  const stdout = options.stdout ?? ((text: string): void => console.log(text.replace(/\n$/, "")));
  const stderr = options.stderr ?? ((text: string): void => console.error(text.replace(/\n$/, "")));
  const writer = (write: (text: string) => void, which: "out" | "err") => ({
    write: (bytes: Uint8Array): number => {
      write(decoder[which].decode(bytes.slice(), { stream: true }));
      return bytes.length;
    },
  });
  py.setStdout(writer(stdout, "out"));
  py.setStderr(writer(stderr, "err"));

  for (const [path, text] of Object.entries(await readPackage(options.packageURL))) {
    const at = `/tidu/${path}`;
    py.FS.mkdirTree(at.slice(0, at.lastIndexOf("/")));
    py.FS.writeFile(at, text);
  }
  // Python's side of callbacks and warnings is there only when the package has been imported.
  let callback: (id: number, args: string) => string | undefined = () => undefined;
  let warn: (text: string, category: string) => void = () => {};
  const bridge = new Bridge(
    (id, args) => callback(id, args),
    (text, category) => warn(text, category),
  );
  py.registerJsModule("_tidu", moduleOf(bridge));
  py.runPython("import sys; sys.path.insert(0, '/tidu')");
  py.runPython("import torch._bridge as _b; _tidu_callback = _b.callback; _tidu_warn = _b.warn");
  callback = py.globals.get("_tidu_callback") as typeof callback;
  warn = py.globals.get("_tidu_warn") as typeof warn;
  py.runPython(RUNNER);
  const run = py.globals.get("_tidu_run") as (source: string, filename: string) => string | undefined;
  return {
    run(source, filename = "<program>") {
      const failed = run(source, filename);
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
const moduleOf = (bridge: Bridge): object => ({
  version: "2.13.0",
  call: bridge.call.bind(bridge),
  lookup: bridge.lookup.bind(bridge),
  names: bridge.names.bind(bridge),
  signature: bridge.signature.bind(bridge),
  release: bridge.release.bind(bridge),
  getItem: bridge.getItem.bind(bridge),
  setItem: bridge.setItem.bind(bridge),
  elements: bridge.elements.bind(bridge),
  fromArray: bridge.fromArray.bind(bridge),
  dtypeNumber: bridge.dtypeNumber.bind(bridge),
  newGenerator: bridge.newGenerator.bind(bridge),
  defaultGenerator: bridge.defaultGenerator.bind(bridge),
});
/** Runs a program as `python file.py` does; gives class, text and traceback of what it raised, as JSON. */
const RUNNER = `
import json as _json, linecache as _linecache, sys as _sys, traceback as _traceback
def _tidu_run(source, filename):
    _linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    scope = {"__name__": "__main__", "__builtins__": __builtins__, "__file__": filename}
    try:
        exec(compile(source, filename, "exec"), scope)
    except BaseException as error:
        tb = error.__traceback__.tb_next if error.__traceback__ is not None else None
        text = "".join(_traceback.format_exception(type(error), error, tb))
        line = tb.tb_lineno if tb is not None else getattr(error, "lineno", 0)
        return _json.dumps([type(error).__name__, str(error), text, line])
    finally:
        _sys.stdout.flush()
        _sys.stderr.flush()
    return None
`;
