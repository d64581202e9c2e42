// What gradients of complex numbers need.
import type { Scalar } from "../../base/dtype.ts";
import { Complex } from "../../base/dtype.ts";
import { Tensor } from "../../tensor/tensor.ts";

/**
 * What a derivative multiplies a gradient by, conjugated: the gradient of a real loss by z is that by its conjugate, so
 * that -grad is the way down. Real numbers are their own.
 */
export function conj<T extends Tensor | Scalar>(x: T): T {
  if (x instanceof Tensor) return (x.dtype.is_complex ? x.conj() : x) as T;
  return (x instanceof Complex ? new Complex(x.re, -x.im) : x) as T;
}
