// What a device must do.
import type { Dtype, TypedArray } from "../base/dtype.ts";
import type { Kernel, Launch } from "../kernel/loops.ts";
import type { Widths } from "../kernel/widths.ts";
import type { Block, Place } from "../kernel/place.ts";

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

/** One operand of a matrix product: the first element's place, strides in elements. */
export interface Matrix extends Place {
  readonly rowStride: number;
  readonly colStride: number;
  /** From one product of a batch to the next; 0 unless told. */
  readonly batchStride?: number;
  /** From one term of a sum of products to the next; 0 unless told. */
  readonly termStride?: number;
}
/**
 * A matrix whose element [i, j] stands rowTable[i] + colTable[j] elements after the first; the tables are of int32. So a
 * convolution's columns need not be laid out.
 */
export interface GatheredMatrix extends Place {
  readonly rowTable: Place;
  readonly colTable: Place;
  readonly batchStride?: number;
  readonly termStride?: number;
}
/** What `pack` made of a right operand. */
export interface PackedMatrix {
  readonly packed: Block;
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
  /** A narrower dtype of which all numbers of `a` and `b` are, where that is known. */
  readonly narrow?: Dtype;
}

/** How long a device works, launch by launch: what a profile shows beside the calling thread's time. */
export interface Watch {
  /** How many launches there have been. */
  count(): number;
  /** How often the calling thread has waited for the device. */
  waits(): number;
  /** Ends it, and waits: microseconds of each. */
  end(): Float32Array;
}
/** Raises an error for the least and the largest of some numbers. */
export type Judge = (least: number, largest: number) => void;

export interface Backend {
  /** The type in the string of a device: "cpu". */
  readonly name: string;
  /** Whether there is anything to read: not on "meta", where tensors have shapes and dtypes only. */
  readonly holdsData: boolean;
  /** What ops keep there between calls, by name, such as tables: gone with the device's memory. */
  readonly kept: Map<string, unknown>;
  /** The dtypes it has where a kernel leaves them open. */
  readonly widths: Widths;
  /** Bytes, 16-aligned and uninitialised. Raises OutOfMemoryError. */
  allocate(nbytes: number): Block;
  /** Runs a kernel. Shapes, dtypes and bounds have been checked. */
  launch(kernel: Kernel, launch: Launch): void;
  /** Matrix products in float32 or float64. */
  matmul(dtype: Dtype, product: Product): void;
  /**
   * The right operand b[k,n] of many products with `m` rows, laid out once for all of them; as it is where that saves nothing.
   * Whoever asked frees the block.
   */
  pack(dtype: Dtype, b: Matrix, m: number, n: number, k: number): Matrix | PackedMatrix;
  /** So many elements, for the host to read before anything else happens: they may be the memory itself. */
  download(dtype: Dtype, place: Place, length: number): TypedArray;
  /** The same without making the caller wait: a copy, once all that was asked before is done. */
  downloadAsync(dtype: Dtype, place: Place, length: number): Promise<TypedArray>;
  /** Writes elements from the host. */
  upload(dtype: Dtype, place: Place, values: TypedArray): void;
  /**
   * Of a device that works ahead of the program: where a kernel puts two int64 that `judge` is given, to raise what is
   * wrong, when the program next waits for the device. See Note [Late checks].
   */
  expect?(judge: Judge): Place;
  /** Of a device with a clock of its own, which then works launch after launch: null where the clock may not be read. */
  watch?(): Watch | null;
  /** Waits until all that was asked for is done. */
  synchronize(): void;
  memoryStats(): MemoryStats;
  /** Told when much may just have died, as after a backward pass: a good moment to look for it. */
  settle(): void;
}
/** A device whose memory is the host's. Ops of kind `host` run on one. */
export interface HostBackend extends Backend {
  /** So many elements as they lie in memory, to be read and written; stale after the next allocation. */
  host(dtype: Dtype, place: Place, length: number): TypedArray;
}
/**
 * What a device's first field holds. structuredClone and postMessage copy a tensor field by field up to the first that they
 * cannot copy, which is this one; the engine's error shows its text (those of Firefox and Safari show none).
 */
export const staying = Symbol(
  "the elements of a Tensor, which are in memory of this thread: send torch.serialization.encode(x), a Uint8Array, and decode it there",
);
