// Fourier transforms: the algorithm by its definition and its properties, torch.fft by what PyTorch gives.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { fftOf, inverseRealFft, realFft } from "../../src/numerics/fft.ts";

const signal = (n: number, seed = 1): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => (Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453) % 1);
const largest = (x: Float64Array): number => x.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
const difference = (x: Float64Array, y: Float64Array): number => largest(x.map((v, i) => v - y[i]));

describe("a transform of length n", () => {
  test("is the sum it stands for, for every length up to 200", () => {
    for (let n = 1; n <= 200; n++) {
      const [re, im] = [signal(n), signal(n, 2)];
      const [x, y] = [new Float64Array(n), new Float64Array(n)];
      for (let k = 0; k < n; k++)
        for (let j = 0; j < n; j++) {
          const angle = (-2 * Math.PI * ((j * k) % n)) / n;
          x[k] += re[j] * Math.cos(angle) - im[j] * Math.sin(angle);
          y[k] += re[j] * Math.sin(angle) + im[j] * Math.cos(angle);
        }
      fftOf(n).run(re, im);
      expect(Math.max(difference(re, x), difference(im, y)), `length ${n}`).toBeLessThan(3e-13);
    }
  });
  test("goes back to what it came from, and keeps the sum of squares, for primes and large lengths", () => {
    for (const n of [1009, 4099, 65537, 100000, 2 ** 17, 3 ** 10, 7 * 11 * 13 * 17]) {
      const [re, im] = [signal(n), signal(n, 2)];
      const squares = (): number => re.reduce((s, v, i) => s + v * v + im[i] * im[i], 0);
      const before = squares();
      fftOf(n).run(re, im);
      expect(Math.abs(squares() / n / before - 1), `length ${n}`).toBeLessThan(1e-13);
      fftOf(n).run(im, re);
      expect(
        difference(
          re.map((v) => v / n),
          signal(n),
        ),
        `length ${n}`,
      ).toBeLessThan(1e-13);
    }
  });
  test("of real numbers is half of the complex one, and its inverse gives them back", () => {
    for (let n = 1; n <= 100; n++) {
      const x = signal(n);
      const half = Math.floor(n / 2) + 1;
      const [re, im] = [new Float64Array(half), new Float64Array(half)];
      realFft(x, re, im);
      const [r, i] = [x.slice(), new Float64Array(n)];
      fftOf(n).run(r, i);
      expect(Math.max(difference(re, r), difference(im, i)), `length ${n}`).toBeLessThan(1e-13);
      const back = new Float64Array(n);
      inverseRealFft(re, im, back);
      expect(
        difference(
          back.map((v) => v / n),
          x,
        ),
        `length ${n}`,
      ).toBeLessThan(1e-14);
    }
  });
});

describe("torch.fft", () => {
  test("turns a shift into a factor", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 70 }), (n, by) => {
        const x = torch.tensor(signal(n));
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
