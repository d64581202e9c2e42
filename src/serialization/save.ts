// torch.save and torch.load.
import type * as FileSystem from "node:fs";
import { FileNotFoundError, RuntimeError, TypeError, ValueError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { decode, encode } from "./checkpoint.ts";

/**
 * Writes a value to a file, as `torch.save`, but in the safetensors format, which Python reads with
 * `safetensors.torch.load_file`. Takes a module's or an optimizer's `state_dict()`, a tensor, or arrays, Maps and plain
 * objects of such and of plain values. Needs Node; elsewhere `torch.serialization.encode` gives the bytes.
 *
 * Raises TypeError for what cannot be saved, and RuntimeError if the file cannot be written; a file that was there before
 * is then as it was. Writers at the same time do not mix: the last one's file stays.
 * @example
 * torch.save(model.state_dict(), "model.safetensors");
 * torch.save({ model: model.state_dict(), optimizer: optimizer.state_dict(), epoch: 3 }, "checkpoint.safetensors");
 */
export function save(value: unknown, path: string): void {
  assertPath("save", path);
  const bytes = encode(value);
  const fs = files("save");
  try {
    write(fs, path, bytes);
  } catch (error) {
    const folder = /^(.*)[/\\][^/\\]*$/.exec(path)?.[1];
    throw new RuntimeError(
      isMissing(error) && folder !== undefined
        ? `Parent directory ${folder} does not exist.`
        : `save: ${String(error)}`,
    );
  }
}
/**
 * Writes beside the file and then puts the new one in its place, so that whatever happens meanwhile (a kill, a full disk,
 * another writer) a reader finds the old file or the new one, whole.
 */
function write(fs: typeof FileSystem, path: string, bytes: Uint8Array): void {
  const old = fs.statSync(path, { throwIfNoEntry: false });
  if (old !== undefined && !old.isFile()) return fs.writeFileSync(path, bytes);
  // A link goes on to lead where it leads.
  const target = old === undefined ? path : fs.realpathSync(path);
  const beside = `${target}.${globalThis.process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  try {
    fs.writeFileSync(beside, bytes, { flag: "wx", flush: true, mode: old?.mode });
    fs.renameSync(beside, target);
  } catch (error) {
    fs.rmSync(beside, { force: true });
    throw error;
  }
}

/**
 * Reads a file that `save`, or any other writer of safetensors, has written, as `torch.load`. Gives back what was saved;
 * for a state dict, and for files of others, a Map of tensors by name. Needs Node; elsewhere
 * `torch.serialization.decode` takes the bytes.
 *
 * Raises FileNotFoundError, and ValueError for a file of another kind (among them those of PyTorch's own `torch.save`)
 * or one that is cut off.
 * @example
 * model.load_state_dict(torch.load("model.safetensors"));
 * const { optimizer, epoch } = torch.load<Checkpoint>("checkpoint.safetensors");
 */
export function load<T = Map<string, Tensor>>(path: string): T {
  assertPath("load", path);
  const { readFileSync } = files("load");
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (isMissing(error)) throw new FileNotFoundError(`[Errno 2] No such file or directory: '${path}'`);
    throw new RuntimeError(`load: ${String(error)}`);
  }
  try {
    return decode<T>(bytes);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ValueError(
      `${error.message}\nin ${path}. To bring over a checkpoint of Python's torch.save, write it there with safetensors.torch.save_file(model.state_dict(), path).`,
    );
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
