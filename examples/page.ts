// A page that trains and draws: one file, runs/page.html, to be opened in a browser.
//   npx tsx --conditions=source examples/page.ts
import { mkdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { parseHTML } from "linkedom";
import { sized } from "./common.ts";
import { start } from "./page/main.ts";

const body = `<h1>Two spirals</h1><div id="progress"></div><div id="drawing"></div>`;
const { outputFiles } = await build({
  stdin: {
    contents: `import { start } from "./page/main.ts"; await start(document, 300);`,
    resolveDir: import.meta.dirname,
    loader: "ts",
  },
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target: "es2022",
  platform: "browser",
  conditions: ["source"],
});
mkdirSync("runs", { recursive: true });
const script = outputFiles[0]!.text.replaceAll("</script", "<\\/script");
writeFileSync(
  "runs/page.html",
  `<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Two spirals</title>${body}<script type="module">${script}</script>`,
);
console.log("Open runs/page.html in a browser.");

// The same without a browser: what it comes to, and its last drawing.
const { document } = parseHTML(`<html><body>${body}</body></html>`);
const right = await start(document as unknown as Document, sized(60, 1));
writeFileSync(
  "runs/page.svg",
  document.getElementById("drawing")!.innerHTML.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"'),
);
console.log(`Here it tells ${(100 * right).toFixed(0)} % apart. Drawn: runs/page.svg`);
