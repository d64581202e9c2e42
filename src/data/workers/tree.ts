// Datasets as workers get them: how to make them, and what was made of them.
import { TypeError } from "../../base/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ChainDataset, ConcatDataset, StackDataset, Subset, TensorDataset } from "../dataset.ts";
import type { AnyDataset, Dataset, IndexedDataset, IterableDataset } from "../dataset.ts";
import { decode, encode } from "./message.ts";
import type { Put, Sent } from "./message.ts";
import { offered, recipes } from "./registry.ts";
import type { Recipe } from "./registry.ts";

/** Something that a module offers. */
export interface Made {
  readonly kind: "made";
  readonly url: string | null;
  readonly name: string;
  readonly args: Sent;
}
export type Tree =
  | Made
  | { readonly kind: "values"; readonly values: Sent }
  | { readonly kind: "tensors"; readonly tensors: Sent }
  | { readonly kind: "subset"; readonly of: Tree; readonly indices: readonly number[] }
  | { readonly kind: "concat" | "chain"; readonly of: readonly Tree[] }
  | { readonly kind: "stack"; readonly of: readonly Tree[]; readonly names: readonly string[] | null };

/** How a worker makes what a module offers; the recipes of all that are needed are added to `needed`. */
export function made(recipe: Recipe, put: Put, needed: Recipe[]): Made {
  needed.push(recipe);
  return { kind: "made", url: recipe.url, name: recipe.name, args: encode(recipe.args, put) };
}
/** Whether all of it is in memory already, so that workers have nothing to do. */
export function isInMemory(dataset: AnyDataset<unknown>): boolean {
  if (Array.isArray(dataset)) return true;
  if (recipes.has(dataset)) return false;
  switch (dataset.constructor) {
    case Subset:
      return isInMemory((dataset as Subset<unknown>).dataset);
    case ConcatDataset:
      return (dataset as ConcatDataset<unknown>).datasets.every(isInMemory);
    case StackDataset:
      return Object.values((dataset as StackDataset<readonly IndexedDataset<unknown>[]>).datasets).every(isInMemory);
  }
  return Object.hasOwn(dataset.constructor, "in_memory") && (dataset.constructor as typeof Dataset).in_memory;
}
/** Raises TypeError for a dataset whose code no worker can get. */
export function treeOf(dataset: AnyDataset<unknown>, put: Put, needed: Recipe[]): Tree {
  const recipe = recipes.get(dataset);
  if (recipe !== undefined) return made(recipe, put, needed);
  const each = (part: AnyDataset<unknown>): Tree => treeOf(part, put, needed);
  if (Array.isArray(dataset)) return { kind: "values", values: encode(dataset, put) };
  switch (dataset.constructor) {
    case TensorDataset:
      return { kind: "tensors", tensors: encode((dataset as TensorDataset<Tensor[]>).tensors, put) };
    case Subset:
      return {
        kind: "subset",
        of: each((dataset as Subset<unknown>).dataset),
        indices: [...(dataset as Subset<unknown>).indices],
      };
    case ConcatDataset:
      return { kind: "concat", of: (dataset as ConcatDataset<unknown>).datasets.map(each) };
    case ChainDataset:
      return { kind: "chain", of: [...(dataset as ChainDataset<unknown>).datasets].map(each) };
    case StackDataset: {
      const { datasets } = dataset as StackDataset<Record<string, IndexedDataset<unknown>>>;
      const names = Array.isArray(datasets) ? null : Object.keys(datasets);
      return { kind: "stack", of: Object.values(datasets).map(each), names };
    }
  }
  const { name } = dataset.constructor;
  const lower = name.slice(0, 1).toLowerCase() + name.slice(1);
  throw new TypeError(
    `cannot pickle '${name}' object\nThe workers of a loader are threads that make the dataset themselves, from a module that offers it:\n  export const ${lower} = worker_dataset(import.meta.url, (...args) => new ${name}(...args), "${lower}");\nGive the loader ${lower}(...), or num_workers: 0, which loads in the program's own thread.`,
  );
}
/** In a worker: makes it. */
export function build(tree: Tree): AnyDataset<unknown> {
  const parts = (of: readonly Tree[]): IndexedDataset<unknown>[] => of.map(build) as IndexedDataset<unknown>[];
  switch (tree.kind) {
    case "made":
      return make(tree) as AnyDataset<unknown>;
    case "values":
      return decode(tree.values) as unknown[];
    case "tensors":
      return new TensorDataset(...(decode(tree.tensors) as Tensor[]));
    case "subset":
      return new Subset(build(tree.of) as IndexedDataset<unknown>, tree.indices);
    case "concat":
      return new ConcatDataset(parts(tree.of));
    case "chain":
      return new ChainDataset(tree.of.map(build) as IterableDataset<unknown>[]);
    case "stack": {
      const { of, names } = tree;
      if (names === null) return new StackDataset(...parts(of));
      return new StackDataset(Object.fromEntries(parts(of).map((part, i) => [names[i], part])));
    }
  }
}
export const make = ({ url, name, args }: Made): unknown => offered(url, name)(...(decode(args) as never));
