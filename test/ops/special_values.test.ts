// What PyTorch makes of NaN, infinities and numbers that are rounded on their way in: calls recorded by
// tools/record/special_values.py.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Program } from "../../tools/fuzz/program.ts";
import { reasonOf } from "../../tools/fuzz/goals.ts";
import { replay } from "../../tools/fuzz/replay.ts";
import type { Difference } from "../../tools/fuzz/replay.ts";

const text = gunzipSync(readFileSync(new URL("../recorded/special_values.jsonl.gz", import.meta.url))).toString();
const programs = text
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Program);
/** Strides, flags and the wording of errors have tests of their own. */
const OF_VALUES = /^(value|gradient|dtype|shape|state|raises|does not raise|backward raises|is missing|broke)/;

test("NaN, infinities and rounded numbers give what they give in PyTorch, and their gradients", () => {
  expect(programs.length).toBeGreaterThan(500);
  const found: string[] = [];
  const tell = (difference: Difference): void => {
    const { program, kind, op, got, want } = difference;
    if (OF_VALUES.test(kind) && reasonOf(difference) === null)
      found.push(`${program.id} ${op} ${JSON.stringify(program.calls[0].kwargs)}: ${kind}: ${got} ${want}`);
  };
  for (const program of programs) replay(program, tell);
  expect(found).toEqual([]);
});
