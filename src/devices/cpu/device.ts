// The CPU device: one WebAssembly memory, kernels compiled as they are met, matrix products.
import type { Dtype, TypedArray } from "../../dtype.ts";
import { float64 } from "../../dtype.ts";
import { splitComplex } from "../../kernel/complex.ts";
import type { Kernel, Launch } from "../../kernel/loops.ts";
import type { Backend, Block, Matrix, MemoryStats } from "../backend.ts";
import { registerDevice } from "../registry.ts";
import { featureLevel } from "./features.ts";
import type { FeatureLevel } from "./features.ts";
import { Gemm } from "./gemm.ts";
import { DESCRIPTOR_BYTES, KernelRunner } from "./launch.ts";
import type { Report } from "./launch.ts";
import { CpuMemory } from "./memory.ts";
import { Threads } from "./threads.ts";

/** The bottom of the memory: descriptors of launches, and what a matrix product packs its blocks into. */
const DESCRIPTORS = 64;
const GEMM_SCRATCH = DESCRIPTORS + DESCRIPTOR_BYTES;
const RESERVED = 3 << 20;

export class CpuDevice implements Backend {
  readonly name = "cpu";
  readonly level: FeatureLevel;
  readonly memory: CpuMemory;
  readonly threads: Threads;
  private readonly gemms = new Map<number, Gemm>();
  private readonly runner: KernelRunner;

  constructor() {
    this.level = featureLevel();
    this.memory = new CpuMemory({ reservedBytes: RESERVED });
    const { memory, shared, maximum } = this.memory;
    this.threads = new Threads(memory, shared);
    const { threads, level } = this;
    this.runner = new KernelRunner({ memory, shared, maximum, threads, descriptorBase: DESCRIPTORS, level });
  }
  allocate(nbytes: number): Block {
    return this.memory.allocate(nbytes);
  }
  launch(kernel: Kernel, launch: Launch): void {
    if (kernel.isComplex) this.runner.launch(...splitComplex(kernel, launch));
    else this.runner.launch(kernel, launch);
  }
  /** The kernels compiled so far, and how they walk. */
  kernelReport(): readonly Report[] {
    return this.runner.report();
  }
  matmul(dtype: Dtype, m: number, n: number, k: number, a: Matrix, b: Matrix, out: Matrix, accumulate: boolean): void {
    if (m === 0 || n === 0) return;
    const size = dtype === float64 ? 8 : 4;
    if (k === 0) {
      if (!accumulate)
        for (let i = 0; i < m; i++) this.host(dtype, out.ptr + i * out.rowStride * size, n).fill(0 as never);
      return;
    }
    let gemm = this.gemms.get(size);
    if (!gemm) {
      const { memory, shared, maximum } = this.memory;
      this.gemms.set(size, (gemm = new Gemm(size, memory, { shared, maximum }, this.level)));
    }
    const bytes = (x: Matrix): { ptr: number; rowStride: number; colStride: number } => ({
      ptr: x.ptr,
      rowStride: x.rowStride * size,
      colStride: x.colStride * size,
    });
    gemm.run(m, n, k, bytes(a), bytes(b), out.ptr, out.rowStride * size, accumulate, GEMM_SCRATCH);
  }
  host(dtype: Dtype, ptr: number, length: number): TypedArray {
    return this.memory.host(dtype, ptr, length);
  }
  memoryStats(): MemoryStats {
    return this.memory.stats();
  }
}
registerDevice("cpu", () => new CpuDevice());
