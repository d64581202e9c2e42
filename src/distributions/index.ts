// torch.distributions
import "../ops/methods/index.ts";

export * as constraints from "./constraints.ts";
export { Independent, MixtureSameFamily } from "./composed.ts";
export { biject_to, transform_to } from "./constraint_registry.ts";
export type { ConstraintRegistry } from "./constraint_registry.ts";
export {
  Beta,
  Cauchy,
  Chi2,
  ContinuousBernoulli,
  Dirichlet,
  Exponential,
  FisherSnedecor,
  Gamma,
  GeneralizedPareto,
  Laplace,
  Normal,
  StudentT,
  Uniform,
  VonMises,
} from "./continuous.ts";
export {
  Bernoulli,
  Binomial,
  Categorical,
  Geometric,
  Multinomial,
  NegativeBinomial,
  OneHotCategorical,
  OneHotCategoricalStraightThrough,
  Poisson,
} from "./discrete.ts";
export { Distribution } from "./distribution.ts";
export { binomial } from "./draws.ts";
export { kl_divergence, register_kl } from "./kl.ts";
export { LKJCholesky } from "./correlations.ts";
export { LowRankMultivariateNormal } from "./low_rank.ts";
export { MultivariateNormal } from "./multivariate.ts";
export type { Param } from "./parameters.ts";
export {
  ExpRelaxedCategorical,
  Gumbel,
  HalfCauchy,
  HalfNormal,
  InverseGamma,
  Kumaraswamy,
  LogisticNormal,
  LogitRelaxedBernoulli,
  LogNormal,
  Pareto,
  RelaxedBernoulli,
  RelaxedOneHotCategorical,
  TransformedDistribution,
  Weibull,
} from "./transformed.ts";
export { Wishart } from "./wishart.ts";
export * as transforms from "./transforms.ts";
export {
  AbsTransform,
  AffineTransform,
  CatTransform,
  ComposeTransform,
  CorrCholeskyTransform,
  CumulativeDistributionTransform,
  ExpTransform,
  identity_transform,
  IndependentTransform,
  LowerCholeskyTransform,
  PositiveDefiniteTransform,
  PowerTransform,
  ReshapeTransform,
  SigmoidTransform,
  SoftmaxTransform,
  SoftplusTransform,
  StackTransform,
  StickBreakingTransform,
  TanhTransform,
  Transform,
} from "./transforms.ts";
