// Layers that change the shape alone.
import { tupleText } from "../../base/layout.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { layer } from "./layer.ts";
import { unflatten } from "../../ops/views/view.ts";

/** Dims start_dim … end_dim joined into one. As `torch.nn.Flatten`. */
export class Flatten extends layer("Flatten(int start_dim=1, int end_dim=-1) -> Module") {
  override forward(input: Tensor): Tensor {
    return input.flatten(this.start_dim, this.end_dim);
  }
}
/** One dim split into several. As `torch.nn.Unflatten`. */
export class Unflatten extends layer("Unflatten(int dim, int[] unflattened_size) -> Module") {
  override forward(input: Tensor): Tensor {
    return unflatten(input, this.dim, this.unflattened_size);
  }
  override extra_repr(): string {
    return `dim=${this.dim}, unflattened_size=${tupleText(this.unflattened_size)}`;
  }
}
