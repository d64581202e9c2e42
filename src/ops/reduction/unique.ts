// torch.unique and torch.unique_consecutive: functions whose results are one tensor or several.
import type { TypedArray } from "../../base/dtype.ts";
import { int64 } from "../../base/dtype.ts";
import { IndexError, RuntimeError } from "../../base/errors.ts";
import { wrapDim } from "../../base/layout.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import { dynamicShape, refuseBatch } from "../../dispatch/levels.ts";
import type { Values } from "../../dispatch/signature.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { order } from "../common/along_dim.ts";
import { elements, fromTyped } from "../creation/from_data.ts";
import { _underived } from "../common/underived.ts";
import { notImplementedFor } from "../../dispatch/takes.ts";
import { movedim } from "../views/view.ts";

const RETURNED = "bool return_inverse=False, bool return_counts=False, int? dim=None) -> object";
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
export function unique(
  input: Tensor,
  sorted: boolean,
  return_inverse?: boolean,
  return_counts?: boolean,
  dim?: number | null,
): Tensor | Tensor[];
export function unique(...given: unknown[]): Tensor | Tensor[] {
  return distinct(bindArguments(`unique(Tensor input, bool sorted=True, ${RETURNED}`, given), true);
}
/** The elements that differ from the one before. As `torch.unique_consecutive`. */
export function unique_consecutive(
  input: Tensor,
  options?: Omit<UniqueOptions, "sorted"> & { return_inverse?: false; return_counts?: false },
): Tensor;
export function unique_consecutive(input: Tensor, options: Omit<UniqueOptions, "sorted">): Tensor | Tensor[];
export function unique_consecutive(
  input: Tensor,
  return_inverse: boolean,
  return_counts?: boolean,
  dim?: number | null,
): Tensor | Tensor[];
export function unique_consecutive(...given: unknown[]): Tensor | Tensor[] {
  return distinct(bindArguments(`unique_consecutive(Tensor input, ${RETURNED}`, given), false);
}
function distinct(
  { input, return_inverse, return_counts, dim }: Values<`unique_consecutive(Tensor input, ${typeof RETURNED}`>,
  sorts: boolean,
): Tensor | Tensor[] {
  refuseBatch(input, dynamicShape(dim !== null ? "unique_dim" : sorts ? "_unique2" : "unique_consecutive"));
  if (input.dtype.is_complex) throw notImplementedFor(dim === null || !sorts ? "unique" : "unique_dim", input.dtype);
  const d = dim === null ? 0 : wrapDim(dim, input.ndim);
  if (dim !== null && input.ndim === 0)
    throw new IndexError(`Dimension specified as ${dim} but tensor has no dimensions`);
  if (dim !== null && input.sizes.filter((n) => n === 0).length > 1)
    throw new RuntimeError("Number of zero sized dimensions is more than one, so unique cannot be applied ");
  if (dim !== null && input.numel() === 0 && input.sizes[d] !== 0)
    throw new RuntimeError("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
  const slices = dim === null ? input.detach().reshape([-1]) : movedim(input.detach(), [d], [0]);
  const n = slices.shape[0];
  const width = n === 0 ? 0 : slices.numel() / n;
  const data = elements(slices);
  const places = Uint32Array.from({ length: n }, (_, i) => i);
  if (sorts) places.sort((i, j) => compareSlices(data, width, i, j) || i - j);
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
  const name = !sorts ? "unique_consecutive" : dim === null ? "_unique2" : "unique_dim";
  const values = _underived(dim === null ? chosen : movedim(chosen, [0], [d]).contiguous(), input, name, NODES[name]);
  const results = [values];
  if (return_inverse) results.push(fromTyped(inverse, dim === null ? input.shape : [n], int64));
  if (return_counts) results.push(fromTyped(BigInt64Array.from(counts), [counts.length], int64));
  return results.length === 1 ? values : results;
}
const NODES = {
  _unique2: "Unique2Backward0",
  unique_dim: "UniqueDimBackward0",
  unique_consecutive: "UniqueConsecutiveBackward0",
};
function compareSlices(data: TypedArray, width: number, i: number, j: number): number {
  for (let k = 0; k < width; k++) {
    const o = order(data[i * width + k], data[j * width + k]);
    if (o !== 0) return o;
  }
  return 0;
}
function equalSlices(data: TypedArray, width: number, i: number, j: number): boolean {
  for (let k = 0; k < width; k++) if (data[i * width + k] !== data[j * width + k]) return false;
  return true;
}
declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /** The different elements, in ascending order. */
    unique(options?: UniqueOptions & { return_inverse?: false; return_counts?: false }): Tensor;
    unique(options: UniqueOptions): Tensor | Tensor[];
    /** The elements without repetitions of the one before. */
    unique_consecutive(options?: UniqueOptions & { return_inverse?: false; return_counts?: false }): Tensor;
    unique_consecutive(options: UniqueOptions): Tensor | Tensor[];
  }
}
