// Formulas of what PyTorch records without being able to derive it: the node is in the graph, and backward raises.
import { NotImplementedError, RuntimeError } from "../base/errors.ts";

/** Of an argument of an op that has formulas for others, or might have one. */
export const notImplemented =
  (what: string): (() => never) =>
  () => {
    throw new NotImplementedError(`the derivative for '${what}' is not implemented.`);
  };
/** For arguments that may not require grad. */
export const notDifferentiableIn = (name: string, argument: string): RuntimeError =>
  new RuntimeError(
    `The function '${name}' is not differentiable with respect to argument '${argument}'. This input cannot have requires_grad True.`,
  );
/** Of an op of which PyTorch knows nothing: its node is called NotImplemented. */
export function noDerivative({ op }: { readonly op: string }): never {
  throw new RuntimeError(`derivative for aten::${op} is not implemented`);
}
