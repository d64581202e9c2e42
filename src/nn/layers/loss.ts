// Losses as modules. `reduction`: "mean", "sum", or "none" for one loss an element.
import "../../dispatch/size_average.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import * as F from "../functional/index.ts";
import { loss } from "./loss_layer.ts";

/** Squared differences. As `torch.nn.MSELoss`. */
export class MSELoss extends loss("MSELoss(*, str reduction='mean') -> Module") {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.mse_loss(input, target, { reduction: this.reduction });
  }
}
/** Absolute differences. As `torch.nn.L1Loss`. */
export class L1Loss extends loss("L1Loss(*, str reduction='mean') -> Module") {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.l1_loss(input, target, { reduction: this.reduction });
  }
}
/** Squares of differences below `beta`, straight lines beyond. As `torch.nn.SmoothL1Loss`. */
export class SmoothL1Loss extends loss("SmoothL1Loss(*, str reduction='mean', float beta=1.0) -> Module") {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.smooth_l1_loss(input, target, { reduction: this.reduction, beta: this.beta });
  }
}
/** Half the squares of differences below `delta`, straight lines beyond. As `torch.nn.HuberLoss`. */
export class HuberLoss extends loss("HuberLoss(str reduction='mean', float delta=1.0) -> Module") {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.huber_loss(input, target, { reduction: this.reduction, delta: this.delta });
  }
}
/** target * (log target - input), for log probabilities as input. As `torch.nn.KLDivLoss`. */
export class KLDivLoss extends loss("KLDivLoss(*, str reduction='mean', bool log_target=False) -> Module") {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.kl_div(input, target, { reduction: this.reduction, log_target: this.log_target });
  }
}
/**
 * Log softmax and negative log likelihood of scores [N, C, …]. Targets are class numbers [N, …] or probabilities
 * [N, C, …]. As `torch.nn.CrossEntropyLoss`.
 * @example new nn.CrossEntropyLoss()(torch.randn(3, 5), torch.tensor([1n, 0n, 4n]))
 */
export class CrossEntropyLoss extends loss(
  "CrossEntropyLoss(Tensor? weight=None, *, int ignore_index=-100, str reduction='mean', float label_smoothing=0.0) -> Module",
) {
  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignore_index, reduction, label_smoothing } = this;
    return F.cross_entropy(input, target, weight, { ignore_index, reduction, label_smoothing });
  }
}
/** Negative log likelihood of log probabilities [N, C, …]. As `torch.nn.NLLLoss`. */
export class NLLLoss extends loss(
  "NLLLoss(Tensor? weight=None, *, int ignore_index=-100, str reduction='mean') -> Module",
) {
  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignore_index, reduction } = this;
    return F.nll_loss(input, target, weight, { ignore_index, reduction });
  }
}
/** Binary cross entropy of probabilities. As `torch.nn.BCELoss`. */
export class BCELoss extends loss("BCELoss(Tensor? weight=None, *, str reduction='mean') -> Module") {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.binary_cross_entropy(input, target, this.weight, { reduction: this.reduction });
  }
}
/** Binary cross entropy of sigmoid(input), without the loss of digits. As `torch.nn.BCEWithLogitsLoss`. */
export class BCEWithLogitsLoss extends loss(
  "BCEWithLogitsLoss(Tensor? weight=None, *, str reduction='mean', Tensor? pos_weight=None) -> Module",
) {
  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, pos_weight, reduction } = this;
    return F.binary_cross_entropy_with_logits(input, target, weight, { pos_weight, reduction });
  }
}
