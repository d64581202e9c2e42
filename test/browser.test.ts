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

const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
/** The policy of a page that allows no more than WebAssembly and workers of one kind. */
const policy = (workers: string): Record<string, string> => ({
  "Content-Security-Policy": `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src ${workers}`,
});
async function inPage(headers: Record<string, string>): Promise<Outcome> {
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
    // Awaited in the page by the protocol itself: waitForFunction would evaluate text there, which a policy may forbid.
    const found = `new Promise((resolve) => {
      const look = () => (globalThis.result === undefined ? setTimeout(look, 10) : resolve(globalThis.result));
      setTimeout(() => resolve(null), 30_000);
      look();
    })`;
    const result = (await page.evaluate(found)) as Outcome | null;
    if (result === null) throw new Error(`no result: ${faults.join("\n")}`);
    return result;
  } finally {
    await browser.close();
    server.close();
  }
}

// Without a browser on the machine there is nothing to run these in; CI installs one.
describe.skipIf(!existsSync(executablePath) && process.env["CI"] !== "true")("in headless Chromium", () => {
  const pages: Record<string, { headers: Record<string, string>; workers: number }> = {
    "on an isolated page, whose policy forbids to evaluate text": {
      headers: { ...ISOLATED, ...policy("blob:") },
      workers: 2,
    },
    "on an isolated page that allows no workers": { headers: { ...ISOLATED, ...policy("'none'") }, workers: 0 },
    "where memory cannot be shared": { headers: {}, workers: 0 },
  };
  for (const [where, { headers, workers }] of Object.entries(pages))
    test(`a training gives the numbers it gives in Node, ${where}`, async () => {
      const { result: here } = await import("./browser/page.ts");
      const there = await inPage(headers);
      expect(there.shared).toBe("Cross-Origin-Opener-Policy" in headers);
      expect(there.workers).toBe(workers);
      expect(there.sums).toBe(1);
      expect(there.text).toBe(here.text);
      expect(there.losses[0]).toBeGreaterThan(there.losses[49]);
      // Engines may round a fused multiply-add once or twice.
      for (const [i, loss] of there.losses.entries()) expect(loss).toBeCloseTo(here.losses[i], 4);
    }, 60_000);
});
