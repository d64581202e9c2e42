// torch.save and torch.load.
import type * as FileSystem from "node:fs";
import { FileNotFoundError, RuntimeError, ValueError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { decode, encode } from "./checkpoint.ts";

/**
 * Writes a value to a file, as `torch.save`, but in the safetensors format, which Python reads with
 * `safetensors.torch.load_file`. Takes a module's or an optimizer's `state_dict()`, a tensor, or arrays, Maps and plain
 * objects of such and of plain values. Needs Node; elsewhere `torch.serialization.encode` gives the bytes.
 *
 * Raises TypeError for what cannot be saved, and RuntimeError if the file cannot be written.
 * @example
 * torch.save(model.state_dict(), "model.safetensors");
 * torch.save({ model: model.state_dict(), optimizer: optimizer.state_dict(), epoch: 3 }, "checkpoint.safetensors");
 */
export function save(value: unknown, path: string): void {
  const bytes = encode(value);
  const { writeFileSync } = files("save");
  try {
    writeFileSync(path, bytes);
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
