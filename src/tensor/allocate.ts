// Fresh tensors, and the early release of those that only the library itself has seen.
import { currentDevice, getDevice } from "../devices/registry.ts";
import type { Backend } from "../devices/backend.ts";
import type { DeviceLike } from "../devices/device.ts";
import type { Dtype } from "../base/dtype.ts";
import { contiguousStrides, copyStrides, numel } from "../base/layout.ts";
import type { Shape } from "../base/layout.ts";
import { preserve_format, stridesIn } from "../base/memory_format.ts";
import type { MemoryFormat } from "../base/memory_format.ts";
import { Storage } from "./storage.ts";
import { Tensor } from "./tensor.ts";

/**
 * Note [Early release]: memory of a tensor that a user may hold is left to the garbage collector. What the library makes
 * for itself (inside an op written with ops, inside a derivative's formula) is released as soon as the result stands.
 * While a list is open, every new storage is entered in it; at its end those that the result does not use are let go:
 * freed, or if nodes saved them for backward, freed when the last of these has run and lets its saved tensors go. What
 * was handed to a program (`kept`) is not. Code that is not the library's own (hooks, custom Functions) runs with no list
 * open.
 */
let collecting = false;
/** What is entered in the open lists, those of the innermost at the end; places from `top` on are empty. */
const temporaries: (Storage | null)[] = [];
let top = 0;

/** An uninitialised tensor. */
export function empty(shape: Shape, dtype: Dtype, strides?: readonly number[], device?: Backend): Tensor {
  const on = device ?? currentDevice();
  const storage = new Storage(on, on.allocate(numel(shape) * dtype.itemsize));
  if (collecting) temporaries[top++] = storage;
  return new Tensor(storage, dtype, shape, strides ?? contiguousStrides(shape), 0);
}

/** Pieces that are kept on a device at most. */
const KEPT = 128;
/** What `make` makes for a device, such as tables, kept for the next call under that name; the last ones are. */
export function keptOn<T>(device: Backend, name: string, make: () => T): T {
  const known = device.kept as Map<string, T>;
  let value = known.get(name);
  if (value === undefined) {
    value = withoutCollecting(make);
    if (known.size >= KEPT) known.delete(known.keys().next().value!);
    known.set(name, value);
  }
  return value;
}

/** The device that is asked for, else that of the tensor to be like, else the one in use. */
export function deviceOf(device: DeviceLike | null | undefined, like: Tensor | null = null): Backend {
  return device !== null && device !== undefined ? getDevice(device) : like === null ? currentDevice() : like.backend;
}

/** What the factories that make one tensor like another are told. */
export interface Like {
  readonly dtype: Dtype | null;
  readonly device: DeviceLike | null;
  readonly memory_format: MemoryFormat | null;
}
/** An uninitialised tensor of the sizes of `t`, and of its dtype, device and strides unless others are asked for. */
export function emptyLike(t: Tensor, { dtype, device, memory_format: format }: Like): Tensor {
  const kept = format === null || format === preserve_format;
  const strides = kept ? copyStrides(t.geometry) : stridesIn(format, t.sizes);
  return empty(t.sizes, dtype ?? t.dtype, strides, deviceOf(device, t));
}

type Results = Tensor | readonly (Tensor | null)[] | void;
/** Who is told of storages that live on. */
export interface Owner {
  own(storage: Storage): void;
}
/** Runs `body` and frees what it allocated beside its results; what lives on is `owner`'s. */
export function collectTemporaries<T extends Results>(body: () => T, owner: Owner | null = null): T {
  const outer = collecting;
  const begin = top;
  let end = begin;
  collecting = true;
  try {
    const results = body();
    for (let i = begin; i < top; i++) {
      const s = temporaries[i]!;
      if (!uses(results, s)) s.letGo();
      else if (owner !== null) owner.own(s);
      else if (outer) temporaries[end++] = s;
    }
    return results;
  } finally {
    collecting = outer;
    while (top > end) temporaries[--top] = null;
  }
}
function uses(results: Results, s: Storage): boolean {
  if (results instanceof Tensor) return results.storage === s;
  return Array.isArray(results) && results.some((t) => t?.storage === s);
}
/** Runs code that may keep any tensor it sees. */
export function withoutCollecting<T>(body: () => T): T {
  const outer = collecting;
  collecting = false;
  try {
    return body();
  } finally {
    collecting = outer;
  }
}
