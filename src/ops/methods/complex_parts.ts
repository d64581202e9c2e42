// x.real and x.imag, to read and to write.
import type { Scalar } from "../../base/dtype.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { imag, real } from "../pointwise/complex.ts";

declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /** The real parts, as a view to read and to write; a real tensor itself. */
    get real(): Tensor;
    set real(x: Tensor | Scalar);
    /** The imaginary parts, as a view to read and to write. Raises RuntimeError for real tensors. */
    get imag(): Tensor;
    set imag(x: Tensor | Scalar);
  }
}
for (const [name, part] of Object.entries({ real, imag }))
  Object.defineProperty(Tensor.prototype, name, {
    get(this: Tensor) {
      return part(this);
    },
    set(this: Tensor, x: Tensor | Scalar) {
      if (x instanceof Tensor) part(this).copy_(x);
      else part(this).fill_(x);
    },
  });
