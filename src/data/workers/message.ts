// Values as messages between threads: tensors as bytes in shared memory where there is some, all else by structured clone.
import { dtypeByName } from "../../base/dtype.ts";
import type { DtypeName } from "../../base/dtype.ts";
import { RuntimeError, TypeError } from "../../base/errors.ts";
import { contiguousStrides, numel } from "../../base/layout.ts";
import type { CpuDevice } from "../../devices/cpu/device.ts";
import { LARGEST_SMALL } from "../../devices/memory/memory.ts";
import type { SpanBlock } from "../../devices/memory/span.ts";
import { getDevice } from "../../devices/registry.ts";
import { empty } from "../../tensor/allocate.ts";
import { settled } from "../../tensor/elementwise.ts";
import { Storage } from "../../tensor/storage.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { typeWord } from "../../tensor/type_word.ts";

/**
 * Note [Batches without a copy]: the tensors of a loader lie in the memory that its thread computes in, which is shared
 * where memory can be. With each batch it asks for, the program's thread tells the worker where the tensors of the last one
 * lay, in new blocks that stay where they are until the batch has come. If the worker's tensors have just those sizes it
 * writes them there, and they need not be copied any more: else, as in a first or a smaller batch, they come in a buffer
 * of their own. Where memory cannot be shared, that is always so, and the buffer is handed over.
 */
export interface Slot {
  readonly ptr: number;
  readonly nbytes: number;
}
interface SentTensor {
  readonly kind: "tensor";
  readonly dtype: DtypeName;
  readonly sizes: readonly number[];
  readonly requires_grad: boolean;
  /** The number of a slot, or the bytes themselves. */
  readonly bytes: number | ArrayBufferLike;
}
export type Sent =
  | SentTensor
  | { readonly kind: "plain"; readonly value: unknown }
  | { readonly kind: "list"; readonly items: readonly Sent[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, Sent])[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [Sent, Sent])[] }
  | { readonly kind: "set"; readonly items: readonly Sent[] };

/** Where the bytes of tensors go: a slot's number, or a buffer of their own. */
export type Put = (bytes: Uint8Array) => number | ArrayBufferLike;
/** Into buffers of their own, those that must be handed over listed in `transfer`. */
export const intoBuffers =
  (transfer: ArrayBuffer[]): Put =>
  (bytes) => {
    const isShared = typeof SharedArrayBuffer !== "undefined";
    const buffer = isShared ? new SharedArrayBuffer(bytes.length) : new ArrayBuffer(bytes.length);
    new Uint8Array(buffer).set(bytes);
    if (buffer instanceof ArrayBuffer) transfer.push(buffer);
    return buffer;
  };
/** Into slots of another thread's memory as far as they fit, see Note [Batches without a copy]. */
export function intoSlots(memory: WebAssembly.Memory | null, slots: readonly Slot[], otherwise: Put): Put {
  const free = new Map(slots.entries());
  return (bytes) => {
    for (const [i, { ptr, nbytes }] of free)
      if (nbytes === bytes.length) {
        new Uint8Array(memory!.buffer, ptr, nbytes).set(bytes);
        free.delete(i);
        return i;
      }
    return otherwise(bytes);
  };
}

const PLATFORM =
  /^\[object (Date|RegExp|Blob|File|ImageData|ImageBitmap|ArrayBuffer|SharedArrayBuffer|DataView|\w+Array|\w*Error)\]$/;
/** A value as a message. Raises TypeError for what has code of its own: functions, instances of a program's classes. */
export function encode(value: unknown, put: Put): Sent {
  if (value instanceof Tensor) return encodeTensor(value, put);
  if (typeof value === "function" || typeof value === "symbol") throw unsendable(value);
  if (typeof value !== "object" || value === null) return { kind: "plain", value };
  if (Array.isArray(value)) return { kind: "list", items: value.map((x) => encode(x, put)) };
  if (value instanceof Map)
    return { kind: "map", entries: [...value].map(([k, v]) => [encode(k, put), encode(v, put)] as const) };
  if (value instanceof Set) return { kind: "set", items: [...value].map((x) => encode(x, put)) };
  const proto: unknown = Object.getPrototypeOf(value);
  if (proto === null || proto === Object.prototype)
    return { kind: "object", entries: Object.entries(value).map(([k, v]) => [k, encode(v, put)] as const) };
  if (!PLATFORM.test(Object.prototype.toString.call(value))) throw unsendable(value);
  return { kind: "plain", value };
}
const unsendable = (value: unknown): TypeError => {
  const what = typeof value === "object" ? `an instance of ${value?.constructor?.name}` : typeWord(value);
  return new TypeError(
    `cannot send ${what} from one thread to another\nWhat passes between a program and the workers of its loader is tensors, numbers, text and typed arrays, in arrays, plain objects, Maps and Sets.`,
  );
};
function encodeTensor(t: Tensor, put: Put): Sent {
  if (t.requires_grad && !t.is_leaf)
    throw new RuntimeError(
      "Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd does not support crossing process boundaries.  If you just want to transfer the data, call detach() on the tensor before serializing (e.g., putting it on the queue).",
    );
  const whole = settled(t.detach()).cpu().contiguous();
  const cpu = whole.backend as CpuDevice;
  const { buffer, byteOffset, byteLength } = cpu.host(whole.dtype, whole, whole.numel());
  const bytes = put(new Uint8Array(buffer, byteOffset, byteLength));
  return { kind: "tensor", dtype: whole.dtype.name, sizes: [...whole.sizes], requires_grad: t.requires_grad, bytes };
}

/** A message as a value; tensors whose bytes are in slots are made of their blocks. */
export function decode(sent: Sent, slots: readonly SpanBlock[] = []): unknown {
  const each = (x: Sent): unknown => decode(x, slots);
  switch (sent.kind) {
    case "plain":
      return sent.value;
    case "list":
      return sent.items.map(each);
    case "set":
      return new Set(sent.items.map(each));
    case "map":
      return new Map(sent.entries.map(([k, v]) => [each(k), each(v)]));
    case "object":
      return Object.fromEntries(sent.entries.map(([k, v]) => [k, each(v)]));
    case "tensor":
      return decodeTensor(sent, slots);
  }
}
function decodeTensor({ dtype: name, sizes, requires_grad, bytes }: SentTensor, slots: readonly SpanBlock[]): Tensor {
  const dtype = dtypeByName.get(name)!;
  let made: Tensor;
  if (typeof bytes === "number") {
    slots[bytes].pin(false);
    made = new Tensor(new Storage(getDevice("cpu"), slots[bytes]), dtype, sizes, contiguousStrides(sizes), 0);
  } else {
    made = empty(sizes, dtype, undefined, getDevice("cpu"));
    const n = numel(sizes) * (dtype.is_complex ? 2 : 1);
    made.backend.upload(dtype, made, new dtype.array(bytes, 0, n));
  }
  made.storage.kept = true;
  return requires_grad ? made.requires_grad_() : made;
}

/** The memory of this thread that others may write to, if there is any. */
export function sharedMemory(): WebAssembly.Memory | null {
  const { memory } = getDevice("cpu") as CpuDevice;
  return memory.shared ? memory.memory : null;
}
/** Blocks for a batch like `sent`, where others can write to them. */
export function blocksLike(sizes: readonly number[]): SpanBlock[] {
  const { memory } = getDevice("cpu") as CpuDevice;
  return sizes.map((nbytes) => memory.allocatePinned(nbytes));
}
/** The bytes of each tensor of a message that is worth a slot. */
export function tensorBytes(sent: Sent): number[] {
  switch (sent.kind) {
    case "plain":
      return [];
    case "list":
    case "set":
      return sent.items.flatMap(tensorBytes);
    case "map":
      return sent.entries.flatMap((entry) => entry.flatMap(tensorBytes));
    case "object":
      return sent.entries.flatMap(([, value]) => tensorBytes(value));
    case "tensor": {
      const nbytes = numel(sent.sizes) * dtypeByName.get(sent.dtype)!.itemsize;
      return nbytes > LARGEST_SMALL ? [nbytes] : [];
    }
  }
}
