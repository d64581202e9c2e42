// A device's memory: one stretch of bytes that may grow, handed out in blocks that come back by themselves.
import { OutOfMemoryError } from "../../base/errors.ts";
import type { MemoryStats } from "../backend.ts";
import { collector } from "./collector.ts";
import { Heap, sizeClass, sizeClassBelow, UNIT } from "./heap.ts";
import { createLiveness } from "./liveness.ts";
import type { Liveness, LivenessKind } from "./liveness.ts";
import { Nursery } from "./nursery.ts";
import { Residents, unused } from "./residents.ts";
import { clock, Span, SpanBlock, tick } from "./span.ts";
import type { Extent } from "./span.ts";

// Measured with bench/memory.ts. Larger pages make small blocks cheaper and let one survivor pin more.
const PAGE = 16384;
/** Blocks larger than this have a span of their own. */
export const LARGEST_SMALL = 4096;

const MIB = 2 ** 20;
// How much may be handed out before the next look at the young, and stay held before the next sweep; see Note [Looks].
const LEAST_PATIENCE = 8 * MIB;
const WARM = 32 * MIB;
const LEAST_BUDGET = 32 * MIB;
const FIRST_BUDGET = 64 * MIB;
const ENOUGH = 256 * MIB;
const MS_PER_REFERENCE = 0.0005;
// What may stay in the memory before the longest unused moves out, and how much does at a time; see Note [Moving out].
const RESIDENT = 32 * MIB;
const MOVED_AT_ONCE = 1 / 4;
const MOST_RESIDENT = 3 / 4;
export interface MemoryOptions {
  /** Bytes at the bottom that are never handed out. */
  readonly reservedBytes?: number;
  readonly liveness?: LivenessKind;
  /** Where finalizers find the dead: bytes that stay in the memory at first; see Note [Moving out]. */
  readonly resident?: number;
  /** Whether bytes can be had from it at any time, so that blocks may move out; they can unless told. */
  readonly moves?: boolean;
}

/**
 * Note [Spans]: what is watched for its death is not the Block but the Span it lies in, which the Block holds. A large
 * block has a span of its own; small ones share a page and so the price of a weak reference, half a microsecond with
 * its part in the sweeps. A span whose blocks were all freed by `free()` goes back at once and its object, weak
 * reference and all, is used again, unless it has grown old: its death would show late.
 *
 * Note [Addresses and sweeps]: any allocation may look for dead blocks, and move living ones. So nobody keeps an address:
 * a kernel or product is told blocks and offsets, and reads the addresses when it is launched. What was read since the last
 * allocation or launch stays where it is; reading one more address may bring its block back from elsewhere, and move out
 * those that nobody asked for since. Where memory is not shared that may make the memory grow, which takes views of it away:
 * whoever needs several views asks for the bytes of each once before the first.
 *
 * Note [Moving out]: browsers and their like tell which blocks are dead between tasks only, however long a task takes. So
 * when the memory holds a certain amount, the spans that have been unused the longest move out of it, each into an
 * ArrayBuffer of its own. The collector sees the weight of those and frees the dead ones by itself, with the span that
 * alone leads to them, within the same task; what lives comes back when its address is next asked for. What came back shows
 * that too little was kept, and so much more is from then on. In Node and its like, where the dead are found in time, only what does not
 * fit beside the rest moves out.
 *
 * The amount is small: engines collect cheaply, and so often, what was held for no more than one or two collections
 * of the young, one for every 32 MiB or so of buffers.
 */
export abstract class Memory {
  protected readonly heap: Heap;
  /** What is never handed out. */
  protected reservedUnits: number;
  private readonly liveness: Liveness<Span, Extent>;
  /** Where new spans are watched until the first look, if the engine has such a thing, and the extents of those. */
  private readonly nursery: Nursery<Span> | null;
  private readonly moves: boolean;
  /** Spans that may move out at any time, where that is the way to find room. */
  private readonly residents: Residents | null;
  private young: Extent[] = [];
  private looks = 0;
  /** Where small blocks are cut from. */
  private page: Span;
  /** Spans without an extent, ready for the next. */
  private readonly idle: Span[] = [];

  private live = 0;
  private peak = 0;
  private allocated = 0;
  private allocations = 0;
  private swept = 0;
  private sweeps = 0;
  private movedOut = 0;
  private broughtBack = 0;
  /** Bytes brought back since the last time that any moved out. */
  private missed = 0;
  /** Bytes ever given to spans. */
  private homes = 0;
  /** Bytes of all spans not known to be dead; more than `live`, for freed blocks may leave gaps in pages. */
  protected held = 0;
  /** What is held when the next look is due, and what is still held after one when a sweep is. */
  protected lookAt = WARM;
  private sweepAt = FIRST_BUDGET;
  private patience = WARM;
  private budget = FIRST_BUDGET;
  /** What was held after the last good moment or less, and the looks in passing since. */
  private settled = 0;
  private inPassing = 0;
  private readonly looking = new Cost();
  private readonly sweeping = new Cost();

  constructor(
    nbytes: number,
    { reservedBytes = 0, liveness = "poll", resident = RESIDENT, moves = true }: MemoryOptions,
  ) {
    this.reservedUnits = Math.ceil(reservedBytes / UNIT);
    this.heap = new Heap(this.reservedUnits, nbytes / UNIT);
    this.liveness = createLiveness<Span, Extent>(liveness, (extent) => this.reclaim(extent));
    this.nursery = this.liveness.kind === "poll" ? Nursery.open<Span>() : null;
    this.moves = moves;
    this.residents = moves && this.liveness.kind === "finalizer" ? new Residents() : null;
    if (this.residents !== null) this.lookAt = resident;
    this.page = new Span(this, 0);
  }
  /** Bytes that there are, and that there may be at most. */
  protected abstract readonly nbytes: number;
  protected abstract readonly most: number;
  /** Makes it so large, with what is in it; false if it is as it was. */
  protected abstract growTo(nbytes: number): boolean;
  /** So many bytes from there on, into a buffer; and from one. */
  protected abstract copyOut(ptr: number, buffer: ArrayBuffer, nbytes: number): void;
  protected abstract copyIn(ptr: number, buffer: ArrayBuffer, nbytes: number): void;
  /** What to say where there is no room for a block. */
  protected abstract outOfMemory(nbytes: number): string;
  /** Whether it may grow before the next allocation. */
  protected get mayGrow(): boolean {
    return true;
  }

  /** How dead blocks are found: what was asked for, or what the engine can do. */
  get livenessKind(): LivenessKind {
    return this.liveness.kind;
  }

  /**
   * A block of `nbytes`, 16-aligned and uninitialised. Its bytes come back after the Block object is gone, or by
   * `free()`. Raises OutOfMemoryError, after which everything is as it was.
   * @example
   * const memory = new CpuMemory();
   * const block = memory.allocate(4 * 10);
   * memory.host(float32, block.ptr, 10).fill(1);
   */
  allocate(nbytes: number): SpanBlock {
    tick();
    const size = footprint(nbytes);
    let span: Span;
    if (size <= LARGEST_SMALL) {
      span = this.page;
      if (span.top + size > span.end) span = this.page = this.takeSpan(PAGE);
    } else span = this.takeSpan(size);
    const offset = span.top;
    span.top += size;
    span.extent.used += size;
    span.readAt = clock.now;
    this.live += size;
    if (this.live > this.peak) this.peak = this.live;
    this.allocated += size;
    this.allocations++;
    return new SpanBlock(span, offset, nbytes);
  }

  stats(): MemoryStats {
    const { live, peak, allocated, swept, allocations, sweeps, movedOut, broughtBack } = this;
    const reserved = this.nbytes;
    return { live, peak, allocated, swept, reserved, allocations, sweeps, movedOut, broughtBack };
  }

  /** Lets `peak` start anew from what is live now. */
  resetPeak(): void {
    this.peak = this.live;
  }

  /** Looks for dead blocks now. Finds none where they are found by finalizers: those run when the program awaits. */
  sweep(): void {
    if (this.liveness.kind !== "poll") return;
    this.glance(false);
    this.liveness.sweep();
    this.sweepAt = this.held + this.budget;
    this.looked();
  }

  /**
   * Much may just have died: looks for it if that takes little of the time. A collection costs more than it takes: the
   * program runs on with cold caches and beside the threads that clear up (measured with full ones: at 8 for 32, 1.5
   * times the time of the small MLP of bench/loops.ts; at 32 none).
   */
  settle(): void {
    const { each, last } = this.nursery === null ? this.sweeping : this.looking;
    if (this.held - this.settled < LEAST_PATIENCE || performance.now() - last < 32 * each) return;
    this.look(false);
    this.settled = this.held;
    this.inPassing = 0;
  }

  /**
   * Note [Looks]: a look at the young takes a fraction of a millisecond and finds what was handed out since the last but
   * one and died. Blocks that were held at two looks are found by a sweep, a forced collection of some milliseconds, which
   * is due when enough of them have gathered. Without a nursery every look is a sweep.
   *
   * So a training step should see two looks: one at the end of its backward pass, a good moment, and before it one in
   * passing, which finds what died in the forward pass. If more come to pass, and many blocks live on, patience grows.
   */
  private look(inPassing: boolean): void {
    if (this.liveness.kind !== "poll") return;
    if (this.nursery !== null) {
      const { held } = this;
      const handedOut = held - (this.lookAt - this.patience);
      const between = this.looking.time(() => this.glance(true));
      if (inPassing && this.inPassing++ > 0)
        this.bePatient(this.looking.each / between, (held - this.held) / handedOut);
    }
    if (this.nursery === null || this.held > this.sweepAt || this.liveness.crowded) this.sweepDue();
    this.looked();
  }
  private looked(): void {
    this.sweeps++;
    if (this.nursery === null) this.patience = this.budget;
    this.lookAt = this.held + this.patience;
    this.settled = Math.min(this.settled, this.held);
  }

  private raise(span: Span): void {
    this.nursery!.add(span);
    this.young.push(span.extent);
  }
  /** Gives the young that died back; `again`: those looked at for the first time may stay. */
  private glance(again: boolean): void {
    const { nursery, young } = this;
    if (nursery === null) return;
    this.idle.length = 0;
    const survivors = nursery.survivors();
    this.young = [];
    const alive = new Set<Extent>();
    for (const span of survivors) {
      alive.add(span.extent);
      if (again && span.born === this.looks) this.raise(span);
      else this.liveness.watch(span, span.extent);
    }
    this.looks++;
    for (const extent of young) if (!alive.has(extent)) this.reclaim(extent);
  }
  /** Looks at the young are worth much of the time while what they free is still in the cache, else little. */
  private bePatient(share: number, found: number): void {
    const warm = this.patience <= WARM;
    if (found < 0.5 || share > (warm ? 0.25 : 0.12))
      this.patience = Math.min(1.5 * this.patience, Math.max(this.budget, FIRST_BUDGET));
    else if (found > 0.9 && share < (warm ? 0.01 : 0.1)) this.patience = Math.max(this.patience / 1.5, LEAST_PATIENCE);
  }

  /** The sweep that is due; what it takes decides how soon the next one is. */
  private sweepDue(): void {
    const { swept } = this;
    let watched = 0;
    const between = this.sweeping.time(() => (watched = this.liveness.sweep()));
    this.adapt(between, this.sweeping.each, watched, this.swept - swept);
    this.sweepAt = this.held + this.budget;
  }

  /** Called by a Block: nobody uses these bytes any more. */
  release(span: Span, offset: number, nbytes: number): void {
    const { extent } = span;
    const size = footprint(nbytes);
    extent.used -= size;
    this.live -= size;
    // The last block of a page makes room for the next one, so that short-lived blocks stay in cache.
    if (offset + size === span.top) span.top = offset;
    if (extent.used > 0) return;
    span.top = 0;
    if (span === this.page) return;
    this.giveExtent(extent);
    span.buffer = null;
    if (span.born === this.looks) this.idle.push(span);
  }

  private takeSpan(nbytes: number): Span {
    if (this.held + nbytes > this.lookAt) {
      if (this.residents === null) this.look(true);
      else this.relieveFor(nbytes);
    }
    const length = unitsFor(nbytes);
    const start = this.take(length, nbytes);
    let span = this.idle.pop();
    if (span === undefined) {
      span = new Span(this, this.looks);
      if (this.nursery === null) this.liveness.watch(span, span.extent);
      else this.raise(span);
    }
    span.top = 0;
    span.pinned = false;
    span.end = length * UNIT;
    span.home = this.homes;
    this.homes += span.end;
    this.settleIn(span, start);
    return span;
  }
  private settleIn(span: Span, start: number): void {
    const { extent, end } = span;
    span.ptr = extent.ptr = start * UNIT;
    extent.nbytes = end;
    span.buffer = this.liveness.ballast(end);
    this.held += end;
    this.residents?.add(span);
  }

  /** Makes room before an allocation of so much. */
  protected relieveFor(nbytes: number): void {
    this.relieve(nbytes);
  }
  /** Makes room for so much by the rule of Note [Moving out]. */
  protected relieve(nbytes: number): void {
    this.lookAt = Math.min(this.lookAt + this.missed, this.most * MOST_RESIDENT);
    this.missed = 0;
    const excess = this.held + nbytes - this.lookAt;
    if (excess > 0) this.moveOut(Math.max(excess, this.lookAt * MOVED_AT_ONCE));
  }
  /**
   * Moves so many bytes out of the memory, of those that nobody asked for since the last allocation, the longest unused
   * first; all of them unless told.
   */
  moveOut(nbytes = Infinity): void {
    const until = this.held - nbytes;
    if (nbytes === Infinity) this.page = new Span(this, 0);
    for (const span of this.residents?.unused() ?? unused(this.liveness.living())) {
      if (this.held <= until) break;
      if (span !== this.page && !this.leave(span)) break;
    }
  }
  /** False if the engine has no room for it either. */
  private leave(span: Span): boolean {
    const { extent, top } = span;
    try {
      span.buffer ??= new ArrayBuffer(top);
    } catch {
      return false;
    }
    this.copyOut(span.ptr, span.buffer, top);
    this.movedOut += extent.nbytes;
    const { used } = extent;
    this.giveExtent(extent);
    extent.used = used;
    span.ptr = -1;
    return true;
  }
  /** Brings the bytes of a span back that had moved out; its address. See Note [Addresses and sweeps]. */
  bringBack(span: Span): number {
    const { buffer, top, end } = span;
    const length = end / UNIT;
    if (this.residents !== null && this.held + end > this.lookAt) this.relieve(end);
    // Nobody dies here.
    const { mayGrow } = this;
    let start = mayGrow ? this.takeFree(length) : this.heap.take(length);
    if (start < 0) start = this.takeFromUnused(length, top, mayGrow);
    this.settleIn(span, start);
    this.copyIn(span.ptr, buffer!, top);
    this.broughtBack += end;
    this.missed += end;
    return span.ptr;
  }
  /** The blocks of a span are gone. */
  private reclaim(extent: Extent): void {
    this.live -= extent.used;
    this.swept += extent.used;
    this.giveExtent(extent);
  }

  private giveExtent(extent: Extent): void {
    if (extent.nbytes === 0) return;
    this.held -= extent.nbytes;
    this.heap.give(extent.ptr / UNIT, extent.nbytes / UNIT);
    extent.nbytes = extent.used = 0;
  }

  /** Start of so many free units: from the heap, else from the system, else from the dead, else from the unused. */
  private take(length: number, nbytes: number): number {
    if (nbytes > this.mostBytes) throw new OutOfMemoryError(this.outOfMemory(nbytes));
    let start = this.takeFree(length);
    if (start < 0) {
      this.sweep();
      this.heap.join();
      start = this.takeFree(length);
    }
    return start < 0 ? this.takeFromUnused(length, nbytes, true) : start;
  }
  /** The largest block there can be, beside what is never handed out. */
  protected get mostBytes(): number {
    return sizeClassBelow(Math.floor(this.most / UNIT) - this.reservedUnits) * UNIT;
  }
  private takeFromUnused(length: number, nbytes: number, mayGrow: boolean): number {
    // Where much is free beside it, what lives is better refused than the whole system brought to a halt.
    const isAffordable =
      this.moves && (this.residents !== null || this.held < (globalThis.process?.availableMemory?.() ?? Infinity) / 2);
    for (const share of isAffordable ? [MOVED_AT_ONCE, 1] : []) {
      this.moveOut(share === 1 ? Infinity : Math.max(length * UNIT, this.held * share));
      this.heap.join();
      const start = mayGrow ? this.takeFree(length) : this.heap.take(length);
      if (start >= 0) return start;
    }
    throw new OutOfMemoryError(this.outOfMemory(nbytes));
  }

  /** The same of what is known to be free; -1 if there is none. */
  protected takeFree(length: number): number {
    const start = this.heap.take(length);
    return start < 0 && this.grow(length) ? this.heap.take(length) : start;
  }

  /** Makes room for `length` units at the top, and a quarter more, if it can. */
  private grow(length: number): boolean {
    const { nbytes, most } = this;
    const needed = this.heap.shortage(length) * UNIT;
    if (nbytes + needed > most) return false;
    const generous = Math.min(Math.max(needed, nbytes / 4, 4 * MIB), most - nbytes);
    return this.growBy(generous) || this.growBy(needed);
  }
  protected growBy(nbytes: number): boolean {
    const isGrown = this.growTo(this.nbytes + nbytes);
    if (isGrown) this.heap.end = Math.floor(this.nbytes / UNIT);
    return isGrown;
  }

  /**
   * A forced collection takes some milliseconds, more with many JavaScript objects alive: more is handed out between
   * two of them if they take over 3 % of the time, less if they take under 1 %. What the weak references themselves
   * cost is left out, for waiting longer does not save it; less only pays if there is something to find. It does not
   * take more memory than is held, is enough, or is some times the heap that must be collected.
   */
  private adapt(work: number, collecting: number, watched: number, found: number): void {
    const quarter = Math.max(this.most / 4, LEAST_BUDGET);
    const heap = collector()?.heap() ?? 0;
    const most = Math.min(quarter, Math.max(ENOUGH, this.held, 8 * heap));
    const fixed = collecting - watched * MS_PER_REFERENCE;
    if (fixed > 0.03 * work) this.budget = Math.min(this.budget * 2, most);
    else if (fixed < 0.01 * work && found > this.budget / 2) this.budget = Math.max(this.budget / 2, LEAST_BUDGET);
  }
}

export const mebibytes = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

/** Bytes a block takes, at least 16 so that no two share an address. */
const footprint = (nbytes: number): number => Math.max(Math.ceil(nbytes / 16) * 16, 16);

/** Units of the smallest size class with room for `nbytes`. Anything past 4 GiB counts as 4 GiB, which never fits. */
export const unitsFor = (nbytes: number): number => sizeClass(Math.ceil(Math.min(nbytes, 2 ** 32) / UNIT));

/** What a chore that recurs takes. */
class Cost {
  /** Milliseconds a time; one that took longer than others, on a busy machine, counts little. */
  each = 0;
  /** When it ended last. */
  last = performance.now();

  /** Milliseconds that were between the last time and this one. */
  time(chore: () => void): number {
    const start = performance.now();
    const between = start - this.last;
    chore();
    this.last = performance.now();
    const more = this.last - start - this.each;
    this.each += more < 0 || this.each === 0 ? more : more / 8;
    return between;
  }
}
