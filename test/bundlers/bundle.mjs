// node bundle.mjs BUNDLER CONDITION ENTRY OUTFILE: makes one file of a program, as that bundler's users would.
// CONDITION is "browser" or "node"; "minified" as a fifth argument has names shortened.
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

const [bundler, condition, entry, outfile, minified] = process.argv.slice(2);
const minify = minified === "minified";
const node = condition === "node";

const bundlers = {
  async rollup() {
    const { rollup } = await import("rollup");
    const { nodeResolve } = await import("@rollup/plugin-node-resolve");
    const resolve = nodeResolve({ browser: !node, exportConditions: node ? ["node"] : [] });
    const bundle = await rollup({ input: entry, plugins: [resolve], external: /^node:/ });
    await bundle.write({ file: outfile, format: "es", inlineDynamicImports: true });
  },
  async vite() {
    const { build } = await import("vite");
    await build({
      configFile: false,
      logLevel: "warn",
      root: dirname(entry),
      ssr: { noExternal: true, target: node ? "node" : "webworker" },
      build: {
        ssr: node ? entry : false,
        lib: node ? undefined : { entry, formats: ["es"], fileName: () => basename(outfile) },
        outDir: dirname(outfile),
        emptyOutDir: false,
        minify,
        rollupOptions: { output: { entryFileNames: basename(outfile), codeSplitting: false } },
      },
    });
  },
  async webpack() {
    const { default: webpack } = await import("webpack");
    const compiler = webpack({
      mode: minify ? "production" : "none",
      optimization: { sideEffects: true, usedExports: true, providedExports: true, minimize: minify },
      target: node ? "node20" : ["web", "es2022"],
      entry,
      experiments: { outputModule: true },
      output: { path: dirname(outfile), filename: basename(outfile), library: { type: "module" } },
    });
    const stats = await new Promise((resolve, reject) => compiler.run((e, s) => (e ? reject(e) : resolve(s))));
    if (stats.hasErrors()) throw new Error(stats.toString({ colors: false }));
  },
  async parcel() {
    const { Parcel } = await import("@parcel/core");
    const dir = mkdtempSync(join(tmpdir(), "tidu-parcel-"));
    const bundled = await new Parcel({
      entries: entry,
      defaultConfig: import.meta.resolve("@parcel/config-default").slice("file://".length),
      mode: "production",
      shouldDisableCache: true,
      cacheDir: join(dir, "cache"),
      targets: {
        main: {
          distDir: dir,
          distEntry: basename(outfile),
          outputFormat: "esmodule",
          isLibrary: true,
          includeNodeModules: true,
          optimize: minify,
          scopeHoist: true,
          sourceMap: false,
          context: "browser",
        },
      },
    }).run();
    const [{ filePath }] = bundled.bundleGraph.getBundles();
    renameSync(filePath, outfile);
    rmSync(dir, { recursive: true });
  },
};
await bundlers[bundler]();
