import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compare, tooLarge } from "../../tools/report/compare.ts";
import type { Report } from "../../tools/report/compare.ts";

const before: Report = {
  version: "1.0.0",
  bundles: { all: { minified: 3000, gzip: 1024 } },
  checker: { types: 100, instantiations: 1000, symbols: 10 },
  kernels: { add: "aa bb", mul: "cc" },
  api: { "tidu.add": "const add: A;", "tidu.old": "const old: O;" },
};

test("a report says what is as before", () => {
  expect(compare(before, before)).toEqual([
    "Compared with 1.0.0:",
    "  bundle of all: 1.0 KB gzipped (as before)",
    "  type checker: 1000 instantiations (as before), 100 types (as before)",
    "  kernels: 3, of which 0 have other bytes or are new; 0 of before are gone",
    "  public names: 2, 0 added, 0 removed, 0 changed",
  ]);
});

test("a report says what is bigger, dearer, emitted otherwise, added, removed and changed", () => {
  const now: Report = {
    version: "1.1.0",
    bundles: { all: { minified: 3300, gzip: 1126, limit: 512 }, one: { minified: 20, gzip: 10 } },
    checker: { types: 100, instantiations: 1100, symbols: 10 },
    // A kernel that another op needs first is no other kernel.
    kernels: { add: "aa", atan: "cc", mul: "dd" },
    api: { "tidu.add": "const add: B;", "tidu.atan": "const atan: A;" },
  };
  expect(compare(now, before)).toEqual([
    "Compared with 1.0.0:",
    "  bundle of all: 1.1 KB gzipped (+10.0 %), at most 0.5 KB",
    "  bundle of one: 0.0 KB gzipped (new)",
    "  type checker: 1100 instantiations (+10.0 %), 100 types (as before)",
    "  kernels: 3, of which 1 have other bytes or are new (mul); 1 of before are gone",
    "  public names: 2, 1 added, 1 removed, 1 changed",
    "    + tidu.atan: const atan: A;",
    "    - tidu.old: const old: O;",
    "    ~ tidu.add: const add: A;\n      now const add: B;",
  ]);
  expect(tooLarge(now)).toEqual(["all: 1.1 KB gzipped, where 0.5 KB are allowed"]);
  expect(tooLarge(before)).toEqual([]);
});

test("a report tells twenty changes of a kind, and how many more there are", () => {
  const api = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`tidu.f${i}`, "const f: F;"]));
  const lines = compare({ ...before, api: { ...before.api, ...api } }, before);
  expect(lines.filter((line) => line.startsWith("    + "))).toHaveLength(20);
  expect(lines.at(-1)).toBe("    and 5 more");
});

test("the report of the last release is kept, with the names, bundles and kernels that any release has", () => {
  for (const file of readdirSync("reports")) {
    const report = JSON.parse(readFileSync(`reports/${file}`, "utf8")) as Report;
    expect(`${report.version}.json`).toBe(file);
    expect(report.api["tidu.Tensor.backward"]).toContain("backward(gradient?: Tensor | null");
    expect(report.api["tidu.nn.Linear"]).toMatch(/^class Linear/);
    expect(report.kernels["add"]).toMatch(/^[0-9a-f]{12}( |$)/);
    expect(report.bundles["tensors and autograd"].gzip).toBeGreaterThan(10_000);
    expect(report.checker.instantiations).toBeGreaterThan(10_000);
  }
});
