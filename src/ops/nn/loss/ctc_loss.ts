// Connectionist temporal classification: the likelihood of a sequence of labels over all its alignments in time.
// Graves et al., "Connectionist temporal classification" (2006), by whose numbers the formulas go.
import "../../../dispatch/size_average.ts";
import { NotImplementedError, RuntimeError } from "../../../base/errors.ts";
import { composite, compute } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import { Tensor } from "../../../tensor/tensor.ts";
import { doubles, fromTyped, tensor } from "../../creation/from_data.ts";
import { _where } from "../../pointwise/arithmetic.ts";
import { assertReduction } from "./reduced_loss.ts";

/**
 * -log of the probability that `log_probs` [T, N, C] (or [T, C]) give to the label sequences `targets` [N, S], or all of
 * them one after the other. `input_lengths` and `target_lengths` say how much of each counts; label `blank` stands for
 * "none". The mean divides each loss by its number of labels first; `zero_infinity` makes impossible ones 0. The gradient
 * is that of log_softmax and loss together, as PyTorch's is. As `torch.nn.functional.ctc_loss`.
 * @example F.ctc_loss(torch.randn(50, 2, 20).log_softmax(2), torch.tensor([[3n, 3n, 4n], [5n, 1n, 2n]]), [50, 40], [3, 2])
 */
export const ctc_loss = op(
  "ctc_loss(Tensor log_probs, Tensor targets, Tensor|int|int[] input_lengths, Tensor|int|int[] target_lengths, int blank=0, str reduction='mean', bool zero_infinity=False) -> Tensor",
);
define(ctc_loss, {
  kernel: composite(({ log_probs, targets, blank, reduction, zero_infinity, ...given }) => {
    assertReduction(reduction);
    const batched = log_probs.sizes.length !== 2;
    const probabilities = batched ? log_probs : log_probs.unsqueeze(1);
    const inputs = lengths(given.input_lengths, "input_lengths");
    const counts = lengths(given.target_lengths, "target_lengths");
    const labels = labelsOf(probabilities, targets, inputs, counts, blank);
    const { result } = _ctc_loss(probabilities, labels, inputs, counts, blank, zero_infinity);
    const losses = zero_infinity ? _where(result.eq(Infinity), 0, result) : result;
    if (reduction === "sum") return losses.sum();
    if (reduction === "none") return batched ? losses : losses.squeeze([0]);
    return losses
      .div(
        tensor(
          counts.map((n) => Math.max(n, 1)),
          { dtype: losses.dtype },
        ),
      )
      .mean();
  }),
});
function lengths(given: unknown, name: string): number[] {
  if (!(given instanceof Tensor)) return [...(typeof given === "number" ? [given] : (given as number[]))];
  if (given.dtype.is_floating_point || given.dtype.is_complex) throw new RuntimeError(`${name} must be integral`);
  return (given.reshape([-1]).tolist() as (number | bigint)[]).map(Number);
}
const WHERE = "(while checking arguments for ctc_loss_allocate_outputs)";
/** The labels that count, one sequence after the other. */
function labelsOf(x: Tensor, targets: Tensor, inputs: number[], counts: number[], blank: number): number[] {
  if (!x.dtype.is_floating_point)
    throw new NotImplementedError(`"ctc_loss_cpu" not implemented for '${x.dtype.legacyName}'`);
  if (x.sizes.length !== 3)
    throw new RuntimeError(
      `Expected 3-dimensional tensor, but got ${x.sizes.length}-dimensional tensor for argument #1 'log_probs' ${WHERE}`,
    );
  if (x.numel() === 0) throw new RuntimeError("log_probs tensor must not be empty");
  const [time, batch, classes] = x.sizes;
  const dims = targets.sizes.length;
  if (blank < 0 || blank >= classes) throw new RuntimeError("blank must be in label range");
  if (inputs.length !== batch) throw new RuntimeError("input_lengths must be of size batch_size");
  if (counts.length !== batch) throw new RuntimeError("target_lengths must be of size batch_size");
  if (dims !== 1 && dims !== 2)
    throw new RuntimeError(
      `Expected 1 to 2 dimensions, but got ${dims}-dimensional tensor for argument #2 'targets' ${WHERE}`,
    );
  for (const [name, values] of Object.entries({ input_lengths: inputs, target_lengths: counts })) {
    const low = values.find((n) => n < 0);
    if (low !== undefined)
      throw new RuntimeError(`Expected ${name} to have value at least 0, but got value ${low} ${WHERE}`);
  }
  const long = inputs.find((n) => n > time);
  if (long !== undefined)
    throw new RuntimeError(`Expected input_lengths to have value at most ${time}, but got value ${long} ${WHERE}`);
  const total = counts.reduce((a, b) => a + b, 0);
  const most = Math.max(...counts);
  if (dims === 1 && targets.sizes[0] !== total)
    throw new RuntimeError(
      `Expected tensor to have size ${total} at dimension 0, but got size ${targets.sizes[0]} for argument #2 'targets' ${WHERE}`,
    );
  if (dims === 2 && targets.sizes[1] < most)
    throw new RuntimeError(
      `Expected tensor to have size at least ${most} at dimension 1, but got size ${targets.sizes[1]} for argument #2 'targets' ${WHERE}`,
    );
  const flat = (targets.reshape([-1]).tolist() as (number | bigint)[]).map(Number);
  const rows = targets.sizes[0] === 1 && batch > 1 ? 0 : (targets.sizes[1] ?? 0);
  const labels = dims === 1 ? flat : counts.flatMap((n, b) => flat.slice(b * rows, b * rows + n));
  const wrong = labels.find((c) => c < 0 || c >= classes);
  if (wrong !== undefined) throw new RuntimeError(`Expected targets to be labels in [0, ${classes}), but got ${wrong}`);
  return labels;
}

/**
 * The losses, and log α of each time and place in the sequence with blanks between: [N, T, 2S + 1]. Host code: the sum
 * goes step by step through time, and a step is too small to be worth kernels.
 * @internal
 */
export const _ctc_loss = op(
  "_ctc_loss(Tensor log_probs, int[] targets, int[] input_lengths, int[] target_lengths, int blank, bool zero_infinity) -> (Tensor result, Tensor alphas)",
);
define(_ctc_loss, {
  kernel: compute(({ log_probs, targets, input_lengths, target_lengths, blank }) => {
    const batch = log_probs.sizes[1];
    const places = 2 * Math.max(...target_lengths) + 1;
    const alphas = new Float64Array(batch * log_probs.sizes[0] * places).fill(-Infinity);
    const losses = new Float64Array(batch);
    for (const s of sequences(log_probs, targets, input_lengths, target_lengths, blank)) {
      const alpha = alphas.subarray(s.b * s.time * places);
      if (s.length === 0) {
        losses[s.b] = s.places === 1 ? 0 : Infinity;
        continue;
      }
      alpha[0] = s.at(0, 0);
      if (s.places > 1) alpha[1] = s.at(0, 1);
      for (let t = 1; t < s.length; t++)
        for (let i = 0; i < s.places; i++) {
          const before = (t - 1) * places + i;
          const sum = logAdd(alpha[before], i > 0 ? alpha[before - 1] : -Infinity);
          alpha[t * places + i] = s.at(t, i) + (s.skips(i) ? logAdd(sum, alpha[before - 2]) : sum);
        }
      const end = (s.length - 1) * places + s.places - 1;
      losses[s.b] = -logAdd(alpha[end], s.places > 1 ? alpha[end - 1] : -Infinity);
    }
    const { dtype } = log_probs;
    return [fromTyped(losses, [batch], dtype), fromTyped(alphas, [batch, log_probs.sizes[0], places], dtype)];
  }),
  saves: ["log_probs", "result", "alphas"],
  backward: {
    log_probs: ({ grad, log_probs, result, alphas, targets, input_lengths, target_lengths, blank, zero_infinity }) =>
      _ctc_loss_backward(grad, log_probs, result, alphas, targets, input_lengths, target_lengths, blank, zero_infinity),
  },
  node: "CtcLossBackward0",
});
/** Equation 16: what softmax says less what the alignments say. @internal */
export const _ctc_loss_backward = op(
  "_ctc_loss_backward(Tensor grad_output, Tensor log_probs, Tensor losses, Tensor alphas, int[] targets, int[] input_lengths, int[] target_lengths, int blank, bool zero_infinity) -> Tensor",
);
define(_ctc_loss_backward, {
  kernel: compute(({ grad_output, log_probs, losses, alphas, targets, input_lengths, target_lengths, ...a }) => {
    const [time, batch, classes] = log_probs.sizes;
    const places = alphas.sizes[2];
    const [weights, nll, alpha, logs] = [grad_output, losses, alphas, log_probs].map(doubles);
    const grad = new Float64Array(time * batch * classes);
    const beta = new Float64Array(places);
    const byLabel = new Float64Array(classes);
    for (const s of sequences(log_probs, targets, input_lengths, target_lengths, a.blank)) {
      if (a.zero_infinity && nll[s.b] === Infinity) continue;
      for (let t = s.length - 1; t >= 0; t--) {
        byLabel.fill(-Infinity);
        // β of place i needs those of i, i + 1 and i + 2 a step later: rising i may overwrite.
        for (let i = 0; i < s.places; i++) {
          let sum = i >= s.places - 2 ? 0 : -Infinity;
          if (t < s.length - 1) {
            sum = logAdd(beta[i], i + 1 < s.places ? beta[i + 1] : -Infinity);
            if (i + 2 < s.places && s.skips(i + 2)) sum = logAdd(sum, beta[i + 2]);
          }
          beta[i] = sum + s.at(t, i);
          const label = s.label(i);
          byLabel[label] = logAdd(byLabel[label], alpha[(s.b * time + t) * places + i] + beta[i]);
        }
        for (let c = 0; c < classes; c++) {
          const at = (t * batch + s.b) * classes + c;
          grad[at] = (Math.exp(logs[at]) - Math.exp(byLabel[c] + nll[s.b] - logs[at])) * weights[s.b];
        }
      }
    }
    return fromTyped(grad, log_probs.sizes, log_probs.dtype);
  }),
  backward: {
    log_probs: () => {
      throw new RuntimeError("derivative for aten::_ctc_loss_backward is not implemented");
    },
  },
});
/** log(e^x + e^y) */
function logAdd(x: number, y: number): number {
  const high = x > y ? x : y;
  return high === -Infinity ? high : high + Math.log1p(Math.exp((x > y ? y : x) - high));
}

interface Sequence {
  readonly b: number;
  readonly time: number;
  /** How much of the time counts. */
  readonly length: number;
  /** Labels with a blank before, between and after. */
  readonly places: number;
  label(i: number): number;
  /** The log probability at time t of the label at place i. */
  at(t: number, i: number): number;
  /** Whether place i may follow place i - 2: two different labels. */
  skips(i: number): boolean;
}
function* sequences(
  log_probs: Tensor,
  targets: readonly number[],
  inputs: readonly number[],
  counts: readonly number[],
  blank: number,
): Generator<Sequence> {
  const [time, batch, classes] = log_probs.sizes;
  const logs = doubles(log_probs);
  let first = 0;
  for (let b = 0; b < batch; b++) {
    const labels = targets.slice(first, (first += counts[b]));
    const label = (i: number): number => (i % 2 === 1 ? labels[i >> 1] : blank);
    yield {
      b,
      time,
      length: inputs[b],
      places: 2 * counts[b] + 1,
      label,
      at: (t, i) => logs[(t * batch + b) * classes + label(i)],
      skips: (i) => i % 2 === 1 && i > 1 && labels[i >> 1] !== labels[(i >> 1) - 1],
    };
  }
}
