// torch.profiler for Python: what was measured, as plain data.
import type { Guard } from "../autograd/mode.ts";
import { observer } from "../base/observer.ts";
import type { EventList, TableArguments } from "../profiler/event_list.ts";
import { Profile, record_function } from "../profiler/profile.ts";

type Row = readonly [
  key: string,
  count: number,
  cpu_time_total: number,
  self_cpu_time_total: number,
  cpu_memory_usage: number,
  self_cpu_memory_usage: number,
  flops: number,
  device_time_total: number,
  self_device_time_total: number,
  input_shapes: readonly (readonly number[])[],
];
const averages = (prof: Profile, byShape: boolean): EventList => prof.key_averages({ group_by_input_shape: byShape });

export const profiler = {
  profilerStart(record_shapes: boolean, profile_memory: boolean, with_flops: boolean): Profile {
    const prof = new Profile({ record_shapes, profile_memory, with_flops });
    prof.start();
    return prof;
  },
  profilerStop: (prof: Profile): void => prof.stop(),
  profilerRows: (prof: Profile, byShape: boolean): Row[] =>
    averages(prof, byShape).map((row) => [
      row.key,
      row.count,
      row.cpu_time_total,
      row.self_cpu_time_total,
      row.cpu_memory_usage,
      row.self_cpu_memory_usage,
      row.flops,
      row.device_time_total,
      row.self_device_time_total,
      row.input_shapes,
    ]),
  profilerTable: (
    prof: Profile,
    byShape: boolean,
    sort_by: TableArguments["sort_by"],
    row_limit: number,
    max_name_column_width: number,
  ): string => averages(prof, byShape).table({ sort_by, row_limit, max_name_column_width }),
  /** Of each event its name, its times and its bytes. */
  profilerEvents: (prof: Profile): unknown[][] =>
    prof
      .events()
      .map((e) => [
        e.name,
        e.start,
        e.end,
        Math.max(e.end - e.start - e.children_time, 0),
        e.memory,
        e.memory - e.children_memory,
        e.flops,
        e.device_time,
        Math.max(e.device_time - e.children_device_time, 0),
        e.input_shapes,
      ]),
  profilerTrace: (prof: Profile): string => prof.export_chrome_trace(),
  /** A stretch of that name begins, and has this number; 0 while nobody profiles. */
  profilerBegin(name: string): number {
    if (observer.current === null) return 0;
    stretches.set(++stretchesBegun, record_function(name));
    return stretchesBegun;
  },
  profilerEnd(stretch: number): void {
    stretches.get(stretch)?.[Symbol.dispose]();
    stretches.delete(stretch);
  },
};
const stretches = new Map<number, Guard>();
let stretchesBegun = 0;
