// Schedules along half waves of the cosine.
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { ValueError } from "../../base/errors.ts";
import { bindScheduler } from "../arguments.ts";
import { isInt, optionText } from "../options.ts";
import type { SchedulerArgs } from "../arguments.ts";
import { LRScheduler, STEP } from "./scheduler.ts";

/** From 1 at 0 down to 0 at 1. */
const halfWave = (x: number): number => (1 + Math.cos(Math.PI * x)) / 2;

const cosineAnnealing =
  "CosineAnnealingLR(object optimizer, float T_max, float eta_min=0.0, int last_epoch=-1) -> LRScheduler";
/**
 * From the initial rate down to `eta_min` within `T_max` epochs along half a cosine wave, and up again, as
 * `torch.optim.lr_scheduler.CosineAnnealingLR`.
 *
 * Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017.
 * @example
 * const scheduler = new optim.lr_scheduler.CosineAnnealingLR(optimizer, 100);
 */
export class CosineAnnealingLR extends LRScheduler {
  declare T_max: number;
  declare eta_min: number;

  constructor(...given: SchedulerArgs<typeof cosineAnnealing>) {
    const { optimizer, last_epoch, ...fields } = bindScheduler(cosineAnnealing, given);
    if (fields.T_max === 0) throw new ValueError("T_max must not be 0");
    super(optimizer, last_epoch, fields);
  }
  protected override rates(): number[] {
    const { last_epoch, T_max, eta_min } = this;
    const lrs = this.current();
    if (this._is_initial) return lrs;
    // Placed by hand before the first step.
    if (this._step_count === 1 && last_epoch > 0) return this.closedForm();
    // At the bottom of a wave the ratio below would be 0 / 0.
    if ((last_epoch - 1 - T_max) % (2 * T_max) === 0)
      return lrs.map((lr, i) => lr + (this.base_lrs[i] - eta_min) * (1 - halfWave(1 / T_max)));
    const ratio = halfWave(last_epoch / T_max) / halfWave((last_epoch - 1) / T_max);
    return lrs.map((lr) => ratio * (lr - eta_min) + eta_min);
  }
  protected override closedForm(): number[] {
    const { last_epoch, T_max, eta_min } = this;
    return this.base_lrs.map((lr) => eta_min + (lr - eta_min) * halfWave(last_epoch / T_max));
  }
}

const warmRestarts =
  "CosineAnnealingWarmRestarts(object optimizer, float T_0, float T_mult=1, float eta_min=0.0, int last_epoch=-1) -> LRScheduler";
/**
 * From the initial rate down to `eta_min` along half a cosine wave, again and again, as
 * `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`: first within `T_0` epochs, then each time within `T_mult`
 * times as many. `step` takes fractions of epochs, too.
 *
 * Raises ValueError for `T_0` or `T_mult` below 1. Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent
 * with warm restarts", ICLR 2017.
 * @example
 * const scheduler = new optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 10, 2);
 */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  declare readonly T_0: number;
  /** Length of the present wave. */
  declare T_i: number;
  declare readonly T_mult: number;
  declare eta_min: number;
  /** How far into the present wave. */
  declare T_cur: number;

  constructor(...given: SchedulerArgs<typeof warmRestarts>) {
    const { optimizer, T_0, T_mult, eta_min, last_epoch } = bindScheduler(warmRestarts, given);
    if (!(isInt(T_0) && T_0 > 0)) throw new ValueError(`Expected positive integer T_0, but got ${optionText(T_0)}`);
    if (!(isInt(T_mult) && T_mult >= 1))
      throw new ValueError(`Expected integer T_mult >= 1, but got ${optionText(T_mult)}`);
    super(optimizer, last_epoch, { T_0, T_i: T_0, T_mult, eta_min, T_cur: last_epoch });
  }
  protected override rates(): number[] {
    const { eta_min, T_cur, T_i } = this;
    return this.base_lrs.map((lr) => eta_min + (lr - eta_min) * halfWave(T_cur / T_i));
  }

  /** To the next epoch, or to any, a fraction included: `scheduler.step(epoch + batch / batches)`. */
  override step(...args: Arguments<typeof STEP>): void {
    let { epoch } = bindArguments(STEP, args, "CosineAnnealingWarmRestarts.step");
    if (epoch === null && this.last_epoch >= 0) {
      epoch = this.last_epoch + 1;
      this.T_cur++;
      if (this.T_cur >= this.T_i) {
        this.T_cur %= this.T_i;
        this.T_i *= this.T_mult;
      }
    } else {
      epoch ??= 0;
      if (epoch < 0) throw new ValueError(`Expected non-negative epoch, but got ${epoch}`);
      this.seek(epoch);
    }
    this._update_lr(Math.floor(epoch));
  }
  private seek(epoch: number): void {
    const { T_0, T_mult } = this;
    // Waves before this one: they took T_0 (T_mult^n - 1) / (T_mult - 1) epochs.
    const n =
      T_mult === 1
        ? Math.floor(epoch / T_0)
        : Math.floor(Math.log((epoch / T_0) * (T_mult - 1) + 1) / Math.log(T_mult));
    this.T_cur = T_mult === 1 ? epoch % T_0 : epoch - (T_0 * (T_mult ** n - 1)) / (T_mult - 1);
    this.T_i = T_0 * T_mult ** n;
  }
}
