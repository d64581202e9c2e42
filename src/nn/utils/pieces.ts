// Tensors of which this process has a piece: what is computed of all of a tensor takes the others' pieces in.
import type { Tensor } from "../../tensor/tensor.ts";

/** Set by distributed/fully_shard.ts; null as long as no tensor is in pieces. */
export const pieces: {
  /** The norms of whole tensors, from those of what is here of each. */
  norms: ((tensors: readonly Tensor[], own: readonly Tensor[], norm_type: number) => Tensor[]) | null;
} = { norms: null };
