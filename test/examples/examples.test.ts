// Every example runs, at a small size, and draws its picture; so do the programs of the guide for who comes from TensorFlow.js.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

test("all examples run, one after the other, and draw", () => {
  const folder = mkdtempSync(join(tmpdir(), "examples-"));
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ["--import", resolve("node_modules/tsx/dist/esm/index.mjs"), "--conditions=source", resolve("examples/index.ts")],
    { cwd: folder, encoding: "utf8", env: { ...process.env, TIDU_EXAMPLES: "small" } },
  );
  expect(status, `${stdout}\n${stderr}`).toBe(0);
  const drawn = [...stdout.matchAll(/Drawn: (\S+)/g)].map(([, path]) => path);
  expect(drawn.length).toBeGreaterThanOrEqual(14);
  for (const path of drawn) expect(readFileSync(join(folder, path), "utf8"), path).toMatch(/^<svg [^]*<\/svg>$/);
  expect(existsSync(join(folder, "runs", "page.html"))).toBe(true);
  expect(readdirSync("examples").length).toBeGreaterThan(15);
  rmSync(folder, { recursive: true });
});
test("every program of docs/from-tensorflow.md runs and does what it says", () => {
  const [head, ...programs] = [
    ...readFileSync("docs/from-tensorflow.md", "utf8").matchAll(/```ts(?: node)?\n([^]*?)```/g),
  ].map(([, text]) => text);
  expect(programs.length).toBe(10);
  const folder = mkdtempSync(join(tmpdir(), "from-"));
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  symlinkSync(resolve("src"), join(folder, "src"));
  writeFileSync(join(folder, "package.json"), readFileSync("package.json"));
  writeFileSync(join(folder, "all.ts"), `${head}\n${programs.map((text) => `{\n${text}}`).join("\n")}`);
  const { status, stderr, stdout } = spawnSync(process.execPath, ["--import=tsx", "--conditions=source", "all.ts"], {
    cwd: folder,
    encoding: "utf8",
  });
  rmSync(folder, { recursive: true });
  expect(status, stderr).toBe(0);
  expect(stdout.trim().split("\n").length).toBe(10);
});
