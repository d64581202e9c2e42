// The idx format of MNIST and Fashion-MNIST (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten
// digits", "File formats"): bytes 0, 0, type, number of dims; the dims as 4 bytes each; the elements. Big-endian.
import { float32, float64, int16, int32, int8, uint8 } from "../../base/dtype.ts";
import type { Dtype } from "../../base/dtype.ts";
import { RuntimeError, ValueError } from "../../base/errors.ts";
import { numel } from "../../base/layout.ts";

export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** The array of an idx file: `data` row-major, in this machine's byte order. */
export interface IdxArray {
  shape: number[];
  dtype: Dtype;
  data: IdxData;
}

interface IdxType {
  dtype: Dtype;
  read(view: DataView, begin: number, length: number): IdxData;
}

/** Reads elements one by one: they are big-endian and need not be aligned. */
function fill<T extends IdxData>(data: T, begin: number, element: (at: number) => number): T {
  for (let i = 0; i < data.length; i++) data[i] = element(begin + i * data.BYTES_PER_ELEMENT);
  return data;
}

const types = new Map<number, IdxType>([
  [0x08, { dtype: uint8, read: (v, begin, n) => fill(new Uint8Array(n), begin, (at) => v.getUint8(at)) }],
  [0x09, { dtype: int8, read: (v, begin, n) => fill(new Int8Array(n), begin, (at) => v.getInt8(at)) }],
  [0x0b, { dtype: int16, read: (v, begin, n) => fill(new Int16Array(n), begin, (at) => v.getInt16(at)) }],
  [0x0c, { dtype: int32, read: (v, begin, n) => fill(new Int32Array(n), begin, (at) => v.getInt32(at)) }],
  [0x0d, { dtype: float32, read: (v, begin, n) => fill(new Float32Array(n), begin, (at) => v.getFloat32(at)) }],
  [0x0e, { dtype: float64, read: (v, begin, n) => fill(new Float64Array(n), begin, (at) => v.getFloat64(at)) }],
]);

const fail = (problem: string): ValueError => new ValueError(`idx: ${problem}`);

/**
 * Reads an unpacked idx file, such as `train-images-idx3-ubyte` of MNIST; `data` is a copy.
 *
 * Raises ValueError for a file that is packed with gzip, begins otherwise, is cut off or has bytes left over.
 * @example
 * const { shape, data } = parseIdx(bytes); // shape: [60000, 28, 28]
 */
export function parseIdx(bytes: Uint8Array): IdxArray {
  if (isGzip(bytes))
    throw fail("expected an unpacked file, got one packed with gzip: unpack it first (gunzip FILE.gz)");
  if (bytes.length < 4) throw fail(`expected at least 4 bytes, got ${bytes.length}: cut off?`);
  const type = types.get(bytes[2]);
  if (bytes[0] !== 0 || bytes[1] !== 0 || type === undefined)
    throw fail(
      `expected the file to begin with 00 00 and a type of ${hex([...types.keys()])}, got ${hex(bytes.subarray(0, 4))}`,
    );

  const ndim = bytes[3];
  const begin = 4 + 4 * ndim;
  if (bytes.length < begin)
    throw fail(`expected ${begin} bytes before the elements, for ${ndim} dims, got ${bytes.length}: cut off?`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const shape = Array.from({ length: ndim }, (_, d) => view.getUint32(4 + 4 * d));

  // 255 large dims multiply to Infinity, which no zero after it makes 0 again.
  const length = shape.includes(0) ? 0 : numel(shape);
  const expected = length * type.dtype.itemsize;
  const got = bytes.length - begin;
  if (got !== expected) {
    const what = got < expected ? "cut off?" : "something follows the array";
    throw fail(`expected ${expected} bytes of elements, for ${type.dtype} [${shape.join(", ")}], got ${got}: ${what}`);
  }
  return { shape, dtype: type.dtype, data: type.read(view, begin, length) };
}

/**
 * Reads an idx file by its name: as `parseIdx`, and unpacks it first if the name ends in `.gz` and the bytes are packed.
 *
 * Raises RuntimeError where there is no `node:zlib` to unpack with, ValueError for a damaged archive.
 * @example
 * const labels = parseIdxFile("t10k-labels-idx1-ubyte.gz", readFileSync("t10k-labels-idx1-ubyte.gz"));
 */
export function parseIdxFile(name: string, bytes: Uint8Array): IdxArray {
  // Servers and browsers may have unpacked it on the way, under the same name.
  return parseIdx(name.endsWith(".gz") && isGzip(bytes) ? gunzip(name, bytes) : bytes);
}

function gunzip(name: string, bytes: Uint8Array): Uint8Array {
  // Asked for at run time, so that the library loads in a browser.
  const zlib = globalThis.process?.getBuiltinModule?.("node:zlib");
  if (zlib === undefined)
    throw new RuntimeError(
      `idx: ${name} is packed with gzip and this platform cannot unpack it at once: unpack it first, with ` +
        `new Response(blob.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()`,
    );
  try {
    return zlib.gunzipSync(bytes);
  } catch (error) {
    throw fail(`${name} is a damaged gzip archive (${(error as Error).message}): cut off?`);
  }
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const hex = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
