import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import * as io from "../../src/io/index.ts";

const folder = mkdtempSync(join(tmpdir(), "io-"));
afterAll(() => rmSync(folder, { recursive: true }));
const files = new URL("../recorded/reader_files/", import.meta.url);
const recorded = (name: string): Uint8Array => readFileSync(new URL(name, files));
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
const shown = (table: io.Table): Record<string, unknown> =>
  Object.fromEntries(
    [...table].map(([name, x]) => [name, x instanceof torch.Tensor ? `${x.dtype} ${String(x.tolist())}` : x]),
  );

describe("a table", () => {
  test("of CSV has numbers as tensors and text as it is", async () => {
    const path = file("t.csv", 'id,x,name\r\n1,0.5,"a ""b""\nc"\r\n-2,,d\r\n\r\n');
    expect(shown(await io.read_csv(path))).toEqual({
      id: "torch.int64 1,-2",
      x: "torch.float32 0.5,NaN",
      name: ['a "b"\nc', "d"],
    });
    expect(shown(await io.read_csv(path, { columns: ["id"], dtypes: { id: torch.float64 } }))).toEqual({
      id: "torch.float64 1,-2",
    });
    const bytes = new TextEncoder().encode("1;2.5\n3;1e-3\n");
    expect(shown(await io.read_csv(bytes, { header: false, delimiter: ";" }))).toEqual({
      0: "torch.int64 1,3",
      1: `torch.float32 2.5,${Math.fround(1e-3)}`,
    });
  });
  test("of CSV says file, line and column of what is wrong", async () => {
    const path = file("bad.csv", 'a,b\n1,"x\ny"\n2\n');
    await expect(io.read_csv(path)).rejects.toThrow(`${path}, line 4: expected 2 fields, got 1`);
    const text = file("text.csv", "a,b\n1,2\n3,four\n");
    await expect(io.read_csv(text, { dtypes: { b: torch.float32 } })).rejects.toThrow(
      `${text}, line 3, column 'b': expected a number for torch.float32, got "four"`,
    );
    await expect(io.read_csv(text, { columns: ["c"] })).rejects.toThrow(
      `'c'\n${text} has no column of that name. It has: 'a', 'b'`,
    );
    await expect(io.read_csv(file("open.csv", 'a\n"x\n'))).rejects.toThrow(
      "open.csv, line 2: Quoted field unterminated",
    );
    await expect(io.read_csv(join(folder, "none.csv"))).rejects.toThrow("[Errno 2] No such file or directory");
  });
  test("of CSV keeps every column and every digit", async () => {
    const rows = "a,a,a.1,id,big\n1,2,3,9223372036854775807,12345678901234567890\n";
    const table = await io.read_csv(file("twice.csv", rows));
    expect([...table.keys()]).toEqual(["a", "a.2", "a.1", "id", "big"]);
    expect((table.get("id") as Tensor).tolist()).toEqual([9223372036854775807n]);
    expect(table.get("big")).toEqual(["12345678901234567890"]);
  });
  const there = {
    id: `torch.int64 1,${2 ** 40},-3`,
    x: "torch.float32 0.5,NaN,2.25",
    y: "torch.float64 1,2,0.1",
    ok: "torch.bool true,false,true",
    name: ["a", "b, c", null],
  };
  test.each(["parquet", "arrow"] as const)("of %s has the numbers that were written", async (kind) => {
    const read = kind === "parquet" ? io.read_parquet : io.read_arrow;
    const columns = ["id", "x", "y", "ok", "name"];
    const table = await read(recorded(`table.${kind}`), { columns });
    expect(shown(new Map([...table].map(([k, v]) => [k, Array.isArray(v) ? v.map((x) => x ?? null) : v])))).toEqual(
      there,
    );
    await expect(read(recorded(`table.${kind}`), { columns: ["holes"] })).rejects.toThrow(
      "<bytes>, row 1, column 'holes': expected a number for torch.int64, got null",
    );
    const small = await read(recorded(`table.${kind}`), { columns: ["small"], dtypes: { small: torch.int32 } });
    expect(shown(small)).toEqual({ small: "torch.int32 1,2,3" });
    await expect(read(recorded(`table.${kind}`), { columns: ["none"] })).rejects.toThrow("'none'");
    const cut = recorded(`table.${kind}`).subarray(0, 100);
    await expect(read(cut)).rejects.toThrow(/^<bytes>: /);
  });
  const kinds = {
    half: "torch.float16 1,-0.5,65504",
    byte: (kind: string) => `torch.${kind === "kinds.parquet" ? "int64" : "uint8"} 1,2,255`,
    nothing: [null, null, null],
    raw: [Uint8Array.of(0, 255), new Uint8Array(0), null],
    word: ["a", "b", "a"],
    day: Array(3).fill(new Date("2024-01-02")),
    time: Array(3).fill(new Date("2024-01-02T03:00")),
    price: [1.23, -0.05, 10],
    numbers: [[1.5, 2], [], null],
    nested: [{ bytes: Uint8Array.of(255), path: "x" }, null, { bytes: null, path: "y" }],
    lists: [[[0.5], [2, 3]], [], null],
  };
  /** Vectors of Arrow as arrays, rows as objects. */
  const plain = (x: unknown): unknown => {
    if (x === null || x === undefined) return null;
    if (typeof x !== "object" || x instanceof Uint8Array || x instanceof Date) return x;
    if ("toJSON" in x) return plain((x as { toJSON(): unknown }).toJSON());
    if (ArrayBuffer.isView(x)) return [...(x as unknown as number[])];
    return Array.isArray(x)
      ? x.map(plain)
      : Object.fromEntries(Object.entries(x).map(([key, value]) => [key, plain(value)]));
  };
  test.each(["kinds.parquet", "kinds_uncompressed.arrow", "kinds_zstd.arrow"])(
    "%s has every kind of column",
    async (name) => {
      const read = name.endsWith("parquet") ? io.read_parquet : io.read_arrow;
      for (const [column, expected] of Object.entries(kinds)) {
        const got = shown(await read(recorded(name), { columns: [column] }))[column];
        expect(plain(got), column).toEqual(typeof expected === "function" ? expected(name) : expected);
      }
      await expect(read(recorded(name), { columns: ["huge"] })).rejects.toThrow(
        "<bytes>, row 1, column 'huge': expected a number for torch.int64, got 18446744073709551615\nFloats take it: dtypes: { \"huge\": torch.float64 }",
      );
      const floats = await read(recorded(name), { columns: ["huge"], dtypes: { huge: torch.float64 } });
      expect((floats.get("huge") as Tensor).tolist()).toEqual([1, 2 ** 64, 3]);
    },
  );
  test("of Arrow packed by LZ4 is read by a codec that the program has, and the error says so", async () => {
    await expect(io.read_arrow(recorded("kinds_lz4.arrow"))).rejects.toThrow(/compressionRegistry\.set/);
  });
  test("of Arrow whose schema has thousands of millions of columns is refused at once", async () => {
    const bytes = recorded("kinds_uncompressed.arrow").slice();
    // The list of columns: of the twelve that there are.
    const data = new DataView(bytes.buffer, bytes.byteOffset);
    let lists = 0;
    for (let at = 8; at < 400; at += 4)
      if (data.getInt32(at, true) === 12 && ++lists > 0) data.setInt32(at, 0x7fffffff, true);
    expect(lists).toBeGreaterThan(0);
    await expect(io.read_arrow(bytes)).rejects.toThrow(/^<bytes>, byte 8: no message of Arrow/);
  });
});

test("JSON lines are values, and the line is named of one that is none", async () => {
  expect(await io.read_jsonl(file("a.jsonl", '{"x": 1}\n\n[2]\r\n"three"'))).toEqual([{ x: 1 }, [2], "three"]);
  await expect(io.read_jsonl(file("b.jsonl", '{"x": 1}\n{"x": }\n'))).rejects.toThrow(/b\.jsonl, line 2: /);
});
test("text must be UTF-8, and comes in lines", async () => {
  expect(await io.read_lines(file("a.txt", "\ufeffone\r\ntwo\n\nfour\n"))).toEqual(["one", "two", "", "four"]);
  await expect(io.read_text(file("b.txt", Uint8Array.of(65, 0xc3, 0xa4, 0xff, 66)))).rejects.toThrow(
    "b.txt: byte 3 is not UTF-8",
  );
});

describe("an image", () => {
  const images = JSON.parse(readFileSync(new URL("images.json", files), "utf8")) as Record<string, number[][][]>;
  test.each(Object.keys(images))("has the pixels that others find in it: %s", async (name) => {
    const image = await io.decode_image(recorded(name));
    const expected = torch.tensor(images[name]);
    expect(image.dtype).toBe(torch.uint8);
    expect(image.size()).toEqual(expected.size());
    // Decoders of JPEG may differ by how they round.
    const apart = image.float().sub(expected).abs().max().item();
    expect(apart).toBeLessThanOrEqual(name.endsWith("jpg") ? 2 : 0);
  });
  test("has the channels that are asked for", async () => {
    for (const [mode, channels] of Object.entries({ GRAY: 1, GRAY_ALPHA: 2, RGB: 3, RGB_ALPHA: 4 }))
      for (const name of ["rgb.png", "rgba.png", "gray.png"])
        expect((await io.decode_image(recorded(name), mode as io.ImageReadMode)).size()).toEqual([channels, 5, 7]);
    const [gray, alpha] = await io.decode_image(recorded("rgba.png"), "GRAY_ALPHA");
    const whole = await io.decode_image(recorded("rgba.png"));
    expect(alpha.equal(whole[3])).toBe(true);
    const weights = torch.tensor([0.299, 0.587, 0.114]).view(3, 1, 1);
    expect(
      gray
        .float()
        .sub(whole.narrow(0, 0, 3).mul(weights).sum(0))
        .abs()
        .max()
        .item(),
    ).toBeLessThan(0.51);
    const opaque = await io.decode_image(recorded("gray.png"), "RGB_ALPHA");
    expect(opaque[3].eq(255).all().item()).toBe(true);
    expect(opaque[0].equal(opaque[2])).toBe(true);
  });
  test("that is none is refused by name", async () => {
    await expect(io.read_image(file("no.png", "no image"))).rejects.toThrow(/^.*no\.png: /);
    await expect(io.read_image(file("cut.png", recorded("rgb.png").subarray(0, 90)))).rejects.toThrow(/cut\.png: /);
    await expect(io.decode_image(recorded("rgb.png"), "CMYK" as never)).rejects.toThrow('Unknown mode "CMYK"');
  });
  test("goes to ImageData and comes back", async () => {
    const image = await io.decode_image(recorded("rgba.png"));
    const pixels = io.to_image_data(image);
    expect([pixels.width, pixels.height, pixels.data.length]).toEqual([7, 5, 140]);
    expect(io.from_pixels(pixels, "RGB_ALPHA").equal(image)).toBe(true);
    const floats = image.float().div(255);
    expect(io.from_pixels(io.to_image_data(floats), "RGB_ALPHA").equal(image)).toBe(true);
    expect(() => io.to_image_data(torch.ones(5))).toThrow("expected [channels, height, width]");
  });
});

describe("sound", () => {
  const wav = (kind: number, bits: number, write: (view: DataView, at: number, i: number) => void): Uint8Array => {
    const view = new DataView(new ArrayBuffer(44 + 4 * (bits / 8)));
    io.encode_wav(torch.zeros(2, 2), 8000)
      .subarray(0, 44)
      .forEach((byte, i) => view.setUint8(i, byte));
    view.setUint16(20, kind, true);
    view.setUint16(34, bits, true);
    view.setUint32(40, 4 * (bits / 8), true);
    for (let i = 0; i < 4; i++) write(view, 44 + i * (bits / 8), i);
    return new Uint8Array(view.buffer);
  };
  const numbers = [0, 0.5, -0.5, -1];
  test.each([
    [1, 8, (v: DataView, at: number, x: number) => v.setUint8(at, 128 + x * 128)],
    [1, 16, (v: DataView, at: number, x: number) => v.setInt16(at, x * 2 ** 15, true)],
    [1, 24, (v: DataView, at: number, x: number) => (v.setUint16(at, 0, true), v.setInt8(at + 2, x * 128))],
    [1, 32, (v: DataView, at: number, x: number) => v.setInt32(at, x * 2 ** 31, true)],
    [3, 32, (v: DataView, at: number, x: number) => v.setFloat32(at, x, true)],
    [3, 64, (v: DataView, at: number, x: number) => v.setFloat64(at, x, true)],
  ])("of format %i with %i bits is read", async (kind, bits, write) => {
    const [sound, rate] = await io.read_wav(wav(kind, bits, (view, at, i) => write(view, at, numbers[i])));
    expect([rate, sound.tolist()]).toEqual([
      8000,
      [
        [0, -0.5],
        [0.5, -1],
      ],
    ]);
  });
  test("is written and read again, and what is no sound is refused with the byte", async () => {
    const x = torch.linspace(-1, 1, 64).reshape(2, 32);
    const [back] = await io.read_wav(io.encode_wav(x, 16000));
    expect(back.sub(x).abs().max().item() as number).toBeLessThan(2 ** -15 + 1e-6);
    const bytes = io.encode_wav(x, 16000);
    await expect(io.read_wav(bytes.subarray(0, 60))).rejects.toThrow(
      "<bytes>, byte 36: expected 128 bytes of samples, got 16",
    );
    await expect(io.read_wav(Uint8Array.of(1, 2, 3))).rejects.toThrow("this is no WAV file");
    bytes[20] = 85;
    await expect(io.read_wav(bytes)).rejects.toThrow("byte 20: format 85 with 16 bits is not read");
  });
});

describe("a dataset in a folder", () => {
  test("of images has classes by name", async () => {
    const root = join(folder, "photos");
    for (const name of ["b", "a"]) mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, "b", "2.png"), recorded("gray.png"));
    writeFileSync(join(root, "b", "1.PNG"), recorded("rgb.png"));
    writeFileSync(join(root, "b", "notes.txt"), "");
    expect(() => new io.ImageFolder(root)).toThrow(
      "Found no valid file for the classes a. Supported extensions are: .jpg",
    );
    writeFileSync(join(root, "a", "3.jpg"), recorded("photo.jpg"));
    const photos = new io.ImageFolder(root, { transform: (x: Tensor) => x.float().div(255) });
    expect([photos.length, photos.classes, photos.targets]).toEqual([3, ["a", "b"], [0, 1, 1]]);
    const [image, target] = await photos.at(1);
    expect([image.size(), image.dtype, target].flat()).toEqual([3, 5, 7, torch.float32, 1]);
    const loader = new torch.utils.data.DataLoader(photos, { batch_size: 2, sampler: [1, 2] });
    for await (const [x, y] of loader) expect([x.size(), y.tolist()].flat()).toEqual([2, 3, 5, 7, 1, 1]);
    expect(() => new io.ImageFolder(join(folder, "nowhere"))).toThrow("No such file or directory");
  });
  test("of CIFAR is read from its binary version", () => {
    const root = join(folder, "cifar");
    mkdirSync(join(root, "cifar-10-batches-bin"), { recursive: true });
    const two = Uint8Array.from({ length: 2 * 3073 }, (_, i) => (i % 3073 === 0 ? 7 : i % 251));
    writeFileSync(join(root, "cifar-10-batches-bin", "test_batch.bin"), two);
    const test = new io.CIFAR10(root, { train: false });
    const [image, label] = test.at(1);
    expect([test.length, image.size(), label, test.classes[7]].flat()).toEqual([2, 3, 32, 32, 7, "horse"]);
    expect(image[0][0][0].item()).toBe(3074 % 251);
    expect(() => new io.CIFAR10(root)).toThrow("Dataset not found. The binary version is needed, data_batch_1.bin");
    writeFileSync(join(root, "test.bin"), two.subarray(0, 3074));
    expect(new io.CIFAR100(root, { train: false }).targets.tolist()).toEqual([1]);
    writeFileSync(join(root, "test.bin"), two.subarray(0, 100));
    expect(() => new io.CIFAR100(root, { train: false })).toThrow(
      "test.bin: expected a multiple of 3074 bytes, got 100",
    );
  });
});

test("a file is brought from an address if it has the checksum", async () => {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    response.writeHead(request.url === "/a" ? 200 : 404).end("test");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  const path = join(folder, "got", "a.bin");
  await expect(io.download(`${address}/a`, path, "00")).rejects.toThrow("gave 4 bytes whose SHA-256 is 9f86d0");
  expect(() => readFileSync(path)).toThrow();
  await io.download(`${address}/a`, path, sha256);
  await io.download(`${address}/a`, path, sha256);
  expect([readFileSync(path, "utf8"), asked]).toEqual(["test", 2]);
  expect(await io.read_text(`${address}/a`)).toBe("test");
  await expect(io.read_bytes(`${address}/b`)).rejects.toThrow("404 Not Found");
  server.close();
});
