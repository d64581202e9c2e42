// torch.nn.utils
export {
  clip_grad_norm,
  clip_grad_norm_,
  clip_grad_value_,
  clip_grads_with_norm_,
  get_total_norm,
} from "./clip_grad.ts";
export { remove_spectral_norm, remove_weight_norm, spectral_norm, weight_norm } from "./computed_before.ts";
export { parameters_to_vector, vector_to_parameters } from "./parameters_vector.ts";
export * as parametrizations from "./parametrizations.ts";
export * as parametrize from "./parametrize.ts";
export * as rnn from "./rnn.ts";
