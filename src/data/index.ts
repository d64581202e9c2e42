// torch.utils.data
import "../ops/methods/index.ts";

export { default_collate } from "./collate.ts";
export type { Collated } from "./collate.ts";
export { DataLoader } from "./dataloader.ts";
export type { DataLoaderOptions } from "./dataloader.ts";
export { ConcatDataset, Dataset, random_split, Subset, TensorDataset } from "./dataset.ts";
export type { AnyDataset } from "./dataset.ts";
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
