// Events put together by name: how often, how long, how many bytes and operations.
import { AttributeError } from "../base/errors.ts";
import type { FunctionEvent } from "./recorder.ts";
import { table } from "./table.ts";

/** All events of one name, and of one kind of input where they were grouped so. Times in microseconds. */
export interface FunctionEventAvg {
  readonly key: string;
  readonly count: number;
  /** Sum over the calls, with what ran inside. */
  readonly cpu_time_total: number;
  /** Without what was observed inside. */
  readonly self_cpu_time_total: number;
  /** Mean of a call. */
  readonly cpu_time: number;
  /** The same of the device beside the CPU: 0 where there is none, or its clock may not be read. */
  readonly device_time_total: number;
  readonly self_device_time_total: number;
  readonly device_time: number;
  /** How often the calling thread waited for that device, without what was observed inside. */
  readonly self_waits: number;
  readonly cpu_memory_usage: number;
  readonly self_cpu_memory_usage: number;
  readonly flops: number;
  /** Where grouped by them; else empty. */
  readonly input_shapes: readonly (readonly number[])[];
}
const SORTABLE = [
  "cpu_time",
  "cpu_time_total",
  "self_cpu_time_total",
  "device_time",
  "device_time_total",
  "self_device_time_total",
  "cpu_memory_usage",
  "self_cpu_memory_usage",
  "count",
  "flops",
] as const;
export interface TableArguments {
  /** Largest first; the order of the first calls without it. */
  sort_by?: (typeof SORTABLE)[number] | null;
  row_limit?: number;
  max_name_column_width?: number;
}

/** Rows of a table of events, as `torch.autograd.profiler_util.EventList`. */
export class EventList extends Array<FunctionEventAvg> {
  private withShapes = false;
  private withMemory = false;
  private device: string | null = null;
  static get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  static from_events(
    events: readonly FunctionEvent[],
    byShape: boolean,
    withMemory: boolean,
    device: string | null,
  ): EventList {
    const groups = new Map<string, FunctionEvent[]>();
    for (const event of events) {
      const key = byShape ? `${event.name} ${JSON.stringify(event.input_shapes)}` : event.name;
      const group = groups.get(key);
      if (group) group.push(event);
      else groups.set(key, [event]);
    }
    const list = new EventList();
    list.withShapes = byShape;
    list.withMemory = withMemory;
    list.device = device;
    for (const group of groups.values()) list.push(average(group, byShape));
    return list;
  }

  /**
   * The events as a table in the look of PyTorch's, at most `row_limit` rows, with what a second of products and
   * convolutions came to in a last column. Raises AttributeError for a `sort_by` that there is not.
   * @example
   * console.log(prof.key_averages().table({ sort_by: "self_cpu_time_total", row_limit: 10 }));
   */
  table({ sort_by = null, row_limit = 100, max_name_column_width = 55 }: TableArguments = {}): string {
    if (sort_by !== null && !SORTABLE.includes(sort_by))
      throw new AttributeError(
        `'FunctionEventAvg' object has no attribute '${String(sort_by)}'\nTables are sorted by ${SORTABLE.join(", ")}.`,
      );
    const sorted = sort_by === null ? [...this] : this.toSorted((a, b) => b[sort_by] - a[sort_by]);
    return table(sorted.slice(0, row_limit), {
      shapes: this.withShapes,
      memory: this.withMemory,
      flops: this.some((row) => row.flops > 0),
      device: this.some((row) => row.device_time_total > 0 || row.self_waits > 0) ? this.device : null,
      maxNameWidth: max_name_column_width,
      totalTime: this.self_cpu_time_total,
      deviceTime: this.self_device_time_total,
    });
  }
  /** Time in all events together. */
  get self_cpu_time_total(): number {
    return this.reduce((sum, row) => sum + row.self_cpu_time_total, 0);
  }
  get self_device_time_total(): number {
    return this.reduce((sum, row) => sum + row.self_device_time_total, 0);
  }
}

function average(events: readonly FunctionEvent[], byShape: boolean): FunctionEventAvg {
  const sum = (of: (e: FunctionEvent) => number): number => events.reduce((total, e) => total + of(e), 0);
  const total = sum((e) => e.end - e.start);
  const onDevice = sum((e) => e.device_time);
  return {
    key: events[0].name,
    count: events.length,
    cpu_time_total: total,
    self_cpu_time_total: sum((e) => Math.max(e.end - e.start - e.children_time, 0)),
    cpu_time: total / events.length,
    device_time_total: onDevice,
    self_device_time_total: sum((e) => Math.max(e.device_time - e.children_device_time, 0)),
    device_time: onDevice / events.length,
    self_waits: sum((e) => e.waits - e.children_waits),
    cpu_memory_usage: sum((e) => e.memory),
    self_cpu_memory_usage: sum((e) => e.memory - e.children_memory),
    flops: sum((e) => e.flops),
    input_shapes: byShape ? events[0].input_shapes : [],
  };
}
