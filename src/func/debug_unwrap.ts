// torch.func.debug_unwrap: what a tensor of vmap, grad or jvp stands for.
import { callable } from "../dispatch/callable.ts";
import { Wrapped } from "../dispatch/levels.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * The tensor that one inside vmap, grad or jvp stands for, to look at: all of a batch, or the values without the graph of that level;
 * with `recurse: false` what it is one level down. Any other tensor is itself. Derivatives do not follow it. As
 * `torch.func.debug_unwrap`.
 * @example
 * torch.func.vmap((x: torch.Tensor) => {
 *   console.log(String(torch.func.debug_unwrap(x))); // tensor([0., 1.])
 *   return x;
 * })(torch.arange(2).to(torch.float32));
 */
export const debug_unwrap = callable("debug_unwrap(Tensor tensor, *, bool recurse=True) -> Tensor", (given): Tensor => {
  let { tensor } = given;
  while (tensor instanceof Wrapped) {
    tensor = tensor.holds;
    if (!given.recurse) break;
  }
  return tensor;
});
