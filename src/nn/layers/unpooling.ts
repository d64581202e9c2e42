// Layers that undo max pools.
import { tupleText } from "../../base/layout.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import * as F from "../functional/index.ts";
import { Module } from "../module/module.ts";
import { forAllDims } from "./layer.ts";

const UNPOOL = "MaxUnpool(int[] kernel_size, int[]? stride=None, int[] padding=0) -> Module";
const FORWARD = "forward(Tensor input, Tensor indices, int[]? output_size=None) -> Tensor";
abstract class MaxUnpool extends Module {
  kernel_size: readonly number[];
  stride: readonly number[];
  padding: readonly number[];
  constructor(dims: number, args: Arguments<typeof UNPOOL>) {
    super();
    const { kernel_size, stride, padding } = bindArguments(UNPOOL, args, new.target.name);
    this.kernel_size = forAllDims(kernel_size, dims);
    this.stride = stride === null ? this.kernel_size : forAllDims(stride, dims);
    this.padding = forAllDims(padding, dims);
  }
  override extra_repr(): string {
    return `kernel_size=${tupleText(this.kernel_size)}, stride=${tupleText(this.stride)}, padding=${tupleText(this.padding)}`;
  }
}
/** Zeros but for the maxima that `MaxPool1d` took, put back at their indices. As `torch.nn.MaxUnpool1d`. */
export class MaxUnpool1d extends MaxUnpool {
  constructor(...args: Arguments<typeof UNPOOL>) {
    super(1, args);
  }
  override forward(...args: Arguments<typeof FORWARD>): Tensor {
    const { input, indices, output_size } = bindArguments(FORWARD, args, "MaxUnpool1d.forward");
    return F.max_unpool1d(input, indices, this.kernel_size, this.stride, this.padding, output_size);
  }
}
/** Zeros but for the maxima that `MaxPool2d` took, put back at their indices. As `torch.nn.MaxUnpool2d`. */
export class MaxUnpool2d extends MaxUnpool {
  constructor(...args: Arguments<typeof UNPOOL>) {
    super(2, args);
  }
  override forward(...args: Arguments<typeof FORWARD>): Tensor {
    const { input, indices, output_size } = bindArguments(FORWARD, args, "MaxUnpool2d.forward");
    return F.max_unpool2d(input, indices, this.kernel_size, this.stride, this.padding, output_size);
  }
}
/** Zeros but for the maxima that `MaxPool3d` took, put back at their indices. As `torch.nn.MaxUnpool3d`. */
export class MaxUnpool3d extends MaxUnpool {
  constructor(...args: Arguments<typeof UNPOOL>) {
    super(3, args);
  }
  override forward(...args: Arguments<typeof FORWARD>): Tensor {
    const { input, indices, output_size } = bindArguments(FORWARD, args, "MaxUnpool3d.forward");
    return F.max_unpool3d(input, indices, this.kernel_size, this.stride, this.padding, output_size);
  }
}
