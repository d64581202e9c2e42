// Programs that drop more than there is room for, where dead tensors are found between tasks only.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { executablePath, resultOfPage, script } from "../browser/chromium.ts";
import { programs, runAll } from "../browser/loops.ts";
import type { Report, Wish } from "../browser/loops.ts";

const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const names = Object.keys(programs);
/** Fifty rounds with tensors smaller on a side, in a memory for a part of what each program drops. */
const wish: Wish = { rounds: 50, side: 4, most: 16 * 2 ** 20 };

function check(report: Report, expected: Report): void {
  expect(Object.keys(report)).toEqual(names);
  for (const name of names) {
    const [got, want] = [report[name], expected[name]];
    if (typeof got === "string" || typeof want === "string") throw new Error(`${name}: ${String(got)} ${String(want)}`);
    expect(got.value, name).toBeCloseTo(want.value, 4);
    expect(got.reserved, name).toBeLessThanOrEqual(wish.most!);
    expect(got.movedOut, name).toBeGreaterThan(0);
  }
}
const here = runAll(wish.rounds, wish.side);

// Without a browser on the machine there is nothing to run these in; CI installs one.
describe.skipIf(!existsSync(executablePath) && process.env["CI"] !== "true")("in headless Chromium", () => {
  for (const [where, headers] of Object.entries({ "where memory is shared": ISOLATED, "where it is not": {} }))
    test(`synchronous loops run on in a page and in a worker, ${where}`, async () => {
      const page = await script("test/browser/loops_page.ts");
      const found = await resultOfPage<Record<"page" | "worker", Report>>(
        (path) => (path === "/page.js" ? page : undefined),
        headers,
        `#${encodeURIComponent(JSON.stringify(wish))}`,
      );
      check(found.page, await here);
      check(found.worker, await here);
    });
});

// Left out where they are not installed: npm ci --prefix test/engines.
const engines = {
  Bun: ["test/engines/node_modules/bun/bin/bun"],
  Deno: ["test/engines/node_modules/deno/deno", "run", "--allow-all"],
} as const;
describe.each(Object.entries(engines))("in %s", (_, [engine, ...options]) => {
  const there = test.skipIf(!existsSync(engine));
  const ran = (wanted: Wish): Report => {
    const args = [...options, "--conditions=source", "test/browser/loops_bun.ts", JSON.stringify(wanted)];
    const { stdout, stderr } = spawnSync(engine, args, { encoding: "utf8" });
    expect(stderr).toBe("");
    return JSON.parse(stdout) as Report;
  };
  there("synchronous loops run on where finalizers tell of the dead", async () => check(ran(wish), await here));

  there("the dead are found in synchronous loops", () => {
    const report = ran({ rounds: 400, side: 1, names: names.filter((name) => name.includes("a product")) });
    expect(Object.keys(report).length).toBe(3);
    for (const [name, got] of Object.entries(report)) {
      if (typeof got === "string") throw new Error(`${name}: ${got}`);
      expect(got.movedOut, name).toBe(0);
      // 1,600 MiB are dropped by each.
      expect(got.reserved, name).toBeLessThan(800 * 2 ** 20);
    }
  });
});
