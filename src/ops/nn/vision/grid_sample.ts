// Images read at the places a grid tells.
import { float32 } from "../../../base/dtype.ts";
import { NotImplementedError, RuntimeError, ValueError, warn } from "../../../base/errors.ts";
import { list, numel, tupleText } from "../../../base/layout.ts";
import { composite } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { linspace } from "../../creation/creation.ts";
import { _where, fmod } from "../../pointwise/arithmetic.ts";
import { stack } from "../../views/joining.ts";
import { floats, sameAsFirst } from "../../../dispatch/takes.ts";

const [NEAREST, BICUBIC] = [1, 2];
const [BORDER, REFLECTION] = [1, 2];

/** From [-1, 1] to places along a dim of `n` elements: -1 and 1 are the centres of the outer ones, or their edges. */
const unnormalized = (x: Tensor, n: number, align: boolean): Tensor =>
  align
    ? x.add(1).mul((n - 1) / 2)
    : x
        .add(1)
        .mul(n / 2)
        .sub(0.5);
/** Kept inside; the gradient ends at the border. NaN goes to the first, as PyTorch documents. */
const clipped = (x: Tensor, n: number): Tensor =>
  _where(x.gt(0).logical_and(x.lt(n - 1)), x, _where(x.isnan(), 0, x.detach().clamp(0, n - 1)));
/**
 * Mirrored at both ends, which are the centres of the outer elements or their edges. Far away rounding decides where, so it
 * is done as PyTorch does it: in images by what is left of there and back, in volumes by what is left of one way.
 */
function reflected(x: Tensor, n: number, align: boolean, dims: number): Tensor {
  const [low, span] = align ? [0, n - 1] : [-0.5, n];
  if (span === 0) return x.mul(0);
  const away = x.sub(low).abs();
  if (dims === 2) {
    // Of float32 rounded once, as a fused multiply and add does.
    const wide = x.dtype === float32 ? x.backend.widths.precise : x.dtype;
    const flips = away.div(2 * span).trunc();
    const there = flips.to(wide).mul(2 * span);
    const both = away.to(wide).sub(there).to(x.dtype);
    const back = both.neg().add(2 * span);
    return _where(both.gt(back), back, both).add(low);
  }
  const rest = fmod(away, span);
  const flips = away.div(span, { rounding_mode: "floor" }).remainder(2).ne(0);
  return _where(flips, rest.neg().add(span), rest).add(low);
}
function placed(x: Tensor, n: number, padding: number, align: boolean, dims = 2): Tensor {
  if (padding === BORDER) return clipped(x, n);
  return padding === REFLECTION ? clipped(reflected(x, n, align, dims), n) : x;
}

/** The elements of [N, C, spatial…] at whole places, [N, places…] for each dim; 0 outside. */
function read(input: Tensor, at: readonly Tensor[]): Tensor {
  const [n, c, ...spatial] = input.sizes;
  const places = at[0].sizes.slice(1);
  let flat = at[0].new_zeros(at[0].sizes).long();
  let inside = flat.eq(0);
  for (const [d, size] of spatial.entries()) {
    inside = inside.logical_and(at[d].ge(0)).logical_and(at[d].lt(size));
    const index = _where(inside, at[d], 0).long();
    flat = flat.mul(size).add(index);
  }
  flat = _where(inside, flat, 0);
  const picked = input
    .reshape([n, c, numel(spatial)])
    .gather(2, flat.view([n, 1, numel(places)]).expand([n, c, numel(places)]))
    .view([n, c, ...places]);
  return _where(inside.unsqueeze(1), picked, 0);
}
/** Every choice of one offset a dim. */
const corners = (dims: number, offsets: readonly number[]): number[][] =>
  dims === 0 ? [[]] : corners(dims - 1, offsets).flatMap((rest) => offsets.map((o) => [...rest, o]));

function linear(input: Tensor, at: readonly Tensor[]): Tensor {
  const low = at.map((x) => x.detach().floor());
  const rest = at.map((x, d) => x.sub(low[d]));
  return corners(at.length, [0, 1])
    .map((corner) => {
      const weight = rest.map((r, d) => (corner[d] === 1 ? r : r.neg().add(1))).reduce((a, b) => a.mul(b));
      const places = low.map((x, d) => x.add(corner[d]));
      return read(input, places).mul(weight.unsqueeze(1));
    })
    .reduce((a, b) => a.add(b));
}
function nearest(input: Tensor, at: readonly Tensor[]): Tensor {
  const places = at.map((x) => x.round());
  // The places do not move with the grid: its gradient is 0, but it is there.
  const still = places.map((x) => x.sub(x.detach())).reduce((a, b) => a.add(b));
  return read(
    input,
    places.map((x) => x.detach()),
  ).mul(_where(still.isnan(), 0, still).add(1).unsqueeze(1));
}
/** R. Keys' weights with a = -0.75, of the elements before, at and after a place; rounded where PyTorch's are. */
function cubicWeights(t: Tensor): Tensor[] {
  const a = -0.75;
  const outer = (x: Tensor): Tensor =>
    x
      .mul(a)
      .sub(5 * a)
      .mul(x)
      .add(8 * a)
      .mul(x)
      .sub(4 * a);
  const inner = (x: Tensor): Tensor =>
    x
      .mul(a + 2)
      .sub(a + 3)
      .mul(x)
      .mul(x)
      .add(1);
  return [outer(t.add(1)), inner(t), inner(t.neg().add(1)), outer(t.neg().add(2))];
}
/** Along rows first, then across them. */
function cubic(input: Tensor, at: readonly Tensor[], padding: number, align: boolean): Tensor {
  const spatial = input.sizes.slice(2);
  const low = at.map((x) => x.detach().floor());
  const [down, along] = at.map((x, d) => cubicWeights(x.sub(low[d])));
  const [ys, xs] = low.map((x, d) => [-1, 0, 1, 2].map((o) => placed(x.add(o), spatial[d], padding, align)));
  const total = (parts: readonly Tensor[], weights: readonly Tensor[]): Tensor =>
    parts.map((part, i) => part.mul(weights[i].unsqueeze(1))).reduce((a, b) => a.add(b));
  return total(
    ys.map((y) =>
      total(
        xs.map((x) => read(input, [y, x])),
        along,
      ),
    ),
    down,
  );
}

function sampled(input: Tensor, grid: Tensor, mode: number, padding: number, align: boolean): Tensor {
  const spatial = input.sizes.slice(2);
  const dims = spatial.length;
  if (input.sizes[0] !== grid.sizes[0])
    throw new RuntimeError(
      `grid_sampler(): expected grid and input to have same batch size, but got input with sizes ${list(input.sizes)} and grid with sizes ${list(grid.sizes)}`,
    );
  if (grid.sizes.at(-1) !== dims)
    throw new RuntimeError(
      `grid_sampler(): expected grid to have size ${dims} in last dimension, but got grid with sizes ${list(grid.sizes)}`,
    );
  if (spatial.includes(0))
    throw new RuntimeError(
      `grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes ${list(input.sizes)} with dimension ${2 + spatial.indexOf(0)} being empty`,
    );
  // The last number of a grid's point is the place in the last dim but … the first: x, y, z.
  const raw = spatial.map((n, d) => unnormalized(grid.select(-1, dims - 1 - d), n, align));
  if (mode === BICUBIC) return cubic(input, raw, padding, align);
  const at = raw.map((x, d) => placed(x, spatial[d], padding, align, dims));
  return mode === NEAREST ? nearest(input, at) : linear(input, at);
}
function assertSampler(name: string, dims: number, input: Tensor, grid: Tensor, mode: number): void {
  if (input.sizes.length !== dims + 2 || grid.sizes.length !== dims + 2)
    throw new RuntimeError(
      `${name}(): expected ${dims + 2}D input and grid with same number of dimensions, but got input with sizes ${list(input.sizes)} and grid with sizes ${list(grid.sizes)}`,
    );
  if (dims === 3 && mode === BICUBIC)
    throw new RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input");
}
const SAME_GRID = sameAsFirst(
  "grid",
  (d, input) =>
    `expected scalar type ${input.legacyName} but found ${d.legacyName}\nThe grid has to be of the input's dtype: grid.to(input.dtype).`,
);
/**
 * [N, C, H, W] read at the places of `grid` [N, H', W', 2], x and y in [-1, 1]. Modes: 0 bilinear, 1 nearest, 2 bicubic;
 * outside: 0 zeros, 1 border, 2 reflection. As `torch.grid_sampler_2d`.
 */
export const grid_sampler_2d = op(
  "grid_sampler_2d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor",
);
define(grid_sampler_2d, {
  takes: [floats("grid_sampler_2d_cpu_kernel_impl"), SAME_GRID],
  kernel: composite(({ input, grid, interpolation_mode, padding_mode, align_corners }) => {
    assertSampler("grid_sampler", 2, input, grid, interpolation_mode);
    return sampled(input, grid, interpolation_mode, padding_mode, align_corners);
  }),
  node: "GridSampler2DBackward0",
});
/** {@link grid_sampler_2d} of volumes: [N, C, D, H, W] at [N, D', H', W', 3]. As `torch.grid_sampler_3d`. */
export const grid_sampler_3d = op(
  "grid_sampler_3d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor",
);
define(grid_sampler_3d, {
  takes: [floats("grid_sampler3d_cpu"), SAME_GRID],
  kernel: composite(({ input, grid, interpolation_mode, padding_mode, align_corners }) => {
    assertSampler("grid_sampler", 3, input, grid, interpolation_mode);
    return sampled(input, grid, interpolation_mode, padding_mode, align_corners);
  }),
  node: "GridSampler3DBackward0",
});
/** {@link grid_sampler_2d} or {@link grid_sampler_3d}, by the number of dims. As `torch.grid_sampler`. */
export const grid_sampler = op(
  "grid_sampler(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor",
);
define(grid_sampler, {
  kernel: composite(({ input, grid, interpolation_mode, padding_mode, align_corners }) =>
    (input.sizes.length === 5 ? grid_sampler_3d : grid_sampler_2d)(
      input,
      grid,
      interpolation_mode,
      padding_mode,
      align_corners,
    ),
  ),
});

/** Said where nobody says which points the corners are. @internal */
export const CORNERS =
  "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify align_corners=True if the old behavior is desired. See the documentation of grid_sample for details.";
/**
 * The grid for {@link grid_sampler} that moves images of `size` (N, C, H, W) by matrices [N, 2, 3], or volumes by
 * [N, 3, 4]. As `torch.nn.functional.affine_grid`.
 */
export const affine_grid = op("affine_grid(Tensor theta, int[] size, bool? align_corners=None) -> Tensor");
define(affine_grid, {
  kernel: composite(({ theta, size, align_corners }) => {
    if (align_corners === null) warn(CORNERS);
    if (!theta.dtype.is_floating_point)
      throw new ValueError(`Expected theta to have floating point type, but got ${String(theta.dtype)}`);
    const [n, , ...spatial] = size;
    const dims = spatial.length;
    if (dims !== 2 && dims !== 3)
      throw new NotImplementedError(
        `affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size ${tupleText(size)}.`,
      );
    if (theta.sizes.length !== 3 || theta.sizes[1] !== dims || theta.sizes[2] !== dims + 1)
      throw new ValueError(
        `Expected a batch of ${dims}D affine matrices of shape Nx${dims}x${dims + 1} for size ${tupleText(size)}. Got ${String(theta.shape)}.`,
      );
    if (Math.min(...size) <= 0) throw new ValueError(`Expected non-zero, positive output size. Got ${list(size)}`);
    const axis = (length: number): Tensor => {
      const line = length === 1 ? theta.new_zeros([1]) : linspace(-1, 1, length, { dtype: theta.dtype });
      return align_corners === true ? line : line.mul(length - 1).div(length);
    };
    // Points (x, y, z, 1): the last spatial dim first.
    const lines = spatial.map((length, d) => axis(length).view(spatial.map((_, i) => (i === d ? -1 : 1))));
    const points = [...lines.reverse(), theta.new_ones([1])].map((x) => x.expand(spatial));
    const base = stack(points, -1).view([1, numel(spatial), dims + 1]);
    return base
      .expand([n, numel(spatial), dims + 1])
      .bmm(theta.transpose(1, 2))
      .view([n, ...spatial, dims]);
  }),
  node: "AffineGridGeneratorBackward0",
});
