// Convolution layers.
import { ValueError } from "../../errors.ts";
import { empty } from "../../ops/creation.ts";
import { pad } from "../../ops/padding.ts";
import { conv1d, conv2d, conv3d } from "../../ops/conv.ts";
import { bindConstructor } from "../../op/constructor.ts";
import type { ConstructorArgs } from "../../op/constructor.ts";
import type { Tensor } from "../../tensor.ts";
import { kaiming_uniform_ } from "../init.ts";
import { Module } from "../module.ts";
import { Parameter } from "../parameter.ts";
import { resetBias } from "./linear.ts";

const CONV =
  "Conv(int in_channels, int out_channels, int[] kernel_size, int[] stride=1, int[]|str padding=0, int[] dilation=1, int groups=1, bool bias=True, str padding_mode='zeros', str? device=None, dtype? dtype=None) -> Module";
type ConvArgs = ConstructorArgs<typeof CONV>;
const PADDING_MODES = ["circular", "reflect", "replicate", "zeros"];
const tuple = (x: readonly number[]): string => (x.length === 1 ? `(${x[0]},)` : `(${x.join(", ")})`);

abstract class Conv extends Module {
  in_channels: number;
  out_channels: number;
  kernel_size: readonly number[];
  stride: readonly number[];
  padding: readonly number[] | string;
  dilation: readonly number[];
  groups: number;
  padding_mode: string;
  weight: Parameter;
  bias: Parameter | null;
  constructor(dims: number, args: ConvArgs) {
    super();
    const a = bindConstructor(CONV, args);
    if (a.groups <= 0) throw new ValueError("groups must be a positive integer");
    if (a.in_channels % a.groups !== 0) throw new ValueError("in_channels must be divisible by groups");
    if (a.out_channels % a.groups !== 0) throw new ValueError("out_channels must be divisible by groups");
    if (!PADDING_MODES.includes(a.padding_mode))
      throw new ValueError(
        `padding_mode must be one of [${PADDING_MODES.map((m) => `'${m}'`).join(", ")}], but got padding_mode='${a.padding_mode}'`,
      );
    const all = (x: readonly number[]): readonly number[] => (x.length === 1 ? new Array<number>(dims).fill(x[0]) : x);
    this.in_channels = a.in_channels;
    this.out_channels = a.out_channels;
    this.kernel_size = all(a.kernel_size);
    this.stride = all(a.stride);
    this.padding = typeof a.padding === "string" ? a.padding : all(a.padding);
    this.dilation = all(a.dilation);
    this.groups = a.groups;
    this.padding_mode = a.padding_mode;
    this.weight = new Parameter(
      empty([a.out_channels, a.in_channels / a.groups, ...this.kernel_size], { dtype: a.dtype }),
    );
    this.bias = a.bias ? new Parameter(empty([a.out_channels], { dtype: a.dtype })) : null;
    this.reset_parameters();
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
    return [pad(input, around, padding_mode), kernel_size.map(() => 0)];
  }
  reset_parameters(): void {
    kaiming_uniform_(this.weight, { a: Math.sqrt(5) });
    resetBias(this.weight, this.bias);
  }
  override extra_repr(): string {
    const { kernel_size, stride, padding, dilation, groups, bias } = this;
    let text = `${this.in_channels}, ${this.out_channels}, kernel_size=${tuple(kernel_size)}, stride=${tuple(stride)}`;
    if (typeof padding === "string") text += `, padding=${padding}`;
    else if (padding.some((p) => p !== 0)) text += `, padding=${tuple(padding)}`;
    if (dilation.some((d) => d !== 1)) text += `, dilation=${tuple(dilation)}`;
    if (groups !== 1) text += `, groups=${groups}`;
    if (bias === null) text += ", bias=False";
    return this.padding_mode === "zeros" ? text : `${text}, padding_mode=${this.padding_mode}`;
  }
}
/** Convolution of [N, C, L]. As `torch.nn.Conv1d`. */
export class Conv1d extends Conv {
  constructor(...args: ConvArgs) {
    super(1, args);
  }
  override forward(input: Tensor): Tensor {
    const [x, padding] = this.prepared(input);
    return conv1d(x, this.weight, this.bias, this.stride, padding, this.dilation, this.groups);
  }
}
/** Convolution of [N, C, H, W]. As `torch.nn.Conv2d`. */
export class Conv2d extends Conv {
  constructor(...args: ConvArgs) {
    super(2, args);
  }
  override forward(input: Tensor): Tensor {
    const [x, padding] = this.prepared(input);
    return conv2d(x, this.weight, this.bias, this.stride, padding, this.dilation, this.groups);
  }
}
/** Convolution of [N, C, D, H, W]. As `torch.nn.Conv3d`. */
export class Conv3d extends Conv {
  constructor(...args: ConvArgs) {
    super(3, args);
  }
  override forward(input: Tensor): Tensor {
    const [x, padding] = this.prepared(input);
    return conv3d(x, this.weight, this.bias, this.stride, padding, this.dilation, this.groups);
  }
}
