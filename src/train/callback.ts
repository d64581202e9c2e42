// What a program may do while a trainer trains.
import type { Tensor } from "../tensor/tensor.ts";
import type { Module } from "../nn/module/module.ts";
import type { AnyOptimizer } from "../optim/optimizer.ts";

/** A run, as callbacks see it. */
export interface Running {
  readonly model: Module;
  readonly optimizer: AnyOptimizer;
  /** The epoch that is under way, from 0. */
  readonly epoch: number;
  /** Steps of the optimizer so far. */
  readonly global_step: number;
  /** Set it, and the run ends with this epoch. */
  should_stop: boolean;
}
/** A step of the optimizer. */
export interface StepLogs {
  /** Of the batches that the step is of, each as it was before the step. */
  readonly loss: number;
  /** The learning rate that the step was taken with, of the first group. */
  readonly lr: number;
  /** The norm of all gradients before they were clipped, where they are. */
  readonly grad_norm?: number;
  /** Samples that the step is of. */
  readonly samples: number;
}
/** An epoch: what was measured while it trained, and, under names with `val_`, afterwards. */
export type EpochLogs = Readonly<Record<string, number>> & { readonly epoch: number; readonly step: number };

/** All that is known of a run before it begins. */
export interface Plan {
  readonly epochs: number;
  /** Steps of the optimizer in an epoch; null where the loader does not know its length. */
  readonly steps_per_epoch: number | null;
}

/**
 * What is called at the turns of a run; all is optional. The names are Lightning's. What a callback must remember goes into
 * checkpoints by `state_dict` and `load_state_dict`; those are matched by `name`, or by the class and its place.
 * @example
 * const stopInTime: Callback = {
 *   on_epoch_end: (trainer, logs) => void (trainer.should_stop ||= logs.val_loss < 0.01),
 * };
 */
export interface Callback {
  readonly name?: string;
  on_fit_start?(trainer: Running, plan: Plan): void | Promise<void>;
  on_epoch_start?(trainer: Running): void;
  /** The gradients are there, and clipped. */
  on_before_step?(trainer: Running): void;
  on_step_end?(trainer: Running, logs: StepLogs): void;
  on_epoch_end?(trainer: Running, logs: EpochLogs): void;
  /** The run is over, by whatever way: files are closed here. */
  on_fit_end?(trainer: Running): void;
  state_dict?(): object;
  load_state_dict?(state: object): void;
}
/** A loss with what it was computed of. */
export interface StepResult<O = Tensor, T = Tensor> {
  readonly loss: Tensor;
  readonly output?: O;
  readonly target?: T;
  /** Samples in the batch, if the first tensor's first dim is not it. */
  readonly size?: number;
}
