// Newer engines than the one that runs this, where `npm ci --prefix test/engines` put them: they make wide code.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";

const FILES = ["gemm", "emit", "math", "partial", "threads", "conv", "lstm", "conformance", "gradcheck"].map(
  (name) => `test/${name}.test.ts`,
);
const engineOf = (version: number): string => `test/engines/node_modules/node${version}/bin/node`;

describe.each([24, 26])("Node %i", (version) => {
  const engine = engineOf(version);
  // Left out where it is not installed: on other systems than Linux on x64, and before npm ci --prefix test/engines.
  const there = test.skipIf(!existsSync(engine));

  there("makes wide code", () => {
    const program = 'import { __config__ } from "tidu"; console.log(__config__.show());';
    const args = ["--import=tsx", "--conditions=source", "--input-type=module", "-e", program];
    const { stdout, stderr } = spawnSync(engine, args, { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toContain("vectors joined to 256 bits");
  });

  there("gives the same bits whether code is wide or not yet, on one thread or several", () => {
    const digests = (level: string, threads: number): Record<string, string> => {
      const env = { ...process.env, TIDU_WASM_LEVEL: level, TIDU_NUM_THREADS: String(threads) };
      const args = ["--import=tsx", "--conditions=source", "test/digests.ts"];
      const { status, stdout, stderr } = spawnSync(engine, args, { encoding: "utf8", env });
      expect(status, stderr).toBe(0);
      return JSON.parse(stdout) as Record<string, string>;
    };
    const want = digests("relaxed", 1);
    for (const [level, threads] of [
      ["wide", 1],
      ["relaxed", 2],
      ["wide", 4],
    ] as const)
      expect(digests(level, threads), `${level}, ${threads} threads`).toEqual(want);
  });

  there("passes the tests of products, kernels, threads and operators, with wide code wherever it makes any", () => {
    const env = { ...process.env, TIDU_WASM_LEVEL: "wide" };
    const args = ["node_modules/vitest/vitest.mjs", "run", "--project", "all", ...FILES];
    const { status, stdout, stderr } = spawnSync(engine, args, { encoding: "utf8", env });
    expect(status, stdout + stderr).toBe(0);
  });
});
