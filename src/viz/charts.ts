// Small pictures of numbers: curves, histograms, confusion matrices, as SVG and as text for a terminal. Drawn by hand: the plot
// libraries that are good are ten times as large as all of this and want a page to draw in.
import { ValueError } from "../base/errors.ts";
import { Tensor } from "../tensor/tensor.ts";
import { writeText } from "./files.ts";
import { escaped } from "./markup.ts";
import { short } from "./explain/not_finite.ts";

type Numbers = Tensor | readonly number[];
const numbers = (x: Numbers): number[] =>
  x instanceof Tensor ? Array.from(x.detach().typed_array() as ArrayLike<number>, Number) : [...x];

/** A chart: `svg()` for pages, as text for terminals. */
export class Chart {
  private readonly drawn: string;
  private readonly told: string;
  constructor(svg: string, text: string) {
    this.drawn = svg;
    this.told = text;
  }
  svg(): string {
    return this.drawn;
  }
  save(path: string): void {
    writeText(path, path.endsWith(".txt") ? this.told : this.drawn, "save");
  }
  toString(): string {
    return this.told;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.told;
  }
  /** @internal For notebooks. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "image/svg+xml": this.drawn, "text/plain": this.told };
  }
}
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [520, 260, 60, 34, 28];
const COLOURS = ["#2563eb", "#dc2626", "#059669", "#9333ea", "#d97706", "#0891b2"];
const STYLE = `<style>.tidu-chart{font:11px system-ui,sans-serif;--ink:#1c2530;--soft:#c3cbd3}@media(prefers-color-scheme:dark){.tidu-chart{--ink:#e6ebf0;--soft:#46525e}}.tidu-chart text{fill:var(--ink)}.tidu-chart .grid{stroke:var(--soft)}</style>`;
const frame = (title: string, body: string, height = HEIGHT): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" class="tidu-chart" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">${STYLE}<text x="${LEFT}" y="16" font-weight="600">${escaped(title)}</text>${body}</svg>`;
const at = (x: number): string => x.toFixed(1);

/** Round numbers of a range, about `count`: steps of 1, 2 or 5 times a power of ten. */
function ticks(low: number, high: number, count = 4): number[] {
  const least = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * ([1, 2, 5].find((n) => n * power >= least * 0.999) ?? 10);
  const [first, last] = [Math.ceil(low / step - 1e-6), Math.floor(high / step + 1e-6)];
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
/** Marks and numbers below a chart. */
const across = (values: readonly number[], x: (v: number) => number): string =>
  values
    .map(
      (v) =>
        `<line class="grid" x1="${at(x(v))}" x2="${at(x(v))}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM + 5}"/><text x="${at(x(v))}" y="${HEIGHT - 12}" text-anchor="middle">${short(v)}</text>`,
    )
    .join("");

/**
 * Curves over steps: a loss, or several by name.
 * @example console.log(String(viz.curves({ train: [1, 0.5, 0.3], test: [1.1, 0.7, 0.6] })));
 */
export function curves(series: Numbers | Readonly<Record<string, Numbers>>, title = "loss"): Chart {
  const named: [string, number[]][] =
    series instanceof Tensor || Array.isArray(series)
      ? [[title, numbers(series as Numbers)]]
      : Object.entries(series as Readonly<Record<string, Numbers>>).map(([name, x]) => [name, numbers(x)]);
  const all = named.flatMap(([, x]) => x).filter(Number.isFinite);
  if (all.length === 0) throw new ValueError("curves(): no finite number to draw");
  let [low, high] = [all[0], all[0]];
  for (const x of all) [low, high] = [Math.min(low, x), Math.max(high, x)];
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const most = Math.max(...named.map(([, x]) => x.length), 2);
  const x = (i: number): number => LEFT + (i / (most - 1)) * (WIDTH - LEFT - 16);
  const y = (v: number): number => TOP + (1 - (v - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const grid = ticks(low, high)
    .map(
      (v) =>
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - 16}" y1="${at(y(v))}" y2="${at(y(v))}"/><text x="${LEFT - 6}" y="${at(y(v) + 4)}" text-anchor="end">${short(v)}</text>`,
    )
    .join("");
  const lines = named
    .map(([name, values], k) => {
      const colour = COLOURS[k % COLOURS.length];
      let path = "";
      let isDown = false;
      for (const [i, v] of values.entries()) {
        if (Number.isFinite(v)) path += `${isDown ? "L" : "M"}${at(x(i))} ${at(y(v))}`;
        isDown = Number.isFinite(v);
      }
      // Who hovers over a point is told what it is; a few hundred of them are as many as can be told apart.
      const each = Math.ceil(values.length / 300);
      const points = values.flatMap((v, i) =>
        i % each === 0 && Number.isFinite(v)
          ? [
              `<circle cx="${at(x(i))}" cy="${at(y(v))}" r="4" fill="${colour}" fill-opacity="0"><title>${escaped(name)}, ${i}: ${short(v)}</title></circle>`,
            ]
          : [],
      );
      return `<path fill="none" stroke="${colour}" stroke-width="1.6" d="${path}"/>${points.join("")}<text x="${WIDTH - 16 - 90 * (named.length - k - 1)}" y="16" text-anchor="end" style="fill:${colour}">${escaped(name)}</text>`;
    })
    .join("");
  const axis = across(ticks(0, most - 1, 6).filter(Number.isInteger), x);
  const rows = named.map(
    ([name, values]) => `${name.padEnd(12)} ${spark(values, low, high)} ${short(values.at(-1) ?? NaN)}`,
  );
  return new Chart(
    frame(title, grid + lines + axis),
    [`${title}: from ${short(low)} to ${short(high)}`, ...rows].join("\n"),
  );
}
const BARS = "▁▂▃▄▅▆▇█";
/** Sixty places for all values, each the mean of those that fall there. */
function spark(values: readonly number[], low: number, high: number): string {
  const width = Math.min(60, values.length);
  let text = "";
  for (let k = 0; k < width; k++) {
    const some = values.slice(Math.floor((k * values.length) / width), Math.floor(((k + 1) * values.length) / width));
    const mean = some.reduce((a, b) => a + b, 0) / some.length;
    text += Number.isFinite(mean) ? BARS[Math.min(7, Math.max(0, Math.floor(((mean - low) / (high - low)) * 8)))] : "?";
  }
  return text;
}

/** How often values fall into each of so many equal parts of their range: of a parameter, a gradient, an activation. */
export function histogram(
  values: Numbers,
  { bins = 30, title = "values" }: { bins?: number; title?: string } = {},
): Chart {
  const all = numbers(values);
  const finite = all.filter(Number.isFinite);
  let [low, high] = [Infinity, -Infinity];
  for (const x of finite) [low, high] = [Math.min(low, x), Math.max(high, x)];
  if (finite.length === 0) [low, high] = [0, 1];
  else if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const counts = new Array<number>(bins).fill(0);
  for (const x of finite) counts[Math.min(bins - 1, Math.floor(((x - low) / (high - low)) * bins))]++;
  const most = Math.max(...counts, 1);
  const width = (WIDTH - LEFT - 16) / bins;
  const x = (v: number): number => LEFT + ((v - low) / (high - low)) * (WIDTH - LEFT - 16);
  const counted = ticks(0, most).filter(Number.isInteger);
  const grid = counted
    .map((n) => {
      const y = HEIGHT - BOTTOM - (n / most) * (HEIGHT - TOP - BOTTOM);
      return `<line class="grid" x1="${LEFT}" x2="${WIDTH - 16}" y1="${at(y)}" y2="${at(y)}"/><text x="${LEFT - 6}" y="${at(y + 4)}" text-anchor="end">${n}</text>`;
    })
    .join("");
  const bars = counts
    .map((n, i) => {
      const tall = (n / most) * (HEIGHT - TOP - BOTTOM);
      return `<rect x="${at(LEFT + i * width)}" y="${at(HEIGHT - BOTTOM - tall)}" width="${at(width - 1)}" height="${at(tall)}" fill="${COLOURS[0]}"><title>${n}</title></rect>`;
    })
    .join("");
  const axis = across(ticks(low, high, 6), x);
  const bad = all.length - finite.length;
  const told = bad > 0 ? `, ${bad} not finite` : "";
  const text = `${title}: ${short(low)} ${counts.map((n) => (n === 0 ? " " : BARS[Math.min(7, Math.floor((n / most) * 7.99))])).join("")} ${short(high)}, ${all.length} values${told}`;
  return new Chart(frame(`${title}${told}`, grid + bars + axis), text);
}

/** How often each class (a row) was taken for each (a column). Raises ValueError for lists of different lengths. */
export function confusion_matrix(targets: Numbers, predictions: Numbers, classes?: readonly string[]): Chart {
  const [truth, guess] = [numbers(targets), numbers(predictions)];
  if (truth.length !== guess.length)
    throw new ValueError(`confusion_matrix(): ${truth.length} targets and ${guess.length} predictions`);
  const n = classes?.length ?? Math.max(...truth, ...guess, 0) + 1;
  const names = classes ?? Array.from({ length: n }, (_, i) => String(i));
  const counts = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (const [i, t] of truth.entries()) {
    if (counts[t]?.[guess[i]] === undefined) throw new ValueError(`confusion_matrix(): no class ${t} or ${guess[i]}`);
    counts[t][guess[i]]++;
  }
  const most = Math.max(...counts.flat(), 1);
  const side = Math.min(44, (WIDTH - 130) / n);
  const cells = counts
    .flatMap((row, r) =>
      row.map((count, c) => {
        const [x, y] = [110 + c * side, 56 + r * side];
        const strong = count / most > 0.5;
        return `<rect x="${at(x)}" y="${at(y)}" width="${at(side - 1)}" height="${at(side - 1)}" fill="${r === c ? COLOURS[2] : COLOURS[1]}" fill-opacity="${(0.06 + (0.9 * count) / most).toFixed(2)}"><title>${escaped(names[r])} taken for ${escaped(names[c])}: ${count}</title></rect><text x="${at(x + side / 2)}" y="${at(y + side / 2 + 4)}" text-anchor="middle"${strong ? ' style="fill:#fff"' : ""}>${count === 0 ? "" : count}</text>`;
      }),
    )
    .join("");
  const labels = names
    .map(
      (name, i) =>
        `<text x="104" y="${at(56 + i * side + side / 2 + 4)}" text-anchor="end">${escaped(name)}</text><text x="${at(110 + i * side + side / 2)}" y="50" text-anchor="middle">${escaped(name)}</text>`,
    )
    .join("");
  const right = counts.reduce((sum, row, i) => sum + row[i], 0);
  const title = `confusion matrix: ${right} of ${truth.length} right`;
  const wide = Math.max(...names.map((name) => name.length), String(most).length) + 1;
  const text = [
    title,
    " ".repeat(wide) + names.map((name) => name.padStart(wide)).join(""),
    ...counts.map(
      (row, r) => names[r].padStart(wide) + row.map((count) => String(count || "·").padStart(wide)).join(""),
    ),
  ].join("\n");
  return new Chart(frame(title, labels + cells, Math.ceil(70 + n * side)), text);
}
