// Functions of torch.nn.functional that pool, undo pools, or take windows apart.
import { withGrad } from "../../autograd/mode.ts";
import { RuntimeError, ValueError } from "../../base/errors.ts";
import { list, numel } from "../../base/layout.ts";
import { bindArguments, callable } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Values } from "../../dispatch/signature.ts";
import { pad } from "../../ops/nn/vision/padding.ts";
import * as pool from "../../ops/nn/pooling/pool.ts";
import { rand } from "../../ops/random/random.ts";
import { _fractional_max_pool, _max_unpool } from "../../ops/nn/pooling/unpool.ts";
import { _col2im, _im2col, perDim, placesOf } from "../../ops/nn/convolution/windows.ts";
import type { Tensor } from "../../tensor/tensor.ts";

// ---- unpooling

const UNPOOL =
  "max_unpool(Tensor input, Tensor indices, int[] kernel_size, int[]? stride=None, int[] padding=0, int[]? output_size=None) -> Tensor";
const maxUnpool =
  (dims: number) =>
  (...given: Arguments<typeof UNPOOL>): Tensor => {
    const args = bindArguments(UNPOOL, given, `max_unpool${dims}d`);
    const { input, indices } = args;
    const n = input.sizes.length;
    if (n !== dims + 1 && n !== dims + 2)
      throw new RuntimeError(
        `Input to max_unpooling${dims}d should be a ${dims + 1}d or ${dims + 2}d Tensor, but got a tensor with dim ${n}`,
      );
    const size = unpooledSize(dims, args);
    if (dims > 1) return _max_unpool(input, indices, size);
    return _max_unpool(input.unsqueeze(-2), indices.unsqueeze(-2), [1, ...size]).squeeze(-2);
  };
/** The size asked for, if a pool could have come from it; else the least one that it could have come from. */
function unpooledSize(
  dims: number,
  { input, kernel_size, stride, padding, output_size }: Values<typeof UNPOOL>,
): number[] {
  const kernel = perDim(kernel_size, dims, "kernel_size");
  const step = stride === null ? kernel : perDim(stride, dims, "stride");
  const pads = perDim(padding, dims, "padding");
  const natural = input.sizes.slice(-dims).map((n, d) => (n - 1) * step[d] + kernel[d] - 2 * pads[d]);
  if (output_size === null) return natural;
  const size = output_size.length === dims + 2 ? output_size.slice(2) : output_size;
  if (size.length !== dims)
    throw new ValueError(
      `output_size should be a sequence containing ${dims} or ${dims + 2} elements, but it has a length of '${size.length}'`,
    );
  for (const [d, n] of size.entries()) {
    const [least, most] = [natural[d] - step[d], natural[d] + step[d]];
    if (!(least < n && n < most))
      throw new ValueError(
        `invalid output_size "(${size.join(", ")}${dims === 1 ? "," : ""})" (dim ${d} must be between ${least} and ${most})`,
      );
  }
  return [...size];
}
/** Zeros but for the maxima that a pool took, put back at `indices`. As `torch.nn.functional.max_unpool1d`. */
export const max_unpool1d = maxUnpool(1);
/** Zeros but for the maxima that a pool took, put back at `indices`. As `torch.nn.functional.max_unpool2d`. */
export const max_unpool2d = maxUnpool(2);
/** Zeros but for the maxima that a pool took, put back at `indices`. As `torch.nn.functional.max_unpool3d`. */
export const max_unpool3d = maxUnpool(3);

// ---- pools

const FRACTIONAL =
  "fractional_max_pool(Tensor input, int[] kernel_size, int[]? output_size=None, float[]? output_ratio=None, bool return_indices=False, Tensor? _random_samples=None) -> Tensor";
interface Fractional {
  (
    input: Tensor,
    size: number | readonly number[],
    options: Partial<Values<typeof FRACTIONAL>> & { return_indices: true },
  ): [Tensor, Tensor];
  (...args: Arguments<typeof FRACTIONAL>): Tensor;
}
const fractional = (dims: number): Fractional =>
  ((...given: unknown[]) => {
    const name = `fractional_max_pool${dims}d`;
    const args = bindArguments(FRACTIONAL, given, name);
    const { input, output_size, output_ratio, return_indices } = args;
    if (output_size === null && output_ratio === null)
      throw new ValueError(`${name} requires specifying either an output_size or an output_ratio`);
    const n = input.sizes.length;
    if (n <= dims) input.size(n === 0 ? 0 : -dims - 1); // raises
    const full = dims === 2 ? name : `${name}_out`;
    if (n > dims + 2)
      throw new RuntimeError(`${full}(): Expected ${dims + 1}D or ${dims + 2}D tensor, but got: ${list(input.sizes)}`);
    const empty = input.sizes.findIndex((size, d) => size === 0 && d >= n - dims - 1);
    if (empty >= 0)
      throw new RuntimeError(
        `${full}(): Expected input to have non-zero size for non-batch dimensions, but got${list(input.sizes)} with dimension ${empty} being empty.`,
      );
    const x = n === dims + 1 ? input.unsqueeze(0) : input;
    const inWindows = (given: readonly number[], what: string): number[] => {
      if (given.length !== 1 && given.length !== dims)
        throw new RuntimeError(
          `${name}: ${what} must either be a single Int or tuple of ${dims === 3 ? "three " : ""}Ints`,
        );
      return perDim(given, dims, what);
    };
    const ratio = output_ratio === null ? null : perDim(output_ratio, dims, "output_ratio");
    const size =
      output_size === null
        ? x.sizes.slice(2).map((n, d) => Math.trunc(n * ratio![d]))
        : inWindows(output_size, "output_size");
    const kernel = inWindows(args.kernel_size, "kernel_size");
    const samples =
      args._random_samples ?? withGrad(false, () => rand([x.sizes[0], x.sizes[1], dims], { dtype: input.dtype }));
    const made = _fractional_max_pool(x, kernel, size, samples);
    const [values, indices] = x === input ? made : made.map((t) => t.squeeze([0]));
    return return_indices ? [values, indices] : values;
  }) as Fractional;
/**
 * The largest element under windows of `kernel_size` at random places, such that the last dims get `output_size`, or
 * `output_ratio` of theirs. With `return_indices` also where. As `torch.nn.functional.fractional_max_pool2d`.
 */
export const fractional_max_pool2d = fractional(2);
/** {@link fractional_max_pool2d} in three dims. As `torch.nn.functional.fractional_max_pool3d`. */
export const fractional_max_pool3d = fractional(3);

const LP_POOL =
  "lp_pool(Tensor input, float norm_type, int[] kernel_size, int[]? stride=None, bool ceil_mode=False) -> Tensor";
const lpPool =
  (dims: number) =>
  (...given: Arguments<typeof LP_POOL>): Tensor => {
    const { input, norm_type, kernel_size, stride, ceil_mode } = bindArguments(LP_POOL, given, `lp_pool${dims}d`);
    const kernel = perDim(kernel_size, dims, "kernel_size");
    const means = [pool.avg_pool1d, pool.avg_pool2d, pool.avg_pool3d][dims - 1];
    const mean = means(input.pow(norm_type), { kernel_size: kernel, stride, ceil_mode });
    return mean
      .sign()
      .mul(mean.abs().relu())
      .mul(numel(kernel))
      .pow(1 / norm_type);
  };
/** (Σ x^p)^(1/p) under each window, p = `norm_type`. As `torch.nn.functional.lp_pool1d`. */
export const lp_pool1d = lpPool(1);
/** (Σ x^p)^(1/p) under each window, p = `norm_type`. As `torch.nn.functional.lp_pool2d`. */
export const lp_pool2d = lpPool(2);
/** (Σ x^p)^(1/p) under each window, p = `norm_type`. As `torch.nn.functional.lp_pool3d`. */
export const lp_pool3d = lpPool(3);

/**
 * x / (k + alpha * mean of the squares of `size` neighbouring channels)^beta, of [N, C, *]. As
 * `torch.nn.functional.local_response_norm`. Krizhevsky et al., ImageNet classification with deep convolutional neural
 * networks, 2012.
 */
export const local_response_norm = callable(
  "local_response_norm(Tensor input, int size, float alpha=0.0001, float beta=0.75, float k=1.0) -> Tensor",
  ({ input, size, alpha, beta, k }) => {
    const n = input.sizes.length;
    if (n < 3)
      throw new ValueError(`Expected 3D or higher dimensionality                          input (got ${n} dimensions)`);
    if (input.numel() === 0) return input;
    const [batch, channels, ...rest] = input.sizes;
    const squares = input.mul(input).view([batch, 1, channels, -1]);
    const around = pad(squares, [0, 0, Math.floor(size / 2), Math.floor((size - 1) / 2)]);
    const mean = pool.avg_pool2d(around, [size, 1], 1).view([batch, channels, ...rest]);
    return input.div(mean.mul(alpha).add(k).pow(beta));
  },
);

// ---- windows

const WINDOWS = "int[] dilation=1, int[] padding=0, int[] stride=1";
/**
 * The windows of [N, C, H, W] (or [C, H, W]) as columns [N, C · kernel, places]. As `torch.nn.functional.unfold`.
 */
export const unfold = callable(
  `unfold(Tensor input, int[] kernel_size, ${WINDOWS}) -> Tensor`,
  ({ input, ...windows }) => {
    const n = input.sizes.length;
    if ((n !== 3 && n !== 4) || input.sizes.slice(-3).includes(0))
      throw new RuntimeError(
        `Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: ${list(input.sizes)}`,
      );
    const s = sliding(windows);
    const places = placesOf(input.sizes.slice(-2), s);
    if (Math.min(...places) < 1)
      throw new RuntimeError(
        `Given input with spatial size (${input.sizes.slice(-2).join(", ")}), kernel_size=(${s.kernel_size.join(", ")}), dilation=(${s.dilation.join(", ")}), padding=(${s.padding.join(", ")}), calculated shape of the array of sliding blocks as (${places.join(", ")}), but its components must be at least one.`,
      );
    const x = n === 3 ? input.unsqueeze(0) : input;
    const columns = _im2col(x, s.kernel_size, s.stride, s.padding, s.dilation);
    return n === 3 ? columns.squeeze([0]) : columns;
  },
);
const sliding = (
  w: Pick<
    Values<`f(int[] kernel_size, ${typeof WINDOWS}) -> Tensor`>,
    "kernel_size" | "dilation" | "padding" | "stride"
  >,
) => {
  const s = {
    kernel_size: two(w.kernel_size, "kernel_size"),
    stride: two(w.stride, "stride"),
    padding: two(w.padding, "padding"),
    dilation: two(w.dilation, "dilation"),
  };
  const named = (name: string, [h, w]: readonly number[]): string => `${name}_height: ${h} ${name}_width: ${w}`;
  for (const [what, of, name] of [
    ["kernel size", s.kernel_size, "kernel"],
    ["dilation", s.dilation, "dilation"],
    ["padding", s.padding, "pad"],
    ["stride", s.stride, "stride"],
  ] as const)
    // prettier-ignore
    if (of.some((n) => (name === "pad" ? n < 0 : n <= 0)))
      throw new RuntimeError(
        `${what} should be ${name === "pad" ? "non-negative" : "greater than zero"}, but got ${named(name, of)}`,
      );
  return s;
};
/** One number for both dims, or one for each. */
function two(x: readonly number[], name: string): number[] {
  if (x.length > 2 || x.length === 0)
    throw new RuntimeError(`It is expected ${name} equals to 2, but got size ${x.length}`);
  return perDim(x, 2, name);
}
/** Columns [N, C · kernel, places] added up where their windows lie in [N, C, output_size]. As `torch.nn.functional.fold`. */
export const fold = callable(
  `fold(Tensor input, int[] output_size, int[] kernel_size, ${WINDOWS}) -> Tensor`,
  ({ input, output_size, ...windows }) => {
    const s = sliding(windows);
    const size = two(output_size, "output_size");
    const n = input.sizes.length;
    if ((n !== 2 && n !== 3) || input.sizes.slice(-2).includes(0))
      throw new RuntimeError(
        `Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, but got: ${list(input.sizes)}`,
      );
    const [rows, columns] = input.sizes.slice(-2);
    const area = numel(s.kernel_size);
    if (rows % area !== 0)
      throw new RuntimeError(
        `Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)=${rows} and kernel_size=(${s.kernel_size.join(", ")}).`,
      );
    const places = placesOf(size, s);
    if (numel(places) !== columns)
      throw new RuntimeError(
        `Given output_size=(${size.join(", ")}), kernel_size=(${s.kernel_size.join(", ")}), dilation=(${s.dilation.join(", ")}), padding=(${s.padding.join(", ")}), stride=(${s.stride.join(", ")}), expected size of input's dimension 2 to match the calculated number of sliding blocks ${places.join(" * ")} = ${numel(places)}, but got input.size(2)=${columns}.`,
      );
    const x = n === 2 ? input.unsqueeze(0) : input;
    const image = _col2im(x, size, s.kernel_size, s.stride, s.padding, s.dilation);
    return n === 2 ? image.squeeze([0]) : image;
  },
);
