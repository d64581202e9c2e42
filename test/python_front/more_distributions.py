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
