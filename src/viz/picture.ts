// What make_dot returns: a graph as DOT, as a picture, as a page.
import type { Tensor } from "../tensor/tensor.ts";
import { dotOf } from "./dot.ts";
import { graphOf } from "./graph.ts";
import type { Graph, GraphOptions } from "./graph.ts";
import { graphPage } from "./pages.ts";
import { pageOf } from "./html.ts";
import { svgOf } from "./svg.ts";
import { writeText } from "./files.ts";

/** A graph to be looked at. */
export class Picture {
  readonly graph: Graph;
  constructor(graph: Graph) {
    this.graph = graph;
  }
  /** In the language of Graphviz. */
  get dot(): string {
    return dotOf(this.graph);
  }
  /** As a still picture. */
  svg(): string {
    return svgOf(this.graph);
  }
  /** As a page of its own: one file, which needs no other, to open, search, fold and hover over. */
  html(): string {
    return pageOf("Graph", graphPage, this.graph);
  }
  /** Writes a `.dot` (or `.gv`), `.svg` or `.html` file, by the end of its name. */
  save(path: string): void {
    const text = path.endsWith(".svg") ? this.svg() : path.endsWith(".html") ? this.html() : this.dot;
    writeText(path, text, "save");
  }
  toString(): string {
    const ops = this.graph.boxes.filter(({ kind }) => kind === "op").length;
    const leaves = this.graph.boxes.filter(({ kind }) => kind === "leaf");
    return `Picture of a graph: ${ops} ops from ${leaves.length} leaves (${leaves.map(({ title }) => title).join(", ")})`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
  /** @internal For notebooks. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "image/svg+xml": this.svg(), "text/plain": this.toString() };
  }
}
/**
 * The graph that a tensor, or each of several, was computed by: leaves, ops, and, with `show_saved`, the tensors that they
 * keep for backward, with shapes, dtypes, versions and gradients; `params` names leaves, `show_attrs` tells ops' arguments.
 * Modules are frames that fold, where the run was recorded or the parameters' names tell them. As `make_dot` of torchviz.
 * @example
 * viz.make_dot(loss, { params: model, show_saved: true }).save("graph.html");
 */
export function make_dot(var_: Tensor | readonly Tensor[], options: GraphOptions = {}): Picture {
  return new Picture(graphOf(var_, options));
}
