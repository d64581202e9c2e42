// torch.nn.utils
export {
  clip_grad_norm,
  clip_grad_norm_,
  clip_grad_value_,
  clip_grads_with_norm_,
  get_total_norm,
} from "./clip_grad.ts";
export { remove_spectral_norm, remove_weight_norm, spectral_norm, weight_norm } from "./computed_before.ts";
export {
  convert_conv2d_weight_memory_format,
  convert_conv3d_weight_memory_format,
  fuse_conv_bn_eval,
  fuse_conv_bn_weights,
  fuse_linear_bn_eval,
  fuse_linear_bn_weights,
  skip_init,
} from "./conversions.ts";
export { parameters_to_vector, vector_to_parameters } from "./parameters_vector.ts";
export * as parametrizations from "./parametrizations.ts";
export * as parametrize from "./parametrize.ts";
export * as prune from "./prune.ts";
export * as rnn from "./rnn.ts";
