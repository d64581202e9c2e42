// class DataLoader: a dataset in batches.
import { AssertionError, TypeError, ValueError, warn } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import { default_generator, Generator } from "../random/generator.ts";
import type { Collated } from "./collate.ts";
import { IterableDataset } from "./dataset.ts";
import type { AnyDataset } from "./dataset.ts";
import { END, Fetcher } from "./fetch.ts";
import type { Wanted } from "./fetch.ts";
import { BatchSampler, drawSeed, lengthOf, RandomSampler, SequentialSampler } from "./sampler.ts";
import type { Sampler } from "./sampler.ts";
import { turns } from "./turn.ts";
import { Crew } from "./workers/crew.ts";
import { Epoch } from "./workers/epoch.ts";
import { intoBuffers, sharedMemory } from "./workers/message.ts";
import { recipes } from "./workers/registry.ts";
import type { Recipe } from "./workers/registry.ts";
import { isInMemory, made, treeOf } from "./workers/tree.ts";

export interface DataLoaderOptions<T, B> {
  /** Samples in a batch; 1 if left out. null: no batches, samples as they come. */
  batch_size?: number | null;
  /** A new random order in each epoch. */
  shuffle?: boolean | null;
  /** Leave out a last batch that is smaller. */
  drop_last?: boolean;
  /** The order of the samples, in place of `shuffle`. */
  sampler?: Sampler | null;
  /** The batches, as lists of indices, in place of all the above. */
  batch_sampler?: Sampler<readonly number[]> | null;
  /** Where shuffling and the seeds of workers are drawn from; else from the default generator. */
  generator?: Generator | null;
  /**
   * Makes a batch of samples; `default_collate` if left out. Workers have one that `worker_function` offers; any other
   * runs in the program's thread, on samples that the workers loaded.
   */
  collate_fn?: ((samples: Awaited<T>[]) => B) | null;
  /** Threads that load. */
  num_workers?: number;
  /** Without an effect here: all tensors are where the program computes. */
  pin_memory?: boolean;
  /** Seconds to wait for a batch of a worker; 0 for ever. */
  timeout?: number;
  /** Called in each worker with its number, when it has its dataset. Made by `worker_function`. */
  worker_init_fn?: ((worker: number) => void) | null;
  /** PyTorch's names for ways to start a process; here all are threads. */
  multiprocessing_context?: "fork" | "spawn" | "forkserver" | null;
  /** Batches that each worker loads ahead; 2 unless told. */
  prefetch_factor?: number | null;
  /** Whether workers live on when an epoch is over. */
  persistent_workers?: boolean;
  pin_memory_device?: string;
  /** Whether batches come in the order of the sampler, and not of their being done. */
  in_order?: boolean;
}
const SIGNATURE =
  "DataLoader(object dataset, object batch_size=1, bool? shuffle=None, object sampler=None, object batch_sampler=None, int num_workers=0, callable? collate_fn=None, bool pin_memory=False, bool drop_last=False, float timeout=0, callable? worker_init_fn=None, object multiprocessing_context=None, Generator? generator=None, *, int? prefetch_factor=None, bool persistent_workers=False, str pin_memory_device='', bool in_order=True) -> DataLoader";
type Bound<T, B> = { dataset: AnyDataset<T> } & Required<DataLoaderOptions<T, B>>;

/** What workers that live on bring from one pass to the next, and all of them from batch to batch. */
export interface LoaderPlace {
  readonly base_seed: bigint;
  /** Passes begun. */
  readonly passes: number;
  /** The random state of each worker after the last batch that was read, where it has one; and when the pass began. */
  readonly random: readonly (Uint8Array | null)[];
  readonly before: readonly (Uint8Array | null)[];
}

/**
 * A dataset (or an array of samples) in batches, as `torch.utils.data.DataLoader`. Each `for … of` is an epoch; with
 * `shuffle`, in the order that PyTorch has after the same `manual_seed`. `for await` also takes datasets whose samples
 * are promises, and gives the event loop a turn now and then, so that a page stays alive while it trains.
 *
 * With `num_workers` threads load ahead while the program computes, with seeds and in the order that PyTorch's processes
 * have; they end with the epoch, also when a loop is left early, and keep no program alive. A worker makes its dataset
 * itself, so it must come from `worker_dataset`. Datasets that are in memory (arrays, TensorDataset and what is cut from
 * them) are loaded in the program's thread, to the same batches. Pages must read with `for await`.
 *
 * Raises ValueError for a `batch_size` that is no positive integer, and for options that exclude each other; TypeError for
 * a dataset that workers cannot make. What a worker raises is raised here, with its stack.
 * @example
 * const loader = new DataLoader(new TensorDataset(images, labels), { batch_size: 64, shuffle: true });
 * for (const [x, y] of loader) step(x, y);
 */
export class DataLoader<T, B = Collated<T>> implements Iterable<B>, AsyncIterable<B> {
  readonly dataset: AnyDataset<T>;
  /** null with a `batch_sampler` of the caller's, and without batches. */
  readonly batch_size: number | null;
  readonly drop_last: boolean;
  readonly sampler: Sampler;
  /** null without batches. */
  readonly batch_sampler: Sampler<readonly number[]> | null;
  readonly generator: Generator | null;
  readonly collate_fn: ((samples: Awaited<T>[]) => B) | null;
  readonly num_workers: number;
  readonly pin_memory: boolean;
  readonly timeout: number;
  readonly worker_init_fn: ((worker: number) => void) | null;
  readonly multiprocessing_context: string | null;
  readonly prefetch_factor: number | null;
  readonly persistent_workers: boolean;
  readonly in_order: boolean;
  private crew: Crew | null = null;
  private passes = 0;
  private base_seed = 0n;
  private random: (Uint8Array | null)[] = [];
  private randomBefore: readonly (Uint8Array | null)[] = [];

  constructor(dataset: AnyDataset<T>, options?: DataLoaderOptions<T, B>);
  constructor(dataset: AnyDataset<T>, batch_size: number | null, options?: Omit<DataLoaderOptions<T, B>, "batch_size">);
  constructor(
    dataset: AnyDataset<T>,
    batch_size: number | null,
    shuffle: boolean | null,
    options?: Omit<DataLoaderOptions<T, B>, "batch_size" | "shuffle">,
  );
  constructor(...given: unknown[]) {
    const bound = bindArguments<typeof SIGNATURE, Bound<T, B>>(SIGNATURE, given);
    const { dataset, batch_size, shuffle, drop_last, sampler, batch_sampler, generator } = bound;
    assertWorkers(bound);
    if (dataset instanceof IterableDataset)
      for (const [name, value] of Object.entries({ shuffle: shuffle || null, sampler, batch_sampler }))
        if (value !== null)
          throw new ValueError(
            `DataLoader with IterableDataset: expected unspecified ${name} option, but got ${name}=${String(value)}`,
          );
    if (sampler !== null && shuffle) throw new ValueError("sampler option is mutually exclusive with shuffle");
    if (batch_sampler !== null && (batch_size !== 1 || shuffle || sampler !== null || drop_last))
      throw new ValueError(
        "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last",
      );
    if (batch_size === null && drop_last)
      throw new ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last");
    this.dataset = dataset;
    this.batch_size = batch_sampler === null ? batch_size : null;
    this.drop_last = drop_last;
    this.sampler = sampler ?? samplerOf(dataset, shuffle, generator);
    this.batch_sampler =
      batch_sampler ?? (batch_size === null ? null : new BatchSampler(this.sampler, batch_size, drop_last));
    this.generator = generator;
    this.collate_fn = bound.collate_fn;
    this.num_workers = bound.num_workers;
    this.pin_memory = bound.pin_memory;
    this.timeout = bound.timeout;
    this.worker_init_fn = bound.worker_init_fn;
    this.multiprocessing_context = bound.multiprocessing_context;
    this.prefetch_factor = bound.num_workers > 0 ? (bound.prefetch_factor ?? 2) : null;
    this.persistent_workers = bound.persistent_workers;
    this.in_order = bound.in_order;
  }
  /** Batches in an epoch. Raises TypeError if the sampler, or an iterable dataset, does not know its length. */
  get length(): number {
    const { dataset, batch_size, drop_last } = this;
    if (!(dataset instanceof IterableDataset)) return lengthOf(this.batch_sampler ?? this.sampler);
    if (dataset.length === undefined) throw new TypeError(`object of type '${dataset.constructor.name}' has no len()`);
    if (batch_size === null) return dataset.length;
    return drop_last ? Math.floor(dataset.length / batch_size) : Math.ceil(dataset.length / batch_size);
  }

  [Symbol.iterator](): IterableIterator<B> {
    const epoch = this.begin();
    return epoch === null ? this.batches() : read(epoch, this.inMain);
  }
  [Symbol.asyncIterator](): AsyncIterableIterator<B> {
    const epoch = this.begin();
    return epoch === null ? this.asyncBatches() : readLater(epoch, this.inMain);
  }
  /** @internal Generators of the program's that order and seeds are drawn from. */
  get _generators(): readonly Generator[] {
    const of = (x: unknown): unknown => (x as { generator?: unknown } | null)?.generator;
    const inner = (this.batch_sampler as { sampler?: unknown } | null)?.sampler;
    const found = [this.generator, of(this.sampler), of(this.batch_sampler), of(inner)];
    return [...new Set(found.filter((g) => g instanceof Generator && g !== default_generator))] as Generator[];
  }
  /** @internal Where the workers are, so that `_resume` can go on from there in another process. Null without any. */
  get _place(): LoaderPlace | null {
    if (this.random.length === 0) return null;
    const { base_seed, passes, random, randomBefore: before } = this;
    return { base_seed, passes, random: [...random], before: [...before] };
  }
  /**
   * @internal The rest of a pass of which `done` batches were read elsewhere. The default generator and `_generators` must be
   * as they were when that pass began, and the default one be set to where it was after the last batch when this has
   * resolved: so all that is drawn later is what would have been. Samples by index are not loaded again.
   *
   * With workers that is so if batches come in order; what a dataset keeps to itself from one sample to the next is not
   * restored.
   */
  async _resume(done: number, place: LoaderPlace | null = null): Promise<AsyncIterableIterator<B>> {
    const earlier = place === null ? 0 : place.passes - (done > 0 ? 1 : 0);
    const lived = place !== null && this.persistent_workers && this.crew === null && earlier > 0;
    if (lived) {
      this.passes = earlier;
      this.keep(this.hire(place.base_seed));
    }
    const isIterable = this.dataset instanceof IterableDataset;
    const told = done > 0 || lived ? (isIterable && done > 0 ? place?.before : place?.random) : null;
    const epoch = this.begin(isIterable ? 0 : done, told ?? null);
    if (epoch === null) return this.asyncBatches(await this.skipped(done));
    const rest = readLater(epoch, this.inMain);
    // What an iterable dataset draws, it draws anew.
    if (isIterable) for (let i = 0; i < done; i++) await rest.next();
    return rest;
  }
  /** Has workers begin an epoch; null where there are none. */
  private begin(done = 0, told: LoaderPlace["random"] | null = null): Epoch<B> | null {
    if (this.crew !== null) return this.epochOf(this.crew, done, told);
    if (this.num_workers === 0 && this.timeout !== 0)
      throw new AssertionError("_SingleProcessDataLoaderIter requires timeout == 0");
    // PyTorch draws it at the start of each epoch, even if there are no workers: the stream must go on from there.
    const base_seed = drawSeed(this.generator ?? default_generator);
    const crew = this.num_workers === 0 ? null : this.hire(base_seed);
    if (crew === null) return null;
    this.keep(crew);
    return this.epochOf(crew, done, told);
  }
  private keep(crew: Crew | null): void {
    if (crew === null) return;
    this.random = new Array<null>(crew.count).fill(null);
    if (!this.persistent_workers) return;
    this.crew = crew;
    abandoned.register(this, crew);
  }
  private epochOf(crew: Crew, done: number, told: LoaderPlace["random"] | null): Epoch<B> {
    const { timeout, in_order, persistent_workers: persistent } = this;
    const options = { pass: this.passes, prefetch_factor: this.prefetch_factor!, timeout, in_order, persistent };
    if (persistent) this.passes++;
    if (told !== null) this.random = [...told];
    this.randomBefore = [...this.random];
    const from = { done, isTold: told !== null, random: this.random };
    return new Epoch<B>(crew, this.order[Symbol.iterator](), { ...options, ...from });
  }
  /** Workers for this dataset; null if it is in memory, where they have nothing to do. */
  private hire(base_seed: bigint): Crew | null {
    if (isInMemory(this.dataset)) return null;
    this.base_seed = base_seed;
    const needed: Recipe[] = [];
    const put = intoBuffers([]);
    const dataset = treeOf(this.dataset, put, needed);
    const { worker_init_fn, drop_last } = this;
    const start = worker_init_fn === null ? undefined : recipes.get(worker_init_fn);
    if (worker_init_fn !== null && start === undefined)
      throw new TypeError(
        `cannot pickle worker_init_fn\nWorkers are threads that find it in a module: export const init = worker_function(import.meta.url, (worker) => …, "init");`,
      );
    const init = start === undefined ? null : made(start, put, needed);
    const own = this.collate_fn === null ? undefined : recipes.get(this.collate_fn);
    const collate = own === undefined ? null : made(own, put, needed);
    const shared = { memory: sharedMemory(), base_seed };
    const [batched, raw] = [this.batch_sampler !== null, this.inMain !== null];
    return new Crew(this.num_workers, needed, { dataset, init, collate, raw, batched, drop_last, ...shared });
  }
  /** What is left to do here with what workers send. */
  private get inMain(): ((samples: never) => B) | null {
    return this.collate_fn === null || recipes.has(this.collate_fn) ? null : this.collate_fn;
  }
  private get order(): Iterable<Wanted> {
    return this.batch_sampler ?? this.sampler;
  }
  private get fetcher(): Fetcher {
    const { dataset, drop_last, collate_fn } = this;
    return new Fetcher({ dataset, drop_last, collate_fn, batched: this.batch_sampler !== null });
  }
  private *batches(): IterableIterator<B> {
    const { fetcher } = this;
    for (const wanted of this.order) {
      const batch = fetcher.fetch(wanted);
      if (batch === END) return;
      yield batch as B;
    }
  }
  /** A pass without workers, after its first `done` batches. */
  private async skipped(done: number): Promise<Pass> {
    const pass = { fetcher: this.fetcher, order: this.order[Symbol.iterator]() };
    for (let i = 0; i < done; i++) {
      const { done: isOver, value } = pass.order.next();
      if (!isOver && this.dataset instanceof IterableDataset) await pass.fetcher.fetchLater(value);
    }
    return pass;
  }
  private async *asyncBatches(pass?: Pass): AsyncIterableIterator<B> {
    const turn = turns();
    const { fetcher, order } = pass ?? { fetcher: this.fetcher, order: this.order[Symbol.iterator]() };
    for (const wanted of { [Symbol.iterator]: () => order }) {
      await turn();
      const batch = await fetcher.fetchLater(wanted);
      if (batch === END) return;
      yield batch as B;
    }
  }
}
/** What is to come of a pass in the program's own thread. */
interface Pass {
  readonly fetcher: Fetcher;
  readonly order: Iterator<Wanted>;
}
function samplerOf(dataset: AnyDataset<unknown>, shuffle: boolean | null, generator: Generator | null): Sampler {
  if (dataset instanceof IterableDataset) return ENDLESS;
  return shuffle ? new RandomSampler(dataset, { generator }) : new SequentialSampler(dataset);
}
/** How many samples are wanted is all that an iterable dataset is told. */
const ENDLESS: Sampler = {
  *[Symbol.iterator]() {
    for (;;) yield 0;
  },
};
/** Workers of loaders that nobody has any more. */
const abandoned = new FinalizationRegistry<Crew>((crew) => crew.close());

function* read<B>(epoch: Epoch<B>, finish: ((samples: never) => B) | null): IterableIterator<B> {
  try {
    for (let next; !(next = epoch.next()).done;) yield finish === null ? next.value! : finish(next.value as never);
  } finally {
    epoch.end();
  }
}
async function* readLater<B>(epoch: Epoch<B>, finish: ((samples: never) => B) | null): AsyncIterableIterator<B> {
  const turn = turns();
  try {
    for (let next; !(next = await epoch.nextLater()).done;) {
      await turn();
      yield finish === null ? next.value! : finish(next.value as never);
    }
  } finally {
    epoch.end();
  }
}
const CONTEXTS = ["fork", "spawn", "forkserver"];
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
  if (typeof multiprocessing_context === "string" && !CONTEXTS.includes(multiprocessing_context))
    throw new ValueError(
      `multiprocessing_context option should specify a valid start method in ['${CONTEXTS.join("', '")}'], but got multiprocessing_context='${multiprocessing_context}'`,
    );
  if (multiprocessing_context !== null && typeof multiprocessing_context !== "string")
    throw new TypeError(
      `multiprocessing_context option should be a valid context object or a string specifying the start method, but got multiprocessing_context=${String(multiprocessing_context)}`,
    );
  if (prefetch_factor === 0)
    throw new AssertionError("prefetch_factor must be greater than 0 for MultiProcessingDataLoaderIter");
  const cores = globalThis.process?.getBuiltinModule?.("node:os")?.availableParallelism();
  if (cores !== undefined && num_workers > cores)
    warn(
      `This DataLoader will create ${num_workers} worker processes in total. Our suggested max number of worker in current system is ${cores}, which is smaller than what this DataLoader is going to create. Please be aware that excessive worker creation might get DataLoader running slow or even freeze, lower the worker number to avoid potential slowness/freeze if necessary.`,
    );
}
