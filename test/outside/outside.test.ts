// Programs after questions and bug reports that others have written about PyTorch and libraries like it. What they print is
// held to what PyTorch prints (tools/record/outside.py; for TypeScript it is written by hand), line by line.
import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { loadPython } from "../../src/python/index.ts";
import { Runner } from "../../tools/conformance_python/runner.ts";

const folder = new URL(".", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");
const programs = (ending: string, beside: string): string[] =>
  readdirSync(folder).filter((name) => name.endsWith(ending) && name !== beside && !name.endsWith(".test.ts"));

/** Lines that differ, with what comes here and why. */
const known = JSON.parse(read("known.json")) as Readonly<
  Record<string, readonly { readonly line: number; readonly tidu: string; readonly why: string }[]>
>;
const lines = (text: string): string[] => text.trimEnd().split("\n");

function compare(program: string, printed: string): void {
  const wanted = lines(read(program.replace(/\.(py|ts)$/, ".expected.txt")));
  // A line that is known to differ must still do so.
  for (const { line, tidu } of known[program] ?? []) {
    expect(wanted[line - 1], `line ${line} of ${program} no longer differs`).not.toBe(tidu);
    wanted[line - 1] = tidu;
  }
  expect(lines(printed)).toEqual(wanted);
}

describe("a Python program from outside prints what it does under PyTorch:", () => {
  let runner: Runner;
  beforeAll(async () => {
    runner = new Runner(await loadPython());
  });
  const prelude = read("prelude.py");
  for (const program of programs(".py", "prelude.py"))
    test(program, () => {
      const { stdout, exception } = runner.run(read(program), prelude);
      expect(exception).toBeNull();
      compare(program, stdout);
    });
});

describe("a TypeScript program from outside prints what is right:", () => {
  for (const program of programs(".ts", "show.ts"))
    test(program, async () => {
      const log = vi.spyOn(console, "log").mockImplementation(() => {});
      try {
        await import(new URL(program, folder).href);
        compare(program, log.mock.calls.map(([text]) => `${text}\n`).join(""));
      } finally {
        log.mockRestore();
      }
    });
});

test("what is known to differ is of programs that are there", () => {
  expect(Object.keys(known).filter((name) => !readdirSync(folder).includes(name))).toEqual([]);
});
