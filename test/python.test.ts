import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadPython, PythonError } from "../src/python/index.ts";
import type { Python } from "../src/python/index.ts";
import { behaviour, readCases } from "../tools/conformance_python/behaviours.ts";
import { program, readPrograms } from "../tools/conformance_python/programs.ts";
import { Runner } from "../tools/conformance_python/runner.ts";

// One Python for the whole file: it takes a second or two to start.
let python: Python;
let runner: Runner;
let printed = "";
beforeAll(async () => {
  python = await loadPython({ stdout: (text) => (printed += text) });
  runner = new Runner(python);
}, 60_000);

function output(source: string): string {
  printed = "";
  python.run(source);
  return printed;
}

describe("a Python program prints, warns and raises what it does under PyTorch:", () => {
  for (const lesson of readCases("test/data/lessons.json"))
    test(lesson.id, () => expect(behaviour(lesson, runner)).toBeNull());
});
describe("a training program prints PyTorch's losses:", () => {
  for (const p of readPrograms("test/data/programs")) test(p.id, () => expect(program(p, runner)).toBeNull());
});

describe("what PyTorch shows for short programs is shown to the letter, but for what is known to differ:", () => {
  const known = JSON.parse(readFileSync("test/data/behaviours_known_failures.json", "utf8")) as Record<string, string>;
  const cases = readCases("test/data/behaviours.json");
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

test("a program runs in a namespace of its own", () => {
  expect(output("x = 1\nprint(__name__)")).toBe("__main__\n");
  expect(() => python.run("x")).toThrow("name 'x' is not defined");
});

test("an exception has its class, its text and Python's traceback, which ends at the program's own line", () => {
  const source = "import torch\ndef f():\n    return torch.ones(2).view(3)\nf()\n";
  let raised: unknown;
  try {
    python.run(source, "shapes.py");
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

test("a loop of 10,000 steps holds no more than it held at its start", () => {
  const loop = (steps: number): string => `
import torch
w = torch.ones(4, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=1e-3)
for step in range(${steps}):
    optimizer.zero_grad()
    ((w * step) ** 2).sum().backward()
    optimizer.step()
`;
  python.run(loop(100));
  const before = python.held;
  python.run(loop(10_000));
  expect(python.held).toBeLessThanOrEqual(before + 64);
}, 60_000);

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
