// 16-bit floats and complex numbers against what PyTorch recorded (tools/record/dtypes.py).
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Dtype, Tensor } from "../../src/index.ts";
import { halfBits, halfValue } from "../../src/kernel/half.ts";
import recorded from "../recorded/dtypes.json" with { type: "json" };

const numbers = (x: unknown): number[] =>
  [x].flat(Infinity).map((v) => (v === "nan" ? NaN : Number(String(v).replace("inf", "Infinity"))));
const close = (got: readonly number[], want: readonly number[], rtol: number): void => {
  expect(got.length).toBe(want.length);
  for (const [i, x] of got.entries())
    if (!Object.is(x, want[i]) && Math.abs(x - want[i]) > rtol * Math.max(Math.abs(want[i]), 1e-3))
      expect(got).toEqual(want);
};

describe.each([
  ["float16", torch.float16],
  ["bfloat16", torch.bfloat16],
] as const)("%s", (name, dtype: Dtype) => {
  const want = recorded.half[name];
  const a = torch.arange(1, 7).reshape(2, 3).div(7).to(dtype);
  const b = torch.arange(6).reshape(2, 3).div(3).sub(0.8).to(dtype);

  test("rounds every float64 as PyTorch does, by way of float32", () => {
    const doubles = torch.tensor(numbers(recorded.doubles), { dtype: torch.float64 });
    const rounded = numbers(want.values);
    expect(doubles.to(dtype).tolist()).toEqual(rounded);
    expect(numbers(recorded.doubles).map((x) => halfValue(halfBits(x, dtype), dtype))).toEqual(rounded);
  });
  test("holds each of its 65,536 values through float32 and back, in the kernels and on the host", () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const all = torch.tensor(bits, { dtype });
    const back = all.float().to(dtype);
    const isNan = all.isnan().typed_array();
    const [wide, again] = [all.float().typed_array(), back.typed_array()];
    for (const i of bits) {
      const value = halfValue(i, dtype);
      if (!Object.is(value, wide[i]) || (isNan[i] === 0 && (again[i] !== i || halfBits(value, dtype) !== i)))
        throw new Error(`bits ${i}: ${value} on the host, ${wide[i]} in the kernel, back ${again[i]}`);
    }
  });
  test("rounds to the nearest of its values", () => {
    for (let k = 1; k < 2000; k++) {
      const x = Math.fround(Math.sin(k) * 2 ** (-30 + (k % 45)));
      const bits = halfBits(x, dtype);
      const error = Math.abs(halfValue(bits, dtype) - x);
      const neighbours = (bits & 0x7fff) === 0 ? [bits + 1] : [bits - 1, bits + 1];
      for (const other of neighbours) expect(Math.abs(halfValue(other, dtype) - x)).toBeGreaterThanOrEqual(error);
    }
  });
  test.each([
    ["add", () => a.add(b)],
    ["mul", () => a.mul(b)],
    ["exp", () => b.exp()],
    ["sum", () => a.sum()],
    ["mean", () => b.mean(1)],
    ["mm", () => a.mm(b.t())],
    ["softmax", () => b.softmax(1)],
    ["cumsum", () => a.cumsum(1)],
    ["var", () => a.var()],
    ["sort", () => b.sort(1, true).values],
    ["conv1d", () => torch.nn.functional.conv1d(a.unsqueeze(0), b.unsqueeze(0).narrow(2, 0, 2))],
    ["gelu", () => torch.nn.functional.gelu(b)],
  ] as [keyof typeof want, () => Tensor][])("%s computes in float32 and rounds once", (op, run) => {
    const got = run();
    expect(got.dtype).toBe(dtype);
    close(numbers(got.tolist()), numbers(want[op]), torch.float16 === dtype ? 2 ** -10 : 2 ** -7);
  });
  test("prints as PyTorch prints it, and fills the gradients of leaves", () => {
    expect(String(a)).toBe(want.text);
    const leaf = a.clone().requires_grad_();
    leaf.mul(b).sum().backward();
    expect(leaf.grad?.dtype).toBe(dtype);
    expect(leaf.grad?.tolist()).toEqual(b.tolist());
  });
});

describe("complex128", () => {
  const { Complex } = torch;
  const of = (...pairs: [number, number][]): Tensor =>
    torch.tensor(
      pairs.map(([re, im]) => new Complex(re, im)),
      { dtype: torch.complex128 },
    );
  const z = of([1, 2], [3, -4], [-0.5, 0], [0, 0], [1e-3, -2e-3], [-2, 0]);
  const w = of([0.5, -1], [0, 2], [1.5, 0], [1, 1], [-3, -1], [0, 0.25]);
  const parts = (t: Tensor): number[] => Array.from(t.typed_array() as Float64Array);
  const call = (t: Tensor, f: string, ...args: Tensor[]): Tensor =>
    (t as unknown as Record<string, (...args: Tensor[]) => Tensor>)[f](...args);
  const want = recorded.complex;

  test.each(Object.entries(want.unary))("%s is PyTorch's", (f, values) => {
    close(parts(call(z, f)), numbers(values), 1e-12);
  });
  test.each(Object.entries(want.binary))("%s of two is PyTorch's", (f, values) => {
    close(parts(call(z, f, w)), numbers(values), 1e-12);
  });
  test("sums, means, products and matrix products are PyTorch's", () => {
    close(parts(z.sum()), numbers(want.sum), 1e-12);
    close(parts(z.mean()), numbers(want.mean), 1e-12);
    close(parts(w.prod()), numbers(want.prod), 1e-12);
    close(parts(z.view(2, 3).mm(w.view(3, 2))), numbers(want.mm), 1e-12);
  });
  test("a real loss gives the gradient by the conjugate", () => {
    const leaf = z.clone().requires_grad_();
    leaf.mul(w).abs().sum().add(leaf.exp().div(w).real.sum()).backward();
    close(parts(leaf.grad!), numbers(want.grad), 1e-12);
  });
  test("prints as PyTorch prints it", () => {
    const some = [z, z.to(torch.complex64).narrow(0, 0, 3), torch.zeros(2, 2, { dtype: torch.complex64 })];
    expect([...some, torch.tensor(new Complex(1.5, -2))].map(String)).toEqual(want.text);
  });
  test("gives Python's text for a number of it", () => {
    expect([new Complex(1, 2), new Complex(0, -1), new Complex(1.5, -0)].map(String)).toEqual([
      "(1+2j)",
      "-1j",
      "(1.5-0j)",
    ]);
    expect(z.sum().item()).toEqual(new Complex(1.501, -2.002));
  });
  test("shares memory with the view of its parts", () => {
    const t = z.clone();
    torch.view_as_real(t).select(-1, 1).fill_(7);
    expect(t.imag.tolist()).toEqual([7, 7, 7, 7, 7, 7]);
    expect(torch.view_as_complex(torch.view_as_real(t)).equal(t)).toBe(true);
  });
  test("refuses what needs an order, and a backward from a complex number", () => {
    expect(() => z.lt(w)).toThrow(`"lt_cpu" not implemented for 'ComplexDouble'`);
    expect(() => z.floor()).toThrow("floor is not supported for complex inputs");
    expect(() => z.clone().requires_grad_().sum().backward()).toThrow(
      "grad can be implicitly created only for real scalar outputs but got torch.complex128",
    );
    expect(() => torch.ones(2).imag).toThrow("imag is not implemented for tensors with non-complex dtypes.");
  });
});
