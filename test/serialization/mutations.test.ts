// Files damaged at random, for every reader: an error of the library's own or a value, and soon. 10,000 here, a million by
// `npm run test:mutations`.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { serialization } from "../../src/index.ts";
import {
  encode_wav,
  read_arrow,
  read_csv,
  read_image,
  read_jsonl,
  read_parquet,
  read_wav,
} from "../../src/io/index.ts";
import * as onnx from "../../src/onnx/index.ts";
import { isRaised, ValueError } from "../../src/base/errors.ts";
import { MemorySource } from "../../src/serialization/source.ts";
import { zip, gathered, unzip } from "../../src/serialization/zip.ts";
import { Damage } from "./damage.ts";

const rounds = Number(process.env.TIDU_MUTATIONS ?? 10_000);
const folders = ["test/recorded/serialization", "test/recorded/safetensors"];
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.(pt|safetensors|npy|npz|gguf)$/.test(name))
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(`${folder}/${name}`)) })),
);
const readers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  pt: serialization.decode,
  safetensors: serialization.decode,
  npy: serialization.decodeNpy,
  npz: serialization.decodeNpz,
  gguf(bytes) {
    const file = serialization.decodeGguf(bytes);
    for (const name of file.keys()) if (file.get_type(name) !== "IQ2_XXS") file.get_tensor(name);
    if (file.keys().length < 12) throw new ValueError("fewer tensors");
  },
};
const readerOf = (name: string): ((bytes: Uint8Array) => unknown) => readers[/\w+$/.exec(name)![0]];

const damage = new Damage();
function attempt(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): unknown {
  try {
    read(bytes);
  } catch (error) {
    return error;
  }
  return null;
}

test("damaged files give an error of the library's own, or a value", () => {
  let refused = 0;
  for (let i = 0; i < rounds; i++) {
    const { name, bytes } = files[damage.below(files.length)];
    // Half of the damage to zip archives is done inside, where their reader does not look.
    const inside = /pt$|npz$/.test(name) && bytes[0] === 0x50 && damage.below(2) === 0;
    const entries = inside ? [...unzip(new MemorySource(bytes)).values()] : [];
    const which = damage.below(Math.max(1, entries.length));
    const made = inside
      ? gathered((write) =>
          zip(
            entries.map((x, n) => [x.name, n === which ? damage.of(x.bytes()) : x.bytes()] as const),
            write,
          ),
        )
      : damage.of(bytes);
    const error = attempt(readerOf(name), made);
    if (error !== null) refused++;
    if (error !== null && !isRaised(error)) expect.fail(`${name}, round ${i}: ${(error as Error).stack}`);
  }
  expect(refused).toBeGreaterThan(rounds / 4);
});

// Tables, images, sound and models, which are read by other libraries: these give an error of this one all the same.
const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const recorded = (folder: string, kind: RegExp): Uint8Array[] =>
  readdirSync(`test/recorded/${folder}`)
    .filter((name) => kind.test(name))
    .map((name) => new Uint8Array(readFileSync(`test/recorded/${folder}/${name}`)));
const others: Readonly<Record<string, [files: Uint8Array[], read: (bytes: Uint8Array) => Promise<unknown>]>> = {
  csv: [[text('a,b,"c d"\n1,2.5,x\n-3,,"y ""z"""\n4e3,nan,é\n'), text("a;b\r\n1;2\r\n")], (x) => read_csv(x)],
  jsonl: [[text('{"a": [1, 2.5, null], "b": "x\\u00e9"}\n[]\n3\n')], read_jsonl],
  parquet: [recorded("reader_files", /parquet$/), (x) => read_parquet(x)],
  arrow: [recorded("reader_files", /(table|uncompressed|zstd)\.arrow$/), (x) => read_arrow(x)],
  images: [recorded("reader_files", /(png|jpg|webp)$/), (x) => read_image(x)],
  wav: [[encode_wav(torch.linspace(-1, 1, 200).view(2, 100), 8000)], read_wav],
  onnx: [recorded("onnx", /(mlp|ops|layers)(_script)?\.onnx$/), (x) => onnx.load(x)],
};
test.each(Object.entries(others))(
  "damaged files of %s give an error of the library's own, or a value",
  async (name, [whole, read]) => {
    let refused = 0;
    const many = Math.ceil(rounds / 20);
    for (let i = 0; i < many; i++) {
      const made = damage.of(whole[damage.below(whole.length)]);
      const error: unknown = await read(made).then(
        () => null,
        (e: unknown) => e,
      );
      if (error === null) continue;
      refused++;
      if (!isRaised(error)) expect.fail(`${name}, round ${i}: ${(error as Error).stack}`);
    }
    expect(refused).toBeGreaterThan(many / 50);
  },
);

test("files cut off anywhere are refused, or whole but for what follows", () => {
  const step = rounds > 10_000 ? 1 : 61;
  for (const { name, bytes } of files)
    for (let n = 0; n < bytes.length; n += step) {
      const error = attempt(readerOf(name), bytes.subarray(0, n));
      expect(error === null || isRaised(error), `${name} to ${n}: ${(error as Error)?.stack}`).toBe(true);
      // The last tensor of the .gguf is of a type that is not read.
      if (!name.endsWith("gguf")) expect(error, `${name} to ${n}`).not.toBe(null);
    }
});
