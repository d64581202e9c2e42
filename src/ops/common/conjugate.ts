// What gradients of complex numbers need.
import type { Scalar } from "../../base/dtype.ts";
import { Complex } from "../../base/dtype.ts";
import { define, op } from "../../dispatch/declare.ts";
import { pointwise } from "../../kinds/pointwise.ts";
import { Tensor } from "../../tensor/tensor.ts";

/**
 * In memory of its own, for it is to be computed with.
 *
 * What a derivative multiplies a gradient by, conjugated: the gradient of a real loss by z is that by its conjugate, so
 * that -grad is the way down. Real numbers are their own.
 */
export function conj<T extends Tensor | Scalar>(x: T): T {
  if (x instanceof Tensor) return (x.dtype.is_complex ? _conj_physical(x) : x) as T;
  return (x instanceof Complex ? new Complex(x.re, -x.im) : x) as T;
}
/** Complex numbers conjugated, in memory of their own. @internal */
export const _conj_physical = op("_conj_physical(Tensor self) -> Tensor");
define(_conj_physical, {
  kernel: pointwise(({ self }) => self.real().complex(self.imag().neg())),
  backward: { self: ({ grad }) => conj(grad) },
  node: "ConjBackward0",
});
