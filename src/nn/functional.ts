// torch.nn.functional: the ops that PyTorch has under this name.
import { relu as reluOp } from "../ops/activation.ts";
import type { Tensor } from "../tensor.ts";

/** x where it is positive, else 0; `inplace` writes into x. As `torch.nn.functional.relu`. */
export function relu(input: Tensor, { inplace = false }: { inplace?: boolean } = {}): Tensor {
  return inplace ? input.relu_() : reluOp(input);
}
export {
  celu,
  dropout,
  elu,
  feature_dropout,
  gelu,
  glu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leaky_relu,
  logsigmoid,
  mish,
  normalize,
  one_hot,
  prelu,
  relu6,
  selu,
  silu,
  softmin,
  softplus,
  softshrink,
  softsign,
  tanhshrink,
  threshold,
} from "../ops/activation.ts";
export { conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d } from "../ops/conv.ts";
export { embedding } from "../ops/indexing.ts";
export {
  binary_cross_entropy,
  binary_cross_entropy_with_logits,
  cross_entropy,
  huber_loss,
  kl_div,
  l1_loss,
  mse_loss,
  nll_loss,
  smooth_l1_loss,
} from "../ops/loss.ts";
export { linear } from "../ops/matmul.ts";
export { batch_norm, group_norm, layer_norm, rms_norm } from "../ops/norm.ts";
export { sigmoid, tanh } from "../ops/pointwise.ts";
export {
  adaptive_avg_pool1d,
  adaptive_avg_pool2d,
  avg_pool1d,
  avg_pool2d,
  avg_pool3d,
  max_pool1d,
  max_pool2d,
  max_pool3d,
} from "../ops/pool.ts";
export { log_softmax, softmax } from "../ops/reduction.ts";
