// A graph in DOT, the language of Graphviz.
import type { Box, BoxKind, Graph } from "./graph.ts";

/** In quotes, for anything may stand in a name. */
const quoted = (text: string): string =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replace(/\r?\n/g, "\\n")}"`;

/** The colours that torchviz gave them. */
const COLOURS: Readonly<Record<BoxKind, string>> = {
  leaf: "lightblue",
  op: "lightgrey",
  output: "darkolivegreen1",
  saved: "orange",
};

export function dotOf({ boxes, arrows }: Graph): string {
  const lines = [
    "digraph {",
    "  graph [rankdir=TB ranksep=0.3]",
    '  node [style="filled,rounded" shape=box align=left fontsize=10 fontname=monospace height=0.2]',
    ...clusters(boxes, "", 1),
    ...arrows.map(
      ({ from, to, isSaved }) => `  ${quoted(from)} -> ${quoted(to)}${isSaved ? " [dir=none style=dashed]" : ""}`,
    ),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}
/** The boxes of a module and, framed, those of the modules inside. */
function clusters(boxes: readonly Box[], path: string, depth: number): string[] {
  const indent = "  ".repeat(depth);
  const inner = new Map<string, Box[]>();
  const lines: string[] = [];
  for (const box of boxes) {
    const rest = path === "" ? box.group : box.group.slice(path.length + 1);
    if (rest === "") {
      const label = [box.title, ...box.lines].join("\n");
      lines.push(`${indent}${quoted(box.id)} [label=${quoted(label)} fillcolor=${COLOURS[box.kind]}]`);
      continue;
    }
    const name = path === "" ? rest.split(".")[0] : `${path}.${rest.split(".")[0]}`;
    inner.set(name, [...(inner.get(name) ?? []), box]);
  }
  for (const [name, those] of inner)
    lines.push(
      `${indent}subgraph ${quoted(`cluster_${name}`)} {`,
      `${indent}  label=${quoted(name)}`,
      ...clusters(those, name, depth + 1),
      `${indent}}`,
    );
  return lines;
}
