// Which format bytes are in, and which one a value is written in.
import { RuntimeError, TypeError } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { ArgumentsAfter } from "../dispatch/callable.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { checkMapLocation, decodeTorch } from "./torch_load.ts";
import type { MapLocation } from "./torch_load.ts";
import { isZip } from "./zip.ts";

export const encode = encodeCheckpoint;

const DECODE = "decode(object bytes, object map_location=None, *, bool? weights_only=None, bool? mmap=None) -> object";
interface Told {
  bytes: Uint8Array | ArrayBuffer;
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
  const { map_location, weights_only } = bindArguments<typeof DECODE, Told>(DECODE, [bytes, ...rest]);
  checkMapLocation(map_location);
  if (!(bytes instanceof Uint8Array || bytes instanceof ArrayBuffer))
    throw new TypeError(`decode(): argument 'bytes' must be Uint8Array or ArrayBuffer, not ${typeWord(bytes)}`);
  const given = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  if (!isZip(given) && !isPickle(given)) return decodeCheckpoint(given) as T;
  if (weights_only === false)
    throw new RuntimeError(
      "weights_only=False is there in Python alone\n" +
        "In TypeScript nothing that a file names is run. For classes that you know use torch.serialization.add_safe_globals.",
    );
  return decodeTorch(given, map_location) as T;
}
/** Pickles begin with their protocol, from the second on. */
const isPickle = (bytes: Uint8Array): boolean => bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5;
