// Normalisations: what they subtract and divide by is a mean and a deviation over some dims.
import { assign } from "../../../tensor/elementwise.ts";
import { opmath } from "../../../base/dtype.ts";
import { notDifferentiableIn } from "../../../dispatch/no_formula.ts";
import { NotImplementedError, RuntimeError, ValueError } from "../../../base/errors.ts";
import { list, numel, sameShape } from "../../../base/layout.ts";
import type { Shape } from "../../../base/layout.ts";
import { composite, compute, inFormat, inOpmath } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import { levels } from "../../../dispatch/levels.ts";
import { modes, withGrad } from "../../../autograd/mode.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { inputGradient, normalized, weightGradient } from "./norm_passes.ts";

/**
 * (x - mean) / sqrt(var + eps) over `dim`, or with `centred` false x / sqrt(mean of squares + eps), scaled and shifted; with
 * the mean (or 0) and the reciprocal deviation, dims kept. Weight and bias broadcast, and differ over `dim` or not at all.
 * @internal
 */
export const _normalize = op(
  "_normalize(Tensor self, int[] dim, Tensor? weight, Tensor? bias, float eps, bool centred=True) -> (Tensor result, Tensor mean, Tensor rstd)",
);
define(_normalize, {
  kernel: inOpmath(
    compute(({ self, dim, weight, bias, eps, centred }) => normalized(self, dim, weight, bias, eps, centred)),
  ),
  saves: { self: ["self", "weight", "mean", "rstd"], weight: ["self", "mean", "rstd"] },
  // With g the gradient by weight and y the normalised x: (g - mean(g) - y * mean(g * y)) * rstd. For second order y and
  // rstd are computed from self, so that their own derivatives are there.
  backward: {
    self: ({ grad, grads, self, weight, mean, rstd, dim, eps, centred }) => {
      const [, ofMean, ofRstd] = grads;
      const fused = inputGradient(grad, self, mean, rstd, weight, dim, centred);
      if (fused !== null && ofMean === null && ofRstd === null) return fused;
      const wide = grad.to(opmath(self.dtype));
      const g = weight === null ? wide : wide.mul(weight);
      const { y, scale } = standardized(self, dim, eps, centred);
      const rest = centred ? g.sub(g.mean(dim, true)) : g;
      let sum = fused ?? rest.sub(y.mul(g.mul(y).mean(dim, true))).mul(scale);
      const count = self.numel() / scale.numel();
      if (ofMean !== null && centred) sum = sum.add(ofMean.div(count));
      if (ofRstd !== null) sum = sum.sub(ofRstd.mul(scale.pow(2)).mul(y).div(count));
      return sum;
    },
    weight: ({ grad, self, mean, rstd, sizes, dim, eps, centred }) =>
      weightGradient(grad, self, mean, rstd, sizes.weight) ?? grad.mul(standardized(self, dim, eps, centred).y),
    bias: ({ grad }) => grad,
  },
  node: "NativeLayerNormBackward0",
});
/** The normalised x and the reciprocal deviation, by differentiable ops: of 16-bit floats, whose squares overflow, in float32. */
function standardized(
  self: Tensor,
  dim: readonly number[],
  eps: number,
  centred: boolean,
): { y: Tensor; scale: Tensor } {
  const x = self.to(opmath(self.dtype));
  const from = centred ? x.sub(x.mean(dim, true)) : x;
  const scale = from.mul(from).mean(dim, true).add(eps).rsqrt();
  return { y: from.mul(scale), scale };
}

/** {@link layer_norm} with the mean and the reciprocal deviation of each normalised block, which have no derivative. */
export const native_layer_norm = op(
  "native_layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> (Tensor result, Tensor mean, Tensor rstd)",
);
define(native_layer_norm, {
  kernel: composite(({ input, normalized_shape, weight, bias, eps }) => {
    assertFloating(input, "LayerNormKernelImpl");
    const dims = lastDims(input, normalized_shape, { weight, bias });
    const { result, mean, rstd } = _normalize(input, dims, weight, bias, eps);
    return [result, mean.detach(), rstd.detach()];
  }),
});
/** Normalised over the last dims, which `normalized_shape` names, then scaled and shifted. */
export const layer_norm = op(
  "layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05) -> Tensor",
);
define(layer_norm, {
  kernel: composite(
    ({ input, normalized_shape, weight, bias, eps }) =>
      native_layer_norm(input, normalized_shape, weight, bias, eps).result,
  ),
});
function assertFloating(x: Tensor, name: string): void {
  if (!x.dtype.is_floating_point)
    throw new NotImplementedError(
      `"${name}" not implemented for '${x.dtype.legacyName}'\nx.float() makes one that is.`,
    );
}
function lastDims(input: Tensor, shape: Shape, affine: Record<string, Tensor | null>): number[] {
  const n = input.sizes.length - shape.length;
  if (shape.length === 0)
    throw new RuntimeError(
      `Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = ${list(shape)}`,
    );
  for (const [name, t] of Object.entries(affine))
    if (t !== null && !sameShape(t.sizes, shape))
      throw new RuntimeError(
        `Expected ${name} to be of same shape as normalized_shape, but got ${name} of shape ${list(t.sizes)} and normalized_shape = ${list(shape)}`,
      );
  if (n < 0 || shape.some((s, d) => input.sizes[n + d] !== s))
    throw new RuntimeError(
      `Given normalized_shape=${list(shape)}, expected input with shape [*, ${shape.join(", ")}], but got input of size${list(input.sizes)}`,
    );
  return shape.map((_, d) => n + d);
}
function affine(x: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor {
  const scaled = weight === null ? x : x.mul(weight);
  return bias === null ? scaled : scaled.add(bias);
}
/** x over its root mean square over the last dims, then scaled. */
export const rms_norm = op(
  "rms_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor",
);
define(rms_norm, {
  kernel: inFormat(
    composite(({ input, normalized_shape, weight, eps }) => {
      const dims = lastDims(input, normalized_shape, { weight });
      const epsilon = eps ?? (input.dtype.itemsize === 8 ? 2 ** -52 : 2 ** -23);
      if (input.dtype.is_complex)
        return affine(input.mul(input.mul(input).mean(dims, true).add(epsilon).rsqrt()), weight, null);
      assertFloating(input, "rms_norm");
      return _normalize(input, dims, weight, null, epsilon, false).result;
    }),
  ),
  lastNode: "MulBackward0",
});

/** Parameters [C] as they broadcast over the channels, the second dim, of `x`. */
const perChannel = (t: Tensor, x: Tensor): Tensor => t.view(x.sizes.map((n, d) => (d === 1 ? n : 1)));
const affinePerChannel = (y: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor =>
  affine(y, weight && perChannel(weight, y), bias && perChannel(bias, y));

/**
 * {@link batch_norm} with the mean and the reciprocal deviation of each channel that it took from the batch (in evaluation
 * of no elements), which have no derivative.
 */
export const native_batch_norm = op(
  "native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps) -> (Tensor result, Tensor mean, Tensor rstd)",
);
define(native_batch_norm, {
  kernel: inFormat(
    composite(({ input, weight, bias, running_mean, running_var, training, momentum, eps }) => {
      const channels = input.sizes[1];
      for (const [name, t] of Object.entries({ running_mean, running_var }))
        if (t?.requires_grad && modes().grad) throw notDifferentiableIn("native_batch_norm", name);
      for (const [name, t] of Object.entries({ running_mean, running_var, weight, bias }))
        if (t !== null && t.numel() !== channels)
          throw new RuntimeError(`${name} should contain ${channels} elements not ${t.numel()}`);
      assertFloating(input, "batch_norm");
      if (!training) {
        if (running_mean === null || running_var === null)
          throw new RuntimeError("Expected running_mean and running_var to be defined when training=False");
        const centred = input.sub(perChannel(running_mean, input));
        const y = centred.mul(perChannel(running_var.add(eps).rsqrt(), input));
        return [affinePerChannel(y, weight, bias), input.new_empty([0]), input.new_empty([0])];
      }
      const [scaledBy, shiftedBy] = [weight, bias].map((t) => t && perChannel(t, input));
      const { result, mean, rstd } = _normalize(input, allBut(1, input), scaledBy, shiftedBy, eps);
      const [ofBatch, scale] = [mean.detach().view([channels]), rstd.detach().view([channels])];
      const count = numel(input.sizes) / channels;
      // PyTorch's kernel writes over them without counting a version.
      const move = (running: Tensor, by: Tensor): void => {
        const moved = running.mul(1 - momentum).add(by, { alpha: momentum });
        if (levels.newest === null) assign(running, moved);
        else running.copy_(moved);
      };
      // A batch of nothing tells nothing.
      if (count > 0)
        withGrad(false, () => {
          if (running_mean !== null) move(running_mean, ofBatch);
          const variance = (): Tensor =>
            scale
              .pow(-2)
              .sub(eps)
              .mul(count / (count - 1));
          if (running_var !== null) move(running_var, variance());
        });
      return [result, ofBatch, scale];
    }),
  ),
  node: "NativeBatchNormBackward0",
});
const allBut = (dim: number, x: Tensor): number[] => x.sizes.flatMap((_, d) => (d === dim ? [] : [d]));
/**
 * Normalised per channel (the second dim): in training by the batch's own mean and variance, which then move the running
 * ones by `momentum`; in evaluation by the running ones.
 */
export const batch_norm = op(
  "batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight=None, Tensor? bias=None, bool training=False, float momentum=0.1, float eps=1e-05) -> Tensor",
);
define(batch_norm, {
  kernel: composite(({ input, running_mean, running_var, weight, bias, training, momentum, eps }) => {
    // PyTorch lets a batch of no samples pass without channels.
    if (input.sizes.length === 1 && input.sizes[0] === 0) return input.clone();
    if (input.sizes.length < 2)
      throw new ValueError(`batch_norm: expected at least 2D input (got ${input.sizes.length}D input)`);
    if (training && eps <= 0)
      throw new ValueError(
        `batch_norm eps must be positive during training, but got ${Number.isInteger(eps) ? `${eps}.0` : eps}`,
      );
    if (training && numel(input.sizes.toSpliced(1, 1)) === 1)
      throw new ValueError(
        `Expected more than 1 value per channel when training, got input size ${String(input.shape)}`,
      );
    return native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps).result;
  }),
  node: "NativeBatchNormBackward0",
});

/** {@link group_norm} with the mean and the reciprocal deviation of each group [N, group]. */
export const native_group_norm = op(
  "native_group_norm(Tensor input, Tensor? weight, Tensor? bias, int N, int C, int HxW, int group, float eps) -> (Tensor result, Tensor mean, Tensor rstd)",
);
define(native_group_norm, {
  kernel: inFormat(
    composite(({ input, weight, bias, N, C, HxW, group, eps }) => {
      if (group <= 0) throw new RuntimeError(`Expected num groups to be greater than 0, got ${group}`);
      if (C % group !== 0)
        throw new RuntimeError(
          `Expected number of channels in input to be divisible by num_groups, but got input of shape ${list(input.sizes)} and num_groups=${group}`,
        );
      for (const [name, t] of Object.entries({ weight, bias }))
        if (t !== null && (t.sizes.length !== 1 || t.numel() !== C))
          throw new RuntimeError(
            `Expected ${name} to be a vector of size equal to the number of channels in input, but got ${name} of shape ${list(t.sizes)} and input of shape ${list(input.sizes)}`,
          );
      assertFloating(input, "GroupNormKernelImpl");
      const grouped = input.reshape([N, group, C / group, HxW]);
      const [scaledBy, shiftedBy] = [weight, bias].map((t) => t && t.view([group, C / group, 1]));
      const { result, mean, rstd } = _normalize(grouped, [2, 3], scaledBy, shiftedBy, eps);
      return [result.view(input.sizes), mean.view([N, group]), rstd.view([N, group])];
    }),
  ),
  node: "NativeGroupNormBackward0",
});
/** Normalised over groups of channels of each sample. */
export const group_norm = op(
  "group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05) -> Tensor",
);
define(group_norm, {
  kernel: composite(({ input, num_groups, weight, bias, eps }) => {
    if (input.sizes.length < 2)
      throw new RuntimeError(`Expected at least 2 dimensions for input tensor but received ${input.sizes.length}`);
    const [batch, channels, ...rest] = input.sizes;
    if (Math.floor((batch * channels) / num_groups) * numel(rest) === 1)
      throw new ValueError(
        `Expected more than 1 value per channel when training, got input size ${list([1, num_groups, ...rest])}`,
      );
    return native_group_norm(input, weight, bias, batch, channels, numel(rest), num_groups, eps).result;
  }),
  node: "NativeGroupNormBackward0",
});
