// A trace that is run again: its programs for the call and for backward, and the node between them.
import { grad as gradientsOf } from "../autograd/backward.ts";
import { modes, withGrad } from "../autograd/mode.ts";
import type { Grads } from "../autograd/node.ts";
import { freedTwice, gradientEdge, metaOf, Node, SavedTensor } from "../autograd/node.ts";
import { as_strided } from "../ops/views/strided.ts";
import { default_generator } from "../random/generator.ts";
import { replaced, tensorsOf } from "../func/tree.ts";
import { empty } from "../tensor/allocate.ts";
import { assign } from "../tensor/elementwise.ts";
import { Storage } from "../tensor/storage.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Program, refsIn, usesOf, ownSlots } from "./program.ts";
import type { Bound, Role } from "./program.ts";
import { lowered } from "./lower.ts";
import type { Lowered } from "./lower.ts";
import type { Ref } from "./trace.ts";
import type { Slot, Tracer } from "./trace.ts";

/** A tensor among the results of a call. */
export type Result =
  | { readonly kind: "same"; readonly tensor: Tensor | number }
  /** Seen through an argument's memory, or that of a tensor from outside. */
  | { readonly kind: "view"; readonly of: Tensor | number; readonly ref: Ref; readonly requiresGrad: boolean }
  | { readonly kind: "made"; readonly ref: Ref; readonly nr: number };
/** The backward part of a trace. */
export interface Joint {
  /** Where it begins among the steps. */
  readonly from: number;
  /** Arguments (by number) and tensors from outside that gradients go to, and the gradients. */
  readonly to: readonly (Tensor | number)[];
  readonly gradients: readonly (Ref | null)[];
  /** Strides in which it expects the gradient of each result. */
  readonly incoming: readonly (readonly number[])[];
}
export interface Traced {
  readonly trace: Tracer;
  /** What the function returned, tensors and all. */
  readonly tree: unknown;
  readonly results: readonly Result[];
  readonly joint: Joint | null;
}
export const BAIL = Symbol("bail");

export class Compiled {
  readonly forward: Program;
  readonly backward: Program | null;
  private readonly traced: Traced;
  private readonly kept: readonly number[];
  /** Those of them that are freed with the node. */
  private readonly freed: readonly number[];
  private readonly incoming: readonly (readonly [slot: number, at: number])[];
  /** Slots from outside that the backward program reads. */
  private readonly saved: readonly number[];
  private readonly tables = new Map<number, Bound>();
  private readonly bumped: readonly (readonly [slot: number, times: number])[];
  private readonly leaves: readonly Tensor[];
  private readonly draws: boolean;
  private readonly fn: (...args: unknown[]) => unknown;
  /** Offsets of the arguments when it was traced, in bytes. */
  private readonly offsets: readonly number[];

  constructor(
    fn: (...args: unknown[]) => unknown,
    traced: Traced,
    args: readonly Tensor[],
    bumps: ReadonlyMap<Storage, number>,
  ) {
    this.fn = fn;
    this.traced = traced;
    this.offsets = args.map((t) => t.offset * t.dtype.itemsize);
    const { trace, results, joint } = traced;
    const { steps, slots } = trace;
    const from = joint?.from ?? steps.length;
    const ahead = steps.slice(0, from);
    const behind = steps.slice(from);
    const incoming = (slot: number): boolean => slots[slot].source.kind === "incoming";
    const isMade = (slot: number): boolean => slots[slot].source.kind === "made";
    const made = new Set(ahead.flatMap((s) => usesOf(s).writes));
    const inBackward = new Set(behind.flatMap((s) => Object.values(usesOf(s)).flat()));
    const gradients = refsIn(joint?.gradients ?? []).map((r) => r.slot);
    for (const slot of gradients) inBackward.add(slot);
    const returned = new Set(results.flatMap((r) => (r.kind === "made" ? [r.ref.slot] : [])));
    for (const s of steps) if (s.kind === "gradient" && s.value !== null) returned.add(s.value.slot);
    const needed = new Set([...inBackward].filter((slot) => made.has(slot) && isMade(slot)));
    const first = lowered(ahead, slots, new Set([...returned, ...needed]));
    const second = lowered(behind, slots, new Set(gradients), first.constants);
    this.kept = [...needed].filter((slot) => !returned.has(slot) && !first.constants.has(slot));
    this.freed = this.kept.filter((slot) => !gradients.includes(slot));
    this.incoming = slots.flatMap(({ source: s }, slot) => (s.kind === "incoming" ? [[slot, s.at] as const] : []));
    this.saved = [...inBackward].filter(
      (slot) => (!isMade(slot) && !incoming(slot)) || (made.has(slot) && returned.has(slot)),
    );
    this.forward = programOf(first, returned, new Set(this.kept));
    const keptAndReturned = new Set([...this.kept, ...returned]);
    this.backward =
      joint === null
        ? null
        : programOf(second, new Set(gradients.filter((s) => !keptAndReturned.has(s))), new Set(), keptAndReturned);
    for (const [slot, { source, backend }] of slots.entries())
      if (source.kind === "table") this.tables.set(slot, { storage: new Storage(backend, source.block), shift: 0 });
    this.bumped = [...bumps].flatMap(([storage, times]) => {
      const slot = slots.findIndex(({ source: s }) => storageIn(s, args) === storage);
      return slot < 0 ? [] : [[slot, times] as const];
    });
    this.draws = steps.some((s) => s.kind === "run");
    const read = new Set(steps.flatMap((s) => Object.values(usesOf(s)).flat()));
    const set = new Set(steps.flatMap((s) => (s.kind === "gradient" ? [s.leaf] : [])));
    this.leaves = slots.flatMap(({ source: s }, i) =>
      s.kind === "gradient" && !read.has(i) && set.has(s.of) ? [s.of] : [],
    );
  }

  /** The results for these arguments; BAIL if they are such that the function has to run by itself. */
  call(args: readonly unknown[], tensors: readonly Tensor[]): unknown {
    const given = this.given(tensors);
    const state = this.draws ? default_generator.get_state() : null;
    // Gradients that the call drops go before it needs memory for others.
    for (const leaf of this.leaves) leaf.grad = null;
    const { forward, traced } = this;
    if (!withGrad(false, () => forward.run(given))) {
      forward.done();
      if (state !== null) default_generator.set_state(state);
      return BAIL;
    }
    for (const [slot, times] of this.bumped) {
      const { storage } = given.get(slot)!;
      storage.version += times;
      storage.changedBy = "a compiled function";
    }
    const { inference } = modes();
    const outputs: Tensor[] = [];
    const made = traced.results.map((r) => {
      const held = (t: Tensor | number): Tensor => (typeof t === "number" ? tensors[t] : t);
      if (r.kind === "same") return held(r.tensor);
      if (r.kind === "view") {
        const base = held(r.of);
        const offset = r.ref.offset + given.get(r.ref.slot)!.shift / base.dtype.itemsize;
        return withGrad(modes().grad && r.requiresGrad, () => as_strided(base, r.ref.sizes, r.ref.strides, offset));
      }
      const t = forward.tensor(r.ref);
      t.storage.kept = true;
      t.inference = inference;
      if (r.nr >= 0) outputs[r.nr] = t;
      return t;
    });
    if (this.backward === null || traced.joint === null) for (const t of outputs) t.node = new Spent(t);
    else this.record(args, tensors, outputs, given, state);
    forward.done();
    return replaced(traced.tree, made);
  }
  private given(tensors: readonly Tensor[]): Map<number, Bound> {
    const given = new Map(this.tables);
    for (const [slot, { source }] of this.traced.trace.slots.entries()) {
      if (source.kind === "argument") {
        const t = tensors[source.at];
        given.set(slot, { storage: t.storage, shift: t.offset * t.dtype.itemsize - this.offsets[source.at] });
      } else if (source.kind === "outside") given.set(slot, { storage: source.tensor.storage, shift: 0 });
      else if (source.kind === "gradient" && source.of.gradient !== null)
        given.set(slot, { storage: source.of.gradient.storage, shift: 0 });
    }
    return given;
  }
  private record(
    args: readonly unknown[],
    tensors: readonly Tensor[],
    outputs: readonly Tensor[],
    given: ReadonlyMap<number, Bound>,
    state: Uint8Array | null,
  ): void {
    const { joint, trace, results } = this.traced;
    const sources = joint!.to.map((t) => (typeof t === "number" ? tensors[t] : t));
    const held = new Map<number, Bound>();
    for (const slot of this.kept) held.set(slot, { storage: this.forward.storageOf(slot), shift: 0 });
    for (const [slot, bound] of this.tables) held.set(slot, bound);
    const saved: SavedTensor[] = [];
    for (const slot of this.saved) {
      const { source } = trace.slots[slot];
      const nr = results.find((r) => r.kind === "made" && r.ref.slot === slot);
      const t =
        source.kind === "argument"
          ? tensors[source.at]
          : source.kind === "outside"
            ? source.tensor
            : nr?.kind === "made"
              ? outputs[nr.nr]
              : null;
      held.set(slot, given.get(slot) ?? { storage: this.forward.storageOf(slot), shift: 0 });
      if (t !== null && t !== undefined)
        saved.push(new SavedTensor(t, source.kind === "made", nr?.kind === "made" ? nr.nr : 0));
    }
    const again = (grads: Grads, create_graph: boolean): Grads => {
      const now = default_generator.get_state();
      if (state !== null) default_generator.set_state(state);
      try {
        const outs = withGrad(true, () => tensorsOf(this.fn(...args)));
        const made = results.flatMap((r, i) => (r.kind === "made" && r.nr >= 0 ? [outs[i]] : []));
        const asked = made.map((_, i) => grads[i] ?? null);
        const those = made.filter((_, i) => asked[i] !== null);
        return gradientsOf(
          those,
          sources,
          asked.filter((g) => g !== null),
          { create_graph, allow_unused: true },
        );
      } finally {
        if (state !== null) default_generator.set_state(now);
      }
    };
    const node = new CompiledFunctionBackward(this.backward!, joint!, this.incoming, held, this.freed, saved, again);
    node.edges = sources.map(gradientEdge);
    node.outputs = outputs.map(metaOf);
    for (const [i, t] of outputs.entries()) {
      t.node = node;
      t.outputNr = i;
    }
  }
}
const storageIn = (source: Slot["source"], args: readonly Tensor[]): Storage | null =>
  source.kind === "argument"
    ? args[source.at].storage
    : source.kind === "outside"
      ? source.tensor.storage
      : source.kind === "gradient"
        ? (source.of.gradient?.storage ?? null)
        : null;

function programOf(
  { steps, constants, slots }: Lowered,
  returned: ReadonlySet<number>,
  kept: ReadonlySet<number>,
  given: ReadonlySet<number> = new Set(),
): Program {
  const own = ownSlots(steps);
  const roles = slots.map(({ source }, slot): Role => {
    if (constants.has(slot)) return "constant";
    if (source.kind !== "made" || given.has(slot)) return "given";
    if (own.has(slot)) return kept.has(slot) || returned.has(slot) ? "given" : "own";
    return kept.has(slot) ? "kept" : returned.has(slot) ? "result" : "local";
  });
  return new Program(steps, slots, roles, constants);
}

/** `g`, or a copy of it that lies so. */
function laid(g: Tensor, strides: readonly number[]): Tensor {
  if (g.strides.every((n, d) => n === strides[d] || g.sizes[d] === 1)) return g;
  const made = empty(g.sizes, g.dtype, strides, g.backend);
  assign(made, g);
  return made;
}
/** The end of a graph that the call has gone through itself. */
class Spent extends Node {
  constructor(t: Tensor) {
    super();
    this.outputs = [metaOf(t)];
  }
  override name(): string {
    return "CompiledFunctionBackward";
  }
  override apply(): Grads {
    throw freedTwice();
  }
}
class CompiledFunctionBackward extends Node {
  private readonly program: Program;
  private readonly joint: Joint;
  private readonly incoming: readonly (readonly [slot: number, at: number])[];
  private readonly held: ReadonlyMap<number, Bound>;
  private readonly kept: readonly number[];
  private readonly saved: readonly SavedTensor[];
  private readonly again: (grads: Grads, createGraph: boolean) => Grads;
  private released = false;

  constructor(
    program: Program,
    joint: Joint,
    incoming: CompiledFunctionBackward["incoming"],
    held: ReadonlyMap<number, Bound>,
    kept: readonly number[],
    saved: readonly SavedTensor[],
    again: CompiledFunctionBackward["again"],
  ) {
    super();
    this.program = program;
    this.joint = joint;
    this.incoming = incoming;
    this.held = held;
    this.kept = kept;
    this.saved = saved;
    this.again = again;
  }
  override name(): string {
    return "CompiledFunctionBackward";
  }
  override apply(grads: Grads): Grads {
    if (this.released) throw freedTwice();
    for (const s of this.saved) s.unpack(this, false);
    if (modes().grad) return this.again(grads, true);
    const { program, joint } = this;
    const given = new Map(this.held);
    for (const [slot, at] of this.incoming) {
      const { shape, dtype, device } = this.outputs[at];
      const g = laid(
        grads[at] ?? grads.find((x) => x !== null)!.new_zeros(shape, { dtype, device: device.name }),
        joint.incoming[at],
      );
      given.set(slot, { storage: g.storage, shift: g.offset * g.dtype.itemsize });
    }
    if (!program.run(given)) {
      program.done();
      return this.again(grads, false);
    }
    const results = joint.gradients.map((r) => (r === null ? null : program.tensor(r)));
    program.done();
    return results;
  }
  override release(): void {
    if (this.released) return;
    for (const s of this.saved) s.release();
    for (const slot of this.kept) this.held.get(slot)!.storage.block.free();
    this.released = true;
  }
}
