// The two containers of torch.save: a pickle of what was saved, and beside it the bytes that its tensors share.
import { bool, realOf, uint8 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import { RuntimeError, ValueError } from "../base/errors.ts";
import { getDevice } from "../devices/registry.ts";
import { empty } from "../tensor/allocate.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { unpickle } from "./unpickler.ts";
import type { Source } from "./source.ts";
import { isZip, unzip } from "./zip.ts";
import type { ZipEntry } from "./zip.ts";

/** What torch.save wrote, opened. */
export interface TorchFile {
  /** Where the pickle of what was saved begins. */
  readonly pickle: Uint8Array;
  readonly from: number;
  /** Whether storages are empty until `finish` has run. */
  readonly isLate: boolean;
  /** A storage by its key, as bytes; they are there once `finish` has run. Raises RuntimeError if the file has it not so. */
  claim(key: string, dtype: Dtype, numel: number): Tensor;
  /** Told where the pickle ended. */
  finish(end: number): void;
}

/** The first of the three pickles before the one of what was saved, in files without zip. */
const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;

/** Raises RuntimeError for a file that is damaged or of another kind. */
export function openTorchFile(source: Source): TorchFile {
  return isZip(source.bytes(0, Math.min(4, source.length)))
    ? new ZipFile(source)
    : new LegacyFile(source.bytes(0, source.length));
}

/** Since 1.6: a zip archive of data.pkl, byteorder, and data/0, data/1, … in a folder. */
class ZipFile implements TorchFile {
  readonly pickle: Uint8Array;
  readonly from = 0;
  readonly isLate = false;
  private readonly files: ReadonlyMap<string, ZipEntry>;
  private readonly folder: string;
  private readonly bigEndian: boolean;

  constructor(source: Source) {
    try {
      this.files = unzip(source);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw new RuntimeError(
        `PytorchStreamReader failed reading zip archive: failed finding central directory\n${error.message}`,
      );
    }
    const [first = ""] = this.files.keys();
    this.folder = first.slice(0, first.indexOf("/") + 1);
    if (this.files.has(`${this.folder}constants.pkl`))
      throw new RuntimeError(
        "Cannot use ``weights_only=True`` with TorchScript archives passed to ``torch.load``.\n" +
          "It holds a compiled program. In Python save its weights: torch.save(torch.jit.load(path).state_dict(), other_path).",
      );
    const order = this.files.get(`${this.folder}byteorder`);
    const byteorder = order === undefined ? "little" : String.fromCharCode(...order.bytes().subarray(0, 16));
    if (byteorder !== "little" && byteorder !== "big") throw new ValueError(`Unknown endianness type: ${byteorder}`);
    this.bigEndian = byteorder === "big";
    this.pickle = this.record("data.pkl").bytes();
  }
  private record(name: string): ZipEntry {
    const found = this.files.get(this.folder + name);
    if (found !== undefined) return found;
    const npz = [...this.files.keys()].some((file) => file.endsWith(".npy"));
    throw new RuntimeError(
      `PytorchStreamReader failed locating file ${name}: file not found` +
        (npz ? "\nThis is a file of numpy.savez: torch.serialization.load_npz reads it." : ""),
    );
  }
  claim(key: string, dtype: Dtype, numel: number): Tensor {
    const record = this.record(`data/${key}`);
    const made = bytesOf(numel, dtype, record.size, key);
    record.copy(made.host() as Uint8Array);
    mend(made, dtype, this.bigEndian);
    return made;
  }
  finish(): void {}
}

/** Until 1.5, and with _use_new_zipfile_serialization=False: pickles one after the other, and then the storages. */
class LegacyFile implements TorchFile {
  readonly pickle: Uint8Array;
  readonly from: number;
  readonly isLate = true;
  private readonly bigEndian: boolean;
  private readonly claimed = new Map<string, { dtype: Dtype; numel: number; made: Tensor }>();

  constructor(bytes: Uint8Array) {
    this.pickle = bytes;
    const magic = unpickle(bytes);
    if (magic.value !== MAGIC_NUMBER) throw new RuntimeError("Invalid magic number; corrupt file?");
    const version = unpickle(bytes, magic.end);
    if (version.value !== PROTOCOL_VERSION)
      throw new RuntimeError(`Invalid protocol version: ${String(version.value).slice(0, 60)}`);
    const system = unpickle(bytes, version.end);
    this.bigEndian = (system.value as { little_endian?: unknown } | null)?.little_endian === false;
    this.from = system.end;
  }
  claim(key: string, dtype: Dtype, numel: number): Tensor {
    const made = bytesOf(numel, dtype, Math.min(numel * dtype.itemsize, this.pickle.length), key);
    this.claimed.set(key, { dtype, numel, made });
    return made;
  }
  finish(end: number): void {
    const keys = unpickle(this.pickle, end);
    if (!Array.isArray(keys.value)) throw new RuntimeError("expected the keys of storages: corrupt file?");
    const view = new DataView(this.pickle.buffer, this.pickle.byteOffset, this.pickle.byteLength);
    let at = keys.end;
    for (const key of keys.value as unknown[]) {
      const storage = this.claimed.get(String(key));
      if (storage === undefined)
        throw new RuntimeError(`storage key '${String(key).slice(0, 60)}' not found in deserialized_objects`);
      const { dtype, numel, made } = storage;
      const nbytes = numel * dtype.itemsize;
      if (!(at + 8 + nbytes <= this.pickle.length))
        throw new RuntimeError(`unexpected EOF, expected ${nbytes} more bytes. The file might be corrupted.`);
      const found = view.getBigInt64(at, true);
      if (found !== BigInt(numel)) throw new RuntimeError(`storage has wrong size: expected ${found} got ${numel}`);
      (made.host() as Uint8Array).set(this.pickle.subarray(at + 8, at + 8 + nbytes));
      mend(made, dtype, this.bigEndian);
      at += 8 + nbytes;
      this.claimed.delete(String(key));
    }
    const [missing] = this.claimed.keys();
    if (missing !== undefined) throw new RuntimeError(`the file has no storage '${missing.slice(0, 60)}'`);
  }
}

function bytesOf(numel: number, dtype: Dtype, available: number, key: string): Tensor {
  if (numel * dtype.itemsize !== available)
    throw new RuntimeError(
      `storage '${key.slice(0, 60)}' has wrong byte size: expected ${numel * dtype.itemsize} got ${available}`,
    );
  return empty([available], uint8, undefined, getDevice("cpu"));
}
/** Makes a file's bytes in a storage what the library has there: little-endian, truth values as 0 and 1. */
function mend(storage: Tensor, dtype: Dtype, bigEndian: boolean): void {
  if (!bigEndian && dtype !== bool) return;
  const bytes = storage.host() as Uint8Array;
  if (bigEndian) swap(bytes, realOf(dtype).itemsize);
  if (dtype === bool) for (let i = 0; i < bytes.length; i++) if (bytes[i] > 1) bytes[i] = 1;
}
export function swap(bytes: Uint8Array, itemsize: number): void {
  if (itemsize > 1)
    for (let i = 0; i + itemsize <= bytes.length; i += itemsize) bytes.subarray(i, i + itemsize).reverse();
}
