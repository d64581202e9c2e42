// Archives made by hand, byte by byte: what no writer makes, and what is too large to be written in a test.
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "fflate";
import { expect, test } from "vitest";
import { MemorySource } from "../../src/serialization/source.ts";
import type { Source } from "../../src/serialization/source.ts";
import { gathered, unzip, zip } from "../../src/serialization/zip.ts";

/** What a file of an archive is said to be, where that is not what it is. */
interface Said {
  name?: string;
  content?: Uint8Array;
  /** The bytes that are stored of it. */
  stored?: Uint8Array;
  method?: number;
  flags?: number;
  size?: number;
  packed?: number;
  header?: number;
  /** Sizes and place stand in the field for 64 bits. */
  large?: boolean;
}
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const joined = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
type Field = readonly [value: number, size: 2 | 4 | 8];
function fields(list: readonly Field[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(list.reduce((n, [, size]) => n + size, 0)));
  let at = 0;
  for (const [value, size] of list) {
    if (size === 2) view.setUint16(at, value, true);
    else if (size === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}
const record = (mark: number, list: readonly Field[]): Uint8Array => fields([[mark, 4], ...list]);
/** The directory of these files, and its end, for a directory that begins at `begin`. */
function directory(files: readonly Required<Said>[], begin: number, wide = false): Uint8Array {
  const entries = files.map(({ name, method, flags, size, packed, header, large }) => {
    const wideField = large
      ? fields([
          [1, 2],
          [24, 2],
          [size, 8],
          [packed, 8],
          [header, 8],
        ])
      : new Uint8Array();
    const short = (x: number): number => (large ? 0xffffffff : x);
    return joined([
      record(0x02014b50, [
        [20, 2],
        [20, 2],
        [flags, 2],
        [method, 2],
        [0, 4],
        [0, 4],
        [short(packed), 4],
        [short(size), 4],
        [bytesOf(name).length, 2],
        [wideField.length, 2],
        [0, 2],
        [0, 2],
        [0, 2],
        [0, 4],
        [short(header), 4],
      ]),
      bytesOf(name),
      wideField,
    ]);
  });
  const all = joined(entries);
  const end = record(0x06054b50, [
    [0, 2],
    [0, 2],
    [wide ? 0xffff : files.length, 2],
    [wide ? 0xffff : files.length, 2],
    [wide ? 0xffffffff : all.length, 4],
    [wide ? 0xffffffff : begin, 4],
    [0, 2],
  ]);
  if (!wide) return joined([all, end]);
  const end64 = record(0x06064b50, [
    [44, 8],
    [45, 2],
    [45, 2],
    [0, 4],
    [0, 4],
    [files.length, 8],
    [files.length, 8],
    [all.length, 8],
    [begin, 8],
  ]);
  const locator = record(0x07064b50, [
    [0, 4],
    [begin + all.length, 8],
    [1, 4],
  ]);
  return joined([all, end64, locator, end]);
}
/** Only its name counts: what else it tells stands in the directory, too. */
const localHeader = (name: string): Uint8Array =>
  joined([
    record(0x04034b50, [
      [0, 8],
      [0, 8],
      [0, 4],
      [0, 2],
      [bytesOf(name).length, 2],
      [0, 2],
    ]),
    bytesOf(name),
  ]);
function archive(files: readonly Said[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  const told = files.map(({ name = "a", content = bytesOf("some content"), ...said }): Required<Said> => {
    const { stored = content } = said;
    const header = at;
    parts.push(localHeader(name), stored);
    at += 30 + bytesOf(name).length + stored.length;
    const is = { name, content, stored, method: 0, flags: 0, size: content.length, packed: stored.length, header };
    return { ...is, large: false, ...said };
  });
  return joined([...parts, directory(told, at)]);
}
const PYTHON = `
import sys, zipfile
sys.stdout.reconfigure(encoding="utf-8")
archive = zipfile.ZipFile(sys.argv[1])
for info in archive.infolist():
    print(info.filename, len(archive.read(info)))
print(archive.testzip())
`;
const files = (bytes: Uint8Array): [string, string][] =>
  [...unzip(new MemorySource(bytes)).values()].map((entry) => [entry.name, new TextDecoder().decode(entry.bytes())]);

test("an archive's files come by name, stored or packed, in its order, with a comment behind", () => {
  const content = bytesOf("again and again and again");
  const stored = deflateSync(content);
  const made = archive([
    {},
    { name: "文/b", content, stored, method: 8 },
    { name: "empty", content: new Uint8Array() },
  ]);
  const expected = [
    ["a", "some content"],
    ["文/b", "again and again and again"],
    ["empty", ""],
  ];
  expect(files(made)).toEqual(expected);
  const comment = joined([made, bytesOf("a comment")]);
  comment[made.length - 2] = 9;
  expect(files(comment)).toEqual(expected);
});
test("what is none, is cut off anywhere or lies about a file is refused", () => {
  const whole = archive([{}, { name: "b" }]);
  for (let n = 0; n < whole.length; n++) expect(() => files(whole.subarray(0, n)), String(n)).toThrow(/^zip: /);
  const refused: readonly (readonly [string, readonly Said[]])[] = [
    ['there are two files "a"', [{}, {}]],
    ['there are two files ""', [{ name: "" }]],
    ["encrypted", [{ flags: 1 }]],
    ["packed by method 12", [{ method: 12 }]],
    ["stored with two sizes", [{ size: 11 }]],
    ["lies beyond the end", [{ size: 500, packed: 500 }]],
    ["invalid zip data", [{ header: 3 }]],
    ["lies beyond its end", [{ header: 4_000_000_000 }]],
    ["overlap", [{}, { name: "b", header: 0, size: 12, packed: 12 }]],
    ["would unpack to more than 200 times its size", [{ method: 8, size: 4_000_000_000 }]],
    ['"a" is damaged', [{ method: 8 }]],
    ['"a" has 12 bytes, expected 13', [{ method: 8, stored: deflateSync(bytesOf("some content")), size: 13 }]],
    ['"a" has 14 bytes, expected 13', [{ method: 8, stored: deflateSync(new Uint8Array(100)), size: 13 }]],
  ];
  for (const [problem, said] of refused) expect(() => files(archive(said)), problem).toThrow(problem);
});
test("what is written is read by others, also where sizes and places stand in 64 bits", () => {
  const content: [string, Uint8Array][] = [
    ["a/data.pkl", bytesOf("some content")],
    ["a/文", bytesOf("")],
    ["a/data/0", Uint8Array.from({ length: 1000 }, (_, i) => i)],
  ];
  // The last: all that is larger than 500 is.
  for (const most of [2 ** 32 - 1, 0, 500]) {
    const made = gathered((write) => zip(content, write, most));
    const found = [...unzip(new MemorySource(made)).values()];
    expect(found.map((entry) => [entry.name, new Uint8Array(entry.bytes())])).toEqual(content);
    const data = Buffer.from(made).indexOf(Buffer.from(content[2][1]));
    expect(data % 64).toBe(0);
    expect(most === 2 ** 32 - 1).toBe(Buffer.from(made).indexOf("PK\x06\x06") < 0);
    const path = join(tmpdir(), `tidu-zip-${process.pid}.zip`);
    writeFileSync(path, made);
    const read = spawnSync("python3", ["-c", PYTHON, path], { encoding: "utf8" });
    rmSync(path);
    // Python's own reader, where there is one: it checks sums, too.
    if (read.error === undefined) expect(read.stdout, read.stderr).toBe("a/data.pkl 12\na/文 0\na/data/0 1000\nNone\n");
  }
  const many = gathered((write) =>
    zip(
      Array.from({ length: 70_000 }, (_, i) => [String(i), new Uint8Array(0)] as const),
      write,
    ),
  );
  expect(unzip(new MemorySource(many)).size).toBe(70_000);
});
test("an archive of 40 GB is read where it lies, a file at a time", () => {
  const at = 30 * 2 ** 30;
  const size = 10 * 2 ** 30;
  const header = localHeader("big");
  const large: Required<Said> = {
    name: "big",
    content: new Uint8Array(),
    stored: new Uint8Array(),
    method: 0,
    flags: 0,
    size,
    packed: size,
    header: at,
    large: true,
  };
  const small = { ...large, name: "a", size: 12, packed: 12, header: 0, large: false };
  const begin = at + header.length + size;
  const pieces: readonly (readonly [number, Uint8Array])[] = [
    [0, joined([localHeader("a"), bytesOf("some content")])],
    [at, header],
    [begin, directory([small, large], begin, true)],
  ];
  const [[last, end]] = pieces.slice(-1);
  let asked = 0;
  const source: Source = {
    length: last + end.length,
    bytes(from, to) {
      const made = new Uint8Array(to - from);
      source.copy(from, made);
      return made;
    },
    copy(from, to) {
      asked += to.length;
      for (const [start, piece] of pieces)
        for (let i = Math.max(from, start); i < Math.min(from + to.length, start + piece.length); i++)
          to[i - from] = piece[i - start];
    },
  };
  const found = unzip(source);
  expect([...found.values()].map((entry) => [entry.name, entry.size])).toEqual([
    ["a", 12],
    ["big", size],
  ]);
  expect(new TextDecoder().decode(found.get("a")!.bytes())).toBe("some content");
  expect(asked).toBeLessThan(70_000);
});
