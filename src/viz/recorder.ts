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
import { Values, Versions } from "./values.ts";
import type { Seen } from "./values.ts";

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
/**
 * What is known of a tensor. A recording keeps no memory but its own; and as the engine keeps what a weak reference is made to
 * until the program's turn ends, only those that may be asked about have one.
 */
export interface Known {
  readonly id: number;
  /** Of leaves that gradients came to, and of what something was said of: a gradient that is none, a saved value that was changed. */
  ref: WeakRef<Tensor> | null;
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
  readonly values: Versions;
}
/** A change of a storage: the version it came to, and the step that did it. */
export interface Change {
  readonly version: number;
  readonly step: number;
  readonly by: string;
  readonly line: string;
}
type Draft = { -readonly [K in keyof Step]: Step[K] };
/** What `begin` gives back of a stretch in which only the library's own loop runs. */
const STRETCH = Symbol("stretch");

const NONE: readonly never[] = [];
interface NodeNote {
  readonly id: number;
  step: number;
  recorder: Recorder | null;
}
interface StorageNote extends Seen {
  /** Who saw it last, and the version that it had when that one saw it first. */
  recorder: Recorder;
  first: number;
  changes: Change[] | null;
}
let ids = 0;
let nodeIds = 0;

// What is known of tensors, nodes and storages is noted in them, over all recordings.
export const knownOf = (t: Tensor): Known | undefined => (t.noted as Known | null) ?? undefined;
export const changesOf = (t: Tensor): readonly Change[] => (t.storage.noted as StorageNote | null)?.changes ?? NONE;
export const nodeOf = (node: Node): Readonly<NodeNote> => numbered(node);
const numbered = (node: Node): NodeNote =>
  (node.noted ??= { id: nodeIds++, step: -1, recorder: null } satisfies NodeNote) as NodeNote;

export interface RecorderOptions {
  /** Bytes that the elements of tensors may take. */
  readonly budget: number;
  /** Nothing is recorded beyond so many steps, but what belongs to a backward pass that has begun. */
  readonly limit: number;
  /** Whether the nodes that passes begin at are held, to tell their graphs afterwards. */
  readonly keepsGraphs: boolean;
}

/**
 * A call of the library's that runs no other code: all steps in it are at one line, which the first of them looks for. To look
 * costs more than all else that is noted of a step.
 */
interface Call {
  line: string | null;
}
/** So many leaves that the program made while it was recorded can be asked about. */
const LEAVES = 16;
type Begun = Step | typeof STRETCH | null;
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
  /** The last op whose result was recorded, with its results, or the op that failed, with its inputs, to tell their graph. */
  last: { readonly step: Step; readonly tensors: readonly Tensor[] } | null = null;
  /** Whether there was more than may be recorded. */
  isFull = false;
  private readonly modules: { readonly path: string; call: Call | null }[] = [];
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
  /** The program's call within which the library alone runs. */
  private call: Call | null = null;
  /** Whether a pass's first gradients are made, which are its own affair. */
  private isRooting = false;
  /** Whether a formula of the library's own runs: what it makes of data is its own affair, too. */
  private isFormula = false;

  private readonly limit: number;
  private readonly keepsGraphs: boolean;
  constructor({ budget, limit, keepsGraphs }: RecorderOptions) {
    this.values = new Values(budget);
    this.limit = limit;
    this.keepsGraphs = keepsGraphs;
  }

  begin(name: string, kind: Kind, inputs: readonly unknown[]): Begun {
    if (this.steps.length >= this.limit && this.depth === 0 && this.pass === null) {
      this.isFull = true;
      observer.current = null;
      return null;
    }
    if (kind === "user") return this.beginStretch(name);
    const isInner = this.depth++ > 0;
    if (kind === "backward") return name.startsWith("autograd::engine::") ? null : this.beginNode(name, inputs);
    if (isInner || this.isRooting) return null;
    // Here and not in a function of its own: each frame between the program and the look at the stack costs.
    const line = this.call?.line ?? programPlace(name);
    observer.current = null;
    try {
      if (this.call !== null) this.call.line = line;
      return (this.open = this.beginOp(name.replace(/^aten::/, ""), line, inputs));
    } finally {
      observer.current = this;
    }
  }
  private beginOp(name: string, line: string, inputs: readonly unknown[]): Step {
    const args: string[] = [];
    for (const x of inputs) if (!isTensors(x) && x !== null && x !== undefined) args.push(argText(x));
    const step = this.add("op", name);
    step.line = line;
    step.inputs = this.refs(inputs);
    step.args = args;
    step.values = inputs.map(template);
    if (draws(name)) step.drawn = default_generator.get_state();
    return step;
  }
  private beginStretch(name: string): Begun {
    if (this.depth > 0) return null;
    if (name.startsWith("Optimizer.zero_grad#")) {
      this.call = { line: null };
      return STRETCH;
    }
    if (!name.startsWith("Optimizer.step#")) return null;
    const step = this.add("optimizer", name.slice("Optimizer.step#".length));
    step.line = programPlace(name);
    return step;
  }
  private beginNode(name: string, grads: readonly unknown[]): Step | null {
    const { node, pass } = this;
    if (node === null) return null;
    const { id, step: of } = numbered(node);
    const leaf = node.isAccumulator ? (node as AccumulateGrad).variable : null;
    const op = of < 0 ? undefined : this.steps[of];
    this.isFormula = !node.isForeign && node.postHooks === null;
    return (this.nodeStep = this.unseen(() => {
      const step = this.add("node", name.replace(/^.*::/, ""));
      step.line = op?.line ?? (leaf === null ? "" : this.known(leaf).line);
      step.module = op?.module ?? "";
      step.inputs = this.gradients(grads);
      step.pass = pass?.index ?? -1;
      step.of = of;
      step.node = id;
      step.edges = node.edges.map((edge) => edge && [numbered(edge.node).id, edge.nr]);
      step.subject = leaf === null ? null : this.leaf(leaf);
      return step;
    }));
  }

  end(begun: Begun, inputs: readonly unknown[], result: unknown): void {
    if (begun === STRETCH) {
      this.call = this.modules.at(-1)?.call ?? null;
      return;
    }
    if (begun?.kind === "optimizer") return this.unseen(() => this.endOptimizer(begun as Draft));
    if (begun === null && this.depth === 0) return;
    this.depth--;
    this.remember(result, begun);
    if (begun === null) return;
    if (begun.kind === "node") this.isFormula = false;
    if (this.open === begun) this.open = null;
    if (result === undefined && begun.kind === "op") {
      begun.failed = true;
      this.failed = begun;
      if (this.keepsGraphs) this.last = { step: begun, tensors: tensorsIn(inputs) };
      return;
    }
    this.unseen(() => {
      if (begun.kind === "op") for (const t of inputs) if (t instanceof Tensor) this.noteChange(t, begun);
      const results = begun.subject === null ? result : (this.leafOf(begun, begun.subject)?.gradient ?? null);
      const list: unknown[] = Array.isArray(results) ? results : [results];
      begun.outputs = begun.kind === "node" ? this.gradients(list, begun) : this.refs(list, begun);
      if (result === undefined) this.failed = begun;
      else if (begun.kind === "op") {
        begun.saved = savedBy(result);
        if (this.keepsGraphs && begun.outputs.some((ref) => ref?.requires_grad))
          this.last = { step: begun, tensors: tensorsIn(list) };
      }
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
    const { version } = storage;
    const note = storage.noted as StorageNote | null;
    const before = note?.changes?.at(-1)?.version ?? (note?.recorder === this ? note.first : 0);
    if (version === before) return false;
    const change = { version, step: step.index, by: storage.changedBy ?? step.name, line: step.line };
    (this.noteOf(storage).changes ??= []).push(change);
    return true;
  }
  private noteOf(storage: Storage): StorageNote {
    const note = storage.noted as StorageNote | null;
    if (note?.recorder === this) return note;
    const fresh: StorageNote = {
      recorder: this,
      first: storage.version,
      changes: note?.changes ?? null,
      version: -1,
      offset: 0,
      count: 0,
      dtype: null,
      figures: null,
    };
    storage.noted = fresh;
    return fresh;
  }

  note(what: Noted, of: unknown, more?: unknown): void {
    if (what === "node") this.node = of as Node;
    else if (what === "roots") this.isRooting = of as boolean;
    else if (what === "backward") this.unseen(() => this.beginPass(of as Pass));
    else if (what === "gradients") this.unseen(() => this.endPass(more as readonly (Tensor | null)[]));
    else if (what === "optimizer") {
      const step = this.steps.at(-1);
      if (step?.kind !== "optimizer") return;
      const optimizer = of as AnyOptimizer;
      this.optimizing = { step, optimizer };
      this.unseen(() => {
        (step as Draft).inputs = this.refs(optimizer.param_groups.flatMap((group) => group.params));
        (step as Draft).args = [...new Set(optimizer.param_groups.flatMap(rateOf))];
      });
    } else this.unseen(() => this.noteTensor(what, of as Tensor, more));
  }
  private noteTensor(what: Noted, t: Tensor, more: unknown): void {
    if (what === "spoiled") {
      const { version, owner } = more as { readonly version: number; readonly owner: Node };
      const { step } = numbered(owner);
      this.spoiled = { tensor: this.held(t), version, savedBy: step, name: owner.typeName };
      return;
    }
    if (what === "rootless") this.rootless = this.held(t);
    if (what === "unused") this.unused = this.held(t);
    if (this.depth > 0) {
      if (what !== "made" || this.open !== null || this.isRooting || this.isFormula) return;
    }
    if (what === "grad") this.withoutGrad = this.held(t);
    if (what === "rootless" || what === "unused" || what === "grad") return;
    if (this.steps.length >= this.limit) return;
    const line = this.call?.line ?? programPlace(what);
    if (this.call !== null) this.call.line = line;
    const given = more instanceof Tensor ? more : null;
    const isMade = what === "made" || what === "parameter";
    const inputs = what === "parameter" || what === "data=" ? this.refs([given]) : isMade ? NONE : this.refs([t]);
    const step = this.add(what, what);
    step.line = line;
    step.inputs = inputs;
    step.subject = isMade ? null : this.known(t);
    step.set = given === null ? ((more ?? null) as boolean | null) : this.known(given);
    if (isMade) {
      // What is made may be marked as a leaf just after it was noted.
      const known = this.known(t, step);
      if (known.made < 0) known.made = step.index;
      known.line = line;
      step.outputs = [this.ref(t, step)];
      step.subject = known;
    } else if (what === "data") step.outputs = [this.ref(given!, step)];
  }
  private beginPass({ roots, keepGraph, createGraph, accumulate, inputs }: Pass): void {
    const refs = roots.map(({ edge }) => this.refOfEdge(edge));
    if (this.keepsGraphs) this.passes.push({ step: this.steps.length, roots: roots.map(({ edge }) => edge) });
    const pass = (this.pass = this.add("backward", accumulate ? "backward" : "autograd.grad"));
    pass.line = programPlace(pass.name);
    pass.inputs = refs;
    pass.keeps = keepGraph || createGraph;
    pass.into = !accumulate ? "caller" : inputs === null ? "leaves" : "inputs";
    pass.edges = roots.map(({ edge }) => [numbered(edge.node).id, edge.nr]);
    pass.values = inputs === null ? null : inputs.map((edge) => this.refOfEdge(edge));
    for (const { grad } of roots) this.known(grad, pass);
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
  private add(kind: Step["kind"], name: string): Draft {
    const { grad, inference } = modes();
    const step: Draft = {
      index: this.steps.length,
      kind,
      name,
      line: "",
      module: this.modules.at(-1)?.path ?? "",
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
    };
    this.steps.push(step);
    return step;
  }
  /** A module is called, `name` below the one that calls it; `isOwn` where it runs code of the library's alone. */
  enter(name: string, isOwn: boolean): void {
    const outer = this.modules.at(-1);
    // A module's own hooks run after it was left.
    if (!isOwn) for (const around of this.modules) around.call = null;
    this.call = isOwn ? (outer?.call ?? { line: null }) : null;
    this.modules.push({ path: outer === undefined ? name : `${outer.path}.${name}`, call: this.call });
  }
  leave(): void {
    this.modules.pop();
    this.call = this.modules.at(-1)?.call ?? null;
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
    const note = this.noteOf(t.storage);
    // Sources are needed to play the rest again.
    if (tensor.values.get(version) === undefined)
      tensor.values.set(version, this.values.look(t, note, by === undefined && !this.isGradient));
    return { tensor, version, requires_grad: t.requires_grad };
  }
  private get isGradient(): boolean {
    return this.pass !== null;
  }
  /** Unless a hook of it ran a pass of its own, it is at hand. */
  private leafOf(step: Step, { ref }: Known): Tensor | undefined {
    return this.nodeStep === step ? (this.node as AccumulateGrad).variable : ref?.deref();
  }
  /** Those that a program makes anew in every round would stay until its turn ends. */
  private leaf(t: Tensor): Known {
    const known = this.known(t);
    return known.isParameter || known.made < 0 || this.leaves++ < LEAVES ? this.held(t) : known;
  }
  private leaves = 0;
  /** Of a tensor that may be asked about afterwards. */
  private held(t: Tensor): Known {
    const known = this.known(t);
    known.ref ??= new WeakRef(t);
    return known;
  }
  private known(t: Tensor, by?: Step): Known {
    if (t.noted !== null) return t.noted as Known;
    const base = t.view_ === null || t.view_.base === t ? null : this.known(t.view_.base);
    const known: Known = {
      id: ids++,
      ref: null,
      shape: t.sizes,
      dtype: t.dtype,
      isParameter: t instanceof Parameter,
      made: by?.index ?? -1,
      line: by?.line ?? "",
      base,
      values: new Versions(),
    };
    t.noted = known;
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
const tensorsIn = (values: readonly unknown[]): Tensor[] => values.flat().filter((x) => x instanceof Tensor);
const rateOf = (group: object): string[] => ("lr" in group ? [`lr=${String(group.lr)}`] : []);
const isTensors = (x: unknown): boolean =>
  x instanceof Tensor || (Array.isArray(x) && x.some((t) => t instanceof Tensor));
function argText(x: unknown): string {
  if (Array.isArray(x)) return list(x as number[]);
  return typeof x === "function" ? "function" : String(x);
}
