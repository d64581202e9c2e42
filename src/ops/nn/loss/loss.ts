// Losses.
import "../../../dispatch/size_average.ts";
import { judgeEnds } from "../../common/index_checks.ts";
import { isAny } from "../../common/looks.ts";
import { nodeNamed } from "../../../autograd/op_node.ts";
import { madeOfOps } from "../../../autograd/open_levels.ts";
import type { Dtype } from "../../../base/dtype.ts";
import { int64, opmath, uint8 } from "../../../base/dtype.ts";
import { help, IndexError, NotImplementedError, RuntimeError, ValueError, warn } from "../../../base/errors.ts";
import { list, sameShape } from "../../../base/layout.ts";
import type { Shape } from "../../../base/layout.ts";
import { composite, compute, inOpmath } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { logsigmoid } from "../activation/activation.ts";
import { _where } from "../../pointwise/arithmetic.ts";
import { nllGradient, nllLosses, totalWeight } from "./nll_kernels.ts";
import { assertReduction, reduced } from "./reduced_loss.ts";
import { floats, noComplex, noIntegers, notImplementedFor, of } from "../../../dispatch/takes.ts";
import { scatter } from "../../indexing/indexing.ts";
import { xlogy } from "../../pointwise/functions.ts";

/** Losses on pairs of equal shape broadcast others, which is seldom meant. */
function warnOfBroadcast(input: Tensor, target: Tensor): void {
  if (!sameShape(input.sizes, target.sizes))
    warn(
      `Using a target size (${String(target.shape)}) that is different to the input size (${String(input.shape)}). This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.`,
    );
}
function assertOneWeightEach(weight: Tensor, input: Tensor): void {
  if (!sameShape(weight.sizes, input.sizes)) throw new ValueError("Weights and input must have the same size.");
}
/** `losses`, one an element, weighted and then reduced. The losses do not agree on what the mean of weighted ones is. */
function weightedReduced(losses: Tensor, weight: Tensor, reduction: string, mean: (shares: Tensor) => Tensor): Tensor {
  const shares = losses.mul(weight);
  if (reduction === "none") return shares;
  if (reduction === "sum") return shares.sum();
  if (reduction === "mean") return mean(shares);
  throw new ValueError(`Invalid reduction mode: ${reduction}. Expected one of 'none', 'mean', 'sum'.`);
}
/** Mean of (input - target)², with `weight` the mean weighted by it. */
export const mse_loss = op(
  "mse_loss(Tensor input, Tensor target, *, str reduction='mean', Tensor? weight=None) -> Tensor",
);
define(mse_loss, {
  kernel: composite(({ input, target, reduction, weight }) => {
    warnOfBroadcast(input, target);
    if (weight === null) return _mse_loss(input, target, reduction);
    assertOneWeightEach(weight, input);
    return weightedReduced(input.sub(target).pow(2), weight, reduction, (shares) => shares.sum().div(weight.sum()));
  }),
});
/** {@link mse_loss} without weights. @internal */
export const _mse_loss = op("_mse_loss(Tensor input, Tensor target, str reduction='mean') -> Tensor");
define(_mse_loss, {
  takes: of("promoted", floats("mse_cpu")),
  node: "MseLossBackward0",
  kernel: compute(({ input, target, reduction }) => {
    const error = input.sub(target);
    return reduced(error.mul(error), reduction);
  }),
  saves: ["input", "target"],
  backward: {
    input: ({ grad, input, target, reduction }) => squareGrad(grad, input.sub(target), reduction),
    target: ({ grad, input, target, reduction }) => squareGrad(grad, target.sub(input), reduction),
  },
});
const squareGrad = (grad: Tensor, error: Tensor, reduction: string): Tensor =>
  error.mul(reduction === "mean" ? 2 / error.numel() : 2).mul(grad);
/** Mean of |input - target|, with `weight` the mean weighted by it. */
export const l1_loss = op(
  "l1_loss(Tensor input, Tensor target, *, str reduction='mean', Tensor? weight=None) -> Tensor",
);
define(l1_loss, {
  kernel: composite(({ input, target, reduction, weight }) => {
    warnOfBroadcast(input, target);
    if (weight === null) return reduced(input.sub(target).abs(), reduction);
    assertOneWeightEach(weight, input);
    return weightedReduced(input.sub(target).abs(), weight, reduction, (shares) => shares.sum().div(weight.sum()));
  }),
});
/** Squared below `beta`, linear above. */
export const smooth_l1_loss = op(
  "smooth_l1_loss(Tensor input, Tensor target, *, str reduction='mean', float beta=1.0) -> Tensor",
);
define(smooth_l1_loss, {
  takes: of("promoted", floats("smooth_l1_cpu")),
  kernel: compute(({ input, target, reduction, beta }) => {
    warnOfBroadcast(input, target);
    if (beta < 0) throw new RuntimeError("smooth_l1_loss does not support negative values for beta.");
    const error = input.sub(target).abs();
    if (beta === 0) return reduced(error, reduction);
    return reduced(_where(error.lt(beta), error.mul(error).mul(0.5 / beta), error.sub(0.5 * beta)), reduction);
  }),
  saves: ["input", "target"],
  backward: {
    input: ({ grad, input, target, reduction, beta }) => smoothGrad(grad, input.sub(target), reduction, beta, 1),
    target: ({ grad, input, target, reduction, beta }) => smoothGrad(grad, target.sub(input), reduction, beta, 1),
  },
});
/** Of a loss that is squared up to `until` and linear beyond it, there of the given slope. */
function smoothGrad(grad: Tensor, error: Tensor, reduction: string, until: number, slope: number): Tensor {
  const steep = error.sign().mul(slope);
  const slopes = until === 0 ? steep : _where(error.abs().ge(until), steep, error.mul(slope / until));
  return slopes.mul(shared(grad, error, reduction));
}
/** A loss's gradient as each of the elements gets it. */
const shared = (grad: Tensor, losses: Tensor, reduction: string): Tensor =>
  reduction === "mean" ? grad.div(losses.numel()) : grad;
/** Squared below `delta`, linear above, of slope delta; with `weight` each is multiplied by it before the reduction. */
export const huber_loss = op(
  "huber_loss(Tensor input, Tensor target, str reduction='mean', float delta=1.0, Tensor? weight=None) -> Tensor",
);
define(huber_loss, {
  kernel: composite(({ input, target, reduction, delta, weight }) => {
    warnOfBroadcast(input, target);
    if (weight === null) return _huber_loss(input, target, reduction, delta);
    assertOneWeightEach(weight, input);
    return weightedReduced(_huber_loss(input, target, "none", delta), weight, reduction, (shares) => shares.mean());
  }),
});
/** {@link huber_loss} without weights. @internal */
export const _huber_loss = op(
  "_huber_loss(Tensor input, Tensor target, str reduction='mean', float delta=1.0) -> Tensor",
);
define(_huber_loss, {
  takes: of("promoted", floats("huber_cpu")),
  node: "HuberLossBackward0",
  kernel: compute(({ input, target, reduction, delta }) => {
    if (delta <= 0) throw new RuntimeError("huber_loss does not support non-positive values for delta.");
    const error = input.sub(target).abs();
    return reduced(_where(error.le(delta), error.mul(error).mul(0.5), error.sub(0.5 * delta).mul(delta)), reduction);
  }),
  saves: ["input", "target"],
  backward: {
    input: ({ grad, input, target, reduction, delta }) => smoothGrad(grad, input.sub(target), reduction, delta, delta),
    target: ({ grad, input, target, reduction, delta }) => smoothGrad(grad, target.sub(input), reduction, delta, delta),
  },
});

const classDim = (input: Tensor): number => (input.sizes.length === 1 ? 0 : 1);
function checkClasses(input: Tensor, target: Tensor, weight: Tensor | null, ignore: number): void {
  checkSizes(input.sizes, target.sizes);
  if (target.dtype !== int64 && target.dtype !== uint8)
    throw new RuntimeError(
      `expected target dtype to be Long or Byte, but got ${target.dtype.legacyName}\nClass numbers are int64: target.long()${help({ TypeScript: ", or bigints in torch.tensor", Python: ", or whole numbers in torch.tensor" })}.`,
    );
  const classes = input.sizes[classDim(input)];
  if (weight !== null && (weight.sizes.length !== 1 || weight.sizes[0] !== classes))
    throw new RuntimeError(
      input.sizes.length > 2
        ? "weight tensor should be defined either for all or no classes"
        : `weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of shape: ${list(weight.sizes)}`,
    );
  if (weight !== null && weight.dtype !== input.dtype)
    throw new RuntimeError(`expected scalar type ${input.dtype.legacyName} but found ${weight.dtype.legacyName}`);
  if (target.numel() === 0) return;
  judgeEnds(target, ignore, (low, high) => {
    const wrong = low < 0 ? low : high >= classes ? high : null;
    if (wrong !== null) throw new IndexError(`Target ${wrong} is out of bounds.`);
  });
}
/** Scores [C] with one target, or [N, C, …] with targets [N, …]. */
function checkSizes(input: Shape, target: Shape): void {
  if (input.length === 0) throw new ValueError("Expected 1 or more dimensions (got 0)");
  if (input.length > 1 && target.length === 0) {
    if (input[0] === 0) throw new IndexError("Dimension specified as 0 but tensor has no dimensions");
    throw new ValueError(
      `Expected input batch_size (${input[0]}) to match target batch_size (0).\nThe target has no dims: target.unsqueeze(0) is a batch of one.`,
    );
  }
  if (input.length > 1 && input[0] !== target[0])
    throw new ValueError(`Expected input batch_size (${input[0]}) to match target batch_size (${target[0]}).`);
  if (input.length === 1 && target.length === 1 && target[0] !== 1)
    throw new ValueError(`For 1D input, 1D target must have size 1, but got target size: ${target[0]}`);
  if (input.length <= 2 && target.length > 1)
    throw new RuntimeError("0D or 1D target tensor expected, multi-target not supported");
  const expected = input.toSpliced(1, 1);
  if (input.length < 2 || sameShape(expected, target)) return;
  if (input.length !== 4) throw new RuntimeError(`Expected target size ${list(expected)}, got ${list(target)}`);
  throw new RuntimeError(
    target.length === 3
      ? `size mismatch (got input: ${list(input)} , target: ${list(target)}`
      : `only batches of spatial targets supported (3D tensors) but got targets of dimension: ${target.length}`,
  );
}
/** -weight[target] * input[target], where input holds log probabilities; the mean is weighted. */
export const nll_loss = op(
  "nll_loss(Tensor input, Tensor target, Tensor? weight=None, *, int ignore_index=-100, str reduction='mean') -> Tensor",
);
define(nll_loss, {
  kernel: inOpmath(
    compute(({ input, target, weight, ignore_index, reduction }) => {
      checkClasses(input, target, weight, ignore_index);
      assertReduction(reduction);
      if (!input.dtype.is_floating_point)
        throw new NotImplementedError(
          `"nll_loss${input.sizes.length > 2 ? "2d_forward" : ""}_out_frame" not implemented for '${input.dtype.legacyName}'`,
        );
      return nllLosses(input, target, weight, ignore_index, reduction, classDim(input));
    }),
  ),
  saves: ["target", "weight"],
  backward: {
    input: ({ grad, sizes, target, weight, ignore_index, reduction }) => {
      const c = sizes.input.length === 1 ? 0 : 1;
      if (!madeOfOps() && opmath(grad.dtype) === grad.dtype) {
        const total = reduction === "mean" ? totalWeight(target, weight, ignore_index, grad.dtype) : grad.new_ones([]);
        return nllGradient(grad, target, weight, total, ignore_index, sizes.input, c);
      }
      const { classes, weights } = weighted(target, weight, ignore_index, grad.dtype);
      const share = reduction === "mean" ? weights.div(weights.sum()) : weights;
      const values = grad.mul(share).neg().unsqueeze(c);
      return scatter(grad.new_zeros(sizes.input), c, classes.unsqueeze(c), values);
    },
  },
  flat: ["input"],
  node: ({ sizes }) => (sizes.target.length > 1 ? "NllLoss2DBackward0" : "NllLossBackward0"),
});
/** Class numbers that can be looked up, and the weight of each target: 0 where it is ignored. */
function weighted(
  target: Tensor,
  weight: Tensor | null,
  ignore: number,
  dtype: Dtype,
): { classes: Tensor; weights: Tensor } {
  const kept = target.ne(ignore);
  const classes = _where(kept, target, 0).to(int64);
  const weights = kept.to(dtype);
  if (weight === null) return { classes, weights };
  return {
    classes,
    weights: weight
      .index_select(0, classes.reshape([-1]))
      .view(target.sizes)
      .mul(weights),
  };
}
/**
 * The negative log likelihood of the targets under softmax(input). Targets are class numbers (int64), or probabilities of
 * input's shape.
 */
export const cross_entropy = op(
  "cross_entropy(Tensor input, Tensor target, Tensor? weight=None, *, int ignore_index=-100, str reduction='mean', float label_smoothing=0.0) -> Tensor",
);
define(cross_entropy, {
  kernel: composite(({ input, target, weight, ignore_index, reduction, label_smoothing }) => {
    if (!(label_smoothing >= 0 && label_smoothing <= 1))
      throw new RuntimeError(`label_smoothing must be between 0.0 and 1.0. Got: ${label_smoothing}`);
    const c = classDim(input);
    const n = input.sizes[c];
    const probabilities = sameShape(target.sizes, input.sizes);
    if (probabilities) checkProbabilities(target, n, weight, ignore_index);
    const logs = input.log_softmax(c);
    const weighed = (x: Tensor): Tensor =>
      weight === null ? x : x.mul(weight.view(input.sizes.map((_, d) => (d === c ? n : 1))));
    if (probabilities) {
      const goal = label_smoothing === 0 ? target : target.mul(1 - label_smoothing).add(label_smoothing / n);
      const losses = weighed(logs).mul(goal).sum([c]).neg();
      if (reduction !== "mean") return reduced(losses, reduction);
      return nodeNamed(losses.sum().div(n === 0 ? 0 : losses.numel()), "DivBackward1");
    }
    const nll = nll_loss(logs, target, weight, { ignore_index, reduction });
    if (label_smoothing === 0) return nll;
    const { weights } = weighted(target, weight, ignore_index, input.dtype);
    const smooth = weighed(logs).sum([c]).neg().mul(target.ne(ignore_index));
    const total = reduction === "mean" ? smooth.sum().div(weights.sum()) : reduced(smooth, reduction);
    return nll.mul(1 - label_smoothing).add(total.mul(label_smoothing / n));
  }),
});
function checkProbabilities(target: Tensor, classes: number, weight: Tensor | null, ignore: number): void {
  if (!target.dtype.is_floating_point)
    throw new RuntimeError(
      `Expected floating point type for target with class probabilities, got ${target.dtype.legacyName}\nA target of input's shape holds probabilities; class numbers have one dim less.`,
    );
  if (ignore >= 0) throw new RuntimeError("ignore_index is not supported for floating point target");
  if (weight !== null && (weight.sizes.length !== 1 || weight.sizes[0] !== classes))
    throw new RuntimeError(
      `cross_entropy: weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of shape: ${list(weight.sizes)}`,
    );
}
/** -(t log p + (1 - t) log(1 - p)), the logarithms kept above -100. */
export const binary_cross_entropy = op(
  "binary_cross_entropy(Tensor input, Tensor target, Tensor? weight=None, *, str reduction='mean') -> Tensor",
);
define(binary_cross_entropy, {
  kernel: compute(({ input, target, weight, reduction }) => {
    if (!sameShape(input.sizes, target.sizes))
      throw new ValueError(
        `Using a target size (${String(target.shape)}) that is different to the input size (${String(input.shape)}) is deprecated. Please ensure they have the same size.`,
      );
    if (target.dtype !== input.dtype)
      throw new RuntimeError(`Found dtype ${target.dtype.legacyName} but expected ${input.dtype.legacyName}`);
    if (!input.dtype.is_floating_point) throw notImplementedFor("binary_cross_entropy", input.dtype);
    if (input.numel() > 0 && !isShare(input.detach()))
      throw new RuntimeError("all elements of input should be between 0 and 1");
    if (target.numel() > 0 && !isShare(target.detach()))
      throw new RuntimeError("all elements of target should be between 0 and 1");
    // In the order of the input's memory, which goes before the target's.
    const losses = input.neg().log1p().clamp_min(-100).mul(target.sub(1)).sub(input.log().clamp_min(-100).mul(target));
    return reduced(scaledBy(losses, weight), reduction);
  }),
  saves: { input: ["input", "target", "weight"], target: ["input", "target", "weight"] },
  backward: {
    input: ({ grad, input, target, weight, reduction }) => {
      // As PyTorch: no steeper than this where the logarithms are cut off.
      const slopes = input.sub(target).div(input.rsub(1).mul(input).clamp_min(1e-12));
      return scaledBy(slopes, weight).mul(shared(grad, slopes, reduction));
    },
    target: ({ grad, input, weight, reduction }) => {
      const slopes = input.rsub(1).log().clamp_min(-100).sub(input.log().clamp_min(-100));
      return scaledBy(slopes, weight).mul(shared(grad, slopes, reduction));
    },
  },
});
const isShare = (x: Tensor): boolean => !isAny(x.ge(0).logical_and(x.le(1)).logical_not());
const scaledBy = (x: Tensor, weight: Tensor | null): Tensor => (weight === null ? x : x.mul(weight));
/** {@link binary_cross_entropy} of sigmoid(input), without overflow. */
export const binary_cross_entropy_with_logits = op(
  "binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight=None, *, str reduction='mean', Tensor? pos_weight=None) -> Tensor",
);
define(binary_cross_entropy_with_logits, {
  kernel: compute(({ input, target, weight, pos_weight, reduction }) => {
    if (!sameShape(input.sizes, target.sizes))
      throw new ValueError(
        `Target size (${String(target.shape)}) must be the same as input size (${String(input.shape)})`,
      );
    if (!target.dtype.is_differentiable)
      throw new RuntimeError(
        `result type ${input.dtype.legacyName} can't be cast to the desired output type ${target.dtype.legacyName}`,
      );
    const log = logsigmoid(input);
    const scaled = pos_weight === null ? log : log.mul(pos_weight.sub(1).mul(target).add(1));
    const losses = target.rsub(1).mul(input).sub(scaled);
    return reduced(scaledBy(losses, weight), reduction);
  }),
  saves: { input: ["input", "target", "weight", "pos_weight"], target: ["input", "target", "weight", "pos_weight"] },
  backward: {
    input: ({ grad, input, target, weight, pos_weight, reduction }) => {
      const t = pos_weight === null ? target : target.mul(pos_weight);
      const slopes = t.add(1).sub(target).mul(input.sigmoid()).sub(t);
      return scaledBy(slopes, weight).mul(shared(grad, slopes, reduction));
    },
    target: ({ grad, input, target, weight, pos_weight, reduction }) => {
      const slopes = pos_weight === null ? input.neg() : logsigmoid(input.neg()).sub(pos_weight.mul(logsigmoid(input)));
      return scaledBy(slopes.expand(target.sizes), weight).mul(shared(grad, slopes, reduction));
    },
  },
});
/** target * (log target - input), where input holds log probabilities. */
export const kl_div = op(
  "kl_div(Tensor input, Tensor target, *, str reduction='mean', bool log_target=False) -> Tensor",
);
define(kl_div, {
  takes: ["input", "target"].flatMap((name) =>
    of(name, [
      noIntegers("kl_div: Integral inputs not supported."),
      noComplex("kl_div: Complex inputs not supported.", RuntimeError),
    ]),
  ),
  kernel: composite(({ input, target, reduction, log_target }) => {
    const losses = log_target ? target.exp().mul(target.sub(input)) : xlogy(target, target).sub(target.mul(input));
    if (reduction === "mean")
      warn(
        "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides only by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the same as 'batchmean' in the next major release.",
      );
    if (reduction !== "batchmean") return reduced(losses, reduction);
    return input.sizes.length === 0 ? losses.sum() : losses.sum().div(input.sizes[0]);
  }),
});
