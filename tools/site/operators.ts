// What the sources tell of every op: PyTorch's signature, its doc comment, its derivative as it is written.
import { readdirSync, readFileSync } from "node:fs";

export interface Operator {
  readonly signature: string;
  readonly doc: string;
  /** The formulas of its gradient, by argument, as the program of the library has them; empty where it is made of other ops. */
  readonly backward: string;
}
const DECLARED = /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?export const \w+ = op\(\s*"((\w+)\([^"]*)"/g;

export function operators(): Record<string, Operator> {
  const found: Record<string, Operator> = {};
  for (const path of readdirSync("src/ops", { recursive: true, encoding: "utf8" }).filter((p) => p.endsWith(".ts")))
    for (const [name, operator] of operatorsIn(readFileSync(`src/ops/${path}`, "utf8"))) found[name] ??= operator;
  return found;
}
/** The public ops that a file declares, in its order. */
export function operatorsIn(text: string): [string, Operator][] {
  return [...text.matchAll(DECLARED)].flatMap(({ index, 0: all, 1: comment = "", 2: signature, 3: name }) => {
    if (name.startsWith("_")) return [];
    const rest = text.slice(index + all.length);
    const end = rest.search(/\n(\/\*\*|export const \w+ = op\()/);
    const backward = backwardIn(end < 0 ? rest : rest.slice(0, end));
    return [[name, { signature, doc: docOf(comment), backward }]];
  });
}
export const docOf = (comment: string): string =>
  comment
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n")
    .replace(/@example[\s\S]*$/, "")
    .replace(/\{@link (\w+)\}/g, "$1")
    .trim();
/** The text between the braces after `backward:`. */
function backwardIn(definition: string): string {
  const start = definition.indexOf("backward: {");
  if (start < 0) return "";
  const open = definition.indexOf("{", start);
  let depth = 0;
  for (let i = open; i < definition.length; i++) {
    if (definition[i] === "{") depth++;
    if (definition[i] === "}" && --depth === 0) return dedented(definition.slice(open + 1, i));
  }
  return "";
}
const dedented = (text: string): string => {
  const lines = text
    .replace(/^\s*\n/, "")
    .trimEnd()
    .split("\n");
  const indent = Math.min(...lines.filter((line) => line.trim() !== "").map((line) => /^ */.exec(line)![0].length));
  return lines
    .map((line) => line.slice(indent))
    .join("\n")
    .trim();
};
