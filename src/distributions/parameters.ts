// Parameters of distributions: numbers or tensors, probabilities or logits.
import { Float, float64, get_default_dtype } from "../base/dtype.ts";
import { ValueError } from "../base/errors.ts";
import { finfo } from "../base/dtype_info.ts";
import { tensor } from "../ops/creation/from_data.ts";
import { broadcast_tensors } from "../ops/views/variadic.ts";
import { softmax } from "../ops/nn/activation/softmax.ts";
import { scalarText } from "../tensor/print.ts";
import { Tensor } from "../tensor/tensor.ts";

/** What a parameter may be given as. */
export type Param = Tensor | number;
export const EULER = 0.5772156649015329;

export const isNumber = (x: unknown): x is number =>
  typeof x === "number" || x instanceof Float || typeof x === "boolean";
/** Whether all of it is true. */
export const isTrue = (x: Tensor): boolean => Boolean(x.all().item());
const isParam = (x: unknown): x is Param => isNumber(x) || x instanceof Tensor;

/** All as tensors of one shape; numbers in the dtype of the first tensor, or the default one. */
export function broadcastAll(...values: readonly unknown[]): Tensor[] {
  if (!values.every(isParam))
    throw new ValueError(
      "Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__.",
    );
  const dtype = values.find((x) => x instanceof Tensor)?.dtype ?? get_default_dtype();
  return broadcast_tensors(...values.map((x) => (x instanceof Tensor ? x : tensor(Number(x), { dtype }))));
}
export function sumRightmost(x: Tensor, dims: number): Tensor {
  return dims === 0 ? x : x.reshape([...x.shape.slice(0, x.dim() - dims), -1]).sum(-1);
}
/** Within (0, 1) by the distance of 1 from the next number. */
export function clampProbs(probs: Tensor): Tensor {
  const { eps } = finfo(probs.dtype);
  return probs.clamp(eps, 1 - eps);
}
export const logitsToProbs = (logits: Tensor, binary: boolean): Tensor =>
  binary ? logits.sigmoid() : softmax(logits, -1);
export function probsToLogits(probs: Tensor, binary: boolean): Tensor {
  const clamped = clampProbs(probs);
  return binary ? clamped.log().sub(clamped.neg().log1p()) : clamped.log();
}
/** A field that shadows the accessor of its name: what a lazy one has become. */
export function keep<T>(owner: object, name: string, value: T): T {
  Object.defineProperty(owner, name, { value, enumerable: true, writable: true, configurable: true });
  return value;
}
/** As Python formats it: a tensor without dims as its number. */
export function formatted(x: Tensor): string {
  return x.dim() === 0 ? scalarText(Number(x.item()), x.dtype.is_floating_point ? float64 : x.dtype) : String(x);
}
