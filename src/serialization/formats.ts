// Which format bytes are in, and which one a value is written in.
import { RuntimeError, TypeError, ValueError } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { ArgumentsAfter } from "../dispatch/callable.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { checkMapLocation, decodeTorch } from "./torch_load.ts";
import type { MapLocation } from "./torch_load.ts";
import { MemorySource } from "./source.ts";
import type { Source } from "./source.ts";
import { writeTorch } from "./torch_save.ts";
import { gathered, isZip } from "./zip.ts";

const ENCODE = "encode(object obj, *, str format='pt') -> object";
/**
 * A value as bytes, for browsers and databases; `torch.save` writes them to a file. Those of `format` "pt" are what
 * PyTorch's `torch.save` writes, for `torch.load` there (with weights_only=True) and here: arrays as lists, frozen arrays as
 * tuples, objects as dicts, Maps as OrderedDicts. Whole numbers are ints, those in `new torch.Float(2)` and all others floats;
 * keys of objects that look like whole numbers are ints, as an optimizer's. Tensors keep their strides and share memory as
 * they do: all of a memory is written, once.
 *
 * With "safetensors" a Map of tensors, such as a state dict, becomes a file that every reader of that format understands; in
 * other values tensors get their path as name (`optimizer.state.0.exp_avg`), and the metadata holds what is around them.
 *
 * Raises TypeError for functions, symbols and objects of classes, naming the path, and ValueError for what contains itself.
 * @example
 * const bytes = torch.serialization.encode({ model: model.state_dict(), epoch: 3 });
 */
export function encode(obj: unknown, ...rest: ArgumentsAfter<"obj", typeof ENCODE, { obj: unknown }>): Uint8Array {
  const { format } = bindArguments<typeof ENCODE, { obj: unknown }>(ENCODE, [obj, ...rest]);
  if (format !== "pt" && format !== "safetensors")
    throw new ValueError(`encode(): argument 'format' must be 'pt' or 'safetensors', got '${format}'`);
  return gathered((write) => writeValue(obj, format, write));
}
/** Hands a value's bytes to `write`, piece by piece. */
export function writeValue(obj: unknown, format: "pt" | "safetensors", write: (piece: Uint8Array) => void): void {
  if (format === "pt") writeTorch(obj, write);
  else write(encodeCheckpoint(obj));
}

const DECODE = "decode(object bytes, object map_location=None, *, bool? weights_only=None, bool? mmap=None) -> object";
interface Told {
  bytes: object;
  map_location: MapLocation | null;
}
/** The arguments of `load` but the file. */
export type LoadArguments = ArgumentsAfter<"bytes", typeof DECODE, Told>;

/**
 * The value that bytes hold: those of `encode`, of PyTorch's `torch.save` (.pt, .pth), or of a safetensors file. A list is
 * an array, a tuple a frozen one; a dict is an object, or a Map if it has keys that an object cannot have; an OrderedDict,
 * such as a state dict, is a Map, and a safetensors file of others a Map of tensors by name.
 *
 * `map_location`: where tensors go that were saved elsewhere, "cpu" say; see `torch.load`. Raises UnpicklingError if the
 * bytes ask for more than data, and RuntimeError or ValueError, which say what it takes the bytes for, if they are of
 * another kind or cut off.
 * @example
 * const response = await fetch("model.pt");
 * model.load_state_dict(torch.serialization.decode(await response.arrayBuffer()));
 */
export function decode<T = Map<string, Tensor>>(bytes: Uint8Array | ArrayBuffer, ...rest: LoadArguments): T {
  if (!(bytes instanceof Uint8Array || bytes instanceof ArrayBuffer))
    throw new TypeError(`decode(): argument 'bytes' must be Uint8Array or ArrayBuffer, not ${typeWord(bytes)}`);
  return decodeSource(new MemorySource(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)), rest) as T;
}
/** {@link decode} of bytes wherever they are. */
export function decodeSource(source: Source, rest: LoadArguments): unknown {
  const { map_location, weights_only } = bindArguments<typeof DECODE, Told>(DECODE, [source, ...rest]);
  checkMapLocation(map_location);
  const begin = source.bytes(0, Math.min(4, source.length));
  if (isTar(source))
    throw new RuntimeError(
      "Cannot use ``weights_only=True`` with files saved in the legacy .tar format.\nThat is of PyTorch before 0.1.10. In Python a PyTorch of today reads it: torch.save(torch.load(path, weights_only=False), other_path).",
    );
  if (!isZip(begin) && !isPickle(begin)) return decodeCheckpoint(source.bytes(0, source.length));
  if (weights_only === false)
    throw new RuntimeError(
      "weights_only=False is there in Python alone\n" +
        "In TypeScript nothing that a file names is run. For classes that you know use torch.serialization.add_safe_globals.",
    );
  return decodeTorch(source, map_location);
}
/** An archive of tar says so after its first file's name and sizes. */
const isTar = (source: Source): boolean =>
  source.length >= 512 && String.fromCharCode(...source.bytes(257, 262)) === "ustar";
/** Pickles begin with their protocol, from the second on. */
const isPickle = (bytes: Uint8Array): boolean => bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5;
