import { Worker } from "node:worker_threads";
import { beside, readsTypeScript } from "./beside.ts";

/** What the thread is given, and what it says when Python ended by Ctrl-C. */
export interface PythonProgram {
  readonly path: string;
  /** `sys.argv` */
  readonly argv: readonly string[];
  /** Folders that the program sees beside its own and the current one. */
  readonly mounts: readonly string[];
  /** What "cuda" means there: "webgpu", or "cpu" for nothing. */
  readonly device: string;
  /** Pyodide raises KeyboardInterrupt when the byte is 2, and sets it to 0. */
  readonly interrupt: Uint8Array<SharedArrayBuffer>;
}
export const INTERRUPTED = "interrupted";

/**
 * Runs a Python program in a thread of its own, so that this one hears of Ctrl-C; ends the process as `python` does.
 * A second Ctrl-C that finds the first one still waiting ends it at once.
 */
export async function runPython(
  path: string,
  argv: readonly string[],
  mounts: readonly string[],
  device: string,
): Promise<void> {
  const interrupt = new Uint8Array(new SharedArrayBuffer(1));
  const workerData: PythonProgram = { path, argv, mounts, device, interrupt };
  const worker = new Worker(threadFile(), { workerData, resourceLimits: { stackSizeMb: 16 } });
  const onInterrupt = (): void => {
    if (interrupt[0] === 2) endByInterrupt();
    interrupt[0] = 2;
  };
  const endByInterrupt = (): void => {
    process.off("SIGINT", onInterrupt);
    process.kill(process.pid, "SIGINT");
  };
  process.on("SIGINT", onInterrupt);
  worker.on("message", (said) => {
    if (said === INTERRUPTED) endByInterrupt();
  });
  process.exitCode = await new Promise<number>((resolve, reject) => worker.on("error", reject).on("exit", resolve));
  process.off("SIGINT", onInterrupt);
}
function threadFile(): URL {
  const file = beside("python_thread");
  const isSource = file.pathname.endsWith(".ts");
  return isSource && !readsTypeScript() ? new URL("./python_thread_by_tsx.mjs", import.meta.url) : file;
}
