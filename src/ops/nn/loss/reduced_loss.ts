// What all losses share: the reduction at the end.
import { ValueError } from "../../../base/errors.ts";
import type { Tensor } from "../../../tensor/tensor.ts";

/** The mean or the sum of one loss an element, or the losses themselves. */
export function reduced(loss: Tensor, reduction: string): Tensor {
  if (reduction === "mean") return loss.mean();
  if (reduction === "sum") return loss.sum();
  assertReduction(reduction);
  return loss;
}
export function assertReduction(reduction: string): void {
  if (reduction !== "mean" && reduction !== "sum" && reduction !== "none")
    throw new ValueError(`${reduction} is not a valid value for reduction\nIt can be 'mean', 'sum' or 'none'.`);
}
