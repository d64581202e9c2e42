// The other side of threads.ts: what a worker thread runs, and how one is started in Node and in browsers.

/**
 * What the threads tell each other, in 32-bit words of `control`. What different threads write stands in lines of its
 * own, 128 bytes apart, as caches fetch them in pairs. See Note [Parallel work].
 */
export const LAYOUT = {
  /** The job: number, place and length of its code, and of the text behind it; arguments; how many threads may take part. */
  task: 0,
  place: 1,
  length: 2,
  textLength: 3,
  work: 4,
  count: 5,
  chunk: 6,
  threads: 7,
  /** 1 while the job may be joined. */
  open: 8,
  /** The first unit that nobody took. */
  next: 32,
  /** Workers that may be at a job, and whether the calling thread sleeps until there are none. */
  busy: 64,
  awaited: 65,
  /** Workers that have come up. */
  started: 66,
  /** 1 plus the length of the message if a worker failed; the message, a word per character. */
  failed: 96,
  message: 97,
  messageEnd: 256,
  /** For each worker a line with the number of calls for it, and whether it sleeps. */
  calls: 256,
  line: 32,
} as const;
/** Words of `control` for so many threads. */
export const controlWords = (threads: number): number => LAYOUT.calls + threads * LAYOUT.line;

export interface WorkerSetup {
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  /** Where the modules lie. */
  readonly code: SharedArrayBuffer;
  /** Number of the thread, from 1 on: 0 is the calling one. */
  readonly thread: number;
  /** How long to look out for the next job before sleeping. */
  readonly spinMs: number;
  readonly at: typeof LAYOUT;
}

/**
 * A worker's life. Only the text of this function gets there: it uses nothing from outside, and has no functions in it,
 * which some bundlers would give names by a helper outside.
 */
export function work({ memory, control: buffer, code, thread, spinMs, at }: WorkerSetup): void {
  type Run = (work: number, begin: number, end: number, thread: number) => void;
  const control = new Int32Array(buffer);
  const tasks: Run[] = [];
  const calls = at.calls + thread * at.line;
  const asleep = calls + 1;
  let answered = 0;
  Atomics.add(control, at.started, 1);
  for (;;) {
    let until = performance.now() + spinMs;
    for (let spins = 0; Atomics.load(control, calls) === answered; spins++) {
      if ((spins & 63) !== 63 || performance.now() < until) continue;
      Atomics.store(control, asleep, 1);
      Atomics.wait(control, calls, answered);
      Atomics.store(control, asleep, 0);
      until = performance.now() + spinMs;
    }
    answered = Atomics.load(control, calls);
    // Who is counted as busy before it finds the job open may be sure that the job stays as it is.
    Atomics.add(control, at.busy, 1);
    if (Atomics.load(control, at.open) === 1 && thread < control[at.threads]) {
      const count = control[at.count];
      const chunk = control[at.chunk];
      try {
        const task = control[at.task];
        if (tasks[task] === undefined) {
          const place = control[at.place];
          const end = place + control[at.length];
          const bytes = new Uint8Array(code, place, end - place).slice();
          let host: WebAssembly.Imports = {};
          if (control[at.textLength] > 0) {
            const text = new TextDecoder().decode(new Uint8Array(code, end, control[at.textLength]).slice());
            // Functions of the host there are in Node and its like alone. A script runs where text may not be evaluated, too.
            const vm = process.getBuiltinModule("node:vm");
            host = (vm.runInThisContext(text) as (memory: unknown) => WebAssembly.Imports)(memory);
          }
          // Of the functions of hostMath only those of Math are here, which is for the task to know.
          const imports = { env: { memory }, math: Math as unknown as WebAssembly.ModuleImports, ...host };
          const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
          tasks[task] = exports["run"] as Run;
        }
        const run = tasks[task];
        const address = control[at.work];
        for (;;) {
          const begin = Atomics.add(control, at.next, chunk);
          if (begin >= count) break;
          run(address, begin, Math.min(begin + chunk, count), thread);
        }
      } catch (error) {
        Atomics.store(control, at.next, count);
        if (Atomics.compareExchange(control, at.failed, 0, 1) === 0) {
          const message = String(error).slice(0, at.messageEnd - at.message);
          for (let i = 0; i < message.length; i++) control[at.message + i] = message.charCodeAt(i);
          Atomics.store(control, at.failed, 1 + message.length);
        }
      }
    }
    Atomics.sub(control, at.busy, 1);
    if (Atomics.load(control, at.awaited) === 1) Atomics.notify(control, at.busy);
  }
}

const POLICY = "no worker could be started. A Content-Security-Policy must allow them: worker-src blob:";
interface NodeWorker {
  unref(): void;
  on(event: "error", listener: () => void): void;
}
interface NodeThreads {
  readonly Worker: new (text: string, options: object) => NodeWorker;
}

/**
 * Starts a thread that takes part in jobs as soon as it is up, and does not keep a process alive. Where none can be had
 * (a limit of the system, or the policy of a page, of which `refused` is told), none will take part.
 */
export function startWorker(setup: WorkerSetup, refused: (why: string) => void): void {
  const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads") as unknown as NodeThreads | undefined;
  try {
    if (threads !== undefined) {
      const text = `(${work.toString()})(process.getBuiltinModule("node:worker_threads").workerData)`;
      // Loaders and flags of the calling process are of no use there, and slow to start.
      const worker = new threads.Worker(text, { eval: true, workerData: setup, execArgv: [], name: "tidu" });
      worker.on("error", () => {});
      worker.unref();
    } else {
      const text = `onmessage = (event) => (${work.toString()})(event.data);`;
      const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      const worker = new Worker(url, { name: "tidu" });
      worker.onerror = () => refused(POLICY);
      worker.postMessage(setup);
    }
  } catch {
    if (threads === undefined) refused(POLICY);
  }
}
