import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { result } from "./browser/page.ts";

/** Debian's Chromium, or the one that CHROMIUM_PATH names. `.ci/run` installs it. */
const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
type Outcome = typeof result;

async function inPage(isolated: boolean): Promise<Outcome> {
  const { outputFiles } = await build({
    entryPoints: ["test/browser/page.ts"],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform: "browser",
    conditions: ["source"],
  });
  const headers = isolated
    ? { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }
    : {};
  const server = createServer((request, response) => {
    const script = request.url === "/page.js";
    response.writeHead(200, { ...headers, "Content-Type": script ? "text/javascript" : "text/html" });
    response.end(script ? outputFiles[0].contents : '<!doctype html><script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const args = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", (e) => faults.push(String(e)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction("globalThis.result !== undefined", undefined, { timeout: 20_000 }).catch((e) => {
      throw new Error(`${String(e)}\n${faults.join("\n")}`);
    });
    return (await page.evaluate("globalThis.result")) as Outcome;
  } finally {
    await browser.close();
    server.close();
  }
}

// Without a browser on the machine there is nothing to run these in; CI installs one.
describe.skipIf(!existsSync(executablePath) && process.env["CI"] !== "true")("in headless Chromium", () => {
  for (const isolated of [true, false])
    test(`a training gives the numbers it gives in Node, ${isolated ? "on an isolated page" : "where memory cannot be shared"}`, async () => {
      const { result: here } = await import("./browser/page.ts");
      const there = await inPage(isolated);
      expect(there.shared).toBe(isolated);
      expect(there.workers).toBe(isolated ? 2 : 0);
      expect(there.sums).toBe(1);
      expect(there.text).toBe(here.text);
      expect(there.config).toContain("BLAS: none outside Node");
      expect(there.config).toMatch(/Engine: .*Chrome/);
      expect(there.profiled).toEqual(here.profiled);
      expect(there.trace).toBe(here.trace);
      expect(there.losses[0]).toBeGreaterThan(there.losses[49]);
      // Engines may round a fused multiply-add once or twice.
      for (const [i, loss] of there.losses.entries()) expect(loss).toBeCloseTo(here.losses[i], 4);
    }, 60_000);
});
