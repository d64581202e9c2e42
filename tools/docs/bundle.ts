// `npm run docs:bundle`: writes docs/bundle.md, what the smallest bundles are made of. It reads dist/.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "esbuild";
import { format } from "prettier";
import { bundle, kb, programs } from "../report/bundles.ts";

const name = "lean: tensors, Linear, SGD and a step";
const whole = "tensors and Linear";
const { gzip, minified, metafile, text } = await bundle(programs[name][0]);
const withAll = await bundle(programs[whole][0]);
const [{ inputs }] = Object.values(metafile.outputs);
const modules = Object.entries(inputs)
  .map(([path, { bytesInOutput }]) => [path.replace(/^dist\//, ""), bytesInOutput] as const)
  .filter(([, bytes]) => bytes > 0)
  .sort(([, a], [, b]) => b - a);

/** Why a module is there, by the first of these that its path matches. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/^devices\/cpu\/gemm/, "products of matrices: packing, pieces, the system's BLAS"],
  [/^devices\/cpu\/code/, "assembler and emitter of kernels"],
  [/^devices\//, "the rest of the device: memory, threads, launching"],
  [/^kernel\/(formulas|math)/, "functions: exp, log, sin, pow"],
  [/^(kernel|kinds)\//, "the kernels' language, kinds of kernel"],
  [/^ops\//, "ops: signatures, kernels, formulas of gradients, subscripts"],
  [/^dispatch\//, "signatures, binding, the path of a call"],
  [/^autograd\//, "the tape, its engine, hooks"],
  [/^nn\//, "modules and Linear"],
  [/^optim\//, "SGD"],
  [/^(tensor|random)\//, "tensors, their text, random numbers"],
  [/./, "dtypes, layouts, errors, the rest"],
];
const parts = new Map<string, number>();
for (const [path, bytes] of modules) {
  const [, part] = PARTS.find(([pattern]) => pattern.test(path))!;
  parts.set(part, (parts.get(part) ?? 0) + bytes);
}

const SENTENCE = /"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;
const isSignature = (literal: string): boolean => /^.\w+\([^]*\) ?->/.test(literal);
const isSentence = (literal: string): boolean => !isSignature(literal) && literal.length > 30 && / \w+ /.test(literal);
/** What text of one kind takes: how much smaller everything is without it. */
function without(isKind: (literal: string) => boolean): { bytes: number; saved: number } {
  const left = text.replace(SENTENCE, (literal) => (isKind(literal) ? '""' : literal));
  return { bytes: text.length - left.length, saved: gzip - gzipSync(left).length };
}
const kinds = { "error sentences and help": without(isSentence), "signatures of ops": without(isSignature) };

/** KB that the bundle loses without the methods of each file, and with them what only they need. */
const list = readFileSync("dist/ops/methods/ops.js", "utf8");
const savedBy: (readonly [file: string, gzip: number])[] = [];
for (const [line, file] of list.matchAll(/^export .* from "\.\.\/(.*)\.js";$/gm)) {
  const contents = list.replace(`${line}\n`, "");
  // Other files may still import from the whole list.
  const leaveOut: Plugin = {
    name: "leave-out",
    setup: ({ onLoad, onResolve }) => {
      onResolve({ filter: /^\.\/ops\.js$/ }, ({ resolveDir, importer }) =>
        /methods.index\.js$/.test(importer)
          ? { path: join(resolveDir, "fewer_ops.js"), sideEffects: false }
          : undefined,
      );
      onLoad({ filter: /fewer_ops\.js$/ }, ({ path }) => ({ contents, resolveDir: dirname(path) }));
    },
  };
  savedBy.push([file, withAll.gzip - (await bundle(programs[whole][0], [leaveOut])).gzip]);
}
savedBy.sort(([, a], [, b]) => b - a);

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const share = (bytes: number): string => `${((100 * bytes) / minified).toFixed(1)} %`;
const page = `# What a small bundle is made of

Made by \`npm run docs:bundle\` from what esbuild keeps of

\`\`\`ts
${programs[name][0].replace(/; +(?=\S)|;\n +/g, ";\n")}
\`\`\`

${kb(minified)} minified, ${kb(gzip)} gzipped. Methods are calls that no import shows: \`tidu/lean\` brings those of every day, \`tidu\` all of them with what they need (Note [Methods] in \`src/ops/methods/index.ts\`). The same with \`tidu\`, without an optimizer, has ${kb(withAll.gzip)}.

${row("part", "minified", "share")}
${row("---", "--:", "--:")}
${[...parts]
  .sort(([, a], [, b]) => b - a)
  .map(([part, bytes]) => row(part, kb(bytes), share(bytes)))
  .join("\n")}

The same bytes by what they are. Gzipped is how much smaller the whole is without them:

${row("text", "minified", "gzipped")}
${row("---", "--:", "--:")}
${Object.entries(kinds)
  .map(([kind, { bytes, saved }]) => row(kind, kb(bytes), kb(saved)))
  .join("\n")}

What the methods of a file of \`src/ops/\` cost with \`tidu\`, with all that nothing else needs: how much smaller its bundle would be, gzipped, if tensors did not have them.

${row("methods of", "gzipped")}
${row("---", "--:")}
${savedBy.map(([file, bytes]) => row(`\`${file}.ts\``, kb(bytes))).join("\n")}

The largest modules:

${row("module", "minified", "share")}
${row("---", "--:", "--:")}
${modules
  .slice(0, 40)
  .map(([path, bytes]) => row(`\`${path}\``, kb(bytes), share(bytes)))
  .join("\n")}
`;
writeFileSync("docs/bundle.md", await format(page, { parser: "markdown", printWidth: 120 }));
