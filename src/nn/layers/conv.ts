// Convolution layers.
import { ValueError } from "../../base/errors.ts";
import { tupleText } from "../../base/layout.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { empty } from "../../ops/creation/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import * as F from "../functional/index.ts";
import { kaiming_uniform_ } from "../init.ts";
import { Module } from "../module/module.ts";
import { ownBase } from "../module/own_layers.ts";
import { Parameter } from "../module/parameter.ts";
import { forAllDims } from "./layer.ts";
import { resetBias } from "./linear.ts";

const CONV =
  "Conv(int in_channels, int out_channels, int[] kernel_size, int[] stride=1, int[]|str padding=0, int[] dilation=1, int groups=1, bool bias=True, str padding_mode='zeros', device? device=None, dtype? dtype=None) -> Module";
type ConvArgs = Arguments<typeof CONV>;
const TRANSPOSED =
  "ConvTranspose(int in_channels, int out_channels, int[] kernel_size, int[] stride=1, int[] padding=0, int[] output_padding=0, int groups=1, bool bias=True, int[] dilation=1, str padding_mode='zeros', device? device=None, dtype? dtype=None) -> Module";
type TransposedArgs = Arguments<typeof TRANSPOSED>;
const PADDING_MODES = ["zeros", "reflect", "replicate", "circular"];

/** The fields that both kinds share, and their text. */
abstract class ConvBase extends Module {
  in_channels: number;
  out_channels: number;
  kernel_size: readonly number[];
  stride: readonly number[];
  padding: readonly number[] | string;
  dilation: readonly number[];
  output_padding: readonly number[];
  groups: number;
  padding_mode: string;
  declare weight: Parameter;
  declare bias: Parameter | null;

  constructor(
    dims: number,
    transposed: boolean,
    a: ReturnType<typeof bindArguments<typeof CONV>> & { output_padding?: readonly number[] },
  ) {
    super();
    if (a.groups <= 0) throw new ValueError("groups must be a positive integer");
    if (a.in_channels % a.groups !== 0) throw new ValueError("in_channels must be divisible by groups");
    if (a.out_channels % a.groups !== 0) throw new ValueError("out_channels must be divisible by groups");
    this.in_channels = a.in_channels;
    this.out_channels = a.out_channels;
    this.kernel_size = forAllDims(a.kernel_size, dims);
    this.stride = forAllDims(a.stride, dims);
    this.padding = typeof a.padding === "string" ? a.padding : forAllDims(a.padding, dims);
    this.dilation = forAllDims(a.dilation, dims);
    this.output_padding = forAllDims(a.output_padding ?? [0], dims);
    this.groups = a.groups;
    this.padding_mode = a.padding_mode;
    if (typeof this.padding === "string") assertPadding(this.padding, this.stride);
    if (!PADDING_MODES.includes(a.padding_mode))
      throw new ValueError(
        `padding_mode must be one of {${PADDING_MODES.map((m) => `'${m}'`).join(", ")}}, but got padding_mode='${a.padding_mode}'`,
      );
    const { dtype, device } = a;
    const channels = transposed
      ? [a.in_channels, a.out_channels / a.groups]
      : [a.out_channels, a.in_channels / a.groups];
    this.weight = new Parameter(empty([...channels, ...this.kernel_size], { dtype, device }));
    this.register_parameter("bias", a.bias ? new Parameter(empty([a.out_channels], { dtype, device })) : null);
    this.reset_parameters();
  }
  /** Draws weights and biases anew. */
  reset_parameters(): void {
    kaiming_uniform_(this.weight, Math.sqrt(5));
    resetBias(this.weight, this.bias);
  }
  override extra_repr(): string {
    const { kernel_size, stride, padding, dilation, output_padding, groups, padding_mode } = this;
    let text = `${this.in_channels}, ${this.out_channels}, kernel_size=${tupleText(kernel_size)}, stride=${tupleText(stride)}`;
    if (typeof padding === "string") text += `, padding=${padding}`;
    else if (padding.some((p) => p !== 0)) text += `, padding=${tupleText(padding)}`;
    if (dilation.some((d) => d !== 1)) text += `, dilation=${tupleText(dilation)}`;
    if (output_padding.some((p) => p !== 0)) text += `, output_padding=${tupleText(output_padding)}`;
    if (groups !== 1) text += `, groups=${groups}`;
    if (this.bias === null) text += ", bias=False";
    return padding_mode === "zeros" ? text : `${text}, padding_mode=${padding_mode}`;
  }
}
function assertPadding(padding: string, stride: readonly number[]): void {
  if (padding !== "same" && padding !== "valid")
    throw new ValueError(`Invalid padding string '${padding}', should be one of {'valid', 'same'}`);
  if (padding === "same" && stride.some((s) => s !== 1))
    throw new ValueError("padding='same' is not supported for strided convolutions");
}

abstract class Conv extends ConvBase {
  static {
    ownBase(this);
  }
  constructor(dims: number, args: ConvArgs, name: string) {
    super(dims, false, bindArguments(CONV, args, name));
  }
  /** The input and the padding that the convolution is given: other modes than zeros are put on first. */
  protected prepared(input: Tensor): [Tensor, readonly number[] | string] {
    const { padding, padding_mode, kernel_size, dilation } = this;
    if (padding_mode === "zeros") return [input, padding];
    const around = kernel_size.flatMap((_, i) => {
      const d = kernel_size.length - 1 - i;
      if (typeof padding !== "string") return [padding[d], padding[d]];
      const total = padding === "same" ? dilation[d] * (kernel_size[d] - 1) : 0;
      return [Math.floor(total / 2), total - Math.floor(total / 2)];
    });
    return [F.pad(input, around, padding_mode), kernel_size.map(() => 0)];
  }
}
/** Convolution of [N, C, L] or [C, L]. As `torch.nn.Conv1d`. */
export class Conv1d extends Conv {
  constructor(...args: ConvArgs) {
    super(1, args, new.target.name);
  }
  override forward(input: Tensor): Tensor {
    const [x, padding] = this.prepared(input);
    return F.conv1d(x, this.weight, this.bias, this.stride, padding, this.dilation, this.groups);
  }
}
/**
 * Convolution of [N, C, H, W] or [C, H, W]. Weights and biases are drawn from ±1/√fan_in. As `torch.nn.Conv2d`.
 * @example new nn.Conv2d(1, 8, 3, { padding: 1 })(torch.randn(2, 1, 28, 28)).shape // torch.Size([2, 8, 28, 28])
 */
export class Conv2d extends Conv {
  constructor(...args: ConvArgs) {
    super(2, args, new.target.name);
  }
  override forward(input: Tensor): Tensor {
    const [x, padding] = this.prepared(input);
    return F.conv2d(x, this.weight, this.bias, this.stride, padding, this.dilation, this.groups);
  }
}
/** Convolution of [N, C, D, H, W] or [C, D, H, W]. As `torch.nn.Conv3d`. */
export class Conv3d extends Conv {
  constructor(...args: ConvArgs) {
    super(3, args, new.target.name);
  }
  override forward(input: Tensor): Tensor {
    const [x, padding] = this.prepared(input);
    return F.conv3d(x, this.weight, this.bias, this.stride, padding, this.dilation, this.groups);
  }
}

export const TRANSPOSED_FORWARD = "forward(Tensor input, int[]? output_size=None) -> Tensor";
abstract class ConvTranspose extends ConvBase {
  static {
    ownBase(this);
  }
  declare padding: readonly number[];
  constructor(dims: number, args: TransposedArgs, name: string) {
    const bound = bindArguments(TRANSPOSED, args, name);
    if (bound.padding_mode !== "zeros") throw new ValueError(`Only "zeros" padding mode is supported for ${name}`);
    super(dims, true, bound);
  }
  /** How much is added at the ends so that the result has `output_size` (the spatial dims alone, or all). */
  protected paddingFor(input: Tensor, output_size: readonly number[] | null): readonly number[] {
    if (output_size === null) return this.output_padding;
    const { kernel_size, stride, padding, dilation } = this;
    const dims = kernel_size.length;
    const lead = input.sizes.length - dims;
    const size = output_size.length === lead + dims ? output_size.slice(lead) : output_size;
    if (size.length !== dims)
      throw new ValueError(
        `ConvTranspose${dims}D: for ${input.sizes.length}D input, output_size must have ${dims} or ${lead + dims} elements (got ${size.length})`,
      );
    const least = kernel_size.map(
      (k, d) => (input.sizes[lead + d] - 1) * stride[d] - 2 * padding[d] + dilation[d] * (k - 1) + 1,
    );
    const most = least.map((n, d) => n + stride[d] - 1);
    if (size.some((n, d) => n < least[d] || n > most[d]))
      throw new ValueError(
        `requested an output size of [${size.join(", ")}], but valid sizes range from [${least.join(", ")}] to [${most.join(", ")}] (for an input of torch.Size([${input.sizes.slice(2).join(", ")}]))`,
      );
    return size.map((n, d) => n - least[d]);
  }
}
/** The gradient of {@link Conv1d} with respect to its input, as a layer. As `torch.nn.ConvTranspose1d`. */
export class ConvTranspose1d extends ConvTranspose {
  constructor(...args: TransposedArgs) {
    super(1, args, new.target.name);
  }
  override forward(...args: Arguments<typeof TRANSPOSED_FORWARD>): Tensor {
    const { input, output_size } = bindArguments(TRANSPOSED_FORWARD, args, "ConvTranspose1d.forward");
    const extra = this.paddingFor(input, output_size);
    const { weight, bias, stride, padding, groups, dilation } = this;
    return F.conv_transpose1d(input, weight, bias, stride, padding, extra, groups, dilation);
  }
}
/** The gradient of {@link Conv2d} with respect to its input, as a layer. As `torch.nn.ConvTranspose2d`. */
export class ConvTranspose2d extends ConvTranspose {
  constructor(...args: TransposedArgs) {
    super(2, args, new.target.name);
  }
  override forward(...args: Arguments<typeof TRANSPOSED_FORWARD>): Tensor {
    const { input, output_size } = bindArguments(TRANSPOSED_FORWARD, args, "ConvTranspose2d.forward");
    const extra = this.paddingFor(input, output_size);
    const { weight, bias, stride, padding, groups, dilation } = this;
    return F.conv_transpose2d(input, weight, bias, stride, padding, extra, groups, dilation);
  }
}
/** The gradient of {@link Conv3d} with respect to its input, as a layer. As `torch.nn.ConvTranspose3d`. */
export class ConvTranspose3d extends ConvTranspose {
  constructor(...args: TransposedArgs) {
    super(3, args, new.target.name);
  }
  override forward(...args: Arguments<typeof TRANSPOSED_FORWARD>): Tensor {
    const { input, output_size } = bindArguments(TRANSPOSED_FORWARD, args, "ConvTranspose3d.forward");
    const extra = this.paddingFor(input, output_size);
    const { weight, bias, stride, padding, groups, dilation } = this;
    return F.conv_transpose3d(input, weight, bias, stride, padding, extra, groups, dilation);
  }
}
