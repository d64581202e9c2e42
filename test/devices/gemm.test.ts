import type { Place } from "../../src/kernel/place.ts";
import { at, blockAt } from "./places.ts";
import { describe, expect, test } from "vitest";
import { featureLevel } from "../../src/devices/cpu/code/features.ts";
import { Gemm } from "../../src/devices/cpu/gemm/gemm.ts";
import { Threads } from "../../src/devices/cpu/threads/threads.ts";
import type { Matrix } from "../../src/devices/backend.ts";
import * as torch from "../../src/index.ts";
import { levelsFrom } from "./levels.ts";

const maximum = 1024;
const memory = new WebAssembly.Memory({ initial: 512, maximum, shared: true });
const [A, B, C, SCRATCH, ADDEND] = [1 << 16, 4 << 20, 8 << 20, 16 << 20, 24 << 20];
const levels = levelsFrom(featureLevel());
const shapes = [
  [1, 1, 1],
  [6, 8, 3],
  [5, 7, 9],
  [13, 17, 300],
  [130, 33, 20],
  [64, 10, 784],
  [121, 1030, 5],
  // Vectors: a row or a column by a matrix, an inner and an outer product.
  [1, 300, 77],
  [300, 1, 77],
  [1, 1, 1000],
  [70, 90, 1],
  // Few rows or columns, and just beyond few.
  [4, 45, 100],
  [45, 4, 100],
  [7, 2, 513],
  [40, 13, 31],
  [41, 43, 4],
  [41, 43, 5],
  // One more than a block each way.
  [121, 40, 257],
  [20, 513, 10],
  [13, 17, 513],
] as const;

/** Strides in elements of a matrix in memory, and how many elements it spans. */
const layouts = {
  "row by row": (rows: number, cols: number) => [cols, 1, rows * cols],
  transposed: (rows: number, cols: number) => [1, rows, rows * cols],
  "with gaps": (rows: number, cols: number) => [2 * cols + 3, 2, rows * (2 * cols + 3)],
} as const;
type Layout = keyof typeof layouts;
interface Options {
  readonly a: Layout;
  readonly b: Layout;
  readonly accumulate: boolean;
  readonly gap: number;
}
/** One thread, and several that share everything they can. */
const alone = new Threads(memory, true);
alone.grain = { least: Infinity, share: 1, range: 1 };
const together = new Threads(memory, true);
together.grain = { least: 0, share: 1e-9, range: 0 };
torch.set_num_threads(3);

for (const level of levels)
  for (const size of [4, 8] as const)
    describe(`float${size * 8} products with ${level} instructions`, () => {
      const importAs = { shared: true, maximum };
      let scratchEnd = 0;
      const scratch = (nbytes: number): number => {
        scratchEnd = SCRATCH + Math.ceil(nbytes / 8) * 8;
        fill(scratchEnd, 8, () => 7);
        return SCRATCH;
      };
      const [gemm, gemmOfAll] = [alone, together].map(
        (threads) => new Gemm(size, { memory, importAs, threads, level, descriptor: 1024, scratch, blas: () => "" }),
      );
      const Floats = size === 4 ? Float32Array : Float64Array;
      const fill = (ptr: number, count: number, value: (i: number) => number): Float32Array | Float64Array => {
        const floats = new Floats(memory.buffer, ptr, count);
        for (let i = 0; i < count; i++) floats[i] = value(i);
        return floats;
      };
      /** A product into rows of C `gap` elements apart, all 7 before, and its worst error. */
      const product = (
        [m, n, k]: readonly number[],
        { a = "row by row", b = "row by row", accumulate = false, gap = 0 }: Partial<Options> = {},
        [valueA, valueB]: readonly ((i: number) => number)[] = [Math.sin, Math.cos],
      ) => {
        const [aRow, aCol, aCount] = layouts[a](m, k);
        const [bRow, bCol, bCount] = layouts[b](k, n);
        const [x, y, c] = [fill(A, aCount, valueA), fill(B, bCount, valueB), fill(C, m * (n + gap) + 8, () => 7)];
        const out = { ...at(C), rowStride: n + gap, colStride: 1 };
        const addend = accumulate ? { addend: out } : {};
        const matrices = {
          a: { ...at(A), rowStride: aRow, colStride: aCol },
          b: { ...at(B), rowStride: bRow, colStride: bCol },
          out,
          ...addend,
        };
        scratchEnd = SCRATCH;
        fill(SCRATCH, 8, () => 7);
        gemm.run({ m, n, k, ...matrices });
        const pastScratch = new Floats(memory.buffer, scratchEnd, 8);
        let worst = 0;
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++) {
            let sum = accumulate ? 7 : 0;
            let magnitude = sum + Number.MIN_VALUE;
            for (let p = 0; p < k; p++) {
              const term = x[i * aRow + p * aCol] * y[p * bRow + j * bCol];
              sum += term;
              magnitude += Math.abs(term);
            }
            worst = Math.max(worst, Math.abs(sum - c[i * (n + gap) + j]) / magnitude);
          }
        return { c, worst, pastScratch };
      };
      for (const shape of shapes)
        for (const accumulate of [false, true]) {
          const [m, n, k] = shape;
          test(`[${m}, ${k}] by [${k}, ${n}]${accumulate ? ", added to what is there" : ""}`, () => {
            for (const a of Object.keys(layouts) as Layout[])
              for (const b of Object.keys(layouts) as Layout[])
                for (const gap of [0, 3]) {
                  const how = `${a} by ${b}, rows of c ${gap} apart`;
                  const { c, worst, pastScratch } = product(shape, { a, b, accumulate, gap });
                  // A sum of k products, rounded k times, relative to the sum of their sizes.
                  expect(worst, how).toBeLessThan((size === 4 ? 2 ** -23 : 2 ** -52) * (k + 8));
                  expect(
                    c.findIndex((x, i) => (i >= m * (n + gap) || i % (n + gap) >= n) && x !== 7),
                    how,
                  ).toBe(-1);
                  expect([...pastScratch], how).toEqual(Array(8).fill(7));
                }
          });
        }

      test("a right operand packed before gives the same, to the bit", () => {
        for (const [m, n, k] of [
          [32, 512, 128],
          [13, 100, 512],
          [130, 1030, 20],
        ])
          for (const b of Object.keys(layouts) as Layout[]) {
            const plain = product([m, n, k], { b }).c.slice();
            const [bRow, bCol] = layouts[b](k, n);
            const from = { ...at(B), rowStride: bRow, colStride: bCol };
            const nbytes = gemm.packedBytes(from, m, n, k);
            expect(nbytes).toBeGreaterThanOrEqual(n * k * size);
            fill(ADDEND, nbytes / size + 1, () => 7);
            gemm.pack(from, n, k, blockAt(ADDEND));
            expect(new Floats(memory.buffer, ADDEND + nbytes, 1)[0]).toBe(7);
            const packed = { packed: blockAt(ADDEND) };
            for (const each of [gemm, gemmOfAll]) {
              const out = { ...at(C), rowStride: n, colStride: 1 };
              fill(C, m * n, () => 7);
              each.run({ m, n, k, a: { ...at(A), rowStride: k, colStride: 1 }, b: packed, out });
              expect(new Floats(memory.buffer, C, m * n)).toEqual(plain.subarray(0, m * n));
            }
          }
        // Too many terms for one block, and a product that does not pack.
        const rows = { ...at(B), rowStride: 64, colStride: 1 };
        expect(gemm.packedBytes(rows, 64, 64, 513)).toBe(0);
        expect(gemm.packedBytes(rows, 2, 64, 64)).toBe(0);
      });
      for (const b of ["row by row", "transposed", "with gaps"] as const)
        test(`an empty inner dim gives zeros, or leaves what is there, ${b}`, () => {
          for (const [m, n] of [
            [9, 10],
            [1, 40],
            [40, 1],
            [130, 50],
          ]) {
            const zeros = product([m, n, 0], { b }).c.subarray(0, m * n);
            expect([...zeros].every((value) => Object.is(value, 0))).toBe(true);
            const kept = product([m, n, 0], { b, accumulate: true }).c;
            expect([...kept].every((value) => value === 7)).toBe(true);
          }
        });
      test("without rows or columns nothing is written", () => {
        for (const shape of [
          [0, 5, 5],
          [5, 0, 5],
          [0, 1, 0],
          [0, 0, 0],
        ])
          expect([...product(shape).c].every((value) => value === 7)).toBe(true);
      });
      test("zero times infinity or nan is nan, by every way", () => {
        for (const special of [Infinity, NaN])
          for (const b of ["row by row", "transposed"] as const)
            for (const shape of [
              [3, 5, 4],
              [1, 50, 64],
              [50, 1, 64],
              [2, 2, 100],
              [40, 44, 60],
            ]) {
              const [m, n] = shape;
              const { c } = product(shape, { b }, [() => 0, () => special]);
              expect([...c.subarray(0, m * n)].every(Number.isNaN)).toBe(true);
            }
      });
      test("an infinity in one column stays out of the others", () => {
        for (const [m, n, k] of [
          [13, 19, 40],
          [1, 19, 40],
          [40, 44, 60],
        ]) {
          const { c } = product([m, n, k], {}, [() => 1, (i) => (i === 2 ? Infinity : 1)]);
          for (let i = 0; i < m * n; i++) expect(c[i]).toBe(i % n === 2 ? Infinity : k);
        }
      });

      /** What there is to add: per column, per row, for all, for each element. */
      const addends: Record<string, (m: number, n: number) => Omit<Matrix, keyof Place>> = {
        "a row": () => ({ rowStride: 0, colStride: 1 }),
        "a column": () => ({ rowStride: 1, colStride: 0 }),
        "a number": () => ({ rowStride: 0, colStride: 0 }),
        "a matrix": (m, n) => ({ rowStride: n, colStride: 1, batchStride: m * n }),
        "a transposed matrix": (m) => ({ rowStride: 1, colStride: m }),
      };
      for (const [name, strides] of Object.entries(addends))
        test(`${name} is added, and each product of a batch stands by itself`, () => {
          for (const [m, n, k] of [...shapes, [3, 5, 0], [70, 40, 30]] as const) {
            const batch = 3;
            const x = fill(A, m * k * batch, Math.sin);
            const y = fill(B, k * n * 2, Math.cos);
            const addend = { ...at(ADDEND), ...strides(m, n) };
            const z = fill(ADDEND, m * n * batch, (i) => i % 17);
            const c = fill(C, batch * m * n + 8, () => 7);
            const product = {
              m,
              n,
              k,
              batch,
              addend,
              a: { ...at(A), rowStride: k, colStride: 1, batchStride: m * k },
              // Every product but the first takes the same.
              b: { ...at(B), rowStride: n, colStride: 1 },
              out: { ...at(C), rowStride: n, colStride: 1, batchStride: m * n },
            };
            gemm.run(product);
            for (let at = 0, q = 0; q < batch; q++)
              for (let i = 0; i < m; i++)
                for (let j = 0; j < n; j++, at++) {
                  const place = q * (addend.batchStride ?? 0) + i * addend.rowStride + j * addend.colStride;
                  let sum = z[place];
                  for (let p = 0; p < k; p++) sum += x[q * m * k + i * k + p] * y[p * n + j];
                  const tolerance = (size === 4 ? 2 ** -23 : 2 ** -52) * (k + 17) * (k + 17);
                  if (!(Math.abs(c[at] - sum) < tolerance))
                    expect.fail(`[${m}, ${k}] by [${k}, ${n}], ${q}, ${i}, ${j}: got ${c[at]}, expected ${sum}`);
                }
            expect([...c.subarray(-8)]).toEqual(Array(8).fill(7));
          }
        });
      test("several threads give what one gives, bit for bit", () => {
        for (const shape of [...shapes, [200, 150, 300], [150, 300, 3], [3, 999, 50], [999, 3, 50]] as const)
          for (const a of Object.keys(layouts) as Layout[])
            for (const b of Object.keys(layouts) as Layout[]) {
              const [m, n, k] = shape;
              const expected = product(shape, { a, b }).c.slice();
              const [aRow, aCol] = layouts[a](m, k);
              const [bRow, bCol] = layouts[b](k, n);
              const c = fill(C, 2 * (m * n + 8), () => 7);
              gemmOfAll.run({
                m,
                n,
                k,
                batch: 2,
                a: { ...at(A), rowStride: aRow, colStride: aCol },
                b: { ...at(B), rowStride: bRow, colStride: bCol },
                out: { ...at(C), rowStride: n, colStride: 1, batchStride: m * n + 8 },
              });
              for (const half of [c.slice(0, m * n + 8), c.slice(m * n + 8)])
                expect(
                  Buffer.compare(new Uint8Array(half.buffer), new Uint8Array(expected.buffer)),
                  `${m}, ${n}, ${k}, ${a} by ${b}`,
                ).toBe(0);
            }
      });
    });
