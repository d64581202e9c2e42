// Which names the playground's editor completes at a place, and what it tells of one.
import { expect, test } from "vitest";
import { aliasesIn, spaceAfter, tellOf } from "../../playground/names.ts";
import { completions } from "../../tools/site/completions.ts";

const all = completions();

test("imports of both languages, and names given to parts of them, lead to PyTorch's paths", () => {
  const ts =
    'import * as torch from "tidu";\nimport { nn, optim as o } from "tidu";\nimport { relu } from "tidu/nn/functional";\nimport { DataLoader } from "tidu/data";\nconst F = nn.functional;\nconst { linalg, special: s } = torch;\n';
  expect(Object.fromEntries(aliasesIn(ts))).toEqual({
    torch: "torch",
    nn: "torch.nn",
    o: "torch.optim",
    relu: "torch.nn.functional.relu",
    DataLoader: "torch.utils.data.DataLoader",
    F: "torch.nn.functional",
    linalg: "torch.linalg",
    s: "torch.special",
  });
  const python =
    "import torch\nimport torch.nn as nn\nimport torch.optim\nfrom torch.nn import functional as F, init\nfrom torch.utils.data import DataLoader\nG = torch.fft\n";
  expect(Object.fromEntries(aliasesIn(python))).toEqual({
    torch: "torch",
    nn: "torch.nn",
    F: "torch.nn.functional",
    init: "torch.nn.init",
    DataLoader: "torch.utils.data.DataLoader",
    G: "torch.fft",
  });
});
test("after a space its names follow, after any value a tensor's", () => {
  const source = 'import * as torch from "tidu";\nimport { nn } from "tidu";\n';
  const names = (chain: string): readonly string[] => all.spaces[spaceAfter(chain, source, all)];
  expect(names("torch")).toContain("matmul");
  expect(names("torch.optim.lr_scheduler")).toContain("StepLR");
  expect(names("nn")).toContain("Linear");
  expect(names("x")).toContain("backward");
  expect(names("model(x)")).toContain("relu_");
});
test("of nearly every function and class the editor tells a signature or what it does", () => {
  const untold = Object.entries(all.spaces).flatMap(([space, names]) =>
    space === "Tensor"
      ? []
      : names.filter((name) => !(`${space}.${name}` in all.told)).map((name) => `${space}.${name}`),
  );
  const count = Object.values(all.spaces).reduce((sum, names) => sum + names.length, 0);
  expect(count).toBeGreaterThan(1700);
  // Spaces, dtypes and the like, and names that the library binds without a text of its own.
  expect(untold.length / count, untold.join(" ")).toBeLessThan(0.08);
});
test("a chain of names is told of by its path, a word of the program's own not at all", () => {
  const source = "import torch\nfrom torch import nn\n";
  expect(tellOf("nn.Linear", source, all)?.signature).toMatch(/^Linear\(int in_features, int out_features/);
  expect(tellOf("x.exp_", source, all)?.signature).toMatch(/^exp\(/);
  expect(tellOf("torch.func.vmap", source, all)?.doc).toMatch(/^Maps a function of one element over a batch/);
  expect(tellOf("torch.linalg.norm", source, all)?.signature).toMatch(/^linalg_norm\(/);
  expect(tellOf("x.softmax", source, all)?.signature).toMatch(/^softmax\(Tensor self, int dim/);
  expect(tellOf("nn.functional.softmax", source, all)?.signature).toMatch(/^softmax\(Tensor input/);
  expect(tellOf("loss", source, all)).toBe(null);
});
