// Samplers: the order in which a loader takes samples. The draws are PyTorch's, in PyTorch's order.
import { int64 } from "../base/dtype.ts";
import { TypeError, ValueError } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { typeWord } from "../tensor/type_word.ts";
import { default_generator, Generator } from "../random/generator.ts";
import { multinomial, randintFill, randomFill, randperm } from "../random/fill.ts";

/** Anything that has a length. */
interface Sized {
  readonly length: number;
}
/** Indices of samples, or lists of them. `length` is how many it gives, where that is known. */
export interface Sampler<T = number> extends Iterable<T> {
  readonly length?: number;
}

/** `torch.empty((), dtype=torch.int64).random_()`: what PyTorch seeds shuffles and workers with. */
export function drawSeed(generator: Generator): bigint {
  const seed = new BigInt64Array(1);
  randomFill(seed, int64, generator);
  return seed[0];
}

interface OfSource {
  data_source: Sized;
}
const SEQUENTIAL = "SequentialSampler(object data_source) -> Sampler";
/** 0, 1, 2, …, as `torch.utils.data.SequentialSampler`. */
export class SequentialSampler implements Sampler {
  readonly data_source: Sized;
  constructor(...given: Arguments<typeof SEQUENTIAL, OfSource>) {
    this.data_source = bindArguments<typeof SEQUENTIAL, OfSource>(SEQUENTIAL, given).data_source;
  }
  get length(): number {
    return this.data_source.length;
  }
  *[Symbol.iterator](): Iterator<number> {
    for (let i = 0; i < this.data_source.length; i++) yield i;
  }
}

const RANDOM =
  "RandomSampler(sized data_source, bool replacement=False, int? num_samples=None, Generator? generator=None) -> Sampler";
/**
 * Indices in random order, as `torch.utils.data.RandomSampler`: `num_samples` of them, or as many as there are; each drawn
 * independently with `replacement`; from `generator`, or from one that the default one seeds anew in each epoch. Raises
 * ValueError if there is nothing to draw.
 * @example [...new RandomSampler([10, 11, 12], { generator: new torch.Generator().manual_seed(0) })]
 */
export class RandomSampler implements Sampler {
  readonly data_source: Sized;
  readonly replacement: boolean;
  readonly generator: Generator | null;
  private readonly count: number | null;
  constructor(...given: Arguments<typeof RANDOM, OfSource>) {
    const bound = bindArguments<typeof RANDOM, OfSource>(RANDOM, given);
    const { data_source, replacement, num_samples, generator } = bound;
    this.data_source = data_source;
    this.replacement = replacement;
    this.generator = generator;
    this.count = num_samples;
    requirePositive("num_samples", this.num_samples);
  }
  get num_samples(): number {
    return this.count ?? this.data_source.length;
  }
  get length(): number {
    return this.num_samples;
  }
  *[Symbol.iterator](): Iterator<number> {
    const n = this.data_source.length;
    const generator = this.generator ?? new Generator().manual_seed(drawSeed(default_generator));
    const draw = this.replacement
      ? (count: number): BigInt64Array => {
          const indices = new BigInt64Array(count);
          randintFill(indices, 0, n, generator);
          return indices;
        }
      : (count: number): BigInt64Array => randperm(n, generator).subarray(0, count);
    // In pieces, and the last one is drawn even if nothing of it is needed: so PyTorch's stream goes on from there.
    const piece = this.replacement ? 32 : n;
    let left = this.num_samples;
    for (; left >= piece; left -= piece) for (const i of draw(piece)) yield Number(i);
    for (const i of draw(left)) yield Number(i);
  }
}

interface OfIndices {
  indices: readonly number[];
}
const SUBSET_RANDOM = "SubsetRandomSampler(object indices, Generator? generator=None) -> Sampler";
/** The given indices in random order, as `torch.utils.data.SubsetRandomSampler`. */
export class SubsetRandomSampler implements Sampler {
  readonly indices: readonly number[];
  readonly generator: Generator;
  constructor(...given: Arguments<typeof SUBSET_RANDOM, OfIndices>) {
    const { indices, generator } = bindArguments<typeof SUBSET_RANDOM, OfIndices>(SUBSET_RANDOM, given);
    this.indices = indices;
    this.generator = generator ?? default_generator;
  }
  get length(): number {
    return this.indices.length;
  }
  *[Symbol.iterator](): Iterator<number> {
    for (const i of randperm(this.indices.length, this.generator)) yield this.indices[Number(i)];
  }
}

interface OfWeights {
  weights: readonly number[];
  num_samples: number;
}
const WEIGHTED =
  "WeightedRandomSampler(object weights, object num_samples, bool replacement=True, Generator? generator=None) -> Sampler";
/**
 * Indices drawn by weight, as `torch.utils.data.WeightedRandomSampler`. Raises ValueError if `num_samples` is not a
 * positive integer.
 * @example new WeightedRandomSampler([0.1, 0.9], 100) // 0 one time in ten
 */
export class WeightedRandomSampler implements Sampler {
  readonly weights: readonly number[];
  readonly num_samples: number;
  readonly replacement: boolean;
  readonly generator: Generator;
  constructor(...given: Arguments<typeof WEIGHTED, OfWeights>) {
    const bound = bindArguments<typeof WEIGHTED, OfWeights>(WEIGHTED, given);
    const { weights, num_samples, replacement, generator } = bound;
    requirePositive("num_samples", num_samples);
    this.weights = weights;
    this.num_samples = num_samples;
    this.replacement = replacement;
    this.generator = generator ?? default_generator;
  }
  get length(): number {
    return this.num_samples;
  }
  *[Symbol.iterator](): Iterator<number> {
    const weights = Float64Array.from(this.weights);
    for (const i of multinomial(weights, this.num_samples, this.replacement, this.generator)) yield Number(i);
  }
}

interface OfSampler {
  sampler: Sampler;
  batch_size: number;
}
const BATCH = "BatchSampler(object sampler, object batch_size, bool drop_last) -> Sampler";
/**
 * The indices of a sampler in lists of `batch_size`, as `torch.utils.data.BatchSampler`; `drop_last` leaves out a last
 * list that is shorter. Raises ValueError if `batch_size` is not a positive integer.
 * @example [...new BatchSampler([0, 1, 2], 2, false)] // [[0, 1], [2]]
 */
export class BatchSampler implements Sampler<number[]> {
  readonly sampler: Sampler;
  readonly batch_size: number;
  readonly drop_last: boolean;
  constructor(...given: Arguments<typeof BATCH, OfSampler>) {
    const { sampler, batch_size, drop_last } = bindArguments<typeof BATCH, OfSampler>(BATCH, given);
    requirePositive("batch_size", batch_size);
    this.sampler = sampler;
    this.batch_size = batch_size;
    this.drop_last = drop_last;
  }
  get length(): number {
    const n = lengthOf(this.sampler);
    return this.drop_last ? Math.floor(n / this.batch_size) : Math.ceil(n / this.batch_size);
  }
  *[Symbol.iterator](): Iterator<number[]> {
    let batch: number[] = [];
    for (const index of this.sampler) {
      batch.push(index);
      if (batch.length < this.batch_size) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0 && !this.drop_last) yield batch;
  }
}

/** Raises TypeError for a sampler whose length is not known. */
/** Raises TypeError for what has none. */
export function lengthOf(sampler: Sampler<unknown>): number {
  const length = (sampler as Partial<Sized> | null)?.length;
  if (length === undefined) throw new TypeError(`object of type '${typeWord(sampler)}' has no len()`);
  return length;
}
function requirePositive(name: string, value: number): void {
  if (!Number.isInteger(value) || value <= 0)
    throw new ValueError(
      `${name} should be a positive integer value, but got ${name}=${typeof value === "object" ? typeWord(value) : String(value)}`,
    );
}
