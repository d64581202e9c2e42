// Windows of images as columns, and back.
import type { Tensor } from "../../tensor/tensor.ts";
import * as F from "../functional/index.ts";
import { layer } from "./layer.ts";

/** The windows of [N, C, H, W] as columns [N, C · kernel, places]. As `torch.nn.Unfold`. */
export class Unfold extends layer(
  "Unfold(int[] kernel_size, int[] dilation=1, int[] padding=0, int[] stride=1) -> Module",
) {
  override forward(input: Tensor): Tensor {
    return F.unfold(input, this.kernel_size, this.dilation, this.padding, this.stride);
  }
}
/** Columns [N, C · kernel, places] added up where their windows lie in [N, C, output_size]. As `torch.nn.Fold`. */
export class Fold extends layer(
  "Fold(int[] output_size, int[] kernel_size, int[] dilation=1, int[] padding=0, int[] stride=1) -> Module",
) {
  override forward(input: Tensor): Tensor {
    return F.fold(input, this.output_size, this.kernel_size, this.dilation, this.padding, this.stride);
  }
}
