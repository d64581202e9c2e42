// The Python package `torch` as a wheel, for pyodides that others start: JupyterLite, notebooks, pages of their own.
//
// Beside the Python files it holds the library as one script that Python runs where nobody has registered it
// (python/torch/_library.py), so that installing the wheel is all that is needed.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { strToU8, zipSync } from "fflate";
import { files } from "../../src/python/package.ts";
import { namedClasses } from "./class_names.ts";
import { embedPages } from "./embed_pages.ts";

/** The least Python that the package's files are written for. */
const PYTHON = "3.12";

const { name, version, description, license, keywords } = JSON.parse(readFileSync("package.json", "utf8")) as {
  name: string;
  version: string;
  description: string;
  license: string;
  keywords: string[];
};

/** The library as a script whose value is the module `_tidu`. */
async function script(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { Bridge } from "./src/python/bridge.ts";
        import { tiduModule } from "./src/python/module.ts";
        export const library = tiduModule(new Bridge());`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    globalName: "tidu",
    target: "es2022",
    platform: "neutral",
    // A script has no address of its own; the system's BLAS is looked for from the current folder.
    define: { "import.meta.url": "undefined" },
    logLevel: "warning",
    plugins: [embedPages, namedClasses],
  });
  return `(() => { ${outputFiles[0].text}; return tidu.library; })()`;
}
const metadata = `Metadata-Version: 2.4
Name: ${name}
Version: ${version}
Summary: ${description}
Keywords: ${keywords.join(",")}
License-Expression: ${license}
License-File: LICENSE
Requires-Python: >=${PYTHON}
Description-Content-Type: text/markdown

\`import torch\` for Python in the browser: PyTorch's tensors, autograd, modules and optimizers on the kernels of tidu.
Runs where Python is pyodide (CPython compiled to WebAssembly): JupyterLite, pages, Node.
`;
const wheelFile = `Wheel-Version: 1.0
Generator: ${name} (${version})
Root-Is-Purelib: true
Tag: py3-none-any
`;

/** A line of RECORD: path, hash and size, as "Recording installed projects" of the Python packaging guide has it. */
const recorded = ([path, bytes]: readonly [string, Uint8Array]): string =>
  `${path},sha256=${createHash("sha256").update(bytes).digest("base64url")},${bytes.length}`;

/** The wheel and the name it must have. The same sources give the same bytes. */
export async function buildWheel(): Promise<{ filename: string; bytes: Uint8Array }> {
  const info = `${name}-${version}.dist-info`;
  const texts: Record<string, string> = {
    ...files,
    "torch/_tidu.js": await script(),
    [`${info}/METADATA`]: metadata,
    [`${info}/WHEEL`]: wheelFile,
    [`${info}/licenses/LICENSE`]: readFileSync("LICENSE", "utf8"),
  };
  const entries = Object.entries(texts).map(([path, text]) => [path, strToU8(text)] as const);
  const record = `${info}/RECORD`;
  entries.push([record, strToU8([...entries.map(recorded), `${record},,`, ""].join("\n"))]);
  const bytes = zipSync(Object.fromEntries(entries), { level: 9, mtime: new Date(1980, 0, 1) });
  return { filename: `${name}-${version}-py3-none-any.whl`, bytes };
}
