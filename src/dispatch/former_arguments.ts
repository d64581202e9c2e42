// The place of what size_average.ts does, for programs without losses.
import type { Schema } from "./schema.ts";

/** Set by size_average.ts, which losses import. */
export const formerArguments: {
  /** The arguments by place as they once were; null if they were no others. */
  orderOf(schema: Schema): readonly string[] | null;
  /** What was given, with `reduction` in place of what it once was. */
  translate(schema: Schema, order: readonly string[], given: readonly unknown[]): readonly unknown[];
} = { orderOf: () => null, translate: (_schema, _order, given) => given };
