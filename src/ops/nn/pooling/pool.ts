// Pools: the largest or the mean of what a sliding window sees.
import { IndexError, RuntimeError } from "../../../base/errors.ts";
import { list } from "../../../base/layout.ts";
import { composite, formatted, inFormat, inOpmath } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import { modes } from "../../../autograd/mode.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { convolution } from "../convolution/conv.ts";
import { linearIn } from "../../pointwise/piecewise.ts";
import { cat, stack } from "../../views/joining.ts";
import { overhang, perDim, placesOf, poolPlaces } from "../convolution/windows.ts";
import type { Sliding } from "../convolution/windows.ts";
import { noWindows } from "./adaptive_max.ts";
import { _max_pool } from "./max_pool.ts";
import { floats, floatsAndLong, realNumbers, wideFloatsAndLong } from "../../../dispatch/takes.ts";

interface MaxPoolArgs {
  input: Tensor;
  kernel_size: readonly number[];
  stride: readonly number[] | null;
  padding: readonly number[];
  dilation: readonly number[];
  ceil_mode: boolean;
}
/** Functions of one dim that PyTorch computes as planes of height 1, as its sentences tell. */
const AS_PLANES: Readonly<Record<string, string>> = { avg_pool1d: "avg_pool1d", max_pool1d_with_indices: "max_pool1d" };
/** One number a dim. Raises RuntimeError for lists of other lengths, in the words of each function. */
function inFull(name: string, dims: number, what: keyof Sliding, given: readonly number[]): number[] {
  if (given.length === dims || given.length === 1) return perDim(given, dims, what);
  const none = what === "stride";
  const plane = AS_PLANES[name];
  if (plane !== undefined)
    throw new RuntimeError(`${plane}() argument '${what}' should contain one int (got ${given.length})`);
  if (dims === 1)
    throw new RuntimeError(
      `${name}() ${what} must be ${none ? "None, " : ""}an int, list of ints${none || what === "padding" ? "," : ""} or tuple of ints of size 1 but got size ${given.length}`,
    );
  const must = name === "avg_pool3d" ? "must be" : what === "dilation" ? "must be either" : "must either be";
  throw new RuntimeError(
    `${name}: ${what} ${must} ${none ? "omitted, " : ""}a single int, or a tuple of ${dims === 2 ? "two" : "three"} ints`,
  );
}
/** Raises RuntimeError for windows that cannot slide. */
function assertSliding(name: string, { kernel_size, stride, padding, dilation }: Sliding): void {
  const flat = name === "max_pool1d";
  if (flat)
    for (const [what, [n]] of [
      ["kernel_size", kernel_size],
      ["stride", stride],
      ["padding", padding],
      ["dilation", dilation],
    ] as const)
      // prettier-ignore
      if (what === "padding" ? n < 0 : n <= 0)
        throw new RuntimeError(
          `${name}() ${what} must be ${what === "padding" ? "non-negative" : "greater than zero"}, but got ${n}`,
        );
  for (const [d, pad] of padding.entries()) {
    if (stride[d] === 0) throw new RuntimeError("stride should not be zero");
    if (pad < 0) throw new RuntimeError(`pad must be non-negative, but got pad: ${pad}`);
    const kernel = kernel_size[d];
    if (pad > Math.trunc((dilation[d] * (kernel - 1) + 1) / 2))
      throw new RuntimeError(
        flat
          ? `${name}() padding should be at most half of kernel size, but got padding=${pad} and kernel_size=${kernel}`
          : `pad should be at most half of effective kernel size, but got pad=${pad}, kernel_size=${kernel} and dilation=${dilation[d]}`,
      );
  }
  for (const [what, letter, of] of [
    ["kernel size", "k", kernel_size],
    ["stride", "d", stride],
    ["dilation", "dilation", dilation],
  ] as const)
    // prettier-ignore
    if (of.some((n) => n <= 0))
      throw new RuntimeError(`${what} should be greater than zero, but got ${lettered(letter, of, " ")}`);
}
/** `kH: 2 kW: 3`; of one dim as a plane of height 1. */
const lettered = (letter: string, of: readonly number[], between: string): string =>
  (of.length === 1 ? [1, ...of] : of).map((n, d, all) => `${letter}${"THW"[d + 3 - all.length]}: ${n}`).join(between);
/** The windows, all arguments in full. */
function windowsOf(
  name: string,
  dims: number,
  { input, kernel_size, stride, padding, dilation }: Omit<MaxPoolArgs, "ceil_mode">,
): Sliding {
  const kernel = inFull(name, dims, "kernel_size", kernel_size);
  const s: Sliding = {
    kernel_size: kernel,
    stride: stride === null || stride.length === 0 ? kernel : inFull(name, dims, "stride", stride),
    padding: inFull(name, dims, "padding", padding),
    dilation: inFull(name, dims, "dilation", dilation),
  };
  assertSliding(name, s);
  assertWindowed(name, dims, input);
  return s;
}
/** The same, and the input with a batch dim. */
function prepared(name: string, dims: number, args: Omit<MaxPoolArgs, "ceil_mode">): { x: Tensor; s: Sliding } {
  const s = windowsOf(name, dims, args);
  const { input } = args;
  return { x: input.sizes.length === dims + 2 ? input : input.contiguous().unsqueeze(0), s };
}
/** Raises if there is nothing for a window to lie on; there may be no samples. */
function assertWindowed(name: string, dims: number, { sizes }: Tensor): void {
  const n = sizes.length;
  const batched = n === dims + 2;
  const empty = sizes.slice(batched ? 1 : 0).indexOf(0);
  if ((batched || n === dims + 1) && empty < 0) return;
  const fits = batched || n === dims + 1;
  // PyTorch prints the length of the dim in place of its number.
  if (dims === 3 && fits)
    throw new RuntimeError(
      `${name === "max_pool3d" ? "max_pool3d_with_indices_out_cpu_template" : name}(): Expected input's non-batch dimensions to have positive length, but input has a shape of ${list(sizes)} and non-batch dimension 0 has length zero!`,
    );
  const plane = AS_PLANES[name];
  if (plane !== undefined && !fits)
    throw new RuntimeError(
      `Expected 2 to 3 dimensions, but got ${n}-dimensional tensor for argument #1 'self' (while checking arguments for ${plane})`,
    );
  if (name === "avg_pool2d" && n < 3)
    throw new IndexError(
      n === 0
        ? "Dimension specified as -3 but tensor has no dimensions"
        : `Dimension out of range (expected to be in range of [${-n}, ${n - 1}], but got -3)`,
    );
  if ((dims === 2 && (fits || name === "avg_pool2d")) || plane !== undefined)
    throw new RuntimeError(
      `Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:${list(dims === 1 ? sizes.toSpliced(-1, 0, 1) : sizes)}`,
    );
  if (dims > 1 && n !== dims + 1 && !batched)
    throw new RuntimeError(`non-empty ${dims + 1}D or ${dims + 2}D (batch mode) tensor expected for input`);
  throw new RuntimeError(
    `${name}: Expected ${dims + 1}D or ${dims + 2}D (batch mode) tensor with optional 0 dim batch size for input, but got:${list(sizes)}`,
  );
}
function assertPlaces(name: string, sizes: readonly number[], places: readonly number[]): void {
  const small = places.find((n) => n <= 0);
  if (small !== undefined && name === "max_pool1d")
    throw new RuntimeError(`max_pool1d() Invalid computed output size: ${small}`);
  const one = AS_PLANES[name] === undefined ? [] : [1];
  if (small !== undefined)
    throw new RuntimeError(
      `Given input size: (${[sizes[1], ...one, ...sizes.slice(2)].join("x")}). Calculated output size: (${[sizes[1], ...one, ...places].join("x")}). Output size is too small`,
    );
}
const maxPool =
  (name: string, dims: number) =>
  (args: MaxPoolArgs): [Tensor, Tensor] => {
    const { x, s } = prepared(name, dims, args);
    assertPlaces(name, x.sizes, poolPlaces(x.sizes.slice(2), s, args.ceil_mode));
    const { values, indices } = _max_pool(x, s.kernel_size, s.stride, s.padding, s.dilation, args.ceil_mode);
    return x === args.input ? [values, indices] : [values.squeeze([0]), indices.squeeze([0])];
  };
/** The windows of one dim on planes of height 1, as PyTorch computes them. */
function maxPoolOfRows(name: string, args: MaxPoolArgs): [Tensor, Tensor] {
  const { kernel_size, stride, padding, dilation } = windowsOfRows(name, args);
  const planes = args.input.unsqueeze(-2);
  const both = max_pool2d_with_indices(planes, kernel_size, stride, padding, dilation, args.ceil_mode);
  return [both[0].squeeze([-2]), both[1].squeeze([-2])];
}
function windowsOfRows(name: string, args: MaxPoolArgs): Sliding {
  const s = windowsOf(name, 1, args);
  const sizes = args.input.sizes.length === 3 ? args.input.sizes : [1, ...args.input.sizes];
  assertPlaces(name, sizes, poolPlaces(sizes.slice(2), s, args.ceil_mode));
  const { kernel_size, stride, padding, dilation } = s;
  return {
    kernel_size: [1, ...kernel_size],
    stride: [1, ...stride],
    padding: [0, ...padding],
    dilation: [1, ...dilation],
  };
}
/** The largest element under each window of [N, C, L], and its place in the flattened spatial dims. */
export const max_pool1d_with_indices = op(
  "max_pool1d_with_indices(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=0, int[] dilation=1, bool ceil_mode=False) -> (Tensor values, Tensor indices)",
);
/** The largest element under each window of [N, C, H, W], and its place in the flattened spatial dims. */
export const max_pool2d_with_indices = op(
  "max_pool2d_with_indices(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=0, int[] dilation=1, bool ceil_mode=False) -> (Tensor values, Tensor indices)",
);
define(max_pool2d_with_indices, {
  takes: realNumbers("max_pool2d"),
  kernel: composite(maxPool("max_pool2d", 2)),
  node: "MaxPool2DWithIndicesBackward0",
});
define(max_pool1d_with_indices, { kernel: composite((args) => maxPoolOfRows("max_pool1d_with_indices", args)) });
/** The largest element under each window of [N, C, D, H, W], and its place in the flattened spatial dims. */
export const max_pool3d_with_indices = op(
  "max_pool3d_with_indices(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=0, int[] dilation=1, bool ceil_mode=False) -> (Tensor values, Tensor indices)",
);
define(max_pool3d_with_indices, {
  takes: realNumbers("max_pool3d"),
  kernel: composite(maxPool("max_pool3d", 3)),
  node: "MaxPool3DWithIndicesBackward0",
});
/** The largest element under each window of [N, C, L]; windows do not overlap unless a stride is given. */
export const max_pool1d = op(
  "max_pool1d(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=0, int[] dilation=1, bool ceil_mode=False) -> Tensor",
);
define(max_pool1d, {
  takes: floats("max_pool1d_impl"),
  // What is not recorded PyTorch computes row by row, whatever lies beside what.
  kernel: composite((args) =>
    modes().grad && args.input.requires_grad ? maxPoolOfRows("max_pool1d", args)[0] : maxPool("max_pool1d", 1)(args)[0],
  ),
});
/** The largest element under each window of [N, C, H, W]; windows do not overlap unless a stride is given. */
export const max_pool2d = op(
  "max_pool2d(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=0, int[] dilation=1, bool ceil_mode=False) -> Tensor",
);
define(max_pool2d, {
  takes: realNumbers("max_pool2d"),
  kernel: composite((args) => maxPool("max_pool2d", 2)(args)[0]),
  node: "MaxPool2DWithIndicesBackward0",
});
/** The largest element under each window of [N, C, D, H, W]; windows do not overlap unless a stride is given. */
export const max_pool3d = op(
  "max_pool3d(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=0, int[] dilation=1, bool ceil_mode=False) -> Tensor",
);
define(max_pool3d, {
  takes: realNumbers("max_pool3d"),
  kernel: composite((args) => maxPool("max_pool3d", 3)(args)[0]),
  node: "MaxPool3DWithIndicesBackward0",
});

interface AvgPoolArgs {
  input: Tensor;
  kernel_size: readonly number[];
  stride: readonly number[] | null;
  padding: readonly number[];
  ceil_mode: boolean;
  count_include_pad: boolean;
  divisor_override: number | null;
}
const avgPool =
  (name: string, dims: number) =>
  (args: AvgPoolArgs): Tensor => {
    const { x, s } = prepared(name, dims, { ...args, dilation: [1] });
    if (dims === 3 && x.sizes.slice(2).some((n, d) => n < s.kernel_size[d]))
      throw new RuntimeError(
        `input image (${lettered("", x.sizes.slice(2), " ")}) smaller than kernel size (${lettered("k", s.kernel_size, " ")})`,
      );
    if (args.divisor_override === 0) throw new RuntimeError("divisor must be not zero");
    const spatial = x.sizes.slice(2);
    const places = poolPlaces(spatial, s, args.ceil_mode);
    assertPlaces(name, x.sizes, places);
    const extra = overhang(spatial, places, s);
    const all = linearIn(dims === 3 ? x.contiguous() : x);
    const wide = extra.some((e) => e > 0) ? widened(all, extra) : all;
    const taken = placesOf(wide.sizes.slice(2), s);
    // Sums of windows are a depthwise convolution.
    const ones = x.new_ones([]).expand([x.sizes[1], 1, ...s.kernel_size]);
    const none = s.padding.map(() => 0);
    const sums = convolution(wide, ones, null, s.stride, s.padding, s.dilation, false, none, x.sizes[1]);
    const over = args.divisor_override ?? counts(x, spatial, taken, s, args.count_include_pad);
    const out = sums.div(over, { rounding_mode: x.dtype.is_floating_point ? null : "trunc" });
    return x === args.input ? out : out.squeeze([0]);
  };
const widened = (x: Tensor, extra: readonly number[]): Tensor => {
  let out = x;
  for (const [d, e] of extra.entries()) if (e > 0) out = cat([out, out.new_zeros(out.sizes.with(d + 2, e))], d + 2);
  return out;
};
/** How many elements each window's mean is over: padding counts if asked, what hangs over never does. */
function counts(
  x: Tensor,
  spatial: readonly number[],
  places: readonly number[],
  s: Sliding,
  padding: boolean,
): Tensor {
  let out = x.new_ones([]);
  for (const [d, n] of spatial.entries()) {
    const limit = padding ? n + s.padding[d] : n;
    const along = Array.from({ length: places[d] }, (_, i) => {
      const start = i * s.stride[d] - s.padding[d];
      const end = Math.min(start + s.kernel_size[d], limit);
      return end - (padding ? start : Math.max(start, 0));
    });
    out = out.unsqueeze(-1).mul(stack(along.map((c) => x.new_full([], c))));
  }
  return out;
}
/** The mean under each window of [N, C, L]. */
export const avg_pool1d = op(
  "avg_pool1d(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=0, bool ceil_mode=False, bool count_include_pad=True) -> Tensor",
);
define(avg_pool1d, {
  takes: floatsAndLong("avg_pool2d"),
  kernel: composite((args) => {
    const { kernel_size, stride, padding } = windowsOfRows("avg_pool1d", { ...args, dilation: [1] });
    const planes = args.input.unsqueeze(-2);
    return avg_pool2d(planes, kernel_size, stride, padding, args.ceil_mode, args.count_include_pad).squeeze([-2]);
  }),
});
/** The mean under each window of [N, C, H, W]. */
export const avg_pool2d = op(
  "avg_pool2d(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor",
);
define(avg_pool2d, {
  takes: floatsAndLong("avg_pool2d"),
  kernel: inFormat(inOpmath(composite((args) => avgPool("avg_pool2d", 2)(args)))),
  node: "AvgPool2DBackward0",
});
/** The mean under each window of [N, C, D, H, W]. */
export const avg_pool3d = op(
  "avg_pool3d(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor",
);
define(avg_pool3d, {
  takes: wideFloatsAndLong("avg_pool3d_out_frame"),
  kernel: inOpmath(composite((args) => avgPool("avg_pool3d", 3)(args))),
  node: "AvgPool3DBackward0",
});

/** Raises where a dim from `first` on is empty. @internal */
export function assertFilled(name: string, input: Tensor, first: number): void {
  const { sizes } = input;
  const empty = sizes.findIndex((n, d) => n === 0 && d >= first);
  if (empty >= 0)
    throw new RuntimeError(
      `${name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes ${list(sizes)} with dimension ${empty} being empty`,
    );
}
/** Raises where an adaptive pool has not as many dims as it needs. @internal */
export function assertAdaptable(name: string, dims: number, input: Tensor): void {
  const n = input.sizes.length;
  if (n === dims + 1 || n === dims + 2) return;
  throw new RuntimeError(
    dims === 1
      ? `Expected 2 to 3 dimensions, but got ${n}-dimensional tensor for argument #1 'self' (while checking arguments for ${name})`
      : `${name}(): Expected ${dims + 1}D or ${dims + 2}D tensor, but got${name.includes("max") ? ":" : ""} ${list(input.sizes)}`,
  );
}
/** Raises where the means of {@link adaptive} cannot be taken. Gives the size for each dim. */
function assertAdaptive(input: Tensor, dims: number, output_size: readonly number[]): readonly number[] {
  if (dims !== 3 || input.sizes.slice(1).every((n) => n > 0)) assertAdaptable(`adaptive_avg_pool${dims}d`, dims, input);
  if (dims === 1 && output_size.length !== 1)
    throw new RuntimeError(
      `adaptive_avg_pool1d() argument 'output_size' should contain one int (got ${output_size.length})`,
    );
  const size = output_size.length === 1 ? new Array<number>(dims).fill(output_size[0]) : output_size;
  if (size.some((n) => n < 0))
    throw new RuntimeError(
      dims === 3
        ? `adaptive_avg_pool3d: elements of output_size must be greater than or equal to 0 but received {${size[0]}, ${size[1]},${size[2]}}`
        : `adaptive_avg_pool2d: elements of output_size must be greater than or equal to 0 but received {${(dims === 1 ? [1, ...size] : size).join(", ")}}`,
    );
  assertFilled(`adaptive_avg_pool${dims}d`, input, dims === 3 ? 1 : input.sizes.length - dims);
  return size;
}
/** Means over `output_size` windows of nearly equal size along each of the last dims; they may overlap by one. */
function adaptive(input: Tensor, dims: number, output_size: readonly number[]): Tensor {
  const size = assertAdaptive(input, dims, output_size);
  if (size.includes(0)) return noWindows(input, size, `adaptive_avg_pool${dims}d`);
  let x = linearIn(input);
  for (let i = 0; i < dims; i++) {
    const d = input.sizes.length - dims + i;
    const n = x.sizes[d];
    const parts = Array.from({ length: size[i] }, (_, k) => {
      const start = Math.floor((k * n) / size[i]);
      return x.narrow(d, start, Math.ceil(((k + 1) * n) / size[i]) - start).mean([d], true);
    });
    x = cat(parts, d);
  }
  return x;
}
/** {@link avg_pool1d} with the windows chosen so that the result has `output_size`. */
export const adaptive_avg_pool1d = op("adaptive_avg_pool1d(Tensor input, int[] output_size) -> Tensor");
define(adaptive_avg_pool1d, {
  takes: floats("adaptive_avg_pool2d"),
  kernel: composite(({ input, output_size }) => {
    assertAdaptive(input, 1, output_size);
    return adaptive_avg_pool2d(input.unsqueeze(-2), [1, ...output_size]).squeeze([-2]);
  }),
});
/** {@link avg_pool2d} with the windows chosen so that the result has `output_size`. */
export const adaptive_avg_pool2d = op("adaptive_avg_pool2d(Tensor input, int[] output_size) -> Tensor");
define(adaptive_avg_pool2d, {
  takes: floats("adaptive_avg_pool2d"),
  kernel: inFormat(inOpmath(composite(({ input, output_size }) => adaptive(input, 2, output_size)))),
  node: ({ output_size }) => (output_size.every((n) => n === 1) ? "MeanBackward1" : "AdaptiveAvgPool2DBackward0"),
});
/** {@link avg_pool3d} with the windows chosen so that the result has `output_size`. */
export const adaptive_avg_pool3d = op("adaptive_avg_pool3d(Tensor input, int[] output_size) -> Tensor");
define(adaptive_avg_pool3d, {
  takes: floats("adaptive_avg_pool3d_cpu"),
  kernel: inOpmath(
    composite(({ input, output_size }) => {
      const out = adaptive(input, 3, output_size);
      return output_size.every((n) => n === 1) ? formatted(out, input) : out;
    }),
  ),
  node: ({ output_size }) => (output_size.every((n) => n === 1) ? "MeanBackward1" : "AdaptiveAvgPool3DBackward0"),
});
