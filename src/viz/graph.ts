// The graph of a tensor as plain data, for pictures of it.
import type { AccumulateGrad } from "../autograd/accumulate.ts";
import { gradientEdge } from "../autograd/node.ts";
import type { Edge, Node } from "../autograd/node.ts";
import { Module } from "../nn/module/module.ts";
import { Tensor } from "../tensor/tensor.ts";
import { rangeText } from "./explain/not_finite.ts";
import { knownOf, nodeOf } from "./recorder.ts";
import { figuresOfTensor } from "./values.ts";

/** What a box stands for: a leaf that gradients end at, an op, the tensor asked about, a tensor kept for backward. */
export type BoxKind = "leaf" | "op" | "output" | "saved";
export interface Box {
  readonly id: string;
  readonly kind: BoxKind;
  readonly title: string;
  /** What is told of it below its title. */
  readonly lines: readonly string[];
  /** The path of the module it belongs to, "Net.layers.0"; empty for none. */
  readonly group: string;
  /** `file:line` of the program that called it, where that was recorded. */
  readonly line: string;
  /** The number of its node, as the steps of a recording tell it, the step of its op, and a leaf's tensor; -1 if there is none. */
  readonly node: number;
  readonly step: number;
  readonly tensor: number;
}
/** An arrow in the direction of the forward pass. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** What goes along it: sizes and dtype. */
  readonly label: string;
  /** To what is only kept. */
  readonly isSaved: boolean;
}
export interface Graph {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

/** Tensors by name: a module, an object, a Map, or pairs as `named_parameters()` gives them. */
export type Named = Module | Iterable<readonly [string, Tensor]> | Readonly<Record<string, Tensor>>;
export interface GraphOptions {
  /** Names of leaves. */
  readonly params?: Named | null;
  /** Draws the tensors that nodes keep for backward. */
  readonly show_saved?: boolean;
  /** Tells the arguments of ops. */
  readonly show_attrs?: boolean;
}
const sizes = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

function namesOf(params: Named | null): Map<Tensor, string> {
  const names = new Map<Tensor, string>();
  if (params === null) return names;
  const pairs =
    params instanceof Module
      ? [...params.named_parameters(), ...params.named_buffers()]
      : Symbol.iterator in params
        ? [...params]
        : Object.entries(params);
  for (const [name, t] of pairs) names.set(t, name);
  return names;
}

export function graphOf(of: Tensor | readonly Tensor[], options: GraphOptions = {}): Graph {
  const names = namesOf(options.params ?? null);
  const roots = (of instanceof Tensor ? [of] : of).map((t, i): Root => {
    const edge = gradientEdge(t);
    const box = { id: `out${i}`, kind: "output", title: names.get(t) ?? "output", lines: tensorLines(t) } as const;
    return { box, edges: edge === null ? [] : [edge] };
  });
  return graphFrom(roots, options);
}
/** Where a graph ends in the direction of the forward pass: a box, and the edges by which gradients leave it. */
export interface Root {
  readonly box: Pick<Box, "id" | "kind" | "title"> & Partial<Box>;
  readonly edges: readonly Edge[];
}
const PLAIN = { lines: [], group: "", line: "", node: -1, step: -1, tensor: -1 } as const;

export function graphFrom(roots: readonly Root[], options: GraphOptions = {}): Graph {
  const { params = null, show_saved = false, show_attrs = false } = options;
  const names = namesOf(params);
  const boxes: Box[] = [];
  const arrows: Arrow[] = [];
  const ids = new Map<Node, string>();
  const stack: Node[] = [];
  const idOf = (node: Node): string => {
    let id = ids.get(node);
    if (id === undefined) {
      ids.set(node, (id = `n${ids.size}`));
      stack.push(node);
    }
    return id;
  };
  for (const { box, edges } of roots) {
    boxes.push({ ...PLAIN, ...box });
    for (const { node } of edges) arrows.push({ from: idOf(node), to: box.id, label: "", isSaved: false });
  }
  while (stack.length > 0) {
    const node = stack.pop()!;
    const id = ids.get(node)!;
    if (node.isAccumulator) {
      const leaf = (node as AccumulateGrad).variable;
      const name = names.get(leaf) ?? "leaf";
      const [lines, group, known] = [tensorLines(leaf), folderOf(name), knownOf(leaf)];
      const [number, tensor, line] = [nodeOf(node).id, known?.id ?? -1, known?.line ?? ""];
      boxes.push({ ...PLAIN, id, kind: "leaf", title: name, lines, group, line, node: number, tensor });
      continue;
    }
    const { saved, plain } = node.describe();
    const { id: number, step, recorder } = nodeOf(node);
    const called = recorder?.steps[step];
    const lines = node.outputs.map(({ shape, dtype }) => `${sizes(shape)} ${dtype.name}`);
    if (show_attrs)
      for (const [name, value] of Object.entries(plain))
        if (value !== undefined && value !== null) lines.push(`${name} = ${attribute(value)}`);
    for (const [nr, t] of node.retained ?? []) lines.push(`grad of result ${nr}: ${gradientText(t)}`);
    const [group, line] = [called?.module ?? "", called?.line ?? ""];
    boxes.push({ ...PLAIN, id, kind: "op", title: node.typeName, lines, group, line, node: number, step });
    for (const edge of node.shownEdges) {
      if (edge === null) continue;
      const { shape, dtype } = edge.node.outputs[edge.nr] ?? { shape: [], dtype: null };
      arrows.push({ from: idOf(edge.node), to: id, label: `${sizes(shape)} ${dtype?.name ?? ""}`, isSaved: false });
    }
    if (!show_saved) continue;
    for (const [name, kept] of saved) {
      const t = kept.seen;
      const box = `${id}.${name}`;
      const now = t?.storage.version;
      const lines =
        t === null
          ? ["packed by a hook, or freed"]
          : [
              `${sizes(t.sizes)} ${t.dtype.name}`,
              now === kept.version ? `version ${now}` : `saved at version ${kept.version}, now ${now}`,
            ];
      boxes.push({ ...PLAIN, id: box, kind: "saved", title: name, lines, group });
      arrows.push({ from: id, to: box, label: "", isSaved: true });
    }
  }
  return { boxes: grouped(boxes, arrows), arrows };
}
/** Ops that nobody saw being called belong where their parameters do. */
function grouped(boxes: Box[], arrows: readonly Arrow[]): Box[] {
  if (boxes.some(({ kind, group }) => kind === "op" && group !== "")) {
    // Names of parameters lack the outermost module, which paths begin with.
    const [root] = boxes.find(({ kind, group }) => kind === "op" && group !== "")!.group.split(".");
    return boxes.map((box) =>
      box.kind === "leaf" && box.group !== "" ? { ...box, group: `${root}.${box.group}` } : box,
    );
  }
  const groups = new Map(boxes.map(({ id, group }) => [id, group]));
  const kinds = new Map(boxes.map(({ id, kind, title }) => [id, kind === "op" ? title : kind]));
  for (let again = true; again;) {
    again = false;
    for (const { from, to } of arrows) {
      const group = groups.get(from)!;
      // The transposed weight leads on to the product.
      const leads = kinds.get(from) === "leaf" || kinds.get(from) === "TBackward0";
      if (!leads || group === "" || kinds.get(to) === "output" || groups.get(to) !== "") continue;
      groups.set(to, group);
      again = true;
    }
  }
  return boxes.map((box) => ({ ...box, group: groups.get(box.id)! }));
}
const folderOf = (name: string): string => (name.includes(".") ? name.slice(0, name.lastIndexOf(".")) : "");

function tensorLines(t: Tensor): string[] {
  const lines = [`${sizes(t.sizes)} ${t.dtype.name}`];
  if (t.storage.version > 0) lines.push(`version ${t.storage.version}`);
  if (t.is_leaf && t.requires_grad) lines.push(`grad: ${gradientText(t)}`);
  return lines;
}
function gradientText({ gradient }: Tensor): string {
  if (gradient === null) return "none";
  const found = figuresOfTensor(gradient);
  return found === null ? sizes(gradient.sizes) : rangeText(found);
}
function attribute(value: unknown): string {
  const text = Array.isArray(value)
    ? sizes(value as number[])
    : typeof value === "function"
      ? "function"
      : String(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
