// Negative log likelihoods as modules.
import "../../dispatch/size_average.ts";
import { RuntimeError } from "../../base/errors.ts";
import { numel, sameShape, tupleText } from "../../base/layout.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import * as F from "../functional/index.ts";
import { Module } from "../module/module.ts";
import { Linear } from "./linear.ts";
import { loss } from "./loss_layer.ts";
import { floatText, pythonText } from "./layer.ts";

/** Counts under Poisson's distribution. As `torch.nn.PoissonNLLLoss`. */
export class PoissonNLLLoss extends loss(
  "PoissonNLLLoss(bool log_input=True, bool full=False, *, float eps=1e-08, str reduction='mean') -> Module",
) {
  override forward(log_input: Tensor, target: Tensor): Tensor {
    const { full, eps, reduction } = this;
    return F.poisson_nll_loss(log_input, target, this.log_input, full, { eps, reduction });
  }
}
/** Numbers under normal distributions of given variances. As `torch.nn.GaussianNLLLoss`. */
export class GaussianNLLLoss extends loss(
  "GaussianNLLLoss(*, bool full=False, float eps=1e-06, str reduction='mean') -> Module",
) {
  override forward(input: Tensor, target: Tensor, variance: Tensor | number): Tensor {
    return F.gaussian_nll_loss(input, target, variance, this.full, this.eps, this.reduction);
  }
}
/** Several labels a sample under sigmoid(input). As `torch.nn.MultiLabelSoftMarginLoss`. */
export class MultiLabelSoftMarginLoss extends loss(
  "MultiLabelSoftMarginLoss(Tensor? weight=None, *, str reduction='mean') -> Module",
) {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabel_soft_margin_loss(input, target, this.weight, { reduction: this.reduction });
  }
}
/** Label sequences over all their alignments in time. As `torch.nn.CTCLoss`. */
export class CTCLoss extends loss("CTCLoss(int blank=0, str reduction='mean', bool zero_infinity=False) -> Module") {
  override forward(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | readonly number[],
    target_lengths: Tensor | readonly number[],
  ): Tensor {
    const { blank, reduction, zero_infinity } = this;
    return F.ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity);
  }
}
const LINEAR =
  "LinearCrossEntropyLoss(int in_features, int num_classes, *, int[] out_features=[], bool bias=False, device? device=None, dtype? dtype=None, str reduction='mean', Tensor? weight=None, int? ignore_index=None, float label_smoothing=0.0, None options=None) -> Module";
/** Cross entropy of a linear layer of its own. As `torch.nn.LinearCrossEntropyLoss`, without its option of working in chunks. */
export class LinearCrossEntropyLoss extends Module {
  declare weight: Tensor | null;
  num_classes: number;
  out_features: readonly number[];
  reduction: string;
  ignore_index: number | null;
  label_smoothing: number;
  linear: Linear;
  constructor(...args: Arguments<typeof LINEAR>) {
    super();
    const a = bindArguments(LINEAR, args, new.target.name);
    const { weight, num_classes, label_smoothing, bias, device, dtype } = a;
    if (weight !== null && !sameShape(weight.sizes, [num_classes]))
      throw new RuntimeError(`expected weight shape to be (${num_classes},), got ${tupleText(weight.sizes)}`);
    if (label_smoothing < 0 || label_smoothing > 1)
      throw new RuntimeError(`expected label_smoothing to be in range [0, 1], got ${floatText(label_smoothing)}`);
    this.register_buffer("weight", weight);
    this.reduction = a.reduction;
    this.num_classes = num_classes;
    this.out_features = a.out_features;
    this.ignore_index = a.ignore_index;
    this.label_smoothing = label_smoothing;
    this.linear = new Linear(a.in_features, num_classes * numel(a.out_features), bias, { device, dtype });
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, reduction, ignore_index, label_smoothing, linear } = this;
    const outputs = [this.num_classes, ...this.out_features];
    return F.linear_cross_entropy(input, linear.weight.reshape([...outputs, linear.in_features]), target, {
      linear_bias: linear.bias?.reshape(outputs) ?? null,
      weight,
      reduction,
      ignore_index,
      label_smoothing,
    });
  }
  override extra_repr(): string {
    const { linear, num_classes, out_features, reduction, ignore_index, label_smoothing } = this;
    return `in_features=${linear.in_features}, num_classes=${num_classes}, out_features=${tupleText(out_features)}, bias=${pythonText(linear.bias !== null, "bool")}, reduction=${reduction}, ignore_index=${ignore_index ?? "None"}, label_smoothing=${floatText(label_smoothing)}, options=None`;
  }
}
