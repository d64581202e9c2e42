// Convolutions in one, two and three dims, and their transposes, as matrix products.
import { cppName, legacyType } from "../../../base/cpp_names.ts";
import { bfloat16, bool, int64 } from "../../../base/dtype.ts";
import { RuntimeError, warn } from "../../../base/errors.ts";
import { list, numel } from "../../../base/layout.ts";
import type { Shape } from "../../../base/layout.ts";
import { composite, compute, inFormat, inOpmath } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import { notImplementedFor } from "../../../dispatch/takes.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { correlate, correlateWeights } from "./correlation.ts";
import type { Windows } from "./correlation.ts";
import { spread } from "./transposed.ts";
import { perDim, placesOf } from "./windows.ts";
import { slice_scatter } from "../../views/view.ts";

interface Conv {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly transposed: boolean;
  readonly output_padding: readonly number[];
  readonly groups: number;
}
/** The sum of products of each window with the kernel; `transposed` runs the derivative's way. */
export const convolution = op(
  "convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, int groups) -> Tensor",
);
define(convolution, {
  kernel: inFormat(
    inOpmath(
      compute(({ input, weight, bias, ...conv }) =>
        conv.transposed
          ? spread(input, weight, bias, transposedSize(input.sizes, weight.sizes, conv), conv)
          : correlate(input, byGroup(weight, conv.groups), bias, windowsOf(input.sizes, weight.sizes, conv)),
      ),
    ),
    [0, 1],
  ),
  saves: { input: ["weight"], weight: ["input"] },
  backward: {
    input: ({ grad, weight, sizes, ...conv }) =>
      (conv.transposed ? gathered : laidDown)(grad, weight.conj_physical(), conv, sizes.input),
    weight: ({ grad, input, sizes, ...conv }) => {
      const [of, by] = conv.transposed ? [grad, input.conj_physical()] : [input.conj_physical(), grad];
      return _convolution_weight(of, by, sizes.weight.slice(2), conv.stride, conv.padding, conv.dilation, conv.groups);
    },
    bias: ({ grad }) => grad.sum([0, ...grad.sizes.slice(2).map((_, d) => d + 2)]),
  },
});
/** The gradient of kernels: for each the sum over all windows of what it made (`other`) times what it saw. @internal */
export const _convolution_weight = op(
  "_convolution_weight(Tensor input, Tensor other, int[] kernel_size, int[] stride, int[] padding, int[] dilation, int groups) -> Tensor",
);
define(_convolution_weight, {
  kernel: inOpmath(
    compute(({ input, other, kernel_size, groups, ...conv }) => {
      const shape = [other.sizes[1], input.sizes[1] / groups, ...kernel_size];
      const windows = windowsOf(input.sizes, shape, conv, other.sizes);
      return correlateWeights(other, input, windows, groups).view(shape);
    }),
  ),
  saves: { input: ["other"], other: ["input"] },
  backward: {
    input: ({ grad, other, sizes, ...conv }) => laidDown(other.conj_physical(), grad, conv, sizes.input),
    other: ({ grad, input, sizes, ...conv }) => gathered(input.conj_physical(), grad, conv, sizes.other),
  },
});
type Slide = Pick<Conv, "stride" | "padding" | "dilation">;
/** A convolution whose result is as large as asked for: output_padding may have made its input larger. */
function gathered(
  x: Tensor,
  weight: Tensor,
  { stride, padding, dilation, groups }: Slide & { groups: number },
  size: Shape,
): Tensor {
  const none = stride.map(() => 0);
  let out = convolution(x, weight, null, stride, padding, dilation, false, none, groups);
  for (let d = 2; d < size.length; d++) if (out.sizes[d] > size[d]) out = out.narrow(d, 0, size[d]);
  return out;
}
/** A transposed convolution whose result is so large. */
function laidDown(
  x: Tensor,
  weight: Tensor,
  { stride, padding, dilation, groups }: Slide & { groups: number },
  size: Shape,
): Tensor {
  const least = { stride, padding, dilation, output_padding: stride.map(() => 0) };
  const reached = transposedSize(x.sizes, weight.sizes, least);
  const more = reached.map((n, d) => size[d + 2] - n);
  return convolution(x, weight, null, stride, padding, dilation, true, more, groups);
}

/** Kernels [groups * rows, …] as a matrix for each group: [groups, rows, channels of a group * taps]. */
const byGroup = (weight: Tensor, groups: number): Tensor =>
  weight.reshape([groups, weight.sizes[0] / groups, numel(weight.sizes.slice(1))]);
const range = (n: number, step = 1, first = 0): number[] => Array.from({ length: n }, (_, i) => first + i * step);
/** Where a convolution's windows stand; as many of them as there are in `made`, if that is told. */
function windowsOf(input: Shape, weight: Shape, { stride, padding, dilation }: Slide, made?: Shape): Windows {
  const sliding = { kernel_size: weight.slice(2), stride, padding, dilation };
  const places = made?.slice(2) ?? placesOf(input.slice(2), sliding);
  return places.map((count, d) => ({
    taps: range(weight[d + 2], dilation[d]),
    places: range(count, stride[d]),
    before: padding[d],
    after: padding[d],
  }));
}

const transposedSize = (input: Shape, weight: Shape, conv: Slide & Pick<Conv, "output_padding">): number[] =>
  input
    .slice(2)
    .map(
      (n, d) =>
        (n - 1) * conv.stride[d] -
        2 * conv.padding[d] +
        conv.dilation[d] * (weight[d + 2] - 1) +
        conv.output_padding[d] +
        1,
    );

function check(
  name: string,
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  { transposed, ...conv }: Conv,
  dims: number,
): void {
  const [of, given] = [list(weight.sizes), list(input.sizes)];
  if (conv.groups <= 0) throw new RuntimeError("non-positive groups is not supported");
  if (conv.padding.some((p) => p < 0)) throw new RuntimeError("negative padding is not supported");
  if (conv.output_padding.some((p) => p < 0)) throw new RuntimeError("negative output_padding is not supported");
  if (conv.stride.some((s) => s <= 0)) throw new RuntimeError("non-positive stride is not supported");
  if (conv.dilation.some((d) => d < 0)) throw new RuntimeError("dilation should be greater than zero");
  if (conv.dilation.includes(0)) {
    const all = dims === 1 ? [1, ...conv.dilation] : conv.dilation;
    const named = all.map((n, d) => `dilation_${["depth", "height", "width"][d + 3 - all.length]}: ${n}`);
    throw new RuntimeError(
      `dilation should be greater than zero, but got ${transposed ? named.join(", ") : list(all)}`,
    );
  }
  const n = weight.sizes.length;
  if (n !== dims + 2)
    throw new RuntimeError(
      `Expected ${n}-dimensional input for ${n}-dimensional weight ${of}, but got ${input.sizes.length}-dimensional input of size ${given} instead\n${name} takes weights of ${dims + 2} dims.`,
    );
  if (weight.sizes[0] < conv.groups || weight.sizes[0] % conv.groups !== 0)
    throw new RuntimeError(
      `Given groups=${conv.groups}, expected weight to be ${weight.sizes[0] < conv.groups ? "at least" : "divisible by"} ${conv.groups} at dimension 0, but got weight of size ${weight.sizes[0] < conv.groups ? of : `[${of}]`} instead`,
    );
  const kind = transposed ? "transposed=1" : `groups=${conv.groups}`;
  const expected = transposed ? weight.sizes[0] : weight.sizes[1] * conv.groups;
  if (input.sizes[1] !== expected)
    throw new RuntimeError(
      `Given ${kind}, weight of size ${of}, expected input${given} to have ${expected} channels, but got ${input.sizes[1]} channels instead`,
    );
  const outputs = transposed ? weight.sizes[1] * conv.groups : weight.sizes[0];
  if (bias !== null && (bias.sizes.length !== 1 || bias.sizes[0] !== outputs))
    throw new RuntimeError(
      `Given ${transposed ? "transposed=1, " : ""}weight of size ${of}, expected bias to be 1-dimensional with ${outputs} elements, but got bias of size ${list(bias.sizes)} instead`,
    );
  const kernelSize = weight.sizes.slice(2);
  if (kernelSize.includes(0))
    throw new RuntimeError(`kernel size should be greater than zero, but got kernel_size=${list(kernelSize)}`);
  if (transposed) return checkTransposed(input, weight, conv);
  const full = input.sizes.slice(2).map((n, d) => n + 2 * conv.padding[d]);
  const kernel = weight.sizes.slice(2).map((k, d) => conv.dilation[d] * (k - 1) + 1);
  if (full.some((n, d) => n < kernel[d]))
    throw new RuntimeError(
      `Calculated padded input size per channel: (${full.join(" x ")}). Kernel size: (${kernel.join(" x ")}). Kernel size can't be greater than actual input size`,
    );
}
/** As PyTorch's kernels for two and three dims tell them; it takes one dim as two. */
function byDim(given: Readonly<Record<"output_padding" | "stride" | "dilation", readonly number[]>>): string {
  const texts = Object.entries(given).map(([name, sizes]) => {
    const none = name === "output_padding" ? 0 : 1;
    const all = sizes.length === 1 ? [none, ...sizes] : sizes;
    return all.map((n, d) => `${name}_${["depth", "height", "width"].slice(-all.length)[d]}: ${n}`).join(" ");
  });
  return texts.join(" ");
}
/** Which dtypes PyTorch's kernels for the CPU take, which it finds out last. */
function checkTaken(dims: number, { dtype }: Tensor, { transposed, dilation }: Conv): void {
  if (dtype.is_differentiable || dtype === int64) return;
  if (transposed) throw notImplementedFor(`slow_conv_transpose${dims === 3 ? 3 : 2}d_out_cpu`, dtype);
  if (dilation.some((d) => d > 1)) throw notImplementedFor("slow_conv_dilated<>", dtype);
  if (dtype === bool) throw notImplementedFor(dims === 3 ? "compute_columns3d" : "slow_conv2d_cpu", dtype);
}
function checkTransposed(input: Tensor, weight: Tensor, conv: Omit<Conv, "transposed">): void {
  const { output_padding, stride, dilation } = conv;
  if (output_padding.some((p, d) => p >= stride[d] && p >= dilation[d]))
    throw new RuntimeError(
      `output padding must be smaller than either stride or dilation, but got ${byDim({ output_padding, stride, dilation })}`,
    );
  const size = transposedSize(input.sizes, weight.sizes, conv);
  if (size.some((n) => n <= 0))
    throw new RuntimeError(
      `Given input size per channel: (${input.sizes.slice(2).join(" x ")}). Calculated output size per channel: (${size.join(" x ")}). Output size is too small`,
    );
}
/** Of one dtype, as the product needs them; PyTorch looks at the bias first, before all else. */
function checkBias(input: Tensor, bias: Tensor | null): void {
  if (bias !== null && bias.dtype !== input.dtype)
    throw new RuntimeError(
      `Input type (${cppName(input.dtype)}) and bias type (${cppName(bias.dtype)}) should be the same`,
    );
}
function checkWeight({ dtype }: Tensor, weight: Tensor): void {
  if (dtype === weight.dtype) return;
  const same = `Input type (${legacyType(dtype)}) and weight type (${legacyType(weight.dtype)}) should be the same`;
  if (dtype === bfloat16)
    throw new RuntimeError(`${same} or input should be a MKLDNN tensor and weight is a dense tensor`);
  if (dtype.is_complex) throw new RuntimeError(same);
  throw new RuntimeError(`expected scalar type ${dtype.legacyName} but found ${weight.dtype.legacyName}\n${same}.`);
}
/** Checks, adds the batch dim if there is none, and convolves. */
function convolve(
  name: string,
  dims: number,
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  given: Omit<Conv, "transposed">,
  transposed: boolean,
): Tensor {
  if (input.sizes.length !== dims + 1 && input.sizes.length !== dims + 2)
    throw new RuntimeError(
      `Expected ${dims + 1}D (unbatched) or ${dims + 2}D (batched) input to ${name}, but got input of size: ${list(input.sizes)}`,
    );
  if (weight.sizes.length < 3) throw new RuntimeError("weight should have at least three dimensions");
  checkBias(input, bias);
  const conv: Conv = {
    stride: perDim(given.stride, dims, "stride"),
    padding: perDim(given.padding, dims, "padding"),
    dilation: perDim(given.dilation, dims, "dilation"),
    output_padding: perDim(given.output_padding, dims, "output_padding"),
    groups: given.groups,
    transposed,
  };
  const batched = input.sizes.length === dims + 2 ? input : input.contiguous().unsqueeze(0);
  check(name, batched, weight, bias, conv, dims);
  const [samples, channels, ...spatial] = batched.sizes;
  if (transposed && samples * channels > 0 && spatial.includes(0))
    throw new RuntimeError(
      `Only zero batch or zero channel inputs are supported, but got input shape: ${list(batched.sizes)}`,
    );
  checkTaken(dims, batched, conv);
  checkWeight(batched, weight);
  const { stride, padding, dilation, output_padding, groups } = conv;
  const out = convolution(batched, weight, bias, stride, padding, dilation, transposed, output_padding, groups);
  return batched === input ? out : out.squeeze([0]);
}
type Padding = readonly number[] | "same" | "valid";
/** PyTorch warns once. */
let toldOfPadding = false;
/** "same" and "valid" in numbers. An odd total cannot be split evenly: the input is then padded at the end. */
function namedPadding(
  input: Tensor,
  weight: Tensor,
  stride: readonly number[],
  padding: Padding,
  dilation: readonly number[],
): [Tensor, readonly number[]] {
  if (typeof padding !== "string") return [input, padding];
  const n = weight.sizes.length;
  const dims = n - 2;
  if (padding === "same" && input.sizes.length > n)
    throw new RuntimeError(
      `Expected ${n}-dimensional input for ${n}-dimensional weight${list(weight.sizes)}, but got ${input.sizes.length}-dimensional input of size ${list(input.sizes)} instead`,
    );
  if (padding === "valid") return [input, new Array<number>(dims).fill(0)];
  if (padding !== "same")
    throw new RuntimeError(`Invalid padding string: '${String(padding)}'\nIt can be 'valid' or 'same'.`);
  if (stride.some((s) => s !== 1)) throw new RuntimeError("padding='same' is not supported for strided convolutions");
  const d = perDim(dilation, dims, "dilation");
  const total = weight.sizes.slice(2).map((k, i) => d[i] * (k - 1));
  let x = input;
  for (const [i, t] of total.entries()) {
    if (t % 2 === 0) continue;
    if (!toldOfPadding)
      warn(
        "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the input be created",
      );
    toldOfPadding = true;
    const at = input.sizes.length - dims + i;
    const wider = x.sizes.with(at, x.sizes[at] + 1);
    x = slice_scatter(x.new_zeros(wider), x, at, 0, x.sizes[at]);
  }
  return [x, total.map((t) => Math.floor(t / 2))];
}
interface ConvArgs {
  input: Tensor;
  weight: Tensor;
  bias: Tensor | null;
  stride: readonly number[];
  padding: readonly number[];
  dilation: readonly number[];
  groups: number;
}
const forward =
  (name: string, dims: number) =>
  ({ input, weight, bias, stride, padding, dilation, groups }: ConvArgs): Tensor => {
    const [x, numbers] = namedPadding(input, weight, stride, padding as Padding, dilation);
    return convolve(
      name,
      dims,
      x,
      weight,
      bias,
      { stride, padding: numbers, dilation, output_padding: [0], groups },
      false,
    );
  };
const transpose =
  (name: string, dims: number) =>
  ({ input, weight, bias, output_padding, ...conv }: ConvArgs & { output_padding: readonly number[] }): Tensor =>
    convolve(name, dims, input, weight, bias, { ...conv, output_padding }, true);

/** Convolution of [N, C, L] with kernels [out, C / groups, k]. */
export const conv1d = op(
  "conv1d(Tensor input, Tensor weight, Tensor? bias=None, int[] stride=1, int[]|str padding=0, int[] dilation=1, int groups=1) -> Tensor",
);
define(conv1d, { kernel: composite(forward("conv1d", 1)) });
/** Convolution of [N, C, H, W] with kernels [out, C / groups, kH, kW]. `padding` may be "same" or "valid". */
export const conv2d = op(
  "conv2d(Tensor input, Tensor weight, Tensor? bias=None, int[] stride=1, int[]|str padding=0, int[] dilation=1, int groups=1) -> Tensor",
);
define(conv2d, { kernel: composite(forward("conv2d", 2)) });
/** Convolution of [N, C, D, H, W] with kernels [out, C / groups, kD, kH, kW]. */
export const conv3d = op(
  "conv3d(Tensor input, Tensor weight, Tensor? bias=None, int[] stride=1, int[]|str padding=0, int[] dilation=1, int groups=1) -> Tensor",
);
define(conv3d, { kernel: composite(forward("conv3d", 3)) });
/** The transpose of {@link conv1d}: kernels [C, out / groups, k] laid down side by side. */
export const conv_transpose1d = op(
  "conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, int[] stride=1, int[] padding=0, int[] output_padding=0, int groups=1, int[] dilation=1) -> Tensor",
);
define(conv_transpose1d, { kernel: composite(transpose("conv_transpose1d", 1)) });
/** The transpose of {@link conv2d}. */
export const conv_transpose2d = op(
  "conv_transpose2d(Tensor input, Tensor weight, Tensor? bias=None, int[] stride=1, int[] padding=0, int[] output_padding=0, int groups=1, int[] dilation=1) -> Tensor",
);
define(conv_transpose2d, { kernel: composite(transpose("conv_transpose2d", 2)) });
/** The transpose of {@link conv3d}. */
export const conv_transpose3d = op(
  "conv_transpose3d(Tensor input, Tensor weight, Tensor? bias=None, int[] stride=1, int[] padding=0, int[] output_padding=0, int groups=1, int[] dilation=1) -> Tensor",
);
define(conv_transpose3d, { kernel: composite(transpose("conv_transpose3d", 3)) });
