// Counting and looking up: histograms, bins, membership.
import { noDerivative } from "../../dispatch/no_formula.ts";
import { bool, float64, int32, int64 } from "../../base/dtype.ts";
import type { Dtype, Scalar } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { numel, sameShape } from "../../base/layout.ts";
import { composite, compute } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { order } from "../common/along_dim.ts";
import { scalar_tensor } from "../creation/creation.ts";
import { elements, fromTyped, tensor } from "../creation/from_data.ts";
import { result_type } from "../pointwise/result_type.ts";
import {
  first,
  floats,
  integers,
  noBool,
  noComplex,
  numbers,
  of,
  real,
  realNumbers,
  unless,
} from "../../dispatch/takes.ts";
import { index_add } from "../indexing/indexing.ts";

/** How often each whole number occurs in self, or the sum of the weights there; `minlength` counts at least. */
export const bincount = op("bincount(Tensor self, Tensor? weights=None, int minlength=0) -> Tensor");
define(bincount, {
  takes: first(integers("bincount_cpu")),
  kernel: compute(({ self, weights, minlength }) => {
    if (minlength < 0) throw new RuntimeError("minlength should be >= 0");
    const flat = self.numel() === 0 && self.sizes.length === 1;
    if (!flat && (self.sizes.length !== 1 || self.lt(0).any().item()))
      throw new RuntimeError("bincount only supports 1-d non-negative integral inputs.");
    if (weights !== null && !sameShape(weights.sizes, self.sizes))
      throw new RuntimeError("weights should be 1-d and have the same length as input");
    const bins = Math.max(minlength, self.numel() === 0 ? 0 : Number(self.max().item()) + 1);
    const each = weights ?? self.new_ones(self.sizes);
    const sums = each.dtype.name === "float32" ? each : weights === null ? each.long() : each.double();
    return index_add(sums.new_zeros([bins]), 0, self.long(), sums);
  }),
  backward: { weights: noDerivative },
  node: "NotImplemented",
});

/** Edges of `bins` equal bins from min to max; of the data's own range where these are equal, widened if that is a point. */
function range(self: Tensor, min: number, max: number): [number, number] {
  let [low, high] = [min, max];
  if (low === high && self.numel() > 0) [low, high] = [Number(self.min().item()), Number(self.max().item())];
  if (low === high) [low, high] = [low - 1, high + 1];
  if (!Number.isFinite(low) || !Number.isFinite(high))
    throw new RuntimeError(`range of [${low}, ${high}] is not finite`);
  if (low > high) throw new RuntimeError("max must be larger than min");
  return [low, high];
}
/** How many elements fall into each of `bins` equal bins between min and max (of the data, if both are 0). */
export const histc = op("histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor");
define(histc, {
  takes: [real("aminmax_cpu"), numbers("linspace_cpu"), floats("histogram_cpu")],
  kernel: compute(({ self, bins, min, max }) => {
    if (bins <= 0) throw new RuntimeError("bins must be > 0");
    const [low, high] = range(self, Number(min), Number(max));
    const counts = new Float64Array(bins);
    // Rounded as the dtype is at each step: which of two bins an element at their edge is in depends on it.
    const rounded = self.dtype === float64 ? Number : Math.fround;
    const [start, end] = [rounded(low), rounded(high)];
    const width = rounded(end - start);
    const binOf = (x: number): number => Math.floor(rounded(rounded(rounded(x - start) * bins) / width));
    for (const x of elements(self) as Float64Array) if (x >= start && x <= end) counts[Math.min(bins - 1, binOf(x))]++;
    return fromTyped(counts, [bins], self.dtype);
  }),
});

/** The place in a sorted row before which `x` would keep it sorted: before equal elements, or (`right`) after them. */
function placeOf(x: number | bigint, right: boolean, length: number, at: (i: number) => number | bigint): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const o = order(at(middle), x);
    if (o < 0 || (right && o === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}
const asTensor = (x: Tensor | Scalar, like: Tensor): Tensor =>
  x instanceof Tensor
    ? x
    : like.dtype.is_floating_point || Number.isInteger(Number(x))
      ? like.new_full([], x)
      : like.double().new_full([], x);
const isEmpty = (input: unknown): boolean => input instanceof Tensor && input.numel() === 0;
/** Where each of `input` belongs in the sorted rows of `sorted_sequence`. */
export const searchsorted = op(
  "searchsorted(Tensor sorted_sequence, Tensor|Scalar input, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor",
);
define(searchsorted, {
  takes: of(
    "promoted",
    unless(([, input]) => isEmpty(input), realNumbers("searchsorted_out_cpu")),
  ),
  kernel: compute(({ sorted_sequence, input, out_int32, right, side, sorter }) => {
    if (side !== null && side !== "left" && side !== "right")
      throw new RuntimeError(`torch.searchsorted(): side can only be 'left' or 'right' but got ${side}`);
    if (right && side === "left")
      throw new RuntimeError(
        "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True",
      );
    const sequence = sorter === null ? sorted_sequence : sorted_sequence.gather(-1, sorter);
    return placesIn("torch.searchsorted", sequence, asTensor(input, sequence), right || side === "right", out_int32);
  }),
});
/** The bin of each element between the sorted `boundaries`. */
export const bucketize = op(
  "bucketize(Tensor|Scalar input, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor",
);
define(bucketize, {
  takes: of(
    "promoted",
    unless(([input]) => isEmpty(input), realNumbers("searchsorted_out_cpu")),
  ),
  kernel: compute(({ input, boundaries, out_int32, right }) => {
    if (boundaries.sizes.length !== 1)
      throw new RuntimeError(`boundaries tensor must be 1 dimension, but got dim(${boundaries.sizes.length})`);
    return placesIn("torch.bucketize", boundaries, asTensor(input, boundaries), right, out_int32);
  }),
});
function placesIn(name: string, sequence: Tensor, input: Tensor, right: boolean, narrow: boolean): Tensor {
  const shared = sequence.sizes.length === 1;
  if (!shared && !sameShape(sequence.sizes.slice(0, -1), input.sizes.slice(0, -1)))
    throw new RuntimeError(
      `${name}(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got boundaries tensor [${sequence.sizes.join(", ")}] and input value tensor [${input.sizes.join(", ")}]`,
    );
  const rows = elements(sequence);
  const n = sequence.sizes.at(-1) ?? 0;
  const values = elements(input);
  const width = input.sizes.at(-1) ?? 1;
  const places = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const start = shared ? 0 : Math.floor(i / width) * n;
    places[i] = placeOf(values[i], right, n, (k) => rows[start + k]);
  }
  return fromTyped(places, input.sizes, narrow ? int32 : int64);
}

const UNSUPPORTED = (d: Dtype): string => `Unsupported input type encountered for isin(): ${d.legacyName}`;
const orderedForIsin = [noBool(UNSUPPORTED), noComplex(UNSUPPORTED, RuntimeError)];
/** Whether each of `elements` is among `test_elements`; `invert` turns the answer. */
export const isin = op(
  "isin(Tensor|Scalar elements, Tensor|Scalar test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor",
);
define(isin, {
  takes: [of("elements", orderedForIsin), of("test_elements", orderedForIsin)].flat(),
  kernel: compute(({ elements, test_elements, invert }) => {
    if (!(elements instanceof Tensor) && !(test_elements instanceof Tensor))
      throw new RuntimeError("isin(): at least one of the two must be a tensor");
    const dtype = result_type(elements, test_elements);
    // NaN is nowhere.
    const known = new Set<number | bigint>(valuesIn(test_elements, dtype).filter((x) => x === x));
    const found = valuesIn(elements, dtype).map((x) => Number(known.has(x) !== invert));
    return fromTyped(Uint8Array.from(found), elements instanceof Tensor ? elements.sizes : [], bool);
  }),
});
const valuesIn = (x: Tensor | Scalar, dtype: Dtype): (number | bigint)[] =>
  Array.from<number | bigint>(elements((x instanceof Tensor ? x : exactly(x, dtype)).to(dtype)));
const exactly = (x: Scalar, { is_floating_point }: Dtype): Tensor =>
  scalar_tensor(x, { dtype: is_floating_point ? float64 : int64, device: "cpu" });

/** The indices by dim of places in a flattened tensor of that shape. @internal */
export const _unravel_index = op("_unravel_index(Tensor indices, int[] shape) -> Tensor[]");
define(_unravel_index, {
  kernel: composite(({ indices, shape }) => {
    if (indices.dtype.is_floating_point || indices.dtype === bool)
      throw new RuntimeError(
        `unravel_index(): Expected 'indices' to be an integer tensor, but got ${String(indices.dtype)}`,
      );
    if (shape.length === 0) return [];
    const like = { dtype: int64 };
    const behind = tensor(
      shape.map((_, d) => numel(shape.slice(d + 1))),
      like,
    );
    const places = indices.long().unsqueeze(-1).div(behind, { rounding_mode: "floor" });
    // Views of one tensor, as in PyTorch.
    return places.remainder(tensor(shape, like)).unbind(-1);
  }),
});
