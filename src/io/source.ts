// Where readers read from: paths, addresses, bytes; and the optional packages that they read with.
import { FileNotFoundError, ImportError, RuntimeError, TypeError, ValueError } from "../base/errors.ts";
import { findPackage } from "../base/packages.ts";
import { typeWord } from "../tensor/type_word.ts";

/** A path (in Node) or an address, or what a file has in it. */
export type Source = string | URL | Uint8Array | ArrayBuffer | Blob;

/** How a source is called in errors. */
export const nameOf = (source: Source): string =>
  typeof source === "string" || source instanceof URL ? String(source) : ((source as Partial<File>).name ?? "<bytes>");

const isAddress = (source: string): boolean => /^(https?|data|blob):/.test(source);
/**
 * The bytes of a source. Raises FileNotFoundError for a path where there is no file, RuntimeError for an address that
 * does not answer.
 * @example const bytes = await read_bytes("photo.png");
 */
export async function read_bytes(source: Source): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (typeof Blob !== "undefined" && source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  if (typeof source !== "string" && !(source instanceof URL))
    throw new TypeError(`read_bytes(): argument 'source' must be a path, a URL or bytes, not ${typeWord(source)}`);
  const name = String(source);
  const fs = globalThis.process?.getBuiltinModule?.("node:fs/promises");
  if (isAddress(name) || fs === undefined) {
    const response = await fetch(name);
    if (!response.ok) throw new RuntimeError(`${name}: ${response.status} ${response.statusText}`);
    return new Uint8Array(await response.arrayBuffer());
  }
  try {
    return await fs.readFile(name.startsWith("file:") ? new URL(name) : name);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT")
      throw new FileNotFoundError(`[Errno 2] No such file or directory: '${name}'`);
    throw new RuntimeError(`${name}: ${(error as Error).message}`);
  }
}
/**
 * The text of a source, which must be UTF-8; a byte order mark is left out. Raises ValueError that names the byte where it
 * is not.
 * @example const text = await read_text("notes.txt");
 */
export async function read_text(source: Source): Promise<string> {
  const bytes = await read_bytes(source);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ValueError(`${nameOf(source)}: byte ${firstFault(bytes)} is not UTF-8`);
  }
}
/** Where text stops being UTF-8: how much of it can be decoded. */
function firstFault(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length];
  while (good < bad) {
    const middle = (good + bad + 1) >> 1;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle - 1;
    }
  }
  return good;
}
/**
 * The lines of a text, without what ends them; an empty last one is left out.
 * @example const lines = await read_lines("names.txt");
 */
export async function read_lines(source: Source): Promise<string[]> {
  const lines = (await read_text(source)).split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** The same at once, in Node: what requires it. */
export function requirePeer(name: string, what: string): NodeJS.Require {
  const found = findPackage(name);
  if (found !== null && found !== undefined) return found.require;
  throw notInstalled(name, what, found === null ? "it is not installed" : "there is no way to load it at once here");
}
function notInstalled(name: string, what: string, why: string): ImportError {
  return new ImportError(
    `No module named '${name}'\nReading ${what} needs the package ${name}: npm install ${name}\n(${why})`,
  );
}
/** An optional package, or an ImportError that says what to install. */
export async function peer<M>(load: () => Promise<M>, name: string, what: string): Promise<M> {
  try {
    return await load();
  } catch (error) {
    throw notInstalled(name, what, (error as Error).message.split("\n")[0]);
  }
}
