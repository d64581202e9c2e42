// The thread in which `tidu run program.py` runs Python.
import { readSync, statSync, writeSync } from "node:fs";
import { dirname, parse, relative, resolve } from "node:path";
import { isatty } from "node:tty";
import { parentPort, workerData } from "node:worker_threads";
import { ImportError, loadPython, type Python } from "tidu/python";
import { INTERRUPTED, type PythonProgram } from "./run_python.ts";

/** What of pyodide's interface is used. */
interface Pyodide {
  readonly FS: {
    readonly filesystems: { readonly NODEFS: unknown };
    mkdirTree(path: string): void;
    chmod(path: string, mode: number): void;
    readdir(path: string): string[];
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

const { path, argv, interrupt, mounts, device } = workerData as PythonProgram;
const python = (await load()).pyodide as Pyodide;
python.setStdin({ read: (bytes) => readSync(0, bytes), isatty: isatty(0) });
python.setStdout({ write: (bytes) => writeSync(1, bytes), isatty: isatty(1) });
python.setStderr({ write: (bytes) => writeSync(2, bytes), isatty: isatty(2) });
/** Where Python has files of its own. */
const PYTHONS = ["/", "/lib", "/dev", "/proc", "/tidu"];
// The program finds its own folder, the current one and those it was given, under the paths they have outside.
const seen: string[] = [];
for (const folder of [process.cwd(), dirname(path), ...mounts.map((given) => resolve(given))].sort(byLength)) {
  if (PYTHONS.includes(folder) || seen.some((above) => isIn(above, folder))) continue;
  seen.push(folder);
  python.FS.mkdirTree(inPython(folder));
  python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, inPython(folder));
}
// What is above them is empty. Writing there fails: it would be lost without a word.
for (const folder of new Set(["/", ...seen.flatMap((folder) => above(inPython(folder)))]))
  if (folder !== "/tmp") python.FS.chmod(folder, 0o555);
python.FS.chdir(inPython(process.cwd()));
const program = python.pyimport("torch._program") as {
  run_file(path: string, argv: unknown, folderOutside: (path: string) => string | undefined): number | undefined;
};
python.setInterruptBuffer(interrupt);
const status = program.run_file(inPython(path), python.toPy(argv), folderOutside);
tellWhatIsLost();
if (status === undefined) parentPort?.postMessage(INTERRUPTED);
else process.exit(status);

/** The folder that the program would have to see to find a file, or to write it; undefined if it sees it or there is none. */
function folderOutside(path: string): string | undefined {
  const file = resolve(process.platform === "win32" ? path.replace(/^\/([A-Za-z])\//, "$1:/") : path);
  const folder = isFolder(file) ? file : dirname(file);
  const isReachable = PYTHONS.includes(folder) || folder === parse(folder).root || seen.some((s) => isIn(s, folder));
  return isReachable || !isFolder(folder) ? undefined : folder;
}
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
function tellWhatIsLost(): void {
  if (seen.some((mounted) => isIn(mounted, "/tmp"))) return;
  const left = python.FS.readdir("/tmp").filter((name) => ![".", ".."].includes(name) && !isSeen(`/tmp/${name}`));
  if (left.length > 0)
    writeSync(
      2,
      `tidu: /tmp was in memory: ${left.slice(0, 3).join(", ")}${left.length > 3 ? " and more" : ""} went with the program.\nTo keep such files: tidu run --mount /tmp ${argv[0]}\n`,
    );
}
/** Whether a folder is one of those mounted, or leads to one. */
function isSeen(folder: string): boolean {
  return seen.some((mounted) => isIn(folder, mounted));
}

async function load(): Promise<Python> {
  try {
    return await loadPython(device === "webgpu" ? { cuda: "webgpu" } : {});
  } catch (error) {
    if (!(error instanceof ImportError) && device !== "webgpu") throw error;
    writeSync(2, `tidu: ${(error as Error).message}\n`);
    process.exit(1);
  }
}
function byLength(a: string, b: string): number {
  return a.length - b.length;
}
function isIn(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!way.startsWith("..") && parse(way).root === "");
}
/** The folders above one, up to the root's. */
function above(path: string): string[] {
  const parent = path.slice(0, path.lastIndexOf("/"));
  return parent === "" ? [] : [parent, ...above(parent)];
}
function inPython(path: string): string {
  return path.replace(/^([A-Za-z]):/, "/$1").replaceAll("\\", "/");
}
