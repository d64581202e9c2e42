// torch.save and torch.load.
import type * as FileSystem from "node:fs";
import { FileNotFoundError, RuntimeError, TypeError, ValueError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { decode, writeValue } from "./formats.ts";
import type { LoadArguments } from "./formats.ts";

/**
 * Writes a value to a file, as `torch.save`: in PyTorch's own format, which `torch.load` reads there and here, or in that of
 * safetensors if the name ends so. Takes a module's or an optimizer's `state_dict()`, a tensor, or arrays, Maps, Sets and
 * plain objects of such and of plain values; `torch.serialization.encode` tells what becomes of each. Needs Node; elsewhere
 * `encode` gives the bytes.
 *
 * Raises TypeError for what cannot be saved, and RuntimeError if the file cannot be written; a file that was there before
 * is then as it was. Writers at the same time do not mix: the last one's file stays.
 * @example
 * torch.save({ model: model.state_dict(), optimizer: optimizer.state_dict(), epoch: 3 }, "checkpoint.pt");
 * torch.save(model.state_dict(), "model.safetensors");
 */
export function save(obj: unknown, f: string): void {
  assertPath("save", f);
  const format = f.endsWith(".safetensors") ? "safetensors" : "pt";
  writeFile("save", f, (write) => writeValue(obj, format, write));
}
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
function writeAll(fs: typeof FileSystem, file: number, piece: Uint8Array): void {
  for (let at = 0; at < piece.length;) at += fs.writeSync(file, piece, at);
}

/**
 * Reads a file that `torch.save` has written, here or in Python (.pt, .pth; the formats of PyTorch 1.0 to 2.13), or any
 * writer of safetensors, as `torch.load`. Gives back what was saved: a list as an array, a tuple as a frozen one, a dict as
 * an object, an OrderedDict such as a state dict as a Map; `torch.serialization.decode` tells more. Tensors that shared
 * memory share it again. Nothing in a file is run. Needs Node; elsewhere `decode` takes the bytes.
 *
 * `map_location` is where tensors go: a place for all ("cpu"), an object or Map from places to places, or a function of a
 * storage, as a tensor of its bytes, and its place. `weights_only` and `mmap` are accepted.
 *
 * Raises FileNotFoundError; UnpicklingError for a file that asks for more than data, which `add_safe_globals` may allow;
 * RuntimeError for tensors of a device that is not there, and for a damaged file; ValueError for a file of another kind.
 * @example
 * model.load_state_dict(torch.load("model.pt", { map_location: "cpu" }));
 * const { optimizer, epoch } = torch.load<Checkpoint>("checkpoint.pt");
 */
export function load<T = Map<string, Tensor>>(f: string, ...rest: LoadArguments): T {
  assertPath("load", f);
  const { readFileSync } = files("load");
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(f);
  } catch (error) {
    if (isMissing(error)) throw new FileNotFoundError(`[Errno 2] No such file or directory: '${f}'`);
    throw new RuntimeError(`load: ${String(error)}`);
  }
  try {
    return decode<T>(bytes, ...rest);
  } catch (error) {
    if (error instanceof ValueError) error.message += `\nin ${f}`;
    throw error;
  }
}

/** A number would be the number of an open file. */
function assertPath(name: string, path: unknown): void {
  if (typeof path === "string") return;
  throw new TypeError(
    `${name}(): expected the path of a file as str, got ${typeWord(path)}\n` +
      `torch.serialization.${name === "save" ? "encode(value) gives" : "decode(bytes) takes"} bytes.`,
  );
}
/** Asked for at run time, so that the library loads in a browser. */
function files(name: string): typeof FileSystem {
  const fs = globalThis.process?.getBuiltinModule?.("node:fs");
  if (fs === undefined)
    throw new RuntimeError(
      `${name}: this platform has no files. Use torch.serialization.${name === "save" ? "encode, which gives the bytes" : "decode, which takes the bytes"}.`,
    );
  return fs;
}
const isMissing = (error: unknown): boolean => (error as { code?: string }).code === "ENOENT";
