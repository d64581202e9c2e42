// Kullback-Leibler divergences, by the classes of both distributions.
import { NotImplementedError, ValueError } from "../base/errors.ts";
import { softplus } from "../ops/nn/activation/activation.ts";
import { solve_triangular } from "../ops/linalg/index.ts";
import { broadcast_shapes } from "../ops/views/variadic.ts";
import { where } from "../ops/overloads.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Independent } from "./composed.ts";
import {
  Beta,
  Cauchy,
  ContinuousBernoulli,
  Dirichlet,
  Exponential,
  Gamma,
  Laplace,
  Normal,
  Uniform,
} from "./continuous.ts";
import { Bernoulli, Binomial, Categorical, Geometric, OneHotCategorical, Poisson } from "./discrete.ts";
import type { Distribution } from "./distribution.ts";
import { LowRankMultivariateNormal } from "./low_rank.ts";
import { logDiagonal, mahalanobis, MultivariateNormal } from "./multivariate.ts";
import { EULER, sumRightmost } from "./parameters.ts";
import { Gumbel, HalfNormal, Pareto, TransformedDistribution } from "./transformed.ts";
import { Wishart } from "./wishart.ts";

/** A class, whatever its constructor takes. */
interface Class<T> {
  readonly prototype: T;
}
type Formula = (p: never, q: never) => Tensor;
interface Entry {
  readonly p: Class<Distribution>;
  readonly q: Class<Distribution>;
  readonly formula: Formula;
}
const registry: Entry[] = [];
/**
 * Registers the divergence of distributions of two classes, as `torch.distributions.kl.register_kl`.
 * @example register_kl(Normal, MyNormal, (p, q) => p.loc.sub(q.loc).square());
 */
export function register_kl<P extends Distribution, Q extends Distribution>(
  p: Class<P>,
  q: Class<Q>,
  formula: (p: P, q: Q) => Tensor,
): void {
  registry.push({ p, q, formula: formula as Formula });
}
/** How many classes an object is above another: the nearest entry counts. */
function distance(x: object, cls: Class<object>): number {
  let steps = 0;
  for (let at: unknown = Object.getPrototypeOf(x); at !== null; at = Object.getPrototypeOf(at as object), steps++)
    if (at === cls.prototype) return steps;
  return Infinity;
}
/**
 * KL(p || q) of each batch, as `torch.distributions.kl_divergence`. Raises NotImplementedError for classes of which it
 * is not known.
 */
export function kl_divergence(p: Distribution, q: Distribution): Tensor {
  let best: Entry | null = null;
  let least: readonly [number, number] = [Infinity, Infinity];
  for (const entry of registry) {
    const at = [distance(p, entry.p), distance(q, entry.q)] as const;
    if (at[0] === Infinity || at[1] === Infinity) continue;
    // Of several for the same classes the last one registered.
    if (at[0] < least[0] || (at[0] === least[0] && at[1] <= least[1])) [best, least] = [entry, at];
  }
  if (best === null)
    throw new NotImplementedError(
      `No KL(p || q) is implemented for p type ${p.constructor.name} and q type ${q.constructor.name}`,
    );
  return best.formula(p as never, q as never);
}

const infinite = (x: Tensor): Tensor => x.new_full(x.shape, Infinity);
const xLogX = (x: Tensor): Tensor => x.xlogy(x);
/** log(1 + exp(-x)) of one less that of the other. */
const softly = (q: Tensor, p: Tensor): Tensor => softplus(q).sub(softplus(p));

register_kl(Bernoulli, Bernoulli, (p, q) => {
  const one = p.probs.mul(softly(q.logits.neg(), p.logits.neg()));
  const zero = p.probs.neg().add(1).mul(softly(q.logits, p.logits));
  return one
    .masked_fill(q.probs.eq(0), Infinity)
    .masked_fill(p.probs.eq(0), 0)
    .add(zero.masked_fill(q.probs.eq(1), Infinity).masked_fill(p.probs.eq(1), 0));
});
register_kl(Beta, Beta, (p, q) => {
  const [sumP, sumQ] = [p.concentration1.add(p.concentration0), q.concentration1.add(q.concentration0)];
  const t1 = q.concentration1.lgamma().add(q.concentration0.lgamma()).add(sumP.lgamma());
  const t2 = p.concentration1.lgamma().add(p.concentration0.lgamma()).add(sumQ.lgamma());
  const part = (a: Tensor, b: Tensor): Tensor => a.sub(b).mul(a.digamma());
  return t1
    .sub(t2)
    .add(part(p.concentration1, q.concentration1))
    .add(part(p.concentration0, q.concentration0))
    .sub(part(sumP, sumQ));
});
register_kl(Binomial, Binomial, (p, q) => {
  if (p.total_count.lt(q.total_count).any().item())
    throw new NotImplementedError("KL between Binomials where q.total_count > p.total_count is not implemented");
  const each = p.probs.mul(p.logits.sub(q.logits)).add(p.probs.neg().log1p()).sub(q.probs.neg().log1p());
  return p.total_count.mul(each).masked_fill(p.total_count.gt(q.total_count), Infinity);
});
register_kl(Categorical, Categorical, (p, q) => {
  const t = p.probs.mul(p.logits.sub(q.logits));
  return t.masked_fill(q.probs.eq(0), Infinity).masked_fill(p.probs.eq(0), 0).sum(-1);
});
register_kl(OneHotCategorical, OneHotCategorical, (p, q) => kl_divergence(p._categorical, q._categorical));
register_kl(ContinuousBernoulli, ContinuousBernoulli, (p, q) =>
  p.mean
    .mul(p.logits.sub(q.logits))
    .add(p._cont_bern_log_norm().add(p.probs.neg().log1p()))
    .sub(q._cont_bern_log_norm().add(q.probs.neg().log1p())),
);
register_kl(Dirichlet, Dirichlet, (p, q) => {
  const [a, b] = [p.concentration, q.concentration];
  const sum = a.sum(-1);
  return sum
    .lgamma()
    .sub(b.sum(-1).lgamma())
    .sub(a.lgamma().sub(b.lgamma()).sum(-1))
    .add(
      a
        .sub(b)
        .mul(a.digamma().sub(sum.digamma().unsqueeze(-1)))
        .sum(-1),
    );
});
register_kl(Exponential, Exponential, (p, q) => {
  const ratio = q.rate.div(p.rate);
  return ratio.sub(ratio.log()).sub(1);
});
register_kl(Gamma, Gamma, (p, q) =>
  q.concentration
    .mul(p.rate.div(q.rate).log())
    .add(q.concentration.lgamma().sub(p.concentration.lgamma()))
    .add(p.concentration.sub(q.concentration).mul(p.concentration.digamma()))
    .add(q.rate.sub(p.rate).mul(p.concentration.div(p.rate))),
);
register_kl(Gumbel, Gumbel, (p, q) => {
  const [scale, from, to] = [p.scale.div(q.scale), q.loc.div(q.scale), p.loc.div(q.scale)];
  const tail = from.add(scale.add(1).lgamma()).sub(to).exp();
  return to
    .sub(from)
    .sub(scale.log())
    .add(scale.mul(EULER))
    .add(tail)
    .sub(1 + EULER);
});
register_kl(Geometric, Geometric, (p, q) => p.entropy().neg().sub(q.probs.neg().log1p().div(p.probs)).sub(q.logits));
register_kl(HalfNormal, HalfNormal, (p, q) => kl_divergence(p.base_dist, q.base_dist));
register_kl(Laplace, Laplace, (p, q) => {
  const ratio = p.scale.div(q.scale);
  const apart = p.loc.sub(q.loc).abs();
  return apart
    .div(q.scale)
    .sub(ratio.log())
    .add(ratio.mul(apart.neg().div(p.scale).exp()))
    .sub(1);
});
/** The trace of (B B')⁻¹ A A', of Cholesky factors A and B. */
function traceOfRatio(a: Tensor, b: Tensor): Tensor {
  const shape = [...broadcast_shapes(a.shape.slice(0, -2), b.shape.slice(0, -2)), ...a.shape.slice(-2)];
  return solve_triangular(b.expand(shape), a.expand(shape), { upper: false }).square().sum([-2, -1]);
}
register_kl(MultivariateNormal, MultivariateNormal, (p, q) => {
  const [a, b] = [p._unbroadcasted_scale_tril, q._unbroadcasted_scale_tril];
  const n = p.event_shape[0];
  const trace = traceOfRatio(a, b);
  const apart = mahalanobis(b, q.loc.sub(p.loc));
  return logDiagonal(b).sub(logDiagonal(a)).add(trace.add(apart).sub(n).mul(0.5));
});
register_kl(Wishart, Wishart, (p, q) => {
  const [a, b] = [p._unbroadcasted_scale_tril, q._unbroadcasted_scale_tril];
  const n = p.event_shape[0];
  const trace = traceOfRatio(a, b);
  const gammas = q.df.div(2).mvlgamma(n).sub(p.df.div(2).mvlgamma(n));
  return q.df
    .mul(logDiagonal(b).sub(logDiagonal(a)))
    .add(p.df.div(2).mul(trace.sub(n)))
    .add(gammas)
    .add(p.df.sub(q.df).div(2).mul(p._digammas()));
});
type AnyNormal = MultivariateNormal | LowRankMultivariateNormal;
const logDet = (d: AnyNormal): Tensor =>
  d instanceof MultivariateNormal ? logDiagonal(d._unbroadcasted_scale_tril).mul(2) : d._log_det();
const distanceFrom = (d: AnyNormal, x: Tensor): Tensor =>
  d instanceof MultivariateNormal ? mahalanobis(d._unbroadcasted_scale_tril, x) : d._distance(x);
function ofNormals(p: AnyNormal, q: AnyNormal): Tensor {
  if (p.event_shape[0] !== q.event_shape[0])
    throw new ValueError(
      "KL-divergence between two (Low Rank) Multivariate Normals with                          different event shapes cannot be computed",
    );
  const trace = q.precision_matrix.mul(p.covariance_matrix).sum([-2, -1]);
  const apart = distanceFrom(q, q.loc.sub(p.loc));
  return logDet(q).sub(logDet(p)).add(trace).add(apart).sub(p.event_shape[0]).mul(0.5);
}
register_kl(LowRankMultivariateNormal, LowRankMultivariateNormal, ofNormals);
register_kl(MultivariateNormal, LowRankMultivariateNormal, ofNormals);
register_kl(LowRankMultivariateNormal, MultivariateNormal, ofNormals);
register_kl(Normal, Normal, (p, q) => {
  const ratio = p.scale.div(q.scale).square();
  return ratio.add(p.loc.sub(q.loc).div(q.scale).square()).sub(1).sub(ratio.log()).mul(0.5);
});
register_kl(Pareto, Pareto, (p, q) => {
  const ratio = q.alpha.div(p.alpha);
  const result = q.alpha.mul(p.scale.div(q.scale).log()).sub(ratio.log()).add(ratio).sub(1);
  return result.masked_fill(p.scale.lt(q.scale), Infinity);
});
register_kl(Poisson, Poisson, (p, q) => p.rate.mul(p.rate.log().sub(q.rate.log())).sub(p.rate.sub(q.rate)));
register_kl(TransformedDistribution, TransformedDistribution, (p, q) => {
  const same = p.transforms.length === q.transforms.length && p.transforms.every((t, i) => t.equals(q.transforms[i]));
  if (!same || String(p.event_shape) !== String(q.event_shape)) throw new NotImplementedError("");
  return kl_divergence(p.base_dist, q.base_dist);
});
register_kl(Independent, Independent, (p, q) => {
  if (p.reinterpreted_batch_ndims !== q.reinterpreted_batch_ndims) throw new NotImplementedError("");
  return sumRightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims);
});
register_kl(Cauchy, Cauchy, (p, q) => {
  const sum = p.scale.add(q.scale).square().add(p.loc.sub(q.loc).square());
  return sum.log().sub(p.scale.mul(q.scale).mul(4).log());
});
register_kl(Uniform, Uniform, (p, q) => {
  const result = q.high.sub(q.low).div(p.high.sub(p.low)).log();
  return result.masked_fill(q.low.gt(p.low).logical_or(q.high.lt(p.high)), Infinity);
});
register_kl(Bernoulli, Poisson, (p, q) => p.entropy().neg().sub(p.probs.mul(q.rate.log()).sub(q.rate)));
register_kl(Beta, Exponential, (p, q) => p.entropy().neg().sub(q.rate.log()).add(q.rate.mul(p.mean)));
register_kl(Beta, Gamma, (p, q) => {
  const sum = p.concentration1.add(p.concentration0);
  const norm = q.concentration.lgamma().sub(q.concentration.mul(q.rate.log()));
  const log = q.concentration.sub(1).mul(p.concentration1.digamma().sub(sum.digamma()));
  return norm.sub(p.entropy()).sub(log).add(q.rate.mul(p.mean));
});
const LOG_2PI = Math.log(2 * Math.PI);
/** Of any p whose mean and variance exist, by its entropy. */
const toNormal = (p: Distribution, q: Normal): Tensor => {
  const square = p.variance.add(p.mean.sub(q.loc).square()).div(q.scale.square().mul(2));
  return p
    .entropy()
    .neg()
    .add(0.5 * LOG_2PI)
    .add(q.scale.log())
    .add(square);
};
for (const P of [Beta, ContinuousBernoulli, Exponential, Gamma, Gumbel, Laplace, Uniform] as const)
  register_kl<Distribution, Normal>(P, Normal, toNormal);
register_kl(Pareto, Normal, (p, q) => toNormal(p, q).masked_fill(p.alpha.le(2), Infinity));
register_kl(Beta, Uniform, (p, q) => {
  const result = q.high.sub(q.low).log().sub(p.entropy());
  return result.masked_fill(q.low.gt(0).logical_or(q.high.lt(1)), Infinity);
});
register_kl(Exponential, Gamma, (p, q) => {
  const ratio = q.rate.div(p.rate);
  const { concentration: a } = q;
  return ratio
    .sub(a.mul(ratio.log()))
    .add(a.lgamma())
    .add(a.mul(EULER))
    .sub(1 + EULER);
});
register_kl(Gamma, Exponential, (p, q) => q.rate.mul(p.concentration).div(p.rate).sub(p.entropy()).sub(q.rate.log()));
register_kl(Exponential, Gumbel, (p, q) => {
  const both = p.rate.mul(q.scale);
  const at = q.loc.div(q.scale);
  return both
    .log()
    .sub(1)
    .sub(at)
    .add(at.exp().mul(both).div(both.add(1)))
    .add(both.reciprocal());
});
register_kl(Normal, Laplace, (p, q) => {
  const apart = p.loc.sub(q.loc);
  const z = apart.div(p.scale);
  const spread = p.scale.mul(Math.sqrt(2 / Math.PI)).mul(z.square().mul(-0.5).exp());
  const moved = apart.mul(z.mul(Math.SQRT1_2).erf());
  const constant = 0.5 * (1 + Math.log(0.5 * Math.PI));
  return spread.add(moved).div(q.scale).sub(p.scale.div(q.scale).log()).sub(constant);
});
register_kl(Normal, Gumbel, (p, q) => {
  const [mean, at] = [p.loc.div(q.scale), q.loc.div(q.scale)];
  const ratio = p.scale.div(q.scale).square();
  const tail = ratio.mul(0.5).sub(mean).add(at).exp();
  return mean
    .sub(at)
    .sub(ratio.log().mul(0.5))
    .add(tail)
    .sub(0.5 * (1 + LOG_2PI));
});
register_kl(Pareto, Exponential, (p, q) => {
  const both = p.scale.mul(q.rate);
  const result = p.alpha
    .div(both)
    .log()
    .sub(p.alpha.reciprocal())
    .add(p.alpha.mul(both).div(p.alpha.sub(1)))
    .sub(1);
  return result.masked_fill(p.alpha.le(1), Infinity);
});
const below0 = (result: Tensor, p: Uniform): Tensor => result.masked_fill(p.low.lt(0), Infinity);
register_kl(Uniform, Exponential, (p, q) =>
  below0(q.rate.mul(p.high.add(p.low)).div(2).sub(p.high.sub(p.low).mul(q.rate).log()), p),
);
register_kl(Uniform, Gamma, (p, q) => {
  const width = p.high.sub(p.low);
  const norm = q.concentration.lgamma().sub(q.concentration.mul(q.rate.log()));
  const log = xLogX(p.high).sub(xLogX(p.low)).sub(width).div(width);
  const result = norm.sub(width.log()).add(q.concentration.neg().add(1).mul(log));
  return below0(result.add(q.rate.mul(p.high.add(p.low)).div(2)), p);
});
register_kl(Uniform, Beta, (p, q) => {
  const width = p.high.sub(p.low);
  const above = (x: Tensor): Tensor => xLogX(x.neg().add(1));
  const t2 = q.concentration1
    .sub(1)
    .mul(xLogX(p.high).sub(xLogX(p.low)).sub(width))
    .div(width);
  const t3 = q.concentration0
    .sub(1)
    .mul(above(p.high).sub(above(p.low)).add(width))
    .div(width);
  const norm = q.concentration1.lgamma().add(q.concentration0.lgamma());
  const t4 = norm.sub(q.concentration1.add(q.concentration0).lgamma());
  const result = t3.add(t4).sub(width.log()).sub(t2);
  return where(p.high.gt(1).logical_or(p.low.lt(0)), Infinity, result);
});
/** To a Gumbel, from the mean of p and that of exp(-x / scale). */
const toGumbel = (p: Distribution, q: Gumbel, tail: Tensor): Tensor => {
  const loc = q.loc.div(q.scale);
  return p.mean.div(q.scale).sub(loc).add(q.scale.log()).sub(p.entropy()).add(loc.exp().mul(tail));
};
register_kl(Gamma, Gumbel, (p, q) => {
  const tail = p.rate.mul(q.scale).reciprocal().add(1).pow(p.concentration.neg());
  return toGumbel(p, q, tail);
});
register_kl(Uniform, Gumbel, (p, q) => {
  const [low, high] = [p.low, p.high].map((x) => x.div(q.scale).neg().exp());
  return toGumbel(p, q, low.sub(high).mul(q.scale).div(p.high.sub(p.low)));
});
register_kl(Pareto, Gamma, (p, q) => {
  const log = p.scale.log().add(p.alpha.reciprocal());
  const norm = q.concentration.lgamma().sub(q.concentration.mul(q.rate.log()));
  const result = norm.sub(p.entropy()).sub(q.concentration.sub(1).mul(log)).add(q.rate.mul(p.mean));
  return result.masked_fill(p.alpha.le(1), Infinity);
});
register_kl(Uniform, Pareto, (p, q) => {
  const width = p.high.sub(p.low);
  const log = xLogX(p.high).sub(xLogX(p.low)).sub(width).div(width);
  const norm = q.alpha.log().add(q.alpha.mul(q.scale.log()));
  const result = q.alpha.add(1).mul(log).sub(width.log()).sub(norm);
  return result.masked_fill(p.low.lt(q.scale), Infinity);
});
const toContinuousBernoulli = (p: Distribution, q: ContinuousBernoulli): Tensor =>
  p.entropy().neg().sub(p.mean.mul(q.logits)).sub(q.probs.neg().log1p()).sub(q._cont_bern_log_norm());
register_kl(Beta, ContinuousBernoulli, toContinuousBernoulli);
register_kl(Uniform, ContinuousBernoulli, (p, q) =>
  toContinuousBernoulli(p, q).masked_fill(p.high.ge(1).logical_or(p.low.le(0)), Infinity),
);
register_kl(ContinuousBernoulli, Exponential, (p, q) => q.rate.mul(p.mean).sub(p.entropy()).sub(q.rate.log()));
register_kl(ContinuousBernoulli, Uniform, (p, q) => {
  const result = q.high.sub(q.low).log().sub(p.entropy());
  return result.masked_fill(q.low.ge(0).logical_or(q.high.le(1)), Infinity);
});
// Where p is where q never is.
for (const [P, parameter, Qs] of [
  [Beta, "concentration1", [Pareto]],
  [ContinuousBernoulli, "probs", [Pareto]],
  [Exponential, "rate", [Beta, ContinuousBernoulli, Pareto, Uniform]],
  [Gamma, "concentration", [Beta, ContinuousBernoulli, Pareto, Uniform]],
  [Gumbel, "loc", [Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform]],
  [Laplace, "loc", [Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform]],
  [Normal, "loc", [Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform]],
  [Pareto, "scale", [Beta, ContinuousBernoulli, Uniform]],
  [Poisson, "rate", [Bernoulli, Binomial]],
] as const)
  for (const Q of Qs)
    register_kl<Distribution, Distribution>(P, Q, (p) => infinite((p as unknown as Record<string, Tensor>)[parameter]));
