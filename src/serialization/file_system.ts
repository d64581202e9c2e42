// Files in Node: read, and written whole or not at all.
import type * as FileSystem from "node:fs";
import { FileNotFoundError, RuntimeError, TypeError } from "../base/errors.ts";
import { typeWord } from "../tensor/type_word.ts";

/** Raises TypeError for what is given in place of a file's bytes. */
export function assertBytes(name: string, bytes: unknown): void {
  if (!(bytes instanceof Uint8Array))
    throw new TypeError(`${name}(): argument 'bytes' (position 1) must be Uint8Array, not ${typeWord(bytes)}`);
}
/** The bytes of a file. Raises FileNotFoundError, and RuntimeError in the name of whoever reads. */
export function readFile(name: string, path: string): Uint8Array {
  const { readFileSync } = files(name);
  try {
    return readFileSync(path);
  } catch (error) {
    throw notRead(name, path, error);
  }
}
/** The error for a file that cannot be read. */
export const notRead = (name: string, path: string, error: unknown): Error =>
  isMissing(error)
    ? new FileNotFoundError(`[Errno 2] No such file or directory: '${path}'`)
    : new RuntimeError(`${name}: ${String(error)}`);

/**
 * Writes a file of the pieces that `body` hands over: beside the file first, and then puts the new one in its place, so that
 * whatever happens meanwhile (a kill, a full disk, another writer, a value that cannot be saved) a reader finds the old file
 * or the new one, whole.
 */
export function writeFile(name: string, path: string, body: (write: (piece: Uint8Array) => void) => void): void {
  const fs = files(name);
  const failed = (error: unknown): RuntimeError => {
    const folder = /^(.*)[/\\][^/\\]*$/.exec(path)?.[1];
    return new RuntimeError(
      isMissing(error) && folder !== undefined
        ? `Parent directory ${folder} does not exist.`
        : `${name}: ${String(error)}`,
    );
  };
  const attempt = <T>(step: () => T): T => {
    try {
      return step();
    } catch (error) {
      throw failed(error);
    }
  };
  const old = attempt(() => fs.statSync(path, { throwIfNoEntry: false }));
  const isFile = old === undefined || old.isFile();
  // A link goes on to lead where it leads.
  const target = old === undefined || !isFile ? path : attempt(() => fs.realpathSync(path));
  const random = Math.random().toString(36).slice(2);
  const beside = isFile ? `${target}.${globalThis.process.pid}.${random}.tmp` : target;
  const file = attempt(() => fs.openSync(beside, isFile ? "wx" : "w", old?.mode));
  try {
    try {
      body((piece) => attempt(() => writeAll(fs, file, piece)));
      if (isFile) attempt(() => fs.fsyncSync(file));
    } finally {
      fs.closeSync(file);
    }
    if (isFile) attempt(() => fs.renameSync(beside, target));
  } catch (error) {
    if (isFile) fs.rmSync(beside, { force: true });
    throw error;
  }
}
/** Removes what writers of a file left half-written beside it that are no more. */
export function removeAbandoned(name: string, path: string): void {
  const fs = files(name);
  const [, folder, file] = /^(?:(.*)[/\\])?([^/\\]*)$/s.exec(path)!;
  const within = folder === undefined ? "." : folder || "/";
  if (!fs.existsSync(within)) return;
  for (const other of fs.readdirSync(within)) {
    const writer = other.startsWith(`${file}.`) ? /^(\d+)\.\w+\.tmp$/.exec(other.slice(file.length + 1)) : null;
    if (writer !== null && !isAlive(Number(writer[1]))) fs.rmSync(`${within}/${other}`, { force: true });
  }
}
/** Whether a process is there: its files are its own affair. */
function isAlive(pid: number): boolean {
  if (pid === globalThis.process.pid) return true;
  try {
    globalThis.process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}
function writeAll(fs: typeof FileSystem, file: number, piece: Uint8Array): void {
  for (let at = 0; at < piece.length;) at += fs.writeSync(file, piece, at);
}

/** A number would be the number of an open file. */
export function assertPath(name: string, path: unknown): void {
  if (typeof path === "string") return;
  throw new TypeError(
    `${name}(): expected the path of a file as str, got ${path === undefined ? "nothing" : typeWord(path)}\n` +
      `torch.serialization.${/save/.test(name) ? "encode(value) gives" : "decode(bytes) takes"} bytes.`,
  );
}
/** Asked for at run time, so that the library loads in a browser. */
export function files(name: string): typeof FileSystem {
  const fs = globalThis.process?.getBuiltinModule?.("node:fs");
  if (fs === undefined)
    throw new RuntimeError(
      `${name}: this platform has no files. Use torch.serialization.${/save/.test(name) ? "encode, which gives the bytes" : "decode, which takes the bytes"}.`,
    );
  return fs;
}
const isMissing = (error: unknown): boolean => (error as { code?: string }).code === "ENOENT";
