// What a device must do, and the registry of devices.
import type { Dtype, TypedArray } from "../dtype.ts";
import type { Kernel, Launch } from "../kernel/loops.ts";

/**
 * A piece of a device's memory. Whoever holds the object keeps the bytes; when nobody does, the device takes them back.
 */
export interface Block {
  /** Where it starts, in bytes; -1 once freed. */
  readonly ptr: number;
  readonly nbytes: number;
  /** Gives the bytes back at once. Whoever calls it vouches that nothing uses them any more. */
  free(): void;
}

export interface MemoryStats {
  /** Bytes handed out and not yet found dead. */
  readonly live: number;
  /** Highest `live` so far. */
  readonly peak: number;
  /** Bytes of the device's memory that were ever asked of the system. */
  readonly reserved: number;
  readonly allocations: number;
  /** Times the device looked for dead blocks. */
  readonly sweeps: number;
}

/** One operand of a matrix product: the first element's place in bytes, strides in elements. */
export interface Matrix {
  readonly ptr: number;
  readonly rowStride: number;
  readonly colStride: number;
}

export interface Backend {
  readonly name: string;
  /** Bytes, 16-aligned and uninitialised. Raises OutOfMemoryError. */
  allocate(nbytes: number): Block;
  /** Runs a kernel. Shapes, dtypes and bounds have been checked. */
  launch(kernel: Kernel, launch: Launch): void;
  /** out[m,n] = a[m,k] · b[k,n] for float32 and float64; out has unit column stride. */
  matmul(dtype: Dtype, m: number, n: number, k: number, a: Matrix, b: Matrix, out: Matrix, accumulate: boolean): void;
  /** The elements as the host sees them, without a copy; stale after the next allocation. */
  host(dtype: Dtype, ptr: number, length: number): TypedArray;
  memoryStats(): MemoryStats;
}
