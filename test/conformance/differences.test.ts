// What differs from PyTorch on purpose: that it still does, as docs/differences.json says, and that its page shows it.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { loadPython } from "../../src/python/index.ts";
import { differences, page } from "../../tools/docs/differences.ts";

let show: (source: string) => string;
beforeAll(async () => {
  const { pyodide } = (await loadPython()) as unknown as { pyodide: { runPython: (source: string) => unknown } };
  const tool = readFileSync(new URL("../../tools/record/differences.py", import.meta.url), "utf8");
  show = pyodide.runPython(
    `exec(${JSON.stringify(tool)}, scope := {"__name__": "differences"})\nscope["show"]`,
  ) as typeof show;
}, 120_000);

/** The same for TypeScript: what the body of a function returns or throws. */
function showTypeScript(body: string): string {
  try {
    return String(new Function("torch", "nn", "F", body)(torch, torch.nn, torch.nn.functional));
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message.split("\n")[0]}`;
  }
}

describe("differs from PyTorch, which gives what is listed", () => {
  // An entry that comes to be as in PyTorch fails here: take it out.
  for (const { input, typescript, tidu, pytorch } of differences)
    test(typescript ?? input, () => {
      expect(typescript === undefined ? show(input) : showTypeScript(typescript)).toBe(tidu);
      expect(tidu).not.toBe(pytorch);
    });
});

test("docs/differences.md shows the list as it is now", async () => {
  // Run `npm run docs:differences` to write the page anew.
  expect(readFileSync(new URL("../../docs/differences.md", import.meta.url), "utf8")).toBe(await page());
});
