// An optimizer's update of a parameter as one kernel: one pass over the parameter, its state and its gradient.
import { markChanged } from "../autograd/inplace.ts";
import { modes } from "../autograd/mode.ts";
import type { Dtype } from "../base/dtype.ts";
import { float32, float64 } from "../base/dtype.ts";
import { isElsewhere } from "../dispatch/placement.ts";
import { input, param } from "../kernel/expr.ts";
import { Kernel, operand } from "../kernel/loops.ts";
import type { Operand } from "../kernel/loops.ts";
import { view_as_real } from "../ops/pointwise/complex.ts";
import { settled } from "../tensor/elementwise.ts";
import { full } from "../ops/creation/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The arithmetic that updates are written in: of kernels, and of tensors. */
interface Term<T> {
  add(y: T): T;
  sub(y: T): T;
  mul(y: T): T;
  div(y: T): T;
  max(y: T): T;
  sqrt(): T;
  abs(): T;
}
/**
 * The new values of the tensors that an update changes, from those before, the gradient and some numbers. It is asked once
 * for each `form`, a small number that tells apart what options make of an update.
 */
type Body = <T extends Term<T>>(changed: readonly T[], grad: T, numbers: readonly T[], form: number) => readonly T[];
/** Changes tensors of one shape in place. Numbers are tensors where a recorded step has a gradient for them. */
type Update = (changed: readonly Tensor[], grad: Tensor, numbers: readonly (number | Tensor)[], form?: number) => void;

/**
 * An update in one pass. It computes in float32, or in float64 for parameters of that; complex numbers are pairs of reals.
 * Where operations are recorded (`differentiable` optimizers) the same text runs on tensors, and autograd knows its steps.
 */
export function onePass(body: Body): Update {
  const kernels = new Map<number, Kernel>();
  return (changed, grad, numbers, form = 0) => {
    const count = changed.length;
    const tensors = new Array<Tensor>(count + 1);
    for (let i = 0; i < count; i++) tensors[i] = asReal(changed[i]);
    tensors[count] = asReal(grad);
    if (modes().grad) return recorded(body, tensors, numbers, form);
    let key = form;
    for (const t of tensors) key = key * 32 + t.dtype.code;
    let kernel = kernels.get(key);
    if (kernel === undefined) {
      kernel = kernelOf(
        body,
        tensors.map((t) => t.dtype),
        numbers.length,
        form,
      );
      kernels.set(key, kernel);
    }
    const [{ sizes, backend }] = tensors;
    for (const t of tensors) if (t.backend !== backend) throw isElsewhere(t, backend);
    const operands = new Array<Operand>(2 * count + 1);
    for (let i = 0; i <= count; i++) operands[i] = operand(tensors[i], tensors[i].strides);
    for (let i = 0; i < count; i++) operands[count + 1 + i] = operands[i];
    backend.launch(kernel, { shape: sizes, reduced: 0, operands, params: numbers as readonly number[] });
    for (const t of changed) markChanged(t.storage, "optimizer.step()");
  };
}
function recorded(body: Body, tensors: readonly Tensor[], numbers: readonly (number | Tensor)[], form: number): void {
  const wide = wideOf(tensors[0].dtype);
  // Copies, for formulas keep what they read, and these tensors are written.
  const terms = tensors.map((t) => t.to({ dtype: wide, copy: true }));
  const grad = terms.pop()!;
  const values = body<Tensor>(
    terms,
    grad,
    numbers.map((x) => (typeof x === "number" ? full([], x, { dtype: wide }) : x)),
    form,
  );
  for (const [i, value] of values.entries()) tensors[i].copy_(value);
}
const wideOf = (dtype: Dtype): Dtype => (dtype === float64 ? float64 : float32);
const asReal = (t: Tensor): Tensor => (t.dtype.is_complex ? view_as_real(settled(t)) : t);
function kernelOf(body: Body, dtypes: readonly Dtype[], numbers: number, form: number): Kernel {
  const wide = wideOf(dtypes[0]);
  const inputs = dtypes.map((dtype, i) => input(i, dtype).cast(wide));
  const params = Array.from({ length: numbers }, () => wide);
  const grad = inputs.pop()!;
  const values = body(
    inputs,
    grad,
    params.map((dtype, i) => param(i, dtype)),
    form,
  );
  return new Kernel({
    inputs: dtypes,
    params,
    outputs: values.map((value, i) => ({ dtype: dtypes[i], value: value.cast(dtypes[i]) })),
  });
}
