// docs/names.md tells which of PyTorch's names are not there.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadPython } from "../../src/python/index.ts";
import { ofPython, ofTypeScript } from "../../tools/names/measure.ts";
import { page } from "../../tools/names/page.ts";

test("the names that docs/names.md lists as missing are those that are missing: npm run names -- --write", async () => {
  const text = await page(ofPython(await loadPython()), ofTypeScript());
  expect(text.split("\n")).toEqual(readFileSync("docs/names.md", "utf8").split("\n"));
});
