import torch
import torch.distributions as D
from torch.distributions import constraints, transforms

t = torch.tensor
EVERY = {
    "Bernoulli": lambda: D.Bernoulli(t([0.3, 0.5])),
    "Bernoulli of logits": lambda: D.Bernoulli(logits=t([0.3, -2.0])),
    "Beta": lambda: D.Beta(t([0.5, 2.0]), t([1.5, 3.0])),
    "Beta of numbers": lambda: D.Beta(2.0, 3.0),
    "Binomial": lambda: D.Binomial(20, t([0.3, 0.7])),
    "Categorical": lambda: D.Categorical(t([[1.0, 2.0, 3.0], [1.0, 0.0, 1.0]])),
    "Categorical of logits": lambda: D.Categorical(logits=t([1.0, 2.0, 3.0])),
    "Cauchy": lambda: D.Cauchy(t([0.0, 1.0]), 2.0),
    "Chi2": lambda: D.Chi2(t([1.0, 4.0])),
    "ContinuousBernoulli": lambda: D.ContinuousBernoulli(t([0.2, 0.5, 0.9])),
    "Dirichlet": lambda: D.Dirichlet(t([[0.5, 1.0, 3.0], [10.0, 20.0, 30.0]])),
    "Exponential": lambda: D.Exponential(t([0.5, 2.0])),
    "FisherSnedecor": lambda: D.FisherSnedecor(t([5.0, 2.0]), t([6.0, 7.0])),
    "Gamma": lambda: D.Gamma(t([0.5, 2.0, 30.0]), t([1.0, 2.0, 3.0])),
    "GeneralizedPareto": lambda: D.GeneralizedPareto(t([0.0, 1.0]), 2.0, t([0.0, 0.3])),
    "Geometric": lambda: D.Geometric(t([0.3, 0.8])),
    "Gumbel": lambda: D.Gumbel(t([0.0, 1.0]), t([1.0, 2.0])),
    "HalfCauchy": lambda: D.HalfCauchy(t([1.0, 2.0])),
    "HalfNormal": lambda: D.HalfNormal(t([1.0, 2.0])),
    "Independent": lambda: D.Independent(D.Normal(torch.zeros(2, 3), torch.ones(2, 3)), 1),
    "InverseGamma": lambda: D.InverseGamma(t([3.0, 4.0]), 2.0),
    "Kumaraswamy": lambda: D.Kumaraswamy(t([2.0, 3.0]), t([4.0, 5.0])),
    "Laplace": lambda: D.Laplace(t([0.0, 1.0]), 2.0),
    "LogNormal": lambda: D.LogNormal(t([0.0, 1.0]), 0.5),
    "LogisticNormal": lambda: D.LogisticNormal(t([0.0, 1.0]), t([1.0, 0.5])),
    "MixtureSameFamily": lambda: D.MixtureSameFamily(D.Categorical(t([0.3, 0.7])), D.Normal(t([-1.0, 2.0]), t([1.0, 0.5]))),
    "Multinomial": lambda: D.Multinomial(5, t([0.2, 0.3, 0.5])),
    "MultivariateNormal": lambda: D.MultivariateNormal(torch.zeros(2), t([[2.0, 0.5], [0.5, 1.0]])),
    "MultivariateNormal of precision": lambda: D.MultivariateNormal(torch.zeros(3, 2), precision_matrix=t([[2.0, 0.5], [0.5, 1.0]])),
    "NegativeBinomial": lambda: D.NegativeBinomial(t([3.0, 5.0]), t([0.3, 0.6])),
    "Normal": lambda: D.Normal(t([0.0, 1.0]), t([1.0, 2.0])),
    "Normal in float64": lambda: D.Normal(t([0.0, 1.0], dtype=torch.float64), 2.0),
    "OneHotCategorical": lambda: D.OneHotCategorical(t([0.2, 0.3, 0.5])),
    "OneHotCategoricalStraightThrough": lambda: D.OneHotCategoricalStraightThrough(t([0.2, 0.3, 0.5])),
    "Pareto": lambda: D.Pareto(t([1.0, 2.0]), t([3.0, 4.0])),
    "Poisson": lambda: D.Poisson(t([0.5, 20.0])),
    "RelaxedBernoulli": lambda: D.RelaxedBernoulli(t(0.5), t([0.3, 0.6])),
    "RelaxedOneHotCategorical": lambda: D.RelaxedOneHotCategorical(t(0.5), t([0.2, 0.3, 0.5])),
    "StudentT": lambda: D.StudentT(t([3.0, 5.0]), 1.0, 2.0),
    "TransformedDistribution": lambda: D.TransformedDistribution(D.Normal(torch.zeros(2), 1.0), [D.ExpTransform(), D.AffineTransform(1.0, 2.0)]),
    "Uniform": lambda: D.Uniform(t([0.0, -1.0]), t([1.0, 3.0])),
    "VonMises": lambda: D.VonMises(t([0.0, 1.0]), t([1.0, 4.0])),
    "Weibull": lambda: D.Weibull(t([1.0, 2.0]), t([0.8, 1.5])),
}


def shown(f):
    try:
        x = f()
        if isinstance(x, torch.Tensor):
            x = [float(f"{n:.4g}") for n in x.detach().double().flatten().tolist()], tuple(x.shape), x.dtype
        return x
    except NotImplementedError:
        return "not implemented"
    except Exception as error:
        return type(error).__name__, str(error).split("\n")[0]


# --- every distribution
for name, make in EVERY.items():
    torch.manual_seed(1)
    d = make()
    print(name, "|", d, d.batch_shape, d.event_shape, d.has_rsample, d.has_enumerate_support, d.support)
    drawn = d.sample((2,))
    print("  sample", shown(lambda: drawn), shown(lambda: d.sample()), shown(lambda: torch.rand(2)))
    print("  log_prob", shown(lambda: d.log_prob(drawn)))
    for member in ("mean", "mode", "variance", "stddev"):
        print(" ", member, shown(lambda: getattr(d, member)))
    for method in ("entropy", "enumerate_support"):
        print(" ", method, shown(lambda: getattr(d, method)()))
    print("  cdf", shown(lambda: d.cdf(drawn)))
    print("  icdf", shown(lambda: d.icdf(torch.full(d.batch_shape, 0.3))))
    e = d.expand((3, *d.batch_shape))
    print("  expand", e, e.batch_shape, shown(lambda: e.log_prob(e.sample())), type(e) is type(d))

# --- gradients of draws
for make, params in (
    (D.Normal, (0.5, 2.0)),
    (D.Gamma, ([0.3, 3.0, 30.0, 9.0], 2.0)),
    (D.Beta, ([0.5, 3.0, 20.0], [0.5, 2.0, 30.0])),
    (D.StudentT, ([3.0, 5.0], 1.0, 2.0)),
    (D.Laplace, (0.0, 1.0)),
    (D.Gumbel, (0.0, 1.0)),
    (D.Weibull, (1.0, 2.0)),
    (D.LogNormal, (0.0, 1.0)),
):
    torch.manual_seed(2)
    leaves = [t(p, requires_grad=True) for p in params]
    make(*torch.broadcast_tensors(*leaves)).rsample((3,)).sum().backward()
    print(make.__name__, [shown(lambda: p.grad) for p in leaves])
torch.manual_seed(3)
c = t([[0.5, 1.0, 3.0], [10.0, 20.0, 30.0]], requires_grad=True)
(D.Dirichlet(c).rsample((2,)) * torch.arange(3.0)).sum().backward()
print(shown(lambda: c.grad))

# --- divergences
pairs = [("Normal", "Normal"), ("Bernoulli", "Bernoulli of logits"), ("Beta", "Beta"), ("Categorical", "Categorical"), ("Beta", "Exponential"), ("Gamma", "Gamma"), ("Exponential", "Exponential"), ("Laplace", "Normal"), ("Normal", "Laplace"), ("Uniform", "Normal"), ("Uniform", "Beta"), ("Normal", "Gamma"), ("Poisson", "Poisson"), ("Gumbel", "Gumbel"), ("Gumbel", "Normal"), ("Pareto", "Exponential"), ("Dirichlet", "Dirichlet"), ("MultivariateNormal", "MultivariateNormal of precision"), ("Independent", "Independent"), ("HalfNormal", "HalfNormal"), ("Geometric", "Geometric"), ("LogNormal", "LogNormal"), ("Cauchy", "Cauchy"), ("Beta", "Normal"), ("OneHotCategorical", "OneHotCategorical"), ("StudentT", "Normal"), ("ContinuousBernoulli", "ContinuousBernoulli")]
for p, q in pairs:
    print(p, q, shown(lambda: D.kl_divergence(EVERY[p](), EVERY[q]())))

# --- what is refused
for f in (
    lambda: D.Normal(0.0, -1.0),
    lambda: D.Normal(t([0.0, float("nan")]), 1.0),
    lambda: D.Bernoulli(1.5),
    lambda: D.Bernoulli(0.5, logits=0.5),
    lambda: D.Bernoulli(),
    lambda: D.Categorical(t(0.5)),
    lambda: D.Categorical(t([-1.0, 2.0])),
    lambda: D.Uniform(1.0, 0.0),
    lambda: D.Beta(0.0, 1.0),
    lambda: D.Gamma(1.0, 1.0).log_prob(t(-1.0)),
    lambda: D.Normal(0.0, 1.0).log_prob(1.0),
    lambda: D.Normal(torch.zeros(3), 1.0).log_prob(torch.zeros(2)),
    lambda: D.Categorical(torch.ones(3)).log_prob(t(3)),
    lambda: D.Dirichlet(torch.ones(3)).log_prob(torch.ones(3)),
    lambda: D.MultivariateNormal(torch.zeros(2)),
    lambda: D.Independent(D.Normal(0.0, 1.0), 1),
    lambda: D.Normal("a", 1.0),
    lambda: D.Normal(0.0, -1.0, validate_args=False),
):
    print(shown(f))

# --- transforms there and back
x = t([[0.3, -0.7, 1.2], [0.1, 0.2, -0.5]])
for make in (
    lambda: D.ExpTransform(),
    lambda: D.SigmoidTransform(),
    lambda: D.TanhTransform(),
    lambda: D.SoftplusTransform(),
    lambda: D.AffineTransform(1.0, -2.0),
    lambda: D.AffineTransform(t([1.0, 2.0, 3.0]), t([2.0, 3.0, 4.0]), event_dim=1),
    lambda: D.StickBreakingTransform(),
    lambda: D.CorrCholeskyTransform(),
    lambda: D.ComposeTransform([D.ExpTransform(), D.AffineTransform(0.0, 2.0)]),
    lambda: D.ReshapeTransform((3,), (3, 1)),
    lambda: D.ExpTransform().inv.inv,
    lambda: D.CatTransform([D.ExpTransform(), D.TanhTransform()], 1, [1, 2]),
    lambda: D.StackTransform([D.ExpTransform(), D.TanhTransform(), D.SigmoidTransform()], 1),
    lambda: D.IndependentTransform(D.ExpTransform(), 1),
):
    f = make()
    y = f(x)
    print(type(f).__name__, shown(lambda: y), shown(lambda: f.inv(y)), shown(lambda: f.log_abs_det_jacobian(x, y)), f.domain, f.codomain, f.bijective)
print(D.ExpTransform() == D.ExpTransform(), D.AffineTransform(1, 2) == D.AffineTransform(1, 3), D.ExpTransform().inv == D.ExpTransform().inv)

# --- regions
print(constraints.positive.check(t([1.0, 0.0])), constraints.interval(0.0, 2.0).check(t([1.0, 3.0])), constraints.simplex.check(t([0.3, 0.7])))
print(constraints.positive, constraints.unit_interval, constraints.integer_interval(0, 3), constraints.independent(constraints.real, 1))
print(isinstance(constraints.positive, constraints.greater_than), constraints.is_dependent(constraints.dependent), constraints.boolean.is_discrete)
print(D.Normal.arg_constraints, D.Normal.support, D.Normal.has_rsample, D.Categorical.has_enumerate_support)
for c in (constraints.positive, constraints.interval(-1.0, 3.0), constraints.simplex, constraints.less_than(2.0), constraints.lower_cholesky):
    print(shown(lambda: D.transform_to(c)(torch.zeros(2, 2))))
print(shown(lambda: D.biject_to(constraints.lower_cholesky)))

# --- classes of one's own
class Shifted(D.Distribution):
    arg_constraints = {"by": constraints.real}
    support = constraints.real
    has_rsample = True

    def __init__(self, by, validate_args=None):
        self.by = by
        super().__init__(by.shape, torch.Size(), validate_args=validate_args)

    def rsample(self, sample_shape=torch.Size()):
        return torch.randn(self._extended_shape(sample_shape)) + self.by

    def log_prob(self, value):
        return -((value - self.by) ** 2)


class Cube(transforms.Transform):
    domain = constraints.real
    codomain = constraints.real
    bijective = True
    sign = +1

    def _call(self, x):
        return x**3

    def _inverse(self, y):
        return y.sign() * y.abs() ** (1 / 3)

    def log_abs_det_jacobian(self, x, y):
        return (3 * x**2).log()


class Positive(D.Normal):
    def __init__(self, scale):
        super().__init__(0.0, scale)

    def sample(self, sample_shape=torch.Size()):
        return super().sample(sample_shape).abs()


@D.register_kl(Shifted, Shifted)
def kl_shifted(p, q):
    return (p.by - q.by) ** 2


torch.manual_seed(4)
d = Shifted(t([1.0, 2.0]))
print(d.batch_shape, d.sample((2,)).shape, d.log_prob(t([1.0, 1.0])), D.kl_divergence(d, Shifted(t([0.0, 0.0]))))
i = D.Independent(d, 1)
print(i.log_prob(t([1.0, 1.0])), i.event_shape, i.rsample().shape)
c = D.TransformedDistribution(D.Normal(t([0.0, 1.0]), 1.0), [Cube()])
print(c.sample(), c.log_prob(t([1.0, 8.0])))
p = Positive(2.0)
print(type(p).__name__, p.sample((3,)), p.scale, isinstance(p, D.Normal))
# --- the shapes under the names that PyTorch's classes use
for d in (D.Normal(torch.zeros(2, 3), 1.0), D.MultivariateNormal(torch.zeros(4, 3), torch.eye(3)), D.Categorical(torch.ones(2, 5)), D.Independent(D.Bernoulli(torch.full((2, 3), 0.5)), 1), D.TransformedDistribution(D.Normal(0.0, 1.0), [D.ExpTransform()])):
    print(type(d).__name__, d._batch_shape, d._event_shape, type(d._batch_shape) is torch.Size)
