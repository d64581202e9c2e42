// The thread in which `tidu run program.py` runs Python.
import { readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { isatty } from "node:tty";
import { parentPort, workerData } from "node:worker_threads";
import { ImportError, loadPython, type Python } from "tidu/python";
import { INTERRUPTED, type PythonProgram } from "./run_python.ts";

/** What of pyodide's interface is used. */
interface Pyodide {
  readonly FS: { mkdirTree(path: string): void; chdir(path: string): void };
  mountNodeFS(at: string, hostPath: string): void;
  setInterruptBuffer(buffer: Uint8Array): void;
  setStdin(options: { read: (bytes: Uint8Array) => number; isatty: boolean }): void;
  setStdout(options: { write: (bytes: Uint8Array) => number; isatty: boolean }): void;
  setStderr(options: { write: (bytes: Uint8Array) => number; isatty: boolean }): void;
  pyimport(name: string): unknown;
  toPy(value: unknown): unknown;
}

const { path, argv, interrupt } = workerData as PythonProgram;
const python = (await load()).pyodide as Pyodide;
python.setStdin({ read: (bytes) => readSync(0, bytes), isatty: isatty(0) });
python.setStdout({ write: (bytes) => writeSync(1, bytes), isatty: isatty(1) });
python.setStderr({ write: (bytes) => writeSync(2, bytes), isatty: isatty(2) });
// The program finds its own folder and the current one under the paths they have outside.
for (const folder of new Set([process.cwd(), dirname(path)])) {
  python.FS.mkdirTree(inPython(folder));
  python.mountNodeFS(inPython(folder), folder);
}
python.FS.chdir(inPython(process.cwd()));
const program = python.pyimport("torch._program") as { run_file(path: string, argv: unknown): number | undefined };
python.setInterruptBuffer(interrupt);
const status = program.run_file(inPython(path), python.toPy(argv));
if (status === undefined) parentPort?.postMessage(INTERRUPTED);
else process.exit(status);

async function load(): Promise<Python> {
  try {
    return await loadPython();
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    writeSync(2, `tidu: ${error.message}\n`);
    process.exit(1);
  }
}
function inPython(path: string): string {
  return path.replace(/^([A-Za-z]):/, "/$1").replaceAll("\\", "/");
}
