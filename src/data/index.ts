// torch.utils.data
import "../ops/methods/everyday.ts";

export { default_collate, default_convert } from "./collate.ts";
export type { Collated } from "./collate.ts";
export { DataLoader } from "./dataloader.ts";
export type { DataLoaderOptions } from "./dataloader.ts";
export {
  ChainDataset,
  ConcatDataset,
  Dataset,
  IterableDataset,
  random_split,
  StackDataset,
  Subset,
  TensorDataset,
} from "./dataset.ts";
export type { AnyDataset, IndexedDataset } from "./dataset.ts";
export { DistributedSampler } from "./distributed_sampler.ts";
export * as datasets from "./datasets/index.ts";
export {
  BatchSampler,
  RandomSampler,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from "./sampler.ts";
export type { Sampler } from "./sampler.ts";
export { get_worker_info } from "./worker_info.ts";
export type { WorkerInfo } from "./worker_info.ts";
export { worker_dataset, worker_function } from "./workers/offer.ts";
