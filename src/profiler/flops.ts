// How many floating-point operations an op does, where that is known: a multiply-add counts as two.
import { Tensor } from "../tensor/tensor.ts";

/** As in PyTorch the products inside of composite ops are counted, not the composites. */
const COUNTS: Readonly<Record<string, (inputs: readonly Tensor[], result: Tensor) => number>> = {
  "aten::mm": ([a], result) => 2 * result.numel() * a.sizes[1],
  "aten::bmm": ([a], result) => 2 * result.numel() * a.sizes[2],
  "aten::mv": ([a]) => 2 * a.numel(),
  "aten::dot": ([a]) => 2 * a.numel(),
  "aten::addmm": ([, a], result) => 2 * result.numel() * a.sizes[1],
  "aten::addmv": ([, a]) => 2 * a.numel(),
  "aten::addbmm": ([, a, b]) => 2 * a.numel() * b.sizes[2],
  "aten::baddbmm": ([, a], result) => 2 * result.numel() * a.sizes[2],
  // What each window made meets the weights of one channel.
  "aten::_convolution_weight": ([, made], result) => (2 * made.numel() * result.numel()) / result.sizes[0],
};

/** Zero where it is not known. */
export function operations(name: string, inputs: readonly unknown[], result: unknown): number {
  if (!(result instanceof Tensor)) return 0;
  if (name === "aten::convolution") return convolution(inputs as ConvolutionInputs, result);
  return COUNTS[name]?.(inputs as readonly Tensor[], result) ?? 0;
}

type ConvolutionInputs = readonly [
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  stride: unknown,
  padding: unknown,
  dilation: unknown,
  transposed: boolean,
];
/** Each element of the result, or, transposed, of the input, meets the weights of one channel. */
function convolution([input, weight, , , , , transposed]: ConvolutionInputs, result: Tensor): number {
  return (2 * (transposed ? input : result).numel() * weight.numel()) / weight.sizes[0];
}
