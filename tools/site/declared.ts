// What the sources declare under a name: PyTorch's signature, which is a text everywhere, and the doc comment with its example.
import { readdirSync, readFileSync } from "node:fs";
import { docOf } from "./operators.ts";

export interface Declared {
  /** As PyTorch writes it; "" where the sources have none. */
  readonly signature: string;
  readonly doc: string;
  readonly example: string;
}
const SIGNATURE = /"(\w+)\(([^"\n]*)\) -> [^"\n]*"/g;
const EXPORT = /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\s*)?export (?:default )?(?:abstract )?(?:class|const|function) (\w+)/g;

/** By name, of all files in some folders; of names that several files declare, the first one that says something. */
export function declared(folders: readonly string[]): ReadonlyMap<string, Declared> {
  const found = new Map<string, Declared>();
  for (const folder of folders)
    for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort())
      if (path.endsWith(".ts"))
        for (const [name, told] of declaredIn(readFileSync(`${folder}/${path}`, "utf8"))) {
          const before = found.get(name);
          if (before === undefined || (before.signature === "" && told.signature !== "")) found.set(name, told);
        }
  return found;
}
export function declaredIn(text: string): ReadonlyMap<string, Declared> {
  const exports = [...text.matchAll(EXPORT)];
  const signatures = new Map([...text.matchAll(SIGNATURE)].map(([quoted, name]) => [name, quoted.slice(1, -1)]));
  const found = new Map<string, Declared>();
  for (const [i, { 0: all, 1: comment = "", 2: name, index }] of exports.entries()) {
    const told = { doc: docOf(comment), example: exampleIn(comment) };
    // Of a function with several forms the first one has the comment.
    if (!found.has(name)) found.set(name, { signature: signatures.get(name) ?? "", ...told });
    // linalgNorm = op("linalg_norm(…") is known by the name that its signature has.
    const [quoted, own] = firstSignature(text.slice(index + all.length, exports[i + 1]?.index));
    if (own !== undefined && !found.has(own)) found.set(own, { signature: quoted.slice(1, -1), ...told });
  }
  return found;
}
const firstSignature = (text: string): readonly string[] => new RegExp(SIGNATURE, "").exec(text) ?? [];

/** What PyTorch was recorded to take, by path: names of arguments, with `=` where they need not be given. */
const recorded = JSON.parse(readFileSync("test/recorded/signatures.json", "utf8")) as Readonly<Record<string, string>>;

/** What the sources say of a path, or with PyTorch's names of arguments where they have no text of their own. */
export function declaredAt(path: string, known: ReadonlyMap<string, Declared>): Declared | null {
  const name = path.slice(path.lastIndexOf(".") + 1);
  const space = path.slice(0, -name.length - 1).replace(/^.*\./, "");
  // linalg.norm is declared as linalg_norm, and what writes in place is derived from what does not.
  const found = [`${space}_${name}`, name, name.replace(/_$/, "")].flatMap((key) => known.get(key) ?? []);
  const best = found.find(({ signature }) => signature !== "") ?? found.find(({ doc }) => doc !== "");
  const taken = recorded[path] ?? recorded[`torch.${path}`];
  const signature = taken === undefined ? "" : `${name}(${taken.replaceAll("=", "=…")})`;
  if (best === undefined) return signature === "" ? null : { signature, doc: "", example: "" };
  return best.signature === "" ? { ...best, signature } : best;
}
const exampleIn = (comment: string): string =>
  /@example\s*([^]*)$/.exec(comment.replace(/^\s*\* ?/gm, ""))?.[1].trimEnd() ?? "";
