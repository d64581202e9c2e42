// The thread in which `tidu run program.py` runs Python.
import { readSync, writeSync } from "node:fs";
import { dirname, parse, sep } from "node:path";
import { isatty } from "node:tty";
import { parentPort, workerData } from "node:worker_threads";
import { ImportError, loadPython, type Python } from "tidu/python";
import { INTERRUPTED, type PythonProgram } from "./run_python.ts";

/** What of pyodide's interface is used. */
interface Pyodide {
  readonly FS: {
    readonly filesystems: { readonly NODEFS: unknown };
    mkdirTree(path: string): void;
    mount(type: unknown, options: { root: string }, at: string): void;
    chdir(path: string): void;
  };
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
// The program finds its own folder, the current one and what is beside them under the paths they have outside.
for (const folder of new Set([process.cwd(), dirname(path)].map(outermost))) {
  if (folder === "/") continue; // Python's own is there
  python.FS.mkdirTree(inPython(folder));
  python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, inPython(folder));
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
/** The folder of the root, or the drive, that holds a folder: but where Python has files of its own, the folder itself. */
function outermost(folder: string): string {
  const { root } = parse(folder);
  const [top] = folder.slice(root.length).split(sep);
  if (root !== "/") return root;
  return ["", "lib", "dev", "proc", "tidu"].includes(top) ? folder : root + top;
}
function inPython(path: string): string {
  return path.replace(/^([A-Za-z]):/, "/$1").replaceAll("\\", "/");
}
