// The device's memory as the host keeps account of it: addresses in one buffer, handed out in blocks that come back by
// themselves. What a launch did not yet read may be handed out again, for the queue runs in order.
import { OutOfMemoryError, RuntimeError } from "../../base/errors.ts";
import type { Block, Place } from "../../kernel/place.ts";
import type { MemoryStats } from "../backend.ts";
import { Mortal } from "../memory/collector.ts";
import { Heap, sizeClass, UNIT } from "../memory/heap.ts";
import { createLiveness } from "../memory/liveness.ts";
import type { Liveness } from "../memory/liveness.ts";
import { Nursery } from "../memory/nursery.ts";

const MIB = 2 ** 20;
/** Blocks of up to LARGEST_SMALL bytes share spans of PAGE bytes, see Note [Spans] in cpu/memory/memory.ts. */
const PAGE = 16384;
const LARGEST_SMALL = 4096;
/** The buffer at first, and what may be handed out between two looks for dead blocks. */
const FIRST = 16 * MIB;
const PATIENCE = 32 * MIB;

/** Who has the buffer: makes it larger, keeping what is in it. */
export interface Buffer {
  /** Bytes that it may have at most. */
  readonly most: number;
  /** Whether it has so many bytes now; if not it is as it was. */
  grow(nbytes: number): boolean;
}
/** What is known of a span after its death. */
interface Extent {
  start: number;
  nbytes: number;
  /** Bytes of its blocks that were not freed. */
  used: number;
}
class Span extends Mortal {
  readonly extent: Extent;
  /** Looks there had been when it was made. */
  readonly born: number;
  readonly home: number;
  /** Where the next block starts, from the span's start. */
  top = 0;
  readonly ballast: ArrayBuffer | null;

  constructor(extent: Extent, born: number, home: number, ballast: ArrayBuffer | null) {
    super();
    this.extent = extent;
    this.born = born;
    this.home = home;
    this.ballast = ballast;
  }
}
export class GpuBlock implements Block {
  readonly nbytes: number;
  readonly memory: GpuMemory;
  private span: Span | null;
  private readonly offset: number;

  constructor(memory: GpuMemory, span: Span, offset: number, nbytes: number) {
    this.memory = memory;
    this.span = span;
    this.offset = offset;
    this.nbytes = nbytes;
  }
  private get held(): Span {
    if (this.span !== null) return this.span;
    throw new RuntimeError(
      "this tensor's memory has been released by dispose(). Keep it until its last use, or leave releasing to the library.",
    );
  }
  /** Where it starts in the buffer, in bytes. */
  get start(): number {
    return this.held.extent.start + this.offset;
  }
  get home(): number {
    return this.held.home + this.offset;
  }
  free(): void {
    const { span } = this;
    if (span === null) return;
    this.span = null;
    this.memory.release(span, this.offset, this.nbytes);
  }
}
/** Elements of so many bytes from the buffer's start to a place. */
export const elementAt = ({ block, offset }: Place, itemsize: number): number =>
  (block as GpuBlock).start / itemsize + offset;

/** Blocks start at 16 bytes, and no two at the same. */
const footprint = (nbytes: number): number => Math.max(Math.ceil(nbytes / 16) * 16, 16);

export class GpuMemory {
  private readonly buffer: Buffer;
  private readonly heap = new Heap(0, 0);
  private readonly liveness: Liveness<Span, Extent>;
  /** Where new spans are watched until the first look, and their extents: see Note [Nurseries]. */
  private readonly nursery: Nursery<Span> | null;
  private young: Extent[] = [];
  private page: Span | null = null;
  private reserved = 0;
  private homes = 0;
  private live = 0;
  private peak = 0;
  private allocated = 0;
  private allocations = 0;
  private swept = 0;
  private looks = 0;
  /** Bytes of all spans not known to be dead, and how many there are when the next look is due. */
  private held = 0;
  private lookAt = PATIENCE;
  private sweepAt = 2 * PATIENCE;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
    this.liveness = createLiveness<Span, Extent>("poll", (extent) => this.reclaim(extent));
    this.nursery = this.liveness.kind === "poll" ? Nursery.open<Span>() : null;
  }
  allocate(nbytes: number): GpuBlock {
    const size = footprint(nbytes);
    let span = size <= LARGEST_SMALL ? this.page : null;
    if (span === null || span.top + size > span.extent.nbytes) {
      span = this.takeSpan(size <= LARGEST_SMALL ? PAGE : size);
      if (size <= LARGEST_SMALL) this.page = span;
    }
    const offset = span.top;
    span.top += size;
    span.extent.used += size;
    this.live += size;
    this.peak = Math.max(this.peak, this.live);
    this.allocated += size;
    this.allocations++;
    return new GpuBlock(this, span, offset, nbytes);
  }
  /** Called by a block: nobody uses these bytes any more. */
  release(span: Span, offset: number, nbytes: number): void {
    const { extent } = span;
    const size = footprint(nbytes);
    extent.used -= size;
    this.live -= size;
    if (offset + size === span.top) span.top = offset;
    if (extent.used > 0) return;
    span.top = 0;
    if (span !== this.page) this.giveBack(extent);
  }
  stats(): MemoryStats {
    const { live, peak, allocated, swept, reserved, allocations, looks: sweeps } = this;
    return { live, peak, allocated, swept, reserved, allocations, sweeps, movedOut: 0, broughtBack: 0 };
  }
  /** Much may just have died: looks for it if enough was handed out since the last time. */
  settle(): void {
    if (this.held > this.lookAt - PATIENCE / 2) this.look();
  }

  private takeSpan(nbytes: number): Span {
    if (this.held + nbytes > this.lookAt) this.look();
    // What is past 4 GiB counts as that, which never fits.
    const length = sizeClass(Math.ceil(Math.min(nbytes, 2 ** 32) / UNIT));
    const extent = { start: this.take(length, nbytes) * UNIT, nbytes: length * UNIT, used: 0 };
    const span = new Span(extent, this.looks, this.homes, this.liveness.ballast(extent.nbytes));
    this.homes += extent.nbytes;
    this.held += extent.nbytes;
    if (this.nursery === null) this.liveness.watch(span, extent);
    else this.raise(span);
    return span;
  }
  private take(length: number, nbytes: number): number {
    for (const makeRoom of [() => {}, () => this.grow(length), () => this.look(true), () => this.heap.join()]) {
      makeRoom();
      const start = this.heap.take(length);
      if (start >= 0) return start;
    }
    const mebibytes = (n: number): string => `${(n / MIB).toFixed(1)} MiB`;
    throw new OutOfMemoryError(
      `WebGPU out of memory. Tried to allocate ${mebibytes(nbytes)}.\n${mebibytes(this.live)} are live in tensors, ${mebibytes(this.reserved)} of at most ${mebibytes(this.buffer.most)} are reserved.`,
    );
  }
  private grow(length: number): void {
    const needed = this.reserved + this.heap.shortage(length) * UNIT;
    const generous = Math.min(Math.max(needed, 2 * this.reserved, FIRST), this.buffer.most);
    const reached = [generous, needed].find((n) => n >= needed && n <= this.buffer.most && this.buffer.grow(n));
    if (reached === undefined) return;
    this.reserved = reached;
    this.heap.end = Math.floor(reached / UNIT);
  }

  private raise(span: Span): void {
    this.nursery!.add(span);
    this.young.push(span.extent);
  }
  /** Finds the dead among the young; among all if there are many, or `everywhere`. */
  private look(everywhere = false): void {
    if (this.liveness.kind !== "poll") return;
    const { nursery, young } = this;
    if (nursery !== null) {
      const survivors = nursery.survivors();
      this.young = [];
      const alive = new Set(survivors.map((span) => span.extent));
      for (const span of survivors)
        if (span.born === this.looks && !everywhere) this.raise(span);
        else this.liveness.watch(span, span.extent);
      for (const extent of young) if (!alive.has(extent)) this.reclaim(extent);
    }
    this.looks++;
    if (everywhere || nursery === null || this.held > this.sweepAt || this.liveness.crowded) {
      this.liveness.sweep();
      this.sweepAt = this.held + Math.max(2 * PATIENCE, this.held / 2);
    }
    this.lookAt = this.held + Math.max(PATIENCE, this.held / 8);
  }
  private reclaim(extent: Extent): void {
    this.live -= extent.used;
    this.swept += extent.used;
    extent.used = 0;
    this.giveBack(extent);
  }
  private giveBack(extent: Extent): void {
    if (extent.nbytes === 0) return;
    this.heap.give(extent.start / UNIT, extent.nbytes / UNIT);
    this.held -= extent.nbytes;
    extent.nbytes = 0;
  }
}
