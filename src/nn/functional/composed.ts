// Functions of torch.nn.functional that are made of others.
import { withGrad } from "../../autograd/mode.ts";
import { nodeNamed } from "../../autograd/op_node.ts";
import { int64 } from "../../base/dtype.ts";
import { NotImplementedError, RuntimeError, ValueError, warn } from "../../base/errors.ts";
import { list } from "../../base/layout.ts";
import { inFloat32 } from "../../dispatch/autocast.ts";
import { bindArguments, callable } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Values } from "../../dispatch/signature.ts";
import { relu as reluOp, relu_ } from "../../ops/nn/activation/activation.ts";
import { feature_dropout } from "../../ops/nn/dropout.ts";
import { native_batch_norm } from "../../ops/nn/normalization/norm.ts";
import { _adaptive_max_pool, noWindows } from "../../ops/nn/pooling/adaptive_max.ts";
import * as pool from "../../ops/nn/pooling/pool.ts";
import * as ops from "../../ops/nn/activation/softmax.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { exponential_ } from "../../ops/random/random.ts";
import { scatter } from "../../ops/indexing/indexing.ts";

/** x where it is positive, else 0; `inplace` writes into x. As `torch.nn.functional.relu`. */
export function relu(input: Tensor, inplace?: boolean | { inplace?: boolean }): Tensor;
export function relu(...given: unknown[]): Tensor {
  // As nearly all calls are.
  if (given.length === 1 && given[0] instanceof Tensor) return reluOp(given[0]);
  const { input, inplace } = bindArguments("relu(Tensor input, bool inplace=False) -> Tensor", given);
  return inplace ? relu_(input) : reluOp(input);
}

// ---- softmax, of a dim that may be left out

/** The dim, or the one that PyTorch takes, with a warning, where none is given. */
function dimOr(dim: number | null, input: Tensor, name: string): number {
  if (dim !== null) return dim;
  warn(`Implicit dimension choice for ${name} has been deprecated. Change the call to include dim=X as an argument.`);
  return [0, 1, 3].includes(input.sizes.length) ? 0 : 1;
}
/** exp(x) over its sum along `dim`: positive numbers that add up to 1. As `torch.nn.functional.softmax`. */
export const softmax = callable(
  "softmax(Tensor input, int? dim=None, *, int _stacklevel=3, dtype? dtype=None) -> Tensor",
  ({ input, dim, dtype }) => ops.softmax(input, dimOr(dim, input, "softmax"), { dtype }),
);
/** The logarithm of {@link softmax}, without the loss of digits of doing it in two steps. */
export const log_softmax = callable(
  "log_softmax(Tensor input, int? dim=None, *, int _stacklevel=3, dtype? dtype=None) -> Tensor",
  ({ input, dim, dtype }) => ops.log_softmax(input, dimOr(dim, input, "log_softmax"), { dtype }),
);
/** {@link softmax} of -x. */
export const softmin = callable(
  "softmin(Tensor input, int? dim=None, *, int _stacklevel=3, dtype? dtype=None) -> Tensor",
  ({ input, dim, dtype }) => ops.softmax(input.neg(), dimOr(dim, input, "softmin"), { dtype }),
);

// ---- dropout of channels

function dropChannels(input: Tensor, batched: boolean, p: number, training: boolean, inplace: boolean): Tensor {
  const dropped = batched
    ? feature_dropout(input, p, training)
    : feature_dropout(input.unsqueeze(0), p, training).squeeze([0]);
  return inplace ? input.copy_(dropped) : dropped;
}
/** Whole channels of [N, C, L] or [C, L] set to 0 with probability `p`. As `torch.nn.functional.dropout1d`. */
export const dropout1d = callable(
  "dropout1d(Tensor input, float p=0.5, bool training=True, bool inplace=False) -> Tensor",
  ({ input, p, training, inplace }) => {
    const dims = input.sizes.length;
    if (dims !== 2 && dims !== 3)
      throw new RuntimeError(
        `dropout1d: Expected 2D or 3D input, but received a ${dims}D input. Note that dropout1d exists to provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension (i.e. 2D or 3D inputs).`,
      );
    return dropChannels(input, dims === 3, p, training, inplace);
  },
);
/** Whole channels of [N, C, H, W] set to 0 with probability `p`. As `torch.nn.functional.dropout2d`. */
export const dropout2d = callable(
  "dropout2d(Tensor input, float p=0.5, bool training=True, bool inplace=False) -> Tensor",
  ({ input, p, training, inplace }) => {
    const dims = input.sizes.length;
    if (dims !== 3 && dims !== 4) warn(unusualInput("dropout2d", dims, "2", "3D or 4D"));
    if (dims === 3)
      warn(
        "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise dropout behavior, please switch to using dropout1d instead.",
      );
    return dropChannels(input, true, p, training, inplace);
  },
);
/** Whole channels of [N, C, D, H, W] or [C, D, H, W] set to 0 with probability `p`. As `torch.nn.functional.dropout3d`. */
export const dropout3d = callable(
  "dropout3d(Tensor input, float p=0.5, bool training=True, bool inplace=False) -> Tensor",
  ({ input, p, training, inplace }) => {
    const dims = input.sizes.length;
    if (dims !== 4 && dims !== 5) warn(unusualInput("dropout3d", dims, "3", "4D or 5D"));
    return dropChannels(input, dims === 5, p, training, inplace);
  },
);
const unusualInput = (name: string, dims: number, spatial: string, usual: string): string =>
  `${name}: Received a ${dims}-D input to ${name}, which is deprecated and will result in an error in a future release. To retain the behavior and silence this warning, please use dropout instead. Note that ${name} exists to provide channel-wise dropout on inputs with ${spatial} spatial dimensions, a channel dimension, and an optional batch dimension (i.e. ${usual} inputs).`;

// ---- pools

const MAX_POOL =
  "max_pool(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=0, int[] dilation=1, bool ceil_mode=False, bool return_indices=False) -> Tensor";
type WithIndices<S extends string> = Partial<Values<S>> & { return_indices: true };
interface Pool<S extends string> {
  (input: Tensor, size: number | readonly number[], options: WithIndices<S>): [Tensor, Tensor];
  (...args: Arguments<S>): Tensor;
}
/** One function of the two ops: PyTorch's takes `return_indices`. */
const maxPool = (name: string, plain: unknown, both: unknown): Pool<typeof MAX_POOL> =>
  ((...given: unknown[]) => {
    const { return_indices, ...args } = bindArguments(MAX_POOL, given, name);
    return ((return_indices ? both : plain) as (args: object) => unknown)(args);
  }) as Pool<typeof MAX_POOL>;
/** The largest element under each window; with `return_indices` also its place. As `torch.nn.functional.max_pool1d`. */
export const max_pool1d = maxPool("max_pool1d", pool.max_pool1d, pool.max_pool1d_with_indices);
/** The largest element under each window; with `return_indices` also its place. As `torch.nn.functional.max_pool2d`. */
export const max_pool2d = maxPool("max_pool2d", pool.max_pool2d, pool.max_pool2d_with_indices);
/** The largest element under each window; with `return_indices` also its place. As `torch.nn.functional.max_pool3d`. */
export const max_pool3d = maxPool("max_pool3d", pool.max_pool3d, pool.max_pool3d_with_indices);

/** One size a dim; null leaves a dim as it is. */
function sizesFor(input: Tensor, dims: number, output_size: readonly (number | null)[], name: string): number[] {
  const n = input.sizes.length;
  // A list of sizes is looked at before the input.
  if (dims > 1 && output_size.length > 1 && n <= output_size.length)
    throw new ValueError(`Input dimension should be at least ${output_size.length + 1}`);
  if (dims === 1 && output_size.length !== 1)
    throw new RuntimeError(`${name}() argument 'output_size' should contain one int (got ${output_size.length})`);
  pool.assertAdaptable(name, dims, input);
  const all = output_size.length === 1 ? new Array<number | null>(dims).fill(output_size[0]) : output_size;
  const means = name.includes("avg");
  if (all.length !== dims)
    throw new RuntimeError(
      means ? `${name}: output_size must be ${dims}` : `${name}(): internal error: output_size.size() must be ${dims}`,
    );
  const sizes = all.map((size, d) => size ?? input.sizes[n - dims + d]);
  const negative = sizes.find((size) => size < 0);
  if (negative !== undefined && !means)
    throw new RuntimeError(
      `Trying to create tensor with negative dimension ${negative}: ${list([...input.sizes.slice(0, n - dims), ...(dims === 1 ? [1] : []), ...sizes])}`,
    );
  return sizes;
}
/** Means over windows such that the last two dims become `output_size`. As `torch.nn.functional.adaptive_avg_pool2d`. */
export const adaptive_avg_pool2d = callable(
  "adaptive_avg_pool2d(Tensor input, int?[] output_size) -> Tensor",
  ({ input, output_size }) => pool.adaptive_avg_pool2d(input, sizesFor(input, 2, output_size, "adaptive_avg_pool2d")),
);
/** Means over windows such that the last three dims become `output_size`. As `torch.nn.functional.adaptive_avg_pool3d`. */
export const adaptive_avg_pool3d = callable(
  "adaptive_avg_pool3d(Tensor input, int?[] output_size) -> Tensor",
  ({ input, output_size }) => pool.adaptive_avg_pool3d(input, sizesFor(input, 3, output_size, "adaptive_avg_pool3d")),
);

const ADAPTIVE_MAX = "adaptive_max_pool(Tensor input, int?[] output_size, bool return_indices=False) -> Tensor";
const adaptiveMax = (name: string, dims: number): Pool<typeof ADAPTIVE_MAX> =>
  ((...given: unknown[]) => {
    const bound = bindArguments(ADAPTIVE_MAX, given, name);
    const { output_size, return_indices } = bound;
    // Those for fewer dims are on no list of autocast.
    const input = dims === 3 ? inFloat32(bound.input) : bound.input;
    if (!input.dtype.is_floating_point)
      throw new NotImplementedError(
        `"adaptive_max_pool${dims === 3 ? "3d_cpu" : "2d"}" not implemented for '${input.dtype.legacyName}'`,
      );
    const size = sizesFor(input, dims, output_size, name);
    pool.assertFilled(name, input, 1);
    if (dims === 1) {
      const [values, indices] = adaptive_max_pool2d(input.unsqueeze(-2), [1, ...size], { return_indices: true });
      return return_indices ? [values.squeeze(-2), indices.squeeze(-2)] : values.squeeze(-2);
    }
    if (size.includes(0)) {
      const none = noWindows(input, size, name);
      return return_indices ? [none, none.to(int64)] : none;
    }
    const { values, indices } = _adaptive_max_pool(input, size);
    return return_indices ? [values, indices] : values;
  }) as Pool<typeof ADAPTIVE_MAX>;
/** Maxima over windows such that the last dim becomes `output_size`. As `torch.nn.functional.adaptive_max_pool1d`. */
export const adaptive_max_pool1d = adaptiveMax("adaptive_max_pool1d", 1);
/** Maxima over windows such that the last two dims become `output_size`. As `torch.nn.functional.adaptive_max_pool2d`. */
export const adaptive_max_pool2d = adaptiveMax("adaptive_max_pool2d", 2);
/** Maxima over windows such that the last three dims become `output_size`. As `torch.nn.functional.adaptive_max_pool3d`. */
export const adaptive_max_pool3d = adaptiveMax("adaptive_max_pool3d", 3);

// ---- others

/**
 * Softmax of (logits + noise) / tau, the noise Gumbel's: nearly one-hot draws with softmax's chances, which can be
 * differentiated. `hard` gives exact one-hots with the gradient of the soft ones. As `torch.nn.functional.gumbel_softmax`.
 * Jang, Gu and Poole, "Categorical reparameterization with Gumbel-softmax" (2017).
 */
export const gumbel_softmax = callable(
  "gumbel_softmax(Tensor logits, float tau=1, bool hard=False, float eps=1e-10, int dim=-1) -> Tensor",
  ({ logits, tau, hard, eps, dim }) => {
    if (eps !== 1e-10) warn("`eps` parameter is deprecated and has no effect.");
    const gumbels = withGrad(false, () => exponential_(logits.new_empty(logits.sizes)).log_().neg_());
    const soft = logits.add(gumbels).div(tau).softmax(dim);
    if (!hard) return soft;
    const one = scatter(logits.new_zeros(logits.sizes), dim, soft.argmax(dim, true), 1);
    return one.sub(soft.detach()).add(soft);
  },
);

/** x1ᵀ · weight[k] · x2 + bias[k] for each output k. As `torch.nn.functional.bilinear`. */
export const bilinear = callable(
  "bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor",
  ({ input1, input2, weight, bias }) => {
    const [outputs, in1, in2] = weight.sizes;
    const lead = input1.sizes.slice(0, -1);
    const [a, b] = [input1.sizes, input2.sizes];
    if (a.length !== b.length)
      throw new RuntimeError(`bilinear(): input dimensions do not match: got ${a.length} and ${b.length}`);
    const apart = lead.findIndex((n, d) => n !== b[d]);
    if (apart >= 0)
      throw new RuntimeError(
        `bilinear(): input batch dimensions do not match at dim ${apart}: got ${a[apart]} and ${b[apart]}`,
      );
    for (const [name, x, size] of [
      ["input1", input1, in1],
      ["input2", input2, in2],
    ] as const)
      if (x.sizes.at(-1) !== size)
        throw new RuntimeError(
          `bilinear(): ${name} size does not match weight size: got ${x.sizes.at(-1)} but expected ${size}`,
        );
    if (bias !== null && bias.sizes[0] !== outputs)
      throw new RuntimeError(
        `bilinear(): bias size does not match weight size: got ${bias.sizes[0]} but expected ${outputs}`,
      );
    const left = input1.matmul(weight.permute([1, 0, 2]).reshape([in1, outputs * in2]));
    const y = left
      .reshape([...lead, outputs, in2])
      .mul(input2.unsqueeze(-2))
      .sum(-1, left.dtype.is_differentiable ? {} : { dtype: left.dtype });
    return bias === null ? nodeNamed(y, "ViewBackward0") : y.add(bias);
  },
);
/**
 * Each channel of each sample of [N, C, …] normalised by its own mean and variance. Running ones, if given, move towards
 * the batch's mean of them by `momentum`, or are used if `use_input_stats` is false.
 * As `torch.nn.functional.instance_norm`.
 */
export const instance_norm = callable(
  "instance_norm(Tensor input, Tensor? running_mean=None, Tensor? running_var=None, Tensor? weight=None, Tensor? bias=None, bool use_input_stats=True, float momentum=0.1, float eps=1e-05) -> Tensor",
  ({ input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps }) => {
    const [n, channels, ...spatial] = input.sizes;
    if (use_input_stats && spatial.reduce((a, b) => a * b, 1) === 1)
      throw new ValueError(`Expected more than 1 spatial element when training, got input size ${String(input.shape)}`);
    if (n === 0) return input.clone();
    const repeated = (t: Tensor | null): Tensor | null => t && t.repeat([n]);
    const mean = withGrad(false, () => repeated(running_mean));
    const variance = withGrad(false, () => repeated(running_var));
    const apart = input.reshape([1, n * channels, ...spatial]);
    const [scale, shift] = [repeated(weight), repeated(bias)];
    const y = native_batch_norm(apart, scale, shift, mean, variance, use_input_stats, momentum, eps).result;
    if (use_input_stats)
      withGrad(false, () => {
        if (mean !== null) running_mean?.copy_(mean.view([n, channels]).mean([0]));
        if (variance !== null) running_var?.copy_(variance.view([n, channels]).mean([0]));
      });
    return y.reshape(input.sizes);
  },
);
