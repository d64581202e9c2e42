// The training tab: a network learns in a worker; decision surface, loss, weights and their gradients are drawn as it does.
import { make } from "./dom.ts";
import { EXTENT, SIDE } from "./training_told.ts";
import type { DataName, Frame, FromTraining, Matrix, ToTraining } from "./training_told.ts";

const DATA: Readonly<Record<DataName, string>> = {
  moons: "Two moons",
  circles: "Circles",
  spiral: "Spiral",
  digits: "Digits",
};
const MOST_LOSSES = 600;
let tab: Tab | null = null;

export function open(place: HTMLElement): void {
  tab ??= new Tab(place);
}
export function close(): void {
  tab?.pause();
}
/** A colour between the two of the graph: blue below zero, orange above. */
function shade(part: number): readonly [number, number, number] {
  const p = Math.max(-1, Math.min(1, part));
  const [r, g, b] = p < 0 ? [36, 85, 143] : [196, 92, 38];
  const a = Math.abs(p);
  return [Math.round(250 + (r - 250) * a), Math.round(249 + (g - 249) * a), Math.round(246 + (b - 246) * a)];
}
/** Draws numbers as pixels, `part` from -1 to 1. */
function paint(canvas: HTMLCanvasElement, columns: number, rows: number, part: (i: number) => number): void {
  if (canvas.width !== columns || canvas.height !== rows) [canvas.width, canvas.height] = [columns, rows];
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(columns, rows);
  for (let i = 0; i < rows * columns; i++) {
    const [r, g, b] = shade(part(i));
    image.data.set([r, g, b, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}
const select = (label: string, options: Readonly<Record<string, string>>, value: string): HTMLSelectElement => {
  const made = make(
    "select",
    { "aria-label": label },
    ...Object.entries(options).map(([key, text]) => make("option", { value: key }, text)),
  );
  made.value = value;
  return made;
};

class Tab {
  private readonly data = select("Data", DATA, "moons");
  private readonly width = select(
    "Width of the hidden layers",
    { 4: "4 wide", 8: "8 wide", 16: "16 wide", 48: "48 wide" },
    "16",
  );
  private readonly rate = select(
    "Learning rate",
    { 0.001: "rate 0.001", 0.003: "rate 0.003", 0.01: "rate 0.01", 0.1: "rate 0.1" },
    "0.01",
  );
  private readonly toggle = make("button", { class: "primary", type: "button" }, "Train");
  private readonly restart = make("button", { type: "button" }, "Start anew");
  private readonly status = make("p", { class: "status", role: "status" });
  private readonly surface = make("canvas", { role: "img", "aria-label": "What the network takes each place for" });
  private readonly curve = make("canvas", {
    role: "img",
    "aria-label": "The loss over the steps",
    width: "560",
    height: "150",
  });
  private readonly matrices = make("div", { class: "matrices" });
  private worker: Worker | null = null;
  private isGoing = false;
  private points: { readonly at: Float32Array; readonly classes: readonly number[] } | null = null;
  private losses: number[] = [];
  private told = 0;
  private latest: Frame | null = null;

  constructor(place: HTMLElement) {
    place.append(
      make("div", { class: "bar" }, this.data, this.width, this.rate, this.toggle, this.restart),
      this.status,
      make(
        "div",
        { class: "boards" },
        make("figure", {}, make("figcaption", {}, "What it has learnt"), this.surface),
        make(
          "figure",
          {},
          make("figcaption", {}, "Loss"),
          this.curve,
          make("figcaption", {}, "Weights, and the gradients that flow to them"),
          this.matrices,
        ),
      ),
    );
    this.toggle.addEventListener("click", () => (this.isGoing ? this.pause() : this.go()));
    this.restart.addEventListener("click", () => this.begin());
    for (const control of [this.data, this.width, this.rate]) control.addEventListener("change", () => this.begin());
    this.status.textContent = "A network of two hidden layers, trained by Adam in a worker. Choose data, then Train.";
  }
  pause(): void {
    this.isGoing = false;
    this.toggle.textContent = "Train";
    this.post({ type: "pause" });
  }
  private go(): void {
    if (this.worker === null) return this.begin();
    this.isGoing = true;
    this.toggle.textContent = "Pause";
    this.post({ type: "go" });
  }
  private begin(): void {
    this.worker?.terminate();
    this.worker = new Worker(new URL("./training.js", import.meta.url), { type: "module" });
    this.worker.addEventListener("message", ({ data, target }: MessageEvent<FromTraining>) => {
      if (target !== this.worker) return;
      if (data.type === "points") this.points = { at: data.points, classes: data.classes };
      else {
        if (this.latest === null) requestAnimationFrame(() => this.draw());
        this.latest = data.frame;
      }
    });
    this.latest = null;
    [this.losses, this.points, this.isGoing, this.told] = [[], null, true, 0];
    this.toggle.textContent = "Pause";
    const setting = {
      data: this.data.value as DataName,
      width: Number(this.width.value),
      rate: Number(this.rate.value),
    };
    this.status.textContent = "Starting …";
    this.post({ type: "start", setting });
  }
  private post(message: ToTraining): void {
    this.worker?.postMessage(message);
  }
  private draw(): void {
    const { latest: frame } = this;
    this.latest = null;
    if (frame === null) return;
    if (Number.isFinite(frame.loss)) this.losses.push(frame.loss);
    if (this.losses.length > MOST_LOSSES) this.losses = this.losses.filter((_, i) => i % 2 === 0);
    if (frame.surface !== null) this.drawSurface(frame.surface);
    if (frame.samples !== null) this.drawDigits(frame.samples);
    this.drawLoss();
    this.drawMatrices(frame.matrices);
    // Not at every frame: a reader would never come to an end.
    if (performance.now() - this.told < 500 && frame.accuracy < 0.99) return;
    this.told = performance.now();
    this.status.textContent = `Epoch ${frame.epoch}, step ${frame.step}: loss ${frame.loss.toFixed(4)}, ${(100 * frame.accuracy).toFixed(1)} % of what was held out is right${frame.device === "cpu" ? "" : ", on the GPU"}.`;
  }
  private drawSurface(surface: Float32Array): void {
    const scale = 10;
    const size = SIDE * scale;
    const small = new OffscreenCanvas(SIDE, SIDE);
    const image = new ImageData(SIDE, SIDE);
    for (const [i, p] of surface.entries()) image.data.set([...shade((p - 0.5) * 1.4), 255], 4 * i);
    small.getContext("2d")!.putImageData(image, 0, 0);
    if (this.surface.width !== size || this.surface.height !== size)
      [this.surface.width, this.surface.height] = [size, size];
    const context = this.surface.getContext("2d")!;
    context.imageSmoothingEnabled = true;
    context.drawImage(small, 0, 0, size, size);
    if (this.points === null) return;
    const { at, classes } = this.points;
    for (const [i, k] of classes.entries()) {
      const [x, y] = [at[2 * i], at[2 * i + 1]].map((v) => (v / EXTENT + 1) / 2);
      context.beginPath();
      context.arc(x * size, (1 - y) * size, 3.5, 0, 2 * Math.PI);
      context.fillStyle = k === 0 ? "#24558f" : "#b4541f";
      context.fill();
      context.strokeStyle = "#fff";
      context.stroke();
    }
  }
  private drawDigits({ pixels, labels, taken }: NonNullable<Frame["samples"]>): void {
    const [across, cell] = [8, 50];
    const [width, height] = [across * cell, Math.ceil(labels.length / across) * cell];
    if (this.surface.width !== width || this.surface.height !== height)
      [this.surface.width, this.surface.height] = [width, height];
    const context = this.surface.getContext("2d")!;
    context.fillStyle = "#fbfaf7";
    context.fillRect(0, 0, width, height);
    for (const [i, label] of labels.entries()) {
      const [left, top] = [(i % across) * cell, Math.floor(i / across) * cell];
      for (let k = 0; k < 64; k++) {
        const ink = Math.round(250 - 230 * pixels[64 * i + k]);
        context.fillStyle = `rgb(${ink},${ink},${ink})`;
        context.fillRect(left + 4 + (k % 8) * 4, top + 8 + Math.floor(k / 8) * 4, 4, 4);
      }
      context.font = "bold 12px system-ui";
      context.fillStyle = taken[i] === label ? "#24558f" : "#b3261e";
      context.fillText(String(taken[i]), left + 39, top + 28);
    }
  }
  private drawLoss(): void {
    const { width, height } = this.curve;
    const context = this.curve.getContext("2d")!;
    context.clearRect(0, 0, width, height);
    const most = Math.max(...this.losses, 0.01);
    context.beginPath();
    for (const [i, loss] of this.losses.entries())
      context.lineTo((i / Math.max(1, this.losses.length - 1)) * width, height - 6 - (loss / most) * (height - 12));
    context.strokeStyle = getComputedStyle(this.curve).color;
    context.lineWidth = 1.6;
    context.stroke();
  }
  private drawMatrices(matrices: readonly Matrix[]): void {
    if (this.matrices.childElementCount !== matrices.length * 2)
      this.matrices.replaceChildren(
        ...matrices.flatMap(({ name }) =>
          ["weights", "gradient"].map((what) => make("canvas", { role: "img", "aria-label": `${what} of ${name}` })),
        ),
      );
    for (const [i, { rows, columns, weights, gradient }] of matrices.entries())
      for (const [k, x] of [weights, gradient].entries()) {
        let most = 1e-12;
        for (const v of x) most = Math.max(most, Math.abs(v));
        // The longer side lies.
        const isTall = rows > columns;
        const [w, h] = isTall ? [rows, columns] : [columns, rows];
        const at = (j: number): number => (isTall ? x[(j % w) * columns + Math.floor(j / w)] : x[j]);
        paint(this.matrices.children[2 * i + k] as HTMLCanvasElement, w, h, (j) => at(j) / most);
      }
  }
}
