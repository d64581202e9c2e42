// Scatters that reduce: every place of self becomes the sum, product, mean or extreme of what is sent there.
import { bool } from "../../base/dtype.ts";
import { IndexError, RuntimeError, warnOnce } from "../../base/errors.ts";
import { composite, host, view } from "../../kinds/kernels.ts";
import { define, inplace, op } from "../../dispatch/declare.ts";
import { notImplementedFor } from "../../dispatch/takes.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { broadcastShapes, expandsTo, list, sameShape, wrapDim } from "../../base/layout.ts";
import { assertSlices, assertWithin } from "../common/index_checks.ts";
import { conj } from "../common/conjugate.ts";
import { elements, fromTyped } from "../creation/from_data.ts";
import { _where } from "../pointwise/arithmetic.ts";
import { index_add, scatter_add, scatter } from "./indexing.ts";

const REDUCTIONS = ["sum", "prod", "mean", "amax", "amin"];
/**
 * Self with each place along `dim` reduced ("sum", "prod", "mean", "amax", "amin") with the elements of `src` that
 * `index` sends there; without `include_self` what was there before does not count.
 */
export const scatter_reduce = op(
  "scatter_reduce(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor",
);
define(scatter_reduce, {
  kernel: composite(({ self, dim, index, src, reduce, include_self }) => {
    if (!REDUCTIONS.includes(reduce))
      throw new RuntimeError(`reduce argument must be either sum, prod, mean, amax or amin, got ${reduce}`);
    const isRefused = self.dtype.is_complex ? reduce.startsWith("am") : self.dtype === bool && reduce === "mean";
    if (isRefused && index.numel() > 0 && self.dtype === src.dtype)
      throw notImplementedFor(`scatter_gather_tensor_cpu_reduce_${reduce}`, self.dtype);
    if (self.sizes.length === 0)
      return reduced(self.reshape([1]), 0, index.reshape([-1]), src.reshape([-1]), reduce, include_self).reshape([]);
    const d = wrapDim(dim, self.sizes.length);
    if (sameShape(src.sizes, index.sizes)) return reduced(self, d, index, src, reduce, include_self);
    // PyTorch has formulas for a source of the index's shape alone.
    const unshaped = (x: Tensor): Tensor => _unshaped(x, index.sizes, src.sizes, reduce);
    const start = reduce === "sum" || reduce === "mean" ? self : unshaped(self);
    return reduced(start, d, index, corner(unshaped(src), index), reduce, include_self);
  }),
  node: "ScatterReduceBackward0",
});
export const scatter_reduce_ = inplace(scatter_reduce);
/** {@link scatter_reduce} of whole slices, which a vector of indices sends along `dim`. */
export const index_reduce = op(
  "index_reduce(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor",
);
define(index_reduce, {
  kernel: composite(({ self, dim, index, source, reduce, include_self }) => {
    warnOnce("index_reduce() is in beta and the API may change at any time.");
    if (!REDUCTIONS.slice(1).includes(reduce))
      throw new RuntimeError(
        `index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got ${reduce}.`,
      );
    assertSlices("index_reduce_", self, dim, index, source);
    // With more dims PyTorch goes slice by slice, through ops that take more dtypes.
    if (index.numel() > 0 && (self.dtype.is_complex || self.dtype === bool)) {
      if (self.sizes.length < 2)
        throw notImplementedFor(include_self ? "index_func_" : "index_reduce_func_exclude_input_init", self.dtype);
      if (self.dtype === bool && reduce === "mean" && self.numel() > 0) throw notImplementedFor("div_floor_cpu", bool);
    }
    const d = wrapDim(dim, self.sizes.length);
    const size = self.sizes[d] ?? 1;
    if (size === 0 && index.numel() > 0)
      throw new IndexError(`select(): index 0 out of range for tensor of size ${list(self.sizes)} at dimension ${d}`);
    if (source.numel() > 0) assertWithin(index, size, () => new IndexError("index out of range in self"), false);
    if (self.sizes.length === 0)
      return scatter_reduce(self, 0, index.reshape([]), source.reshape([]), reduce, { include_self });
    const wide = index.reshape(self.sizes.map((_, k) => (k === d ? index.numel() : 1))).expand(source.sizes);
    // Sums of 16-bit floats are rounded at each step here, at their end in scatter_add.
    return reduced(self, d, wide, source, reduce, include_self, (start) => index_add(start, d, index, source));
  }),
  node: "IndexReduceBackward0",
});
export const index_reduce_ = inplace(index_reduce);

/** Self, of which a gradient is refused: `index` and `src` are the sizes that do not fit. */
const _unshaped = op("_unshaped(Tensor(a) self, int[] index, int[] src, str reduce) -> Tensor(a)");
define(_unshaped, {
  kernel: view((layout) => layout),
  backward: {
    self: ({ grad, index, src, reduce }) => {
      if (reduce !== "sum" && reduce !== "mean") broadcastShapes(src, index);
      else if (!expandsTo(src, index))
        throw new RuntimeError(
          `Function ScatterReduceBackward0 returned an invalid gradient at index 1 - got ${list(index)} but expected shape compatible with ${list(src)}`,
        );
      return grad;
    },
  },
});
/** The part of a source that lies under the index. */
const corner = (src: Tensor, index: Tensor): Tensor =>
  index.sizes.reduce((part, n, d) => (part.sizes[d] === n ? part : part.narrow(d, 0, n)), src);
function reduced(
  self: Tensor,
  d: number,
  index: Tensor,
  src: Tensor,
  reduce: string,
  includesSelf: boolean,
  sum = (start: Tensor): Tensor => scatter_add(start, d, index, src),
): Tensor {
  if (self.dtype !== src.dtype) throw new RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype");
  const hits = scatter_add(self.new_zeros(self.sizes, { dtype: index.dtype }), d, index, index.mul(0).add(1));
  const untouched = hits.eq(0);
  // Sums and products start from self or from their identity; where nothing comes, self stays.
  const start = (identity: number): Tensor =>
    includesSelf ? self : _where(untouched, self, self.new_full([], identity));
  if (reduce === "sum") return sum(start(0));
  if (reduce === "mean") {
    if (self.dtype === bool && self.numel() === 0) return self.clone();
    if (self.dtype === bool)
      throw notImplementedFor(index.numel() > 0 ? "scatter_gather_tensor_cpu_reduce_mean" : "div_floor_cpu", bool);
    const count = hits.add(includesSelf ? 1 : 0).clamp_min(1);
    return sum(start(0))
      .div(count, { rounding_mode: self.dtype.is_differentiable ? null : "floor" })
      .to(self.dtype);
  }
  if (reduce === "prod") return _scatter_prod(self, d, index, src, includesSelf);
  return _scatter_extreme(self, d, index, src, reduce, includesSelf);
}

/** The products of {@link scatter_reduce}. @internal */
export const _scatter_prod = op(
  "_scatter_prod(Tensor self, int dim, Tensor index, Tensor src, bool include_self) -> Tensor",
);
define(_scatter_prod, {
  // Of complex numbers each is a real and an imaginary part.
  kernel: host(({ self, dim, index, src, include_self }) =>
    folded(self, dim, index, src, include_self, self.dtype.is_complex ? putProduct : putFolded((a, b) => a * b)),
  ),
  saves: ["self", "index", "src"],
  backward: {
    self: ({ grad, self, index, src, dim, include_self }) => {
      if (!include_self) return scatter(grad, dim, index, 0);
      return grad.mul(conj(_scatter_prod(self.new_ones(self.sizes), dim, index, src, true)));
    },
    src: ({ grad, self, index, src, dim, include_self }) =>
      grad.gather(dim, index).mul(conj(otherFactors(self, dim, index, src, include_self))),
  },
  flat: ["self", "src"],
});
/** The extremes, "amax" or "amin", of {@link scatter_reduce}. @internal */
export const _scatter_extreme = op(
  "_scatter_extreme(Tensor self, int dim, Tensor index, Tensor src, str reduce, bool include_self) -> Tensor",
);
define(_scatter_extreme, {
  kernel: host(({ self, dim, index, src, reduce, include_self }) =>
    folded(self, dim, index, src, include_self, putFolded(reduce === "amax" ? larger : smaller)),
  ),
  saves: ["self", "index", "src", "result"],
  // Unlike those of other extremes they are no functions of self and src to PyTorch: see Note [Piecewise linear].
  backward: {
    self: ({ grad, self, index, src, result, dim, include_self }) => {
      if (!include_self) return scatter(grad, dim, index, 0);
      return grad.mul(self.eq(result)).div(reaching(self, index, src, result, dim));
    },
    src: ({ grad, self, index, src, result, dim }) => {
      const count = reaching(self, index, src, result, dim).gather(dim, index);
      return grad
        .gather(dim, index)
        .mul(src.eq(result.gather(dim, index)))
        .div(count);
    },
  },
});
/** `put` puts each element of src in its place. */
function folded(self: Tensor, dim: number, index: Tensor, src: Tensor, includesSelf: boolean, put: Put): Tensor {
  const out = self.contiguous().clone();
  const values = elements(out) as Float64Array;
  const sources = elements(src) as Float64Array;
  const seen = new Uint8Array(out.numel()).fill(includesSelf ? 1 : 0);
  const places = index.typed_array();
  const at = index.sizes.map(() => 0);
  for (let i = 0; i < places.length; i++) {
    const place = at.reduce((sum, x, k) => sum + (k === dim ? Number(places[i]) : x) * out.strides[k], 0);
    put(values, place, sources, i, seen[place] === 1);
    seen[place] = 1;
    for (let k = at.length - 1; k >= 0 && ++at[k] === index.sizes[k]; k--) at[k] = 0;
  }
  return fromTyped(values, out.sizes, out.dtype);
}
type Put = (values: Float64Array, place: number, sources: Float64Array, i: number, meets: boolean) => void;
const putFolded =
  (fold: (a: number, b: number) => number): Put =>
  (values, place, sources, i, meets) =>
    void (values[place] = meets ? fold(values[place], sources[i]) : sources[i]);
const putProduct: Put = (values, place, sources, i, meets) => {
  const [re, im] = meets ? [values[2 * place], values[2 * place + 1]] : [1, 0];
  const [x, y] = [sources[2 * i], sources[2 * i + 1]];
  values[2 * place] = re * x - im * y;
  values[2 * place + 1] = re * y + im * x;
};
const larger = (a: number, b: number): number => (a !== a || a > b ? a : b);
const smaller = (a: number, b: number): number => (a !== a || a < b ? a : b);
/**
 * For each element of src the product of the others at its place. Where others are 0 it is that of the rest times them, so
 * that second derivatives are right; where two are, not even those are left.
 */
function otherFactors(self: Tensor, dim: number, index: Tensor, src: Tensor, includesSelf: boolean): Tensor {
  const own = includesSelf ? self : self.new_ones(self.sizes);
  const zero = src.eq(0);
  const zeros = scatter_add(own.eq(0).to(self.dtype), dim, index, zero.to(self.dtype)).gather(dim, index);
  const product = _scatter_prod(own.masked_fill(own.eq(0), 1), dim, index, src.masked_fill(zero, 1), true);
  const rest = product.gather(dim, index).div(src.masked_fill(zero, 1));
  const nothing = src.masked_fill(src.ne(0), 0);
  const gone = scatter_add(own.masked_fill(own.ne(0), 0), dim, index, nothing)
    .gather(dim, index)
    .sub(nothing);
  const others = zeros.sub(zero.to(self.dtype));
  return _where(others.eq(0), rest, _where(others.eq(1), rest.mul(gone), 0));
}
/** How many elements reach the extreme of each place: they share its gradient. */
function reaching(self: Tensor, index: Tensor, src: Tensor, result: Tensor, dim: number): Tensor {
  return scatter_add(self.eq(result).to(self.dtype), dim, index, src.eq(result.gather(dim, index)).to(self.dtype));
}
