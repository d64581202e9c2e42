// Datasets that draw at random, for loaders whose workers make them.
import * as torch from "tidu";
import { Dataset, IterableDataset, get_worker_info, worker_dataset } from "tidu/data";
import type { Tensor } from "tidu";

type Sample = [Tensor, Tensor];
/** Points with noise that is drawn when they are asked for. */
export class Noisy extends Dataset<Sample> {
  readonly length: number;
  constructor(length: number) {
    super();
    this.length = length;
  }
  at(i: number): Sample {
    const x = torch
      .randn(4)
      .mul(0.1)
      .add((i % 7) / 7);
    return [x, torch.tensor(i % 3, { dtype: torch.int64 })];
  }
}
/** The same as a stream; each worker has every second of two. */
export class Stream extends IterableDataset<Sample> {
  private readonly count: number;
  constructor(count: number) {
    super();
    this.count = count;
  }
  override get length(): number {
    return this.count;
  }
  override *[Symbol.iterator](): Generator<Sample> {
    const info = get_worker_info();
    const samples = new Noisy(this.length);
    for (let i = info?.id ?? 0; i < this.length; i += info?.num_workers ?? 1) yield samples.at(i);
  }
}
export const noisy = worker_dataset(import.meta.url, (length: number) => new Noisy(length), "noisy");
export const stream = worker_dataset(import.meta.url, (length: number) => new Stream(length), "stream");
