// torch.func: functions of functions.
export { grad, grad_and_value, vjp } from "./derivatives.ts";
export type { Argnums, At, AuxOptions } from "./derivatives.ts";
export type { Tree } from "./tree.ts";
export { vmap } from "./vmap.ts";
export type { Dims } from "./vmap.ts";
export { hessian, jacfwd, jacrev, jvp, linearize } from "./forward.ts";
export type { ForwardOptions, Jacobian, JacobianOptions, JvpOptions } from "./forward.ts";
export { functional_call, stack_module_state } from "./functional_call.ts";
export { replace_all_batch_norm_modules_ } from "./batch_norm.ts";
export { functionalize } from "./functionalize.ts";
export { debug_unwrap } from "./debug_unwrap.ts";
