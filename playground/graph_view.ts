// The graph of a run, drawn: values appear as the steps run, gradients as backward comes by. Boxes are buttons; a list tells the
// same to who cannot see them.
import type { Box } from "../src/viz/graph.ts";
import type { placeBoxes } from "../src/viz/layout.ts";
import { pathOf } from "../src/viz/markup.ts";
import { linksOf, waysThrough } from "../src/viz/ways.ts";
import { button, make } from "./dom.ts";
import { briefly, nameIn, shapeOf } from "./walk.ts";
import type { BoxNow, Scene, Walk } from "./walk.ts";

const SVG = "http://www.w3.org/2000/svg";
/** More boxes than this are not drawn here. */
const MOST = 1500;
const LETTER = 7;
/** A run that goes on is drawn anew again and again: no more boxes than this. */
const MOST_LIVE = 120;
/** At a smaller scale texts are hard to read: better to scroll. */
const READABLE = 0.7;

function svg(tag: string, attributes: Readonly<Record<string, string | number>>, text = ""): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.textContent = text;
  return made;
}
interface Drawn {
  readonly box: Box;
  readonly name: string;
  readonly group: SVGElement;
  readonly value: SVGElement;
  readonly gradient: SVGElement;
}
export class GraphView {
  private readonly place: HTMLElement;
  private readonly pick: (box: Box) => void;
  private readonly scroller = make("div", { class: "scroller" });
  private readonly list = make("ol", { class: "hidden", "aria-label": "The graph as a list" });
  private readonly empty = make("p", { class: "empty" });
  private drawn: Drawn[] = [];
  private scene: Scene | null = null;
  private walk: Walk | null = null;
  private picture: SVGElement | null = null;
  private size = { width: 1, height: 1 };
  private zoom = 0;
  private links: { readonly from: string; readonly to: string; readonly path: SVGElement }[] = [];

  constructor(place: HTMLElement, pick: (box: Box) => void) {
    this.place = place;
    this.pick = pick;
    const tools = make(
      "div",
      { class: "zoom" },
      button("−", "Smaller", () => this.scale(this.zoom / 1.25)),
      button("+", "Larger", () => this.scale(this.zoom * 1.25)),
      button("Fit", "Fit the graph into its place", () => this.fit(true)),
    );
    place.append(this.scroller, tools, this.list, this.empty);
    this.clear("Run a program to see the graph that autograd records.");
    new ResizeObserver(() => this.fit(false)).observe(this.scroller);
  }
  clear(text: string): void {
    this.scroller.replaceChildren();
    this.list.replaceChildren();
    this.empty.textContent = text;
    this.place.classList.add("is-empty");
    [this.scene, this.walk, this.picture, this.drawn] = [null, null, null, []];
  }
  /** What places boxes comes after what the first view needs, and before anything is shown. */
  async prepare(): Promise<void> {
    this.placeBoxes ??= (await import("../src/viz/layout.ts")).placeBoxes;
  }
  private placeBoxes: typeof placeBoxes | null = null;
  /** Whether the graph of a scene can be drawn while the program goes on. */
  keepsUpWith({ graph }: Scene): boolean {
    return graph.boxes.length <= MOST_LIVE;
  }
  /** The graph of the scene, as it is at step `i`. */
  show(walk: Walk, scene: Scene, i: number, source: string): void {
    if (this.walk !== walk || this.scene !== scene) this.draw(walk, scene, source);
    if (this.picture === null) return;
    const states = new Map(this.drawn.map((d) => [d.box.id, walk.stateOf(d.box, scene, i)]));
    for (const d of this.drawn) this.update(d, states.get(d.box.id)!, walk);
    for (const { from, to, path } of this.links) {
      const [a, b] = [states.get(from)!, states.get(to)!];
      path.classList.toggle("lit", a.value !== null && b.value !== null);
      path.classList.toggle("back", a.gradient !== null);
    }
    const current = this.drawn.find(({ box }) => states.get(box.id)!.isCurrent);
    if (current) this.reveal(current.box.id);
  }
  private draw(walk: Walk, scene: Scene, source: string): void {
    const { boxes, arrows } = scene.graph;
    if (boxes.length > MOST)
      return this.clear(
        `A graph of ${boxes.length} boxes is more than can be seen here. Export the recorded run to step through it.`,
      );
    [this.walk, this.scene] = [walk, scene];
    this.place.classList.remove("is-empty");
    this.empty.textContent = "";
    const last = walk.steps.length - 1;
    const names = new Map(boxes.map((box) => [box.id, titleOf(box, source)]));
    const widest = (box: Box): number => {
      const end = walk.stateOf(box, scene, scene.last);
      return Math.max(
        names.get(box.id)!.length,
        this.valueText(end, walk).length,
        this.gradientText(end, walk).length + 1,
      );
    };
    const sizes = boxes.map((box) => ({
      id: box.id,
      group: box.group,
      width: Math.max(64, Math.ceil(widest(box) * LETTER) + 24),
      height: box.kind === "output" ? 30 : 60,
    }));
    const placed = this.placeBoxes!(sizes, arrows);
    this.size = { width: Math.ceil(placed.width), height: Math.ceil(placed.height) };
    const picture = svg("svg", {
      viewBox: `0 0 ${this.size.width} ${this.size.height}`,
      role: "group",
      "aria-label": `Graph of ${boxes.length} boxes and ${arrows.length} arrows. Arrow keys go along them.`,
    });
    for (const [path, { x, y, width, height }] of placed.frames) {
      picture.append(svg("rect", { class: "frame", x: x - width / 2, y: y - height / 2, width, height, rx: 10 }));
      picture.append(svg("text", { class: "frame-name", x: x - width / 2 + 10, y: y - height / 2 - 5 }, path));
    }
    this.links = placed.links.map((points, k) => {
      const path = svg("path", {
        class: "arrow",
        d: pathOf(points),
        "data-from": arrows[k].from,
        "data-to": arrows[k].to,
      });
      picture.append(path);
      return { ...arrows[k], path };
    });
    const faulty = walk.faulty(scene);
    this.drawn = boxes.map((box, k) => {
      const { x, y, width, height } = placed.boxes.get(box.id)!;
      const name = names.get(box.id)!;
      const group = svg("g", {
        class: `box ${box.kind}${faulty.has(box.id) ? " faulty" : ""}`,
        role: "button",
        tabindex: k === 0 ? 0 : -1,
        "data-id": box.id,
      });
      const top = y - height / 2;
      const value = svg("text", { class: "value", x, y: top + 36 });
      const gradient = svg("text", { class: "gradient", x, y: top + 52 });
      group.append(
        svg("rect", { x: x - width / 2, y: top, width, height, rx: box.kind === "op" ? 6 : 14 }),
        svg("text", { class: "title", x, y: top + 19 }, name),
        value,
        gradient,
      );
      group.addEventListener("click", () => this.choose(box));
      for (const come of ["pointerenter", "focus"]) group.addEventListener(come, () => this.light(box.id));
      for (const go of ["pointerleave", "blur"]) group.addEventListener(go, () => this.light(null));
      group.addEventListener("keydown", (event) => this.key(event as KeyboardEvent, box));
      picture.append(group);
      return { box, name, group, value, gradient };
    });
    this.picture = picture;
    this.scroller.replaceChildren(picture);
    this.list.replaceChildren(...this.drawn.map(({ box }) => make("li", {}, this.toldOf(box, walk, scene, last))));
    this.zoom = 0;
    this.fit(true);
  }
  private update({ box, group, value, gradient }: Drawn, now: BoxNow, walk: Walk): void {
    // The box's name for readers is its texts, so they are kept apart.
    value.textContent = ` ${this.valueText(now, walk)}`;
    gradient.textContent = ` ${this.gradientText(now, walk)}`;
    group.classList.toggle("waiting", now.value === null && box.kind === "op");
    group.classList.toggle("has-gradient", now.gradient !== null);
    group.classList.toggle("current", now.isCurrent);
    const version = now.value === null ? 0 : Number(now.value.split("@")[1]);
    group.classList.toggle("stale", now.version > version);
  }
  private valueText({ value, version }: BoxNow, { tensors }: Walk): string {
    if (value === null) return "";
    const t = tensors[value];
    const own = Number(value.split("@")[1]);
    const counter = version > own ? ` v${own}, now v${version}` : own > 0 ? ` v${own}` : "";
    return `${t.shape.length === 0 ? "" : `${shapeOf(t)} `}${briefly(t)}${counter}`;
  }
  private gradientText({ gradient }: BoxNow, { tensors }: Walk): string {
    return gradient === null ? "" : `∂ ${briefly(tensors[gradient])}`;
  }
  private toldOf(box: Box, walk: Walk, { graph }: Scene, last: number): string {
    const nameOf = (id: string): string => this.drawn.find((d) => d.box.id === id)!.name;
    const of = graph.arrows.filter(({ to }) => to === box.id).map(({ from }) => nameOf(from));
    const to = graph.arrows.filter(({ from }) => from === box.id).map(({ to }) => nameOf(to));
    const now = walk.stateOf(box, this.scene!, last);
    const texts = [
      `${nameOf(box.id)}${box.kind === "op" ? "" : `, ${box.kind}`}`,
      now.value === null ? "" : this.valueText(now, walk),
      now.gradient === null ? "" : `gradient ${briefly(walk.tensors[now.gradient])}`,
      of.length > 0 ? `of ${of.join(", ")}` : "",
      to.length > 0 ? `leads to ${to.join(", ")}` : "",
    ];
    return `${texts.filter((x) => x !== "").join("; ")}.`;
  }
  /** The ways from the leaves through a box to the outputs: what is not on them stands back. */
  private light(id: string | null): void {
    const ways = id === null ? null : waysThrough(id, this.links, linksOf(this.links));
    for (const { box, group } of this.drawn) group.classList.toggle("aside", ways?.boxes.has(box.id) === false);
    for (const [i, { path }] of this.links.entries()) path.classList.toggle("aside", ways?.links.has(i) === false);
  }
  private choose(box: Box): void {
    for (const { group, box: other } of this.drawn) {
      group.setAttribute("tabindex", other === box ? "0" : "-1");
      group.classList.toggle("chosen", other === box);
    }
    this.pick(box);
  }
  private key(event: KeyboardEvent, box: Box): void {
    if (event.key === "Enter" || event.key === " ") this.choose(box);
    else {
      const next = this.neighbour(event.key, box);
      if (next === null) return;
      this.choose(next.box);
      this.reveal(next.box.id);
      (next.group as unknown as HTMLElement).focus({ preventScroll: true });
    }
    event.preventDefault();
  }
  /** Up and down along the arrows, left and right among what leads to the same. */
  private neighbour(key: string, { id }: Box): Drawn | null {
    const find = (wanted: string | undefined): Drawn | null => this.drawn.find((d) => d.box.id === wanted) ?? null;
    if (key === "ArrowUp") return find(this.links.find(({ to }) => to === id)?.from);
    if (key === "ArrowDown") return find(this.links.find(({ from }) => from === id)?.to);
    const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return null;
    const at = this.drawn.findIndex((d) => d.box.id === id);
    return this.drawn[(at + step + this.drawn.length) % this.drawn.length];
  }
  private reveal(id: string): void {
    const rect = this.drawn.find((d) => d.box.id === id)!.group.querySelector("rect")!;
    const [x, y] = ["x", "y"].map((name) => Number(rect.getAttribute(name)) * this.zoom);
    const [width, height] = ["width", "height"].map((name) => Number(rect.getAttribute(name)) * this.zoom);
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.scroller;
    const isIn =
      x >= scrollLeft &&
      y >= scrollTop &&
      x + width <= scrollLeft + clientWidth &&
      y + height <= scrollTop + clientHeight;
    if (isIn) return;
    this.scroller.scrollTo({ left: x + width / 2 - clientWidth / 2, top: y + height / 2 - clientHeight / 2 });
  }
  /** As large as it can be with all its width to be seen, and no larger than it was made. */
  private fit(always: boolean): void {
    if (this.picture === null || (!always && this.zoom !== 0 && this.zoom !== this.fitted)) return;
    const { clientWidth, clientHeight } = this.scroller;
    const whole = Math.min(clientWidth / this.size.width, clientHeight / this.size.height);
    this.fitted = Math.min(1, whole > READABLE ? whole : Math.max(READABLE, clientWidth / this.size.width));
    this.scale(this.fitted);
  }
  private fitted = 0;
  private scale(zoom: number): void {
    if (this.picture === null) return;
    this.zoom = Math.max(0.1, Math.min(3, zoom));
    this.picture.setAttribute("width", String(this.size.width * this.zoom));
    this.picture.setAttribute("height", String(this.size.height * this.zoom));
  }
}
const titleOf = (box: Box, source: string): string =>
  box.kind === "leaf" && box.title === "leaf"
    ? (nameIn(source, box.line) ?? "leaf")
    : box.title.replace(/Backward\d+$/, (x) => x);
