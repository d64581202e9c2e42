import { ValueError } from "../../base/errors.ts";
import { bindScheduler } from "../arguments.ts";
import type { SchedulerArgs } from "../arguments.ts";
import { optionText } from "../options.ts";
import type { CommonOptions, ParamGroup } from "../optimizer.ts";
import { ANNEAL, requireAnnealing } from "./one_cycle.ts";
import { forEachGroup, LRScheduler, requireOptimizer } from "./scheduler.ts";

const signature =
  "SWALR(object optimizer, float|float[] swa_lr, float anneal_epochs=10, str anneal_strategy='cos', int last_epoch=-1) -> LRScheduler";
type SwaGroup = ParamGroup<CommonOptions & { swa_lr?: number }>;

/**
 * From the groups' rates to `swa_lr` within `anneal_epochs` epochs, to stay there while weights are averaged, as
 * `torch.optim.swa_utils.SWALR`.
 *
 * Raises ValueError for an unknown strategy, a negative number of epochs and a list of another length than the groups.
 * Source: Izmailov et al., "Averaging weights leads to wider optima and better generalization", UAI 2018.
 * @example
 * const scheduler = new optim.swa_utils.SWALR(optimizer, 0.05, { anneal_epochs: 5 });
 */
export class SWALR extends LRScheduler {
  declare private readonly _anneal_strategy: string;
  declare readonly anneal_epochs: number;

  constructor(...given: SchedulerArgs<typeof signature>) {
    const { optimizer, swa_lr, anneal_epochs, anneal_strategy, last_epoch } = bindScheduler(signature, given);
    const groups: SwaGroup[] = requireOptimizer(optimizer).param_groups;
    const rates = forEachGroup("swa_lr", optimizer, swa_lr);
    requireAnnealing(anneal_strategy);
    if (!(Number.isInteger(anneal_epochs) && anneal_epochs >= 0))
      throw new ValueError(`anneal_epochs must be equal or greater than 0, got ${optionText(anneal_epochs)}`);
    for (const [i, group] of groups.entries()) group.swa_lr = rates[i];
    super(optimizer, last_epoch, { _anneal_strategy: anneal_strategy, anneal_epochs });
  }
  /** How much of `swa_lr` is in the rate after so many steps. */
  private share(step: number): number {
    const part = Math.max(0, Math.min(1, step / Math.max(1, this.anneal_epochs)));
    return ANNEAL[this._anneal_strategy](0, 1, part);
  }
  protected override rates(): number[] {
    const steps = this._step_count - 1;
    const step = this.anneal_epochs === 0 ? Math.max(1, steps) : steps;
    const [before, now] = [this.share(step - 1), this.share(step)];
    return this.optimizer.param_groups.map(({ lr, swa_lr }: SwaGroup) => {
      const initial = before === 1 ? swa_lr! : (lr - before * swa_lr!) / (1 - before);
      return now * swa_lr! + (1 - now) * initial;
    });
  }
}
