// Fresh tensors, and the early release of those that only the library itself has seen.
import { currentDevice } from "./devices/registry.ts";
import type { Backend } from "./devices/backend.ts";
import type { Dtype } from "./dtype.ts";
import { contiguousStrides, numel } from "./layout.ts";
import type { Shape } from "./layout.ts";
import { Storage } from "./storage.ts";
import { Tensor } from "./tensor.ts";

/**
 * Note [Early release]: memory of a tensor that a user may hold is left to the garbage collector. What the library makes
 * for itself (inside an op written with ops, inside a derivative's formula) is released as soon as the result stands.
 * While a list is open, every new storage is entered in it; at its end those that neither the result nor a saved tensor
 * uses (`kept`) are freed. Code that is not the library's own (hooks, custom Functions) runs with no list open.
 */
let temporaries: Storage[] | null = null;

/** An uninitialised tensor. */
export function empty(shape: Shape, dtype: Dtype, strides?: readonly number[], device?: Backend): Tensor {
  const on = device ?? currentDevice();
  const storage = new Storage(on, on.allocate(numel(shape) * dtype.itemsize));
  if (temporaries !== null) temporaries.push(storage);
  return new Tensor(storage, dtype, shape, strides ?? contiguousStrides(shape), 0);
}

type Results = Tensor | readonly (Tensor | null)[] | void;
/** Runs `body` and frees what it allocated beside its results; `survivors` gets the storages made here that live on. */
export function collectTemporaries<T extends Results>(body: () => T, survivors: Storage[] | null = null): T {
  const outer = temporaries;
  const own: Storage[] = [];
  temporaries = own;
  let results: T;
  try {
    results = body();
  } finally {
    temporaries = outer;
  }
  if (own.length > 0) {
    const alive = (s: Storage): boolean =>
      results instanceof Tensor
        ? results.storage === s
        : Array.isArray(results) && results.some((t) => t?.storage === s);
    for (const s of own) {
      if (s.kept) continue;
      if (!alive(s)) s.block.free();
      else if (survivors !== null) survivors.push(s);
      else if (outer !== null) outer.push(s);
    }
  }
  return results;
}
/** Runs code that may keep any tensor it sees. */
export function withoutCollecting<T>(body: () => T): T {
  const outer = temporaries;
  temporaries = null;
  try {
    return body();
  } finally {
    temporaries = outer;
  }
}
