// Builds hold the scripts of tidu/viz's pages as text, so that they are found wherever their files end up.
import type { Plugin } from "esbuild";
import { graphPage, runPage } from "../../src/viz/pages.ts";

/** What stands in a build for src/viz/pages.ts. */
export const pagesModule = `export const graphPage = ${JSON.stringify(graphPage)};\nexport const runPage = ${JSON.stringify(runPage)};\n`;

export const embedPages: Plugin = {
  name: "embed-pages",
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]viz[\\/]pages\.ts$/ }, () => ({ contents: pagesModule }));
  },
};
