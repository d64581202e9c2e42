// How big the library is: code lines of the core, and bytes of browser bundles (minified, gzipped).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

function files(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? files(join(dir, e.name)) : e.name.endsWith(".ts") ? [join(dir, e.name)] : [],
  );
}
const isCode = (line: string): boolean => !/^\s*($|\/\/|\/\*|\*)/.test(line);
const lines = (dir: string): number =>
  files(dir)
    .filter((f) => !f.endsWith("digits_data.ts"))
    .reduce((n, f) => n + readFileSync(f, "utf8").split("\n").filter(isCode).length, 0);

async function bundle(contents: string): Promise<{ minified: number; gzip: number }> {
  const result = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform: "browser",
  });
  const [{ contents: bytes }] = result.outputFiles;
  return { minified: bytes.length, gzip: gzipSync(bytes).length };
}
const kb = (n: number): string => `${(n / 1024).toFixed(1)} KB`;

console.log("Code lines by folder:");
for (const entry of readdirSync("src", { withFileTypes: true }))
  if (entry.isDirectory()) console.log(`  src/${entry.name.padEnd(14)} ${lines(join("src", entry.name))}`);
console.log(`  src in all         ${lines("src")}`);
const programs = {
  "tensors and autograd": `import { tensor, autograd } from "tidu"; globalThis.x = [tensor([1]), autograd];`,
  "all of tidu": `import * as torch from "tidu"; globalThis.torch = torch;`,
};
console.log("Browser bundles:");
for (const [name, text] of Object.entries(programs)) {
  const { minified, gzip } = await bundle(text);
  console.log(`  ${name.padEnd(22)} ${kb(minified)} minified, ${kb(gzip)} gzipped`);
}
