// The Python package `torch` as text. Builds have the text itself in this module's place (tools/build/embed_python.ts).
import { readdirSync, readFileSync } from "node:fs";
import { docsOfSources } from "./docs.ts";

const folder = new URL("../../python/", import.meta.url);
const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".py"));

/** Its files by path. */
export const files: Readonly<Record<string, string>> = {
  ...Object.fromEntries(paths.map((path) => [path.replaceAll("\\", "/"), readFileSync(new URL(path, folder), "utf8")])),
  "torch/_overloads.json": readFileSync(new URL("torch/_overloads.json", folder), "utf8"),
  "torch/_docs.json": JSON.stringify(docsOfSources()),
};
