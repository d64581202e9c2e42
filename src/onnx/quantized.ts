// ONNX's operators on quantized numbers: whole numbers that stand for (x - zero point) * scale.
import { float32, float64, int32, int8, uint8 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Running } from "./running.ts";

/** What each place along a dim has of its own, or all have. */
const along = (v: Tensor, ndim: number, dim: number): Tensor =>
  v.numel() === 1 ? v.reshape([]) : v.reshape(Array.from({ length: ndim }, (_, d) => (d === dim ? -1 : 1)));
/**
 * The whole numbers less their zero points, one for all or one for each place along `dim`: in float64, whose products and sums of
 * them are exact.
 */
export function centred(x: Tensor, zero: Tensor | null, dim: number): Tensor {
  const wide = x.to(float64);
  return zero === null ? wide : wide.sub(along(zero, x.ndim, dim < 0 ? dim + x.ndim : dim).to(float64));
}
/** Numbers as whole ones of a dtype, of which those beyond it are its ends. */
function quantized(r: Running, x: Tensor, zero: Tensor | null): Tensor {
  const dtype: Dtype = zero?.dtype ?? uint8;
  const [low, high] = dtype === uint8 ? [0, 255] : dtype === int8 ? [-128, 127] : r.refuse(`to ${dtype.name}`);
  const moved = zero === null ? x.round() : x.round().add(zero.to(x.dtype));
  return moved.clamp(low, high).to(dtype);
}
export const matMulInteger = (r: Running): Tensor =>
  centred(r.x(0), r.maybe(2), -2)
    .matmul(centred(r.x(1), r.maybe(3), -1))
    .to(int32);
/** The product in numbers, at the scale of what it is to be. */
const rescaled = (sums: Tensor, a: Tensor, b: Tensor, y: Tensor): Tensor => sums.to(float32).mul(a.mul(b).div(y));
export const qLinearMatMul = (r: Running): Tensor => {
  const product = centred(r.x(0), r.x(2), -2).matmul(centred(r.x(3), r.x(5), -1));
  const [a, b] = [along(r.x(1), product.ndim, product.ndim - 2), along(r.x(4), product.ndim, product.ndim - 1)];
  return quantized(r, rescaled(product, a, b, r.x(6)), r.x(7));
};
/** `conv` is of numbers, with the node's strides and pads. */
export const convInteger = (r: Running, conv: (x: Tensor, w: Tensor) => Tensor): Tensor =>
  conv(centred(r.x(0), r.maybe(2), 0), centred(r.x(1), r.maybe(3), 0)).to(int32);
export function qLinearConv(r: Running, conv: (x: Tensor, w: Tensor) => Tensor): Tensor {
  const sums = conv(centred(r.x(0), r.x(2), 0), centred(r.x(3), r.x(5), 0));
  const bias = r.maybe(8);
  const whole = bias === null ? sums : sums.add(along(bias, sums.ndim, 1).to(float64));
  return quantized(r, rescaled(whole, r.x(1), along(r.x(4), sums.ndim, 1), r.x(6)), r.x(7));
}
export function dynamicQuantizeLinear(r: Running): readonly Tensor[] {
  const x = r.x(0);
  const [low, high] = [x.amin().clamp({ max: 0 }), x.amax().clamp({ min: 0 })];
  const scale = high.sub(low).div(255);
  const zero = low.neg().div(scale).round().clamp(0, 255);
  const y = x.div(scale).round().add(zero).clamp(0, 255);
  return [y.to(uint8), scale, zero.to(uint8)];
}
