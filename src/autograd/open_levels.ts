// What a custom Function asks before it runs. See Note [Levels] in dispatch/levels.ts, which has a better name for the type.
import type { FunctionClass } from "./function.ts";

/** A function of functions (vmap, grad, jvp) that runs now. */
export interface OpenLevel {
  /** The results of a custom Function, in this level. */
  custom(of: FunctionClass, args: readonly unknown[]): unknown;
}
/** The newest level that is open. */
export const levels: { newest: OpenLevel | null } = { newest: null };
