// Events in the format of chrome://tracing and Perfetto: the Trace Event Format, complete events ("X") on one thread.
import type { Kind } from "../base/observer.ts";
import type { FunctionEvent } from "./recorder.ts";

/** PyTorch's names for the kinds. */
const CATEGORIES: Record<Kind, string> = { op: "cpu_op", backward: "cpu_op", user: "user_annotation" };

export function chromeTrace(events: readonly FunctionEvent[]): string {
  const pid = globalThis.process?.pid ?? 1;
  const tid = 1;
  const origin = performance.timeOrigin * 1e3;
  const label = (name: string, value: string): object => ({
    ph: "M",
    name,
    pid,
    tid,
    ts: origin,
    args: { name: value },
  });
  const traceEvents = events.map(({ name, kind, start, end, memory, flops, device_time, input_shapes }, i) => ({
    ph: "X",
    cat: CATEGORIES[kind],
    name,
    pid,
    tid,
    ts: origin + start,
    dur: end - start,
    args: {
      "Ev Idx": i,
      ...(input_shapes.length > 0 && { "Input Dims": input_shapes }),
      ...(memory !== 0 && { Bytes: memory }),
      ...(device_time > 0 && { "Device Time (us)": device_time }),
      ...(flops > 0 && { FLOPs: flops }),
    },
  }));
  const metadata = [label("process_name", "tidu"), label("thread_name", "main")];
  return JSON.stringify({ schemaVersion: 1, displayTimeUnit: "ms", traceEvents: [...metadata, ...traceEvents] });
}
