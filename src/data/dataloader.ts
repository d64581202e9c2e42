// class DataLoader: a dataset in batches.
import { ValueError } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
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
  /** What follows tells PyTorch's worker processes what to do. Here all is loaded in the program's own thread, to the same batches. */
  num_workers?: number;
  pin_memory?: boolean;
  timeout?: number;
  worker_init_fn?: ((worker: number) => void) | null;
  multiprocessing_context?: unknown;
  prefetch_factor?: number | null;
  persistent_workers?: boolean;
  pin_memory_device?: string;
  in_order?: boolean;
}
const SIGNATURE =
  "DataLoader(object dataset, object batch_size=1, bool? shuffle=None, object sampler=None, object batch_sampler=None, int num_workers=0, callable? collate_fn=None, bool pin_memory=False, bool drop_last=False, float timeout=0, callable? worker_init_fn=None, object multiprocessing_context=None, Generator? generator=None, *, int? prefetch_factor=None, bool persistent_workers=False, str pin_memory_device='', bool in_order=True) -> DataLoader";
type Bound<T, B> = { dataset: AnyDataset<T>; shuffle: boolean | null } & Required<
  Omit<DataLoaderOptions<T, B>, "shuffle">
>;

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
  readonly num_workers: number;
  readonly pin_memory: boolean;
  readonly timeout: number;
  readonly prefetch_factor: number | null;
  readonly persistent_workers: boolean;

  constructor(dataset: AnyDataset<T>, options?: DataLoaderOptions<T, B>);
  constructor(dataset: AnyDataset<T>, batch_size: number, options?: Omit<DataLoaderOptions<T, B>, "batch_size">);
  constructor(
    dataset: AnyDataset<T>,
    batch_size: number,
    shuffle: boolean | null,
    options?: Omit<DataLoaderOptions<T, B>, "batch_size" | "shuffle">,
  );
  constructor(...given: unknown[]) {
    const bound = bindArguments<typeof SIGNATURE, Bound<T, B>>(SIGNATURE, given);
    const { dataset, batch_size, shuffle, drop_last, sampler, batch_sampler, generator, collate_fn } = bound;
    assertWorkers(bound);
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
    this.num_workers = bound.num_workers;
    this.pin_memory = bound.pin_memory;
    this.timeout = bound.timeout;
    this.prefetch_factor = bound.num_workers > 0 ? (bound.prefetch_factor ?? 2) : null;
    this.persistent_workers = bound.persistent_workers;
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
interface Workers {
  readonly num_workers: number;
  readonly timeout: number;
  readonly prefetch_factor: number | null;
  readonly persistent_workers: boolean;
  readonly multiprocessing_context: unknown;
}
function assertWorkers(asked: Workers): void {
  const { num_workers, timeout, prefetch_factor, persistent_workers, multiprocessing_context } = asked;
  if (num_workers < 0)
    throw new ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.");
  if (timeout < 0) throw new ValueError("timeout option should be non-negative");
  if (num_workers === 0 && prefetch_factor !== null)
    throw new ValueError(
      "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None.",
    );
  if (prefetch_factor !== null && prefetch_factor < 0)
    throw new ValueError("prefetch_factor option should be non-negative");
  if (persistent_workers && num_workers === 0) throw new ValueError("persistent_workers option needs num_workers > 0");
  if (multiprocessing_context !== null && num_workers === 0)
    throw new ValueError(
      "multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got num_workers=0",
    );
}
