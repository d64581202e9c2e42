// The page of a graph: drawn on a canvas, so that ten thousand boxes move smoothly; told as a list to who cannot see it.
import type { Arrow, Box, Graph } from "../src/viz/graph.ts";
import { above, LINE, placeBoxes, sizeOf } from "../src/viz/layout.ts";
import type { Layout, Placed, Point } from "../src/viz/layout.ts";
import { linksOf, waysThrough } from "../src/viz/ways.ts";
import type { Links, Ways } from "../src/viz/ways.ts";
import { colour, COMMON } from "./common.ts";

const { boxes, arrows } = JSON.parse(document.getElementById("data")!.textContent) as Graph;
/** More boxes than this begin folded. */
const MANY = 120;
/** Below this scale text cannot be read, so it is not drawn. */
const READABLE = 0.45;

document.head.insertAdjacentHTML(
  "beforeend",
  `<style>${COMMON}
  #stage { position: relative; flex: 1; min-width: 0; min-height: 0; } canvas { position: absolute; inset: 0; width: 100%; height: 100%; touch-action: none; cursor: grab; }</style>`,
);
document.body.innerHTML = `
<header><strong>Graph</strong>
  <button id="fold">Fold modules</button> <button id="unfold">Unfold all</button> <button id="fit">Fit</button>
  <button id="back" aria-pressed="false" title="Arrows as gradients go, from the loss to the leaves">Backward</button>
  <input id="find" type="search" placeholder="Find a name or shape" aria-label="Find a name or shape">
  <span id="count" class="soft"></span></header>
<main><div id="stage"><canvas tabindex="0" aria-label="The graph. Arrow keys go along its edges, Enter folds and unfolds."></canvas></div>
<aside aria-live="polite"><h2>Hover or click</h2><p class="soft">A box lights its ways from the leaves and to the loss. Click a frame's box to unfold it, double-click a box to fold its module. Drag to move, wheel to zoom.</p></aside></main>
<ol class="hidden" id="told"></ol>`;
const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const canvas = document.querySelector("canvas")!;
const aside = document.querySelector("aside")!;
const context = canvas.getContext("2d")!;

/** What is drawn for a box, or for all boxes of a folded group. */
interface Item {
  readonly id: string;
  readonly kind: Box["kind"] | "group";
  readonly title: string;
  readonly lines: readonly string[];
  readonly group: string;
  readonly line: string;
}
interface Shown extends Links {
  readonly items: readonly Item[];
  readonly byId: ReadonlyMap<string, Item>;
  readonly links: readonly {
    readonly from: string;
    readonly to: string;
    readonly isSaved: boolean;
    readonly label: string;
  }[];
  readonly layout: Layout;
}
const groups = new Set<string>();
for (const { group } of boxes) for (let path = group; path !== ""; path = above(path)) groups.add(path);
const folded = new Set<string>();
if (boxes.length > MANY)
  for (const path of groups) if (path.split(".").length === 2 || !path.includes(".")) folded.add(path);
// The outermost module is not folded alone: it is all there is.
const roots = [...groups].filter((path) => !path.includes("."));
if (roots.length === 1 && groups.size > 1) folded.delete(roots[0]);

const foldedAround = (path: string): string | null => {
  let found: string | null = null;
  for (let at = path; at !== ""; at = above(at)) if (folded.has(at)) found = at;
  return found;
};
function show(): Shown {
  const standsFor = new Map<string, string>();
  const items: Item[] = [];
  const counts = new Map<string, number>();
  for (const box of boxes) {
    const fold = foldedAround(box.group);
    standsFor.set(box.id, fold === null ? box.id : `group ${fold}`);
    if (fold === null) items.push(box);
    else counts.set(fold, (counts.get(fold) ?? 0) + 1);
  }
  for (const [path, n] of counts)
    items.push({
      id: `group ${path}`,
      kind: "group",
      title: path,
      lines: [`${n} boxes, folded`],
      group: above(path),
      line: "",
    });
  const seen = new Set<string>();
  const links: { from: string; to: string; isSaved: boolean; label: string }[] = [];
  for (const { from, to, isSaved, label } of arrows as readonly Arrow[]) {
    const [a, b] = [standsFor.get(from)!, standsFor.get(to)!];
    if (a === b || seen.has(`${a} ${b}`)) continue;
    seen.add(`${a} ${b}`);
    links.push({ from: a, to: b, isSaved, label });
  }
  const layout = placeBoxes(
    items.map(({ id, title, lines, group }) => ({ id, group, ...sizeOf(title, lines) })),
    links,
  );
  const { into, out } = linksOf(links);
  element("count").textContent = `${items.length} of ${boxes.length} boxes`;
  element("told").innerHTML = "";
  for (const { kind, title, lines, line, id } of items.slice(0, 2000)) {
    const row = document.createElement("li");
    const from = (into.get(id) ?? []).map((i) => items.find((x) => x.id === links[i].from)?.title);
    row.textContent = `${kind} ${title}, ${lines.join(", ")}${line === "" ? "" : `, called at ${line}`}${from.length > 0 ? `, from ${from.join(" and ")}` : ""}`;
    if (items.length <= 2000) element("told").append(row);
  }
  return { items, byId: new Map(items.map((item) => [item.id, item])), links, layout, into, out };
}
let shown = show();
const view = { x: 0, y: 0, scale: 1 };
let chosen: string | null = null;
let hovered: string | null = null;
let isBackward = false;
const DARK: Ways = { boxes: new Set(), links: new Set() };
let lit = DARK;
/** All that leads to a box and all that it leads to. */
const light = (id: string | null): void => void (lit = id === null ? DARK : waysThrough(id, shown.links, shown));

let asked = false;
function redraw(): void {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    draw();
  });
}
let colours: Record<string, string> = {};
const readColours = (): void => {
  colours = Object.fromEntries(
    ["ink", "soft", "line", "paper", "edge", "leaf", "op", "output", "saved", "group", "lit", "back"].map((name) => [
      name,
      colour(name),
    ]),
  );
};
function draw(): void {
  const { width, height } = canvas.getBoundingClientRect();
  const ratio = devicePixelRatio;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const { x, y, scale } = view;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = colours["paper"];
  context.fillRect(0, 0, width, height);
  context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * x, ratio * y);
  const [left, top, right, bottom] = [-x / scale, -y / scale, (width - x) / scale, (height - y) / scale];
  const isSeen = ({ x, y, width, height }: Placed): boolean =>
    x + width / 2 > left && x - width / 2 < right && y + height / 2 > top && y - height / 2 < bottom;
  const isReadable = scale > READABLE;
  context.textAlign = "left";
  context.font = "12px system-ui, sans-serif";
  for (const [path, frame] of shown.layout.frames) {
    if (!isSeen(frame)) continue;
    context.strokeStyle = colours["line"];
    context.setLineDash([4, 3]);
    context.strokeRect(frame.x - frame.width / 2, frame.y - frame.height / 2, frame.width, frame.height);
    context.fillStyle = colours["soft"];
    if (isReadable) context.fillText(path, frame.x - frame.width / 2 + 4, frame.y - frame.height / 2 - 4);
  }
  const paths = { plain: new Path2D(), kept: new Path2D(), lit: new Path2D() };
  const tips: { readonly at: Point; readonly from: Point; readonly isLit: boolean }[] = [];
  for (const [i, points] of shown.layout.links.entries()) {
    const [first, last] = [points[0], points[points.length - 1]];
    if (Math.max(first.y, last.y) < top || Math.min(first.y, last.y) > bottom) continue;
    let [low, high] = [Infinity, -Infinity];
    for (const p of points) [low, high] = [Math.min(low, p.x), Math.max(high, p.x)];
    if (high < left || low > right) continue;
    const isLit = lit.links.has(i);
    const path = isLit ? paths.lit : shown.links[i].isSaved ? paths.kept : paths.plain;
    path.moveTo(first.x, first.y);
    for (const p of points.slice(1)) path.lineTo(p.x, p.y);
    if (isReadable && !shown.links[i].isSaved)
      tips.push(
        isBackward ? { at: first, from: points[1], isLit } : { at: last, from: points[points.length - 2], isLit },
      );
  }
  const stroke = isBackward ? colours["back"] : colours["line"];
  context.lineWidth = 1.2;
  context.setLineDash([]);
  context.strokeStyle = stroke;
  context.stroke(paths.plain);
  context.setLineDash([3, 3]);
  context.stroke(paths.kept);
  context.setLineDash([]);
  context.strokeStyle = colours["lit"];
  context.lineWidth = 2.2;
  context.stroke(paths.lit);
  for (const { at, from, isLit } of tips) {
    const angle = Math.atan2(at.y - from.y, at.x - from.x);
    context.fillStyle = isLit ? colours["lit"] : stroke;
    context.beginPath();
    context.moveTo(at.x, at.y);
    context.lineTo(at.x - 8 * Math.cos(angle - 0.4), at.y - 8 * Math.sin(angle - 0.4));
    context.lineTo(at.x - 8 * Math.cos(angle + 0.4), at.y - 8 * Math.sin(angle + 0.4));
    context.fill();
  }
  context.textAlign = "center";
  const found = element<HTMLInputElement>("find").value.trim().toLowerCase();
  const far = new Map<string, Path2D>();
  for (const item of shown.items) {
    const at = shown.layout.boxes.get(item.id)!;
    if (!isSeen(at)) continue;
    if (!isReadable && lit.boxes.size === 0 && found === "") {
      // Too small for anything but its colour: all of one colour at once.
      let path = far.get(item.kind);
      if (path === undefined) far.set(item.kind, (path = new Path2D()));
      path.rect(at.x - at.width / 2, at.y - at.height / 2, at.width, at.height);
      continue;
    }
    const isLit = lit.boxes.has(item.id);
    const isFound = found !== "" && textOf(item).toLowerCase().includes(found);
    context.globalAlpha = lit.boxes.size > 0 && !isLit ? 0.45 : 1;
    context.fillStyle = colours[item.kind];
    context.strokeStyle = isFound || item.id === chosen ? colours["lit"] : isLit ? colours["lit"] : colours["line"];
    context.lineWidth = item.id === chosen || isFound ? 3 : 1;
    const [l, t] = [at.x - at.width / 2, at.y - at.height / 2];
    context.beginPath();
    if (isReadable) context.roundRect(l, t, at.width, at.height, item.kind === "op" ? 4 : 10);
    else context.rect(l, t, at.width, at.height);
    context.fill();
    context.stroke();
    if (isReadable) {
      context.fillStyle = colours["ink"];
      context.font = "600 12px ui-monospace, Menlo, Consolas, monospace";
      context.fillText(item.title, at.x, t + 19);
      context.fillStyle = colours["soft"];
      context.font = "11px ui-monospace, Menlo, Consolas, monospace";
      for (const [i, line] of item.lines.entries()) context.fillText(line, at.x, t + 19 + LINE * (i + 1));
    }
    context.globalAlpha = 1;
  }
  context.strokeStyle = colours["line"];
  context.lineWidth = 1;
  for (const [kind, path] of far) {
    context.fillStyle = colours[kind];
    context.fill(path);
    context.stroke(path);
  }
}
const textOf = ({ title, lines, line }: Item): string => [title, ...lines, line].join(" ");

function fit(): void {
  const { width, height } = canvas.getBoundingClientRect();
  const { layout } = shown;
  view.scale = Math.min(1.2, Math.max(0.02, Math.min(width / layout.width, height / layout.height)));
  // What would be too small to read begins at its end, where the loss is.
  if (view.scale < READABLE) view.scale = Math.min(0.8, width / Math.min(layout.width, 900));
  view.x = (width - layout.width * view.scale) / 2;
  view.y =
    layout.height * view.scale <= height
      ? (height - layout.height * view.scale) / 2
      : height - layout.height * view.scale;
  const output = shown.items.find(({ kind }) => kind === "output");
  if (output !== undefined && layout.width * view.scale > width)
    view.x = width / 2 - shown.layout.boxes.get(output.id)!.x * view.scale;
  redraw();
}
function refold(): void {
  shown = show();
  light(null);
  chosen = hovered = null;
  fit();
}
function at({ clientX, clientY }: { clientX: number; clientY: number }): Item | null {
  const { left, top } = canvas.getBoundingClientRect();
  const [px, py] = [(clientX - left - view.x) / view.scale, (clientY - top - view.y) / view.scale];
  for (const item of shown.items) {
    const { x, y, width, height } = shown.layout.boxes.get(item.id)!;
    if (Math.abs(px - x) <= width / 2 && Math.abs(py - y) <= height / 2) return item;
  }
  return null;
}
function tell(item: Item): void {
  aside.innerHTML = "";
  const title = document.createElement("h2");
  title.textContent = item.title;
  aside.append(title);
  const add = (text: string, className = ""): void => {
    const p = document.createElement("p");
    p.textContent = text;
    p.className = className;
    aside.append(p);
  };
  for (const line of item.lines) add(line, "mono");
  if (item.line !== "") add(`called at ${item.line}`, "mono");
  if (item.group !== "") add(`in ${item.group}`, "soft");
  for (const [edges, end, word] of [
    [shown.into, "from", "from"],
    [shown.out, "to", "to"],
  ] as const)
    for (const i of edges.get(item.id) ?? []) {
      const { label } = shown.links[i];
      add(`${word} ${shown.byId.get(shown.links[i][end])!.title}${label === "" ? "" : ` · ${label}`}`, "mono soft");
    }
}
function choose(item: Item | null): void {
  chosen = item?.id ?? null;
  light(chosen);
  if (item !== null) tell(item);
  redraw();
}
function toggle(item: Item): void {
  if (item.kind === "group") folded.delete(item.title);
  else if (item.group !== "") folded.add(item.group);
  else return;
  refold();
}

let drag: { x: number; y: number; moved: boolean } | null = null;
canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  drag = { x: event.clientX, y: event.clientY, moved: false };
});
canvas.addEventListener("pointermove", (event) => {
  if (drag !== null) {
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < 4) return;
    view.x += dx;
    view.y += dy;
    drag = { x: event.clientX, y: event.clientY, moved: true };
    redraw();
    return;
  }
  const item = at(event);
  if ((item?.id ?? null) === hovered) return;
  hovered = item?.id ?? null;
  light(hovered ?? chosen);
  if (item !== null) tell(item);
  redraw();
});
canvas.addEventListener("pointerup", (event) => {
  const isClick = drag !== null && !drag.moved;
  drag = null;
  if (!isClick) return;
  const item = at(event);
  if (item?.kind === "group") toggle(item);
  else choose(item);
});
canvas.addEventListener("dblclick", (event) => {
  const item = at(event);
  if (item !== null && item.kind !== "group") toggle(item);
});
canvas.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    const { left, top } = canvas.getBoundingClientRect();
    const [px, py] = [event.clientX - left, event.clientY - top];
    const scale = Math.min(4, Math.max(0.02, view.scale * Math.exp(-event.deltaY / 400)));
    view.x = px - ((px - view.x) * scale) / view.scale;
    view.y = py - ((py - view.y) * scale) / view.scale;
    view.scale = scale;
    redraw();
  },
  { passive: false },
);
canvas.addEventListener("keydown", (event) => {
  const item =
    chosen === null ? (shown.items.find(({ kind }) => kind === "output") ?? shown.items[0]) : shown.byId.get(chosen)!;
  const follow = (edges: ReadonlyMap<string, readonly number[]>, end: "from" | "to"): void => {
    const next = edges.get(item.id)?.[0];
    goTo(next === undefined ? item : shown.byId.get(shown.links[next][end])!);
  };
  const beside = (by: number): void => {
    const y = shown.layout.boxes.get(item.id)!.y;
    const row = shown.items
      .filter(({ id }) => Math.abs(shown.layout.boxes.get(id)!.y - y) < 30)
      .toSorted((a, b) => shown.layout.boxes.get(a.id)!.x - shown.layout.boxes.get(b.id)!.x);
    goTo(row[(row.indexOf(item) + by + row.length) % row.length]);
  };
  if (event.key === "ArrowUp") follow(shown.into, "from");
  else if (event.key === "ArrowDown") follow(shown.out, "to");
  else if (event.key === "ArrowLeft") beside(-1);
  else if (event.key === "ArrowRight") beside(1);
  else if (event.key === "Enter") toggle(item);
  else return;
  event.preventDefault();
});
function goTo(item: Item): void {
  const { x, y } = shown.layout.boxes.get(item.id)!;
  const { width, height } = canvas.getBoundingClientRect();
  const [px, py] = [x * view.scale + view.x, y * view.scale + view.y];
  if (px < 40 || px > width - 40) view.x = width / 2 - x * view.scale;
  if (py < 40 || py > height - 40) view.y = height / 2 - y * view.scale;
  choose(item);
}
element("fold").addEventListener("click", () => {
  for (const path of groups) if (!(roots.length === 1 && groups.size > 1 && path === roots[0])) folded.add(path);
  refold();
});
element("unfold").addEventListener("click", () => {
  folded.clear();
  refold();
});
element("fit").addEventListener("click", fit);
element("back").addEventListener("click", () => {
  isBackward = !isBackward;
  element("back").setAttribute("aria-pressed", String(isBackward));
  redraw();
});
element("find").addEventListener("input", () => {
  const text = element<HTMLInputElement>("find").value.trim().toLowerCase();
  const item = text === "" ? undefined : shown.items.find((x) => textOf(x).toLowerCase().includes(text));
  if (item !== undefined) goTo(item);
  else redraw();
});
new ResizeObserver(redraw).observe(canvas);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  readColours();
  redraw();
});
readColours();
fit();
if (groups.size === 0) for (const id of ["fold", "unfold"]) element(id).hidden = true;
/** For tests: what is on the page. */
Object.assign(globalThis, { graphPage: { shown: () => shown, lit: () => lit, draw, choose, toggle, view } });
