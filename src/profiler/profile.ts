// torch.profiler.profile and record_function.
import { RuntimeError } from "../base/errors.ts";
import type { Guard } from "../autograd/mode.ts";
import { observe, observer } from "../base/observer.ts";
import { started } from "../devices/registry.ts";
import { bindArguments } from "../dispatch/callable.ts";
import { chromeTrace } from "./chrome_trace.ts";
import { EventList } from "./event_list.ts";
import { Recorder } from "./recorder.ts";
import type { FunctionEvent } from "./recorder.ts";

const PROFILE =
  "profile(*, object activities=None, callable? on_trace_ready=None, bool record_shapes=False, bool profile_memory=False, bool with_flops=False) -> Profile";
/** PyTorch's options; all off unless told. */
export interface ProfileOptions {
  /** What is measured: ops of the CPU, whatever is asked for. */
  activities?: Iterable<unknown> | null;
  /** Is given the profile when it stops. */
  on_trace_ready?: ((prof: Profile) => unknown) | null;
  /** The sizes of the arguments. */
  record_shapes?: boolean;
  /** Bytes that each op asked for and gave back. */
  profile_memory?: boolean;
  /** Operations of matrix products and convolutions. */
  with_flops?: boolean;
}

/** What ran between `start` and `stop`. */
export class Profile {
  private readonly options: Required<ProfileOptions>;
  private readonly recorder: Recorder;
  /** The one beside the CPU that was started when it began. */
  private device: string | null = null;

  constructor(...given: [ProfileOptions?]) {
    this.options = bindArguments<typeof PROFILE, ProfileOptions>(PROFILE, given) as Required<ProfileOptions>;
    const { record_shapes, profile_memory, with_flops } = this.options;
    this.recorder = new Recorder({ shapes: record_shapes, memory: profile_memory, flops: with_flops });
  }
  /** Watches from now on. Raises RuntimeError while another profiler does. */
  start(): void {
    if (observer.current !== null)
      throw new RuntimeError("Profiler is already enabled on this thread\nStop the other one first.");
    observer.current = this.recorder;
    const [device] = started();
    this.device = device?.name ?? null;
    this.recorder.start(device?.watch?.() ?? null);
  }
  stop(): void {
    if (observer.current !== this.recorder) return;
    observer.current = null;
    this.recorder.stop();
    this.options.on_trace_ready?.(this);
  }
  [Symbol.dispose](): void {
    this.stop();
  }
  /** All that has ended so far, in the order of their beginnings. */
  events(): FunctionEvent[] {
    return this.recorder.events();
  }
  /**
   * Events put together by name; with `group_by_input_shape` (for which `record_shapes` is needed) by shapes, too.
   * @example
   * console.log(prof.key_averages().table({ sort_by: "cpu_time_total" }));
   */
  key_averages({ group_by_input_shape = false }: { group_by_input_shape?: boolean } = {}): EventList {
    return EventList.from_events(this.events(), group_by_input_shape, this.options.profile_memory, this.device);
  }
  /**
   * The events as JSON for chrome://tracing and https://ui.perfetto.dev. Written to the file `path` in Node; without a
   * path it is only returned, for the page to save.
   * @example
   * prof.export_chrome_trace("trace.json");
   */
  export_chrome_trace(path?: string): string {
    const text = chromeTrace(this.events());
    if (path !== undefined) writeFile(path, text);
    return text;
  }
}
function writeFile(path: string, text: string): void {
  const fs = globalThis.process?.getBuiltinModule?.("node:fs");
  if (fs === undefined)
    throw new RuntimeError(
      "export_chrome_trace: there are no files here\nCall it without a path and save what it returns.",
    );
  fs.writeFileSync(path, text);
}

/**
 * Measures what runs in `body`, or, without one, until the returned profile is stopped or disposed: every op, every node
 * of a backward pass, every stretch named by {@link record_function}. An asynchronous body is waited for. The time of an
 * op includes that of its kernels. Where there is a device beside the CPU whose clock may be read, its own time stands
 * beside the calling thread's, and the device then does one launch after the other. Raises RuntimeError inside of another profile. `torch.profiler.profile`.
 * @example
 * const prof = torch.profiler.profile({ profile_memory: true, with_flops: true }, () => {
 *   model(x).sum().backward();
 * });
 * console.log(prof.key_averages().table({ sort_by: "self_cpu_time_total", row_limit: 10 }));
 */
export function profile(options?: ProfileOptions): Profile;
export function profile(body: () => Promise<unknown>): Promise<Profile>;
export function profile(body: () => unknown): Profile;
export function profile(options: ProfileOptions, body: () => Promise<unknown>): Promise<Profile>;
export function profile(options: ProfileOptions, body: () => unknown): Profile;
export function profile(
  first: ProfileOptions | (() => unknown) = {},
  second: (() => unknown) | null = null,
): Profile | Promise<Profile> {
  const [options, body] = typeof first === "function" ? [{}, first] : [first, second];
  const prof = new Profile(options);
  prof.start();
  if (body === null) return prof;
  let result: unknown;
  try {
    result = body();
  } catch (error) {
    prof.stop();
    throw error;
  }
  if (result instanceof Promise) return result.finally(() => prof.stop()).then(() => prof);
  prof.stop();
  return prof;
}

/**
 * Names a stretch of a program in profiles: `body`, which may be asynchronous, or, without one, until the returned guard
 * is disposed. Costs nothing while nobody profiles. `torch.profiler.record_function`.
 * @example
 * const loss = torch.profiler.record_function("forward", () => model(x).sum());
 */
export function record_function(name: string): Guard;
export function record_function<T>(name: string, body: () => T): T;
export function record_function(...given: unknown[]): unknown {
  const { name, body } = bindArguments("record_function(str name, callable? body=None) -> None", given);
  if (body !== null) return observe(name, "user", [], body);
  const { current } = observer;
  const begun = current?.begin(name, "user", []);
  return { [Symbol.dispose]: () => current?.end(begun, [], undefined) };
}
