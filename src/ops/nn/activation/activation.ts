// Activation functions.
import { modes } from "../../../autograd/mode.ts";
import { numberIn } from "../../common/looks.ts";
import { streamed } from "../../../base/cpp_names.ts";
import { int64 } from "../../../base/dtype.ts";
import { finfo } from "../../../base/dtype_info.ts";
import { RuntimeError, ValueError } from "../../../base/errors.ts";
import { wrapDim } from "../../../base/layout.ts";
import { constant } from "../../../kernel/expr.ts";
import type { Expr } from "../../../kernel/expr.ts";
import { normal } from "../../../kernel/formulas/normal.ts";
import { composite, compute, host } from "../../../kinds/kernels.ts";
import { define, inplace, op } from "../../../dispatch/declare.ts";
import { pointwise } from "../../../kinds/pointwise.ts";
import { default_generator } from "../../../random/generator.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { fromTyped } from "../../creation/from_data.ts";
import { linearIn } from "../../pointwise/piecewise.ts";
import { _where } from "../../pointwise/arithmetic.ts";
import {
  floats,
  floatsAndComplex,
  noBool,
  noComplex,
  notImplementedFor,
  realNumbers,
} from "../../../dispatch/takes.ts";
import { scatter } from "../../indexing/indexing.ts";

const zero = (x: Expr): Expr => constant(0, x.dtype);

/** x where it is positive, else 0. */
export const relu = op("relu(Tensor self) -> Tensor");
define(relu, {
  takes: [noComplex("clamp is not supported for complex types"), noBool("Boolean inputs not supported for relu")],
  // Zeros keep their sign and NaN passes, as in PyTorch.
  kernel: pointwise(({ self }) => self.lt(0).where(zero(self), self)),
  saves: ["result"],
  backward: { self: ({ grad, result }) => threshold_backward(grad, result, 0) },
});
export const relu_ = inplace(relu);
/** grad where self is above the threshold, else 0. */
export const threshold_backward = op("threshold_backward(Tensor grad_output, Tensor self, Scalar threshold) -> Tensor");
define(threshold_backward, {
  kernel: pointwise(({ grad_output, self, threshold }) => self.le(threshold).where(zero(self), grad_output)),
  saves: { grad_output: ["self"] },
  backward: {
    grad_output: ({ grad, self, threshold }) => threshold_backward(grad, self, threshold),
    self: ({ grad }) => grad.new_zeros(grad.sizes),
  },
});
/** x above `threshold`, `value` elsewhere. */
export const threshold = op("threshold(Tensor input, Scalar threshold, Scalar value, bool inplace=False) -> Tensor");
define(threshold, {
  takes: realNumbers("threshold_cpu"),
  kernel: pointwise(({ input, threshold, value }) => input.le(threshold).where(value, input)),
  saves: { input: ["input"] },
  backward: { input: ({ grad, input, threshold }) => threshold_backward(grad, input, threshold) },
});
/** x where it is positive, `negative_slope` * x elsewhere. */
export const leaky_relu = op("leaky_relu(Tensor input, float negative_slope=0.01, bool inplace=False) -> Tensor");
define(leaky_relu, {
  takes: floats("leaky_relu_cpu"),
  kernel: pointwise(({ input, negative_slope }) => input.gt(0).where(input, input.mul(negative_slope))),
  saves: ["input"],
  backward: { input: ({ grad, input, negative_slope }) => _where(input.gt(0), grad, grad.mul(negative_slope)) },
  flat: ["input"],
});
/**
 * x where it is positive, a * x elsewhere: a drawn for each element, uniformly from [lower, upper), in training; their mean
 * in evaluation. As `torch.nn.functional.rrelu`. Xu et al., "Empirical evaluation of rectified activations" (2015).
 */
export const rrelu = op(
  "rrelu(Tensor input, float lower=0.125, float upper=0.3333333333333333, bool training=False, bool inplace=False) -> Tensor",
);
define(rrelu, {
  kernel: composite(({ input, lower, upper, training }) => {
    if (lower > upper) throw new RuntimeError("Lower bound should be less than or equal to the upper bound");
    for (const [name, bound] of Object.entries({ lower, upper }))
      if (!Number.isFinite(bound)) throw new RuntimeError(`rrelu: ${name} bound must be finite, got ${bound}`);
    if (training && !input.dtype.is_floating_point) throw notImplementedFor("rrelu_with_noise_out_cpu", input.dtype);
    if (!training) return leaky_relu(input, (lower + upper) / 2);
    return linearIn(input).mul(_rrelu_slopes(input.detach(), lower, upper));
  }),
  node: "RreluWithNoiseBackward0",
});
/** 1 where x is positive (or NaN), a draw from [lower, upper) elsewhere. @internal */
export const _rrelu_slopes = op("_rrelu_slopes(Tensor input, float lower, float upper) -> Tensor");
define(_rrelu_slopes, {
  kernel: host(({ input, lower, upper }) => {
    const slopes = (input.double().typed_array() as Float64Array).map((x) =>
      x <= 0 ? default_generator.randomDouble() * (upper - lower) + lower : 1,
    );
    return fromTyped(slopes, input.sizes, input.dtype);
  }),
});
/** x where it is positive, alpha * (exp(x) - 1) elsewhere. */
export const elu = op("elu(Tensor input, float alpha=1.0, bool inplace=False) -> Tensor");
define(elu, { kernel: composite(({ input, alpha }) => _elu(input, alpha, 1, 1)) });
/** scale * x where x is positive, scale * alpha * (exp(input_scale * x) - 1) elsewhere: of {@link elu} and its kin. @internal */
export const _elu = op("_elu(Tensor input, float alpha, float scale, float input_scale) -> Tensor");
define(_elu, {
  takes: floats("elu_cpu"),
  kernel: pointwise(({ input, alpha, scale, input_scale }) =>
    input.gt(0).where(input.mul(scale), input.min(0).mul(input_scale).apply("expm1").mul(alpha.mul(scale))),
  ),
  saves: ["input"],
  backward: {
    input({ grad, input, alpha, scale, input_scale }) {
      // What is 0 counts as below in the first derivative, and as above in the second.
      const below = _where(input.lt(0), input, 0);
      const slope = below
        .mul(input_scale)
        .exp()
        .mul(input_scale * alpha * scale);
      return grad.mul(_where(input.le(0), slope, scale));
    },
  },
  node: "EluBackward0",
});
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;
/** A scaled {@link elu} under which mean 0 and variance 1 reproduce themselves. */
export const selu = op("selu(Tensor input, bool inplace=False) -> Tensor");
define(selu, { kernel: composite(({ input }) => _elu(input, SELU_ALPHA, SELU_SCALE, 1)) });
/** {@link elu} with the exponent divided by alpha. */
export const celu = op("celu(Tensor input, float alpha=1.0, bool inplace=False) -> Tensor");
define(celu, {
  kernel: composite(({ input, alpha }) => {
    if (alpha === 0) throw new RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU");
    return _elu(input, alpha, 1, 1 / alpha);
  }),
  node: "CeluBackward0",
});

/** 1 / √(2π). */
const NORMAL = 1 / Math.sqrt(2 * Math.PI);
const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
const assertApproximation = (approximate: string): void => {
  if (approximate !== "none" && approximate !== "tanh")
    throw new RuntimeError("approximate argument must be either none or tanh.");
};
/** x * Φ(x), Φ the normal distribution's; `approximate: "tanh"` is the usual approximation. */
export const gelu = op("gelu(Tensor input, str approximate='none') -> Tensor");
define(gelu, {
  takes: floats("GeluKernelImpl"),
  kernel: pointwise(({ input: x, approximate }) => {
    assertApproximation(approximate);
    if (approximate === "none") return x.mul(normal(x).below);
    const inner = x.mul(SQRT_2_OVER_PI).mul(x.mul(x).mul(0.044715).add(1));
    return x.mul(0.5).mul(inner.tanh().add(1));
  }),
  saves: ["input"],
  backward: { input: ({ grad, input, approximate }) => gelu_backward(grad, input, approximate) },
});
/** grad times the derivative of {@link gelu}. */
export const gelu_backward = op("gelu_backward(Tensor grad_output, Tensor input, str approximate='none') -> Tensor");
define(gelu_backward, {
  kernel: pointwise(({ grad_output, input: x, approximate }) => {
    if (approximate === "none") {
      const { below, density } = normal(x);
      return grad_output.mul(x.mul(density).add(below));
    }
    const square = x.mul(x);
    const t = x.mul(SQRT_2_OVER_PI).mul(square.mul(0.044715).add(1)).tanh();
    const slope = square.mul(3 * 0.044715 * SQRT_2_OVER_PI).add(SQRT_2_OVER_PI);
    const rest = t.mul(t).neg().add(1);
    return grad_output.mul(t.add(1).mul(0.5).add(x.mul(0.5).mul(rest).mul(slope)));
  }),
  saves: { grad_output: ["input"], input: ["grad_output", "input"] },
  backward: {
    grad_output: ({ grad, input, approximate }) => gelu_backward(grad, input, approximate),
    input: ({ grad, grad_output, input, approximate }) => grad.mul(grad_output).mul(geluCurve(input, approximate)),
  },
});
/** The second derivative of gelu. */
function geluCurve(x: Tensor, approximate: string): Tensor {
  const square = x.mul(x);
  if (approximate === "none") return square.rsub(2).mul(square.mul(-0.5).exp().mul(NORMAL));
  const t = x.mul(SQRT_2_OVER_PI).mul(square.mul(0.044715).add(1)).tanh();
  const slope = square.mul(3 * 0.044715 * SQRT_2_OVER_PI).add(SQRT_2_OVER_PI);
  const bend = x.mul(6 * 0.044715 * SQRT_2_OVER_PI).sub(t.mul(slope).mul(slope).mul(2));
  return t
    .mul(t)
    .rsub(1)
    .mul(slope.add(x.mul(0.5).mul(bend)));
}
/** x * sigmoid(x). */
export const silu = op("silu(Tensor input, bool inplace=False) -> Tensor");
define(silu, {
  takes: floatsAndComplex("silu_cpu"),
  kernel: pointwise(({ input }) => input.mul(input.sigmoid())),
  saves: ["input"],
  backward: {
    input: ({ grad, input }) => {
      const s = input.sigmoid();
      return grad.mul(s.mul(input.mul(s.rsub(1)).add(1)));
    },
  },
});
/** x * tanh(softplus(x)). */
export const mish = op("mish(Tensor input, bool inplace=False) -> Tensor");
define(mish, {
  takes: floats("mish_cpu"),
  kernel: composite(({ input }) => input.mul(softplus(input).tanh())),
  node: "MishBackward0",
});
/** log(1 + exp(beta * x)) / beta, x itself where beta * x is above the threshold. */
export const softplus = op("softplus(Tensor input, float beta=1.0, float threshold=20.0) -> Tensor");
define(softplus, {
  takes: floats("softplus_cpu"),
  kernel: pointwise(({ input, beta, threshold }) => {
    const z = input.mul(beta);
    return z.gt(threshold).where(input, z.exp().log1p().div(beta));
  }),
  saves: ["input"],
  backward: {
    input: ({ grad, input, beta, threshold }) => {
      const z = input.mul(beta);
      // Where it becomes straight it has a slope of both, and PyTorch no curvature.
      const curved = modes().grad ? _where(z.eq(threshold), z.detach(), z) : z;
      return _where(z.gt(threshold), grad, grad.mul(curved.sigmoid()));
    },
  },
});
/** x / (1 + |x|). */
export const softsign = op("softsign(Tensor input) -> Tensor");
define(softsign, { kernel: composite(({ input }) => input.div(input.abs().add(1))) });
/** x kept between min_val and max_val. */
export const hardtanh = op(
  "hardtanh(Tensor input, float min_val=-1.0, float max_val=1.0, bool inplace=False) -> Tensor",
);
define(hardtanh, {
  takes: [noBool("Bool inputs not supported for hardtanh"), noComplex("clamp is not supported for complex types")],
  kernel: composite(({ input, min_val, max_val }) => {
    if (min_val > max_val) throw new ValueError("min_val cannot be greater than max_val");
    if (!input.dtype.is_signed && min_val < 0)
      throw new RuntimeError("cannot do hardtanh on an unsigned type with negative limits");
    return _hardtanh(input, min_val, max_val);
  }),
});
/** {@link hardtanh} with bounds known to be right. @internal */
export const _hardtanh = op("_hardtanh(Tensor input, float min_val, float max_val) -> Tensor");
define(_hardtanh, {
  kernel: pointwise(({ input, min_val, max_val }) => input.max(min_val).min(max_val)),
  saves: ["input"],
  backward: { input: ({ grad, input, min_val, max_val }) => hardtanh_backward(grad, input, min_val, max_val) },
  node: "HardtanhBackward0",
});
/** grad where self is between the bounds, else 0. */
export const hardtanh_backward = op(
  "hardtanh_backward(Tensor grad_output, Tensor self, Scalar min_val, Scalar max_val) -> Tensor",
);
define(hardtanh_backward, {
  kernel: pointwise(({ grad_output, self, min_val, max_val }) =>
    self.le(min_val).or(self.ge(max_val)).where(zero(grad_output), grad_output),
  ),
  saves: { grad_output: ["self"] },
  backward: {
    grad_output: ({ grad, self, min_val, max_val }) => hardtanh_backward(grad, self, min_val, max_val),
    self: ({ grad }) => grad.new_zeros(grad.sizes),
  },
});
/** x kept between 0 and 6. */
export const relu6 = op("relu6(Tensor input, bool inplace=False) -> Tensor");
define(relu6, { kernel: composite(({ input }) => hardtanh(input, 0, 6)) });
/** A straight line in place of the sigmoid. */
export const hardsigmoid = op("hardsigmoid(Tensor input, bool inplace=False) -> Tensor");
define(hardsigmoid, {
  takes: floats("hardsigmoid_cpu"),
  kernel: pointwise(({ input }) => input.add(3).max(0).min(6).div(6)),
  saves: ["input"],
  backward: { input: ({ grad, input }) => _where(input.gt(-3).logical_and(input.lt(3)), grad.div(6), 0) },
  flat: ["input"],
});
/** x * hardsigmoid(x). */
export const hardswish = op("hardswish(Tensor input, bool inplace=False) -> Tensor");
define(hardswish, {
  takes: floats("hardswish_cpu"),
  kernel: composite(({ input }) => input.mul(hardsigmoid(input))),
  node: "HardswishBackward0",
});
const logSigmoid = pointwise<"logsigmoid(Tensor input) -> Tensor">(({ input }) =>
  input.min(0).sub(input.abs().neg().exp().log1p()),
);
/** log(sigmoid(x)), without overflow. */
export const logsigmoid = op("logsigmoid(Tensor input) -> Tensor");
define(logsigmoid, {
  takes: floats("log_sigmoid_cpu"),
  kernel: {
    ...logSigmoid,
    kind: "compute",
    // Its result lies in rows, however the input lies.
    run: ([input], schema) => logSigmoid.run([(input as Tensor).contiguous()], schema),
  },
  saves: ["input"],
  backward: { input: ({ grad, input }) => grad.mul(input.neg().sigmoid()) },
  node: "LogSigmoidBackward0",
});
/** x moved towards 0 by `lambd`, 0 within it. */
export const softshrink = op("softshrink(Tensor input, float lambd=0.5) -> Tensor");
define(softshrink, {
  takes: floats("softshrink_check"),
  kernel: composite(({ input, lambd }) => {
    const { max } = finfo(input.dtype);
    if (!(lambd >= 0 && lambd <= max))
      throw new RuntimeError(
        `lambda must be in range [0, ${streamed(max)}] for input dtype ${input.dtype.legacyName}, but found ${streamed(lambd)}`,
      );
    return _softshrink(input, lambd);
  }),
});
/** {@link softshrink} by a number known to be right. @internal */
export const _softshrink = op("_softshrink(Tensor input, float lambd) -> Tensor");
define(_softshrink, {
  kernel: pointwise(({ input, lambd }) =>
    input.gt(lambd).where(input.sub(lambd), input.lt(lambd.neg()).where(input.add(lambd), input.mul(0))),
  ),
  saves: ["input"],
  backward: { input: ({ grad, input, lambd }) => _where(input.abs().le(lambd), 0, grad) },
  flat: ["input"],
  node: "SoftshrinkBackward0",
});
/** x, but 0 within [-lambd, lambd]. */
export const hardshrink = op("hardshrink(Tensor self, float lambd=0.5) -> Tensor");
define(hardshrink, {
  takes: floats("hardshrink_cpu"),
  // Of 16-bit floats lambd is one.
  kernel: pointwise(({ self, lambd }, compute) =>
    self.abs().le(lambd.cast(compute).cast(lambd.dtype)).where(zero(self), self),
  ),
  saves: ["self"],
  backward: { self: ({ grad, self, lambd }) => _where(self.abs().le(lambd), 0, grad) },
  flat: ["self"],
});
/** x - tanh(x). */
export const tanhshrink = op("tanhshrink(Tensor input) -> Tensor");
define(tanhshrink, { kernel: composite(({ input }) => input.sub(input.tanh())) });
/** The first half along `dim` times the sigmoid of the second. */
export const glu = op("glu(Tensor input, int dim=-1) -> Tensor");
define(glu, {
  takes: floats("glu_cpu"),
  kernel: composite(({ input, dim }) => {
    if (input.sizes.length === 0)
      throw new RuntimeError("glu does not support scalars because halving size must be even");
    const n = input.size(dim);
    if (n % 2 !== 0)
      throw new RuntimeError(
        `Halving dimension must be even, but dimension ${wrapDim(dim, input.sizes.length)} is size ${n}`,
      );
    const [a, b] = input.chunk(2, dim);
    return a.mul(b.sigmoid());
  }),
  node: "GluBackward0",
});
/** x where it is positive, weight * x elsewhere; one weight, or one a channel. */
export const prelu = op("prelu(Tensor self, Tensor weight) -> Tensor");
define(prelu, {
  kernel: composite(({ self, weight }) => {
    if (weight.sizes.length > 1)
      throw new RuntimeError(
        `prelu: Expected \`weight\` to be a scalar or 1D tensor, but got: ndim = ${weight.sizes.length}`,
      );
    if (weight.dtype !== self.dtype)
      throw new RuntimeError(
        `prelu: Type promoting not supported. Got ${self.dtype.legacyName} and ${weight.dtype.legacyName}`,
      );
    if (!self.dtype.is_floating_point) throw notImplementedFor("prelu_cpu", self.dtype);
    if (self.sizes.length === 0 && weight.numel() !== 1) throw new RuntimeError("Not allow zero-dim input tensor.");
    const channels = self.sizes.length > 1 ? self.sizes[1] : 1;
    if (weight.numel() !== 1 && weight.numel() !== channels)
      throw new RuntimeError(
        `Mismatch of parameter numbers and input channel size. Found parameter numbers = ${weight.numel()} and channel size = ${channels}.`,
      );
    const w =
      weight.numel() === 1 ? weight.reshape([]) : weight.reshape(self.sizes.map((_, d) => (d === 1 ? channels : 1)));
    return _prelu_kernel(self, w);
  }),
});
/** {@link prelu} with a weight that broadcasts. @internal */
export const _prelu_kernel = op("_prelu_kernel(Tensor self, Tensor weight) -> Tensor");
define(_prelu_kernel, {
  kernel: pointwise(({ self, weight }) => self.gt(0).where(self, self.mul(weight))),
  saves: { self: ["self", "weight"], weight: ["self"] },
  backward: {
    self: ({ grad, self, weight }) => _where(self.gt(0), grad, grad.mul(weight)),
    weight: ({ grad, self }) => _where(self.gt(0), 0, grad.mul(self)),
  },
  flat: ["self", "weight"],
});
/** softmax(-x). */
export const softmin = op("softmin(Tensor input, int dim, *, dtype? dtype=None) -> Tensor");
define(softmin, { kernel: composite(({ input, dim, dtype }) => input.neg().softmax(dim, { dtype })) });
/** x over its p-norm along `dim`. */
export const normalize = op("normalize(Tensor input, float p=2.0, int[] dim=1, float eps=1e-12) -> Tensor");
define(normalize, {
  kernel: composite(({ input, p, dim, eps }) => input.div(input.norm(p, dim, true).clamp_min(eps).expand(input.sizes))),
});

/** One-hot vectors of the given class numbers, as a new last dim. int64. */
export const one_hot = op("one_hot(Tensor input, int num_classes=-1) -> Tensor");
define(one_hot, {
  kernel: compute(({ input, num_classes }) => {
    if (input.dtype !== int64) throw new RuntimeError("one_hot is only applicable to index tensor of type LongTensor.");
    if (input.numel() === 0 && num_classes <= 0)
      throw new RuntimeError("Can not infer total number of classes from empty tensor.");
    const [least, largest] =
      input.numel() === 0 ? [0, -1] : [numberIn(input.min(), 0), numberIn(input.max(), num_classes - 1)];
    if (least < 0) throw new RuntimeError("Class values must be non-negative.");
    if (num_classes !== -1 && num_classes < 1) throw new RuntimeError("num_classes should be positive");
    if (num_classes !== -1 && largest >= num_classes)
      throw new RuntimeError("Class values must be smaller than num_classes.");
    const n = num_classes === -1 ? largest + 1 : num_classes;
    return scatter(input.new_zeros([...input.sizes, n]), -1, input.unsqueeze(-1), 1);
  }),
});
