// The device "meta": tensors of a shape and a dtype, without elements.
import { NotImplementedError } from "../base/errors.ts";
import { WIDE } from "../kernel/widths.ts";
import type { Block } from "../kernel/place.ts";
import { staying } from "./backend.ts";
import type { Backend, Matrix, MemoryStats } from "./backend.ts";
import { registerDevice } from "./registry.ts";

const nothing: MemoryStats = {
  live: 0,
  peak: 0,
  allocated: 0,
  swept: 0,
  reserved: 0,
  allocations: 0,
  sweeps: 0,
  movedOut: 0,
  broughtBack: 0,
};
/** Where every kernel is done before it begins. Ops find shapes, strides, dtypes and errors as on any device. */
class MetaDevice implements Backend {
  readonly kept = new Map<string, unknown>();
  readonly elements = staying;
  readonly name = "meta";
  readonly holdsData = false;
  readonly widths = WIDE;
  allocate(nbytes: number): Block {
    return { home: 0, nbytes, free: () => {} };
  }
  launch(): void {}
  matmul(): void {}
  pack(_dtype: unknown, b: Matrix): Matrix {
    return b;
  }
  download(): never {
    throw new NotImplementedError("Cannot copy out of meta tensor; no data!");
  }
  downloadAsync(): Promise<never> {
    return Promise.resolve().then(() => this.download());
  }
  upload(): void {}
  synchronize(): void {}
  memoryStats(): MemoryStats {
    return nothing;
  }
  settle(): void {}
}
registerDevice("meta", () => new MetaDevice());
