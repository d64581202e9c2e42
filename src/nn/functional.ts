// torch.nn.functional: the ops that PyTorch has under this name.
import { relu as reluOp } from "../ops/activation.ts";
import { bindConstructor } from "../op/constructor.ts";
import type { ConstructorArgs } from "../op/constructor.ts";
import * as pool from "../ops/pool.ts";
import type { Tensor } from "../tensor.ts";

const MAX_POOL =
  "max_pool(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=0, int[] dilation=1, bool ceil_mode=False, bool return_indices=False) -> Tensor";
type MaxPoolArgs = ConstructorArgs<typeof MAX_POOL>;
interface MaxPool {
  (
    input: Tensor,
    kernel_size: number | readonly number[],
    options: {
      return_indices: true;
      stride?: number | readonly number[] | null;
      padding?: number | readonly number[];
      dilation?: number | readonly number[];
      ceil_mode?: boolean;
    },
  ): [Tensor, Tensor];
  (...args: MaxPoolArgs): Tensor;
}
/** One function of the two ops: PyTorch's takes `return_indices`. */
function maxPool(plain: typeof pool.max_pool2d, both: typeof pool.max_pool2d_with_indices): MaxPool;
function maxPool(plain: typeof pool.max_pool1d, both: typeof pool.max_pool1d_with_indices): MaxPool;
function maxPool(plain: typeof pool.max_pool3d, both: typeof pool.max_pool3d_with_indices): MaxPool;
function maxPool(plain: unknown, both: unknown): MaxPool {
  return ((...given: unknown[]) => {
    const { return_indices, ...args } = bindConstructor(MAX_POOL, given);
    return ((return_indices ? both : plain) as (args: object) => unknown)(args);
  }) as MaxPool;
}
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
export { pad } from "../ops/padding.ts";
export { sigmoid, tanh } from "../ops/pointwise.ts";
export {
  adaptive_avg_pool1d,
  adaptive_avg_pool2d,
  avg_pool1d,
  avg_pool2d,
  avg_pool3d,
  max_pool1d_with_indices,
  max_pool2d_with_indices,
  max_pool3d_with_indices,
} from "../ops/pool.ts";
/** The largest element under each window; with `return_indices` also its place. As `torch.nn.functional.max_pool1d`. */
export const max_pool1d = maxPool(pool.max_pool1d, pool.max_pool1d_with_indices);
/** The largest element under each window; with `return_indices` also its place. As `torch.nn.functional.max_pool2d`. */
export const max_pool2d = maxPool(pool.max_pool2d, pool.max_pool2d_with_indices);
/** The largest element under each window; with `return_indices` also its place. As `torch.nn.functional.max_pool3d`. */
export const max_pool3d = maxPool(pool.max_pool3d, pool.max_pool3d_with_indices);
export { log_softmax, softmax } from "../ops/reduction.ts";
