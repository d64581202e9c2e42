// Dropout: noise that elements or channels are multiplied by in training.
import { RuntimeError, ValueError } from "../../base/errors.ts";
import { get_default_dtype } from "../../base/dtype.ts";
import { composite } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import { empty_like } from "../creation/creation.ts";
import { _bernoulli_fill_ } from "../random/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";

function assertArguments(input: Tensor, p: number): void {
  if (!(p >= 0 && p <= 1)) throw new ValueError(`dropout probability has to be between 0 and 1, but got ${p}`);
  if (!input.dtype.is_differentiable)
    throw new RuntimeError(`result type Float can't be cast to the desired output type ${input.dtype.legacyName}`);
}
/** 1 with probability 1 - p, else 0: for each element, or for each channel (the second dim) alone. */
function kept(input: Tensor, p: number, channels: boolean): Tensor {
  const x = input.detach();
  if (!channels) return _bernoulli_fill_(empty_like(x), 1 - p);
  if (x.sizes.length < 2) throw new RuntimeError("Feature dropout requires at least 2 dimensions in the input");
  return _bernoulli_fill_(x.new_empty(x.sizes.map((n, d) => (d < 2 ? n : 1))), 1 - p);
}
/** The usual kind: what is left is divided by 1 - p, which keeps the mean. */
function dropped(input: Tensor, p: number, training: boolean, channels: boolean): Tensor {
  assertArguments(input, p);
  if (!training || p === 0 || input.numel() === 0) return input;
  return input.mul(p === 1 ? input.new_zeros([]) : kept(input, p, channels).div_(1 - p));
}
/** Where selu goes far below 0: -scale * alpha. */
const ALPHA = 1.7580993408473766;
/** For selu: what is dropped becomes its limit, and a straight line keeps mean and variance. Klambauer et al. (2017). */
function droppedToLimit(input: Tensor, p: number, training: boolean, channels: boolean): Tensor {
  assertArguments(input, p);
  if (!training || p === 0 || input.numel() === 0) return input;
  if (p === 1) return input.mul(input.new_zeros([]));
  const a = 1 / Math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p));
  const noise = kept(input, p, channels);
  const shift = noise
    .add(-1)
    .mul_(ALPHA * a)
    .add_(ALPHA * a * p);
  return input.mul(noise.mul_(a)).add(shift);
}

/** Elements set to 0 with probability `p`, the others divided by 1 - p; in evaluation x itself. */
export const dropout = op("dropout(Tensor input, float p=0.5, bool training=True, bool inplace=False) -> Tensor");
define(dropout, {
  kernel: composite(({ input, p, training }) => dropped(input, p, training, false)),
});
/** {@link dropout} of whole channels (the second dim). */
export const feature_dropout = op("feature_dropout(Tensor input, float p=0.5, bool training=True) -> Tensor");
define(feature_dropout, { kernel: composite(({ input, p, training }) => dropped(input, p, training, true)) });
/**
 * Elements set to the limit of selu with probability `p`, then scaled and shifted to the mean and variance that they had;
 * in evaluation x itself. As `torch.nn.functional.alpha_dropout`.
 */
export const alpha_dropout = op(
  "alpha_dropout(Tensor input, float p=0.5, bool training=False, bool inplace=False) -> Tensor",
);
define(alpha_dropout, {
  kernel: composite(({ input, p, training }) => droppedToLimit(input, p, training, false)),
});
/** {@link alpha_dropout} of whole channels (the second dim). As `torch.nn.functional.feature_alpha_dropout`. */
export const feature_alpha_dropout = op(
  "feature_alpha_dropout(Tensor input, float p=0.5, bool training=False, bool inplace=False) -> Tensor",
);
define(feature_alpha_dropout, {
  kernel: composite(({ input, p, training }) => droppedToLimit(input, p, training, true)),
});
/** The gradient under {@link dropout}: where `mask` is true, grad times `scale`. */
export const native_dropout_backward = op(
  "native_dropout_backward(Tensor grad_output, Tensor mask, float scale) -> Tensor",
);
define(native_dropout_backward, {
  kernel: composite(({ grad_output, mask, scale }) => {
    const factor = mask.dtype.is_floating_point ? mask : mask.to(get_default_dtype());
    return grad_output.mul(factor.mul(scale));
  }),
});
