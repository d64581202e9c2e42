// The programs in docs/files.md, docs/train.md and docs/onnx.md run.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { expect, test } from "vitest";

const pages = ["docs/files.md", "docs/train.md", "docs/onnx.md"].map((page) => readFileSync(page, "utf8"));
const programs = pages.flatMap((page) => [...page.matchAll(/```ts\n([^]*?)```/g)]).map(([, text]) => text);

test("every program of docs/files.md, docs/train.md and docs/onnx.md runs", () => {
  expect(programs.length).toBeGreaterThan(5);
  for (const program of programs) {
    const folder = mkdtempSync(join(tmpdir(), "docs-"));
    const { code } = transformSync(`process.chdir(${JSON.stringify(folder)});\n${program}`, { loader: "ts" });
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--import=tsx", "--conditions=source", "--input-type=module", "-e", code],
      { encoding: "utf8" },
    );
    rmSync(folder, { recursive: true });
    expect(status, `${program}\n${stderr}`).toBe(0);
  }
});
