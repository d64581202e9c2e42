// Shape and view ops: the same elements seen otherwise, and those that must copy.
import { legacyType } from "../../base/cpp_names.ts";
import { bool } from "../../base/dtype.ts";
import { IndexError, RuntimeError, ValueError, warnOnce } from "../../base/errors.ts";
import { contiguousStrides, inferSize, list, numel, sameShape, viewStrides, wrapDim } from "../../base/layout.ts";
import type { Layout, Shape } from "../../base/layout.ts";
import { composite, compute, view as viewKernel } from "../../kinds/kernels.ts";
import { define, op, registry } from "../../dispatch/declare.ts";
import type { Op } from "../../dispatch/declare.ts";
import { assign } from "../../tensor/elementwise.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { alias } from "../copies/copy.ts";
import { cat, stack } from "./joining.ts";
import { as_strided, _as_strided_backward } from "./strided.ts";

/** Self seen in another shape of as many elements; one size may be -1. Raises RuntimeError where that would need a copy. */
export const view = op("view(Tensor(a) self, SymInt[] size) -> Tensor(a)");
define(view, {
  kernel: viewKernel((l, { size }) => {
    const shape = inferSize(size, numel(l.shape));
    const strides = viewStrides(l.shape, l.strides, shape);
    if (strides === null)
      throw new RuntimeError(
        "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.",
      );
    return { shape, strides, offset: l.offset };
  }),
  backward: { self: ({ grad, sizes }) => grad.reshape(sizes.self) },
});

/** Self in another shape: a view where the strides allow it, else a copy. One size may be -1. */
export const reshape = op("reshape(Tensor(a) self, SymInt[] shape) -> Tensor(a)");
define(reshape, {
  kernel: composite(({ self, shape }) => {
    const size = inferSize(shape, self.numel());
    return viewStrides(self.sizes, self.strides, size) === null
      ? _unsafe_view(self.contiguous(), size)
      : self.view(size);
  }),
});
/** {@link view} of a tensor that nobody else holds, so not a view for autograd. @internal */
export const _unsafe_view = op("_unsafe_view(Tensor self, int[] size) -> Tensor");
define(_unsafe_view, {
  kernel: compute(({ self, size }) => {
    const shape = inferSize(size, self.numel());
    return new Tensor(self.storage, self.dtype, shape, viewStrides(self.sizes, self.strides, shape)!, self.offset);
  }),
  backward: { self: ({ grad, sizes }) => grad.reshape(sizes.self) },
});
/** Self in the shape of `other`. */
export const view_as = op("view_as(Tensor(a) self, Tensor other) -> Tensor(a)");
define(view_as, { kernel: composite(({ self, other }) => self.view(other.sizes)) });
/** Self in the shape of `other`, copied if need be. */
export const reshape_as = op("reshape_as(Tensor(a) self, Tensor other) -> Tensor(a)");
define(reshape_as, { kernel: composite(({ self, other }) => self.reshape(other.sizes)) });

/** Dims start_dim … end_dim joined into one. */
export const flatten = op("flatten(Tensor(a) self, int start_dim=0, int end_dim=-1) -> Tensor(a)");
define(flatten, {
  kernel: composite(({ self, start_dim, end_dim }) => {
    const { sizes } = self;
    const start = wrapDim(start_dim, sizes.length);
    const end = wrapDim(end_dim, sizes.length);
    if (start > end) throw new RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim");
    if (sizes.length === 0) return self.reshape([1]);
    if (start === end) return self;
    return self.reshape([...sizes.slice(0, start), numel(sizes.slice(start, end + 1)), ...sizes.slice(end + 1)]);
  }),
});
/** One dim cut into several; one of the sizes may be -1. */
export const unflatten = op("unflatten(Tensor(a) self, int dim, SymInt[] sizes) -> Tensor(a)");
define(unflatten, {
  kernel: composite(({ self, dim, sizes }) => {
    const d = wrapDim(dim, self.sizes.length);
    if (sizes.length === 0) throw new RuntimeError("unflatten: sizes must be non-empty");
    if (self.sizes.length === 0)
      throw new RuntimeError(
        `unflatten got an unexpected error:\nDimension specified as ${dim} but tensor has no dimensions`,
      );
    return self.view([...self.sizes.slice(0, d), ...piecesOf(self.sizes[d], d, sizes), ...self.sizes.slice(d + 1)]);
  }),
});
function piecesOf(size: number, d: number, sizes: readonly number[]): readonly number[] {
  try {
    return inferSize(sizes, size);
  } catch (error) {
    if (/is invalid for input of size/.test((error as Error).message))
      throw new RuntimeError(
        `unflatten: Provided sizes ${list(sizes)} don't multiply up to the size of dim ${d} (${size}) in the input tensor`,
      );
    throw new RuntimeError(`unflatten got an unexpected error:\n${(error as Error).message}`);
  }
}
/** All elements in one dim. */
export const ravel = op("ravel(Tensor(a) self) -> Tensor(a)");
define(ravel, { kernel: composite(({ self }) => self.contiguous().view([-1])) });

/** Dims in another order. */
export const permute = op("permute(Tensor(a) self, SymInt[] dims) -> Tensor(a)");
define(permute, {
  kernel: viewKernel((l, { dims }) => {
    const n = l.shape.length;
    if (dims.length !== n)
      throw new RuntimeError(
        `permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${n} is not equal to len(dims) = ${dims.length}`,
      );
    const order = dims.map((d) => wrapDim(d, n));
    if (new Set(order).size !== n) throw new RuntimeError("permute(): duplicate dims are not allowed.");
    return { shape: order.map((d) => l.shape[d]), strides: order.map((d) => l.strides[d]), offset: l.offset };
  }),
  backward: {
    self: ({ grad, dims }) => {
      const back = new Array<number>(dims.length);
      for (const [i, d] of dims.entries()) back[d < 0 ? d + dims.length : d] = i;
      return grad.permute(back);
    },
  },
});
/** `dim0` and `dim1` swapped. */
export const transpose = op("transpose(Tensor(a) self, int dim0, int dim1) -> Tensor(a)");
define(transpose, {
  kernel: viewKernel((l, { dim0, dim1 }) => swapped(l, dim0, dim1)),
  backward: { self: ({ grad, dim0, dim1 }) => grad.transpose(dim0, dim1) },
});
function swapped(l: Layout, dim0: number, dim1: number): Layout {
  const n = l.shape.length;
  const a = wrapDim(dim0, n);
  const b = wrapDim(dim1, n);
  if (n === 0) return l;
  const shape = l.shape.slice();
  const strides = l.strides.slice();
  shape[a] = l.shape[b];
  shape[b] = l.shape[a];
  strides[a] = l.strides[b];
  strides[b] = l.strides[a];
  return { shape, strides, offset: l.offset };
}
/** {@link transpose} under numpy's name. */
export const swapaxes = op("swapaxes(Tensor(a) self, int axis0, int axis1) -> Tensor(a)");
define(swapaxes, { kernel: composite(({ self, axis0, axis1 }) => self.transpose(axis0, axis1)) });
/** A matrix transposed; a vector or a number as it is. */
export const t = op("t(Tensor(a) self) -> Tensor(a)");
define(t, {
  kernel: viewKernel((l) => {
    const n = l.shape.length;
    if (n > 2) throw new RuntimeError(`t() expects a tensor with <= 2 dimensions, but self is ${n}D`);
    return n === 2 ? swapped(l, 0, 1) : l;
  }),
  backward: { self: ({ grad }) => grad.t() },
  node: "TBackward0",
});
/** Dims moved to new places, the others staying in order. */
export const movedim = op("movedim(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)");
define(movedim, {
  kernel: composite(({ self, source, destination }) => {
    const n = self.sizes.length;
    if (source.length !== destination.length)
      throw new RuntimeError(
        `movedim: Invalid source or destination dims: source (${list(source)} dims) should contain the same number of dims as destination (${list(destination)} dims)`,
      );
    const from = source.map((d) => wrapDim(d, n));
    const to = destination.map((d) => wrapDim(d, n));
    if (n === 0) return self.alias();
    if (new Set(from).size !== from.length)
      throw new RuntimeError(`movedim: repeated dim in \`source\` (${list(source)})`);
    if (new Set(to).size !== to.length)
      throw new RuntimeError(`movedim: repeated dim in \`destination\` (${list(destination)})`);
    const order = new Array<number>(n).fill(-1);
    for (const [i, d] of to.entries()) order[d] = from[i];
    const rest = self.sizes.map((_, d) => d).filter((d) => !from.includes(d));
    return self.permute(order.map((d) => (d === -1 ? rest.shift()! : d)));
  }),
});

/** Without the dims of size 1: all of them, or those named. */
export const squeeze = op("squeeze(Tensor(a) self, int[]? dim=None) -> Tensor(a)");
define(squeeze, {
  kernel: viewKernel((l, { dim }) => without(l, squeezable(l.shape, dim))),
  backward: { self: ({ grad, sizes }) => grad.reshape(sizes.self) },
  node: ({ dim }) => (dim === null ? "SqueezeBackward0" : dim.length === 1 ? "SqueezeBackward1" : "SqueezeBackward2"),
});
const squeezable = (shape: Shape, dim: readonly number[] | null): Set<number> => {
  const named = dim === null ? shape.map((_, d) => d) : dim.map((d) => wrapDim(d, shape.length));
  return new Set(named.filter((d) => shape[d] === 1));
};
const without = (l: Layout, dims: Set<number>): Layout => ({
  shape: l.shape.filter((_, d) => !dims.has(d)),
  strides: l.strides.filter((_, d) => !dims.has(d)),
  offset: l.offset,
});
/** A dim of size 1 put in. */
export const unsqueeze = op("unsqueeze(Tensor(a) self, int dim) -> Tensor(a)");
define(unsqueeze, {
  kernel: viewKernel((l, { dim }) => {
    const d = wrapDim(dim, l.shape.length + 1);
    const stride = d < l.shape.length ? l.shape[d] * l.strides[d] : 1;
    return { shape: l.shape.toSpliced(d, 0, 1), strides: l.strides.toSpliced(d, 0, stride), offset: l.offset };
  }),
  backward: { self: ({ grad, sizes, dim }) => grad.squeeze([dim < 0 ? dim + sizes.self.length + 1 : dim]) },
});

/** Dims of size 1 repeated to `size` without copying; -1 keeps a size. */
export const expand = op("expand(Tensor(a) self, SymInt[] size, *, bool implicit=False) -> Tensor(a)");
define(expand, {
  kernel: viewKernel((l, { size }, dtype) => {
    const extra = size.length - l.shape.length;
    if (extra < 0)
      throw new RuntimeError(
        `expand(${legacyType(dtype)}{${list(l.shape)}}, size=${list(size)}): the number of sizes provided (${size.length}) must be greater or equal to the number of dimensions in the tensor (${l.shape.length})`,
      );
    // PyTorch begins with the last dim.
    const shape = [...size];
    for (let d = size.length - 1; d >= 0; d--) {
      const n = size[d];
      const own = l.shape[d - extra];
      if (n === -1) {
        if (own === undefined)
          throw new RuntimeError(
            `The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension ${d}`,
          );
        shape[d] = own;
      } else if (own !== undefined && own !== n && own !== 1)
        throw new RuntimeError(
          `The expanded size of the tensor (${n}) must match the existing size (${own}) at non-singleton dimension ${d}.  Target sizes: ${list(size)}.  Tensor sizes: ${list(l.shape)}`,
        );
    }
    if (shape.some((n) => n < 0)) throw new RuntimeError("numel: integer multiplication overflow");
    const strides = new Array<number>(shape.length).fill(0);
    for (let d = shape.length - 1; d >= 0; d--) {
      const own = d < extra ? 1 : l.shape[d - extra];
      if (own !== shape[d]) continue;
      // A new dim of size 1 goes round what is within it, as PyTorch has it.
      if (d >= extra) strides[d] = l.strides[d - extra];
      else if (l.shape.length > 0) strides[d] = shape[d + 1] * strides[d + 1];
    }
    return { shape, strides, offset: l.offset };
  }),
  // The engine sums over what was repeated.
  backward: { self: ({ grad }) => grad },
});
/** Expanded to the shape of `other`. */
export const expand_as = op("expand_as(Tensor(a) self, Tensor other) -> Tensor(a)");
define(expand_as, { kernel: composite(({ self, other }) => self.expand(other.sizes)) });
/** Expanded to `size`. */
export const broadcast_to = op("broadcast_to(Tensor(a) self, SymInt[] size) -> Tensor(a)");
define(broadcast_to, { kernel: composite(({ self, size }) => self.expand(size)) });
/** Summed over the dims by which `size` was broadcast to self's shape. */
export const sum_to_size = op("sum_to_size(Tensor self, SymInt[] size) -> Tensor");
define(sum_to_size, {
  kernel: composite(({ self, size }) => {
    const extra = self.sizes.length - size.length;
    if (extra < 0 || size.some((n, d) => n !== 1 && n !== self.sizes[d + extra]))
      throw new RuntimeError(`size {${list(size)}} is not expandable to size {${list(self.sizes)}}.`);
    const dims: number[] = [];
    for (let d = 0; d < self.sizes.length; d++)
      if (d < extra || (size[d - extra] === 1 && self.sizes[d] !== 1)) dims.push(d);
    if (dims.length === 0) return self;
    const summed = self.sum(dims, true);
    return extra > 0 ? summed.view(size) : summed;
  }),
});

/** Self at `index` along `dim`, without that dim. */
export const select = op("select(Tensor(a) self, int dim, int index) -> Tensor(a)");
define(select, {
  kernel: viewKernel((l, { dim, index }) => {
    if (l.shape.length === 0) throw new IndexError("select() cannot be applied to a 0-dim tensor.");
    const d = wrapDim(dim, l.shape.length);
    const n = l.shape[d];
    if (index < -n || index >= n)
      throw new IndexError(
        `select(): index ${index} out of range for tensor of size ${list(l.shape)} at dimension ${d}`,
      );
    return {
      shape: l.shape.toSpliced(d, 1),
      strides: l.strides.toSpliced(d, 1),
      offset: l.offset + (index < 0 ? index + n : index) * l.strides[d],
    };
  }),
  backward: { self: ({ grad, sizes, dim, index }) => select_scatter(grad.new_zeros(sizes.self), grad, dim, index) },
});
/** Every `step`-th element from start to end along `dim`. */
export const slice = op("slice(Tensor(a) self, int dim=0, int? start=None, int? end=None, int step=1) -> Tensor(a)");
define(slice, {
  kernel: viewKernel((l, { dim, start, end, step }) => {
    if (l.shape.length === 0) throw new IndexError("slice() cannot be applied to a 0-dim tensor.");
    const d = wrapDim(dim, l.shape.length);
    if (step <= 0) throw new ValueError("step must be greater than zero");
    const n = l.shape[d];
    const clampTo = (x: number | null, fallback: number): number =>
      x === null ? fallback : Math.min(Math.max(x < 0 ? x + n : x, 0), n);
    const from = clampTo(start, 0);
    const to = Math.max(clampTo(end, n), from);
    return {
      shape: l.shape.with(d, Math.ceil((to - from) / step)),
      strides: l.strides.with(d, l.strides[d] * step),
      offset: l.offset + from * l.strides[d],
    };
  }),
  backward: {
    self: ({ grad, sizes, dim, start, end, step }) =>
      slice_scatter(grad.new_zeros(sizes.self), grad, dim, start, end, step),
  },
});
/** `length` elements from `start` (a number, or a tensor that holds one) along `dim`. */
export const narrow = op("narrow(Tensor(a) self, int dim, Tensor|Scalar start, int length) -> Tensor(a)");
define(narrow, {
  kernel: composite(({ self, dim, start: given, length }) => {
    const start = given instanceof Tensor ? startOf(given) : Number(given);
    if (self.sizes.length === 0) throw new RuntimeError("narrow() cannot be applied to a 0-dim tensor.");
    if (length < 0) throw new RuntimeError("narrow(): length must be non-negative.");
    const d = wrapDim(dim, self.sizes.length);
    const n = self.sizes[d];
    if (start < -n || start > n)
      throw new IndexError(`start out of range (expected to be in range of [${-n}, ${n}], but got ${start})`);
    const from = start < 0 ? start + n : start;
    if (from + length > n)
      throw new RuntimeError(`start (${from}) + length (${length}) exceeds dimension size (${n}).`);
    return self.slice(d, from, from + length);
  }),
});
function startOf(t: Tensor): number {
  if (t.sizes.length > 0 || t.dtype.is_floating_point || t.dtype === bool)
    throw new RuntimeError("start must be an 0-dim integral Tensor.");
  return Number(t.item());
}
/** The slices along `dim`, each without it. */
export const unbind = op("unbind(Tensor(a) self, int dim=0) -> Tensor(a)[]");
define(unbind, {
  kernel: viewKernel((l, { dim }) => {
    if (l.shape.length === 0) throw dimensionless();
    const d = wrapDim(dim, l.shape.length);
    return Array.from({ length: l.shape[d] }, (_, i) => ({
      shape: l.shape.toSpliced(d, 1),
      strides: l.strides.toSpliced(d, 1),
      offset: l.offset + i * l.strides[d],
    }));
  }),
  backward: {
    self: ({ grads, sizes, dim }) => {
      const some = grads.find((g) => g !== null)!;
      const d = wrapDim(dim, sizes.self.length);
      const shape = sizes.self.toSpliced(d, 1);
      return stack(
        grads.map((g) => g ?? some.new_zeros(shape)),
        d,
      );
    },
  },
});
const dimensionless = (): IndexError => new IndexError("Dimension specified as 0 but tensor has no dimensions");

/** Pieces of the given sizes along `dim`. */
export const split_with_sizes = op("split_with_sizes(Tensor(a) self, SymInt[] split_sizes, int dim=0) -> Tensor(a)[]");
define(split_with_sizes, {
  kernel: viewKernel((l, { split_sizes, dim }) => {
    if (l.shape.length === 0) throw new RuntimeError("split expects at least a 1-dimensional tensor");
    const d = wrapDim(dim, l.shape.length);
    const total = split_sizes.reduce((a, b) => a + b, 0);
    if (total !== l.shape[d])
      throw new RuntimeError(
        `split_with_sizes expects split_sizes to sum exactly to ${l.shape[d]} (input tensor's size at dimension ${dim}), but got split_sizes=${list(split_sizes)}`,
      );
    return pieces(l, d, split_sizes);
  }),
  backward: { self: ({ grads, sizes, dim, split_sizes }) => joined(grads, sizes.self, split_sizes, dim) },
});
function pieces(l: Layout, d: number, lengths: readonly number[]): Layout[] {
  let at = 0;
  return lengths.map((n) => {
    if (n < 0)
      throw new RuntimeError(
        `split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes=${list(lengths)}`,
      );
    const piece = { shape: l.shape.with(d, n), strides: l.strides, offset: l.offset + at * l.strides[d] };
    at += n;
    return piece;
  });
}
function joined(grads: readonly (Tensor | null)[], shape: Shape, lengths: readonly number[], dim: number): Tensor {
  const some = grads.find((g) => g !== null)!;
  const d = wrapDim(dim, shape.length);
  return cat(
    grads.map((g, i) => g ?? some.new_zeros(shape.with(d, lengths[i]))),
    d,
  );
}
const equalLengths = (n: number, size: number): number[] =>
  Array.from({ length: Math.max(1, Math.ceil(n / size)) }, (_, i) => Math.min(size, n - i * size));
/** Pieces of `split_size` along `dim`, the last maybe smaller; or of the sizes in a list. */
export const split = op("split(Tensor(a) self, int[] split_size, int dim=0) -> Tensor(a)[]");
define(split, {
  kernel: composite(({ self, split_size, dim }) => {
    if (split_size.length !== 1) return split_with_sizes(self, split_size, dim);
    return _split(self, split_size[0], dim);
  }),
});
/** {@link split} into pieces of one size. @internal */
export const _split = op("_split(Tensor(a) self, int split_size, int dim=0) -> Tensor(a)[]");
define(_split, {
  kernel: viewKernel((l, { split_size, dim }) => {
    if (l.shape.length === 0) throw new RuntimeError("split expects at least a 1-dimensional tensor");
    const d = wrapDim(dim, l.shape.length);
    if (split_size === 0 && l.shape[d] !== 0)
      throw new RuntimeError(
        `split_size can only be 0 if dimension size is 0, but got dimension size of ${l.shape[d]}`,
      );
    if (split_size < 0)
      throw new RuntimeError(`split expects split_size be non-negative, but got split_size=${split_size}`);
    return pieces(l, d, split_size === 0 ? [0] : equalLengths(l.shape[d], split_size));
  }),
  backward: {
    self: ({ grads, sizes, dim, split_size }) => {
      const n = sizes.self[wrapDim(dim, sizes.self.length)];
      return joined(grads, sizes.self, split_size === 0 ? [0] : equalLengths(n, split_size), dim);
    },
  },
  node: "SplitBackward0",
});
/** At most `chunks` pieces of equal size along `dim`, the last maybe smaller. */
export const chunk = op("chunk(Tensor(a) self, int chunks, int dim=0) -> Tensor(a)[]");
define(chunk, {
  kernel: composite(({ self, chunks, dim }) => {
    if (self.sizes.length === 0) throw new RuntimeError("chunk expects at least a 1-dimensional tensor");
    if (chunks <= 0) throw new RuntimeError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`);
    const n = self.sizes[wrapDim(dim, self.sizes.length)];
    if (n === 0) return split_with_sizes(self, new Array<number>(chunks).fill(0), dim);
    return _split(self, Math.ceil(n / chunks), dim);
  }),
});

/** The diagonal of dims dim1, dim2 as the last dim; `offset` moves it above (or below) the main one. */
export const diagonal = op("diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)");
define(diagonal, {
  kernel: viewKernel((l, { offset, dim1, dim2 }) => {
    const n = l.shape.length;
    const [a, b] = [wrapDim(dim1, n), wrapDim(dim2, n)];
    if (a === b) throw new RuntimeError(`diagonal dimensions cannot be identical ${dim1}, ${dim2}`);
    const length = Math.max(
      0,
      offset >= 0 ? Math.min(l.shape[a], l.shape[b] - offset) : Math.min(l.shape[a] + offset, l.shape[b]),
    );
    const skip = length === 0 ? 0 : offset >= 0 ? offset * l.strides[b] : -offset * l.strides[a];
    const keep = (_: unknown, d: number): boolean => d !== a && d !== b;
    return {
      shape: [...l.shape.filter(keep), length],
      strides: [...l.strides.filter(keep), l.strides[a] + l.strides[b]],
      offset: l.offset + skip,
    };
  }),
  backward: {
    self: ({ grad, sizes, offset, dim1, dim2 }) =>
      diagonal_scatter(grad.new_zeros(sizes.self), grad, offset, dim1, dim2),
  },
});

/** Windows of `size` elements every `step` along `dimension`, as a last dim. */
export const unfold = op("unfold(Tensor(a) self, int dimension, int size, int step) -> Tensor(a)");
define(unfold, {
  kernel: viewKernel((l, { dimension, size, step }) => {
    const d = wrapDim(dimension, l.shape.length);
    const n = l.shape[d] ?? 1;
    if (size < 0) throw new RuntimeError(`size is ${size} but must be >= 0`);
    if (size > n) throw new RuntimeError(`maximum size for tensor at dimension ${d} is ${n} but size is ${size}`);
    if (step <= 0) throw new RuntimeError(`step is ${step} but must be > 0`);
    if (l.shape.length === 0) return { shape: [size], strides: [1], offset: l.offset };
    return {
      shape: [...l.shape.with(d, Math.floor((n - size) / step) + 1), size],
      strides: [...l.strides.with(d, l.strides[d] * step), l.strides[d]],
      offset: l.offset,
    };
  }),
  backward: {
    self: ({ grad, sizes, dimension, size, step }) => {
      const shape = sizes.self;
      const strides = contiguousStrides(shape);
      const d = wrapDim(dimension, shape.length);
      const windows = shape.length === 0 ? [size] : [...shape.with(d, Math.floor((shape[d] - size) / step) + 1), size];
      const at = shape.length === 0 ? [1] : [...strides.with(d, strides[d] * step), strides[d]];
      return _as_strided_backward(grad, windows, at, 0, shape, strides, 0);
    },
  },
});

type Scatter = (whole: Tensor) => Tensor;
/** A copy of self in which `view` of it holds `src`. */
function scattered(self: Tensor, src: Tensor, part: Scatter): Tensor {
  const out = self.clone();
  const target = part(out);
  if (!sameShape(target.sizes, src.sizes))
    throw new RuntimeError(
      `expected src to have a size equal to the slice of self. src size = ${list(src.sizes)}, slice size = ${list(target.sizes)}`,
    );
  assign(target, src);
  return out;
}
/** A copy of self with `src` at `index` along `dim`. */
export const select_scatter = op("select_scatter(Tensor self, Tensor src, int dim, int index) -> Tensor");
define(select_scatter, {
  kernel: compute(({ self, src, dim, index }) => scattered(self, src, (x) => x.select(dim, index))),
  backward: {
    self: ({ grad, sizes, dim, index }) => select_scatter(grad, grad.new_zeros(sizes.src), dim, index),
    src: ({ grad, dim, index }) => grad.select(dim, index),
  },
});
/** A copy of self with `src` in a slice of it. */
export const slice_scatter = op(
  "slice_scatter(Tensor self, Tensor src, int dim=0, int? start=None, int? end=None, int step=1) -> Tensor",
);
define(slice_scatter, {
  kernel: compute(({ self, src, dim, start, end, step }) =>
    scattered(self, src, (x) => x.slice(dim, start, end, step)),
  ),
  backward: {
    self: ({ grad, sizes, dim, start, end, step }) =>
      slice_scatter(grad, grad.new_zeros(sizes.src), dim, start, end, step),
    src: ({ grad, dim, start, end, step }) => grad.slice(dim, start, end, step),
  },
});
/** A copy of self with `src` on a diagonal. */
export const diagonal_scatter = op(
  "diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor",
);
define(diagonal_scatter, {
  kernel: compute(({ self, src, offset, dim1, dim2 }) => scattered(self, src, (x) => x.diagonal(offset, dim1, dim2))),
  backward: {
    self: ({ grad, sizes, offset, dim1, dim2 }) =>
      diagonal_scatter(grad, grad.new_zeros(sizes.src), offset, dim1, dim2),
    src: ({ grad, offset, dim1, dim2 }) => grad.diagonal(offset, dim1, dim2),
  },
});
/** {@link transpose} under another name. */
export const swapdims = op("swapdims(Tensor(a) self, int dim0, int dim1) -> Tensor(a)");
define(swapdims, { kernel: composite(({ self, dim0, dim1 }) => self.transpose(dim0, dim1)) });
/** {@link movedim} under numpy's name. */
export const moveaxis = op("moveaxis(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)");
define(moveaxis, { kernel: composite(({ self, source, destination }) => movedim(self, source, destination)) });

declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /** The transpose of a matrix. */
    readonly T: Tensor;
    /** The conjugate transpose of a matrix. */
    readonly H: Tensor;
    /** Self with its last two dims swapped. */
    readonly mT: Tensor;
    /** {@link mT}, conjugated. */
    readonly mH: Tensor;
  }
}
/** What PyTorch still allows of numbers. */
const deprecated = (name: string, instead: string): void =>
  warnOnce(`Tensor.${name} is deprecated on 0-D tensors. ${instead}`);
const IDENTITY = "This function is the identity in these cases.";
const CONJ = "Consider using x.conj().";
Object.defineProperty(Tensor.prototype, "T", {
  get(this: Tensor) {
    const n = this.sizes.length;
    if (n === 0) deprecated("T", IDENTITY);
    else if (n !== 2)
      warnOnce(
        "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an error in a future release. Consider `x.mT` to transpose batches of matrices or `x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor.",
      );
    return this.permute(this.sizes.map((_, d) => n - 1 - d));
  },
});
for (const name of ["mT", "mH"] as const)
  Object.defineProperty(Tensor.prototype, name, {
    get(this: Tensor) {
      const n = this.sizes.length;
      if (n === 0) {
        deprecated(name, name === "mT" ? IDENTITY : CONJ);
        return name === "mT" ? this : this.conj();
      }
      if (n === 1)
        throw new RuntimeError(
          `tensor.${name} is only supported on matrices or batches of matrices. Got ${n}-D tensor.`,
        );
      const turned = this.transpose(-2, -1);
      return name === "mH" ? turned.conj() : turned;
    },
  });
/** The conjugate transpose of matrices, as `x.mH`. */
export const adjoint = op("adjoint(Tensor(a) self) -> Tensor(a)");
define(adjoint, { kernel: composite(({ self }) => self.mH) });
Object.defineProperty(Tensor.prototype, "H", {
  get(this: Tensor) {
    const n = this.sizes.length;
    if (n === 0) {
      deprecated("H", CONJ);
      return this.conj();
    }
    if (n !== 2)
      throw new RuntimeError(
        `tensor.H is only supported on matrices (2-D tensors). Got ${n}-D tensor.${n > 2 ? " For batches of matrices, consider using tensor.mH" : ""}`,
      );
    return this.t().conj();
  },
});

/**
 * The twin of a view op whose result is a copy, its signature derived: {@link view_copy} of {@link view}. `by` is what is
 * copied, where that takes more tensors than the view.
 */
function copying<S extends string>(of: Op<S>, by: unknown = of): Op<Copying<S>> {
  const { schema } = registry.get(of)!;
  const text = schema.text.replace(/^(\w+)\(/, "$1_copy(").replaceAll("Tensor(a)", "Tensor") as Copying<S>;
  const twin = op(text);
  const call = by as (...args: unknown[]) => Tensor | Tensor[];
  const copied = (t: Tensor): Tensor => t.clone().contiguous();
  define(twin as unknown as Op<string>, {
    kernel: {
      kind: "composite",
      run: (values) => {
        const seen = call(...values.slice(0, schema.positional));
        return seen instanceof Tensor ? copied(seen) : seen.map(copied);
      },
    },
  });
  return twin;
}
type Copying<S extends string> = S extends `${infer N}(Tensor(a) self${infer Rest}) -> Tensor(a)${infer Several}`
  ? `${N}_copy(Tensor self${Rest}) -> Tensor${Several}`
  : never;
export const alias_copy = copying(alias);
export const as_strided_copy = copying(as_strided);
export const diagonal_copy = copying(diagonal);
export const expand_copy = copying(expand);
export const narrow_copy = copying(narrow);
export const permute_copy = copying(permute);
export const select_copy = copying(select);
export const slice_copy = copying(slice);
export const split_with_sizes_copy = copying(split_with_sizes);
export const squeeze_copy = copying(squeeze);
export const t_copy = copying(t);
export const transpose_copy = copying(transpose);
export const unbind_copy = copying(unbind);
export const unfold_copy = copying(unfold);
export const unsqueeze_copy = copying(unsqueeze);
export const view_copy = copying(view, reshape);
