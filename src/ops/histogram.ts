// torch.histogram: counts, or weights, by bin, with the bins' edges.
import { RuntimeError } from "../errors.ts";
import { Tensor } from "../tensor.ts";
import { linspace } from "./creation.ts";
import { fromTyped } from "./data.ts";

export interface HistogramOptions {
  bins?: number | Tensor;
  /** Lowest and highest edge; those of the data when left out. */
  range?: readonly [number, number] | null;
  weight?: Tensor | null;
  /** Divide by the total and the bins' widths. */
  density?: boolean;
}
/**
 * How many elements (or what weight) fall into each bin: `bins` equal ones, or between the edges of an ascending tensor.
 * The last bin holds its upper edge too. As `torch.histogram`.
 */
export function histogram(
  input: Tensor,
  given: number | Tensor | HistogramOptions,
  options: Omit<HistogramOptions, "bins"> = {},
): [Tensor, Tensor] & { readonly hist: Tensor; readonly bin_edges: Tensor } {
  const isBins = typeof given === "number" || given instanceof Tensor;
  const { bins = 100, range = null, weight = null, density = false } = isBins ? { ...options, bins: given } : given;
  if (weight !== null && weight.shape.join() !== input.shape.join())
    throw new RuntimeError(
      "torch.histogramdd(): if weight tensor is provided it should have the same shape as the input tensor excluding its innermost dimension",
    );
  const edges = bins instanceof Tensor ? bins : equalEdges(input, bins, range);
  const at = edges.typed_array() as Float64Array;
  const hist = new Float64Array(at.length - 1);
  const values = input.typed_array() as Float64Array;
  const weights = weight?.typed_array() as Float64Array | undefined;
  for (const [i, x] of values.entries()) {
    if (!(x >= at[0] && x <= at[at.length - 1])) continue;
    let [low, high] = [0, hist.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (x >= at[middle]) low = middle;
      else high = middle;
    }
    hist[low] += weights?.[i] ?? 1;
  }
  if (density) {
    const total = hist.reduce((a, b) => a + b, 0);
    for (let i = 0; i < hist.length; i++) hist[i] /= total * (at[i + 1] - at[i]);
  }
  const counts = fromTyped(hist, [hist.length], input.dtype);
  return Object.assign([counts, edges] as [Tensor, Tensor], { hist: counts, bin_edges: edges });
}
function equalEdges(input: Tensor, bins: number, range: readonly [number, number] | null): Tensor {
  if (bins <= 0) throw new RuntimeError("torch.histogramdd(): bins must be > 0, but got " + bins);
  let [low, high] = range ?? (input.numel() === 0 ? [0, 1] : [Number(input.min().item()), Number(input.max().item())]);
  if (low > high) throw new RuntimeError("torch.histogramdd(): min should not exceed max");
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  return linspace(low, high, bins + 1, { dtype: input.dtype });
}
