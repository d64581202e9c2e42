// NumPy's files, recorded by tools/record/npy_files.py.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { serialization } from "../../src/index.ts";
import { MemorySource } from "../../src/serialization/source.ts";
import { unzip } from "../../src/serialization/zip.ts";

const { decodeNpy, decodeNpz, encodeNpy, encodeNpz } = serialization;
const folder = "test/recorded/serialization";
const read = (name: string): Uint8Array => readFileSync(`${folder}/${name}`);
const told = JSON.parse(read("arrays.json").toString()) as Record<
  string,
  { dtype: string; shape: number[]; fortran: boolean; bytes: string }
>;
describe("the arrays of a .npz", () => {
  for (const file of ["arrays.npz", "compressed.npz"])
    test(`${file} are NumPy's, whatever their dtype, byte order and order of dims`, () => {
      const arrays = decodeNpz(read(file));
      expect([...arrays.keys()]).toEqual(Object.keys(told));
      for (const [name, t] of arrays) {
        expect([...t.shape], name).toEqual(told[name].shape);
        const { buffer } = t.typed_array();
        expect(Buffer.from(buffer as ArrayBuffer).toString("hex"), name).toBe(told[name].bytes);
        if (told[name].fortran) expect(t.stride(), name).toEqual([1, 2]);
        expect(String(t.dtype), name).toBe(told[name].dtype);
      }
    });
  test("come back from what is written here, each as the very file that NumPy writes", () => {
    const arrays = decodeNpz(read("arrays.npz"));
    const files = unzip(new MemorySource(encodeNpz(arrays)));
    for (const [name, entry] of unzip(new MemorySource(read("arrays.npz"))))
      if (!/big_endian|fortran/.test(name))
        expect(Buffer.from(files.get(name)!.bytes()).equals(entry.bytes()), name).toBe(true);
    const again = decodeNpz(encodeNpz({ turned: arrays.get("float32")!.t() }));
    expect(again.get("turned")!.tolist()).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
  });
  test("that no tensor can be are refused by name", () => {
    for (const [name, entry] of unzip(new MemorySource(read("refused.npz"))))
      expect(() => decodeNpy(entry.bytes()), name).toThrow(torch.NotImplementedError);
    expect(() => decodeNpz(read("refused.npz"))).toThrow(
      'npy: arrays of dtype "<U2" (text) have no tensor\nConvert them with NumPy',
    );
    expect(() => decodeNpz(read("refused.npz"))).toThrow('in the array "text" of an archive. Others can be read alone');
    const [first] = decodeNpz(read("arrays.npz"));
    expect([...decodeNpz(read("arrays.npz"), [first[0]]).keys()]).toEqual([first[0]]);
    expect(() => decodeNpz(read("refused.npz"), ["text"])).toThrow('in the array "text"');
    expect(() => decodeNpz(read("refused.npz"), ["images"])).toThrow("'images' is not a file in the archive");
    expect(() => encodeNpy(torch.ones(1).bfloat16())).toThrow("NumPy has no bfloat16");
  });
});

test("unsigned integers are read as wider ones, of either byte order", () => {
  for (const [from, code, dtype] of [
    [torch.int16, "2", "int32"],
    [torch.int32, "4", "int64"],
  ] as const) {
    const bytes = encodeNpy(torch.tensor([1, -1], { dtype: from }));
    const as = (order: string): Uint8Array =>
      Buffer.from(Buffer.from(bytes).toString("latin1").replace(`<i${code}`, `${order}u${code}`), "latin1");
    const little = decodeNpy(as("<"));
    expect(String(little.dtype)).toBe(`torch.${dtype}`);
    const size = 8 * Number(code);
    expect(little.tolist()).toEqual([1, 2 ** size - 1]);
    expect(decodeNpy(as(">")).tolist()).toEqual([2 ** (size - 8), 2 ** size - 1]);
  }
  const large = Buffer.from(encodeNpy(torch.tensor([-1n]))).toString("latin1").replace("<i8", "<u8"); // prettier-ignore
  expect(() => decodeNpy(Buffer.from(large, "latin1"))).toThrow("element 0 of torch.uint64 is 18446744073709551615");
});

test("a .npy of either version is read, and what is cut off is refused wherever", () => {
  expect(decodeNpy(read("grid.npy")).tolist()).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ]);
  expect(decodeNpy(read("version2.npy")).sum().item()).toBe(15);
  const bytes = read("grid.npy");
  for (let n = 0; n < bytes.length; n++)
    expect(() => decodeNpy(bytes.subarray(0, n)), `${n}`).toThrow(torch.ValueError);
  expect(() => serialization.decode(read("arrays.npz"))).toThrow("This is a file of numpy.savez");
});
