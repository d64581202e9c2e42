import torch
from torch.distributions import LKJCholesky, LowRankMultivariateNormal, MultivariateNormal, kl_divergence

torch.manual_seed(0)
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, str(e).split("\n")[0][:150])
# --- normal vectors of low rank
W = torch.randn(3, 2); D = torch.rand(3) + 0.5; mu = torch.tensor([1., -1., 0.5])
d = LowRankMultivariateNormal(mu, W, D)
print(d, d.batch_shape, d.event_shape, d.has_rsample, d.support); print(d.mean, d.variance, d.entropy(), d.mode)
print(d.covariance_matrix, d.precision_matrix, d.scale_tril)
x = d.sample((4,)); print(x, d.log_prob(x)); print(torch.allclose(d.log_prob(x), MultivariateNormal(mu, d.covariance_matrix).log_prob(x), atol=1e-4))
e = LowRankMultivariateNormal(torch.zeros(2, 3), W, D); print(e.batch_shape, e.rsample().shape, e.log_prob(mu), d.expand((2,)).sample().shape, d.expand((5, 2)).log_prob(mu).shape)
W2 = W.clone().requires_grad_(); torch.manual_seed(1); LowRankMultivariateNormal(mu, W2, D).rsample().sum().backward(); print(W2.grad)
f = LowRankMultivariateNormal(-mu, W.flip(0), D * 2); g = MultivariateNormal(mu * 2, torch.eye(3) * 2)
print(kl_divergence(d, f), kl_divergence(d, g), kl_divergence(g, d), kl_divergence(d, d).abs() < 1e-4)
t(lambda: LowRankMultivariateNormal(torch.tensor(1.), W, D)); t(lambda: LowRankMultivariateNormal(mu, D, D)); t(lambda: LowRankMultivariateNormal(mu[:2], W, D)); t(lambda: LowRankMultivariateNormal(mu, W, D[:2])); t(lambda: LowRankMultivariateNormal(mu, W, -D)); t(lambda: LowRankMultivariateNormal(torch.zeros(2, 3), torch.zeros(4, 3, 1), D))
# --- factors of correlations
d = LKJCholesky(3, 0.5); print(d, d.batch_shape, d.event_shape, d.support)
L = d.sample(); print(L, d.log_prob(L), torch.allclose((L @ L.mT).diagonal(), torch.ones(3))); print(d.sample((2,)).shape, d.expand((4,)).sample().shape)
b = LKJCholesky(2, torch.tensor([1., 2., 5.])); L = b.sample((2,)); print(L.shape, b.log_prob(L), b.log_prob(torch.eye(2)))
t(lambda: LKJCholesky(1)); t(lambda: d.log_prob(torch.ones(3, 3)))
# --- sums of outer products
from torch.distributions import Wishart
import warnings; warnings.simplefilter("ignore")
C = torch.tensor([[2., 0.5], [0.5, 1.]]); d = Wishart(4., covariance_matrix=C); print(d, d.batch_shape, d.event_shape, d.support, d.arg_constraints)
print(d.mean, d.mode, d.variance, d.entropy(), d.scale_tril, d.precision_matrix)
x = d.sample((3,)); print(x); print(d.log_prob(x).shape, torch.allclose(d.log_prob(torch.eye(2)), torch.tensor(-5.1237), atol=1e-3) or d.log_prob(torch.eye(2)))
b = Wishart(torch.tensor([4., 7.]), scale_tril=torch.eye(3)); print(b, b.mode, b.entropy(), b.sample()); print(b.sample((2, 2)).shape, b.log_prob(torch.eye(3) * 2))
e = Wishart(3.5, precision_matrix=C).expand((3, 1)); print(e.batch_shape, e.mean.shape, e.mode, e.sample().shape, e.log_prob(torch.eye(2)).shape)
df = torch.tensor(3.5, requires_grad=True); K = C.clone().requires_grad_(); Wishart(df, K).entropy().backward(); print(df.grad, K.grad)
Wishart(df, K).log_prob(torch.eye(2)).backward(); print(df.grad, K.grad)
print(kl_divergence(Wishart(3., torch.eye(2)), Wishart(5., C)).detach(), kl_divergence(d, d).detach().abs() < 1e-5)
t(lambda: Wishart(0.5, C)); t(lambda: Wishart(3.)); t(lambda: Wishart(3., C, C)); t(lambda: Wishart(3., torch.ones(2))); t(lambda: Wishart(3., -C)); t(lambda: d.log_prob(-C)); t(lambda: d.log_prob(torch.eye(3))); t(lambda: Wishart(torch.tensor([1., 3.]), C))
