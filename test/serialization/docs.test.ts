// The programs in docs/files.md run.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { expect, test } from "vitest";

const programs = [...readFileSync("docs/files.md", "utf8").matchAll(/```ts\n([^]*?)```/g)].map(([, text]) => text);

test("every program of docs/files.md runs", () => {
  expect(programs.length).toBeGreaterThan(3);
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
