// The node that a call of an op records: which op, its plain arguments, the tensors its formulas need.
import type { Entry } from "../op/op.ts";
import type { Shape } from "../layout.ts";
import { Tensor } from "../tensor.ts";
import type { Edge, Grads } from "./node.ts";
import { freedTwice, gradientEdge, Node, SavedTensor } from "./node.ts";

type Saved = SavedTensor | readonly (SavedTensor | null)[];

export class OpNode extends Node {
  private readonly entry: Entry;
  /** All arguments but the tensors, and the shapes of those. */
  private readonly plain: Record<string, unknown> = {};
  private readonly sizes: Record<string, Shape | readonly Shape[]> = {};
  private saved: Map<string, Saved> | null = new Map();
  /** How many edges each formula's argument has. */
  private readonly counts: number[] = [];
  private readonly nodeName: string;

  /** `edgeValues`: the tensors that were passed, where `values` holds copies made for saving. */
  constructor(
    entry: Entry,
    values: readonly unknown[],
    outputs: readonly Tensor[],
    edgeValues: readonly unknown[] | null,
  ) {
    super();
    this.entry = entry;
    const { schema, record } = entry;
    const edges: (Edge | null)[] = [];
    for (const [i, { name }] of schema.args.entries()) {
      const v = values[i];
      if (v instanceof Tensor) this.sizes[name] = v.sizes;
      else if (Array.isArray(v) && v[0] instanceof Tensor) this.sizes[name] = v.map((t: Tensor) => t.sizes);
      else this.plain[name] = v;
    }
    const resultNames = schema.results ?? ["result"];
    for (const { arg, saves } of record!.formulas) {
      const passed = edgeValues === null ? values[arg] : edgeValues[arg];
      const before = edges.length;
      if (passed instanceof Tensor) edges.push(gradientEdge(passed));
      else if (Array.isArray(passed)) for (const t of passed) edges.push(t instanceof Tensor ? gradientEdge(t) : null);
      else edges.push(null);
      this.counts.push(edges.length - before);
      if (edges.slice(before).every((e) => e === null)) continue;
      for (const name of saves) {
        if (this.saved!.has(name)) continue;
        const result = resultNames.indexOf(name);
        const place = schema.args.findIndex((a) => a.name === name);
        const value = place >= 0 ? values[place] : outputs[result];
        if (value instanceof Tensor) this.saved!.set(name, new SavedTensor(value, place < 0, Math.max(result, 0)));
        else if (Array.isArray(value) && value.some((t) => t instanceof Tensor))
          this.saved!.set(
            name,
            value.map((t: Tensor | null) => (t === null ? null : new SavedTensor(t, false))),
          );
        else this.plain[name] = value;
      }
    }
    this.edges = edges;
    this.outputs = outputs.map((t) => ({ shape: t.sizes, dtype: t.dtype }));
    const named = record!.nodeName;
    this.nodeName = typeof named === "string" ? named : named(this.named(values) as never);
  }
  private named(values: readonly unknown[]): Record<string, unknown> {
    return Object.fromEntries(this.entry.schema.args.map((a, i) => [a.name, values[i]]));
  }
  override name(): string {
    return this.nodeName;
  }
  override apply(grads: Grads, needs: readonly boolean[]): Grads {
    const { formulas } = this.entry.record!;
    if (this.saved === null) throw freedTwice();
    const context: Record<string, unknown> = { ...this.plain, sizes: this.sizes, grads };
    const { shape, dtype } = this.outputs[0];
    context["grad"] = grads[0] ?? grads.find((g) => g !== null)!.new_zeros(shape, { dtype });
    const out: (Tensor | null)[] = [];
    for (const [i, { formula, saves }] of formulas.entries()) {
      const at = out.length;
      const count = this.counts[i];
      if (!needs.slice(at, at + count).includes(true)) {
        for (let k = 0; k < count; k++) out.push(null);
        continue;
      }
      for (const name of saves) if (!(name in context)) context[name] = this.unpack(name);
      const result = formula(context as never);
      if (result === null || result instanceof Tensor) out.push(result);
      else out.push(...result);
    }
    return out;
  }
  private unpack(name: string): unknown {
    if (this.saved === null) throw freedTwice();
    const saved = this.saved.get(name);
    if (saved === undefined) return null;
    return saved instanceof SavedTensor ? saved.unpack(this) : saved.map((s) => s?.unpack(this) ?? null);
  }
  override release(): void {
    // A node that saves nothing can run again, as in PyTorch.
    if (this.saved !== null && this.saved.size > 0) this.saved = null;
  }
}
