import fs from "node:fs";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

interface Case {
  readonly x: readonly (number | null)[];
  readonly k: number;
  readonly [recorded: string]: unknown;
}
/** Recorded by tools/record/ties.py. */
const cases = JSON.parse(fs.readFileSync(new URL("../recorded/ties.json", import.meta.url), "utf8")) as Case[];
const found: Readonly<Record<string, (x: Tensor, k: number) => Tensor>> = {
  largest: (x, k) => x.topk(k).indices,
  smallest: (x, k) => x.topk(k, { largest: false }).indices,
  unsorted: (x, k) => x.topk(k, { sorted: false }).indices,
  kthvalue: (x, k) => x.kthvalue(k).indices,
  mode: (x) => x.mode().indices,
  median: (x) => x.median(0).indices,
  nanmedian: (x) => x.nanmedian(0).indices,
};
describe("of equal elements PyTorch's is named", () => {
  for (const [name, f] of Object.entries(found))
    test(`as ${name}`, () => {
      for (const c of cases) {
        const x = torch.tensor(
          c.x.map((v) => v ?? NaN),
          { dtype: torch.float64 },
        );
        expect(JSON.stringify(f(x, c.k).tolist()), `${c.x.join()}, k = ${c.k}`).toBe(JSON.stringify(c[name]));
      }
    });
});
