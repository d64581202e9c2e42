// x.index([...]), x.at(...), x.index_put_([...], y): Python's brackets, taken apart into views and tensors of indices.
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Scalar } from "../../base/dtype.ts";
import { bool, int32, int64, uint8 } from "../../base/dtype.ts";
import { help, IndexError, RuntimeError, TypeError, ValueError, warn } from "../../base/errors.ts";
import { isExpanded, list, sameShape } from "../../base/layout.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { isScalar } from "../../dispatch/bind.ts";
import { BATCHED_MASK, isBatched, refuseBatch } from "../../dispatch/levels.ts";
import { typeWord } from "../../tensor/type_word.ts";
import { scalar_tensor } from "../creation/creation.ts";
import { tensor } from "../creation/from_data.ts";
import type { TensorData } from "../creation/from_data.ts";
import { _index, _index_put_, _nonzero } from "./indexing.ts";

/** Everything that can stand between the brackets of x[...]. Slices also as Python text: "1:3", "::2". */
export type Index = number | Slice | string | null | boolean | Tensor | readonly (number | boolean)[];
/** A Python slice. */
export interface Slice {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number | null;
}
class PythonSlice implements Slice {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number | null;
  constructor(start: number | null, stop: number | null, step: number | null) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}
/**
 * A slice for `x.index([...])`, with Python's arguments.
 * @example x.index([torch.slice_(1, 3)]) // as x[1:3]
 */
export function slice_(stop: number | null): Slice;
export function slice_(start: number | null, stop: number | null, step?: number | null): Slice;
export function slice_(a: number | null, b?: number | null, step: number | null = null): Slice {
  return b === undefined ? new PythonSlice(null, a, null) : new PythonSlice(a, b, step);
}
/** "1:3", "::2". Cut at the colons, so that no text takes long. */
function parseSlice(text: string): Slice {
  const parts = text.length < 80 ? text.split(":").map((x) => x.trim()) : [];
  if (parts.length < 2 || parts.length > 3 || !parts.every((x) => /^(?:[+-]?\d+)?$/.test(x)))
    throw notAnIndex(`str '${text.slice(0, 80)}'`);
  const [start, stop, step = null] = parts.map((x) => (x === "" ? null : Number(x)));
  return new PythonSlice(start, stop, step);
}

/** The views are taken; what is left is a tensor with a tensor of indices (or nothing) for each of its dims. */
interface Resolved {
  /** Self itself if nothing cuts it. */
  readonly self: Tensor;
  /** Empty if there are none. */
  readonly indices: readonly (Tensor | null)[];
}
/** An index in its plain form: strings parsed, tensors of no dims read, lists made tensors. */
type Item = number | Slice | "..." | null | boolean | Tensor;
function itemOf(x: Index | bigint): Item {
  switch (typeof x) {
    case "number":
      if (!Number.isInteger(x)) throw notAnIndex("float");
      return x;
    case "bigint":
      return Number(x);
    case "string":
      return x === "..." ? x : parseSlice(x);
    case "boolean":
      return x;
  }
  if (x === null || x instanceof PythonSlice) return x;
  if (x instanceof Tensor) {
    const { dtype } = x;
    if (dtype.is_differentiable) throw notAnIndexTensor();
    // A tensor of no dims is as good as its value: an int, or a truth.
    if (x.sizes.length === 0 && !isBatched(x)) return isMask(x) ? Boolean(x.item()) : Number(x.item());
    return x;
  }
  if (!Array.isArray(x)) throw notAnIndex(typeWord(x));
  return x.some((y) => typeof y === "boolean") ? tensor(x as TensorData) : tensor(x as TensorData, { dtype: int64 });
}
const consumes = (x: Item): number =>
  x === null || x === "..." || typeof x === "boolean" ? 0 : x instanceof Tensor && isMask(x) ? x.sizes.length : 1;
function resolve(self: Tensor, items: readonly Item[]): Resolved {
  const specified = items.reduce((n: number, x) => n + consumes(x), 0);
  if (self.sizes.length === 0 && items.length === 1) refuseOfScalar(items[0]);
  if (specified > self.sizes.length)
    throw new IndexError(`too many indices for tensor of dimension ${self.sizes.length}`);
  if (items.filter((x) => x === "...").length > 1)
    throw new IndexError("an index can only have a single ellipsis ('...')");
  let view = self;
  let d = 0;
  const found: { readonly index: Tensor; readonly d: number }[] = [];
  for (const [place, item] of items.entries()) {
    if (item === "...") d += self.sizes.length - specified;
    else if (item === null) view = view.unsqueeze(d++);
    else if (typeof item === "number") view = selected(view, d, item, place);
    else if (item instanceof PythonSlice) view = sliced(view, d++, item);
    else if (typeof item === "boolean") {
      view = view.unsqueeze(d);
      found.push({ index: tensor(item ? [0n] : [], { dtype: int64 }), d: d++ });
    } else {
      const index = item as Tensor;
      if (!isMask(index) && index.dtype !== int64 && index.dtype !== int32) throw notAnIndexTensor();
      if (index.dtype === uint8)
        warn("indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.");
      found.push({ index, d });
      d += consumes(index);
    }
  }
  const indices = found.length === 0 ? [] : new Array<Tensor | null>(d).fill(null);
  for (const { index, d } of found)
    if (!isMask(index)) indices[d] = index;
    else for (const [i, part] of maskIndices(index, view, d).entries()) indices[d + i] = part;
  return { self: view, indices };
}
const notAnIndexTensor = (): IndexError =>
  new IndexError("tensors used as indices must be long, int, byte or bool tensors");
const isMask = (x: Tensor): boolean => x.dtype === bool || x.dtype === uint8;
const notAnIndex = (got: string): IndexError =>
  new IndexError(
    `only integers, slices (\`:\`), ellipsis (\`...\`), None and long or byte Variables are valid indices (got ${got})\n${help(
      {
        TypeScript:
          'An index is a number, torch.slice_(1, 3) or "1:3", "...", null, a boolean, a list of numbers, or a tensor.',
        Python:
          "An index is an int, a slice, `...`, None, a bool, a list of ints, or a tensor of an integer dtype or bool.",
      },
    )}`,
  );
function refuseOfScalar(item: Item): void {
  if (item instanceof PythonSlice) throw new IndexError("slice() cannot be applied to a 0-dim tensor.");
  if (typeof item === "number")
    throw new IndexError(
      "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number",
    );
}
function selected(view: Tensor, d: number, i: number, place: number): Tensor {
  const n = view.sizes[d];
  if (i < -n || i >= n) throw new IndexError(`index ${i} is out of bounds for dimension ${place} with size ${n}`);
  return view.select(d, i);
}
/** The whole stays what it is. */
function sliced(view: Tensor, d: number, { start, stop, step }: Slice): Tensor {
  if (step !== null && step <= 0) throw new ValueError("step must be greater than zero");
  const n = view.sizes[d];
  if ((start ?? 0) === 0 && (stop ?? n) === n && (step ?? 1) === 1) return view;
  return view.slice(d, within(start), within(stop), within(step) ?? 1);
}
/** Python's ints have no end; beyond every size they all mean the same. */
const within = (x: number | null): number | null =>
  x === null ? null : Math.min(Math.max(x, -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
/** A mask is the list of the indices where it is true, one tensor a dim. */
function maskIndices(mask: Tensor, view: Tensor, d: number): Tensor[] {
  for (let i = 0; i < mask.sizes.length; i++)
    if (mask.sizes[i] !== view.sizes[d + i])
      throw new IndexError(
        `The shape of the mask ${list(mask.sizes)} at index ${i} does not match the shape of the indexed tensor ${list(view.sizes)} at index ${d + i}`,
      );
  refuseBatch(mask, BATCHED_MASK);
  return _nonzero(mask).unbind(1);
}

const INDEX_PUT = "index_put(object indices, object values, bool accumulate=False) -> Tensor";
interface Puts {
  indices: readonly Index[];
  values: Tensor | Scalar;
}
declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /**
     * x[...] of Python: integers, slices (`torch.slice_(1, 3)` or "1:3"), "...", null for a new dim, masks, tensors or
     * lists of indices. A view if only integers (also as tensors of no dims), slices and new dims occur. Raises IndexError.
     * @example x.index([0, "1:3"])
     */
    index(indices: readonly Index[]): Tensor;
    /** {@link index} with the list spread. */
    at(...indices: Index[]): Tensor;
    /** A copy of x after x[...] = values. */
    index_put(...args: Arguments<typeof INDEX_PUT, Puts>): Tensor;
    /** x[...] = values, in place. */
    index_put_(...args: Arguments<typeof INDEX_PUT, Puts>): Tensor;
  }
}
const itemsOf = (name: string, given: readonly Index[]): Item[] => {
  if (!Array.isArray(given))
    throw new TypeError(
      `${name}(): argument 'indices' (position 1) must be tuple of Tensors, not ${typeWord(given)}\n${help({
        TypeScript: `It is the list of what stands between Python's brackets: x.index([0, "1:3"]).`,
        Python: "It is a tuple of tensors.",
      })}`,
    );
  return Array.from(given, itemOf);
};
/** The methods of brackets, for ops/methods/everyday.ts to give. */
export const brackets: Pick<Tensor, "index" | "at" | "index_put" | "index_put_"> & ThisType<Tensor> = {
  index(given) {
    const items = itemsOf("index", given);
    const { self, indices } = resolve(this, items);
    if (indices.length > 0) return _index(self, indices);
    if (self !== this) return self;
    return items.length === 1 && items[0] instanceof PythonSlice ? this.slice(0) : this.alias();
  },
  at(...given) {
    return this.index(given);
  },
  index_put(...args) {
    const { indices, values, accumulate } = bindArguments<typeof INDEX_PUT, Puts>(INDEX_PUT, args);
    return this.clone().index_put_(indices, values, accumulate);
  },
  index_put_(...args) {
    const bound = bindArguments<typeof INDEX_PUT, Puts>(INDEX_PUT, args, "index_put_");
    const { values, accumulate } = bound;
    const items = itemsOf("index_put_", bound.indices);
    if (!(values instanceof Tensor) && !isScalar(values))
      throw new TypeError(`can't assign a ${typeWord(values)} to a ${this.type()}`);
    const value = values instanceof Tensor ? values : scalar_tensor(values, { dtype: this.dtype });
    const filled = value.numel() === 1 && !accumulate && isByMask(items);
    if (filled && items.some((x) => x instanceof Tensor && x.dtype === uint8))
      throw new RuntimeError("masked_fill_ only supports boolean masks, but got mask with dtype unsigned char");
    const { self, indices } = resolve(this, items);
    const by = indices.length > 0 ? "index_put_" : accumulate ? "add_" : "copy_";
    if (by === "index_put_") {
      if (isExpanded(self.sizes, self.strides))
        warn(
          "Use of index_put_ on expanded tensors is deprecated. Please clone() the tensor before performing this operation. This also applies to advanced indexing e.g. tensor[indices] = tensor",
        );
      // One value is read once, before anything is written.
      const one = filled && value.storage === self.storage ? value.clone() : value;
      _index_put_(self, indices, withoutLeadingOnes(filled ? one.to(self.dtype) : value), accumulate);
    } else if (by === "add_") self.add_(value);
    else if (sameShape(value.sizes, self.sizes)) self.copy_(value);
    else if (value.sizes.length === 0) self.fill_(value);
    else self.copy_(withoutLeadingOnes(value).expand(self.sizes));
    this.storage.changedBy = `x[...] = y (${by})`;
    return this;
  },
};
/** A mask and nothing else chooses elements: one value then goes there by masked_fill_, which casts it. */
function isByMask(items: readonly Item[]): boolean {
  const choosing = items.filter((x) => x instanceof Tensor || typeof x === "boolean");
  return choosing.length === 1 && choosing[0] instanceof Tensor && isMask(choosing[0]);
}
/** Values may have more dims than the place they go to, if those are of size 1. */
function withoutLeadingOnes(value: Tensor): Tensor {
  const first = value.sizes.findIndex((n) => n !== 1);
  const rest = first < 0 ? [] : value.sizes.slice(first);
  return rest.length === value.sizes.length ? value : value.view(rest);
}
