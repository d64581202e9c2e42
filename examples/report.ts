// One self-contained HTML page about a training run: its facts, curves, and mistakes as pictures.
import { curves } from "tidu/viz";
import type { Chart } from "tidu/viz";

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
  facts: Readonly<Record<string, string>>,
  epochs: readonly Epoch[],
  mistakes: readonly Mistake[],
  confusion: Chart,
): string {
  const curve = (y: "loss" | "accuracy", label: string): string => {
    const models = [...new Set(epochs.map(({ model }) => model))];
    const of = (model: string): number[] => epochs.filter((e) => e.model === model).map((e) => e[y]);
    return curves(Object.fromEntries(models.map((model) => [model, of(model)])), label).svg();
  };
  const rows = Object.entries(facts).map(([name, text]) => `<dt>${name}<dd>${text}`);
  const pictures = mistakes.map(
    ({ pixels, label, guess }) =>
      `<figure>${picture(pixels)}<figcaption>${label}, taken for ${guess}</figcaption></figure>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${title}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
  .row { display: flex; flex-wrap: wrap; gap: 1rem; }
  dl { display: grid; grid-template-columns: max-content auto; gap: 0 1rem; } dd { margin: 0; }
  figure { margin: 0; } figcaption { font-size: 0.8rem; text-align: center; }
</style>
<h1>${title}</h1>
<dl>${rows.join("")}</dl>
<h2>Loss and test accuracy</h2>
<div class="row"><div>${curve("loss", "training loss")}</div><div>${curve("accuracy", "test accuracy")}</div></div>
<h2>What was taken for what (convolutional network)</h2>
${confusion.svg()}
<h2>Mistakes (convolutional network)</h2>
<div class="row">${pictures.join("\n") || "None."}</div>
</html>
`;
}

/** An 8x8 picture as SVG squares, with its label for who hovers over it. */
function picture(pixels: readonly number[]): string {
  const size = Math.sqrt(pixels.length);
  const squares = pixels.map((v, i) => {
    const shade = Math.round(255 * (1 - v));
    return `<rect x="${i % size}" y="${Math.floor(i / size)}" width="1" height="1" fill="rgb(${shade},${shade},${shade})"><title>${v.toFixed(2)}</title></rect>`;
  });
  return `<svg viewBox="0 0 ${size} ${size}" width="96" height="96" shape-rendering="crispEdges">${squares.join("")}</svg>`;
}
