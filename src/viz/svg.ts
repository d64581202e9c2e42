// A graph as a still picture, for documents and notebooks. Light or dark as its reader has it.
import type { Graph } from "./graph.ts";
import { placeBoxes, sizeOf, LINE } from "./layout.ts";
import { escaped, pathOf } from "./markup.ts";

const STYLE = `
.tidu-graph { font: 11px ui-monospace, Menlo, Consolas, monospace; --ink: #1c2530; --soft: #5b6775; --line: #8a96a3; --leaf: #d6eaff;
  --op: #eef1f4; --output: #d9f2c9; --saved: #ffe3bd; --frame: #b9c3cd; --paper: #fff; }
@media (prefers-color-scheme: dark) { .tidu-graph { --ink: #e6ebf0; --soft: #a5b1bd; --line: #77838f; --leaf: #17395c; --op: #2a323b;
  --output: #24451a; --saved: #573c12; --frame: #4a5763; --paper: #14181d; } }
.tidu-graph .paper { fill: var(--paper); }
.tidu-graph .box { stroke: var(--line); }
.tidu-graph .leaf { fill: var(--leaf); } .tidu-graph .op { fill: var(--op); }
.tidu-graph .output { fill: var(--output); } .tidu-graph .saved { fill: var(--saved); }
.tidu-graph text { fill: var(--ink); text-anchor: middle; } .tidu-graph .title { font-size: 12px; font-weight: 600; }
.tidu-graph .more { fill: var(--soft); } .tidu-graph .frame { fill: none; stroke: var(--frame); stroke-dasharray: 4 3; }
.tidu-graph .frame-name { text-anchor: start; fill: var(--soft); }
.tidu-graph .arrow { fill: none; stroke: var(--line); } .tidu-graph .kept { stroke-dasharray: 3 3; }
.tidu-graph .tip { fill: var(--line); }`;

const round = (x: number): number => Math.round(x * 10) / 10;

export function svgOf({ boxes, arrows }: Graph): string {
  const sizes = boxes.map(({ id, title, lines, group }) => ({ id, group, ...sizeOf(title, lines) }));
  const placed = placeBoxes(sizes, arrows);
  const [width, height] = [Math.ceil(placed.width), Math.ceil(placed.height)];
  const frames = [...placed.frames].map(([path, { x, y, width, height }]) => {
    const [left, top] = [round(x - width / 2), round(y - height / 2)];
    return `<rect class="frame" x="${left}" y="${top}" width="${round(width)}" height="${round(height)}" rx="8"/><text class="frame-name" x="${left + 6}" y="${top - 4}">${escaped(path)}</text>`;
  });
  const lines = placed.links.map(
    (points, i) =>
      `<path class="arrow${arrows[i].isSaved ? " kept" : ""}" d="${pathOf(points)}"${arrows[i].isSaved ? "" : ' marker-end="url(#tidu-tip)"'}/>`,
  );
  const drawn = boxes.map(({ id, kind, title, lines, line }) => {
    const { x, y, width, height } = placed.boxes.get(id)!;
    const top = y - height / 2;
    const told = [title, ...lines, line].filter((text) => text !== "").join("\n");
    const texts = lines.map(
      (text, i) => `<text class="more" x="${round(x)}" y="${round(top + 19 + LINE * (i + 1))}">${escaped(text)}</text>`,
    );
    return `<g><title>${escaped(told)}</title><rect class="box ${kind}" x="${round(x - width / 2)}" y="${round(top)}" width="${width}" height="${height}" rx="${kind === "op" ? 4 : 10}"/><text class="title" x="${round(x)}" y="${round(top + 19)}">${escaped(title)}</text>${texts.join("")}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="tidu-graph" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(tellingOf(boxes.length, arrows.length))}">`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="tidu-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>',
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...frames,
    ...lines,
    ...drawn,
    "</svg>",
  ].join("\n");
}
const tellingOf = (boxes: number, arrows: number): string => `A graph of ${boxes} boxes and ${arrows} arrows`;
