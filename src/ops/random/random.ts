// Random numbers: PyTorch's streams, by src/random/generator.ts. The order of draws is PyTorch's.
import { cppName } from "../../base/cpp_names.ts";
import type { Dtype, TypedArray } from "../../base/dtype.ts";
import { bool, get_default_dtype, int64 } from "../../base/dtype.ts";
import { NotImplementedError, RuntimeError } from "../../base/errors.ts";
import { isHalf } from "../../kernel/half.ts";
import { copyStrides, isDense } from "../../base/layout.ts";
import { empty as allocate, emptyLike } from "../../tensor/allocate.ts";
import { composite, compute } from "../../kinds/kernels.ts";
import { define, inplace, op } from "../../dispatch/declare.ts";
import type { OpKernel } from "../../dispatch/declare.ts";
import { assertNoOverlap, assign } from "../../tensor/elementwise.ts";
import { default_generator } from "../../random/generator.ts";
import type { Generator } from "../../random/generator.ts";
import * as draw from "../../random/fill.ts";
import type { FloatArray } from "../../random/fill.ts";
import {
  bernoulliByInLanes,
  bernoulliInLanes,
  exponentialInLanes,
  normalInLanes,
  randintInLanes,
  uniformInLanes,
} from "../../random/in_lanes.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { asLeaf, checkSize, elements, filledOnHost, fromTyped } from "../creation/from_data.ts";
import { floats, notImplementedFor, onlyFloats, real, realNumbers } from "../../dispatch/takes.ts";

/** A fresh tensor filled on the host. Nothing is drawn for no elements. */
function drawn(size: readonly number[], dtype: Dtype, fill: (out: never, t: Tensor) => void): Tensor {
  const out = allocate(checkSize(size), dtype);
  filledOnHost(out, (values) => fill(values, out));
  return out;
}
/** `t` with uniform draws from [from, to) for its elements, in the order in which they lie. */
function uniformly(t: Tensor, from: number, to: number, g: Generator): Tensor {
  if (!uniformInLanes(t, from, to, g)) filledOnHost(t, (out) => draw.uniformFill(out, from, to, g, t.dtype));
  return t;
}
/** The same with normal ones; `std` is that of each part of complex numbers. */
function normally(t: Tensor, mean: number, std: number, g: Generator): Tensor {
  if (!normalInLanes(t, mean, std, g)) filledOnHost(t, (out) => draw.normalFill(out, mean, std, g, isHalf(t.dtype)));
  return t;
}
/** The same with whole numbers from [low, high). */
export function integersInto(t: Tensor, low: number | bigint, high: number | bigint, g: Generator): Tensor {
  if (!randintInLanes(t, low, high, g)) filledOnHost(t, (out) => draw.randintFill(out, low, high, g, t.dtype));
  return t;
}
/** The same with 1 where the chance in `p`, which lies as `t` does, comes true, else 0. */
function chosen(t: Tensor, p: Tensor, g: Generator): Tensor {
  const chances = isHalf(p.dtype) ? p.float() : p;
  const read = (): TypedArray => chances.backend.download(chances.dtype, chances, chances.numel()).slice();
  if (!bernoulliByInLanes(t, chances, g)) filledOnHost(t, (out) => draw.bernoulliFill(out, read() as FloatArray, g));
  return t;
}
/** Both parts of a complex number are drawn, one after the other. */
function floating(name: string, dtype: Dtype | null): Dtype {
  const d = dtype ?? get_default_dtype();
  if (!d.is_floating_point && !d.is_complex)
    throw new NotImplementedError(`"${name}" not implemented for '${d.legacyName}'`);
  return d;
}
/** Of each part of complex numbers, whose variances add up. */
const deviation = (std: number, dtype: Dtype): number => (dtype.is_complex ? std / Math.sqrt(2) : std);
const by = (g: Generator | null): Generator => g ?? default_generator;

/** Uniform in [0, 1). */
export const rand = op(
  "rand(SymInt[] size, *, Generator? generator=None, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(rand, {
  kernel: compute(({ size, generator, dtype, requires_grad }) =>
    asLeaf(
      uniformly(allocate(checkSize(size), floating("check_uniform_bounds", dtype)), 0, 1, by(generator)),
      requires_grad,
    ),
  ),
});
/** Normal with mean 0 and variance 1. */
export const randn = op(
  "randn(SymInt[] size, *, Generator? generator=None, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
define(randn, {
  kernel: compute(({ size, generator, dtype, requires_grad }) =>
    asLeaf(
      normally(
        allocate(checkSize(size), floating("normal_kernel_cpu", dtype)),
        0,
        deviation(1, dtype ?? get_default_dtype()),
        by(generator),
      ),
      requires_grad,
    ),
  ),
});
/** The numbers 0 … n - 1 in random order. */
export const randperm = op(
  "randperm(int n, *, Generator? generator=None, dtype? dtype=None, device? device=None, layout? layout=None) -> Tensor",
);
define(randperm, {
  kernel: compute(({ n, generator, dtype }) => {
    if (n < 0) throw new RuntimeError(`Trying to create tensor with negative dimension ${n}: [${n}]`);
    if (dtype !== null && (dtype === bool || dtype.is_complex)) throw notImplementedFor("randperm", dtype);
    const t = fromTyped(draw.randperm(n, by(generator)), [n], int64);
    return dtype === null ? t : t.to(dtype);
  }),
});
/** {@link rand} at the sizes, dtype and strides of `self`. */
export const rand_like = op(
  "rand_like(Tensor self, *, Generator? generator=None, dtype? dtype=None, device? device=None, bool requires_grad=False, memory_format? memory_format=None, layout? layout=None) -> Tensor",
);
define(rand_like, {
  kernel: compute(({ self, generator, requires_grad, ...made }) => {
    floating("check_uniform_bounds", made.dtype ?? self.dtype);
    return asLeaf(uniform_(emptyLike(self, made), 0, 1, { generator }), requires_grad);
  }),
});
/** {@link randn} at the sizes, dtype and strides of `self`. */
export const randn_like = op(
  "randn_like(Tensor self, *, Generator? generator=None, dtype? dtype=None, device? device=None, bool requires_grad=False, memory_format? memory_format=None, layout? layout=None) -> Tensor",
);
define(randn_like, {
  kernel: compute(({ self, generator, requires_grad, ...made }) => {
    floating("normal_kernel_cpu", made.dtype ?? self.dtype);
    return asLeaf(normal_(emptyLike(self, made), 0, 1, { generator }), requires_grad);
  }),
});

/**
 * An op that overwrites self with draws.
 *
 * Note [Order of draws]: PyTorch draws for the elements in the order in which they lie in memory, not in the order of their
 * indices: a tensor and its transpose get the same numbers at the same places of memory.
 */
function overwrite(fill: (target: Tensor, values: readonly unknown[], self: Tensor) => void): OpKernel {
  const fresh = (self: Tensor, values: readonly unknown[]): Tensor => {
    const out = allocate(self.sizes, self.dtype, copyStrides(self.geometry), self.backend);
    fill(out, values, self);
    return out;
  };
  return {
    kind: "compute",
    run: (values) => fresh(values[0] as Tensor, values),
    into: (values, _schema, target) => {
      assertNoOverlap(target, []);
      if (isDense(target.sizes, target.strides)) fill(target, values, target);
      else assign(target, fresh(target, values));
    },
  };
}
/** {@link overwrite} by what fills an array. */
const overwriteOnHost = (fill: (out: never, values: readonly unknown[], self: Tensor) => void): OpKernel =>
  overwrite((target, values, self) => filledOnHost(target, (drawn) => fill(drawn, values, self)));
const generatorAt = (values: readonly unknown[], i: number): Generator =>
  by((values[i] as Generator | null | undefined) ?? null);
const isFloat = (name: string, self: Tensor): void => void floating(name, self.dtype);

/** Self's elements replaced by uniform draws from [from, to). */
export const uniform = op("uniform(Tensor self, float from=0.0, float to=1.0, *, Generator? generator=None) -> Tensor");
define(uniform, {
  kernel: overwrite((target, v, self) => {
    isFloat("check_uniform_bounds", self);
    uniformly(target, v[1] as number, v[2] as number, generatorAt(v, 3));
  }),
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
});
export const uniform_ = inplace(uniform);
/** Self's elements replaced by normal draws. */
export const normal = op("normal(Tensor self, float mean=0.0, float std=1.0, *, Generator? generator=None) -> Tensor");
define(normal, {
  kernel: overwrite((target, v, self) => {
    isFloat("normal_kernel_cpu", self);
    const [mean, std, g] = [v[1] as number, deviation(v[2] as number, self.dtype), generatorAt(v, 3)];
    // Only what lies in row-major order is drawn in blocks.
    if (self.is_contiguous()) normally(target, mean, std, g);
    else filledOnHost(target, (out) => draw.normalFillSingly(out, mean, std, g));
  }),
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
});
export const normal_ = inplace(normal);
const continuous = (name: string, specified: string): string =>
  `${name} distribution is a continuous probability distribution. dtype must be a floating point but you specified ${specified}`;
/** Self's elements replaced by draws from an exponential distribution. */
export const exponential = op("exponential(Tensor self, float lambd=1.0, *, Generator? generator=None) -> Tensor");
define(exponential, {
  takes: onlyFloats((d) => continuous("Exponential", d.legacyName)),
  kernel: overwrite((target, v) => {
    const [lambda, g] = [v[1] as number, generatorAt(v, 2)];
    if (!exponentialInLanes(target, lambda, g)) filledOnHost(target, (out) => draw.exponentialFill(out, lambda, g));
  }),
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
});
export const exponential_ = inplace(exponential);
/** Self's elements replaced by exp of normal draws. */
export const log_normal = op(
  "log_normal(Tensor self, float mean=1.0, float std=2.0, *, Generator? generator=None) -> Tensor",
);
define(log_normal, {
  kernel: overwriteOnHost((out, v, self) => {
    if (self.dtype.is_complex) throw notImplementedFor("log_normal_cpu", self.dtype);
    isFloat("log_normal_cpu", self);
    draw.logNormalFill(out, v[1] as number, v[2] as number, generatorAt(v, 3));
  }),
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
});
export const log_normal_ = inplace(log_normal);
/** Self's elements replaced by draws from a Cauchy distribution. */
export const cauchy = op(
  "cauchy(Tensor self, float median=0.0, float sigma=1.0, *, Generator? generator=None) -> Tensor",
);
define(cauchy, {
  takes: onlyFloats((d) => continuous("Cauchy", cppName(d))),
  kernel: overwriteOnHost((out, v) => {
    draw.cauchyFill(out, v[1] as number, v[2] as number, generatorAt(v, 3));
  }),
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
});
export const cauchy_ = inplace(cauchy);
/** Self's elements replaced by numbers of trials, each successful with probability `p`, to the first success. */
export const geometric = op("geometric(Tensor self, float p, *, Generator? generator=None) -> Tensor");
define(geometric, {
  takes: realNumbers("geometric_cpu"),
  kernel: overwriteOnHost((out, v) => draw.geometricFill(out, v[1] as number, generatorAt(v, 2))),
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
});
export const geometric_ = inplace(geometric);
/** Draws as a function of mean and deviation, whose derivative counts as 0. @internal */
export const _drawn_by = op("_drawn_by(Tensor self, Tensor|Scalar mean, Tensor|Scalar std) -> Tensor");
define(_drawn_by, {
  kernel: compute(({ self }) => self),
  backward: {
    mean: ({ grad, sizes }) => grad.new_zeros(sizes.mean),
    std: ({ grad, sizes }) => grad.new_zeros(sizes.std),
  },
  node: ({ mean, std }) => `NormalBackward${mean !== undefined ? 2 : std !== undefined ? 1 : 3}`,
});
/** Counts drawn from Poisson distributions with the rates that `input` holds. As `torch.poisson`. */
export const poisson = op("poisson(Tensor input, Generator? generator=None) -> Tensor");
define(poisson, {
  takes: floats("poisson_cpu"),
  kernel: compute(({ input, generator }) => {
    const rates = (): FloatArray => input.double().typed_array() as FloatArray;
    return drawn(input.sizes, input.dtype, (out) => draw.poissonFill(rates(), out, by(generator)));
  }),
  backward: { input: ({ grad }) => grad.new_zeros(grad.sizes) },
});
/** 1 with probability `p`, or with the one that self holds, else 0. As `torch.bernoulli`. */
export const bernoulli = op("bernoulli(Tensor self, float? p=None, *, Generator? generator=None) -> Tensor");
define(bernoulli, {
  kernel: composite(({ self, p, generator }) =>
    p === null ? _bernoulli(self, { generator }) : _bernoulli_fill(self, p, { generator }),
  ),
});
/** 1 with the probability that self holds, else 0. @internal */
export const _bernoulli = op("_bernoulli(Tensor self, *, Generator? generator=None) -> Tensor");
define(_bernoulli, {
  node: "BernoulliBackward0",
  takes: [real("bernoulli_tensor_cpu_self_"), floats("bernoulli_tensor_cpu_p_")],
  kernel: compute(({ self, generator }) => chosen(allocate(self.sizes, self.dtype), self.contiguous(), by(generator))),
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
});
/** Self's elements replaced by 1 with probability `p`, else 0. @internal */
export const _bernoulli_fill = op("_bernoulli_fill(Tensor self, float p=0.5, *, Generator? generator=None) -> Tensor");
define(_bernoulli_fill, {
  takes: real("bernoulli_scalar_cpu_"),
  kernel: overwrite((target, v) => {
    const [p, g] = [v[1] as number, generatorAt(v, 2)];
    if (!bernoulliInLanes(target, p, g)) filledOnHost(target, (out) => draw.bernoulliFill(out, p, g));
  }),
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
  node: "BernoulliBackward2",
});
/** @internal */
export const _bernoulli_fill_ = inplace(_bernoulli_fill);
/** Self's elements replaced by 1 with the probability that `p`, broadcast, holds there, else 0. @internal */
export const _bernoulli_by = op("_bernoulli_by(Tensor self, Tensor p, *, Generator? generator=None) -> Tensor");
define(_bernoulli_by, {
  kernel: overwrite((target, v, self) => {
    const p = v[1] as Tensor;
    isFloat("bernoulli_tensor_cpu_p_", p);
    // In the order in which self lies.
    chosen(target, emptyLike(self, { dtype: p.dtype, device: null, memory_format: null }).copy_(p), generatorAt(v, 2));
  }),
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
  node: "BernoulliBackward1",
});
/** @internal */
export const _bernoulli_by_ = inplace(_bernoulli_by);
/**
 * Self's elements replaced by whole numbers from [from, to); one bound alone is the upper one; without any, over the range
 * of its dtype.
 */
export const random = op("random(Tensor self, int? from=None, int? to=None, *, Generator? generator=None) -> Tensor");
define(random, {
  kernel: overwrite((target, v, { dtype }) => {
    const [from, to] = [v[1], v[2]] as (number | null)[];
    const [high, g] = [to ?? from, generatorAt(v, 3)];
    if (high === null) filledOnHost(target, (out) => draw.randomFill(out, dtype, g));
    else integersInto(target, to === null ? 0 : (from ?? 0), high, g);
  }),
  backward: { self: ({ grad }) => grad.new_zeros(grad.sizes) },
  node: ({ from, to }) => `RandomBackward${to !== null ? 0 : from !== null ? 1 : 2}`,
});
export const random_ = inplace(random);
/** Indices drawn with the weights in the rows of self. */
export const multinomial = op(
  "multinomial(Tensor self, int num_samples, bool replacement=False, *, Generator? generator=None) -> Tensor",
);
define(multinomial, {
  kernel: compute(({ self, num_samples, replacement, generator }) => {
    if (!self.dtype.is_floating_point)
      throw new RuntimeError(
        `multinomial only supports floating-point dtypes for input, got: ${self.dtype.legacyName}`,
      );
    if (self.sizes.length < 1 || self.sizes.length > 2) throw new RuntimeError("prob_dist must be 1 or 2 dim");
    const rows = self.sizes.length === 2 ? self.sizes[0] : 1;
    const size = self.sizes.length === 2 ? [rows, num_samples] : [num_samples];
    if (self.is_meta) return allocate(size, int64);
    if (rows > 0 && self.numel() === 0 && replacement)
      throw new RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)");
    const weights = elements(self) as FloatArray;
    return fromTyped(
      draw.multinomial(weights, num_samples, replacement, by(generator), self.sizes.at(-1)),
      size,
      int64,
    );
  }),
});
