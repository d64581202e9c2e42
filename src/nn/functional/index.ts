// torch.nn.functional: the functions that PyTorch has under this name.
import "../../ops/methods/everyday.ts";

export {
  adaptive_avg_pool2d,
  adaptive_avg_pool3d,
  adaptive_max_pool1d,
  adaptive_max_pool2d,
  adaptive_max_pool3d,
  bilinear,
  dropout1d,
  dropout2d,
  dropout3d,
  gumbel_softmax,
  instance_norm,
  max_pool1d,
  max_pool2d,
  max_pool3d,
  log_softmax,
  relu,
  softmax,
  softmin,
} from "./composed.ts";
export { multi_head_attention_forward } from "./multi_head_attention.ts";
export {
  celu,
  elu,
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
  rrelu,
  selu,
  silu,
  softplus,
  softshrink,
  softsign,
  tanhshrink,
  threshold,
} from "../../ops/nn/activation/activation.ts";
export { celu_, elu_, hardtanh_, leaky_relu_, rrelu_, selu_, threshold_ } from "./inplace.ts";
export { scaled_dot_product_attention } from "../../ops/nn/attention/attention.ts";
export {
  conv1d,
  conv2d,
  conv3d,
  conv_transpose1d,
  conv_transpose2d,
  conv_transpose3d,
} from "../../ops/nn/convolution/conv.ts";
export { ctc_loss } from "../../ops/nn/loss/ctc_loss.ts";
export { cosine_similarity, pairwise_distance, pdist } from "../../ops/nn/distance.ts";
export { alpha_dropout, dropout, feature_alpha_dropout, feature_dropout } from "../../ops/nn/dropout.ts";
export { embedding_bag } from "../../ops/nn/embedding_bag.ts";
export { embedding } from "../../ops/indexing/indexing.ts";
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
} from "../../ops/nn/loss/loss.ts";
export {
  gaussian_nll_loss,
  linear_cross_entropy,
  multilabel_soft_margin_loss,
  poisson_nll_loss,
} from "../../ops/nn/loss/likelihood_loss.ts";
export {
  cosine_embedding_loss,
  hinge_embedding_loss,
  margin_ranking_loss,
  multi_margin_loss,
  multilabel_margin_loss,
  soft_margin_loss,
  triplet_margin_loss,
  triplet_margin_with_distance_loss,
} from "../../ops/nn/loss/margin_loss.ts";
export { linear } from "../../ops/linalg/matmul.ts";
export { batch_norm, group_norm, layer_norm, rms_norm } from "../../ops/nn/normalization/norm.ts";
export { pad } from "../../ops/nn/vision/padding.ts";
export { sigmoid, tanh } from "../../ops/pointwise/arithmetic.ts";
export {
  adaptive_avg_pool1d,
  avg_pool1d,
  avg_pool2d,
  avg_pool3d,
  max_pool1d_with_indices,
  max_pool2d_with_indices,
  max_pool3d_with_indices,
} from "../../ops/nn/pooling/pool.ts";
export { affine_grid } from "../../ops/nn/vision/grid_sample.ts";
export {
  channel_shuffle,
  native_channel_shuffle,
  pixel_shuffle,
  pixel_unshuffle,
} from "../../ops/nn/vision/shuffle.ts";
export {
  fold,
  fractional_max_pool2d,
  fractional_max_pool3d,
  local_response_norm,
  lp_pool1d,
  lp_pool2d,
  lp_pool3d,
  max_unpool1d,
  max_unpool2d,
  max_unpool3d,
  unfold,
} from "./pools.ts";
export { grid_sample, interpolate, upsample, upsample_bilinear, upsample_nearest } from "./interpolate.ts";
