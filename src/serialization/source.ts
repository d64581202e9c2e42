// Where the bytes of a file are: in memory, or on a disk, from where only those that are asked for are read.
import { RuntimeError } from "../base/errors.ts";
import { files, notRead } from "./file_system.ts";

export interface Source {
  readonly length: number;
  /** Bytes `begin` to `end`, perhaps where they lie: they are for reading. */
  bytes(begin: number, end: number): Uint8Array;
  /** Writes those from `begin` on into all of `to`. */
  copy(begin: number, to: Uint8Array): void;
}

export class MemorySource implements Source {
  readonly length: number;
  private readonly held: Uint8Array;
  constructor(held: Uint8Array) {
    this.held = held;
    this.length = held.length;
  }
  bytes(begin: number, end: number): Uint8Array {
    return this.held.subarray(begin, end);
  }
  copy(begin: number, to: Uint8Array): void {
    to.set(this.held.subarray(begin, begin + to.length));
  }
}

/** A file that is open, however it was opened: this reads up to `length` bytes from `position` on and tells how many. */
export interface OpenFile {
  readonly length: number;
  read(into: Uint8Array, at: number, length: number, position: number): number;
  close(): void;
}
/** What a single read may ask for. */
const MOST = 2 ** 30;

/** Raises RuntimeError, in the name of whoever reads, when the file is shorter than it was. */
export class FileSource implements Source {
  readonly length: number;
  private readonly file: OpenFile;
  private readonly name: string;
  constructor(name: string, file: OpenFile) {
    this.name = name;
    this.file = file;
    this.length = file.length;
  }
  bytes(begin: number, end: number): Uint8Array {
    const made = new Uint8Array(end - begin);
    this.copy(begin, made);
    return made;
  }
  copy(begin: number, to: Uint8Array): void {
    for (let at = 0; at < to.length;) {
      const got = this.file.read(to, at, Math.min(to.length - at, MOST), begin + at);
      if (got === 0)
        throw new RuntimeError(`${this.name}: the file ends before byte ${begin + to.length}: was it changed?`);
      at += got;
    }
  }
  close(): void {
    this.file.close();
  }
}
/** A file of Node's. Raises FileNotFoundError, and RuntimeError if it cannot be read. */
export function openSource(name: string, path: string): FileSource {
  const fs = files(name);
  try {
    const file = fs.openSync(path, "r");
    return new FileSource(name, {
      length: fs.fstatSync(file).size,
      read: (into, at, length, position) => fs.readSync(file, into, at, length, position),
      close: () => fs.closeSync(file),
    });
  } catch (error) {
    throw notRead(name, path, error);
  }
}
