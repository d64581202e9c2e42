// PyTorch's CPU generator (at::CPUGeneratorImpl): mt19937, and the second normal of a pair kept for the next call.
import { getDevice } from "../devices/registry.ts";
import { RuntimeError, TypeError, ValueError } from "../base/errors.ts";

/** Words of a block, and how far apart those are of which a new one is made. */
export const N = 624;
export const M = 397;
const DEFAULT_SEED = 67280421310721n;

// The bytes of torch.get_rng_state(): a C struct in which each word of the state takes eight bytes.
const STATE_BYTES = 5056;
const AT = {
  seed: 0,
  left: 8,
  seeded: 12,
  next: 16,
  words: 24,
  normal: 24 + 8 * N + 8,
  hasNormal: 24 + 8 * N + 24,
  floatNormal: 24 + 8 * N + 32,
  hasFloatNormal: 24 + 8 * N + 36,
};

/**
 * A stream of pseudo-random numbers, as `torch.Generator`: the same seed gives the numbers that PyTorch's CPU
 * generator gives. A new generator has PyTorch's default seed, 67280421310721.
 * Algorithm: Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998), seeding of 2002.
 * @example
 * const g = new Generator().manual_seed(0);
 * g.random(); // 2357136044
 */
export class Generator {
  private seedValue = DEFAULT_SEED;
  private words = new Int32Array(N);
  private tempered = new Uint32Array(N);
  /** Draws until the next block, plus one; both counts are kept because the state's bytes hold both. */
  private left = 1;
  private next = 0;
  /** The second normal of a pair, drawn in float64 by `normal_`, waiting for the next call. */
  next_double_normal_sample: number | null = null;
  /** The same for float32. No CPU operation uses it, but it is part of the state. */
  next_float_normal_sample: number | null = null;

  constructor(options?: string | { device?: string } | null) {
    const device = typeof options === "object" ? options?.device : options;
    if (device !== undefined) getDevice(device);
    this.reseed(DEFAULT_SEED);
  }
  toString(): string {
    return `Generator(device='cpu', seed=${this.seedValue})`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /**
   * Starts the stream again from `seed`, an integer in [-2^63, 2^64); negative ones count from 2^64 downwards.
   * Raises RuntimeError for what is not an integer, ValueError outside the range. As `torch.Generator.manual_seed`.
   * @example
   * new Generator().manual_seed(-1).initial_seed(); // 18446744073709551615n
   */
  manual_seed(seed: number | bigint): this {
    if (typeof seed !== "bigint" && !Number.isInteger(seed))
      throw new RuntimeError(`manual_seed expected a long, but got ${pythonType(seed)}`);
    this.reseed(toUint64(BigInt(seed)));
    return this;
  }

  /** The seed of the stream, as `torch.Generator.initial_seed`. */
  initial_seed(): bigint {
    return this.seedValue;
  }

  /** Seeds from the system's entropy and returns the seed, of 53 bits, as `torch.Generator.seed`. */
  seed(): bigint {
    const [high, low] = crypto.getRandomValues(new Uint32Array(2));
    this.reseed((BigInt(high & 0x1fffff) << 32n) | BigInt(low));
    return this.seedValue;
  }

  /** The next 32 bits, as a number in [0, 2^32). */
  random(): number {
    if (--this.left === 0) this.nextBlock();
    return this.tempered[this.next++];
  }

  /** The next 64 bits; the first draw is the high half. */
  random64(): bigint {
    const high = this.random();
    return (BigInt(high) << 32n) | BigInt(this.random());
  }

  /** The low 53 of the next 64 bits over 2^53: the uniform float64 in [0, 1) behind most distributions. */
  randomDouble(): number {
    const high = this.random() & 0x1fffff;
    return (high * 2 ** 32 + this.random()) * 2 ** -53;
  }

  /**
   * Where among the words of its block the next draw is; null where a state from elsewhere leaves the block before its end.
   * See Note [Words in lanes].
   */
  get position(): number | null {
    if (this.left === 1) return N;
    return this.next + this.left - 1 === N ? this.next : null;
  }
  /** Writes the words of the block, not yet tempered. */
  copyBlock(into: Int32Array): void {
    into.set(this.words);
  }
  /** Goes on with another block, from that position on. */
  moveTo(block: Int32Array, position: number): void {
    this.words.set(block);
    this.temper();
    this.next = position;
    this.left = N - position + 1;
  }

  /** The whole state as 5056 bytes in PyTorch's layout: what `torch.get_rng_state()` holds at the same point. */
  get_state(): Uint8Array {
    const bytes = new Uint8Array(STATE_BYTES);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(AT.seed, this.seedValue, true);
    view.setInt32(AT.left, this.left, true);
    view.setInt32(AT.seeded, 1, true);
    view.setUint32(AT.next, this.next, true);
    this.words.forEach((word, i) => view.setInt32(AT.words + 8 * i, word, true));
    view.setFloat64(AT.normal, this.next_double_normal_sample ?? 0, true);
    view.setInt32(AT.hasNormal, Number(this.next_double_normal_sample !== null), true);
    view.setFloat32(AT.floatNormal, this.next_float_normal_sample ?? 0, true);
    view.setUint8(AT.hasFloatNormal, Number(this.next_float_normal_sample !== null));
    return bytes;
  }

  /**
   * Continues from a state that `get_state` or PyTorch's `torch.get_rng_state()` returned.
   * Raises TypeError or RuntimeError, and keeps its own state, if `state` is not one.
   * @example
   * const g = new Generator();
   * const state = g.get_state();
   * const x = g.random();
   * g.set_state(state).random() === x; // true
   */
  set_state(state: Uint8Array): this {
    if (!(state instanceof Uint8Array)) throw new TypeError("RNG state must be a torch.ByteTensor");
    if (state.length !== STATE_BYTES)
      throw new RuntimeError(
        `Expected a CPUGeneratorImplState of size ${STATE_BYTES} but found the input RNG state size to be ${state.length}`,
      );
    const view = new DataView(state.buffer, state.byteOffset, STATE_BYTES);
    const left = view.getInt32(AT.left, true);
    const next = view.getUint32(AT.next, true);
    // left - 1 draws are to come from this block, and they must lie in it.
    if (view.getInt32(AT.seeded, true) === 0 || left < 1 || next + left - 1 > N)
      throw new RuntimeError("Invalid mt19937 state");
    this.seedValue = view.getBigUint64(AT.seed, true);
    this.left = left;
    this.next = next;
    this.words = Int32Array.from({ length: N }, (_, i) => view.getInt32(AT.words + 8 * i, true));
    this.temper();
    const hasNormal = view.getInt32(AT.hasNormal, true) !== 0;
    this.next_double_normal_sample = hasNormal ? view.getFloat64(AT.normal, true) : null;
    const hasFloatNormal = view.getUint8(AT.hasFloatNormal) !== 0;
    this.next_float_normal_sample = hasFloatNormal ? view.getFloat32(AT.floatNormal, true) : null;
    return this;
  }

  /** A generator of its own at the same point of the same stream, as `torch.Generator.clone_state`. */
  clone_state(): Generator {
    return new Generator().set_state(this.get_state());
  }

  private reseed(seed: bigint): void {
    this.seedValue = seed;
    this.next_double_normal_sample = null;
    this.next_float_normal_sample = null;
    const { words } = this;
    words[0] = Number(BigInt.asIntN(32, seed));
    for (let i = 1; i < N; i++) words[i] = Math.imul(1812433253, words[i - 1] ^ (words[i - 1] >>> 30)) + i;
    this.left = 1;
    this.next = 0;
  }

  private nextBlock(): void {
    const { words } = this;
    for (let i = 0; i < N - M; i++) words[i] = words[i + M] ^ twist(words[i], words[i + 1]);
    for (let i = N - M; i < N - 1; i++) words[i] = words[i + M - N] ^ twist(words[i], words[i + 1]);
    words[N - 1] = words[M - 1] ^ twist(words[N - 1], words[0]);
    this.left = N;
    this.next = 0;
    this.temper();
  }

  private temper(): void {
    const { words, tempered } = this;
    for (let i = 0; i < N; i++) {
      let y = words[i];
      y ^= y >>> 11;
      y ^= (y << 7) & 0x9d2c5680;
      y ^= (y << 15) & 0xefc60000;
      tempered[i] = y ^ (y >>> 18);
    }
  }
}

function twist(u: number, v: number): number {
  return (((u & 0x80000000) | (v & 0x7fffffff)) >>> 1) ^ (-(v & 1) & 0x9908b0df);
}

function toUint64(seed: bigint): bigint {
  if (seed < -(2n ** 63n) || seed >= 2n ** 64n)
    throw new ValueError(`Overflow when unpacking long long: seed ${seed} is outside [-2^63, 2^64)`);
  return BigInt.asUintN(64, seed);
}

function pythonType(x: unknown): string {
  if (typeof x === "number") return "float";
  if (typeof x === "boolean") return "bool";
  if (typeof x === "string") return "str";
  return x === null || x === undefined ? "NoneType" : typeof x;
}

/** The generator that operations use when none is given. Seeded from the system's entropy, as PyTorch's. */
export const default_generator: Generator = new Generator();
default_generator.seed();

/** A seed as torch.manual_seed takes it: a fraction is cut off, as Python's `int` does. Raises ValueError for what is no number. */
export function wholeSeed(seed: number | bigint): number | bigint {
  if (Number.isNaN(seed)) throw new ValueError("cannot convert float NaN to integer");
  if (seed === Infinity || seed === -Infinity) throw new ValueError("cannot convert float infinity to integer");
  return typeof seed === "number" ? Math.trunc(seed) : seed;
}
