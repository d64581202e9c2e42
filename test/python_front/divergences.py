import itertools
import torch
import torch.distributions as D

def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, str(e).splitlines()[0])
# --- every pair of distributions between which PyTorch knows a divergence
made = [D.Bernoulli(0.3), D.Beta(2., 3.), D.Binomial(5, 0.4), D.Cauchy(1., 2.), D.Chi2(3.), D.ContinuousBernoulli(0.2), D.Exponential(0.7), D.Gamma(2., 1.5), D.Geometric(0.3), D.Gumbel(0.5, 2.), D.HalfNormal(2.), D.Laplace(1., 2.), D.Normal(0.3, 1.4), D.Pareto(1., 3.5), D.Poisson(2.), D.Uniform(0.1, 0.8), D.Uniform(-1., 3.), D.Uniform(2., 4.)]
for p, q in itertools.product(made, repeat=2):
    try: print(type(p).__name__, type(q).__name__, f"{D.kl_divergence(p, q).item():.4g}")
    except NotImplementedError as e: pass
# --- Chi2 is a Gamma
print(isinstance(D.Chi2(2.), D.Gamma), D.Chi2(torch.tensor([2., 3.])).expand([2, 2]).df, D.Chi2(3).mean, D.Chi2(3).batch_shape)
print(D.Gamma(1, 1).log_prob(2), D.Chi2(3).log_prob(0.5), D.Gamma(torch.tensor([1.]), 2).log_prob(1.))
t(lambda: D.Chi2(-1.)); t(lambda: D.Normal(0., 1.).log_prob(1)); t(lambda: D.Gamma(1., 1.).log_prob(-1))
# --- draws of a Beta stay below 1 in each dtype
for dtype in (torch.float32, torch.float64):
    torch.manual_seed(1)
    x = D.Beta(torch.tensor(0.01, dtype=dtype), torch.tensor(0.01, dtype=dtype)).sample([500])
    print((x == 1).sum(), (x == 0).sum(), x.max() == 1 - torch.finfo(dtype).eps / 2)
# --- what is asked for without recording is recorded all the same
cov = torch.eye(2, requires_grad=True)
d = D.MultivariateNormal(torch.zeros(2), cov)
with torch.no_grad(): d.scale_tril; d.precision_matrix
(d.scale_tril.sum() + d.precision_matrix.sum()).backward()
print(cov.grad)
# --- distributions of a program's own are checked as PyTorch checks them
class Own(D.Distribution):
    arg_constraints = {"rate": D.constraints.positive, "lazily": D.constraints.real}
    support = D.constraints.positive
    def __init__(self, rate, validate_args=None):
        self.rate = rate
        super().__init__(rate.shape, validate_args=validate_args)
    @D.utils.lazy_property
    def lazily(self): return self.rate * 2
    def log_prob(self, value):
        if self._validate_args: self._validate_sample(value)
        return -value * self.rate
print(Own(torch.tensor([1., 2.])).log_prob(torch.tensor([3., 4.])), Own(torch.tensor(1.)), Own(torch.tensor(1.)).lazily)
t(lambda: Own(torch.tensor(-1.))); t(lambda: Own(torch.tensor(1.)).log_prob(torch.tensor(-1.))); t(lambda: Own(torch.tensor([1., 2.])).log_prob(torch.ones(3)))
print(Own(torch.tensor(-1.), validate_args=False).log_prob(torch.tensor(-1.)))
class Undeclared(D.Distribution):
    def __init__(self): super().__init__()
    def log_prob(self, value):
        self._validate_sample(value)
        return value
print(Undeclared().log_prob(torch.tensor(2.)))
t(lambda: Own.support.event_dim); t(lambda: D.constraints.dependent_property(event_dim=1)(lambda self: 0).event_dim); t(lambda: D.constraints.dependent_property(lambda self: 0).is_discrete)
# --- triangles as vectors
from torch.distributions.utils import tril_matrix_to_vec, vec_to_tril_matrix
m = torch.arange(9.).view(3, 3)
print(tril_matrix_to_vec(m), tril_matrix_to_vec(m, -1), vec_to_tril_matrix(torch.arange(3.), -1), vec_to_tril_matrix(tril_matrix_to_vec(m)))
t(lambda: tril_matrix_to_vec(m, 3))
