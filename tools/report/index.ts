// `npm run report`: what a change does to what users get, compared with the last release: bundles, cost for the type
// checker, kernels, public names. Fails if a bundle is over its limit. `npm run report -- --write` keeps the report of
// a release in reports/, by its version. It reads dist/: run `npm run build` first.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { api } from "./api.ts";
import { bundleSizes } from "./bundles.ts";
import { compare, tooLarge } from "./compare.ts";
import type { Report } from "./compare.ts";

/** In a process of its own, whose kernels do not depend on the machine. */
function kernels(): Promise<Report["kernels"]> {
  const env = { ...process.env, TIDU_WASM_LEVEL: "simd128", TIDU_NUM_THREADS: "1", TIDU_BLAS: "0" };
  const args = ["--import", "tsx", "--conditions=source", "tools/report/kernels.ts"];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let [text, said] = ["", ""];
  child.stdout.on("data", (part) => (text += part));
  child.stderr.on("data", (part) => (said += part));
  return new Promise((done, fail) => {
    child.on("close", (status) => (status === 0 ? done(JSON.parse(text)) : fail(new Error(said))));
  });
}
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const emitting = kernels();
const bundles = await bundleSizes();
const { names, checker } = api();
const now: Report = { version, bundles, checker, kernels: await emitting, api: names };

if (process.argv.includes("--write")) {
  const kept = Object.entries(bundles).map(([name, { minified, gzip }]) => [name, { minified, gzip }]);
  // A line for each name, so that a diff of two releases can be read.
  const text = JSON.stringify({ ...now, bundles: Object.fromEntries(kept) }, null, 1);
  writeFileSync(`reports/${version}.json`, `${text}\n`);
} else {
  const releases = readdirSync("reports").map((file) => file.replace(/\.json$/, ""));
  const last = releases.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
  if (last === undefined) throw new Error("reports/ is empty: npm run report -- --write");
  console.log(compare(now, JSON.parse(readFileSync(`reports/${last}.json`, "utf8")) as Report).join("\n"));
}
for (const line of tooLarge(now)) {
  console.error(line);
  process.exitCode = 1;
}
