// Checkpoints of a run in a folder: the last one, and the best one.
import { FileNotFoundError, ValueError } from "../base/errors.ts";
import { files, removeAbandoned } from "../serialization/file_system.ts";
import { load, save } from "../serialization/save.ts";
import type { EpochLogs } from "./callback.ts";
import { assertMode, isBetter, monitored, worst } from "./early_stopping.ts";
import type { Mode } from "./early_stopping.ts";

export interface ModelCheckpointOptions {
  /** What the best epoch is chosen by; `val_loss`, or `loss` where there is no validation, unless told. */
  monitor?: string | null;
  mode?: Mode;
  /** Also within an epoch, after so many steps of the optimizer. */
  every_n_train_steps?: number | null;
}
/**
 * Keeps `last.pt`, from which a run goes on, and `best.pt` in a folder, which is made. Files are written whole or not at all,
 * whatever happens to the program; `torch.load` reads them: `model` has the state dict, and the trainer's `state_dict` tells
 * what else there is. As Lightning's ModelCheckpoint. Needs files: Node, Deno, Bun.
 * @example
 * const checkpoint = new ModelCheckpoint("runs/digits", { monitor: "val_accuracy", mode: "max" });
 * await trainer.fit(train, { epochs: 10, val, checkpoint, resume: true });
 * model.load_state_dict(torch.load<{ model: Map<string, Tensor> }>(checkpoint.best_path).model);
 */
export class ModelCheckpoint {
  readonly folder: string;
  readonly monitor: string | null;
  readonly mode: Mode;
  readonly every_n_train_steps: number | null;
  /** The best value so far. */
  best: number;

  constructor(folder: string, options: ModelCheckpointOptions = {}) {
    const { monitor = null, mode = "min", every_n_train_steps = null } = options;
    if (typeof folder !== "string" || folder === "")
      throw new ValueError(`ModelCheckpoint: expected the path of a folder, got ${JSON.stringify(folder)}`);
    assertMode("ModelCheckpoint", mode);
    if (every_n_train_steps !== null && !(Number.isInteger(every_n_train_steps) && every_n_train_steps > 0))
      throw new ValueError(`ModelCheckpoint: expected every_n_train_steps > 0, got ${every_n_train_steps}`);
    this.folder = folder.replace(/(.)[/\\]+$/, "$1");
    this.monitor = monitor;
    this.mode = mode;
    this.every_n_train_steps = every_n_train_steps;
    this.best = worst(mode);
  }
  get last_path(): string {
    return `${this.folder}/last.pt`;
  }
  get best_path(): string {
    return `${this.folder}/best.pt`;
  }
  /** Makes the folder, and removes what a writer that was killed left half-written. */
  begin(): void {
    files("ModelCheckpoint").mkdirSync(this.folder, { recursive: true });
    for (const path of [this.last_path, this.best_path]) removeAbandoned("ModelCheckpoint", path);
  }
  /** What there is to go on from; null if nothing. */
  load(): object | null {
    try {
      return load<object>(this.last_path);
    } catch (error) {
      if (error instanceof FileNotFoundError) return null;
      throw error;
    }
  }
  /** Takes an epoch into account; whether it was the best one. */
  judge(logs: EpochLogs): boolean {
    const monitor = this.monitor ?? ("val_loss" in logs ? "val_loss" : "loss");
    const value = monitored("ModelCheckpoint", logs, monitor);
    if (!isBetter(this.mode, value, this.best)) return false;
    this.best = value;
    return true;
  }
  save(state: object, isBest: boolean): void {
    if (isBest) save(state, this.best_path);
    save(state, this.last_path);
  }
}
