import { ValueError } from "../../base/errors.ts";
import { bindScheduler } from "../arguments.ts";
import type { SchedulerArgs } from "../arguments.ts";
import { LRScheduler, requireOptimizer } from "./scheduler.ts";
import type { SchedulerState } from "./scheduler.ts";

/** A factor for each epoch. */
export type LrLambda = (epoch: number) => number;

const signature = "LambdaLR(object optimizer, function|function[] lr_lambda, int last_epoch=-1) -> LRScheduler";
type Given = SchedulerArgs<typeof signature>;

abstract class FromFunctions extends LRScheduler {
  declare readonly lr_lambdas: readonly LrLambda[];

  constructor(name: string, given: Given) {
    const { optimizer, lr_lambda, last_epoch } = bindScheduler(signature, given, name);
    const count = requireOptimizer(optimizer).param_groups.length;
    const lr_lambdas = typeof lr_lambda === "function" ? new Array<LrLambda>(count).fill(lr_lambda) : [...lr_lambda];
    if (lr_lambdas.length !== count) throw new ValueError(`Expected ${count} lr_lambdas, but got ${lr_lambdas.length}`);
    super(optimizer, last_epoch, { lr_lambdas });
  }

  /** Functions cannot be saved: `null` stands for each. */
  override state_dict(): SchedulerState {
    return { ...super.state_dict(), lr_lambdas: this.lr_lambdas.map(() => null) };
  }
  override load_state_dict({ lr_lambdas: _, ...state }: SchedulerState): void {
    super.load_state_dict(state);
  }
}

/**
 * The initial rate times a function of the epoch, as `torch.optim.lr_scheduler.LambdaLR`; one function for all groups or
 * a list with one for each.
 *
 * Raises ValueError for a list of another length than the groups.
 * @example
 * const scheduler = new optim.lr_scheduler.LambdaLR(optimizer, (epoch) => 0.95 ** epoch);
 */
export class LambdaLR extends FromFunctions {
  constructor(...given: Given) {
    super("LambdaLR", given);
  }
  protected override rates(): number[] {
    return this.base_lrs.map((lr, i) => lr * this.lr_lambdas[i](this.last_epoch));
  }
}

/**
 * The present rate times a function of the epoch, at every step, as `torch.optim.lr_scheduler.MultiplicativeLR`.
 *
 * Raises ValueError for a list of functions of another length than the groups.
 * @example
 * const scheduler = new optim.lr_scheduler.MultiplicativeLR(optimizer, () => 0.95);
 */
export class MultiplicativeLR extends FromFunctions {
  constructor(...given: Given) {
    super("MultiplicativeLR", given);
  }
  protected override rates(): number[] {
    const lrs = this.current();
    return this._is_initial ? lrs : lrs.map((lr, i) => lr * this.lr_lambdas[i](this.last_epoch));
  }
}
