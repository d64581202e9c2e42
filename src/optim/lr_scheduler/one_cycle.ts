import { ValueError } from "../../base/errors.ts";
import { bindScheduler } from "../arguments.ts";
import type { SchedulerArgs } from "../arguments.ts";
import { isInt, optionText } from "../options.ts";
import { hasBeta1, setMomentum } from "./momentum.ts";
import type { CyclicGroup } from "./momentum.ts";
import { forEachGroup, LRScheduler, requireOptimizer } from "./scheduler.ts";

const signature =
  "OneCycleLR(object optimizer, float|float[] max_lr, float? total_steps=None, float? epochs=None, float? steps_per_epoch=None, float pct_start=0.3, str anneal_strategy='cos', bool cycle_momentum=True, float|float[] base_momentum=0.85, float|float[] max_momentum=0.95, float div_factor=25.0, float final_div_factor=10000.0, bool three_phase=False, int last_epoch=-1) -> LRScheduler";

type Rate = "initial_lr" | "max_lr" | "min_lr";
type Momentum = "max_momentum" | "base_momentum";
/** A stretch of the cycle, up to `end_step`; the values are those that the group notes under the names. */
interface Phase {
  end_step: number;
  start_lr: Rate;
  end_lr: Rate;
  start_momentum: Momentum;
  end_momentum: Momentum;
}
const phase = (
  end_step: number,
  [start_lr, end_lr]: [Rate, Rate],
  [start_momentum, end_momentum]: [Momentum, Momentum],
): Phase => ({ end_step, start_lr, end_lr, start_momentum, end_momentum });

type Anneal = (start: number, end: number, part: number) => number;
/** From `start` to `end`: along half a cosine wave or evenly. */
export const ANNEAL: Readonly<Record<string, Anneal>> = {
  cos: (start, end, part) => end + ((start - end) / 2) * (Math.cos(Math.PI * part) + 1),
  linear: (start, end, part) => (end - start) * part + start,
};
export function requireAnnealing(name: string): void {
  if (!Object.hasOwn(ANNEAL, name))
    throw new ValueError(`anneal_strategy must be one of 'cos' or 'linear', instead got ${name}`);
}

/**
 * One cycle over the whole training, as `torch.optim.lr_scheduler.OneCycleLR`: from max_lr / div_factor up to `max_lr`
 * for the part `pct_start` of all steps, then down to the initial rate / final_div_factor; with `three_phase` first down
 * to the initial rate as fast as it rose. With `cycle_momentum` the momentum, or Adam's first beta, goes the other way.
 * The number of steps is `total_steps`, or `epochs` times `steps_per_epoch`; a step per batch is meant.
 *
 * Raises ValueError for missing or bad numbers of steps, for an optimizer without momentum and for a step past the last.
 * Source: Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2018.
 * @example
 * const scheduler = new optim.lr_scheduler.OneCycleLR(optimizer, 0.1, { epochs: 10, steps_per_epoch: loader.length });
 */
export class OneCycleLR extends LRScheduler {
  declare readonly total_steps: number;
  declare readonly cycle_momentum: boolean;
  declare private readonly _schedule_phases: readonly Phase[];
  declare private readonly _anneal_func_type: string;

  constructor(...given: SchedulerArgs<typeof signature>) {
    const { optimizer, ...options } = bindScheduler(signature, given);
    const groups: CyclicGroup[] = requireOptimizer(optimizer).param_groups;
    const { pct_start, anneal_strategy, cycle_momentum, div_factor, final_div_factor, last_epoch } = options;
    const total_steps = countSteps(options);
    if (!(pct_start >= 0 && pct_start <= 1))
      throw new ValueError(`Expected float between 0 and 1 pct_start, but got ${optionText(pct_start)}`);
    requireAnnealing(anneal_strategy);
    const max_lrs = forEachGroup("max_lr", optimizer, options.max_lr);
    const momenta = cycle_momentum && {
      use_beta1: hasBeta1(optimizer),
      max: forEachGroup("max_momentum", optimizer, options.max_momentum),
      base: forEachGroup("base_momentum", optimizer, options.base_momentum),
    };
    if (last_epoch === -1)
      for (const [i, group] of groups.entries()) {
        group.initial_lr = max_lrs[i] / div_factor;
        group.max_lr = max_lrs[i];
        group.min_lr = group.initial_lr / final_div_factor;
        if (!momenta) continue;
        setMomentum(group, momenta.max[i]);
        group.max_momentum = momenta.max[i];
        group.base_momentum = momenta.base[i];
      }
    const top = pct_start * total_steps - 1;
    const rise = phase(top, ["initial_lr", "max_lr"], ["max_momentum", "base_momentum"]);
    super(optimizer, last_epoch, {
      total_steps,
      _schedule_phases: options.three_phase
        ? [
            rise,
            phase(2 * pct_start * total_steps - 2, ["max_lr", "initial_lr"], ["base_momentum", "max_momentum"]),
            phase(total_steps - 1, ["initial_lr", "min_lr"], ["max_momentum", "max_momentum"]),
          ]
        : [rise, phase(total_steps - 1, ["max_lr", "min_lr"], ["base_momentum", "max_momentum"])],
      _anneal_func_type: anneal_strategy,
      cycle_momentum,
      ...(momenta && { use_beta1: momenta.use_beta1 }),
    });
  }

  protected override rates(): number[] {
    const { last_epoch: step, total_steps, _schedule_phases: phases } = this;
    if (step > total_steps)
      throw new ValueError(`Tried to step ${step} times. The specified number of total steps is ${total_steps}`);
    const last = phases.length - 1;
    const now = phases.findIndex(({ end_step }, i) => step <= end_step || i === last);
    const start = now === 0 ? 0 : phases[now - 1].end_step;
    const { end_step, start_lr, end_lr, start_momentum, end_momentum } = phases[now];
    const part = (step - start) / (end_step - start);
    const anneal = ANNEAL[this._anneal_func_type];
    return this.optimizer.param_groups.map((group: CyclicGroup) => {
      if (this.cycle_momentum) setMomentum(group, anneal(group[start_momentum]!, group[end_momentum]!, part));
      return anneal(group[start_lr]!, group[end_lr]!, part);
    });
  }
}

function countSteps(options: Record<"total_steps" | "epochs" | "steps_per_epoch", number | null>): number {
  const { total_steps, epochs, steps_per_epoch } = options;
  const requirePositive = (name: string, n: number): void => {
    if (!(isInt(n) && n > 0)) throw new ValueError(`Expected positive integer ${name}, but got ${optionText(n)}`);
  };
  if (total_steps !== null) {
    requirePositive("total_steps", total_steps);
    return total_steps;
  }
  if (epochs === null || steps_per_epoch === null)
    throw new ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)");
  requirePositive("epochs", epochs);
  requirePositive("steps_per_epoch", steps_per_epoch);
  return epochs * steps_per_epoch;
}
