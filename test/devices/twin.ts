// A second device for tests: a twin of the CPU with a memory of its own, which the host cannot see into, and a queue.
import { CpuDevice } from "../../src/devices/cpu/device.ts";
import type { Backend, GatheredMatrix, Matrix, MemoryStats, PackedMatrix, Product } from "../../src/devices/backend.ts";
import { registerDevice } from "../../src/devices/registry.ts";
import type { Dtype, TypedArray } from "../../src/base/dtype.ts";
import type { Kernel, Launch } from "../../src/kernel/loops.ts";
import { WIDE } from "../../src/kernel/widths.ts";
import type { Widths } from "../../src/kernel/widths.ts";
import type { Block, Place } from "../../src/kernel/place.ts";

class TwinBlock implements Block {
  readonly inner: Block;
  private readonly twin: Twin;
  constructor(twin: Twin, inner: Block) {
    this.twin = twin;
    this.inner = inner;
  }
  get home(): number {
    return this.inner.home;
  }
  get nbytes(): number {
    return this.inner.nbytes;
  }
  /** What waits may still need it. */
  free(): void {
    this.twin.later(() => this.inner.free());
  }
}
const inner = <P extends Place>(place: P): P => {
  const { block } = place;
  if (!(block instanceof TwinBlock)) throw new Error("a block of another device");
  return { ...place, block: block.inner };
};

/** What is asked of it waits until somebody wants to read. */
export class Twin implements Backend {
  readonly kept = new Map<string, unknown>();
  readonly name: string = "privateuseone";
  readonly holdsData = true;
  readonly widths: Widths = WIDE;
  protected readonly cpu = new CpuDevice();
  private queue: (() => void)[] = [];
  /** Launches and products so far. */
  launched = 0;

  later(job: () => void): void {
    this.queue.push(job);
    if (this.queue.length > 50) this.finish();
  }
  private finish(): void {
    const { queue } = this;
    this.queue = [];
    for (const job of queue) job();
  }
  allocate(nbytes: number): Block {
    const block = this.cpu.allocate(nbytes);
    // Whoever forgets to write finds no zeros here.
    new Uint8Array(this.cpu.memory.memory.buffer, (block as unknown as { ptr: number }).ptr, nbytes).fill(0x7b);
    return new TwinBlock(this, block);
  }
  launch(kernel: Kernel, launch: Launch): void {
    this.launched++;
    const operands = launch.operands.map(({ block, offset, strides }) => ({
      ...inner({ block, offset }),
      strides: [...strides],
    }));
    const own = { ...launch, shape: [...launch.shape], params: [...launch.params], operands };
    this.later(() => this.run(kernel, own));
  }
  protected run(kernel: Kernel, launch: Launch): void {
    this.cpu.launch(kernel, launch);
  }
  matmul(dtype: Dtype, product: Product): void {
    this.launched++;
    const addend = product.addend === undefined ? undefined : inner(product.addend);
    const out = product.addend === product.out ? addend! : inner(product.out);
    const own = { ...product, a: inner(product.a), b: right(product.b), out, addend };
    this.later(() => this.cpu.matmul(dtype, own));
  }
  pack(dtype: Dtype, b: Matrix, m: number, n: number, k: number): Matrix | PackedMatrix {
    this.finish();
    const made = this.cpu.pack(dtype, inner(b), m, n, k);
    return "packed" in made ? { packed: new TwinBlock(this, made.packed) } : b;
  }
  download(dtype: Dtype, place: Place, length: number): TypedArray {
    this.finish();
    return this.cpu.download(dtype, inner(place), length).slice();
  }
  /** In a later turn, when what waited has run. */
  downloadAsync(dtype: Dtype, place: Place, length: number): Promise<TypedArray> {
    return new Promise((done) => {
      this.later(() => done(this.cpu.download(dtype, inner(place), length).slice()));
      setTimeout(() => this.finish());
    });
  }
  upload(dtype: Dtype, place: Place, values: TypedArray): void {
    this.finish();
    this.cpu.upload(dtype, inner(place), values);
  }
  synchronize(): void {
    this.finish();
  }
  memoryStats(): MemoryStats {
    return this.cpu.memoryStats();
  }
  settle(): void {
    this.finish();
    this.cpu.settle();
  }
}
function right(b: Product["b"]): Matrix | GatheredMatrix | PackedMatrix {
  if ("packed" in b) return { packed: (b.packed as TwinBlock).inner };
  return "rowTable" in b ? { ...inner(b), rowTable: inner(b.rowTable), colTable: inner(b.colTable) } : inner(b);
}

/** The twin, once it is in use. */
export let twin: Twin;
registerDevice("privateuseone", () => (twin = new Twin()));
