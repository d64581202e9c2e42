// Evenly spaced numbers are PyTorch's to the bit: recorded by tools/record/spaced.py.
import fs from "node:fs";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";

interface Case {
  readonly name: "linspace" | "logspace";
  readonly args: readonly (number | [number, number])[];
  readonly dtype: "float32" | "float64" | "float16" | "bfloat16" | "int64" | "uint8" | "complex64";
  readonly values: readonly (number | [number, number])[];
}
const cases = JSON.parse(fs.readFileSync(new URL("../recorded/spaced.json", import.meta.url), "utf8")) as Case[];

const { linspace, logspace, float32, float64, float16, bfloat16, int64, uint8, complex64 } = torch;
const MADE_BY = { linspace, logspace };
const DTYPES = { float32, float64, float16, bfloat16, int64, uint8, complex64 };
test.each(cases)("$name of $args in $dtype", ({ name, args, dtype, values }) => {
  const given = args.map((x) => (typeof x === "number" ? x : new torch.Complex(...x)));
  const make = MADE_BY[name] as unknown as (...args: unknown[]) => torch.Tensor;
  const made = make(...given, { dtype: DTYPES[dtype] });
  const found = made.is_complex() ? torch.view_as_real(made) : made;
  expect(found.to(torch.float64).tolist()).toEqual(values);
});
