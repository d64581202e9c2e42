// Spans, the pieces of memory that live, die and move as one, and the blocks cut from them.
import { RuntimeError } from "../../base/errors.ts";
import type { Block, Place } from "../../kernel/place.ts";
import { Mortal } from "./collector.ts";
import type { Memory } from "./memory.ts";

/**
 * Counts allocations, of all memories. A span remembers when its address was last asked for: what was asked for since
 * the last allocation stays where it is, see Note [Addresses and sweeps]. Small, so that engines keep it in a word.
 */
export const clock = { now: 0 };
const MOST = 2 ** 29 - 1;
export const tick = (): void => void (clock.now = (clock.now + 1) & MOST);

/** What is known of a span after its death. */
export interface Extent {
  /** What it has of the memory: nothing once it is dead, or while it is moved out. */
  ptr: number;
  nbytes: number;
  /** Bytes of its blocks that were not freed. */
  used: number;
}

export class Span extends Mortal {
  readonly memory: Memory;
  /** Looks at the young there had been. */
  readonly born: number;
  readonly extent: Extent = { ptr: 0, nbytes: 0, used: 0 };
  /** Where it lies; -1 while it is moved out. */
  ptr = 0;
  /** Where the next block starts and the last may end, from the span's start. */
  top = 0;
  end = 0;
  /** When somebody last asked for its address. */
  readAt = 0;
  /** Its bytes while it is moved out; before and after, what makes the collector aware of their weight. */
  buffer: ArrayBuffer | null = null;
  /** Whether it is in the list of those that may move out. */
  listed = false;
  /** Another thread writes to it: it stays where it is. */
  pinned = false;
  /** Where it would lie if no memory were ever used again: another place for every span. */
  home = 0;

  constructor(memory: Memory, born: number) {
    super();
    this.memory = memory;
    this.born = born;
  }
  /** Where it lies until the next allocation. */
  address(): number {
    this.readAt = clock.now;
    const { ptr } = this;
    return ptr >= 0 ? ptr : this.memory.bringBack(this);
  }
  /** Allocations since its address was last asked for. */
  get age(): number {
    return (clock.now - this.readAt) & MOST;
  }
}

export class SpanBlock implements Block {
  readonly nbytes: number;
  private span: Span | null;
  private readonly offset: number;

  constructor(span: Span, offset: number, nbytes: number) {
    this.span = span;
    this.offset = offset;
    this.nbytes = nbytes;
  }
  /** Where it starts, in bytes, until the next allocation or launch. See Note [Addresses and sweeps]. */
  get ptr(): number {
    const { span } = this;
    if (span === null) throw released();
    return span.address() + this.offset;
  }
  get home(): number {
    const { span } = this;
    if (span === null) throw released();
    return span.home + this.offset;
  }
  /** Keeps it where it is, for another thread to write to; undone by `pin(false)`. Large blocks only: others share a span. */
  pin(pinned: boolean): void {
    if (this.span !== null) this.span.pinned = pinned;
  }
  get pinned(): boolean {
    return this.span?.pinned ?? false;
  }
  /** What it is a part of; null once it was freed. */
  get memory(): Memory | null {
    return this.span?.memory ?? null;
  }
  free(): void {
    const { span } = this;
    if (span === null) return;
    this.span = null;
    span.memory.release(span, this.offset, this.nbytes);
  }
}
const released = (): RuntimeError =>
  new RuntimeError(
    "this tensor's memory has been released by dispose(). Keep it until its last use, or leave releasing to the library.",
  );

/** Address of an element of so many bytes in the memory. */
export const addressOf = ({ block, offset }: Place, itemsize: number): number =>
  (block as SpanBlock).ptr + offset * itemsize;
