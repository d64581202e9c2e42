// Which dtypes each function takes, what dtype it gives and what it says of the others: as PyTorch recorded it
// (tools/record/dtypes_taken.py).
import { describe, expect, test } from "vitest";
import { calls, dtypes, outcome, wanted } from "./dtypes_taken.ts";
import type { Recorded } from "./dtypes_taken.ts";
import known from "../recorded/dtypes_taken_known.json" with { type: "json" };

/** Calls that differ for some dtypes, for how many pairs of them, and why that is accepted: by the text of the call. */
const reasons = known as Readonly<Record<string, { readonly why: string; readonly differing: number }>>;
const byFunction = new Map<string, Recorded[]>();
for (const call of calls) byFunction.set(call[2], [...(byFunction.get(call[2]) ?? []), call]);

/** What differs from PyTorch, for each pair of dtypes. */
function differences(call: Recorded): string[] {
  return dtypes.flatMap((x, i) =>
    dtypes.flatMap((y, j) => {
      if (!call[1] && i !== j) return [];
      const got = outcome(call, x, y);
      const want = wanted(call, i, j);
      return got === want ? [] : [`${x.name}, ${y.name}: ${got}, and not ${want}`];
    }),
  );
}
/** Sentences that are no user's business. */
const INTERNAL = /^Error|RangeError|emit:|assembler:|kernel:|BigInt/;

describe("every function on every dtype", () => {
  test.each([...byFunction])("%s takes and refuses what PyTorch does", (_name, all) => {
    for (const call of all) {
      const found = differences(call);
      const listed = reasons[`${call[0]}${call[1] ? " (pairs)" : ""}`];
      if (listed === undefined) expect(found, call[0]).toEqual([]);
      else expect(found.length, `${call[0]} is on the list of differences: ${found.join("\n")}`).toBe(listed.differing);
      expect(found.filter((line) => INTERNAL.test(line))).toEqual([]);
    }
  });
});
