// Which stretches of an address space are free. Knows addresses only, in units of 64 bytes (a cache line).

/** Bytes of a unit. */
export const UNIT = 64;

// A free stretch is one number, start · 2^26 + length (both below 2^26 in 4 GiB), so that sorting sorts by start.
const RADIX = 2 ** 26;

// Bins hold the stretches of one size class: each length below 16, then sixteen classes an octave.
const BINS = 23 * 16;
function binOf(length: number): number {
  const shift = Math.max(27 - Math.clz32(length), 0);
  return shift * 16 + (length >> shift);
}
/** The size class that holds `length` units: at most 1/16 more. */
export function sizeClass(length: number): number {
  const shift = Math.max(27 - Math.clz32(length), 0);
  return ((length + (1 << shift) - 1) >> shift) << shift;
}

/** The largest size class of at most `length` units. */
export function sizeClassBelow(length: number): number {
  const shift = Math.max(27 - Math.clz32(length), 0);
  return (length >> shift) << shift;
}

/**
 * Free stretches, last given first taken, so that a loop gets the memory that is still in cache. Neighbours are joined
 * only when nothing fits: most programs ask for the sizes they gave back.
 */
export class Heap {
  /** Units from here to `end` were never taken, or came back. */
  private top: number;
  /** Where the address space ends for now; may be raised. */
  end: number;
  private readonly bins: number[][] = Array.from({ length: BINS }, () => []);
  private readonly filled = new Int32Array(Math.ceil(BINS / 32));
  private givenSinceJoin = 0;

  constructor(start: number, end: number) {
    this.top = start;
    this.end = end;
  }

  /** Start of `length` free units, a size class; -1 if none are found below `end`. */
  take(length: number): number {
    let start = this.takeFromBins(length);
    // Joining costs a sort of all stretches: only when an eighth of them is new since the last time.
    if (start < 0 && this.givenSinceJoin >= Math.max(length, this.top >>> 3)) {
      this.join();
      start = this.takeFromBins(length);
    }
    if (start >= 0 || this.top + length > this.end) return start;
    start = this.top;
    this.top += length;
    return start;
  }

  give(start: number, length: number): void {
    this.givenSinceJoin += length;
    this.put(start, length);
  }

  /** Units by which `end` is too low for `length` more at the top. */
  shortage(length: number): number {
    return Math.max(this.top + length - this.end, 0);
  }

  /** Makes one stretch of every run of neighbours. */
  join(): void {
    const free = Float64Array.from(this.bins.flat()).sort();
    for (const bin of this.bins) bin.length = 0;
    this.filled.fill(0);
    this.givenSinceJoin = 0;
    let start = 0;
    let end = 0;
    for (const stretch of free) {
      const next = Math.floor(stretch / RADIX);
      if (next !== end) {
        if (end > start) this.put(start, end - start);
        start = next;
      }
      end = next + (stretch - next * RADIX);
    }
    if (end === this.top) this.top = start;
    else if (end > start) this.put(start, end - start);
  }

  /** Units of the longest free stretch, were `end` raised to `limit`. */
  longest(limit: number): number {
    return this.bins.flat().reduce((most, stretch) => Math.max(most, stretch % RADIX), limit - this.top);
  }

  private put(start: number, length: number): void {
    const bin = binOf(length);
    this.bins[bin].push(start * RADIX + length);
    this.filled[bin >> 5] |= 1 << (bin & 31);
  }

  private takeFromBins(length: number): number {
    const bin = this.firstFilled(binOf(length));
    if (bin < 0) return -1;
    const stretches = this.bins[bin];
    const stretch = stretches.pop()!;
    if (stretches.length === 0) this.filled[bin >> 5] &= ~(1 << (bin & 31));
    const start = Math.floor(stretch / RADIX);
    const rest = stretch - start * RADIX - length;
    if (rest > 0) this.put(start + length, rest);
    return start;
  }

  private firstFilled(from: number): number {
    let word = from >> 5;
    let bits = this.filled[word] & (-1 << (from & 31));
    while (bits === 0) {
      if (++word === this.filled.length) return -1;
      bits = this.filled[word];
    }
    return word * 32 + 31 - Math.clz32(bits & -bits);
  }
}
