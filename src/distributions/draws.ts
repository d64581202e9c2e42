// Draws that only distributions need, as ops: PyTorch's torch._standard_gamma, torch._sample_dirichlet, torch.binomial.
import { empty } from "../tensor/allocate.ts";
import { compute } from "../kinds/kernels.ts";
import { define, op } from "../dispatch/declare.ts";
import { notImplemented } from "../dispatch/no_formula.ts";
import { floats } from "../dispatch/takes.ts";
import { dirichletGradient, gammaGradient } from "../numerics/reparameterized.ts";
import { elements, filledOnHost, fromTyped } from "../ops/creation/from_data.ts";
import { binomial as drawBinomial, dirichletFill, gammaFill } from "../random/gamma.ts";
import type { FloatArray } from "../random/fill.ts";
import { default_generator } from "../random/generator.ts";
import type { Tensor } from "../tensor/tensor.ts";

function drawn(like: Tensor, fill: (out: FloatArray) => void): Tensor {
  const out = empty(like.sizes, like.dtype);
  filledOnHost(out, fill);
  return out;
}
/** f of each element of tensors of one shape. */
function mapped(tensors: readonly Tensor[], f: (...x: number[]) => number): Tensor {
  const [first, ...more] = tensors.map((t) => elements(t) as FloatArray);
  const out = first.map((x, i) => f(x, ...more.map((values) => values[i])));
  return fromTyped(out, tensors[0].sizes, tensors[0].dtype);
}

/** Gamma variates of rate 1 with the shapes that `input` holds. Differentiable, as `torch._standard_gamma`. @internal */
export const _standard_gamma = op("_standard_gamma(Tensor input, Generator? generator=None) -> Tensor");
/** d result / d input of {@link _standard_gamma}. @internal */
export const _standard_gamma_grad = op("_standard_gamma_grad(Tensor input, Tensor output) -> Tensor");
define(_standard_gamma_grad, {
  takes: floats("_standard_gamma_grad_cpu"),
  kernel: compute(({ input, output }) => mapped([input, output], gammaGradient)),
  backward: { input: notImplemented("_standard_gamma_grad"), output: notImplemented("_standard_gamma_grad") },
});
define(_standard_gamma, {
  takes: floats("gamma"),
  kernel: compute(({ input, generator }) =>
    drawn(input, (out) => gammaFill(elements(input) as FloatArray, out, generator ?? default_generator)),
  ),
  saves: ["input", "result"],
  backward: { input: ({ grad, input, result }) => grad.mul(_standard_gamma_grad(input, result)) },
});

/** Draws from Dirichlet distributions whose concentrations are along the last dim. @internal */
export const _sample_dirichlet = op("_sample_dirichlet(Tensor input, Generator? generator=None) -> Tensor");
/** How each part moves with its concentration, apart from the others' share. @internal */
export const _dirichlet_grad = op("_dirichlet_grad(Tensor x, Tensor alpha, Tensor total) -> Tensor");
define(_dirichlet_grad, {
  kernel: compute(({ x, alpha, total }) => mapped([x, alpha, total], dirichletGradient)),
  backward: {
    x: notImplemented("_dirichlet_grad"),
    alpha: notImplemented("_dirichlet_grad"),
    total: notImplemented("_dirichlet_grad"),
  },
});
define(_sample_dirichlet, {
  takes: floats("dirichlet"),
  kernel: compute(({ input, generator }) =>
    drawn(input, (out) =>
      dirichletFill(elements(input) as FloatArray, input.size(-1), out, generator ?? default_generator),
    ),
  ),
  saves: ["input", "result"],
  backward: {
    input: ({ grad, input, result }) => {
      const total = input.sum(-1, true).expand_as(input);
      return _dirichlet_grad(result, input, total).mul(grad.sub(result.mul(grad).sum(-1, true)));
    },
  },
});

/** Successes in `count` trials, each with the chance `prob`; both of one shape. As `torch.binomial`. */
export const binomial = op("binomial(Tensor count, Tensor prob, Generator? generator=None) -> Tensor");
define(binomial, {
  takes: floats("binomial_cpu"),
  kernel: compute(({ count, prob, generator }) =>
    mapped([count, prob], (n, p) => drawBinomial(n, p, generator ?? default_generator)),
  ),
  backward: { prob: ({ grad }) => grad.new_zeros(grad.sizes) },
});
