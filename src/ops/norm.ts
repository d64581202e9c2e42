// Normalisations: what they subtract and divide by is a mean and a deviation over some dims.
import { RuntimeError, ValueError } from "../errors.ts";
import { list, numel } from "../layout.ts";
import { composite, compute, inOpmath } from "../op/kernels.ts";
import { define, op } from "../op/op.ts";
import { no_grad } from "../autograd/mode.ts";
import type { Tensor } from "../tensor.ts";

/** (x - mean) / sqrt(var + eps) over `dims`, with the mean and the reciprocal deviation, dims kept. */
export const _standardize = op(
  "_standardize(Tensor self, int[] dim, float eps) -> (Tensor result, Tensor mean, Tensor rstd)",
);
define(_standardize, {
  kernel: inOpmath(
    compute(({ self, dim, eps }) => {
      const mean = self.mean(dim, true);
      const centred = self.sub(mean);
      const rstd = centred.mul(centred).mean(dim, true).add(eps).rsqrt();
      return [centred.mul(rstd), mean, rstd];
    }),
  ),
  saves: ["self"],
  // With y the result: (g - mean(g) - y * mean(g * y)) * rstd. y and rstd are computed from self, so that their own
  // derivatives are there for second order.
  backward: {
    self: ({ grad, grads, self, dim, eps }) => {
      const centred = self.sub(self.mean(dim, true));
      const rstd = centred.mul(centred).mean(dim, true).add(eps).rsqrt();
      const y = centred.mul(rstd);
      const [, ofMean, ofRstd] = grads;
      let g = grad
        .sub(grad.mean(dim, true))
        .sub(y.mul(grad.mul(y).mean(dim, true)))
        .mul(rstd);
      const count = self.numel() / rstd.numel();
      if (ofMean !== null) g = g.add(ofMean.div(count));
      if (ofRstd !== null) g = g.sub(ofRstd.mul(rstd.pow(2)).mul(y).div(count));
      return g;
    },
  },
  node: "NativeLayerNormBackward0",
});

/** Normalised over the last dims, which `normalized_shape` names, then scaled and shifted. */
export const layer_norm = op(
  "layer_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05) -> Tensor",
);
define(layer_norm, {
  kernel: composite(({ input, normalized_shape, weight, bias, eps }) => {
    const dims = lastDims(input, normalized_shape, "layer_norm");
    return affine(input._standardize(dims, eps).result, weight, bias);
  }),
});
function lastDims(input: Tensor, shape: readonly number[], name: string): number[] {
  const n = input.sizes.length - shape.length;
  if (shape.length === 0)
    throw new RuntimeError(
      `Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = ${list(shape)}`,
    );
  if (n < 0 || shape.some((s, d) => input.sizes[n + d] !== s))
    throw new RuntimeError(
      `Given normalized_shape=${list(shape)}, expected input with shape [*, ${shape.join(", ")}], but got input of size${list(input.sizes)}\n${name} normalises over the last ${shape.length} dim(s).`,
    );
  return shape.map((_, d) => n + d);
}
function affine(x: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor {
  const scaled = weight === null ? x : x.mul(weight);
  return bias === null ? scaled : scaled.add(bias);
}
/** x over its root mean square over the last dims, then scaled. */
export const rms_norm = op(
  "rms_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor",
);
define(rms_norm, {
  kernel: composite(({ input, normalized_shape, weight, eps }) => {
    const dims = lastDims(input, normalized_shape, "rms_norm");
    const epsilon = eps ?? (input.dtype.itemsize === 8 ? 2 ** -52 : 2 ** -23);
    return affine(input.mul(input.mul(input).mean(dims, true).add(epsilon).rsqrt()), weight, null);
  }),
});

/**
 * Normalised per channel (the second dim): in training by the batch's own mean and variance, which then move the running
 * ones by `momentum`; in evaluation by the running ones.
 */
export const batch_norm = op(
  "batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight=None, Tensor? bias=None, bool training=False, float momentum=0.1, float eps=1e-05) -> Tensor",
);
define(batch_norm, {
  kernel: composite(({ input, running_mean, running_var, weight, bias, training, momentum, eps }) => {
    if (input.sizes.length < 2)
      throw new ValueError(`batch_norm: expected at least 2D input (got ${input.sizes.length}D input)`);
    const channels = input.sizes[1];
    for (const [name, t] of [
      ["running_mean", running_mean],
      ["running_var", running_var],
      ["weight", weight],
      ["bias", bias],
    ] as const)
      if (t !== null && t.numel() !== channels)
        throw new RuntimeError(`${name} should contain ${channels} elements not ${t.numel()}`);
    const perChannel = (t: Tensor): Tensor => t.view(input.sizes.map((_, d) => (d === 1 ? channels : 1)));
    const dims = input.sizes.flatMap((_, d) => (d === 1 ? [] : [d]));
    if (!training) {
      if (running_mean === null || running_var === null)
        throw new RuntimeError("Expected running_mean and running_var to be defined when training=False");
      const scale = running_var.add(eps).rsqrt();
      return affine(
        input.sub(perChannel(running_mean)).mul(perChannel(scale)),
        weight && perChannel(weight),
        bias && perChannel(bias),
      );
    }
    if (eps <= 0)
      throw new ValueError(
        `batch_norm eps must be positive during training, but got ${Number.isInteger(eps) ? `${eps}.0` : eps}`,
      );
    const count = numel(input.sizes) / channels;
    if (count === 1)
      throw new ValueError(
        `Expected more than 1 value per channel when training, got input size ${String(input.shape)}`,
      );
    const { result, mean, rstd } = input._standardize(dims, eps);
    no_grad(() => {
      running_mean?.mul_(1 - momentum).add_(mean.detach().view([channels]), { alpha: momentum });
      if (running_var === null) return;
      const variance = rstd
        .detach()
        .view([channels])
        .pow(-2)
        .sub(eps)
        .mul(count / (count - 1));
      running_var.mul_(1 - momentum).add_(variance, { alpha: momentum });
    });
    return affine(result, weight && perChannel(weight), bias && perChannel(bias));
  }),
});
/** Normalised over groups of channels of each sample. */
export const group_norm = op(
  "group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05) -> Tensor",
);
define(group_norm, {
  kernel: composite(({ input, num_groups, weight, bias, eps }) => {
    const [batch, channels] = input.sizes;
    if (channels % num_groups !== 0)
      throw new RuntimeError(
        `Expected number of channels in input to be divisible by num_groups, but got input of shape ${list(input.sizes)} and num_groups=${num_groups}`,
      );
    const grouped = input.reshape([batch, num_groups, -1])._standardize([2], eps).result.view(input.sizes);
    const perChannel = (t: Tensor | null): Tensor | null =>
      t?.view(input.sizes.map((_, d) => (d === 1 ? channels : 1))) ?? null;
    return affine(grouped, perChannel(weight), perChannel(bias));
  }),
});
