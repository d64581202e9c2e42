// The momentum that cyclic schedules turn against the rate.
import { ValueError } from "../../base/errors.ts";
import type { AnyOptimizer, CommonOptions, ParamGroup } from "../optimizer.ts";

/** A group with momentum under either of its names, and with the bounds that schedules note in it. */
export type CyclicGroup = ParamGroup<
  CommonOptions & {
    momentum?: number;
    betas?: readonly number[];
    max_lr?: number;
    min_lr?: number;
    max_momentum?: number;
    base_momentum?: number;
  }
>;

/** Whether the momentum is the first beta. Raises PyTorch's ValueError for an optimizer without momentum. */
export function hasBeta1(optimizer: AnyOptimizer): boolean {
  if ("betas" in optimizer.defaults) return true;
  if ("momentum" in optimizer.defaults) return false;
  throw new ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled");
}

export function setMomentum(group: CyclicGroup, momentum: number): void {
  if (group.betas === undefined) group.momentum = momentum;
  else group.betas = [momentum, ...group.betas.slice(1)];
}
