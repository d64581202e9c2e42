// torch.autograd.graph: what nodes keep for backward may be packed by the user's own functions.
import { running } from "../autograd/engine.ts";
import type { Guard } from "../autograd/mode.ts";
import { gradientEdge } from "../autograd/node.ts";
import type { Node, RemovableHandle } from "../autograd/node.ts";
import { disableSavedHooks, withSavedHooks } from "../autograd/saved_hooks.ts";
import { AssertionError, RuntimeError, ValueError } from "../base/errors.ts";
import { bindArguments, callable } from "../dispatch/callable.ts";
import { Tensor } from "../tensor/tensor.ts";

/**
 * What nodes keep inside goes through `pack_hook`, and through `unpack_hook` when backward asks for it: to keep it elsewhere,
 * smaller, or to look at it. `unpack_hook` must give a tensor of the same values. As
 * `torch.autograd.graph.saved_tensors_hooks`.
 * @example
 * const x = torch.ones(2, { requires_grad: true });
 * const y = torch.autograd.graph.saved_tensors_hooks(
 *   (t) => t.half(),
 *   (packed) => packed.float(),
 *   () => x.mul(x).sum(),
 * );
 * y.backward();
 */
export function saved_tensors_hooks<P>(pack_hook: (t: Tensor) => P, unpack_hook: (packed: P) => Tensor): Guard;
export function saved_tensors_hooks<P, T>(
  pack_hook: (t: Tensor) => P,
  unpack_hook: (packed: P) => Tensor,
  body: () => T,
): T;
export function saved_tensors_hooks(...given: unknown[]): unknown {
  const { pack_hook, unpack_hook, body } = bindArguments(
    "saved_tensors_hooks(callable pack_hook, callable unpack_hook, callable? body=None) -> None",
    given,
  );
  return withSavedHooks(pack_hook as never, unpack_hook as never, body);
}
/**
 * Has saved_tensors_hooks raise RuntimeError with this sentence inside; raises it at once where there are such hooks. As
 * `torch.autograd.graph.disable_saved_tensors_hooks`.
 */
export function disable_saved_tensors_hooks(error_message: string): Guard;
export function disable_saved_tensors_hooks<T>(error_message: string, body: () => T): T;
export function disable_saved_tensors_hooks(...given: unknown[]): unknown {
  const { error_message, body } = bindArguments(
    "disable_saved_tensors_hooks(str error_message, callable? body=None) -> None",
    given,
  );
  return disableSavedHooks(error_message, body);
}

const listOf = (given: Tensor | Iterable<Tensor>): Tensor[] => (given instanceof Tensor ? [given] : [...given]);
/** Where a tensor's gradient comes from: a node, and which of its outputs. */
export interface GradientEdge {
  readonly node: Node;
  readonly output_nr: number;
}
/**
 * The node that a tensor's gradient goes to. Raises RuntimeError for a tensor without one. As
 * `torch.autograd.graph.get_gradient_edge`.
 */
export const get_gradient_edge = callable("get_gradient_edge(Tensor tensor) -> None", ({ tensor }): GradientEdge => {
  const edge = gradientEdge(tensor);
  if (edge === null)
    throw new RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients");
  return { node: edge.node, output_nr: edge.nr };
});
/** Has a tensor count as changed in place: what saved it will not be used. As `torch.autograd.graph.increment_version`. */
export const increment_version = callable("increment_version(tensors tensor) -> None", ({ tensor }): void => {
  for (const t of listOf(tensor)) t.storage.version++;
});

type MultiHook = ((grads: (Tensor | null)[]) => void) | ((grad: Tensor) => void);
/**
 * Calls `fn` once in every backward pass that reaches any of the tensors: with a list of all their gradients as soon as the
 * last is there (null for those that the pass does not reach, at its end), or in the mode "any" with the first. Raises
 * ValueError for another mode. As `torch.autograd.graph.register_multi_grad_hook`.
 */
export const register_multi_grad_hook = callable<{ fn: MultiHook }>()(
  "register_multi_grad_hook(tensors tensors, callable fn, *, str mode='all') -> None",
  ({ tensors: given, fn, mode }): RemovableHandle => {
    const tensors = listOf(given);
    if (mode !== "all" && mode !== "any")
      throw new ValueError(`Expects mode to be one of ('all', 'any') but got ${mode}`);
    // Gradients of passes that run, the innermost last.
    const passes = new Map<object, { grads: (Tensor | null)[]; left: number; done: boolean }>();
    const arrived = (i: number, grad: Tensor): void => {
      const { pass } = running;
      if (pass === null) throw new AssertionError("expected this hook to be called inside a backward call");
      let own = passes.get(pass);
      if (own === undefined) {
        const mine = {
          grads: tensors.map((): Tensor | null => null),
          left: tensors.length,
          done: false,
        };
        passes.set(pass, (own = mine));
        (running.after ??= []).push(() => {
          passes.delete(pass);
          if (!mine.done) (fn as (grads: (Tensor | null)[]) => void)(mine.grads);
        });
      }
      own.grads[i] = grad;
      own.left--;
      if (own.done || (mode === "all" && own.left > 0)) return;
      own.done = true;
      if (mode === "any") (fn as (grad: Tensor) => void)(grad);
      else (fn as (grads: (Tensor | null)[]) => void)(own.grads);
    };
    const handles = tensors
      .map((t, i) => ({ t, i }))
      .filter(({ t }) => mode === "all" || t.requires_grad)
      .map(({ t, i }) => t.register_hook((grad) => arrived(i, grad)));
    return {
      remove() {
        for (const handle of handles) handle.remove();
      },
    } as RemovableHandle;
  },
);

let mutable = false;
/**
 * Inside, what nodes keep may be changed in place: they keep copies. Backward has to run inside, too. Raises RuntimeError
 * within itself. As `torch.autograd.graph.allow_mutation_on_saved_tensors`.
 * @example
 * torch.autograd.graph.allow_mutation_on_saved_tensors(() => {
 *   const a = torch.ones(2, { requires_grad: true });
 *   const b = a.clone();
 *   const out = b.square().sum();
 *   b.sin_();
 *   out.backward();
 * });
 */
export function allow_mutation_on_saved_tensors<T>(body: () => T): T;
export function allow_mutation_on_saved_tensors(...given: unknown[]): unknown {
  const { body } = bindArguments("allow_mutation_on_saved_tensors(callable body) -> None", given);
  if (mutable) throw new RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested");
  const here = { open: true };
  const unpack = (kept: Tensor): Tensor => {
    if (!here.open) throw new AssertionError(OUTSIDE);
    return kept;
  };
  mutable = true;
  try {
    return withSavedHooks((t) => t.clone(), unpack, body);
  } finally {
    here.open = mutable = false;
  }
}
const OUTSIDE =
  "Trying to backward outside of the 'allow_mutation_on_saved_tensors' contextin which the graph was originally recorded.";
