// Activation layers, dropout, shape layers, pools: functions of nn.functional as modules.
import { ValueError } from "../../errors.ts";
import * as F from "../functional.ts";
import { bindConstructor } from "../../op/constructor.ts";
import type { ConstructorArgs } from "../../op/constructor.ts";
import type { Tensor } from "../../tensor.ts";
import { Module } from "../module.ts";

const inplaceText = (on: boolean): string => (on ? "inplace=True" : "");
const INPLACE = "Activation(bool inplace=False) -> Module";
/** x where it is positive, else 0. As `torch.nn.ReLU`. */
export class ReLU extends Module {
  inplace: boolean;
  constructor(...args: ConstructorArgs<typeof INPLACE>) {
    super();
    this.inplace = bindConstructor(INPLACE, args).inplace;
  }
  override forward(input: Tensor): Tensor {
    return F.relu(input, { inplace: this.inplace });
  }
  override extra_repr(): string {
    return inplaceText(this.inplace);
  }
}
/** x * sigmoid(x). As `torch.nn.SiLU`. */
export class SiLU extends Module {
  override forward(input: Tensor): Tensor {
    return F.silu(input);
  }
}
export class Tanh extends Module {
  override forward(input: Tensor): Tensor {
    return input.tanh();
  }
}
export class Sigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return input.sigmoid();
  }
}
const GELU_ARGS = "GELU(str approximate='none') -> Module";
/** x * Φ(x). As `torch.nn.GELU`. */
export class GELU extends Module {
  approximate: string;
  constructor(...args: ConstructorArgs<typeof GELU_ARGS>) {
    super();
    this.approximate = bindConstructor(GELU_ARGS, args).approximate;
  }
  override forward(input: Tensor): Tensor {
    return F.gelu(input, this.approximate);
  }
  override extra_repr(): string {
    return `approximate='${this.approximate}'`;
  }
}
const LEAKY = "LeakyReLU(float negative_slope=0.01, bool inplace=False) -> Module";
/** x where it is positive, a fraction of it elsewhere. As `torch.nn.LeakyReLU`. */
export class LeakyReLU extends Module {
  negative_slope: number;
  constructor(...args: ConstructorArgs<typeof LEAKY>) {
    super();
    this.negative_slope = bindConstructor(LEAKY, args).negative_slope;
  }
  override forward(input: Tensor): Tensor {
    return F.leaky_relu(input, this.negative_slope);
  }
  override extra_repr(): string {
    return `negative_slope=${this.negative_slope}`;
  }
}
const ELU_ARGS = "ELU(float alpha=1.0, bool inplace=False) -> Module";
/** x where it is positive, alpha * (exp(x) - 1) elsewhere. As `torch.nn.ELU`. */
export class ELU extends Module {
  alpha: number;
  constructor(...args: ConstructorArgs<typeof ELU_ARGS>) {
    super();
    this.alpha = bindConstructor(ELU_ARGS, args).alpha;
  }
  override forward(input: Tensor): Tensor {
    return F.elu(input, this.alpha);
  }
  override extra_repr(): string {
    return `alpha=${Number.isInteger(this.alpha) ? `${this.alpha}.0` : this.alpha}`;
  }
}
const DIM = "Softmax(int? dim=None) -> Module";
/** exp(x) over its sum along `dim`. As `torch.nn.Softmax`. */
export class Softmax extends Module {
  dim: number | null;
  constructor(...args: ConstructorArgs<typeof DIM>) {
    super();
    this.dim = bindConstructor(DIM, args).dim;
  }
  override forward(input: Tensor): Tensor {
    return input.softmax(this.dim ?? implicitDim(input));
  }
  override extra_repr(): string {
    return `dim=${this.dim ?? "None"}`;
  }
}
/** The logarithm of {@link Softmax}. As `torch.nn.LogSoftmax`. */
export class LogSoftmax extends Module {
  dim: number | null;
  constructor(...args: ConstructorArgs<typeof DIM>) {
    super();
    this.dim = bindConstructor(DIM, args).dim;
  }
  override forward(input: Tensor): Tensor {
    return input.log_softmax(this.dim ?? implicitDim(input));
  }
  override extra_repr(): string {
    return `dim=${this.dim ?? "None"}`;
  }
}
const implicitDim = (x: Tensor): number =>
  x.sizes.length === 0 || x.sizes.length === 1 || x.sizes.length === 3 ? 0 : 1;

const DROPOUT = "Dropout(float p=0.5, bool inplace=False) -> Module";
/** In training, sets elements to 0 with probability `p` and scales the others up. As `torch.nn.Dropout`. */
export class Dropout extends Module {
  p: number;
  inplace: boolean;
  constructor(...args: ConstructorArgs<typeof DROPOUT>) {
    super();
    const { p, inplace } = bindConstructor(DROPOUT, args);
    if (!(p >= 0 && p <= 1)) throw new ValueError(`dropout probability has to be between 0 and 1, but got ${p}`);
    this.p = p;
    this.inplace = inplace;
  }
  override forward(input: Tensor): Tensor {
    return F.dropout(input, this.p, this.training, this.inplace);
  }
  override extra_repr(): string {
    return `p=${this.p}, inplace=${this.inplace ? "True" : "False"}`;
  }
}
const FLATTEN = "Flatten(int start_dim=1, int end_dim=-1) -> Module";
/** Dims start_dim … end_dim joined into one. As `torch.nn.Flatten`. */
export class Flatten extends Module {
  start_dim: number;
  end_dim: number;
  constructor(...args: ConstructorArgs<typeof FLATTEN>) {
    super();
    const { start_dim, end_dim } = bindConstructor(FLATTEN, args);
    this.start_dim = start_dim;
    this.end_dim = end_dim;
  }
  override forward(input: Tensor): Tensor {
    return input.flatten(this.start_dim, this.end_dim);
  }
  override extra_repr(): string {
    return `start_dim=${this.start_dim}, end_dim=${this.end_dim}`;
  }
}
const MAX_POOL =
  "MaxPool(int[] kernel_size, int[]? stride=None, int[] padding=0, int[] dilation=1, bool return_indices=False, bool ceil_mode=False) -> Module";
const sizeText = (x: readonly number[]): string => (x.length === 1 ? String(x[0]) : `(${x.join(", ")})`);
abstract class MaxPool extends Module {
  kernel_size: readonly number[];
  stride: readonly number[];
  padding: readonly number[];
  dilation: readonly number[];
  return_indices: boolean;
  ceil_mode: boolean;
  constructor(...args: ConstructorArgs<typeof MAX_POOL>) {
    super();
    const { kernel_size, stride, padding, dilation, return_indices, ceil_mode } = bindConstructor(MAX_POOL, args);
    this.return_indices = return_indices;
    this.kernel_size = kernel_size;
    this.stride = stride ?? kernel_size;
    this.padding = padding;
    this.dilation = dilation;
    this.ceil_mode = ceil_mode;
  }
  override extra_repr(): string {
    return `kernel_size=${sizeText(this.kernel_size)}, stride=${sizeText(this.stride)}, padding=${sizeText(this.padding)}, dilation=${sizeText(this.dilation)}, ceil_mode=${this.ceil_mode ? "True" : "False"}`;
  }
}
/** The largest element under each window of [N, C, L]. As `torch.nn.MaxPool1d`. */
export class MaxPool1d extends MaxPool {
  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, dilation, ceil_mode, return_indices } = this;
    return F.max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices);
  }
}
/** The largest element under each window of [N, C, H, W]. As `torch.nn.MaxPool2d`. */
export class MaxPool2d extends MaxPool {
  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, dilation, ceil_mode, return_indices } = this;
    return F.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices);
  }
}
const AVG_POOL =
  "AvgPool2d(int[] kernel_size, int[]? stride=None, int[] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Module";
/** The mean under each window of [N, C, H, W]. As `torch.nn.AvgPool2d`. */
export class AvgPool2d extends Module {
  private readonly args: { kernel_size: readonly number[]; stride: readonly number[]; padding: readonly number[] };
  private readonly ceil_mode: boolean;
  private readonly count_include_pad: boolean;
  private readonly divisor_override: number | null;
  constructor(...args: ConstructorArgs<typeof AVG_POOL>) {
    super();
    const { kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override } = bindConstructor(
      AVG_POOL,
      args,
    );
    this.args = { kernel_size, stride: stride ?? kernel_size, padding };
    this.ceil_mode = ceil_mode;
    this.count_include_pad = count_include_pad;
    this.divisor_override = divisor_override;
  }
  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding } = this.args;
    return F.avg_pool2d(
      input,
      kernel_size,
      stride,
      padding,
      this.ceil_mode,
      this.count_include_pad,
      this.divisor_override,
    );
  }
  override extra_repr(): string {
    const { kernel_size, stride, padding } = this.args;
    return `kernel_size=${sizeText(kernel_size)}, stride=${sizeText(stride)}, padding=${sizeText(padding)}`;
  }
}
