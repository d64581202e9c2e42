// What torch.save can hold, as safetensors and back: what is around the tensors is JSON in the metadata.
import { empty } from "../tensor/allocate.ts";
import { complex128, float64 } from "../base/dtype.ts";
import { TypeError, ValueError } from "../base/errors.ts";
import { contiguousStrides, isContiguous, reach } from "../base/layout.ts";
import type { Shape } from "../base/layout.ts";
import { Tensor } from "../tensor/tensor.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import type { SafetensorsEntry } from "./safetensors.ts";
import { typeWord } from "../tensor/type_word.ts";

/** Where the metadata keeps the frame around the tensors. */
const FRAME = "tidu.frame";
/** Where it keeps which tensors lie in the memory of another: `{ name: [the other, offset, strides] }`, as {@link Shared}. */
const SHARED = "tidu.shared";
type Shared = Record<string, [of: string, offset: number, strides: readonly number[]]>;
/** Where it names the tensors of complex128, which the format has no name for: they are written as pairs of float64. */
const COMPLEX = "tidu.complex128";
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
 * A value as the bytes of a safetensors file. A Map of tensors, such as a module's state dict, becomes a file that every
 * reader of safetensors understands. In other values the tensors get their path as name (`optimizer.state.0.exp_avg`), and
 * the metadata holds what is around them.
 *
 * Tensors are copied, whatever their strides. Those that share memory (tied weights, a tensor and its slices) share it
 * again when they come back; every one of them is in the file, for other readers.
 */
export function encodeCheckpoint(value: unknown): Uint8Array {
  const tensors = new Map<string, Tensor>();
  const names = isStateDict(value) ? null : new Map<Tensor, string>();
  const frame = JSON.stringify(frameOf(value, [], { tensors, names, around: new Set() }));
  const shared = sharedOf(tensors);
  const pairs = [...tensors].filter(([, t]) => t.dtype === complex128).map(([name]) => name);
  return encodeSafetensors(new Map([...tensors].map(([name, t]) => [name, entryOf(t)])), {
    format: "pt",
    ...(names !== null && { [FRAME]: frame }),
    ...(Object.keys(shared).length > 0 && { [SHARED]: JSON.stringify(shared) }),
    ...(pairs.length > 0 && { [COMPLEX]: JSON.stringify(pairs) }),
  });
}

/** The value that `encodeCheckpoint` was given; of what others wrote, a Map of tensors by name. */
export function decodeCheckpoint(bytes: Uint8Array): unknown {
  const { entries, metadata } = decodeSafetensors(bytes);
  const tensors = new Map([...entries].map(([name, entry]) => [name, tensorOf(entry)]));
  const read = (key: string, use: (json: unknown) => void): void => {
    if (!Object.hasOwn(metadata, key)) return;
    try {
      use(JSON.parse(metadata[key]));
    } catch (error) {
      throw new ValueError(`load: the metadata '${key}' is damaged: ${(error as Error).message}`);
    }
  };
  let value: unknown = tensors;
  read(COMPLEX, (names) => {
    for (const name of names as string[]) tensors.set(name, paired(tensors.get(name)));
  });
  read(SHARED, (shared) => share(tensors, shared as Shared));
  read(FRAME, (frame) => (value = valueOf(frame as Frame, tensors)));
  return value;
}

/** A Map of tensors as a state dict has them needs no frame. */
const isStateDict = (value: unknown): boolean =>
  value instanceof Map &&
  [...value].every(([key, x]) => typeof key === "string" && x instanceof Tensor && !x.requires_grad);

/** What is found on the way through a value: its tensors by name, and what is around the place. */
interface Found {
  readonly tensors: Map<string, Tensor>;
  /** Under which name a tensor has been met; null where each place needs a name of its own. */
  readonly names: Map<Tensor, string> | null;
  readonly around: Set<unknown>;
}
function frameOf(value: unknown, path: readonly string[], found: Found): Frame {
  if (value instanceof Tensor) {
    let name = found.names?.get(value);
    if (name === undefined) {
      name = path.length === 0 ? "tensor" : path.join(".");
      while (found.tensors.has(name)) name += "_";
      found.tensors.set(name, value);
      found.names?.set(value, name);
    }
    return value.requires_grad ? { tensor: name, requires_grad: true } : { tensor: name };
  }
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") {
    if (Object.is(value, -0)) return { number: "-0" };
    return Number.isFinite(value) ? value : { number: String(value) };
  }
  if (typeof value === "bigint") return { bigint: String(value) };
  const at = path.length > 0 ? ` (at ${path.join(".")})` : "";
  if (found.around.has(value)) throw new ValueError(`save: cannot save what contains itself${at}`);
  found.around.add(value);
  const below = (key: unknown, x: unknown): Frame => frameOf(x, [...path, String(key)], found);
  const frame = containerOf(value, (key) => frameOf(key, path, found), below);
  found.around.delete(value);
  if (frame !== null) return frame;
  throw new TypeError(
    `save: cannot save an object of type ${typeWord(value)}${at}\nTensors, numbers, bigints, booleans, text, null, and arrays, Maps and plain objects of them can be saved. Of a module or an optimizer save the state_dict().`,
  );
}
function containerOf(
  value: unknown,
  frameOfKey: (key: unknown) => Frame,
  below: (key: unknown, x: unknown) => Frame,
): Frame {
  if (Array.isArray(value)) return value.map((x, i) => below(i, x));
  if (value instanceof Map) return { map: [...value].map(([key, x]) => [frameOfKey(key), below(key, x)]) };
  const proto: unknown = typeof value === "object" ? Object.getPrototypeOf(value) : undefined;
  if (proto === Object.prototype || proto === null)
    return { object: Object.entries(value as object).map(([key, x]) => [key, below(key, x)]) };
  return null;
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
  if ("bigint" in frame) return bigintOf(frame.bigint);
  if ("map" in frame) return new Map(frame.map.map(([key, x]) => [valueOf(key, tensors), valueOf(x, tensors)]));
  if ("object" in frame) return Object.fromEntries(frame.object.map(([key, x]) => [key, valueOf(x, tensors)]));
  throw new Error(`got ${JSON.stringify(frame).slice(0, 60)}`);
}
/** Reading digits takes the square of their number: more than these are no number of a program. */
const MOST_DIGITS = 10_000;
function bigintOf(text: string): bigint {
  if (text.length > MOST_DIGITS) throw new Error(`got a bigint of ${text.length} digits`);
  return BigInt(text);
}

function entryOf(t: Tensor): SafetensorsEntry {
  const values = t.detach().typed_array();
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (t.dtype === complex128) return { dtype: float64, shape: [...t.sizes, 2], data };
  return { dtype: t.dtype, shape: [...t.sizes], data };
}
/** The entry's bytes lie anywhere in the file's: they are copied into memory of the tensor's own. */
export function tensorOf({ dtype, shape, data }: SafetensorsEntry): Tensor {
  const t = empty(shape, dtype);
  const host = t.host();
  new Uint8Array(host.buffer, host.byteOffset, host.byteLength).set(data);
  return t;
}
/** Pairs of float64 as the complex128 they were. */
function paired(t: Tensor | undefined): Tensor {
  if (t?.dtype !== float64 || t.sizes.at(-1) !== 2) throw new Error("got no pairs of float64");
  return new Tensor(t.storage, complex128, t.sizes.slice(0, -1), contiguousStrides(t.sizes.slice(0, -1)), 0);
}

/** For each tensor that lies within another of the same memory: which, and how, counted from the other's first element. */
function sharedOf(tensors: ReadonlyMap<string, Tensor>): Shared {
  const shared: Shared = {};
  const whole = new Map<Tensor["storage"]["block"], [string, Tensor]>();
  const largestFirst = [...tensors].sort(([, a], [, b]) => b.numel() - a.numel());
  for (const [name, t] of largestFirst) {
    const { block } = t.storage;
    const around = whole.get(block);
    if (around === undefined) {
      if (isContiguous(t.sizes, t.strides)) whole.set(block, [name, t]);
      continue;
    }
    const [of, base] = around;
    if (t.dtype === base.dtype && fits(t.offset - base.offset, t.sizes, t.strides, base))
      shared[name] = [of, t.offset - base.offset, t.strides];
  }
  return shared;
}
/** Whether these elements all lie within `base`, which is contiguous. */
function fits(offset: number, sizes: Shape, strides: readonly number[], base: Tensor): boolean {
  if (sizes.includes(0) || offset < 0 || strides.some((s) => s < 0)) return false;
  const end = reach({ shape: sizes, strides, offset });
  return Number.isSafeInteger(end) && end <= base.numel();
}
/** Puts tensors back into the memory of those that they shared it with, if that has their elements still. */
function share(tensors: Map<string, Tensor>, shared: Shared): void {
  for (const [name, [of, offset, strides]] of Object.entries(shared)) {
    const [t, base] = [tensors.get(name), tensors.get(of)];
    if (t === undefined || base === undefined || t.dtype !== base.dtype || strides.length !== t.sizes.length)
      throw new Error(`there are no such tensors '${name}' and '${of}'`);
    if (!fits(offset, t.sizes, strides, base)) throw new Error(`'${name}' is not within '${of}'`);
    const within = new Tensor(base.storage, base.dtype, t.sizes, strides, base.offset + offset);
    if (sameBytes(within, t)) tensors.set(name, within);
  }
}
function sameBytes(a: Tensor, b: Tensor): boolean {
  const [x, y] = [a, b].map((t) => {
    const { buffer, byteOffset, byteLength } = t.typed_array();
    return new Uint8Array(buffer, byteOffset, byteLength);
  });
  return x.every((byte, i) => byte === y[i]);
}
