// Reductions in several passes over the reduced dims, see Note [Passes]: softmax, norms and their derivatives.
import type { Dtype, Scalar } from "../dtype.ts";
import { input } from "../kernel/expr.ts";
import type { Expr } from "../kernel/expr.ts";
import type { Accumulator, StoreMode } from "../kernel/loops.ts";
import { Kernel } from "../kernel/loops.ts";
import { contiguousStrides, expandStrides } from "../layout.ts";
import type { Tensor } from "../tensor.ts";
import { empty } from "../allocate.ts";

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
 * Runs passes over `dims` of the first input, to whose shape the others broadcast; all of one dtype, float32 or float64.
 * Results are of its shape, or with those dims of size 1 if they are stored once. `body` is asked once for each `form`, a
 * small number that tells kernels of one family apart.
 */
export function passes(body: (inputs: readonly Expr[], dtype: Dtype, form: number) => PassesBody): Passes {
  const kernels = new Map<number, { readonly kernel: Kernel; readonly to: readonly number[] }>();
  return (inputs, dims, params = [], form = 0) => {
    const [{ dtype, sizes, backend }] = inputs;
    const key = dtype.code * 16 + form;
    let made = kernels.get(key);
    if (made === undefined) {
      const { accs, outputs } = body(
        inputs.map((_, i) => input(i, dtype)),
        dtype,
        form,
      );
      const kernel = new Kernel({
        inputs: inputs.map(() => dtype),
        params: params.map(() => dtype),
        outputs: outputs.map(({ to: _, ...o }) => ({ dtype, ...o })),
        reduce: { accs, scan: false },
      });
      kernels.set(key, (made = { kernel, to: outputs.map((o) => o.to) }));
    }
    const { kernel, to } = made;
    const free = sizes.flatMap((_, d) => (dims.includes(d) ? [] : [d]));
    const order = [...free, ...dims];
    const kept = sizes.map((n, d) => (dims.includes(d) ? 1 : n));
    const results: Tensor[] = [];
    for (const [i, o] of kernel.outputs.entries())
      results[to[i]] ??= empty(o.pass === undefined ? kept : sizes, dtype, undefined, backend);
    const operands = [
      ...inputs.map((t) => ({ ptr: t.ptr, strides: expandStrides(t.sizes, t.strides, sizes) })),
      ...kernel.outputs.map((o, i) => ({
        ptr: results[to[i]].ptr,
        strides: o.pass === undefined ? expandStrides(kept, contiguousStrides(kept), sizes) : results[to[i]].strides,
      })),
    ];
    backend.launch(kernel, {
      shape: order.map((d) => sizes[d]),
      reduced: dims.length,
      operands: operands.map(({ ptr, strides }) => ({ ptr, strides: order.map((d) => strides[d]) })),
      params,
    });
    return results;
  };
}
