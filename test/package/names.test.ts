// docs/names.md tells which of PyTorch's names are not there.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { loadPython } from "../../src/python/index.ts";
import { all, everything, ofPython, ofTypeScript } from "../../tools/names/measure.ts";
import { page } from "../../tools/names/page.ts";

test("the names that docs/names.md lists as missing are those that are missing: npm run names -- --write", async () => {
  const text = await page(ofPython(await loadPython()), ofTypeScript());
  expect(text.split("\n")).toEqual(readFileSync("docs/names.md", "utf8").split("\n"));
});

// Errors and classes that Python has built in, or PyTorch under other names, what JavaScript needs, and a device of its own.
const OURS =
  "AssertionError AttributeError Complex Device Dtype FileNotFoundError Float ImportError IndexError KeyError Layout LinAlgError MemoryFormat NotImplementedError OverflowError RuntimeError TypeError UnpicklingError ValueError set_warning_listener slice_ webgpu";
test("torch has nothing in TypeScript that PyTorch has not, but what JavaScript needs", () => {
  const extra = Object.keys(torch).filter((name) => !name.startsWith("_") && !all["torch"].includes(name));
  const modules = extra.filter((name) => Object.hasOwn(all, `torch.${name}`) || everything.includes(name));
  expect(extra.filter((name) => !modules.includes(name)).sort()).toEqual(OURS.split(" "));
});
