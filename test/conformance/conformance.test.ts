// A selection of PyTorch's own operator tests, recorded: see tools/conformance/select_cases.ts. The whole is for `npm run conformance`.
import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { readDataset } from "../../tools/conformance/reader.ts";
import type { Case } from "../../tools/conformance/reader.ts";
import { replay } from "../../tools/conformance/replay.ts";

const DIR = new URL("../recorded/conformance/", import.meta.url).pathname;
const data = readDataset(DIR);
/** Cases that fail, by id, and why that is accepted. */
const known = JSON.parse(fs.readFileSync(`${DIR}known_failures.json`, "utf8")) as Record<string, string>;

const byOp = new Map<string, Case[]>();
for (const c of data.cases) {
  const name = `${c.kind} ${c.op}`;
  byOp.set(name, [...(byOp.get(name) ?? []), c]);
}
describe("recorded PyTorch cases", () => {
  for (const [name, cases] of byOp)
    test(`${name} gives what PyTorch gave`, () => {
      const failing = cases
        .map((c) => ({ id: c.id, ...replay(c, data) }))
        .filter((r) => r.status !== "passed" && !(r.id in known));
      expect(failing.map((r) => `${r.id}: ${r.why}`)).toEqual([]);
    });

  test("no case on the list of known failures passes", () => {
    const passing = data.cases.filter((c) => c.id in known && replay(c, data).status === "passed");
    expect(passing.map((c) => c.id)).toEqual([]);
  });
});
