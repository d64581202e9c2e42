import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const readme = readFileSync("README.md", "utf8");

test("the README's first program prints what the README says", () => {
  const [, program] = /```ts\n([\s\S]*?)```/.exec(readme)!;
  const [, printed] = /prints\n\n```\n([\s\S]*?)```/.exec(readme)!;
  const args = ["--import", "tsx", "--conditions=source", "--input-type=module", "-e", program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout).toBe(printed);
});
