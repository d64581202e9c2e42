// The random states of a run, to be saved: that of the default generator, and of those that a loader draws from.
import { uint8 } from "../base/dtype.ts";
import type { LoaderPlace } from "../data/dataloader.ts";
import { fromTyped } from "../ops/creation/from_data.ts";
import { default_generator } from "../random/generator.ts";
import type { Generator } from "../random/generator.ts";
import type { Tensor } from "../tensor/tensor.ts";

const toTensor = (state: Uint8Array): Tensor => fromTyped(state, [state.length], uint8);
const toBytes = (state: Tensor): Uint8Array => state.typed_array() as Uint8Array;

export const stateOf = (generator: Generator = default_generator): Tensor => toTensor(generator.get_state());
export const setState = (state: Tensor, generator: Generator = default_generator): void =>
  void generator.set_state(toBytes(state));

/** Where a loader is: its generators as they are, and its workers. */
export interface LoaderState {
  readonly generators: readonly Tensor[];
  readonly workers: {
    base_seed: bigint;
    passes: number;
    random: readonly (Tensor | null)[];
    before: readonly (Tensor | null)[];
  } | null;
}
/** A DataLoader, or what stands for one of Python's, whose workers are Python's affair. */
interface Loading {
  readonly _generators: readonly Generator[];
  readonly _place?: LoaderPlace | null;
}
const isLoader = (x: unknown): x is Loading => Array.isArray((x as Partial<Loading> | null)?._generators);
export function loaderState(loader: unknown): LoaderState | null {
  if (!isLoader(loader)) return null;
  const { _place: place = null } = loader;
  const tensors = (states: LoaderPlace["random"]) => states.map((state) => state && toTensor(state));
  const workers = place && { ...place, random: tensors(place.random), before: tensors(place.before) };
  return { generators: loader._generators.map((generator) => stateOf(generator)), workers };
}
export function setGenerators(loader: unknown, { generators }: LoaderState): void {
  if (!isLoader(loader)) return;
  for (const [i, generator] of loader._generators.entries())
    if (generators[i] !== undefined) setState(generators[i], generator);
}
export function placeOf({ workers }: LoaderState): LoaderPlace | null {
  const bytes = (states: readonly (Tensor | null)[]) => states.map((state) => state && toBytes(state));
  return workers && { ...workers, random: bytes(workers.random), before: bytes(workers.before) };
}
