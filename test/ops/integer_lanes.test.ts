// Integers in lanes and in what is left over behind them: every op, scalar and length gives PyTorch's numbers.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { dtypeByName } from "../../src/base/dtype.ts";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

/** Recorded by tools/record/integer_lanes.py: what the values come to by op and scalar. */
const data = JSON.parse(readFileSync(new URL("../recorded/integer_lanes.json", import.meta.url), "utf8")) as Readonly<
  Record<string, { readonly values: readonly string[]; readonly rows: Readonly<Record<string, string>> }>
>;
/** 16 lanes of 8 bits twice, and all that may be left over. */
const LONGEST = 50;
const DIVISIONS = ["floor_divide", "remainder", "fmod"];
const FOLDS = ["sum", "prod", "amax", "amin"];
const SCANS = ["cumsum", "cumprod"];

type Call = (...args: unknown[]) => Tensor;
function called(x: Tensor, name: string, scalar: bigint): Tensor {
  if (name === "fill") return x.clone().fill_(scalar);
  if (name === "masked_fill") return x.masked_fill(x.gt(1), scalar);
  return (x as unknown as Record<string, Call>)[name].call(x, scalar);
}
const numbers = (t: Tensor): string[] => Array.from(t.reshape([-1]).typed_array() as Iterable<unknown>, String);
function shown(run: () => Tensor): string | string[] {
  try {
    return numbers(run());
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message.split("\n")[0]}`;
  }
}

for (const [dtype, { values, rows }] of Object.entries(data))
  describe(dtype, () => {
    const options = { dtype: dtypeByName.get(dtype as never)! };
    const all = values.map(BigInt);
    const longest = Array.from({ length: LONGEST }, (_, i) => all[i % all.length]);
    const ofLength = (n: number, first = longest[0]): Tensor =>
      torch.tensor(
        longest.slice(0, n).map((x) => (x === all[0] ? first : x)),
        options,
      );
    for (const name of new Set(Object.keys(rows).map((row) => row.split(" ")[0])))
      test(`${name} of every length and scalar is PyTorch's`, () => {
        const wrong: string[] = [];
        for (const [row, recorded] of Object.entries(rows)) {
          const [op, scalar] = row.split(" ");
          if (op !== name) continue;
          if (FOLDS.includes(op) || SCANS.includes(op)) {
            const got = shown(() =>
              (ofLength(all.length) as unknown as Record<string, Call>)[op](...(SCANS.includes(op) ? [0] : [])),
            );
            if ([got].flat().join(" ") !== recorded) wrong.push(`${row}: ${String(got)}, PyTorch ${recorded}`);
            continue;
          }
          const raises = /^\w+Error: /.test(recorded);
          const wanted = recorded.split(" ");
          for (let n = raises ? 1 : 0; n <= LONGEST; n++) {
            const x = ofLength(n, DIVISIONS.includes(op) ? 0n : all[0]);
            const got = shown(() =>
              scalar === undefined ? (x as unknown as Record<string, Call>)[op]() : called(x, op, BigInt(scalar)),
            );
            const right = raises
              ? got === recorded
              : Array.isArray(got) && got.length === n && got.every((g, i) => number(g) === wanted[i % wanted.length]);
            if (right) continue;
            wrong.push(`${row} of ${n}: ${String(got)}, PyTorch ${recorded}`);
            break;
          }
        }
        expect(wrong).toEqual([]);
      });
  });
/** Bools as PyTorch's recorded 0 and 1. */
const number = (text: string): string => (text === "true" ? "1" : text === "false" ? "0" : text);
