// x.index([...]), x.at(...), x.index_put_([...], y): Python's brackets, taken apart into views and tensors of indices.
import { typeWord } from "../type_word.ts";
import type { Scalar } from "../dtype.ts";
import { bool, int32, int64, uint8 } from "../dtype.ts";
import { help, IndexError, RuntimeError, ValueError, warn } from "../errors.ts";
import { list, sameShape } from "../layout.ts";
import { Tensor } from "../tensor.ts";
import { scalar_tensor } from "./creation.ts";
import { tensor } from "./data.ts";
import type { TensorData } from "./data.ts";

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
function parseSlice(text: string): Slice {
  const match = /^\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?\s*)?$/.exec(text);
  if (!match) throw notAnIndex(`str '${text}'`);
  const [start, stop, step] = match.slice(1).map((x) => (x === undefined ? null : Number(x)));
  return new PythonSlice(start, stop, step);
}

/** The views are taken; what is left is a tensor with a tensor of indices (or nothing) for each of its dims. */
interface Resolved {
  readonly self: Tensor;
  readonly indices: readonly (Tensor | null)[];
}
function resolve(self: Tensor, given: readonly Index[]): Resolved {
  const items = given.map((x) => (typeof x === "string" && x !== "..." ? parseSlice(x) : x));
  const consumes = (x: Index): number =>
    x === null || x === "..." || typeof x === "boolean" ? 0 : x instanceof Tensor && isMask(x) ? x.sizes.length : 1;
  const specified = items.reduce((n: number, x) => n + consumes(x), 0);
  if (self.sizes.length === 0 && items.length === 1) refuseOfScalar(items[0]);
  if (specified > self.sizes.length)
    throw new IndexError(`too many indices for tensor of dimension ${self.sizes.length}`);
  if (items.filter((x) => x === "...").length > 1)
    throw new IndexError("an index can only have a single ellipsis ('...')");
  let view = self;
  let d = 0;
  let own = 0; // the dim of self that the next index is for, where selecting has taken dims away
  const indices: (Tensor | null)[] = [];
  for (const given of items) {
    const item = given instanceof Tensor && given.dtype === bool && given.sizes.length === 0 ? truth(given) : given;
    if (item === "...") {
      d += self.sizes.length - specified;
      own += self.sizes.length - specified;
    } else if (item === null) view = view.unsqueeze(d++);
    else if (typeof item === "number") view = selected(view, d, item, own);
    else if (item instanceof PythonSlice) view = sliced(view, d++, item);
    else {
      const index =
        typeof item === "boolean"
          ? asMask(item)
          : item instanceof Tensor
            ? item
            : indexList(item as readonly (number | boolean)[]);
      if (typeof item === "boolean") view = view.unsqueeze(d);
      if (!isMask(index) && index.dtype !== int64 && index.dtype !== int32)
        throw new IndexError(`tensors used as indices must be long, int, byte or bool tensors`);
      if (index.dtype === uint8)
        warn("indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.");
      if (!isMask(index)) indices[d++] = index;
      else for (const part of maskIndices(index, view, d, typeof item === "boolean")) indices[d++] = part;
    }
    own += consumes(item);
  }
  for (let i = 0; i < d; i++) indices[i] ??= null;
  return { self: view, indices };
}
const isMask = (x: Tensor): boolean => x.dtype === bool || x.dtype === uint8;
/** A mask of no dims is as good as its value. */
const truth = (mask: Tensor): boolean => Boolean(mask.item());
const asMask = (x: boolean): Tensor => tensor([x]);
function indexList(x: readonly (number | boolean)[]): Tensor {
  if (!Array.isArray(x)) throw notAnIndex(typeWord(x));
  return x.some((y) => typeof y === "boolean") ? tensor(x as TensorData) : tensor(x as TensorData, { dtype: int64 });
}
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
function refuseOfScalar(item: Index): void {
  if (item instanceof PythonSlice) throw new IndexError("slice() cannot be applied to a 0-dim tensor.");
  if (typeof item === "number")
    throw new IndexError(
      "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number",
    );
}
function selected(view: Tensor, d: number, i: number, own: number): Tensor {
  if (!Number.isInteger(i)) throw notAnIndex("float");
  const n = view.sizes[d];
  if (i < -n || i >= n) throw new IndexError(`index ${i} is out of bounds for dimension ${own} with size ${n}`);
  return view.select(d, i);
}
function sliced(view: Tensor, d: number, { start, stop, step }: Slice): Tensor {
  if (step !== null && step <= 0) throw new ValueError("step must be greater than zero");
  if (start === null && stop === null && step === null) return view.alias();
  return view.slice(d, start, stop, step ?? 1);
}
/** A mask is the list of the indices where it is true, one tensor a dim. */
function maskIndices(mask: Tensor, view: Tensor, d: number, isBoolean: boolean): Tensor[] {
  if (!isBoolean)
    for (let i = 0; i < mask.sizes.length; i++)
      if (mask.sizes[i] !== view.sizes[d + i])
        throw new IndexError(
          `The shape of the mask ${list(mask.sizes)} at index ${i} does not match the shape of the indexed tensor ${list(view.sizes)} at index ${d + i}`,
        );
  return mask._nonzero().unbind(1);
}

declare module "../tensor.ts" {
  interface Tensor {
    /**
     * x[...] of Python: integers, slices (`torch.slice_(1, 3)` or "1:3"), "...", null for a new dim, masks, tensors or
     * lists of indices. A view if only integers, slices and new dims occur. Raises IndexError.
     * @example x.index([0, "1:3"])
     */
    index(indices: readonly Index[]): Tensor;
    /** {@link index} with the list spread. */
    at(...indices: Index[]): Tensor;
    /** A copy of x after x[...] = values. */
    index_put(
      indices: readonly Index[],
      values: Tensor | Scalar,
      accumulate?: boolean | { accumulate?: boolean },
    ): Tensor;
    /** x[...] = values, in place. */
    index_put_(indices: readonly Index[], values: Tensor | Scalar, accumulate?: boolean): Tensor;
  }
}
Tensor.prototype.index = function (given) {
  const { self, indices } = resolve(this, given);
  return indices.some((i) => i !== null) ? self._index(indices) : self === this ? self.alias() : self;
};
Tensor.prototype.at = function (...given) {
  return this.index(given);
};
Tensor.prototype.index_put = function (given, values, accumulate = false) {
  const adds = typeof accumulate === "object" ? accumulate.accumulate : accumulate;
  return this.clone().index_put_(given, values, adds);
};
Tensor.prototype.index_put_ = function (given, values, accumulate = false) {
  const value = values instanceof Tensor ? values : scalar_tensor(values, { dtype: this.dtype });
  const filled = value.numel() === 1 && isByMask(given);
  if (filled && given.some((x) => x instanceof Tensor && x.dtype === uint8))
    throw new RuntimeError("masked_fill_ only supports boolean masks, but got mask with dtype unsigned char");
  const { self, indices } = resolve(this, given);
  const by = indices.some((i) => i !== null) ? "index_put_" : accumulate ? "add_" : "copy_";
  if (by === "index_put_") {
    if (!filled) assertPuttable(self, value);
    self._index_put_(indices, value, accumulate);
  } else {
    const whole = self === this ? self.alias() : self;
    if (by === "add_") whole.add_(value);
    else {
      const fitting = withoutLeadingOnes(value, whole.sizes.length);
      whole.copy_(sameShape(fitting.sizes, whole.sizes) ? fitting : fitting.expand(whole.sizes));
    }
  }
  this.storage.changedBy = `x[...] = y (${by})`;
  return this;
};
/** Masks and nothing else chooses elements: one value then goes there by masked_fill_, which casts it. */
function isByMask(given: readonly Index[]): boolean {
  const isOther = (x: Index): boolean => (x instanceof Tensor && !isMask(x)) || Array.isArray(x);
  return given.some((x) => x instanceof Tensor && isMask(x)) && !given.some(isOther);
}
/** Values go to indices only as they are. */
function assertPuttable(self: Tensor, value: Tensor): void {
  if (value.dtype !== self.dtype)
    throw new RuntimeError(
      `Index put requires the source and destination dtypes match, got ${self.dtype.legacyName} for the destination and ${value.dtype.legacyName} for the source.`,
    );
}
/** Values may have more dims than the place they go to, if those are of size 1. */
function withoutLeadingOnes(value: Tensor, ndim: number): Tensor {
  let v = value;
  while (v.sizes.length > ndim && v.sizes[0] === 1) v = v.squeeze([0]);
  return v;
}
