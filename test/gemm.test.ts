import { describe, expect, test } from "vitest";
import { featureLevel } from "../src/devices/cpu/features.ts";
import { Gemm } from "../src/devices/cpu/gemm.ts";

const maximum = 1024;
const memory = new WebAssembly.Memory({ initial: 512, maximum, shared: true });
const [A, B, C, SCRATCH] = [1 << 16, 4 << 20, 8 << 20, 16 << 20];
const levels = [...new Set([featureLevel(), "simd128" as const])];
const shapes = [
  [1, 1, 1],
  [6, 8, 3],
  [5, 7, 9],
  [13, 17, 300],
  [130, 33, 20],
  [64, 10, 784],
  [121, 1030, 5],
] as const;

for (const level of levels)
  for (const size of [4, 8] as const)
    describe(`float${size * 8} products with ${level} instructions`, () => {
      const gemm = new Gemm(size, memory, { shared: true, maximum }, level);
      const Floats = size === 4 ? Float32Array : Float64Array;
      for (const [m, n, k] of shapes)
        for (const transposed of ["neither", "a", "b"])
          for (const accumulate of [false, true])
            test(`[${m}, ${k}] by [${k}, ${n}], ${transposed} transposed${accumulate ? ", added to what is there" : ""}`, () => {
              const a = new Floats(memory.buffer, A, m * k).map((_, i) => Math.sin(i));
              const b = new Floats(memory.buffer, B, k * n).map((_, i) => Math.cos(i));
              new Floats(memory.buffer, A, m * k).set(a);
              new Floats(memory.buffer, B, k * n).set(b);
              const c = new Floats(memory.buffer, C, m * n).fill(7);
              const at = (ptr: number, rows: number, cols: number, turned: boolean) =>
                turned
                  ? { ptr, rowStride: size, colStride: rows * size }
                  : { ptr, rowStride: cols * size, colStride: size };
              const [turnA, turnB] = [transposed === "a", transposed === "b"];
              gemm.run(m, n, k, at(A, m, k, turnA), at(B, k, n, turnB), C, n * size, accumulate, SCRATCH);
              let worst = 0;
              for (let i = 0; i < m; i++)
                for (let j = 0; j < n; j++) {
                  let sum = accumulate ? 7 : 0;
                  let magnitude = sum + Number.MIN_VALUE;
                  for (let p = 0; p < k; p++) {
                    const product = a[turnA ? p * m + i : i * k + p] * b[turnB ? j * k + p : p * n + j];
                    sum += product;
                    magnitude += Math.abs(product);
                  }
                  worst = Math.max(worst, Math.abs(sum - c[i * n + j]) / magnitude);
                }
              // A sum of k products, rounded k times, relative to the sum of their sizes.
              expect(worst).toBeLessThan((size === 4 ? 2 ** -23 : 2 ** -52) * (k + 8));
            });
    });
