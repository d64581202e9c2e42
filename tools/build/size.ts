// How big the library is: code lines of the core, and bytes of browser bundles (minified, gzipped).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bundleSizes, kb } from "../report/bundles.ts";

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

console.log("Code lines by folder:");
for (const entry of readdirSync("src", { withFileTypes: true }))
  if (entry.isDirectory()) console.log(`  src/${entry.name.padEnd(14)} ${lines(join("src", entry.name))}`);
console.log(`  src in all         ${lines("src")}`);
console.log("Browser bundles:");
for (const [name, { minified, gzip, limit }] of Object.entries(await bundleSizes()))
  console.log(`  ${name.padEnd(22)} ${kb(minified)} minified, ${kb(gzip)} gzipped, at most ${kb(limit)}`);
