import { describe, expect, test } from "vitest";
import { dtypeByName } from "../../src/base/dtype.ts";
import * as torch from "../../src/index.ts";

const inf = Infinity;
const values = [1e10, -1e10, 1e20, inf, -inf, NaN, 300, -300, 40000, -40000, 2147483648, 4294967301, -1, 255.7];
const low = -(2 ** 31);
const lowest = Number(-(2n ** 63n));
/** What PyTorch 2.13 makes of them on x86: what does not fit in 32 bits (int64, uint8: 64) becomes the lowest integer. */
const RECORDED: Readonly<Record<string, readonly number[]>> = {
  uint8: [0, 0, 0, 0, 0, 0, 44, 212, 64, 192, 0, 5, 255, 255],
  int8: [0, 0, 0, 0, 0, 0, 44, -44, 64, -64, 0, 0, -1, -1],
  int16: [0, 0, 0, 0, 0, 0, 300, -300, -25536, 25536, 0, 0, -1, 255],
  int32: [low, low, low, low, low, low, 300, -300, 40000, -40000, low, low, -1, 255],
  int64: [1e10, -1e10, lowest, lowest, lowest, lowest, 300, -300, 40000, -40000, 2147483648, 4294967301, -1, 255],
};
describe("floats beyond the integers they are cast to", () => {
  for (const [name, want] of Object.entries(RECORDED))
    test(`become what PyTorch makes of them as ${name}`, () => {
      const dtype = dtypeByName.get(name as never)!;
      const numbers = (t: torch.Tensor): number[] => (t.to(dtype).tolist() as (number | bigint)[]).map(Number);
      // Long enough for vectors, and one by one.
      const many = torch.tensor([...values, ...values, ...values], { dtype: torch.float64 });
      expect(numbers(many)).toEqual([...want, ...want, ...want]);
      expect(values.map((x) => numbers(torch.tensor([x], { dtype: torch.float64 }))[0])).toEqual(want);
      const single = (x: number): number => (Math.fround(x) === x ? x : NaN);
      const kept = values.map((x, i) => [single(x), want[i]]).filter(([x]) => !Number.isNaN(x));
      expect(numbers(torch.tensor(kept.map(([x]) => x)))).toEqual(kept.map(([, y]) => y));
    });
});
