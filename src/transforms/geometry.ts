// Where pixels go: resizing, cropping, flipping, padding, turning. Numerically torchvision's functions on tensors.
import { float32, int64, uint8 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import { TypeError, ValueError } from "../base/errors.ts";
import { callable } from "../dispatch/callable.ts";
import * as F from "../nn/functional/index.ts";
import { tensor } from "../ops/creation/from_data.ts";
import { linspace } from "../ops/creation/creation.ts";
import { cat, stack } from "../ops/views/joining.ts";
import { where } from "../ops/overloads.ts";
import type { Tensor } from "../tensor/tensor.ts";

type Fill = readonly number[] | null;
export const INTERPOLATIONS = ["nearest", "nearest-exact", "bilinear", "bicubic"] as const;
function checkInterpolation(given: string, known: readonly string[] = INTERPOLATIONS): string {
  if (known.includes(given)) return given;
  throw new ValueError(
    `Interpolation mode '${given}' is unsupported with Tensor input\nThere are ${known.join(", ")}.`,
  );
}
/** Python's round: halves go to the even neighbour. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
/** Height and width. Raises TypeError for what has none. */
export function sizeOf(image: Tensor): [height: number, width: number] {
  const n = image.sizes.length;
  if (n < 2) throw new TypeError(`Input tensor should have at least two dimensions, but got ${n}`);
  return [image.sizes[n - 2], image.sizes[n - 1]];
}
/** As images in one batch, which has four dims, and back. */
function inBatch(image: Tensor, body: (images: Tensor) => Tensor): Tensor {
  const { sizes } = image;
  const [height, width] = sizeOf(image);
  const lead = sizes.slice(0, -3);
  const out = body(image.reshape([-1, sizes.length > 2 ? sizes.at(-3)! : 1, height, width]));
  const channels = sizes.length > 2 ? [out.sizes[1]] : [];
  return out.reshape([...lead, ...channels, out.sizes[2], out.sizes[3]]);
}
/** In float32 where the dtype is one of whole numbers, which are rounded to in the end. */
function inFloats(image: Tensor, body: (image: Tensor) => Tensor): Tensor {
  const { dtype } = image;
  return dtype.is_floating_point ? body(image) : body(image.to(float32)).round_().to(dtype);
}

/** The size that `resize` gives: one number is for the shorter edge. */
function resized([h, w]: readonly number[], size: readonly number[] | null, max_size: number | null): number[] {
  if (size !== null && size.length === 2) {
    if (max_size !== null)
      throw new ValueError(
        "max_size should only be passed if size is None or specifies the length of the smaller edge, i.e. size should be an int or a sequence of length 1 in torchscript mode.",
      );
    return [...size];
  }
  const [short, long] = w <= h ? [w, h] : [h, w];
  let edges: number[];
  if (size === null) {
    if (max_size === null) throw new ValueError("max_size must be an integer when size is None, but got None instead.");
    edges = [Math.trunc((max_size * short) / long), max_size];
  } else {
    edges = [size[0], Math.trunc((size[0] * long) / short)];
    if (max_size !== null) {
      if (max_size <= size[0])
        throw new ValueError(
          `max_size = ${max_size} must be strictly greater than the requested size for the smaller edge size = [${size[0]}]`,
        );
      if (edges[1] > max_size) edges = [Math.trunc((max_size * edges[0]) / edges[1]), max_size];
    }
  }
  return w <= h ? [edges[1], edges[0]] : edges;
}
/**
 * Images [..., C, H, W] of another size, as `torchvision.transforms.v2.functional.resize`: [height, width], or a number for
 * the shorter edge.
 * @example resize(image, 224) // the shorter edge 224
 */
export const resize = callable(
  "resize(Tensor inpt, int[]? size, str interpolation='bilinear', int? max_size=None, bool? antialias=True) -> Tensor",
  ({ inpt, size, interpolation, max_size, antialias }) => {
    checkInterpolation(interpolation);
    const smooth = interpolation === "bilinear" || interpolation === "bicubic";
    const [height, width] = sizeOf(inpt);
    const to = resized([height, width], size, max_size);
    if (to[0] === height && to[1] === width) return inpt;
    const options = { mode: interpolation, antialias: smooth && antialias === true };
    const inter = (image: Tensor, size: number[]): Tensor =>
      inBatch(image, (x) =>
        F.interpolate(x, smooth ? { ...options, size, align_corners: false } : { ...options, size }),
      );
    if (inpt.dtype === uint8 && (!smooth || options.antialias)) return inter(inpt, to);
    return inFloats(inpt, (image) => inter(image, to));
  },
);

/** The part from (top, left), with zeros where that is outside. As `functional.crop`. */
export const crop = callable(
  "crop(Tensor inpt, int top, int left, int height, int width) -> Tensor",
  ({ inpt, top, left, height, width }) => {
    const [h, w] = sizeOf(inpt);
    const [bottom, right] = [top + height, left + width];
    const inside = inpt
      .narrow(-2, Math.min(Math.max(top, 0), h), Math.max(Math.min(bottom, h) - Math.max(top, 0), 0))
      .narrow(-1, Math.min(Math.max(left, 0), w), Math.max(Math.min(right, w) - Math.max(left, 0), 0));
    if (top >= 0 && left >= 0 && bottom <= h && right <= w) return inside;
    const around = [
      Math.max(Math.min(right, 0) - left, 0),
      Math.max(right - Math.max(w, left), 0),
      Math.max(Math.min(bottom, 0) - top, 0),
      Math.max(bottom - Math.max(h, top), 0),
    ];
    return F.pad(inside, around);
  },
);
const pair = (size: readonly number[]): [number, number] => [size[0], size[size.length - 1]];
/** The part in the middle, with zeros around what is smaller. As `functional.center_crop`. */
export const center_crop = callable(
  "center_crop(Tensor inpt, int[] output_size) -> Tensor",
  ({ inpt, output_size }) => {
    const [height, width] = pair(output_size);
    const [h, w] = sizeOf(inpt);
    const [over, beside] = [Math.max(height - h, 0), Math.max(width - w, 0)];
    const padded =
      over > 0 || beside > 0 ? pad(inpt, [beside >> 1, over >> 1, (beside + 1) >> 1, (over + 1) >> 1]) : inpt;
    const [ph, pw] = sizeOf(padded);
    return crop(padded, roundHalfEven((ph - height) / 2), roundHalfEven((pw - width) / 2), height, width);
  },
);
/** A part, resized. As `functional.resized_crop`. */
export const resized_crop = callable(
  "resized_crop(Tensor inpt, int top, int left, int height, int width, int[] size, str interpolation='bilinear', bool? antialias=True) -> Tensor",
  ({ inpt, top, left, height, width, size, interpolation, antialias }) =>
    resize(crop(inpt, top, left, height, width), size, { interpolation, antialias }),
);
/** Left and right exchanged. As `functional.horizontal_flip`. */
export const horizontal_flip = callable("horizontal_flip(Tensor inpt) -> Tensor", ({ inpt }) => inpt.flip([-1]));
/** Top and bottom exchanged. As `functional.vertical_flip`. */
export const vertical_flip = callable("vertical_flip(Tensor inpt) -> Tensor", ({ inpt }) => inpt.flip([-2]));

/** Left, top, right, bottom of one number, of two (sides; top and bottom) or of four. */
export function sides(padding: readonly number[]): [left: number, top: number, right: number, bottom: number] {
  const [a, b = a, c = a, d = b] = padding;
  if (padding.length === 3 || padding.length > 4 || padding.length === 0)
    throw new ValueError(`Padding must be an int or a 1, 2, or 4 element tuple, not a ${padding.length} element tuple`);
  return [a, b, c, d];
}
const MODES = { constant: "constant", edge: "replicate", reflect: "reflect", symmetric: "symmetric" } as const;
/**
 * More around an image: `fill` (a number, or one a channel), or with `padding_mode` "edge", "reflect" or "symmetric" its
 * own pixels. As `functional.pad`.
 */
export const pad = callable(
  "pad(Tensor inpt, int[] padding, float[]? fill=None, str padding_mode='constant') -> Tensor",
  ({ inpt, padding, fill, padding_mode }) => {
    const [left, top, right, bottom] = sides(padding);
    if (!Object.hasOwn(MODES, padding_mode))
      throw new ValueError(
        `\`padding_mode\` should be one of ['constant', 'edge', 'reflect', 'symmetric'], but got '${padding_mode}'`,
      );
    const around = [left, right, top, bottom];
    const mode = MODES[padding_mode as keyof typeof MODES];
    if (mode === "constant") {
      if (fill === null || fill.length === 1) return F.pad(inpt, around, "constant", fill?.[0] ?? 0);
      // A color: what is outside of a padded image of ones.
      const inside = F.pad(inpt.new_ones([1, ...sizeOf(inpt)]), around)
        .to(int64)
        .ne(0);
      const color = tensor([...fill])
        .to(inpt.dtype)
        .view([-1, 1, 1]);
      return where(inside, F.pad(inpt, around), color);
    }
    if (mode === "symmetric") {
      const along = (x: Tensor, dim: number, before: number, after: number): Tensor => {
        const n = x.size(dim);
        const places = Array.from({ length: before + n + after }, (_, i) => {
          const at = (((i - before) % (2 * n)) + 2 * n) % (2 * n);
          return BigInt(at < n ? at : 2 * n - 1 - at);
        });
        return x.index_select(dim, tensor(places));
      };
      return along(along(inpt, -1, left, right), -2, top, bottom);
    }
    return inFloats(inpt, (image) => inBatch(image, (x) => F.pad(x, around, mode)));
  },
);

/** The inverse of turning by `angle`, shearing, scaling and moving about a center, in pixels from the middle. */
function inverseMatrix(
  [cx, cy]: readonly number[],
  angle: number,
  [tx, ty]: readonly number[],
  scale: number,
  shear: readonly number[],
): number[] {
  const radians = (degrees: number): number => degrees * (Math.PI / 180);
  const [rot, sx, sy] = [angle, shear[0], shear[1]].map(radians);
  // Turn times shear, of determinant 1: its inverse is [[d, -b], [-c, a]].
  const a = Math.cos(rot - sy) / Math.cos(sy);
  const b = -(a * Math.tan(sx) + Math.sin(rot));
  const c = Math.sin(rot - sy) / Math.cos(sy);
  const d = Math.cos(rot) - c * Math.tan(sx);
  const [p, q, r, s] = [d / scale, -b / scale, -c / scale, a / scale];
  return [p, q, cx - p * (cx + tx) - q * (cy + ty), r, s, cy - r * (cx + tx) - s * (cy + ty)];
}
/** Samples an image where a matrix says, for an output of `oh` by `ow`. */
function warp(image: Tensor, matrix: readonly number[], oh: number, ow: number, mode: string, fill: Fill): Tensor {
  const [h, w] = sizeOf(image);
  const dtype: Dtype = image.dtype.is_floating_point ? image.dtype : float32;
  const steps = (n: number): Tensor => linspace((1 - n) * 0.5, (n - 1) * 0.5, n);
  const x = steps(ow).to(dtype).view([1, ow]).expand([oh, ow]);
  const y = steps(oh).to(dtype).view([oh, 1]).expand([oh, ow]);
  const base = stack([x, y, x.new_ones([oh, ow])], -1).view([1, oh * ow, 3]);
  const theta = tensor([...matrix], { dtype })
    .view([1, 2, 3])
    .transpose(1, 2)
    .div(tensor([0.5 * w, 0.5 * h], { dtype }));
  const grid = base.bmm(theta).view([1, oh, ow, 2]);
  const sample = (images: Tensor): Tensor => {
    const batch = images.sizes[0];
    const places = grid.expand([batch, -1, -1, -1]);
    const options = { mode, padding_mode: "zeros", align_corners: false } as const;
    if (fill === null) return F.grid_sample(images, places, options);
    // A channel more tells how much of a pixel comes from inside.
    const whole = F.grid_sample(cat([images, images.new_ones([batch, 1, h, w])], 1), places, options);
    const n = images.sizes[1];
    const [colors, mask] = [whole.narrow(1, 0, n), whole.narrow(1, n, 1).expand([batch, n, oh, ow])];
    const color = tensor([...fill], { dtype }).view([1, -1, 1, 1]);
    return mode === "nearest"
      ? where(mask.lt(0.5), color.expand([batch, n, oh, ow]), colors)
      : colors.sub(color).mul(mask).add(color);
  };
  return inFloats(image, (floats) => inBatch(floats, sample));
}
const centered = (center: readonly number[] | null, [h, w]: readonly number[]): number[] =>
  center === null ? [0, 0] : [center[0] - w * 0.5, center[1] - h * 0.5];
/**
 * An image turned clockwise by `angle` degrees, moved by `translate` pixels, scaled and sheared about its middle (or
 * `center`), as `functional.affine`. `fill` is a number, or one a channel.
 */
export const affine = callable(
  "affine(Tensor inpt, float angle, float[] translate, float scale, float[] shear, str interpolation='nearest', float[]? fill=None, float[]? center=None) -> Tensor",
  ({ inpt, angle, translate, scale, shear, interpolation, fill, center }) => {
    checkInterpolation(interpolation, ["nearest", "bilinear"]);
    if (translate.length !== 2) throw new ValueError("Argument translate should be a sequence of length 2");
    if (scale <= 0) throw new ValueError("Argument scale should be positive");
    const size = sizeOf(inpt);
    const both = shear.length === 1 ? [shear[0], 0] : shear;
    const matrix = inverseMatrix(centered(center, size), angle, translate, scale, both);
    return warp(inpt, matrix, ...size, interpolation, fill);
  },
);
/**
 * An image turned counter-clockwise by `angle` degrees about its middle (or `center`); with `expand` all of it is kept, in a
 * larger one. As `functional.rotate`.
 */
export const rotate = callable(
  "rotate(Tensor inpt, float angle, str interpolation='nearest', bool expand=False, float[]? center=None, float[]? fill=None) -> Tensor",
  ({ inpt, angle: given, interpolation, expand, center, fill }) => {
    checkInterpolation(interpolation, ["nearest", "bilinear"]);
    const angle = ((given % 360) + 360) % 360;
    const size = sizeOf(inpt);
    if (center === null) {
      if (angle === 0) return inpt.clone();
      if (angle === 180) return inpt.rot90(2, [-2, -1]);
      if (angle % 90 === 0 && (expand || size[0] === size[1])) return inpt.rot90(angle === 90 ? 1 : 3, [-2, -1]);
    }
    const matrix = inverseMatrix(centered(center, size), -angle, [0, 0], 1, [0, 0]);
    return warp(inpt, matrix, ...(expand ? expanded(matrix, size) : size), interpolation, fill);
  },
);
/** The size that holds all corners. */
function expanded(matrix: readonly number[], [h, w]: readonly number[]): [number, number] {
  const f = Math.fround;
  const corners = [
    [-w / 2, -h / 2],
    [-w / 2, h / 2],
    [w / 2, h / 2],
    [w / 2, -h / 2],
  ];
  const along = (row: number, half: number): number => {
    const places = corners.map(([x, y]) =>
      f(f(f(f(x * f(matrix[row])) + f(y * f(matrix[row + 1]))) + f(matrix[row + 2])) + half),
    );
    // What is but rounding does not count.
    const cut = (x: number): number => f(Math.trunc(f(x * 1e4)) * 1e-4);
    return Math.ceil(cut(Math.max(...places))) - Math.floor(cut(Math.min(...places)));
  };
  return [along(3, h / 2), along(0, w / 2)];
}
/** What is in the rectangle replaced by `v`. As `functional.erase`. */
export const erase = callable(
  "erase(Tensor inpt, int i, int j, int h, int w, Tensor v, bool inplace=False) -> Tensor",
  ({ inpt, i, j, h, w, v, inplace }) => {
    const out = inplace ? inpt : inpt.clone();
    out.narrow(-2, i, h).narrow(-1, j, w).copy_(v);
    return out;
  },
);
