// Layouts over a storage as they come, and their gradients: what lay in one place of it has them in common.
import { stridedGradient } from "../../autograd/inplace.ts";
import { RuntimeError } from "../../base/errors.ts";
import { list, mayOverlap, reach, sameShape } from "../../base/layout.ts";
import type { Layout, Shape } from "../../base/layout.ts";
import { composite, compute } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import { assign } from "../../tensor/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { arange } from "../creation/from_data.ts";
import { index_add } from "../indexing/indexing.ts";

/** Any layout over self's storage. `storage_offset` counts from the storage's start; null keeps self's. */
export const as_strided = op(
  "as_strided(Tensor(a) self, SymInt[] size, SymInt[] stride, int? storage_offset=None) -> Tensor(a)",
);
define(as_strided, {
  kernel: composite(({ self, size, stride, storage_offset }) =>
    _as_strided(self, size, stride, storage_offset ?? self.offset, self.strides, self.offset),
  ),
  node: "AsStridedBackward0",
});
/** The same told where self lies, for the gradient. @internal */
export const _as_strided = op(
  "_as_strided(Tensor(a) self, int[] size, int[] stride, int storage_offset, int[] self_stride, int self_offset) -> Tensor(a)",
);
define(_as_strided, {
  kernel: {
    kind: "view",
    run: ([self, size, stride, at]) => stridedView(self as Tensor, size as Shape, stride as Shape, at as number),
  },
  backward: {
    self: ({ grad, sizes, size, stride, storage_offset, self_stride, self_offset }) =>
      _as_strided_backward(grad, size, stride, storage_offset, sizes.self, self_stride, self_offset),
  },
});
function stridedView(self: Tensor, size: Shape, stride: Shape, offset: number): Tensor {
  if (size.length !== stride.length) throw new RuntimeError("mismatch in length of strides and shape");
  if (stride.some((s) => s < 0))
    throw new RuntimeError(
      `as_strided: Negative strides are not supported at the moment, got strides: ${list(stride)}`,
    );
  if (offset < 0) throw new RuntimeError(`Tensor: invalid storage offset ${offset}`);
  const needed = reach({ shape: size, strides: stride, offset }) * self.dtype.itemsize;
  if (needed > self.storage.block.nbytes)
    throw new RuntimeError(
      `setStorage: sizes ${list(size)}, strides ${list(stride)}, storage offset ${offset}, and itemsize ${self.dtype.itemsize} requiring a storage size of ${needed} are out of bounds for storage of size ${self.storage.block.nbytes}`,
    );
  return self.laid(size, stride, offset);
}

/**
 * The gradient of a tensor in the layout `base_size` and so on, from that of a view of the same memory, self: each place gets the
 * sum of what looked at it. Elements of the base that share a place share what it gets, as in PyTorch.
 * @internal
 */
export const _as_strided_backward = op(
  "_as_strided_backward(Tensor self, int[] size, int[] stride, int offset, int[] base_size, int[] base_stride, int base_offset) -> Tensor",
);
define(_as_strided_backward, {
  kernel: composite(({ self, size, stride, offset, base_size, base_stride, base_offset }) => {
    const start = Math.min(offset, base_offset);
    const view = { shape: size, strides: stride, offset: offset - start };
    const base = { shape: base_size, strides: base_stride, offset: base_offset - start };
    const extent = Math.max(reach(view), reach(base));
    const memory = mayOverlap(size, stride)
      ? addUp(self, view, extent)
      : as_strided_scatter(self.new_zeros([extent]), self, size, stride, view.offset);
    const found = memory.as_strided(base_size, base_stride, base.offset);
    if (!mayOverlap(base_size, base_stride)) return found;
    const counts = addUp(self.new_ones(base_size), base, extent);
    return found.div(counts.as_strided(base_size, base_stride, base.offset));
  }),
});
stridedGradient.of = (grad, view, base) =>
  _as_strided_backward(grad, view.shape, view.strides, view.offset, base.shape, base.strides, base.offset);
/** The sum of what looks at each place of a memory of `extent` elements. */
function addUp(grad: Tensor, view: Layout, extent: number): Tensor {
  const places = arange(extent).as_strided(view.shape, view.strides, view.offset).reshape([-1]);
  return index_add(grad.new_zeros([extent]), 0, places, grad.reshape([-1]));
}

/** A copy of self with `src` where a strided view of its storage lies. */
export const as_strided_scatter = op(
  "as_strided_scatter(Tensor self, Tensor src, SymInt[] size, SymInt[] stride, int? storage_offset=None) -> Tensor",
);
define(as_strided_scatter, {
  kernel: composite(({ self, src, size, stride, storage_offset }) =>
    _as_strided_scatter(self, src, size, stride, storage_offset ?? self.offset, self.strides, self.offset),
  ),
  node: "AsStridedScatterBackward0",
});
/** The same told where self lies, for the gradient. @internal */
export const _as_strided_scatter = op(
  "_as_strided_scatter(Tensor self, Tensor src, int[] size, int[] stride, int offset, int[] self_stride, int self_offset) -> Tensor",
);
define(_as_strided_scatter, {
  kernel: compute(({ self, src, size, stride, offset }) => {
    if (!sameShape(size, src.sizes))
      throw new RuntimeError(
        `expected src to have a size equal to the slice of self. src size = ${list(src.sizes)}, slice size = ${list(size)}`,
      );
    // All of the memory is copied, so that every offset leads to what it led to.
    const all = Math.floor(self.storage.block.nbytes / self.dtype.itemsize);
    const copy = stridedView(self, [all], [1], 0).clone();
    assign(stridedView(copy, size, stride, offset), src);
    return stridedView(copy, self.sizes, self.strides, self.offset);
  }),
  backward: {
    self: ({ grad, sizes, size, stride, offset, self_stride, self_offset }) =>
      grad.masked_fill(
        _as_strided_backward(grad.new_ones(size), size, stride, offset, sizes.self, self_stride, self_offset).ne(0),
        0,
      ),
    src: ({ grad, sizes, size, stride, offset, self_stride, self_offset }) =>
      _as_strided_backward(grad, sizes.self, self_stride, self_offset, size, stride, offset),
  },
});
