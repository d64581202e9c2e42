// class DataLoader: a dataset in batches.
import { TypeError, ValueError } from "../base/errors.ts";
import { default_generator } from "../random/generator.ts";
import type { Generator } from "../random/generator.ts";
import { default_collate } from "./collate.ts";
import type { Collated } from "./collate.ts";
import { batchOf, sampleOf } from "./dataset.ts";
import type { AnyDataset } from "./dataset.ts";
import { BatchSampler, drawSeed, lengthOf, RandomSampler, SequentialSampler } from "./sampler.ts";
import type { Sampler } from "./sampler.ts";
import { turns } from "./turn.ts";

export interface DataLoaderOptions<T, B> {
  /** Samples in a batch; 1 if left out. */
  batch_size?: number;
  /** A new random order in each epoch. */
  shuffle?: boolean;
  /** Leave out a last batch that is smaller. */
  drop_last?: boolean;
  /** The order of the samples, in place of `shuffle`. */
  sampler?: Sampler | null;
  /** The batches, as lists of indices, in place of all the above. */
  batch_sampler?: Sampler<readonly number[]> | null;
  /** Where shuffling draws from; else from the default generator. */
  generator?: Generator | null;
  /** Makes a batch of samples; `default_collate` if left out. */
  collate_fn?: ((samples: Awaited<T>[]) => B) | null;
}

const KNOWN = ["batch_size", "shuffle", "drop_last", "sampler", "batch_sampler", "generator", "collate_fn"];

/**
 * A dataset (or an array of samples) in batches, as `torch.utils.data.DataLoader`. Each `for … of` is an epoch; with
 * `shuffle`, in the order that PyTorch has after the same `manual_seed`. `for await` also takes datasets whose samples
 * are promises, and gives the event loop a turn now and then, so that a page stays alive while it trains.
 *
 * Raises ValueError for a `batch_size` that is no positive integer, and for options that exclude each other.
 * @example
 * const loader = new DataLoader(new TensorDataset(images, labels), { batch_size: 64, shuffle: true });
 * for (const [x, y] of loader) step(x, y);
 */
export class DataLoader<T, B = Collated<T>> implements Iterable<B>, AsyncIterable<B> {
  readonly dataset: AnyDataset<T>;
  /** null with a `batch_sampler` of the caller's. */
  readonly batch_size: number | null;
  readonly drop_last: boolean;
  readonly sampler: Sampler;
  readonly batch_sampler: Sampler<readonly number[]>;
  readonly generator: Generator | null;
  readonly collate_fn: ((samples: Awaited<T>[]) => B) | null;

  constructor(dataset: AnyDataset<T>, options: DataLoaderOptions<T, B> = {}) {
    for (const key of Object.keys(options))
      if (!KNOWN.includes(key))
        throw new TypeError(
          `DataLoader.__init__() got an unexpected keyword argument '${key}'\nIt takes ${KNOWN.join(", ")}.`,
        );
    const { batch_size = 1, shuffle = false, drop_last = false } = options;
    const { sampler = null, batch_sampler = null, generator = null, collate_fn = null } = options;
    if (sampler !== null && shuffle) throw new ValueError("sampler option is mutually exclusive with shuffle");
    if (batch_sampler !== null && (batch_size !== 1 || shuffle || sampler !== null || drop_last))
      throw new ValueError(
        "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last",
      );
    this.dataset = dataset;
    this.batch_size = batch_sampler === null ? batch_size : null;
    this.drop_last = drop_last;
    this.sampler = sampler ?? (shuffle ? new RandomSampler(dataset, { generator }) : new SequentialSampler(dataset));
    this.batch_sampler = batch_sampler ?? new BatchSampler(this.sampler, batch_size, drop_last);
    this.generator = generator;
    this.collate_fn = collate_fn;
  }
  /** Batches in an epoch. Raises TypeError if the sampler does not know its length. */
  get length(): number {
    return lengthOf(this.batch_sampler);
  }

  [Symbol.iterator](): IterableIterator<B> {
    this.drawBaseSeed();
    return this.batches();
  }
  [Symbol.asyncIterator](): AsyncIterableIterator<B> {
    this.drawBaseSeed();
    return this.asyncBatches();
  }
  /** PyTorch seeds its workers at the start of each epoch, even if there are none: the stream must go on from there. */
  private drawBaseSeed(): void {
    drawSeed(this.generator ?? default_generator);
  }
  private *batches(): IterableIterator<B> {
    for (const indices of this.batch_sampler)
      yield this.whole(indices) ?? this.collate(indices.map((i) => sampleOf(this.dataset, i)) as Awaited<T>[]);
  }
  private async *asyncBatches(): AsyncIterableIterator<B> {
    const turn = turns();
    for (const indices of this.batch_sampler) {
      await turn();
      yield this.whole(indices) ?? this.collate(await Promise.all(indices.map((i) => sampleOf(this.dataset, i))));
    }
  }
  private whole(indices: readonly number[]): B | null {
    return this.collate_fn === null ? (batchOf(this.dataset, indices) as B | null) : null;
  }
  private collate(samples: Awaited<T>[]): B {
    return this.collate_fn === null ? (default_collate(samples) as B) : this.collate_fn(samples);
  }
}
