import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { parseDigitsCsv } from "../../src/data/datasets/digits_csv.ts";
import { decodeDigits } from "../../src/data/datasets/digits_decode.ts";
import { ValueError } from "../../src/base/errors.ts";

describe("the packed digits", () => {
  const { images, labels } = decodeDigits();
  const histogram = (values: Uint8Array, n: number): number[] =>
    Array.from({ length: n }, (_, v) => values.reduce((count, value) => count + Number(value === v), 0));

  // The numbers were computed from the CSV in Python.
  test("have as many images of each digit as the CSV", () => {
    expect(labels.length).toBe(1797);
    expect(histogram(labels, 10)).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
  });

  test("have as many pixels of each value as the CSV", () => {
    expect(images.length).toBe(1797 * 64);
    expect(histogram(images, 17)).toEqual([
      56272, 4095, 3296, 2944, 3261, 2803, 2559, 2627, 3464, 2585, 2711, 2845, 3668, 3509, 3609, 4304, 10456,
    ]);
  });

  test("have the CSV's sum of pixels for each digit", () => {
    const sums = Array<number>(10).fill(0);
    for (const [i, pixel] of images.entries()) sums[labels[i >> 6]] += pixel;
    expect(sums).toEqual([56415, 57007, 55566, 56151, 56239, 55915, 56336, 54289, 57408, 56392]);
  });

  test("have every pixel and label at its place", () => {
    const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
    expect(sha256(images)).toBe("8f26b2bd9d135c256808f68f14fdabddde6d9c7f869ae419704b051f0f14b3b3");
    expect(sha256(labels)).toBe("8ba4f891220f5e4c9c819638d1602d74b83618f167043c6da52a2a247841ddf0");
  });

  test("begin with this zero", () => {
    const picture = Array.from({ length: 8 }, (_, y) =>
      Array.from(images.subarray(y * 8, y * 8 + 8), (v) => (v > 7 ? "#" : ".")).join(""),
    );
    expect(labels[0]).toBe(0);
    expect(picture).toEqual([
      "...##...",
      "..####..",
      "..#..##.",
      "..#..##.",
      "..#..##.",
      "..#..#..",
      "..#.##..",
      "...##...",
    ]);
  });

  test("are the caller's own at each call", () => {
    decodeDigits().images.fill(99);
    expect(Buffer.compare(decodeDigits().images, images)).toBe(0);
  });
});

describe("parseDigitsCsv", () => {
  const header = ["label", ...Array.from({ length: 64 }, (_, i) => `p${i}`)].join(",");
  const row = (label: string, ...first: string[]): string =>
    [label, ...first, ...Array<string>(64 - first.length).fill("0")].join(",");

  test("reads labels and pixels", () => {
    for (const end of ["", "\n", "\r\n"]) {
      const newline = end === "\r\n" ? "\r\n" : "\n";
      const { images, labels } = parseDigitsCsv([header, row("9", "16", "3"), row("0", "1")].join(newline) + end);
      expect(labels).toEqual(Uint8Array.of(9, 0));
      expect(images.length).toBe(128);
      expect([...images.subarray(0, 3), ...images.subarray(64, 66)]).toEqual([16, 3, 0, 1, 0]);
    }
  });

  test("reads a header without rows as no images", () => {
    expect(parseDigitsCsv(`${header}\n`)).toEqual({ images: new Uint8Array(0), labels: new Uint8Array(0) });
  });

  test.each<[what: string, text: string, message: string]>([
    [
      "no header",
      row("1"),
      'line 1: expected the header label,p0,p1,…,p63, got "1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,…"',
    ],
    ["an empty file", "", 'line 1: expected the header label,p0,p1,…,p63, got ""'],
    ["a short row", `${header}\n${row("1")}\n1,2,3\n`, 'line 3: expected 65 columns, got 3: "1,2,3"'],
    [
      "a long row",
      `${header}\n${row("1")},0`,
      'line 2: expected 65 columns, got 66: "1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,…"',
    ],
    ["an empty line", `${header}\n\n${row("1")}\n`, 'line 2: expected 65 columns, got 1: ""'],
    [
      "a label above 9",
      `${header}\n${row("10")}`,
      'line 2: expected a whole number from 0 to 9 in column label, got "10"',
    ],
    [
      "a pixel above 16",
      `${header}\n${row("1", "0", "17")}`,
      'line 2: expected a whole number from 0 to 16 in column p1, got "17"',
    ],
    [
      "a fraction",
      `${header}\n${row("1", "0.5")}`,
      'line 2: expected a whole number from 0 to 16 in column p0, got "0.5"',
    ],
    [
      "a negative pixel",
      `${header}\n${row("1", "-1")}`,
      'line 2: expected a whole number from 0 to 16 in column p0, got "-1"',
    ],
    [
      "an empty field",
      `${header}\n${row("1", "")}`,
      'line 2: expected a whole number from 0 to 16 in column p0, got ""',
    ],
    ["a word", `${header}\n${row("one")}`, 'line 2: expected a whole number from 0 to 9 in column label, got "one"'],
  ])("refuses %s", (_, text, message) => {
    expect(() => parseDigitsCsv(text)).toThrow(new ValueError(`digits CSV, ${message}`));
  });
});
