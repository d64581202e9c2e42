// torch.autograd.backward and torch.autograd.grad: checks, then the engine.
import { typeWord } from "../tensor/type_word.ts";
import { AssertionError, help, RuntimeError, TypeError, ValueError, warn } from "../base/errors.ts";
import { list, sameShape } from "../base/layout.ts";
import { observer } from "../base/observer.ts";
import { Tensor } from "../tensor/tensor.ts";
import { runBackward } from "./engine.ts";
import type { Edge } from "./node.ts";
import { gradientEdge } from "./node.ts";

export interface BackwardOptions {
  /** Keep the saved tensors, so that backward can run again. Defaults to `create_graph`. */
  retain_graph?: boolean | null;
  /** Record the backward itself, for derivatives of derivatives. */
  create_graph?: boolean;
  /** Accumulate into these tensors only. */
  inputs?: Tensor | readonly Tensor[] | null;
}
export interface GradOptions {
  retain_graph?: boolean | null;
  create_graph?: boolean;
  /** Give null for an input that the outputs do not depend on, in place of an error. */
  allow_unused?: boolean | null;
  /** Give zeros for such an input. */
  materialize_grads?: boolean;
}

const asList = (x: Tensor | readonly Tensor[]): readonly Tensor[] =>
  x instanceof Tensor ? [x] : Array.isArray(x) ? x : [...x];

/** Sum of gradients of `tensors` into `.grad` of the leaves, as `torch.autograd.backward`. */
export function backward(
  tensors: Tensor | readonly Tensor[],
  grad_tensors: Tensor | readonly (Tensor | null)[] | null = null,
  { retain_graph = null, create_graph = false, inputs = null }: BackwardOptions = {},
): void {
  const outputs = asList(tensors);
  const wanted = inputs === null ? null : asList(inputs);
  if (wanted?.length === 0) throw new RuntimeError("`inputs` argument to `backward()` cannot be empty.");
  const roots = observedRoots(outputs, grad_tensors, create_graph);
  wanted?.forEach((t) => t.retain_grad());
  if (create_graph)
    warn(
      "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to use this function, make sure to reset the .grad fields of your parameters to None after use to break the cycle and avoid the leak.",
    );
  runBackward({
    roots,
    keepGraph: retain_graph ?? create_graph,
    createGraph: create_graph,
    inputs: wanted?.map(inputEdge) ?? null,
    accumulate: true,
  });
}

/** Gradients of `outputs` with respect to `inputs`, as a list; touches no `.grad`. As `torch.autograd.grad`. */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  grad_outputs?: Tensor | readonly (Tensor | null)[] | null,
  options?: GradOptions & { allow_unused?: false | null },
): Tensor[];
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  grad_outputs: Tensor | readonly (Tensor | null)[] | null | undefined,
  options: GradOptions,
): (Tensor | null)[];
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  grad_outputs: Tensor | readonly (Tensor | null)[] | null = null,
  { retain_graph = null, create_graph = false, allow_unused = null, materialize_grads = false }: GradOptions = {},
): (Tensor | null)[] {
  if (materialize_grads && allow_unused === false)
    throw new ValueError(
      "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.",
    );
  const wanted = asList(inputs);
  if (wanted.length === 0) throw new RuntimeError("`inputs` argument to `grad()` cannot be empty.");
  const roots = observedRoots(asList(outputs), grad_outputs, create_graph);
  const grads = runBackward({
    roots,
    keepGraph: retain_graph ?? create_graph,
    createGraph: create_graph,
    inputs: wanted.map(inputEdge),
    accumulate: false,
  });
  return grads.map((g, i) => {
    if (g !== null) return g;
    if (materialize_grads) return wanted[i].new_zeros(wanted[i].sizes, { requires_grad: create_graph });
    observer.current?.note?.("unused", wanted[i]);
    if (!allow_unused)
      throw new RuntimeError(
        `The differentiated Tensor at index ${i} appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.`,
      );
    return null;
  });
}

function inputEdge(t: Tensor): Edge {
  if (!(t instanceof Tensor))
    throw new RuntimeError(`all inputs have to be Tensors or GradientEdges, but got ${typeWord(t)}`);
  const edge = gradientEdge(t);
  if (edge === null) throw new RuntimeError("One of the differentiated Tensors does not require grad");
  return edge;
}
function observedRoots(...given: Parameters<typeof rootsOf>): ReturnType<typeof rootsOf> {
  const { current } = observer;
  if (current === null) return rootsOf(...given);
  current.note?.("roots", true);
  try {
    return rootsOf(...given);
  } finally {
    current.note?.("roots", false);
  }
}
function rootsOf(
  outputs: readonly Tensor[],
  given: Tensor | readonly (Tensor | null)[] | null,
  createGraph: boolean,
): { edge: Edge; grad: Tensor }[] {
  if (outputs.some((t) => !(t instanceof Tensor))) throw new AssertionError("Expected output to be a torch.Tensor");
  if (given !== null && !(given instanceof Tensor) && !Array.isArray(given))
    throw new TypeError(`'${typeWord(given)}' object is not iterable`);
  const grads =
    given === null ? outputs.map(() => null) : given instanceof Tensor ? [given] : (given as (Tensor | null)[]);
  if (grads.length !== outputs.length)
    throw new RuntimeError(`got ${outputs.length} tensors and ${grads.length} gradients`);
  return outputs.map((t, i) => {
    const grad = grads[i];
    if (grad !== null && !(grad instanceof Tensor))
      throw new TypeError(`gradients can be either Tensors or None, but got ${typeWord(grad)}`);
    const checked = grad === null ? implicitGrad(t) : matching(t, grad, i);
    const edge = gradientEdge(t);
    if (edge === null) {
      observer.current?.note?.("rootless", t);
      throw new RuntimeError(
        `element ${i} of tensors does not require grad and does not have a grad_fn\n` +
          "Nothing that it was computed from requires grad. Make what is to be learnt with " +
          help({ TypeScript: "{ requires_grad: true }", Python: "requires_grad=True" }) +
          " or as an nn.Parameter, " +
          "and look for what cuts the graph on the way: detach(), torch.no_grad, an integer dtype, a tensor made anew from numbers.",
      );
    }
    return { edge, grad: createGraph ? checked : checked.detach() };
  });
}
function implicitGrad(t: Tensor): Tensor {
  if (!t.requires_grad) return t;
  if (t.numel() !== 1)
    throw new RuntimeError(
      "grad can be implicitly created only for scalar outputs\n" +
        `This tensor has shape ${list(t.sizes)}. Reduce it to one number first, by sum() or mean(), or pass a gradient of its shape: x.backward(torch.ones_like(x)) is that of the sum.`,
    );
  if (t.dtype.is_complex)
    throw new RuntimeError(
      `grad can be implicitly created only for real scalar outputs but got ${String(t.dtype)}\nTake abs() or real() of it first, or pass a gradient.`,
    );
  return t.new_ones(t.sizes);
}
/** The gradient given for an output, if it can be one. */
export function matching(t: Tensor, grad: Tensor, i: number): Tensor {
  if (!sameShape(t.sizes, grad.sizes))
    throw new RuntimeError(
      `Mismatch in shape: grad_output[${i}] has a shape of ${String(grad.shape)} and output[${i}] has a shape of ${String(t.shape)}.`,
    );
  if (grad.dtype.is_complex !== t.dtype.is_complex)
    throw new RuntimeError(
      `For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: grad_output[${i}] has a dtype of ${String(grad.dtype)} and output[${i}] has a dtype of ${String(t.dtype)}.`,
    );
  return grad.dtype === t.dtype ? grad : grad.to(t.dtype);
}
