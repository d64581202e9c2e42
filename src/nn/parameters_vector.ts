// All parameters as one vector, and back.
import { TypeError } from "../errors.ts";
import { no_grad } from "../autograd/mode.ts";
import { cat } from "../ops/view.ts";
import { Tensor } from "../tensor.ts";
import { typeWord } from "../type_word.ts";

/** The elements of all parameters in one dim, recorded. As `torch.nn.utils.parameters_to_vector`. */
export function parameters_to_vector(parameters: Iterable<Tensor>): Tensor {
  return cat([...parameters].map((p) => p.reshape([-1])));
}
/** Parts of a vector into the parameters, in place. As `torch.nn.utils.vector_to_parameters`. */
export function vector_to_parameters(vec: Tensor, parameters: Iterable<Tensor>): void {
  if (!(vec instanceof Tensor)) throw new TypeError(`expected torch.Tensor, but got: ${typeWord(vec)}`);
  let at = 0;
  const parts = [...parameters].map((p) => ({ p, part: vec.slice(0, at, (at += p.numel())).view(p.sizes) }));
  no_grad(() => {
    for (const { p, part } of parts) p.copy_(part);
  });
}
