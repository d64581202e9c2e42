// GGUF files of llama.cpp, read (ggml/docs/gguf.md tells the format, ggml-quants.c what its blocks hold):
//   "GGUF", version, number of tensors, number of metadata; the metadata; for each tensor its name, dims, type and place
//   the data, at a multiple of the alignment
import { bfloat16, float16, float32, float64, int16, int32, int64, int8 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import { KeyError, NotImplementedError, ValueError } from "../base/errors.ts";
import { numel } from "../base/layout.ts";
import { getDevice } from "../devices/registry.ts";
import { halfValue } from "../kernel/half.ts";
import { empty } from "../tensor/allocate.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { assertBytes, assertPath, readFile } from "./file_system.ts";

const fail = (problem: string): ValueError => new ValueError(`gguf: ${problem}`);

/** What a file may say of itself: numbers (bigints beyond 2^53), truth values, text, and arrays of them. */
export type GgufValue = number | bigint | boolean | string | GgufValue[];

/** Bytes of a block, the elements it stands for, and how to write them; plain types have no blocks. */
interface Kind {
  readonly name: string;
  readonly bytes: number;
  readonly elements: number;
  readonly dtype?: Dtype;
  readonly unpack?: (block: Block, y: Float32Array, at: number) => void;
}
/** A block's bytes, and numbers in them. */
class Block {
  private readonly view: DataView;
  at = 0;
  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  u8(i: number): number {
    return this.view.getUint8(this.at + i);
  }
  i8(i: number): number {
    return this.view.getInt8(this.at + i);
  }
  u32(i: number): number {
    return this.view.getUint32(this.at + i, true);
  }
  half(i: number): number {
    return halfValue(this.view.getUint16(this.at + i, true), float16);
  }
}
const f = Math.fround;

/** Scale and minimum `j` of the eight of a block, of 6 bits each. */
function scaleAndMin(b: Block, from: number, j: number): [number, number] {
  const at = (i: number): number => b.u8(from + i);
  if (j < 4) return [at(j) & 63, at(j + 4) & 63];
  return [(at(j + 4) & 15) | ((at(j - 4) >> 6) << 4), (at(j + 4) >> 4) | ((at(j) >> 6) << 4)];
}
/** Blocks of 32 with a scale: 4 or 5 bits a number, counted from the middle or from a minimum. */
function small(bits: 4 | 5, hasMin: boolean): Kind["unpack"] {
  const high = hasMin ? 4 : 2;
  const low = bits === 5 ? high + 4 : high;
  const middle = hasMin ? 0 : bits === 5 ? 16 : 8;
  return (b, y, at) => {
    const [d, m] = [b.half(0), hasMin ? b.half(2) : 0];
    const fifth = bits === 5 ? b.u32(high) : 0;
    for (let i = 0; i < 32; i++) {
      const q = i < 16 ? b.u8(low + i) & 15 : b.u8(low + i - 16) >> 4;
      const whole = (q | (((fifth >>> i) & 1) << 4)) - middle;
      y[at + i] = f(d * whole) + m;
    }
  };
}
/** Blocks of 256 in eight parts, each with a scale and a minimum: 4 or 5 bits a number. */
function large(bits: 4 | 5): Kind["unpack"] {
  const low = bits === 5 ? 48 : 16;
  return (b, y, at) => {
    const [d, min] = [b.half(0), b.half(2)];
    for (let part = 0; part < 8; part++) {
      const [scale, m] = scaleAndMin(b, 4, part);
      const [d1, m1] = [f(d * scale), f(min * m)];
      for (let i = 0; i < 32; i++) {
        const byte = b.u8(low + 32 * (part >> 1) + i);
        const q = (part & 1) === 0 ? byte & 15 : byte >> 4;
        const fifth = bits === 5 ? ((b.u8(16 + i) >> part) & 1) << 4 : 0;
        y[at + 32 * part + i] = f(d1 * (q | fifth)) - m1;
      }
    }
  };
}
const q6: Kind["unpack"] = (b, y, at) => {
  const d = b.half(208);
  for (let n = 0; n < 2; n++)
    for (let part = 0; part < 4; part++)
      for (let i = 0; i < 32; i++) {
        const byte = b.u8(64 * n + 32 * (part & 1) + i);
        const low = part < 2 ? byte & 15 : byte >> 4;
        const high = (b.u8(128 + 32 * n + i) >> (2 * part)) & 3;
        const scale = f(d * b.i8(192 + 8 * n + 2 * part + (i >> 4)));
        y[at + 128 * n + 32 * part + i] = scale * ((low | (high << 4)) - 32);
      }
};
/** Blocks of 256 in sixteen parts, each with a scale and a minimum of 4 bits: 2 bits a number. */
const q2: Kind["unpack"] = (b, y, at) => {
  const [d, min] = [b.half(80), b.half(82)];
  for (let i = 0; i < 256; i++) {
    const scale = b.u8(i >> 4);
    const q = (b.u8(16 + 32 * (i >> 7) + (i & 31)) >> (2 * ((i >> 5) & 3))) & 3;
    y[at + i] = f(f(d * (scale & 15)) * q) - f(min * (scale >> 4));
  }
};
/** Blocks of 256 in sixteen parts, each with a scale of 6 bits: 3 bits a number, the third in a mask. */
const q3: Kind["unpack"] = (b, y, at) => {
  const d = b.half(108);
  for (let i = 0; i < 256; i++) {
    const part = i >> 4;
    const low = part < 8 ? b.u8(96 + part) & 15 : b.u8(88 + part) >> 4;
    const scale = (low | (((b.u8(104 + (part & 3)) >> (2 * (part >> 2))) & 3) << 4)) - 32;
    const q = (b.u8(32 + 32 * (i >> 7) + (i & 31)) >> (2 * ((i >> 5) & 3))) & 3;
    const third = (b.u8(i & 31) >> (i >> 5)) & 1;
    y[at + i] = f(d * scale) * (q - (third === 1 ? 0 : 4));
  }
};
/** What 4 bits stand for where the steps are not even, and in numbers of 4 bits (E2M1), doubled. */
const UNEVEN = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];
const E2M1 = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];
/** 32 numbers out of the table, 4 bits each, from byte `from` on. */
function looked(b: Block, from: number, table: readonly number[], scale: number, y: Float32Array, at: number): void {
  for (let i = 0; i < 16; i++) {
    const byte = b.u8(from + i);
    y[at + i] = scale * table[byte & 15];
    y[at + 16 + i] = scale * table[byte >> 4];
  }
}
/** Blocks of 256 in eight parts, each with a scale of 6 bits. */
const iq4xs: Kind["unpack"] = (b, y, at) => {
  const [d, high] = [b.half(0), b.u8(2) | (b.u8(3) << 8)];
  for (let part = 0; part < 8; part++) {
    const low = (b.u8(4 + (part >> 1)) >> (4 * (part & 1))) & 15;
    const scale = f(d * ((low | (((high >> (2 * part)) & 3) << 4)) - 32));
    looked(b, 8 + 16 * part, UNEVEN, scale, y, at + 32 * part);
  }
};
const plain = (name: string, dtype: Dtype): Kind => ({ name, bytes: dtype.itemsize, elements: 1, dtype });
const blocks = (name: string, bytes: number, elements: number, unpack?: Kind["unpack"]): Kind => ({
  name,
  bytes,
  elements,
  unpack,
});
/** By their numbers in the format. Those without a way to unpack them are told by name. */
const kinds: Readonly<Record<number, Kind>> = {
  0: plain("F32", float32),
  1: plain("F16", float16),
  2: blocks("Q4_0", 18, 32, small(4, false)),
  3: blocks("Q4_1", 20, 32, small(4, true)),
  6: blocks("Q5_0", 22, 32, small(5, false)),
  7: blocks("Q5_1", 24, 32, small(5, true)),
  8: blocks("Q8_0", 34, 32, (b, y, at) => {
    const d = b.half(0);
    for (let i = 0; i < 32; i++) y[at + i] = d * b.i8(2 + i);
  }),
  10: blocks("Q2_K", 84, 256, q2),
  11: blocks("Q3_K", 110, 256, q3),
  12: blocks("Q4_K", 144, 256, large(4)),
  13: blocks("Q5_K", 176, 256, large(5)),
  14: blocks("Q6_K", 210, 256, q6),
  16: blocks("IQ2_XXS", 66, 256),
  17: blocks("IQ2_XS", 74, 256),
  18: blocks("IQ3_XXS", 98, 256),
  19: blocks("IQ1_S", 50, 256),
  20: blocks("IQ4_NL", 18, 32, (b, y, at) => looked(b, 2, UNEVEN, b.half(0), y, at)),
  21: blocks("IQ3_S", 110, 256),
  22: blocks("IQ2_S", 82, 256),
  23: blocks("IQ4_XS", 136, 256, iq4xs),
  24: plain("I8", int8),
  25: plain("I16", int16),
  26: plain("I32", int32),
  27: plain("I64", int64),
  28: plain("F64", float64),
  29: blocks("IQ1_M", 56, 256),
  30: plain("BF16", bfloat16),
  34: blocks("TQ1_0", 54, 256),
  35: blocks("TQ2_0", 66, 256),
  // A power of two for 32 numbers.
  39: blocks("MXFP4", 17, 32, (b, y, at) => looked(b, 1, E2M1, 2 ** (b.u8(0) - 128), y, at)),
};

/** What a file says of a tensor: its dims as PyTorch has them, and where its bytes begin. */
interface Info {
  readonly shape: number[];
  readonly type: number;
  readonly begin: number;
}

/** A GGUF file: what it says of itself, and its tensors, each made when it is asked for. */
export class Gguf {
  /** `general.architecture`, `tokenizer.ggml.tokens`, … */
  readonly metadata: ReadonlyMap<string, GgufValue>;
  private readonly bytes: Uint8Array;
  private readonly tensors: ReadonlyMap<string, Info>;
  /** @internal Made by `decodeGguf` and `load_gguf`. */
  constructor(bytes: Uint8Array) {
    assertBytes("decodeGguf", bytes);
    this.bytes = bytes;
    [this.metadata, this.tensors] = readInfos(bytes);
  }
  /** The names of its tensors, in their order. */
  keys(): string[] {
    return [...this.tensors.keys()];
  }
  get_shape(name: string): number[] {
    return [...this.info(name).shape];
  }
  /** As the format names it: `Q4_K`. */
  get_type(name: string): string {
    return kinds[this.info(name).type]?.name ?? `type ${this.info(name).type}`;
  }
  /**
   * A tensor; of quantized blocks, as float32. Raises KeyError if there is none of that name, NotImplementedError for
   * blocks that are not known here (IQ1, IQ2, IQ3, TQ).
   */
  get_tensor(name: string): Tensor {
    const { shape, type, begin } = this.info(name);
    const kind = kinds[type];
    if (kind === undefined || (kind.dtype === undefined && kind.unpack === undefined))
      throw new NotImplementedError(
        `gguf: ${JSON.stringify(name)} is of ${this.get_type(name)}, which is not read\n` +
          "F32, F16, BF16, F64, integers, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K to Q6_K, IQ4_NL, IQ4_XS and MXFP4 are.",
      );
    const count = numel(shape);
    const row = shape.at(-1) ?? 1;
    if (row % kind.elements !== 0)
      throw fail(`${JSON.stringify(name)} has rows of ${row} elements; blocks of ${kind.name} have ${kind.elements}`);
    const length = (count / kind.elements) * kind.bytes;
    if (!Number.isSafeInteger(length) || !(begin + length <= this.bytes.length))
      throw fail(
        `${JSON.stringify(name)} has ${length} bytes from ${begin} on, in a file of ${this.bytes.length}: cut off?`,
      );
    const data = this.bytes.subarray(begin, begin + length);
    const made = empty(shape, kind.dtype ?? float32, undefined, getDevice("cpu"));
    const host = made.host();
    if (kind.unpack === undefined) new Uint8Array(host.buffer, host.byteOffset, host.byteLength).set(data);
    else {
      const block = new Block(data);
      for (let i = 0; i < count; i += kind.elements, block.at += kind.bytes)
        kind.unpack(block, host as Float32Array, i);
    }
    return made;
  }
  private info(name: string): Info {
    const found = this.tensors.get(name);
    if (found === undefined) throw new KeyError(`'${name}'`);
    return found;
  }
}

/** Deeper arrays of arrays, or more dims, no file has. */
const DEEPEST = 4;
const MOST_DIMS = 8;

function readInfos(bytes: Uint8Array): [Map<string, GgufValue>, Map<string, Info>] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const taken = (n: number): number => {
    if (!(n <= bytes.length - at)) throw fail(`cut off at byte ${bytes.length}, or damaged before it`);
    at += n;
    return at - n;
  };
  const u32 = (): number => view.getUint32(taken(4), true);
  const u64 = (): number => Number(view.getBigUint64(taken(8), true));
  const text = (): string => {
    const n = u64();
    const from = taken(n);
    return new TextDecoder().decode(bytes.slice(from, from + n));
  };
  const whole = (x: bigint): number | bigint => (Number.isSafeInteger(Number(x)) ? Number(x) : x);
  function value(type: number, depth = 0): GgufValue {
    switch (type) {
      case 0:
        return view.getUint8(taken(1));
      case 1:
        return view.getInt8(taken(1));
      case 2:
        return view.getUint16(taken(2), true);
      case 3:
        return view.getInt16(taken(2), true);
      case 4:
        return u32();
      case 5:
        return view.getInt32(taken(4), true);
      case 6:
        return view.getFloat32(taken(4), true);
      case 7:
        return view.getUint8(taken(1)) !== 0;
      case 8:
        return text();
      case 9: {
        const [of, n] = [u32(), u64()];
        // Each has a byte at least: a number of items that the file has no room for is refused before any is read.
        if (depth > DEEPEST || n > bytes.length - at)
          throw fail(`an array of ${n} items in a file of ${bytes.length} bytes`);
        return Array.from({ length: n }, () => value(of, depth + 1));
      }
      case 10:
        return whole(view.getBigUint64(taken(8), true));
      case 11:
        return whole(view.getBigInt64(taken(8), true));
      case 12:
        return view.getFloat64(taken(8), true);
      default:
        throw fail(`metadata of type ${type}, which the format has not`);
    }
  }

  if (String.fromCharCode(...bytes.subarray(0, 4)) !== "GGUF") throw fail("expected the file to begin with GGUF");
  at = 4;
  const version = u32();
  if (version !== 2 && version !== 3)
    throw fail(`expected version 2 or 3, got ${version}${version > 0xffff ? ": a file of the other byte order?" : ""}`);
  const [tensorCount, metadataCount] = [u64(), u64()];
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < metadataCount; i++) {
    const key = text();
    if (metadata.has(key)) throw fail(`the key ${JSON.stringify(key.slice(0, 60))} twice`);
    metadata.set(key, value(u32()));
  }
  const infos: [string, Info][] = [];
  for (let i = 0; i < tensorCount; i++) {
    const name = text();
    const dims = u32();
    if (dims > MOST_DIMS) throw fail(`${JSON.stringify(name.slice(0, 60))} has ${dims} dims`);
    // The first is the one whose elements are next to each other.
    const shape = Array.from({ length: dims }, u64).reverse();
    if (!Number.isSafeInteger(numel(shape))) throw fail(`${JSON.stringify(name.slice(0, 60))} is absurdly large`);
    infos.push([name, { shape, type: u32(), begin: u64() }]);
  }
  const alignment = metadata.get("general.alignment") ?? 32;
  if (typeof alignment !== "number" || !(alignment >= 1)) throw fail(`an alignment of ${String(alignment)}`);
  const data = Math.ceil(at / alignment) * alignment;
  const tensors = new Map<string, Info>();
  for (const [name, info] of infos) {
    if (tensors.has(name)) throw fail(`the tensor ${JSON.stringify(name.slice(0, 60))} twice`);
    tensors.set(name, { ...info, begin: data + info.begin });
  }
  return [metadata, tensors];
}

/**
 * Opens the bytes of a GGUF file, as llama.cpp has its models: metadata, and tensors by name, which come as float32 where
 * they are quantized. Raises ValueError for what is none, is cut off or damaged.
 * @example
 * const file = torch.serialization.decodeGguf(bytes);
 * console.log(file.metadata.get("general.architecture"), file.get_tensor("token_embd.weight").shape);
 */
export const decodeGguf = (bytes: Uint8Array): Gguf => new Gguf(bytes);
/**
 * Opens a GGUF file; see `decodeGguf`. Needs Node. Raises FileNotFoundError, too.
 * @example const file = torch.serialization.load_gguf("model.gguf");
 */
export function load_gguf(path: string): Gguf {
  assertPath("load_gguf", path);
  return new Gguf(readFile("load_gguf", path));
}
