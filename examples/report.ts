// One self-contained HTML page about a training run: curves drawn by Observable Plot, mistakes as pictures.
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** One line of a training log. */
export interface Epoch {
  readonly model: string;
  readonly epoch: number;
  readonly loss: number;
  /** Share of the test images that were recognised, 0 to 1. */
  readonly accuracy: number;
}
/** A test image that a model got wrong. Pixels row by row, 0 to 1. */
export interface Mistake {
  readonly pixels: readonly number[];
  readonly label: number;
  readonly guess: number;
}

/** The page as text. Nothing in it is loaded from elsewhere. */
export function reportPage(
  title: string,
  epochs: readonly Epoch[],
  mistakes: readonly Mistake[],
  confusion: readonly (readonly number[])[],
): string {
  const { document } = parseHTML("<html><body></body></html>");
  const curve = (y: "loss" | "accuracy", label: string): string => {
    const marks = [
      ...(y === "loss" ? [Plot.ruleY([0])] : []),
      Plot.lineY(epochs, { x: "epoch", y, stroke: "model", strokeWidth: 2 }),
      Plot.dot(epochs, { x: "epoch", y, fill: "model", r: 2.5 }),
    ];
    const options = { document, width: 440, height: 300, grid: true, marks };
    return Plot.plot({ ...options, x: { label: "epoch" }, y: { label }, color: { legend: true } }).outerHTML;
  };
  const cells = confusion.flatMap((row, label) => row.map((count, guess) => ({ label, guess, count })));
  const table = Plot.plot({
    document,
    width: 420,
    height: 400,
    padding: 0,
    x: { label: "recognised as", tickFormat: String },
    y: { label: "digit", tickFormat: String },
    color: { scheme: "Blues", type: "sqrt" },
    marks: [
      Plot.cell(cells, { x: "guess", y: "label", fill: "count" }),
      Plot.text(cells, {
        x: "guess",
        y: "label",
        text: (d) => (d.count > 0 ? String(d.count) : ""),
        fill: (d) => (d.count > 12 ? "white" : "black"),
      }),
    ],
  }).outerHTML;
  const pictures = mistakes.map(
    ({ pixels, label, guess }) =>
      `<figure>${picture(pixels)}<figcaption>${label}, taken for ${guess}</figcaption></figure>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${title}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
  .row { display: flex; flex-wrap: wrap; gap: 1rem; }
  figure { margin: 0; } figcaption { font-size: 0.8rem; text-align: center; }
</style>
<h1>${title}</h1>
<h2>Loss and test accuracy</h2>
<div class="row"><div>${curve("loss", "training loss")}</div><div>${curve("accuracy", "test accuracy")}</div></div>
<h2>What was taken for what (convolutional network)</h2>
${table}
<h2>Mistakes (convolutional network)</h2>
<div class="row">${pictures.join("\n") || "None."}</div>
</html>
`;
}

/** An 8x8 picture as SVG squares. */
function picture(pixels: readonly number[]): string {
  const size = Math.sqrt(pixels.length);
  const squares = pixels.map((v, i) => {
    const shade = Math.round(255 * (1 - v));
    return `<rect x="${i % size}" y="${Math.floor(i / size)}" width="1" height="1" fill="rgb(${shade},${shade},${shade})"/>`;
  });
  return `<svg viewBox="0 0 ${size} ${size}" width="96" height="96" shape-rendering="crispEdges">${squares.join("")}</svg>`;
}
