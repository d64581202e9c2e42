// torch.viz.record: a run that can be stepped through, asked about and played again.
import { IndexError, RuntimeError } from "../base/errors.ts";
import { gradientEdge } from "../autograd/node.ts";
import type { RemovableHandle } from "../autograd/node.ts";
import { observer } from "../base/observer.ts";
import { Sequential } from "../nn/containers/modules.ts";
import { isOwnForward } from "../nn/module/own_layers.ts";
import { register_module_forward_hook, register_module_forward_pre_hook } from "../nn/module/global_hooks.ts";
import type { Module } from "../nn/module/module.ts";
import { graphFrom } from "./graph.ts";
import type { Graph } from "./graph.ts";
import { pageOf } from "./html.ts";
import { runPage } from "./pages.ts";
import { writeText } from "./files.ts";
import { Recorder } from "./recorder.ts";
import type { Step } from "./recorder.ts";
import { replayed } from "./replay.ts";
import type { Replay } from "./replay.ts";
import { shown, storyOf } from "./story.ts";
import type { ShownTensor } from "./story.ts";

/** A step, and what its tensors held. */
export interface Moment {
  readonly step: Step;
  readonly inputs: readonly (ShownTensor | null)[];
  readonly outputs: readonly (ShownTensor | null)[];
}
export interface RecordOptions {
  /** Bytes that the elements of recorded tensors may take; of those beyond, the oldest first, a digest stays. */
  memory?: number;
  /** The recording ends after so many steps, or with the backward pass that runs then; the program goes on. */
  steps?: number;
  /** Holds the graphs of backward passes, for {@link Run.graphs}. */
  graphs?: boolean;
}
/** The graph that a backward pass went through. */
export interface PassGraph {
  /** The pass's step; -1 for what no pass went through. */
  readonly pass: number;
  readonly graph: Graph;
}
const MEMORY = 64 * 2 ** 20;

/** What ran, in order. */
export class Run {
  /** @internal */ readonly recorder: Recorder;
  private outer: Recorder | null = null;
  private handles: RemovableHandle[] = [];
  /** The outermost modules that ran, whose parameters' names graphs tell. */
  private readonly models: Set<Module> | null;

  constructor({ memory = MEMORY, steps = Infinity, graphs = false }: RecordOptions = {}) {
    this.recorder = new Recorder({ budget: memory, limit: steps, keepsGraphs: graphs });
    this.models = graphs ? new Set() : null;
  }
  /** Records from now on. Raises RuntimeError while a profiler or another recording watches. */
  start(): this {
    if (observer.current !== null)
      throw new RuntimeError("viz.record: a profiler or another recording watches already\nStop that one first.");
    observer.current = this.recorder;
    latest.run = this;
    this.handles = watchModules(this.recorder, this.models);
    return this;
  }
  stop(): void {
    if (observer.current === this.recorder) observer.current = null;
    for (const handle of this.handles) handle.remove();
    this.handles = [];
  }
  [Symbol.dispose](): void {
    this.stop();
  }
  /** A step with its tensors as plain data: figures and numbers of what went in and what came out. */
  at(i: number): Moment {
    const step = this.steps.at(i);
    if (step === undefined) throw new IndexError(`at(): step ${i} of a run of ${this.steps.length}`);
    const all = (refs: Step["inputs"]): (ShownTensor | null)[] => refs.map((ref) => ref && shown(ref));
    return { step, inputs: all(step.inputs), outputs: all(step.outputs) };
  }
  /**
   * The graphs of the first `count` backward passes, of a run that was recorded with `graphs`, and last, if the program ended
   * without a pass, the graph of its last result; of an op that failed, what its inputs were computed by.
   */
  graphs(count = Infinity): PassGraph[] {
    const options = { params: [...(this.models ?? [])].flatMap((model) => [...model.named_parameters()]) };
    const { passes, last } = this.recorder;
    const drawn = passes.slice(0, count).map(({ step, roots }) => ({
      pass: step,
      graph: graphFrom(
        roots.map((edge, i) => ({ box: { id: `out${i}`, kind: "output", title: "output" }, edges: [edge] })),
        options,
      ),
    }));
    if (last === null || last.step.index < (passes.at(-1)?.step ?? -1)) return drawn;
    const edges = last.tensors.flatMap((t) => gradientEdge(t) ?? []);
    if (edges.length === 0) return drawn;
    const { failed, name, line, index } = last.step;
    const box = failed
      ? ({ id: "failed", kind: "op", title: name, lines: ["failed"], line, step: index } as const)
      : ({ id: "out0", kind: "output", title: "output" } as const);
    return [...drawn, { pass: -1, graph: graphFrom([{ box, edges }], options) }];
  }
  /** Computes everything again from the tensors it began with, backward passes too, and compares each result bit for bit. */
  replay(): Replay {
    return replayed(this.steps);
  }
  /** A page of one file to step through the run with, forward and backward. */
  html(): string {
    return pageOf("Recorded run", runPage, storyOf(this.steps));
  }
  /** Writes the page to a file. */
  save(path: string): void {
    writeText(path, this.html(), "save");
  }
  toString(): string {
    const count = (kind: Step["kind"]): number => this.steps.filter((step) => step.kind === kind).length;
    return `Run of ${this.steps.length} steps: ${count("op")} ops, ${count("backward")} backward passes with ${count("node")} nodes`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
  /** All steps, forward and backward, in the order in which they ran. */
  get steps(): readonly Step[] {
    return this.recorder.steps;
  }
}
/** The recording that runs, or ran last. */
export const latest: { run: Run | null } = { run: null };

/** Notes which module runs, by its path from the outermost. */
function watchModules(recorder: Recorder, models: Set<Module> | null): RemovableHandle[] {
  const open: Module[] = [];
  return [
    register_module_forward_pre_hook((module) => {
      recorder.enter(nameIn(open.at(-1), module), runsOwnCode(module));
      if (open.length === 0) models?.add(module);
      open.push(module);
    }),
    register_module_forward_hook(
      () => {
        open.pop();
        recorder.leave();
      },
      { always_call: true },
    ),
  ];
}
/** A Sequential runs what it holds, and that is asked for itself. */
const runsOwnCode = (module: Module): boolean =>
  module.forward === Sequential.prototype.forward ? module._hooks.none : isOwnForward(module);
function nameIn(outer: Module | undefined, inner: Module): string {
  // Mostly it is a child; deeper where the one between has no forward of its own, as a ModuleList.
  for (const [name, child] of outer?._modules ?? []) if (child === inner) return name;
  if (outer !== undefined)
    for (const [name, module] of outer.named_modules()) if (module === inner && name !== "") return name;
  return inner.constructor.name;
}

/**
 * Records what runs in `body`, which may be asynchronous, or, without one, until the run that it returns is stopped or
 * disposed: every op with the line of the program that called it, its inputs and results, backward passes node by node,
 * changes in place, optimizers' steps. Elements of tensors are kept within `memory` bytes (64 MiB), digests of all.
 * While nothing is recorded nothing is paid.
 * @example
 * const run = viz.record(() => model(x).sum().backward());
 * run.steps.map((step) => `${step.line} ${step.name}`)
 */
export function record(options?: RecordOptions): Run;
export function record(body: () => Promise<unknown>, options?: RecordOptions): Promise<Run>;
export function record(body: () => unknown, options?: RecordOptions): Run;
export function record(first: RecordOptions | (() => unknown) = {}, options: RecordOptions = {}): Run | Promise<Run> {
  const run = new Run(typeof first === "function" ? options : first);
  run.start();
  if (typeof first !== "function") return run;
  let result: unknown;
  try {
    result = first();
  } catch (error) {
    run.stop();
    throw error;
  }
  if (result instanceof Promise) return result.finally(() => run.stop()).then(() => run);
  run.stop();
  return run;
}
