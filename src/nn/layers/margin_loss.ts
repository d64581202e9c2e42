// Losses that ask for a margin, as modules.
import "../../dispatch/size_average.ts";
import { ValueError } from "../../base/errors.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { TripletOptions } from "../../ops/nn/loss/margin_loss.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import * as F from "../functional/index.ts";
import { Module } from "../module/module.ts";
import { PairwiseDistance } from "./distance.ts";
import { floatText } from "./layer.ts";
import { loss } from "./loss_layer.ts";

const assertMargin = (margin: number, name: string): void => {
  if (margin <= 0)
    throw new ValueError(`${name}: expected margin to be greater than 0, got ${floatText(margin)} instead`);
};
const TRIPLET =
  "TripletMarginLoss(float margin=1.0, float p=2.0, float eps=1e-06, bool swap=False, *, str reduction='mean') -> Module";
/** Positives nearer to their anchors than negatives. As `torch.nn.TripletMarginLoss`. */
export class TripletMarginLoss extends loss(TRIPLET) {
  constructor(...args: Arguments<typeof TRIPLET>) {
    super(...args);
    assertMargin(this.margin, "TripletMarginLoss");
  }
  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { margin, p, eps, swap, reduction } = this;
    return F.triplet_margin_loss(anchor, positive, negative, { margin, p, eps, swap, reduction });
  }
}
const WITH_DISTANCE =
  "TripletMarginWithDistanceLoss(*, callable? distance_function=None, float margin=1.0, bool swap=False, str reduction='mean') -> Module";
/** {@link TripletMarginLoss} with any distance. As `torch.nn.TripletMarginWithDistanceLoss`. */
export class TripletMarginWithDistanceLoss extends Module {
  reduction: string;
  distance_function: (x: Tensor, y: Tensor) => Tensor;
  margin: number;
  swap: boolean;
  constructor(options?: TripletOptions);
  constructor(...given: unknown[]) {
    super();
    const { distance_function, margin, swap, reduction } = bindArguments<
      typeof WITH_DISTANCE,
      Required<TripletOptions>
    >(WITH_DISTANCE, given);
    assertMargin(margin, "TripletMarginWithDistanceLoss");
    this.reduction = reduction;
    this.distance_function = distance_function ?? (new PairwiseDistance() as (x: Tensor, y: Tensor) => Tensor);
    this.margin = margin;
    this.swap = swap;
  }
  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { distance_function, margin, swap, reduction } = this;
    return F.triplet_margin_with_distance_loss(anchor, positive, negative, {
      distance_function,
      margin,
      swap,
      reduction,
    });
  }
}
/** One input larger than the other, as target says. As `torch.nn.MarginRankingLoss`. */
export class MarginRankingLoss extends loss("MarginRankingLoss(float margin=0.0, *, str reduction='mean') -> Module") {
  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return F.margin_ranking_loss(input1, input2, target, { margin: this.margin, reduction: this.reduction });
  }
}
/** Distances small where target is 1, above a margin where it is -1. As `torch.nn.HingeEmbeddingLoss`. */
export class HingeEmbeddingLoss extends loss(
  "HingeEmbeddingLoss(float margin=1.0, *, str reduction='mean') -> Module",
) {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.hinge_embedding_loss(input, target, { margin: this.margin, reduction: this.reduction });
  }
}
/** Vectors of the same direction where target is 1, of others where it is -1. As `torch.nn.CosineEmbeddingLoss`. */
export class CosineEmbeddingLoss extends loss(
  "CosineEmbeddingLoss(float margin=0.0, *, str reduction='mean') -> Module",
) {
  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return F.cosine_embedding_loss(input1, input2, target, { margin: this.margin, reduction: this.reduction });
  }
}
/** log(1 + exp(-target * x)), target 1 or -1. As `torch.nn.SoftMarginLoss`. */
export class SoftMarginLoss extends loss("SoftMarginLoss(*, str reduction='mean') -> Module") {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.soft_margin_loss(input, target, { reduction: this.reduction });
  }
}
const MULTI = "MultiMarginLoss(int p=1, float margin=1.0, Tensor? weight=None, *, str reduction='mean') -> Module";
/** The score of the right class above the others' by a margin. As `torch.nn.MultiMarginLoss`. */
export class MultiMarginLoss extends loss(MULTI) {
  constructor(...args: Arguments<typeof MULTI>) {
    super(...args);
    if (this.p !== 1 && this.p !== 2) throw new ValueError("only p == 1 and p == 2 supported");
    if (this.weight !== null && this.weight.sizes.length !== 1)
      throw new ValueError(
        `MultiMarginLoss: expected weight to be None or 1D tensor, got ${this.weight.sizes.length}D instead`,
      );
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    const { p, margin, weight, reduction } = this;
    return F.multi_margin_loss(input, target, { p, margin, weight, reduction });
  }
}
/** The scores of several right classes above the others' by 1. As `torch.nn.MultiLabelMarginLoss`. */
export class MultiLabelMarginLoss extends loss("MultiLabelMarginLoss(*, str reduction='mean') -> Module") {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabel_margin_loss(input, target, { reduction: this.reduction });
  }
}
