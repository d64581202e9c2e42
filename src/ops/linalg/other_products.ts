// Products over dims, written with the matrix products: tensordot, inner, kron, cross, distances.
import { isAny, numberIn } from "../common/looks.ts";
import type { Dtype } from "../../base/dtype.ts";
import { bool, Complex, Float } from "../../base/dtype.ts";
import { IndexError, RuntimeError, ValueError, warn, warnOnce } from "../../base/errors.ts";
import { broadcastShapes, list, wrapDim } from "../../base/layout.ts";
import { composite, compute } from "../../kinds/kernels.ts";
import { define, inplace, op } from "../../dispatch/declare.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { _complex } from "../pointwise/complex.ts";
import { conj } from "../common/conjugate.ts";
import { _where, nan_to_num } from "../pointwise/arithmetic.ts";
import { cat, stack } from "../views/joining.ts";
import { numbers, of, onlyFloats, sameAsFirst, unless, wideFloats } from "../../dispatch/takes.ts";
import { logical_xor } from "../pointwise/comparison.ts";

/** Sum of products over `dims_self` of self with `dims_other` of other. @internal */
export const _tensordot = op("_tensordot(Tensor self, Tensor other, int[] dims_self, int[] dims_other) -> Tensor");
define(_tensordot, {
  kernel: composite(({ self, other, dims_self, dims_other }) => {
    if (self.dtype !== other.dtype) throw new RuntimeError("both inputs should have same dtype");
    if (dims_self.length !== dims_other.length) throw new RuntimeError("both dimension lists should have same length");
    const a = dims_self.map((d) => wrapDim(d, self.sizes.length));
    const b = dims_other.map((d) => wrapDim(d, other.sizes.length));
    const contracted = a.reduce((n, d, i) => {
      if (self.sizes[d] !== other.sizes[b[i]] && self.sizes[d] !== 1 && other.sizes[b[i]] !== 1)
        throw new RuntimeError(
          `contracted dimensions need to match, but first has size ${self.sizes[d]} in dim ${dims_self[i]} and second has size ${other.sizes[b[i]]} in dim ${dims_other[i]}`,
        );
      return n * Math.max(self.sizes[d], other.sizes[b[i]]);
    }, 1);
    const shape = (t: Tensor, dims: readonly number[], o: Tensor, od: readonly number[]): number[] =>
      t.sizes.map((n, d) => (dims.includes(d) ? Math.max(n, o.sizes[od[dims.indexOf(d)]]) : n));
    const freeA = self.sizes.map((_, d) => d).filter((d) => !a.includes(d));
    const freeB = other.sizes.map((_, d) => d).filter((d) => !b.includes(d));
    const rows = freeA.map((d) => self.sizes[d]);
    const columns = freeB.map((d) => other.sizes[d]);
    const left = self.expand(shape(self, a, other, b)).permute([...freeA, ...a]);
    const right = other.expand(shape(other, b, self, a)).permute([...b, ...freeB]);
    const count = (sizes: readonly number[]): number => sizes.reduce((m, n) => m * n, 1);
    return left
      .reshape([count(rows), contracted])
      .mm(right.reshape([contracted, count(columns)]))
      .reshape([...rows, ...columns]);
  }),
});
/** Products of the last dims of both, summed. */
export const inner = op("inner(Tensor self, Tensor other) -> Tensor");
define(inner, {
  kernel: composite(({ self, other }) => {
    if (self.sizes.length === 0 || other.sizes.length === 0) return self.mul(other);
    if (self.sizes.at(-1) !== other.sizes.at(-1))
      throw new RuntimeError(
        `inner() the last dimension must match on both input tensors but got shapes ${list(self.sizes)} and ${list(other.sizes)}`,
      );
    if (self.dtype !== other.dtype) throw new RuntimeError("both inputs should have same dtype");
    if (self.sizes.length === 1 && other.sizes.length === 1) return self.dot(other);
    return _tensordot(self, other, [-1], [-1]);
  }),
  lastNode: ({ self, other }) => (self.sizes.length > 0 && other.sizes.length > 0 ? "ViewBackward0" : "MulBackward0"),
});
/** Kronecker's product: every element of self times the whole of other. */
export const kron = op("kron(Tensor self, Tensor other) -> Tensor");
define(kron, {
  kernel: composite(({ self, other }) => {
    const n = Math.max(self.sizes.length, other.sizes.length);
    const a = [...new Array<number>(n - self.sizes.length).fill(1), ...self.sizes];
    const b = [...new Array<number>(n - other.sizes.length).fill(1), ...other.sizes];
    return self
      .reshape(a.flatMap((s) => [s, 1]))
      .mul(other.reshape(b.flatMap((s) => [1, s])))
      .reshape(a.map((s, d) => s * b[d]));
  }),
  lastNode: "UnsafeViewBackward0",
});
const scalarTypes = (d: Dtype, first: Dtype): string =>
  `expected scalar type ${first.legacyName} but found ${d.legacyName}`;
/** The cross product of vectors of three along `dim` (the first dim of size 3 when it is left out). */
export const cross = op("cross(Tensor self, Tensor other, int? dim=None) -> Tensor");
define(cross, {
  takes: [numbers("cross"), sameAsFirst("other", scalarTypes)],
  kernel: composite(({ self, other, dim }) => {
    if (self.sizes.length !== other.sizes.length)
      throw new RuntimeError("linalg.cross: inputs must have the same number of dimensions.");
    const given = dim ?? self.sizes.indexOf(3);
    if (dim === null)
      warnOnce(
        "Using torch.cross without specifying the dim arg is deprecated.\nPlease either pass the dim explicitly or simply use torch.linalg.cross.\nThe default value of dim will change to agree with that of linalg.cross in a future release.",
      );
    if (dim === null && given < 0) throw new RuntimeError("no dimension of size 3 in input");
    const shape = broadcastShapes(self.sizes, other.sizes);
    const d = wrapDim(given, shape.length);
    if (self.sizes[d] !== 3 || other.sizes[d] !== 3)
      throw new RuntimeError(
        `linalg.cross: inputs dimension ${given} must have length 3. Got ${self.sizes[d]} and ${other.sizes[d]}`,
      );
    const [x, y] = [self.expand(shape).unbind(d), other.expand(shape).unbind(d)];
    const part = (i: number, j: number): Tensor => x[i].mul(y[j]).sub(x[j].mul(y[i]));
    return stack([part(1, 2), part(2, 0), part(0, 1)], d);
  }),
  node: "LinalgCrossBackward0",
});
/** Sum of the diagonal of a matrix. */
export const trace = op("trace(Tensor self) -> Tensor");
define(trace, {
  takes: numbers("trace"),
  kernel: composite(({ self }) => {
    if (self.sizes.length !== 2)
      throw new RuntimeError(`trace: expected a matrix, but got tensor with dim ${self.sizes.length}`);
    return self.diagonal().sum();
  }),
  node: "TraceBackward0",
});
/** The p-norm of self - other. */
export const dist = op("dist(Tensor self, Tensor other, Scalar p=2) -> Tensor");
define(dist, {
  kernel: composite(({ self, other, p }) => {
    const difference = self.sub(other);
    if (!difference.dtype.is_differentiable)
      throw new RuntimeError(
        `norm(): input dtype should be either floating point or complex. Got ${difference.dtype.legacyName} instead.`,
      );
    return difference.norm(p);
  }),
  node: "DistBackward0",
});
/** Whether PyTorch's cdist has no distances to compute, or has them from a product of matrices. */
function isCdistByProduct([x1, x2, p, mode]: readonly unknown[]): boolean {
  const [a, b] = [x1, x2] as Tensor[];
  if (a.numel() === 0 || b.numel() === 0) return true;
  const many = mode !== "donot_use_mm_for_euclid_dist" && Math.max(a.sizes.at(-2) ?? 0, b.sizes.at(-2) ?? 0) > 25;
  return p === 2 && (many || mode === "use_mm_for_euclid_dist");
}
const MODES = ["use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist"];
/** Distances by the p-norm between every row of x1 and every row of x2, in batches. */
export const cdist = op("cdist(Tensor x1, Tensor x2, float p=2.0, str? compute_mode=None) -> Tensor");
define(cdist, {
  takes: [
    onlyFloats((d) => `cdist only supports floating-point dtypes, X1 got: ${d.legacyName}`),
    ...of(
      "x2",
      onlyFloats((d) => `cdist only supports floating-point dtypes, X2 got: ${d.legacyName}`),
    ),
    unless(isCdistByProduct, wideFloats("cdist")),
    sameAsFirst("x2", scalarTypes),
  ],
  kernel: composite(({ x1, x2, p, compute_mode }) => {
    if (compute_mode !== null && !MODES.includes(compute_mode))
      throw new ValueError(
        `${compute_mode} is not a valid value for compute_mode\nIt can be ${MODES.map((m) => `'${m}'`).join(", ")}.`,
      );
    for (const [name, x] of [
      ["X1", x1],
      ["X2", x2],
    ] as const)
      if (x.sizes.length < 2)
        throw new RuntimeError(`cdist only supports at least 2D tensors, ${name} got: ${x.sizes.length}D`);
    if (x1.sizes.at(-1) !== x2.sizes.at(-1))
      throw new RuntimeError(
        `X1 and X2 must have the same number of columns. X1: ${x1.sizes.at(-1)} X2: ${x2.sizes.at(-1)}`,
      );
    if (p < 0) throw new RuntimeError("cdist only supports non-negative p values");
    return _cdist(x1, x2, p);
  }),
  node: "CdistBackward0",
});
/** {@link cdist} of what was checked. @internal */
export const _cdist = op("_cdist(Tensor x1, Tensor x2, float p) -> Tensor");
define(_cdist, {
  kernel: compute(({ x1, x2, p }) => {
    const difference = apart(x1, x2);
    if (difference.sizes.at(-1) === 0) return difference.sum([-1]);
    if (p === 0) return difference.abs().ceil().clamp(null, 1).sum([-1]);
    // The largest of all that are numbers, or 0.
    return p === Infinity ? nan_to_num(difference.abs(), 0, Infinity).amax([-1]) : difference.norm(p, [-1]);
  }),
  saves: ["x1", "x2", "result"],
  backward: {
    x1: ({ grad, x1, x2, result, p }) => slopes(grad, x1, x2, result, p).sum([-2]),
    x2: ({ grad, x1, x2, result, p }) => slopes(grad.mT, x2, x1, result.mT, p).sum([-2]),
  },
  node: "CdistBackward0",
});
const apart = (x1: Tensor, x2: Tensor): Tensor => x1.unsqueeze(-2).sub(x2.unsqueeze(-3));
/** Of each distance by what the vectors are apart: where they are not, 0. */
function slopes(grad: Tensor, x1: Tensor, x2: Tensor, result: Tensor, p: number): Tensor {
  const [d, g, size] = [apart(x1, x2), grad.unsqueeze(-1), result.unsqueeze(-1)];
  const sign = _where(d.isnan(), d, d.sign());
  if (p === 0) return d.new_zeros(d.sizes);
  if (p === 1) return sign.mul(g);
  if (p === Infinity) return sign.mul(g).mul(d.abs().sub(size).abs().ceil().clamp(null, 1).neg().add(1));
  const power = p === 2 ? d : _where(d.eq(0), 0, sign.mul(d.abs().pow(p - 1)));
  const still = p < 1 ? d.eq(0).logical_or(size.eq(0)) : size.eq(0);
  return _where(still, 0, power.mul(g).div(size.pow(p - 1)));
}
/** Slices along `dim` whose p-norm is above `maxnorm` scaled down to it. */
export const renorm = op("renorm(Tensor self, Scalar p, int dim, Scalar maxnorm) -> Tensor");
define(renorm, {
  kernel: composite(({ self, p, dim, maxnorm }) => {
    if (self.sizes.length < 2)
      throw new RuntimeError(`renorm: input needs at least 2 dimensions, got ${self.sizes.length} dimensions`);
    if (Number(p) <= 0) throw new RuntimeError("renorm: non-positive-norm not supported");
    if (Number(maxnorm) < 0) throw new RuntimeError(`renorm: expected maxnorm to be >= 0 but got ${maxnorm}`);
    const d = wrapDim(dim, self.sizes.length);
    const norms = self.norm(
      p,
      self.sizes.map((_, k) => k).filter((k) => k !== d),
      true,
    );
    return self.contiguous().mul(_where(norms.gt(maxnorm), norms.add(1e-7).reciprocal().mul(maxnorm), 1));
  }),
  node: "RenormBackward0",
});
export const renorm_ = inplace(renorm);

/** Differences of neighbours along `dim`, `n` times over. */
export const diff = op("diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor");
define(diff, {
  kernel: composite(({ self, n, dim, prepend, append }) => {
    if (self.sizes.length === 0) throw new RuntimeError("diff expects input to be at least one-dimensional");
    if (n < 0) throw new RuntimeError(`order must be non-negative but got ${n}`);
    if (n === 0) return self.clone();
    const d = wrapDim(dim, self.sizes.length);
    const ends = [prepend, self, append].filter((t) => t !== null);
    let x = ends.length === 1 ? self : cat(ends, d);
    for (let i = 0; i < n && x.sizes[d] > 0; i++) {
      const [head, tail] = [x.narrow(d, 0, x.sizes[d] - 1), x.narrow(d, 1, x.sizes[d] - 1)];
      x = x.dtype.name === "bool" ? logical_xor(tail, head) : tail.sub(head);
    }
    return x;
  }),
});
/** The integral along `dim` by the trapezoidal rule: over points `x`, or `dx` apart. @internal */
export const _trapezoid = op("_trapezoid(Tensor self, Tensor? x, Scalar dx, int dim, bool running) -> Tensor");
define(_trapezoid, {
  kernel: composite(({ self, x, dx, dim, running }) => {
    if (self.sizes.length === 0)
      throw new IndexError(
        x === null && running
          ? "slice() cannot be applied to a 0-dim tensor."
          : `Dimension specified as ${x === null ? dim : 0} but tensor has no dimensions`,
      );
    const d = wrapDim(dim, self.sizes.length);
    const name = running ? "cumulative_trapezoid" : "trapezoid";
    if (!running && self.sizes[d] === 0) return self.new_zeros(self.sizes.toSpliced(d, 1));
    if (self.dtype === bool || x?.dtype === bool)
      throw new RuntimeError(
        `${name}: received a bool input for ${x === null ? "`y`" : "`x` or `y`"}, but bool is not supported`,
      );
    if (x === null && dx instanceof Complex)
      throw new RuntimeError(`${name}: Currently, we only support dx as a real number.`);
    if (x === null && !running) {
      const ends = self.select(d, 0).add(self.select(d, -1));
      return self.sum([d]).sub(ends.mul(0.5)).mul(Number(dx));
    }
    const count = Math.max(0, self.sizes[d] - 1);
    const both = self.narrow(d, 0, count).add(self.narrow(d, self.sizes[d] - count, count));
    if (x === null) return both.mul(new Float(Number(dx) / 2)).cumsum(d);
    const areas = both.mul(widths(x, self, d));
    return (running ? areas.cumsum(d) : areas.sum([d])).div(2);
  }),
  lastNode: ({ x, running }) => (x !== null ? "DivBackward1" : running ? "CumsumBackward0" : "MulBackward1"),
});
function widths(x: Tensor, y: Tensor, d: number): Tensor {
  if (x.sizes.length === 0) throw new RuntimeError("trapezoid: x must have at least one dimension");
  if (x.sizes.length !== 1) {
    const k = wrapDim(d - y.sizes.length, x.sizes.length);
    return x.narrow(k, 1, x.sizes[k] - 1).sub(x.narrow(k, 0, x.sizes[k] - 1));
  }
  if (x.sizes[0] !== y.sizes[d]) throw new RuntimeError("trapezoid: There must be one `x` value for each sample point");
  return diff(x).reshape(y.sizes.map((_, k) => (k === d ? x.sizes[0] - 1 : 1)));
}
/** Covariances of the rows of self; the columns are observations, counted by `fweights`, weighed by `aweights`. */
export const cov = op("cov(Tensor self, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None) -> Tensor");
define(cov, {
  kernel: composite(({ self, correction, fweights, aweights }) => {
    if (self.sizes.length > 2)
      throw new RuntimeError(
        `cov(): expected input to have two or fewer dimensions but got an input with ${self.sizes.length} dimensions`,
      );
    if (self.dtype.name === "bool") throw new RuntimeError("cov(): bool dtype is not supported for input");
    const rows = self.sizes.length === 2 ? self : self.reshape([1, self.numel()]);
    const n = rows.sizes[1];
    for (const [name, w] of [
      ["fweights", fweights],
      ["aweights", aweights],
    ] as const) {
      if (w === null) continue;
      if (w.sizes.length > 1)
        throw new RuntimeError(
          `cov(): expected ${name} to have one or fewer dimensions but got ${name} with ${w.sizes.length} dimensions`,
        );
      if (w.dtype.is_floating_point !== (name === "aweights"))
        throw new RuntimeError(
          name === "fweights"
            ? `cov(): expected fweights to have integral dtype but got fweights with ${w.dtype.legacyName} dtype`
            : `cov(): expected aweights to have floating point dtype but got aweights with ${w.dtype.legacyName} dtype`,
        );
      if (w.numel() !== n)
        throw new RuntimeError(
          `cov(): expected ${name} to have the same numel as there are observations in the input but got ${w.numel()} != ${n}`,
        );
      if (isAny(w.lt(0))) throw new RuntimeError(`cov(): ${name} cannot be negative`);
    }
    const weights = fweights === null ? aweights : aweights === null ? fweights : fweights.mul(aweights);
    const total = weights === null ? null : weights.sum();
    const mean = weights === null ? rows.sum([1], true).div(n) : rows.mul(weights).sum([1], true).div(total!);
    // What rounding took from the mean is left in all alike.
    const near = rows.sub(mean);
    const rest = weights === null ? near.sum([1], true).div(n) : near.mul(weights).sum([1], true).div(total!);
    const centred = near.sub(rest);
    const weighed = weights === null ? centred : centred.mul(weights);
    const norm =
      total === null
        ? n - correction
        : aweights === null || correction === 0
          ? total.sub(correction)
          : total.sub(weights!.mul(aweights).sum().div(total).mul(correction));
    if ((typeof norm === "number" ? norm : numberIn(norm, 1)) <= 0)
      warn("cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.");
    const positive = typeof norm === "number" ? Math.max(norm, 0) : norm.clamp_min(0);
    return weighed.mm(conj(centred.t()).to(weighed.dtype)).div(positive).squeeze();
  }),
});
/** Correlations of the rows of self: {@link cov} over the products of their deviations. */
export const corrcoef = op("corrcoef(Tensor self) -> Tensor");
define(corrcoef, {
  kernel: composite(({ self }) => {
    if (self.sizes.length > 2)
      throw new RuntimeError(
        `corrcoef(): expected input to have two or fewer dimensions but got an input with ${self.sizes.length} dimensions`,
      );
    const c = cov(self);
    if (c.sizes.length === 0) return c.div(c);
    const spread = c.diagonal().sqrt();
    const scaled = c.div(spread.unsqueeze(-1)).div(spread.unsqueeze(0));
    if (!scaled.dtype.is_complex) return scaled.clamp(-1, 1);
    return _complex(scaled.real.clamp(-1, 1), scaled.imag.clamp(-1, 1));
  }),
});
