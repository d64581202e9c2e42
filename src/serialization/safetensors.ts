// The safetensors format (huggingface/safetensors, README, "Format"): bytes to entries and back.
//   8 bytes   length of the header, little-endian
//   header    JSON {"__metadata__": {text: text}, name: {"dtype", "shape", "data_offsets": [begin, end]}, …}, space-padded
//   data      the elements, little-endian and row-major; the offsets count from here and leave no byte over
import { Dtype, dtypeByName } from "../base/dtype.ts";
import type { DtypeName } from "../base/dtype.ts";
import { ValueError } from "../base/errors.ts";
import { numel } from "../base/layout.ts";
import { typeWord } from "../tensor/type_word.ts";
import { assertBytes } from "./file_system.ts";
import { isUnicode, parseHeaderJson, shortened } from "./header_json.ts";
import type { Json } from "./header_json.ts";
import { widened, widerDtype, widerSize } from "./wider.ts";

/** One tensor of a file. `data` holds the elements as the file does: little-endian, row-major, without holes. */
export interface SafetensorsEntry {
  dtype: Dtype;
  shape: readonly number[];
  data: Uint8Array;
}

/** The format has no name for complex128. */
const formatNames: Partial<Record<DtypeName, string>> = {
  float64: "F64",
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
  int64: "I64",
  int32: "I32",
  int16: "I16",
  int8: "I8",
  uint8: "U8",
  bool: "BOOL",
  complex64: "C64",
};
const dtypeByFormatName = new Map(
  [...dtypeByName]
    .filter(([name]) => formatNames[name] !== undefined)
    .map(([name, dtype]) => [formatNames[name], dtype]),
);

/** Dtypes of the format that tensors do not have here, by PyTorch's names. Most are read as wider ones. */
const absent: Readonly<Record<string, string>> = {
  U64: "torch.uint64",
  U32: "torch.uint32",
  U16: "torch.uint16",
  F8_E4M3: "torch.float8_e4m3fn",
  F8_E5M2: "torch.float8_e5m2",
  F8_E8M0: "torch.float8_e8m0fnu",
  F4: "torch.float4_e2m1fn_x2",
};

const metadataKey = "__metadata__";
/** As the reference implementation: no real header is near it, and JSON of that size is an attack. */
const maxHeaderLength = 100_000_000;

/** More than any program has, as in PyTorch's loops. */
const MOST_DIMS = 64;

const fail = (problem: string): ValueError => new ValueError(`safetensors: ${problem}`);

/**
 * Writes the bytes of a safetensors file.
 *
 * The header lists `entries` in the order of the Map. The data has the widest elements first, and the order of the Map
 * among equals: together with a header padded to 8 bytes, every tensor starts at a multiple of its element size.
 * Equal entries in equal order give equal bytes.
 *
 * Raises ValueError for complex128, which the format does not know, data that does not have shape × itemsize bytes, a
 * dim that is not a whole number, a bool that is neither 0 nor 1, a name that is `__metadata__`, metadata that is not
 * text, and text that is not Unicode.
 * @example
 * const data = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
 * const bytes = encodeSafetensors(new Map([["weight", { dtype: float32, shape: [3], data }]]), { format: "pt" });
 */
export function encodeSafetensors(
  entries: ReadonlyMap<string, SafetensorsEntry>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  if (!((entries as unknown) instanceof Map)) throw fail(`expected a Map of entries, got ${typeWord(entries)}`);
  for (const [name, entry] of entries as ReadonlyMap<string, unknown>)
    if (!(
      (entry as Partial<SafetensorsEntry> | null)?.dtype instanceof Dtype &&
      (entry as SafetensorsEntry).data instanceof Uint8Array
    ))
      throw fail(`expected ${show(name)} to be { dtype, shape, data }, got ${typeWord(entry)}`);
  const widestFirst = [...entries].sort(([, a], [, b]) => b.dtype.itemsize - a.dtype.itemsize);
  const begins = new Map<string, number>();
  let dataLength = 0;
  for (const [name, entry] of widestFirst) {
    checkNameAndShape(name, entry.shape);
    checkData(name, entry);
    begins.set(name, dataLength);
    dataLength += entry.data.length;
  }

  // Member by member, since an object would put a name such as "10" first.
  const members = Object.keys(metadata).length > 0 ? [member(metadataKey, checkedMetadata(metadata))] : [];
  for (const [name, { dtype, shape, data }] of entries) {
    const begin = begins.get(name)!;
    members.push(member(name, { dtype: formatNames[dtype.name], shape, data_offsets: [begin, begin + data.length] }));
  }
  const json = new TextEncoder().encode(`{${members.join(",")}}`);
  const headerLength = Math.ceil(json.length / 8) * 8;
  if (headerLength > maxHeaderLength)
    throw fail(`expected names and metadata to fit a header of ${maxHeaderLength} bytes, got ${headerLength}`);

  const bytes = new Uint8Array(8 + headerLength + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(json, 8);
  for (const [name, { data }] of entries) bytes.set(data, 8 + headerLength + begins.get(name)!);
  return bytes;
}

const member = (key: string, value: unknown): string => `${JSON.stringify(key)}:${JSON.stringify(value)}`;

/**
 * Reads the bytes of a safetensors file; entries come in the order of the header.
 *
 * The `data` of an entry is a view of `bytes`, at whatever alignment the file has: copy it before one of the two
 * changes. Keys of an entry other than `dtype`, `shape` and `data_offsets` are ignored, as in the reference
 * implementation.
 *
 * Raises ValueError for a file that is cut off or does not follow the format; if it looks like a file of another kind
 * (torch.save, pickle, GGUF, HDF5, NumPy, …) the error says which.
 * @example
 * const { entries, metadata } = decodeSafetensors(bytes);
 * for (const [name, { dtype, shape }] of entries) console.log(name, String(dtype), shape);
 */
export function decodeSafetensors(bytes: Uint8Array): {
  entries: Map<string, SafetensorsEntry>;
  metadata: Record<string, string>;
} {
  assertBytes("decodeSafetensors", bytes);
  const dataStart = 8 + headerLength(bytes, bytes.length);
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset + dataStart, bytes.length - dataStart);
  const { places, metadata } = readHeader(bytes.subarray(8, dataStart), data.length);
  const entries = new Map<string, SafetensorsEntry>();
  for (const [name, place] of places) entries.set(name, entryAt(name, place, data.subarray(place.begin, place.end)));
  return { entries, metadata };
}

/** Where a tensor's bytes lie in the data of a file, and what they are. */
export interface Place {
  /** As the file has it: `F32`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}
/** What a header says of data of so many bytes. Raises ValueError. */
export function readHeader(
  header: Uint8Array,
  dataLength: number,
): { places: Map<string, Place>; metadata: Record<string, string> } {
  const places = new Map<string, Place>();
  let metadata: Record<string, string> = {};
  parseHeaderJson(headerText(header), (name, value) => {
    if (!(value instanceof Map)) throw fail(`expected ${show(name)} to be a JSON object, got ${show(value)}`);
    if (name === metadataKey) {
      metadata = checkedMetadata(Object.fromEntries(value));
    } else {
      const [begin, end] = readRange(name, value, dataLength);
      places.set(name, { dtype: readDtype(name, value), shape: readShape(name, value), begin, end });
    }
  });
  checkCoverage(places, dataLength);
  return { places, metadata };
}
/** The entry of these bytes. Raises ValueError if they are not as many as it needs, or of a dtype that is not there. */
export function entryAt(name: string, { dtype, shape }: Place, data: Uint8Array): SafetensorsEntry {
  const known = dtypeByFormatName.get(dtype);
  const itemsize = widerSize(absent[dtype]);
  if (itemsize !== undefined) {
    const expected = numel(shape) * itemsize;
    if (data.length !== expected)
      throw fail(`expected ${expected} bytes for ${show(name)} (${dtype}, [${shape.join(", ")}]), got ${data.length}`);
    return { dtype: widerDtype(absent[dtype]), shape, data: widened(absent[dtype], data) };
  }
  if (known === undefined)
    throw fail(
      `${show(name)} is of dtype ${dtype} (${absent[dtype]}), which tensors do not have here\nThe others of the file can be read one at a time, with torch.serialization.safe_open.`,
    );
  const entry = { dtype: known, shape, data };
  checkData(name, entry);
  return entry;
}

/** The length of the header of a file that begins so and is `fileLength` long. */
export function headerLength(bytes: Uint8Array, fileLength: number): number {
  const kind = foreignKind(bytes);
  const hint = kind === undefined ? "" : `; this seems to be ${kind}, not a safetensors file`;
  const available = fileLength - 8;
  if (available < 0)
    throw fail(`expected at least 8 bytes with the length of the header, got ${fileLength}: cut off?${hint}`);
  // Compared as a bigint: as a number, a length beyond 2^53 would be rounded.
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(maxHeaderLength))
    throw fail(`expected a header of at most ${maxHeaderLength} bytes, got a length of ${length}${hint}`);
  if (length > BigInt(available))
    throw fail(`expected a header of ${length} bytes, got a file with ${available} after the length: cut off?${hint}`);
  if (length === 0n || bytes[8] !== 0x7b)
    throw fail(`expected the header to begin with '{', got ${length === 0n ? "no header" : `byte ${bytes[8]}`}${hint}`);
  return Number(length);
}

function headerText(bytes: Uint8Array): string {
  try {
    // A copy, for TextDecoder refuses shared memory.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
  } catch {
    throw fail("expected the header to be UTF-8, got bytes that are not");
  }
}

/** What other files begin with, one character a byte. */
const foreignBeginnings: readonly (readonly [beginning: string, kind: string])[] = [
  ["PK\x03\x04", "a zip archive, as torch.save (.pt, .pth) and numpy.savez (.npz) write it"],
  ["\x80", "a Python pickle, as older versions of torch.save write it"],
  ["GGUF", "a GGUF file"],
  ["\x89HDF\r\n", "an HDF5 file, as Keras writes it (.h5)"],
  ["\x93NUMPY", "a NumPy array (.npy)"],
  ["\x1f\x8b", "a gzip archive, to be unpacked first"],
  ["version https://git-lfs", "a Git LFS pointer: the file itself was not downloaded"],
  ["{", "JSON, perhaps the index of a checkpoint in several files"],
  ["<", "a web page, perhaps the error page of a download"],
];

function foreignKind(bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 32));
  return foreignBeginnings.find(([beginning]) => start.startsWith(beginning))?.[1];
}

/** The bytes [begin, end) of the data. */
function readRange(name: string, info: Map<string, Json>, dataLength: number): readonly number[] {
  const offsets = info.get("data_offsets");
  if (!isWholeNumbers(offsets) || offsets.length !== 2 || offsets[0] > offsets[1])
    throw fail(`expected data_offsets of ${show(name)} to be [begin, end] with begin <= end, got ${show(offsets)}`);
  if (offsets[1] > dataLength)
    throw fail(`expected ${offsets[1]} bytes of data, where ${show(name)} ends, got ${dataLength}: cut off?`);
  return offsets;
}

function readDtype(name: string, info: Map<string, Json>): string {
  const text = info.get("dtype");
  if (typeof text === "string" && (dtypeByFormatName.has(text) || Object.hasOwn(absent, text))) return text;
  const known = [...dtypeByFormatName.keys(), ...Object.keys(absent)].join(", ");
  throw fail(`expected dtype of ${show(name)} to be one of ${known}, got ${show(text)}`);
}

function readShape(name: string, info: Map<string, Json>): number[] {
  const shape = info.get("shape");
  if (!isWholeNumbers(shape))
    throw fail(`expected shape of ${show(name)} to be an array of whole numbers >= 0, got ${show(shape)}`);
  if (shape.length > MOST_DIMS)
    throw fail(`expected ${show(name)} to have at most ${MOST_DIMS} dims, got ${shape.length}`);
  return shape.map(Math.abs); // "-0" is a whole number in JSON
}

/** The places must tile the data: sorted, each begins where the one before ends. */
function checkCoverage(places: ReadonlyMap<string, Place>, dataLength: number): void {
  const inOrder = [...places].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  let before: string | undefined;
  const where = (): string => (before === undefined ? "the beginning of the data" : show(before));
  for (const [name, { begin, end }] of inOrder) {
    if (begin !== covered) {
      const what = begin < covered ? "they overlap" : `${begin - covered} bytes belong to no tensor`;
      throw fail(`expected ${show(name)} to begin at byte ${covered}, after ${where()}, got ${begin}: ${what}`);
    }
    covered = end;
    before = name;
  }
  if (covered !== dataLength)
    throw fail(`expected ${covered} bytes of data, up to the end of ${where()}, got ${dataLength}`);
}

function checkNameAndShape(name: string, shape: readonly number[]): void {
  if (name === metadataKey) throw fail(`expected the name of a tensor, got ${show(name)}, which the format reserves`);
  if (!isUnicode(name)) throw fail(`expected a name without lone surrogates, got ${show(name)}`);
  if (!isWholeNumbers(shape))
    throw fail(`expected dims of ${show(name)} to be whole numbers >= 0, got [${shape.join(", ")}]`);
}

function checkData(name: string, { dtype, shape, data }: SafetensorsEntry): void {
  if (formatNames[dtype.name] === undefined)
    throw fail(`the format has no dtype for ${show(name)} (${String(dtype)}): save its view_as_real()`);
  // A product beyond 2^53 is rounded, but no data is that long: it still differs.
  const expected = numel(shape) * dtype.itemsize;
  if (data.length !== expected)
    throw fail(`expected ${expected} bytes for ${show(name)} (${dtype}, [${shape.join(", ")}]), got ${data.length}`);
  const odd = dtype.name === "bool" ? data.findIndex((byte) => byte > 1) : -1;
  if (odd >= 0) throw fail(`expected 0 or 1 for element ${odd} of ${show(name)} (torch.bool), got ${data[odd]}`);
}

function checkedMetadata(metadata: Readonly<Record<string, unknown>>): Record<string, string> {
  for (const [key, value] of Object.entries(metadata)) {
    if (!isUnicode(key)) throw fail(`expected metadata keys without lone surrogates, got ${show(key)}`);
    if (typeof value !== "string") throw fail(`expected metadata ${show(key)} to be text, got ${show(value)}`);
    if (!isUnicode(value)) throw fail(`expected metadata ${show(key)} without lone surrogates, got ${show(value)}`);
  }
  return metadata as Record<string, string>;
}

const isWholeNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

const show = (value: unknown): string => {
  if (value === undefined) return "nothing";
  return value instanceof Map ? "an object" : shortened(value as Exclude<Json, Map<string, Json>>);
};
