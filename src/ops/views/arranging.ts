// Composites that move elements about: rolling, turning, stacking, diagonals, repeats.
import { bool, int32, int64 } from "../../base/dtype.ts";
import type { Dtype } from "../../base/dtype.ts";
import { IndexError, RuntimeError } from "../../base/errors.ts";
import { broadcastShapes, wrapDim } from "../../base/layout.ts";
import { composite, compute } from "../../kinds/kernels.ts";
import { define, inplace, op } from "../../dispatch/declare.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { arange, elements, fromTyped } from "../creation/from_data.ts";
import { pad } from "../nn/vision/padding.ts";
import { _where } from "../pointwise/arithmetic.ts";
import { rowMajor } from "../common/row_major.ts";
import { cat } from "./view.ts";
import { assertPlaces } from "../common/index_checks.ts";
import { _index_put, _nonzero } from "../indexing/indexing.ts";
import { indices, notImplementedFor, of, onlyLong, sameAsFirst } from "../../dispatch/takes.ts";

/** Elements shifted along `dims`, those pushed out coming back in at the other end; without dims through the whole. */
export const roll = op("roll(Tensor self, int[] shifts, int[] dims=[]) -> Tensor");
define(roll, {
  kernel: compute(({ self, shifts, dims }) => {
    if (shifts.length === 0) throw new RuntimeError("`shifts` required");
    if (dims.length === 0 && shifts.length === 1) return rolled(self.reshape([-1]), shifts[0], 0).view(self.sizes);
    if (dims.length !== shifts.length)
      throw new RuntimeError(`shifts and dimensions must align. shifts: ${shifts.length}, dims:${dims.length}`);
    if (self.sizes.length === 0 && dims.length > 0)
      throw new IndexError(`Dimension specified as ${dims[0]} but tensor has no dimensions`);
    return dims.reduce((x, d, i) => rolled(x, shifts[i], d), self);
  }),
  backward: {
    self: ({ grad, shifts, dims }) =>
      grad.roll(
        shifts.map((n) => -n),
        dims,
      ),
  },
});
function rolled(x: Tensor, shift: number, dim: number): Tensor {
  // Where there is nothing to roll PyTorch does not look at the dim.
  if (x.numel() === 0) return x.clone();
  const d = wrapDim(dim, x.sizes.length);
  const n = x.sizes[d] ?? 0;
  if (x.sizes.length === 0) return x.clone();
  const at = (((n - shift) % n) + n) % n;
  return at === 0 ? x.clone() : cat([x.narrow(d, at, n - at), x.narrow(d, 0, at)], d);
}
/** Turned by `k` right angles in the plane of two dims, from the first towards the second. */
export const rot90 = op("rot90(Tensor self, int k=1, int[] dims=[0,1]) -> Tensor");
define(rot90, {
  kernel: composite(({ self, k, dims }) => {
    const n = self.sizes.length;
    if (dims.length !== 2) throw new RuntimeError(`expected total rotation dims == 2, but got dims = ${dims.length}`);
    if (n < 2) throw new RuntimeError(`expected total dims >= 2, but got total dims = ${n}`);
    if (dims[0] === dims[1] || Math.abs(dims[0] - dims[1]) === n)
      throw new RuntimeError(`expected rotation dims to be different, but got dim0 = ${dims[0]} and dim1 = ${dims[1]}`);
    for (const [i, d] of dims.entries())
      if (d < -n || d >= n) throw new RuntimeError(`Rotation dim${i} out of range, dim${i} = ${d}`);
    const [a, b] = dims;
    const turns = ((k % 4) + 4) % 4;
    if (turns === 1) return self.flip([b]).transpose(a, b);
    if (turns === 2) return self.flip([a, b]);
    return turns === 3 ? self.flip([a]).transpose(a, b) : self.clone();
  }),
  node: "Rot90Backward0",
});
/** Columns in reverse order. */
export const fliplr = op("fliplr(Tensor self) -> Tensor");
define(fliplr, {
  kernel: composite(({ self }) => {
    if (self.sizes.length < 2) throw new RuntimeError("Input must be >= 2-d.");
    return self.flip([1]);
  }),
});
/** Rows in reverse order. */
export const flipud = op("flipud(Tensor self) -> Tensor");
define(flipud, {
  kernel: composite(({ self }) => {
    if (self.sizes.length < 1) throw new RuntimeError("Input must be >= 1-d.");
    return self.flip([0]);
  }),
});
/** {@link transpose} under another name. */
export const swapdims = op("swapdims(Tensor(a) self, int dim0, int dim1) -> Tensor(a)");
define(swapdims, { kernel: composite(({ self, dim0, dim1 }) => self.transpose(dim0, dim1)) });
/** {@link movedim} under numpy's name. */
export const moveaxis = op("moveaxis(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)");
define(moveaxis, { kernel: composite(({ self, source, destination }) => self.movedim(source, destination)) });

/** {@link repeat}, where `dims` may be shorter than self's. */
export const tile = op("tile(Tensor self, int[] dims) -> Tensor");
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
    const x = dim === null ? self.reshape([-1]) : self.sizes.length === 0 ? self.reshape([1]) : self;
    const d = wrapDim(dim ?? 0, x.sizes.length);
    const n = x.sizes[d];
    const counts = repeats instanceof Tensor ? Array.from(elements(repeats), Number) : [Number(repeats)];
    if (repeats instanceof Tensor && repeats.sizes.length > 1)
      throw new RuntimeError("repeats must be 0-dim or 1-dim tensor");
    if (counts.some((c) => c < 0)) throw new RuntimeError("repeats can not be negative");
    if (counts.length !== 1 && counts.length !== n)
      throw new RuntimeError(
        `repeats must have the same size as input along dim, but got repeats.size(0) = ${counts.length} and input.size(${d}) = ${n}`,
      );
    const places = Array.from({ length: n }, (_, i) => new Array<bigint>(counts[i] ?? counts[0]).fill(BigInt(i)));
    const flat = places.flat();
    return x.index_select(d, fromTyped(BigInt64Array.from(flat), [flat.length], int64));
  }),
  node: ({ repeats }) => (repeats instanceof Tensor ? "IndexSelectBackward0" : "ViewBackward0"),
});

/** A vector as the diagonal of a matrix, or the diagonal of a matrix as a vector. */
export const diag = op("diag(Tensor self, int diagonal=0) -> Tensor");
define(diag, {
  kernel: composite(({ self, diagonal }) => {
    const n = self.sizes.length;
    if (n === 1) return self.diag_embed(diagonal);
    if (n === 2) return self.diagonal(diagonal).clone();
    throw new RuntimeError(`diag(): Supports 1D or 2D tensors. Got ${n}D`);
  }),
  node: ({ self }) => (self.sizes.length === 1 ? "DiagEmbedBackward0" : "DiagonalBackward0_copy"),
});
/** The last dim as the diagonal of two new dims; zeros elsewhere. */
export const diag_embed = op("diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor");
define(diag_embed, {
  kernel: composite(({ self, offset, dim1, dim2 }) => {
    const n = self.sizes.length + 1;
    const [a, b] = [wrapDim(dim1, n), wrapDim(dim2, n)];
    if (a === b) throw new RuntimeError(`diagonal dimensions cannot be identical ${dim1}, ${dim2}`);
    const size = self.sizes.at(-1)! + Math.abs(offset);
    const shape = self.sizes.slice(0, -1);
    for (const d of [Math.min(a, b), Math.max(a, b)]) shape.splice(d, 0, size);
    return self.new_zeros(shape).diagonal_scatter(self, offset, a, b);
  }),
  node: "DiagEmbedBackward0",
});
/** All elements as the diagonal of a matrix. */
export const diagflat = op("diagflat(Tensor self, int offset=0) -> Tensor");
define(diagflat, { kernel: composite(({ self, offset }) => self.reshape([-1]).diag_embed(offset)) });

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
  return self.tensor_split(indices as never, dim) as Tensor[];
}
/** {@link chunk}, whose results count as tensors of their own. */
export const unsafe_chunk = op("unsafe_chunk(Tensor self, int chunks, int dim=0) -> Tensor[]");
define(unsafe_chunk, { kernel: composite(({ self, chunks, dim }) => self.chunk(chunks, dim)) });
/** {@link split}, whose results count as tensors of their own. */
export const unsafe_split = op("unsafe_split(Tensor self, int split_size, int dim=0) -> Tensor[]");
define(unsafe_split, { kernel: composite(({ self, split_size, dim }) => self.split(split_size, dim)) });

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
/** Rows and columns of the elements on and below a diagonal of a matrix. */
export const tril_indices = op(
  "tril_indices(int row, int col, int offset=0, *, dtype? dtype=None, device? device=None, layout? layout=None) -> Tensor",
);
define(tril_indices, {
  kernel: compute(({ row, col, offset, dtype }) =>
    triangleIndices("tril_indices", dtype, row, col, (r, c) => c - r <= offset),
  ),
});
/** Rows and columns of the elements on and above a diagonal of a matrix. */
export const triu_indices = op(
  "triu_indices(int row, int col, int offset=0, *, dtype? dtype=None, device? device=None, layout? layout=None) -> Tensor",
);
define(triu_indices, {
  kernel: compute(({ row, col, offset, dtype }) =>
    triangleIndices("triu_indices", dtype, row, col, (r, c) => c - r >= offset),
  ),
});
function triangleIndices(
  name: string,
  dtype: Dtype | null,
  rows: number,
  cols: number,
  keep: (row: number, col: number) => boolean,
): Tensor {
  if (dtype !== null && dtype !== int64 && dtype !== int32) throw notImplementedFor(name, dtype);
  const at: [bigint, bigint][] = [];
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) if (keep(r, c)) at.push([BigInt(r), BigInt(c)]);
  return fromTyped(BigInt64Array.from([...at.map((p) => p[0]), ...at.map((p) => p[1])]), [2, at.length], int64).to(
    dtype ?? int64,
  );
}
/** Powers of a vector as the columns of a matrix, falling unless `increasing`. */
export const vander = op("vander(Tensor self, int? N=None, bool increasing=False) -> Tensor");
define(vander, {
  kernel: composite(({ self, N, increasing }) => {
    if (self.sizes.length !== 1) throw new RuntimeError("x must be a one-dimensional tensor.");
    const n = N ?? self.sizes[0];
    if (n < 0) throw new RuntimeError("N must be non-negative.");
    const powers = self.unsqueeze(1).pow(arange(n));
    return increasing ? powers : powers.flip([1]);
  }),
});
/** Self with zeros (or `fill_value`) on the main diagonal, in place; `wrap` starts again below a tall matrix's end. */
export const fill_diagonal = op("fill_diagonal(Tensor self, Scalar fill_value, bool wrap=False) -> Tensor");
define(fill_diagonal, {
  kernel: composite(({ self, fill_value, wrap }) => {
    const n = self.sizes.length;
    if (n < 2) throw new RuntimeError("dimensions must larger than 1");
    if (n > 2 && self.sizes.some((s) => s !== self.sizes[0]))
      throw new RuntimeError("all dimensions of input must be of equal length");
    const columns = self.sizes[n - 1];
    const step = self.sizes.reduce((all, _, d) => all + self.sizes.slice(d + 1).reduce((a, b) => a * b, 1), 0);
    const end = wrap || n > 2 ? self.numel() : Math.min(self.numel(), columns * columns);
    const places = arange(self.numel());
    const mask = places.remainder(step).eq(0).logical_and(places.lt(end));
    return self.masked_fill(mask.view(self.sizes), fill_value);
  }),
});
export const fill_diagonal_ = inplace(fill_diagonal);
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
    if (shape.length === 0)
      return self
        .view([1])
        .masked_scatter(mask.view([1]), source)
        .view([]);
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
    return _index_put(self.reshape([-1]), [index.reshape([-1])], source.reshape([-1]), accumulate).view(self.sizes);
  }),
  node: "PutBackward0",
});
export const put_ = inplace(put);
/** Self with `value` around it: {@link pad} of nn.functional in its constant mode. */
export const constant_pad_nd = op("constant_pad_nd(Tensor self, int[] pad, Scalar value=0) -> Tensor");
define(constant_pad_nd, { kernel: composite((args) => pad(args.self, args.pad, "constant", args.value)) });
