import { ValueError } from "../../base/errors.ts";
import { bindScheduler } from "../arguments.ts";
import type { SchedulerArgs } from "../arguments.ts";
import { hasBeta1, setMomentum } from "./momentum.ts";
import type { CyclicGroup } from "./momentum.ts";
import { forEachGroup, LRScheduler, requireOptimizer } from "./scheduler.ts";
import type { SchedulerState } from "./scheduler.ts";

const signature =
  "CyclicLR(object optimizer, float|float[] base_lr, float|float[] max_lr, float step_size_up=2000, float? step_size_down=None, str mode='triangular', float gamma=1.0, function? scale_fn=None, str scale_mode='cycle', bool cycle_momentum=True, float|float[] base_momentum=0.8, float|float[] max_momentum=0.9, int last_epoch=-1) -> LRScheduler";

/** How far up a cycle goes, and whether that follows the number of the cycle or the epoch. */
const MODES: Readonly<Record<string, { scale: (x: number, gamma: number) => number; by: "cycle" | "iterations" }>> = {
  triangular: { scale: () => 1, by: "cycle" },
  triangular2: { scale: (cycle) => 0.5 ** (cycle - 1), by: "cycle" },
  exp_range: { scale: (epoch, gamma) => gamma ** epoch, by: "iterations" },
};

/**
 * From `base_lr` evenly up to `max_lr` and down again, in cycles, as `torch.optim.lr_scheduler.CyclicLR`. In `mode`
 * "triangular2" each cycle is half as high as the one before, in "exp_range" heights shrink with gamma^epoch; `scale_fn`
 * takes the place of `mode`. With `cycle_momentum` the momentum, or Adam's first beta, goes the other way.
 *
 * Raises ValueError for an unknown mode, for lists of another length than the groups and for an optimizer without
 * momentum. Source: Smith, "Cyclical learning rates for training neural networks", WACV 2017.
 * @example
 * const scheduler = new optim.lr_scheduler.CyclicLR(optimizer, 0.01, 0.1, { step_size_up: 4 });
 */
export class CyclicLR extends LRScheduler {
  declare max_lrs: number[];
  declare total_size: number;
  declare step_ratio: number;
  declare readonly mode: string;
  declare gamma: number;
  declare readonly scale_mode: string;
  declare readonly cycle_momentum: boolean;
  declare base_momentums: number[];
  declare max_momentums: number[];
  declare private readonly _scale_fn_custom: ((x: number) => number) | null;

  constructor(...given: SchedulerArgs<typeof signature>) {
    const { optimizer, base_lr, max_lr, step_size_up, step_size_down, mode, gamma, scale_fn, cycle_momentum, ...rest } =
      bindScheduler(signature, given);
    const groups: CyclicGroup[] = requireOptimizer(optimizer).param_groups;
    const base_lrs = forEachGroup("base_lr", optimizer, base_lr);
    const max_lrs = forEachGroup("max_lr", optimizer, max_lr);
    const total_size = step_size_up + (step_size_down ?? step_size_up);
    if (total_size === 0) throw new ValueError("step_size_up and step_size_down must not both be 0");
    if (!Object.hasOwn(MODES, mode) && scale_fn === null) throw new ValueError("mode is invalid and scale_fn is None");
    const momenta = cycle_momentum && {
      use_beta1: hasBeta1(optimizer),
      base_momentums: forEachGroup("base_momentum", optimizer, rest.base_momentum),
      max_momentums: forEachGroup("max_momentum", optimizer, rest.max_momentum),
    };
    if (rest.last_epoch === -1)
      for (const [i, group] of groups.entries()) {
        group.lr = base_lrs[i];
        if (!momenta) continue;
        setMomentum(group, momenta.max_momentums[i]);
        group.max_momentum = momenta.max_momentums[i];
        group.base_momentum = momenta.base_momentums[i];
      }
    super(optimizer, rest.last_epoch, {
      max_lrs,
      total_size,
      step_ratio: step_size_up / total_size,
      mode,
      gamma,
      scale_mode: scale_fn === null ? MODES[mode].by : rest.scale_mode,
      cycle_momentum,
      ...momenta,
      _scale_fn_custom: scale_fn,
    });
    this.base_lrs = base_lrs;
  }

  /** How high the present cycle goes: 1 is up to `max_lr`. */
  scale_fn(x: number): number {
    return this._scale_fn_custom === null ? MODES[this.mode].scale(x, this.gamma) : this._scale_fn_custom(x);
  }
  protected override rates(): number[] {
    const { last_epoch, total_size, step_ratio } = this;
    const cycle = Math.floor(1 + last_epoch / total_size);
    const place = 1 + last_epoch / total_size - cycle;
    const height = place <= step_ratio ? place / step_ratio : (place - 1) / (step_ratio - 1);
    const scaled = height * this.scale_fn(this.scale_mode === "cycle" ? cycle : last_epoch);
    if (this.cycle_momentum)
      for (const [i, group] of this.optimizer.param_groups.entries()) {
        const [base, max] = [this.base_momentums[i], this.max_momentums[i]];
        setMomentum(group, max - (max - base) * scaled);
      }
    return this.base_lrs.map((base, i) => base + (this.max_lrs[i] - base) * scaled);
  }

  /** Functions cannot be saved. */
  override state_dict(): SchedulerState {
    return { ...super.state_dict(), _scale_fn_custom: null };
  }
  override load_state_dict({ _scale_fn_custom: _, ...state }: SchedulerState): void {
    super.load_state_dict(state);
  }
}
