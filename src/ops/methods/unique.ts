// torch.unique and torch.unique_consecutive: functions whose results are one tensor or several.
import { mode } from "../../autograd/mode.ts";
import { gradientEdge, Node } from "../../autograd/node.ts";
import { NotImplementedError } from "../../errors.ts";
import * as selection from "../../numerics/selection.ts";
import type { TypedArray } from "../../dtype.ts";
import { int64 } from "../../dtype.ts";
import { wrapDim } from "../../layout.ts";
import { Tensor } from "../../tensor.ts";
import { order } from "../along_dim.ts";
import { fromTyped } from "../data.ts";

export interface UniqueOptions {
  sorted?: boolean;
  return_inverse?: boolean;
  return_counts?: boolean;
  dim?: number | null;
}
/**
 * The different elements of a tensor (or slices along `dim`), in ascending order; with `return_inverse` where each
 * element went, with `return_counts` how often each occurs. As `torch.unique`.
 */
export function unique(
  input: Tensor,
  options?: UniqueOptions & { return_inverse?: false; return_counts?: false },
): Tensor;
export function unique(input: Tensor, options: UniqueOptions): Tensor | Tensor[];
export function unique(input: Tensor, options: UniqueOptions = {}): Tensor | Tensor[] {
  return distinct(input, options, true);
}
/** The elements that differ from the one before. As `torch.unique_consecutive`. */
export function unique_consecutive(
  input: Tensor,
  options?: Omit<UniqueOptions, "sorted"> & { return_inverse?: false; return_counts?: false },
): Tensor;
export function unique_consecutive(input: Tensor, options: Omit<UniqueOptions, "sorted">): Tensor | Tensor[];
export function unique_consecutive(input: Tensor, options: UniqueOptions = {}): Tensor | Tensor[] {
  return distinct(input, options, false);
}
function distinct(
  input: Tensor,
  { return_inverse, return_counts, dim = null }: UniqueOptions,
  sorts: boolean,
): Tensor | Tensor[] {
  const d = dim === null ? 0 : wrapDim(dim, input.ndim);
  const slices = dim === null ? input.detach().reshape([-1]) : input.detach().movedim([d], [0]);
  const n = slices.shape[0];
  const width = n === 0 ? 0 : slices.numel() / n;
  const data = slices.typed_array();
  const places = Uint32Array.from({ length: n }, (_, i) => i);
  // Elements have an order, NaN last; slices are compared as they are, and NaN among them is equal to all.
  if (sorts && dim === null) places.sort((i, j) => order(data[i], data[j]) || i - j);
  else if (sorts) selection.sort(places, 0, n, (i, j) => isSliceBefore(data, width, i, j));
  const firsts: number[] = [];
  const counts: bigint[] = [];
  const inverse = new BigInt64Array(n);
  for (const [k, place] of places.entries()) {
    // NaN differs from NaN.
    const same = k > 0 && equalSlices(data, width, places[k - 1], place);
    if (!same) {
      firsts.push(place);
      counts.push(0n);
    }
    counts[counts.length - 1]++;
    inverse[place] = BigInt(firsts.length - 1);
  }
  const chosen = slices.index_select(0, fromTyped(BigInt64Array.from(firsts, BigInt), [firsts.length], int64));
  const values = dim === null ? chosen : chosen.movedim([0], [d]).contiguous();
  if (mode.grad && input.requires_grad)
    values.node = new Undifferentiated(
      sorts ? (dim === null ? "_unique2" : "unique_dim") : "unique_consecutive",
      input,
      values,
    );
  const results = [values];
  if (return_inverse) results.push(fromTyped(inverse, dim === null ? input.shape : [n], int64));
  if (return_counts) results.push(fromTyped(BigInt64Array.from(counts), [counts.length], int64));
  return results.length === 1 ? values : results;
}
/** What has no derivative stays in the graph, and says so when it is asked for one. */
class Undifferentiated extends Node {
  private readonly of: string;
  constructor(of: string, input: Tensor, output: Tensor) {
    super();
    this.of = of;
    this.edges = [gradientEdge(input)];
    this.outputs = [{ shape: output.sizes, dtype: output.dtype }];
  }
  override name(): string {
    const words = this.of.split("_").map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
    return `${words.join("")}Backward0`;
  }
  override apply(): never {
    throw new NotImplementedError(`the derivative for '${this.of}' is not implemented.`);
  }
}
function isSliceBefore(data: TypedArray, width: number, i: number, j: number): boolean {
  for (let k = 0; k < width; k++) {
    const [a, b] = [data[i * width + k], data[j * width + k]];
    if (a < b) return true;
    if (a > b) return false;
  }
  return false;
}
function equalSlices(data: TypedArray, width: number, i: number, j: number): boolean {
  for (let k = 0; k < width; k++) if (data[i * width + k] !== data[j * width + k]) return false;
  return true;
}
declare module "../../tensor.ts" {
  interface Tensor {
    /** The different elements, in ascending order. */
    unique(options?: UniqueOptions & { return_inverse?: false; return_counts?: false }): Tensor;
    unique(options: UniqueOptions): Tensor | Tensor[];
  }
}
Tensor.prototype.unique = function (options?: UniqueOptions) {
  return unique(this, options as { return_inverse?: false });
};
