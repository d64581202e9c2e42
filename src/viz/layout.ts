// Where boxes are drawn: dagre places some hundreds well; more are placed in plain layers, in time that grows with their number
// (ten thousand: a fifth of a second). Neither dagre nor elk can: dagre takes a second for a thousand and has no stack left at
// two thousand in a row, elk, which adds 475 KB to a page of one file, at ten thousand.
import { Graph as Dagre, layout as dagreLayout } from "@dagrejs/dagre";

export interface Size {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** The frame it is in; empty for none. */
  readonly group: string;
}
export interface Link {
  readonly from: string;
  readonly to: string;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}
/** Middle, width and height. */
export interface Placed extends Point {
  readonly width: number;
  readonly height: number;
}
export interface Layout {
  readonly boxes: ReadonlyMap<string, Placed>;
  /** The frames of groups, by path. */
  readonly frames: ReadonlyMap<string, Placed>;
  /** For each link the points it goes through. */
  readonly links: readonly (readonly Point[])[];
  readonly width: number;
  readonly height: number;
}
const DAGRE = 400;
const GAP = 24;
const LAYER_GAP = 44;
const MARGIN = 16;

export function placeBoxes(sizes: readonly Size[], links: readonly Link[]): Layout {
  return sizes.length <= DAGRE ? byDagre(sizes, links) : inLayers(sizes, links);
}

type Labelled = { x: number; y: number; width: number; height: number };
function byDagre(sizes: readonly Size[], links: readonly Link[]): Layout {
  const graph = new Dagre({ multigraph: true, compound: true });
  graph.setGraph({ rankdir: "TB", nodesep: GAP, ranksep: LAYER_GAP - 8, marginx: MARGIN, marginy: MARGIN + 14 });
  graph.setDefaultEdgeLabel(() => ({}));
  // Only the innermost modules have frames, and only round several boxes: frames in frames pull a graph apart.
  const counts = new Map<string, number>();
  for (const { group } of sizes) counts.set(group, (counts.get(group) ?? 0) + 1);
  const groups = [...counts.keys()].filter((path) => path !== "" && counts.get(path)! > 1 && !isAround(path, counts));
  for (const path of groups) graph.setNode(`group ${path}`, {});
  for (const { id, width, height, group } of sizes) {
    graph.setNode(id, { width, height });
    if (groups.includes(group)) graph.setParent(id, `group ${group}`);
  }
  for (const [i, { from, to }] of links.entries()) graph.setEdge(from, to, {}, String(i));
  dagreLayout(graph as never);
  const at = (name: string): Placed => {
    const { x, y, width, height } = graph.node(name) as unknown as Labelled;
    return { x, y, width, height };
  };
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    boxes: new Map(sizes.map(({ id }) => [id, at(id)])),
    frames: new Map(groups.map((path) => [path, at(`group ${path}`)])),
    links: links.map(({ from, to }, i) => (graph.edge(from, to, String(i)) as unknown as { points: Point[] }).points),
    width,
    height,
  };
}
const isAround = (path: string, others: ReadonlyMap<string, number>): boolean =>
  [...others.keys()].some((other) => other.startsWith(`${path}.`));
export const above = (path: string): string => (path.includes(".") ? path.slice(0, path.lastIndexOf(".")) : "");

/** Each box in the layer below the lowest that leads to it; in a layer by the middle of its neighbours, four times over. */
function inLayers(sizes: readonly Size[], links: readonly Link[]): Layout {
  const n = sizes.length;
  const number = new Map(sizes.map(({ id }, i) => [id, i]));
  const into: number[][] = Array.from({ length: n }, () => []);
  const out: number[][] = Array.from({ length: n }, () => []);
  for (const { from, to } of links) {
    const [a, b] = [number.get(from)!, number.get(to)!];
    into[b].push(a);
    out[a].push(b);
  }
  const layer = new Array<number>(n).fill(0);
  const waiting = into.map((list) => list.length);
  const ready = waiting.flatMap((w, i) => (w === 0 ? [i] : []));
  const order: number[] = [];
  for (let i = ready.pop(); i !== undefined; i = ready.pop()) {
    order.push(i);
    for (const to of out[i]) {
      layer[to] = Math.max(layer[to], layer[i] + 1);
      if (--waiting[to] === 0) ready.push(to);
    }
  }
  // Leaves stand just above what they lead to.
  for (const i of order.toReversed())
    if (into[i].length === 0 && out[i].length > 0) layer[i] = Math.min(...out[i].map((to) => layer[to])) - 1;
  const layers: number[][] = [];
  for (const i of order) (layers[layer[i]] ??= []).push(i);
  const x = new Array<number>(n).fill(0);
  const rows = layers.map((row) => row ?? []);
  const middle = (list: readonly number[], otherwise: number): number =>
    list.length === 0 ? otherwise : list.reduce((sum, i) => sum + x[i], 0) / list.length;
  const spread = (row: number[], wanted: readonly number[]): void => {
    const by = row.map((i, k) => ({ i, at: wanted[k] })).toSorted((a, b) => a.at - b.at);
    let right = -Infinity;
    let drift = 0;
    for (const { i, at } of by) {
      const half = sizes[i].width / 2;
      x[i] = Math.max(at, right + GAP + half);
      right = x[i] + half;
      drift += x[i] - at;
    }
    for (const { i } of by) x[i] -= drift / by.length;
    row.splice(0, row.length, ...by.map(({ i }) => i));
  };
  for (const row of rows)
    spread(
      row,
      row.map((_, k) => k),
    );
  for (let sweep = 0; sweep < 4; sweep++) {
    for (const row of rows)
      spread(
        row,
        row.map((i) => middle(into[i], x[i])),
      );
    for (const row of rows.toReversed())
      spread(
        row,
        row.map((i) => middle(out[i], x[i])),
      );
  }
  const left = Math.min(...rows.flat().map((i) => x[i] - sizes[i].width / 2));
  const y = new Array<number>(n).fill(0);
  let top = MARGIN;
  for (const row of rows) {
    const height = Math.max(0, ...row.map((i) => sizes[i].height));
    for (const i of row) y[i] = top + height / 2;
    top += height + LAYER_GAP;
  }
  const boxes = new Map(
    sizes.map(({ id, width, height }, i) => [id, { x: x[i] - left + MARGIN, y: y[i], width, height }]),
  );
  return {
    boxes,
    frames: new Map(),
    links: links.map(({ from, to }) => {
      const [a, b] = [boxes.get(from)!, boxes.get(to)!];
      return [
        { x: a.x, y: a.y + a.height / 2 },
        { x: b.x, y: b.y - b.height / 2 },
      ];
    }),
    width: Math.max(0, ...[...boxes.values()].map((b) => b.x + b.width / 2)) + MARGIN,
    height: top - LAYER_GAP + MARGIN,
  };
}

/** What fits a box's text: in a font whose letters are all as wide. */
export function sizeOf(title: string, lines: readonly string[]): { readonly width: number; readonly height: number } {
  const letters = Math.max(title.length * 1.04, ...lines.map((line) => line.length * 0.9), 6);
  return { width: Math.ceil(letters * LETTER) + 20, height: 14 + LINE * (1 + lines.length) };
}
export const LETTER = 7.3;
export const LINE = 15;
