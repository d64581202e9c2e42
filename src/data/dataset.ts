// Datasets: samples by index, and ways to cut and join them.
import { AssertionError, IndexError, NotImplementedError, TypeError, ValueError, warn } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { ArgumentsAfter } from "../dispatch/callable.ts";
import { tensor } from "../ops/creation/from_data.ts";
import { default_generator } from "../random/generator.ts";
import { randperm } from "../random/fill.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";

/**
 * Samples by index, as `torch.utils.data.Dataset`: `length` is Python's `__len__`, `at` its `__getitem__`. `at` may
 * return a promise; the loader is then to be read with `for await`.
 * @example
 * class Squares extends Dataset<[number, number]> {
 *   length = 100;
 *   at(i: number): [number, number] {
 *     return [i, i * i];
 *   }
 * }
 */
export abstract class Dataset<T> {
  /**
   * A class with a static `in_memory` of its own that is true has samples that cost no more to get than to send: a loader
   * leaves them to no workers.
   */
  static readonly in_memory: boolean = false;
  abstract readonly length: number;
  abstract at(index: number): T;
  /**
   * The collated samples at `indices`, for datasets that have them quicker than one by one; null means "one by one".
   * Must agree with `at`.
   */
  batch(_indices: readonly number[]): unknown {
    return null;
  }
  /** Both datasets, one after the other: Python's `a + b`. */
  concat(other: IndexedDataset<T>): ConcatDataset<T> {
    return new ConcatDataset<T>([this, other]);
  }
}
/**
 * Samples one after the other, as `torch.utils.data.IterableDataset`: a subclass has `[Symbol.iterator]`, or
 * `[Symbol.asyncIterator]` where samples must be waited for. With several workers each has all of it, unless it asks
 * `get_worker_info` for its part.
 * @example
 * class Counting extends IterableDataset<number> {
 *   *[Symbol.iterator]() {
 *     for (let i = 0; i < 10; i++) yield i;
 *   }
 * }
 */
export abstract class IterableDataset<T> {
  /** How many there are, where that is known. */
  get length(): number | undefined {
    return undefined;
  }
  [Symbol.iterator](): Iterator<T> {
    throw new NotImplementedError(
      "Subclasses of IterableDataset should implement __iter__.\nHere: [Symbol.iterator], or [Symbol.asyncIterator], to be read with `for await`.",
    );
  }
  [Symbol.asyncIterator]?(): AsyncIterator<Awaited<T>>;
  /** Both datasets, one after the other: Python's `a + b`. */
  concat(other: IterableDataset<T>): ChainDataset<T> {
    return new ChainDataset<T>([this, other]);
  }
}
/** A dataset by index, or an array of samples. */
export type IndexedDataset<T> = Dataset<T> | readonly T[];
/** A dataset, or an array of samples. */
export type AnyDataset<T> = IndexedDataset<T> | IterableDataset<T>;

/** The batch of a dataset in one go, or null. */
export const batchOf = (dataset: AnyDataset<unknown>, indices: readonly number[]): unknown =>
  dataset instanceof Dataset ? dataset.batch(indices) : null;
/** One sample; indices below zero count from the end. Raises IndexError outside. */
export function sampleOf<T>(dataset: AnyDataset<T>, index: number): T {
  if (dataset instanceof IterableDataset) throw new NotImplementedError("an IterableDataset has no samples by index");
  if (dataset instanceof Dataset) return dataset.at(index);
  if (index < -dataset.length || index >= dataset.length)
    throw new IndexError(`list index out of range: ${index} of ${dataset.length} samples`);
  return dataset.at(index)!;
}

/** For `batch`: indices as a tensor. Null unless all are in [0, n): `at` counts others from the end, or refuses them. */
export function indexOf(indices: readonly number[], n: number): Tensor | null {
  return indices.every((i) => i >= 0 && i < n) ? tensor(BigInt64Array.from(indices, BigInt)) : null;
}

const TENSORS = "TensorDataset(Tensor* tensors) -> Dataset";
/**
 * Samples along the first dim of tensors, as `torch.utils.data.TensorDataset`. Raises AssertionError if the first dims
 * differ.
 * @example
 * const dataset = new TensorDataset(torch.randn(100, 3), torch.randint(10, [100]));
 * const [x, y] = dataset.at(0);
 */
export class TensorDataset<T extends readonly Tensor[]> extends Dataset<T> {
  static readonly in_memory: boolean = true;
  readonly tensors: T;
  constructor(...given: T) {
    super();
    const { tensors } = bindArguments<typeof TENSORS, { tensors: T }>(TENSORS, given);
    if (tensors.some((t) => t.size(0) !== tensors[0].size(0)))
      throw new AssertionError(
        `Size mismatch between tensors\nTheir first dims are ${tensors.map((t) => t.size(0)).join(", ")}.`,
      );
    this.tensors = tensors;
  }
  get length(): number {
    return this.tensors[0].length;
  }
  at(index: number): T {
    return this.tensors.map((t) => t.index([index])) as unknown as T;
  }
  override batch(indices: readonly number[]): Tensor[] | null {
    // A subclass with samples of its own is asked for them.
    const index = this.at === TensorDataset.prototype.at ? indexOf(indices, this.length) : null;
    return index && this.tensors.map((t) => t.index_select(0, index));
  }
}

interface Part {
  dataset: IndexedDataset<never>;
  indices: readonly number[];
}
const SUBSET = "Subset(object dataset, object indices) -> Dataset";
/**
 * The samples of a dataset at `indices`, as `torch.utils.data.Subset`.
 * @example new Subset(dataset, [0, 2, 4]).length // 3
 */
export class Subset<T> extends Dataset<T> {
  readonly dataset: IndexedDataset<T>;
  readonly indices: readonly number[];
  constructor(dataset: IndexedDataset<T>, ...given: ArgumentsAfter<"dataset", typeof SUBSET, Part>);
  constructor(...given: unknown[]) {
    super();
    const { dataset, indices } = bindArguments<typeof SUBSET, Part>(SUBSET, given);
    this.dataset = dataset as IndexedDataset<T>;
    this.indices = indices;
  }
  get length(): number {
    return this.indices.length;
  }
  at(index: number): T {
    return sampleOf(this.dataset, sampleOf(this.indices, index));
  }
  override batch(indices: readonly number[]): unknown {
    if (this.at !== Subset.prototype.at) return null;
    return batchOf(
      this.dataset,
      indices.map((i) => sampleOf(this.indices, i)),
    );
  }
}

const CONCAT = "ConcatDataset(iterable datasets) -> Dataset";
/**
 * Datasets one after the other, as `torch.utils.data.ConcatDataset`. Raises AssertionError for none.
 * @example new ConcatDataset([first, second]).at(first.length) // second.at(0)
 */
export class ConcatDataset<T> extends Dataset<T> {
  readonly datasets: readonly IndexedDataset<T>[];
  constructor(datasets: Iterable<IndexedDataset<T>>);
  constructor(...given: unknown[]) {
    super();
    const { datasets } = bindArguments<typeof CONCAT, { datasets: Iterable<IndexedDataset<T>> }>(CONCAT, given);
    this.datasets = [...datasets];
    if (this.datasets.length === 0) throw new AssertionError("datasets should not be an empty iterable");
    if (this.datasets.some((d) => (d as unknown) instanceof IterableDataset))
      throw new AssertionError("ConcatDataset does not support IterableDataset");
    for (const dataset of this.datasets)
      if (typeof (dataset as Partial<IndexedDataset<T>> | null)?.length !== "number")
        throw new TypeError(`object of type '${typeWord(dataset)}' has no len()`);
  }
  get length(): number {
    return this.datasets.reduce((n, d) => n + d.length, 0);
  }
  at(index: number): T {
    const n = this.length;
    if (index < -n) throw new ValueError("absolute value of index should not exceed dataset length");
    let rest = index < 0 ? index + n : index;
    for (const dataset of this.datasets) {
      if (rest < dataset.length) return sampleOf(dataset, rest);
      rest -= dataset.length;
    }
    throw new IndexError(`list index out of range: ${index} of ${n} samples`);
  }
}

type Stacked = readonly IndexedDataset<unknown>[] | Readonly<Record<string, IndexedDataset<unknown>>>;
type SampleOf<D> = D extends IndexedDataset<infer T> ? T : never;
/**
 * Datasets side by side, as `torch.utils.data.StackDataset`: a sample is an array of the samples of each, or, of datasets
 * given by name in an object, an object. Raises ValueError if their lengths differ, or for none.
 * @example
 * new StackDataset(images, texts).at(0); // [images.at(0), texts.at(0)]
 * new StackDataset({ image: images, text: texts }).at(0); // { image: …, text: … }
 */
export class StackDataset<S extends Stacked> extends Dataset<{ -readonly [K in keyof S]: SampleOf<S[K]> }> {
  readonly datasets: S;
  constructor(datasets: S & Readonly<Record<string, IndexedDataset<unknown>>>);
  constructor(...datasets: S & readonly IndexedDataset<unknown>[]);
  constructor(...given: unknown[]) {
    super();
    const [first] = given;
    const named = given.length === 1 && !Array.isArray(first) && !(first instanceof Dataset);
    this.datasets = (named ? first : given) as S;
    const all = Object.values(this.datasets ?? given) as IndexedDataset<unknown>[];
    for (const dataset of all)
      if (typeof (dataset as Partial<IndexedDataset<unknown>> | null)?.length !== "number")
        throw new TypeError(`object of type '${typeWord(dataset)}' has no len()`);
    if (all.length === 0) throw new ValueError("At least one dataset should be passed");
    if (all.some((d) => d.length !== all[0].length))
      throw new ValueError(`Size mismatch between datasets\nTheir lengths are ${all.map((d) => d.length).join(", ")}.`);
  }
  get length(): number {
    return (Object.values(this.datasets) as IndexedDataset<unknown>[])[0].length;
  }
  at(index: number): { -readonly [K in keyof S]: SampleOf<S[K]> } {
    const { datasets } = this;
    const sample = Array.isArray(datasets)
      ? datasets.map((d: IndexedDataset<unknown>) => sampleOf(d, index))
      : Object.fromEntries(Object.entries(datasets).map(([key, d]) => [key, sampleOf(d, index)]));
    return sample as { -readonly [K in keyof S]: SampleOf<S[K]> };
  }
}

const CHAIN = "ChainDataset(object datasets) -> Dataset";
/**
 * Iterable datasets one after the other, as `torch.utils.data.ChainDataset`. Raises AssertionError, when it is read, for
 * datasets of another kind.
 * @example [...new ChainDataset([new Counting(), new Counting()])]
 */
export class ChainDataset<T> extends IterableDataset<T> {
  readonly datasets: Iterable<IterableDataset<T>>;
  constructor(datasets: Iterable<IterableDataset<T>>);
  constructor(...given: unknown[]) {
    super();
    this.datasets = bindArguments<typeof CHAIN, { datasets: Iterable<IterableDataset<T>> }>(CHAIN, given).datasets;
  }
  private *parts(): Generator<IterableDataset<T>> {
    for (const part of this.datasets) {
      if (!(part instanceof IterableDataset)) throw new AssertionError("ChainDataset only supports IterableDataset");
      yield part;
    }
  }
  override get length(): number {
    let n = 0;
    for (const { length, constructor } of this.parts()) {
      if (length === undefined) throw new TypeError(`object of type '${constructor.name}' has no len()`);
      n += length;
    }
    return n;
  }
  override *[Symbol.iterator](): Generator<T> {
    for (const part of this.parts()) yield* { [Symbol.iterator]: () => part[Symbol.iterator]() };
  }
  override async *[Symbol.asyncIterator](): AsyncGenerator<Awaited<T>> {
    for (const part of this.parts()) {
      const later = part[Symbol.asyncIterator]?.();
      if (later !== undefined) yield* { [Symbol.asyncIterator]: () => later };
      else
        for (const it = part[Symbol.iterator](); ;) {
          const { done, value } = it.next();
          if (done) break;
          yield await (value as T);
        }
    }
  }
}

interface Cut {
  dataset: IndexedDataset<never>;
  lengths: readonly number[];
}
const SPLIT = "random_split(sized dataset, iterable lengths, Generator? generator=None) -> Subset[]";
/**
 * Cuts a dataset at random, as `torch.utils.data.random_split`: into parts of the given lengths, or of the given
 * fractions, which sum to 1. Draws one `randperm` from `generator`, as PyTorch does, so the parts are PyTorch's.
 *
 * Raises ValueError if the lengths do not sum to the dataset's.
 * @example const [train, test] = random_split(dataset, [0.8, 0.2], { generator: new torch.Generator().manual_seed(0) });
 */
export function random_split<T>(
  dataset: IndexedDataset<T>,
  ...rest: ArgumentsAfter<"dataset", typeof SPLIT, Cut>
): Subset<T>[];
export function random_split(...given: unknown[]): Subset<never>[] {
  const { dataset, lengths: told, generator } = bindArguments<typeof SPLIT, Cut>(SPLIT, given);
  const lengths = Array.from(told);
  const n = dataset.length;
  const counts = countsOf(lengths, n);
  if (counts.some((c) => !Number.isInteger(c) || c < 0) || sum(counts) !== n)
    throw new ValueError(
      `Sum of input lengths does not equal the length of the input dataset!\nThe lengths are ${lengths.join(", ")}, the dataset has ${n} samples. Fractions must sum to 1.`,
    );
  const order = Array.from(randperm(n, generator ?? default_generator), Number);
  let end = 0;
  return counts.map((count) => new Subset(dataset, order.slice(end, (end += count))));
}
const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);

/** Fractions to lengths: rounded down, and what is left goes round from the first on. */
function countsOf(lengths: readonly number[], n: number): readonly number[] {
  const total = sum(lengths);
  // Python's math.isclose(total, 1) and total <= 1.
  if (!(total <= 1 && 1 - total <= 1e-9)) return lengths;
  for (const [i, fraction] of lengths.entries())
    if (!(fraction >= 0 && fraction <= 1)) throw new ValueError(`Fraction at index ${i} is not between 0 and 1`);
  const counts = lengths.map((fraction) => Math.floor(n * fraction));
  const left = n - sum(counts);
  for (let i = 0; i < left; i++) counts[i % counts.length]++;
  for (const [i, count] of counts.entries())
    if (count === 0) warn(`Length of split at index ${i} is 0. This might result in an empty dataset.`);
  return counts;
}
