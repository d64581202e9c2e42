// Schedulers of schedulers.
import { NotImplementedError, TypeError, ValueError } from "../../base/errors.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { AnyOptimizer } from "../optimizer.ts";
import { ReduceLROnPlateau } from "./plateau.ts";
import { LRScheduler } from "./scheduler.ts";
import type { SchedulerState } from "./scheduler.ts";

abstract class Combined extends LRScheduler {
  declare readonly _schedulers: readonly LRScheduler[];

  override get_lr(): number[] {
    throw new NotImplementedError(`${this.constructor.name} leaves rates to its schedulers; see get_last_lr()`);
  }
  /** With the states of all its schedulers. */
  override state_dict(): SchedulerState {
    return { ...super.state_dict(), _schedulers: this._schedulers.map((s) => s.state_dict()) };
  }
  override load_state_dict({ _schedulers, ...state }: SchedulerState): void {
    super.load_state_dict(state);
    for (const [i, s] of (_schedulers as SchedulerState[]).entries()) this._schedulers[i].load_state_dict(s);
  }
}

/** Raises, in PyTorch's words, unless all are schedulers of `optimizer` that step without a metric. */
function requireFitting(
  name: string,
  optimizer: AnyOptimizer | undefined,
  schedulers: readonly LRScheduler[],
): asserts optimizer is AnyOptimizer {
  for (const [i, s] of Array.from(schedulers).entries()) {
    if (!(s instanceof LRScheduler))
      throw new TypeError(`${name} at index ${i} should have \`optimizer\` as its attribute.`);
    if (s instanceof ReduceLROnPlateau)
      throw new ValueError(
        `${name} does not support \`ReduceLROnPlateau\` scheduler as it requires additional kwargs to be specified when calling \`step\`, but got one at index ${i} in the given schedulers sequence.`,
      );
    if (s.optimizer !== optimizer)
      throw new ValueError(
        `${name} expects all schedulers to belong to the same optimizer, but got scheduler ${s.constructor.name} at index ${i} has ${String(s.optimizer)}, which is different from ${optimizer?.constructor.name ?? "that of no optimizer"}.`,
      );
  }
}

const sequential =
  "SequentialLR(object optimizer, sized schedulers, int[] milestones, int last_epoch=-1) -> LRScheduler";
interface Sequenced {
  optimizer: AnyOptimizer;
  schedulers: readonly LRScheduler[];
}
/**
 * Schedulers one after another, as `torch.optim.lr_scheduler.SequentialLR`: the next one begins at each milestone, from
 * its own start.
 *
 * Raises ValueError for schedulers of several optimizers, for one that needs a metric, and unless there is one milestone
 * fewer than schedulers.
 * @example
 * const { LinearLR, CosineAnnealingLR, SequentialLR } = optim.lr_scheduler;
 * const warmUp = new LinearLR(optimizer, { start_factor: 0.1, total_iters: 5 });
 * const scheduler = new SequentialLR(optimizer, [warmUp, new CosineAnnealingLR(optimizer, 95)], [5]);
 */
export class SequentialLR extends Combined {
  declare readonly _milestones: readonly number[];

  constructor(...given: Arguments<typeof sequential, Sequenced>) {
    const { optimizer, schedulers, milestones, last_epoch } = bindArguments<typeof sequential, Sequenced>(
      sequential,
      given,
    );
    if (schedulers.length < 1)
      throw new ValueError("SequentialLR expects at least one scheduler, but got no scheduler.");
    requireFitting("SequentialLR", optimizer, schedulers);
    if (milestones.length !== schedulers.length - 1)
      throw new ValueError(
        `Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, but got number of schedulers ${schedulers.length} and the number of milestones to be equal to ${milestones.length}`,
      );
    super(optimizer, last_epoch, { _schedulers: schedulers, _milestones: milestones });
  }
  protected override begin(last_epoch: number): void {
    this.last_epoch = last_epoch + 1;
    // Each scheduler took its first step when it was made: only that of the first is wanted.
    for (const group of this.optimizer.param_groups) group.lr = group.initial_lr!;
    for (const s of this._schedulers) undoStep(s);
    this._schedulers[0]._initial_step();
    this._last_lr = this._schedulers[0].get_last_lr();
  }

  override step(): void {
    this.last_epoch++;
    const { last_epoch, _milestones } = this;
    const passed = _milestones.filter((m) => m <= last_epoch).length;
    const scheduler = this._schedulers[passed];
    if (passed > 0 && _milestones[passed - 1] === last_epoch) scheduler._update_lr(0);
    else scheduler.step();
    this._last_lr = scheduler.get_last_lr();
  }
}
function undoStep(scheduler: LRScheduler): void {
  if (scheduler instanceof Combined) for (const s of scheduler._schedulers) undoStep(s);
  else scheduler.last_epoch--;
}

const chained = "ChainedScheduler(sized schedulers, object optimizer=None) -> LRScheduler";
interface Chained {
  schedulers: readonly LRScheduler[];
  optimizer: AnyOptimizer | null;
}
/**
 * Schedulers that all step at once, each from the rates that the one before left, as
 * `torch.optim.lr_scheduler.ChainedScheduler`.
 *
 * Raises ValueError for schedulers of several optimizers and for one that needs a metric.
 * @example
 * const { ChainedScheduler, ConstantLR, ExponentialLR } = optim.lr_scheduler;
 * const scheduler = new ChainedScheduler([new ConstantLR(optimizer), new ExponentialLR(optimizer, 0.9)]);
 */
export class ChainedScheduler extends Combined {
  constructor(...given: Arguments<typeof chained, Chained>) {
    const { schedulers, optimizer } = bindArguments<typeof chained, Chained>(chained, given);
    if (schedulers.length < 1)
      throw new ValueError("ChainedScheduler expects at least one scheduler to be chained, but got no scheduler.");
    const of = optimizer ?? (schedulers[0] as LRScheduler | null)?.optimizer;
    requireFitting("ChainedScheduler", of, schedulers);
    super(of, 0, { _schedulers: schedulers });
  }
  protected override begin(): void {
    this._last_lr = this.current();
  }

  override step(): void {
    for (const s of this._schedulers) s.step();
    this._last_lr = this.current();
  }
}
