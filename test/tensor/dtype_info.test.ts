import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { nn } from "../../src/index.ts";

const F = nn.functional;
describe("what dtypes hold", () => {
  test("prints as PyTorch prints it", () => {
    const floats = [torch.float16, torch.bfloat16, torch.float32, torch.complex128].map((d) => String(torch.finfo(d)));
    expect(floats).toEqual([
      "finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, smallest_normal=6.10352e-05, tiny=6.10352e-05, dtype=float16)",
      "finfo(resolution=0.01, min=-3.38953e+38, max=3.38953e+38, eps=0.0078125, smallest_normal=1.17549e-38, tiny=1.17549e-38, dtype=bfloat16)",
      "finfo(resolution=1e-06, min=-3.40282e+38, max=3.40282e+38, eps=1.19209e-07, smallest_normal=1.17549e-38, tiny=1.17549e-38, dtype=float32)",
      "finfo(resolution=1e-15, min=-1.79769e+308, max=1.79769e+308, eps=2.22045e-16, smallest_normal=2.22507e-308, tiny=2.22507e-308, dtype=float64)",
    ]);
    expect(String(torch.iinfo(torch.int64))).toBe("iinfo(min=-9.22337e+18, max=9.22337e+18, dtype=int64)");
    expect([torch.iinfo(torch.int64).max, torch.iinfo(torch.uint8)]).toEqual([
      9223372036854775807n,
      { bits: 8, max: 255, min: 0, dtype: "uint8" },
    ]);
    expect(torch.finfo().max).toBe(3.4028234663852886e38);
  });
  test("is asked for of the right kind of dtype", () => {
    expect(() => torch.finfo(torch.int32)).toThrow("torch.finfo() requires a floating point input type.");
    expect(() => torch.iinfo(torch.float32)).toThrow("torch.iinfo() requires an integer input type.");
    expect(() => torch.iinfo(torch.bool)).toThrow("torch.bool is not supported by torch.iinfo");
  });
  test("bounds what numbers tensors can be filled with", () => {
    const overflow = (dtype: torch.Dtype, x: number | bigint | torch.Complex): string => {
      try {
        torch.zeros(2, { dtype }).fill_(x);
        return "fits";
      } catch (error) {
        return (error as Error).message.split("\n")[0];
      }
    };
    expect([
      overflow(torch.uint8, 300),
      overflow(torch.uint8, -255),
      overflow(torch.int32, 2 ** 31),
      overflow(torch.int16, NaN),
      overflow(torch.int64, 2n ** 63n),
      overflow(torch.float32, 1e39),
      overflow(torch.float32, -Infinity),
      overflow(torch.float16, 65520),
      overflow(torch.float64, new torch.Complex(0, 1)),
      overflow(torch.bool, 1e40),
    ]).toEqual([
      "value cannot be converted to type uint8_t without overflow",
      "fits",
      "value cannot be converted to type int without overflow",
      "value cannot be converted to type int16_t without overflow",
      "value cannot be converted to type int64_t without overflow",
      "value cannot be converted to type float without overflow",
      "fits",
      "fits",
      "value cannot be converted to type double without overflow",
      "fits",
    ]);
    expect(torch.full([1], -1, { dtype: torch.uint8 }).item()).toBe(255);
    const bytes = torch.zeros(2, { dtype: torch.uint8 });
    const mask = torch.tensor([true, false]);
    expect(() => bytes.masked_fill(mask, 300)).toThrow("type uint8_t without overflow");
    expect(() => bytes.masked_fill(mask, torch.tensor(300))).toThrow("type uint8_t without overflow");
    expect(bytes.masked_fill(mask, torch.tensor(2.5)).tolist()).toEqual([2, 0]);
  });
  test("result_type counts tensors with dims first, then those without, then numbers", () => {
    const whole = torch.tensor([1n]);
    expect([
      torch.result_type(1, 2),
      torch.result_type(whole, 1.5),
      torch.result_type(whole, torch.tensor(1.5, { dtype: torch.float64 })),
      torch.result_type(torch.rand(2), torch.tensor(1.5, { dtype: torch.float64 })),
      torch.result_type(torch.rand(2), new torch.Complex(0, 1)),
      torch.result_type(1.5, 2.5),
    ]).toEqual([torch.int64, torch.float32, torch.float64, torch.float32, torch.complex64, torch.float32]);
  });
});

describe("errors in PyTorch's words", () => {
  const x = torch.rand(1, 2, 4, 4);
  const w = torch.rand(3, 2, 3, 3);
  const cases: readonly (readonly [() => unknown, string])[] = [
    [
      () => torch.hsplit(torch.rand(4, 4), "abc" as never),
      "hsplit() received an invalid combination of arguments - got (Tensor, str), but expected one of:",
    ],
    [
      () => x.clamp({ min: "a" as never }),
      "clamp() received an invalid combination of arguments - got (min=str, ), but expected one of:",
    ],
    [() => F.conv2d(x, torch.rand(3, 2)), "weight should have at least three dimensions"],
    [() => F.conv2d(x, w, null, 1, -1), "negative padding is not supported"],
    [() => F.conv2d(x, w, null, 1, 0, 0), "dilation should be greater than zero, but got [0, 0]"],
    [
      () => F.conv2d(x, w, null, 1, 0, 1, 4),
      "Given groups=4, expected weight to be at least 4 at dimension 0, but got weight of size [3, 2, 3, 3] instead",
    ],
    [() => F.conv2d(x, w, torch.rand(3).double()), "Input type (float) and bias type (double) should be the same"],
    [() => F.conv2d(x, w.double()), "expected scalar type Float but found Double"],
    [() => F.conv2d(x, w, null, 1, "x" as never), "Invalid padding string: 'x'"],
    [
      () => F.conv1d(torch.rand(1, 2, 4), w),
      "Expected 4-dimensional input for 4-dimensional weight [3, 2, 3, 3], but got 3-dimensional input of size [1, 2, 4] instead",
    ],
    [
      () => F.conv_transpose2d(x, w.transpose(0, 1), null, 1, 4),
      "Given input size per channel: (4 x 4). Calculated output size per channel: (-2 x -2). Output size is too small",
    ],
    [
      () => F.conv_transpose2d(x, w.transpose(0, 1), null, 1, 0, 2),
      "output padding must be smaller than either stride or dilation",
    ],
    [
      () => F.prelu(torch.rand(2, 8, 3), torch.rand(2, 4)),
      "prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = 2",
    ],
    [
      () => F.softshrink(torch.rand(2), -1),
      "lambda must be in range [0, 3.40282e+38] for input dtype Float, but found -1",
    ],
  ];
  for (const [body, sentence] of cases) test(sentence, () => expect(body).toThrow(sentence));
});

test("linspace asks only of the ends that it reaches whether the dtype holds them", () => {
  const dtype = torch.uint8;
  expect(torch.linspace(-2.5, 300, 0, { dtype }).sizes).toEqual([0]);
  expect(torch.linspace(7, 300, 1, { dtype }).tolist()).toEqual([7]);
  expect(() => torch.linspace(7, 300, 2, { dtype })).toThrow(
    "value cannot be converted to type uint8_t without overflow",
  );
  expect(() => torch.linspace(300, 7, 1, { dtype })).toThrow("without overflow");
});
