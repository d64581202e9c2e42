// The negative log likelihood and its gradient, each in one kernel over the targets.
import { empty } from "../../../tensor/allocate.ts";
import type { Dtype } from "../../../base/dtype.ts";
import { index, precise } from "../../../kernel/abstract.ts";
import { acc, constant, input, load, param } from "../../../kernel/expr.ts";
import type { Expr } from "../../../kernel/expr.ts";
import { Kernel, operand } from "../../../kernel/loops.ts";
import type { Accumulator, Operand } from "../../../kernel/loops.ts";
import { expandStrides } from "../../../base/layout.ts";
import type { Tensor } from "../../../tensor/tensor.ts";

const cached = <A extends unknown[]>(make: (...args: A) => Kernel, keyOf: (...args: A) => number): typeof make => {
  const kernels = new Map<number, Kernel>();
  return (...args) => {
    const key = keyOf(...args);
    let kernel = kernels.get(key);
    if (kernel === undefined) kernels.set(key, (kernel = make(...args)));
    return kernel;
  };
};
const sum = (i: Expr, value: Expr): Accumulator => ({
  dtype: i.dtype,
  init: i.lift(0),
  step: i.add(value),
  combine: (a, b) => a.add(b),
});

const whole = (t: Tensor): Operand => operand(t, t.strides);

/** Which results there are: the losses, their sum, or that over the sum of the weights. */
const REDUCTIONS = ["none", "sum", "mean"];
/** A target that counts, the number of its class, its weight; params are `ignore` and a class's stride in the weights. */
function chosen(target: Dtype, dtype: Dtype, weight: number | null): { kept: Expr; at: Expr; weight: Expr } {
  const t = input(0, target).cast(index);
  const kept = t.ne(param(0, index));
  const at = kept.where(t, t.lift(0));
  const one = weight === null ? constant(1, dtype) : load(weight, dtype, at.mul(param(1, index)));
  return { kept, at, weight: kept.where(one, one.lift(0)) };
}
const losses = cached(
  (target: Dtype, dtype: Dtype, weighted: boolean, reduction: number) => {
    const { kept, at, weight } = chosen(target, dtype, weighted ? 2 : null);
    const x = load(1, dtype, at.mul(param(2, index)));
    const loss = kept.where(x.neg().mul(weight), x.lift(0));
    const inputs = [target, dtype, ...(weighted ? [dtype] : [])];
    const params = [index, index, index];
    if (reduction === 0) return new Kernel({ inputs, params, outputs: [{ dtype, value: loss }] });
    const [total, weights] = [acc(0, precise), acc(1, precise)];
    const accs = [sum(total, loss.cast(precise)), sum(weights, weight.cast(precise))];
    const result = reduction === 1 ? total : total.div(weights);
    const outputs = [{ dtype, value: result.cast(dtype) }];
    return new Kernel({ inputs, params, outputs, reduce: { accs: accs.slice(0, reduction), scan: false } });
  },
  (target, dtype, weighted, reduction) => ((target.code * 32 + dtype.code) * 2 + Number(weighted)) * 3 + reduction,
);
/** Losses of targets known to be in bounds; classes are in dim `c` of x. */
export function nllLosses(
  x: Tensor,
  target: Tensor,
  weight: Tensor | null,
  ignore: number,
  reduction: string,
  c: number,
): Tensor {
  const { dtype, backend } = x;
  const { sizes } = target;
  const folds = reduction !== "none";
  const out = empty(folds ? [] : sizes, dtype, undefined, backend);
  const still = sizes.map(() => 0);
  const operands = [
    whole(target),
    operand(x, alongTargets(x, c, sizes)),
    ...(weight === null ? [] : [operand(weight, still)]),
    operand(out, folds ? still : out.strides),
  ];
  backend.launch(losses(target.dtype, dtype, weight !== null, REDUCTIONS.indexOf(reduction)), {
    shape: sizes,
    reduced: folds ? sizes.length : 0,
    operands,
    params: [ignore, weight?.strides[0] ?? 0, x.strides[c]],
  });
  return out;
}
const totals = cached(
  (target: Dtype, dtype: Dtype, weighted: boolean) => {
    const { weight } = chosen(target, dtype, weighted ? 1 : null);
    const total = acc(0, precise);
    return new Kernel({
      inputs: [target, ...(weighted ? [dtype] : [])],
      params: [index, index],
      outputs: [{ dtype, value: total.cast(dtype) }],
      reduce: { accs: [sum(total, weight.cast(precise))], scan: false },
    });
  },
  (target, dtype, weighted) => (target.code * 32 + dtype.code) * 2 + Number(weighted),
);
/** The sum of the weights of all targets. */
export function totalWeight(target: Tensor, weight: Tensor | null, ignore: number, dtype: Dtype): Tensor {
  const { sizes, backend } = target;
  const out = empty([], dtype, undefined, backend);
  const still = sizes.map(() => 0);
  const operands = [whole(target), ...(weight === null ? [] : [operand(weight, still)]), operand(out, still)];
  const params = [ignore, weight?.strides[0] ?? 0];
  backend.launch(totals(target.dtype, dtype, weight !== null), {
    shape: sizes,
    reduced: sizes.length,
    operands,
    params,
  });
  return out;
}
/** Strides of [N, C, …] for the dims of targets, [N, …]; scores [C] may have a target of one dim. */
const alongTargets = (x: Tensor, c: number, target: readonly number[]): number[] => {
  const rest = x.strides.toSpliced(c, 1);
  return rest.length === target.length ? rest : target.map(() => 0);
};

const gradients = cached(
  (target: Dtype, dtype: Dtype, weighted: boolean) => {
    const { kept, at, weight } = chosen(target, dtype, weighted ? 3 : null);
    const [grad, total] = [input(1, dtype), input(2, dtype)];
    const value = kept.where(grad.neg().mul(weight.div(total)), grad.lift(0));
    return new Kernel({
      inputs: [target, dtype, dtype, ...(weighted ? [dtype] : [])],
      params: [index, index, index],
      outputs: [{ dtype, value, offset: at.mul(param(2, index)) }],
    });
  },
  (target, dtype, weighted) => (target.code * 32 + dtype.code) * 2 + Number(weighted),
);
/** The gradient of x [N, C, …] from that of the losses, or of their sum over `total`. */
export function nllGradient(
  grad: Tensor,
  target: Tensor,
  weight: Tensor | null,
  total: Tensor,
  ignore: number,
  sizes: readonly number[],
  c: number,
): Tensor {
  const { dtype, backend } = grad;
  const out = grad.new_zeros(sizes);
  const over = (t: Tensor): Operand => operand(t, expandStrides(t.sizes, t.strides, target.sizes));
  const operands = [
    over(target),
    over(grad),
    over(total),
    ...(weight === null
      ? []
      : [
          operand(
            weight,
            target.sizes.map(() => 0),
          ),
        ]),
    operand(out, alongTargets(out, c, target.sizes)),
  ];
  backend.launch(gradients(target.dtype, dtype, weight !== null), {
    shape: target.sizes,
    reduced: 0,
    operands,
    params: [ignore, weight?.strides[0] ?? 0, out.strides[c]],
  });
  return out;
}
