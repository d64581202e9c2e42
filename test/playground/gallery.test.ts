// The programs of the gallery, in both languages, print what PyTorch prints.
import { readdirSync, readFileSync } from "node:fs";
import { format } from "node:util";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { loadPython } from "../../src/python/index.ts";
import type { Python } from "../../src/python/index.ts";

const ALL = process.env["TIDU_PLAYGROUND"] === "all";
interface Recorded {
  readonly stdout: string;
  readonly exception: { readonly type: string; readonly text: string } | null;
}
const { programs } = JSON.parse(readFileSync("test/recorded/gallery.json", "utf8")) as {
  programs: Readonly<Record<string, Recorded>>;
};
const files = readdirSync("playground/gallery");
const names = [...new Set(files.map((file) => file.replace(/\.\w+$/, "")))];

test("every program is there in both languages, and was recorded", () => {
  expect(Object.keys(programs).sort()).toEqual(names.sort());
  expect(files.sort()).toEqual(names.flatMap((name) => [`${name}.py`, `${name}.ts`]).sort());
});
test.each(names)("%s in TypeScript", async (name) => {
  const { stdout, exception } = programs[name];
  let printed = "";
  const log = vi.spyOn(console, "log").mockImplementation((...args) => void (printed += `${format(...args)}\n`));
  const raised = await import(`../../playground/gallery/${name}.ts`).then(
    () => null,
    (error: unknown) => error as Error,
  );
  log.mockRestore();
  const words: Readonly<Record<string, string>> = { True: "true", False: "false", None: "null" };
  expect(printed).toBe(stdout.replace(/\b(True|False|None)\b/g, (word) => words[word]));
  if (exception === null) expect(raised).toBe(null);
  else expect(`${raised?.name}: ${raised?.message}`.startsWith(`${exception.type}: ${exception.text}`)).toBe(true);
});
describe("in Python", () => {
  let python: Python;
  let printed = "";
  beforeAll(async () => {
    python = await loadPython({ stdout: (text) => (printed += text), stderr: () => {} });
  }, 120_000);
  // Those that take longest: `npm run test:playground` has them.
  test.each(ALL ? names : names.filter((name) => !name.endsWith("gpt")))("%s", async (name) => {
    const { stdout, exception } = programs[name];
    printed = "";
    const raised = await python.run(readFileSync(`playground/gallery/${name}.py`, "utf8"), `${name}.py`).then(
      () => null,
      (error: unknown) => String(error),
    );
    expect(printed).toBe(stdout);
    if (exception === null) expect(raised).toBe(null);
    else expect(raised).toContain(exception.text);
  });
});
