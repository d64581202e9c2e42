// What a dataset may ask of the worker that it is in.
import { callable } from "../dispatch/callable.ts";
import type { AnyDataset } from "./dataset.ts";

/** Of the worker that asks, as `torch.utils.data.WorkerInfo`. */
export interface WorkerInfo {
  /** 0 to num_workers - 1. */
  readonly id: number;
  readonly num_workers: number;
  /** What the worker's random numbers began with: the loader's seed plus `id`. */
  readonly seed: bigint;
  /** The worker's own dataset. */
  readonly dataset: AnyDataset<unknown>;
}
let info: WorkerInfo | null = null;
export const setWorkerInfo = (of: WorkerInfo): void => void (info = of);

/**
 * In a worker of a DataLoader what it is one of, else null; as `torch.utils.data.get_worker_info`.
 * @example
 * class Lines extends IterableDataset<string> {
 *   *[Symbol.iterator]() {
 *     const { id, num_workers } = get_worker_info() ?? { id: 0, num_workers: 1 };
 *     for (let i = id; i < 10; i += num_workers) yield `line ${i}`;
 *   }
 * }
 */
export const get_worker_info: () => WorkerInfo | null = callable("get_worker_info() -> object", () => info);
