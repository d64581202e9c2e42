// A norm in passes: the mean, the mean square of what is left, the result; and the derivatives the same way.
//
// A mean is rounded, which shifts all that is left where it is large. The mean of what is left tells by how much.
import { madeOfOps } from "../../../autograd/open_levels.ts";
import { float64, opmath } from "../../../base/dtype.ts";
import type { Dtype } from "../../../base/dtype.ts";
import { acc, constant, param } from "../../../kernel/expr.ts";
import type { Expr } from "../../../kernel/expr.ts";
import type { Shape } from "../../../base/layout.ts";
import type { Accumulator } from "../../../kernel/loops.ts";
import { passes, sumOf } from "../../../kinds/passes.ts";
import type { Tensor } from "../../../tensor/tensor.ts";

/** Which of a family: bits that say whether there is a mean to subtract, a weight, a bias. */
const [CENTRED, WEIGHT, BIAS, LONG] = [1, 2, 4, 8];
const formOf = (count: number, centred: boolean, weight: Tensor | null, bias: Tensor | null = null): number =>
  (centred ? CENTRED : 0) + (weight === null ? 0 : WEIGHT) + (bias === null ? 0 : BIAS) + (count > AT_ONCE ? LONG : 0);
/** Of so many numbers a sum of float32 is near enough; of more it is one of float64, at half the speed. */
const AT_ONCE = 4096;
/** A sum of a norm: what it adds up, and its result in the norm's dtype. */
function summed(i: number, dtype: Dtype, form: number): { sum: Expr; add: (value: Expr, pass: number) => Accumulator } {
  const own = acc(i, form & LONG ? float64 : dtype);
  return { sum: own.cast(dtype), add: (value, pass) => sumOf(own, value.cast(own.dtype), pass) };
}

/** Of x and, if they are there, weight and bias, with the params 1 / count and eps. */
const norm = passes(([x, ...affine], dtype, form) => {
  const [perCount, eps] = [param(0, dtype), param(1, dtype)];
  const [squares, total, left] = [0, 1, 2].map((i) => summed(i, dtype, form));
  const centred = (form & CENTRED) !== 0;
  const mean = centred ? total.sum.mul(perCount) : constant(0, dtype);
  const rest = centred ? x.sub(mean) : x;
  const square = squares.sum.mul(perCount);
  // Where squares overflow there is nothing to take out: the variance is infinite, not inf - inf.
  const shift = square.lt(constant(Infinity, dtype)).where(left.sum.mul(perCount), constant(0, dtype));
  const variance = centred ? square.sub(shift.mul(shift)).max(0) : square;
  const rstd = constant(1, dtype).div(variance.add(eps).sqrt());
  const normed = (centred ? rest.sub(shift) : rest).mul(rstd);
  const scaled = form & WEIGHT ? normed.mul(affine[0]) : normed;
  const pass = centred ? 1 : 0;
  return {
    accs: [squares.add(rest.mul(rest), pass), ...(centred ? [total.add(x, 0), left.add(rest, 1)] : [])],
    outputs: [
      { value: form & BIAS ? scaled.add(affine[affine.length - 1]) : scaled, pass: pass + 1, to: 0 },
      { value: centred ? mean.add(shift) : mean, to: 1 },
      { value: rstd, to: 2 },
    ],
  };
});
const normal = (x: Expr, mean: Expr, rstd: Expr): Expr => x.sub(mean).mul(rstd);
/** Of the gradient, x, mean, rstd and, if it is there, weight, with the param 1 / count. */
const gradient = passes(([grad, x, mean, rstd, weight], dtype, form) => {
  const g = form & WEIGHT ? grad.mul(weight) : grad;
  const y = normal(x, mean, rstd);
  const [ofProduct, ofGrad] = [0, 1].map((i) => summed(i, dtype, form));
  const perCount = param(0, dtype);
  const centred = (form & CENTRED) !== 0;
  const rest = centred ? g.sub(ofGrad.sum.mul(perCount)) : g;
  return {
    accs: [ofProduct.add(g.mul(y), 0), ...(centred ? [ofGrad.add(g, 0)] : [])],
    outputs: [{ value: rest.sub(y.mul(ofProduct.sum.mul(perCount))).mul(rstd), pass: 1, to: 0 }],
  };
});
const ofWeight = passes(([grad, x, mean, rstd], dtype, form) => {
  const { sum, add } = summed(0, dtype, form);
  return { accs: [add(grad.mul(normal(x, mean, rstd)), 0)], outputs: [{ value: sum, to: 0 }] };
});
const countOver = (dims: readonly number[], { sizes }: Tensor): number => dims.reduce((n, d) => n * sizes[d], 1);

/** The kernel of `_normalize`. */
export function normalized(
  x: Tensor,
  dims: readonly number[],
  weight: Tensor | null,
  bias: Tensor | null,
  eps: number,
  centred: boolean,
): Tensor[] {
  const inputs = [x, weight, bias].filter((t) => t !== null).map((t) => t.to(x.dtype));
  const count = countOver(dims, x);
  return norm(inputs, dims, [1 / count, eps], formOf(count, centred, weight, bias));
}
/** Whether derivatives may be taken in passes: they are not differentiable themselves. */
const inPasses = (grad: Tensor, x: Tensor): boolean =>
  !madeOfOps() && grad.dtype === x.dtype && opmath(x.dtype) === x.dtype;
/** The gradient of x, or null where it must be differentiable. */
export function inputGradient(
  grad: Tensor,
  x: Tensor,
  mean: Tensor,
  rstd: Tensor,
  weight: Tensor | null,
  dims: readonly number[],
  centred: boolean,
): Tensor | null {
  if (!inPasses(grad, x)) return null;
  const inputs = [grad, x, mean, rstd, ...(weight === null ? [] : [weight.to(x.dtype)])];
  const count = countOver(dims, x);
  return gradient(inputs, dims, [1 / count], formOf(count, centred, weight))[0];
}
/** The gradient of a weight of so many sizes, or null where it must be differentiable. */
export function weightGradient(grad: Tensor, x: Tensor, mean: Tensor, rstd: Tensor, weight: Shape): Tensor | null {
  if (!inPasses(grad, x)) return null;
  const first = x.sizes.length - weight.length;
  const dims = x.sizes.flatMap((n, d) => (d < first || weight[d - first] !== n ? [d] : []));
  return ofWeight([grad, x, mean, rstd], dims, [], formOf(countOver(dims, x), false, null))[0].view(weight);
}
