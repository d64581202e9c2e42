// Negative log likelihoods under one distribution or another.
import "../../../dispatch/size_average.ts";
import { isAny } from "../../common/looks.ts";
import { withGrad } from "../../../autograd/mode.ts";
import { RuntimeError, ValueError } from "../../../base/errors.ts";
import { numel, tupleText, sameShape } from "../../../base/layout.ts";
import { composite } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import { Tensor } from "../../../tensor/tensor.ts";
import { logsigmoid } from "../activation/activation.ts";
import { cross_entropy } from "./loss.ts";
import { linear } from "../../linalg/matmul.ts";
import { assertReduction, reduced } from "./reduced_loss.ts";
import { clamp_min_ } from "../../pointwise/arithmetic.ts";

/**
 * Of counts `target` under Poisson's distribution with rate exp(input), or input itself unless `log_input`; `full` adds
 * Stirling's approximation of log target!. As `torch.nn.functional.poisson_nll_loss`.
 */
export const poisson_nll_loss = op(
  "poisson_nll_loss(Tensor input, Tensor target, bool log_input=True, bool full=False, *, float eps=1e-08, str reduction='mean') -> Tensor",
);
define(poisson_nll_loss, {
  kernel: composite(({ input, target, log_input, full, eps, reduction }) => {
    assertReduction(reduction);
    const loss = log_input ? input.exp().sub(target.mul(input)) : input.sub(target.mul(input.add(eps).log()));
    if (!full) return reduced(loss, reduction);
    const log = target.log();
    const stirling = target
      .mul(log)
      .sub(target)
      .add(log.add(Math.log(2 * Math.PI)).mul(0.5));
    return reduced(loss.add(stirling.masked_fill(target.le(1), 0)), reduction);
  }),
});

/**
 * Of `target` under normal distributions of mean `input` and variance `var`, at least `eps`: of input's shape, of one for
 * the last dim, or one number. `full` adds the constant. As `torch.nn.functional.gaussian_nll_loss`. Nix and Weigend,
 * "Estimating the mean and variance of the target probability distribution" (1994).
 */
export const gaussian_nll_loss = op(
  "gaussian_nll_loss(Tensor input, Tensor target, Tensor|Scalar var, bool full=False, float eps=1e-06, str reduction='mean') -> Tensor",
);
define(gaussian_nll_loss, {
  kernel: composite(({ input, target, var: given, full, eps, reduction }) => {
    const variance = varianceFor(input, given instanceof Tensor ? given : input.new_full(input.sizes, given));
    if (reduction !== "none" && reduction !== "mean" && reduction !== "sum")
      throw new ValueError(`${reduction} is not valid`);
    // Bounded without a trace: below eps the derivative is that at eps.
    const bounded = variance.clone();
    withGrad(false, () => clamp_min_(bounded, eps));
    const error = input.sub(target);
    const loss = bounded.log().add(error.mul(error).div(bounded)).mul(0.5);
    return reduced(full ? loss.add(0.5 * Math.log(2 * Math.PI)) : loss, reduction);
  }),
});
function varianceFor(input: Tensor, variance: Tensor): Tensor {
  if (isAny(variance.lt(0))) throw new ValueError("var has negative entry/entries");
  if (sameShape(variance.sizes, input.sizes)) return variance;
  if (sameShape(variance.sizes, input.sizes.slice(0, -1))) return variance.unsqueeze(-1);
  const differing = variance.sizes.filter((n, d) => n !== input.sizes[d]);
  if (variance.sizes.length === input.sizes.length && differing.length === 1 && differing[0] === 1) return variance;
  throw new ValueError("var is of incorrect size");
}

/** Of labels 0 or 1 [N, C] under sigmoid(input), the mean over classes. As `torch.nn.functional.multilabel_soft_margin_loss`. */
export const multilabel_soft_margin_loss = op(
  "multilabel_soft_margin_loss(Tensor input, Tensor target, Tensor? weight=None, *, str reduction='mean') -> Tensor",
);
define(multilabel_soft_margin_loss, {
  kernel: composite(({ input, target, weight, reduction }) => {
    if (reduction !== "none" && reduction !== "mean" && reduction !== "sum")
      throw new ValueError(`${reduction} is not valid`);
    const likelihood = target.mul(logsigmoid(input)).add(target.rsub(1).mul(logsigmoid(input.neg())));
    const weighted = weight === null ? likelihood : likelihood.mul(weight);
    return reduced(weighted.sum([-1]).neg().div(input.size(-1)), reduction);
  }),
});

/**
 * {@link cross_entropy} of linear(input, linear_weight, linear_bias): input [N, D] or [D], weights [C, D] or [C, …, D] for
 * targets with further dims. As `torch.nn.functional.linear_cross_entropy`, without its option of working in chunks.
 */
export const linear_cross_entropy = op(
  "linear_cross_entropy(Tensor input, Tensor linear_weight, Tensor target, *, Tensor? linear_bias=None, Tensor? weight=None, str reduction='mean', int? ignore_index=None, float label_smoothing=0.0, None options=None) -> Tensor",
);
define(linear_cross_entropy, {
  kernel: composite((args) => {
    const { input, linear_weight, target, linear_bias, weight, reduction, ignore_index, label_smoothing } = args;
    const [dims, shape] = [input.sizes.length, linear_weight.sizes];
    if (dims < 1 || dims > 2) throw new RuntimeError(`expected input with dimensionality 1 or 2, got ${dims}`);
    if (shape.length < 2)
      throw new RuntimeError(`expected linear_weight with dimensionality at least 2, got ${shape.length}`);
    const features = shape[shape.length - 1];
    if (input.sizes[dims - 1] !== features)
      throw new RuntimeError(
        `expected equal input and linear_weight last dimensions (in_features), got ${input.sizes[dims - 1]} and ${features}, respectively`,
      );
    const outputs = shape.slice(0, -1);
    if (linear_bias !== null && !sameShape(linear_bias.sizes, outputs))
      throw new RuntimeError(`expected linear_bias shape ${tupleText(outputs)}, got ${tupleText(linear_bias.sizes)}`);
    if (outputs.length > 1 && dims === 1)
      throw new RuntimeError(
        `K-dimensional loss defined by linear_weight shape ${tupleText(shape)} requires batched input, (N, ${features}), got unbatched input with shape ${tupleText(input.sizes)}`,
      );
    const scores = [...input.sizes.slice(0, -1), ...outputs];
    if (ignore_index !== null && sameShape(target.sizes, scores))
      throw new RuntimeError("ignore_index cannot be specified when target contains probabilities");
    const flat = numel(outputs);
    const logits = linear(input, linear_weight.reshape([flat, features]), linear_bias?.reshape([flat]) ?? null);
    const options = { reduction, ignore_index: ignore_index ?? -100, label_smoothing };
    return cross_entropy(logits.reshape(scores), target, weight, options);
  }),
});
