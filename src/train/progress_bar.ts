// How far a run is, how fast, and how long it will take: in a terminal, in a log, on a page.
import type { Callback, EpochLogs, Plan, Running, StepLogs } from "./callback.ts";

export interface ProgressBarOptions {
  /** Where text goes; the terminal's error stream unless told. */
  write?: (text: string) => void;
  /** Whether what is written can be written over, as in a terminal. */
  isTTY?: boolean;
  /** An element of a page that shows it, in place of text. */
  element?: PageElement | null;
}
/** What is needed of an element of a page. */
export interface PageElement {
  replaceChildren(...nodes: unknown[]): void;
  readonly ownerDocument: { createElement(name: string): unknown } | null;
}
/** How often a line is written over, and how often one is written where it stays, in milliseconds. */
const OFTEN = 100;
const SELDOM = 10_000;
const WIDTH = 24;

const two = (x: number): string => String(x).padStart(2, "0");
/** Seconds as `1:05` or `2:01:05`. */
export function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const s = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}
const figure = (x: number): string => (Number.isFinite(x) ? String(Number(x.toPrecision(4))) : String(x));
/** Steps a second, or seconds a step where that is less than one. */
export const rateText = (rate: number): string =>
  !(rate > 0)
    ? ""
    : rate >= 1
      ? `${rate >= 100 ? Math.round(rate) : rate.toFixed(1)} steps/s`
      : `${(1 / rate).toFixed(1)} s/step`;

/**
 * Shows epoch, steps, steps per second, the time that is left and the losses. In a terminal one line is written over; where
 * output goes to a file, each epoch has a line, and every ten seconds there is one; on a page give an `element`.
 * @example await trainer.fit(train, { epochs: 10, val, callbacks: [new ProgressBar()] });
 */
export class ProgressBar implements Callback {
  readonly name = "ProgressBar";
  private readonly write: (text: string) => void;
  private readonly isTTY: boolean;
  private readonly element: PageElement | null;
  private plan: Plan = { epochs: 0, steps_per_epoch: null };
  private from = 0;
  private start = 0;
  private shown = 0;
  private firstOfEpoch = 0;
  private isOpen = false;

  constructor({ write, isTTY, element = null }: ProgressBarOptions = {}) {
    const stream = globalThis.process?.stderr as { isTTY?: boolean; write(text: string): void } | undefined;
    this.write =
      write ?? (stream === undefined ? (text) => console.log(text.trimEnd()) : (text) => void stream.write(text));
    this.isTTY = isTTY ?? (write === undefined && stream?.isTTY === true);
    this.element = element;
  }
  on_fit_start(trainer: Running, plan: Plan): void {
    this.plan = plan;
    this.from = trainer.global_step;
    this.start = this.shown = performance.now();
  }
  on_epoch_start(trainer: Running): void {
    const { steps_per_epoch } = this.plan;
    this.firstOfEpoch = steps_per_epoch === null ? trainer.global_step : trainer.epoch * steps_per_epoch;
  }
  on_step_end(trainer: Running, { loss }: StepLogs): void {
    const now = performance.now();
    if (now - this.shown < (this.isTTY || this.element !== null ? OFTEN : SELDOM)) return;
    this.shown = now;
    this.show(trainer, `loss ${figure(loss)}`, false);
  }
  on_epoch_end(trainer: Running, { epoch: _, step: __, ...logs }: EpochLogs): void {
    const told = Object.entries(logs).map(([name, x]) => `${name} ${figure(x)}`);
    this.show(trainer, told.join(", "), true);
  }
  on_fit_end(): void {
    if (this.isOpen) this.write("\n");
    this.isOpen = false;
  }
  private show(trainer: Running, losses: string, isLast: boolean): void {
    const { epochs, steps_per_epoch } = this.plan;
    const done = trainer.global_step - this.firstOfEpoch;
    const seconds = (performance.now() - this.start) / 1000;
    const rate = (trainer.global_step - this.from) / seconds;
    const left = steps_per_epoch === null ? NaN : (epochs * steps_per_epoch - trainer.global_step) / rate;
    const part = isLast ? 1 : steps_per_epoch === null ? 0 : Math.min(1, done / steps_per_epoch);
    const filled = Math.round(part * WIDTH);
    const facts = [
      `epoch ${trainer.epoch + 1}/${epochs}`,
      "━".repeat(filled) + "─".repeat(WIDTH - filled),
      `${done}/${steps_per_epoch ?? "?"}`,
      rateText(rate),
      // Known without a length only when it is over.
      trainer.epoch + 1 === epochs && isLast ? `in ${clock(seconds)}` : `${clock(left)} left`,
      losses,
    ].filter((fact) => fact !== "");
    if (this.element !== null) return this.onPage(part, facts.filter((_, i) => i !== 1).join(" · "));
    const text = facts.join("  ");
    if (!this.isTTY) return this.write(`${facts.filter((_, i) => i !== 1).join("  ")}\n`);
    this.isOpen = !isLast;
    this.write(`\r\x1b[2K${text}${isLast ? "\n" : ""}`);
  }
  private onPage(part: number, text: string): void {
    const page = this.element!.ownerDocument!;
    const bar = page.createElement("progress") as { max: number; value: number };
    [bar.max, bar.value] = [1, part];
    const label = page.createElement("div") as { textContent: string };
    label.textContent = text;
    this.element!.replaceChildren(bar, label);
  }
}
