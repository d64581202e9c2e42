// Logs as JSON, a line for each step and epoch.
import { ValueError } from "../base/errors.ts";
import { files, removeAbandoned, writeFile } from "../serialization/file_system.ts";
import type { Callback, EpochLogs, Running, StepLogs } from "./callback.ts";

interface Line {
  readonly event?: unknown;
  readonly step?: unknown;
  readonly epoch?: unknown;
}
/** JSON has no NaN. */
const line = (x: object): string =>
  `${JSON.stringify(x, (_, value: unknown) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value))}\n`;

export interface JsonLinesOptions {
  /** A line for every so many steps; 1 unless told. */
  every_n_steps?: number;
}
/**
 * Writes `{"event":"step","epoch":0,"step":1,"loss":...}` for each step and `{"event":"epoch",...}` for each epoch. A run
 * that goes on from a checkpoint goes on in the file: lines of what was done after the checkpoint, and one that was cut off
 * in the middle, are taken out first. A run that begins, begins the file anew. Numbers that are none are text, `"NaN"`.
 * @example await trainer.fit(train, { epochs: 10, callbacks: [new JsonLines("runs/digits/log.jsonl")] });
 */
export class JsonLines implements Callback {
  readonly name = "JsonLines";
  readonly path: string;
  readonly every_n_steps: number;
  constructor(path: string, { every_n_steps = 1 }: JsonLinesOptions = {}) {
    if (!(Number.isInteger(every_n_steps) && every_n_steps > 0))
      throw new ValueError(`JsonLines: expected every_n_steps to be a positive integer, got ${every_n_steps}`);
    this.path = path;
    this.every_n_steps = every_n_steps;
  }
  on_fit_start(trainer: Running): void {
    const fs = files("JsonLines");
    const folder = /^(.*)[/\\][^/\\]*$/.exec(this.path)?.[1];
    if (folder !== undefined && folder !== "") fs.mkdirSync(folder, { recursive: true });
    removeAbandoned("JsonLines", this.path);
    const text = fs.existsSync(this.path) ? fs.readFileSync(this.path, "utf8") : "";
    const kept = text.split("\n").filter((part) => isBefore(part, trainer));
    writeFile("JsonLines", this.path, (write) => write(new TextEncoder().encode(kept.map((l) => `${l}\n`).join(""))));
  }
  on_step_end(trainer: Running, logs: StepLogs): void {
    if (trainer.global_step % this.every_n_steps !== 0) return;
    this.append({ event: "step", epoch: trainer.epoch, step: trainer.global_step, ...logs });
  }
  on_epoch_end(_: Running, logs: EpochLogs): void {
    this.append({ event: "epoch", ...logs });
  }
  private append(what: object): void {
    files("JsonLines").appendFileSync(this.path, line(what));
  }
}
function isBefore(text: string, trainer: Running): boolean {
  let told: Line | null;
  try {
    told = JSON.parse(text) as Line | null;
  } catch {
    return false; // the end of a file whose writer was killed
  }
  if (told?.event === "step") return Number(told.step) <= trainer.global_step;
  return told?.event === "epoch" && Number(told.epoch) < trainer.epoch;
}
