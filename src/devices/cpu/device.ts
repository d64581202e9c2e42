// The CPU device: one WebAssembly memory, kernels compiled as they are met, matrix products.
import type { Dtype, TypedArray } from "../../base/dtype.ts";
import { float64 } from "../../base/dtype.ts";
import { splitting } from "../../kernel/splitting.ts";
import type { Kernel, Launch } from "../../kernel/loops.ts";
import { WIDE } from "../../kernel/widths.ts";
import type { Block, Place } from "../../kernel/place.ts";
import { staying } from "../backend.ts";
import type { HostBackend, Matrix, MemoryStats, PackedMatrix, Product } from "../backend.ts";
import { registerDevice } from "../registry.ts";
import { findBlas } from "./gemm/blas.ts";
import type { Blas } from "./gemm/blas.ts";
import { featureLevel, kernelLevel, wantedLevel } from "./code/features.ts";
import type { FeatureLevel } from "./code/features.ts";
import { Gemm, SCRATCH } from "./gemm/gemm.ts";
import { DESCRIPTOR_BYTES, KernelRunner } from "./launch.ts";
import type { Report } from "./launch.ts";
import { CpuMemory } from "./memory.ts";
import type { CpuMemoryOptions } from "./memory.ts";
import { addressOf, tick } from "../memory/span.ts";
import { Threads } from "./threads/threads.ts";

/** The bottom of the memory: descriptors of launches and products. */
const DESCRIPTORS = 64;
const RESERVED = DESCRIPTORS + DESCRIPTOR_BYTES;

export class CpuDevice implements HostBackend {
  readonly kept = new Map<string, unknown>();
  readonly elements = staying;
  readonly name = "cpu";
  readonly holdsData = true;
  readonly widths = WIDE;
  readonly level: FeatureLevel;
  readonly memory: CpuMemory;
  readonly threads: Threads;
  private readonly gemms = new Map<number, Gemm>();
  private readonly runner: KernelRunner;
  private readonly scratch = (nbytes: number): number => this.memory.scratch(nbytes);
  private foundBlas: Blas | string | null = null;

  constructor(options: CpuMemoryOptions = {}) {
    this.level = featureLevel();
    this.memory = new CpuMemory({ ...options, reservedBytes: RESERVED });
    this.memory.scratch(SCRATCH);
    const { memory, shared, maximum } = this.memory;
    this.threads = new Threads(memory, shared);
    const { threads, scratch, level } = this;
    const runner = {
      memory,
      shared,
      maximum,
      threads,
      scratch,
      descriptorBase: DESCRIPTORS,
      level: kernelLevel(level),
    };
    // Whoever asks for wide code has all of it wide.
    this.runner = new KernelRunner(wantedLevel() === "wide" ? { ...runner, wideAfter: 0 } : runner);
  }
  allocate(nbytes: number): Block {
    return this.memory.allocate(nbytes);
  }
  launch(kernel: Kernel, launch: Launch): void {
    tick();
    const chosen = this.widths.of(kernel);
    if (chosen.isComplex) this.runner.launch(...splitting.split(chosen, launch));
    else this.runner.launch(chosen, launch);
  }
  /** The system's BLAS, looked for at the first product that it is worth; or why there is none. */
  get blas(): Blas | string {
    return (this.foundBlas ??= findBlas());
  }
  /** The kernels compiled so far, and how they walk. */
  kernelReport(): readonly Report[] {
    return this.runner.report();
  }
  matmul(dtype: Dtype, product: Product): void {
    tick();
    this.gemmOf(dtype).run(product);
  }
  pack(dtype: Dtype, b: Matrix, m: number, n: number, k: number): Matrix | PackedMatrix {
    const gemm = this.gemmOf(dtype);
    const nbytes = gemm.packedBytes(b, m, n, k);
    if (nbytes === 0) return b;
    const packed = this.memory.allocate(nbytes);
    gemm.pack(b, n, k, packed);
    return { packed };
  }
  private gemmOf(dtype: Dtype): Gemm {
    const size = dtype === float64 ? 8 : 4;
    let gemm = this.gemms.get(size);
    if (!gemm) {
      const { memory, shared, maximum } = this.memory;
      const { threads, level, scratch } = this;
      const blas = (): Blas | string => this.blas;
      const options = { memory, threads, level, descriptor: DESCRIPTORS, scratch, blas };
      this.gemms.set(size, (gemm = new Gemm(size, { ...options, importAs: { shared, maximum } })));
    }
    return gemm;
  }
  download(dtype: Dtype, place: Place, length: number): TypedArray {
    tick();
    return this.host(dtype, place, length);
  }
  downloadAsync(dtype: Dtype, place: Place, length: number): Promise<TypedArray> {
    return Promise.resolve(this.download(dtype, place, length).slice());
  }
  upload(dtype: Dtype, place: Place, values: TypedArray): void {
    tick();
    (this.host(dtype, place, values.length / (dtype.is_complex ? 2 : 1)) as Float64Array).set(values as Float64Array);
  }
  host(dtype: Dtype, place: Place, length: number): TypedArray {
    return this.memory.host(dtype, addressOf(place, dtype.itemsize), length);
  }
  synchronize(): void {}
  memoryStats(): MemoryStats {
    return this.memory.stats();
  }
  settle(): void {
    this.memory.settle();
  }
}
registerDevice("cpu", () => new CpuDevice());
