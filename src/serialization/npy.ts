// NumPy's files of one array, .npy, and of several, .npz (numpy/lib/format.py tells the format):
//   "\x93NUMPY", two bytes of version, the length of the header, the header: a Python dict of descr, fortran_order and shape
//   the elements, in the order of C or of Fortran
import { bfloat16, bool, dtypeByName, realOf } from "../base/dtype.ts";
import type { Dtype, DtypeName } from "../base/dtype.ts";
import { KeyError, NotImplementedError, TypeError, ValueError } from "../base/errors.ts";
import { contiguousStrides, numel } from "../base/layout.ts";
import { getDevice } from "../devices/registry.ts";
import { empty } from "../tensor/allocate.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { assertBytes, assertPath, readFile, writeFile } from "./file_system.ts";
import { MemorySource } from "./source.ts";
import { swap } from "./torch_file.ts";
import { widened, widerDtype, widerSize } from "./wider.ts";
import { gathered, isZip, unzip, zip } from "./zip.ts";

/** NumPy's codes of a kind and a size. Those of bfloat16 it has none for. */
const codes: Readonly<Record<string, DtypeName>> = {
  b1: "bool",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  f2: "float16",
  f4: "float32",
  f8: "float64",
  c8: "complex64",
  c16: "complex128",
};
/** Those that tensors have not, and wider ones stand for. */
const widerCodes: Readonly<Record<string, string>> = { u2: "torch.uint16", u4: "torch.uint32", u8: "torch.uint64" };
const codeOf = new Map(Object.entries(codes).map(([code, name]) => [name, code]));
/** What the kinds that are refused are, and what to write instead. */
const refused: Readonly<Record<string, string>> = {
  U: "text",
  S: "bytes of text",
  O: "Python objects, which are a pickle",
  V: "records",
  M: "dates",
  m: "spans of time",
  f: "floats of that size",
  c: "complex numbers of that size",
};
const MAGIC = "\x93NUMPY";
const MOST_DIMS = 64;
const LONGEST_HEADER = 2 ** 20;
const fail = (problem: string): ValueError => new ValueError(`npy: ${problem}`);

/** The dtype and byte order of `<f4` and its kin. Raises NotImplementedError for what a tensor cannot have. */
function typeOf(descr: string): { dtype: Dtype; bigEndian: boolean; wider?: string } {
  const [, order, code] = /^([<>|=])?([a-zA-Z]\d*)/.exec(descr) ?? [];
  const name = code !== undefined && /^[<>|=]?\w+$/.test(descr) ? codes[code] : undefined;
  if (name !== undefined) return { dtype: dtypeByName.get(name)!, bigEndian: order === ">" };
  const wider = /^[<>=]?\w+$/.test(descr) ? widerCodes[code ?? ""] : undefined;
  if (wider !== undefined) return { dtype: widerDtype(wider), bigEndian: order === ">", wider };
  const what = refused[code?.[0] ?? ""];
  throw new NotImplementedError(
    `npy: arrays of dtype ${JSON.stringify(descr.slice(0, 60))}${what === undefined ? "" : ` (${what})`} have no tensor\n` +
      "Convert them with NumPy, say a.astype(numpy.int64) or a.astype(numpy.float32).",
  );
}

/** A tensor of the bytes of an array: a copy. Raises ValueError if they are not as many as the shape asks for. */
export function fromNumpy(bytes: Uint8Array, descr: string, shape: readonly number[], fortran: boolean): Tensor {
  const { dtype, bigEndian, wider } = typeOf(descr);
  const itemsize = wider === undefined ? dtype.itemsize : widerSize(wider)!;
  // A product beyond 2^53 is rounded, but no data is that long: it still differs.
  const expected = numel(shape) * itemsize;
  if (bytes.length !== expected)
    throw fail(
      `expected ${expected} bytes for ${wider ?? dtype} of [${shape.join(", ")}], got ${bytes.length}: cut off?`,
    );
  const dims = fortran ? [...shape].reverse() : shape;
  const made = empty(dims, dtype, undefined, getDevice("cpu"));
  const host = made.host();
  const to = new Uint8Array(host.buffer, host.byteOffset, host.byteLength);
  if (wider !== undefined) {
    const own = bytes.slice();
    if (bigEndian) swap(own, itemsize);
    to.set(widened(wider, own));
  } else {
    to.set(bytes);
    if (bigEndian) swap(to, realOf(dtype).itemsize);
  }
  if (dtype === bool) for (let i = 0; i < to.length; i++) if (to[i] > 1) to[i] = 1;
  if (!fortran) return made;
  return new Tensor(made.storage, dtype, shape, contiguousStrides(dims).reverse(), 0);
}

/**
 * The tensor of a .npy file; an array in the order of Fortran keeps it, as strides. Raises ValueError for what is none or
 * is cut off, and NotImplementedError for dtypes that tensors do not have: text, objects, records, dates.
 * @example const x = torch.serialization.decodeNpy(new Uint8Array(await response.arrayBuffer()));
 */
export function decodeNpy(bytes: Uint8Array): Tensor {
  assertBytes("decodeNpy", bytes);
  if (String.fromCharCode(...bytes.subarray(0, 6)) !== MAGIC) throw fail("expected the file to begin with \\x93NUMPY");
  if (bytes.length < 12) throw fail("cut off within the first 12 bytes");
  const major = bytes[6];
  if (major < 1 || major > 3) throw fail(`expected version 1, 2 or 3, got ${major}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > Math.min(LONGEST_HEADER, bytes.length - begin)) throw fail(`its header of ${length} bytes is cut off`);
  const header = String.fromCharCode(...bytes.slice(begin, begin + length));
  const { descr, fortran, shape } = readHeader(header);
  return fromNumpy(bytes.subarray(begin + length), descr, shape, fortran);
}
/** `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`, and nothing else of Python. */
function readHeader(header: string): { descr: string; fortran: boolean; shape: number[] } {
  if (/'descr':\s*\[/.test(header)) typeOf("V");
  const [, descr] = /'descr':\s*'([^']{1,60})'/.exec(header) ?? [];
  const [, order] = /'fortran_order':\s*(True|False)/.exec(header) ?? [];
  const [, dims] = /'shape':\s*\(([\d, L]*)\)/.exec(header) ?? [];
  if (descr === undefined || order === undefined || dims === undefined)
    throw fail(`expected a header of descr, fortran_order and shape, got ${JSON.stringify(header.slice(0, 80))}`);
  const shape = dims
    .split(",")
    .map((n) => n.trim().replace(/L$/, ""))
    .filter((n) => n !== "")
    .map(Number);
  if (shape.length > MOST_DIMS || !shape.every((n) => Number.isSafeInteger(n)))
    throw fail(`expected a shape of at most ${MOST_DIMS} whole numbers, got (${dims.slice(0, 80)})`);
  return { descr, fortran: order === "True", shape };
}

/**
 * A tensor as the bytes of a .npy file, which `numpy.load` reads, in the order of its dims. Raises NotImplementedError for
 * bfloat16, which NumPy has not.
 * @example const bytes = torch.serialization.encodeNpy(torch.ones(2, 3));
 */
export function encodeNpy(tensor: Tensor): Uint8Array {
  if (!(tensor instanceof Tensor))
    throw new TypeError(`encodeNpy(): argument 'tensor' (position 1) must be Tensor, not ${typeWord(tensor)}`);
  const { dtype, sizes } = tensor;
  if (dtype === bfloat16)
    throw new NotImplementedError(
      "npy: NumPy has no bfloat16\nSave it as float32, which holds all its numbers: t.float().",
    );
  const code = codeOf.get(dtype.name)!;
  const shape = `(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;
  const text = `{'descr': '${dtype.itemsize === 1 ? "|" : "<"}${code}', 'fortran_order': False, 'shape': ${shape}, }`;
  const begin = 10;
  const length = Math.ceil((begin + text.length + 1) / 64) * 64 - begin;
  const values = tensor.detach().typed_array();
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const bytes = new Uint8Array(begin + length + data.length);
  bytes.set(Uint8Array.from(MAGIC, (c) => c.charCodeAt(0)));
  bytes.set([1, 0, length & 255, length >> 8], 6);
  bytes.set(new TextEncoder().encode(text.padEnd(length - 1) + "\n"), begin);
  bytes.set(data, begin + length);
  return bytes;
}

/**
 * The tensors of a .npz file by name, as `numpy.savez` and `numpy.savez_compressed` write them; with `names` those alone, so
 * that arrays of text beside them do not matter. Raises as `decodeNpy` does, naming the array; KeyError for a name that is
 * not there.
 * @example const { images, labels } = Object.fromEntries(torch.serialization.decodeNpz(bytes));
 */
export function decodeNpz(bytes: Uint8Array, names: readonly string[] | null = null): Map<string, Tensor> {
  assertBytes("decodeNpz", bytes);
  if (!isZip(bytes) && bytes.length !== 22) throw new ValueError("npz: expected a zip archive of .npy files");
  const arrays = new Map<string, Tensor>();
  const entries = new Map([...unzip(new MemorySource(bytes))].map(([file, x]) => [file.replace(/\.npy$/, ""), x]));
  for (const name of names ?? entries.keys()) {
    const entry = entries.get(name);
    if (entry === undefined)
      throw new KeyError(`'${name}' is not a file in the archive\nThere are: ${[...entries.keys()].join(", ")}`);
    try {
      arrays.set(name, decodeNpy(entry.bytes()));
    } catch (error) {
      if (error instanceof ValueError || error instanceof NotImplementedError)
        error.message += `\nin the array "${name.slice(0, 60)}" of an archive. Others can be read alone: load_npz(path, ["x", "y"]).`;
      throw error;
    }
  }
  return arrays;
}

/**
 * Tensors by name as the bytes of a .npz file, which `numpy.load` reads. Raises as `encodeNpy` does.
 * @example const bytes = torch.serialization.encodeNpz({ x: torch.ones(2), y: torch.zeros(3) });
 */
export function encodeNpz(tensors: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>): Uint8Array {
  if (typeof tensors !== "object" || tensors === null)
    throw new TypeError(
      `encodeNpz(): argument 'tensors' (position 1) must be a Map or an object of tensors, not ${typeWord(tensors)}`,
    );
  const entries = tensors instanceof Map ? [...(tensors as ReadonlyMap<string, Tensor>)] : Object.entries(tensors);
  const files = entries.map(([name, t]) => [`${name}.npy`, encodeNpy(t)] as const);
  return gathered((write) => zip(files, write));
}

/** Reads a .npy file; see `decodeNpy`. Needs Node. Raises FileNotFoundError, too. @example const x = torch.serialization.load_npy("x.npy"); */
export function load_npy(path: string): Tensor {
  assertPath("load_npy", path);
  return decodeNpy(readFile("load_npy", path));
}
/** Writes a .npy file, whole or not at all; see `encodeNpy`. Needs Node. @example torch.serialization.save_npy(torch.ones(2), "x.npy"); */
export function save_npy(tensor: Tensor, path: string): void {
  assertPath("save_npy", path);
  const bytes = encodeNpy(tensor);
  writeFile("save_npy", path, (write) => write(bytes));
}
/** Reads a .npz file; see `decodeNpz`. Needs Node. Raises FileNotFoundError, too. @example const arrays = torch.serialization.load_npz("data.npz"); */
export function load_npz(path: string, names: readonly string[] | null = null): Map<string, Tensor> {
  assertPath("load_npz", path);
  return decodeNpz(readFile("load_npz", path), names);
}
/** Writes a .npz file, whole or not at all; see `encodeNpz`. Needs Node. @example torch.serialization.save_npz({ x: torch.ones(2) }, "data.npz"); */
export function save_npz(tensors: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>, path: string): void {
  assertPath("save_npz", path);
  const bytes = encodeNpz(tensors);
  writeFile("save_npz", path, (write) => write(bytes));
}
