// Softmax and its logarithm, and their derivatives, each in passes over the dim.
import { madeOfOps } from "../../../autograd/open_levels.ts";
import type { Dtype } from "../../../base/dtype.ts";
import { opmath } from "../../../base/dtype.ts";
import { constant, acc } from "../../../kernel/expr.ts";
import type { Expr } from "../../../kernel/expr.ts";
import { expBelow0, raisedExp } from "../../../kernel/formulas/exponential.ts";
import type { Accumulator } from "../../../kernel/loops.ts";
import { wrapDims } from "../../../base/layout.ts";
import { composite, compute, inOpmath } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import { passes, sumOf } from "../../../kinds/passes.ts";
import type { Passes } from "../../../kinds/passes.ts";
import { notImplementedFor } from "../../../dispatch/takes.ts";
import type { Tensor } from "../../../tensor/tensor.ts";

/** The larger of two, a number where there is one: one instruction, where max takes eight. */
const larger = (a: Expr, b: Expr): Expr => a.lt(b).where(b, a);
/** The largest element, which is subtracted so that exp cannot overflow. What is NaN shows in the sum. */
const largest = (x: Expr, dtype: Dtype): Accumulator => ({
  dtype,
  init: constant(-Infinity, dtype),
  step: larger(acc(0, dtype), x),
  combine: larger,
});
/** The exponentials are kept where the result will be, and then divided by their sum. */
const softmaxOf = passes(([x], dtype) => {
  const [top, total] = [acc(0, dtype), acc(1, dtype)];
  const e = raisedExp(x.sub(top));
  return {
    accs: [largest(x, dtype), sumOf(total, e, 1)],
    outputs: [
      { value: e, pass: 1, to: 0 },
      { value: constant(1, dtype).div(total), mode: "mul", pass: 2, to: 0 },
    ],
  };
});
const logSoftmaxOf = passes(([x], dtype) => {
  const [top, total] = [acc(0, dtype), acc(1, dtype)];
  const centred = x.sub(top);
  return {
    accs: [largest(x, dtype), sumOf(total, expBelow0(centred), 1)],
    outputs: [{ value: centred.sub(total.log()), pass: 2, to: 0 }],
  };
});
const softmaxGradient = passes(([grad, y], dtype) => ({
  accs: [sumOf(acc(0, dtype), grad.mul(y), 0)],
  outputs: [{ value: y.mul(grad.sub(acc(0, dtype))), pass: 1, to: 0 }],
}));
const logSoftmaxGradient = passes(([grad, y], dtype) => ({
  accs: [sumOf(acc(0, dtype), grad, 0)],
  outputs: [{ value: grad.sub(expBelow0(y).mul(acc(0, dtype))), pass: 1, to: 0 }],
}));
/** Runs passes along one dim. */
function along(run: Passes, name: string, self: Tensor, dim: number): Tensor {
  const dims = wrapDims([dim], self.sizes.length);
  if (!self.dtype.is_floating_point && self.numel() > 0)
    throw notImplementedFor(`${name}${dims[0] >= self.sizes.length - 1 ? "_lastdim" : ""}_kernel_impl`, self.dtype);
  return self.numel() === 0 ? self.clone() : run([self], dims)[0];
}
/** A gradient in passes, where it need not be differentiable and the dtypes are such. */
function inPasses(run: Passes, grad: Tensor, result: Tensor, dim: number): Tensor | null {
  if (madeOfOps() || grad.dtype !== result.dtype || opmath(grad.dtype) !== grad.dtype || grad.numel() === 0)
    return null;
  return run([grad, result], wrapDims([dim], grad.sizes.length))[0];
}

/** exp(x) over its sum along `dim`: positive numbers that add up to 1. */
export const softmax = op("softmax(Tensor self, int dim, dtype? dtype=None) -> Tensor");
define(softmax, { kernel: composite(({ self, dim, dtype }) => _softmax(dtype ? self.to(dtype) : self, dim)) });
/** @internal */
export const _softmax = op("_softmax(Tensor self, int dim) -> Tensor");
define(_softmax, {
  kernel: inOpmath(compute(({ self, dim }) => along(softmaxOf, "softmax", self, dim))),
  saves: ["result"],
  backward: {
    self: ({ grad, result, dim }) =>
      inPasses(softmaxGradient, grad, result, dim) ?? result.mul(grad.sub(grad.mul(result).sum([dim], true))),
  },
  node: "SoftmaxBackward0",
});
/** log(softmax(x)), without the loss of digits of doing it in two steps. */
export const log_softmax = op("log_softmax(Tensor self, int dim, dtype? dtype=None) -> Tensor");
define(log_softmax, { kernel: composite(({ self, dim, dtype }) => _log_softmax(dtype ? self.to(dtype) : self, dim)) });
/** @internal */
export const _log_softmax = op("_log_softmax(Tensor self, int dim) -> Tensor");
define(_log_softmax, {
  kernel: inOpmath(compute(({ self, dim }) => along(logSoftmaxOf, "log_softmax", self, dim))),
  saves: ["result"],
  backward: {
    self: ({ grad, result, dim }) =>
      inPasses(logSoftmaxGradient, grad, result, dim) ?? grad.sub(result.exp().mul(grad.sum([dim], true))),
  },
  node: "LogSoftmaxBackward0",
});
