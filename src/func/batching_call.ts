// A call for a batch: its tensors one level down, and the rules that need nothing else.
import { run } from "../dispatch/call.ts";
import { mapTensors, tensorsIn } from "../dispatch/levels.ts";
import type { Results } from "../dispatch/levels.ts";
import type { Entry } from "../dispatch/declare.ts";
import { promotedDtype } from "../dispatch/promotion.ts";
import { Tensor } from "../tensor/tensor.ts";
import { stack } from "../ops/index.ts";
import type { VmapLevel } from "./vmap_level.ts";

export class Call {
  readonly level: VmapLevel;
  readonly entry: Entry;
  readonly values: readonly unknown[];

  constructor(level: VmapLevel, entry: Entry, values: readonly unknown[]) {
    this.level = level;
    this.entry = entry;
    this.values = values;
  }
  get size(): number {
    return this.level.size;
  }
  get name(): string {
    return this.entry.schema.name;
  }
  place(name: string): number {
    return this.entry.schema.args.findIndex((a) => a.name === name);
  }
  arg<T>(name: string): T {
    return this.values[this.place(name)] as T;
  }
  isBatched(x: unknown): boolean {
    return x instanceof Tensor && this.level.owns(x);
  }
  /** A tensor as it lies below: with the batch as its first dim, or without, if it is the same for all. */
  below(t: Tensor): Tensor {
    return this.level.innerOf(t);
  }
  /** With the batch as its first dim, expanded if it is the same for all, and of so many dims behind it. */
  whole(t: Tensor, rank = t.dim()): Tensor {
    const held = this.isBatched(t) ? this.below(t) : t.unsqueeze(0);
    const ones = new Array<number>(rank - t.dim()).fill(1);
    const aligned = ones.length === 0 ? held : held.reshape([held.shape[0], ...ones, ...t.shape]);
    return aligned.expand([this.size, ...ones, ...t.shape]);
  }
  /** The op itself on other values. */
  run(values: readonly unknown[]): Results {
    return run(this.entry, values);
  }
}
/** Results with the batch as their first dim; null if the rule is not for these values. */
export type Rule = (call: Call) => Results | null;

/** What is computed of each element of the operands by itself. */
export const aligned: Rule = (call) =>
  call.run(alignedValues(call, Math.max(...tensorsIn(call.values).map((t) => t.dim()))));
export function alignedValues(call: Call, rank: number): unknown[] {
  const { schema } = call.entry;
  const values = mapTensors(call.values, (t) => {
    if (!call.isBatched(t)) return t;
    const held = call.below(t);
    const ones = new Array<number>(rank - t.dim()).fill(1);
    return ones.length === 0 ? held : held.reshape([held.shape[0], ...ones, ...t.shape]);
  });
  // A number among tensors stays one for promotion, though a batch of numbers has a dim.
  const numbers = call.values.some((v) => v instanceof Tensor && call.isBatched(v) && v.dim() === 0);
  if (!numbers || rank === 0) return values;
  const dtype = promotedDtype(call.values, schema);
  if (dtype === promotedDtype(values, schema)) return values;
  return values.map((v, i) => {
    const given = call.values[i];
    const isNumber = given instanceof Tensor && call.isBatched(given) && given.dim() === 0;
    return isNumber && given.dtype !== dtype ? (v as Tensor).to(dtype) : v;
  });
}

/** Where there is no rule: the op for one element after the other. */
export function oneByOne(
  call: Call,
  adapt = (values: readonly unknown[], _i: number): readonly unknown[] => values,
): Results {
  const { size } = call;
  const of = (i: number): Results =>
    call.run(
      adapt(
        mapTensors(call.values, (t) => (call.isBatched(t) ? call.below(t).select(0, i) : t)),
        i,
      ),
    );
  if (size === 0) {
    const one = call.run(mapTensors(call.values, (t) => (call.isBatched(t) ? t.new_zeros(t.shape) : t)));
    const none = (t: Tensor): Tensor => t.new_empty([0, ...t.shape]);
    return one instanceof Tensor ? none(one) : one.map(none);
  }
  const made = Array.from({ length: size }, (_, i) => of(i));
  if (made[0] instanceof Tensor) return stack(made as Tensor[]);
  return made[0].map((_, k) => stack(made.map((results) => (results as Tensor[])[k])));
}
