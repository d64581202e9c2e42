// DistributedSampler: of all indices the share of one of several processes.
import { ValueError } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { Generator } from "../random/generator.ts";
import { world } from "../settings/world.ts";
import { randperm } from "../random/fill.ts";
import type { Sampler } from "./sampler.ts";

interface OfDataset {
  dataset: { readonly length: number };
}
const DISTRIBUTED =
  "DistributedSampler(object dataset, int? num_replicas=None, int? rank=None, bool shuffle=True, int seed=0, bool drop_last=False) -> Sampler";
/**
 * Every `num_replicas`-th index, beginning with the `rank`-th, of all of them in the order that `seed` and the epoch give,
 * as `torch.utils.data.DistributedSampler`. All ranks get as many: some indices come twice, or with `drop_last` the last
 * ones are left out. Without `num_replicas` there are as many processes as torch.distributed knows of, or one. Raises
 * ValueError for a rank that none has.
 * @example
 * const sampler = new DistributedSampler(dataset, 2, 0);
 * sampler.set_epoch(1); // another order
 */
export class DistributedSampler implements Sampler {
  readonly dataset: { readonly length: number };
  readonly num_replicas: number;
  readonly rank: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly drop_last: boolean;
  epoch = 0;
  constructor(...given: Arguments<typeof DISTRIBUTED, OfDataset>) {
    const bound = bindArguments<typeof DISTRIBUTED, OfDataset>(DISTRIBUTED, given);
    this.dataset = bound.dataset;
    this.num_replicas = bound.num_replicas ?? world.size ?? 1;
    this.rank = bound.rank ?? world.rank ?? 0;
    if (this.rank >= this.num_replicas || this.rank < 0)
      throw new ValueError(`Invalid rank ${this.rank}, rank should be in the interval [0, ${this.num_replicas - 1}]`);
    ({ shuffle: this.shuffle, seed: this.seed, drop_last: this.drop_last } = bound);
  }
  get num_samples(): number {
    const n = this.dataset.length;
    const short = this.drop_last && n % this.num_replicas !== 0;
    return Math.ceil((short ? n - this.num_replicas : n) / this.num_replicas);
  }
  get total_size(): number {
    return this.num_samples * this.num_replicas;
  }
  get length(): number {
    return this.num_samples;
  }
  /** The order is another in each epoch. */
  set_epoch(epoch: number): void {
    this.epoch = epoch;
  }
  *[Symbol.iterator](): Iterator<number> {
    const n = this.dataset.length;
    const order = this.shuffle ? randperm(n, new Generator().manual_seed(this.seed + this.epoch)) : null;
    for (let i = this.rank; i < this.total_size; i += this.num_replicas)
      yield order === null ? i % n : Number(order[i % n]);
  }
}
