// Samples of what resizes, resamples, shuffles and undoes pools.
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import { leaf } from "./leaves.ts";
import type { Sample, Samples } from "./leaves.ts";

const modes: readonly (readonly [string, number])[] = [
  ["nearest", 2],
  ["nearest-exact", 1],
  ["linear", 1],
  ["bilinear", 2],
  ["bicubic", 2],
  ["trilinear", 3],
];
const image = (dims: number): Tensor => leaf([1, 2, 3, 4, 3].slice(0, 2 + dims));
/** Places off the elements and off the middles between them, some outside. */
const grid = (dims: number): Tensor => leaf([1, 2, 1, 2].slice(0, dims + 1).concat(dims), -1.13, 1.21, 3);
const samplers = (dims: number, modes: readonly number[]): Sample[] =>
  modes.flatMap((mode) =>
    [0, 1, 2].flatMap((padding) => [true, false].map((align) => [image(dims), grid(dims), mode, padding, align])),
  );
const indices = torch.tensor([[[0n, 5n, 6n]]]);

export const vision: Samples = {
  _upsample: () => [
    ...modes.map(
      ([mode, dims]) => [image(dims), [5, 2, 4].slice(0, dims), mode, false, [], false, dims !== 2] as Sample,
    ),
    [image(2), [2, 5], "bilinear", true, [], false, false],
    [image(2), [2, 6], "bicubic", false, [0.7, 1.6], true, true],
    [image(2), [2, 3], "bilinear", false, [], true, true],
    // Sizes that stay, or double, by scales that say otherwise.
    ...[true, false].map((general) => [image(2), [2, 6], "nearest", false, [1.4, 2.2], false, general] as Sample),
    [image(2), [2, 6], "bilinear", false, [1.4, 2.2], false, true],
    [image(2), [2, 3], "bicubic", false, [1.4, 1.2], false, true],
  ],
  _upsample_backward: () => [[image(2), [5, 2], "bilinear", false, [], false, false]],
  grid_sampler_2d: () => samplers(2, [0, 1, 2]),
  grid_sampler_3d: () => samplers(3, [0, 1]),
  grid_sampler: () => [[image(2), grid(2), 0, 0, false]],
  affine_grid: () => [
    [leaf([1, 2, 3]), [1, 1, 2, 3], true],
    [leaf([1, 3, 4]), [1, 1, 2, 1, 3], false],
  ],
  pixel_shuffle: () => [
    [leaf([1, 4, 2, 3]), 2],
    [leaf([1, 4, 2, 3]), 1],
  ],
  pixel_unshuffle: () => [
    [leaf([1, 1, 4, 2]), 2],
    [leaf([1, 1, 4, 2]), 1],
  ],
  channel_shuffle: () => [
    [leaf([1, 4, 2]), 2],
    [leaf([1, 4, 2]), 1],
  ],
  native_channel_shuffle: () => [[leaf([1, 4, 2]), 2]],
  _max_unpool: () => [[leaf([1, 1, 3]), indices, [7]]],
  _fractional_max_pool: () => [
    [leaf([1, 2, 4, 5]), [2, 2], [2, 3], torch.tensor([[[0.3, 0.6], [0.8, 0.1]]], { dtype: torch.float64 })], // prettier-ignore
  ],
};
