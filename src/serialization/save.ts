// torch.save and torch.load.
import { ValueError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { assertPath, writeFile } from "./file_system.ts";
import { decodeSource, writeValue } from "./formats.ts";
import type { LoadArguments } from "./formats.ts";
import { safe_open } from "./safe_open.ts";
import { openSource } from "./source.ts";

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
 * Reads a file that `torch.save` has written, here or in Python (.pt, .pth; the formats of PyTorch 1.0 to 2.13), or any
 * writer of safetensors (also a model in several, by its model.safetensors.index.json), as `torch.load`. Gives back what was saved: a list as an array, a tuple as a frozen one, a dict as
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
  if (f.endsWith(".index.json")) {
    const file = safe_open(f);
    try {
      return new Map(file.keys().map((name) => [name, file.get_tensor(name)])) as T;
    } finally {
      file.close();
    }
  }
  const source = openSource("load", f);
  try {
    return decodeSource(source, rest) as T;
  } catch (error) {
    if (error instanceof ValueError) error.message += `\nin ${f}`;
    throw error;
  } finally {
    source.close();
  }
}
