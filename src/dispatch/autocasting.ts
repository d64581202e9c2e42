// The place of what autocast.ts does, for programs that never ask for it.
import type { Schema } from "./schema.ts";

type Values = readonly unknown[];
/** The dtype that an op gets its tensors in: the lower one, float32, or the widest of theirs. Null: as they are. */
export type Policy = "lower" | "float32" | "widest" | null;
export interface Autocast {
  /** What autocast does to an op; null if nothing. */
  policyOf(schema: Schema): ((values: Values) => Policy) | null;
  /** Runs an op on arguments in the dtypes that it is to compute in; what it calls does not cast again. */
  run<T>(policy: (values: Values) => Policy, values: Values, op: (cast: Values) => T): T;
}
/** Null until a region of autocast is first made: see amp/autocast.ts. */
export const autocasting: { of: Autocast | null } = { of: null };
