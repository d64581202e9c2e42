// class LRScheduler: sets the learning rates of an optimizer's groups, step by step.
import type { Arguments } from "../../dispatch/callable.ts";
import { KeyError, NotImplementedError, TypeError, ValueError, warn } from "../../base/errors.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import { Optimizer } from "../optimizer.ts";
import type { AnyOptimizer } from "../optimizer.ts";
import { typeWord } from "../../tensor/type_word.ts";

/** What a scheduler remembers, as `state_dict` gives it. */
export type SchedulerState = Record<string, unknown>;

export const STEP = "LRScheduler.step(float? epoch=None) -> None";
const SIGNATURE = "LRScheduler(object optimizer, int last_epoch=-1) -> LRScheduler";
/**
 * The base of all schedulers, as `torch.optim.lr_scheduler.LRScheduler`. A subclass implements `get_lr`, the rates of
 * all groups at `this.last_epoch`; the constructor takes the first step already. What `get_lr` needs goes to `super` as
 * `fields`, which become properties of the scheduler and so of its `state_dict`.
 *
 * Raises TypeError for what is not an optimizer; KeyError if `last_epoch` resumes a schedule, but a group has no
 * `initial_lr`.
 * @example
 * class InverseRoot extends optim.lr_scheduler.LRScheduler {
 *   override get_lr(): number[] {
 *     return this.base_lrs.map((lr) => lr / Math.sqrt(1 + this.last_epoch));
 *   }
 * }
 * const scheduler = new InverseRoot(optimizer);
 */
export class LRScheduler {
  readonly optimizer: AnyOptimizer;
  /** The rates that groups started from. */
  declare base_lrs: number[];
  /** Steps taken so far, the constructor's not counted. */
  declare last_epoch: number;
  declare _step_count: number;
  declare protected _is_initial: boolean;
  declare protected _get_lr_called_within_step: boolean;
  declare protected _last_lr: number[];

  constructor(optimizer: AnyOptimizer, last_epoch?: number | { last_epoch?: number }, fields?: object);
  constructor(...given: unknown[]) {
    const { optimizer, last_epoch } = bindArguments<typeof SIGNATURE, { optimizer: AnyOptimizer }>(
      SIGNATURE,
      given.slice(0, 2),
    );
    this.optimizer = requireOptimizer(optimizer);
    Object.assign(this, given[2]);
    this.begin(last_epoch);
  }
  /** From the constructor, when the fields are set. */
  protected begin(last_epoch: number): void {
    const groups = this.optimizer.param_groups;
    if (last_epoch === -1) for (const group of groups) group.initial_lr ??= group.lr;
    for (const [i, { initial_lr }] of groups.entries())
      if (initial_lr === undefined)
        throw new KeyError(
          `"param 'initial_lr' is not specified in param_groups[${i}] when resuming scheduler with last_epoch >= 0.\\nThis typically happens when:\\n1. You're trying to resume training from a checkpoint but haven't properly loaded the optimizer state\\n2. You're using last_epoch >= 0 for a fresh training run (not recommended)"`,
        );
    this.base_lrs = groups.map((group) => group.initial_lr!);
    this.last_epoch = last_epoch;
    this.optimizer._opt_called ??= false;
    this._initial_step();
  }
  /** The step to the start of the schedule; SequentialLR takes it again. */
  _initial_step(): void {
    this._step_count = 0;
    this._is_initial = true;
    try {
      this.step();
    } finally {
      this._is_initial = false;
    }
  }

  /**
   * Sets the rates for the next step of the optimizer, to be called after `optimizer.step()`. `epoch`, deprecated, goes
   * to any place of the schedule.
   */
  step(...args: Arguments<typeof STEP>): void {
    const { epoch } = bindArguments(STEP, args);
    if (this._step_count === 1) this.warnOfOrder();
    this._step_count++;
    if (epoch !== null) warn(EPOCH_DEPRECATION_WARNING);
    this._update_lr(epoch);
  }
  protected warnOfOrder(): void {
    const { optimizer } = this;
    if (Object.hasOwn(optimizer, "step")) warn(ORDER_WARNINGS.overridden);
    // Of a class with a step() of its own it is not known.
    else if (optimizer.step === Optimizer.prototype.step && !optimizer._opt_called) warn(ORDER_WARNINGS.order);
  }
  /** Goes to the next place of the schedule, or to `epoch`, and sets the rates. */
  _update_lr(epoch: number | null = null): void {
    this.last_epoch = epoch ?? this.last_epoch + 1;
    this._get_lr_called_within_step = true;
    try {
      this.setRates((epoch === null ? null : this.closedForm()) ?? this.get_lr());
    } finally {
      this._get_lr_called_within_step = false;
    }
  }
  protected setRates(rates: readonly number[]): void {
    for (const [i, group] of this.optimizer.param_groups.entries()) if (i < rates.length) group.lr = rates[i];
    this._last_lr = this.current();
  }

  /** The rates of all groups at `last_epoch`. Built-in schedules mostly continue from the groups' rates as they are. */
  get_lr(): number[] {
    if (!this._get_lr_called_within_step)
      warn("To get the last learning rate computed by the scheduler, please use `get_last_lr()`.");
    return this.rates();
  }
  /** `get_lr` of the built-in schedules. */
  protected rates(): number[] {
    throw new NotImplementedError(`${this.constructor.name} has no get_lr() of its own`);
  }
  /** The rates at `last_epoch` from `base_lrs` alone, where there is a formula. */
  protected closedForm(): number[] | null {
    return null;
  }
  /** The rates as the groups have them. */
  protected current(): number[] {
    return this.optimizer.param_groups.map(({ lr }) => lr);
  }
  /** The rates that this scheduler set last. */
  get_last_lr(): number[] {
    return this._last_lr;
  }

  /** All that the scheduler remembers but its optimizer. */
  state_dict(): SchedulerState {
    return Object.fromEntries(Object.entries(this).filter(([name]) => name !== "optimizer"));
  }
  /** Continues from what `state_dict` returned. The optimizer's own state has the rates: load that, too. */
  load_state_dict(state_dict: SchedulerState): void {
    Object.assign(this, state_dict);
  }
}

const SEE = "See more details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate";
export const ORDER_WARNINGS = {
  overridden: `Seems like \`optimizer.step()\` has been overridden after learning rate scheduler initialization. Please, make sure to call \`optimizer.step()\` before \`lr_scheduler.step()\`. ${SEE}`,
  order: `Detected call of \`lr_scheduler.step()\` before \`optimizer.step()\`. In PyTorch 1.1.0 and later, you should call them in the opposite order: \`optimizer.step()\` before \`lr_scheduler.step()\`.  Failure to do this will result in PyTorch skipping the first value of the learning rate schedule. ${SEE}`,
} as const;
export const EPOCH_DEPRECATION_WARNING =
  "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use `scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed form is used instead of the new chainable form, where available. Please open an issue if you are unable to replicate your use case: https://github.com/pytorch/pytorch/issues/new/choose.";

export function requireOptimizer(optimizer: AnyOptimizer): AnyOptimizer {
  if (!(optimizer instanceof Optimizer)) throw new TypeError(`${typeWord(optimizer)} is not an Optimizer`);
  return optimizer;
}

/** A value for each group, from one for all or a list. Raises PyTorch's ValueError for a list of another length. */
export function forEachGroup(name: string, optimizer: AnyOptimizer, value: number | readonly number[]): number[] {
  const groups = optimizer.param_groups;
  if (typeof value === "number") return groups.map(() => value);
  if (value.length !== groups.length)
    throw new ValueError(
      `${name} must have the same length as optimizer.param_groups. ${name} has ${value.length} values, param_groups has ${groups.length}.`,
    );
  return [...value];
}
