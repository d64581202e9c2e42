import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { parseIdx, parseIdxFile } from "../../src/data/datasets/idx.ts";
import type { IdxData } from "../../src/data/datasets/idx.ts";
import { float32, float64, int16, int32, int8, uint8 } from "../../src/base/dtype.ts";
import { RuntimeError, ValueError } from "../../src/base/errors.ts";

/** An idx file, written by the description of the format: big-endian throughout. */
function encodeIdx(type: number, shape: readonly number[], values: IdxData): Uint8Array {
  const words = shape.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
  const elements = Array.from({ length: values.length }, (_, i) => {
    const at = values.byteOffset + i * values.BYTES_PER_ELEMENT;
    return [...new Uint8Array(values.buffer, at, values.BYTES_PER_ELEMENT)].reverse();
  });
  return Uint8Array.from([0, 0, type, shape.length, ...words, ...elements.flat()]);
}

describe("parseIdx", () => {
  test("reads bytes written by hand", () => {
    const images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 1, 2, 253, 254, 255];
    expect(parseIdx(Uint8Array.from(images))).toEqual({
      shape: [2, 1, 3],
      dtype: uint8,
      data: Uint8Array.of(0, 1, 2, 253, 254, 255),
    });
    const shorts = [0, 0, 0x0b, 1, 0, 0, 0, 2, 0x01, 0x02, 0xff, 0xfe];
    expect(parseIdx(Uint8Array.from(shorts)).data).toEqual(Int16Array.of(258, -2));
    const floats = [0, 0, 0x0d, 1, 0, 0, 0, 1, 0xc0, 0x20, 0, 0];
    expect(parseIdx(Uint8Array.from(floats)).data).toEqual(Float32Array.of(-2.5));
  });

  test("reads every type of the format", () => {
    const cases = [
      [0x08, uint8, Uint8Array.of(0, 128, 255)],
      [0x09, int8, Int8Array.of(-128, 0, 127)],
      [0x0b, int16, Int16Array.of(-32768, 1, 32767)],
      [0x0c, int32, Int32Array.of(-(2 ** 31), 1, 2 ** 31 - 1)],
      [0x0d, float32, Float32Array.of(0.1, -Infinity, NaN)],
      [0x0e, float64, Float64Array.of(0.1, 5e-324, -0)],
    ] as const;
    for (const [type, dtype, data] of cases) {
      expect(parseIdx(encodeIdx(type, [3], data))).toEqual({ shape: [3], dtype, data });
      expect(parseIdx(encodeIdx(type, [3, 1], data)).shape).toEqual([3, 1]);
      expect(parseIdx(encodeIdx(type, [], data.subarray(0, 1)))).toEqual({ shape: [], dtype, data: data.slice(0, 1) });
      expect(parseIdx(encodeIdx(type, [4, 0], data.subarray(0, 0))).data.length).toBe(0);
    }
  });

  test("reads from an odd place of a larger buffer into memory of its own", () => {
    const file = encodeIdx(0x0c, [2], Int32Array.of(7, -8));
    const inside = new Uint8Array(new ArrayBuffer(file.length + 5), 3, file.length);
    inside.set(file);
    const { data } = parseIdx(inside);
    inside.fill(0);
    expect(data).toEqual(Int32Array.of(7, -8));
  });

  test.each<[what: string, bytes: number[], message: string]>([
    ["an empty file", [], "idx: expected at least 4 bytes, got 0: cut off?"],
    [
      "a file of another kind",
      [0x89, 0x50, 0x4e, 0x47, 0x0d],
      "idx: expected the file to begin with 00 00 and a type of 08 09 0b 0c 0d 0e, got 89 50 4e 47",
    ],
    [
      "an unknown type",
      [0, 0, 0x0a, 1, 0, 0, 0, 0],
      "idx: expected the file to begin with 00 00 and a type of 08 09 0b 0c 0d 0e, got 00 00 0a 01",
    ],
    [
      "dims cut off",
      [0, 0, 8, 2, 0, 0, 0, 1],
      "idx: expected 12 bytes before the elements, for 2 dims, got 8: cut off?",
    ],
    [
      "elements cut off",
      [0, 0, 0x0c, 1, 0, 0, 0, 2, 0, 0, 0],
      "idx: expected 8 bytes of elements, for torch.int32 [2], got 3: cut off?",
    ],
    [
      "bytes left over",
      [0, 0, 8, 1, 0, 0, 0, 1, 7, 7],
      "idx: expected 1 bytes of elements, for torch.uint8 [1], got 2: something follows the array",
    ],
    [
      "a packed file",
      [0x1f, 0x8b, 8, 0],
      "idx: expected an unpacked file, got one packed with gzip: unpack it first (gunzip FILE.gz)",
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => parseIdx(Uint8Array.from(bytes))).toThrow(new ValueError(message));
  });

  test("refuses dims whose product overflows", () => {
    const dims = Array<number>(255).fill(2 ** 32 - 1);
    expect(() => parseIdx(encodeIdx(8, dims, new Uint8Array(0)))).toThrow(/expected Infinity bytes of elements/);
    expect(parseIdx(encodeIdx(8, [...dims.slice(1), 0], new Uint8Array(0))).data.length).toBe(0);
  });

  test("reads any bytes or refuses them with a ValueError", () => {
    const start = fc.tuple(fc.constant(0), fc.constant(0), fc.integer({ min: 7, max: 15 }), fc.nat({ max: 3 }));
    const dim = fc.tuple(fc.constant(0), fc.constant(0), fc.constant(0), fc.nat({ max: 3 }));
    const any = fc.tuple(start, fc.array(dim, { maxLength: 3 }), fc.array(fc.nat({ max: 255 }), { maxLength: 30 }));
    let read = 0;
    fc.assert(
      fc.property(any, ([head, dims, rest]) => {
        try {
          const { shape, dtype, data } = parseIdx(Uint8Array.from([...head, ...dims.flat(), ...rest]));
          expect(data.length).toBe(shape.reduce((n, d) => n * d, 1));
          expect(data.BYTES_PER_ELEMENT).toBe(dtype.itemsize);
          read++;
        } catch (error) {
          expect(error).toBeInstanceOf(ValueError);
        }
      }),
      { seed: 7, numRuns: 1000 },
    );
    expect(read).toBeGreaterThan(0);
  });
});

describe("parseIdxFile", () => {
  afterEach(() => vi.unstubAllGlobals());
  const file = encodeIdx(8, [2, 2], Uint8Array.of(1, 2, 3, 4));
  const packed = new Uint8Array(gzipSync(file));

  test("unpacks a file whose name ends in .gz", () => {
    expect(parseIdxFile("labels-idx1-ubyte.gz", packed)).toEqual(parseIdx(file));
  });

  test("reads a file that is not packed, whatever its name", () => {
    expect(parseIdxFile("labels-idx1-ubyte", file)).toEqual(parseIdx(file));
    expect(parseIdxFile("labels-idx1-ubyte.gz", file)).toEqual(parseIdx(file));
  });

  test("asks to unpack a packed file of another name", () => {
    expect(() => parseIdxFile("labels-idx1-ubyte", packed)).toThrow(/got one packed with gzip: unpack it first/);
  });

  test("refuses a damaged archive", () => {
    expect(() => parseIdxFile("a.gz", packed.subarray(0, 20))).toThrow(ValueError);
    expect(() => parseIdxFile("a.gz", packed.subarray(0, 20))).toThrow(
      /a\.gz is a damaged gzip archive \(unexpected end/,
    );
  });

  test("says how to unpack where there is no zlib", () => {
    vi.stubGlobal("process", undefined);
    expect(() => parseIdxFile("a.gz", packed)).toThrow(RuntimeError);
    expect(() => parseIdxFile("a.gz", packed)).toThrow(/DecompressionStream/);
  });
});
