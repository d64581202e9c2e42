// What torch.save wrote, to the values that it was given.
import type { Dtype } from "../base/dtype.ts";
import { uint8 } from "../base/dtype.ts";
import { RuntimeError, TypeError, UnpicklingError } from "../base/errors.ts";
import { Device } from "../devices/device.ts";
import { getDevice, isKnown } from "../devices/registry.ts";
import { transferred } from "../dispatch/transfer.ts";
import { empty } from "../tensor/allocate.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { find } from "./globals.ts";
import { late, Stored, StorageType } from "./rebuild.ts";
import type { Source } from "./source.ts";
import { openTorchFile } from "./torch_file.ts";
import type { TorchFile } from "./torch_file.ts";
import { Tuple, unpickle } from "./unpickler.ts";

/**
 * Where tensors go that were saved elsewhere: one place for all, a place for each, or a function of a storage, as a tensor
 * of its bytes, and the place that it was saved from, which gives the storage to use or null for the usual.
 */
export type MapLocation =
  | string
  | Device
  | Readonly<Record<string, string>>
  | ReadonlyMap<string, string>
  | ((storage: Tensor, location: string) => Tensor | null | undefined);

const UNSAFE_MESSAGE =
  "In PyTorch 2.6, we changed the default value of the `weights_only` argument in `torch.load` from `False` to `True`. Re-running `torch.load` with `weights_only` set to `False` will likely succeed, but it can result in arbitrary code execution. Do it only if you got the file from a trusted source.";
const DOCS_MESSAGE =
  "\n\nCheck the documentation of torch.load to learn more about types accepted by default with weights_only https://pytorch.org/docs/stable/generated/torch.load.html.";
/** What PyTorch says of a pickle that asks for more than data. */
export function weightsOnlyMessage(message: string): string {
  if (/GLOBAL (\S+) was not an allowed global by default\./.test(message))
    return (
      "Weights only load failed. This file can still be loaded, to do so you have two options, " +
      "\x1b[1mdo those steps only if you trust the source of the checkpoint\x1b[0m. " +
      `\n\t(1) ${UNSAFE_MESSAGE}\n\t(2) Alternatively, to load with \`weights_only=True\` please check ` +
      `the recommended steps in the following error message.\n\tWeightsUnpickler error: ${message}${DOCS_MESSAGE}`
    );
  const file = message.includes("is blocked.")
    ? ""
    : "Please file an issue with the following so that we can make `weights_only=True` compatible with your use case: WeightsUnpickler error: ";
  return `Weights only load failed. ${UNSAFE_MESSAGE}\n${file}\n\n${message}${DOCS_MESSAGE}`;
}
const HELP =
  "\nIn TypeScript nothing that a pickle names is run, so there is no weights_only=False: allow the class with torch.serialization.add_safe_globals([[Class, path]]), or save the state_dict() in Python.";

/** The value that a file of torch.save holds. Raises UnpicklingError for what is not data, RuntimeError for a damaged file. */
export function decodeTorch(source: Source, map_location: MapLocation | null = null): unknown {
  try {
    const file = openTorchFile(source);
    const storages = new Storages(file, map_location);
    const read = (): { value: unknown; end: number } =>
      unpickle(file.pickle, file.from, { find, persistent: (id) => storages.persistent(id) });
    Object.assign(late, { isReading: file.isLate, hasMet: false });
    const { value, end } = read();
    late.isReading = false;
    file.finish(end);
    return late.hasMet ? read().value : value;
  } catch (error) {
    if (error instanceof UnpicklingError) throw new UnpicklingError(weightsOnlyMessage(error.message) + HELP);
    throw error;
  } finally {
    late.isReading = false;
  }
}

class Storages {
  private readonly file: TorchFile;
  private readonly place: MapLocation | null;
  private readonly known = new Map<string, Stored>();
  constructor(file: TorchFile, place: MapLocation | null) {
    this.file = file;
    this.place = place;
    if (typeof place === "string" || place instanceof Device) checkPlace(String(place));
  }
  /** `("storage", torch.FloatStorage, "0", "cpu", 6)`, and of old a part of it: (key, offset, size). */
  persistent(id: unknown): Stored {
    if (!(id instanceof Tuple))
      throw new UnpicklingError(`persistent_load id must be tuple or int, but got <class '${typeWord(id)}'>`);
    const [what, type, key, location, numel, part] = id;
    if (what !== "storage")
      throw new UnpicklingError(`Only persistent_load of storage is allowed, but got <class '${typeWord(what)}'>`);
    if (!(type instanceof StorageType) || !isKey(key) || typeof location !== "string" || !isCount(numel))
      throw new UnpicklingError("got a storage that is none");
    if (type.dtype === null)
      throw new RuntimeError(`Quantized tensors are not supported\nThe file has one, in a ${type.name}.`);
    const name = String(key);
    let found = this.known.get(name);
    if (found === undefined) this.known.set(name, (found = this.restored(name, type.dtype, numel, location)));
    if (part === null || part === undefined) return found;
    if (!(part instanceof Tuple) || !isCount(part[1]) || !isCount(part[2]) || part[1] + part[2] > found.length)
      throw new UnpicklingError("got a part of a storage that is none");
    return new Stored(found.storage, found.dtype, found.start + part[1], part[2]);
  }
  private restored(key: string, dtype: Dtype, numel: number, location: string): Stored {
    const bytes = this.file.claim(key, dtype, numel);
    const place = placeOf(this.place, bytes, location);
    const { storage } = place instanceof Tensor ? place : onPlace(bytes, place);
    storage.kept = true;
    return new Stored(storage, dtype, 0, numel);
  }
}
const isKey = (x: unknown): x is string | number => typeof x === "string" || Number.isSafeInteger(x);
const isCount = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;

function placeOf(asked: MapLocation | null, bytes: Tensor, location: string): string | Tensor {
  if (asked === null) return location;
  if (typeof asked === "string" || asked instanceof Device) return String(asked);
  if (typeof asked === "function") return asked(bytes, location) ?? location;
  const mapped =
    asked instanceof Map ? (asked as ReadonlyMap<string, string>).get(location) : ofRecord(asked, location);
  return mapped ?? location;
}
const ofRecord = (asked: object, key: string): string | undefined =>
  Object.hasOwn(asked, key) ? (asked as Record<string, string>)[key] : undefined;

/** Raises PyTorch's error for a place that is not there. */
function checkPlace(location: string): string {
  if (location === "cpu" || isKnown(location.split(":")[0])) return location;
  if (location.startsWith("cuda"))
    throw new RuntimeError(
      "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are running on a CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map your storages to the CPU.",
    );
  throw new RuntimeError(
    `don't know how to restore data location of torch.storage.UntypedStorage (tagged with ${location.slice(0, 60)})\nAsk for another with map_location: "cpu", say.`,
  );
}
function onPlace(bytes: Tensor, location: string): Tensor {
  const place = checkPlace(location);
  if (place === "meta") return empty(bytes.sizes, uint8, undefined, getDevice("meta"));
  return place === "cpu" ? bytes : transferred(bytes, getDevice(place));
}
/** Raises TypeError for what is no place. */
export function checkMapLocation(given: unknown): asserts given is MapLocation | null {
  const kind = typeof given;
  if (given === null || kind === "string" || kind === "function" || (kind === "object" && !Array.isArray(given)))
    return;
  throw new TypeError(
    `load(): argument 'map_location' must be a string, torch.device, dict or function, not ${typeWord(given)}`,
  );
}
