// What the playground's first view loads, and how long the first gradient takes in a fresh Chromium: npm run site:size
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

/** The files of the page and of its first worker, with all that they import before they run. */
export function firstView(folder: string): { readonly files: readonly string[]; readonly bytes: number } {
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
    "assets/main.js",
    "assets/typescript.js",
  ])
    add(file);
  return { files: [...files], bytes };
}
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { Site } = await import("../../test/playground/visit.ts");
  const site = await new Site().open();
  const { bytes, files } = firstView(`${site.folder}/playground`);
  console.log(`First view: ${(bytes / 1024).toFixed(1)} KB gzipped in ${files.length} files`);
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const begun = performance.now();
    const visit = await site.visit();
    await visit.run();
    times.push(performance.now() - begun);
    await visit.close();
  }
  console.log(
    `From opening the page to the first gradient drawn: ${times.map((t) => (t / 1000).toFixed(2)).join(", ")} s`,
  );
  await site.close();
}
