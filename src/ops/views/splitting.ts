// Cutting into pieces.
import { nodeNamed } from "../../autograd/op_node.ts";
import { int64 } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { wrapDim } from "../../base/layout.ts";
import { composite } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { split_with_sizes } from "./view.ts";

/** Pieces cut at `indices_or_sections`: into so many nearly equal ones, or before each index of a list or tensor. */
export const tensor_split = op(
  "tensor_split(Tensor(a) self, Tensor|int|int[] indices_or_sections, int dim=0) -> Tensor(a)[]",
);
define(tensor_split, {
  kernel: composite(({ self, indices_or_sections: given, dim }) => {
    if (self.sizes.length === 0)
      throw new RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims");
    const d = wrapDim(dim, self.sizes.length);
    const n = self.sizes[d];
    if (given instanceof Tensor && given.dtype !== int64)
      throw new RuntimeError(
        `tensor_split expected tensor_indices_or_sections to have dtype of long, but got ${given.dtype.legacyName}`,
      );
    if (given instanceof Tensor && given.sizes.length > 1)
      throw new RuntimeError(
        `tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got a tensor with ${given.sizes.length} dims`,
      );
    const one = given instanceof Tensor ? given.sizes.length === 0 : typeof given === "number";
    const numbers =
      given instanceof Tensor ? Array.from(given.typed_array(), Number) : [given as number | number[]].flat();
    const cuts = one ? sectionCuts(n, numbers[0]) : numbers;
    return [...cuts, n].map((end, i) => self.slice(d, i === 0 ? 0 : cuts[i - 1], end));
  }),
});
function sectionCuts(n: number, sections: number): number[] {
  if (sections <= 0) throw new RuntimeError(`number of sections must be larger than 0, got ${sections}`);
  const size = Math.floor(n / sections);
  const longer = n % sections;
  return Array.from({ length: sections - 1 }, (_, i) => (i + 1) * size + Math.min(i + 1, longer));
}
/** Pieces along the columns (of a vector: along it). */
export const hsplit = op("hsplit(Tensor(a) self, int|int[] indices) -> Tensor(a)[]");
define(hsplit, {
  kernel: composite(({ self, indices }) => {
    if (self.sizes.length === 0)
      throw new RuntimeError(
        "torch.hsplit requires a tensor with at least 1 dimension, but got a tensor with 0 dimensions!",
      );
    return pieces("hsplit", self, indices, self.sizes.length === 1 ? 0 : 1);
  }),
});
/** Pieces along the rows. */
export const vsplit = op("vsplit(Tensor(a) self, int|int[] indices) -> Tensor(a)[]");
define(vsplit, {
  kernel: composite(({ self, indices }) => {
    if (self.sizes.length < 2)
      throw new RuntimeError(
        `torch.vsplit requires a tensor with at least 2 dimension, but got a tensor with ${self.sizes.length} dimensions!`,
      );
    return pieces("vsplit", self, indices, 0);
  }),
});
/** Pieces along the third dim. */
export const dsplit = op("dsplit(Tensor(a) self, int|int[] indices) -> Tensor(a)[]");
define(dsplit, {
  kernel: composite(({ self, indices }) => {
    if (self.sizes.length < 3)
      throw new RuntimeError(
        `torch.dsplit requires a tensor with at least 3 dimension, but got a tensor with ${self.sizes.length} dimensions!`,
      );
    return pieces("dsplit", self, indices, 2);
  }),
});
function pieces(name: string, self: Tensor, indices: number | readonly number[], dim: number): Tensor[] {
  if (typeof indices === "number" && (indices <= 0 || self.sizes[dim] % indices !== 0))
    throw new RuntimeError(
      `torch.${name} attempted to split along dimension ${dim}, but the size of the dimension ${self.sizes[dim]} is not divisible by the split_size ${indices}!`,
    );
  return tensor_split(self, indices as never, dim) as Tensor[];
}
/** Views as tensors of their own, though of the same memory: what is written to one is no change of the others. */
const apart = (self: Tensor, views: readonly Tensor[], node: string): Tensor[] =>
  views.map((t) => {
    t.view_ = null;
    t.storage = t.storage.share(0);
    return nodeNamed(t, node, [self]);
  });
/** {@link chunk}, whose results count as tensors of their own. */
export const unsafe_chunk = op("unsafe_chunk(Tensor self, int chunks, int dim=0) -> Tensor[]");
define(unsafe_chunk, {
  kernel: composite(({ self, chunks, dim }) => apart(self, self.chunk(chunks, dim), "UnsafeSplitBackward0")),
});
/** {@link split}, whose results count as tensors of their own. */
export const unsafe_split = op("unsafe_split(Tensor self, int split_size, int dim=0) -> Tensor[]");
define(unsafe_split, {
  kernel: composite(({ self, split_size, dim }) => apart(self, self.split(split_size, dim), "UnsafeSplitBackward0")),
});
/** {@link split_with_sizes}, whose results count as tensors of their own. */
export const unsafe_split_with_sizes = op(
  "unsafe_split_with_sizes(Tensor self, SymInt[] split_sizes, int dim=0) -> Tensor[]",
);
define(unsafe_split_with_sizes, {
  kernel: composite(({ self, split_sizes, dim }) =>
    apart(self, split_with_sizes(self, split_sizes, dim), "UnsafeSplitWithSizesBackward0"),
  ),
});
