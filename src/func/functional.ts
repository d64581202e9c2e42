// torch.autograd.functional: Jacobians, Hessians and products with them, of functions of tensors or of lists of tensors.
import { grad } from "../autograd/backward.ts";
import { withGrad } from "../autograd/mode.ts";
import { AssertionError, NotImplementedError, RuntimeError, TypeError } from "../base/errors.ts";
import { sameShape } from "../base/layout.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { ArgumentsAfter } from "../dispatch/callable.ts";
import { eye, ones_like, stack, zeros_like } from "../ops/index.ts";
import { Tensor } from "../tensor/tensor.ts";
import { vjp as pulled } from "./derivatives.ts";
import { jvp as pushed } from "./forward.ts";
import { classText, isTuple } from "./tree.ts";
import { vmap } from "./vmap.ts";
import { movedim } from "../ops/views/view.ts";

/** A tensor, or several as arguments of the function. */
type Given = Tensor | readonly Tensor[];
type Fn<X extends Given, Y> = (...xs: X extends readonly Tensor[] ? X : [X]) => Y;
type Product =
  "product(callable func, object inputs, object v=None, bool create_graph=False, bool strict=False) -> Tensor";
/** The vector, and the options: whether the result can be differentiated further, and whether an output must depend on each input. */
type Rest<V> = ArgumentsAfter<"inputs", Product, { v: V | null }>;
interface Bound {
  func: unknown;
  inputs: Given;
  v: Given | null;
  create_graph: boolean;
  strict: boolean;
}
const bound = (name: string, given: readonly unknown[]): Bound => bindArguments<Product, Bound>(PRODUCT, given, name);
const PRODUCT: Product =
  "product(callable func, object inputs, object v=None, bool create_graph=False, bool strict=False) -> Tensor";
const JACOBIAN =
  "jacobian(callable func, object inputs, bool create_graph=False, bool strict=False, bool vectorize=False, str strategy='reverse-mode') -> Tensor";
const HESSIAN =
  "hessian(callable func, object inputs, bool create_graph=False, bool strict=False, bool vectorize=False, str outer_jacobian_strategy='reverse-mode') -> Tensor";

interface Several {
  readonly tensors: readonly Tensor[];
  readonly several: boolean;
}
function givenTo(name: string, x: unknown, what: "inputs" | "v" | "outputs"): Several {
  const several = isTuple(x);
  const tensors = several ? x : [x];
  for (const [i, t] of tensors.entries())
    if (!(t instanceof Tensor)) {
      const of = what === "outputs" ? "outputs of the user-provided function" : what;
      const which = several ? `the value at index ${i}` : `the given ${of}`;
      throw new TypeError(
        `The ${of} given to ${name} must be either a Tensor or a tuple of Tensors but ${which} has type ${classText(t)}.`,
      );
    }
  return { tensors: tensors as readonly Tensor[], several };
}
const oneOf = <T>(xs: readonly T[], several: boolean): T | readonly T[] => (several ? xs : xs[0]);
/** The inputs as what gradients are taken with respect to: part of the program's graph only where that is to go on. */
const prepared = (xs: readonly Tensor[], create_graph: boolean): Tensor[] =>
  xs.map((x) => (create_graph && x.requires_grad ? x.view_as(x) : x.detach().clone().requires_grad_()));
const finished = (xs: readonly Tensor[], create_graph: boolean): Tensor[] =>
  xs.map((x) => (create_graph ? x : x.detach()));

/** Gradients of `ys` times `vs`; null where nothing depends. */
function gradients(
  ys: readonly Tensor[],
  xs: readonly Tensor[],
  vs: readonly (Tensor | null)[],
  create_graph: boolean,
): (Tensor | null)[] {
  const places = ys.flatMap((y, i) => (y.requires_grad ? [i] : []));
  if (places.length === 0) return xs.map(() => null);
  return grad(
    places.map((i) => ys[i]),
    xs,
    places.map((i) => vs[i]),
    { retain_graph: true, create_graph, allow_unused: true },
  );
}
const filled = (grads: readonly (Tensor | null)[], xs: readonly Tensor[]): Tensor[] =>
  grads.map((g, i) => g ?? zeros_like(xs[i]));
type Stage = "jacobian" | "back" | "back_trick" | "double_back" | "double_back_trick";
/** The gradients with zeros where nothing depends, which strict refuses; `stage` tells what is independent of what. */
function strictly(
  grads: readonly (Tensor | null)[],
  xs: readonly Tensor[],
  strict: boolean,
  create_graph: boolean,
  stage: Stage,
  output = 0,
): Tensor[] {
  for (const [i, g] of strict ? grads.entries() : []) {
    if (g === null) throw new RuntimeError(INDEPENDENT[stage](i, output));
    if (create_graph && !g.requires_grad && stage !== "double_back")
      throw new RuntimeError(
        `The ${stage === "double_back_trick" ? "hessian" : "jacobian"} of the user-provided function is independent of input ${stage === "jacobian" ? output : i}. This is not allowed in strict mode when create_graph=True.`,
      );
  }
  return filled(grads, xs);
}
const INDEPENDENT: Readonly<Record<Stage, (input: number, output: number) => string>> = {
  jacobian: (i, output) =>
    `Output ${output} of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`,
  back: (i) =>
    `The output of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`,
  back_trick: (i) =>
    `The gradient with respect to the input is independent of entry ${i} in the grad_outputs when using the double backward trick to compute forward mode gradients. This is not allowed in strict mode.`,
  double_back: (i) =>
    `The jacobian of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`,
  double_back_trick: (i) =>
    `The hessian of the user-provided function is independent of entry ${i} in the grad_jacobian. This is not allowed in strict mode as it prevents from using the double backward trick to replace forward mode AD.`,
};
function assertRecorded(ys: readonly Tensor[], strict: boolean, what: "outputs" | "jacobian" = "outputs"): void {
  if (!strict) return;
  for (const [i, y] of ys.entries())
    if (!y.requires_grad)
      throw new RuntimeError(
        what === "outputs"
          ? `Output ${i} of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode.`
          : `While computing the hessian, found that the jacobian of the user-provided function with respect to input ${i} is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example).`,
      );
}
function vectors(v: unknown, like: Several, name: string): readonly Tensor[] {
  const of = name === "vjp" ? "user-provided function returns" : "input to the user-provided function is";
  if (v === null || v === undefined) {
    if (like.tensors.length !== 1 || like.tensors[0].numel() !== 1)
      throw new RuntimeError(`The vector v can only be None if the ${of} a single Tensor with a single element.`);
    return like.tensors.map((x) => ones_like(x));
  }
  const { tensors, several } = givenTo(name, v, "v");
  if (tensors.length !== like.tensors.length)
    throw new RuntimeError(
      like.several
        ? `v is a tuple of invalid length: should be ${like.tensors.length} but got ${tensors.length}.`
        : "The given v should contain a single Tensor.",
    );
  for (const [i, x] of tensors.entries())
    if (!sameShape(x.sizes, like.tensors[i].sizes))
      throw new RuntimeError(
        `${several ? `Entry ${i} in ` : ""}v has invalid size: should be ${String(like.tensors[i].shape)} but got ${String(x.shape)}.`,
      );
  return tensors;
}
/** The one number that a function gives whose Hessian is taken. */
function scalarOf(name: string, y: unknown): Tensor {
  const { tensors, several } = givenTo(name, y, "outputs");
  if (several) throw new RuntimeError(`The function given to ${name} should return a single Tensor`);
  if (tensors[0].numel() !== 1)
    throw new RuntimeError(`The Tensor returned by the function given to ${name} should contain a single element`);
  return tensors[0].reshape([]);
}
const called = (f: unknown, xs: readonly Tensor[]): unknown => (f as (...xs: readonly Tensor[]) => unknown)(...xs);

/**
 * The Jacobian of a function: of each output by each input, with the output's dims first. `create_graph`: it can be
 * differentiated further; `strict`: raise if an output does not depend on an input; `vectorize`: all rows at once, by vmap;
 * `strategy`: "reverse-mode" or, if vectorized, "forward-mode". As `torch.autograd.functional.jacobian`; `torch.func.jacrev` is
 * its newer form.
 * @example torch.autograd.functional.jacobian((x: torch.Tensor) => x.sin(), torch.zeros(2)); // the identity
 */
export function jacobian<X extends Given, Y extends Given>(
  func: Fn<X, Y>,
  inputs: X,
  ...rest: ArgumentsAfter<"inputs", typeof JACOBIAN>
): Y extends Tensor ? X : X[];
export function jacobian(...args: unknown[]): unknown {
  const { func, inputs, create_graph, strict, vectorize, strategy } = bindArguments<typeof JACOBIAN, Bound>(
    JACOBIAN,
    args,
  );
  if (strategy !== "forward-mode" && strategy !== "reverse-mode")
    throw new AssertionError(
      'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".',
    );
  const forwards = strategy === "forward-mode";
  if (forwards && create_graph)
    throw new NotImplementedError(
      'torch.autograd.functional.jacobian: `create_graph=True` and `strategy="forward-mode"` are not supported together (yet). Please either set `create_graph=False` or `strategy="reverse-mode"`.',
    );
  if (forwards && strict)
    throw new RuntimeError(
      'torch.autograd.functional.jacobian: `strict=True` and `strategy="forward-mode"` are not supported together (yet). Please either set `strict=False` or `strategy="reverse-mode"`.',
    );
  if (forwards && !vectorize)
    throw new NotImplementedError(
      "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for `vectorize=True`.",
    );
  if (vectorize && strict)
    throw new RuntimeError(
      "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set `strict=False` or `vectorize=False`.",
    );
  const given = givenTo("jacobian", inputs, "inputs");
  const rows = forwards
    ? columns(func, given)
    : withGrad(true, () => rowsOf(func, given, create_graph, strict, vectorize));
  const each = rows.byOutput.map((parts) => oneOf(finished(parts, create_graph), given.several));
  return oneOf(each, rows.several) as never;
}
interface Rows {
  readonly byOutput: readonly (readonly Tensor[])[];
  readonly several: boolean;
}
function rowsOf(func: unknown, given: Several, create_graph: boolean, strict: boolean, vectorize: boolean): Rows {
  const xs = prepared(given.tensors, create_graph);
  const { tensors: ys, several } = givenTo("jacobian", called(func, xs), "outputs");
  assertRecorded(ys, strict);
  const byOutput = ys.map((y, output) => {
    const shapeOf = (x: Tensor): number[] => [...y.shape, ...x.shape];
    const flat = y.reshape([-1]);
    const n = flat.numel();
    const row = (v: Tensor): Tensor[] => filled(gradients([flat], xs, [v], create_graph), xs);
    if (vectorize) {
      const all = vmap(row)(eye(n, { dtype: y.dtype }));
      return all.map((whole, k) => whole.reshape(shapeOf(xs[k])));
    }
    const each = Array.from({ length: n }, (_, j) =>
      strictly(gradients([flat.select(0, j)], xs, [null], create_graph), xs, strict, create_graph, "jacobian", output),
    );
    return xs.map((x, k) => stack(each.map((grads) => grads[k])).view(shapeOf(x)));
  });
  return { byOutput, several };
}
function columns(func: unknown, given: Several): Rows {
  const xs = given.tensors.map((x) => x.detach());
  let several = false;
  const total = xs.reduce((n, x) => n + x.numel(), 0);
  let start = 0;
  const units = xs.map((x) => {
    const part = eye(total, { dtype: x.dtype })
      .narrow(1, start, x.numel())
      .reshape([total, ...x.shape]);
    start += x.numel();
    return part;
  });
  const push = (...vs: Tensor[]): Tensor[] => {
    const f = (...duals: Tensor[]): Tensor[] => {
      const made = givenTo("jacobian", called(func, duals), "outputs");
      several = made.several;
      return [...made.tensors];
    };
    return pushed(f, xs, vs)[1];
  };
  const byOutput = vmap(push)(...units).map((whole) => {
    const last = movedim(whole, 0, -1);
    let from = 0;
    return xs.map((x) => {
      const part = last.narrow(-1, from, x.numel()).reshape([...whole.shape.slice(1), ...x.shape]);
      from += x.numel();
      return part;
    });
  });
  return { byOutput, several };
}
/**
 * The second derivatives of a function that gives one number, each input by each input. As
 * `torch.autograd.functional.hessian`; `torch.func.hessian` is its newer form.
 */
export function hessian<X extends Given>(
  func: Fn<X, Tensor>,
  inputs: X,
  ...rest: ArgumentsAfter<"inputs", typeof HESSIAN>
): X extends Tensor ? Tensor : Tensor[][];
export function hessian(...args: unknown[]): unknown {
  const { func, inputs, create_graph, strict, vectorize, outer_jacobian_strategy } = bindArguments<
    typeof HESSIAN,
    Bound
  >(HESSIAN, args);
  const given = givenTo("hessian", inputs, "inputs");
  if (outer_jacobian_strategy !== "forward-mode" && outer_jacobian_strategy !== "reverse-mode")
    throw new AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".');
  const first = (...xs: Tensor[]): Given => {
    if (outer_jacobian_strategy === "forward-mode") {
      const [y, pull] = pulled((...leaves: Tensor[]) => scalarOf("hessian", called(func, leaves)), xs);
      return oneOf(pull(ones_like(y)), given.several);
    }
    const y = scalarOf("hessian", called(func, xs));
    assertRecorded([y], strict);
    const grads = filled(gradients([y], xs, [null], true), xs);
    assertRecorded(grads, strict, "jacobian");
    return oneOf(grads, given.several);
  };
  const options = { create_graph, strict, vectorize, strategy: outer_jacobian_strategy };
  return jacobian(first as never, inputs, options);
}
/** The value of a function, and the vector `v` times its Jacobian. As `torch.autograd.functional.vjp`. */
export function vjp<X extends Given, Y extends Given>(func: Fn<X, Y>, inputs: X, ...rest: Rest<Y>): [Y, X];
export function vjp(...args: unknown[]): unknown {
  const { func, inputs, v, create_graph, strict } = bound("vjp", args);
  const given = givenTo("vjp", inputs, "inputs");
  return withGrad(true, () => {
    const xs = prepared(given.tensors, create_graph);
    const out = givenTo("vjp", called(func, xs), "outputs");
    assertRecorded(out.tensors, strict);
    const vs = vectors(v, out, "vjp");
    const made = strictly(gradients(out.tensors, xs, vs, create_graph), xs, strict, create_graph, "back");
    return [
      oneOf(finished(out.tensors, create_graph), out.several),
      oneOf(finished(made, create_graph), given.several),
    ] as never;
  });
}
/** The value of a function, and its Jacobian times the vector `v`. As `torch.autograd.functional.jvp`. */
export function jvp<X extends Given, Y extends Given>(func: Fn<X, Y>, inputs: X, ...rest: Rest<X>): [Y, Y];
export function jvp(...args: unknown[]): unknown {
  const { func, inputs, v, create_graph, strict } = bound("jvp", args);
  const given = givenTo("jvp", inputs, "inputs");
  return withGrad(true, () => {
    const vs = vectors(v, given, "jvp");
    const xs = prepared(given.tensors, create_graph);
    const out = givenTo("jvp", called(func, xs), "outputs");
    assertRecorded(out.tensors, strict);
    // The product with the transposed Jacobian is linear in its vector: its own derivative is the Jacobian.
    const us = out.tensors.map((y) => zeros_like(y).requires_grad_());
    const transposed = strictly(gradients(out.tensors, xs, us, true), xs, strict, false, "back");
    const made = strictly(gradients(transposed, us, vs, create_graph), us, strict, create_graph, "back_trick");
    return [
      oneOf(finished(out.tensors, create_graph), out.several),
      oneOf(finished(made, create_graph), out.several),
    ] as never;
  });
}
/** The value of a function that gives one number, and `v` times its Hessian. As `torch.autograd.functional.vhp`. */
export function vhp<X extends Given>(func: Fn<X, Tensor>, inputs: X, ...rest: Rest<X>): [Tensor, X];
export function vhp(...args: unknown[]): unknown {
  return withHessian("vhp", args, (first, xs, vs, strict, create_graph) =>
    strictly(gradients(first, xs, vs, create_graph), xs, strict, create_graph, "double_back"),
  );
}
/** The value of a function that gives one number, and its Hessian times `v`. As `torch.autograd.functional.hvp`. */
export function hvp<X extends Given>(func: Fn<X, Tensor>, inputs: X, ...rest: Rest<X>): [Tensor, X];
export function hvp(...args: unknown[]): unknown {
  return withHessian("hvp", args, (first, xs, vs, strict, create_graph) => {
    const us = xs.map((x) => zeros_like(x).requires_grad_());
    const second = strictly(gradients(first, xs, us, true), xs, strict, false, "double_back");
    return strictly(gradients(second, us, vs, create_graph), us, strict, create_graph, "double_back_trick");
  });
}
/** The value of a function that gives one number, and a product with its Hessian, made of the gradient. */
function withHessian(
  name: "vhp" | "hvp",
  args: unknown[],
  product: (
    first: readonly Tensor[],
    xs: readonly Tensor[],
    vs: readonly Tensor[],
    strict: boolean,
    create_graph: boolean,
  ) => Tensor[],
): unknown {
  const { func, inputs, v, create_graph, strict } = bound(name, args);
  const given = givenTo(name, inputs, "inputs");
  return withGrad(true, () => {
    const vs = vectors(v, given, name);
    const xs = prepared(given.tensors, create_graph);
    const [y, first] = firstOf(name, func, xs, strict);
    const made = product(first, xs, vs, strict, create_graph);
    return [finished([y], create_graph)[0], oneOf(finished(made, create_graph), given.several)];
  });
}
function firstOf(name: string, func: unknown, xs: readonly Tensor[], strict: boolean): [Tensor, Tensor[]] {
  const out = givenTo(name, called(func, xs), "outputs");
  assertRecorded(out.tensors, strict);
  if (out.several) throw new RuntimeError(`The function given to ${name} should return a single Tensor`);
  const [y] = out.tensors;
  if (y.numel() !== 1)
    throw new RuntimeError(`The Tensor returned by the function given to ${name} should contain a single element`);
  const first = gradients([y], xs, [null], true);
  for (const [i, g] of strict ? first.entries() : []) {
    if (g === null) throw new RuntimeError(INDEPENDENT.back(i, 0));
    assertRecorded(first.slice(0, i + 1) as Tensor[], strict, "jacobian");
  }
  return [y, filled(first, xs)];
}
