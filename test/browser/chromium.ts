import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { namedClasses } from "../../tools/build/class_names.ts";
import { embedPages } from "../../tools/build/embed_pages.ts";
import { embedPython } from "../../tools/build/embed_python.ts";

/** Debian's Chromium, or the one that CHROMIUM_PATH names. `.ci/run` installs it. */
export const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/** Milliseconds that a page may take on a machine that is slow or busy, unless more are granted. */
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
    plugins: [embedPages, embedPython, namedClasses],
  });
  return { type: "text/javascript", body: outputFiles[0].contents };
}

/**
 * Opens a page that runs /page.js, with other files as `serve` gives them, and gives what it leaves in `globalThis.result`.
 * `serve` may give a page of its own for "/".
 * `hash` stands behind its address; `limit` is in milliseconds; with `flags` of Chromium's it may have a GPU.
 */
export async function resultOfPage<Result>(
  serve: (path: string) => Served | undefined,
  headers: Readonly<Record<string, string>> = {},
  hash = "",
  limit = LIMIT,
  flags: readonly string[] = [],
): Promise<Result> {
  const page = { type: "text/html", body: '<!doctype html><script type="module" src="/page.js"></script>' };
  const server = createServer(({ url = "/" }, response) => {
    const found = serve(url) ?? (url === "/" ? page : undefined);
    response.writeHead(found ? 200 : 404, { ...headers, "Content-Type": found?.type ?? "text/plain" });
    response.end(found?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await resultAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${hash}`, limit, flags);
  } finally {
    server.close();
  }
}
/** What the page at an address leaves in `globalThis.result`. */
export async function resultAt<Result>(address: string, limit = LIMIT, flags: readonly string[] = []): Promise<Result> {
  const args = [
    ...(flags.length > 0 ? flags : ["--disable-gpu"]),
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  const browser = await chromium.launch({ executablePath, args, timeout: LIMIT });
  let timer: NodeJS.Timeout | undefined;
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(LIMIT);
    const faults: string[] = [];
    page.on("pageerror", (e) => faults.push(String(e)));
    // Not until it has loaded, which it has when its program ends.
    await page.goto(address, { waitUntil: "commit" });
    // Awaited in the page by the protocol itself: waitForFunction would evaluate text there, which a policy may forbid.
    const found = `new Promise((resolve) => {
      const look = () => (globalThis.result === undefined ? setTimeout(look, 10) : resolve(globalThis.result));
      look();
    })`;
    // A page that never ends its task sees no timer of its own.
    const late = new Promise<null>((resolve) => void (timer = setTimeout(() => resolve(null), limit)));
    const result = await Promise.race([page.evaluate(found) as Promise<Result>, late]);
    if (result === null) throw new Error(`no result in ${limit / 1000} s: ${faults.join("\n")}`);
    return result;
  } finally {
    clearTimeout(timer);
    await browser.close();
  }
}
