// Elements of tensors as MPI has them in its hands: an address, for as long as an operation runs.
import type { SpanBlock } from "../devices/memory/span.ts";
import { addressOf } from "../devices/memory/span.ts";
import type { CpuDevice } from "../devices/cpu/device.ts";
import { LARGEST_SMALL } from "../devices/memory/memory.ts";
import type { Koffi } from "../devices/cpu/native.ts";
import { getDevice } from "../devices/registry.ts";
import { uint8 } from "../base/dtype.ts";
import type { Block } from "../kernel/place.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** How many leases keep a block where it is. */
const pins = new Map<Block, number>();
let memory: ArrayBufferLike | null = null;
let start = 0;

/**
 * The memory of a contiguous tensor of the CPU's. One that lasts beyond the call, while the program computes on, stays where it
 * is: a large block is pinned, and a small one, which shares its place with others, is copied to memory of the lease's own.
 * `end` gives it back, and writes what came to a copy into the tensor.
 */
export class Lease {
  readonly address: number;
  private readonly tensor: Tensor;
  private readonly copy: Uint8Array | null = null;
  private readonly writes: boolean;
  constructor(koffi: Koffi, tensor: Tensor, writes: boolean, lasts: boolean) {
    this.tensor = tensor;
    this.writes = writes;
    const device = getDevice("cpu") as CpuDevice;
    const { block } = tensor;
    if (lasts && (block.nbytes <= LARGEST_SMALL || !device.memory.shared)) {
      this.copy = bytesOf(tensor).slice();
      this.address = this.copy.length === 0 ? 0 : Number(koffi.address(this.copy));
      return;
    }
    if (memory !== device.memory.memory.buffer) {
      memory = device.memory.memory.buffer;
      start = Number(koffi.address(new Uint8Array(memory)));
    }
    this.address = start + addressOf({ block, offset: tensor.offset }, tensor.dtype.itemsize);
    if (!lasts) return;
    pins.set(block, (pins.get(block) ?? 0) + 1);
    (block as SpanBlock).pin(true);
  }
  end(): void {
    if (this.copy !== null) {
      if (this.writes) bytesOf(this.tensor).set(this.copy);
      return;
    }
    const { block } = this.tensor;
    const held = pins.get(block);
    if (held === undefined) return;
    if (held > 1) pins.set(block, held - 1);
    else {
      pins.delete(block);
      (block as SpanBlock).pin(false);
    }
  }
}
/** Of a contiguous tensor of the CPU's; stale after the next allocation. */
export function bytesOf({ block, offset, dtype, sizes }: Tensor): Uint8Array {
  const nbytes = sizes.reduce((n, size) => n * size, 1) * dtype.itemsize;
  const device = getDevice("cpu") as CpuDevice;
  return device.host(uint8, { block, offset: offset * dtype.itemsize }, nbytes) as Uint8Array;
}
