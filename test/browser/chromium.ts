import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { namedClasses } from "../../tools/build/class_names.ts";
import { embedPython } from "../../tools/build/embed_python.ts";

/** Debian's Chromium, or the one that CHROMIUM_PATH names. `.ci/run` installs it. */
export const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/** Milliseconds that a page may take on a machine that is slow or busy. */
const LIMIT = 600_000;

export interface Served {
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** A program of the sources' folder as one script for browsers. */
export async function script(entryPoint: string): Promise<Served> {
  const { outputFiles } = await build({
    entryPoints: [entryPoint],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform: "browser",
    conditions: ["source"],
    plugins: [embedPython, namedClasses],
  });
  return { type: "text/javascript", body: outputFiles[0].contents };
}

/**
 * Opens a page that runs /page.js, with other files as `serve` gives them, and gives what it leaves in `globalThis.result`.
 * `hash` stands behind its address.
 */
export async function resultOfPage<Result>(
  serve: (path: string) => Served | undefined,
  headers: Readonly<Record<string, string>> = {},
  hash = "",
): Promise<Result> {
  const page = { type: "text/html", body: '<!doctype html><script type="module" src="/page.js"></script>' };
  const server = createServer(({ url = "/" }, response) => {
    const found = url === "/" ? page : serve(url);
    response.writeHead(found ? 200 : 404, { ...headers, "Content-Type": found?.type ?? "text/plain" });
    response.end(found?.body);
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
  const browser = await chromium.launch({ executablePath, args, timeout: LIMIT });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(LIMIT);
    const faults: string[] = [];
    page.on("pageerror", (e) => faults.push(String(e)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${hash}`);
    // Awaited in the page by the protocol itself: waitForFunction would evaluate text there, which a policy may forbid.
    const found = `new Promise((resolve) => {
      const look = () => (globalThis.result === undefined ? setTimeout(look, 10) : resolve(globalThis.result));
      setTimeout(() => resolve(null), ${LIMIT});
      look();
    })`;
    const result = (await page.evaluate(found)) as Result | null;
    if (result === null) throw new Error(`no result: ${faults.join("\n")}`);
    return result;
  } finally {
    await browser.close();
    server.close();
  }
}
