// The place of what out.ts does, which programs with the everyday methods do without.
import type { Dtype } from "../base/dtype.ts";
import { RuntimeError } from "../base/errors.ts";
import { leftOut } from "../base/left_out.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Schema } from "./schema.ts";

interface Outs {
  /** Whether PyTorch gives that function an argument `out`. */
  takes(name: string): boolean;
  /** The arguments of a function that is given tensors for its results. */
  inputsFor(schema: Schema, values: readonly unknown[]): readonly unknown[];
  /** Writes the results of a function into the tensors given for them. */
  writeOuts(schema: Schema, out: unknown, results: unknown, inputs: readonly unknown[]): unknown;
}
const refuse = (): never => {
  throw leftOut("out=");
};
/** Set by out.ts. Until then every function might take it, and says what is missing. */
export const outs: Outs = { takes: () => true, inputsFor: refuse, writeOuts: refuse };

/** Raises if another dtype is asked for than the tensor for the result has. */
export function assertAsked(dtype: Dtype, out: Tensor): void {
  if (dtype !== out.dtype)
    throw new RuntimeError(`dtype ${dtype.legacyName} does not match dtype of out parameter (${out.dtype.legacyName})`);
}
