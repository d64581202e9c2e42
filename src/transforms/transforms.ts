// Transforms: modules that change an image, some at random. Draws are torchvision's, in its order, from the default generator.
import { TypeError, ValueError } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { parseSchema } from "../dispatch/schema.ts";
import type { Values } from "../dispatch/signature.ts";
import { Module } from "../nn/module/module.ts";
import { tensor } from "../ops/creation/from_data.ts";
import { empty } from "../ops/creation/creation.ts";
import { default_generator } from "../random/generator.ts";
import { multinomial, randintFill, randperm, uniformFill } from "../random/fill.ts";
import { Tensor } from "../tensor/tensor.ts";
import * as F from "./functional.ts";
import { roundHalfEven, sides, sizeOf } from "./geometry.ts";
import { whiteOf } from "./color.ts";

/** A number in [from, to), drawn as `torch.empty(1).uniform_(from, to)`. */
function uniform(from: number, to: number): number {
  const drawn = new Float32Array(1);
  uniformFill(drawn, from, to, default_generator);
  return drawn[0];
}
/** A whole number in [0, n), drawn as `torch.randint(n, ())`. */
function below(n: number): number {
  const drawn = new BigInt64Array(1);
  randintFill(drawn, 0, n, default_generator);
  return Number(drawn[0]);
}
/** Something of about that area and of a ratio of sides drawn evenly among logarithms. */
function drawSides(area: number, scale: readonly number[], ratio: readonly number[]): [number, number] {
  const wanted = area * uniform(scale[0], scale[1]);
  const [low, high] = tensor([...ratio])
    .log()
    .tolist() as number[];
  const aspect = tensor(uniform(low, high)).exp().item() as number;
  return [roundHalfEven(Math.sqrt(wanted * aspect)), roundHalfEven(Math.sqrt(wanted / aspect))];
}

/**
 * A transform of images [..., C, H, W], as `torchvision.transforms.v2.Transform`: a module that is called with one. A
 * subclass has `transform`. What belongs to an image (boxes, masks) is not transformed with it.
 * @example
 * const augment = new Compose([new RandomHorizontalFlip(), new ToDtype(torch.float32, true)]);
 * const x = augment(image);
 */
export abstract class Transform extends Module {
  override forward(image: Tensor): Tensor {
    if (!(image instanceof Tensor))
      throw new TypeError(
        `${this.constructor.name}() expects an image as a Tensor of [..., C, H, W]\nread_image and from_pixels of tidu/io make one.`,
      );
    return this.transform(image);
  }
  abstract transform(image: Tensor): Tensor;
}
type Made<S extends string> = abstract new (...args: Arguments<S>) => Transform & Values<S>;
/** A base whose constructor takes the arguments of a signature and keeps them as fields. */
function transform<S extends string>(signature: S): Made<S> {
  const { args } = parseSchema(signature);
  abstract class Base extends Transform {
    constructor(...given: readonly unknown[]) {
      super();
      Object.assign(this, bindArguments(signature, given, new.target.name));
    }
    override extra_repr(): string {
      const fields = this as unknown as Record<string, unknown>;
      return args.map(({ name }) => `${name}=${String(fields[name])}`).join(", ");
    }
  }
  return Base as unknown as Made<S>;
}

/** Images of another size: see `functional.resize`. As `v2.Resize`. */
export class Resize extends transform(
  "Resize(int[]? size, str interpolation='bilinear', int? max_size=None, bool? antialias=True) -> Module",
) {
  override transform(image: Tensor): Tensor {
    const { size, interpolation, max_size, antialias } = this;
    return F.resize(image, size, { interpolation, max_size, antialias });
  }
}
/** The part in the middle. As `v2.CenterCrop`. */
export class CenterCrop extends transform("CenterCrop(int[] size) -> Module") {
  override transform(image: Tensor): Tensor {
    return F.center_crop(image, this.size);
  }
}
/** More around: see `functional.pad`. As `v2.Pad`. */
export class Pad extends transform("Pad(int[] padding, float[] fill=0, str padding_mode='constant') -> Module") {
  override transform(image: Tensor): Tensor {
    const { padding, fill, padding_mode } = this;
    return F.pad(image, padding, { fill, padding_mode });
  }
}
/** A part anywhere, of a size. As `v2.RandomCrop`. Raises ValueError for an image that is smaller. */
export class RandomCrop extends transform(
  "RandomCrop(int[] size, int[]? padding=None, bool pad_if_needed=False, float[] fill=0, str padding_mode='constant') -> Module",
) {
  override transform(image: Tensor): Tensor {
    const { size, padding, pad_if_needed, fill, padding_mode } = this;
    const [height, width] = [size[0], size[size.length - 1]];
    let [left, top, right, bottom] = padding === null ? [0, 0, 0, 0] : sides(padding);
    let [h, w] = sizeOf(image);
    h += top + bottom;
    w += left + right;
    if (pad_if_needed && h < height) {
      const missing = height - h;
      [top, bottom, h] = [top + missing, bottom + missing, h + 2 * missing];
    }
    if (pad_if_needed && w < width) {
      const missing = width - w;
      [left, right, w] = [left + missing, right + missing, w + 2 * missing];
    }
    if (h < height || w < width)
      throw new ValueError(
        `Required crop size (${height}, ${width}) is larger than ${padding === null ? "" : "padded "}input image size (${h}, ${w}).`,
      );
    const y = h > height ? below(h - height + 1) : 0;
    const x = w > width ? below(w - width + 1) : 0;
    const around = [left, top, right, bottom];
    const whole = around.some((n) => n !== 0) ? F.pad(image, around, { fill, padding_mode }) : image;
    return h > height || w > width ? F.crop(whole, y, x, height, width) : whole;
  }
}
/**
 * A part anywhere, of an area and a ratio of sides drawn at random, made to be of a size. As `v2.RandomResizedCrop`. Szegedy
 * et al., "Going Deeper with Convolutions", 2014.
 */
export class RandomResizedCrop extends transform(
  "RandomResizedCrop(int[] size, float[] scale=[0.08,1.0], float[] ratio=[0.75,1.3333333333333333], str interpolation='bilinear', bool? antialias=True) -> Module",
) {
  override transform(image: Tensor): Tensor {
    const { size, interpolation, antialias } = this;
    const to = [size[0], size[size.length - 1]];
    return F.resized_crop(image, ...this.draw(sizeOf(image)), to, { interpolation, antialias });
  }
  private draw([height, width]: readonly [number, number]): [top: number, left: number, h: number, w: number] {
    const { scale, ratio } = this;
    for (let tries = 0; tries < 10; tries++) {
      const [w, h] = drawSides(height * width, scale, ratio);
      if (w > 0 && w <= width && h > 0 && h <= height) return [below(height - h + 1), below(width - w + 1), h, w];
    }
    const [low, high] = [Math.min(...ratio), Math.max(...ratio)];
    const own = width / height;
    const h = own < low ? roundHalfEven(width / low) : height;
    const w = own > high ? roundHalfEven(height * high) : width;
    return [Math.floor((height - h) / 2), Math.floor((width - w) / 2), h, w];
  }
}
/** With probability `p` left and right exchanged. As `v2.RandomHorizontalFlip`. */
export class RandomHorizontalFlip extends transform("RandomHorizontalFlip(float p=0.5) -> Module") {
  override transform(image: Tensor): Tensor {
    return uniform(0, 1) >= this.p ? image : F.horizontal_flip(image);
  }
}
/** With probability `p` top and bottom exchanged. As `v2.RandomVerticalFlip`. */
export class RandomVerticalFlip extends transform("RandomVerticalFlip(float p=0.5) -> Module") {
  override transform(image: Tensor): Tensor {
    return uniform(0, 1) >= this.p ? image : F.vertical_flip(image);
  }
}
/** With probability `p` gray, in as many channels. As `v2.RandomGrayscale`. */
export class RandomGrayscale extends transform("RandomGrayscale(float p=0.1) -> Module") {
  override transform(image: Tensor): Tensor {
    if (uniform(0, 1) >= this.p) return image;
    return F.rgb_to_grayscale(image, image.size(-3) === 1 ? 1 : 3);
  }
}
/** Gray in one channel or in three. As `v2.Grayscale`. */
export class Grayscale extends transform("Grayscale(int num_output_channels=1) -> Module") {
  override transform(image: Tensor): Tensor {
    return F.rgb_to_grayscale(image, this.num_output_channels);
  }
}
/** Channels less their mean, divided by their standard deviation. As `v2.Normalize`. */
export class Normalize extends transform("Normalize(float[] mean, float[] std, bool inplace=False) -> Module") {
  override transform(image: Tensor): Tensor {
    return F.normalize(image, this.mean, this.std, this.inplace);
  }
}
/** Another dtype, with `scale` in its range: see `functional.to_dtype`. As `v2.ToDtype`. */
export class ToDtype extends transform("ToDtype(dtype dtype, bool scale=False) -> Module") {
  override transform(image: Tensor): Tensor {
    return F.to_dtype(image, this.dtype, this.scale);
  }
}
/** [H, W] as [1, H, W]; other tensors as they are. As `v2.ToImage`. */
export class ToImage extends transform("ToImage() -> Module") {
  override transform(image: Tensor): Tensor {
    return image.sizes.length === 2 ? image.unsqueeze(0) : image;
  }
}

/** One number is for both ends about a middle. */
function between(
  name: string,
  value: readonly number[] | null,
  middle: number,
  low: number,
  high: number,
): readonly number[] | null {
  if (value === null) return null;
  if (value.length === 1 && value[0] < 0)
    throw new ValueError(`If ${name} is a single number, it must be non negative.`);
  if (value.length > 2)
    throw new TypeError(`${name}=[${value.join(", ")}] should be a single number or a sequence with length 2.`);
  const ends = value.length === 2 ? value : [middle - value[0], middle + value[0]];
  if (value.length === 1 && low === 0) (ends as number[])[0] = Math.max(ends[0], 0);
  if (!(low <= ends[0] && ends[0] <= ends[1] && ends[1] <= high))
    throw new ValueError(
      `${name} values should be between (${low}, ${high === Infinity ? "inf" : high}) and increasing, but got [${ends.join(", ")}].`,
    );
  return ends[0] === middle && ends[1] === middle ? null : ends;
}
/** Brightness, contrast, saturation and hue changed by factors drawn at random, in an order drawn at random. As `v2.ColorJitter`. */
export class ColorJitter extends transform(
  "ColorJitter(float[]? brightness=None, float[]? contrast=None, float[]? saturation=None, float[]? hue=None) -> Module",
) {
  private readonly ends: readonly (readonly number[] | null)[];
  constructor(
    ...args: Arguments<"ColorJitter(float[]? brightness=None, float[]? contrast=None, float[]? saturation=None, float[]? hue=None) -> Module">
  ) {
    super(...args);
    this.ends = [
      between("brightness", this.brightness, 1, 0, Infinity),
      between("contrast", this.contrast, 1, 0, Infinity),
      between("saturation", this.saturation, 1, 0, Infinity),
      between("hue", this.hue, 0, -0.5, 0.5),
    ];
  }
  override transform(image: Tensor): Tensor {
    const order = randperm(4, default_generator);
    const factors = this.ends.map((ends) => ends && uniform(ends[0], ends[1]));
    const change: readonly ((image: Tensor, factor: number) => Tensor)[] = [
      F.adjust_brightness,
      F.adjust_contrast,
      F.adjust_saturation,
      F.adjust_hue,
    ];
    let out = image;
    for (const which of order) {
      const factor = factors[Number(which)];
      if (factor !== null) out = change[Number(which)](out, factor);
    }
    return out;
  }
}
/** One number of degrees is for both directions. */
function around(name: string, value: readonly number[]): readonly number[] {
  if (value.length === 1 && value[0] < 0) throw new ValueError(`If ${name} is a single number, it must be positive.`);
  return value.length === 1 ? [-value[0], value[0]] : value;
}
/** Turned by an angle drawn at random. As `v2.RandomRotation`. */
export class RandomRotation extends transform(
  "RandomRotation(float[] degrees, str interpolation='nearest', bool expand=False, float[]? center=None, float[]? fill=0) -> Module",
) {
  override transform(image: Tensor): Tensor {
    const { interpolation, expand, center, fill } = this;
    const [low, high] = around("degrees", this.degrees);
    return F.rotate(image, uniform(low, high), { interpolation, expand, center, fill });
  }
}
/** Turned, moved, scaled and sheared at random. As `v2.RandomAffine`. */
export class RandomAffine extends transform(
  "RandomAffine(float[] degrees, float[]? translate=None, float[]? scale=None, float[]? shear=None, str interpolation='nearest', float[]? fill=0, float[]? center=None) -> Module",
) {
  override transform(image: Tensor): Tensor {
    const { translate, scale, interpolation, fill, center } = this;
    const [height, width] = sizeOf(image);
    const [low, high] = around("degrees", this.degrees);
    const shear = this.shear && around("shear", this.shear);
    const angle = uniform(low, high);
    const move = (most: number): number => roundHalfEven(uniform(-most, most));
    const by = translate === null ? [0, 0] : [move(translate[0] * width), move(translate[1] * height)];
    const factor = scale === null ? 1 : uniform(scale[0], scale[1]);
    const x = shear === null ? 0 : uniform(shear[0], shear[1]);
    const y = shear?.length === 4 ? uniform(shear[2], shear[3]) : 0;
    return F.affine(image, angle, by, factor, [x, y], { interpolation, fill, center });
  }
}
/** Blurred with a sigma drawn at random. As `v2.GaussianBlur`. */
export class GaussianBlur extends transform("GaussianBlur(int[] kernel_size, float[] sigma=[0.1,2.0]) -> Module") {
  override transform(image: Tensor): Tensor {
    const { sigma, kernel_size } = this;
    const low = sigma[0];
    const high = sigma[sigma.length - 1];
    if (!(low > 0 && low <= high))
      throw new ValueError(`sigma values should be positive and of the form (min, max). Got [${low}, ${high}]`);
    return F.gaussian_blur(image, kernel_size, [uniform(low, high)]);
  }
}
/**
 * With probability `p` a rectangle drawn at random is replaced by `value` (a number, or one a channel), or by noise where it
 * is null. As `v2.RandomErasing`, whose "random" is null here. Zhong et al., "Random Erasing Data Augmentation", 2017.
 */
export class RandomErasing extends transform(
  "RandomErasing(float p=0.5, float[] scale=[0.02,0.33], float[] ratio=[0.3,3.3], float[]? value=0, bool inplace=False) -> Module",
) {
  override transform(image: Tensor): Tensor {
    const { p, scale, ratio, value, inplace } = this;
    if (uniform(0, 1) >= p) return image;
    const [height, width] = sizeOf(image);
    const channels = image.size(-3);
    if (value !== null && value.length !== 1 && value.length !== channels)
      throw new ValueError(
        `If value is a sequence, it should have either a single value or ${channels} (number of inpt channels)`,
      );
    for (let tries = 0; tries < 10; tries++) {
      const [h, w] = drawSides(height * width, scale, ratio);
      if (!(h < height && w < width)) continue;
      const v = value === null ? empty([channels, h, w]).normal_() : tensor([...value]).view([-1, 1, 1]);
      return F.erase(image, below(height - h + 1), below(width - w + 1), h, w, v, inplace);
    }
    return image;
  }
}

type Step = (image: Tensor) => Tensor;
/** Transforms one after the other. As `v2.Compose`. */
export class Compose extends Transform {
  readonly transforms: readonly Step[];
  constructor(transforms: readonly Step[]) {
    super();
    this.transforms = steps(transforms);
  }
  override transform(image: Tensor): Tensor {
    return this.transforms.reduce((x, step) => step(x), image);
  }
}
/** With probability `p` all of some transforms. As `v2.RandomApply`. */
export class RandomApply extends Transform {
  readonly transforms: readonly Step[];
  readonly p: number;
  constructor(transforms: readonly Step[], p = 0.5) {
    super();
    this.transforms = steps(transforms);
    if (!(p >= 0 && p <= 1)) throw new ValueError("`p` should be a floating point value in the interval [0.0, 1.0].");
    this.p = p;
  }
  override transform(image: Tensor): Tensor {
    return uniform(0, 1) >= this.p ? image : this.transforms.reduce((x, step) => step(x), image);
  }
}
/** One of some transforms, by weights `p` or all alike. As `v2.RandomChoice`. */
export class RandomChoice extends Transform {
  readonly transforms: readonly Step[];
  readonly p: readonly number[];
  constructor(transforms: readonly Step[], p: readonly number[] | null = null) {
    super();
    this.transforms = steps(transforms);
    if (p !== null && p.length !== transforms.length)
      throw new ValueError(`Length of p doesn't match the number of transforms: ${p.length} != ${transforms.length}`);
    const weights = p ?? transforms.map(() => 1);
    const total = weights.reduce((a, b) => a + b, 0);
    this.p = weights.map((weight) => weight / total);
  }
  override transform(image: Tensor): Tensor {
    const [which] = multinomial(Float32Array.from(this.p), 1, false, default_generator);
    return this.transforms[Number(which)](image);
  }
}
/** Transforms in an order drawn at random. As `v2.RandomOrder`. */
export class RandomOrder extends Transform {
  readonly transforms: readonly Step[];
  constructor(transforms: readonly Step[]) {
    super();
    this.transforms = steps(transforms);
  }
  override transform(image: Tensor): Tensor {
    let out = image;
    for (const i of randperm(this.transforms.length, default_generator)) out = this.transforms[Number(i)](out);
    return out;
  }
}
function steps(transforms: readonly Step[]): readonly Step[] {
  if (!Array.isArray(transforms)) throw new TypeError("Argument transforms should be a sequence of callables");
  if (transforms.length === 0) throw new ValueError("Pass at least one transform");
  return transforms;
}

type Range = ((bins: number, height: number, width: number) => (i: number) => number) | null;
const evenly =
  (from: number, to: (height: number, width: number) => number): NonNullable<Range> =>
  (bins, height, width) =>
  (i) => {
    // As torch.linspace has it: from both ends to the middle, in float32.
    const end = Math.fround(to(height, width));
    const step = Math.fround(Math.fround(end - from) / (bins - 1));
    return i < bins / 2 ? Math.fround(from + step * i) : Math.fround(end - step * (bins - 1 - i));
  };
type Change = (image: Tensor, m: number, options: { interpolation: string; fill: readonly number[] | null }) => Tensor;
const degrees = (m: number): number => Math.atan(m) * (180 / Math.PI);
/** RandAugment's changes in their order: how strong they may be, whether in both directions, and what they do. */
const SPACE: readonly (readonly [range: Range, signed: boolean, change: Change])[] = [
  [null, false, (x) => x],
  [evenly(0, () => 0.3), true, (x, m, o) => F.affine(x, 0, [0, 0], 1, [degrees(m), 0], { ...o, center: [0, 0] })],
  [evenly(0, () => 0.3), true, (x, m, o) => F.affine(x, 0, [0, 0], 1, [0, degrees(m)], { ...o, center: [0, 0] })],
  [evenly(0, (_, w) => (150 / 331) * w), true, (x, m, o) => F.affine(x, 0, [Math.trunc(m), 0], 1, [0, 0], o)],
  [evenly(0, (h) => (150 / 331) * h), true, (x, m, o) => F.affine(x, 0, [0, Math.trunc(m)], 1, [0, 0], o)],
  [evenly(0, () => 30), true, (x, m, o) => F.rotate(x, m, o)],
  [evenly(0, () => 0.9), true, (x, m) => F.adjust_brightness(x, 1 + m)],
  [evenly(0, () => 0.9), true, (x, m) => F.adjust_saturation(x, 1 + m)],
  [evenly(0, () => 0.9), true, (x, m) => F.adjust_contrast(x, 1 + m)],
  [evenly(0, () => 0.9), true, (x, m) => F.adjust_sharpness(x, 1 + m)],
  [(bins) => (i) => roundHalfEven(8 - i / ((bins - 1) / 4)), false, (x, m) => F.posterize(x, Math.trunc(m))],
  [evenly(1, () => 0), false, (x, m) => F.solarize(x, whiteOf(x.dtype) * m)],
  [null, false, (x) => F.autocontrast(x)],
  [null, false, (x) => F.equalize(x)],
];
/**
 * `num_ops` changes drawn from fourteen, all of one strength, of images of uint8 or floats. As `v2.RandAugment`. Cubuk et
 * al., "RandAugment: Practical automated data augmentation with a reduced search space", 2019.
 */
export class RandAugment extends transform(
  "RandAugment(int num_ops=2, int magnitude=9, int num_magnitude_bins=31, str interpolation='nearest', float[]? fill=None) -> Module",
) {
  override transform(image: Tensor): Tensor {
    const { num_ops, magnitude, num_magnitude_bins, interpolation, fill } = this;
    const [height, width] = sizeOf(image);
    let out = image;
    for (let i = 0; i < num_ops; i++) {
      const [range, signed, change] = SPACE[below(SPACE.length)];
      let m = range === null ? 0 : range(num_magnitude_bins, height, width)(magnitude);
      if (range !== null && signed && uniform(0, 1) <= 0.5) m = -m;
      out = change(out, m, { interpolation, fill });
    }
    return out;
  }
}
