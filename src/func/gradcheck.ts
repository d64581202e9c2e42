// Gradients compared with finite differences.
import { AssertionError, RuntimeError, TypeError, ValueError, warn } from "../base/errors.ts";
import { float64, realOf } from "../base/dtype.ts";
import { empty } from "../tensor/allocate.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { grad } from "./backward.ts";
import { withGrad } from "./mode.ts";

/** Raised by gradcheck: says which input and output disagree, and how. */
export class GradcheckError extends RuntimeError {
  static override readonly called: string = "GradcheckError";
}
type Results = Tensor | readonly Tensor[];
export type Differentiable = (...inputs: never[]) => Results;
export interface GradcheckOptions {
  /** Step of the central differences. */
  eps?: number;
  atol?: number;
  rtol?: number;
  /** Raise GradcheckError on a mismatch; false: return false. */
  raise_exception?: boolean;
  /** Whether forward-mode differentiation is checked, too; `torch.autograd.gradcheck` alone can. */
  check_forward_ad?: boolean;
  check_backward_ad?: boolean;
}
/** The derivatives of what `run` gives by an element of `x`, computed forwards: null where there is none. */
export type Pushed = (run: (x: Tensor) => Tensor[], x: Tensor, unit: Tensor) => (Tensor | null)[];

const floats = (results: Results): Tensor[] =>
  (results instanceof Tensor ? [results] : [...results]).filter(
    (t) => t instanceof Tensor && t.dtype.is_differentiable,
  );
/** The same, complex numbers as their parts. */
const differentiable = (results: Results): Tensor[] =>
  floats(results).map((t) => (t.dtype.is_complex ? t.resolve_conj().view_as_real() : t));
const isChecked = (x: unknown): x is Tensor => x instanceof Tensor && x.requires_grad;

/**
 * Compares the Jacobian that backward gives with central differences, as `torch.autograd.gradcheck`. Inputs should be
 * float64 or complex128. Returns true or raises GradcheckError.
 * @example torch.autograd.gradcheck((x: Tensor) => x.sin(), [torch.randn(3, { dtype: torch.float64, requires_grad: true })])
 */
export function gradcheck(
  fn: Differentiable,
  inputs: readonly unknown[],
  {
    eps = 1e-6,
    atol = 1e-5,
    rtol = 1e-3,
    raise_exception = true,
    check_forward_ad = false,
    check_backward_ad = true,
  }: GradcheckOptions = {},
  pushed: Pushed | null = null,
): boolean {
  if (!check_forward_ad && !check_backward_ad)
    throw new AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True");
  if (!Array.isArray(inputs) || inputs.filter(isChecked).length === 0)
    throw new ValueError(
      "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.",
    );
  for (const [i, x] of inputs.entries())
    if (isChecked(x) && realOf(x.dtype) !== float64)
      warn(
        `Input #${i} requires gradient and is not a double precision floating point or complex. This check will likely fail if all the inputs are not of double precision floating point or complex. `,
      );
  // A complex input is checked by its parts, of which backward gives the gradients as one complex number.
  const parts = inputs.map((x) =>
    isChecked(x) && x.dtype.is_complex ? x.detach().resolve_conj().view_as_real().requires_grad_(true) : x,
  );
  const checked = parts.filter(isChecked);
  const runOn = (given: readonly unknown[]): Tensor[] =>
    differentiable(
      fn(
        ...(given.map((x, i) =>
          parts[i] === inputs[i] ? x : recorded(() => (x as Tensor).view_as_complex()),
        ) as never[]),
      ),
    );
  const run = (): Tensor[] => runOn(parts);
  try {
    const outputs = run();
    if (!outputs.some((out) => out.requires_grad)) {
      for (const x of checked)
        if (numericJacobian(run, x, eps).some((rows) => rows.some((row) => row.some((slope) => slope !== 0))))
          throw new GradcheckError("Numerical gradient for function expected to be zero");
      return true;
    }
    for (const [i, x] of checked.entries()) {
      const numeric = numericJacobian(run, x, eps);
      const same = (analytic: Jacobian[], how: string): void =>
        outputs.forEach((_, o) => compare(numeric[o], analytic[o], x, [how, o, i], atol, rtol));
      if (check_backward_ad)
        same(
          outputs.map((out) => analyticJacobian(out, x)),
          "Jacobian mismatch",
        );
      if (!check_forward_ad || pushed === null) continue;
      const runAt = (at: Tensor): Tensor[] => runOn(parts.map((y) => (y === x ? at : y)));
      same(forwardJacobian(pushed, runAt, x, outputs), "Jacobian computed with forward mode mismatch");
    }
    return true;
  } catch (error) {
    if (error instanceof GradcheckError && !raise_exception) return false;
    throw error;
  }
}
type Jacobian = Float64Array[]; // [input element][output element]
/** Of a tensor without memory, whose class answers for it, one by one. */
const elements = (t: Tensor): Float64Array =>
  Float64Array.from((t.whole.backend.holdsData ? t.typed_array() : t.reshape([-1]).tolist()) as number[]);

/** One backward an output element, each with a unit vector. */
function analyticJacobian(out: Tensor, x: Tensor): Jacobian {
  const n = x.numel();
  const m = out.numel();
  const jacobian = Array.from({ length: n }, () => new Float64Array(m));
  if (!out.requires_grad) return jacobian;
  for (let j = 0; j < m; j++) {
    const unit = out.new_zeros(out.sizes).contiguous();
    unit.view([-1])[j] = unit.new_ones([]);
    const [g] = grad(out, x, unit, { retain_graph: true, allow_unused: true });
    if (g === null) continue;
    const column = elements(g);
    for (let i = 0; i < n; i++) jacobian[i][j] = column[i];
  }
  return jacobian;
}
/** One push forwards an input element, each with a unit vector. */
function forwardJacobian(
  pushed: Pushed,
  run: (x: Tensor) => Tensor[],
  x: Tensor,
  outputs: readonly Tensor[],
): Jacobian[] {
  const n = x.numel();
  const jacobians: Jacobian[] = outputs.map((out) => Array.from({ length: n }, () => new Float64Array(out.numel())));
  for (let i = 0; i < n; i++) {
    const unit = x.detach().new_zeros(x.sizes).contiguous();
    unit.view([-1])[i] = unit.new_ones([]);
    for (const [o, t] of pushed(run, x, unit).entries()) if (t !== null) jacobians[o][i] = elements(t);
  }
  return jacobians;
}
function numericJacobian(run: () => Tensor[], x: Tensor, eps: number): Jacobian[] {
  const n = x.numel();
  const perOutput: Jacobian[] = [];
  // The element is changed where it lies, so that strided inputs stay strided.
  const values = x.data;
  const at = (flat: number): Tensor => {
    let rest = flat;
    let cell = values;
    for (let d = x.sizes.length - 1; d >= 0; d--) {
      cell = cell.select(d, rest % x.sizes[d]);
      rest = Math.floor(rest / x.sizes[d]);
    }
    return cell;
  };
  withGrad(false, () => {
    for (let i = 0; i < n; i++) {
      const cell = at(i);
      const value = cell.item();
      const evaluate = (v: number): Tensor[] => {
        cell.fill_(v);
        return run().map((t) => t.detach().clone());
      };
      const high = evaluate(value + eps);
      const low = evaluate(value - eps);
      cell.fill_(value);
      for (const [o, h] of high.entries()) {
        const slope = h.sub(low[o]).div(2 * eps);
        (perOutput[o] ??= [])[i] = elements(slope);
      }
    }
  });
  return perOutput;
}
/** A Jacobian as text, in the dtype of the input it belongs to. */
function matrix(rows: Jacobian, like: Tensor): string {
  const made = like.detach().new_zeros([rows.length, rows[0].length]);
  for (const [i, row] of rows.entries())
    for (const [j, slope] of row.entries()) made.select(0, i).select(0, j).fill_(slope);
  return String(made);
}
function compare(
  numeric: Jacobian | undefined,
  analytic: Jacobian,
  like: Tensor,
  [how, output, input]: readonly [how: string, output: number, input: number],
  atol: number,
  rtol: number,
): void {
  for (const [i, row] of (numeric ?? []).entries())
    for (const [j, n] of row.entries()) {
      const a = analytic[i][j];
      if (Math.abs(a - n) <= atol + rtol * Math.abs(n) || (Number.isNaN(a) && Number.isNaN(n)) || a === n) continue;
      throw new GradcheckError(
        `${how} for output ${output} with respect to input ${input},\n` +
          `numerical:${matrix(numeric!, like)}\nanalytical:${matrix(analytic, like)}\n` +
          `The first difference is at input element ${i} and output element ${j}: ${n} and ${a}.`,
      );
    }
}

/** gradcheck of the gradient itself: second derivatives, with random directions `grad_outputs`. As `torch.autograd.gradgradcheck`. */
export function gradgradcheck(
  fn: Differentiable,
  inputs: readonly unknown[],
  grad_outputs: Tensor | readonly Tensor[] | null = null,
  options: GradcheckOptions = {},
): boolean {
  if (!Array.isArray(inputs)) throw new TypeError(`'${typeWord(inputs)}' object is not iterable`);
  const outputs = floats(fn(...(inputs as never[]))).filter((t) => t.requires_grad);
  // Those that are given are checked if they require gradients, as inputs are.
  const directions =
    grad_outputs === null
      ? outputs.map((t) => direction(t).requires_grad_(true))
      : grad_outputs instanceof Tensor
        ? [grad_outputs]
        : [...grad_outputs];
  const first = (...args: never[]): Tensor[] => {
    const given = args.slice(0, inputs.length);
    const out = floats(fn(...given)).filter((t) => t.requires_grad);
    const wanted = (given as unknown[]).filter(isChecked);
    const grads = grad(out, wanted, args.slice(inputs.length) as unknown as Tensor[], {
      create_graph: true,
      allow_unused: true,
    });
    return grads.filter((g): g is Tensor => g !== null && g.requires_grad);
  };
  if (first(...([...inputs, ...directions] as never[])).length === 0) return true;
  // Without a graph there is no gradient to differentiate: the numeric side needs recording on.
  return gradcheck(
    ((...args: never[]) => recorded(() => first(...args))) as Differentiable,
    [...inputs, ...directions],
    options,
  );
}
const recorded = <T>(body: () => T): T => withGrad(true, body);
/** Fixed, irregular numbers: a direction in which no term cancels by symmetry. */
function direction(t: Tensor): Tensor {
  const out = empty(t.sizes, t.dtype, undefined, t.backend);
  const values = out.host();
  for (let i = 0; i < values.length; i++) values[i] = Math.sin(1 + 2.3 * i) + 0.1;
  return out;
}
