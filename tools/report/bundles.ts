// How big browser bundles are, and how big they may be.
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Metafile, Plugin } from "esbuild";

export interface BundleSize {
  readonly minified: number;
  readonly gzip: number;
  /** What `gzip` may be. Raise it on purpose, with a reason in the commit. */
  readonly limit: number;
}
/** Programs, and how many KB of them gzipped are allowed. */
export const programs: Readonly<Record<string, readonly [text: string, limit: number]>> = {
  "tensors and autograd": [`import { tensor, autograd } from "tidu"; globalThis.x = [tensor([1]), autograd];`, 204],
  "tensors and Linear": [
    `import { tensor } from "tidu"; import { Linear } from "tidu/nn"; globalThis.x = new Linear(1, 1)(tensor([1]));`,
    188,
  ],
  "lean: tensors, Linear, SGD and a step": [
    `import { tensor } from "tidu/lean"; import { Linear } from "tidu/nn"; import { SGD } from "tidu/optim";
    const model = new Linear(1, 1); const steps = new SGD(model.parameters(), { lr: 0.1 });
    const loss = model(tensor([1])).sum(); loss.backward(); steps.step(); globalThis.x = String(loss);`,
    125.5,
  ],
  "all of tidu": [`import * as torch from "tidu"; globalThis.torch = torch;`, 466],
};
export const kb = (n: number): string => `${(n / 1024).toFixed(1)} KB`;

export async function bundle(
  contents: string,
  plugins: Plugin[] = [],
): Promise<{ minified: number; gzip: number; text: string; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    plugins,
    metafile: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
  });
  const [{ contents: bytes, text }] = outputFiles;
  return { minified: bytes.length, gzip: gzipSync(bytes).length, text, metafile };
}
export async function bundleSizes(): Promise<Record<string, BundleSize>> {
  const sizes: Record<string, BundleSize> = {};
  for (const [name, [text, limit]] of Object.entries(programs)) {
    const { minified, gzip } = await bundle(text);
    sizes[name] = { minified, gzip, limit: limit * 1024 };
  }
  return sizes;
}
