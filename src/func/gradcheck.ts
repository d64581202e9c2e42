// Gradients compared with finite differences.
import { AssertionError, RuntimeError, TypeError, ValueError, warn } from "../base/errors.ts";
import { float64, realOf } from "../base/dtype.ts";
import { sameShape, tupleText } from "../base/layout.ts";
import { strided } from "../base/memory_format.ts";
import { grad } from "../autograd/backward.ts";
import { undefinedGrad } from "../autograd/function.ts";
import { withGrad } from "../autograd/mode.ts";
import { stack } from "../ops/views/joining.ts";
import { empty } from "../tensor/allocate.ts";
import { scalarText } from "../tensor/print.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { dual_level, make_dual, unpack_dual } from "./forward_ad.ts";
import { vmap } from "./vmap.ts";

/** Raised by gradcheck: says which input and output disagree, and how. */
export class GradcheckError extends RuntimeError {
  static override readonly called: string = "GradcheckError";
}
type Results = Tensor | readonly Tensor[];
export type Differentiable = (...inputs: never[]) => Results;
interface Common {
  /** Step of the central differences. */
  eps?: number;
  atol?: number;
  rtol?: number;
  /** Raise GradcheckError on a mismatch; false: return false. */
  raise_exception?: boolean;
  /** How far two backward passes through one graph may differ. */
  nondet_tol?: number;
  /** Whether backward is tried with gradients that did not come. */
  check_undefined_grad?: boolean;
  /** Whether gradients must have the dtype of what they are gradients of. */
  check_grad_dtypes?: boolean;
  /** Whether backward is tried under vmap, too. */
  check_batched_grad?: boolean;
  /** Every element is compared in any case. */
  fast_mode?: boolean;
  masked?: boolean | null;
}
export interface GradcheckOptions extends Common {
  /** Whether forward mode is tried under vmap, too. */
  check_batched_forward_grad?: boolean;
  /** Whether forward-mode differentiation is checked, too. */
  check_forward_ad?: boolean;
  check_backward_ad?: boolean;
}
export interface GradgradcheckOptions extends Common {
  /** Whether the random directions are to lie apart in memory. */
  gen_non_contig_grad_outputs?: boolean;
  /** Whether the gradient is differentiated forwards, too. */
  check_fwd_over_rev?: boolean;
  check_rev_over_rev?: boolean;
}

const floats = (results: Results): Tensor[] =>
  (results instanceof Tensor ? [results] : [...results]).filter(
    (t) => t instanceof Tensor && t.dtype.is_differentiable,
  );
/** The same, complex numbers as their parts. */
const differentiable = (results: Results): Tensor[] =>
  floats(results).map((t) => (t.dtype.is_complex ? t.resolve_conj().view_as_real() : t));
const isChecked = (x: unknown): x is Tensor => x instanceof Tensor && x.requires_grad;

/** Raises for inputs that finite differences cannot be taken of. */
function assertChecked(inputs: readonly unknown[]): void {
  if (!Array.isArray(inputs) || !inputs.some(isChecked))
    throw new ValueError(
      "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.",
    );
  for (const [i, x] of inputs.entries()) {
    if (!isChecked(x)) continue;
    if (realOf(x.dtype) !== float64)
      warn(
        `Input #${i} requires gradient and is not a double precision floating point or complex. This check will likely fail if all the inputs are not of double precision floating point or complex. `,
      );
    if (x.layout === strided && x.sizes.some((n, d) => n > 1 && x.strides[d] === 0))
      throw new RuntimeError(
        `The ${i}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous on the input before passing it to gradcheck.`,
      );
  }
}

/**
 * Compares the Jacobian that backward gives with central differences, as `torch.autograd.gradcheck`. Inputs should be
 * float64 or complex128. Returns true or raises GradcheckError.
 * @example torch.autograd.gradcheck((x: Tensor) => x.sin(), [torch.randn(3, { dtype: torch.float64, requires_grad: true })])
 */
export function gradcheck(
  fn: Differentiable,
  inputs: readonly unknown[],
  { raise_exception = true, ...options }: GradcheckOptions = {},
): boolean {
  const { check_forward_ad = false, check_backward_ad = true } = options;
  if (!check_forward_ad && !check_backward_ad)
    throw new AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True");
  if (options.check_batched_grad === true && !check_backward_ad)
    throw new AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True");
  if (options.check_batched_forward_grad === true && !check_forward_ad)
    throw new AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True");
  assertChecked(inputs);
  try {
    check(fn, inputs, options);
    return true;
  } catch (error) {
    if (error instanceof GradcheckError && !raise_exception) return false;
    throw error;
  }
}
function check(
  fn: Differentiable,
  inputs: readonly unknown[],
  {
    eps = 1e-6,
    atol = 1e-5,
    rtol = 1e-3,
    nondet_tol = 0,
    check_undefined_grad = true,
    check_grad_dtypes = false,
    check_batched_grad = false,
    check_batched_forward_grad = false,
    check_forward_ad = false,
    check_backward_ad = true,
  }: GradcheckOptions,
): void {
  const call = (given: readonly unknown[]): Tensor[] => floats(fn(...(given as never[])));
  const whole = call(inputs);
  if (whole.some((t) => t.layout !== strided))
    throw new ValueError(
      "Sparse output is not supported at gradcheck yet. Please call to_dense(masked_grad=...) on the output of fn for gradcheck.",
    );
  // A complex input is checked by its parts, of which backward gives the gradients as one complex number.
  const parts = inputs.map((x) =>
    isChecked(x) && x.dtype.is_complex ? x.detach().resolve_conj().view_as_real().requires_grad_(true) : x,
  );
  const checked = parts.filter(isChecked);
  const joined = (given: readonly unknown[]): unknown[] =>
    given.map((x, i) => (parts[i] === inputs[i] ? x : recorded(() => (x as Tensor).view_as_complex())));
  const runOn = (given: readonly unknown[]): Tensor[] => differentiable(call(joined(given)));
  const run = (): Tensor[] => runOn(parts);
  const outputs = run();
  if (!outputs.some((out) => out.requires_grad)) {
    for (const x of checked)
      if (numericJacobian(run, x, eps).some((rows) => rows.some((row) => row.some((slope) => slope !== 0))))
        throw new GradcheckError("Numerical gradient for function expected to be zero");
    return;
  }
  const isComplex = whole.map((t) => t.dtype.is_complex);
  for (const [i, x] of checked.entries()) {
    const numeric = numericJacobian(run, x, eps);
    if (check_backward_ad) {
      const analytic = outputs.map((out) => analyticJacobian(out, x, nondet_tol, check_grad_dtypes));
      for (const [o, given] of analytic.entries())
        compare(numeric[o], given, x, { mode: "", output: o, input: i, of: isComplex[o] ? "outputs" : "" }, atol, rtol);
    }
    if (!check_forward_ad) continue;
    const own = parts.indexOf(x);
    const runAt = (at: Tensor): Tensor[] => runOn(parts.map((y, j) => (j === own ? at : still(y))));
    const of = parts[own] === inputs[own] ? "" : "inputs";
    for (const [o, given] of forwardJacobian(runAt, x, outputs).entries())
      compare(numeric[o], given, x, { mode: "computed with forward mode ", output: o, input: i, of }, atol, rtol);
  }
  if (check_forward_ad && check_undefined_grad) assertMissingTangents(call, inputs);
  if (check_batched_forward_grad) assertForwardInBatches(call, inputs);
  if (!check_backward_ad) return;
  const roots = whole.filter((t) => t.requires_grad);
  const wanted = inputs.filter(isChecked);
  if (check_batched_grad) for (const [o, out] of roots.entries()) assertInBatches(out, wanted, o);
  assertMultiplied(roots, wanted);
  if (check_undefined_grad) assertMissingGradients(() => call(inputs).filter((t) => t.requires_grad), wanted);
}
/** What has a tangent of zeros, in an open level of forward mode. */
const still = (x: unknown): unknown => (isChecked(x) ? make_dual(x.detach(), x.detach().new_zeros(x.sizes)) : x);
const detached = (x: unknown): unknown => (x instanceof Tensor ? x.detach() : x);

/** Raises where gradients of zero do not lead to zero, or to tensors of another kind than the inputs. */
function assertMultiplied(outputs: readonly Tensor[], inputs: readonly Tensor[]): void {
  const zeros = outputs.map((out) => out.detach().new_zeros(out.sizes));
  for (const [i, g] of grad(outputs, inputs, zeros, { retain_graph: true, allow_unused: true }).entries()) {
    if (g === null) continue;
    const x = inputs[i];
    if (g.layout !== strided) {
      if (g.layout !== x.layout)
        throw new GradcheckError(`grad is incorrect layout (${String(g.layout)} is not ${String(x.layout)})`);
      const kind = String(g.layout).replace("torch.", "").replace("_coo", "");
      for (const what of ["sparse_dim", "dense_dim"] as const)
        if (g[what]() !== x[what]())
          throw new GradcheckError(
            `grad is ${kind} tensor, but has incorrect ${what} ${g[what]()}, expected ${x[what]()}`,
          );
    }
    const dense = g.layout === strided ? g : g.to_dense();
    if (isNonzero(dense)) throw new GradcheckError("backward not multiplied by grad_output");
    if (g.dtype !== x.dtype) throw new GradcheckError("grad is incorrect type");
    if (g.backend !== x.backend) throw new GradcheckError("grad is incorrect device");
    if (!sameShape(g.sizes, x.sizes)) throw new GradcheckError("grad is incorrect size");
  }
}
const isNonzero = (t: Tensor): boolean => Boolean(t.ne(0).any().item());

const UNDEFINED = `Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"`;
/** Raises where backward cannot do without gradients: without any, and without each in turn. */
function assertMissingGradients(run: () => Tensor[], inputs: readonly Tensor[]): void {
  const all = run();
  const cases = [all.map(undefinedGrad)];
  if (all.length > 1) for (const i of all.keys()) cases.push(run().map((t, j) => (i === j ? undefinedGrad(t) : t)));
  const refuse = (what: string, cause?: unknown): never => {
    warn(
      'Backwards compatibility: New undefined gradient support checking feature is enabled by default, but it may break existing callers of this function. If this is true for you, you can call this function with "check_undefined_grad=False" to disable the feature',
    );
    throw new GradcheckError(`${what} ${UNDEFINED}`, { cause });
  };
  for (const outputs of cases) {
    const zeros = outputs.map((out) => out.detach().new_zeros(out.sizes));
    let grads: readonly (Tensor | null)[] = [];
    try {
      grads = grad(outputs, inputs, zeros, { allow_unused: true });
    } catch (error) {
      refuse("Expected backward function to handle undefined output grads.", error);
    }
    if (grads.some((g) => g !== null && isNonzero(g.layout === strided ? g : g.to_dense())))
      refuse("Expected all input grads to be undefined or zero when all output grads are undefined or zero.");
  }
}
const close = (a: Tensor, b: Tensor): boolean => a.allclose(b);
const batchMessage = (how: string, error: unknown): string =>
  `While computing batched gradients, got: ${(error as Error).message}\n\n${how}`;
const IN_BATCHES = "gradcheck or gradgradcheck failed while testing batched gradient computation.";
const FORWARD_IN_BATCHES = "gradcheck failed while testing batched gradient computation with forward-mode AD.";
/** Raises where a function of two directions does not give under vmap what it gives for one after the other. */
function assertMapped(each: (v: Tensor) => Tensor[], like: Tensor, how: string, [o, i]: readonly number[]): void {
  const directions = [
    direction(like),
    direction(like)
      .flip(like.sizes.map((_, d) => d))
      .mul(0.7),
  ];
  const one = directions.map(each);
  let mapped: readonly Tensor[];
  try {
    mapped = vmap(each)(stack(directions)) as readonly Tensor[];
  } catch (error) {
    throw new GradcheckError(batchMessage(how, error), { cause: error });
  }
  for (const [k, got] of mapped.entries()) {
    const expected = stack(one.map((results) => results[k]));
    if (!close(got, expected))
      throw new GradcheckError(
        `For output ${o ?? k} and input ${i ?? k}:\n\n${how}\n\nGot:\n${String(got)}\n\nExpected:\n${String(expected)}`,
      );
  }
}
function assertInBatches(output: Tensor, inputs: readonly Tensor[], o: number): void {
  const back = (v: Tensor): Tensor[] =>
    grad(output, inputs, v, { retain_graph: true, allow_unused: true }).map(
      (g, i) => g ?? inputs[i].detach().new_zeros(inputs[i].sizes),
    );
  assertMapped(back, output, IN_BATCHES, [o]);
}
function assertForwardInBatches(run: (inputs: readonly unknown[]) => Tensor[], inputs: readonly unknown[]): void {
  for (const [i, x] of inputs.entries()) {
    if (!isChecked(x)) continue;
    const push = (t: Tensor): Tensor[] =>
      dual_level(() => {
        const given = inputs.map((y, j) => (i === j ? make_dual(x.detach(), t) : detached(y)));
        return run(given).map((out) => unpack_dual(out).tangent ?? out.new_zeros(out.sizes));
      });
    assertMapped(push, x, FORWARD_IN_BATCHES, []);
  }
}
/** Raises where a tangent that is not there does another thing than one of zeros. */
function assertMissingTangents(run: (inputs: readonly unknown[]) => Tensor[], inputs: readonly unknown[]): void {
  const tangents = (given: readonly unknown[]): (Tensor | null)[] => run(given).map((out) => unpack_dual(out).tangent);
  dual_level(() => {
    const duals = inputs.map((x) => (isChecked(x) ? make_dual(x.detach(), direction(x)) : x));
    for (const [i, x] of inputs.entries()) {
      if (!isChecked(x)) continue;
      const zero = make_dual(x.detach(), x.detach().new_zeros(x.sizes));
      const [a, b] = [zero, x.detach()].map((at) => tangents(duals.with(i, at)));
      for (const [o, t] of a.entries())
        if (t !== null && b[o] !== null && !close(t, b[o]))
          throw new GradcheckError(
            `Mismatch in tangent values for output with index: ${o} when input: ${String(x)} has an undefined tangent value.  Got: ${String(t)} but expected: ${String(b[o])}`,
          );
    }
  });
}

type Jacobian = Float64Array[]; // [input element][output element]
/** Of a tensor without memory, whose class answers for it, one by one. */
const elements = (t: Tensor): Float64Array => {
  const dense = t.layout === strided ? t : t.to_dense();
  return Float64Array.from(
    (dense.whole.backend.holdsData ? dense.typed_array() : dense.reshape([-1]).tolist()) as number[],
  );
};

/** One backward an output element, each with a unit vector. */
function analyticJacobian(out: Tensor, x: Tensor, tolerance: number, sameDtype: boolean): Jacobian {
  const n = x.numel();
  const m = out.numel();
  const jacobian = Array.from({ length: n }, () => new Float64Array(m));
  if (!out.requires_grad) return jacobian;
  for (let j = 0; j < m; j++) {
    const unit = out.new_zeros(out.sizes).contiguous();
    unit.view([-1])[j] = unit.new_ones([]);
    const options = { retain_graph: true, allow_unused: true };
    const [g] = grad(out, x, unit, options);
    const [again] = tolerance === Infinity ? [g] : grad(out, x, unit, options);
    if (g === null || again === null) continue;
    if (sameDtype && g.dtype !== x.dtype) throw new GradcheckError("Gradient has dtype mismatch");
    const column = elements(g);
    const second = again === g ? column : elements(again);
    if (column.some((a, k) => Math.abs(a - second[k]) > tolerance))
      throw new GradcheckError(
        `Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values, although analytical gradient matches numerical gradient.The tolerance for nondeterminism was ${scalarText(tolerance, float64)}.`,
      );
    for (let i = 0; i < n; i++) jacobian[i][j] = column[i];
  }
  return jacobian;
}
/** One push forwards an input element, each with a unit vector. */
function forwardJacobian(run: (x: Tensor) => Tensor[], x: Tensor, outputs: readonly Tensor[]): Jacobian[] {
  const n = x.numel();
  const jacobians: Jacobian[] = outputs.map((out) => Array.from({ length: n }, () => new Float64Array(out.numel())));
  for (let i = 0; i < n; i++) {
    const unit = x.detach().new_zeros(x.sizes).contiguous();
    unit.view([-1])[i] = unit.new_ones([]);
    const pushed = dual_level(() => run(make_dual(x.detach(), unit)).map((y) => unpack_dual(y).tangent));
    for (const [o, t] of pushed.entries()) if (t !== null) jacobians[o][i] = elements(t);
  }
  return jacobians;
}
/** Where the element `i` is, counted in row-major order. */
function coordinates(sizes: readonly number[], i: number): number[] {
  const out: number[] = [];
  let rest = i;
  for (const n of sizes.toReversed()) {
    out.unshift(rest % n);
    rest = Math.floor(rest / n);
  }
  return out;
}
function numericJacobian(run: () => Tensor[], x: Tensor, eps: number): Jacobian[] {
  const n = x.numel();
  const perOutput: Jacobian[] = [];
  // The element is changed where it lies, so that strided inputs stay strided.
  const values = x.data;
  const at = (i: number): Tensor => coordinates(x.sizes, i).reduce((cell, index) => cell.select(0, index), values);
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
      assertAlike(low[o], h, coordinates(x.sizes, i), eps);
      (perOutput[o] ??= [])[i] = elements(h.sub(low[o]).div(2 * eps));
    }
  }
  return perOutput;
}
function assertAlike(a: Tensor, b: Tensor, at: readonly number[], eps: number): void {
  const refuse = (what: string, told: string): never => {
    throw new AssertionError(
      `Expected \`func\` to return outputs with the same ${what} when inputs are perturbed on index ${tupleText(at)} by ${scalarText(eps, float64)}, but got: ${told}.`,
    );
  };
  if (!sameShape(a.sizes, b.sizes)) refuse("shape", `shapes ${String(a.shape)} and ${String(b.shape)}`);
  if (a.dtype !== b.dtype) refuse("dtype", `dtypes ${String(a.dtype)} and ${String(b.dtype)}`);
}
/** A Jacobian as text, in the dtype of the input it belongs to. */
function matrix(rows: Jacobian, like: Tensor): string {
  const made = like.detach().new_zeros([rows.length, rows[0].length]);
  for (const [i, row] of rows.entries())
    for (const [j, slope] of row.entries()) made.select(0, i).select(0, j).fill_(slope);
  return String(made);
}
interface Place {
  readonly mode: string;
  readonly output: number;
  readonly input: number;
  /** "outputs" where those are complex numbers, as pairs of real ones; in forward mode "inputs". */
  readonly of: "" | "outputs" | "inputs";
}
function compare(
  numeric: Jacobian | undefined,
  analytic: Jacobian,
  like: Tensor,
  { mode, output, input, of }: Place,
  atol: number,
  rtol: number,
): void {
  const differs = (a: number, n: number): boolean =>
    !(Math.abs(a - n) <= atol + rtol * Math.abs(n) || (Number.isNaN(a) && Number.isNaN(n)) || a === n);
  const wrong = (numeric ?? []).flatMap((row, i) =>
    Array.from(row, (n, j) => [i, j, n, analytic[i][j]] as const).filter(([, , n, a]) => differs(a, n)),
  );
  if (wrong.length === 0) return;
  const isImaginary = ([i, j]: (typeof wrong)[number]): boolean => (of === "inputs" ? i : j) % 2 === 1;
  const [i, j, n, a] = (of === "" ? undefined : wrong.find(isImaginary)) ?? wrong[0];
  const part = isImaginary(wrong.find(isImaginary) ?? wrong[0]) ? "imaginary" : "real";
  throw new GradcheckError(
    `${of === "" ? "" : `While considering the ${part} part of complex ${of} only, `}Jacobian ${mode}mismatch for output ${output} with respect to input ${input},\n` +
      `numerical:${matrix(numeric!, like)}\nanalytical:${matrix(analytic, like)}\n` +
      `The first difference is at input element ${i} and output element ${j}: ${n} and ${a}.`,
  );
}

/** gradcheck of the gradient itself: second derivatives, with random directions `grad_outputs`. As `torch.autograd.gradgradcheck`. */
export function gradgradcheck(
  fn: Differentiable,
  inputs: readonly unknown[],
  grad_outputs: Tensor | readonly Tensor[] | null = null,
  {
    gen_non_contig_grad_outputs: apart = false,
    check_fwd_over_rev = false,
    check_rev_over_rev = true,
    ...options
  }: GradgradcheckOptions = {},
): boolean {
  if (!check_fwd_over_rev && !check_rev_over_rev)
    throw new AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True");
  if (options.check_undefined_grad !== false && !check_rev_over_rev)
    throw new AssertionError("Setting check_undefined_grad=True requires check_rev_over_rev to be True");
  if (options.check_batched_grad === true && !check_rev_over_rev)
    throw new AssertionError("Setting check_batched_grad=True requires check_rev_over_rev to be True");
  if (!Array.isArray(inputs)) throw new TypeError(`'${typeWord(inputs)}' object is not iterable`);
  const outputs = floats(fn(...(inputs as never[]))).filter((t) => t.requires_grad);
  // Those that are given are checked if they require gradients, as inputs are.
  const directions =
    grad_outputs === null
      ? outputs.map((t) => (apart ? spread(direction(t)) : direction(t)).requires_grad_(true))
      : grad_outputs instanceof Tensor
        ? [grad_outputs]
        : [...grad_outputs];
  const all = [...inputs, ...directions];
  const first = (...given: never[]): Tensor[] => {
    // Forward mode hands them on without.
    const args = given.map((x, i) => (isChecked(all[i]) && !isChecked(x) ? (x as Tensor).requires_grad_(true) : x));
    return firstOf(args as never[]);
  };
  const firstOf = (args: never[]): Tensor[] => {
    const given = args.slice(0, inputs.length);
    const out = floats(fn(...given)).filter((t) => t.requires_grad);
    const wanted = (given as unknown[]).filter(isChecked);
    const grads = grad(out, wanted, args.slice(inputs.length) as unknown as Tensor[], {
      create_graph: true,
      allow_unused: true,
    });
    return grads.filter((g): g is Tensor => g !== null && g.requires_grad);
  };
  if (first(...(all as never[])).length === 0) return true;
  // Without a graph there is no gradient to differentiate: the numeric side needs recording on.
  return gradcheck(((...args: never[]) => recorded(() => first(...args))) as Differentiable, all, {
    ...options,
    check_forward_ad: check_fwd_over_rev,
    check_backward_ad: check_rev_over_rev,
  });
}
/** The same numbers, not one after the other in memory. */
const spread = (t: Tensor): Tensor => stack([t, t], t.dim()).select(t.dim(), 0);
const recorded = <T>(body: () => T): T => withGrad(true, body);
/** Fixed, irregular numbers: a direction in which no term cancels by symmetry. */
function direction(t: Tensor): Tensor {
  const out = empty(t.sizes, t.dtype, undefined, t.backend);
  const values = out.host();
  for (let i = 0; i < values.length; i++) values[i] = Math.sin(1 + 2.3 * i) + 0.1;
  return out;
}
