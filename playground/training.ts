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
/** Colours between the two of the graph, blue below zero and orange above, as pixels: from -1 to 1 in steps of 1/128. */
const STEPS = 128;
const SHADES = Uint32Array.from({ length: 2 * STEPS + 1 }, (_, i) => {
  const p = i / STEPS - 1;
  const [r, g, b] = p < 0 ? [36, 85, 143] : [196, 92, 38];
  const mixed = ([paper, ink]: [number, number]): number => Math.round(paper + (ink - paper) * Math.abs(p));
  const bytes = Uint8Array.of(mixed([250, r]), mixed([249, g]), mixed([246, b]), 255);
  return new Uint32Array(bytes.buffer)[0];
});
/** Numbers as pixels, `part` from -1 to 1. */
function paint(
  canvas: HTMLCanvasElement | OffscreenCanvas,
  columns: number,
  rows: number,
  part: (i: number) => number,
): void {
  if (canvas.width !== columns || canvas.height !== rows) [canvas.width, canvas.height] = [columns, rows];
  const context = canvas.getContext("2d") as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
  const image = new ImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = SHADES[Math.round(STEPS * (1 + Math.max(-1, Math.min(1, part(i)))))];
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

/** Pixels of the surface's sides. */
const SIZE = 10 * SIDE;
function drawnPoints(at: Float32Array, classes: readonly number[]): OffscreenCanvas {
  const drawn = new OffscreenCanvas(SIZE, SIZE);
  const context = drawn.getContext("2d")!;
  context.strokeStyle = "#fff";
  for (const [i, k] of classes.entries()) {
    const [x, y] = [at[2 * i], at[2 * i + 1]].map((v) => (v / EXTENT + 1) / 2);
    context.beginPath();
    context.arc(x * SIZE, (1 - y) * SIZE, 3.5, 0, 2 * Math.PI);
    context.fillStyle = k === 0 ? "#24558f" : "#b4541f";
    context.fill();
    context.stroke();
  }
  return drawn;
}
const [ACROSS, CELL] = [8, 50];
function drawnDigits(pixels: Float32Array, count: number): OffscreenCanvas {
  const drawn = new OffscreenCanvas(ACROSS * CELL, Math.ceil(count / ACROSS) * CELL);
  const context = drawn.getContext("2d")!;
  context.fillStyle = "#fbfaf7";
  context.fillRect(0, 0, drawn.width, drawn.height);
  for (let i = 0; i < count; i++) {
    const [left, top] = [(i % ACROSS) * CELL, Math.floor(i / ACROSS) * CELL];
    for (let k = 0; k < 64; k++) {
      const ink = Math.round(250 - 230 * pixels[64 * i + k]);
      context.fillStyle = `rgb(${ink},${ink},${ink})`;
      context.fillRect(left + 4 + (k % 8) * 4, top + 8 + Math.floor(k / 8) * 4, 4, 4);
    }
  }
  return drawn;
}

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
  /** What stays as it is while the network learns: the points, or the digits. */
  private still: OffscreenCanvas | null = null;
  private readonly small = new OffscreenCanvas(SIDE, SIDE);
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
      if (data.type === "points") this.still = drawnPoints(data.points, data.classes);
      else {
        if (this.latest === null) requestAnimationFrame(() => this.draw());
        this.latest = data.frame;
      }
    });
    this.latest = null;
    [this.losses, this.still, this.isGoing, this.told] = [[], null, true, 0];
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
    paint(this.small, SIDE, SIDE, (i) => (surface[i] - 0.5) * 1.4);
    if (this.surface.width !== SIZE || this.surface.height !== SIZE)
      [this.surface.width, this.surface.height] = [SIZE, SIZE];
    const context = this.surface.getContext("2d")!;
    context.imageSmoothingEnabled = true;
    context.drawImage(this.small, 0, 0, SIZE, SIZE);
    if (this.still !== null) context.drawImage(this.still, 0, 0);
  }
  private drawDigits({ pixels, labels, taken }: NonNullable<Frame["samples"]>): void {
    this.still ??= drawnDigits(pixels, labels.length);
    const { width, height } = this.still;
    if (this.surface.width !== width || this.surface.height !== height)
      [this.surface.width, this.surface.height] = [width, height];
    const context = this.surface.getContext("2d")!;
    context.drawImage(this.still, 0, 0);
    context.font = "bold 12px system-ui";
    for (const [i, label] of labels.entries()) {
      context.fillStyle = taken[i] === label ? "#24558f" : "#b3261e";
      context.fillText(String(taken[i]), (i % ACROSS) * CELL + 39, Math.floor(i / ACROSS) * CELL + 28);
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
