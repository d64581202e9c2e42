// Max pools with windows at random places.
import { ValueError } from "../../base/errors.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import * as F from "../functional/index.ts";
import { Module } from "../module/module.ts";
import { forAllDims, pythonText } from "./layer.ts";

const FRACTIONAL =
  "FractionalMaxPool(int[] kernel_size, int[]? output_size=None, float[]? output_ratio=None, bool return_indices=False, Tensor? _random_samples=None) -> Module";
abstract class FractionalMaxPool extends Module {
  kernel_size: readonly number[];
  output_size: readonly number[] | null;
  output_ratio: readonly number[] | null;
  return_indices: boolean;
  declare _random_samples: Tensor | null;
  constructor(dims: number, args: Arguments<typeof FRACTIONAL>) {
    const a = bindArguments(FRACTIONAL, args, new.target.name);
    if (a.output_size === null && a.output_ratio === null)
      throw new ValueError(`${new.target.name} requires specifying either an output size, or a pooling ratio`);
    if (a.output_size !== null && a.output_ratio !== null)
      throw new ValueError("only one of output_size and output_ratio may be specified");
    const ratio = a.output_ratio;
    if (ratio !== null && !ratio.every((r) => 0 < r && r < 1)) {
      const given = ratio.map((r) => pythonText(r, Number.isInteger(r) ? "int" : "float"));
      throw new ValueError(
        `output_ratio must be between 0 and 1 (got ${given.length === 1 ? given[0] : `(${given.join(", ")})`})`,
      );
    }
    super();
    this.kernel_size = forAllDims(a.kernel_size, dims);
    this.return_indices = a.return_indices;
    this.register_buffer("_random_samples", a._random_samples);
    this.output_size = a.output_size && forAllDims(a.output_size, dims);
    this.output_ratio = ratio && forAllDims(ratio, dims);
  }
}
/**
 * The largest elements under windows of [N, C, H, W] at random places, such that H and W become `output_size`, or
 * `output_ratio` of what they were. Graham, "Fractional max-pooling", 2014. As `torch.nn.FractionalMaxPool2d`.
 * @example new nn.FractionalMaxPool2d(3, { output_ratio: 0.5 })(torch.rand(1, 1, 8, 8)).shape // torch.Size([1, 1, 4, 4])
 */
export class FractionalMaxPool2d extends FractionalMaxPool {
  constructor(...args: Arguments<typeof FRACTIONAL>) {
    super(2, args);
  }
  override forward(input: Tensor): Tensor {
    const { kernel_size, output_size, output_ratio, return_indices, _random_samples } = this;
    return F.fractional_max_pool2d(input, { kernel_size, output_size, output_ratio, return_indices, _random_samples });
  }
}
/** {@link FractionalMaxPool2d} of [N, C, D, H, W]. As `torch.nn.FractionalMaxPool3d`. */
export class FractionalMaxPool3d extends FractionalMaxPool {
  constructor(...args: Arguments<typeof FRACTIONAL>) {
    super(3, args);
  }
  override forward(input: Tensor): Tensor {
    const { kernel_size, output_size, output_ratio, return_indices, _random_samples } = this;
    return F.fractional_max_pool3d(input, { kernel_size, output_size, output_ratio, return_indices, _random_samples });
  }
}
