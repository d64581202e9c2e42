// Folds over dims: sums, extremes, tests, spread.
import { isAny } from "../common/looks.ts";
import type { OpKernel } from "../../dispatch/declare.ts";
import { modes } from "../../autograd/mode.ts";
import type { Dtype, Scalar } from "../../base/dtype.ts";
import { bool, float32, get_default_dtype, int64, opmath, promote_types, uint8 } from "../../base/dtype.ts";
import { streamed } from "../../base/cpp_names.ts";
import { cppName } from "../../base/cpp_names.ts";
import { IndexError, RuntimeError, warn } from "../../base/errors.ts";
import { index, preciseOf } from "../../kernel/abstract.ts";
import { acc, constant, param, reduceIota } from "../../kernel/expr.ts";
import type { Expr } from "../../kernel/expr.ts";
import { wrapDim, wrapDims } from "../../base/layout.ts";
import type { Shape } from "../../base/layout.ts";
import { composite, compute, inOpmath } from "../../kinds/kernels.ts";
import { define, inplace, op } from "../../dispatch/declare.ts";
import { passes, sumOf } from "../../kinds/passes.ts";
import { reduce, scan } from "../../kinds/reduce.ts";
import type { Fold } from "../../kinds/reduce.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { conj } from "../common/conjugate.ts";
import { assertNonEmptyDim, pickedGrad, restored } from "../common/along_dim.ts";
import { finfo } from "../../base/dtype_info.ts";
import { _where } from "../pointwise/arithmetic.ts";
import { cat } from "../views/joining.ts";
import { isTaken, last, noBool, noComplex, noIntegers, numbers, real, unless } from "../../dispatch/takes.ts";
import { assign } from "../../tensor/elementwise.ts";
import type { Taken } from "../../dispatch/takes.ts";
import { flip } from "../views/turning.ts";
import { movedim } from "../views/view.ts";

const spread = (t: Tensor, shape: Shape, dim: readonly number[] | number | null, keepdim: boolean): Tensor =>
  (dim === null ? t : restored(t, shape, dim, keepdim)).expand(shape);

/** Sums of float32 run in float64 where there is one, neighbours in blocks: more accurate than PyTorch's cascade. */
const sumFold = (x: Expr): Fold => {
  const w = preciseOf(x.dtype);
  const total = acc(0, w);
  const term = x.dtype === float32 ? x : undefined;
  return {
    accs: [{ dtype: w, init: constant(0, w), step: total.add(x.cast(w)), combine: (a, b) => a.add(b), term }],
    outputs: [total.cast(x.dtype)],
  };
};
const sumDtype = (d: Dtype, asked: Dtype | null): Dtype => asked ?? (d.is_differentiable ? d : int64);

/** Into integers, nothing that requires grad is added or multiplied up. */
const inDtype = (kernel: OpKernel, takes: Taken | null = null): OpKernel => ({
  ...kernel,
  run(values, schema) {
    const dtype = values[values.length - 1] as Dtype | null;
    if (dtype !== null && !dtype.is_differentiable) {
      const self = values[0] as Tensor;
      if (self.requires_grad && modes().grad) throw new RuntimeError(`Autograd not support dtype: ${dtype.legacyName}`);
      // PyTorch has no kernel for one number, or none.
      if (takes !== null && !isTaken(takes, dtype) && self.sizes.length > 0 && self.numel() > 0)
        throw takes.refuse(dtype, dtype);
    }
    return kernel.run(values, schema);
  },
});
/** The same of running ones, which in place stay in the dtype of the tensor. */
const running = (kernel: OpKernel, takes: Taken): OpKernel => {
  const made = inDtype(kernel, takes);
  return {
    ...made,
    into(values, schema, self) {
      const { dtype } = self;
      const asked = (values[values.length - 1] as Dtype | null) ?? dtype;
      if (asked !== dtype)
        throw new RuntimeError(
          `Bad in-place call: input tensor dtype ${cppName(dtype)} and output tensor dtype ${cppName(asked)} should match`,
        );
      wrapDim(values[1] as number, self.sizes.length);
      if (isTaken(takes, dtype)) assign(self, made.run(values.with(-1, dtype), schema) as Tensor);
      else if (self.sizes.length > 0 && self.numel() > 0) throw takes.refuse(dtype, dtype);
    },
  };
};
/** Sum over `dim` (every dim when it is left out). Integers and bools give int64. */
export const sum = op("sum(Tensor self, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor");
define(sum, {
  kernel: inDtype(reduce({ compute: sumDtype, fold: sumFold })),
  backward: { self: ({ grad, sizes, dim, keepdim }) => spread(grad, sizes.self, dim, keepdim) },
  node: ({ dim }) => (dim === null ? "SumBackward0" : "SumBackward1"),
});
/** {@link sum} with NaN taken as 0. */
export const nansum = op("nansum(Tensor self, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor");
define(nansum, {
  takes: noComplex("nansum on CPU does not support complex inputs", RuntimeError),
  kernel: composite(({ self, dim, keepdim, dtype }) => {
    if (!self.dtype.is_floating_point) return self.sum(dim, keepdim, { dtype });
    const numbers = _where(self.isnan(), 0, self);
    if (dtype === null || dtype.is_differentiable) return numbers.sum(dim, keepdim, { dtype });
    // What is infinite becomes the largest number before it becomes a whole one.
    const { min, max } = finfo(self.dtype);
    return numbers.clamp(min, max).sum(dim, keepdim, { dtype });
  }),
  node: "NansumBackward0",
});
/** Mean over `dim` (every dim when it is left out). Raises RuntimeError for integers without a `dtype`. */
export const mean = op("mean(Tensor self, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor");
define(mean, {
  kernel: compute(({ self, dim, keepdim, dtype }) => {
    const to = dtype ?? self.dtype;
    if (!to.is_differentiable)
      throw new RuntimeError(
        `mean(): could not infer output dtype. ${dtype === null ? "Input" : "Optional"} dtype must be either a floating point or complex dtype. Got: ${to.legacyName}`,
      );
    const total = self.sum(dim, keepdim, { dtype: opmath(to) });
    return total.div_(countOf(self.sizes, dim)).to(to);
  }),
  backward: {
    self: ({ grad, sizes, dim, keepdim }) => spread(grad, sizes.self, dim, keepdim).div(countOf(sizes.self, dim)),
  },
  node: ({ dim }) => (dim === null ? "MeanBackward0" : "MeanBackward1"),
});
const countOf = (shape: Shape, dim: readonly number[] | null): number =>
  wrapDims(dim, shape.length).reduce((n, d) => n * shape[d], 1);
/** {@link mean} of the elements that are not NaN. */
export const nanmean = op("nanmean(Tensor self, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor");
define(nanmean, {
  takes: noIntegers((d) => `nanmean(): expected input to have floating point or complex dtype but got ${d.legacyName}`),
  kernel: composite(({ self, dim, keepdim, dtype }) =>
    nansum(self, dim, keepdim, { dtype }).div(self.isnan().logical_not().sum(dim, keepdim)),
  ),
});

const productFold = (x: Expr): Fold => {
  const w = preciseOf(x.dtype);
  const total = acc(0, w);
  return {
    accs: [{ dtype: w, init: constant(1, w), step: total.mul(x.cast(w)), combine: (a, b) => a.mul(b) }],
    outputs: [total.cast(x.dtype)],
  };
};
/** Product over one dim, or over all. Integers and bools give int64. */
export const prod = op("prod(Tensor self, int? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor");
define(prod, {
  kernel: inDtype(reduce({ compute: sumDtype, fold: productFold })),
  saves: ["self", "result"],
  backward: {
    self: ({ grad, self, result, dim, keepdim }) => {
      // What was multiplied, which is not what is given where `dtype` says otherwise.
      const x = self.to(result.dtype);
      if (dim === null) return prodGrad(grad, x.reshape([-1]), result, 0).reshape(x.sizes);
      const d = wrapDim(dim, x.sizes.length);
      if (x.sizes.length === 0) return grad;
      return prodGrad(restored(grad, x.sizes, d, keepdim), x, restored(result, x.sizes, d, keepdim), d);
    },
  },
  node: ({ dim }) => (dim === null ? "ProdBackward0" : "ProdBackward1"),
});
/** grad * product / x; where an x is 0, the product of the others by cumulative products from both sides. */
function prodGrad(grad: Tensor, x: Tensor, product: Tensor, d: number): Tensor {
  if (!isAny(x.eq(0))) return grad.mul(product.div(x).conj_physical());
  // Alone it is the product.
  if (x.sizes[d] === 1) return grad;
  const one = x.narrow(d, 0, 1).mul(0).add(1);
  const n = x.sizes[d];
  const before = cumprod(cat([one, x.narrow(d, 0, n - 1)], d), d);
  const after = flip(cumprod(cat([one, flip(x.narrow(d, 1, n - 1), [d])], d), d), [d]);
  return grad.mul(conj(before.mul(after)));
}

/** Running sum along `dim`. */
export const cumsum = op("cumsum(Tensor self, int dim, *, dtype? dtype=None) -> Tensor");
define(cumsum, {
  kernel: running(scan({ compute: sumDtype, fold: sumFold }), numbers("cumsum_out_cpu")),
  backward: { self: ({ grad, dim }) => (grad.sizes.length === 0 ? grad : flip(flip(grad, [dim]).cumsum(dim), [dim])) },
});
export const cumsum_ = inplace(cumsum);
/** Running product along `dim`. */
export const cumprod = op("cumprod(Tensor self, int dim, *, dtype? dtype=None) -> Tensor");
define(cumprod, {
  kernel: running(scan({ compute: sumDtype, fold: productFold }), numbers("cumprod_out_cpu")),
  saves: ["self", "result"],
  backward: {
    self: ({ grad, self, result, dim }) => cumprodGrad(grad, conj(self.to(result.dtype)), conj(result), dim),
  },
});
/**
 * d/dx_k of sum_i grad_i prod_{j<=i} x_j. Without zeros: reversed running sum of grad * result, over x. With zeros, the
 * products that leave x_k out are formed one by one.
 */
function cumprodGrad(grad: Tensor, self: Tensor, result: Tensor, dim: number): Tensor {
  if (self.sizes.length === 0) return grad;
  const d = wrapDim(dim, self.sizes.length);
  if (self.sizes[d] === 1) return grad;
  if (!isAny(self.eq(0))) return flip(flip(grad.mul(result), [d]).cumsum(d), [d]).div(self);
  const n = self.sizes[d];
  const one = self.narrow(d, 0, 1).mul(0).add(1);
  const parts: Tensor[] = [];
  for (let k = 0; k < n; k++) {
    const before = k === 0 ? one : prod(self.narrow(d, 0, k), d, true);
    const after = k === n - 1 ? one : cat([one, cumprod(self.narrow(d, k + 1, n - k - 1), d)], d);
    parts.push(
      before
        .mul(after)
        .mul(grad.narrow(d, k, n - k))
        .sum(d, true),
    );
  }
  return cat(parts, d);
}
export const cumprod_ = inplace(cumprod);

/** What every number of a dtype is above, or equal to. @internal */
export const lowest = (d: Dtype): number | bigint =>
  d.is_floating_point
    ? -Infinity
    : d === int64
      ? -(2n ** 63n)
      : d === bool || d === uint8
        ? 0
        : -(2 ** (d.itemsize * 8 - 1));
const highest = (d: Dtype): number | bigint =>
  d.is_floating_point
    ? Infinity
    : d === int64
      ? 2n ** 63n - 1n
      : d === bool
        ? 1
        : d === uint8
          ? 255
          : 2 ** (d.itemsize * 8 - 1) - 1;
const larger = (a: Expr, b: Expr): Expr => (a.dtype === bool ? a.or(b) : a.max(b));
const smaller = (a: Expr, b: Expr): Expr => (a.dtype === bool ? a.and(b) : a.min(b));
const extreme =
  (start: (d: Dtype) => number | bigint, pick: (a: Expr, b: Expr) => Expr) =>
  (x: Expr): Fold => {
    const best = acc(0, x.dtype);
    return {
      accs: [{ dtype: x.dtype, init: constant(start(x.dtype), x.dtype), step: pick(best, x), combine: pick }],
      outputs: [best],
    };
  };
/** The gradient of an extreme, shared equally among the elements that equal it: NaN where it is NaN, which none does. */
function sharedGrad(
  grad: Tensor,
  self: Tensor,
  result: Tensor,
  dim: readonly number[] | null,
  keepdim: boolean,
): Tensor {
  return sharedAmong(self.eq(restored(result, self.sizes, dim, keepdim)), grad, self, dim, keepdim);
}
/** Where NaN counts as equal to itself. */
function sharedByNaN(
  grad: Tensor,
  self: Tensor,
  result: Tensor,
  dim: readonly number[] | null,
  keepdim: boolean,
): Tensor {
  const best = restored(result, self.sizes, dim, keepdim);
  return sharedAmong(self.eq(best).logical_or(self.isnan().logical_and(best.isnan())), grad, self, dim, keepdim);
}
function sharedAmong(
  mask: Tensor,
  grad: Tensor,
  self: Tensor,
  dim: readonly number[] | null,
  keepdim: boolean,
): Tensor {
  const all = wrapDims(dim, self.sizes.length);
  const count = all.length === 0 ? mask.to(grad.dtype) : mask.sum(all, true);
  return restored(grad, self.sizes, dim, keepdim).div(count).mul(mask);
}
/** PyTorch looks for an order where there is something to compare: of no complex numbers there are no extremes. */
const ordered = (kernel: OpKernel): OpKernel => ({
  ...kernel,
  run(values, schema) {
    const [self, ...rest] = values as [Tensor, ...unknown[]];
    if (!self.dtype.is_complex) return kernel.run(values, schema);
    return (kernel.run([self.new_empty(self.sizes, { dtype: float32 }), ...rest], schema) as Tensor).to(self.dtype);
  },
});
const hasNoElements = ([self]: readonly unknown[]): boolean => (self as Tensor).numel() === 0;
/** The largest element over `dim` (every dim when it is left out); equal ones share the gradient. */
export const amax = op("amax(Tensor self, int[] dim=[], bool keepdim=False) -> Tensor");
define(amax, {
  takes: unless(hasNoElements, real("max_values_cpu")),
  kernel: ordered(reduce({ fold: extreme(lowest, larger), needsElements: true })),
  saves: ["self", "result"],
  backward: { self: ({ grad, self, result, dim, keepdim }) => sharedGrad(grad, self, result, dim, keepdim) },
});
/** The smallest element over `dim` (every dim when it is left out); equal ones share the gradient. */
export const amin = op("amin(Tensor self, int[] dim=[], bool keepdim=False) -> Tensor");
define(amin, {
  takes: unless(hasNoElements, real("min_values_cpu")),
  kernel: ordered(reduce({ fold: extreme(highest, smaller), needsElements: true })),
  saves: ["self", "result"],
  backward: { self: ({ grad, self, result, dim, keepdim }) => sharedGrad(grad, self, result, dim, keepdim) },
});

/** The first place of an extreme: NaN beats all. */
const argExtreme =
  (better: (a: Expr, b: Expr) => Expr, start: (d: Dtype) => number | bigint) =>
  (x: Expr): Fold => {
    const best = acc(0, x.dtype);
    const at = acc(1, index);
    const first = at.lt(0);
    const takes = first.or(better(x, best)).or(x.isnan().and(best.isnan().not()));
    const sticks = best.isnan().and(first.not());
    const wins = takes.and(sticks.not());
    return {
      accs: [
        { dtype: x.dtype, init: constant(start(x.dtype), x.dtype), step: wins.where(x, best) },
        { dtype: index, init: constant(-1, index), step: wins.where(reduceIota(), at) },
      ],
      outputs: [best, at.cast(int64)],
    };
  };
const above = (a: Expr, b: Expr): Expr => (a.dtype === bool ? a.and(b.not()) : a.gt(b));
const below = (a: Expr, b: Expr): Expr => (a.dtype === bool ? b.and(a.not()) : a.lt(b));
/** {@link max} along one dim, with the places. @internal */
export const _max_dim = op("_max_dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)");
define(_max_dim, {
  takes: last(noComplex("max(): does not support complex input", RuntimeError)),
  kernel: reduce({ fold: argExtreme(above, lowest), needsElements: true }),
  saves: ["indices"],
  backward: { self: ({ grad, sizes, indices, dim, keepdim }) => pickedGrad(grad, sizes.self, indices, dim, keepdim) },
  node: "MaxBackward0",
});
/** {@link min} along one dim, with the places. @internal */
export const _min_dim = op("_min_dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)");
define(_min_dim, {
  takes: last(noComplex("min(): does not support complex input", RuntimeError)),
  kernel: reduce({ fold: argExtreme(below, highest), needsElements: true }),
  saves: ["indices"],
  backward: { self: ({ grad, sizes, indices, dim, keepdim }) => pickedGrad(grad, sizes.self, indices, dim, keepdim) },
  node: "MinBackward0",
});
/** {@link max} of all elements. @internal */
export const _max_all = op("_max_all(Tensor self) -> Tensor");
define(_max_all, {
  takes: real("max_all"),
  kernel: compute(({ self }) => nonEmpty("max", self).amax()),
  saves: ["self", "result"],
  backward: { self: ({ grad, self, result }) => sharedByNaN(grad, self, result, null, false) },
  node: "MaxBackward1",
});
/** {@link min} of all elements. @internal */
export const _min_all = op("_min_all(Tensor self) -> Tensor");
define(_min_all, {
  takes: real("min_all"),
  kernel: compute(({ self }) => nonEmpty("min", self).amin()),
  saves: ["self", "result"],
  backward: { self: ({ grad, self, result }) => sharedByNaN(grad, self, result, null, false) },
  node: "MinBackward1",
});
const DIM_WANTED = "Expected reduction dim to be specified for input.numel() == 0.";
const DIM_HELP = "Specify the reduction dim with the 'dim' argument.";
function nonEmpty(name: string, self: Tensor, Raised: typeof IndexError = RuntimeError): Tensor {
  if (self.numel() === 0) throw new Raised(`${name}(): ${DIM_WANTED} ${DIM_HELP}`);
  return self;
}
/** For `argmax` and `argmin` without a dim. */
function flattened(name: string, self: Tensor): Tensor {
  if (self.numel() === 0) throw new IndexError(`${name}(): ${DIM_WANTED}\n${DIM_HELP}`);
  return self.reshape([-1]);
}
/** Where the largest element is: along `dim`, or in the flattened tensor. The first of equal ones. */
export const argmax = op("argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor");
define(argmax, {
  takes: [
    noBool("argmax(): does not support bool input"),
    noComplex("argmax(): does not support complex input", RuntimeError),
  ],
  kernel: compute(({ self, dim, keepdim }) => {
    if (dim === null)
      return _max_dim(flattened("argmax", self), 0).indices.reshape(keepdim ? self.sizes.map(() => 1) : []);
    assertNonEmptyDim("argmax", self, dim);
    return _max_dim(self, dim, keepdim).indices;
  }),
});
/** Where the smallest element is: along `dim`, or in the flattened tensor. The first of equal ones. */
export const argmin = op("argmin(Tensor self, int? dim=None, bool keepdim=False) -> Tensor");
define(argmin, {
  takes: [
    noBool("argmin(): does not support bool input"),
    noComplex("argmin(): does not support complex input", RuntimeError),
  ],
  kernel: compute(({ self, dim, keepdim }) => {
    if (dim === null)
      return _min_dim(flattened("argmin", self), 0).indices.reshape(keepdim ? self.sizes.map(() => 1) : []);
    assertNonEmptyDim("argmin", self, dim);
    return _min_dim(self, dim, keepdim).indices;
  }),
});
/** Smallest and largest element, in one call. */
export const aminmax = op("aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)");
define(aminmax, {
  takes: real("aminmax_cpu"),
  kernel: composite(({ self, dim, keepdim }) => {
    if (dim === null && self.numel() === 0)
      throw new RuntimeError(
        "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.",
      );
    const d = dim === null ? null : wrapDim(dim, self.sizes.length);
    if (d !== null && self.sizes[d] === 0)
      throw new IndexError(`aminmax: Expected reduction dim ${d} to have non-zero size.`);
    const dims = dim === null ? [] : [dim];
    return [self.amin(dims, keepdim), self.amax(dims, keepdim)];
  }),
  node: "AminmaxBackward0",
});

const logicFold =
  (start: boolean, meet: (a: Expr, b: Expr) => Expr) =>
  (x: Expr): Fold => {
    const all = acc(0, bool);
    return { accs: [{ dtype: bool, init: constant(start, bool), step: meet(all, x), combine: meet }], outputs: [all] };
  };
/** Whether all elements are true (not zero). uint8 stays uint8. */
export const all = op("all(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor");
define(all, { kernel: composite(({ self, dim, keepdim }) => asTruth(self, _all(self, dim, keepdim))) });
/** @internal */
export const _all = op("_all(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor");
define(_all, { kernel: reduce({ compute: () => bool, fold: logicFold(true, (a, b) => a.and(b)) }) });
/** Whether any element is true (not zero). uint8 stays uint8. */
export const any = op("any(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor");
define(any, { kernel: composite(({ self, dim, keepdim }) => asTruth(self, _any(self, dim, keepdim))) });
/** @internal */
export const _any = op("_any(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor");
define(_any, { kernel: reduce({ compute: () => bool, fold: logicFold(false, (a, b) => a.or(b)) }) });
const asTruth = (self: Tensor, truth: Tensor): Tensor => (self.dtype === uint8 ? truth.to(uint8) : truth);
/** How many elements are not zero. */
export const count_nonzero = op("count_nonzero(Tensor self, int[]? dim=None) -> Tensor");
define(count_nonzero, { kernel: composite(({ self, dim }) => self.ne(0).sum(dim)) });

/** Mean square deviation over `dim`, divided by n - correction (1 by default: an unbiased estimate). */
const variance = op(
  "var(Tensor self, int[]|bool? dim=None, bool? unbiased=None, bool keepdim=False, *, Scalar? correction=None) -> Tensor",
);
define(variance, {
  takes: noIntegers("std and var only support floating point and complex dtypes"),
  kernel: composite((args) => _var(args.self, ...spreadArgs("var", args))),
});
export { variance as var };
/** PyTorch's two forms, `var(unbiased)` and `var(dim, unbiased or correction, keepdim)`, as the arguments of {@link _var}. */
function spreadArgs(
  name: string,
  args: {
    self: Tensor;
    dim: readonly number[] | boolean | null;
    unbiased: boolean | null;
    keepdim: boolean;
    correction: Scalar | null;
  },
): [readonly number[] | null, number, boolean] {
  const [dim, unbiased] = typeof args.dim === "boolean" ? [null, args.dim] : [args.dim, args.unbiased];
  const correction = Number(args.correction ?? (unbiased === false ? 0 : 1));
  if ((args.self.numel() === 0 ? 0 : countOf(args.self.sizes, dim)) - correction <= 0)
    warn(
      `${name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input numel divided by output numel).`,
    );
  return [dim, correction, args.keepdim];
}
/** {@link var} with the correction worked out. @internal */
export const _var = op("_var(Tensor self, int[]? dim, float correction, bool keepdim) -> Tensor");
define(_var, {
  kernel: inOpmath(
    compute(({ self, dim, correction, keepdim }) => {
      const x = self;
      if (!x.dtype.is_complex) return deviation(x, dim, correction, keepdim, false);
      const [re, im] = [x.real, x.imag].map((part) => deviation(part, dim, correction, keepdim, false));
      return re.add(im);
    }),
  ),
  saves: ["self"],
  backward: {
    self: ({ grad, self, dim, correction, keepdim }) => spreadGradient(grad, self, dim, correction, keepdim),
  },
  node: "VarBackward0",
});
function spreadGradient(
  grad: Tensor,
  self: Tensor,
  dim: readonly number[] | null,
  correction: number,
  keepdim: boolean,
): Tensor {
  const freedom = countOf(self.sizes, dim) - correction;
  const [over, mean] = [restored(grad, self.sizes, dim, keepdim), self.mean(dim, true)];
  // Without freedom PyTorch says of all elements together what 2 / 0 times a distance is, in no direction.
  if (freedom <= 0 && (dim === null || self.sizes.length === 0)) return over.mul(_where(self.eq(mean), NaN, Infinity));
  return over.mul(2 / freedom).mul(self.sub(mean));
}
/**
 * Of x and its mean, in the dtype of the mean: the mean square of what is left, or its root. What rounding took from the mean is left in
 * all elements alike, and taken out; where nothing but it is left, all are equal.
 */
const spreads = passes(([x, mean], dtype, root) => {
  const wide = mean.dtype;
  const [count, freedom] = [param(0, wide), param(1, wide)];
  const [squares, left] = [acc(0, wide), acc(1, wide)];
  const rest = x.cast(wide).sub(mean);
  const apart = squares.sub(left.mul(left).div(count));
  const square = apart.lt(squares.mul(1e-9)).where(constant(0, wide), apart).div(freedom);
  return {
    accs: [sumOf(squares, rest.mul(rest), 0), sumOf(left, rest, 0)],
    outputs: [{ value: (root ? square.sqrt() : square).cast(dtype), to: 0 }],
  };
});
/** The variance of real numbers, or its root. */
function deviation(
  self: Tensor,
  dim: readonly number[] | null,
  correction: number,
  keepdim: boolean,
  root: boolean,
): Tensor {
  if (self.sizes.length === 0) return deviation(self.view([1]), [0], correction, false, root);
  const count = countOf(self.sizes, dim);
  const dims = wrapDims(dim, self.sizes.length);
  const mean = self.sum(dims, true, { dtype: self.backend.widths.precise }).div_(count);
  const [result] = spreads([self, mean], dims, [count, Math.max(0, count - correction)], root ? 1 : 0);
  return keepdim ? result : result.view(self.sizes.filter((_, d) => !dims.includes(d)));
}
/** Square root of {@link var}. */
export const std = op(
  "std(Tensor self, int[]|bool? dim=None, bool? unbiased=None, bool keepdim=False, *, Scalar? correction=None) -> Tensor",
);
define(std, {
  takes: noIntegers("std and var only support floating point and complex dtypes"),
  kernel: composite((args) => _std(args.self, ...spreadArgs("std", args))),
});
/** {@link std} with the correction worked out. @internal */
export const _std = op("_std(Tensor self, int[]? dim, float correction, bool keepdim) -> Tensor");
define(_std, {
  kernel: inOpmath(
    compute(({ self, dim, correction, keepdim }) =>
      self.dtype.is_complex
        ? _var(self, dim, correction, keepdim).sqrt()
        : deviation(self, dim, correction, keepdim, true),
    ),
  ),
  saves: ["self", "result"],
  backward: {
    self: ({ grad, self, result, dim, correction, keepdim }) => {
      const over = _where(result.eq(0), 0, grad.div(result.mul(2)));
      return spreadGradient(over, self, dim, correction, keepdim);
    },
  },
  node: "StdBackward0",
});
/** The mean beside the variance: of floats in float64 where there is one, as PyTorch's goes from element to element. */
function meanBeside(self: Tensor, dim: readonly number[] | null, keepdim: boolean): Tensor {
  if (self.dtype.is_complex) return self.mean(dim, keepdim);
  const sum = self.sum(dim, keepdim, { dtype: self.backend.widths.precise });
  return sum.div(countOf(self.sizes, dim)).to(self.dtype);
}
/** {@link var} and {@link mean}. */
export const var_mean = op(
  "var_mean(Tensor self, int[]|bool? dim=None, bool? unbiased=None, bool keepdim=False, *, Scalar? correction=None) -> (Tensor var, Tensor mean)",
);
define(var_mean, {
  takes: noIntegers("var_mean only support floating point and complex dtypes"),
  kernel: composite((args) => {
    const [dim, correction, keepdim] = spreadArgs("var_mean", args);
    return [_var(args.self, dim, correction, keepdim), meanBeside(args.self, dim, keepdim)];
  }),
  node: "VarMeanBackward0",
});
/** {@link std} and {@link mean}. */
export const std_mean = op(
  "std_mean(Tensor self, int[]|bool? dim=None, bool? unbiased=None, bool keepdim=False, *, Scalar? correction=None) -> (Tensor std, Tensor mean)",
);
define(std_mean, {
  takes: noIntegers("std_mean only support floating point and complex dtypes"),
  kernel: composite((args) => {
    const [dim, correction, keepdim] = spreadArgs("std_mean", args);
    return [_std(args.self, dim, correction, keepdim), meanBeside(args.self, dim, keepdim)];
  }),
  node: "StdMeanBackward0",
});

/** log of the sum of exponentials over `dim`, without overflow. */
export const logsumexp = op("logsumexp(Tensor self, int[] dim, bool keepdim=False) -> Tensor");
define(logsumexp, {
  kernel: inOpmath(
    compute(({ self, dim, keepdim }) => {
      const x = self.dtype.is_differentiable ? self : self.to(get_default_dtype());
      if (x.numel() === 0) return x.exp().sum(dim, keepdim).log();
      const top = x.real.amax(dim, true);
      const shift = _where(top.abs().eq(Infinity), 0, top);
      const total = x.sub(shift).exp().sum(dim, true).log().add(shift);
      return keepdim ? total : total.squeeze(wrapDims(dim, x.sizes.length));
    }),
  ),
  saves: ["self", "result"],
  backward: {
    self: ({ grad, self, result, dim, keepdim }) =>
      restored(grad, self.sizes, dim, keepdim).mul(conj(self.sub(restored(result, self.sizes, dim, keepdim)).exp())),
  },
});

function normOrder(p: Scalar | string | null): number {
  if (typeof p === "string" && p !== "fro") throw new RuntimeError(`linalg.matrix_norm: Order ${p} not supported.`);
  return p === "fro" || p === null ? 2 : Number(p);
}
/** Raises where a norm cannot be taken in `asked`: of other numbers, or narrower. @internal */
export function assertNormDtype(name: string, asked: Dtype | null, given: Dtype): void {
  if (asked === null) return;
  const got = `but got ${asked.legacyName}`;
  if (!asked.is_differentiable) throw new RuntimeError(`${name}: dtype should be floating point or complex, ${got}`);
  if (asked.is_complex !== given.is_complex)
    throw new RuntimeError(
      `${name}: dtype should be ${given.is_complex ? "complex for complex" : "real for real"} inputs, ${got}`,
    );
  if (promote_types(given, asked) !== asked)
    throw new RuntimeError(
      `${name}: the dtype of the input (${given.legacyName}) should be convertible without narrowing to the specified dtype (${asked.legacyName})`,
    );
}
/** Norms whose value for nothing would be infinite. */
function assertNormed(order: number, { sizes }: Tensor, dim: readonly number[] | null): void {
  if (order >= 0 && order !== Infinity) return;
  const empty = wrapDims(dim, sizes.length).find((d) => sizes[d] === 0);
  if (empty === undefined) return;
  const where = dim === null || dim.length === 0 ? "an empty tensor because the operation does" : "";
  throw new RuntimeError(
    `linalg.vector_norm cannot compute the ${streamed(order)} norm on ${where || `the dimension ${empty}because this dimension is empty and the operation does`} not have an identity`,
  );
}
/** The p-norm: of all elements, or over `dim`. "fro" is the 2-norm, "nuc" the sum of a matrix's singular values. */
export const norm = op(
  "norm(Tensor self, Scalar|str? p=2, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor",
);
define(norm, {
  kernel: composite(({ self, p, dim, keepdim, dtype }) => {
    const name = `linalg.${p === "nuc" ? "matrix" : "vector"}_norm`;
    if (!self.dtype.is_differentiable)
      throw new RuntimeError(
        `${name}: Expected a floating point or complex tensor as input. Got ${self.dtype.legacyName}`,
      );
    assertNormDtype(name, dtype, self.dtype);
    const x = dtype === null ? self : self.to(dtype);
    return p === "nuc" ? nuclear(x, dim, keepdim) : _norm(x, normOrder(p), dim, keepdim);
  }),
});
function nuclear(self: Tensor, dim: readonly number[] | null, keepdim: boolean): Tensor {
  if (self.sizes.length < 2)
    throw new RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.");
  const dims = wrapDims(dim ?? [-2, -1], self.sizes.length);
  if (dims.length !== 2) throw new RuntimeError(`linalg.matrix_norm: dim must be a 2-tuple. Got ${dims.join(" ")}`);
  // As a method, which programs with everyday methods do without: the factorization is large, and nobody's everyday norm.
  const total = movedim(self, dims, [-2, -1]).svd().S.sum([-1]);
  return keepdim ? dims.toSorted((a, b) => a - b).reduce((t, d) => t.unsqueeze(d), total) : total;
}
/** {@link norm} by a number. @internal */
export const _norm = op("_norm(Tensor self, Scalar p, int[]? dim=None, bool keepdim=False) -> Tensor");
define(_norm, {
  kernel: inOpmath(
    compute(({ self, p, dim, keepdim }) => {
      if (!self.dtype.is_differentiable)
        throw new RuntimeError(
          `linalg.vector_norm: Expected a floating point or complex tensor as input. Got ${self.dtype.legacyName}`,
        );
      // Of complex numbers only their absolute values count.
      const x = self.dtype.is_complex ? self.abs() : self;
      const order = normOrder(p);
      assertNormed(order, x, dim);
      // Of one element it is the absolute value, however large.
      const single = order !== 0 && wrapDims(dim, x.sizes.length).every((d) => x.sizes[d] === 1);
      if (single) return x.abs().sum(dim, keepdim);
      if (order === 2) return x.mul(x).sum(dim, keepdim).sqrt();
      if (order === 1) return x.abs().sum(dim, keepdim);
      if (order === 0) return x.ne(0).to(x.dtype).sum(dim, keepdim);
      if (order === Infinity) return x.abs().amax(dim ?? [], keepdim);
      if (order === -Infinity) return x.abs().amin(dim ?? [], keepdim);
      return x
        .abs()
        .pow(order)
        .sum(dim, keepdim)
        .pow(1 / order);
    }),
  ),
  saves: ["self", "result"],
  backward: {
    self: ({ grad, self, result, p, dim, keepdim }) => {
      const order = normOrder(p);
      const g = restored(grad, self.sizes, dim, keepdim);
      const n = restored(result, self.sizes, dim, keepdim);
      if (order === 0) return null;
      if (order === 1) return g.mul(self.sgn());
      if (order === 2) return g.mul(_where(n.eq(0), 0, self.div(n)));
      if (Math.abs(order) === Infinity) {
        const mask = self.abs().eq(n).logical_or(self.isnan().logical_and(n.isnan()));
        return self.sgn().mul(g.div(mask.sum(wrapDims(dim, self.sizes.length), true)).mul(mask));
      }
      const power = self
        .abs()
        .pow(order - 1)
        .mul(self.sgn());
      return _where(self.eq(0), 0, power).mul(_where(n.eq(0), 0, g.div(n.pow(order - 1))));
    },
  },
  node: "LinalgVectorNormBackward0",
});
