// The workers of a loader, as its program sees them: started, sent jobs, heard, and ended.
import { NotImplementedError, RuntimeError, TypeError } from "../../base/errors.ts";
import type { SpanBlock } from "../../devices/memory/span.ts";
import { SERVE, STARTED } from "./offer.ts";
import type { Recipe, WorkerLike } from "./registry.ts";
import type { Job, Reply, Setup } from "./serve.ts";

interface NodeWorker extends WorkerLike {
  readonly threadId: number;
  ref(): void;
  unref(): void;
  on(event: "error", listener: (error: unknown) => void): void;
  on(event: "exit", listener: (code: number) => void): void;
}
interface NodeThreads {
  readonly Worker: new (text: string, options: object) => NodeWorker;
  receiveMessageOnPort(port: MessagePort): { readonly message: Reply } | undefined;
  setEnvironmentData(name: string, value?: unknown): void;
}
const nodeThreads = (): NodeThreads | undefined =>
  globalThis.process?.getBuiltinModule?.("node:worker_threads") as unknown as NodeThreads | undefined;

/** What a thread of Node's runs: imports the modules that offer what it needs, then serves. */
const ENTRY = `
const { workerData } = process.getBuiltinModule("node:worker_threads");
const { urls, setup } = workerData;
const tell = (error) => {
  setup.port.postMessage({ kind: "failed", error: { name: error.name, message: error.message, stack: error.stack ?? String(error) } });
  Atomics.add(setup.signal, 0, 1);
  Atomics.notify(setup.signal, 0);
  setup.port.close();
};
process.on("exit", (code) => code !== 0 && tell(new Error("process.exit(" + code + ") in a worker")));
// In Node 20 the loader tsx is not in threads by itself.
const tsx = async (url) => {
  const { createRequire } = process.getBuiltinModule("node:module");
  const { pathToFileURL } = process.getBuiltinModule("node:url");
  const esm = pathToFileURL(createRequire(url).resolve("tsx/esm"));
  (await import(new URL("api/index.mjs", esm).href)).register();
};
(async () => {
  if (process.execArgv.some((arg) => /\\btsx\\b/.test(arg)) && /^v20\\./.test(process.version)) await tsx(urls[0]);
  for (const url of urls) await import(url);
  const serve = globalThis[Symbol.for("${SERVE}")];
  if (serve === undefined) throw new TypeError(urls.join(", ") + " calls no worker_dataset");
  serve(setup);
})().catch(tell);
`;
/** How long a worker may take to end what it is at. */
const PATIENCE_MS = 5000;

export interface Heard {
  readonly worker: number;
  readonly reply: Reply;
}
type SetupOfAll = Omit<Setup, "tidu" | "port" | "signal" | "id" | "num_workers">;

/** The workers of one loader. */
export class Crew {
  readonly count: number;
  private readonly workers: WorkerLike[] = [];
  private readonly ports: MessagePort[] = [];
  private readonly signal: Int32Array | null;
  private readonly inbox: Heard[] = [];
  private wake: (() => void) | null = null;
  private closing = false;
  /** Blocks that a worker may still be writing to. */
  private readonly writing: Set<SpanBlock>[] = [];

  constructor(count: number, needed: readonly Recipe[], setup: SetupOfAll) {
    this.count = count;
    const isShared = typeof SharedArrayBuffer !== "undefined";
    this.signal = isShared ? new Int32Array(new SharedArrayBuffer(4)) : null;
    for (let id = 0; id < count; id++) {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }: MessageEvent<Reply>) => this.hear(id, data);
      (port1 as unknown as { unref?: () => void }).unref?.();
      this.ports.push(port1);
      this.writing.push(new Set());
      const whole = { ...setup, tidu: "loader", port: port2, signal: this.signal, id, num_workers: count } as const;
      this.workers.push(this.start(id, needed, whole));
    }
  }
  private start(id: number, needed: readonly Recipe[], setup: Setup): WorkerLike {
    const threads = nodeThreads();
    const start = needed.find((recipe) => recipe.start !== null)?.start ?? null;
    const urls = [...new Set(needed.flatMap(({ url }) => url ?? []))];
    if (start !== null && urls.length > 0)
      throw new TypeError(
        "the workers of one loader are started either from modules by their address or by one function, not both",
      );
    const name = `tidu loader ${id}`;
    if (threads !== undefined) {
      let worker: NodeWorker;
      if (start === null) {
        const workerData = { urls, setup };
        worker = new threads.Worker(ENTRY, { eval: true, workerData, transferList: [setup.port], name });
      } else {
        threads.setEnvironmentData(STARTED, true);
        try {
          worker = start() as NodeWorker;
        } finally {
          threads.setEnvironmentData(STARTED);
        }
        worker.postMessage(setup, [setup.port] as never);
      }
      worker.on("error", (error) => this.fail(id, error));
      worker.on("exit", () => this.fail(id, new Error("it ended")));
      worker.unref();
      return worker;
    }
    if (start === null && urls.length !== 1)
      throw new TypeError(
        `here all that the workers of a loader need must be in one module, but these are needed: ${urls.join(", ")}`,
      );
    const worker = start === null ? new Worker(urls[0], { type: "module", name }) : (start() as Worker);
    worker.onerror = (event) => this.fail(id, new Error(event.message || `${urls[0] ?? "its script"} did not load`));
    worker.postMessage(setup, [setup.port]);
    return worker;
  }
  private fail(worker: number, error: unknown): void {
    this.writing[worker].clear();
    if (this.closing) return;
    const { name = "Error", message = String(error), stack = "" } = error instanceof Error ? error : {};
    this.hear(worker, { kind: "failed", error: { name, message, stack } });
  }
  private hear(worker: number, reply: Reply): void {
    if (reply.kind === "closed") {
      this.writing[worker].clear();
      this.ports[worker].close();
      return;
    }
    this.inbox.push({ worker, reply });
    this.wake?.();
  }

  send(worker: number, job: Job, blocks: readonly SpanBlock[] = []): void {
    for (const block of blocks) this.writing[worker].add(block);
    this.ports[worker].postMessage(job);
  }
  /** These came back, or will not be written to. */
  settled(worker: number, blocks: readonly SpanBlock[]): void {
    for (const block of blocks) this.writing[worker].delete(block);
  }
  /** The next answer, without a turn of the event loop. Null if none comes in so many seconds; 0 waits for ever. */
  take(timeout: number): Heard | null {
    const { signal } = this;
    const threads = nodeThreads();
    if (threads === undefined || signal === null)
      throw new NotImplementedError(
        "a page cannot wait for the workers of a DataLoader without its event loop\nRead the loader with `for await`.",
      );
    const until = timeout === 0 ? Infinity : performance.now() + 1000 * timeout;
    for (;;) {
      const seen = Atomics.load(signal, 0);
      for (const [worker, port] of this.ports.entries())
        for (let got; (got = threads.receiveMessageOnPort(port)) !== undefined;) this.hear(worker, got.message);
      const first = this.inbox.shift();
      if (first !== undefined) return first;
      const left = until - performance.now();
      if (left <= 0) return null;
      Atomics.wait(signal, 0, seen, left);
    }
  }
  /** The same for those who can wait. */
  async takeLater(timeout: number): Promise<Heard | null> {
    if (this.inbox.length > 0) return this.inbox.shift()!;
    for (const worker of this.workers) (worker as Partial<NodeWorker>).ref?.();
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        if (timeout > 0) timer = setTimeout(resolve, 1000 * timeout);
      });
    } finally {
      this.wake = null;
      clearTimeout(timer);
      for (const worker of this.workers) (worker as Partial<NodeWorker>).unref?.();
    }
    return this.inbox.shift() ?? null;
  }
  /** Ends the workers, each when it is done with what it is at. */
  close(): void {
    if (this.closing) return;
    this.closing = true;
    for (const port of this.ports) port.postMessage(null);
    const timer = setTimeout(() => {
      for (const worker of this.workers) worker.terminate();
    }, PATIENCE_MS) as unknown as { unref?: () => void };
    timer.unref?.();
  }
}
/** What PyTorch says of a worker that is gone, and what is known of it. */
export const gone = (worker: number, { stack, message }: { stack: string; message: string }): RuntimeError =>
  new RuntimeError(
    `DataLoader worker (pid(s) ${worker}) exited unexpectedly\nThat is the number of the worker. ${stack || message}`,
  );
