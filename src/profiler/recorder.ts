// What a profiler remembers of a run: one event for every op, node of a backward pass and named stretch, nested by time.
import { currentDevice } from "../devices/registry.ts";
import type { Kind, Observer } from "../base/observer.ts";
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
  /** Of matrix products and convolutions; 0 for others. */
  readonly flops: number;
  /** Of each argument: a tensor's sizes, [] for anything else. */
  readonly input_shapes: readonly (readonly number[])[];
}
type Draft = { -readonly [K in keyof FunctionEvent]: FunctionEvent[K] };

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
  private readonly begun: Draft[] = [];
  private readonly open: Draft[] = [];

  constructor(options: RecorderOptions) {
    this.options = options;
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
  }
  /** Those that have ended, in the order of their beginnings. */
  events(): FunctionEvent[] {
    return this.begun.filter((e) => !Number.isNaN(e.end));
  }
}
