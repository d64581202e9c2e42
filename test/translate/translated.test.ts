// What `tidu translate` writes: it must pass the type checker under `strict`, leave nothing, and print what Python prints.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { format } from "node:util";
import { format as formatted } from "prettier";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { translate, type Translation } from "../../cli/translate.ts";

const inFolder = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".py"))
    .map((name) => join(folder, name));
const programs = [...inFolder("test/recorded/programs"), ...inFolder("test/translate/programs")];
// In this package, so that "tidu" is found, and in a folder that git does not see.
const folder = resolve(`runs/translated-${process.pid}`);
const written = (program: string): string => join(folder, basename(program).replace(/py$/, "ts"));
/** What has no twin: a module, what it would have given, and a loop's else. */
const LEFT = `import numpy as np
import torch
x = torch.ones(3)
y = np.array([1, 2])
for i in range(3):
    print(i)
else:
    print("done")
print(x.sum().item(), y)
loader = torch.utils.data.DataLoader(y, batch_size=2)
def total(batches):
    found = 0.0
    for data, target in batches:
        found += data.sum().item()
    return found
print(total(loader))
`;
let translations: (Translation | string)[] = [];
const [, PYTHON, TYPESCRIPT] = /```python\n([^]*?)```[^]*?```ts node\n([^]*?)```/.exec(
  readFileSync("docs/translate.md", "utf8"),
)!;
let shown: Translation;
let left: Translation;
let bad: Translation | string;
beforeAll(async () => {
  const texts = programs.map((path): [string, string] => [path, readFileSync(path, "utf8")]);
  const made = await translate([...texts, ["left.py", LEFT], ["shown.py", PYTHON], ["bad.py", "x = = 1\n"]]);
  bad = made.pop()!;
  shown = made.pop() as Translation;
  left = made.pop() as Translation;
  translations = made;
  mkdirSync(folder, { recursive: true });
  for (const [i, { text }] of (translations as Translation[]).entries()) writeFileSync(written(programs[i]), text);
  writeFileSync(join(folder, "left.ts"), left.text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("nothing of the programs is left as a comment", () => {
  expect(translations.map((made) => (typeof made === "string" ? made : made.left))).toEqual(programs.map(() => []));
});

test("all that is written passes the type checker under strict", () => {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: "ES2022",
    lib: ["ES2023", "ESNext.Disposable", "DOM"],
    module: "nodenext",
    moduleDetection: "force",
    types: ["node"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const { stdout } = spawnSync(process.execPath, [resolve("node_modules/typescript/bin/tsc"), "-p", folder], {
    encoding: "utf8",
  });
  expect(stdout).toBe("");
});

const NUMBER = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;
/** Lines are the same but for the last digits of sums, which depend on the order of adding. */
function expectSame(printed: string, wanted: string): void {
  expect(printed.replace(NUMBER, "#")).toBe(wanted.replace(NUMBER, "#"));
  const numbers = (text: string): number[] => (text.match(NUMBER) ?? []).map(Number);
  const got = numbers(printed);
  for (const [i, x] of numbers(wanted).entries())
    if (Math.abs(got[i] - x) > 1e-3 * Math.abs(x) + 1e-4)
      expect.fail(`${got[i]} where Python prints ${x}:\n${printed}`);
}
for (const program of programs)
  test(`${basename(program)}, translated, prints what Python prints`, async () => {
    let printed = "";
    const log = vi.spyOn(console, "log").mockImplementation((...given) => void (printed += `${format(...given)}\n`));
    const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      printed += String(text);
      return true;
    });
    const argv = process.argv;
    process.argv = argv.slice(0, 2);
    try {
      await import(written(program));
    } finally {
      process.argv = argv;
      log.mockRestore();
      write.mockRestore();
    }
    expectSame(printed, readFileSync(program.replace(/py$/, "expected.txt"), "utf8"));
  });

test("what has no twin is left as a comment with the reason, and told by line", () => {
  expect(left.left.map(([line]) => line)).toEqual([1, 4, 5]);
  expect(left.text).toContain("// line 4 is left to you: numpy has no twin in JavaScript\n//   y = np.array([1, 2])");
  expect(left.text).toContain("//   for i in range(3):\n//       print(i)\n//   else:");
});

test("a program that is no Python is refused with the line", () => {
  expect(bad).toBe("bad.py:1: invalid syntax");
});

test("the example of docs/translate.md is what the translator writes", async () => {
  expect(await formatted(shown.text, { parser: "typescript", printWidth: 120 })).toBe(TYPESCRIPT);
});
