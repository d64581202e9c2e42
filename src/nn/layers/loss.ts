// Losses as modules.
import * as F from "../functional.ts";
import { bindConstructor } from "../../op/constructor.ts";
import type { ConstructorArgs } from "../../op/constructor.ts";
import type { Tensor } from "../../tensor.ts";
import { Module } from "../module.ts";

const PLAIN = "Loss(*, str reduction='mean') -> Module";
abstract class Loss extends Module {
  reduction: string;
  constructor(reduction: string) {
    super();
    this.reduction = reduction;
  }
}
/** Mean of the squared differences. As `torch.nn.MSELoss`. */
export class MSELoss extends Loss {
  constructor(...args: ConstructorArgs<typeof PLAIN>) {
    super(bindConstructor(PLAIN, args).reduction);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.mse_loss(input, target, { reduction: this.reduction });
  }
}
/** Mean of the absolute differences. As `torch.nn.L1Loss`. */
export class L1Loss extends Loss {
  constructor(...args: ConstructorArgs<typeof PLAIN>) {
    super(bindConstructor(PLAIN, args).reduction);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.l1_loss(input, target, { reduction: this.reduction });
  }
}
const WEIGHTED =
  "Loss(Tensor? weight=None, *, int ignore_index=-100, str reduction='mean', float label_smoothing=0.0) -> Module";
/** Softmax and negative log likelihood. Targets: class numbers, or probabilities. As `torch.nn.CrossEntropyLoss`. */
export class CrossEntropyLoss extends Loss {
  ignore_index: number;
  label_smoothing: number;
  declare weight: Tensor | null;
  constructor(...args: ConstructorArgs<typeof WEIGHTED>) {
    const { weight, ignore_index, reduction, label_smoothing } = bindConstructor(WEIGHTED, args);
    super(reduction);
    this.ignore_index = ignore_index;
    this.label_smoothing = label_smoothing;
    this.register_buffer("weight", weight);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    const { ignore_index, reduction, label_smoothing } = this;
    return F.cross_entropy(input, target, this.weight, { ignore_index, reduction, label_smoothing });
  }
}
const NLL = "Loss(Tensor? weight=None, *, int ignore_index=-100, str reduction='mean') -> Module";
/** Negative log likelihood of log probabilities. As `torch.nn.NLLLoss`. */
export class NLLLoss extends Loss {
  ignore_index: number;
  declare weight: Tensor | null;
  constructor(...args: ConstructorArgs<typeof NLL>) {
    const { weight, ignore_index, reduction } = bindConstructor(NLL, args);
    super(reduction);
    this.ignore_index = ignore_index;
    this.register_buffer("weight", weight);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.nll_loss(input, target, this.weight, { ignore_index: this.ignore_index, reduction: this.reduction });
  }
}
const BCE = "Loss(Tensor? weight=None, *, str reduction='mean', Tensor? pos_weight=None) -> Module";
/** Binary cross entropy of sigmoid(input). As `torch.nn.BCEWithLogitsLoss`. */
export class BCEWithLogitsLoss extends Loss {
  declare weight: Tensor | null;
  declare pos_weight: Tensor | null;
  constructor(...args: ConstructorArgs<typeof BCE>) {
    const { weight, reduction, pos_weight } = bindConstructor(BCE, args);
    super(reduction);
    this.register_buffer("weight", weight);
    this.register_buffer("pos_weight", pos_weight);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.binary_cross_entropy_with_logits(input, target, this.weight, {
      pos_weight: this.pos_weight,
      reduction: this.reduction,
    });
  }
}
const BCE_PLAIN = "Loss(Tensor? weight=None, *, str reduction='mean') -> Module";
/** Binary cross entropy of probabilities. As `torch.nn.BCELoss`. */
export class BCELoss extends Loss {
  declare weight: Tensor | null;
  constructor(...args: ConstructorArgs<typeof BCE_PLAIN>) {
    const { weight, reduction } = bindConstructor(BCE_PLAIN, args);
    super(reduction);
    this.register_buffer("weight", weight);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.binary_cross_entropy(input, target, this.weight, { reduction: this.reduction });
  }
}
