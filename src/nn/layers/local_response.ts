// Layers that divide by the size of neighbouring channels.
import type { Tensor } from "../../tensor/tensor.ts";
import * as F from "../functional/index.ts";
import { floatText, layer, pythonText } from "./layer.ts";

/**
 * x / (k + alpha · mean of the squares of `size` neighbouring channels)^beta. Krizhevsky et al., "ImageNet classification
 * with deep convolutional neural networks", 2012. As `torch.nn.LocalResponseNorm`.
 */
export class LocalResponseNorm extends layer(
  "LocalResponseNorm(int size, float alpha=0.0001, float beta=0.75, float k=1.0) -> Module",
) {
  override forward(input: Tensor): Tensor {
    return F.local_response_norm(input, this.size, this.alpha, this.beta, this.k);
  }
  override extra_repr(): string {
    return `${this.size}, alpha=${floatText(this.alpha)}, beta=${floatText(this.beta)}, k=${floatText(this.k)}`;
  }
}

/**
 * {@link LocalResponseNorm} as Torch 7 had it: for an even `size` it takes one channel less, though it divides by `size`,
 * and channel 0 counts for every channel from (size + 1) / 2 on. As `torch.nn.CrossMapLRN2d`, on [N, C, H, W].
 */
export class CrossMapLRN2d extends layer(
  "CrossMapLRN2d(int size, float alpha=0.0001, float beta=0.75, float k=1) -> Module",
) {
  override forward(input: Tensor): Tensor {
    const { size, alpha, beta, k } = this;
    const half = Math.floor((size - 1) / 2);
    const [n, c, ...rest] = input.sizes;
    const squares = input.square();
    const around = F.pad(squares.view([n, 1, c, -1]), [0, 0, half, half]);
    let sum = F.avg_pool2d(around, [2 * half + 1, 1], 1, { divisor_override: 1 }).view([n, c, ...rest]);
    const far = c - half - 1;
    if (far > 0) sum = sum.add(F.pad(squares.slice(1, 0, 1).expand([n, far, ...rest]), [0, 0, 0, 0, half + 1, 0]));
    return input.div(
      sum
        .mul(alpha / size)
        .add(k)
        .pow(beta),
    );
  }
  override extra_repr(): string {
    return `${this.size}, alpha=${floatText(this.alpha)}, beta=${floatText(this.beta)}, k=${pythonText(this.k, Number.isInteger(this.k) ? "int" : "float")}`;
  }
}
