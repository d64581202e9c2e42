// Zip archives, as PyTorch's files and NumPy's .npz are. Unpacking and sums are a library's affair (fflate; a build carries a
// copy of what is used here, see tools/build/index.ts). Directories are read and written here: the library takes whole archives
// and copies what is in them, and knows none of more than 4 GB; a checkpoint of gigabytes shall go from its file straight to
// where its tensors lie, and back.
import { inflateSync, ZipPassThrough } from "fflate";
import { ValueError } from "../base/errors.ts";
import type { Source } from "./source.ts";

/** What an archive may unpack to: so much, and so many times its own size. Zeros alone compress better than that. */
const MOST_BYTES = 2 ** 26;
const MOST_TIMES = 200;
/** What 32 bits hold, and what stands there for more. */
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
/** The field with what 32 bits do not hold. */
const WIDE = 1;
/** January 1, 1980: the same whoever writes, whenever, so that equal values give equal files. */
const WRITTEN = 0x21;
const [VERSION, VERSION_64, UTF8] = [20, 45, 0x800];

/** Little-endian numbers of so many bytes each. */
function record(
  fields: readonly (readonly [bytes: 1 | 2 | 4 | 8, value: number])[],
  ...more: Uint8Array[]
): Uint8Array {
  const length = fields.reduce((n, [bytes]) => n + bytes, 0);
  const made = new Uint8Array(more.reduce((n, piece) => n + piece.length, length));
  const view = new DataView(made.buffer);
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 1) view.setUint8(at, value);
    else if (bytes === 2) view.setUint16(at, value, true);
    else if (bytes === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += bytes;
  }
  for (const piece of more) {
    made.set(piece, at);
    at += piece.length;
  }
  return made;
}
/**
 * Hands an archive of these files, stored as they are, to `write`, piece by piece. Sizes and places from `most` on stand in
 * fields of 64 bits, as do those of an archive of so many bytes, or of 65,535 files.
 */
export function zip(
  files: Iterable<readonly [name: string, bytes: Uint8Array]>,
  write: (piece: Uint8Array) => void,
  most = LARGEST,
): void {
  let at = 0;
  const put = (piece: Uint8Array): void => {
    at += piece.length;
    write(piece);
  };
  const short = (value: number): number => (value >= most ? LARGEST : value);
  const wide = (...values: readonly number[]): Uint8Array => {
    const large = values.filter((value) => value >= most);
    if (large.length === 0) return new Uint8Array(0);
    return record([[2, WIDE], [2, 8 * large.length], ...large.map((value) => [8, value] as const)]); // prettier-ignore
  };
  const entries: Uint8Array[] = [];
  for (const [name, bytes] of files) {
    const text = new TextEncoder().encode(name);
    const size = bytes.length;
    const flags = text.length === name.length ? 0 : UTF8;
    // The library's sum of what is stored.
    const stored = new ZipPassThrough(name);
    stored.ondata = () => {};
    stored.push(bytes, true);
    const begin = at;
    const sizes = wide(size, size);
    const header = LOCAL.length + text.length + sizes.length + 4;
    const filling = new Uint8Array((ALIGNMENT - ((begin + header) % ALIGNMENT)) % ALIGNMENT).fill(0x5a);
    const common = (version: number, extra: number) =>
      [
        [2, version], [2, flags], [2, STORED], [2, 0], [2, WRITTEN], [4, stored.crc >>> 0], [4, short(size)], [4, short(size)],
        [2, text.length], [2, extra],
      ] as const; // prettier-ignore
    const version = size >= most ? VERSION_64 : VERSION;
    const fill = record([[2, FILLING], [2, filling.length]], filling); // prettier-ignore
    put(record([[4, LOCAL.mark], ...common(version, sizes.length + fill.length)], text, sizes, fill));
    put(bytes);
    const all = wide(size, size, begin);
    const needed = all.length > 0 ? VERSION_64 : VERSION;
    entries.push(
      record(
        [[4, ENTRY.mark], [2, needed], ...common(needed, all.length), [2, 0], [2, 0], [2, 0], [4, 0], [4, short(begin)]],
        text,
        all,
      ), // prettier-ignore
    );
  }
  const begin = at;
  for (const entry of entries) put(entry);
  const [count, length, end] = [entries.length, at - begin, at];
  if (count >= 0xffff || length >= most || begin >= most) {
    put(
      record([
        [4, END_64.mark], [8, END_64.length - 12], [2, VERSION_64], [2, VERSION_64], [4, 0], [4, 0], [8, count], [8, count],
        [8, length], [8, begin],
      ]), // prettier-ignore
    );
    put(record([[4, LOCATOR_64.mark], [4, 0], [8, end], [4, 1]])); // prettier-ignore
  }
  const shown = Math.min(count, 0xffff);
  put(
    record([[4, END.mark], [2, 0], [2, 0], [2, shown], [2, shown], [4, short(length)], [4, short(begin)], [2, 0]]), // prettier-ignore
  );
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
