// What Python's help() shows of classes and functions: the doc comments of their sources, without examples, which are
// TypeScript's.
import { readdirSync, readFileSync } from "node:fs";

const source = new URL("../", import.meta.url);
/** Where what Python has is declared, and the module of Python's that it is in; what comes later goes before. */
const PLACES: readonly (readonly [folder: string, space: string])[] = [
  ["ops/", "torch"],
  ["ops/nn/", "nn.functional"],
  ["nn/functional/", "nn.functional"],
  ["nn/init.ts", "nn.init"],
  ["nn/utils/", "nn.utils"],
  ["nn/layers/", "nn"],
  ["nn/containers/", "nn"],
  ["nn/module/", "nn"],
  ["distributed/sync_batch_norm.ts", "nn"],
  ["optim/", "optim"],
  ["distributions/", "distributions"],
];
const DECLARED = /^\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport (?:abstract )?(?:class|const|function) (\w+)/gm;

/** Docs by module and name: `nn.Linear`. */
export function docsOfSources(): Record<string, string> {
  const docs: Record<string, string> = {};
  const paths = readdirSync(source, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));
  for (const [folder, space] of PLACES)
    for (const path of paths.filter((path) => path.startsWith(folder) && path.endsWith(".ts")))
      for (const [, comment, name] of readFileSync(new URL(path, source), "utf8").matchAll(DECLARED)) {
        const text = shown(comment);
        if (text !== "" && !name.startsWith("_")) docs[`${space}.${name}`] = text;
      }
  return docs;
}
function shown(comment: string): string {
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\* ?/, "").trimEnd());
  const text = lines.join("\n").trim();
  return text
    .replace(/(^|\n)@[^]*$/, "")
    .replaceAll(/\{@link (\w+)\}/g, "$1")
    .trim();
}
