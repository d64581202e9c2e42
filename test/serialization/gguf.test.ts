// A GGUF file of random blocks, recorded by tools/record/gguf_files.py with what the gguf package makes of them.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { serialization } from "../../src/index.ts";

const folder = "test/recorded/serialization";
const told = JSON.parse(readFileSync(`${folder}/blocks.json`, "utf8")) as Record<string, string>;
const bytes = new Uint8Array(readFileSync(`${folder}/blocks.gguf`));

test("tensors of every type that is read have the numbers that the gguf package makes of them, bit for bit", () => {
  const file = serialization.load_gguf(`${folder}/blocks.gguf`);
  for (const [name, hex] of Object.entries(told)) {
    const t = file.get_tensor(name);
    expect(Buffer.from(t.typed_array().buffer as ArrayBuffer).toString("hex"), name).toBe(hex);
  }
  expect(file.keys()).toEqual([...Object.keys(told), "IQ2_XXS"]);
  expect([file.get_tensor("Q4_K").shape, file.get_tensor("float32").shape]).toEqual([
    [2, 256],
    [2, 3],
  ]);
  expect(["Q6_K", "float16", "bfloat16"].map((name) => String(file.get_tensor(name).dtype))).toEqual([
    "torch.float32",
    "torch.float16",
    "torch.bfloat16",
  ]);
  expect([file.get_type("Q5_1"), file.get_shape("Q5_1")]).toEqual(["Q5_1", [2, 32]]);
});
test("metadata is what the file says", () => {
  const { metadata } = serialization.decodeGguf(bytes);
  expect(Object.fromEntries(metadata)).toMatchObject({
    "general.architecture": "llama",
    "some.number": 7,
    "some.float": 2.5,
    "some.truth": true,
    "some.text": "größe",
    "some.large": 2n ** 60n,
    "some.list": ["a", "bc"],
  });
});
test("rows of any length are of whole blocks, or refused", () => {
  const made = bytes.slice();
  for (const name of Object.keys(told)) {
    // A name, how many dims there are, and the length of a row.
    const row = Buffer.from(bytes).indexOf(`${name}`, bytes.indexOf(0)) + name.length + 4;
    const view = new DataView(made.buffer);
    const length = Number(view.getBigUint64(row, true));
    for (let n = 1; n < 300; n++) {
      view.setBigUint64(row, BigInt(n), true);
      const file = serialization.decodeGguf(made);
      try {
        expect(file.get_tensor(name).shape.at(-1), name).toBe(n);
      } catch (error) {
        expect(error, `${name} of ${n}`).toBeInstanceOf(torch.ValueError);
      }
    }
    view.setBigUint64(row, BigInt(length), true);
  }
});
test("what is not read is named, and what is damaged is refused", () => {
  const file = serialization.decodeGguf(bytes);
  expect(() => file.get_tensor("IQ2_XXS")).toThrow('gguf: "IQ2_XXS" is of IQ2_XXS, which is not read');
  expect(() => file.get_tensor("x")).toThrow(new torch.KeyError("'x'"));
  expect(() => serialization.decodeGguf(bytes.subarray(0, 100))).toThrow("cut off");
  expect(() => serialization.decodeGguf(bytes.subarray(0, 1200)).get_tensor("float32")).toThrow(torch.ValueError);
  const huge = bytes.slice();
  huge.fill(0xff, 8, 16);
  expect(() => serialization.decodeGguf(huge)).toThrow(torch.ValueError);
  expect(() => serialization.decode(bytes)).toThrow("this seems to be a GGUF file");
});
