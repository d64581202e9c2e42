import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { NotImplementedError, RuntimeError, ValueError, warn } from "../../base/errors.ts";
import { missingArguments } from "../../dispatch/refusals.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { bindScheduler } from "../arguments.ts";
import type { SchedulerArgs } from "../arguments.ts";
import { EPOCH_DEPRECATION_WARNING, LRScheduler, requireOptimizer } from "./scheduler.ts";

// Whoever takes it for any scheduler may leave the metrics out, to be told.
const STEP = "ReduceLROnPlateau.step(object metrics=None, float? epoch=None) -> None";

const signature =
  "ReduceLROnPlateau(object optimizer, str mode='min', float factor=0.1, float patience=10, float threshold=0.0001, str threshold_mode='rel', float cooldown=0, float|float[] min_lr=0, float eps=1e-08) -> LRScheduler";

/**
 * The rate times `factor` when a metric has not become better for more than `patience` epochs, as
 * `torch.optim.lr_scheduler.ReduceLROnPlateau`. Better is lower in `mode` "min", higher in "max", by more than
 * `threshold`: a part of the best value so far ("rel") or an amount ("abs"). For `cooldown` epochs after a change bad
 * ones do not count; changes by `eps` or less are left out.
 *
 * Raises ValueError for a factor of 1 or more, unknown modes and a list of another length than the groups.
 * @example
 * const scheduler = new optim.lr_scheduler.ReduceLROnPlateau(optimizer, { factor: 0.5, patience: 5 });
 * scheduler.step(validationLoss);
 */
export class ReduceLROnPlateau extends LRScheduler {
  declare factor: number;
  /** The lowest rate for all groups; null if each has its own. */
  declare default_min_lr: number | null;
  declare min_lrs: number[];
  declare patience: number;
  declare cooldown: number;
  declare eps: number;
  declare readonly mode: string;
  declare threshold: number;
  declare readonly threshold_mode: string;
  /** The best value so far. */
  declare best: number;
  declare cooldown_counter: number;
  declare num_bad_epochs: number;

  constructor(...given: SchedulerArgs<typeof signature>) {
    const { optimizer, min_lr, ...options } = bindScheduler(signature, given);
    if (options.factor >= 1) throw new ValueError("Factor should be < 1.0.");
    const count = requireOptimizer(optimizer).param_groups.length;
    const min_lrs = typeof min_lr === "number" ? new Array<number>(count).fill(min_lr) : [...min_lr];
    if (min_lrs.length !== count) throw new ValueError(`expected ${count} min_lrs, got ${min_lrs.length}`);
    const { mode, threshold_mode } = options;
    if (mode !== "min" && mode !== "max") throw new ValueError(`mode ${mode} is unknown!`);
    if (threshold_mode !== "rel" && threshold_mode !== "abs")
      throw new ValueError(`threshold mode ${threshold_mode} is unknown!`);
    const worst = mode === "min" ? Infinity : -Infinity;
    super(optimizer, 0, {
      ...options,
      default_min_lr: typeof min_lr === "number" ? min_lr : null,
      min_lrs,
      mode_worse: worst,
      best: worst,
      cooldown_counter: 0,
      num_bad_epochs: 0,
    });
  }
  protected override begin(last_epoch: number): void {
    this.last_epoch = last_epoch;
    this._last_lr = this.current();
  }

  /** To be called once an epoch with the metric, a number or a tensor of one element. */
  override step(...args: Arguments<typeof STEP, { metrics: number | Tensor | null }>): void {
    const { metrics, epoch } = bindArguments<typeof STEP, { metrics: number | Tensor | null }>(STEP, args);
    if (metrics === null) throw missingArguments("ReduceLROnPlateau.step", ["metrics"]);
    const now = typeof metrics === "number" ? metrics : Number(metrics.item());
    if (epoch !== null) warn(EPOCH_DEPRECATION_WARNING);
    this.last_epoch = epoch ?? this.last_epoch + 1;
    if (this._is_better(now, this.best)) {
      this.best = now;
      this.num_bad_epochs = 0;
    } else this.num_bad_epochs++;
    if (this.in_cooldown) {
      this.cooldown_counter--;
      this.num_bad_epochs = 0;
    }
    if (this.num_bad_epochs > this.patience) {
      this.reduce();
      this.cooldown_counter = this.cooldown;
      this.num_bad_epochs = 0;
    }
    this._last_lr = this.current();
  }
  private reduce(): void {
    const groups = this.optimizer.param_groups;
    if (groups.length !== this.min_lrs.length) {
      if (this.default_min_lr === null)
        throw new RuntimeError(
          `The number of param groups in the \`optimizer\` (${groups.length}) differs from when \`ReduceLROnPlateau\` was initialized (${this.min_lrs.length}), usually due to a new param group being added to the optimizer. Please modify the \`min_lrs\` field to match the length of the \`optimizer\` param groups.`,
        );
      this.min_lrs = groups.map(() => this.default_min_lr!);
    }
    for (const [i, group] of groups.entries()) {
      const lr = Math.max(group.lr * this.factor, this.min_lrs[i]);
      if (group.lr - lr > this.eps) group.lr = lr;
    }
  }

  /** Whether epochs do not count at present. */
  get in_cooldown(): boolean {
    return this.cooldown_counter > 0;
  }
  protected _is_better(value: number, best: number): boolean {
    const sign = this.mode === "min" ? -1 : 1;
    const margin = this.threshold_mode === "rel" ? best * (1 + sign * this.threshold) : best + sign * this.threshold;
    return this.mode === "min" ? value < margin : value > margin;
  }
  override get_lr(): number[] {
    throw new NotImplementedError("ReduceLROnPlateau sets rates by the metric alone; see get_last_lr()");
  }
}
