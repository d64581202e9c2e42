// Python's own random numbers: the module `random`, whose streams programs count on when they seed it.

/** The generator of Python's `random`: mt19937, seeded by all the bits of a whole number. */
class PythonRandom {
  private readonly state = new Uint32Array(624);
  private at = 624;
  private spare: number | null = null;
  constructor() {
    this.seed(Date.now());
  }
  /** As `random.seed(n)` for a whole number. */
  seed(n: number | bigint): void {
    const words: number[] = [];
    for (let rest = BigInt(n) < 0n ? -BigInt(n) : BigInt(n); rest > 0n || words.length === 0; rest >>= 32n)
      words.push(Number(rest & 0xffffffffn));
    const { state } = this;
    const mixed = (i: number, by: number): number => Math.imul(state[i - 1] ^ (state[i - 1] >>> 30), by);
    state[0] = 19650218;
    for (let i = 1; i < 624; i++) state[i] = mixed(i, 1812433253) + i;
    let i = 1;
    for (let k = 0, j = 0; k < Math.max(624, words.length); k++, j = (j + 1) % words.length) {
      state[i] = (state[i] ^ mixed(i, 1664525)) + words[j] + j;
      i = this.next(i);
    }
    for (let k = 0; k < 623; k++) {
      state[i] = (state[i] ^ mixed(i, 1566083941)) - i;
      i = this.next(i);
    }
    state[0] = 0x80000000;
    this.at = 624;
    this.spare = null;
  }
  private next(i: number): number {
    if (i < 623) return i + 1;
    this.state[0] = this.state[623];
    return 1;
  }
  private word(): number {
    const { state } = this;
    if (this.at === 624) {
      for (let i = 0; i < 624; i++) {
        const y = (state[i] & 0x80000000) | (state[(i + 1) % 624] & 0x7fffffff);
        state[i] = state[(i + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      this.at = 0;
    }
    let y = state[this.at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }
  /** A float in [0, 1). */
  random(): number {
    const [a, b] = [this.word() >>> 5, this.word() >>> 6];
    return (a * 67108864 + b) / 9007199254740992;
  }
  /** A whole number below `n`, which is at most 2^32: bits are drawn until they are less. */
  private below(n: number): number {
    const bits = 32 - Math.clz32(n);
    for (;;) {
      const drawn = n > 0xffffffff ? this.word() : this.word() >>> (32 - bits);
      if (drawn < n) return drawn;
    }
  }
  /** A whole number from `a` to `b`, both included. */
  randint(a: number, b: number): number {
    return a + this.below(b - a + 1);
  }
  /** A number of `range(start, stop, step)`. */
  randrange(a: number, b?: number, step = 1): number {
    const [start, stop] = b === undefined ? [0, a] : [a, b];
    return start + step * this.below(Math.ceil((stop - start) / step));
  }
  uniform(a: number, b: number): number {
    return a + (b - a) * this.random();
  }
  /** A number of the normal distribution. */
  gauss(mean = 0, deviation = 1): number {
    let z = this.spare;
    this.spare = null;
    if (z === null) {
      const angle = this.random() * 2 * Math.PI;
      const radius = Math.sqrt(-2 * Math.log(1 - this.random()));
      z = Math.cos(angle) * radius;
      this.spare = Math.sin(angle) * radius;
    }
    return mean + z * deviation;
  }
  choice<T>(items: ArrayLike<T>): T {
    return items[this.below(items.length)];
  }
  /** Puts a list in another order, in place. */
  shuffle(items: unknown[]): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
  }
  /** `k` of the items, each at most once. */
  sample<T>(items: Iterable<T>, k: number): T[] {
    const all = Array.from(items);
    const n = all.length;
    const size = 21 + (k > 5 ? 4 ** Math.ceil(Math.log(k * 3) / Math.log(4)) : 0);
    const found: T[] = [];
    if (n <= size) {
      for (let i = 0; i < k; i++) {
        const j = this.below(n - i);
        found.push(all[j]);
        all[j] = all[n - i - 1];
      }
      return found;
    }
    const chosen = new Set<number>();
    while (found.length < k) {
      const j = this.below(n);
      if (chosen.has(j)) continue;
      chosen.add(j);
      found.push(all[j]);
    }
    return found;
  }
}
/**
 * Python's module `random`: after the same seed the same numbers.
 * @example random.seed(0); random.randint(1, 6) // 4
 */
export const random = new PythonRandom();
