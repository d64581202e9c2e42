// The CPU device's memory: one WebAssembly.Memory.
import type { Dtype, TypedArray } from "../../base/dtype.ts";
import { UNIT } from "../memory/heap.ts";
import { mebibytes, Memory, unitsFor } from "../memory/memory.ts";
import type { MemoryOptions } from "../memory/memory.ts";
import { clock } from "../memory/span.ts";
import type { SpanBlock } from "../memory/span.ts";

const WASM_PAGE = 65536;
// One short of 4 GiB, so that the address after the last byte fits into an i32, too.
const MOST_PAGES = 65535;
const MIB = 2 ** 20;
// Blocks that are worked with at once on the host.
const AT_ONCE = 4;

export interface CpuMemoryOptions extends MemoryOptions {
  /** Upper limit of the memory, rounded up to 64 KiB; 4 GiB less 64 KiB unless told. */
  readonly maximumBytes?: number;
  /** Whether threads can share it; if SharedArrayBuffer exists unless told. */
  readonly shared?: boolean;
}

export class CpuMemory extends Memory {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  /** Upper limit in WebAssembly pages of 64 KiB. */
  readonly maximum: number;
  private buffer: ArrayBufferLike;
  private scratchStart = 0;
  private scratchUnits = 0;
  /** The largest block for which others had to make room. */
  private largest = 0;
  /** When somebody last asked for a view, which growing takes away if the memory is not shared. */
  private viewedAt = -1;

  constructor(options: CpuMemoryOptions = {}) {
    const shared = options.shared ?? typeof SharedArrayBuffer !== "undefined";
    const pages = Math.min(Math.ceil((options.maximumBytes ?? Infinity) / WASM_PAGE), MOST_PAGES);
    const reserved = Math.ceil((options.reservedBytes ?? 0) / UNIT);
    const initial = Math.min(Math.ceil((reserved * UNIT) / WASM_PAGE) + 1, pages);
    const [memory, maximum] = reserveMemory(initial, pages, shared);
    super(memory.buffer.byteLength, options);
    this.memory = memory;
    this.maximum = maximum;
    this.shared = shared;
    this.buffer = memory.buffer;
  }
  protected override get nbytes(): number {
    return this.buffer.byteLength;
  }
  protected override get most(): number {
    return this.maximum * WASM_PAGE;
  }
  protected override growTo(nbytes: number): boolean {
    try {
      this.memory.grow(Math.ceil((nbytes - this.nbytes) / WASM_PAGE));
    } catch {
      return false;
    }
    this.buffer = this.memory.buffer;
    return true;
  }
  protected override copyOut(ptr: number, buffer: ArrayBuffer, nbytes: number): void {
    new Uint8Array(buffer).set(new Uint8Array(this.buffer, ptr, nbytes));
  }
  protected override copyIn(ptr: number, buffer: ArrayBuffer, nbytes: number): void {
    new Uint8Array(this.buffer, ptr, nbytes).set(new Uint8Array(buffer, 0, nbytes));
  }
  /** Not while somebody has a view of it that this would end. */
  protected override get mayGrow(): boolean {
    return this.shared || this.viewedAt !== clock.now;
  }
  /**
   * With an address space so large that what comes back before the next allocation, all of it as large as anything so far,
   * need not make the memory grow: that takes the views away that somebody may have got by then.
   */
  protected override relieveFor(nbytes: number): void {
    super.relieveFor(nbytes);
    this.largest = Math.max(this.largest, nbytes);
    const missing = Math.min(this.lookAt + AT_ONCE * this.largest, this.most) - this.nbytes;
    if (!this.shared && missing > 0) this.growBy(missing);
  }

  /** A block that stays where it is until `pin(false)`, for another thread to write to. It must be larger than LARGEST_SMALL. */
  allocatePinned(nbytes: number): SpanBlock {
    const block = this.allocate(nbytes);
    block.pin(true);
    return block;
  }

  /** The elements at an address as the host sees them, without a copy; stale after the next allocation. */
  host(dtype: Dtype, ptr: number, length: number): TypedArray {
    this.viewedAt = clock.now;
    // On a kept buffer this takes 17 ns, a subarray of a kept view 28.
    return new dtype.array(this.buffer, ptr, dtype.is_complex ? 2 * length : length);
  }

  /**
   * Address of a working area of at least `nbytes`, 64-aligned, valid until the next call, or -1 if there is no room for
   * it. Not counted as live. Never looks for dead blocks, see Note [Addresses and sweeps].
   */
  scratch(nbytes: number): number {
    if (nbytes > this.scratchUnits * UNIT) {
      const length = unitsFor(Math.max(nbytes, Math.min(2 * this.scratchUnits * UNIT, nbytes + 16 * MIB)));
      const start = this.takeFree(length);
      if (start < 0) return -1;
      if (this.scratchUnits > 0) this.heap.give(this.scratchStart, this.scratchUnits);
      this.reservedUnits += length - this.scratchUnits;
      this.scratchStart = start;
      this.scratchUnits = length;
    }
    return this.scratchStart * UNIT;
  }

  protected override outOfMemory(nbytes: number): string {
    const { held, buffer, most: limit } = this;
    const { live, movedOut, broughtBack } = this.stats();
    const most = `${mebibytes(buffer.byteLength)} of at most ${mebibytes(limit)} are reserved`;
    const longest = `the longest free stretch has ${mebibytes(this.heap.longest(limit / UNIT) * UNIT)}`;
    const first = `DefaultCPUAllocator: can't allocate memory: you tried to allocate ${nbytes} bytes.`;
    const waysOut =
      "Ways out: smaller batches; no_grad() where no gradient is needed; dispose() or `using` for large tensors that are done with.";
    if (nbytes > this.mostBytes)
      return [
        first,
        `A tensor has room for at most ${mebibytes(this.mostBytes)} here: all that is computed with lies in one WebAssembly memory of at most ${mebibytes(limit)}.`,
        "Ways out: several tensors, each a part of it; a smaller dtype.",
      ].join("\n");
    if (this.livenessKind !== "finalizer")
      return [first, `${mebibytes(live)} are live in tensors, ${most}, and ${longest}.`, waysOut].join("\n");
    return [
      first,
      `${mebibytes(held)} are in use by what runs, ${most}, and ${longest}.`,
      `All else was moved out of the way, ${mebibytes(movedOut - broughtBack)} so far; what of that is dead the engine clears away by itself, at the latest when the program awaits a timer.`,
      waysOut,
    ].join("\n");
  }
}

/** A maximum only reserves addresses, yet some engines refuse a large one: halve it until they do not. */
function reserveMemory(initial: number, maximum: number, shared: boolean): [WebAssembly.Memory, number] {
  try {
    return [new WebAssembly.Memory({ initial, maximum, shared }), maximum];
  } catch (error) {
    if (maximum >> 1 < initial) throw error;
    return reserveMemory(initial, maximum >> 1, shared);
  }
}
