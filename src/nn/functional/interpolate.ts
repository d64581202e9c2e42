// Functions of torch.nn.functional that resize and resample.
import { float64 } from "../../base/dtype.ts";
import { NotImplementedError, ValueError, warn } from "../../base/errors.ts";
import { list } from "../../base/layout.ts";
import { callable } from "../../dispatch/callable.ts";
import { CORNERS, grid_sampler } from "../../ops/nn/vision/grid_sample.ts";
import { adaptive_avg_pool1d } from "../../ops/nn/pooling/pool.ts";
import { _upsample, isGeneral } from "../../ops/nn/vision/upsample.ts";
import { scalarText } from "../../tensor/print.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { typeWord } from "../../tensor/type_word.ts";
import { adaptive_avg_pool2d, adaptive_avg_pool3d } from "./composed.ts";

/** Spatial dims of the modes that need a certain number. */
const DIMS: Readonly<Record<string, number>> = { linear: 1, bilinear: 2, trilinear: 3, bicubic: 2 };
const SMOOTH = Object.keys(DIMS);
const ANY = ["nearest", "nearest-exact", "area"];
/** A list as it was given, which in Python may be a tuple. */
const shown = (given: unknown, parts: readonly string[]): string =>
  typeWord(given) === "tuple" ? `(${parts.join(", ")}${parts.length === 1 ? "," : ""})` : `[${parts.join(", ")}]`;

/**
 * Input [N, C, L], [N, C, H, W] or [N, C, D, H, W] resized to `size`, or by `scale_factor`. Modes: "nearest" (default),
 * "nearest-exact", "linear", "bilinear", "bicubic", "trilinear", "area". `align_corners` takes the outer elements' centres,
 * not their edges, for the ends; `antialias` widens the filter where the result is smaller. Raises ValueError if neither
 * size nor scale_factor, or both, are given. As `torch.nn.functional.interpolate`.
 * @example interpolate(torch.arange(4).view(1, 1, 4).float(), { scale_factor: 2 }).shape // torch.Size([1, 1, 8])
 */
export const interpolate = callable(
  "interpolate(Tensor input, int|int[]? size=None, float|float[]? scale_factor=None, str mode='nearest', bool? align_corners=None, bool? recompute_scale_factor=None, bool antialias=False) -> Tensor",
  ({ input, size, scale_factor, mode, align_corners, recompute_scale_factor, antialias }) => {
    const spatial = input.sizes.slice(2);
    const dims = spatial.length;
    if (ANY.includes(mode) && align_corners !== null)
      throw new ValueError(
        "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear",
      );
    if (size !== null && scale_factor !== null)
      throw new ValueError("only one of size or scale_factor should be defined");
    if (size === null && scale_factor === null) throw new ValueError("either size or scale_factor should be defined");
    const given = (size ?? scale_factor)!;
    const perDim = typeof given === "number" ? new Array<number>(dims).fill(given) : given;
    if (perDim.length !== dims)
      throw new ValueError(
        `Input and ${size === null ? "scale_factor" : "output"} must have the same number of spatial dimensions, but got input with spatial dimensions of ${list(spatial)} and ${
          size === null
            ? `scale_factor of shape ${shown(
                given,
                perDim.map((n) => scalarText(n, float64)),
              )}`
            : `output size of ${shown(given, perDim.map(String))}`
        }. Please provide input tensor in (N, C, d1, d2, ...,dK) format and ${size === null ? "scale_factor in (s1, s2, ...,sK)" : "output size in (o1, o2, ...,oK)"} format.`,
      );
    if (recompute_scale_factor === true && size !== null)
      throw new ValueError("recompute_scale_factor is not meaningful with an explicit size.");
    const output = size === null ? spatial.map((n, d) => Math.floor(n * perDim[d])) : perDim;
    const scales = size === null && recompute_scale_factor !== true ? perDim : spatial.map(() => 0);
    if (antialias && !((mode === "bilinear" || mode === "bicubic") && dims === 2))
      throw new ValueError(
        "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input",
      );
    const known = ANY.includes(mode) || SMOOTH.includes(mode);
    if (dims < 1 || dims > 3 || !known || (mode === "bicubic" && dims !== 2))
      throw new NotImplementedError(
        `Input Error: Only 3D, 4D and 5D input Tensors supported (got ${input.sizes.length}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got ${mode})`,
      );
    if (SMOOTH.includes(mode) && DIMS[mode] !== dims)
      throw new NotImplementedError(`Got ${dims + 2}D input, but ${mode} mode needs ${DIMS[mode] + 2}D input`);
    if (mode === "area") return area(input, output);
    return _upsample(input, output, mode, align_corners ?? false, scales, antialias, isGeneral(input, mode));
  },
);
function area(input: Tensor, size: readonly number[]): Tensor {
  if (size.length === 1) return adaptive_avg_pool1d(input, size);
  return (size.length === 2 ? adaptive_avg_pool2d : adaptive_avg_pool3d)(input, size);
}

const deprecated = (name: string): void =>
  warn(`\`nn.functional.${name}\` is deprecated. Use \`nn.functional.interpolate\` instead.`);
/** {@link interpolate} under its older name. As `torch.nn.functional.upsample`. */
export const upsample = callable(
  "upsample(Tensor input, int|int[]? size=None, float|float[]? scale_factor=None, str mode='nearest', bool? align_corners=None) -> Tensor",
  (args) => {
    deprecated("upsample");
    return interpolate(args);
  },
);
/** {@link interpolate} to the nearest element. As `torch.nn.functional.upsample_nearest`. */
export const upsample_nearest = callable(
  "upsample_nearest(Tensor input, int|int[]? size=None, float|float[]? scale_factor=None) -> Tensor",
  (args) => {
    deprecated("upsample_nearest");
    return interpolate(args);
  },
);
/** {@link interpolate} between four elements, with aligned corners. As `torch.nn.functional.upsample_bilinear`. */
export const upsample_bilinear = callable(
  "upsample_bilinear(Tensor input, int|int[]? size=None, float|float[]? scale_factor=None) -> Tensor",
  (args) => {
    deprecated("upsample_bilinear");
    return interpolate({ ...args, mode: "bilinear", align_corners: true });
  },
);

const MODES = ["bilinear", "nearest", "bicubic"];
const PADDINGS = ["zeros", "border", "reflection"];
/**
 * Input [N, C, H, W] read at the places of `grid` [N, H', W', 2] (x, y from -1 to 1), or volumes at [N, D', H', W', 3].
 * `mode`: "bilinear", "nearest" or "bicubic"; `padding_mode`, outside: "zeros", "border" or "reflection". Raises ValueError
 * for others. As `torch.nn.functional.grid_sample`.
 */
export const grid_sample = callable(
  "grid_sample(Tensor input, Tensor grid, str mode='bilinear', str padding_mode='zeros', bool? align_corners=None) -> Tensor",
  ({ input, grid, mode, padding_mode, align_corners }) => {
    if (!MODES.includes(mode))
      throw new ValueError(
        `nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '${mode}'`,
      );
    if (!PADDINGS.includes(padding_mode))
      throw new ValueError(
        `nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '${padding_mode}'`,
      );
    if (align_corners === null) warn(CORNERS);
    return grid_sampler(input, grid, MODES.indexOf(mode), PADDINGS.indexOf(padding_mode), align_corners ?? false);
  },
);
