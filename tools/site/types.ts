// The declarations that the playground's type checker reads: the library's, built before, and those of the language.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { createRequire } from "node:module";

const LIB = join(dirname(createRequire(import.meta.url).resolve("typescript-lowest/package.json")), "lib");
/** The entries that programs in the playground may import. */
const ENTRIES = [
  "",
  "typed",
  "train",
  "lean",
  "nn",
  "nn/functional",
  "optim",
  "autograd",
  "serialization",
  "data",
  "distributions",
  "transforms",
  "viz",
];
const CONSOLE = `declare const console: Readonly<Record<"log" | "info" | "debug" | "warn" | "error", (...args: unknown[]) => void>>;
declare function setTimeout(run: () => void, milliseconds?: number): number;
declare const performance: { now(): number };
`;

/** Texts by their paths; null if the library was not built. */
export function typeFiles(): Record<string, string> | null {
  const files: Record<string, string> = { "/console.d.ts": CONSOLE };
  const lib = (name: string): void => {
    const path = `/lib/${name}`;
    if (path in files) return;
    files[path] = readFileSync(join(LIB, name), "utf8");
    for (const [, other] of files[path].matchAll(/<reference lib="(.*?)"/g)) lib(`lib.${other}.d.ts`);
  };
  lib("lib.es2023.d.ts");
  lib("lib.esnext.disposable.d.ts");
  const add = (path: string): void => {
    const key = posix.join("/tidu", path);
    if (key in files || !existsSync(`dist/${path}`)) return;
    files[key] = readFileSync(`dist/${path}`, "utf8");
    for (const [, other] of files[key].matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g))
      add(posix.join(posix.dirname(path), other).replace(/(?<!\.d)\.ts$|\.js$/, ".d.ts"));
  };
  if (!existsSync("dist/index.d.ts")) return null;
  for (const entry of ENTRIES) add(posix.join(entry, "index.d.ts"));
  return files;
}
