// Datasets that the workers of loaders make: each sample says which worker made it, and draws a number.
import * as torch from "tidu";
import { Dataset, get_worker_info, IterableDataset, worker_dataset, worker_function } from "tidu/data";

class Squares extends Dataset<Promise<[torch.Tensor, number]>> {
  readonly length: number;
  readonly side: number;
  constructor(length: number, side: number) {
    super();
    this.length = length;
    this.side = side;
  }
  async at(i: number): Promise<[torch.Tensor, number]> {
    await Promise.resolve();
    return [torch.full([this.side, this.side], i).add(torch.rand(1)), get_worker_info()?.id ?? -1];
  }
}
export const squares = worker_dataset(
  import.meta.url,
  (length: number, side?: number) => new Squares(length, side ?? 64),
  "squares",
);

class Counting extends IterableDataset<number> {
  override *[Symbol.iterator](): Generator<number> {
    const { id, num_workers } = get_worker_info() ?? { id: 0, num_workers: 1 };
    for (let i = id; i < 10; i += num_workers) yield i;
  }
}
export const counting = worker_dataset(import.meta.url, () => new Counting(), "counting");

class Uneven extends IterableDataset<number> {
  override async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    const { id } = get_worker_info()!;
    for (let i = 0; i < [1, 7, 4][id]; i++) yield 100 * id + i;
  }
}
export const uneven = worker_dataset(import.meta.url, () => new Uneven(), "uneven");

class Table extends Dataset<number> {
  readonly rows: torch.Tensor;
  constructor(rows: torch.Tensor) {
    super();
    this.rows = rows;
  }
  get length(): number {
    return this.rows.size(0);
  }
  at(i: number): number {
    const value = Number(this.rows.select(0, i).item());
    if (value === 13) throw new torch.KeyError("no thirteenth");
    if (value === 99) return new Promise(() => {}) as never;
    if (value === 100) process.exit(3);
    return value;
  }
}
export const table = worker_dataset(import.meta.url, (rows: torch.Tensor) => new Table(rows), "table");

export const told = worker_function(import.meta.url, (worker: number) => void torch.rand(worker + 1), "told");
export const pairs = worker_function(
  import.meta.url,
  (samples: [torch.Tensor, number][]) => samples.map(([x, id]) => ({ x: x.select(0, 0).select(0, 0).item(), id })),
  "pairs",
);
export class Unknown extends Dataset<number> {
  readonly length = 4;
  at(i: number): number {
    return i;
  }
}
