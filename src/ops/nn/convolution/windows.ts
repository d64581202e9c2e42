// Windows that slide over the last dims: the ground that convolutions and pools stand on, for any number of dims.
import type { Scalar } from "../../../base/dtype.ts";
import { RuntimeError } from "../../../base/errors.ts";
import { contiguousStrides, list, numel } from "../../../base/layout.ts";
import type { Shape } from "../../../base/layout.ts";
import { compute } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import { assign } from "../../../tensor/elementwise.ts";
import { Tensor } from "../../../tensor/tensor.ts";

/** How windows slide: one number a spatial dim. */
export interface Sliding {
  readonly kernel_size: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}
/** One number for all dims, or one a dim. */
export function perDim(x: readonly number[], dims: number, name: string): number[] {
  if (x.length === dims) return [...x];
  if (x.length === 1) return new Array<number>(dims).fill(x[0]);
  throw new RuntimeError(
    `expected ${name} to be a single integer value or a list of ${dims} values to match the convolution dimensions, but got ${name}=${list(x)}`,
  );
}
/** Places of a window along each spatial dim. */
export const placesOf = (spatial: Shape, { kernel_size, stride, padding, dilation }: Sliding): number[] =>
  spatial.map((n, d) => Math.floor((n + 2 * padding[d] - dilation[d] * (kernel_size[d] - 1) - 1) / stride[d]) + 1);

/** Places, with `ceil_mode` those too that a window only half covers; a window must start inside the input or left of it. */
export function poolPlaces(spatial: Shape, s: Sliding, ceil: boolean): number[] {
  if (!ceil) return placesOf(spatial, s);
  return spatial.map((n, d) => {
    const span = n + 2 * s.padding[d] - s.dilation[d] * (s.kernel_size[d] - 1) - 1;
    const places = Math.ceil(span / s.stride[d]) + 1;
    return (places - 1) * s.stride[d] >= n + s.padding[d] ? places - 1 : places;
  });
}
/** How far the last window reaches beyond the padded input. */
export const overhang = (spatial: Shape, places: Shape, s: Sliding): number[] =>
  spatial.map((n, d) =>
    Math.max(0, (places[d] - 1) * s.stride[d] + s.dilation[d] * (s.kernel_size[d] - 1) + 1 - n - 2 * s.padding[d]),
  );

/** x with `padding` of `value` around its last dims (and `extra` more at their ends), in row-major order. */
export function padded(x: Tensor, padding: readonly number[], value: Scalar, extra?: readonly number[]): Tensor {
  const lead = x.sizes.length - padding.length;
  if (padding.every((p) => p === 0) && !extra?.some((e) => e > 0)) return x.contiguous();
  const shape = x.sizes.map((n, d) => (d < lead ? n : n + 2 * padding[d - lead] + (extra?.[d - lead] ?? 0)));
  const out = x.new_full(shape, value);
  assign(inner(out, padding, x.sizes), x);
  return out;
}
const inner = (whole: Tensor, padding: readonly number[], sizes: Shape): Tensor => {
  const lead = sizes.length - padding.length;
  const offset = padding.reduce((at, p, d) => at + p * whole.strides[lead + d], whole.offset);
  return new Tensor(whole.storage, whole.dtype, sizes, whole.strides, offset);
};
/** The windows of a padded tensor as a view: [lead..., places..., kernel...]. Windows may overlap. */
export function windowsOf(x: Tensor, places: Shape, { kernel_size, stride, dilation }: Sliding): Tensor {
  const lead = x.sizes.length - places.length;
  const spatial = x.strides.slice(lead);
  return new Tensor(
    x.storage,
    x.dtype,
    [...x.sizes.slice(0, lead), ...places, ...kernel_size],
    [...x.strides.slice(0, lead), ...spatial.map((s, d) => s * stride[d]), ...spatial.map((s, d) => s * dilation[d])],
    x.offset,
  );
}

/** [N, C, spatial...] to columns [N, C * kernel, places]: each column holds what one window sees. @internal */
export const _im2col = op(
  "_im2col(Tensor self, int[] kernel_size, int[] stride, int[] padding, int[] dilation) -> Tensor",
);
define(_im2col, {
  kernel: compute(({ self, ...sliding }) => {
    const [n, c, ...spatial] = self.sizes;
    const k = spatial.length;
    const places = placesOf(spatial, sliding);
    const windows = windowsOf(padded(self, sliding.padding, 0), places, sliding);
    const order = [0, 1, ...places.map((_, d) => 2 + k + d), ...places.map((_, d) => 2 + d)];
    return windows
      .permute(order)
      .contiguous()
      .view([n, c * numel(sliding.kernel_size), numel(places)]);
  }),
  backward: {
    self: ({ grad, sizes, kernel_size, stride, padding, dilation }) =>
      _col2im(grad, sizes.self.slice(2), kernel_size, stride, padding, dilation),
  },
  node: "Im2ColBackward0",
});
/** The transpose of {@link _im2col}: what columns hold is added up where their windows lie in [N, C, output_size...]. @internal */
export const _col2im = op(
  "_col2im(Tensor self, int[] output_size, int[] kernel_size, int[] stride, int[] padding, int[] dilation) -> Tensor",
);
define(_col2im, {
  kernel: compute(({ self, output_size, ...sliding }) => {
    const { kernel_size, padding } = sliding;
    const [n, columns] = self.sizes;
    const c = columns / numel(kernel_size);
    const places = placesOf(output_size, sliding);
    const whole = self.new_zeros([n, c, ...output_size.map((s, d) => s + 2 * padding[d])]);
    const windows = windowsOf(whole, places, sliding);
    const parts = self.view([n, c, ...kernel_size, ...places]);
    const strides = contiguousStrides(kernel_size);
    // One strided addition for each place within the window: there no two windows meet.
    for (let i = 0; i < numel(kernel_size); i++) {
      let from = parts;
      let to = windows;
      for (const [d, s] of strides.entries()) {
        const at = Math.floor(i / s) % kernel_size[d];
        from = from.select(2, at);
        to = to.select(2 + places.length, at);
      }
      to.add_(from);
    }
    return inner(whole, padding, [n, c, ...output_size]).contiguous();
  }),
  backward: {
    self: ({ grad, kernel_size, stride, padding, dilation }) => _im2col(grad, kernel_size, stride, padding, dilation),
  },
  node: "Col2ImBackward0",
});
