import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  dtypes,
  float16,
  float32,
  float64,
  int16,
  int32,
  int64,
  int8,
  uint8,
  bfloat16,
  bool,
  complex128,
} from "../../src/base/dtype.ts";
import { RuntimeError, ValueError } from "../../src/base/errors.ts";
import { numel } from "../../src/base/layout.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/serialization/safetensors.ts";
import type { SafetensorsEntry } from "../../src/serialization/safetensors.ts";

const utf8 = new TextEncoder();
const seed = 20250;

/** A file from the text of a header and data, valid or not. */
function file(header: string | Uint8Array, data: ArrayLike<number> = [], headerLength?: bigint): Uint8Array {
  const text = typeof header === "string" ? utf8.encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, headerLength ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}
const headerOf = (bytes: Uint8Array): string =>
  new TextDecoder().decode(bytes.subarray(8, 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))));
const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();
const entry = (dtype: SafetensorsEntry["dtype"], shape: number[], array: ArrayBufferView): SafetensorsEntry => ({
  dtype,
  shape,
  data: bytesOf(array),
});
/** The message of the ValueError that reading raises. */
function refusal(bytes: Uint8Array): string {
  let result: unknown;
  try {
    result = decodeSafetensors(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(ValueError);
    return (error as ValueError).message;
  }
  throw new Error(`accepted: ${JSON.stringify(result)}`);
}

describe("a file written by another program", () => {
  const bytes = new Uint8Array(readFileSync(new URL("../recorded/safetensors/small.safetensors", import.meta.url)));
  const { entries, metadata } = decodeSafetensors(bytes);

  test("gives its tensors in the order of its header", () => {
    const names = ["f64", "layer.weight", "f16", "bf16", "10", "2", "i16", "i8", "u8", "bool", "scalar", "empty"];
    expect([...entries.keys()]).toEqual([...names, "__proto__", "größe/大きさ/📏"]);
  });

  test("gives dtype, shape and bytes of each", () => {
    const expected: Record<string, SafetensorsEntry> = {
      f64: entry(float64, [2, 2], Float64Array.of(0.1, -2.5, 1e300, Infinity)),
      "layer.weight": entry(float32, [2, 3], Float32Array.of(0, 0.5, 1, 1.5, 2, -0.25)),
      f16: entry(float16, [4], Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0400)),
      bf16: entry(bfloat16, [3], Uint16Array.of(0x3f80, 0xc000, 0x7f80)),
      "10": entry(int64, [2], BigInt64Array.of(2n ** 53n + 1n, -(2n ** 63n))),
      "2": entry(int32, [3], Int32Array.of(1, -1, 2 ** 31 - 1)),
      i16: entry(int16, [1, 2], Int16Array.of(-32768, 32767)),
      i8: entry(int8, [3], Int8Array.of(-128, 0, 127)),
      u8: entry(uint8, [3], Uint8Array.of(0, 128, 255)),
      bool: entry(bool, [5], Uint8Array.of(1, 0, 1, 1, 0)),
      scalar: entry(float32, [], Float32Array.of(3.5)),
      empty: entry(float32, [0, 7], new Float32Array(0)),
      ["__proto__"]: entry(uint8, [1], Uint8Array.of(7)),
      "größe/大きさ/📏": entry(uint8, [2], Uint8Array.of(1, 2)),
    };
    expect(entries.size).toBe(Object.keys(expected).length);
    for (const [name, value] of Object.entries(expected)) expect(entries.get(name), name).toEqual(value);
  });

  test("gives its metadata", () => {
    expect(metadata).toEqual({ format: "pt", comment: 'naïve "quotes"\n' });
  });

  test("is read without copying its data", () => {
    for (const { data } of entries.values()) expect(data.buffer).toBe(bytes.buffer);
  });

  test("is read the same at an odd place of a larger buffer and from shared memory", () => {
    for (const buffer of [new ArrayBuffer(bytes.length + 9), new SharedArrayBuffer(bytes.length + 9)]) {
      const inside = new Uint8Array(buffer, 3, bytes.length);
      inside.set(bytes);
      expect(decodeSafetensors(inside).entries).toEqual(entries);
    }
  });
});

describe("writing", () => {
  test("gives exactly the bytes that the format asks for", () => {
    const data = Uint8Array.of(1, 2, 3);
    const bytes = encodeSafetensors(new Map([["a", { dtype: uint8, shape: [3], data }]]), { k: "v" });
    const header = '{"__metadata__":{"k":"v"},"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}  ';
    expect(header.length % 8).toBe(0);
    expect(bytes).toEqual(file(header, data));
  });

  test("without tensors gives an empty object", () => {
    expect(encodeSafetensors(new Map())).toEqual(file("{}      "));
    expect(decodeSafetensors(file("{}"))).toEqual({ entries: new Map(), metadata: {} });
  });

  test("keeps the order of the Map in the header and aligns every tensor to its element size", () => {
    const entries = new Map([
      ["10", entry(bool, [3], Uint8Array.of(1, 0, 1))],
      ["2", entry(float64, [1], Float64Array.of(2.5))],
      ["z", entry(int16, [1], Int16Array.of(-3))],
      ["a", entry(float64, [0], new Float64Array(0))],
    ]);
    const bytes = encodeSafetensors(entries);
    const decoded = decodeSafetensors(bytes).entries;
    expect([...decoded]).toEqual([...entries]);
    for (const [name, { dtype, data }] of decoded) expect(data.byteOffset % dtype.itemsize, name).toBe(0);
    expect(headerOf(bytes)).toMatch(/^\{"10":.*"2":.*"z":.*"a":/);
  });

  test("refuses data that does not fit the shape", () => {
    const write = (shape: number[], bytes: number): unknown =>
      encodeSafetensors(new Map([["w", { dtype: float32, shape, data: new Uint8Array(bytes) }]]));
    expect(() => write([2, 3], 20)).toThrow(
      new ValueError('safetensors: expected 24 bytes for "w" (torch.float32, [2, 3]), got 20'),
    );
    for (const shape of [[-1], [1.5], [NaN], [2 ** 53]]) {
      expect(() => write(shape, 4)).toThrow(
        new ValueError(`safetensors: expected dims of "w" to be whole numbers >= 0, got [${shape[0]}]`),
      );
    }
  });

  test("refuses names that the format cannot hold", () => {
    const write = (name: string): unknown => encodeSafetensors(new Map([[name, entry(uint8, [0], new Uint8Array(0))]]));
    expect(() => write("__metadata__")).toThrow(/got "__metadata__", which the format reserves/);
    expect(() => write("a\ud800")).toThrow(/without lone surrogates, got "a\\ud800"/);
  });

  test("complex128, which the format has no name for", () => {
    const entry = { dtype: complex128, shape: [1], data: new Uint8Array(16) };
    expect(() => encodeSafetensors(new Map([["z", entry]]))).toThrow(/no dtype for "z" \(torch.complex128\)/);
  });
  test("refuses a bool that is neither 0 nor 1", () => {
    expect(() => encodeSafetensors(new Map([["m", entry(bool, [2], Uint8Array.of(1, 2))]]))).toThrow(
      new ValueError('safetensors: expected 0 or 1 for element 1 of "m" (torch.bool), got 2'),
    );
  });

  test("refuses metadata that is not text", () => {
    const metadata = { epoch: 3 } as unknown as Record<string, string>;
    expect(() => encodeSafetensors(new Map(), metadata)).toThrow(/expected metadata "epoch" to be text, got 3/);
  });
});

describe("a name or key __proto__", () => {
  test("is a name like any other and touches no prototype", () => {
    const entries = new Map([["__proto__", entry(uint8, [1], Uint8Array.of(9))]]);
    const metadata = Object.fromEntries([["__proto__", "polluted"]]);
    const decoded = decodeSafetensors(encodeSafetensors(entries, metadata));
    expect(decoded.entries).toEqual(entries);
    expect(Object.entries(decoded.metadata)).toEqual([["__proto__", "polluted"]]);
    expect(Object.getPrototypeOf(decoded.metadata)).toBe(Object.prototype);
  });

  test("inside an entry is ignored", () => {
    const header = '{"a":{"__proto__":{"dtype":"U8","shape":[1]},"data_offsets":[0,1]}}';
    expect(refusal(file(header, [1]))).toMatch(/dtype of "a" .* got nothing/);
  });
});

describe("reading refuses", () => {
  const info = (dtype: string, shape: unknown, offsets: unknown): string =>
    JSON.stringify({ dtype, shape, data_offsets: offsets });

  test.each<[what: string, bytes: Uint8Array, message: RegExp]>([
    ["an empty file", new Uint8Array(0), /expected at least 8 bytes .* got 0: cut off\?$/],
    ["a file shorter than its header", file("{}", [], 200n), /expected a header of 200 bytes, got a file with 2 after/],
    ["an absurd header", file("{}", [], 100_000_001n), /at most 100000000 bytes, got a length of 100000001$/],
    ["a header beyond 2^53", file("{}", [], 2n ** 64n - 1n), /got a length of 18446744073709551615$/],
    ["no header", file("", [], 0n), /begin with '\{', got no header/],
    ["a header that begins with a space", file(" {}"), /begin with '\{', got byte 32/],
    ["an array", file("[]"), /begin with '\{', got byte 91/],
    ["bytes that are not UTF-8", file(Uint8Array.of(0x7b, 0xff, 0x7d)), /expected the header to be UTF-8/],
    ["a header that ends early", file('{"a"'), /expected ':' at character 4, got the end of the header/],
    ["a trailing comma", file('{"__metadata__":{},}'), /expected a key in double quotes at character 19, got "}"/],
    ["a bare word", file('{"a":NaN}'), /expected a value at character 5, got "NaN}"/],
    ["a string without an end", file('{"a":"b}'), /expected a value at character 5/],
    ["a wrong escape", file('{"\\x":1}'), /expected a key in double quotes at character 1/],
    ["a lone surrogate", file('{"\\ud800":1}'), /expected a string without lone surrogates at character 1/],
    ["text after the header", file("{}{}"), /expected nothing but spaces at character 2, got "{}"/],
    ["deep nesting", file(`{"a":${"[".repeat(1e6)}`), /expected at most 16 levels of nesting at character 21/],
    ["an entry that is no object", file('{"a":[1]}'), /expected "a" to be a JSON object, got \[1\]/],
    [
      "metadata that is no object",
      file('{"__metadata__":"x"}'),
      /expected "__metadata__" to be a JSON object, got "x"/,
    ],
    ["metadata that is not text", file('{"__metadata__":{"k":1}}'), /metadata "k" to be text, got 1/],
    ["a name given twice", file(`{"a":${info("U8", [0], [0, 0])},"a":{}}`), /has the key "a" twice/],
    [
      "a name given twice in two spellings",
      file(`{"a":${info("U8", [0], [0, 0])},"\\u0061":{}}`),
      /has the key "a" twice/,
    ],
    ["a field given twice", file('{"a":{"dtype":"U8","dtype":"F32"}}'), /has the key "dtype" twice/],
    [
      "an unknown dtype",
      file(`{"a":${info("F4", [1], [0, 1])}}`, [0]),
      /"a" is of dtype F4 \(torch\.float4_e2m1fn_x2\), which tensors do not have here/,
    ],
    ["a dtype that is no text", file('{"a":{"dtype":[],"data_offsets":[0,0]}}'), /dtype of "a" .* got \[\]/],
    ["a missing shape", file('{"a":{"dtype":"U8","data_offsets":[0,0]}}'), /shape of "a" .* got nothing/],
    ["a negative dim", file(`{"a":${info("U8", [-1, -1], [0, 1])}}`, [0]), /shape of "a" .* got \[-1,-1\]/],
    ["a fractional dim", file(`{"a":${info("U8", [0.5, 2], [0, 1])}}`, [0]), /shape of "a" .* got \[0.5,2\]/],
    [
      "a dim beyond 2^53",
      file('{"a":{"dtype":"U8","shape":[0,9007199254740993],"data_offsets":[0,0]}}'),
      /shape of "a"/,
    ],
    ["a shape that is no array", file(`{"a":${info("U8", 1, [0, 1])}}`, [0]), /shape of "a" .* got 1/],
    ["missing offsets", file('{"a":{"dtype":"U8","shape":[1]}}', [0]), /data_offsets of "a" .* got nothing/],
    ["three offsets", file(`{"a":${info("U8", [1], [0, 1, 1])}}`, [0]), /data_offsets of "a" .* got \[0,1,1\]/],
    ["offsets backwards", file(`{"a":${info("U8", [1], [1, 0])}}`, [0]), /data_offsets of "a" .* got \[1,0\]/],
    ["negative offsets", file(`{"a":${info("U8", [1], [-1, 0])}}`, [0]), /data_offsets of "a" .* got \[-1,0\]/],
    [
      "offsets beyond 2^53",
      file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[9007199254740992,9007199254740993]}}', [0]),
      /data_offsets of "a"/,
    ],
    [
      "data that was cut off",
      file(`{"a":${info("F32", [2], [0, 8])}}`, [0, 0, 0]),
      /expected 8 bytes of data, where "a" ends, got 3: cut off\?/,
    ],
    [
      "offsets that do not fit the shape",
      file(`{"a":${info("F32", [2], [0, 4])}}`, [0, 0, 0, 0]),
      /expected 8 bytes for "a" \(torch.float32, \[2\]\), got 4/,
    ],
    [
      "a shape whose size overflows",
      file(`{"a":${info("F32", [2 ** 40, 2 ** 40], [0, 4])}}`, [0, 0, 0, 0]),
      /bytes for "a" \(torch.float32, \[1099511627776, 1099511627776\]\), got 4/,
    ],
    [
      "overlapping tensors",
      file(`{"a":${info("U8", [2], [0, 2])},"b":${info("U8", [2], [1, 3])}}`, [0, 0, 0]),
      /expected "b" to begin at byte 2, after "a", got 1: they overlap/,
    ],
    [
      "an empty tensor inside another",
      file(`{"a":${info("U8", [2], [0, 2])},"b":${info("U8", [0], [1, 1])}}`, [0, 0]),
      /expected "b" to begin at byte 2, after "a", got 1: they overlap/,
    ],
    [
      "a hole",
      file(`{"b":${info("U8", [1], [2, 3])},"a":${info("U8", [1], [0, 1])}}`, [0, 0, 0]),
      /expected "b" to begin at byte 1, after "a", got 2: 1 bytes belong to no tensor/,
    ],
    [
      "a hole before the first tensor",
      file(`{"a":${info("U8", [1], [2, 3])}}`, [0, 0, 0]),
      /expected "a" to begin at byte 0, after the beginning of the data, got 2/,
    ],
    [
      "data after the last tensor",
      file(`{"a":${info("U8", [1], [0, 1])}}`, [0, 0]),
      /expected 1 bytes of data, up to the end of "a", got 2/,
    ],
    [
      "a bool that is neither 0 nor 1",
      file(`{"a":${info("BOOL", [2], [0, 2])}}`, [1, 255]),
      /expected 0 or 1 for element 1 of "a" \(torch.bool\), got 255/,
    ],
  ])("%s", (_, bytes, message) => {
    expect(refusal(bytes)).toMatch(message);
  });

  test("a long header in an error is shortened", () => {
    const name = "n".repeat(1e5);
    expect(refusal(file(`{"${name}":{"data_offsets":[${"1,".repeat(1e5)}1]}}`)).length).toBeLessThan(300);
  });
});

test("a dim -0 is read as 0", () => {
  const bytes = file('{"a":{"dtype":"U8","shape":[-0],"data_offsets":[0,0]}}');
  expect(decodeSafetensors(bytes).entries.get("a")?.shape).toEqual([0]);
});

describe("a file of another kind is named in the error", () => {
  test.each<[start: string, kind: RegExp]>([
    ["PK\x03\x04\0\0\x08\x08\0\0\0\0archive/data.pkl", /this seems to be a zip archive, as torch.save/],
    ["\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M", /a Python pickle/],
    ["GGUF\x03\0\0\0\0\0\0\0\0\0\0\0", /a GGUF file/],
    ["\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0", /an HDF5 file/],
    ["\x93NUMPY\x01\0v\0{'descr': '<f4'}", /a NumPy array/],
    ["\x1f\x8b\x08\0\0\0\0\0\0\x03", /a gzip archive/],
    ["version https://git-lfs.github.com/spec/v1\n", /a Git LFS pointer/],
    ['{"metadata": {"total_size": 1}}', /JSON, perhaps the index/],
    ["<!DOCTYPE html>", /a web page/],
    ["PK\x03\x04", /at least 8 bytes .* a zip archive/],
  ])("%j", (start, kind) => {
    expect(refusal(Uint8Array.from(start, (char) => char.charCodeAt(0)))).toMatch(kind);
  });

  test("but a header whose length happens to spell another format is read", () => {
    // 0x80 bytes: the length begins like a pickle.
    const bytes = file("{}".padEnd(0x80));
    expect(bytes[0]).toBe(0x80);
    expect(decodeSafetensors(bytes).entries.size).toBe(0);
  });
});

describe("whatever the file", () => {
  const names = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.constantFrom("__proto__", "constructor", "10", "9", "", '"\\\u0000', "layer.0.weight"),
  );
  const anyEntry = fc
    .tuple(
      fc.constantFrom(...dtypes.filter((d) => d !== complex128)),
      fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    )
    .chain(([dtype, shape]) => {
      const length = numel(shape) * dtype.itemsize;
      const byte = fc.integer({ min: 0, max: dtype === bool ? 1 : 255 });
      return fc
        .array(byte, { minLength: length, maxLength: length })
        .map((data): SafetensorsEntry => ({ dtype, shape, data: Uint8Array.from(data) }));
    });
  const anyEntries = fc.uniqueArray(fc.tuple(names, anyEntry), { selector: ([name]) => name, maxLength: 6 });
  const anyMetadata = fc.array(fc.tuple(names, names), { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs));

  /** Whether the file was read; if so, checks what a consumer relies on. Any error but ours fails the test. */
  function isRead(bytes: Uint8Array): boolean {
    let decoded: ReturnType<typeof decodeSafetensors>;
    try {
      decoded = decodeSafetensors(bytes);
    } catch (error) {
      if (error instanceof ValueError || error instanceof RuntimeError) return false;
      throw error;
    }
    const { entries, metadata } = decoded;
    let total = 0;
    for (const { dtype, shape, data } of entries.values()) {
      expect(data.length).toBe(numel(shape) * dtype.itemsize);
      expect(shape.every((n) => Number.isSafeInteger(n) && !Object.is(n, -0) && n >= 0)).toBe(true);
      total += data.length;
    }
    expect(total).toBe(bytes.length - 8 - Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)));
    expect(decodeSafetensors(encodeSafetensors(entries, metadata))).toEqual(decoded);
    return true;
  }

  test("what was written is read again, in order", () => {
    fc.assert(
      fc.property(anyEntries, anyMetadata, (pairs, metadata) => {
        const bytes = encodeSafetensors(new Map(pairs), metadata);
        const decoded = decodeSafetensors(bytes);
        expect([...decoded.entries]).toEqual(pairs);
        expect(decoded.metadata).toEqual(metadata);
        expect(encodeSafetensors(decoded.entries, decoded.metadata)).toEqual(bytes);
        for (const { dtype, data } of decoded.entries.values()) expect(data.byteOffset % dtype.itemsize).toBe(0);
      }),
      { seed, numRuns: 300 },
    );
  });

  test("the header is what JSON.parse makes of it", () => {
    fc.assert(
      fc.property(anyEntries, (pairs) => {
        const parsed = JSON.parse(headerOf(encodeSafetensors(new Map(pairs)))) as object;
        expect(new Set(Object.keys(parsed))).toEqual(new Set(pairs.map(([name]) => name)));
      }),
      { seed, numRuns: 100 },
    );
  });

  test("a file cut off anywhere is refused", () => {
    fc.assert(
      fc.property(anyEntries, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (pairs, part) => {
        const bytes = encodeSafetensors(new Map(pairs));
        refusal(bytes.slice(0, Math.floor(part * bytes.length)));
      }),
      { seed, numRuns: 300 },
    );
  });

  test("changed bytes are refused with our errors or give something consistent", () => {
    const edit = fc.tuple(fc.nat(), fc.constantFrom("set", "delete", "insert"), fc.integer({ min: 0, max: 255 }));
    let accepted = 0;
    fc.assert(
      fc.property(anyEntries, anyMetadata, fc.array(edit, { minLength: 1, maxLength: 4 }), (pairs, metadata, edits) => {
        const bytes = [...encodeSafetensors(new Map(pairs), metadata)];
        for (const [place, kind, byte] of edits) {
          const at = place % (bytes.length + 1);
          bytes.splice(at, kind === "insert" ? 0 : 1, ...(kind === "delete" ? [] : [byte]));
        }
        if (isRead(Uint8Array.from(bytes))) accepted++;
      }),
      { seed, numRuns: 1500 },
    );
    expect(accepted).toBeGreaterThan(0);
  });

  test("changed headers of the right length are refused with our errors or give something consistent", () => {
    // The pieces that a header is made of, so that most mutations still are JSON.
    const pieces = ['"', "{", "}", "[", "]", ",", ":", "0", "1", "-", "e9", ".5", "null", '"U8"', '"F64"', "\\u0000"];
    const edit = fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.constantFrom("", ...pieces));
    let accepted = 0;
    fc.assert(
      fc.property(anyEntries, fc.array(edit, { minLength: 1, maxLength: 3 }), (pairs, edits) => {
        const bytes = encodeSafetensors(new Map(pairs));
        let header = headerOf(bytes).trimEnd();
        const data = bytes.subarray(bytes.length - pairs.reduce((n, [, { data }]) => n + data.length, 0));
        for (const [place, removed, piece] of edits) {
          const at = place % (header.length + 1);
          header = header.slice(0, at) + piece + header.slice(at + removed);
        }
        if (isRead(file(header, data))) accepted++;
      }),
      { seed, numRuns: 1500 },
    );
    expect(accepted).toBeGreaterThan(0);
  });

  test("any bytes at all are refused with our errors or give something consistent", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.boolean(), (bytes, asHeader) => {
        isRead(asHeader ? file(bytes) : bytes);
      }),
      { seed, numRuns: 1000 },
    );
  });

  test("any JSON is refused with our errors or gives something consistent", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (json) => {
        isRead(file(`{"a":${json}}`));
        isRead(file(`{"a":{"dtype":"U8","shape":${json},"data_offsets":[0,0]}}`));
        isRead(file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":${json}}}`, [0]));
      }),
      { seed, numRuns: 300 },
    );
  });
});
