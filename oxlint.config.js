// Lint rules. The layout's rule: each folder (or file) of src imports only from those before it in src/layers.json, types
// included. test/package/layers.test.ts holds this file and the table in docs/architecture.md to that list.
import { readdirSync, readFileSync } from "node:fs";

const src = new URL("src/", import.meta.url);
const layers = JSON.parse(readFileSync(new URL("layers.json", src), "utf8"));
/** How many folders the deepest file of src is in. */
const depth = Math.max(...readdirSync(src, { recursive: true }).map((path) => path.split(/[\\/]/).length - 1));

const importsOnlyFromBefore = layers.slice(0, -1).flatMap((layer, i) => {
  const later = layers.slice(i + 1).join("|");
  const override = (file, up, allowTypeImports = false) => ({
    files: [`src/${file}.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^${up}(${later})(/|\\.ts$)`,
              allowTypeImports,
              message: `src/${layer} may only import from ${layers.slice(0, i).join(", ") || "nothing"}.`,
            },
          ],
        },
      ],
    },
  });
  const folders = Array.from({ length: depth }, (_, d) =>
    override(`${layer}/${"*/".repeat(d)}*`, "\\.\\./".repeat(d + 1)),
  );
  // A tensor names the type of the node that made it.
  const exempt = layer === "tensor" ? [override("tensor/tensor", "\\.\\./", true)] : [];
  return [override(layer, "\\./"), ...folders, ...exempt];
});

export default {
  plugins: ["typescript", "import", "unicorn"],
  categories: { correctness: "error" },
  rules: {
    "typescript/no-explicit-any": "error",
    "typescript/consistent-type-imports": "error",
    "import/no-default-export": "error",
    "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    "no-shadow": "off",
    "no-underscore-dangle": "off",
    "import/no-unassigned-import": "off",
    "unicorn/no-new-array": "off",
    "unicorn/consistent-function-scoping": "off",
    "unicorn/no-array-sort": "off",
    // The op methods of Tensor are merged in by type; a test checks that they exist.
    "typescript/no-unsafe-declaration-merging": "off",
  },
  overrides: [
    // What configures a tool, VitePress's frame and what Next makes pages of are default exports.
    {
      files: ["*.config.*", "website/.vitepress/**", "test/bundlers/next/app/*.jsx"],
      rules: { "import/no-default-export": "off" },
    },
    ...importsOnlyFromBefore,
  ],
};
