// Schedules that multiply the rate by a factor, at every step or at some.
import { ValueError } from "../../base/errors.ts";
import { bindScheduler } from "../arguments.ts";
import type { SchedulerArgs } from "../arguments.ts";
import { LRScheduler } from "./scheduler.ts";

const stepLR = "StepLR(object optimizer, float step_size, float gamma=0.1, int last_epoch=-1) -> LRScheduler";
/**
 * The rate times `gamma` every `step_size` epochs, as `torch.optim.lr_scheduler.StepLR`.
 * @example
 * const scheduler = new optim.lr_scheduler.StepLR(optimizer, 30, { gamma: 0.1 });
 */
export class StepLR extends LRScheduler {
  declare step_size: number;
  declare gamma: number;

  constructor(...given: SchedulerArgs<typeof stepLR>) {
    const { optimizer, last_epoch, ...fields } = bindScheduler(stepLR, given);
    if (fields.step_size === 0) throw new ValueError("step_size must not be 0");
    super(optimizer, last_epoch, fields);
  }
  protected override rates(): number[] {
    const factor = this.last_epoch === 0 || this.last_epoch % this.step_size !== 0 ? 1 : this.gamma;
    return this.current().map((lr) => lr * factor);
  }
  protected override closedForm(): number[] {
    return this.base_lrs.map((lr) => lr * this.gamma ** Math.floor(this.last_epoch / this.step_size));
  }
}

const multiStepLR =
  "MultiStepLR(object optimizer, int[] milestones, float gamma=0.1, int last_epoch=-1) -> LRScheduler";
/**
 * The rate times `gamma` at each milestone, as `torch.optim.lr_scheduler.MultiStepLR`; a milestone given twice counts
 * twice.
 * @example
 * const scheduler = new optim.lr_scheduler.MultiStepLR(optimizer, [30, 80], { gamma: 0.1 });
 */
export class MultiStepLR extends LRScheduler {
  /** How often each milestone was given. */
  declare milestones: Readonly<Record<number, number>>;
  declare gamma: number;

  constructor(...given: SchedulerArgs<typeof multiStepLR>) {
    const { optimizer, last_epoch, milestones: list, gamma } = bindScheduler(multiStepLR, given);
    const milestones: Record<number, number> = {};
    for (const epoch of list) milestones[epoch] = (milestones[epoch] ?? 0) + 1;
    super(optimizer, last_epoch, { milestones, gamma });
  }
  protected override rates(): number[] {
    const factor = this.gamma ** (this.milestones[this.last_epoch] ?? 0);
    return this.current().map((lr) => lr * factor);
  }
  protected override closedForm(): number[] {
    const passed = Object.entries(this.milestones).filter(([epoch]) => Number(epoch) <= this.last_epoch);
    const count = passed.reduce((n, [, times]) => n + times, 0);
    return this.base_lrs.map((lr) => lr * this.gamma ** count);
  }
}

const constantLR =
  "ConstantLR(object optimizer, float factor=0.3333333333333333, float total_iters=5, int last_epoch=-1) -> LRScheduler";
/**
 * The rate times `factor` for the first `total_iters` epochs, as `torch.optim.lr_scheduler.ConstantLR`.
 *
 * Raises ValueError for a factor outside [0, 1].
 * @example
 * const scheduler = new optim.lr_scheduler.ConstantLR(optimizer, { factor: 0.5, total_iters: 4 });
 */
export class ConstantLR extends LRScheduler {
  declare factor: number;
  declare total_iters: number;

  constructor(...given: SchedulerArgs<typeof constantLR>) {
    const { optimizer, last_epoch, ...fields } = bindScheduler(constantLR, given);
    if (fields.factor > 1 || fields.factor < 0)
      throw new ValueError("Constant multiplicative factor expected to be between 0 and 1.");
    super(optimizer, last_epoch, fields);
  }
  protected override rates(): number[] {
    const { last_epoch, factor, total_iters } = this;
    const change = last_epoch === 0 ? factor : last_epoch === total_iters ? 1 / factor : 1;
    return this.current().map((lr) => lr * change);
  }
  protected override closedForm(): number[] {
    return this.base_lrs.map((lr) => lr * (this.last_epoch >= this.total_iters ? 1 : this.factor));
  }
}

const linearLR =
  "LinearLR(object optimizer, float start_factor=0.3333333333333333, float end_factor=1.0, float total_iters=5, int last_epoch=-1) -> LRScheduler";
/**
 * The rate times a factor that goes evenly from `start_factor` to `end_factor` within `total_iters` epochs, as
 * `torch.optim.lr_scheduler.LinearLR`: a warm-up.
 *
 * Raises ValueError for a start outside (0, 1] or an end outside [0, 1].
 * @example
 * const scheduler = new optim.lr_scheduler.LinearLR(optimizer, { start_factor: 0.1, total_iters: 10 });
 */
export class LinearLR extends LRScheduler {
  declare start_factor: number;
  declare end_factor: number;
  declare total_iters: number;

  constructor(...given: SchedulerArgs<typeof linearLR>) {
    const { optimizer, last_epoch, ...fields } = bindScheduler(linearLR, given);
    if (fields.start_factor > 1 || fields.start_factor <= 0)
      throw new ValueError("Starting multiplicative factor expected to be greater than 0 and less or equal to 1.");
    if (fields.end_factor > 1 || fields.end_factor < 0)
      throw new ValueError("Ending multiplicative factor expected to be between 0 and 1.");
    super(optimizer, last_epoch, fields);
  }
  protected override rates(): number[] {
    const { last_epoch, start_factor, end_factor, total_iters } = this;
    const lrs = this.current();
    if (last_epoch === 0) return lrs.map((lr) => lr * start_factor);
    if (this._is_initial || last_epoch > total_iters) return lrs;
    const rise = end_factor - start_factor;
    return lrs.map((lr) => lr * (1 + rise / (total_iters * start_factor + (last_epoch - 1) * rise)));
  }
  protected override closedForm(): number[] {
    const { last_epoch, start_factor, end_factor, total_iters } = this;
    const factor = start_factor + ((end_factor - start_factor) * Math.min(total_iters, last_epoch)) / total_iters;
    return this.base_lrs.map((lr) => lr * factor);
  }
}

const exponentialLR = "ExponentialLR(object optimizer, float gamma, int last_epoch=-1) -> LRScheduler";
/**
 * The rate times `gamma` at every epoch, as `torch.optim.lr_scheduler.ExponentialLR`.
 * @example
 * const scheduler = new optim.lr_scheduler.ExponentialLR(optimizer, 0.95);
 */
export class ExponentialLR extends LRScheduler {
  declare gamma: number;

  constructor(...given: SchedulerArgs<typeof exponentialLR>) {
    const { optimizer, last_epoch, ...fields } = bindScheduler(exponentialLR, given);
    super(optimizer, last_epoch, fields);
  }
  protected override rates(): number[] {
    const factor = this._is_initial ? 1 : this.gamma;
    return this.current().map((lr) => lr * factor);
  }
  protected override closedForm(): number[] {
    return this.base_lrs.map((lr) => lr * this.gamma ** this.last_epoch);
  }
}

const polynomialLR =
  "PolynomialLR(object optimizer, float total_iters=5, float power=1.0, int last_epoch=-1) -> LRScheduler";
/**
 * The initial rate times (1 - epoch / total_iters)^power, and zero from there on, as
 * `torch.optim.lr_scheduler.PolynomialLR`.
 * @example
 * const scheduler = new optim.lr_scheduler.PolynomialLR(optimizer, { total_iters: 4, power: 2 });
 */
export class PolynomialLR extends LRScheduler {
  declare total_iters: number;
  declare power: number;

  constructor(...given: SchedulerArgs<typeof polynomialLR>) {
    const { optimizer, last_epoch, ...fields } = bindScheduler(polynomialLR, given);
    super(optimizer, last_epoch, fields);
  }
  protected override rates(): number[] {
    const { last_epoch, total_iters, power } = this;
    const lrs = this.current();
    if (this._is_initial || last_epoch > total_iters) return lrs;
    const factor = ((1 - last_epoch / total_iters) / (1 - (last_epoch - 1) / total_iters)) ** power;
    return lrs.map((lr) => lr * factor);
  }
  protected override closedForm(): number[] {
    const left = 1 - Math.min(this.total_iters, this.last_epoch) / this.total_iters;
    return this.base_lrs.map((lr) => lr * left ** this.power);
  }
}
