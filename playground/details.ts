// What is at the cursor: the step's call, its line, what it keeps, the tensors that went in and came out; of a box its op's
// signature, manual and derivative.
import { drawTensor } from "../pages/tensors.ts";
import type { Box } from "../src/viz/graph.ts";
import type { ShownStep } from "../src/viz/story.ts";
import { make } from "./dom.ts";
import type { Fault } from "./told.ts";
import { lineOf } from "./walk.ts";
import type { Walk } from "./walk.ts";

interface Operator {
  readonly signature: string;
  readonly doc: string;
  readonly backward: string;
}
let operators: Promise<Readonly<Record<string, Operator>>> | null = null;
const operatorsOf = (): Promise<Readonly<Record<string, Operator>>> =>
  (operators ??= fetch("operators.json").then((r) => r.json() as Promise<Record<string, Operator>>));

const WHAT: Readonly<Record<string, string>> = {
  made: "tensor made",
  grad: ".grad asked for",
  read: "elements read",
  "requires_grad=": "requires_grad set",
  "grad=": ".grad set",
  data: ".data taken",
  "data=": ".data set",
  parameter: "Parameter made",
  hook: "hook registered",
};
export const callOf = ({ kind, name, args }: ShownStep): string =>
  kind === "op" || kind === "node" || kind === "optimizer"
    ? `${name}${args.length > 0 ? `(${args.join(", ")})` : ""}`
    : kind === "backward"
      ? `${name}()`
      : (WHAT[kind] ?? kind);
/** What a box without a step of its own stands for. */
const KINDS: Readonly<Record<Box["kind"], string>> = {
  leaf: "a leaf: gradients end here",
  op: "an op",
  output: "the end of the graph, at which backward() begins",
  saved: "a tensor kept for backward",
};

export class Details {
  private readonly place: HTMLElement;
  private readonly goTo: (line: number) => void;

  constructor(place: HTMLElement, goTo: (line: number) => void) {
    this.place = place;
    this.goTo = goTo;
  }
  clear(): void {
    this.place.replaceChildren();
  }
  show(walk: Walk, i: number, source: string): void {
    const step = walk.steps[i] as ShownStep | undefined;
    this.place.replaceChildren();
    const { fault } = walk.told;
    if (fault !== null && i === walk.steps.length - 1) this.place.append(this.explained(fault, source));
    if (step === undefined) return;
    const isNode = step.kind === "node";
    this.place.append(make("h2", isNode ? { class: "backward" } : {}, callOf(step)), this.where(step, source));
    if (step.saved.length > 0)
      this.place.append(make("p", {}, "Keeps for backward: ", make("code", {}, step.saved.join(", "))));
    this.tensors(isNode ? "Gradient that came" : "In", step.inputs, walk);
    this.tensors(isNode ? "Gradients it gave" : "Out", step.outputs, walk);
    const op = isNode ? (walk.steps[step.of]?.name ?? opOf(step.name)) : step.kind === "op" ? step.name : "";
    if (op !== "") this.place.append(manualOf(op));
  }
  /** A box without steps of its own: what the graph knows of it. */
  showBox({ title, lines, kind }: Box): void {
    this.place.replaceChildren(
      make("h2", {}, title),
      make("p", { class: "soft" }, [KINDS[kind], ...lines].join(" · ")),
    );
    if (kind === "op") this.place.append(manualOf(opOf(title)));
  }
  private explained({ why, message }: Fault, source: string): HTMLElement {
    const box = make("div", { class: "why" });
    const [sentence, ...rest] = (why?.text ?? message).split("\n");
    box.append(
      make("h2", {}, why === null || why.cause === "failed" ? "What went wrong" : `What went wrong: ${why.cause}`),
      make("p", {}, sentence),
    );
    for (const text of rest) {
      const place = /^\s*(\S*program\.(?:ts|py):(\d+))\s+(.*)$/.exec(text);
      if (place === null) box.append(make("p", {}, text));
      else box.append(make("p", {}, this.link(Number(place[2]), source), ` ${place[3]}`));
    }
    return box;
  }
  private where({ kind, line, module, mode }: ShownStep, source: string): HTMLElement {
    const told = make("p", { class: "where" });
    const n = lineOf(line);
    if (n > 0) told.append(this.link(n, source));
    const more = [
      module === "" ? "" : `in ${module}`,
      mode === "grad" || kind === "node" ? "" : `under ${mode}`,
    ].filter((x) => x !== "");
    if (more.length > 0) told.append(` ${more.join(" · ")}`);
    return told;
  }
  private link(n: number, source: string): HTMLElement {
    const text = (source.split("\n")[n - 1] ?? "").trim();
    const made = make(
      "button",
      { type: "button", class: "line" },
      `line ${n}`,
      make("code", {}, text.length > 64 ? `${text.slice(0, 62)} …` : text),
    );
    made.addEventListener("click", () => this.goTo(n));
    return made;
  }
  private tensors(title: string, keys: readonly (string | null)[], { tensors }: Walk): void {
    const known = [...new Set(keys.filter((key) => key !== null))];
    if (known.length === 0) return;
    const row = make("div", { class: "tensors" });
    for (const key of known.slice(0, 12)) row.append(drawTensor(key, tensors[key], true));
    if (known.length > 12) row.append(make("p", { class: "soft" }, `and ${known.length - 12} more`));
    this.place.append(make("h3", {}, title), row);
  }
}
/** The op that a node's name tells: "MulBackward0" is mul's. */
const opOf = (node: string): string =>
  node
    .replace(/Backward\d*$/, "")
    .replace(/(?<=[a-z\d])(?=[A-Z])/g, "_")
    .toLowerCase();

function manualOf(op: string): HTMLElement {
  const place = make("div", { class: "manual" });
  void operatorsOf().then((all) => {
    const found = all[op] ?? all[op.replace(/_$/, "")];
    if (found === undefined) return;
    place.append(make("h3", {}, "The op"), make("pre", {}, found.signature));
    if (found.doc !== "") place.append(make("p", {}, found.doc.replaceAll("`", "")));
    if (found.backward !== "")
      place.append(make("h3", {}, "Its derivative, as the library has it"), make("pre", {}, found.backward));
  });
  return place;
}
