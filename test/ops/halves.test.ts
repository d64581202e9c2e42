// 16-bit floats, function by function, against what PyTorch recorded (tools/record/halves.py).
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { Tensor } from "../../src/index.ts";
import type { Dtype } from "../../src/index.ts";
import recorded from "../recorded/halves.json" with { type: "json" };
import { calls, run } from "../dispatch/dtypes_taken.ts";

type Values = readonly (number | string)[];
const byCall = recorded as Readonly<Record<string, Readonly<Record<string, Values>>>>;
const ON_THE_WAY = "PyTorch rounds on the way; here the result of float32 is rounded once";
/** Calls that are further off, and why that is accepted: they must be what float32 gives, rounded. */
const known: Readonly<Record<string, string>> = {
  "x(2,3).logsumexp(0)": ON_THE_WAY,
  "x(2,3).renorm(2, 0, 1.0)": ON_THE_WAY,
  "F.conv_transpose2d(x(1,2,4,4), y(2,3,3,3))": ON_THE_WAY,
  'F.interpolate(x(1,1,4,4), 2, mode="bicubic")': ON_THE_WAY,
  'F.interpolate(x(1,1,2,2,2), 4, mode="trilinear")': ON_THE_WAY,
  "F.group_norm(x(2,4), 2, y(4), y(4))": ON_THE_WAY,
  "F.batch_norm(x(3,2), None, None, training=True)": ON_THE_WAY,
  "F.instance_norm(x(2,2,4))": ON_THE_WAY,
  "special.i0e(x(2,3))": ON_THE_WAY,
  "torch.hann_window(4, dtype=DTYPE)": ON_THE_WAY,
  "x(6).histc(4)": "PyTorch rounds the edges of the bins, on which these numbers lie",
  "m(3,3).matrix_exp()": "PyTorch gives NaN",
  "linalg.matrix_exp(m(3,3))": "PyTorch gives NaN",
};

/** As the script makes them: thirds from -4/3 to 2, quarters from -5/4 to 7/4 for y. */
function irregular(kind: string, sizes: readonly number[], dtype: Dtype): Tensor | null {
  if (!"xym".includes(kind)) return null;
  const i = torch.arange(
    sizes.reduce((a, b) => a * b, 1),
    { dtype: torch.float64 },
  );
  const values = (
    kind === "y" ? i.mul(5).add(1).remainder(13).sub(5).div(4) : i.mul(7).add(3).remainder(11).sub(4).div(3)
  ).reshape(sizes);
  return (kind === "m" ? values.add(torch.eye(sizes[0], sizes[1], { dtype: torch.float64 }).mul(4)) : values).to(dtype);
}
const numberOf = (x: number | string): number => (typeof x === "number" ? x : Number(x.replace("inf", "Infinity")));
/** How far apart two numbers are, in units in the last place of the one that is wanted. */
function apart(got: number, want: number, { eps, smallest_normal }: ReturnType<typeof torch.finfo>): number {
  if (Object.is(got, want) || got === want || (Number.isNaN(got) && Number.isNaN(want))) return 0;
  const size = Math.max(2 ** Math.floor(Math.log2(Math.abs(want))), smallest_normal);
  const d = Math.abs(got - want) / (size * eps);
  return Number.isNaN(d) ? Infinity : d;
}

/** The elements of all results, rounded to the dtype. */
function numbers(result: unknown, dtype: Dtype): number[] {
  const results = (Array.isArray(result) ? result : [result]).filter((r): r is Tensor => r instanceof Tensor);
  return results.flatMap((r) =>
    Array.from((r.dtype.is_floating_point ? r.detach().to(dtype) : r).double().typed_array(), Number),
  );
}

describe.each([
  ["float16", torch.float16],
  ["bfloat16", torch.bfloat16],
] as const)("%s", (name, dtype) => {
  test.each(calls.filter((c) => byCall[c[0]]?.[name] !== undefined && !c[1]).map((c) => [c[0], c] as const))(
    "%s is what PyTorch computes, to a unit in the last place",
    (text, call) => {
      const rounded = (kind: string, sizes: readonly number[]): Tensor | null =>
        irregular(kind, sizes, dtype)?.float() ?? null;
      const want =
        known[text] === undefined
          ? byCall[text][name].map(numberOf)
          : numbers(run(call, torch.float32, torch.float32, rounded), dtype);
      const got = numbers(run(call, dtype, dtype, irregular), dtype);
      expect(got.length).toBe(want.length);
      if (got.some((x, i) => apart(x, want[i], torch.finfo(dtype)) > 1)) expect(got).toEqual(want);
    },
  );
});

test("nansum as whole numbers takes what is infinite for the largest number of the dtype, as PyTorch does", () => {
  const sums = [[Infinity], [-Infinity], [NaN, 2], [Infinity, 1]].map((numbers) =>
    torch.tensor(numbers, { dtype: torch.float16 }).nansum({ dtype: torch.int32 }).item(),
  );
  expect(sums).toEqual([65504, -65504, 2, 65505]);
});
