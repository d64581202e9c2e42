// Batches out of a dataset: what a loader does in the program's thread and each of its workers in its own.
import { default_collate, default_convert } from "./collate.ts";
import { batchOf, IterableDataset, sampleOf } from "./dataset.ts";
import type { AnyDataset } from "./dataset.ts";

/** An iterable dataset has no more samples. */
export const END: unique symbol = Symbol("end");
/** What is asked for: indices, or one index where there are no batches. Iterable datasets see only how many. */
export type Wanted = readonly number[] | number;

export interface Fetching {
  readonly dataset: AnyDataset<unknown>;
  /** Whether samples are put together in batches. */
  readonly batched: boolean;
  readonly drop_last: boolean;
  readonly collate_fn: ((samples: never) => unknown) | null;
}
/** Fetches what is asked for. Of an iterable dataset it makes one pass. */
export class Fetcher {
  private readonly from: Fetching;
  private readonly samples: Iterator<unknown> | AsyncIterator<unknown> | null;
  private ended = false;

  constructor(from: Fetching) {
    this.from = from;
    this.samples = from.dataset instanceof IterableDataset ? samplesOf(from.dataset) : null;
  }
  fetch(wanted: Wanted): unknown {
    const { dataset } = this.from;
    if (this.samples !== null) {
      const taken: unknown[] = [];
      while (taken.length < countOf(wanted) && !this.ended)
        this.take(taken, this.samples.next() as IteratorResult<unknown>);
      return this.ofTaken(wanted, taken);
    }
    if (typeof wanted === "number") return this.collate(sampleOf(dataset, wanted));
    return this.whole(wanted) ?? this.collate(wanted.map((i) => sampleOf(dataset, i)));
  }
  /** The same for samples that are promises: one after the other, so that what they draw at random comes in order. */
  async fetchLater(wanted: Wanted): Promise<unknown> {
    const { dataset } = this.from;
    const taken: unknown[] = [];
    if (this.samples !== null) {
      while (taken.length < countOf(wanted) && !this.ended) this.take(taken, await this.samples.next());
      for (let i = 0; i < taken.length; i++) taken[i] = await taken[i];
      return this.ofTaken(wanted, taken);
    }
    if (typeof wanted === "number") return this.collate(await sampleOf(dataset, wanted));
    const whole = this.whole(wanted);
    if (whole !== null) return whole;
    for (const i of wanted) taken.push(await sampleOf(dataset, i));
    return this.collate(taken);
  }
  private take(taken: unknown[], { done, value }: IteratorResult<unknown>): void {
    if (done) this.ended = true;
    else taken.push(value);
  }
  private ofTaken(wanted: Wanted, taken: unknown[]): unknown {
    if (taken.length === 0 || (this.from.drop_last && taken.length < countOf(wanted))) return END;
    return this.collate(typeof wanted === "number" ? taken[0] : taken);
  }
  private whole(indices: readonly number[]): unknown {
    return this.from.collate_fn === null ? batchOf(this.from.dataset, indices) : null;
  }
  private collate(samples: unknown): unknown {
    const { collate_fn, batched } = this.from;
    if (collate_fn !== null) return collate_fn(samples as never);
    return batched ? default_collate(samples as unknown[]) : default_convert(samples);
  }
}
const countOf = (wanted: Wanted): number => (typeof wanted === "number" ? 1 : wanted.length);
function samplesOf(dataset: IterableDataset<unknown>): Iterator<unknown> | AsyncIterator<unknown> {
  return dataset[Symbol.asyncIterator]?.() ?? dataset[Symbol.iterator]();
}
