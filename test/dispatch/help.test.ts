import { readdirSync, readFileSync } from "node:fs";
import { parseSync } from "vite";
import { beforeAll, describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { loadPython } from "../../src/python/index.ts";
import type { Python } from "../../src/python/index.ts";

/** What no Python programmer can use. */
const TYPESCRIPT =
  /=> |=>\)|\{ ?\w+:|\bbigints?\b|\bundefined\b|\bnull\b|TypeScript|JavaScript|Foreign|\bObject\b|object at the end|bridge\.|\bnew [A-Z]|\bMap\b|\bawait\b/;
/** PyTorch's own sentences of gradients that are not there. */
const PYTORCHS = /New undefined gradient support|undefined tangent value/;

interface Syntax {
  readonly type?: string;
  readonly name?: string;
  readonly callee?: Syntax;
  readonly value?: unknown;
}
/** The texts in errors and warnings of a file, but for those that `help` chooses by language. */
function sentences(path: string): string[] {
  const found: string[] = [];
  const visit = (node: Syntax, inError: boolean): void => {
    const called = node.callee?.name ?? "";
    if (called === "help") return;
    const inside = inError || /Error$|^warn/.test(called);
    const { type, value } = node;
    if (inside && type === "Literal" && typeof value === "string") found.push(value);
    if (inside && type === "TemplateElement") found.push((value as { cooked: string }).cooked);
    for (const child of Object.values(node).flat())
      if (typeof child === "object" && child !== null) visit(child as Syntax, inside);
  };
  visit(parseSync(path, readFileSync(path, "utf8")).program as Syntax, false);
  return found;
}
/** What Python programs have of their own, or never call, as bodies of promises. */
const NOT_FOR_PYTHON = /^src\/((python|data|train|onnx|serialization|kernel|devices|profiler)\/|autograd\/mode\.ts)/;

test("no error that a Python program may see gives TypeScript's advice", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `src/${name.replaceAll("\\", "/")}`)
    .filter((path) => !NOT_FOR_PYTHON.test(path));
  const wrong = files.flatMap((path) =>
    sentences(path)
      .filter((text) => TYPESCRIPT.test(text) && !PYTORCHS.test(text))
      .map((text) => `${path}: ${text}`),
  );
  expect(wrong).toEqual([]);
});

describe("from Python, the help under PyTorch's sentence is Python:", () => {
  let python: Python;
  beforeAll(async () => {
    python = await loadPython();
  });
  const programs: Readonly<Record<string, readonly [source: string, help: string]>> = {
    "a second backward": [
      "y = (torch.ones(2, requires_grad=True) ** 2).sum(); y.backward(); y.backward()",
      "loss.backward(retain_graph=True)",
    ],
    "backward of what needs no gradient": ["torch.ones(()).backward()", "requires_grad=True"],
    "a leaf changed in place": ["torch.ones(2, requires_grad=True).add_(1)", "`with torch.no_grad():`"],
    "a view of a leaf changed in place": ["torch.ones(2, requires_grad=True)[:1].add_(1)", "`with torch.no_grad():`"],
    "integers that require grad": ["torch.tensor([1], requires_grad=True)", "dtype=torch.float32"],
    "classes that are floats": ["F.cross_entropy(torch.ones(1, 2), torch.ones(1))", "whole numbers in torch.tensor"],
    "indices that are floats": ["F.embedding(torch.ones(1), torch.ones(2, 2))", "Indices come from ints"],
    "an index of another kind": ["torch.ones(2)[object()]", "None"],
    "too many arguments": ["torch.relu(torch.ones(1), 2)", "but 2 were given"],
    "an argument by name alone": [
      "torch.addcdiv(torch.ones(1), torch.ones(1), torch.ones(1), 2.0, 3)",
      "(value by name)",
    ],
    "an argument of another type": ["torch.relu(None)", "not NoneType"],
    "an argument that is a dict": ["torch.ones(1).add({})", "not dict"],
    "an argument that is a tuple": ["torch.relu((1, 2))", "not tuple"],
    "an argument that is a class": ["torch.relu(int)", "torch.dtype"],
    "an argument that is a function": ["torch.relu(len)", "not builtin_function_or_method"],
    "an argument that is an object": ["torch.relu(object())", "not object"],
  };
  for (const [what, [source, help]] of Object.entries(programs))
    test(what, async () => {
      const error = await python.run(`import torch\nimport torch.nn.functional as F\n${source}`).then(
        () => null,
        (raised: Error) => raised,
      );
      expect(error).not.toBeNull();
      expect(error!.message).toContain(help);
      expect(error!.message).not.toMatch(TYPESCRIPT);
    });
  test("and a TypeScript program beside it has its own", async () => {
    await python.run("import torch\ntry: torch.ones(()).backward()\nexcept RuntimeError: pass");
    expect(() => torch.ones([]).backward()).toThrow("{ requires_grad: true }");
  });
});
