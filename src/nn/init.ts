// Initial values, drawn as PyTorch draws them. All work in place, unrecorded, and return their tensor.
import { no_grad } from "../autograd/mode.ts";
import { ValueError } from "../errors.ts";
import type { Generator } from "../random.ts";
import { default_generator } from "../random.ts";
import { truncNormalFill } from "../random_fill.ts";
import type { FloatArray } from "../random_fill.ts";
import type { Tensor } from "../tensor.ts";

type Drawing = { generator?: Generator | null };
const inPlace = <T extends Tensor>(t: T, change: () => void): T => {
  no_grad(change);
  return t;
};
/** Uniform draws from [a, b). */
export const uniform_ = <T extends Tensor>(t: T, a = 0, b = 1, { generator = null }: Drawing = {}): T =>
  inPlace(t, () => t.uniform_(a, b, { generator }));
/** Normal draws. */
export const normal_ = <T extends Tensor>(t: T, mean = 0, std = 1, { generator = null }: Drawing = {}): T =>
  inPlace(t, () => t.normal_(mean, std, { generator }));
/** Normal draws, drawn again where they fall outside [a, b]. */
export const trunc_normal_ = <T extends Tensor>(
  t: T,
  mean = 0,
  std = 1,
  a = -2,
  b = 2,
  { generator = null }: Drawing = {},
): T =>
  inPlace(t, () => {
    const values = t.new_empty(t.sizes);
    truncNormalFill(values.host() as FloatArray, mean, std, a, b, generator ?? default_generator);
    t.copy_(values);
  });
/** One value everywhere. */
export const constant_ = <T extends Tensor>(t: T, val: number): T => inPlace(t, () => t.fill_(val));
export const ones_ = <T extends Tensor>(t: T): T => constant_(t, 1);
export const zeros_ = <T extends Tensor>(t: T): T => constant_(t, 0);
/** Ones on the diagonal of a matrix, zeros elsewhere. */
export const eye_ = <T extends Tensor>(t: T): T => {
  if (t.sizes.length !== 2) throw new ValueError("Only tensors with 2 dimensions are supported");
  return inPlace(t, () => {
    t.zero_();
    t.diagonal().fill_(1);
  });
};

/** Inputs and outputs of one unit: sizes of dims 1 and 0 times the kernel's. */
export function _calculate_fan_in_and_fan_out(t: Tensor): [number, number] {
  if (t.sizes.length < 2)
    throw new ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
  const field = t.sizes.slice(2).reduce((a, b) => a * b, 1);
  return [t.sizes[1] * field, t.sizes[0] * field];
}
/** By how much a nonlinearity shrinks what passes through. */
export function calculate_gain(nonlinearity: string, param: number | null = null): number {
  switch (nonlinearity) {
    case "linear":
    case "conv1d":
    case "conv2d":
    case "conv3d":
    case "conv_transpose1d":
    case "conv_transpose2d":
    case "conv_transpose3d":
    case "sigmoid":
      return 1;
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.sqrt(2);
    case "leaky_relu":
      return Math.sqrt(2 / (1 + (param ?? 0.01) ** 2));
    case "selu":
      return 3 / 4;
  }
  throw new ValueError(`Unsupported nonlinearity ${nonlinearity}`);
}
/** Glorot and Bengio, 2010: uniform, keeping the variance through linear layers. */
export function xavier_uniform_<T extends Tensor>(t: T, gain = 1, drawing: Drawing = {}): T {
  const [fanIn, fanOut] = _calculate_fan_in_and_fan_out(t);
  const a = Math.sqrt(3) * gain * Math.sqrt(2 / (fanIn + fanOut));
  return uniform_(t, -a, a, drawing);
}
export function xavier_normal_<T extends Tensor>(t: T, gain = 1, drawing: Drawing = {}): T {
  const [fanIn, fanOut] = _calculate_fan_in_and_fan_out(t);
  return normal_(t, 0, gain * Math.sqrt(2 / (fanIn + fanOut)), drawing);
}
export interface KaimingOptions extends Drawing {
  a?: number;
  mode?: "fan_in" | "fan_out";
  nonlinearity?: string;
}
function kaimingStd(t: Tensor, { a = 0, mode = "fan_in", nonlinearity = "leaky_relu" }: KaimingOptions): number {
  const [fanIn, fanOut] = _calculate_fan_in_and_fan_out(t);
  return calculate_gain(nonlinearity, a) / Math.sqrt(mode === "fan_in" ? fanIn : fanOut);
}
/** He et al., 2015: uniform, keeping the variance through rectifiers. */
export function kaiming_uniform_<T extends Tensor>(t: T, options: KaimingOptions = {}): T {
  const bound = Math.sqrt(3) * kaimingStd(t, options);
  return uniform_(t, -bound, bound, options);
}
export function kaiming_normal_<T extends Tensor>(t: T, options: KaimingOptions = {}): T {
  return normal_(t, 0, kaimingStd(t, options), options);
}
