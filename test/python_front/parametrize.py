import copy
import torch
from torch import nn
import torch.nn.utils.parametrize as P
from torch.nn.utils import parametrizations as Q

torch.manual_seed(0)

class Symmetric(nn.Module):
    def forward(self, x): return x.triu() + x.triu(1).mT
    def right_inverse(self, x): return x.triu()
class Exp(nn.Module):
    def forward(self, x): return x.exp()
class Rank(nn.Module):
    def forward(self, a, b): return a.unsqueeze(-1) * b.unsqueeze(-2)
    def right_inverse(self, x): return x[:, 0].clone(), x[0].clone()
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
# --- a parametrized weight is computed, trained and written
m = nn.Linear(3, 3)
P.register_parametrization(m, "weight", Symmetric())
print(m, m.weight, list(m.state_dict()), type(m).__name__, P.type_before_parametrizations(m).__name__)
m(torch.ones(1, 3)).sum().backward()
print(m.parametrizations.weight.original.grad, [n for n, _ in m.named_parameters()])
m.weight = torch.arange(9.).view(3, 3)
print(m.weight, m.parametrizations.weight.original)
print(P.is_parametrized(m), P.is_parametrized(m, "weight"), P.is_parametrized(m, "bias"))
# --- several follow each other, and are removed
m = nn.Linear(2, 2)
P.register_parametrization(m, "weight", Symmetric())
P.register_parametrization(m, "weight", Exp())
P.register_parametrization(m, "bias", Exp())
print(m, m.weight, m.bias)
t(lambda: setattr(m, "weight", torch.ones(2, 2)))
P.remove_parametrizations(m, "weight")
print(m, type(m.weight).__name__, m.weight, [n for n, _ in m.named_parameters()])
P.remove_parametrizations(m, "bias", leave_parametrized=False)
print(m, m.bias, type(m).__name__)
# --- a weight made of several tensors
m = nn.Linear(2, 3)
P.register_parametrization(m, "weight", Rank())
print(m.weight, [(n, tuple(p.shape)) for n, p in m.named_parameters()])
t(lambda: P.remove_parametrizations(m, "weight", leave_parametrized=False))
P.remove_parametrizations(m, "weight")
print(m.weight.requires_grad, m)
# --- what is computed once while cached
calls = []
class Counted(nn.Module):
    def forward(self, x): calls.append(1); return x * 2
m = nn.Linear(1, 1); P.register_parametrization(m, "weight", Counted()); calls.clear()
with P.cached(): m.weight; m.weight
print(len(calls)); m.weight; m.weight; print(len(calls))
# --- refusals
m = nn.Linear(2, 3)
class Flat(nn.Module):
    def forward(self, x): return x.flatten()
class Double(nn.Module):
    def forward(self, x): return x.double()
class Text(nn.Module):
    def forward(self, x): return "text"
t(lambda: P.register_parametrization(m, "q", Exp()))
t(lambda: P.register_parametrization(m, "weight", Flat()))
m = nn.Linear(2, 3); t(lambda: P.register_parametrization(m, "weight", Double()))
m = nn.Linear(2, 3); t(lambda: P.register_parametrization(m, "weight", Text()))
m = nn.Linear(2, 3); P.register_parametrization(m, "weight", Exp())
t(lambda: P.register_parametrization(m, "weight", Flat()))
t(lambda: P.remove_parametrizations(m, "bias"))
t(lambda: P.ParametrizationList([], m.bias))
import pickle
t(lambda: pickle.dumps(m))
print(copy.deepcopy(m).weight.equal(m.weight))
# --- weight_norm
m = Q.weight_norm(nn.Linear(2, 3))
print(m, [(n, tuple(p.shape)) for n, p in m.named_parameters()], m(torch.ones(1, 2)))
m(torch.ones(1, 2)).sum().backward()
print(m.parametrizations.weight.original0.grad, m.parametrizations.weight.original1.grad)
print(Q.weight_norm(nn.Conv1d(2, 3, 2), dim=None).parametrizations.weight.original0, Q.weight_norm(nn.Conv1d(2, 3, 2), dim=1).parametrizations.weight.original0)
# --- spectral_norm
m = Q.spectral_norm(nn.Linear(3, 2))
print(m, list(m.state_dict()), m.weight, m.parametrizations.weight[0]._u)
m.eval(); print(m.weight.equal(m.weight))
m(torch.ones(1, 3)).sum().backward(); print(m.parametrizations.weight.original.grad)
m = Q.spectral_norm(nn.ConvTranspose2d(2, 3, 2), n_power_iterations=3)
print(m.weight, m.parametrizations.weight[0].dim)
t(lambda: Q.spectral_norm(nn.Linear(2, 2), n_power_iterations=0))
t(lambda: Q.spectral_norm(nn.Linear(2, 2), dim=5))
t(lambda: Q.spectral_norm(nn.Linear(2, 2), name="q"))
# --- orthogonal
for map in ("matrix_exp", "cayley", "householder"):
    for shape in ((3, 3), (2, 4), (4, 2)):
        for base in (True, False):
            try:
                m = Q.orthogonal(nn.Linear(*shape), orthogonal_map=map, use_trivialization=base)
                x = m.weight if m.weight.shape[0] <= m.weight.shape[1] else m.weight.mT
                print(map, shape, base, torch.allclose(x @ x.mT, torch.eye(len(x)), atol=1e-5), list(m.state_dict()))
                m.weight.sum().backward(); print(m.parametrizations.weight.original.grad.shape)
            except NotImplementedError as e: print(e)
t(lambda: Q.orthogonal(nn.Linear(2, 2), name="bias"))
t(lambda: Q.orthogonal(nn.Linear(2, 2), orthogonal_map="q"))
m = Q.orthogonal(nn.Linear(3, 3), orthogonal_map="householder", use_trivialization=False)
t(lambda: setattr(m, "weight", torch.eye(3)[[1, 0, 2]]))
print(m.weight.round(decimals=5) + 0.)
t(lambda: setattr(m, "weight", torch.eye(2)))
# --- weight_norm by a hook
m = nn.utils.weight_norm(nn.Linear(2, 3))
print(m, list(m.state_dict()), m.weight.detach(), m(torch.ones(1, 2)))
m(torch.ones(1, 2)).sum().backward(); print(m.weight_g.grad, m.weight_v.grad)
o = torch.optim.SGD(m.parameters(), lr=.5); o.step(); print(m(torch.ones(1, 2)), m.weight.detach())
t(lambda: nn.utils.weight_norm(m))
nn.utils.remove_weight_norm(m); print(m, m.weight, [n for n, _ in m.named_parameters()])
t(lambda: nn.utils.remove_weight_norm(m))
c = nn.utils.weight_norm(nn.Conv1d(1, 2, 2), dim=None); print(c.weight_g, c(torch.ones(1, 1, 3)))
l = nn.utils.weight_norm(nn.LSTM(1, 2), "weight_hh_l0"); print(list(l.state_dict()), l(torch.ones(2, 1, 1))[0].detach())
# --- spectral_norm by a hook
m = nn.utils.spectral_norm(nn.Linear(3, 2))
print(m, list(m.state_dict()), m(torch.ones(1, 3)), m.weight)
m(torch.ones(1, 3)).sum().backward(); print(m.weight_orig.grad, m.weight_u, m.weight_v)
m.eval(); print(m(torch.ones(1, 3)), m.weight_u)
t(lambda: nn.utils.spectral_norm(m))
nn.utils.remove_spectral_norm(m); print(m, m.weight, list(m.state_dict()))
t(lambda: nn.utils.remove_spectral_norm(m))
t(lambda: nn.utils.spectral_norm(nn.Linear(2, 2), n_power_iterations=0))
m = nn.utils.spectral_norm(nn.ConvTranspose2d(1, 2, 2)); print(m(torch.ones(1, 1, 2, 2)))
# --- norms of gradients
p = nn.Parameter(torch.tensor([3., 4.])); p.grad = torch.tensor([6., 8.])
print(nn.utils.get_total_norm([p.grad]), nn.utils.get_total_norm([p.grad], 1.))
nn.utils.clip_grads_with_norm_(p, 5., torch.tensor(10.)); print(p.grad)
print(nn.utils.clip_grad_norm(p, 1.).round(decimals=4), p.grad)
t(lambda: nn.utils.get_total_norm([torch.tensor([float("inf")])], error_if_nonfinite=True))
