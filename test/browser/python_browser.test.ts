import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { executablePath, resultOfPage, script } from "./chromium.ts";
import type { Served } from "./chromium.ts";
import type { Lesson } from "./python_lesson.ts";
import type { PythonResult } from "./python_page.ts";

const { lessons: all } = JSON.parse(readFileSync("test/recorded/lessons.json", "utf8")) as {
  lessons: (Lesson & { id: string })[];
};
/** More than fits, if what the program drops is not given back while it runs. */
const loop: Lesson = {
  source: `
import torch
x = torch.ones(2**20, requires_grad=True)
for step in range(600):
    loss = (x * 2 + step).sum()
print(loss.item())
`,
  stdout: "630194176.0\n",
  exception: null,
};
/** One that prints a module with its parameters, one that raises, and a loop. */
const lessons: Lesson[] = [...all.filter(({ id }) => /^parameters-have-gradients|^softmax-row-by-row/.test(id)), loop];

/** A file of the installed pyodide, as a page has it from a server or a CDN. */
function pyodide(path: string): Served | undefined {
  const file = `node_modules/pyodide/${basename(path)}`;
  if (!path.startsWith("/pyodide/") || !existsSync(file)) return undefined;
  const type = /\.m?js$/.test(file) ? "text/javascript" : file.endsWith(".wasm") ? "application/wasm" : "text/plain";
  return { type, body: readFileSync(file) };
}

// Without a browser on the machine there is nothing to run this in; CI installs one.
describe.skipIf(!existsSync(executablePath) && process.env["CI"] !== "true")("in headless Chromium", () => {
  test("Python programs show what they do under PyTorch, on a page and in a worker", async () => {
    const files: Record<string, Served> = {
      "/page.js": await script("test/browser/python_page.ts"),
      "/worker.js": await script("test/browser/python_worker.ts"),
      "/lessons.json": { type: "application/json", body: JSON.stringify(lessons) },
    };
    const shown = await resultOfPage<PythonResult>((path) => files[path] ?? pyodide(path));
    expect(lessons.length).toBe(3);
    for (const place of ["page", "worker"] as const)
      for (const [i, { stdout, exception }] of lessons.entries()) {
        expect(shown[place][i].stdout, place).toBe(stdout);
        expect(shown[place][i].exception?.type, place).toBe(exception?.type);
        // Lines of ours may follow PyTorch's sentence.
        expect(shown[place][i].exception?.text.split("\n")[0], place).toBe(exception?.text);
      }
  });
});
