// Folds of many elements into few results go in parts, by Note [Partial results].
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

torch.manual_seed(3);
const whole = torch.randint(-50, 50, [100_003]);
/** Each with the dims to fold; the tensor is as long and as strided as it takes. */
const cases: Record<string, readonly [Tensor, readonly number[]]> = {
  "a row": [whole, [0]],
  "every other element": [torch.randint(-50, 50, [70_001, 2]).select(1, 1), [0]],
  "rows beside each other": [torch.randint(-50, 50, [5, 30_011]), [1]],
  "columns beside each other": [torch.randint(-50, 50, [30_011, 5]), [0]],
  "a dim between others": [torch.randint(-50, 50, [3, 20_011, 4]), [1]],
  "dims around another": [torch.randint(-50, 50, [41, 3, 999]), [0, 2]],
  "many columns of rows far apart": [torch.randint(-50, 50, [777, 300]), [0]],
  "columns of no whole number of parts": [torch.randint(-50, 50, [513, 2, 70]), [0, 1]],
  "a few long rows": [torch.randint(-50, 50, [2, 50_021]).t(), [0, 1]],
  "rows of several blocks": [torch.randint(-50, 50, [70, 2_503]), [1]],
};
/** The elements of each result, in order. */
function groups(x: Tensor, dims: readonly number[]): number[][] {
  const kept = x.sizes.map((_, d) => d).filter((d) => !dims.includes(d));
  const rows = x.permute([...kept, ...dims]).reshape([kept.reduce((n, d) => n * x.sizes[d], 1), -1]);
  return rows.tolist() as number[][];
}
const folds: Record<string, [(x: Tensor, dims: readonly number[]) => Tensor, (xs: number[]) => number | boolean]> = {
  sum: [(x, dims) => x.sum(dims), (xs) => xs.reduce((a, b) => a + b, 0)],
  amax: [(x, dims) => x.amax(dims), (xs) => xs.reduce((a, b) => Math.max(a, b))],
  amin: [(x, dims) => x.amin(dims), (xs) => xs.reduce((a, b) => Math.min(a, b))],
  any: [(x, dims) => x.eq(49).any(dims), (xs) => xs.includes(49)],
  all: [(x, dims) => x.gt(-50).all(dims), (xs) => xs.every((v) => v > -50)],
};

for (const [name, [x, dims]] of Object.entries(cases))
  describe(`a fold of ${name}`, () => {
    const expected = groups(x, dims);
    for (const [fold, [ours, theirs]] of Object.entries(folds))
      for (const dtype of [torch.float32, torch.float64, torch.int64, torch.int8, torch.float16])
        test(`by ${fold} in ${String(dtype)}`, () => {
          const typed = x.to(dtype);
          const got = ours(typed, dims).flatten().tolist();
          if (dtype === torch.float16 && fold === "sum") {
            const exact = expected.map(theirs) as number[];
            for (const [i, value] of (got as number[]).entries())
              expect(Math.abs(value - exact[i])).toBeLessThanOrEqual(Math.abs(exact[i]) * 2 ** -11);
          } else expect(got).toEqual(expected.map(theirs));
        });
    test("by sum and amax of NaN is NaN", () => {
      const last = x.sizes.map((n) => n - 1);
      const y = x.to(torch.float32);
      y.index_put_(last, NaN);
      expect(Number.isNaN((y.sum(dims).flatten().tolist() as number[]).at(-1))).toBe(true);
      expect(Number.isNaN((y.amax(dims).flatten().tolist() as number[]).at(-1))).toBe(true);
    });
  });

test("a float32 sum of positive numbers is right to a last place or two, however many they are", () => {
  for (const shape of [
    [500, 1_000],
    [100, 20_011],
    [1, 1_000_003],
  ]) {
    const x = torch.rand(shape);
    const exact = x.double().sum(-1);
    const error = x.sum(-1).double().sub(exact).abs().div(exact);
    expect(error.max().item(), String(shape)).toBeLessThan(2 ** -23);
  }
});
test("a sum of floats in parts is as near as the sum of all", () => {
  const x = torch.randn(1_000_000);
  const exact = (x.tolist() as number[]).reduce((a, b) => a + b, 0);
  expect(Math.abs(x.sum().item() - exact)).toBeLessThan(1e-4);
  expect(Math.abs(x.double().sum().item() - exact)).toBeLessThan(1e-9);
});
