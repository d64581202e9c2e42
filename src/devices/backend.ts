// What a device must do, and the registry of devices.
import type { Dtype, TypedArray } from "../dtype.ts";
import type { Kernel, Launch } from "../kernel/loops.ts";

/**
 * A piece of a device's memory. Whoever holds the object keeps the bytes; when nobody does, the device takes them back.
 */
export interface Block {
  /** Where it starts, in bytes, until the next allocation; -1 once freed. */
  readonly ptr: number;
  /** Where it would start if no address were ever used twice: stays the same; -1 once freed. */
  readonly home: number;
  readonly nbytes: number;
  /** Gives the bytes back at once. Whoever calls it vouches that nothing uses them any more. */
  free(): void;
}

export interface MemoryStats {
  /** Bytes handed out and not yet found dead. */
  readonly live: number;
  /** Highest `live` so far. */
  readonly peak: number;
  /** Bytes ever handed out. */
  readonly allocated: number;
  /** Bytes ever found dead; what was freed before is not among them. */
  readonly swept: number;
  /** Bytes of the device's memory that were ever asked of the system. */
  readonly reserved: number;
  readonly allocations: number;
  /** Times the device looked for dead blocks. */
  readonly sweeps: number;
  /** Bytes that ever left the device's memory for lack of room, dead or alive, and that came back to it. */
  readonly movedOut: number;
  readonly broughtBack: number;
}

/** One operand of a matrix product: the first element's place in bytes, strides in elements. */
export interface Matrix {
  readonly ptr: number;
  readonly rowStride: number;
  readonly colStride: number;
  /** From one product of a batch to the next; 0 unless told. */
  readonly batchStride?: number;
  /** From one term of a sum of products to the next; 0 unless told. */
  readonly termStride?: number;
}
/**
 * A matrix whose element [i, j] stands rowTable[i] + colTable[j] bytes after `ptr`; the tables, of int32, are told by their
 * addresses. So a convolution's columns need not be laid out.
 */
export interface GatheredMatrix {
  readonly ptr: number;
  readonly rowTable: number;
  readonly colTable: number;
  readonly batchStride?: number;
  readonly termStride?: number;
}
/** What `pack` made of a right operand. */
export interface PackedMatrix {
  readonly block: Block;
}
/** out[m,n] = a[m,k] · b[k,n] + addend[m,n], once or for a batch. */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** How many products; 1 unless told. */
  readonly batch?: number;
  /** How many products are summed into each; 1 unless told. */
  readonly terms?: number;
  readonly a: Matrix;
  readonly b: Matrix | GatheredMatrix | PackedMatrix;
  /** Of unit column stride. */
  readonly out: Matrix;
  /** Strides are 0 where it is broadcast. `out` itself: adds to what is there. */
  readonly addend?: Matrix;
}

export interface Backend {
  readonly name: string;
  /** Bytes, 16-aligned and uninitialised. Raises OutOfMemoryError. */
  allocate(nbytes: number): Block;
  /** Addresses read so far are done with: what lies there may be moved, as at every allocation. */
  unpin(): void;
  /** Runs a kernel. Shapes, dtypes and bounds have been checked. */
  launch(kernel: Kernel, launch: Launch): void;
  /** Matrix products in float32 or float64. */
  matmul(dtype: Dtype, product: Product): void;
  /**
   * The right operand b[k,n] of many products with `m` rows, laid out once for all of them; as it is where that saves nothing.
   * Whoever asked frees the block. Addresses stay good.
   */
  pack(dtype: Dtype, b: Matrix, m: number, n: number, k: number): Matrix | PackedMatrix;
  /** The elements as the host sees them, without a copy; stale after the next allocation. */
  host(dtype: Dtype, ptr: number, length: number): TypedArray;
  memoryStats(): MemoryStats;
  /** Told when much may just have died, as after a backward pass: a good moment to look for it. */
  settle(): void;
}
