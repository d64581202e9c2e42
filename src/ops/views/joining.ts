// Tensors one beside the other, and copies of one.
import { contiguous_format } from "../../base/memory_format.ts";
import { promote_types, int64 } from "../../base/dtype.ts";
import { IndexError, RuntimeError, ValueError } from "../../base/errors.ts";
import { contiguousStrides, list, sameShape, wrapDim } from "../../base/layout.ts";
import type { Shape } from "../../base/layout.ts";
import { empty as allocate } from "../../tensor/allocate.ts";
import { composite, compute, hasChannelsLast } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import { assign } from "../../tensor/elementwise.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { elements, fromTyped } from "../creation/from_data.ts";
import { indices, of } from "../../dispatch/takes.ts";
import { movedim } from "./view.ts";

/** Tensors one after another along `dim`. Empty one-dimensional tensors are passed over. */
export const cat = op("cat(Tensor[] tensors, int dim=0) -> Tensor");
define(cat, {
  kernel: compute(({ tensors, dim }) => {
    if (tensors.length === 0) throw new ValueError("torch.cat(): expected a non-empty list of Tensors");
    for (const [i, x] of tensors.entries())
      if (x.sizes.length === 0)
        throw new RuntimeError(`zero-dimensional tensor (at position ${i}) cannot be concatenated`);
    const dtype = tensors.map((x) => x.dtype).reduce(promote_types);
    const parts = tensors.filter((x) => !isSkipped(x.sizes));
    if (parts.length === 0) return allocate([0], dtype);
    const [first] = parts;
    const d = wrapDim(dim, first.sizes.length);
    for (const x of parts) assertJoinable(first.sizes, x.sizes, d, tensors.indexOf(x));
    const sizes = first.sizes.with(
      d,
      parts.reduce((n, x) => n + x.sizes[d], 0),
    );
    const out = parts.every(hasChannelsLast)
      ? movedim(allocate([sizes[0], ...sizes.slice(2), sizes[1]], dtype), [-1], [1])
      : allocate(sizes, dtype);
    let at = 0;
    for (const x of parts) {
      assign(out.narrow(d, at, x.sizes[d]), x);
      at += x.sizes[d];
    }
    return out;
  }),
  backward: {
    tensors: ({ grad, sizes, dim }) => {
      // Where there is nothing to join no dim is looked at.
      const d = sizes.tensors.every(isSkipped) ? 0 : wrapDim(dim, grad.sizes.length);
      let at = 0;
      return sizes.tensors.map((shape) => {
        if (isSkipped(shape)) return grad.new_zeros(shape);
        at += shape[d];
        return grad.narrow(d, at - shape[d], shape[d]);
      });
    },
  },
});
const isSkipped = (shape: Shape): boolean => shape.length === 1 && shape[0] === 0;
function assertJoinable(a: Shape, b: Shape, dim: number, place: number): void {
  if (a.length !== b.length)
    throw new RuntimeError(`Tensors must have same number of dimensions: got ${a.length} and ${b.length}`);
  for (let d = 0; d < a.length; d++)
    if (d !== dim && a[d] !== b[d])
      throw new RuntimeError(
        `Sizes of tensors must match except in dimension ${dim}. Expected size ${a[d]} but got size ${b[d]} for tensor number ${place} in the list.`,
      );
}
/** Tensors of one shape along a new dim. */
export const stack = op("stack(Tensor[] tensors, int dim=0) -> Tensor");
define(stack, {
  kernel: compute(({ tensors, dim }) => {
    if (tensors.length === 0) throw new RuntimeError("stack expects a non-empty TensorList");
    const [first] = tensors;
    const d = wrapDim(dim, first.sizes.length + 1);
    for (const [i, x] of tensors.entries())
      if (!sameShape(x.sizes, first.sizes))
        throw new RuntimeError(
          `stack expects each tensor to be equal size, but got ${list(first.sizes)} at entry 0 and ${list(x.sizes)} at entry ${i}`,
        );
    return cat(
      tensors.map((x) => x.unsqueeze(d)),
      d,
    );
  }),
  backward: { tensors: ({ grad, dim }) => grad.unbind(dim) },
});
/** Copies of self next to each other, `repeats` times along each dim. */
export const repeat = op("repeat(Tensor self, SymInt[] repeats) -> Tensor");
define(repeat, {
  kernel: compute(({ self, repeats }) => {
    const extra = repeats.length - self.sizes.length;
    if (extra < 0)
      throw new RuntimeError(
        "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
      );
    if (repeats.some((n) => n < 0))
      throw new RuntimeError(`Trying to create tensor with negative dimension: ${list(repeats)}`);
    const shape = [...new Array<number>(extra).fill(1), ...self.sizes];
    const out = allocate(
      shape.map((n, d) => n * repeats[d]),
      self.dtype,
    );
    const strides = contiguousStrides(out.sizes);
    const interleaved = out.as_strided(
      shape.flatMap((n, d) => [repeats[d], n]),
      shape.flatMap((n, d) => [n * strides[d], strides[d]]),
    );
    assign(interleaved, self.view(shape.flatMap((n) => [1, n])));
    return out;
  }),
  backward: {
    self: ({ grad, sizes, repeats }) => {
      const extra = repeats.length - sizes.self.length;
      const shape = [...new Array<number>(extra).fill(1), ...sizes.self];
      return grad
        .reshape(shape.flatMap((n, d) => [repeats[d], n]))
        .sum(shape.map((_, d) => 2 * d))
        .reshape(sizes.self);
    },
  },
});
/** {@link repeat}, where `dims` may be shorter than self's. */
export const tile = op("tile(Tensor self, SymInt[] dims) -> Tensor");
define(tile, {
  kernel: composite(({ self, dims }) =>
    self.repeat([...new Array<number>(Math.max(0, self.sizes.length - dims.length)).fill(1), ...dims]),
  ),
});
/** Every element `repeats` times in a row: one number, or a tensor with one number for each. Without `dim` flattened. */
export const repeat_interleave = op(
  "repeat_interleave(Tensor self, Tensor|Scalar repeats, int? dim=None, *, int? output_size=None) -> Tensor",
);
define(repeat_interleave, {
  takes: of("repeats", indices("repeat_interleave_cpu")),
  kernel: composite(({ self, repeats, dim }) => {
    const x = dim === null ? self.reshape([-1]) : self;
    if (x.sizes.length === 0)
      throw new IndexError(
        repeats instanceof Tensor
          ? `Dimension specified as ${dim} but tensor has no dimensions`
          : "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
      );
    const d = wrapDim(dim ?? 0, x.sizes.length);
    const n = x.sizes[d];
    if (repeats instanceof Tensor && repeats.sizes.length > 1)
      throw new RuntimeError("repeats must be 0-dim or 1-dim tensor");
    const counts = repeats instanceof Tensor ? Array.from(elements(repeats), Number) : [Number(repeats)];
    if (counts.some((c) => c < 0)) throw new RuntimeError("repeats can not be negative");
    if (!(repeats instanceof Tensor)) {
      const beside = x.unsqueeze(d + 1).expand(x.sizes.toSpliced(d + 1, 0, counts[0]));
      return beside.clone({ memory_format: contiguous_format }).view(x.sizes.with(d, n * counts[0]));
    }
    if (counts.length !== 1 && counts.length !== n)
      throw new RuntimeError(
        `repeats must have the same size as input along dim, but got repeats.size(0) = ${counts.length} and input.size(${d}) = ${n}`,
      );
    const places = Array.from({ length: n }, (_, i) => new Array<bigint>(counts[i] ?? counts[0]).fill(BigInt(i)));
    const flat = places.flat();
    return x.index_select(d, fromTyped(BigInt64Array.from(flat), [flat.length], int64));
  }),
});

/** Along the first dim of vectors, the second of all else. */
export const hstack = op("hstack(Tensor[] tensors) -> Tensor");
define(hstack, {
  kernel: composite(({ tensors }) => {
    const parts = atLeast(named("hstack", tensors), 1);
    return cat(parts, parts[0].sizes.length === 1 ? 0 : 1);
  }),
});
/** Rows one below the other. */
export const vstack = op("vstack(Tensor[] tensors) -> Tensor");
define(vstack, { kernel: composite(({ tensors }) => cat(atLeast(named("vstack", tensors), 2), 0)) });
/** Along the third dim. */
export const dstack = op("dstack(Tensor[] tensors) -> Tensor");
define(dstack, { kernel: composite(({ tensors }) => cat(atLeast(named("dstack", tensors), 3), 2)) });
/** Vectors as the columns of a matrix. */
export const column_stack = op("column_stack(Tensor[] tensors) -> Tensor");
define(column_stack, {
  kernel: composite(({ tensors }) =>
    cat(
      named("column_stack", tensors).map((x) => (x.sizes.length <= 1 ? x.reshape([x.numel(), 1]) : x)),
      1,
    ),
  ),
});
function named(name: string, tensors: readonly Tensor[]): readonly Tensor[] {
  if (tensors.length === 0) throw new RuntimeError(`${name} expects a non-empty TensorList`);
  return tensors;
}
/** Sizes of 1 added as numpy's atleast_1d, atleast_2d and atleast_3d do. */
const atLeast = (tensors: readonly Tensor[], n: 1 | 2 | 3): Tensor[] => tensors.map((x) => _atleast(x, n));
/** @internal */
export const _atleast = op("_atleast(Tensor(a) self, int n) -> Tensor(a)");
define(_atleast, {
  kernel: composite(({ self, n }) => {
    const have = self.sizes.length;
    if (have >= n) return self;
    if (have === 0) return self.reshape(new Array<number>(n).fill(1));
    if (n === 2 || have === 2) return self.unsqueeze(have === 2 ? -1 : 0);
    return self.unsqueeze(0).unsqueeze(-1);
  }),
});
