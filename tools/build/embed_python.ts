// Builds hold the Python package as text, so that it is found wherever their files end up.
import type { Plugin } from "esbuild";
import { files } from "../../src/python/package.ts";

/** What stands in a build for src/python/package.ts. */
export const packageModule = `export const files = ${JSON.stringify(files)};\n`;

export const embedPython: Plugin = {
  name: "embed-python",
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]python[\\/]package\.ts$/ }, () => ({ contents: packageModule }));
  },
};
