// Builds the site: the playground as static files. esbuild does it, as it builds the library: the plugins that give classes their
// names and embed Python's files are its own, and there is nothing here that needs more than modules, chunks and copies.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { build } from "esbuild";
import type { Plugin } from "esbuild";
import { namedClasses } from "../build/class_names.ts";
import { embedPages } from "../build/embed_pages.ts";
import { embedPython } from "../build/embed_python.ts";
import { completions } from "./completions.ts";
import { gallery, menuOf } from "./gallery.ts";
import { writeServiceWorker } from "./offline.ts";
import { operators } from "./operators.ts";
import { typeFiles } from "./types.ts";

export const SITE = "site";
const PYODIDE = [
  "pyodide.mjs",
  "pyodide.asm.js",
  "pyodide.asm.mjs",
  "pyodide.asm.wasm",
  "python_stdlib.zip",
  "pyodide-lock.json",
];

/** Large texts that come when they are asked for: the modules in playground/later stand for them. */
const later: Plugin = {
  name: "later",
  setup(build) {
    build.onResolve({ filter: /(digits_data|\/pages)\.ts$/ }, ({ importer, path, resolveDir, kind }) => {
      if (/playground[\\/]later/.test(importer) || kind === "entry-point") return undefined;
      const name = path.includes("digits") ? "digits" : "pages";
      return { path: `${process.cwd()}/playground/later/${name}.ts`, ...(resolveDir === "" ? {} : {}) };
    });
  },
};

/** What package.json has bundlers put into pages in place of what only Node can use, for the sources, too. */
const inPages: Plugin = {
  name: "in pages",
  setup(build) {
    const { browser } = JSON.parse(readFileSync("package.json", "utf8")) as { browser: Record<string, string> };
    const source = (path: string): string => resolve(path.replace("./dist/", "./src/").replace(/\.js$/, ".ts"));
    const instead = new Map(Object.entries(browser).map((pair) => pair.map(source) as [string, string]));
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const other = instead.get(path);
      if (other === undefined) return undefined;
      return { contents: readFileSync(other, "utf8"), loader: "ts", resolveDir: dirname(other) };
    });
  },
};

export async function buildSite(out = SITE): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  const at = `${out}/playground`;
  mkdirSync(at, { recursive: true });
  // Apart: what two of them share would become parts of its own, which pack worse.
  await bundle(at, {
    start: "playground/start.ts",
    main: "playground/main.ts",
    style: "playground/style.css",
  });
  await bundle(at, { typescript: "playground/worker/typescript.ts", training: "playground/worker/training.ts" });
  await bundle(at, { types: "playground/worker/types.ts" });
  await bundle(at, { python: "playground/worker/python.ts" });
  cpSync("playground/index.html", `${at}/index.html`);
  cpSync("playground/icon.svg", `${at}/icon.svg`);
  const programs = gallery();
  writeFileSync(`${at}/gallery.json`, JSON.stringify(menuOf(programs)));
  writeFileSync(`${at}/programs.json`, JSON.stringify(programs));
  writeFileSync(`${at}/operators.json`, JSON.stringify(operators()));
  writeFileSync(`${at}/completions.json`, JSON.stringify(completions()));
  const types = typeFiles();
  if (types === null)
    console.log("Without types at places of programs: they come from dist/, which `npm run build` makes.");
  else writeFileSync(`${at}/types.json`, JSON.stringify(types));
  mkdirSync(`${at}/pyodide`);
  for (const file of PYODIDE)
    if (existsSync(`node_modules/pyodide/${file}`)) cpSync(`node_modules/pyodide/${file}`, `${at}/pyodide/${file}`);
  writeServiceWorker(at, {
    name: "tidu-playground",
    isEarly: () => true,
    // What comes when it is asked for is kept then.
    isAsked: (file) => /^pyodide\/|^types\.json$|^assets\/types\.js$/.test(file),
    others: [],
  });
}
async function bundle(at: string, entryPoints: Record<string, string>): Promise<void> {
  await build({
    entryPoints,
    outdir: `${at}/assets`,
    chunkNames: "part-[hash]",
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    conditions: ["source"],
    // The last are Node's, which TypeScript does not ask for in a page.
    external: ["node:*", "fs", "path", "os", "crypto", "inspector", "perf_hooks", "module", "source-map-support"],
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    plugins: [later, inPages, embedPages, embedPython, namedClasses],
  });
}
