// x.polygamma(n): the function has the order first.
import { Tensor } from "../../tensor/tensor.ts";
import { polygamma } from "../pointwise/functions.ts";

declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /** {@link polygamma} of order n. */
    polygamma(n: number | { n: number }): Tensor;
  }
}
Tensor.prototype.polygamma = function (n) {
  return polygamma(typeof n === "object" ? n.n : n, this);
};
