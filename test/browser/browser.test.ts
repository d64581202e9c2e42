import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { executablePath, resultOfPage, script } from "./chromium.ts";
import type { result as loaded } from "./loader_page.ts";
import type { result } from "./page.ts";

const recorded = JSON.parse(
  readFileSync(new URL("../recorded/loader_workers.json", import.meta.url), "utf8"),
) as Record<string, unknown>;

const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
/** The policy of a page that allows no more than WebAssembly and workers of one kind. */
const policy = (workers: string): Record<string, string> => ({
  "Content-Security-Policy": `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src ${workers}`,
});
// Without a browser on the machine there is nothing to run these in; CI installs one.
describe.skipIf(!existsSync(executablePath) && process.env["CI"] !== "true")("in headless Chromium", () => {
  const pages: Record<string, { headers: Record<string, string>; workers: number; warns?: RegExp }> = {
    "on an isolated page, whose policy forbids to evaluate text": {
      headers: { ...ISOLATED, ...policy("blob:") },
      workers: 2,
    },
    "on an isolated page that allows no workers": {
      headers: { ...ISOLATED, ...policy("'none'") },
      workers: 0,
      warns: /^One thread does all the work: no worker could be started.*worker-src blob:/,
    },
    "where memory cannot be shared": {
      headers: {},
      workers: 0,
      warns: /^set_num_threads\(3\) has no effect: memory cannot be shared here: .*Cross-Origin-Opener-Policy/,
    },
  };
  for (const [where, { headers, workers, warns }] of Object.entries(pages))
    test(`a training gives the numbers it gives in Node, ${where}`, async () => {
      const { result: here } = await import("./page.ts");
      const page = await script("test/browser/page.ts");
      const there = await resultOfPage<typeof result>((path) => (path === "/page.js" ? page : undefined), headers);
      expect(there.shared).toBe("Cross-Origin-Opener-Policy" in headers);
      expect(there.workers).toBe(workers);
      expect(there.threads).toBe(workers + 1);
      if (warns === undefined) expect(there.warnings).toEqual([]);
      else expect(there.warnings.join("\n")).toMatch(warns);
      expect(there.sums).toBe(1);
      expect(there.text).toBe(here.text);
      expect(there.losses[0]).toBeGreaterThan(there.losses[49]);
      // Engines may round a fused multiply-add once or twice.
      for (const [i, loss] of there.losses.entries()) expect(loss).toBeCloseTo(here.losses[i], 4);
    });

  for (const [where, headers] of Object.entries({ "which shares memory": ISOLATED, "where memory is not shared": {} }))
    test(`workers of a loader give the batches that PyTorch's give, on a page ${where}`, async () => {
      const scripts = new Map([
        ["/page.js", await script("test/browser/loader_page.ts")],
        ["/samples.js", await script("test/browser/loader_samples.ts")],
      ]);
      const there = await resultOfPage<typeof loaded>((path) => scripts.get(path), headers);
      expect(there.isolated).toBe("Cross-Origin-Opener-Policy" in headers);
      expect(there.seen).toEqual(recorded["page"]);
      expect(there.refused).toMatch(
        /a page cannot wait for the workers of a DataLoader.*\nRead the loader with `for await`/,
      );
    });
});
