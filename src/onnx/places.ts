// ONNX's operators that read and write at places: gathers, scatters, what masks leave, and loops over subgraphs.
import { bool, int64 } from "../base/dtype.ts";
import * as ops from "../ops/index.ts";
import { arange, tensor } from "../ops/creation/from_data.ts";
import { where } from "../ops/overloads.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { numbers, Sequence } from "./running.ts";
import type { Running, Runs, Value } from "./running.ts";

/** Whether a condition holds: a bool of one element. */
const holds = (x: Tensor): boolean => Number(x.item()) !== 0;
/** Indices as int64 from 0 on, of a dim of this size. */
const positive = (index: Tensor, size: number): Tensor => {
  const at = index.to(int64);
  return where(at.lt(0), at.add(size), at);
};
const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
const REDUCTIONS: Readonly<Record<string, string>> = { add: "sum", mul: "prod", max: "amax", min: "amin" };

export function gathered(r: Running): Tensor {
  const [x, index] = [r.x(0), r.x(1)];
  const dim = r.axis(x, 0);
  const found = x.index_select(dim, positive(index, x.sizes[dim]).flatten());
  return found.reshape([...x.sizes.slice(0, dim), ...index.sizes, ...x.sizes.slice(dim + 1)]);
}
export function gatherElements(r: Running): Tensor {
  const x = r.x(0);
  const dim = r.axis(x, 0);
  return x.gather(dim, positive(r.x(1), x.sizes[dim]));
}
/** Places of several dims as places in those dims flattened. */
function flatPlaces(indices: Tensor, sizes: readonly number[]): Tensor {
  let flat: Tensor | null = null;
  for (const [k, size] of sizes.entries()) {
    const at = positive(indices.select(-1, k), size);
    flat = flat === null ? at : flat.mul(size).add(at);
  }
  return (flat ?? ops.zeros(indices.sizes.slice(0, -1), { dtype: int64 })).flatten();
}
export function gatherND(r: Running): Tensor {
  const [x, indices] = [r.x(0), r.x(1)];
  const batches = r.int("batch_dims", 0);
  const many = indices.sizes.at(-1)!;
  const [outer, inner] = [x.sizes.slice(0, batches), x.sizes.slice(batches, batches + many)];
  const rest = x.sizes.slice(batches + many);
  let at = flatPlaces(indices, inner);
  if (batches > 0) {
    const each = product(inner);
    const begin = arange(0, product(outer) * each, Math.max(each, 1), { dtype: int64 });
    at = at
      .view([product(outer), -1])
      .add(begin.unsqueeze(1))
      .flatten();
  }
  const rows = x.reshape([product([...outer, ...inner]), product(rest)]);
  return rows.index_select(0, at).reshape([...indices.sizes.slice(0, -1), ...rest]);
}
export function scatterElements(r: Running): Tensor {
  const [x, updates] = [r.x(0), r.x(2)];
  const dim = r.axis(x, 0);
  const index = positive(r.x(1), x.sizes[dim]);
  const reduction = r.text("reduction", "none");
  if (reduction === "none") return x.scatter(dim, index, updates);
  return x.scatter_reduce(dim, index, updates, REDUCTIONS[reduction] ?? r.refuse(`with reduction '${reduction}'`));
}
export function scatterND(r: Running): Tensor {
  const [x, indices, updates] = [r.x(0), r.x(1), r.x(2)];
  const many = indices.sizes.at(-1)!;
  const [outer, rest] = [x.sizes.slice(0, many), x.sizes.slice(many)];
  const rows = x.reshape([product(outer), product(rest)]);
  const at = flatPlaces(indices, outer);
  const by = updates.reshape([at.numel(), product(rest)]);
  const index = at.unsqueeze(1).expand(by.sizes);
  const reduction = r.text("reduction", "none");
  const made =
    reduction === "none"
      ? rows.scatter(0, index, by)
      : rows.scatter_reduce(0, index, by, REDUCTIONS[reduction] ?? r.refuse(`with reduction '${reduction}'`));
  return made.reshape(x.sizes);
}
/** Those along an axis, or of all elements, where a condition holds. */
export function compress(r: Running): Tensor {
  const x = r.has("axis") ? r.x(0) : r.x(0).flatten();
  return x.index_select(r.axis(x, 0), r.x(1).nonzero().flatten());
}
export function oneHot(r: Running): Tensor {
  const [depth, values] = [numbers(r.x(1))[0], r.x(2)];
  const at = positive(r.x(0), depth);
  const axis = r.int("axis", -1);
  const dim = axis < 0 ? axis + at.ndim + 1 : axis;
  const shape = Array.from({ length: at.ndim + 1 }, (_, d) => (d === dim ? depth : 1));
  const hot = at.unsqueeze(dim).eq(arange(depth, { dtype: int64 }).view(shape));
  return where(hot, values.select(0, 1), values.select(0, 0));
}
/** A branch of two. */
export const branch = (r: Running): readonly Value[] => r.graph(holds(r.x(0)) ? "then_branch" : "else_branch").run([]);
/** A body that runs so many times, or as long as its first result says; what it gives each time is stacked. */
export function loop(r: Running): readonly Value[] {
  const [most, first] = [r.maybe(0), r.maybe(1)];
  const times = most === null ? Infinity : numbers(most)[0];
  const body = r.graph("body");
  let goesOn = first === null || holds(first);
  let carried = r.rest(2);
  const scanned: Tensor[][] = [];
  for (let i = 0; i < times && goesOn; i++) {
    const state = tensor(goesOn, { dtype: bool });
    const [next, ...results] = body.run([tensor(BigInt64Array.of(BigInt(i))).view([]), state, ...carried]);
    goesOn = holds(next as Tensor);
    const more = results.slice(carried.length);
    carried = results.slice(0, carried.length);
    for (const [k, x] of more.entries()) (scanned[k] ??= []).push(x as Tensor);
  }
  const lacking = r.node.output.length - carried.length - scanned.length;
  if (lacking > 0 && r.node.output.slice(-lacking).some((name) => name !== "")) r.refuse("that runs no time");
  return [...carried, ...scanned.map((x) => ops.stack(x))];
}

const at = (r: Running, i: number, many: number): number => {
  const place = numbers(r.x(i))[0];
  return place < 0 ? place + many : place;
};
/** Lists of tensors, which exporters write for what is cut into pieces or joined. */
export const sequences: Readonly<Record<string, Runs>> = {
  SequenceConstruct: (r) => new Sequence(r.all),
  SequenceEmpty: () => new Sequence([]),
  SequenceLength: (r) => tensor(r.sequence(0).length, { dtype: int64 }),
  SequenceAt: (r) => r.sequence(0)[at(r, 1, r.sequence(0).length)] ?? r.refuse("beyond the end"),
  SequenceInsert: (r) => {
    const items = [...r.sequence(0)];
    items.splice(r.maybe(2) === null ? items.length : at(r, 2, items.length), 0, r.x(1));
    return new Sequence(items);
  },
  SequenceErase: (r) => {
    const items = r.sequence(0);
    const place = r.maybe(1) === null ? items.length - 1 : at(r, 1, items.length);
    return new Sequence(items.filter((_, i) => i !== place));
  },
  SplitToSequence: (r) => {
    const x = r.x(0);
    const axis = r.axis(x, 0);
    const sizes = r.maybe(1);
    if (sizes === null) return new Sequence(r.int("keepdims", 1) === 1 ? x.split(1, axis) : x.unbind(axis));
    return new Sequence(x.split(sizes.ndim === 0 ? numbers(sizes)[0] : numbers(sizes), axis));
  },
  ConcatFromSequence: (r) => (r.int("new_axis", 0) === 1 ? ops.stack : ops.cat)([...r.sequence(0)], r.int("axis", 0)),
  SequenceMap: (r) => {
    const [first, ...others] = r.rest(0);
    const body = r.graph("body");
    const made = (first as Sequence).items.map((x, i) =>
      body.run([x, ...others.map((v) => (v instanceof Sequence ? v.items[i] : v))]),
    );
    return r.node.output.map((_, k) => new Sequence(made.map((results) => results[k] as Tensor)));
  },
};
