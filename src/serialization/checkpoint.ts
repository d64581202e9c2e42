// What torch.save can hold, to bytes and back: tensors as safetensors, what is around them as JSON in the metadata.
import { empty } from "../allocate.ts";
import { ValueError } from "../errors.ts";
import { Tensor } from "../tensor.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import type { SafetensorsEntry } from "./safetensors.ts";
import { typeWord } from "../type_word.ts";

/** Where the metadata keeps the frame around the tensors. */
const FRAME = "tidu.frame";
/** The frame: JSON as it is, and everything that JSON lacks as an object of one key. */
type Frame =
  | null
  | boolean
  | number
  | string
  | Frame[]
  | { tensor: string; requires_grad?: true }
  | { number: string }
  | { bigint: string }
  | { map: [Frame, Frame][] }
  | { object: [string, Frame][] };

/**
 * A value as the bytes of a safetensors file, for browsers and databases; `save` writes them to a file. A Map of
 * tensors, such as a module's state dict, becomes a file that every reader of safetensors understands. In other values
 * the tensors get their path as name (`optimizer.state.0.exp_avg`), and the metadata holds what is around them.
 *
 * Tensors are copied, whatever their strides; what they came from is not kept. Raises TypeError for functions, symbols
 * and objects of classes, naming the path.
 * @example
 * const bytes = torch.serialization.encode({ model: model.state_dict(), epoch: 3 });
 */
export function encode(value: unknown): Uint8Array {
  const entries = new Map<string, SafetensorsEntry>();
  const frame = JSON.stringify(frameOf(value, [], entries));
  return encodeSafetensors(entries, { format: "pt", ...(!isStateDict(value) && { [FRAME]: frame }) });
}

/**
 * The value that `encode` was given. Bytes that others wrote, such as `safetensors.torch.save_file` in Python, give a
 * Map of tensors by name. Raises ValueError, and says what it takes the bytes for, if they are no safetensors file or
 * are cut off.
 * @example
 * const response = await fetch("model.safetensors");
 * model.load_state_dict(torch.serialization.decode(await response.arrayBuffer()));
 */
export function decode<T = Map<string, Tensor>>(bytes: Uint8Array | ArrayBuffer): T {
  const { entries, metadata } = decodeSafetensors(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));
  const tensors = new Map([...entries].map(([name, entry]) => [name, tensorOf(entry)]));
  if (!Object.hasOwn(metadata, FRAME)) return tensors as T;
  try {
    return valueOf(JSON.parse(metadata[FRAME]) as Frame, tensors) as T;
  } catch (error) {
    throw new ValueError(`load: the metadata '${FRAME}' is damaged: ${(error as Error).message}`);
  }
}

/** A Map of tensors as a state dict has them needs no frame. */
const isStateDict = (value: unknown): boolean =>
  value instanceof Map &&
  [...value].every(([key, x]) => typeof key === "string" && x instanceof Tensor && !x.requires_grad);

function frameOf(value: unknown, path: readonly string[], entries: Map<string, SafetensorsEntry>): Frame {
  const below = (key: unknown, x: unknown): Frame => frameOf(x, [...path, String(key)], entries);
  if (value instanceof Tensor) {
    let name = path.join(".") || "tensor";
    while (entries.has(name)) name += "_";
    entries.set(name, entryOf(value));
    return value.requires_grad ? { tensor: name, requires_grad: true } : { tensor: name };
  }
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") {
    if (Object.is(value, -0)) return { number: "-0" };
    return Number.isFinite(value) ? value : { number: String(value) };
  }
  if (typeof value === "bigint") return { bigint: String(value) };
  if (Array.isArray(value)) return value.map((x, i) => below(i, x));
  if (value instanceof Map) return { map: [...value].map(([key, x]) => [frameOf(key, path, entries), below(key, x)]) };
  const proto: unknown = typeof value === "object" ? Object.getPrototypeOf(value) : undefined;
  if (proto === Object.prototype || proto === null)
    return { object: Object.entries(value).map(([key, x]) => [key, below(key, x)]) };
  throw new TypeError(
    `save: cannot save an object of type ${typeWord(value)}${path.length > 0 ? ` (at ${path.join(".")})` : ""}\nTensors, numbers, bigints, booleans, text, null, and arrays, Maps and plain objects of them can be saved. Of a module or an optimizer save the state_dict().`,
  );
}

function valueOf(frame: Frame, tensors: ReadonlyMap<string, Tensor>): unknown {
  if (frame === null || typeof frame !== "object") return frame;
  if (Array.isArray(frame)) return frame.map((x) => valueOf(x, tensors));
  if ("tensor" in frame) {
    const tensor = tensors.get(frame.tensor);
    if (tensor === undefined) throw new Error(`there is no tensor '${frame.tensor}'`);
    return frame.requires_grad ? tensor.requires_grad_() : tensor;
  }
  if ("number" in frame) return Number(frame.number);
  if ("bigint" in frame) return BigInt(frame.bigint);
  if ("map" in frame) return new Map(frame.map.map(([key, x]) => [valueOf(key, tensors), valueOf(x, tensors)]));
  if ("object" in frame) return Object.fromEntries(frame.object.map(([key, x]) => [key, valueOf(x, tensors)]));
  throw new Error(`got ${JSON.stringify(frame).slice(0, 60)}`);
}
function entryOf(t: Tensor): SafetensorsEntry {
  const values = t.detach().typed_array();
  return {
    dtype: t.dtype,
    shape: [...t.sizes],
    data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}
/** The entry's bytes lie anywhere in the file's: they are copied into memory of the tensor's own. */
function tensorOf({ dtype, shape, data }: SafetensorsEntry): Tensor {
  const t = empty(shape, dtype);
  const host = t.host();
  new Uint8Array(host.buffer, host.byteOffset, host.byteLength).set(data);
  return t;
}
