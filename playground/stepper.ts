// The bar to walk through a run with, forward and back.
import { button, icon, make } from "./dom.ts";

const EVERY = 500;
/** Milliseconds that a run which has just ended takes to be shown. */
const SHOWN_IN = 2500;
const [FRAME, SLOWEST] = [32, 220];
const PATHS = {
  first: "M3 3h2v10H3zM13 3v10L6 8z",
  back: "M11 3v10L4 8z",
  play: "M4 2.5v11L13 8z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  on: "M5 3v10l7-5z",
  last: "M11 3h2v10h-2zM3 3v10l7-5z",
} as const;

export class Stepper {
  at = 0;
  private count = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly slider = make("input", { type: "range", min: "0", max: "0", value: "0", "aria-label": "Step" });
  private readonly told = make("output", { class: "soft", "aria-live": "polite" });
  private readonly play: HTMLButtonElement;
  private readonly moved: (i: number) => void;
  private readonly describe: (i: number) => string;

  constructor(place: HTMLElement, moved: (i: number) => void, describe: (i: number) => string) {
    this.moved = moved;
    this.describe = describe;
    this.play = button(icon(PATHS.play), "Play the run step by step", () =>
      this.timer === undefined ? this.start() : this.pause(),
    );
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    place.append(
      button(icon(PATHS.first), "First step", () => this.go(0)),
      button(icon(PATHS.back), "Step back", () => this.go(this.at - 1)),
      this.play,
      button(icon(PATHS.on), "Step on", () => this.go(this.at + 1)),
      button(icon(PATHS.last), "Last step", () => this.go(this.count - 1)),
      this.slider,
      this.told,
    );
    this.place = place;
    this.reset(0);
  }
  private readonly place: HTMLElement;
  /** A run of so many steps; its last one is shown, after those since `from`, one by one. */
  reset(count: number, from = count - 1): void {
    this.pause();
    this.count = count;
    this.slider.max = String(Math.max(0, count - 1));
    for (const control of this.place.querySelectorAll<HTMLButtonElement | HTMLInputElement>("button, input"))
      control.disabled = count === 0;
    this.told.textContent = "";
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (count > 0) this.go(isStill ? count - 1 : Math.max(0, Math.min(from, count - 1)), true);
    if (this.at >= count - 1) return;
    const each = SHOWN_IN / (count - 1 - this.at);
    this.start(Math.min(SLOWEST, Math.max(FRAME, each)), Math.max(1, Math.ceil(FRAME / each)));
  }
  go(i: number, isPlaying = false): void {
    if (!isPlaying) this.pause();
    this.at = Math.max(0, Math.min(this.count - 1, i));
    this.slider.value = String(this.at);
    const text = `${this.at + 1} / ${this.count}`;
    this.told.textContent = text;
    this.slider.setAttribute("aria-valuetext", `step ${text}: ${this.describe(this.at)}`);
    this.moved(this.at);
  }
  private start(every = EVERY, stride = 1): void {
    if (this.at >= this.count - 1) this.go(0, true);
    this.play.replaceChildren(icon(PATHS.pause));
    this.play.setAttribute("aria-label", "Pause");
    this.timer = setInterval(() => {
      if (this.at >= this.count - 1) this.pause();
      else this.go(this.at + stride, true);
    }, every);
  }
  private pause(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.play.replaceChildren(icon(PATHS.play));
    this.play.setAttribute("aria-label", "Play the run step by step");
  }
}
