// torch.nn.utils
export { clip_grad_norm_, clip_grad_value_ } from "./clip_grad.ts";
export { parameters_to_vector, vector_to_parameters } from "./parameters_vector.ts";
export * as rnn from "./rnn.ts";
