// Pooling layers.
import type { Arguments } from "../../dispatch/callable.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import * as F from "../functional/index.ts";
import { ownBase } from "../module/own_layers.ts";
import { layer, pythonText } from "./layer.ts";

const MAX_POOL =
  "MaxPool(int[] kernel_size, int[]? stride=None, int[] padding=0, int[] dilation=1, bool return_indices=False, bool ceil_mode=False) -> Module";
const windowText = (o: {
  kernel_size: readonly number[];
  stride: readonly number[] | null;
  padding: readonly number[];
}) =>
  `kernel_size=${pythonText(o.kernel_size, "int[]")}, stride=${pythonText(o.stride, "int[]?")}, padding=${pythonText(o.padding, "int[]")}`;

abstract class MaxPool extends layer(MAX_POOL) {
  static {
    ownBase(this);
  }
  constructor(...args: Arguments<typeof MAX_POOL>) {
    super(...args);
    this.stride ??= this.kernel_size;
  }
  override extra_repr(): string {
    return `${windowText(this)}, dilation=${pythonText(this.dilation, "int[]")}, ceil_mode=${pythonText(this.ceil_mode, "bool")}`;
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
/** The largest element under each window of [N, C, D, H, W]. As `torch.nn.MaxPool3d`. */
export class MaxPool3d extends MaxPool {
  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, dilation, ceil_mode, return_indices } = this;
    return F.max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices);
  }
}

const AVG_POOL1D =
  "AvgPool1d(int[] kernel_size, int[]? stride=None, int[] padding=0, bool ceil_mode=False, bool count_include_pad=True) -> Module";
/** The mean under each window of [N, C, L]. As `torch.nn.AvgPool1d`. */
export class AvgPool1d extends layer(AVG_POOL1D) {
  constructor(...args: Arguments<typeof AVG_POOL1D>) {
    super(...args);
    this.stride ??= this.kernel_size;
  }
  override forward(input: Tensor): Tensor {
    return F.avg_pool1d(input, this.kernel_size, this.stride, this.padding, this.ceil_mode, this.count_include_pad);
  }
  /** Tuples even of one, as PyTorch keeps them here. */
  override extra_repr(): string {
    return `kernel_size=(${this.kernel_size[0]},), stride=(${this.stride![0]},), padding=(${this.padding[0]},)`;
  }
}
const AVG_POOL =
  "AvgPool(int[] kernel_size, int[]? stride=None, int[] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Module";
abstract class AvgPool extends layer(AVG_POOL) {
  static {
    ownBase(this);
  }
  constructor(...args: Arguments<typeof AVG_POOL>) {
    super(...args);
    this.stride ??= this.kernel_size;
  }
  override extra_repr(): string {
    return windowText(this);
  }
}
/** The mean under each window of [N, C, H, W]. As `torch.nn.AvgPool2d`. */
export class AvgPool2d extends AvgPool {
  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override } = this;
    return F.avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
  }
}
/** The mean under each window of [N, C, D, H, W]. As `torch.nn.AvgPool3d`. */
export class AvgPool3d extends AvgPool {
  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override } = this;
    return F.avg_pool3d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
  }
}

/** {@link AvgPool1d} with windows chosen so that the result has `output_size`. As `torch.nn.AdaptiveAvgPool1d`. */
export class AdaptiveAvgPool1d extends layer("AdaptiveAvgPool1d(int[] output_size) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool1d(input, this.output_size);
  }
}
/** {@link AvgPool2d} with windows chosen so that the result has `output_size`. As `torch.nn.AdaptiveAvgPool2d`. */
export class AdaptiveAvgPool2d extends layer("AdaptiveAvgPool2d(int?[] output_size) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool2d(input, this.output_size);
  }
}
/** {@link AvgPool3d} with windows chosen so that the result has `output_size`. As `torch.nn.AdaptiveAvgPool3d`. */
export class AdaptiveAvgPool3d extends layer("AdaptiveAvgPool3d(int?[] output_size) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool3d(input, this.output_size);
  }
}
const text = (size: readonly (number | null)[]): string => `output_size=${pythonText(size, "int[]")}`;
/** {@link MaxPool1d} with windows chosen so that the result has `output_size`. As `torch.nn.AdaptiveMaxPool1d`. */
export class AdaptiveMaxPool1d extends layer(
  "AdaptiveMaxPool1d(int[] output_size, bool return_indices=False) -> Module",
) {
  override forward(input: Tensor): Tensor {
    return F.adaptive_max_pool1d(input, this.output_size, this.return_indices);
  }
  override extra_repr(): string {
    return text(this.output_size);
  }
}
/** {@link MaxPool2d} with windows chosen so that the result has `output_size`. As `torch.nn.AdaptiveMaxPool2d`. */
export class AdaptiveMaxPool2d extends layer(
  "AdaptiveMaxPool2d(int?[] output_size, bool return_indices=False) -> Module",
) {
  override forward(input: Tensor): Tensor {
    return F.adaptive_max_pool2d(input, this.output_size, this.return_indices);
  }
  override extra_repr(): string {
    return text(this.output_size);
  }
}
/** {@link MaxPool3d} with windows chosen so that the result has `output_size`. As `torch.nn.AdaptiveMaxPool3d`. */
export class AdaptiveMaxPool3d extends layer(
  "AdaptiveMaxPool3d(int?[] output_size, bool return_indices=False) -> Module",
) {
  override forward(input: Tensor): Tensor {
    return F.adaptive_max_pool3d(input, this.output_size, this.return_indices);
  }
  override extra_repr(): string {
    return text(this.output_size);
  }
}

const LP_POOL = "LPPool(float norm_type, int[] kernel_size, int[]? stride=None, bool ceil_mode=False) -> Module";
abstract class LPPool extends layer(LP_POOL) {
  static {
    ownBase(this);
  }
  override extra_repr(): string {
    const { norm_type, kernel_size, stride, ceil_mode } = this;
    return `norm_type=${pythonText(norm_type, Number.isInteger(norm_type) ? "int" : "float")}, kernel_size=${pythonText(kernel_size, "int[]")}, stride=${pythonText(stride, "int[]?")}, ceil_mode=${pythonText(ceil_mode, "bool")}`;
  }
}
/** (Σ x^p)^(1/p) under each window of [N, C, L], p = `norm_type`. As `torch.nn.LPPool1d`. */
export class LPPool1d extends LPPool {
  override forward(input: Tensor): Tensor {
    return F.lp_pool1d(input, this.norm_type, this.kernel_size, this.stride, this.ceil_mode);
  }
}
/** (Σ x^p)^(1/p) under each window of [N, C, H, W], p = `norm_type`. As `torch.nn.LPPool2d`. */
export class LPPool2d extends LPPool {
  override forward(input: Tensor): Tensor {
    return F.lp_pool2d(input, this.norm_type, this.kernel_size, this.stride, this.ceil_mode);
  }
}
/** (Σ x^p)^(1/p) under each window of [N, C, D, H, W], p = `norm_type`. As `torch.nn.LPPool3d`. */
export class LPPool3d extends LPPool {
  override forward(input: Tensor): Tensor {
    return F.lp_pool3d(input, this.norm_type, this.kernel_size, this.stride, this.ceil_mode);
  }
}
