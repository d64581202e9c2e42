// One pass over a dataset by workers: which batch goes to whom, and in which order they come back. The order of everything
// that can be seen (draws of samplers, which worker has which batch) is that of PyTorch's _MultiProcessingDataLoaderIter.
import * as errors from "../../base/errors.ts";
import { RuntimeError } from "../../base/errors.ts";
import type { SpanBlock } from "../../devices/memory/span.ts";
import type { Wanted } from "../fetch.ts";
import { gone } from "./crew.ts";
import type { Crew, Heard } from "./crew.ts";
import { blocksLike, decode, sharedMemory, tensorBytes } from "./message.ts";
import type { Reply, SentError } from "./serve.ts";

export interface EpochOptions {
  readonly pass: number;
  readonly prefetch_factor: number;
  readonly timeout: number;
  readonly in_order: boolean;
  readonly persistent: boolean;
  /** Batches of the pass that another process has had already. */
  readonly done: number;
  /** The random states that workers were in there, and whether they are to be told; set to what they are in now. */
  readonly random: (Uint8Array | null)[];
  readonly isTold: boolean;
}
interface Task {
  readonly worker: number;
  readonly blocks: readonly SpanBlock[];
  reply: Reply | null;
}
/** An answer is needed to go on. */
type Waiting<B> = Generator<void, IteratorResult<B, undefined>, Heard | null>;

export class Epoch<B> {
  private readonly crew: Crew;
  private readonly options: EpochOptions;
  private readonly indices: Iterator<Wanted>;
  private readonly tasks = new Map<number, Task>();
  private readonly active: boolean[];
  private readonly load: number[];
  private sent = 0;
  private received = 0;
  /** The worker asked last. */
  private turn = -1;
  /** The bytes of the tensors of the last batch. */
  private expected: readonly number[] = [];
  private readonly canShare = sharedMemory() !== null;
  private ended = false;

  constructor(crew: Crew, indices: Iterator<Wanted>, options: EpochOptions) {
    this.crew = crew;
    this.indices = indices;
    this.options = options;
    this.active = Array.from({ length: crew.count }, () => true);
    this.load = this.active.map(() => 0);
    const { pass, done, random, isTold } = options;
    for (let w = 0; w < crew.count; w++)
      if (pass > 0 || isTold) crew.send(w, { pass, index: null, random: isTold ? random[w] : null });
    for (let i = 0; i < done; i++) this.indices.next();
    this.turn = done > 0 ? (done - 1) % crew.count : -1;
    for (let i = 0; i < this.most; i++) this.ask();
  }
  private get most(): number {
    return this.options.prefetch_factor * this.crew.count;
  }

  /** The next batch, waiting without the event loop. */
  next(): IteratorResult<B, undefined> {
    const steps = this.steps();
    let step = steps.next(null);
    while (!step.done) step = steps.next(this.crew.take(this.options.timeout));
    return step.value;
  }
  async nextLater(): Promise<IteratorResult<B, undefined>> {
    const steps = this.steps();
    let step = steps.next(null);
    while (!step.done) step = steps.next(await this.crew.takeLater(this.options.timeout));
    return step.value;
  }
  /** Nobody wants the rest. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    // Blocks of what is under way are held by the crew until their worker is done with them, and freed by the collector.
    this.tasks.clear();
    if (!this.options.persistent) this.crew.close();
  }

  private *steps(): Waiting<B> {
    for (;;) {
      if (this.ended) return { done: true, value: undefined };
      this.skip();
      const task = this.tasks.get(this.received);
      if (task === undefined) {
        this.end();
        return { done: true, value: undefined };
      }
      if (task.reply !== null) return { done: false, value: this.finish(this.received, task) };
      const heard: Heard | null = yield;
      if (heard === null) throw new RuntimeError(`DataLoader timed out after ${this.options.timeout} seconds`);
      const { reply, worker } = heard;
      if (reply.kind === "failed") throw gone(worker, reply.error);
      if (reply.kind === "closed" || reply.pass !== this.options.pass) continue;
      const answered = this.tasks.get(reply.index);
      if (answered === undefined) continue;
      this.crew.settled(worker, answered.blocks);
      answered.reply = reply;
      if (reply.kind === "end") {
        this.options.random[worker] = reply.random;
        this.active[worker] = false;
        this.load[worker]--;
        this.release(answered);
        this.ask();
      } else if (!this.options.in_order) return { done: false, value: this.finish(reply.index, answered) };
    }
  }
  /** Goes on to what can still come: not what a worker had no samples for, nor what it got after. */
  private skip(): void {
    while (this.received < this.sent) {
      const task = this.tasks.get(this.received);
      const comes =
        task !== undefined && task.reply?.kind !== "end" && (task.reply !== null || this.active[task.worker]);
      if (comes) return;
      if (task !== undefined && task.reply === null) this.release(task);
      this.tasks.delete(this.received++);
    }
  }
  private finish(index: number, task: Task): B {
    const { reply, worker, blocks } = task;
    this.tasks.delete(index);
    if (index === this.received) this.received++;
    this.load[worker]--;
    if (reply?.kind !== "batch") {
      this.release(task);
      this.ask();
      throw raised(worker, (reply as { error: SentError }).error);
    }
    this.options.random[worker] = reply.random;
    if (this.canShare) this.expected = tensorBytes(reply.batch);
    this.ask();
    const batch = decode(reply.batch, blocks) as B;
    this.release(task);
    return batch;
  }
  /** Frees the blocks that nothing was made of. */
  private release({ blocks, reply }: Task): void {
    if (reply === null) return;
    for (const block of blocks) if (block.pinned) block.free();
  }
  /** Has the next worker fetch what is next, if there is any. */
  private ask(): void {
    const { done, value } = this.indices.next();
    if (done) return;
    const { active, load } = this;
    const many = active.filter(Boolean).length;
    for (let tries = 0; tries < active.length; tries++) {
      this.turn = (this.turn + 1) % active.length;
      if (!active[this.turn] || !(this.options.in_order || load[this.turn] < Math.floor(this.most / many))) continue;
      const worker = this.turn;
      const blocks = blocksLike(this.expected);
      const slots = blocks.map(({ ptr, nbytes }) => ({ ptr, nbytes }));
      load[worker]++;
      this.tasks.set(this.sent, { worker, blocks, reply: null });
      this.crew.send(worker, { pass: this.options.pass, index: this.sent++, wanted: value, slots }, blocks);
      return;
    }
  }
}

/** What was raised in a worker, raised here: of the same class, with the stack that it had there. */
function raised(worker: number, { name, message, stack }: SentError): Error {
  const text = `Caught ${name} in DataLoader worker process ${worker}.\nOriginal ${stack || `${name}: ${message}`}`;
  const own = (errors as Record<string, unknown>)[name] ?? (globalThis as Record<string, unknown>)[name];
  const isClass = typeof own === "function" && own.prototype instanceof Error;
  return new (isClass ? (own as new (text: string) => Error) : RuntimeError)(text);
}
