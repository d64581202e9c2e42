// The calling thread's end of the ring of commands: see Note [Device thread].
import { RuntimeError } from "../../base/errors.ts";
import {
  COMMAND,
  CONTROL,
  DESCRIPTOR_BYTES,
  DESCRIPTOR_STEP,
  EDGES,
  IMMEDIATES,
  PROBES,
  startWorker,
} from "./worker.ts";
import type { Adapter, DeviceThread } from "./worker.ts";

const RING_BYTES = 4 << 20;
/** Bytes that come back at once. */
const ANSWER_BYTES = 4 << 20;
const PART = ANSWER_BYTES / 2;
/** Bytes that go there at once: a part of the ring, so that the worker can begin. */
const PIECE = RING_BYTES / 4;
/** Commands after which a worker that sleeps is woken, though nobody waits for a result yet. */
const UNHEARD = 32;
const CANNOT_WAIT =
  "the program cannot wait for the WebGPU device here, for this page shares no memory with it.\nAwait the value: await x.item_async(), await x.cpu_async(). Or serve the page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp: then nothing need be awaited.";
/** How long a worker may take to start. */
const START_MS = 60_000;
/** How long a program that ends waits for what the device is at. */
const CLOSE_MS = 10_000;

export interface ChannelOptions {
  readonly dawn: string | null;
  readonly toggles: readonly string[];
  /** Whether there is memory that threads share; tests do without. */
  readonly shares?: boolean;
}
/** What the worker says. */
interface Heard {
  readonly request?: number;
  readonly bytes?: Uint8Array;
  readonly failure?: string;
  readonly adapter?: string;
}
interface Waiting {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
  /** How often the device had been started anew. */
  readonly life: number;
}
/** Sends commands, and waits for answers. */
export class Channel {
  /** Whether a program may wait for the device: see Note [Without shared memory]. */
  readonly shares: boolean;
  private readonly control: Int32Array;
  private readonly ring: Int32Array;
  private readonly answer: Uint8Array;
  private head = 0;
  private unheard = 0;
  private requests = 0;
  private readonly waiting = new Map<number, Waiting>();
  private readonly whenUp: Promise<void>;
  /** Whether the worker keeps the process alive: while somebody awaits something of it. */
  private readonly thread: DeviceThread;
  private adapter: Adapter | null = null;
  private crashed: string | null = null;
  /** How often the device was started anew. */
  private lives = 0;
  /** What becomes of a failure: the error to raise. */
  onFailure: (message: string) => Error = failed;

  constructor({ dawn, toggles, shares = typeof SharedArrayBuffer !== "undefined" }: ChannelOptions) {
    const { waiting } = this;
    this.shares = shares;
    const memory = (nbytes: number) => (shares ? new SharedArrayBuffer(nbytes) : new ArrayBuffer(nbytes));
    const [control, ring, answer] = [CONTROL.words * 4, RING_BYTES, shares ? ANSWER_BYTES : 0].map(memory);
    this.control = new Int32Array(control);
    this.ring = new Int32Array(ring);
    this.answer = new Uint8Array(answer);
    let up: () => void;
    this.whenUp = new Promise((resolve) => (up = resolve));
    const setup = {
      shared: shares ? ({ control, ring, answer } as never) : null,
      words: CONTROL.words,
      dawn,
      toggles,
      at: CONTROL,
      command: COMMAND,
      descriptorBytes: DESCRIPTOR_BYTES,
      descriptorStep: DESCRIPTOR_STEP,
      immediates: IMMEDIATES,
      probes: PROBES,
      edges: EDGES,
    };
    if (shares) globalThis.process?.on?.("exit", () => this.close());
    this.thread = startWorker(setup, (message) => {
      const { request, bytes, failure, adapter } = message as Heard;
      if (request === undefined) {
        if (adapter !== undefined) this.adapter = JSON.parse(adapter) as Adapter;
        else this.crashed = failure ?? null;
        this.thread.keep(waiting.size > 0);
        return up();
      }
      const { resolve, reject, life } = waiting.get(request)!;
      waiting.delete(request);
      this.thread.keep(waiting.size > 0);
      if (bytes !== undefined) resolve(bytes);
      else reject(life === this.lives ? this.onFailure(failure!) : failed(failure!));
    });
  }
  /** Ends the worker's work, and waits until it is out of it. */
  close(): void {
    const { control } = this;
    const until = performance.now() + CLOSE_MS;
    Atomics.store(control, CONTROL.closing, 1);
    // The worker may be about to look at the ring, or sleep beside it.
    while (Atomics.load(control, CONTROL.closing) === 1 && performance.now() < until) {
      if (Atomics.load(control, CONTROL.started) === 2 || this.crashed !== null) return;
      Atomics.notify(control, CONTROL.head);
      this.pause(CONTROL.closing, 1, 10);
    }
  }
  /** The adapter, once the worker is up; waits for it. Raises RuntimeError if there is none. */
  started(): Adapter {
    if (this.adapter !== null) return this.adapter;
    if (!this.shares) throw notStarted(this.crashed ?? "`await ready()` of tidu/webgpu first");
    const until = performance.now() + START_MS;
    while (Atomics.load(this.control, CONTROL.started) === 0) {
      const late = performance.now() > until ? `no answer in ${START_MS / 1000} s` : null;
      if (!this.pause(CONTROL.started, 0))
        throw notStarted("on a page's main thread `await ready()` of tidu/webgpu first");
      if ((late ?? this.crashed) !== null) throw notStarted(late ?? this.crashed!);
    }
    if (Atomics.load(this.control, CONTROL.started) === 2) throw new RuntimeError(`no WebGPU device: ${this.text()}`);
    return (this.adapter = JSON.parse(this.text()) as Adapter);
  }
  /** The same without making the thread wait. */
  async starting(): Promise<Adapter> {
    if (this.adapter === null) this.thread.keep(true);
    await this.whenUp;
    this.thread.keep(this.waiting.size > 0);
    return this.started();
  }

  /** Opens a command of so many words beside its head, and gives where they go in `words`; `send` closes it. */
  open(command: number, words: number): number {
    // An even number of words, so that at the ring's end there is room for a command that leads back to its start.
    const length = words + 2 + (words & 1);
    const { ring, control } = this;
    if (!this.shares) {
      if (this.head + length > ring.length) this.flush();
      ring[this.head] = length;
      ring[this.head + 1] = command;
      return this.head + 2;
    }
    // A command lies in one piece, and the head never comes up to the tail from behind: that would look like an empty ring.
    if (this.head + length > ring.length) {
      this.awaitRoom((tail) => tail <= this.head && tail > 0);
      ring[this.head] = 2;
      ring[this.head + 1] = COMMAND.wrap;
      this.head = 0;
      Atomics.store(control, CONTROL.head, 0);
      Atomics.notify(control, CONTROL.head);
    }
    const end = this.head + length;
    this.awaitRoom((tail) => (tail <= this.head ? end < ring.length || tail > 0 : end < tail));
    ring[this.head] = length;
    ring[this.head + 1] = command;
    return this.head + 2;
  }
  get words(): Int32Array {
    return this.ring;
  }
  /** Sends what was opened; `soon`: somebody waits for it. */
  send(soon = false): void {
    const { control, ring } = this;
    this.head += ring[this.head];
    if (!this.shares) return this.sendLater(soon);
    if (this.head === ring.length) this.head = 0;
    Atomics.store(control, CONTROL.head, this.head);
    if (!soon && ++this.unheard < UNHEARD) return;
    this.unheard = 0;
    if (soon || Atomics.load(control, CONTROL.asleep) === 1) Atomics.notify(control, CONTROL.head);
  }
  /** Without shared memory: at the end of what runs, or when there are many. */
  private sendLater(soon: boolean): void {
    if (soon || ++this.unheard >= UNHEARD) return this.flush();
    if (this.unheard === 1) queueMicrotask(() => this.flush());
  }
  private flush(): void {
    this.unheard = 0;
    if (this.head > 0) this.thread.send(this.ring.slice(0, this.head));
    this.head = 0;
  }
  private awaitRoom(isThere: (tail: number) => boolean): void {
    for (;;) {
      const tail = Atomics.load(this.control, CONTROL.tail);
      if (isThere(tail)) return;
      Atomics.notify(this.control, CONTROL.head);
      this.pause(CONTROL.tail, tail);
    }
  }
  /** Waits until a word has changed, or a while; gives false where threads may not wait, and look again and again. */
  private pause(word: number, value: number, most = 100): boolean {
    try {
      Atomics.wait(this.control, word, value, most);
      return true;
    } catch {
      return false;
    }
  }

  /** How often the calling thread waited for what the device computes. */
  waits = 0;
  /** Sends a request with its arguments and gives the bytes of the answer, which the next request overwrites. */
  ask(command: number, ...words: readonly number[]): Uint8Array {
    this.started();
    if (!this.shares && command !== COMMAND.grow && command !== COMMAND.restart) throw new RuntimeError(CANNOT_WAIT);
    if (command !== COMMAND.grow) this.waits++;
    const request = this.request(command, words);
    // What fails is heard of where something is awaited.
    if (!this.shares) return this.answer;
    for (;;) {
      const answered = Atomics.load(this.control, CONTROL.answered);
      if (answered === request) break;
      if (this.crashed !== null) throw failed(this.crashed);
      this.pause(CONTROL.answered, answered);
    }
    const bytes = this.answer.subarray(0, this.control[CONTROL.length]);
    if (Atomics.load(this.control, CONTROL.failed) === 1)
      throw command === COMMAND.restart ? failed(this.text()) : this.onFailure(this.text());
    return bytes;
  }
  /** Another device in the place of one that failed. Raises RuntimeError if there is none. */
  restart(): void {
    this.lives++;
    this.ask(COMMAND.restart);
  }
  private request(command: number, words: readonly number[]): number {
    const request = (this.requests = (this.requests + 1) & 0x3fffffff);
    const at = this.open(command, 1 + words.length);
    this.ring[at] = request;
    for (let i = 0; i < words.length; i++) this.ring[at + 1 + i] = words[i];
    this.send(true);
    return request;
  }
  private text(): string {
    return new TextDecoder().decode(this.answer.slice(0, this.control[CONTROL.length]));
  }

  /** Bytes from a multiple of 4 on, behind those of another place, few and a multiple of 16. */
  download(from: number, nbytes: number, first = 0, before = 0): Uint8Array {
    const bytes = new Uint8Array(before + nbytes);
    for (let at = 0; at === 0 || at < nbytes; at += PART) {
      const part = this.ask(COMMAND.download, from + at, Math.min(PART, nbytes - at), first, at === 0 ? before : 0);
      bytes.set(part, at === 0 ? 0 : before + at);
    }
    return bytes;
  }
  async downloadAsync(from: number, nbytes: number, first = 0, before = 0): Promise<Uint8Array> {
    this.started();
    const request = this.request(COMMAND.fetch, [from, nbytes, first, before]);
    const life = this.lives;
    this.thread.keep(true);
    return new Promise((resolve, reject) => this.waiting.set(request, { resolve, reject, life }));
  }
  /** To a multiple of 4. Up to 3 bytes more are written where their number is none. */
  upload(to: number, bytes: Uint8Array): void {
    for (let begin = 0; begin < bytes.length; begin += PIECE) {
      const piece = bytes.subarray(begin, begin + PIECE);
      const at = this.open(COMMAND.upload, 2 + Math.ceil(piece.length / 4));
      this.ring[at] = to + begin;
      this.ring[at + 1] = piece.length;
      new Uint8Array(this.ring.buffer, (at + 2) * 4, piece.length).set(piece);
      this.send();
    }
  }
  /** Whether the device's clock is read around each launch from now on. */
  watch(on: boolean): void {
    this.ring[this.open(COMMAND.watch, 1)] = Number(on);
    this.send();
  }
  /** Microseconds of all launches that were watched. */
  times(): Float32Array {
    const times: number[] = [];
    for (;;) {
      const bytes = this.ask(COMMAND.times);
      if (bytes.length === 0) return new Float32Array(times);
      // An answer may hold a million: more than a call takes arguments.
      for (const time of new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)) times.push(time);
    }
  }
  compile(number: number, text: string): void {
    const bytes = new TextEncoder().encode(text);
    const at = this.open(COMMAND.pipeline, 2 + Math.ceil(bytes.length / 4));
    this.ring[at] = number;
    this.ring[at + 1] = bytes.length;
    new Uint8Array(this.ring.buffer, (at + 2) * 4, bytes.length).set(bytes);
    this.send();
  }
}
const notStarted = (why: string): RuntimeError => new RuntimeError(`the WebGPU device did not start: ${why}`);
export const failed = (message: string, more = ""): RuntimeError => new RuntimeError(`WebGPU error: ${message}${more}`);
