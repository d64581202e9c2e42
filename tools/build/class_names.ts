// Writes the names of classes down where a minifier does not change them.
import { readFileSync } from "node:fs";
import { transform } from "esbuild";
import type { Plugin } from "esbuild";
import { parseAst } from "rolldown/parseAst";

interface Node {
  readonly type: string;
  readonly start: number;
  readonly id?: { readonly name: string } | null;
  readonly superClass?: unknown;
  readonly body?: { readonly start: number };
}
/**
 * A module whose classes are given their names as a static field: the text of a layer (`Linear(...)`), the kinds of
 * objects that Python sees, error messages and the keys of caches are the names of classes, and bundlers rename those that
 * clash or that name themselves, minifiers all of them. A field of text is no effect, so that unused classes still go.
 */
export function nameClasses(code: string): string {
  const places: [number, string][] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (typeof node === "object" && node !== null) {
      const { type, id, body } = node as Node;
      if (/^Class(Declaration|Expression)$/.test(type) && id && body) places.push([body.start + 1, id.name]);
      Object.values(node).forEach(visit);
    }
  };
  visit(parseAst(code).body);
  for (const [at, name] of places.sort(([a], [b]) => b - a))
    if (!/^\s*static (get )?name\b/.test(code.slice(at)))
      code = `${code.slice(0, at)} static name = ${JSON.stringify(name)};${code.slice(at)}`;
  return code;
}
/** The same for builds from the sources. */
export const namedClasses: Plugin = {
  name: "named-classes",
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { loader: "ts", target: "es2022" });
      return { contents: nameClasses(code) };
    });
  },
};
