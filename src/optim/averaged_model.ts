// Averages of a model's weights over the course of training.
import { withGrad } from "../autograd/mode.ts";
import { int64 } from "../base/dtype.ts";
import { AssertionError, ValueError } from "../base/errors.ts";
import { deepcopy } from "../nn/module/deepcopy.ts";
import { BatchNorm } from "../nn/layers/batchnorm.ts";
import { Module } from "../nn/module/module.ts";
import { bindArguments, callable } from "../dispatch/callable.ts";
import type { ArgumentsAfter } from "../dispatch/callable.ts";
import { zeros } from "../ops/creation/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { optionText } from "./options.ts";

/** The next average, from the one so far of `count` models and one more model. */
export type AverageFunction = (averaged: Tensor, model: Tensor, count: number) => Tensor;
/** The same in place, for all parameters at once. */
export type MultiAverageFunction = (averaged: readonly Tensor[], model: readonly Tensor[], count: number) => void;

const signature =
  "AveragedModel(module model, device? device=None, callable? avg_fn=None, callable? multi_avg_fn=None, bool use_buffers=False) -> Module";
/**
 * A copy of a model whose parameters are the averages of those that `update_parameters` has seen, as
 * `torch.optim.swa_utils.AveragedModel`: the equal average, or what `avg_fn` or `multi_avg_fn` say, such as
 * `get_ema_avg_fn()`. Buffers are copied from the last model, or averaged, too, with `use_buffers`. Called, it is the
 * averaged model.
 *
 * Raises AssertionError if both functions are given. Source: Izmailov et al., "Averaging weights leads to wider optima
 * and better generalization", UAI 2018.
 * @example
 * const averaged = new optim.swa_utils.AveragedModel(model);
 * averaged.update_parameters(model); // after each epoch
 * optim.swa_utils.update_bn(loader, averaged); // at the end
 */
export class AveragedModel<M extends Module> extends Module {
  readonly module: M;
  /** How many models have been averaged. */
  declare n_averaged: Tensor;
  readonly avg_fn: AverageFunction | null;
  readonly multi_avg_fn: MultiAverageFunction | null;
  readonly use_buffers: boolean;

  constructor(model: M, ...given: ArgumentsAfter<"model", typeof signature>);
  constructor(...given: unknown[]) {
    const { model, device, avg_fn, multi_avg_fn, use_buffers } = bindArguments<typeof signature, { model: M }>(
      signature,
      given,
    );
    if (avg_fn !== null && multi_avg_fn !== null)
      throw new AssertionError("Only one of avg_fn and multi_avg_fn should be provided");
    super();
    this.module = deepcopy(model);
    if (device !== null) this.module.to(device);
    this.register_buffer("n_averaged", zeros([], { dtype: int64 }));
    this.avg_fn = avg_fn as AverageFunction | null;
    this.multi_avg_fn = multi_avg_fn as MultiAverageFunction | null;
    this.use_buffers = use_buffers;
  }
  override forward(...args: Parameters<M["forward"]>): ReturnType<M["forward"]> {
    return (this.module as unknown as (...args: unknown[]) => ReturnType<M["forward"]>)(...args);
  }

  /** Takes a model into the average; the first one is copied. */
  update_parameters(model: Module): void {
    const learnt = (m: Module): Tensor[] => [...m.parameters(), ...(this.use_buffers ? m.buffers() : [])];
    const [averaged, next] = [learnt(this.module), learnt(model)];
    const count = Number(this.n_averaged.item());
    withGrad(false, () => {
      if (count === 0) for (const [i, a] of averaged.entries()) a.copy_(next[i]);
      else if (this.multi_avg_fn !== null) this.multi_avg_fn(averaged, next, count);
      else {
        const average = this.avg_fn ?? get_swa_avg_fn();
        for (const [i, a] of averaged.entries()) a.copy_(average(a, next[i], count));
      }
      if (!this.use_buffers) {
        const buffers = [...model.buffers()];
        for (const [i, b] of [...this.module.buffers()].entries()) b.copy_(buffers[i]);
      }
      this.n_averaged.add_(1);
    });
  }
}

/** The average of all models alike. As `torch.optim.swa_utils.get_swa_avg_fn`. */
export const get_swa_avg_fn = callable(
  "get_swa_avg_fn() -> callable",
  (): AverageFunction => (averaged, model, count) => averaged.add(model.sub(averaged).div(count + 1)),
);
/** {@link get_swa_avg_fn} for all parameters at once. As `torch.optim.swa_utils.get_swa_multi_avg_fn`. */
export const get_swa_multi_avg_fn = callable("get_swa_multi_avg_fn() -> callable", (): MultiAverageFunction =>
  forAll(get_swa_avg_fn()),
);

/**
 * The exponential average: `decay` of the one so far. Raises ValueError for a decay outside [0, 1]. As
 * `torch.optim.swa_utils.get_ema_avg_fn`.
 */
export const get_ema_avg_fn = callable(
  "get_ema_avg_fn(float decay=0.999) -> callable",
  ({ decay }): AverageFunction => {
    if (!(decay >= 0 && decay <= 1))
      throw new ValueError(`Invalid decay value ${optionText(decay)} provided. Please provide a value in [0,1] range.`);
    return (averaged, model) => averaged.mul(decay).add(model, { alpha: 1 - decay });
  },
);
/** {@link get_ema_avg_fn} for all parameters at once. As `torch.optim.swa_utils.get_ema_multi_avg_fn`. */
export const get_ema_multi_avg_fn = callable(
  "get_ema_multi_avg_fn(float decay=0.999) -> callable",
  ({ decay }): MultiAverageFunction => forAll(get_ema_avg_fn(decay)),
);

const forAll =
  (average: AverageFunction): MultiAverageFunction =>
  (averaged, model, count) => {
    for (const [i, a] of averaged.entries()) a.copy_(average(a, model[i], count));
  };

const UPDATE_BN = "update_bn(iterable loader, module model, device? device=None) -> None";
/**
 * Means and variances of a model's batch norms anew, over all batches of a loader alike, as
 * `torch.optim.swa_utils.update_bn`: an averaged model needs it before it is used. Of batches that are lists the first
 * item goes to the model.
 */
export const update_bn = callable<{ loader: Iterable<Tensor | readonly [Tensor, ...unknown[]]>; model: Module }>()(
  UPDATE_BN,
  ({ loader, model, device }): void => {
    const norms = [...model.modules()].filter((m) => m instanceof BatchNorm);
    if (norms.length === 0) return;
    const momenta = norms.map((m) => m.momentum);
    const { training } = model;
    for (const m of norms) {
      m.reset_running_stats();
      m.momentum = null;
    }
    model.train();
    withGrad(false, () => {
      for (const batch of loader) {
        const x = Array.isArray(batch) ? (batch[0] as Tensor) : (batch as Tensor);
        (model as unknown as (x: Tensor) => unknown)(device === null ? x : x.to(device));
      }
    });
    for (const [i, m] of norms.entries()) m.momentum = momenta[i];
    model.train(training);
  },
);
