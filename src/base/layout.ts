// Shape and stride arithmetic. Pure: numbers in, numbers out. Strides and offsets are in elements.
import { dimOutOfRange, RuntimeError } from "./errors.ts";

export type Shape = readonly number[];

/** Where the elements of a tensor lie in its storage. */
export interface Layout {
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
}

export function numel(shape: Shape): number {
  let n = 1;
  for (let d = 0; d < shape.length; d++) n *= shape[d];
  return n;
}

export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  for (let d = shape.length - 1, step = 1; d >= 0; d--) {
    strides[d] = step;
    step *= Math.max(shape[d], 1);
  }
  return strides;
}

/** Whether strides are {@link contiguousStrides}, those of dims of size 1 included. */
export function isRowMajor(shape: Shape, strides: readonly number[]): boolean {
  for (let d = shape.length - 1, step = 1; d >= 0; d--) {
    if (strides[d] !== step) return false;
    step *= Math.max(shape[d], 1);
  }
  return true;
}
/** The dims from the fastest to the slowest, where the channels (the second dim) come first. */
export const channelsFirst = (rank: number): number[] => [
  1,
  ...Array.from({ length: rank - 2 }, (_, i) => rank - 1 - i),
  0,
];
const CHANNELS_FIRST = channelsFirst(4);
export function isContiguous(shape: Shape, strides: readonly number[]): boolean {
  for (let d = shape.length - 1, step = 1; d >= 0; d--) {
    if (shape[d] === 0) return true;
    if (shape[d] === 1) continue;
    if (strides[d] !== step) {
      // A zero-size dim further out makes any strides contiguous.
      return shape.includes(0);
    }
    step *= shape[d];
  }
  return true;
}

/** Whether one element stands for many along some dim. */
export const isExpanded = (shape: Shape, strides: readonly number[]): boolean =>
  strides.some((s, d) => s === 0 && shape[d] > 1);
/** A tensor without holes and without overlap, whatever the order of its dims (PyTorch's is_non_overlapping_and_dense). */
export function isDense(shape: Shape, strides: readonly number[]): boolean {
  let left = 0;
  for (let d = 0; d < shape.length; d++) {
    if (shape[d] === 0) return true;
    if (shape[d] !== 1) left++;
  }
  for (let step = 1; left > 0; left--) {
    let d = 0;
    while (d < shape.length && (shape[d] === 1 || strides[d] !== step)) d++;
    if (d === shape.length) return false;
    step *= shape[d];
  }
  return true;
}

/** Elements of memory from the start that a layout needs. */
export function reach({ shape, strides, offset }: Layout): number {
  let last = offset;
  for (let d = 0; d < shape.length; d++) {
    if (shape[d] === 0) return 0;
    last += (shape[d] - 1) * strides[d];
  }
  return last + 1;
}
/** Whether elements may lie in one place: false only where each dim steps over all that the smaller steps reach. */
export function mayOverlap(shape: Shape, strides: readonly number[]): boolean {
  const dims = shape.flatMap((n, d) => (n > 1 ? [d] : [])).sort((a, b) => strides[a] - strides[b]);
  let last = 0;
  for (const d of dims) {
    if (strides[d] <= last) return true;
    last += (shape[d] - 1) * strides[d];
  }
  return false;
}

export const sameShape = (a: Shape, b: Shape): boolean => {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return false;
  return true;
};

/** `dim` counted from the front; a tensor of no dims has dims -1 and 0 for this purpose. Raises IndexError. */
export function wrapDim(dim: number, ndim: number): number {
  const n = Math.max(ndim, 1);
  if (!(dim >= -n && dim < n)) throw dimOutOfRange(dim, ndim);
  return dim < 0 ? dim + n : dim;
}

/** The dims to reduce as a sorted list without repeats; null or none given mean all. */
export function wrapDims(dims: readonly number[] | null, ndim: number): number[] {
  if (ndim > 64) throw new RuntimeError("only tensors with up to 64 dims are supported");
  const wrapped: number[] = [];
  if (dims === null || dims.length === 0) {
    for (let d = 0; d < ndim; d++) wrapped.push(d);
    return wrapped;
  }
  for (const dim of dims) {
    const d = wrapDim(dim, ndim);
    if (wrapped.includes(d)) throw new RuntimeError(`dim ${d} appears multiple times in the list of dims`);
    wrapped.push(d);
  }
  return ndim === 0 ? [] : wrapped.sort((a, b) => a - b);
}

/** The shape both expand to. Raises PyTorch's sentence where a dim neither agrees nor is 1. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const ndim = Math.max(a.length, b.length);
  const out = new Array<number>(ndim);
  for (let d = ndim - 1; d >= 0; d--) {
    const x = a[d - ndim + a.length] ?? 1;
    const y = b[d - ndim + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1)
      throw new RuntimeError(
        `The size of tensor a (${x}) must match the size of tensor b (${y}) at non-singleton dimension ${d}`,
      );
    out[d] = x === 1 ? y : x;
  }
  return out;
}
/** Whether a tensor of the first shape can be expanded to the second. */
export function expandsTo(from: Shape, to: Shape): boolean {
  try {
    return sameShape(broadcastShapes(from, to), to);
  } catch {
    return false;
  }
}

/** Strides that make a tensor look like `to`: 0 where it is repeated. The shapes are known to broadcast. */
export function expandStrides(shape: Shape, strides: readonly number[], to: Shape): number[] {
  const missing = to.length - shape.length;
  const out = new Array<number>(to.length);
  for (let d = 0; d < to.length; d++) {
    const from = d - missing;
    out[d] = from < 0 || (shape[from] === 1 && to[d] !== 1) ? 0 : strides[from];
  }
  return out;
}

/** `shape` with a -1 worked out from the number of elements. */
export function inferSize(shape: Shape, n: number): number[] {
  const out = [...shape];
  const unknown = out.indexOf(-1);
  for (const [d, size] of out.entries()) {
    if (size < -1) throw new RuntimeError(`invalid shape dimension ${size} at index ${d} of shape ${list(shape)}`);
    if (size === -1 && d !== unknown) throw new RuntimeError("only one dimension can be inferred");
  }
  const known = out.reduce((product, size) => (size === -1 ? product : product * size), 1);
  if (unknown >= 0) {
    if (known === 0 && n === 0)
      throw new RuntimeError(
        `cannot reshape tensor of 0 elements into shape ${list(shape)} because the unspecified dimension size -1 can be any value and is ambiguous`,
      );
    out[unknown] = n / known;
  }
  if (known === 0 ? n !== 0 : unknown >= 0 ? n % known !== 0 : known !== n)
    throw new RuntimeError(`shape '${list(shape)}' is invalid for input of size ${n}`);
  return out;
}

/**
 * The strides under which the same memory has another shape, or null where that needs a copy.
 * Dims that lie end to end form chunks; each chunk must be cut into whole new dims (PyTorch's computeStride).
 */
export function viewStrides(shape: Shape, strides: readonly number[], to: Shape): number[] | null {
  if (numel(shape) === 0) return sameShape(shape, to) ? [...strides] : contiguousStrides(to);
  const out = new Array<number>(to.length);
  let view = to.length - 1;
  let base = strides.at(-1) ?? 1;
  let chunk = 1;
  let cut = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    chunk *= shape[d];
    const endsChunk = d === 0 || (shape[d - 1] !== 1 && strides[d - 1] !== chunk * base);
    if (!endsChunk) continue;
    while (view >= 0 && (cut < chunk || to[view] === 1)) {
      out[view] = cut * base;
      cut *= to[view];
      view--;
    }
    if (cut !== chunk) return null;
    if (d > 0) {
      base = strides[d - 1];
      chunk = 1;
      cut = 1;
    }
  }
  if (shape.length === 0) for (; view >= 0; view--) out[view] = 1;
  return view === -1 ? out : null;
}

/** Strides for a copy: the same where they leave no holes, else without holes in the same order of dims. */
export function copyStrides({ shape, strides }: Layout): readonly number[] {
  if (isDense(shape, strides)) return strides;
  const sizes = shape.includes(0) ? shape.map((n) => Math.max(n, 1)) : shape;
  return stridesInOrder(sizes, orderOfDims(shape, [strides]));
}
/**
 * Strides for the result of an elementwise op, as PyTorch's TensorIterator finds them: those of the operands if all have
 * the same and no holes, else without holes in the order of dims that the first operand to tell prefers.
 */
export function resultStrides(shape: Shape, operands: readonly Layout[]): readonly number[] {
  if (shape.length < 2) return contiguousStrides(shape);
  // The usual case: where no size is 1 or 0, the first operand alone tells.
  const [first] = operands;
  if (sameShape(first.shape, shape) && isRowMajor(shape, first.strides) && Math.min(...shape) > 1)
    return contiguousStrides(shape);
  if (operands.every((o) => sameShape(o.shape, shape))) {
    const { strides } = first;
    if (operands.every((o) => isContiguous(shape, o.strides))) return contiguousStrides(shape);
    if (shape.length === 4 && operands.every((o) => isPacked(shape, o.strides, CHANNELS_FIRST)))
      return stridesInOrder(shape, CHANNELS_FIRST);
    if (isDense(shape, strides) && operands.every((o) => sameShape(o.strides, strides))) return strides;
  }
  const order = orderOfDims(
    shape,
    operands.map((o) => expandStrides(o.shape, o.strides, shape)),
  );
  const isUsual = order.every((d, i) => d === shape.length - 1 - i);
  return isUsual ? contiguousStrides(shape) : stridesInOrder(shape, order);
}
/**
 * The dims from the fastest to the slowest in memory. An operand's smaller stride goes first, of equal ones the smaller
 * size; a stride of 0 tells nothing, and the next operand is asked. What nothing tells stays in row-major order.
 */
function orderOfDims(shape: Shape, operands: readonly (readonly number[])[]): number[] {
  const n = shape.length;
  const order = new Array<number>(n);
  for (let i = 0; i < n; i++) order[i] = n - 1 - i;
  const compare = (a: number, b: number): number => {
    for (const strides of operands) {
      const [x, y] = [strides[a], strides[b]];
      if (x === 0 || y === 0) continue;
      if (x !== y) return x - y;
      if (shape[a] > shape[b]) return 1;
    }
    return 0;
  };
  for (let i = 1; i < n; i++)
    for (let at = i, before = i - 1; before >= 0; before--) {
      const found = compare(order[before], order[at]);
      if (found < 0) break;
      if (found === 0) continue; // not known: but those before it may be
      [order[before], order[at]] = [order[at], order[before]];
      at = before;
    }
  return order;
}
/** Whether strides are those without holes in this order of dims, but for dims of size 1. */
export function isPacked(shape: Shape, strides: readonly number[], order: readonly number[]): boolean {
  let step = 1;
  for (const d of order) {
    if (shape[d] !== 1 && strides[d] !== step) return false;
    step *= shape[d];
  }
  return true;
}
export function stridesInOrder(shape: Shape, order: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (const d of order) {
    strides[d] = step;
    step *= shape[d];
  }
  return strides;
}

/** A list of sizes as PyTorch's sentences show it. */
export const list = (sizes: readonly (number | bigint)[]): string => `[${sizes.join(", ")}]`;
/** Sizes as Python prints a tuple. */
export const tupleText = (x: readonly (number | null)[]): string =>
  x.length === 1 ? `(${x[0]},)` : `(${x.map((n) => n ?? "None").join(", ")})`;
