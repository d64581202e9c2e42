// What the playground's first view loads, and how long the first gradient takes in a fresh Chromium: npm run site:size
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

/** The files of the page and of its first worker, with all that they import before they run; `more` is asked for later. */
export function firstView(
  folder: string,
  more: readonly string[] = [],
): { readonly files: readonly string[]; readonly bytes: number } {
  const files = new Set<string>();
  let bytes = 0;
  const add = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const text = readFileSync(`${folder}/${file}`, "utf8");
    bytes += gzipSync(text).length;
    if (file.endsWith(".js"))
      for (const [, name] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) add(`assets/${name}`);
  };
  for (const file of [
    "index.html",
    "icon.svg",
    "gallery.json",
    "assets/style.css",
    "assets/start.js",
    "assets/main.js",
    "assets/typescript.js",
    ...more,
  ])
    add(file);
  return { files: [...files], bytes };
}
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { Site } = await import("../../test/playground/visit.ts");
  const site = await new Site().open();
  const { bytes, files } = firstView(`${site.folder}/playground`);
  console.log(`First view: ${(bytes / 1024).toFixed(1)} KB gzipped in ${files.length} files`);
  // By the page's own clock, from when it was asked for: what a visitor sees who presses Run at once.
  const script = `globalThis.times = {};
    new MutationObserver(() => {
      const { state } = document.body?.dataset ?? {};
      if (state === "ready" && !("ready" in times)) document.querySelector("#run").click();
      if (state !== undefined) times[state] ??= performance.now();
      if (document.querySelector("#graph .has-gradient")) times.gradient ??= performance.now();
    }).observe(document, { subtree: true, childList: true, attributes: true });`;
  const rounds: Record<string, number>[] = [];
  for (let i = 0; i < 7; i++) {
    const visit = await site.visit({}, "", script);
    await visit.page.waitForFunction(() => "gradient" in (globalThis as unknown as { times: object }).times);
    rounds.push(await visit.page.evaluate(() => (globalThis as unknown as { times: Record<string, number> }).times));
    await visit.close();
  }
  for (const [name, what] of [
    ["ready", "the program can be read and run"],
    ["gradient", "the first gradient is drawn"],
  ] as const) {
    const times = rounds.map((round) => round[name] / 1000).sort((a, b) => a - b);
    console.log(
      `From opening the page until ${what}: ${times[times.length >> 1].toFixed(2)} s (median of ${times.map((t) => t.toFixed(2)).join(", ")})`,
    );
  }
  await site.close();
}
