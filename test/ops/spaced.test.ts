// Evenly spaced numbers are PyTorch's to the bit: recorded by tools/record/spaced.py.
import fs from "node:fs";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";

interface Case {
  readonly name: "linspace" | "logspace" | "bartlett_window";
  readonly args: readonly (number | boolean | [number, number])[];
  readonly dtype: "float32" | "float64" | "float16" | "bfloat16" | "int64" | "uint8" | "complex64";
  readonly values: readonly (number | [number, number])[];
}
const cases = JSON.parse(fs.readFileSync(new URL("../recorded/spaced.json", import.meta.url), "utf8")) as Case[];

const { linspace, logspace, bartlett_window, float32, float64, float16, bfloat16, int64, uint8, complex64 } = torch;
const MADE_BY = { linspace, logspace, bartlett_window };
const DTYPES = { float32, float64, float16, bfloat16, int64, uint8, complex64 };
test.each(cases)("$name of $args in $dtype", ({ name, args, dtype, values }) => {
  const given = args.map((x) => (Array.isArray(x) ? new torch.Complex(...x) : x));
  const make = MADE_BY[name] as unknown as (...args: unknown[]) => torch.Tensor;
  const made = make(...given, { dtype: DTYPES[dtype] });
  const found = made.is_complex() ? torch.view_as_real(made) : made;
  expect(found.to(torch.float64).tolist()).toEqual(values);
});

const { blackman_window, hamming_window, hann_window, kaiser_window } = torch;
const WINDOWS = { bartlett_window, blackman_window, hamming_window, hann_window, kaiser_window };
test.each(Object.entries(WINDOWS))("%s wants a floating dtype and a length", (name, make) => {
  expect(() => make(5, { dtype: int64 })).toThrow(`${name} expects floating point dtypes, got: `);
  expect(() => make(-1)).toThrow(`${name} requires non-negative window_length, got window_length=-1`);
  expect(() => make(5, { dtype: complex64 })).toThrow("\"arange_cpu\" not implemented for 'ComplexFloat'");
  expect([0, 1].map((length) => make(length).tolist())).toEqual([[], [1]]);
});
