// Zip archives, as PyTorch's files and NumPy's .npz are. Packing, unpacking and writing are a library's affair (fflate; a
// build carries a copy of what is used here, see tools/build/index.ts). The directory is read here: the library takes whole
// archives and copies what is in them, and a checkpoint of gigabytes shall go from its file straight to where its tensors lie.
import { inflateSync, Zip, ZipPassThrough } from "fflate";
import { ValueError } from "../base/errors.ts";
import type { Source } from "./source.ts";

/** What an archive may unpack to: so much, and so many times its own size. Zeros alone compress better than that. */
const MOST_BYTES = 2 ** 26;
const MOST_TIMES = 200;
/** What 32 bits of an offset reach; the library writes no others. */
const LARGEST = 2 ** 32 - 1;

const fail = (problem: string): ValueError => new ValueError(`zip: ${problem}`);

/** A file of an archive. */
export class ZipEntry {
  readonly name: string;
  /** How many bytes it has. */
  readonly size: number;
  private readonly source: Source;
  /** Where what is stored of it lies. */
  private readonly begin: number;
  private readonly end: number;
  private readonly isPacked: boolean;
  constructor(name: string, size: number, source: Source, begin: number, end: number, isPacked: boolean) {
    this.name = name;
    this.size = size;
    this.source = source;
    this.begin = begin;
    this.end = end;
    this.isPacked = isPacked;
  }
  bytes(): Uint8Array {
    if (!this.isPacked) return this.source.bytes(this.begin, this.end);
    const unpacked = new Uint8Array(this.size);
    this.copy(unpacked);
    return unpacked;
  }
  /** Writes all of it into `to`, which has its size. Raises ValueError if it is damaged. */
  copy(to: Uint8Array): void {
    if (!this.isPacked) return this.source.copy(this.begin, to);
    let found: Uint8Array;
    try {
      // One byte more shows a file that would unpack to more than it says.
      found = inflateSync(this.source.bytes(this.begin, this.end), { out: new Uint8Array(this.size + 1) });
    } catch (error) {
      throw fail(`"${this.name}" is damaged: ${(error as Error).message}`);
    }
    if (found.length !== this.size) throw fail(`"${this.name}" has ${found.length} bytes, expected ${this.size}`);
    to.set(found);
  }
}

// The format's records (APPNOTE.TXT of PKWARE, 4.3): a header and the bytes of each file, the directory, its end.
const LOCAL = { mark: 0x04034b50, length: 30 };
const ENTRY = { mark: 0x02014b50, length: 46 };
const END = { mark: 0x06054b50, length: 22 };
const END_64 = { mark: 0x06064b50, length: 56 };
const LOCATOR_64 = { mark: 0x07064b50, length: 20 };
const STORED = 0;
const DEFLATED = 8;

/** A record at `at`, with `more` bytes after it. Raises ValueError if there is none. */
function recordAt(source: Source, at: number, { mark, length }: typeof LOCAL, more = 0): DataView {
  if (!(at >= 0 && at + length + more <= source.length)) throw fail("a part of it lies beyond its end: cut off?");
  const bytes = source.bytes(at, at + length + more);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== mark) throw fail("invalid zip data");
  return view;
}
const number64 = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

/** Where the directory lies, and of how many files it tells. A comment of up to 64 KB may follow its end. */
function directoryOf(source: Source): { at: number; end: number; count: number } {
  const tail = source.bytes(Math.max(0, source.length - END.length - 0xffff), source.length);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  let at = tail.length - END.length;
  while (at >= 0 && view.getUint32(at, true) !== END.mark) at--;
  if (at < 0) throw fail("invalid zip data: it has no directory: cut off?");
  const [count, length, begin] = [
    view.getUint16(at + 10, true),
    view.getUint32(at + 12, true),
    view.getUint32(at + 16, true),
  ];
  const locator = at - LOCATOR_64.length;
  const isLarge = count === 0xffff || length === LARGEST || begin === LARGEST;
  if (!isLarge || locator < 0 || view.getUint32(locator, true) !== LOCATOR_64.mark)
    return { at: begin, end: begin + length, count };
  const large = recordAt(source, number64(view, locator + 8), END_64);
  const from = number64(large, 48);
  return { at: from, end: from + number64(large, 40), count: number64(large, 32) };
}

/**
 * The files of an archive by name, in its order. Raises ValueError for what is none, is cut off, has a name twice or
 * files that overlap, or would unpack to absurdly much.
 */
export function unzip(source: Source): Map<string, ZipEntry> {
  const directory = directoryOf(source);
  if (!(directory.end <= source.length)) throw fail("its directory lies beyond its end: cut off?");
  const bytes = source.bytes(directory.at, directory.end);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files = new Map<string, ZipEntry>();
  const taken: [begin: number, end: number][] = [];
  let unpacked = 0;
  for (let at = 0, i = 0; i < directory.count; i++) {
    if (at + ENTRY.length > bytes.length || view.getUint32(at, true) !== ENTRY.mark) throw fail("invalid zip data");
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [nameLength, extraLength] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)];
    const next = at + ENTRY.length + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > bytes.length) throw fail("invalid zip data");
    const name = new TextDecoder().decode(bytes.subarray(at + ENTRY.length, at + ENTRY.length + nameLength));
    const shown = name.slice(0, 60);
    const extra = at + ENTRY.length + nameLength;
    // What 32 bits do not hold stands, in this order, in a field of its own.
    const [size, packed, header] = wide(view, extra, extra + extraLength, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    if (name === "" || files.has(name)) throw fail(`there are two files "${shown}"`);
    if (flags & 1) throw fail(`"${shown}" is encrypted`);
    if (method !== STORED && method !== DEFLATED) throw fail(`"${shown}" is packed by method ${method}`);
    if (method === STORED && packed !== size) throw fail(`"${shown}" is stored with two sizes`);
    const local = recordAt(source, header, LOCAL);
    const begin = header + LOCAL.length + local.getUint16(26, true) + local.getUint16(28, true);
    if (!(begin + packed <= directory.at)) throw fail(`"${shown}" lies beyond the end: cut off?`);
    taken.push([header, begin + packed]);
    unpacked += method === STORED ? 0 : size;
    if (!(unpacked <= MOST_BYTES + MOST_TIMES * source.length))
      throw fail(`its files would unpack to more than ${MOST_TIMES} times its size`);
    files.set(name, new ZipEntry(name, size, source, begin, begin + packed, method === DEFLATED));
    at = next;
  }
  taken.sort(([a], [b]) => a - b);
  if (taken.some(([begin], i) => i > 0 && begin < taken[i - 1][1])) throw fail("its files overlap");
  return files;
}
/** Those of these values that 32 bits do not hold, from the field that does. */
function wide(view: DataView, from: number, to: number, values: readonly number[]): readonly number[] {
  if (!values.includes(LARGEST)) return values;
  for (let at = from; at + 4 <= to; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let field = at + 4;
    return values.map((value) => {
      if (value !== LARGEST) return value;
      if (field + 8 > to) throw fail("invalid zip data");
      field += 8;
      return number64(view, field - 8);
    });
  }
  return values;
}

/** Of an archive's beginning: whether it is one with files in it. */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

/** Files start at multiples of this, for who maps them into memory. */
const ALIGNMENT = 64;
/** PyTorch's name for bytes that fill up to that, in the header of each file. */
const FILLING = 0x4246;
/** The same for whoever writes, whenever, so that equal values give equal files. */
const WRITTEN = new Date(1980, 0, 1);

/** Hands an archive of these files, stored as they are, to `write`, piece by piece. */
export function zip(
  files: Iterable<readonly [name: string, bytes: Uint8Array]>,
  write: (piece: Uint8Array) => void,
): void {
  let length = 0;
  const archive = new Zip((error, piece) => {
    if (error !== null) throw fail(error.message);
    length += piece.length;
    if (length > LARGEST) throw fail("an archive of more than 4 GB cannot be written: save in several files");
    write(piece);
  });
  for (const [name, bytes] of files) {
    const file = new ZipPassThrough(name);
    const header = 30 + new TextEncoder().encode(name).length + 4;
    const filling = new Uint8Array((ALIGNMENT - ((length + header) % ALIGNMENT)) % ALIGNMENT).fill(0x5a);
    Object.assign(file, { extra: { [FILLING]: filling }, mtime: WRITTEN });
    archive.add(file);
    file.push(bytes, true);
  }
  archive.end();
}

/** What `write` is handed, piece by piece, as one. */
export function gathered(body: (write: (piece: Uint8Array) => void) => void): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  body((piece) => pieces.push(piece));
  const bytes = new Uint8Array(pieces.reduce((n, piece) => n + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
