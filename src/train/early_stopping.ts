// Which of two numbers is better, and what follows when none is for a while.
import { KeyError, ValueError } from "../base/errors.ts";
import type { Callback, EpochLogs, Running } from "./callback.ts";

export type Mode = "min" | "max";
export function assertMode(name: string, mode: unknown): void {
  if (mode !== "min" && mode !== "max")
    throw new ValueError(`${name}: expected mode to be 'min' or 'max', got ${JSON.stringify(mode)}`);
}
/** Whether `value` is better than `best` by more than `min_delta`; NaN is never. */
export const isBetter = (mode: Mode, value: number, best: number, min_delta = 0): boolean =>
  mode === "min" ? value < best - min_delta : value > best + min_delta;
export const worst = (mode: Mode): number => (mode === "min" ? Infinity : -Infinity);

/** What was logged under a name. Raises KeyError with the names that there are. */
export function monitored(name: string, logs: EpochLogs, monitor: string): number {
  const value = logs[monitor];
  if (value === undefined)
    throw new KeyError(`${name}: no '${monitor}' was logged\nThere are: ${Object.keys(logs).join(", ")}`);
  return value;
}

export interface EarlyStoppingOptions {
  /** What must become better; `val_loss` unless told. */
  monitor?: string;
  /** Whether lower ("min", unless told) or higher is better. */
  mode?: Mode;
  /** Epochs that may pass without; 3 unless told. */
  patience?: number;
  /** How much better is better. */
  min_delta?: number;
}
/**
 * Ends a run when something has not become better for more than `patience` epochs, or is NaN. Raises KeyError, at the end of
 * an epoch, for a name that was not logged. As Lightning's and Keras' EarlyStopping.
 * @example await trainer.fit(train, { epochs: 100, val, callbacks: [new EarlyStopping({ patience: 5 })] });
 */
export class EarlyStopping implements Callback {
  readonly name = "EarlyStopping";
  readonly monitor: string;
  readonly mode: Mode;
  readonly patience: number;
  readonly min_delta: number;
  /** The best value so far, and epochs since. */
  best: number;
  wait = 0;

  constructor({ monitor = "val_loss", mode = "min", patience = 3, min_delta = 0 }: EarlyStoppingOptions = {}) {
    assertMode("EarlyStopping", mode);
    if (!(patience >= 0)) throw new ValueError(`EarlyStopping: expected a patience of 0 or more, got ${patience}`);
    if (!(min_delta >= 0)) throw new ValueError(`EarlyStopping: expected a min_delta of 0 or more, got ${min_delta}`);
    this.monitor = monitor;
    this.mode = mode;
    this.patience = patience;
    this.min_delta = min_delta;
    this.best = worst(mode);
  }
  on_epoch_end(trainer: Running, logs: EpochLogs): void {
    const value = monitored("EarlyStopping", logs, this.monitor);
    if (isBetter(this.mode, value, this.best, this.min_delta)) {
      this.best = value;
      this.wait = 0;
    } else this.wait++;
    if (this.wait > this.patience || Number.isNaN(value)) trainer.should_stop = true;
  }
  state_dict(): object {
    return { best: this.best, wait: this.wait };
  }
  load_state_dict(state: object): void {
    ({ best: this.best, wait: this.wait } = state as { best: number; wait: number });
  }
}
