// Builds dist/: modules and their types by tsc, one a file, so that bundlers can leave out what a program does not use;
// dist/node/, the same in a few files by esbuild, which Node loads in a third of the time; and dist/cli/, the command.
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { embedPython, packageModule } from "./embed_python.ts";

interface Target {
  readonly source?: string;
}
const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as { exports: Record<string, Target | string> };
const entryPoints = Object.values(exports).flatMap((e) => (typeof e === "object" && e.source ? [e.source] : []));

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints,
  outdir: "dist/node",
  outbase: "src",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  platform: "neutral",
  sourcemap: true,
  logLevel: "warning",
  plugins: [embedPython],
});
// The command is a program of its own beside the library, which it imports as any program does. Its parser is bundled, so
// that the package still needs no other at run time.
await build({
  entryPoints: ["cli/index.ts", "cli/python_thread.ts"],
  outdir: "dist/cli",
  bundle: true,
  external: ["tidu"],
  format: "esm",
  target: "es2022",
  platform: "node",
  banner: {
    js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
  },
  logLevel: "warning",
});
cpSync("node_modules/commander/LICENSE", "dist/cli/commander.LICENSE");
const { status } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], {
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
writeFileSync("dist/python/package.js", packageModule);
rmSync("dist/python/package.js.map");
console.log(`Built dist/ from ${entryPoints.length} entry points.`);
