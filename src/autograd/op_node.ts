// The node that a call of an op records: which op, its plain arguments, the tensors its formulas need.
import type { Shape } from "../layout.ts";
import type { Entry, RecordPlan } from "../op/op.ts";
import { Tensor } from "../tensor.ts";
import type { Edge, Grads } from "./node.ts";
import { freedTwice, gradientEdge, Node, SavedTensor } from "./node.ts";

type Saved = SavedTensor | readonly (SavedTensor | null)[];

/** For in-place ops without a derivative: what was in self no longer matters. */
const ZERO: RecordPlan = {
  formulas: [{ arg: 0, saves: [], formula: ({ grad }: { grad: Tensor }) => grad.new_zeros(grad.sizes) }],
  nodeName: "ZeroBackward0",
};

export class OpNode extends Node {
  private readonly entry: Entry;
  private readonly record: RecordPlan;
  /** The arguments by place; tensors are left out, their shapes are in `shapes`. */
  private readonly plain: unknown[];
  private readonly shapes: (Shape | readonly Shape[] | null)[];
  /** By name; null once released. */
  private saved: Map<string, Saved> | null = null;
  private released = false;
  private readonly edgeCounts: number[] | null = null;

  /** `passed`: the tensors the graph goes through, where `values` holds copies made for saving. */
  constructor(entry: Entry, values: readonly unknown[], outputs: readonly Tensor[], passed: readonly unknown[] | null) {
    super();
    this.entry = entry;
    this.record = entry.record ?? ZERO;
    const n = values.length;
    this.plain = new Array<unknown>(n);
    this.shapes = new Array<Shape | null>(n);
    for (let i = 0; i < n; i++) {
      const v = values[i];
      if (v instanceof Tensor) this.shapes[i] = v.sizes;
      else {
        this.shapes[i] =
          Array.isArray(v) && v.some((t) => t instanceof Tensor) ? v.map((t: Tensor | null) => t?.sizes ?? []) : null;
        this.plain[i] = v;
      }
    }
    const { formulas } = this.record;
    const edges: (Edge | null)[] = [];
    for (let f = 0; f < formulas.length; f++) {
      const { arg, saves } = formulas[f];
      const v = (passed ?? values)[arg];
      let needed = false;
      if (v instanceof Tensor) {
        const edge = gradientEdge(v);
        needed = edge !== null;
        edges.push(edge);
      } else if (Array.isArray(v)) {
        this.edgeCounts ??= formulas.map(() => 1);
        this.edgeCounts[f] = v.length;
        for (const t of v) {
          const edge = t instanceof Tensor ? gradientEdge(t) : null;
          needed ||= edge !== null;
          edges.push(edge);
        }
      } else edges.push(null);
      if (needed)
        for (let s = 0; s < saves.length; s++)
          this.save(saves[s].name, saves[s].place, values, outputs, passed !== null);
    }
    this.edges = edges;
    this.outputs = outputs.map((t) => ({ shape: t.sizes, dtype: t.dtype }));
    for (let i = 0; i < n; i++) if (this.shapes[i] !== null && this.plain[i] !== undefined) this.plain[i] = null;
  }
  private save(
    name: string,
    place: number,
    values: readonly unknown[],
    outputs: readonly Tensor[],
    inPlace: boolean,
  ): void {
    this.saved ??= new Map();
    if (this.saved.has(name)) return;
    const value = place >= 0 ? values[place] : outputs[~place];
    if (value instanceof Tensor) {
      const saved = new SavedTensor(value, place < 0, place < 0 ? ~place : 0);
      // In x.mul_(x) the argument that is kept was written over by the very op.
      if (place > 0 && inPlace && value.storage === outputs[0].storage) saved.version--;
      this.saved.set(name, saved);
    } else if (Array.isArray(value) && value.some((t) => t instanceof Tensor))
      this.saved.set(
        name,
        value.map((t: Tensor | null) => (t === null ? null : new SavedTensor(t, false))),
      );
  }
  private byName<T>(list: readonly T[]): Record<string, T> {
    const out: Record<string, T> = {};
    const { args } = this.entry.schema;
    for (let i = 0; i < args.length; i++) out[args[i].name] = list[i];
    return out;
  }
  /** How much further the number at the end of the name is: PyTorch counts the in-place form of a view as another op. */
  variant = 0;
  /** The name of the composite whose last step this is, where PyTorch has one node for all of it. */
  alias: string | null = null;
  override name(): string {
    if (this.alias !== null) return this.alias;
    const { nodeName } = this.record;
    const name = typeof nodeName === "string" ? nodeName : nodeName(this.byName(this.plain) as never);
    return this.variant === 0 ? name : name.replace(/\d$/, (n) => String(Number(n) + this.variant));
  }
  override apply(grads: Grads, needs: readonly boolean[]): Grads {
    if (this.released) throw freedTwice();
    const { formulas } = this.record;
    const context: Record<string, unknown> = this.byName(this.plain);
    const { shape, dtype } = this.outputs[0];
    context["sizes"] = this.byName(this.shapes);
    context["grads"] = grads;
    context["grad"] = grads[0] ?? grads.find((g) => g !== null)!.new_zeros(shape, { dtype });
    const out: (Tensor | null)[] = [];
    for (let f = 0; f < formulas.length; f++) {
      const { formula, saves } = formulas[f];
      const at = out.length;
      const count = this.edgeCounts?.[f] ?? 1;
      if (!needs.slice(at, at + count).includes(true)) {
        for (let k = 0; k < count; k++) out.push(null);
        continue;
      }
      for (const { name, place } of saves) context[name] = this.unpack(name) ?? (place >= 0 ? this.plain[place] : null);
      const result = formula(context as never);
      if (result === null || result instanceof Tensor) out.push(result);
      else out.push(...result);
    }
    return out;
  }
  private unpack(name: string): unknown {
    const saved = this.saved?.get(name);
    if (saved === undefined) return null;
    return saved instanceof SavedTensor ? saved.unpack(this) : saved.map((s) => s?.unpack(this) ?? null);
  }
  /** A saved tensor or plain argument by name, as PyTorch's `_saved_self`, `_saved_dim`. Raises RuntimeError once freed. */
  savedValue(name: string): unknown {
    if (this.released) throw freedTwice();
    return this.saved?.has(name) === true ? this.unpack(name) : (this.byName(this.plain)[name] ?? undefined);
  }
  override release(): void {
    // A node that saves nothing can run again, as in PyTorch.
    if (this.saved === null) return;
    this.saved = null;
    this.released = true;
  }
}
