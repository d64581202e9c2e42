// What pickles of tensors call, under PyTorch's names. What they are called with is a file's word: everything is checked.
import { Dtype, uint8 } from "../base/dtype.ts";
import { NotImplementedError, RuntimeError, UnpicklingError } from "../base/errors.ts";
import { list, numel, reach } from "../base/layout.ts";
import { Device } from "../devices/device.ts";
import { loadedTensor } from "../dispatch/layouts.ts";
import { getDevice } from "../devices/registry.ts";
import { Parameter } from "../nn/module/parameter.ts";
import { empty } from "../tensor/allocate.ts";
import { _neg_view } from "../ops/pointwise/complex.ts";
import type { Storage } from "../tensor/storage.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { Dict, finished, Known, Tuple, Unfinished } from "./unpickler.ts";
import { widened, widerDtype, widerSize } from "./wider.ts";

/** `torch.FloatStorage` and its kin: the dtype of the storages that a pickle names with it. */
export class StorageType {
  readonly dtype: Dtype | null;
  readonly name: string;
  constructor(dtype: Dtype | null, name = "") {
    this.dtype = dtype;
    this.name = name;
  }
}
/** A storage of a file, or of elements of it, with the dtype that it was saved as. A program sees it as a tensor. */
export class Stored extends Unfinished {
  /** Null on meta. */
  readonly storage: Storage;
  readonly dtype: Dtype;
  readonly start: number;
  readonly length: number;
  constructor(storage: Storage, dtype: Dtype, start: number, length: number) {
    super();
    this.storage = storage;
    this.dtype = dtype;
    this.start = start;
    this.length = length;
  }
  finish(): Tensor {
    return new Tensor(this.storage, this.dtype, [this.length], [1], this.start);
  }
}

const wrong = (f: string, argument: string, x: unknown): UnpicklingError =>
  new UnpicklingError(`${f}: got ${argument} that cannot be one: ${x instanceof Known ? x.path : typeWord(x)}`);
function whole(f: string, what: string, x: unknown): number {
  if (!Number.isSafeInteger(x)) throw wrong(f, what, x);
  return x as number;
}
function wholes(f: string, what: string, x: unknown): number[] {
  if (!Array.isArray(x) || x.length > 64 || !x.every((n) => Number.isSafeInteger(n))) throw wrong(f, what, x);
  return [...(x as number[])];
}
const widerOr = (f: string, dtype: unknown): Dtype | string =>
  typeof dtype === "string" && widerSize(dtype) !== undefined ? dtype : supported(f, dtype);
const supported = (f: string, dtype: unknown): Dtype => {
  if (dtype instanceof Dtype) return dtype;
  if (typeof dtype === "string") throw new NotImplementedError(`tensors of dtype ${dtype} are not supported`);
  throw wrong(f, "a dtype", dtype);
};

const wide = new WeakMap<Storage, Map<string, Tensor>>();
/** The elements of a storage whose dtype tensors do not have, by its name: made wider once, for all tensors that share it. */
export function widerStorage(storage: Storage, name: string): Tensor {
  const known = wide.get(storage) ?? new Map<string, Tensor>();
  wide.set(storage, known);
  let made = known.get(name);
  if (made === undefined) {
    const bytes = new Tensor(storage, uint8, [storage.block.nbytes], [1], 0);
    const count = Math.floor(bytes.numel() / widerSize(name)!);
    made = empty([count], widerDtype(name), undefined, storage.device);
    made.storage.kept = true;
    if (storage.device.holdsData) {
      const host = made.host();
      const to = new Uint8Array(host.buffer, host.byteOffset, host.byteLength);
      to.set(widened(name, bytes.host() as Uint8Array));
    }
    known.set(name, made);
  }
  return made;
}
/**
 * A tensor in the memory of a storage, of its dtype, another, or one by name that is read as a wider one. Raises RuntimeError if
 * it would reach beyond it.
 */
function tensorIn(
  f: string,
  stored: unknown,
  dtype: Dtype | string | null,
  offset: unknown,
  sizes: unknown,
  strides: unknown,
): Tensor {
  if (!(stored instanceof Stored)) throw wrong(f, "a storage", stored);
  const isWider = typeof dtype === "string";
  const kind = isWider ? { itemsize: widerSize(dtype)! } : (dtype ?? stored.dtype);
  const [shape, steps] = [wholes(f, "a size", sizes), wholes(f, "a stride", strides)];
  const first = whole(f, "an offset", offset);
  const available = stored.length * stored.dtype.itemsize;
  if (shape.length !== steps.length)
    throw new RuntimeError(`mismatch in length of strides and shape\nThe file says ${list(shape)} and ${list(steps)}.`);
  if (shape.some((n) => n < 0))
    throw new RuntimeError(
      `Trying to create tensor with negative dimension ${shape.find((n) => n < 0)}: ${list(shape)}`,
    );
  if (steps.some((n) => n < 0)) throw new RuntimeError("as_strided: Negative strides are not supported at the moment");
  if (first < 0) throw new RuntimeError(`Tensor: invalid storage offset ${first}`);
  const end = shape.includes(0) ? 0 : reach({ shape, strides: steps, offset: first });
  if (!(end * kind.itemsize <= available) || !Number.isSafeInteger(numel(shape)))
    throw new RuntimeError(
      `setStorage: sizes ${list(shape)}, strides ${list(steps)}, storage offset ${first}, and itemsize ${kind.itemsize} requiring a storage size of ${end * kind.itemsize} are out of bounds for storage of size ${available}`,
    );
  if (!isWider) return new Tensor(stored.storage, kind as Dtype, shape, steps, stored.start + first);
  // Where a file's numbers come later, what is looked at now are their bytes.
  if (late.isReading) late.hasMet = true;
  if (late.isReading) return new Tensor(stored.storage, uint8, shape, steps, stored.start + first);
  const { storage } = widerStorage(stored.storage, dtype);
  return new Tensor(
    storage,
    widerDtype(dtype),
    shape,
    steps,
    first + (stored.start * stored.dtype.itemsize) / kind.itemsize,
  );
}
/** What PyTorch keeps of a conjugated view: its memory, and that it is one. */
function seen(t: Tensor, metadata: unknown): Tensor {
  const has = (key: string): boolean => metadata instanceof Dict && metadata.get(key) === true;
  if (has("conj")) return t.conj().detach();
  return has("neg") ? _neg_view(t).detach() : t;
}
function requiring(t: Tensor, requires_grad: unknown): Tensor {
  return requires_grad === true ? t.requires_grad_() : t;
}
/** Attributes that a program has set; a file's may not stand in for the library's own. */
function withAttributes(t: Tensor, state: unknown): Tensor {
  if (state instanceof Dict)
    for (const [k, x] of state)
      if (typeof k === "string" && !(k in t))
        Object.defineProperty(t, k, { value: finished(x), writable: true, enumerable: true, configurable: true });
  return t;
}
function parameter(f: string, data: unknown, requires_grad: unknown): Parameter {
  if (!(data instanceof Tensor) || typeof requires_grad !== "boolean") throw wrong(f, "a tensor", data);
  return new Parameter(data, requires_grad);
}

/**
 * Files without zip have the numbers of tensors after the pickle that makes the tensors. Indices can be checked only when they
 * are there: the first reading notes that there are some, and the file is then read again.
 */
export const late = { isReading: false, hasMet: false };

/** By where Python has them. */
export const rebuild = {
  "torch._utils._rebuild_tensor": (stored: unknown, offset: unknown, size: unknown, stride: unknown): Tensor =>
    tensorIn("_rebuild_tensor", stored, null, offset, size, stride),
  "torch._utils._rebuild_tensor_v2": (
    stored: unknown,
    offset: unknown,
    size: unknown,
    stride: unknown,
    requires_grad: unknown,
    _hooks: unknown,
    metadata: unknown,
  ): Tensor =>
    requiring(seen(tensorIn("_rebuild_tensor_v2", stored, null, offset, size, stride), metadata), requires_grad),
  /** Of dtypes that no class of storages is named for. */
  "torch._utils._rebuild_tensor_v3": (
    stored: unknown,
    offset: unknown,
    size: unknown,
    stride: unknown,
    requires_grad: unknown,
    _hooks: unknown,
    dtype: unknown,
  ): Tensor =>
    requiring(
      tensorIn("_rebuild_tensor_v3", stored, widerOr("_rebuild_tensor_v3", dtype), offset, size, stride),
      requires_grad,
    ),
  "torch._utils._rebuild_parameter": (data: unknown, requires_grad: unknown): Parameter =>
    parameter("_rebuild_parameter", data, requires_grad),
  "torch._utils._rebuild_parameter_with_state": (
    data: unknown,
    requires_grad: unknown,
    _hooks: unknown,
    state: unknown,
  ): Tensor => withAttributes(parameter("_rebuild_parameter_with_state", data, requires_grad), state),
  "torch._utils._rebuild_meta_tensor_no_storage": (
    dtype: unknown,
    size: unknown,
    stride: unknown,
    requires_grad: unknown,
  ): Tensor => {
    const f = "_rebuild_meta_tensor_no_storage";
    const made = empty(
      wholes(f, "a size", size),
      supported(f, dtype),
      wholes(f, "a stride", stride),
      getDevice("meta"),
    );
    return requiring(made, requires_grad);
  },
  "torch._utils._rebuild_sparse_tensor": (layout: unknown, data: unknown): Tensor => {
    const f = "_rebuild_sparse_tensor";
    if (typeof layout !== "string" || !(data instanceof Tuple)) throw wrong(f, "a layout", layout);
    const parts = data.filter((x): x is Tensor => x instanceof Tensor);
    const [size, coalesced] = data.slice(parts.length);
    if (late.isReading) {
      late.hasMet = true;
      if (parts.length === 0) throw wrong(f, "parts", data[0]);
      return parts[0];
    }
    return loadedTensor(layout, parts, wholes(f, "a size", size), coalesced === true);
  },
  "torch._utils._rebuild_device_tensor_from_cpu_tensor": (
    data: unknown,
    dtype: unknown,
    device: unknown,
    requires_grad: unknown,
  ): Tensor => {
    const f = "_rebuild_device_tensor_from_cpu_tensor";
    if (!(data instanceof Tensor) || !(device instanceof Device || typeof device === "string"))
      throw wrong(f, "a tensor", data);
    return requiring(data.to(supported(f, dtype)), requires_grad);
  },
  "torch._tensor._rebuild_from_type_v2": (f: unknown, type: unknown, args: unknown, state: unknown): Tensor => {
    if (!(f instanceof Known) || f.call === undefined || !(args instanceof Tuple))
      throw wrong("_rebuild_from_type_v2", "a function", f);
    const made = f.call(...args);
    if (!(made instanceof Tensor) || !(type instanceof Known)) throw wrong("_rebuild_from_type_v2", "a tensor", made);
    return withAttributes(made, state);
  },
};
