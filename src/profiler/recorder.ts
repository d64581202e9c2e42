// What a profiler remembers of a run: one event for every op, node of a backward pass and named stretch, nested by time.
import { currentDevice } from "../devices/registry.ts";
import type { Kind, Observer } from "../base/observer.ts";
import type { Watch } from "../devices/backend.ts";
import { Tensor } from "../tensor/tensor.ts";
import { operations } from "./flops.ts";

/** Something that ran. Times in microseconds, as in PyTorch. */
export interface FunctionEvent {
  readonly name: string;
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
  /** What it ran inside of. */
  readonly parent: FunctionEvent | null;
  /** Time and bytes of those that ran directly inside. */
  readonly children_time: number;
  readonly children_memory: number;
  /** Bytes handed out less those freed; dead tensors that were found meanwhile do not count. */
  readonly memory: number;
  /** Of the device beside the CPU, on what was asked of it, and of that on what ran directly inside. */
  readonly device_time: number;
  readonly children_device_time: number;
  /** How often the calling thread waited for that device, and of that in what ran directly inside. */
  readonly waits: number;
  readonly children_waits: number;
  /** Of matrix products and convolutions; 0 for others. */
  readonly flops: number;
  /** Of each argument: a tensor's sizes, [] for anything else. */
  readonly input_shapes: readonly (readonly number[])[];
}
type Draft = { -readonly [K in keyof FunctionEvent]: FunctionEvent[K] } & {
  /** The first of its launches, and the one behind its last. */
  launches: [from: number, to: number];
};

export interface RecorderOptions {
  readonly shapes: boolean;
  readonly memory: boolean;
  readonly flops: boolean;
}

const now = (): number => performance.now() * 1e3;
function memoryNow(): number {
  const { live, swept } = currentDevice().memoryStats();
  return live + swept;
}

export class Recorder implements Observer {
  private readonly options: RecorderOptions;
  private watch: Watch | null = null;
  private readonly begun: Draft[] = [];
  private readonly open: Draft[] = [];

  constructor(options: RecorderOptions) {
    this.options = options;
  }
  /** Has what a device does shown beside the calling thread's time. */
  start(watch: Watch | null): void {
    this.watch = watch;
  }
  /** Waits for the device, and tells events of its time. */
  stop(): void {
    const times = this.watch?.end();
    this.watch = null;
    if (times === undefined) return;
    const until = [0];
    for (const t of times) until.push(until[until.length - 1] + t);
    for (const event of this.begun) {
      const [from, to] = event.launches.map((n) => until[Math.min(n, times.length)]);
      event.device_time = to - from;
      const parent = event.parent as Draft | null;
      if (parent !== null) parent.children_device_time += event.device_time;
    }
  }
  begin(name: string, kind: Kind): Draft {
    const event: Draft = {
      name,
      kind,
      start: 0,
      end: NaN,
      parent: this.open.at(-1) ?? null,
      children_time: 0,
      children_memory: 0,
      memory: this.options.memory ? -memoryNow() : 0,
      device_time: 0,
      children_device_time: 0,
      waits: -(this.watch?.waits() ?? 0),
      children_waits: 0,
      launches: [this.watch?.count() ?? 0, 0],
      flops: 0,
      input_shapes: [],
    };
    this.begun.push(event);
    this.open.push(event);
    event.start = now();
    return event;
  }
  end(event: Draft, inputs: readonly unknown[], result: unknown): void {
    event.end = now();
    event.launches[1] = this.watch?.count() ?? 0;
    event.waits += this.watch?.waits() ?? 0;
    const { shapes, memory, flops } = this.options;
    // Stretches that wait for something may end in any order.
    this.open.splice(this.open.lastIndexOf(event), 1);
    if (memory) event.memory += memoryNow();
    if (shapes) event.input_shapes = inputs.map((x) => (x instanceof Tensor ? x.sizes : []));
    if (flops && event.kind === "op") event.flops = operations(event.name, inputs, result);
    const parent = event.parent as Draft | null;
    if (parent === null) return;
    parent.children_time += event.end - event.start;
    parent.children_memory += event.memory;
    parent.children_waits += event.waits;
  }
  /** Those that have ended, in the order of their beginnings. */
  events(): FunctionEvent[] {
    return this.begun.filter((e) => !Number.isNaN(e.end));
  }
}
