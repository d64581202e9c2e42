// Fourier transforms: the algorithm by its definition and its properties, torch.fft by what PyTorch gives.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";

const { float64, complex128, complex64 } = torch;
const largest = (x: torch.Tensor): number => x.abs().max().item();
/** By the definition. */
function sum(z: torch.Tensor): torch.Tensor {
  const n = z.size(-1);
  const k = torch.arange(n, { dtype: float64 });
  const angles = torch
    .outer(k, k)
    .remainder(n)
    .mul((-2 * Math.PI) / n);
  return z.matmul(torch.complex(angles.cos(), angles.sin()));
}
const lengths = [...Array.from({ length: 80 }, (_, i) => i + 1), 96, 97, 121, 125, 128, 169, 211, 256];

describe("a transform of length n", () => {
  test.each([1, 3, 9])("is the sum it stands for, for every length, %i beside each other", (beside) => {
    for (const n of lengths) {
      const z = torch.randn(beside, n, { dtype: complex128 });
      const want = sum(z);
      const bound = 1e-14 * n;
      expect(largest(torch.fft.fft(z).sub(want)), `length ${n}`).toBeLessThan(bound);
      expect(largest(torch.fft.fft(z.t(), { dim: 0 }).t().sub(want)), `length ${n}, of columns`).toBeLessThan(bound);
      expect(largest(torch.fft.ifft(want).sub(z)), `length ${n}, back`).toBeLessThan(1e-13);
      const short = torch.fft
        .fft(z.to(complex64))
        .to(complex128)
        .sub(sum(z.to(complex64).to(complex128)));
      expect(largest(short), `length ${n} in float32`).toBeLessThan(4e-6 * Math.sqrt(n));
    }
  });
  test.each([1, 9])(
    "of real numbers is half of the complex one, and its inverse gives them back, %i at once",
    (beside) => {
      for (const n of lengths) {
        const x = torch.randn(beside, n, { dtype: float64 });
        const half = torch.fft.rfft(x);
        expect(largest(half.sub(torch.fft.fft(x).narrow(1, 0, half.size(1)))), `length ${n}`).toBeLessThan(1e-14 * n);
        expect(largest(torch.fft.irfft(half, n).sub(x)), `length ${n}, back`).toBeLessThan(1e-13);
        expect(largest(torch.fft.irfft(half.t(), n, { dim: 0 }).t().sub(x)), `length ${n}, of columns`).toBeLessThan(
          1e-13,
        );
      }
    },
  );
  test("goes back to what it came from, and keeps the sum of squares, for primes and large lengths", () => {
    for (const n of [1009, 4099, 65537, 100000, 2 ** 17, 3 ** 10, 7 * 11 * 13 * 17]) {
      const z = torch.randn(n, { dtype: complex128 });
      const there = torch.fft.fft(z);
      const squares = (x: torch.Tensor): number => x.abs().square().sum().item();
      expect(Math.abs(squares(there) / n / squares(z) - 1), `length ${n}`).toBeLessThan(1e-13);
      expect(largest(torch.fft.ifft(there).sub(z)), `length ${n}`).toBeLessThan(1e-13);
    }
  });
});

describe("torch.fft", () => {
  test("turns a shift into a factor", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 70 }), (n, by) => {
        const x = torch.randn(n, { dtype: float64 });
        const turn = torch.polar(
          torch.ones(n, { dtype: torch.float64 }),
          torch.arange(n, { dtype: torch.float64 }).mul((-2 * Math.PI * by) / n),
        );
        const [shifted, factor] = [torch.fft.fft(x.roll(by)), torch.fft.fft(x).mul(turn)];
        expect(shifted.sub(factor).abs().max().item()).toBeLessThan(1e-12);
      }),
      { seed: 3, numRuns: 60 },
    );
  });
  test("takes whole numbers, and gives complex64 for float32", () => {
    expect(String(torch.fft.fft(torch.tensor([1, 2, 3, 4])))).toBe("tensor([10.+0.j, -2.+2.j, -2.+0.j, -2.-2.j])");
    expect(torch.fft.rfft(torch.arange(5)).dtype).toBe(torch.complex64);
    const back = torch.fft.irfft(torch.fft.rfft(torch.arange(5)), 5);
    expect(back.round().tolist()).toEqual([0, 1, 2, 3, 4]);
  });
  test("gives frequencies and shifts as PyTorch does", () => {
    expect(String(torch.fft.fftfreq(5))).toBe("tensor([ 0.0000,  0.2000,  0.4000, -0.4000, -0.2000])");
    expect(torch.fft.fftfreq(4, 0.5).tolist()).toEqual([0, 0.5, -1, -0.5]);
    expect(torch.fft.rfftfreq(4).tolist()).toEqual([0, 0.25, 0.5]);
    expect(torch.fft.fftshift(torch.arange(5)).tolist()).toEqual([3, 4, 0, 1, 2]);
    expect(torch.fft.ifftshift(torch.fft.fftshift(torch.arange(6).view(2, 3))).tolist()).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });
  test("says what it cannot transform", () => {
    const x = torch.ones(2, 3);
    expect(() => torch.fft.fft(x, 0)).toThrow("Invalid number of data points (0) specified");
    expect(() => torch.fft.fft(x, { norm: "odd" })).toThrow('Invalid normalization mode: "odd"');
    expect(() => torch.fft.rfft(torch.fft.fft(x))).toThrow("rfft expects a real input tensor, but got ComplexFloat");
    expect(() => torch.fft.fftn(x, { dim: [0, 0] })).toThrow("FFT dims must be unique");
    expect(() => torch.fft.fft(x.half())).toThrow("Unsupported dtype Half");
    expect(() => torch.fft.fft(x.sum())).toThrow("Dimension specified as -1 but tensor has no dimensions");
  });
});
