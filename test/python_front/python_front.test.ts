// Python programs, many in one interpreter: what PyTorch prints, warns of and raises for them is what comes here.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { loadPython } from "../../src/python/index.ts";
import { behaviour, readCases } from "../../tools/conformance_python/behaviours.ts";
import { Runner } from "../../tools/conformance_python/runner.ts";

let runner: Runner;
beforeAll(async () => {
  runner = new Runner(await loadPython());
}, 120_000);

const cases = readCases("test/recorded/python_front.json");
for (const topic of new Set(cases.map((c) => c.topic)))
  describe(topic, () => {
    for (const c of cases.filter((c) => c.topic === topic)) test(c.id, () => expect(behaviour(c, runner)).toBeNull());
  });
test("what was recorded is what test/python_front holds", () => {
  for (const { topic, id, source } of cases)
    expect(readFileSync(`test/python_front/${topic}.py`, "utf8"), id).toContain(`# --- ${id}\n${source}`);
});
