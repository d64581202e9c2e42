import { readdirSync, readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { set_warning_listener } from "../../src/index.ts";
import { pythonPrint } from "./python_print.ts";

// What PyTorch 2.13 prints, warns and raises for each lesson, with the Python program it was recorded from.
interface Lesson {
  readonly id: string;
  readonly source: string;
  readonly stdout: string;
  readonly warnings: readonly { readonly category: string; readonly text: string }[];
  readonly exception: { readonly type: string; readonly text: string } | null;
}
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const { lessons } = JSON.parse(read("../recorded/lessons.json")) as { lessons: Lesson[] };
const folder = new URL("../../docs/lessons/", import.meta.url);
const programs = readdirSync(folder).filter((name) => name.endsWith(".ts"));

/** Runs a lesson's program and tells what a Python program would have shown. */
async function run(program: string): Promise<Omit<Lesson, "id" | "source">> {
  const lines: string[] = [];
  const warnings: Lesson["warnings"][number][] = [];
  vi.spyOn(console, "log").mockImplementation((...args) => void lines.push(`${pythonPrint(args)}\n`));
  set_warning_listener((text, category) => void warnings.push({ category, text }));
  let exception: Lesson["exception"] = null;
  try {
    await import(new URL(program, folder).pathname);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    exception = { type: error.name, text: error.message };
  }
  return { stdout: lines.join(""), warnings, exception };
}
afterEach(() => {
  vi.restoreAllMocks();
  set_warning_listener(null);
});

test("every recorded lesson has its program, in the recorded order", () => {
  const number = (i: number): string => String(i + 1).padStart(2, "0");
  expect(programs).toEqual(lessons.map(({ id }, i) => `${number(i)}-${id}.ts`));
});

for (const [i, { id, stdout, warnings, exception }] of lessons.entries())
  test(`lesson ${i + 1}, ${id}, prints, warns and raises what PyTorch does`, async () => {
    const shown = await run(programs[i]);
    expect(shown.stdout).toBe(stdout);
    // Where in its own sources PyTorch warned is no part of what it says.
    const told = warnings.map(({ category, text }) => ({
      category,
      text: text.replace(/ \(Triggered internally[^)]*\)/, ""),
    }));
    expect(shown.warnings).toEqual(told);
    // PyTorch's text to the letter; help may follow on lines of its own.
    const [sentence] = shown.exception?.text.split("\n") ?? [];
    expect(shown.exception && { type: shown.exception.type, text: sentence }).toEqual(
      exception && { type: exception.type, text: exception.text },
    );
  });
