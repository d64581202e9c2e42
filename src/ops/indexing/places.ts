// Elements by their places: along a dim, in the flattened tensor, where a mask is true.
import { bool } from "../../base/dtype.ts";
import { IndexError, RuntimeError } from "../../base/errors.ts";
import { broadcastShapes, isRowMajor, wrapDim } from "../../base/layout.ts";
import { composite, compute } from "../../kinds/kernels.ts";
import { define, op, inplace } from "../../dispatch/declare.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { _where } from "../pointwise/arithmetic.ts";
import { rowMajor } from "../common/row_major.ts";
import { assertPlaces } from "../common/index_checks.ts";
import { _index_put, _nonzero } from "./indexing.ts";
import { of, onlyLong, sameAsFirst } from "../../dispatch/takes.ts";
import { _unravel_index } from "../reduction/counting.ts";
import { cat } from "../views/joining.ts";

/** Elements at `indices` along `dim`, both broadcast; without `dim` from the flattened tensor. */
export const take_along_dim = op("take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor");
define(take_along_dim, {
  takes: of(
    "indices",
    onlyLong((d) => `torch.take_along_dim(): dtype of indices should be Long but got ${d.legacyName}`),
  ),
  kernel: composite(({ self, indices, dim }) => {
    if (dim === null) return self.reshape([-1]).gather(0, indices.reshape([-1]));
    if (self.sizes.length !== indices.sizes.length)
      throw new RuntimeError(
        `torch.take_along_dim(): input and indices should have the same number of dimensions, but got ${self.sizes.length} dimensions for input, and ${indices.sizes.length} dimensions for indices`,
      );
    if (self.sizes.length === 0) throw new IndexError("Dimension specified as 0 but tensor has no dimensions");
    const d = wrapDim(dim, self.sizes.length);
    const along = (x: Tensor, other: Tensor): Tensor =>
      x.expand(x.sizes.map((n, k) => (k === d || other.sizes[k] === 1 ? n : other.sizes[k])));
    const n = self.sizes[d];
    const counted = _where(indices.lt(0), indices.add(n), indices);
    return along(self, indices).gather(d, along(counted, self));
  }),
});

/** The indices of the elements that are not zero, one row each. */
export const argwhere = op("argwhere(Tensor self) -> Tensor");
define(argwhere, { kernel: compute(({ self }) => _nonzero(self)) });
/** {@link nonzero} with exactly `size` rows: cut, or filled up with `fill_value`. */
export const nonzero_static = op("nonzero_static(Tensor self, *, int size, int fill_value=-1) -> Tensor");
define(nonzero_static, {
  kernel: compute(({ self, size, fill_value }) => {
    if (size < 0) throw new RuntimeError("nonzero_static: 'size' must be an non-negative integer");
    const found = _nonzero(self);
    const [rows, dims] = found.sizes;
    return rows >= size
      ? found.narrow(0, 0, size).contiguous()
      : cat([found.contiguous(), found.new_full([size - rows, dims], fill_value)], 0);
  }),
});
/** Self with the elements where `mask` is true taken, in order, from `source`. */
export const masked_scatter = op("masked_scatter(Tensor self, Tensor mask, Tensor source) -> Tensor");
define(masked_scatter, {
  kernel: composite(({ self, mask, source }) => {
    if (self.dtype !== source.dtype)
      throw new RuntimeError(
        `masked_scatter: expected self and source to have same dtypes but got ${self.dtype.legacyName} and ${source.dtype.legacyName}`,
      );
    if (mask.dtype !== bool)
      throw new RuntimeError(
        `masked_scatter_ only supports boolean masks, but got mask with dtype ${mask.dtype.legacyName}`,
      );
    const shape = broadcastShapes(mask.sizes, self.sizes);
    const places = _nonzero(mask.expand(shape));
    if (source.numel() < places.sizes[0])
      throw new RuntimeError("Number of elements of source < number of ones in mask");
    if (shape.length === 0) return masked_scatter(self.view([1]), mask.view([1]), source).view([]);
    return _index_put(
      rowMajor(self.expand(shape)),
      places.unbind(1),
      source.reshape([-1]).narrow(0, 0, places.sizes[0]),
    );
  }),
  node: "MaskedScatterBackward0",
});
export const masked_scatter_ = inplace(masked_scatter);
/** Self with `source` at `index` of the flattened tensor. */
export const put = op("put(Tensor self, Tensor index, Tensor source, bool accumulate=False) -> Tensor");
define(put, {
  takes: [
    of(
      "index",
      onlyLong((d) => `put_(): Expected a long tensor for index, but got ${d.legacyName}`),
    ),
    sameAsFirst(
      "source",
      (d, self) =>
        `put_(): self and source expected to have the same dtype, but got self.dtype = ${self.legacyName} and source.dtype = ${d.legacyName}`,
    ),
  ].flat(),
  kernel: composite(({ self, index, source, accumulate }) => {
    assertPlaces(self, index, "put_(): Tried to put elements into an empty tensor");
    if (index.numel() !== source.numel())
      throw new IndexError(
        `put_(): Expected source and index to have the same number of elements, but got source.numel() = ${source.numel()}, index.numel() = ${index.numel()}`,
      );
    const [at, values] = [index.reshape([-1]), source.reshape([-1])];
    // The result lies as self does.
    return isRowMajor(self.sizes, self.strides)
      ? _index_put(self.view([-1]), [at], values, accumulate).view(self.sizes)
      : _index_put(self, _unravel_index(at, self.sizes), values, accumulate);
  }),
  node: "PutBackward0",
});
export const put_ = inplace(put);
