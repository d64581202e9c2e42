// torch.nn.grad: the gradients of a convolution, without the convolution.
import { grad } from "../autograd/backward.ts";
import { modes, withGrad } from "../autograd/mode.ts";
import { callable } from "../dispatch/callable.ts";
import type { Values } from "../dispatch/signature.ts";
import { convolution } from "../ops/nn/convolution/conv.ts";
import { perDim } from "../ops/nn/convolution/windows.ts";
import type { Tensor } from "../tensor/tensor.ts";

const SLIDING = "Tensor grad_output, int[] stride=1, int[] padding=0, int[] dilation=1, int groups=1";
const OF_INPUT = `(int[] input_size, Tensor weight, ${SLIDING}) -> Tensor` as const;
const OF_WEIGHT = `(Tensor input, int[] weight_size, ${SLIDING}) -> Tensor` as const;
type OfInput = Values<`conv${typeof OF_INPUT}`>;
type OfWeight = Values<`conv${typeof OF_WEIGHT}`>;
type Sliding = Omit<OfInput, "input_size" | "weight">;

/** A convolution is linear in what its gradient is asked for: where that is does not matter. */
function gradientOf(
  dims: number,
  other: Tensor,
  size: readonly number[],
  { grad_output, stride, padding, dilation, groups }: Sliding,
  pair: (at: Tensor) => readonly [input: Tensor, weight: Tensor],
): Tensor {
  const create_graph = modes().grad && (other.requires_grad || grad_output.requires_grad);
  return withGrad(true, () => {
    const at = grad_output.detach().new_zeros(size, { requires_grad: true });
    const [input, weight] = pair(at);
    const [s, p, d] = [
      perDim(stride, dims, "stride"),
      perDim(padding, dims, "padding"),
      perDim(dilation, dims, "dilation"),
    ];
    const out = convolution(input, weight, null, s, p, d, false, new Array<number>(dims).fill(0), groups);
    return grad(out, at, grad_output, { create_graph })[0];
  });
}
const ofInput = (dims: number, { input_size, weight, ...sliding }: OfInput): Tensor =>
  gradientOf(dims, weight, input_size, sliding, (at) => [at, weight]);
const ofWeight = (dims: number, { input, weight_size, ...sliding }: OfWeight): Tensor =>
  gradientOf(dims, input, weight_size, sliding, (at) => [input, at]);

/**
 * The gradient of conv1d's input, of the size `input_size`. As `torch.nn.grad.conv1d_input`.
 * @example nn.grad.conv1d_input([1, 1, 4], torch.ones(1, 1, 2), torch.ones(1, 1, 3)); // 1, 2, 2, 1
 */
export const conv1d_input = callable(`conv1d_input${OF_INPUT}`, (args) => ofInput(1, args));
/** The gradient of conv1d's weight, of the size `weight_size`. As `torch.nn.grad.conv1d_weight`. */
export const conv1d_weight = callable(`conv1d_weight${OF_WEIGHT}`, (args) => ofWeight(1, args));
/** The gradient of conv2d's input, of the size `input_size`. As `torch.nn.grad.conv2d_input`. */
export const conv2d_input = callable(`conv2d_input${OF_INPUT}`, (args) => ofInput(2, args));
/** The gradient of conv2d's weight, of the size `weight_size`. As `torch.nn.grad.conv2d_weight`. */
export const conv2d_weight = callable(`conv2d_weight${OF_WEIGHT}`, (args) => ofWeight(2, args));
/** The gradient of conv3d's input, of the size `input_size`. As `torch.nn.grad.conv3d_input`. */
export const conv3d_input = callable(`conv3d_input${OF_INPUT}`, (args) => ofInput(3, args));
/** The gradient of conv3d's weight, of the size `weight_size`. As `torch.nn.grad.conv3d_weight`. */
export const conv3d_weight = callable(`conv3d_weight${OF_WEIGHT}`, (args) => ofWeight(3, args));
