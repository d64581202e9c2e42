// Layers that drop elements or channels in training.
import { ValueError } from "../../base/errors.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import * as F from "../functional/index.ts";
import { ownBase } from "../module/own_layers.ts";
import { layer, pythonText } from "./layer.ts";

const DROPOUT = "Dropout(float p=0.5, bool inplace=False) -> Module";
abstract class Dropping extends layer(DROPOUT) {
  static {
    ownBase(this);
  }
  constructor(...args: Arguments<typeof DROPOUT>) {
    super(...args);
    if (!(this.p >= 0 && this.p <= 1))
      throw new ValueError(`dropout probability has to be between 0 and 1, but got ${this.p}`);
  }
  override extra_repr(): string {
    return `p=${pythonText(this.p, "float")}, inplace=${pythonText(this.inplace, "bool")}`;
  }
}
/**
 * In training, sets elements to 0 with probability `p` and divides the others by 1 - p; in evaluation nothing. Raises
 * ValueError for a `p` outside [0, 1]. Srivastava et al., 2014. As `torch.nn.Dropout`.
 */
export class Dropout extends Dropping {
  override forward(input: Tensor): Tensor {
    return F.dropout(input, this.p, this.training, this.inplace);
  }
}
/** {@link Dropout} of whole channels of [N, C, L] or [C, L]. As `torch.nn.Dropout1d`. */
export class Dropout1d extends Dropping {
  override forward(input: Tensor): Tensor {
    return F.dropout1d(input, this.p, this.training, this.inplace);
  }
}
/** {@link Dropout} of whole channels of [N, C, H, W]. As `torch.nn.Dropout2d`. */
export class Dropout2d extends Dropping {
  override forward(input: Tensor): Tensor {
    return F.dropout2d(input, this.p, this.training, this.inplace);
  }
}
/** {@link Dropout} of whole channels of [N, C, D, H, W] or [C, D, H, W]. As `torch.nn.Dropout3d`. */
export class Dropout3d extends Dropping {
  override forward(input: Tensor): Tensor {
    return F.dropout3d(input, this.p, this.training, this.inplace);
  }
}
/** Dropout for {@link SELU}, which keeps mean and variance. As `torch.nn.AlphaDropout`. */
export class AlphaDropout extends Dropping {
  override forward(input: Tensor): Tensor {
    return F.alpha_dropout(input, this.p, this.training);
  }
}
/** {@link AlphaDropout} of whole channels. As `torch.nn.FeatureAlphaDropout`. */
export class FeatureAlphaDropout extends Dropping {
  override forward(input: Tensor): Tensor {
    return F.feature_alpha_dropout(input, this.p, this.training);
  }
}
