// What a call asks the devices to do, written down while it runs.
//
// Note [Traces]: a trace is a list of steps on slots. A slot stands for a block of memory: an argument's, that of a tensor
// which the function reaches by itself, or one that the call made. Most steps are what devices do (kernels, products); the
// rest is code of the host's that has to run again in every call, with the tensors of that call: draws, ops on the host,
// looks at values, an optimizer's step. Whatever else a function does beside its results happens once, when it is traced;
// where that can be told, the trace fails.
import type { Lazy } from "../tensor/lazy.ts";
import type { Dtype, Scalar, TypedArray } from "../base/dtype.ts";
import { strided } from "../base/memory_format.ts";
import type { Node } from "../autograd/node.ts";
import { programStack } from "../base/errors.ts";
import type { Kind, Noted, Observer } from "../base/observer.ts";
import type { Backend, Matrix, PackedMatrix, Product } from "../devices/backend.ts";
import { registryByName } from "../dispatch/declare.ts";
import type { Entry } from "../dispatch/declare.ts";
import { isRandom, tensorsIn, Wrapped } from "../dispatch/levels.ts";
import type { Kernel, Launch } from "../kernel/loops.ts";
import type { Block, Place } from "../kernel/place.ts";
import type { AnyOptimizer } from "../optim/optimizer.ts";
import type { Looker } from "../ops/common/looks.ts";
import type { Storage } from "../tensor/storage.ts";
import { Tensor } from "../tensor/tensor.ts";
import { isEqual } from "./guards.ts";
import type { Listener, Packing } from "./tap.ts";

/** Where the memory behind a slot comes from. */
export type Source =
  | { readonly kind: "argument"; readonly at: number }
  | { readonly kind: "outside"; readonly tensor: Tensor }
  /** What `.grad` held before the call. */
  | { readonly kind: "gradient"; readonly of: Tensor }
  /** Tables that the library keeps. */
  | { readonly kind: "table"; readonly block: Block }
  /** The gradient of a result, in the part for backward. */
  | { readonly kind: "incoming"; readonly at: number }
  | { readonly kind: "made" };
export interface Slot {
  readonly source: Source;
  readonly backend: Backend;
  readonly nbytes: number;
}
/** A tensor by its slot. */
export class Ref {
  readonly slot: number;
  readonly dtype: Dtype;
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  readonly lazy: Lazy | null;
  constructor(slot: number, { dtype, sizes, strides, offset, lazy }: Omit<Ref, "slot">) {
    this.slot = slot;
    this.dtype = dtype;
    this.sizes = sizes;
    this.strides = strides;
    this.offset = offset;
    this.lazy = lazy;
  }
}
export interface SlotOperand {
  readonly slot: number;
  readonly offset: number;
  readonly strides: readonly number[];
}
export interface LaunchStep {
  readonly kind: "launch";
  readonly backend: Backend;
  readonly kernel: Kernel;
  readonly shape: readonly number[];
  readonly reduced: number;
  readonly operands: readonly SlotOperand[];
  readonly params: readonly Scalar[];
}
/** A product or packing; `slots` by the names of the parts that are places. */
export interface ProductStep {
  readonly kind: "product";
  readonly backend: Backend;
  readonly dtype: Dtype;
  readonly product: Product;
  readonly slots: { readonly [part in Part]?: number };
}
export interface PackStep {
  readonly kind: "pack";
  readonly backend: Backend;
  readonly dtype: Dtype;
  readonly of: Packing;
  readonly slot: number;
  readonly to: number;
}
export const PARTS = ["a", "b", "rowTable", "colTable", "addend", "out"] as const;
type Part = (typeof PARTS)[number];
export interface UploadStep {
  readonly kind: "upload";
  readonly backend: Backend;
  readonly dtype: Dtype;
  readonly slot: number;
  readonly offset: number;
  readonly values: TypedArray;
}
/** An op that runs as a whole in every call. */
export interface RunStep {
  readonly kind: "run";
  readonly entry: Entry;
  readonly name: string;
  readonly values: readonly unknown[];
  readonly results: readonly Ref[];
}
/** A look at values that decides which way the library goes: it has to come out as it did. */
export interface LookStep {
  readonly kind: "look";
  readonly at: Ref;
  readonly decide: (t: Tensor) => unknown;
  readonly outcome: unknown;
}
export interface OptimizerStep {
  readonly kind: "optimizer";
  readonly optimizer: AnyOptimizer;
}
/** `.grad` of a leaf becomes another tensor, or null. */
export interface GradientStep {
  readonly kind: "gradient";
  readonly leaf: Tensor;
  readonly value: Ref | null;
}
export type Step = LaunchStep | ProductStep | PackStep | UploadStep | RunStep | LookStep | OptimizerStep | GradientStep;

interface Leaf {
  /** `.grad` when it was first seen, and when last looked at. */
  readonly before: Tensor | null;
  now: Tensor | null;
}
const OPAQUE = Symbol("opaque");

/** Writes a call down. */
export class Tracer implements Observer, Listener {
  readonly steps: Step[] = [];
  readonly slots: Slot[] = [];
  /** All that a second trace must repeat. */
  readonly signature: unknown[] = [];
  readonly outside: Tensor[] = [];
  readonly leaves = new Map<Tensor, Leaf>();
  /** Ops called, for `explain`. */
  ops = 0;
  /** Whether it computed gradients by itself. */
  ranBackward = false;
  /** Raises in place of failing, if anything does. */
  refuse: ((reason: string) => never) | null = null;
  /** Why it is of no use, and where. */
  failure: string | null = null;
  private readonly ids = new WeakMap<Block, number>();
  private readonly versions = new Map<Storage, number>();
  private readonly bumped = new Map<Storage, number>();
  /** The nodes that made the tensors it was given or met, when it was. */
  private readonly histories = new Map<Tensor, Node | null>();
  private opaque = 0;
  private calls: (readonly [Entry, string])[] = [];
  private settings: string | null = null;
  private used: AnyOptimizer[] = [];

  constructor(args: readonly Tensor[]) {
    for (const [at, t] of args.entries()) {
      this.histories.set(t, t.node);
      if (t instanceof Wrapped) this.fail("an argument belongs to a function that is differentiated or mapped");
      if (this.ids.has(this.blockOf(t))) continue;
      this.enter(this.blockOf(t), { kind: "argument", at }, t.backend);
      this.watch(t);
    }
  }
  fail(reason: string): void {
    if (this.failure !== null) return;
    this.refuse?.(reason);
    const place = programStack.place();
    this.failure = place === "?" ? reason : `${reason}\n  at ${place}`;
  }

  // ---- blocks

  /** Where a tensor lies; of a sparse one, which does not lie in any, it is said that the call cannot be captured. */
  private blockOf(t: Tensor): Block {
    if (t.layout === strided) return t.block;
    this.fail(`it works on tensors of layout ${String(t.layout)}`);
    return NOWHERE;
  }
  private enter(block: Block, source: Source, backend: Backend): number {
    const id = this.slots.length;
    this.slots.push({ source, backend, nbytes: block.nbytes });
    this.ids.set(block, id);
    return id;
  }
  private slotOf(block: Block, backend: Backend): number {
    const known = this.ids.get(block);
    if (known !== undefined) return known;
    this.signature.push(block);
    return this.enter(block, { kind: "table", block }, backend);
  }
  /** Learns of a tensor that the call uses. */
  private watch(t: Tensor): void {
    if (!this.versions.has(t.storage)) this.versions.set(t.storage, t.storage.version);
    if (!t.leafRequiresGrad || this.leaves.has(t)) return;
    const { gradient } = t;
    this.leaves.set(t, { before: gradient, now: gradient });
    if (gradient === null || this.ids.has(this.blockOf(gradient))) return;
    this.enter(this.blockOf(gradient), { kind: "gradient", of: t }, gradient.backend);
    if (!this.versions.has(gradient.storage)) this.versions.set(gradient.storage, gradient.storage.version);
  }
  private meet(t: Tensor): void {
    if (t instanceof Wrapped) return this.fail("it runs inside of a function that is differentiated or mapped");
    const known = this.ids.get(this.blockOf(t));
    if (known === undefined) {
      this.enter(this.blockOf(t), { kind: "outside", tensor: t }, t.backend);
      this.outside.push(t);
      this.histories.set(t, t.node);
      this.signature.push(t);
    }
    if (known === undefined || t.leafRequiresGrad) this.watch(t);
  }
  /** A tensor by its slot; null for one of memory that the call has not met. */
  refOf(t: Tensor): Ref {
    return new Ref(this.slotOf(this.blockOf(t), t.backend), t);
  }
  /** A gradient that the part for backward is given. */
  incoming(t: Tensor, at: number): void {
    this.slots[this.slotOf(this.blockOf(t), t.backend)] = {
      source: { kind: "incoming", at },
      backend: t.backend,
      nbytes: this.blockOf(t).nbytes,
    };
  }

  // ---- what devices are told: Listener

  allocated(backend: Backend, block: Block): void {
    if (this.opaque === 0) this.enter(block, { kind: "made" }, backend);
  }
  launched(backend: Backend, kernel: Kernel, { shape, reduced, operands, params }: Launch): void {
    if (this.opaque > 0) return;
    const places = operands.map(({ block, offset, strides }) => ({
      slot: this.slotOf(block, backend),
      offset,
      strides: [...strides],
    }));
    this.steps.push({
      kind: "launch",
      backend,
      kernel,
      shape: [...shape],
      reduced,
      operands: places,
      params: [...params],
    });
    this.signature.push(kernel, reduced, ...shape, ...params);
    for (const { slot, offset, strides } of places) this.signature.push(slot, offset, ...strides);
  }
  multiplied(backend: Backend, dtype: Dtype, product: Product): void {
    if (this.opaque > 0) return;
    const slots = Object.fromEntries(
      placesOf(product).map(([part, block]) => [part, this.slotOf(block, backend)]),
    ) as ProductStep["slots"];
    this.steps.push({ kind: "product", backend, dtype, product: bare(product), slots });
    this.signature.push(dtype, JSON.stringify([bare(product), slots]));
  }
  packed(backend: Backend, dtype: Dtype, of: Packing, result: Matrix | PackedMatrix): void {
    if (this.opaque > 0 || !("packed" in result)) return;
    const slot = this.slotOf(of.b.block, backend);
    const to = this.enter(result.packed, { kind: "made" }, backend);
    this.steps.push({ kind: "pack", backend, dtype, of: { ...of, b: { ...of.b, block: NOWHERE } }, slot, to });
    this.signature.push("pack", slot, to);
  }
  uploaded(backend: Backend, dtype: Dtype, { block, offset }: Place, values: TypedArray): void {
    if (this.opaque > 0) return;
    const slot = this.slotOf(block, backend);
    this.steps.push({ kind: "upload", backend, dtype, slot, offset, values: values.slice() });
    this.signature.push(slot, offset);
    for (const x of values as Float64Array) this.signature.push(x);
  }
  read(): void {
    if (this.opaque === 0) this.fail("values of a tensor were read");
  }

  readonly looked: Looker = (t, decide) => {
    if (this.opaque > 0) return decide(t);
    this.meet(t);
    this.opaque++;
    let outcome;
    try {
      outcome = decide(t);
    } finally {
      this.opaque--;
    }
    const at = this.refOf(t);
    this.steps.push({ kind: "look", at, decide, outcome });
    this.signature.push("look", ...flat(at), outcome);
    return outcome;
  };

  // ---- what the program calls: Observer

  begin(name: string, kind: Kind, inputs: readonly unknown[]): unknown {
    if (this.opaque > 0) {
      this.opaque++;
      return OPAQUE;
    }
    if (kind === "user") {
      if (!name.startsWith("Optimizer.step#")) return null;
      this.noteGradients();
      return this.hide();
    }
    for (const t of tensorsIn(inputs)) this.meet(t);
    if (kind !== "op") return null;
    this.ops++;
    const called = name.replace(/^aten::/, "");
    const entry = registryByName.get(called)!;
    const of = entry.inplaceOf ?? entry;
    const kernel = of.definition?.kernel.kind;
    if (kernel === undefined || kernel === "composite" || (kernel !== "host" && !isRandom(of))) return null;
    this.calls.push([of, called]);
    return this.hide();
  }
  private hide(): unknown {
    this.opaque++;
    this.settle();
    return OPAQUE;
  }
  end(begun: unknown, inputs: readonly unknown[], result: unknown): void {
    if (begun !== OPAQUE || --this.opaque > 0) return;
    // What it changed it will change again by itself.
    for (const storage of this.versions.keys()) this.versions.set(storage, storage.version);
    const call = this.calls.pop();
    if (call === undefined) {
      const optimizer = this.used.at(-1)!;
      this.steps.push({ kind: "optimizer", optimizer });
      this.signature.push(optimizer);
      return;
    }
    if (result === undefined) return;
    const [entry, name] = call;
    const values = inputs.map((v) => this.given(v));
    const tensors = tensorsIn([result]);
    const results = tensors.map((t) => {
      if (!this.ids.has(this.blockOf(t))) this.enter(this.blockOf(t), { kind: "made" }, t.backend);
      return this.refOf(t);
    });
    this.steps.push({ kind: "run", entry, name, values, results });
    this.signature.push(entry, name, ...values.flatMap(flat), ...results.flatMap(flat));
  }
  private given(v: unknown): unknown {
    if (v instanceof Tensor) return this.refOf(v);
    return Array.isArray(v) ? v.map((x) => this.given(x)) : v;
  }
  note(what: Noted, of: unknown, more?: unknown): void {
    if (this.opaque > 0) {
      if (what === "optimizer") this.used.push(of as AnyOptimizer);
      if (what === "optimizer") this.settings = settingsOf(of as AnyOptimizer);
      if (what === "backward") this.fail("an optimizer's step computes gradients by itself");
      return;
    }
    if (what === "backward") this.ranBackward = true;
    const t = of as Tensor;
    if (what === "grad=" && t.leafRequiresGrad) {
      this.meet(t);
      if (more !== null && !this.ids.has(this.blockOf(more as Tensor))) this.meet(more as Tensor);
    }
    if (!(t instanceof Tensor)) return;
    if (what === "data" && !this.ids.has(this.blockOf(t))) this.meet(t);
    const isOutside = CHANGES.includes(what) && this.sourceOf(t)?.kind !== "made";
    if (isOutside) this.fail(`${what} of a tensor that the function did not make`);
    if (what === "retain_grad") this.fail("retain_grad() of a tensor inside");
  }
  private sourceOf(t: Tensor): Source | undefined {
    const id = this.ids.get(this.blockOf(t));
    return id === undefined ? undefined : this.slots[id].source;
  }

  // ---- at the end

  /** Gradients that backward has given since the last look. */
  noteGradients(): void {
    for (const [leaf, state] of this.leaves) {
      const { gradient } = leaf;
      if (gradient === state.now) continue;
      state.now = gradient;
      const value = gradient === null ? null : this.refOf(gradient);
      this.steps.push({ kind: "gradient", leaf, value });
      this.signature.push(leaf, ...flat(value));
    }
  }
  /** Adds up how often storages from outside were written to. */
  private settle(): void {
    for (const [storage, version] of this.versions) {
      if (storage.version === version) continue;
      this.bumped.set(storage, (this.bumped.get(storage) ?? 0) + storage.version - version);
      this.versions.set(storage, storage.version);
    }
  }
  /** How often each storage from outside was written to. */
  written(): ReadonlyMap<Storage, number> {
    this.settle();
    for (const [t, node] of this.histories)
      if (t.node !== node) this.fail("it writes in place to a tensor from outside that the graph goes through");
    const optimizer = this.used.at(-1);
    if (optimizer !== undefined && settingsOf(optimizer) !== this.settings)
      this.fail("options of an optimizer were changed after its step (by a scheduler?)");
    return this.bumped;
  }
}
const CHANGES: readonly Noted[] = ["data=", "requires_grad=", "detach_"];
const settingsOf = ({ param_groups }: AnyOptimizer): string =>
  JSON.stringify(param_groups.map((group) => ({ ...group, params: group.params.length })));

/** Stands where a block will be. */
export const NOWHERE: Block = { home: -1, nbytes: 0, free: () => {} };
/** The parts of a product that are places, and their blocks. */
function placesOf({ a, b, addend, out }: Product): (readonly [Part, Block])[] {
  const right: (readonly [Part, Block])[] =
    "packed" in b
      ? [["b", b.packed]]
      : "rowTable" in b
        ? [
            ["b", b.block],
            ["rowTable", b.rowTable.block],
            ["colTable", b.colTable.block],
          ]
        : [["b", b.block]];
  const added: (readonly [Part, Block])[] = addend === undefined ? [] : [["addend", addend.block]];
  return [["a", a.block], ...right, ...added, ["out", out.block]];
}
/** A product without its blocks. */
function bare({ a, b, out, addend, ...sizes }: Product): Product {
  const at = <P extends Place>(place: P): P => ({ ...place, block: NOWHERE });
  return {
    ...sizes,
    a: at(a),
    b:
      "packed" in b
        ? { packed: NOWHERE }
        : "rowTable" in b
          ? { ...at(b), rowTable: at(b.rowTable), colTable: at(b.colTable) }
          : at(b),
    out: at(out),
    ...(addend !== undefined && { addend: at(addend) }),
  };
}
function flat(v: unknown): unknown[] {
  if (v instanceof Ref) return [v.slot, v.dtype, v.offset, ...v.sizes, ...v.strides];
  return Array.isArray(v) ? v.flatMap(flat) : [v];
}
/** Whether two traces are one. */
export const isSame = ({ signature: a }: Tracer, { signature: b }: Tracer): boolean => isEqual(a, b);
