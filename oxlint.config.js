// Lint rules. The layout's rule: each folder (or file) of src imports only from those before it in this list. Type-only
// imports are exempt. See docs/architecture.md.
const layers = [
  "errors",
  "dtype",
  "cpp_names",
  "dtype_info",
  "layout",
  "memory_format",
  "kernel",
  "numerics",
  "devices",
  "storage",
  "print",
  "random",
  "random_fill",
  "tensor",
  "type_word",
  "allocate",
  "observer",
  "autograd",
  "op",
  "ops",
  "nn",
  "func",
  "optim",
  "data",
  "serialization",
  "viz",
  "profiler",
  "index",
  "python",
];

const importsOnlyFromBefore = layers.slice(0, -1).flatMap((layer, i) => {
  const later = layers.slice(i + 1).join("|");
  const rule = (prefix) => ({
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            regex: `^${prefix}(${later})(/|\\.ts$)`,
            allowTypeImports: true,
            message: `src/${layer} may only import from ${layers.slice(0, i).join(", ") || "nothing"}.`,
          },
        ],
      },
    ],
  });
  return [
    { files: [`src/${layer}.ts`], rules: rule("\\./") },
    { files: [`src/${layer}/*.ts`], rules: rule("\\.\\./") },
    { files: [`src/${layer}/*/*.ts`], rules: rule("\\.\\./\\.\\./") },
  ];
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
  overrides: [{ files: ["*.config.*"], rules: { "import/no-default-export": "off" } }, ...importsOnlyFromBefore],
};
