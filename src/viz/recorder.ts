// What runs, step by step: ops of the program, what else bears on a graph, the nodes of backward passes.
import type { AccumulateGrad } from "../autograd/accumulate.ts";
import { modes } from "../autograd/mode.ts";
import type { Edge, Node } from "../autograd/node.ts";
import type { Run as Pass } from "../autograd/engine.ts";
import { list } from "../base/layout.ts";
import { observer } from "../base/observer.ts";
import { registryByName } from "../dispatch/declare.ts";
import { isRandom } from "../dispatch/levels.ts";
import type { Kind, Noted, Observer } from "../base/observer.ts";
import type { Dtype } from "../base/dtype.ts";
import type { AnyOptimizer } from "../optim/optimizer.ts";
import { Parameter } from "../nn/module/parameter.ts";
import { default_generator } from "../random/generator.ts";
import type { Storage } from "../tensor/storage.ts";
import { Tensor } from "../tensor/tensor.ts";
import { programPlace } from "./places.ts";
import { Values } from "./values.ts";
import type { Value } from "./values.ts";

/** A tensor at the version it had. */
export interface Ref {
  readonly tensor: Known;
  readonly version: number;
  readonly requires_grad: boolean;
}
/**
 * Something that ran. An `op` the program called, a `backward` pass and each `node` of it, an optimizer's `step`; the rest is
 * what {@link Noted} tells of, under those names.
 */
export interface Step {
  readonly index: number;
  readonly kind: "op" | "backward" | "node" | "optimizer" | Noted;
  /** The op's name, or the node's. */
  readonly name: string;
  /** `file:line` of the program. Of a node: where its op was called. */
  readonly line: string;
  /** The path of the module that called, as "Net.layers.0"; empty outside of modules. */
  readonly module: string;
  readonly inputs: readonly (Ref | null)[];
  /** Arguments that are no tensors, as text. */
  readonly args: readonly string[];
  /** Whether ops were recorded; and why not. */
  readonly mode: "grad" | "no_grad" | "inference";
  outputs: readonly (Ref | null)[];
  /** What the op's node keeps for backward: "self [3, 4] version 0". */
  saved: readonly string[];
  failed: boolean;
  /** Of a node: the step of its pass, the step of its op (-1 if unseen), its number, and where its gradients go. */
  readonly pass: number;
  readonly of: number;
  readonly node: number;
  readonly edges: readonly (readonly [node: number, nr: number] | null)[];
  /** Of AccumulateGrad the leaf, of a note the tensor. */
  readonly subject: Known | null;
  /** Of a pass: whether graphs are kept, and whether gradients go to all leaves, to given tensors or back to the caller. */
  readonly keeps: boolean;
  readonly into: "leaves" | "inputs" | "caller";
  /** What is set, of a note that sets: true, false, a tensor, null. */
  readonly set: boolean | Known | null;
  /** What was called with what, tensors as {@link TENSOR}, for who plays it again. */
  readonly values: readonly unknown[] | null;
  /** Where the random numbers stood, of an op that draws. */
  readonly drawn: Uint8Array | null;
}
/** What is known of a tensor. It is held weakly: a recording keeps no memory but its own. */
export interface Known {
  readonly id: number;
  readonly ref: WeakRef<Tensor>;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly isParameter: boolean;
  /** The step that made it; -1 where that was not seen. */
  made: number;
  /** The line that made it; "" where that was not seen. */
  line: string;
  /** The tensor that it is a view of. */
  readonly base: Known | null;
  /** By version. */
  readonly values: Map<number, Value>;
}
/** A change of a storage: the version it came to, and the step that did it. */
export interface Change {
  readonly version: number;
  readonly step: number;
  readonly by: string;
  readonly line: string;
}
type Draft = { -readonly [K in keyof Step]: Step[K] };

const NONE: readonly never[] = [];
/** What is known of tensors and nodes, over all recordings. */
const tensors = new WeakMap<Tensor, Known>();
const nodes = new WeakMap<Node, { readonly id: number; step: number; recorder: Recorder | null }>();
const changes = new WeakMap<Storage, Change[]>();
let ids = 0;
let nodeIds = 0;

export const knownOf = (t: Tensor): Known | undefined => tensors.get(t);
export const changesOf = (t: Tensor): readonly Change[] => changes.get(t.storage) ?? NONE;
export const nodeOf = (
  node: Node,
): { readonly id: number; readonly step: number; readonly recorder: Recorder | null } => numbered(node);
function numbered(node: Node): { readonly id: number; step: number; recorder: Recorder | null } {
  let known = nodes.get(node);
  if (known === undefined) nodes.set(node, (known = { id: nodeIds++, step: -1, recorder: null }));
  return known;
}

export interface RecorderOptions {
  /** Bytes that the elements of tensors may take. */
  readonly budget: number;
  /** Nothing is recorded beyond so many steps, but what belongs to a backward pass that has begun. */
  readonly limit: number;
  /** Whether the nodes that passes begin at are held, to tell their graphs afterwards. */
  readonly keepsGraphs: boolean;
}

export class Recorder implements Observer {
  readonly steps: Step[] = [];
  readonly values: Values;
  /** What the innermost of a tensor that was found changed was: its version, and the step of the node that saved it. */
  spoiled: {
    readonly tensor: Known;
    readonly version: number;
    readonly savedBy: number;
    readonly name: string;
  } | null = null;
  /** The tensors that an error was about. */
  rootless: Known | null = null;
  unused: Known | null = null;
  /** The tensor whose `.grad` was asked for last and was none. */
  withoutGrad: Known | null = null;
  /** The last step that failed. */
  failed: Step | null = null;
  /** The backward passes whose graphs can be told. */
  readonly passes: { readonly step: number; readonly roots: readonly Edge[] }[] = [];
  /** Whether there was more than may be recorded. */
  isFull = false;
  readonly modules: string[] = [];
  /** Who follows the program as it runs: called after each step of it. */
  follower: (() => void) | null = null;
  /** How many ops of the library's own are around what runs. */
  private depth = 0;
  private pass: Draft | null = null;
  private node: Node | null = null;
  private nodeStep: Step | null = null;
  private optimizing: { readonly step: Draft; readonly optimizer: AnyOptimizer } | null = null;
  /** The step of the op that the program called and which runs. */
  private open: Step | null = null;

  private readonly limit: number;
  private readonly keepsGraphs: boolean;
  constructor({ budget, limit, keepsGraphs }: RecorderOptions) {
    this.values = new Values(budget);
    this.limit = limit;
    this.keepsGraphs = keepsGraphs;
  }

  begin(name: string, kind: Kind, inputs: readonly unknown[]): Step | null {
    if (this.steps.length >= this.limit && this.depth === 0 && this.pass === null) {
      this.isFull = true;
      observer.current = null;
      return null;
    }
    if (kind === "user") return this.beginStretch(name);
    const inner = this.depth++ > 0;
    if (kind === "backward") return name.startsWith("autograd::engine::") ? null : this.beginNode(name, inputs);
    if (inner) return null;
    const step = this.unseen(() =>
      this.add({
        kind: "op",
        name: name.replace(/^aten::/, ""),
        inputs: this.refs(inputs),
        drawn: draws(name.replace(/^aten::/, "")) ? default_generator.get_state() : null,
        ...this.called(inputs),
      }),
    );
    return (this.open = step);
  }
  private beginStretch(name: string): Step | null {
    if (!name.startsWith("Optimizer.step#") || this.depth > 0) return null;
    return this.add({ kind: "optimizer", name: name.slice("Optimizer.step#".length), line: programPlace() });
  }
  private beginNode(name: string, grads: readonly unknown[]): Step | null {
    const { node, pass } = this;
    if (node === null) return null;
    const { id, step } = numbered(node);
    const leaf = node.isAccumulator ? (node as AccumulateGrad).variable : null;
    const of = step < 0 ? undefined : this.steps[step];
    return (this.nodeStep = this.unseen(() =>
      this.add({
        kind: "node",
        name: name.replace(/^.*::/, ""),
        line: of?.line ?? (leaf === null ? "" : this.known(leaf).line),
        module: of?.module ?? "",
        inputs: this.gradients(grads),
        pass: pass?.index ?? -1,
        of: step,
        node: id,
        edges: node.edges.map((edge) => edge && [numbered(edge.node).id, edge.nr]),
        subject: leaf === null ? null : this.known(leaf),
      }),
    ));
  }

  end(begun: Step | null, inputs: readonly unknown[], result: unknown): void {
    if (begun?.kind === "optimizer") return this.unseen(() => this.endOptimizer(begun as Draft));
    if (begun === null && this.depth === 0) return;
    this.depth--;
    this.remember(result, begun);
    if (begun === null) return;
    if (this.open === begun) this.open = null;
    if (result === undefined && begun.kind === "op") {
      begun.failed = true;
      this.failed = begun;
      return;
    }
    this.unseen(() => {
      if (begun.kind === "op") for (const t of inputs) if (t instanceof Tensor) this.noteChange(t, begun);
      const results = begun.subject === null ? result : (begun.subject.ref.deref()?.gradient ?? null);
      const list: unknown[] = Array.isArray(results) ? results : [results];
      begun.outputs = begun.kind === "node" ? this.gradients(list, begun) : this.refs(list, begun);
      if (result === undefined) this.failed = begun;
      else if (begun.kind === "op") begun.saved = savedBy(result);
      this.follower?.();
    });
  }
  /** Which step made the nodes of results. */
  private remember(result: unknown, begun: Step | null): void {
    const step = begun ?? this.open ?? this.nodeStep;
    if (step === null) return;
    for (const t of Array.isArray(result) ? (result as unknown[]) : [result])
      if (t instanceof Tensor)
        // Writing into a view gives its base a new node, too.
        for (const node of [t.node, t.view_?.base.node ?? null]) {
          if (node === null) continue;
          const known = numbered(node);
          if (known.step >= 0 && known.recorder === this) continue;
          known.step = step.index;
          known.recorder = this;
        }
  }
  private endOptimizer(step: Draft): void {
    const { optimizing } = this;
    this.optimizing = null;
    if (optimizing === null) return;
    const params = optimizing.optimizer.param_groups.flatMap((group) => group.params);
    const changed = params.filter((p) => this.noteChange(p, step));
    step.outputs = this.refs(changed, step as Step);
  }
  /** Whether a tensor's elements were written to since it was last seen; then by this step. */
  private noteChange(t: Tensor, step: Step): boolean {
    const { storage } = t;
    let known = changes.get(storage);
    const before = known?.at(-1)?.version ?? this.versionSeen(t);
    if (storage.version === before) return false;
    if (known === undefined) changes.set(storage, (known = []));
    known.push({ version: storage.version, step: step.index, by: storage.changedBy ?? step.name, line: step.line });
    return true;
  }
  private readonly seen = new WeakMap<Storage, number>();
  private versionSeen(t: Tensor): number {
    return this.seen.get(t.storage) ?? 0;
  }

  note(what: Noted, of: unknown, more?: unknown): void {
    if (what === "node") this.node = of as Node;
    else if (what === "backward") this.unseen(() => this.beginPass(of as Pass));
    else if (what === "gradients") this.unseen(() => this.endPass(more as readonly (Tensor | null)[]));
    else if (what === "optimizer") {
      const step = this.steps.at(-1);
      if (step?.kind !== "optimizer") return;
      const optimizer = of as AnyOptimizer;
      this.optimizing = { step, optimizer };
      this.unseen(() => {
        (step as Draft).inputs = this.refs(optimizer.param_groups.flatMap((group) => group.params));
      });
    } else this.unseen(() => this.noteTensor(what, of as Tensor, more));
  }
  private noteTensor(what: Noted, t: Tensor, more: unknown): void {
    if (what === "spoiled") {
      const { version, owner } = more as { readonly version: number; readonly owner: Node };
      const { step } = numbered(owner);
      this.spoiled = { tensor: this.known(t), version, savedBy: step, name: owner.typeName };
      return;
    }
    if (what === "rootless") this.rootless = this.known(t);
    if (what === "unused") this.unused = this.known(t);
    if (this.depth > 0) {
      if (what === "made" && this.open !== null) return;
      if (what !== "made") return;
    }
    if (what === "grad") this.withoutGrad = this.known(t);
    if (what === "rootless" || what === "unused" || what === "grad") return;
    if (this.steps.length >= this.limit) return;
    const line = programPlace();
    const given = more instanceof Tensor ? more : null;
    const isMade = what === "made" || what === "parameter";
    const inputs = what === "parameter" || what === "data=" ? this.refs([given]) : isMade ? NONE : this.refs([t]);
    const step = this.add({
      kind: what,
      name: what,
      line,
      inputs,
      subject: isMade ? null : this.known(t),
      set: given === null ? ((more ?? null) as boolean | null) : this.known(given),
    }) as Draft;
    if (isMade) {
      // What is made may be marked as a leaf just after it was noted.
      const known = this.known(t, step);
      if (known.made < 0) known.made = step.index;
      known.line = line;
      step.outputs = [this.ref(t, step)];
      (step as Draft).subject = known;
    } else if (what === "data") step.outputs = [this.ref(given!, step)];
  }
  private beginPass({ roots, keepGraph, createGraph, accumulate, inputs }: Pass): void {
    // The gradient of one that a pass begins with is its own affair.
    for (const { grad } of roots)
      for (let step = this.steps.at(-1); step?.kind === "op" && step.outputs[0]?.tensor === this.known(grad);)
        if (/^(detach|new_ones)$/.test(step.name)) {
          const [of] = step.inputs;
          this.steps.pop();
          step = this.steps.at(-1);
          if (step?.name === "new_ones" && step.outputs[0]?.tensor === of?.tensor) this.steps.pop();
          break;
        } else break;
    const refs = roots.map(({ edge }) => this.refOfEdge(edge));
    if (this.keepsGraphs) this.passes.push({ step: this.steps.length, roots: roots.map(({ edge }) => edge) });
    this.pass = this.add({
      kind: "backward",
      name: accumulate ? "backward" : "autograd.grad",
      line: programPlace(),
      inputs: refs,
      keeps: keepGraph || createGraph,
      into: !accumulate ? "caller" : inputs === null ? "leaves" : "inputs",
      edges: roots.map(({ edge }) => [numbered(edge.node).id, edge.nr]),
      values: inputs === null ? null : inputs.map((edge) => this.refOfEdge(edge)),
    });
  }
  private refOfEdge({ node, nr }: Edge): Ref | null {
    if (node.isAccumulator) return this.ref((node as AccumulateGrad).variable);
    const { step, recorder } = numbered(node);
    return recorder === this && step >= 0 ? (this.steps[step].outputs[nr] ?? null) : null;
  }
  private endPass(grads: readonly (Tensor | null)[]): void {
    if (this.pass !== null) this.pass.outputs = this.refs(grads, this.pass);
    this.pass = this.node = this.nodeStep = null;
  }

  /** Looks at tensors without being told of it. */
  private unseen<T>(body: () => T): T {
    const { current } = observer;
    observer.current = null;
    try {
      return body();
    } finally {
      observer.current = current;
    }
  }
  private add(given: Partial<Draft> & Pick<Draft, "kind" | "name">): Step {
    const { grad, inference } = modes();
    const step: Step = {
      index: this.steps.length,
      line: "",
      module: this.modules.join("."),
      inputs: NONE,
      args: NONE,
      mode: inference ? "inference" : grad ? "grad" : "no_grad",
      outputs: NONE,
      saved: NONE,
      failed: false,
      pass: -1,
      of: -1,
      node: -1,
      edges: NONE,
      subject: null,
      keeps: false,
      into: "leaves",
      set: null,
      values: null,
      drawn: null,
      ...given,
    };
    this.steps.push(step);
    return step;
  }
  private called(inputs: readonly unknown[]): Pick<Draft, "line" | "args" | "values"> {
    const args: string[] = [];
    for (const x of inputs) if (!isTensors(x) && x !== null && x !== undefined) args.push(argText(x));
    return { line: programPlace(), args, values: inputs.map(template) };
  }
  private refs(values: readonly unknown[], by?: Step): (Ref | null)[] {
    const refs: (Ref | null)[] = [];
    for (const x of values)
      if (x instanceof Tensor) refs.push(this.ref(x, by));
      else if (Array.isArray(x)) for (const t of x as unknown[]) if (t instanceof Tensor) refs.push(this.ref(t, by));
    return refs;
  }
  /** As they stand, for which result of a node it is. */
  private gradients(grads: readonly unknown[], by?: Step): (Ref | null)[] {
    return grads.map((g) => (g instanceof Tensor ? this.ref(g, by) : null));
  }
  private ref(t: Tensor, by?: Step): Ref {
    const tensor = this.known(t, by);
    const { version } = t.storage;
    // Sources are needed to play the rest again.
    if (!tensor.values.has(version))
      tensor.values.set(version, this.values.look(t, by === undefined && !this.isGradient));
    if (!this.seen.has(t.storage)) this.seen.set(t.storage, version);
    return { tensor, version, requires_grad: t.requires_grad };
  }
  private get isGradient(): boolean {
    return this.pass !== null;
  }
  private known(t: Tensor, by?: Step): Known {
    let known = tensors.get(t);
    if (known !== undefined) return known;
    const base = t.view_ === null || t.view_.base === t ? null : this.known(t.view_.base);
    known = {
      id: ids++,
      ref: new WeakRef(t),
      shape: t.sizes,
      dtype: t.dtype,
      isParameter: t instanceof Parameter,
      made: by?.index ?? -1,
      line: by?.line ?? "",
      base,
      values: new Map(),
    };
    tensors.set(t, known);
    return known;
  }
}
function savedBy(result: unknown): string[] {
  const first = Array.isArray(result) ? (result as unknown[])[0] : result;
  if (!(first instanceof Tensor) || first.node === null) return [];
  return first.node
    .describe()
    .saved.map(([name, kept]) => `${name} ${kept.seen === null ? "" : list(kept.seen.sizes)} version ${kept.version}`);
}
/** Stands for a tensor among values. */
export const TENSOR = Symbol("tensor");
const template = (x: unknown): unknown =>
  x instanceof Tensor ? TENSOR : Array.isArray(x) ? (x as unknown[]).map(template) : x;
const draws = (name: string): boolean => {
  const entry = registryByName.get(name);
  return entry !== undefined && isRandom(entry.inplaceOf ?? entry);
};
const isTensors = (x: unknown): boolean =>
  x instanceof Tensor || (Array.isArray(x) && x.some((t) => t instanceof Tensor));
function argText(x: unknown): string {
  if (Array.isArray(x)) return list(x as number[]);
  return typeof x === "function" ? "function" : String(x);
}
