// Work shared among threads: one memory, workers that wait beside it, ranges of units taken one after the other.
import { RuntimeError } from "../../../base/errors.ts";
import { hostMath } from "../../../kernel/formulas/host.ts";
import { get_num_threads, stayAlone } from "./num_threads.ts";
import { marked, widen } from "../code/wide.ts";
import { controlWords, LAYOUT, startWorker } from "./worker.ts";

/**
 * Note [Parallel work]: work is a number of units, 0 to `count`, to be done in any order and by any thread. Its code is a
 * WebAssembly module that imports env.memory, and functions of the host if it must, and exports
 *
 *   run(work, begin, end, thread)
 *
 * `work` is the address of whatever the code must know besides, such as a descriptor with sizes and pointers; nobody may
 * change it before all is done. `begin` to `end` are the units to do now. `thread` is below `Threads.most`, and no two
 * threads at work have the same: it chooses scratch memory of one's own. A new kind of work emits such a module, calls
 * `compile(bytes)` once, and `parallelFor(task, work, count, unitNs)` each time. Results must not depend on who does what:
 * units may not add to what other units write, and a sum of everything is cut into partial sums by its sizes alone, never
 * by the number of threads.
 *
 * The calling thread writes the job down, opens it, calls for helpers, and takes ranges of units from a counter like
 * everybody else. Workers who hear the call in time join; nobody waits for one that is not up yet, or asleep, or was
 * called too late. When nothing is left to take, the job is closed, and done as soon as no worker is busy. A worker
 * counts itself busy first and then looks whether the job is open, so that it is either waited for or stays out.
 * A worker gets its code in shared memory: it may never see an event while the calling thread keeps it at work.
 */
export type Run = (work: number, begin: number, end: number, thread: number) => void;

/**
 * Functions of the host that a task imports. Each thread makes its own, from the text of `make`: it uses nothing from outside
 * and names no functions, see `work` in worker.ts. `args` are such as JSON can tell.
 */
export interface HostFunctions<A extends readonly unknown[] = readonly unknown[]> {
  readonly make: (memory: WebAssembly.Memory, ...args: A) => WebAssembly.Imports;
  readonly args: A;
}

/** Compiled code of some work. */
export class Task {
  readonly run: Run;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The text of a function that makes the functions it imports. */
  readonly text: Uint8Array;
  /** Whether workers can run it, too: not if it calls functions of the library's own. */
  readonly shareable: boolean;
  /** Its number and where its code and text lie for the workers, once they do. */
  number = -1;
  place = -1;

  constructor(run: Run, bytes: Uint8Array<ArrayBuffer>, text: string, shareable: boolean) {
    this.run = run;
    this.bytes = bytes;
    this.text = new TextEncoder().encode(text);
    this.shareable = shareable;
  }
}

/** How finely work is divided, in nanoseconds of one thread. */
export interface Grain {
  /** Less than this is sooner done than shared. */
  readonly least: number;
  /** Work for each thread called: waking one takes about as long. */
  readonly share: number;
  /** Work worth a step of the counter. */
  readonly range: number;
}
/** Ranges for each thread, so that one that is slow or late leaves its part to the others. */
const RANGES = 8;
/** How long workers look out for the next job, and how long the calling thread for the last worker, before sleeping. */
const WORKER_SPIN_MS = 0.5;
const CALLER_SPIN_MS = 0.05;
/** Bytes for the code of tasks; costs memory only as it fills. A task that does not fit any more runs on one thread. */
const CODE_BYTES = 16 << 20;
const MOST_THREADS = 256;

/** The threads that work on one memory. */
export class Threads {
  grain: Grain = { least: 15_000, share: 8_000, range: 2_000 };
  private readonly memory: WebAssembly.Memory;
  private readonly control: Int32Array<SharedArrayBuffer> | null;
  private readonly code: Uint8Array<SharedArrayBuffer> | null;
  private codeUsed = 0;
  private tasks = 0;
  /** Threads there are, this one included; workers may be on their way up. */
  private count = 1;
  private readonly mayWait: boolean;

  constructor(memory: WebAssembly.Memory, shared: boolean) {
    this.memory = memory;
    this.control = shared ? new Int32Array(new SharedArrayBuffer(controlWords(MOST_THREADS) * 4)) : null;
    this.code = shared ? new Uint8Array(new SharedArrayBuffer(CODE_BYTES)) : null;
    this.mayWait = this.control !== null && mayWait(this.control);
  }
  /** How many threads may take part at most: `thread` numbers are below. */
  get most(): number {
    return this.control === null ? 1 : Math.min(get_num_threads(), MOST_THREADS);
  }
  /** Whether so much work, in nanoseconds of one thread, may be done by several. */
  worthSharing(ns: number): boolean {
    return ns >= this.grain.least && this.most > 1;
  }
  /** Workers that are up. */
  get started(): number {
    return this.control === null ? 0 : Atomics.load(this.control, LAYOUT.started);
  }

  /**
   * Makes a task of a module's bytes, see Note [Parallel work]. It may import functions of hostMath, too, and those of `host`.
   * With `wide` see Note [Wide code]; a worker, which compiles it again, is given what the engine made of the same bytes.
   */
  compile<A extends readonly unknown[]>(
    code: Uint8Array<ArrayBuffer>,
    { host, wide = false }: { readonly host?: HostFunctions<A>; readonly wide?: boolean } = {},
  ): Task {
    const bytes = wide ? marked(code) : code;
    const module = new WebAssembly.Module(bytes);
    const math = hostMath as unknown as WebAssembly.ModuleImports & Record<string, unknown>;
    const shareable = WebAssembly.Module.imports(module).every(
      ({ module: from, name }) => from !== "math" || math[name] === (Math as unknown as Record<string, unknown>)[name],
    );
    const { memory } = this;
    const imports = { env: { memory }, math, ...host?.make(memory, ...host.args) };
    const { exports } = new WebAssembly.Instance(module, imports);
    if (wide) widen(exports);
    const text = host ? `(memory) => (${host.make.toString()})(memory, ...${JSON.stringify(host.args)})` : "";
    return new Task(exports["run"] as Run, bytes, text, shareable);
  }

  /**
   * Does `count` units of work, each of about `unitNs` nanoseconds; on one thread if that is soonest. Raises RuntimeError
   * if the code traps in a worker, and what the engine raises if it does here; all threads are out of it by then.
   */
  parallelFor(task: Task, work: number, count: number, unitNs: number): void {
    const ns = count * unitNs;
    if (ns < this.grain.least || this.control === null || !task.shareable) return task.run(work, 0, count, 0);
    const { share, range } = this.grain;
    const threads = Math.min(this.most, Math.floor(ns / share), count);
    const even = Math.ceil(count / (threads * RANGES));
    let chunk = Math.min(Math.max(even, Math.ceil(range / unitNs)), count);
    // Ranges of elements begin at the start of a cache line.
    if (chunk > 64) chunk = Math.ceil(chunk / 64) * 64;
    const inReach = count + threads * chunk < 2 ** 31;
    if (threads < 2 || chunk >= count || !inReach || !this.deliver(task)) return task.run(work, 0, count, 0);
    this.share(this.control, task, work, count, chunk, threads);
  }

  private share(
    control: Int32Array<SharedArrayBuffer>,
    task: Task,
    work: number,
    count: number,
    chunk: number,
    threads: number,
  ): void {
    while (this.count < threads) this.start(control, this.count++);
    control[LAYOUT.task] = task.number;
    control[LAYOUT.place] = task.place;
    control[LAYOUT.length] = task.bytes.length;
    control[LAYOUT.textLength] = task.text.length;
    control[LAYOUT.work] = work;
    control[LAYOUT.count] = count;
    control[LAYOUT.chunk] = chunk;
    control[LAYOUT.threads] = threads;
    control[LAYOUT.failed] = 0;
    Atomics.store(control, LAYOUT.next, 0);
    Atomics.store(control, LAYOUT.open, 1);
    for (let i = 1; i < threads; i++) {
      const calls = LAYOUT.calls + i * LAYOUT.line;
      Atomics.add(control, calls, 1);
      if (Atomics.load(control, calls + 1) === 1) Atomics.notify(control, calls);
    }
    try {
      for (;;) {
        const begin = Atomics.add(control, LAYOUT.next, chunk);
        if (begin >= count) break;
        task.run(work, begin, Math.min(begin + chunk, count), 0);
      }
    } finally {
      Atomics.store(control, LAYOUT.next, count);
      Atomics.store(control, LAYOUT.open, 0);
      this.awaitWorkers(control);
    }
    if (control[LAYOUT.failed] > 0) throw new RuntimeError(`in a worker thread: ${failure(control)}`);
  }

  private awaitWorkers(control: Int32Array<SharedArrayBuffer>): void {
    const until = performance.now() + CALLER_SPIN_MS;
    for (let spins = 0; ; spins++) {
      const busy = Atomics.load(control, LAYOUT.busy);
      if (busy === 0) return;
      if (!this.mayWait || (spins & 63) !== 63 || performance.now() < until) continue;
      Atomics.store(control, LAYOUT.awaited, 1);
      Atomics.wait(control, LAYOUT.busy, busy);
      Atomics.store(control, LAYOUT.awaited, 0);
    }
  }

  private start(control: Int32Array<SharedArrayBuffer>, thread: number): void {
    const { memory, code } = this;
    const setup = { memory, control: control.buffer, code: code!.buffer, thread, spinMs: WORKER_SPIN_MS, at: LAYOUT };
    startWorker(setup, stayAlone);
  }

  /** Lays the code where workers find it; false if there is no room. */
  private deliver(task: Task): boolean {
    if (task.number >= 0) return true;
    const { bytes, text } = task;
    const end = this.codeUsed + bytes.length + text.length;
    if (end > CODE_BYTES) return false;
    this.code!.set(bytes, this.codeUsed);
    this.code!.set(text, this.codeUsed + bytes.length);
    task.place = this.codeUsed;
    task.number = this.tasks++;
    this.codeUsed = end;
    return true;
  }
}

/** Browsers let no page's main thread sleep. */
function mayWait(control: Int32Array<SharedArrayBuffer>): boolean {
  try {
    Atomics.wait(control, LAYOUT.busy, 1, 0);
    return true;
  } catch {
    return false;
  }
}
const failure = (control: Int32Array<SharedArrayBuffer>): string =>
  String.fromCharCode(...control.subarray(LAYOUT.message, LAYOUT.message + control[LAYOUT.failed] - 1));
