// The scripts of pages as text. Builds have the text itself in this module's place (tools/build/embed_pages.ts).
import { createRequire } from "node:module";

interface Esbuild {
  buildSync(options: object): { readonly outputFiles: readonly { readonly text: string }[] };
}
const { buildSync } = createRequire(import.meta.url)("esbuild") as Esbuild;

/** A script of the folder `pages` beside `src`, with all that it needs. */
function bundled(name: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [new URL(`../../pages/${name}.ts`, import.meta.url).pathname],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "inline",
    logLevel: "warning",
  });
  return outputFiles[0].text;
}
export const graphPage: string = bundled("graph");
export const runPage: string = bundled("run");
