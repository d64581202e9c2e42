// Builds dist/: modules and their types by tsc, one a file, so that bundlers can leave out what a program does not use;
// dist/node/, the same in a few files by esbuild, which Node loads in a third of the time; and dist/cli/, the command.
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { nameClasses } from "./class_names.ts";
import { droppable } from "./droppable.ts";
import { pagesModule } from "./embed_pages.ts";
import { packageModule } from "./embed_python.ts";
import { spellOut } from "./spell_out.ts";

interface Target {
  readonly source?: string;
}
const { exports, peerDependencies, sideEffects } = JSON.parse(readFileSync("package.json", "utf8")) as {
  exports: Record<string, Target | string>;
  peerDependencies: Record<string, string>;
  sideEffects: string[];
};
/** Packages that a program installs if it needs them. */
const external = Object.keys(peerDependencies);
const entryPoints = Object.values(exports).flatMap((e) => (typeof e === "object" && e.source ? [e.source] : []));

rmSync("dist", { recursive: true, force: true });
const { status } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], {
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
spellOut("dist", { "ops/methods/index.d.ts": ["Named"], "typed/tensor.d.ts": ["Ruled", "Rest"] });
writeFileSync("dist/python/package.js", packageModule);
writeFileSync("dist/viz/pages.js", pagesModule);
const hasEffects = sideEffects.map(
  (glob) => new RegExp(`^${glob.replaceAll(".", "\\.").replace(/\*+/g, (stars) => (stars === "*" ? "[^/]*" : ".*"))}$`),
);
for (const file of readdirSync("dist", { recursive: true, encoding: "utf8" })) {
  if (!file.endsWith(".js")) continue;
  const named = nameClasses(readFileSync(`dist/${file}`, "utf8"));
  const effects = hasEffects.some((glob) => glob.test(`./dist/${file.replaceAll("\\", "/")}`));
  writeFileSync(`dist/${file}`, effects ? named : droppable(named));
}
// Zip archives are fflate's affair, the layout of graphs dagre's. A copy of what is used of each goes into the one module
// that does, so that the package still needs no other at run time.
for (const file of ["dist/serialization/zip.js", "dist/viz/layout.js"])
  await build({
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
    logLevel: "warning",
    external: ["../base/*"],
  });
cpSync("node_modules/fflate/LICENSE", "dist/serialization/fflate.LICENSE");
cpSync("node_modules/@dagrejs/dagre/dist/dagre.esm.js.LEGAL.txt", "dist/viz/dagre.LICENSE");
const options = { bundle: true, external, format: "esm", target: "es2022", logLevel: "warning" } as const;
await build({
  ...options,
  entryPoints: entryPoints.map((source) => source.replace("./src/", "dist/").replace(/\.ts$/, ".js")),
  outdir: "dist/node",
  outbase: "dist",
  splitting: true,
  platform: "neutral",
});
// One file for pages without a bundler: `import * as torch from ".../tidu.min.js"`.
await build({
  ...options,
  entryPoints: ["dist/index.js"],
  outfile: "dist/tidu.min.js",
  platform: "browser",
  minify: true,
});
// The command is a program of its own beside the library, which it imports as any program does. Its parser is bundled, so
// that the package still needs no other at run time.
await build({
  ...options,
  entryPoints: ["cli/index.ts", "cli/python_thread.ts", "cli/written_as_module.ts"],
  outdir: "dist/cli",
  external: ["tidu"],
  platform: "node",
  banner: {
    js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
  },
});
// The translator is Python, which runs in pyodide.
cpSync("cli/translate", "dist/cli/translate", { recursive: true, filter: (path) => !path.endsWith("__pycache__") });
cpSync("node_modules/commander/LICENSE", "dist/cli/commander.LICENSE");
console.log(`Built dist/ from ${entryPoints.length} entry points.`);
