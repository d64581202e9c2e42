// What the tape needs to know of an op: define() in dispatch/declare.ts works it out.
import type { Tensor } from "../tensor/tensor.ts";

/** An op that can be recorded. */
export interface RecordedOp {
  readonly schema: { readonly name: string; readonly args: readonly { readonly name: string }[] };
  /** Worked out by define(); null where nothing is recorded. */
  record: RecordPlan | null;
}
/** For each differentiable argument: its place, its formula, what it saves. */
export interface RecordPlan {
  readonly formulas: readonly Formula[];
  /** Numbers of the formulas whose arguments are flat; null if none are. */
  readonly flat: readonly number[] | null;
  readonly strided: boolean;
  /** Numbers of the results that need no gradient. */
  readonly constants: readonly number[];
  /** Whether a number is a tensor for PyTorch and has a place among the node's inputs; elsewhere it has none. */
  readonly wrapsNumbers: boolean;
  readonly nodeName: string | ((values: never) => string);
}
export interface Formula {
  /** Place of the argument whose gradient it gives. */
  readonly arg: number;
  /** Gradient out of what the context holds: `grad`, plain arguments, saved tensors. Its type is Context in dispatch/declare.ts. */
  readonly formula: (context: never) => Tensor | null | readonly (Tensor | null)[];
  readonly saves: readonly SavedName[];
}
/** A tensor that a formula needs: the argument at a place, or (as ~place) a result. */
export interface SavedName {
  readonly name: string;
  readonly place: number;
}
