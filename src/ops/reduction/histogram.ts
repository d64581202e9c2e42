// torch.histogram and torch.histogramdd: counts, or weights, by bin, with the bins' edges.
import { cppName } from "../../base/cpp_names.ts";
import { float32, float64 } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { contiguousStrides, list, numel, sameShape } from "../../base/layout.ts";
import { overload, overloaded } from "../../dispatch/overloads.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { linspace } from "../creation/creation.ts";
import { doubles, fromTyped } from "../creation/from_data.ts";
import { _underived } from "../common/underived.ts";
import { notImplementedFor } from "../../dispatch/takes.ts";

interface Options {
  /** Lowest and highest edge, of each dim in turn; those of the data when left out. */
  range?: readonly number[] | null;
  weight?: Tensor | null;
  /** Divide by the total and the bins' sizes. */
  density?: boolean;
}
export interface HistogramOptions extends Options {
  bins?: number | Tensor;
  out?: readonly [Tensor, Tensor] | null;
}
type Hist = [Tensor, Tensor] & { readonly hist: Tensor; readonly bin_edges: Tensor };
interface Histogram {
  (input: Tensor, bins: number | Tensor, options?: Omit<HistogramOptions, "bins">): Hist;
  (input: Tensor, options?: HistogramOptions): Hist;
}
/**
 * How many elements (or what weight) fall into each bin: `bins` equal ones, or between the edges of an ascending tensor.
 * The last bin holds its upper edge too. As `torch.histogram`.
 */
export const histogram = overloaded<Histogram>(
  overload(
    "histogram(Tensor self, Tensor bins, *, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor bin_edges)",
    (self, bins, weight, density) => histogramOf(self, bins, null, weight, density),
  ),
  overload(
    "histogram(Tensor self, int bins=100, *, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor bin_edges)",
    histogramOf,
  ),
);
function histogramOf(
  input: Tensor,
  bins: number | Tensor,
  range: readonly number[] | null,
  weight: Tensor | null,
  density: boolean,
): Hist {
  const points = input.reshape([-1, 1]);
  if (weight !== null && !sameShape(weight.sizes, input.sizes)) throw otherWeights(input.sizes, weight);
  const weights = weight?.reshape([-1]) ?? null;
  const { hist, bin_edges } = gridded(points, [bins] as number[] | Tensor[], range, weights, density);
  const [counted, edges] = [hist, bin_edges[0]].map((t) =>
    _underived(t.detach(), input, "histogram", "NotImplemented"),
  );
  return Object.assign([counted, edges] as [Tensor, Tensor], { hist: counted, bin_edges: edges });
}
type GridBins = number | readonly number[] | readonly Tensor[];
type Grid = [Tensor, Tensor[]] & { readonly hist: Tensor; readonly bin_edges: Tensor[] };
interface Histogramdd {
  (input: Tensor, bins: GridBins, options?: Options): Grid;
  (input: Tensor, options: Options & { bins: GridBins }): Grid;
}
/**
 * How many of the points in the last dim of `input` (or what weight) fall into each bin of a grid: so many equal ones in
 * each dim, or between the edges of ascending tensors. The last bin of a dim holds its upper edge too. Raises RuntimeError
 * for bins and ranges that do not fit. As `torch.histogramdd`.
 * @example torch.histogramdd(torch.rand(100, 2), [3, 4]).hist.shape // torch.Size([3, 4])
 */
export const histogramdd = overloaded<Histogramdd>(
  overload(
    "histogramdd(Tensor self, int|int[] bins, float[]? range=None, Tensor? weight=None, bool density=False) -> None",
    gridded,
  ),
  overload(
    "histogramdd(Tensor self, Tensor[] bins, float[]? range=None, Tensor? weight=None, bool density=False) -> None",
    gridded,
  ),
);
function gridded(
  input: Tensor,
  bins: GridBins,
  range: readonly number[] | null,
  weight: Tensor | null,
  density: boolean,
): Grid {
  if (input.sizes.length < 2)
    throw new RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions");
  if (input.dtype !== float32 && input.dtype !== float64) throw notImplementedFor("histogramdd", input.dtype);
  const dims = input.sizes[input.sizes.length - 1];
  if (weight !== null && !sameShape(weight.sizes, input.sizes.slice(0, -1))) throw otherWeights(input.sizes, weight);
  const each = typeof bins === "number" ? new Array<number>(dims).fill(bins) : bins;
  if (each.length !== dims)
    throw new RuntimeError("histogramdd: The size of bins must be equal to the innermost dimension of the input.");
  if (range !== null && range.length !== 2 * dims)
    throw new RuntimeError(
      `torch.histogramdd: for a ${dims}-dimensional histogram range should have ${2 * dims} elements, but got ${range.length}`,
    );
  const points = input.reshape([numel(input.sizes.slice(0, -1)), dims]);
  const edges = each.map((b, d) => {
    if (b instanceof Tensor) return checkEdges(b, d, input);
    const ends = range === null ? endsOf(points.select(1, d), d) : [range[2 * d], range[2 * d + 1]];
    return equalEdges(b, ends, d, input);
  });
  const at = edges.map(doubles);
  const shape = at.map((e) => e.length - 1);
  const hist = new Float64Array(numel(shape));
  count(hist, shape, at, points, weight);
  if (density) divide(hist, shape, at);
  const name = "_histogramdd_from_bin_cts";
  const counts = _underived(fromTyped(hist, shape, input.dtype), input, name, "NotImplemented");
  return Object.assign([counts, edges] as [Tensor, Tensor[]], { hist: counts, bin_edges: edges });
}
const otherWeights = (sizes: readonly number[], weight: Tensor): RuntimeError =>
  new RuntimeError(
    `torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor excluding its innermost dimension, but got input with shape ${list(sizes)} and weight with shape ${list(weight.sizes)}`,
  );
function count(
  hist: Float64Array,
  shape: readonly number[],
  edges: readonly Float64Array[],
  points: Tensor,
  weight: Tensor | null,
): void {
  const [n, dims] = points.sizes;
  const values = doubles(points);
  const weights = weight === null ? undefined : doubles(weight);
  const strides = contiguousStrides(shape);
  for (let i = 0; i < n; i++) {
    let at = 0;
    for (let d = 0; d < dims && at >= 0; d++) {
      const bin = binOf(values[i * dims + d], edges[d]);
      at = bin < 0 ? -1 : at + bin * strides[d];
    }
    if (at >= 0 && hist.length > 0) hist[at] += weights?.[i] ?? 1;
  }
}
/** The bin that x falls into, -1 for none. */
function binOf(x: number, edges: Float64Array): number {
  if (!(x >= edges[0] && x <= edges[edges.length - 1])) return -1;
  let [low, high] = [0, edges.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x >= edges[middle]) low = middle;
    else high = middle;
  }
  return low;
}
function divide(hist: Float64Array, shape: readonly number[], edges: readonly Float64Array[]): void {
  const total = hist.reduce((a, b) => a + b, 0);
  const strides = contiguousStrides(shape);
  for (let i = 0; i < hist.length; i++) {
    const size = edges.reduce((product, e, d) => {
      const bin = Math.floor(i / strides[d]) % shape[d];
      return product * (e[bin + 1] - e[bin]);
    }, total);
    hist[i] /= size;
  }
}
function checkEdges(edges: Tensor, d: number, { dtype }: Tensor): Tensor {
  const of = `for dimension ${d}`;
  if (edges.dtype !== dtype)
    throw new RuntimeError(
      `torch.histogramdd: input tensor and bins tensors should have the same dtype, but got input with dtype ${cppName(dtype)} and bins ${of} with dtype ${cppName(edges.dtype)}`,
    );
  if (edges.sizes.length !== 1)
    throw new RuntimeError(
      `torch.histogramdd: bins tensor should have one dimension, but got ${edges.sizes.length} dimensions in the bins tensor ${of}`,
    );
  if (edges.numel() === 0)
    throw new RuntimeError(
      `torch.histogramdd: bins tensor should have at least 1 element, but got 0 elements in the bins tensor ${of}`,
    );
  if (edges.numel() === 1) throw new RuntimeError(`torch.histogram(): bins must be > 0, but got 0 ${of}`);
  return edges;
}
function endsOf(values: Tensor, d: number): number[] {
  if (values.numel() === 0) return [0, 1];
  const ends = [values.min(), values.max()].map((t) => t.item() as number);
  if (!ends.every(Number.isFinite))
    throw new RuntimeError(
      `torch.histogramdd: dimension ${d}'s range [${ends.map((x) => String(x).toLowerCase()).join(", ")}] is not finite`,
    );
  return ends;
}
function equalEdges(bins: number, [low, high]: readonly number[], d: number, { dtype }: Tensor): Tensor {
  if (bins <= 0) throw new RuntimeError(`torch.histogram(): bins must be > 0, but got ${bins} for dimension ${d}`);
  if (low > high)
    throw new RuntimeError(
      `torch.histogramdd: min should not exceed max, but got min ${low} max ${high} for dimension ${d}`,
    );
  return low === high ? linspace(low - 0.5, high + 0.5, bins + 1, { dtype }) : linspace(low, high, bins + 1, { dtype });
}
