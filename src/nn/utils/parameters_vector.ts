// All parameters as one vector, and back.
import { TypeError } from "../../base/errors.ts";
import { withGrad } from "../../autograd/mode.ts";
import { callable } from "../../dispatch/callable.ts";
import { cat } from "../../ops/views/joining.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { typeWord } from "../../tensor/type_word.ts";

/** The elements of all parameters in one dim, recorded. As `torch.nn.utils.parameters_to_vector`. */
export const parameters_to_vector = callable(
  "parameters_to_vector(tensors parameters) -> Tensor",
  ({ parameters }): Tensor => cat(Array.from(parameters, (p) => p.reshape([-1]))),
);
/** Parts of a vector into the parameters, in place. As `torch.nn.utils.vector_to_parameters`. */
export const vector_to_parameters = callable<{ vec: Tensor }>()(
  "vector_to_parameters(object vec, tensors parameters) -> None",
  ({ vec, parameters }): void => {
    if (!(vec instanceof Tensor)) throw new TypeError(`expected torch.Tensor, but got: ${typeWord(vec)}`);
    let at = 0;
    const parts = Array.from(parameters, (p) => ({ p, part: vec.slice(0, at, (at += p.numel())).view(p.sizes) }));
    withGrad(false, () => {
      for (const { p, part } of parts) p.copy_(part);
    });
  },
);
