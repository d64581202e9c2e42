import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { loadPython, PythonError } from "../../src/python/index.ts";
import type { Python } from "../../src/python/index.ts";
import { behaviour, readCases } from "../../tools/conformance_python/behaviours.ts";
import { program, readPrograms } from "../../tools/conformance_python/programs.ts";
import { Runner } from "../../tools/conformance_python/runner.ts";

// One Python for the whole file: it takes a second or two to start.
let python: Python;
let runner: Runner;
let printed = "";
beforeAll(async () => {
  python = await loadPython({ stdout: (text) => (printed += text) });
  runner = new Runner(python);
});

async function output(source: string): Promise<string> {
  printed = "";
  await python.run(source);
  return printed;
}

describe("a Python program prints, warns and raises what it does under PyTorch:", () => {
  for (const lesson of readCases("test/recorded/lessons.json"))
    test(lesson.id, () => expect(behaviour(lesson, runner)).toBeNull());
});
describe("a training program prints PyTorch's losses:", () => {
  for (const p of readPrograms("test/recorded/programs")) test(p.id, () => expect(program(p, runner)).toBeNull());
});

describe("a program that changes what modules and optimizers are made of prints what it does under PyTorch:", () => {
  for (const p of readPrograms("test/recorded/modules"))
    test(p.id, () => expect(program(p, runner)).toBeNull(), 60_000);
});

describe("what PyTorch shows for short programs is shown to the letter, but for what is known to differ:", () => {
  const known = JSON.parse(readFileSync("test/recorded/behaviours_known_failures.json", "utf8")) as Record<
    string,
    string
  >;
  const cases = ["behaviours", "behaviours_autograd"].flatMap((name) => readCases(`test/recorded/${name}.json`));
  for (const topic of new Set(cases.map((c) => c.topic)))
    test(topic, () => {
      const failures = cases
        .filter((c) => c.topic === topic)
        .flatMap((c) => {
          const why = behaviour(c, runner);
          if (why === null) return c.id in known ? [`${c.id} passes: take it off the list`] : [];
          return c.id in known ? [] : [`${c.id}\n${why}`];
        });
      expect(failures).toEqual([]);
    });
});

test("the README's Python program prints what the README says", async () => {
  const readme = readFileSync("README.md", "utf8");
  const [, source, printed] = /```python\n([^]*?)```[^]*?prints\n\n```\n([^]*?)```/.exec(readme)!;
  expect(await output(source)).toBe(printed);
});

test("methods are found on the class, and dir() tells what there is before it was asked for", async () => {
  const program = `
import functools, torch
from torch import nn
print(functools.reduce(torch.Tensor.add, [torch.ones(2)] * 3), hasattr(torch.Tensor, "nonsense"))
for name, place in [("cumprod", torch), ("log1p_", torch.Tensor), ("log1p_", torch.ones(1)), ("Bilinear", nn),
                    ("hardtanh", nn.functional), ("slogdet", torch.linalg)]:
    assert name in dir(place) and "nonsense" not in dir(place), (name, place)
try:
    torch.Tensor.nonsense
except AttributeError as error:
    print(error)
`;
  expect(await output(program)).toBe("tensor([3., 3.]) False\ntype object 'Tensor' has no attribute 'nonsense'\n");
});

test("docs/python.md lists what is known to differ, with the reasons", () => {
  const known = JSON.parse(readFileSync("test/recorded/behaviours_known_failures.json", "utf8")) as Record<
    string,
    string
  >;
  const [, section] = /\n## What fails\n([^]*?)\n## /.exec(readFileSync("docs/python.md", "utf8"))!;
  const listed = [...section.matchAll(/^- `([\w-]+)`: (.*)$/gm)];
  expect(Object.fromEntries(listed.map(([, id, reason]) => [id, reason]))).toEqual(known);
});

test("a program runs in a namespace of its own", async () => {
  expect(await output("x = 1\nprint(__name__)")).toBe("__main__\n");
  await expect(python.run("x")).rejects.toThrow("name 'x' is not defined");
});

test("an exception has its class, its text and Python's traceback, which ends at the program's own line", async () => {
  const source = "import torch\ndef f():\n    return torch.ones(2).view(3)\nf()\n";
  let raised: unknown;
  try {
    await python.run(source, "shapes.py");
  } catch (error) {
    raised = error;
  }
  expect(raised).toBeInstanceOf(PythonError);
  const { type, message, traceback } = raised as PythonError;
  expect([type, message]).toEqual(["RuntimeError", "shape '[3]' is invalid for input of size 2"]);
  expect(traceback).toMatch(
    /^Traceback[^]*File "shapes.py", line 4, in <module>\n[^]*line 3, in f\n[^]*\nRuntimeError: /,
  );
  expect(traceback).not.toMatch(/torch\/_/);
});

test("a loop of 4,000 training steps, with hooks, functions of its own and errors, holds what it held at its start", () => {
  // Compiled once, so that the loops share what they train, and run twice.
  const program = `
import gc, torch
from torch import nn
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        ctx.factor = x * 0 + 2
        return x * x
    @staticmethod
    def backward(ctx, grad):
        x, = ctx.saved_tensors
        return ctx.factor * x * grad
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
    def forward(self, x):
        return Square.apply(self.layers(x))
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
x, y = torch.rand(8, 4), torch.rand(8, 1)
def train(steps):
    for step in range(steps):
        out = net(x)
        out.register_hook(lambda grad: grad * 1.0)
        loss = nn.functional.mse_loss(out, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 4 == 0:
            cycle = [out]
            cycle.append(cycle)
            handle = net.register_forward_hook(lambda module, args, result: result + 0)
            net(x)
            handle.remove()
            try:
                out @ torch.ones(step + 2, 3)
            except RuntimeError as error:
                kept = error
train
`;
  const { runPython } = python.pyodide as { runPython: (source: string) => (steps: number) => void };
  const train = runPython(program);
  const held = (): readonly [objects: number, bytes: number] => {
    runPython("gc.collect(); torch._bridge.release()");
    return [python.held, torch.cpu.memory_allocated()];
  };
  // The library tells Python of callables it has dropped at every 1,024th: the loops make whole numbers of those.
  train(1024);
  const [objects, bytes] = held();
  train(4 * 1024);
  const [objectsAfter, bytesAfter] = held();
  expect(objectsAfter).toBeLessThanOrEqual(objects + 64);
  // A page stays while one of its blocks lives: some pages either way, however long the loop.
  expect(bytesAfter).toBeLessThanOrEqual(bytes + 2 ** 18);
});

test("a few large tensors that Python has dropped do not fill the memory", async () => {
  const program = "import torch\nfor step in range(100):\n    x = torch.empty(40_000_000)\nprint(x.shape)";
  expect(await output(program)).toBe("torch.Size([40000000])\n");
});

test("an error of the library's own class is named as PyTorch names it", async () => {
  const program = "import torch\ntorch.linalg.inv(torch.zeros(2, 2))";
  const { traceback } = (await python.run(program).catch((error: unknown) => error)) as PythonError;
  expect(traceback).toMatch(/\ntorch\._C\._LinAlgError: linalg\.inv: The diagonal element 1 is zero/);
});

// By the command, as a program runs: frames of a test's sources are larger, and JavaScript's stack is what ends it.
test("backwards within one another, by functions and by hooks, go 300 deep, and then raise a RecursionError", () => {
  const source = `
import sys, torch
class Nested(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, n):
        ctx.n = n
        return x.clone()
    @staticmethod
    def backward(ctx, grad):
        if ctx.n > 0:
            nested(ctx.n - 1)
        return grad, None
def nested(n):
    with torch.enable_grad():
        w = torch.ones(1, requires_grad=True)
        Nested.apply(w, n).sum().backward()
    return w.grad
def hooked(n):
    with torch.enable_grad():
        w = torch.ones(1, requires_grad=True)
        y = w * 2
        y.register_hook(lambda grad: hooked(n - 1) * grad if n > 0 else None)
        y.sum().backward()
    return w.grad
limit = sys.getrecursionlimit()
print(nested(300), hooked(62), hooked(300))
try:
    nested(5000)
except RecursionError as error:
    print(error)
print(sys.getrecursionlimit() == limit, nested(10))
`;
  const file = join(mkdtempSync(join(tmpdir(), "tidu-nested-")), "nested.py");
  writeFileSync(file, source);
  const { stdout, stderr } = spawnSync(process.execPath, ["dist/cli/index.js", "run", file], { encoding: "utf8" });
  rmSync(dirname(file), { recursive: true });
  expect(stderr).toBe("");
  expect(stdout).toBe(
    "tensor([1.]) tensor([9.2234e+18]) tensor([inf])\nmaximum recursion depth exceeded\nTrue tensor([1.])\n",
  );
});

test("without pyodide the error tells what to install", () => {
  const folder = mkdtempSync(join(tmpdir(), "tidu-bare-"));
  try {
    mkdirSync(join(folder, "node_modules/tidu"), { recursive: true });
    for (const part of ["package.json", "dist"])
      cpSync(part, join(folder, "node_modules/tidu", part), { recursive: true });
    const source = 'import { loadPython } from "tidu/python"; await loadPython();';
    const args = ["--input-type=module", "-e", source];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    expect(stderr).toContain("ImportError: Python programs need pyodide");
    expect(stderr).toContain("npm install pyodide");
    expect(status).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
