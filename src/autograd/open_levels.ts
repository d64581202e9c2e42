// What a custom Function asks before it runs. See Note [Levels] in dispatch/levels.ts, which has a better name for the type.
import { RuntimeError } from "../base/errors.ts";
import type { FunctionClass } from "./function.ts";
import { modes } from "./mode.ts";

/** A function of functions (vmap, grad, jvp) that runs now. */
export interface OpenLevel {
  /** Whether it transforms a function: its gradients are not those of the program. */
  readonly transforms: boolean;
  /** The results of a custom Function, in this level. */
  custom(of: FunctionClass, args: readonly unknown[]): unknown;
}
/** The newest level that is open. */
export const levels: { newest: OpenLevel | null } = { newest: null };
/**
 * Whether the formula of a gradient is to be made of ops: where it is differentiated itself, and inside of functions that
 * are transformed, whose tensors have no memory for a kernel to read.
 */
export const madeOfOps = (): boolean => modes().grad || levels.newest?.transforms === true;
/** Raises where a function that is transformed asks for gradients by a tensor's own means. */
export function assertUntransformed(name: string, perhaps = ""): void {
  if (levels.newest?.transforms === true)
    throw new RuntimeError(
      `You are attempting to call Tensor.${name}() ${perhaps}inside of a function being transformed by a functorch transform. This is unsupported, please attempt to use the functorch transforms (e.g. grad, vjp, jacrev, jacfwd, hessian) or call ${name}() outside of a function being transformed instead.`,
    );
}
