// The node that a call of an op records: which op, its plain arguments, the tensors its formulas need.
import { onDevice, placement } from "../devices/registry.ts";
import type { Shape } from "../base/layout.ts";
import { lazies } from "../tensor/lazy.ts";
import { Tensor } from "../tensor/tensor.ts";
import { flatIn } from "./flat.ts";
import { modes } from "./mode.ts";
import type { Described, Edge, Grads, Meta } from "./node.ts";
import { freedTwice, gradientEdge, metaOf, Node, SavedTensor } from "./node.ts";
import type { RecordedOp, RecordPlan } from "./record.ts";

type Saved = SavedTensor | readonly (SavedTensor | null)[];

export class OpNode extends Node {
  private readonly entry: RecordedOp;
  private readonly record: RecordPlan;
  private readonly inPlace: boolean;
  /** The arguments by place; tensors are left out, their shapes are in `shapes`. */
  private readonly plain: unknown[];
  private readonly shapes: (Shape | readonly Shape[] | null)[];
  /** Where formulas ask for them. */
  private readonly strides: (readonly number[] | null)[] | null;
  /** Arguments by place, then results; null if there is nothing, or no more. */
  private saved: (Saved | undefined)[] | null = null;
  private released = false;
  private edgeCounts: number[] | null = null;

  /** `passed`: the tensors the graph goes through, where `values` holds copies made for saving. */
  constructor(
    entry: RecordedOp,
    values: readonly unknown[],
    outputs: readonly Tensor[],
    passed: readonly unknown[] | null,
  ) {
    super();
    this.entry = entry;
    this.record = entry.record!;
    this.inPlace = passed !== null;
    const n = values.length;
    this.plain = new Array<unknown>(n);
    this.shapes = new Array<Shape | null>(n);
    for (let i = 0; i < n; i++) {
      const v = values[i];
      const isList = Array.isArray(v) && v.some((t) => t instanceof Tensor);
      this.shapes[i] = v instanceof Tensor ? v.sizes : isList ? v.map((t: Tensor | null) => t?.sizes ?? []) : null;
      this.plain[i] = v instanceof Tensor ? undefined : isList ? null : v;
    }
    const { formulas, strided } = this.record;
    this.strides = strided ? values.map((v) => (v instanceof Tensor ? v.strides : null)) : null;
    const edges = new Array<Edge | null>(formulas.length);
    let at = 0;
    for (let f = 0; f < formulas.length; f++) {
      const { arg, saves } = formulas[f];
      const v = (passed ?? values)[arg];
      let needed = false;
      if (v instanceof Tensor) {
        const edge = gradientEdge(v);
        needed = edge !== null;
        edges[at++] = edge;
      } else if (Array.isArray(v)) {
        this.edgeCounts ??= formulas.map(() => 1);
        this.edgeCounts[f] = v.length;
        for (const t of v) {
          const edge = t instanceof Tensor ? gradientEdge(t) : null;
          needed ||= edge !== null;
          edges[at++] = edge;
        }
      } else if (v !== null && v !== undefined && !this.record.wrapsNumbers) {
        this.edgeCounts ??= formulas.map(() => 1);
        this.edgeCounts[f] = 0;
      } else edges[at++] = null;
      if (needed) for (let s = 0; s < saves.length; s++) this.save(saves[s].place, values, outputs, passed !== null);
    }
    if (at < formulas.length) edges.length = at;
    this.edges = edges;
    const metas = new Array<Meta>(outputs.length);
    for (let i = 0; i < outputs.length; i++) metas[i] = metaOf(outputs[i]);
    this.outputs = metas;
  }
  private save(place: number, values: readonly unknown[], outputs: readonly Tensor[], inPlace: boolean): void {
    const slot = this.slotOf(place);
    const saved = (this.saved ??= new Array<Saved | undefined>(values.length + outputs.length));
    if (saved[slot] !== undefined) return;
    const value = place >= 0 ? values[place] : outputs[~place];
    if (value instanceof Tensor) {
      const kept = new SavedTensor(value, place < 0, place < 0 ? ~place : 0);
      // In x.mul_(x) the argument that is kept was written over by the very op.
      if (place > 0 && inPlace && value.storage === outputs[0].storage) kept.version--;
      saved[slot] = kept;
    } else if (Array.isArray(value) && value.some((t) => t instanceof Tensor))
      saved[slot] = value.map((t: Tensor | null) => (t === null ? null : new SavedTensor(t, false)));
  }
  private slotOf(place: number): number {
    return place >= 0 ? place : this.plain.length + ~place;
  }
  private byName<T>(list: readonly T[]): Record<string, T> {
    const out: Record<string, T> = {};
    const { args } = this.entry.schema;
    for (let i = 0; i < args.length; i++) out[args[i].name] = list[i];
    return out;
  }
  /** How much further the number at the end of the name is: PyTorch counts the in-place form of a view as another op. */
  variant = 0;
  /** The composite whose last step this is, where PyTorch has one node for all of it: see Note [Composites in the graph]. */
  whole: Whole | null = null;
  private get opName(): string {
    return this.inPlace ? `${this.entry.schema.name}_` : this.entry.schema.name;
  }
  override name(): string {
    if (this.whole !== null) return this.whole.name;
    const { nodeName } = this.record;
    const name =
      typeof nodeName === "string"
        ? nodeName
        : nodeName({ ...this.byName(this.plain), op: this.opName, sizes: this.byName(this.shapes) } as never);
    return this.variant === 0 ? name : name.replace(/\d$/, (n) => String(Number(n) + this.variant));
  }
  override get shownEdges(): readonly (Edge | null)[] {
    if (this.whole !== null) return this.whole.edges;
    // PyTorch's node for what it cannot derive knows of no others.
    return this.name() === "NotImplemented" ? this.edges.filter((edge) => edge !== null) : this.edges;
  }
  override apply(grads: Grads, needs: readonly boolean[]): Grads {
    if (this.released) throw freedTwice();
    if (!placement.several) return this.formulasOf(grads, needs);
    return onDevice(this.outputs[0].device, () => this.formulasOf(grads, needs));
  }
  private formulasOf(given: Grads, needs: readonly boolean[]): Grads {
    // Formulas may run kernels of their own: see Note [Conjugated views].
    const grads = lazies.any ? given.map((g) => g && inMemory(g)) : given;
    const { formulas, flat } = this.record;
    const context: Record<string, unknown> = this.byName(this.plain);
    const { shape, dtype } = this.outputs[0];
    context["sizes"] = this.byName(this.shapes);
    if (this.strides !== null) context["strides"] = this.byName(this.strides);
    context["op"] = this.opName;
    context["grads"] = grads;
    context["grad"] = grads[0] ?? grads.find((g) => g !== null)!.new_zeros(shape, { dtype });
    const out: (Tensor | null)[] = [];
    for (let f = 0; f < formulas.length; f++) {
      const { formula, saves } = formulas[f];
      const at = out.length;
      const count = this.edgeCounts?.[f] ?? 1;
      if (!isAnyNeeded(needs, at, count)) {
        for (let k = 0; k < count; k++) out.push(null);
        continue;
      }
      for (let s = 0; s < saves.length; s++) {
        const { name, place } = saves[s];
        // Another formula may have asked for it: hooks are called once.
        if (f > 0 && (context[name] instanceof Tensor || Array.isArray(context[name]))) continue;
        const value = this.unpack(place) ?? (place >= 0 ? this.plain[place] : null);
        context[name] = lazies.any ? mapped(value) : value;
      }
      const result = formula(context as never);
      if (result === null || result instanceof Tensor) out.push(result);
      else out.push(...result);
    }
    if (flat === null || !modes().grad) return out;
    const of = flat.flatMap((f) => this.edges[f] ?? []);
    return out.map((g) => g && flatIn(g, of, this.name()));
  }
  private unpack(place: number): unknown {
    const saved = this.saved?.[this.slotOf(place)];
    if (saved === undefined) return null;
    return saved instanceof SavedTensor ? saved.unpack(this) : saved.map((s) => s?.unpack(this) ?? null);
  }
  /** A saved tensor or plain argument by name, as PyTorch's `_saved_self`, `_saved_dim`. Raises RuntimeError once freed. */
  savedValue(name: string): unknown {
    if (this.released) throw freedTwice();
    const kept = this.record.formulas
      .flatMap((f) => f.saves)
      .find((s) => s.name === name && this.saved?.[this.slotOf(s.place)] !== undefined);
    if (kept === undefined) return this.byName(this.plain)[name] ?? undefined;
    const value = this.unpack(kept.place);
    for (const t of Array.isArray(value) ? value : [value]) if (t instanceof Tensor) t.storage.kept = true;
    return value;
  }
  /** The same as it is kept. */
  rawSaved(name: string): Saved | null {
    const { args } = this.entry.schema;
    const kept = this.record.formulas.flatMap((f) => f.saves).find((s) => s.name === name);
    if (kept !== undefined) return this.saved?.[this.slotOf(kept.place)] ?? null;
    return this.saved?.[args.findIndex((arg) => arg.name === name)] ?? null;
  }
  override describe(): Described {
    const saved: [string, SavedTensor][] = [];
    const { args } = this.entry.schema;
    for (const [slot, value] of (this.saved ?? []).entries()) {
      const name =
        slot < args.length ? args[slot].name : this.outputs.length === 1 ? "result" : `result${slot - args.length}`;
      if (value instanceof SavedTensor) saved.push([name, value]);
      else value?.forEach((s, i) => void (s !== null && saved.push([`${name}[${i}]`, s])));
    }
    return { saved, plain: this.byName(this.plain) };
  }
  override release(): void {
    // A node that saves nothing can run again, as in PyTorch.
    if (this.saved === null) return;
    for (const saved of this.saved)
      if (saved instanceof SavedTensor) saved.release();
      else for (const s of saved ?? []) s?.release();
    this.saved = null;
    this.released = true;
  }
}
/** A composite as one node: its name in PyTorch, and where the gradients of its arguments go. */
interface Whole {
  readonly name: string;
  readonly edges: readonly (Edge | null)[];
}
/**
 * Note [Composites in the graph]. What PyTorch computes by one kernel is here often put together of ops, each with a node
 * of its own. Who looks at the graph (`next_functions`, pictures) sees PyTorch's: the last step stands for all, under the
 * name of PyTorch's node, and leads to where the composite's arguments came from. Backward goes through the steps.
 */
export function nodeNamed(t: Tensor, name: string, inputs: readonly unknown[] | null = null): Tensor {
  if (t.node instanceof OpNode) t.node.whole = { name, edges: inputs?.flatMap(edgesOf) ?? t.node.edges };
  return t;
}
/** None for numbers and for tensors of integers, which have no place among a node's inputs. */
function edgesOf(input: unknown): readonly (Edge | null)[] {
  if (input === null) return [null];
  if (Array.isArray(input)) return input.some((x) => x instanceof Tensor) ? input.flatMap(edgesOf) : [];
  if (!(input instanceof Tensor)) return [];
  return input.dtype.is_floating_point || input.dtype.is_complex ? [gradientEdge(input)] : [];
}
function isAnyNeeded(needs: readonly boolean[], at: number, count: number): boolean {
  for (let i = at; i < at + count; i++) if (needs[i]) return true;
  return false;
}
const inMemory = (t: Tensor): Tensor => (t.lazy === null ? t : t.clone());
const mapped = (value: unknown): unknown =>
  value instanceof Tensor ? inMemory(value) : Array.isArray(value) ? value.map(mapped) : value;
