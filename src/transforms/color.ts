// What pixels are: dtypes, brightness, hue and the like. Numerically torchvision's functions on tensors.
import { bool, float32, float64, int16, int32, int64, int8, uint8 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import { RuntimeError, TypeError, ValueError } from "../base/errors.ts";
import { callable } from "../dispatch/callable.ts";
import * as F from "../nn/functional/index.ts";
import { fromTyped, tensor } from "../ops/creation/from_data.ts";
import { linspace } from "../ops/creation/creation.ts";
import { stack } from "../ops/views/joining.ts";
import { where } from "../ops/overloads.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Bits of the numbers from 0 up. */
const BITS = new Map<Dtype, number>([
  [bool, 1],
  [uint8, 8],
  [int8, 7],
  [int16, 15],
  [int32, 31],
  [int64, 63],
]);
const bitsOf = (dtype: Dtype): number => {
  const bits = BITS.get(dtype);
  if (bits === undefined) throw new TypeError(`an image of ${dtype} has no range`);
  return bits;
};
/** What is white. */
export const whiteOf = (dtype: Dtype): number => (dtype.is_floating_point ? 1 : 2 ** bitsOf(dtype) - 1);
/**
 * An image in another dtype, with `scale` from that one's range to the other's: floats from 0 to 1, whole numbers from 0 to
 * the largest. As `functional.to_dtype`.
 * @example to_dtype(image, torch.float32, true) // bytes to 0 … 1
 */
export const to_dtype = callable(
  "to_dtype(Tensor inpt, dtype dtype=float32, bool scale=False) -> Tensor",
  ({ inpt, dtype, scale }) => {
    const from = inpt.dtype;
    if (from === dtype) return inpt;
    if (!scale || (from.is_floating_point && dtype.is_floating_point)) return inpt.to(dtype);
    if (from.is_floating_point) {
      if ((from === float32 && (dtype === int32 || dtype === int64)) || (from === float64 && dtype === int64))
        throw new RuntimeError(`The conversion from ${from} to ${dtype} cannot be performed safely.`);
      // Each whole number has an equal part of 0 to 1.
      return inpt.mul(whiteOf(dtype) + 1 - 1e-3).to(dtype);
    }
    if (dtype.is_floating_point) return inpt.to(dtype).mul(1 / whiteOf(from));
    const shift = bitsOf(from) - bitsOf(dtype);
    return shift > 0 ? inpt.bitwise_right_shift(shift).to(dtype) : inpt.to(dtype).bitwise_left_shift(-shift);
  },
);
/** Channels less their mean, divided by their standard deviation. As `functional.normalize`. */
export const normalize = callable(
  "normalize(Tensor inpt, float[] mean, float[] std, bool inplace=False) -> Tensor",
  ({ inpt, mean, std, inplace }) => {
    if (!inpt.dtype.is_floating_point) throw new TypeError(`Input tensor should be a float tensor. Got ${inpt.dtype}.`);
    if (inpt.sizes.length < 3)
      throw new ValueError(
        `Expected tensor to be a tensor image of size (..., C, H, W). Got torch.Size([${inpt.sizes.join(", ")}]).`,
      );
    if (std.includes(0)) throw new ValueError("std evaluated to zero, leading to division by zero.");
    const each = (x: readonly number[]): Tensor => tensor([...x], { dtype: inpt.dtype }).view([-1, 1, 1]);
    return (inplace ? inpt.sub_(each(mean)) : inpt.sub(each(mean))).div_(each(std));
  },
);

const channelsOf = (image: Tensor): number => {
  const c = image.sizes.at(-3) ?? 0;
  if (c === 1 || c === 3) return c;
  throw new TypeError(`Input image tensor permitted channel values are 1 or 3, but found ${c}`);
};
const inRange = (x: Tensor, dtype: Dtype): Tensor => {
  const cut = x.clamp(0, whiteOf(dtype));
  return dtype.is_floating_point ? cut : cut.to(dtype);
};
function nonNegative(name: string, factor: number): void {
  if (factor < 0) throw new ValueError(`${name} (${factor}) is not non-negative.`);
}
/** Gray in floats, whatever the dtype. */
function gray(image: Tensor): Tensor {
  const [r, g, b] = image.unbind(-3);
  return r.mul(0.2989).add(g, { alpha: 0.587 }).add(b, { alpha: 0.114 }).unsqueeze(-3);
}
const blend = (image: Tensor, other: Tensor, ratio: number): Tensor =>
  inRange(image.mul(ratio).add(other, { alpha: 1 - ratio }), image.dtype);
/** Gray in one channel or, all alike, in three. As `functional.rgb_to_grayscale`. */
export const rgb_to_grayscale = callable(
  "rgb_to_grayscale(Tensor inpt, int num_output_channels=1) -> Tensor",
  ({ inpt, num_output_channels: n }) => {
    if (n !== 1 && n !== 3) throw new ValueError(`num_output_channels must be 1 or 3, got ${n}.`);
    const one = channelsOf(inpt) === 1 ? inpt : gray(inpt).to(inpt.dtype);
    return n === 1 ? one.clone() : one.expand([...one.sizes.slice(0, -3), 3, ...one.sizes.slice(-2)]);
  },
);
/** All channels times a factor. As `functional.adjust_brightness`. */
export const adjust_brightness = callable(
  "adjust_brightness(Tensor inpt, float brightness_factor) -> Tensor",
  ({ inpt, brightness_factor }) => {
    nonNegative("brightness_factor", brightness_factor);
    channelsOf(inpt);
    return inRange(inpt.mul(brightness_factor), inpt.dtype);
  },
);
const floored = (x: Tensor, of: Tensor): Tensor => (of.dtype.is_floating_point ? x : x.floor());
/** Away from, or towards, an image's mean of gray. As `functional.adjust_contrast`. */
export const adjust_contrast = callable(
  "adjust_contrast(Tensor inpt, float contrast_factor) -> Tensor",
  ({ inpt, contrast_factor }) => {
    nonNegative("contrast_factor", contrast_factor);
    const floats = inpt.dtype.is_floating_point ? inpt : inpt.to(float32);
    const of = channelsOf(inpt) === 3 ? floored(gray(inpt), inpt) : floats;
    return blend(inpt, of.mean([-3, -2, -1], true), contrast_factor);
  },
);
/** Away from, or towards, gray. As `functional.adjust_saturation`. */
export const adjust_saturation = callable(
  "adjust_saturation(Tensor inpt, float saturation_factor) -> Tensor",
  ({ inpt, saturation_factor }) => {
    nonNegative("saturation_factor", saturation_factor);
    return channelsOf(inpt) === 1 ? inpt : blend(inpt, floored(gray(inpt), inpt), saturation_factor);
  },
);
/** Hues shifted by a part of the circle, from -0.5 to 0.5. As `functional.adjust_hue`. */
export const adjust_hue = callable("adjust_hue(Tensor inpt, float hue_factor) -> Tensor", ({ inpt, hue_factor }) => {
  if (!(hue_factor >= -0.5 && hue_factor <= 0.5))
    throw new ValueError(`hue_factor (${hue_factor}) is not in [-0.5, 0.5].`);
  if (channelsOf(inpt) === 1 || inpt.numel() === 0) return inpt;
  const [h, s, v] = toHsv(to_dtype(inpt, float32, true));
  return to_dtype(fromHsv(h.add(hue_factor).remainder(1), s, v), inpt.dtype, true);
});
/** Hue (a part of the circle), saturation and value of red, green and blue; hue 0 and saturation 0 of grays. */
function toHsv(image: Tensor): [Tensor, Tensor, Tensor] {
  const [r, g] = image.unbind(-3);
  const [low, high] = [image.amin(-3), image.amax(-3)];
  const isGray = high.eq(low);
  const range = high.sub(low);
  const ones = high.new_ones(high.sizes);
  const s = range.div(where(isGray, ones, high));
  const [rc, gc, bc] = high
    .unsqueeze(-3)
    .sub(image)
    .div(where(isGray, ones, range).unsqueeze(-3))
    .unbind(-3);
  const isRed = high.eq(r);
  const isGreen = high.eq(g).logical_and(isRed.logical_not());
  const sixth = where(isRed, bc.sub(gc), where(isGreen, rc.add(2).sub(bc), gc.add(4).sub(rc)));
  return [
    sixth
      .mul(1 / 6)
      .add(1)
      .fmod(1),
    s,
    high,
  ];
}
function fromHsv(h: Tensor, s: Tensor, v: Tensor): Tensor {
  const sixths = h.mul(6);
  const whole = sixths.floor();
  const f = sixths.sub(whole);
  const p = s.neg().add(1).mul(v).clamp(0, 1);
  const q = s.mul(f).neg().add(1).mul(v).clamp(0, 1);
  const t = s.mul(f).add(s.neg().add(1)).mul(v).clamp(0, 1);
  // Which of them is red, green and blue in each sixth of the circle.
  const parts = stack([v, p, q, t], -3);
  const which = tensor([
    [0, 2, 1, 1, 3, 0],
    [3, 0, 0, 2, 1, 1],
    [1, 1, 3, 0, 0, 2],
  ]).to(int64);
  const sector = whole.remainder(6).to(int64);
  const chosen = stack(
    [0, 1, 2].map((c) => which.select(0, c).index([sector])),
    -3,
  );
  return parts.gather(-3, chosen);
}
/** Sharper (above 1) or blurred (below). As `functional.adjust_sharpness`. */
export const adjust_sharpness = callable(
  "adjust_sharpness(Tensor inpt, float sharpness_factor) -> Tensor",
  ({ inpt, sharpness_factor }) => {
    const channels = channelsOf(inpt);
    nonNegative("sharpness_factor", sharpness_factor);
    const [height, width] = inpt.sizes.slice(-2);
    if (inpt.numel() === 0 || height <= 2 || width <= 2) return inpt;
    const isFloat = inpt.dtype.is_floating_point;
    const image = (isFloat ? inpt : inpt.to(float32)).reshape([-1, channels, height, width]).clone();
    const [a, b] = [1 / 13, 5 / 13];
    const kernel = tensor([a, a, a, a, b, a, a, a, a], { dtype: image.dtype }).view([1, 1, 3, 3]);
    const soft = F.conv2d(image, kernel.expand([channels, 1, 3, 3]), { groups: channels });
    const inner = image.narrow(-2, 1, height - 2).narrow(-1, 1, width - 2);
    inner.add_((isFloat ? soft : soft.round()).sub(inner), { alpha: 1 - sharpness_factor });
    return inRange(image, inpt.dtype).reshape(inpt.sizes);
  },
);
/** The negative. As `functional.invert`. */
export const invert = callable("invert(Tensor inpt) -> Tensor", ({ inpt }) => {
  if (inpt.dtype.is_floating_point) return inpt.neg().add(1);
  return inpt.dtype === uint8 ? inpt.bitwise_not() : inpt.bitwise_xor(2 ** bitsOf(inpt.dtype) - 1);
});
/** So many bits of each number, the highest. As `functional.posterize`. */
export const posterize = callable("posterize(Tensor inpt, int bits) -> Tensor", ({ inpt, bits }) => {
  if (bits < 0 || bits > 8)
    throw new TypeError(`bits must be a positive integer in the range [0, 8], got ${bits} instead.`);
  if (inpt.dtype.is_floating_point) {
    const levels = 2 ** bits;
    return inpt
      .mul(levels)
      .floor()
      .clamp(0, levels - 1)
      .mul(1 / levels);
  }
  const all = bitsOf(inpt.dtype);
  return bits >= all ? inpt : inpt.bitwise_and((2 ** bits - 1) * 2 ** (all - bits));
});
/** The negative of what is at or above a threshold. As `functional.solarize`. */
export const solarize = callable("solarize(Tensor inpt, float threshold) -> Tensor", ({ inpt, threshold }) => {
  if (threshold > whiteOf(inpt.dtype))
    throw new TypeError(`Threshold should be less or equal the maximum value of the dtype, but got ${threshold}`);
  return where(inpt.ge(threshold), invert(inpt), inpt);
});
/** Each channel stretched from black to white. As `functional.autocontrast`. */
export const autocontrast = callable("autocontrast(Tensor inpt) -> Tensor", ({ inpt }) => {
  channelsOf(inpt);
  if (inpt.numel() === 0) return inpt;
  const white = whiteOf(inpt.dtype);
  const image = inpt.dtype.is_floating_point ? inpt : inpt.to(float32);
  const [low, high] = [image.amin([-2, -1], true), image.amax([-2, -1], true)];
  const isFlat = high.eq(low);
  const scale = high.sub(low).mul(1 / white);
  const from = where(isFlat, low.new_zeros(low.sizes), low);
  return image
    .sub(from)
    .div(where(isFlat, scale.new_ones(scale.sizes), scale))
    .clamp(0, white)
    .to(inpt.dtype);
});
/** Each channel with all its values about as often, by Pillow's rule. As `functional.equalize`. */
export const equalize = callable("equalize(Tensor inpt) -> Tensor", ({ inpt }) => {
  if (inpt.numel() === 0) return inpt;
  const bytes = to_dtype(inpt, uint8, true).contiguous();
  const values = bytes.typed_array().slice() as Uint8Array;
  const [height, width] = inpt.sizes.slice(-2);
  const n = height * width;
  for (let begin = 0; begin < values.length; begin += n) {
    const channel = values.subarray(begin, begin + n);
    const counts = new Int32Array(256);
    for (const value of channel) counts[value]++;
    const step = Math.floor((n - counts[counts.findLastIndex((count) => count > 0)]) / 255);
    if (step === 0) continue;
    const table = new Uint8Array(256);
    let below = step >> 1;
    for (let value = 0; value < 256; value++) {
      table[value] = Math.min(Math.floor(below / step), 255);
      below += counts[value];
    }
    for (let i = 0; i < n; i++) channel[i] = table[channel[i]];
  }
  return to_dtype(fromTyped(values, bytes.sizes, uint8), inpt.dtype, true);
});
/** Blurred with a Gaussian of `sigma` pixels, reflected at the edges. As `functional.gaussian_blur`. */
export const gaussian_blur = callable(
  "gaussian_blur(Tensor inpt, int[] kernel_size, float[]? sigma=None) -> Tensor",
  ({ inpt, kernel_size, sigma }) => {
    const [kx, ky] = [kernel_size[0], kernel_size[kernel_size.length - 1]];
    for (const k of [kx, ky])
      if (k % 2 === 0 || k < 0)
        throw new ValueError(`kernel_size should have odd and positive integers. Got [${kx}, ${ky}]`);
    const [sx, sy] = sigma === null ? [kx * 0.15 + 0.35, ky * 0.15 + 0.35] : [sigma[0], sigma[sigma.length - 1]];
    if (sx <= 0 || sy <= 0) throw new ValueError(`sigma should have positive values. Got [${sx}, ${sy}]`);
    if (inpt.numel() === 0) return inpt;
    const isFloat = inpt.dtype.is_floating_point;
    const dtype = isFloat ? inpt.dtype : float32;
    const line = (size: number, s: number): Tensor => {
      const end = (size - 1) / (2 * Math.SQRT2);
      return linspace(-end, end, size, { dtype }).div(s).pow(2).neg().softmax(0);
    };
    const kernel = line(ky, sy).unsqueeze(-1).mul(line(kx, sx));
    const [channels, height, width] = inpt.sizes.slice(-3);
    const images = inpt.to(dtype).reshape([-1, channels, height, width]);
    const around = [kx >> 1, kx >> 1, ky >> 1, ky >> 1];
    const out = F.conv2d(F.pad(images, around, "reflect"), kernel.expand([channels, 1, ky, kx]), { groups: channels });
    return (isFloat ? out : out.round_().to(inpt.dtype)).reshape(inpt.sizes);
  },
);
