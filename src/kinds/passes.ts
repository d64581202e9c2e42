// Reductions in several passes over the reduced dims, see Note [Passes]: softmax, norms and their derivatives.
import type { Dtype, Scalar } from "../base/dtype.ts";
import { input } from "../kernel/expr.ts";
import type { Expr } from "../kernel/expr.ts";
import type { Accumulator, Operand, StoreMode } from "../kernel/loops.ts";
import { Kernel, operand } from "../kernel/loops.ts";
import { contiguousStrides, expandStrides } from "../base/layout.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { empty } from "../tensor/allocate.ts";

/** What is stored: at every element in a pass, or once for each result. */
export interface PassOutput {
  readonly value: Expr;
  readonly pass?: number;
  readonly mode?: StoreMode;
  /** Number of the result that gets it. */
  readonly to: number;
}
export interface PassesBody {
  readonly accs: readonly Accumulator[];
  readonly outputs: readonly PassOutput[];
}
export type Passes = (
  inputs: readonly Tensor[],
  dims: readonly number[],
  params?: readonly Scalar[],
  form?: number,
) => Tensor[];
/** Accumulator `i`: a sum. */
export const sumOf = (i: Expr, value: Expr, pass: number): Accumulator => ({
  dtype: i.dtype,
  init: i.lift(0),
  step: i.add(value),
  combine: (a, b) => a.add(b),
  pass,
});

/**
 * Runs passes over `dims` of the first input, to whose shape the others broadcast; float32 or float64, results of the dtype
 * of the first, params of that of the last. Results are of its shape, or with those dims of size 1 if they are stored once.
 * `body` is asked once for each `form`, a small number that tells kernels of one family apart, and for each last dtype.
 */
export function passes(body: (inputs: readonly Expr[], dtype: Dtype, form: number) => PassesBody): Passes {
  const kernels = new Map<number, { readonly kernel: Kernel; readonly to: readonly number[] }>();
  return (inputs, dims, params = [], form = 0) => {
    const [{ dtype, sizes, backend }] = inputs;
    const last = inputs[inputs.length - 1].dtype;
    const key = (dtype.code * 16 + last.code) * 16 + form;
    let made = kernels.get(key);
    if (made === undefined) {
      const { accs, outputs } = body(
        inputs.map((t, i) => input(i, t.dtype)),
        dtype,
        form,
      );
      const kernel = new Kernel({
        inputs: inputs.map((t) => t.dtype),
        params: params.map(() => last),
        outputs: outputs.map(({ to: _, ...o }) => ({ dtype, ...o })),
        reduce: { accs, scan: false },
      });
      kernels.set(key, (made = { kernel, to: outputs.map((o) => o.to) }));
    }
    const { kernel, to } = made;
    const order = dimsInOrder(sizes.length, dims);
    const kept = sizes.map((n, d) => (dims.includes(d) ? 1 : n));
    const keptStrides = expandStrides(kept, contiguousStrides(kept), sizes);
    const inOrder = (t: Tensor, strides: readonly number[]): Operand => operand(t, picked(strides, order));
    const { outputs } = kernel;
    const results: Tensor[] = [];
    for (let i = 0; i < outputs.length; i++)
      results[to[i]] ??= empty(outputs[i].pass === undefined ? kept : sizes, dtype, undefined, backend);
    const operands = new Array<Operand>(inputs.length + outputs.length);
    for (let i = 0; i < inputs.length; i++)
      operands[i] = inOrder(inputs[i], expandStrides(inputs[i].sizes, inputs[i].strides, sizes));
    for (let i = 0; i < outputs.length; i++) {
      const result = results[to[i]];
      operands[inputs.length + i] = inOrder(result, outputs[i].pass === undefined ? keptStrides : result.strides);
    }
    backend.launch(kernel, { shape: picked(sizes, order), reduced: dims.length, operands, params });
    return results;
  };
}
/** The other dims, then `dims`. */
function dimsInOrder(rank: number, dims: readonly number[]): number[] {
  const order = new Array<number>(rank);
  let at = 0;
  for (let d = 0; d < rank; d++) if (!dims.includes(d)) order[at++] = d;
  for (let i = 0; i < dims.length; i++) order[at + i] = dims[i];
  return order;
}
function picked(list: readonly number[], places: readonly number[]): number[] {
  const out = new Array<number>(places.length);
  for (let i = 0; i < places.length; i++) out[i] = list[places[i]];
  return out;
}
