// What an update does with a sparse gradient: it reads and writes dense tensors at the places that the gradient has.
import { _index, _index_put_ } from "../ops/indexing/indexing.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The elements of a sparse gradient, each of them once, and how a dense tensor is read and added to there. */
export function elementsOf(grad: Tensor): {
  readonly values: Tensor;
  readonly at: (x: Tensor) => Tensor;
  readonly addTo: (x: Tensor, values: Tensor) => void;
} {
  const inOrder = grad.coalesce();
  const indices = [...inOrder._indices().unbind(0)];
  return {
    values: inOrder._values(),
    at: (x) => _index(x, indices),
    addTo: (x, values) => void _index_put_(x, indices, values, true),
  };
}
