// Programs that drop more than there is room for, where dead tensors are found between tasks only.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { executablePath, resultOfPage, script } from "./browser/chromium.ts";
import { programs, runAll } from "./browser/loops.ts";
import type { Report, Wish } from "./browser/loops.ts";

const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const names = Object.keys(programs);
/** A hundred rounds with tensors smaller on a side, in a memory for a part of what each program drops. */
const wish: Wish = { rounds: 100, side: 4, most: 16 * 2 ** 20 };

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

const bun = "test/engines/node_modules/bun/bin/bun";
// Left out where it is not installed: npm ci --prefix test/engines.
test.skipIf(!existsSync(bun))("synchronous loops run on in Bun", async () => {
  const args = ["--conditions=source", "test/browser/loops_bun.ts", JSON.stringify(wish)];
  const { stdout, stderr } = spawnSync(bun, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  check(JSON.parse(stdout) as Report, await here);
});
