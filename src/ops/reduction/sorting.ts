// Order along a dim: sorting, the k largest, ranks, running extremes.
import { isAny } from "../common/looks.ts";
import { scalar_tensor } from "../creation/creation.ts";
import type { Scalar } from "../../base/dtype.ts";
import { IndexError, RuntimeError } from "../../base/errors.ts";
import { streamed } from "../../base/cpp_names.ts";
import { copyStrides, wrapDim } from "../../base/layout.ts";
import { composite, compute, host } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import * as selection from "../../numerics/selection.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { assertNonEmptyDim, chosenAlong, pickedGrad, sortedPlaces } from "../common/along_dim.ts";
import { last, noBool, noComplex, onlyWideFloats, real, realNumbers, unless } from "../../dispatch/takes.ts";
import { scatter_add } from "../indexing/indexing.ts";
import { movedim } from "../views/view.ts";
import { sortedByLaunches } from "./sorting_network.ts";

/** Self in ascending (or descending) order along `dim`, and where each element was. Equal elements keep their order. */
export const sort = op(
  "sort(Tensor self, int dim=-1, bool descending=False, bool? stable=None) -> (Tensor values, Tensor indices)",
);
define(sort, {
  takes: last(noComplex(" Sort does not support complex dtypes on CPU", RuntimeError)),
  kernel: host(
    ({ self, dim, descending }) =>
      chosenAlong(self, dim, sizeOf(self, dim), (row) => sortedPlaces(row, descending), copyStrides(self.geometry)),
    ({ self, dim, descending }) => sortedByLaunches(self, dim, descending),
  ),
  saves: ["indices"],
  backward: { self: ({ grad, sizes, indices, dim }) => pickedGrad(grad, sizes.self, indices, dim, true) },
});
const sizeOf = ({ sizes }: Tensor, dim: number): number => sizes[wrapDim(dim, sizes.length)] ?? 1;
/** The indices that sort self along `dim`. */
export const argsort = op("argsort(Tensor self, int dim=-1, bool descending=False, bool stable=False) -> Tensor");
define(argsort, { kernel: composite(({ self, dim, descending }) => sort(self, dim, descending).indices) });
/** Self sorted along the first dim. */
export const msort = op("msort(Tensor self) -> Tensor");
define(msort, { kernel: composite(({ self }) => sort(self, 0).values) });

/** The `k` largest (or smallest) elements along `dim`, in order, and where they were. */
export const topk = op(
  "topk(Tensor self, int k, int dim=-1, bool largest=True, bool sorted=True) -> (Tensor values, Tensor indices)",
);
define(topk, {
  takes: [
    last(noComplex(" topk does not support complex dtypes on CPU", RuntimeError)),
    last(noBool("topk does not support bool dtypes on CPU")),
  ],
  kernel: host(
    ({ self, k, dim, largest, sorted }) => {
      const count = countOf(self, k, dim);
      return chosenAlong(self, dim, count, (row) => firstPlaces(row, count, largest, sorted));
    },
    ({ self, k, dim, largest }) => {
      const count = countOf(self, k, dim);
      const all = sortedByLaunches(self, dim, largest);
      return self.sizes.length === 0 ? all : all.map((t) => t.narrow(dim, 0, count).contiguous());
    },
  ),
  saves: ["indices"],
  backward: { self: ({ grad, sizes, indices, dim }) => pickedGrad(grad, sizes.self, indices, dim, true) },
});

/** PyTorch gives a number itself, even where it is asked for none. */
function countOf(self: Tensor, k: number, dim: number): number {
  if (k < 0 || k > sizeOf(self, dim)) throw new RuntimeError("selected index k out of range");
  return self.sizes.length === 0 ? 1 : k;
}
const placesOf = (row: Row): Uint32Array => Uint32Array.from({ length: row.length }, (_, i) => i);
/** NaN counts as the largest. Which of equal elements comes first is up to PyTorch's algorithms. */
function firstPlaces(row: Row, k: number, largest: boolean, sorted: boolean): Uint32Array {
  const places = placesOf(row);
  if (k === 0) return places;
  const before: selection.Before = largest
    ? (i, j) => (row[i] !== row[i] ? row[j] === row[j] : row[i] > row[j])
    : (i, j) => (row[j] !== row[j] ? row[i] === row[i] : row[i] < row[j]);
  const n = row.length;
  if (k * 64 <= n) selection.partialSort(places, 0, k, n, before);
  else {
    selection.nthElement(places, 0, k - 1, n, before);
    if (sorted) selection.sort(places, 0, k - 1, before);
  }
  return places;
}

/** One element of each row along `dim`: without that dim unless `keepdim`. */
function oneAlong(
  self: Tensor,
  dim: number,
  keepdim: boolean,
  choose: Parameters<typeof chosenAlong>[3],
): readonly Tensor[] {
  const picked = chosenAlong(self, dim, 1, choose);
  return keepdim ? picked : picked.map((t) => t.squeeze([dim]));
}
/** PyTorch hands a number back as it is. */
const hasNoDims = ([self]: readonly unknown[]): boolean => (self as Tensor).sizes.length === 0;
const isEmpty = ([self]: readonly unknown[]): boolean => (self as Tensor).numel() === 0;
const isOneOrNone = (values: readonly unknown[]): boolean => hasNoDims(values) || isEmpty(values);
/** The k-th smallest element along `dim`, counted from 1, and where it is. */
export const kthvalue = op(
  "kthvalue(Tensor self, int k, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)",
);
define(kthvalue, {
  takes: unless(hasNoDims, realNumbers("kthvalue_cpu")),
  kernel: host(({ self, k, dim, keepdim }) => {
    const n = sizeOf(self, dim);
    assertNonEmptyDim("kthvalue", self, dim);
    if (k < 1 || k > n)
      throw new RuntimeError(
        `kthvalue(): selected number k out of range for dimension ${wrapDim(dim, self.sizes.length)}`,
      );
    return oneAlong(self, dim, keepdim, (row) => [kthPlace(row, k - 1)]);
  }),
  saves: ["indices"],
  backward: {
    self: ({ grad, sizes, indices, dim, keepdim }) => pickedGrad(grad, sizes.self, indices, dim, keepdim),
  },
});
function kthPlace(row: Row, k: number): number {
  const places = placesOf(row);
  const isNan = (i: number): boolean => row[i] !== row[i];
  selection.quickSelect(places, k, (i, j) => (isNan(i) && !isNan(j)) || row[i] > row[j]);
  return places[k];
}
type Row = Parameters<Parameters<typeof chosenAlong>[3]>[0];
/** The place of the lower median; of a NaN if there is one, unless these are left out. */
function medianPlace(row: Row, ignoresNan: boolean): number {
  const places = sortedPlaces(row);
  const firstNan = places.findIndex((i) => row[i] !== row[i]);
  if (firstNan < 0) return places[(row.length - 1) >> 1];
  return ignoresNan && firstNan > 0 ? places[(firstNan - 1) >> 1] : places[firstNan];
}
/** The same where the host has not the row. */
function medianElsewhere(self: Tensor, dim: number, keepdim: boolean, ignoresNan: boolean): readonly Tensor[] {
  const all = sortedByLaunches(self, dim, false);
  if (self.sizes.length === 0) return all;
  const n = sizeOf(self, dim);
  const numbers = self.isnan().logical_not().sum(dim, true);
  const middle = (of: Tensor): Tensor => of.sub(1).clamp({ min: 0 }).floor_divide(2);
  const place = ignoresNan ? middle(numbers) : numbers.where(numbers.lt(n), middle(numbers));
  return all.map((t) => (keepdim ? t.gather(dim, place) : t.gather(dim, place).squeeze([dim])));
}
function nonEmptyAlong(name: string, self: Tensor, dim: number): Tensor {
  assertNonEmptyDim(name, self, dim);
  return self;
}
/** {@link median} along one dim, with the places. @internal */
export const _median_dim = op(
  "_median_dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
);
define(_median_dim, {
  takes: realNumbers("median_out"),
  kernel: host(
    ({ self, dim, keepdim }) =>
      oneAlong(nonEmptyAlong("median", self, dim), dim, keepdim, (row) => [medianPlace(row, false)]),
    ({ self, dim, keepdim }) => medianElsewhere(nonEmptyAlong("median", self, dim), dim, keepdim, false),
  ),
  saves: ["indices"],
  backward: {
    self: ({ grad, sizes, indices, dim, keepdim }) => pickedGrad(grad, sizes.self, indices, dim, keepdim),
  },
  node: "MedianBackward1",
});
/** {@link nanmedian} along one dim, with the places. @internal */
export const _nanmedian_dim = op(
  "_nanmedian_dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
);
define(_nanmedian_dim, {
  takes: realNumbers("median_out"),
  kernel: host(({ self, dim, keepdim }) =>
    oneAlong(nonEmptyAlong("median", self, dim), dim, keepdim, (row) => [medianPlace(row, true)]),
  ),
  saves: ["indices"],
  backward: {
    self: ({ grad, sizes, indices, dim, keepdim }) => pickedGrad(grad, sizes.self, indices, dim, keepdim),
  },
  node: "NanmedianBackward1",
});
/** NaN; of integers what the processor makes of it. */
const middleOfNone = (self: Tensor): Tensor => scalar_tensor(NaN).to(self.dtype);
/** The median of all elements (the lower one of two). @internal */
export const _median_all = op("_median_all(Tensor self) -> Tensor");
define(_median_all, {
  takes: unless(isEmpty, realNumbers("median_cpu")),
  kernel: compute(({ self }) => (self.numel() === 0 ? middleOfNone(self) : _median_dim(self.reshape([-1]), 0).values)),
  saves: ["self", "result"],
  backward: { self: ({ grad, self, result }) => amongEqual(grad, self, result) },
  node: "MedianBackward0",
});
/** {@link _median_all} of the elements that are not NaN. @internal */
export const _nanmedian_all = op("_nanmedian_all(Tensor self) -> Tensor");
define(_nanmedian_all, {
  takes: unless(isEmpty, realNumbers("median_cpu")),
  kernel: compute(({ self }) =>
    self.numel() === 0 ? middleOfNone(self) : _nanmedian_dim(self.reshape([-1]), 0).values,
  ),
  saves: ["self", "result"],
  backward: { self: ({ grad, self, result }) => amongEqual(grad, self, result) },
  node: "NanmedianBackward0",
});
/** The gradient shared equally by the elements that equal the result. */
function amongEqual(grad: Tensor, self: Tensor, result: Tensor): Tensor {
  const mask = self.eq(result).logical_or(self.isnan().logical_and(result.isnan()));
  return grad.div(mask.sum()).mul(mask);
}
/** The most frequent element along `dim` (the smallest of several), and the last place it is at. */
export const mode = op("mode(Tensor self, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)");
define(mode, {
  takes: unless(isOneOrNone, real("mode_cpu")),
  kernel: host(({ self, dim, keepdim }) => oneAlong(nonEmptyAlong("mode", self, dim), dim, keepdim, modePlace)),
  saves: ["indices"],
  backward: {
    self: ({ grad, sizes, indices, dim, keepdim }) => pickedGrad(grad, sizes.self, indices, dim, keepdim),
  },
});
function modePlace(row: Row): [number] {
  const places = placesOf(row);
  selection.sort(places, 0, places.length, (i, j) => row[i] < row[j]);
  let best = 0;
  let most = 0;
  for (let i = 0, run = 1; i < places.length; i++, run++)
    if (i === places.length - 1 || row[places[i]] !== row[places[i + 1]]) {
      if (run > most) [best, most] = [places[i], run];
      run = 0;
    }
  return [best];
}

/** For each place of a row, where the extreme of the elements up to it is: the last of equal ones. */
function runningPlaces(row: Row, beats: (a: number | bigint, b: number | bigint) => boolean): Uint32Array {
  const places = new Uint32Array(row.length);
  for (let i = 1, at = 0; i < row.length; i++) {
    const [x, best] = [row[i], row[at]];
    if (x !== x || (best === best && beats(x, best))) at = i;
    places[i] = at;
  }
  return places;
}
/** The best element so far along `dim`, and where it is. PyTorch looks at no dim of nothing. */
function running(
  name: string,
  self: Tensor,
  dim: number,
  beats: Parameters<typeof runningPlaces>[1],
): readonly Tensor[] {
  if (self.sizes.length === 0 && dim !== 0 && dim !== -1)
    throw new IndexError(`${name}(): Expected reduction dim -1 or 0 for scalar but got ${dim}`);
  const d = self.numel() === 0 ? 0 : dim;
  return chosenAlong(self, d, sizeOf(self, d), (row) => runningPlaces(row, beats));
}
/** Each gradient to the place that its element came from. */
const toPlaces = (grad: Tensor, indices: Tensor, dim: number): Tensor =>
  grad.numel() === 0 ? grad : scatter_add(grad.new_zeros(grad.sizes), dim, indices, grad);
/** The largest element so far along `dim`, and where it is. */
export const cummax = op("cummax(Tensor self, int dim) -> (Tensor values, Tensor indices)");
define(cummax, {
  takes: unless(isOneOrNone, real("cummax_cpu")),
  kernel: host(({ self, dim }) => running("cummax", self, dim, (a, b) => a >= b)),
  saves: ["indices"],
  backward: { self: ({ grad, indices, dim }) => toPlaces(grad, indices, dim) },
});
/** The smallest element so far along `dim`, and where it is. */
export const cummin = op("cummin(Tensor self, int dim) -> (Tensor values, Tensor indices)");
define(cummin, {
  takes: unless(isOneOrNone, real("cummin_cpu")),
  kernel: host(({ self, dim }) => running("cummin", self, dim, (a, b) => a <= b)),
  saves: ["indices"],
  backward: { self: ({ grad, indices, dim }) => toPlaces(grad, indices, dim) },
});

const METHODS = ["linear", "lower", "higher", "midpoint", "nearest"];
/** The q-quantiles along `dim` (of all elements when it is left out), interpolated between the two nearest. */
export const quantile = op(
  "quantile(Tensor self, Tensor|Scalar q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor",
);
define(quantile, {
  takes: unless(isEmpty, onlyWideFloats("quantile() input tensor must be either float or double dtype")),
  kernel: composite(({ self, q, dim, keepdim, interpolation }) =>
    quantiles(self, q, dim, keepdim, interpolation, false),
  ),
  lastNode: "SqueezeBackward4",
});
/** {@link quantile} of the elements that are not NaN. */
export const nanquantile = op(
  "nanquantile(Tensor self, Tensor|Scalar q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor",
);
define(nanquantile, {
  takes: unless(isEmpty, onlyWideFloats("quantile() input tensor must be either float or double dtype")),
  kernel: composite(({ self, q, dim, keepdim, interpolation }) =>
    quantiles(self, q, dim, keepdim, interpolation, true),
  ),
  lastNode: "SqueezeBackward4",
});
function quantiles(
  self: Tensor,
  q: Tensor | Scalar,
  dim: number | null,
  keepdim: boolean,
  interpolation: string,
  ignoresNan: boolean,
): Tensor {
  if (!METHODS.includes(interpolation))
    throw new RuntimeError(
      `quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got ${interpolation}`,
    );
  if (self.numel() === 0) throw new RuntimeError("quantile() input tensor must be non-empty");
  const at = q instanceof Tensor ? q : self.new_full([], q);
  if (at.sizes.length > 1) throw new RuntimeError("quantile() q must be a scalar or 1D tensor");
  if (at.dtype !== self.dtype) throw new RuntimeError("quantile() q tensor must be same dtype as the input tensor");
  if (isAny(at.lt(0).logical_or(at.gt(1))))
    throw new RuntimeError(
      at.sizes.length === 0
        ? `quantile() q must be in the range [0, 1] but got ${streamed(Number(at.item()))}`
        : "quantile() q values must be in the range [0, 1]",
    );
  const ndim = self.sizes.length;
  const kept = keepdim ? self.sizes.map((n, d) => (dim === null || d === wrapDim(dim, ndim) ? 1 : n)) : null;
  const rows = dim === null || ndim === 0 ? self.reshape([-1]) : movedim(self, [dim], [-1]);
  const sorted = sort(rows).values;
  const isNan = rows.isnan();
  // The rank of each quantile among the elements that count; a row with NaN gives its last, a NaN, unless these are left out.
  const last = ignoresNan
    ? isNan.logical_not().sum([-1], true).sub(1).clamp_min(0).to(self.dtype)
    : sorted.sizes.at(-1)! - 1;
  const qs = at.reshape([-1]);
  const wanted = rounded(qs.mul(last), interpolation).expand([...sorted.sizes.slice(0, -1), qs.sizes[0]]);
  const some = isNan.any([-1], true).expand(wanted.sizes);
  const ranks = ignoresNan ? wanted : wanted.masked_fill(some, sorted.sizes.at(-1)! - 1);
  const below = ranks.floor();
  const low = sorted.gather(-1, below.long());
  const between = (): Tensor => {
    const high = sorted.gather(-1, ranks.ceil().long());
    return low.lerp(high, interpolation === "midpoint" ? ranks.mul(0).add(0.5) : ranks.sub(below));
  };
  const result = interpolation === "linear" || interpolation === "midpoint" ? between() : low;
  const front = movedim(result, [-1], [0]);
  const shaped = kept === null ? front : front.reshape([qs.sizes[0], ...kept]);
  return at.sizes.length === 0 ? shaped.squeeze([0]) : shaped;
}
function rounded(ranks: Tensor, interpolation: string): Tensor {
  if (interpolation === "lower") return ranks.floor();
  if (interpolation === "higher") return ranks.ceil();
  return interpolation === "nearest" ? ranks.round() : ranks;
}
