// Zip archives, as PyTorch's files and NumPy's .npz are. The format is a library's affair (fflate; a build carries a copy
// of what is used here, see tools/build/index.ts); what is here guards it against archives made to do harm.
import { unzipSync, Zip, ZipPassThrough } from "fflate";
import { ValueError } from "../base/errors.ts";

/** What an archive may unpack to: so much, and so many times its own size. Zeros alone compress better than that. */
const MOST_BYTES = 2 ** 26;
const MOST_TIMES = 200;
/** The least that an archive has for each file: its header in the directory. */
const HEADER = 46;
/** What 32 bits of an offset reach; the library writes no others. */
const LARGEST = 2 ** 32 - 1;

const fail = (problem: string): ValueError => new ValueError(`zip: ${problem}`);

/**
 * The files of an archive by name, in its order. Raises ValueError for what is none, is cut off, has a name twice or
 * files that overlap, or would unpack to absurdly much.
 */
export function unzip(bytes: Uint8Array): Map<string, Uint8Array> {
  const sizes = new Map<string, number>();
  let packed = 0;
  let unpacked = 0;
  let found: Record<string, Uint8Array>;
  try {
    found = unzipSync(bytes, {
      filter({ name, size, originalSize, compression }) {
        if (name === "" || sizes.has(name)) throw fail(`there are two files "${name.slice(0, 60)}"`);
        sizes.set(name, originalSize);
        packed += size + HEADER;
        if (!(packed <= bytes.length)) throw fail(`its files have more bytes than it: cut off?`);
        if (compression === 0 && size !== originalSize) throw fail(`"${name}" is stored with two sizes`);
        unpacked += compression === 0 ? 0 : originalSize;
        if (!(unpacked <= MOST_BYTES + MOST_TIMES * bytes.length))
          throw fail(`its files would unpack to more than ${MOST_TIMES} times its size`);
        return true;
      },
    });
  } catch (error) {
    throw error instanceof ValueError ? error : fail((error as Error).message);
  }
  const files = new Map<string, Uint8Array>();
  for (const [name, size] of sizes) {
    const file = found[name];
    if (!(file instanceof Uint8Array) || file.length !== size)
      throw fail(`"${name}" has ${file?.length ?? 0} bytes, expected ${size}: cut off?`);
    files.set(name, file);
  }
  return files;
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
