// A tensor at one of its versions: figures, a heat map, its first numbers.
import type { ShownTensor } from "../src/viz/story.ts";

export const TENSORS = `.tensors { display: flex; flex-wrap: wrap; gap: 16px; margin: 8px 0 20px; } figure { margin: 0; padding: 10px; border: 1px solid var(--edge); border-radius: 8px; max-width: 100%; overflow: auto; }
figcaption { margin-bottom: 8px; } canvas { image-rendering: pixelated; border: 1px solid var(--edge); } table { border-collapse: collapse; margin-top: 8px; } td { padding: 2px 7px; text-align: right; font: 12px ui-monospace, monospace; color: #111; }
.bad { color: var(--bad); font-weight: 600; }`;

export const text = (tag: string, content: string, className = ""): HTMLElement => {
  const made = document.createElement(tag);
  made.textContent = content;
  made.className = className;
  return made;
};
/** Blue below zero, red above; what is no number stands out. */
export function shade(x: number | string, most: number): string {
  if (typeof x === "string") return x === "NaN" ? "#d946ef" : "#111827";
  const part = most === 0 ? 0 : Math.max(-1, Math.min(1, x / most));
  const pale = Math.round(255 - 190 * Math.abs(part));
  return part < 0
    ? `rgb(${pale},${Math.round(255 - 120 * -part)},255)`
    : `rgb(255,${Math.round(255 - 150 * part)},${pale})`;
}
/** `brief` leaves out what it takes a whole page to need. */
export function drawTensor(key: string, t: ShownTensor, brief = false): HTMLElement {
  const [id, version] = key.split("@");
  const figure = document.createElement("figure");
  const caption = text(
    "figcaption",
    brief
      ? `${t.shape.length === 0 ? "" : `[${t.shape.join(", ")}] `}${t.dtype}${version === "0" ? "" : `, version ${version}`}`
      : `#${id} [${t.shape.join(", ")}] ${t.dtype}, version ${version}`,
    "mono",
  );
  figure.append(caption);
  if (t.figures !== null) {
    const { min, max, zeros, nans, count, digest } = t.figures;
    if (!brief)
      figure.append(
        text(
          "p",
          `min ${short(min)}, max ${short(max)}, ${zeros} of ${count} zero, digest ${digest.toString(16)}`,
          "soft mono",
        ),
      );
    if (nans > 0) figure.append(text("p", `${nans} NaN`, "bad"));
  }
  if (t.made !== "" && !brief) figure.append(text("p", `made at ${t.made}`, "soft mono"));
  if (t.numbers === null) {
    figure.append(text("p", "Its numbers were not kept.", "soft"));
    return figure;
  }
  const most = Math.max(0, ...t.numbers.map((x) => (typeof x === "number" ? Math.abs(x) : 0)));
  if (t.rows * t.columns > 64) {
    const canvas = document.createElement("canvas");
    canvas.width = t.columns;
    canvas.height = t.rows;
    canvas.style.width = `${Math.min(320, t.columns * 14)}px`;
    canvas.style.height = `${(Math.min(320, t.columns * 14) * t.rows) / t.columns}px`;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Heat map of ${t.rows} rows and ${t.columns} columns`);
    const context = canvas.getContext("2d")!;
    for (const [i, x] of t.numbers.entries()) {
      context.fillStyle = shade(x, most);
      context.fillRect(i % t.columns, Math.floor(i / t.columns), 1, 1);
    }
    figure.append(canvas);
  }
  const table = document.createElement("table");
  for (let r = 0; r < Math.min(t.rows, 8); r++) {
    const row = document.createElement("tr");
    for (let c = 0; c < Math.min(t.columns, 8); c++) {
      const x = t.numbers[r * t.columns + c];
      const cell = text("td", typeof x === "number" ? short(x) : x);
      cell.style.background = shade(x, most);
      if (typeof x === "string") cell.style.color = "#fff";
      row.append(cell);
    }
    table.append(row);
  }
  figure.append(table);
  return figure;
}
export const short = (x: number | null): string => (x === null ? "-" : String(Number(x.toPrecision(4))));
