// The CPU device (development stand-in: interpreted kernels).
import type { Dtype, TypedArray } from "../../dtype.ts";
import { interpret } from "../../kernel/interpret.ts";
import type { Kernel, Launch } from "../../kernel/loops.ts";
import type { Backend, Block, Matrix, MemoryStats } from "../backend.ts";
import { registerDevice } from "../registry.ts";

class CpuDevice implements Backend {
  readonly name = "cpu";
  private buffer = new ArrayBuffer(1 << 28);
  private top = 64;
  allocate(nbytes: number): Block {
    const ptr = this.top;
    this.top = (this.top + nbytes + 15) & ~15;
    const block = { ptr, nbytes, free: () => void (block.ptr = -1) };
    return block;
  }
  launch(kernel: Kernel, launch: Launch): void {
    interpret(kernel, launch, (dtype, ptr, length) => this.host(dtype, ptr, length));
  }
  matmul(dtype: Dtype, m: number, n: number, k: number, a: Matrix, b: Matrix, out: Matrix, accumulate: boolean): void {
    const h = new dtype.array(this.buffer, 0, Math.floor(this.buffer.byteLength / dtype.itemsize)) as Float64Array;
    const at = (x: Matrix, i: number, j: number): number => x.ptr / dtype.itemsize + i * x.rowStride + j * x.colStride;
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let s = accumulate ? h[at(out, i, j)] : 0;
        for (let l = 0; l < k; l++) s += h[at(a, i, l)] * h[at(b, l, j)];
        h[at(out, i, j)] = s;
      }
  }
  host(dtype: Dtype, ptr: number, length: number): TypedArray {
    return new dtype.array(this.buffer, ptr, length);
  }
  memoryStats(): MemoryStats {
    return { live: this.top, peak: this.top, reserved: this.top, allocations: 0, sweeps: 0 };
  }
}
registerDevice("cpu", () => new CpuDevice());
