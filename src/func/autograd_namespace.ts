// torch.autograd as programs see it: arguments by place or by name, and what is made of functions of functions.
import { backward as runBackward, grad as gradients } from "../autograd/backward.ts";
import type { BackwardOptions, GradOptions } from "../autograd/backward.ts";
import { RuntimeError, ValueError, warn } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import { stack } from "../ops/views/joining.ts";
import { Tensor } from "../tensor/tensor.ts";

import { gradcheck as checked, gradgradcheck as checkedTwice } from "./gradcheck.ts";
import type { Differentiable, GradcheckOptions, GradgradcheckOptions } from "./gradcheck.ts";

export * from "../autograd/index.ts";
export { GradcheckError } from "./gradcheck.ts";
export * as graph from "./graph.ts";
export { detect_anomaly, set_detect_anomaly } from "../settings/modes.ts";
export * as forward_ad from "./forward_ad.ts";
export * as functional from "./functional.ts";

type Given = Tensor | readonly Tensor[];
type Grads = Tensor | readonly (Tensor | null)[] | null;
interface NamedGradOptions extends GradOptions {
  grad_outputs?: Grads;
  /** Whether the gradients of the outputs have a batch as their first dim: then those of the inputs have it, too. */
  is_grads_batched?: boolean;
}

const GRAD =
  "grad(iterable outputs, iterable inputs, object grad_outputs=None, bool? retain_graph=None, bool create_graph=False, bool only_inputs=True, bool? allow_unused=None, bool is_grads_batched=False, bool materialize_grads=False) -> None";
/**
 * Gradients of `outputs` with respect to `inputs`, as a list; touches no `.grad`. As `torch.autograd.grad`. Raises RuntimeError
 * where an input was not used, unless `allow_unused` (null for it) or `materialize_grads` (zeros) is given.
 * @example const [g] = torch.autograd.grad(x.pow(3).sum(), x, { create_graph: true }); // 3 x^2, which may be derived again
 */
export function grad(
  outputs: Given,
  inputs: Given,
  options?: NamedGradOptions & { allow_unused?: false | null },
): Tensor[];
export function grad(outputs: Given, inputs: Given, options: NamedGradOptions): (Tensor | null)[];
export function grad(
  outputs: Given,
  inputs: Given,
  grad_outputs?: Grads,
  options?: Omit<NamedGradOptions, "grad_outputs"> & { allow_unused?: false | null },
): Tensor[];
export function grad(
  outputs: Given,
  inputs: Given,
  grad_outputs: Grads | undefined,
  options: Omit<NamedGradOptions, "grad_outputs">,
): (Tensor | null)[];
export function grad(...given: unknown[]): (Tensor | null)[] {
  const {
    outputs,
    inputs,
    grad_outputs,
    retain_graph,
    create_graph,
    allow_unused,
    is_grads_batched,
    materialize_grads,
  } = bindArguments<typeof GRAD, { outputs: Given; inputs: Given; grad_outputs: Grads }>(GRAD, given);
  const options = { retain_graph, create_graph, allow_unused, materialize_grads };
  if (!is_grads_batched) return gradients(outputs, inputs, grad_outputs, options);
  const vs = grad_outputs instanceof Tensor ? [grad_outputs] : grad_outputs;
  if (vs === null || vs.some((v) => v === null))
    throw new ValueError(
      "grad(): is_grads_batched needs a gradient for every output, each with the batch as its first dim",
    );
  // One by one, and not by vmap: whoever imports grad would have all of that in a bundle.
  const rows = (vs as Tensor[]).map((v) => v.unbind(0));
  const made = rows[0].map((_, i) => {
    const keep = i < rows[0].length - 1 ? true : retain_graph;
    return gradients(
      outputs,
      inputs,
      rows.map((row) => row[i]),
      { ...options, retain_graph: keep },
    );
  });
  return made[0].map((first, k) => (first === null ? null : stack(made.map((grads) => grads[k]!))));
}

interface NamedBackwardOptions extends BackwardOptions {
  grad_tensors?: Grads;
}
const BACKWARD =
  "backward(iterable tensors, object grad_tensors=None, bool? retain_graph=None, bool create_graph=False, object grad_variables=None, object inputs=None) -> None";
/**
 * Sum of gradients of `tensors` into `.grad` of the leaves, as `torch.autograd.backward`.
 * @example torch.autograd.backward([loss], { retain_graph: true });
 */
export function backward(tensors: Given, options?: NamedBackwardOptions): void;
export function backward(tensors: Given, grad_tensors?: Grads, options?: BackwardOptions): void;
export function backward(...given: unknown[]): void {
  interface Told {
    tensors: Given;
    grad_tensors: Grads;
    grad_variables: Grads;
    inputs: Given | null;
  }
  const { tensors, grad_tensors, retain_graph, create_graph, grad_variables, inputs } = bindArguments<
    typeof BACKWARD,
    Told
  >(BACKWARD, given);
  if (grad_variables !== null) {
    warn("`grad_variables` is deprecated. Use `grad_tensors` instead.", "FutureWarning");
    if (grad_tensors !== null)
      throw new RuntimeError(
        "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only use `grad_tensors`.",
      );
  }
  runBackward(tensors, grad_tensors ?? grad_variables, { retain_graph, create_graph, inputs });
}

const TOLERANCES =
  "float eps=1e-06, float atol=1e-05, float rtol=0.001, bool raise_exception=True, float nondet_tol=0.0, bool check_undefined_grad=True, bool check_grad_dtypes=False, bool check_batched_grad=False, bool fast_mode=False, bool? masked=None";
const GRADCHECK =
  `gradcheck(callable func, object inputs, *, ${TOLERANCES}, bool check_batched_forward_grad=False, bool check_forward_ad=False, bool check_backward_ad=True) -> bool` as const;
const GRADGRADCHECK =
  `gradgradcheck(callable func, object inputs, object grad_outputs=None, *, ${TOLERANCES}, bool gen_non_contig_grad_outputs=False, bool check_fwd_over_rev=False, bool check_rev_over_rev=True) -> bool` as const;
interface Checked {
  func: Differentiable;
  inputs: readonly unknown[];
  grad_outputs: Tensor | readonly Tensor[] | null;
}
/**
 * Compares the Jacobian that backward gives, and with `check_forward_ad` that of forward mode, with central differences. As
 * `torch.autograd.gradcheck`; every element is compared, with `fast_mode`, too. Inputs should be float64 or complex128. Returns
 * true or raises GradcheckError.
 * @example torch.autograd.gradcheck((x: Tensor) => x.sin(), [torch.randn(3, { dtype: torch.float64, requires_grad: true })])
 */
export function gradcheck(fn: Differentiable, inputs: readonly unknown[], options?: GradcheckOptions): boolean;
export function gradcheck(...given: unknown[]): boolean {
  const { func, inputs, ...options } = bindArguments<typeof GRADCHECK, Checked>(GRADCHECK, given);
  return checked(func, inputs, options);
}
/** gradcheck of the gradient itself: second derivatives, with random directions `grad_outputs`. As `torch.autograd.gradgradcheck`. */
export function gradgradcheck(
  fn: Differentiable,
  inputs: readonly unknown[],
  grad_outputs?: Tensor | readonly Tensor[] | GradgradcheckOptions | null,
  options?: GradgradcheckOptions,
): boolean;
export function gradgradcheck(...given: unknown[]): boolean {
  const { func, inputs, grad_outputs, ...options } = bindArguments<typeof GRADGRADCHECK, Checked>(GRADGRADCHECK, given);
  return checkedTwice(func, inputs, grad_outputs, options);
}
