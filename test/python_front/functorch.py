import torch
from torch import nn
import functorch
from functorch import FunctionalModule, combine_state_for_ensemble, make_functional, make_functional_with_buffers

torch.manual_seed(0)
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
# --- functions of functions
f = lambda x: (x ** 3).sum()
x = torch.tensor([1.0, 2.0])
print(functorch.grad(f)(x), functorch.grad_and_value(f)(x), functorch.hessian(f)(x), functorch.jacrev(torch.sin)(x), functorch.jacfwd(torch.sin)(x))
print(functorch.vmap(torch.dot)(torch.ones(2, 3), torch.ones(2, 3)), functorch.jvp(torch.sin, (x,), (x,)), functorch.vjp(torch.sin, x)[1](x))
from functorch.experimental import hessian, replace_all_batch_norm_modules_
print(hessian(f)(x), replace_all_batch_norm_modules_(nn.BatchNorm1d(2)))
# --- modules as functions
m = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
f, params = make_functional(m)
print(f, [p.shape for p in params], [p.requires_grad for p in params], isinstance(f, FunctionalModule), f.param_names)
x = torch.tensor([[1.0, 2.0]])
print(torch.equal(f(params, x), m(x)), [p is q for p, q in zip(params, m.parameters())])
grads = torch.func.grad(lambda params: f(params, x).sum())(params)
m(x).sum().backward()
print([torch.equal(g, p.grad) for g, p in zip(grads, m.parameters())])
print([p.requires_grad for p in make_functional(m, disable_autograd_tracking=True)[1]])
t(lambda: make_functional(nn.BatchNorm1d(2)))
# --- modules with buffers as functions
m = nn.BatchNorm1d(2)
f, params, buffers = make_functional_with_buffers(m)
y = f(params, buffers, torch.tensor([[1.0, 2.0], [3.0, 5.0]]))
print(y, buffers, m.running_mean, f.buffer_names)
class Tied(nn.Module):
    def __init__(self):
        super().__init__(); self.a = nn.Linear(2, 2, bias=False); self.b = self.a
    def forward(self, x): return self.b(self.a(x))
f, params = make_functional(Tied()); print(len(params), f((torch.ones(2, 2),), torch.ones(2)))
# --- ensembles
ms = [nn.Linear(2, 1) for _ in range(3)]
f, params, buffers = combine_state_for_ensemble(ms)
x = torch.tensor([1.0, 2.0])
out = torch.vmap(f, (0, 0, None))(params, buffers, x)
print(torch.allclose(out, torch.stack([m(x) for m in ms])), [p.shape for p in params], [p.requires_grad for p in params], buffers)
t(lambda: combine_state_for_ensemble([])); t(lambda: combine_state_for_ensemble([nn.Linear(1, 1), nn.Linear(1, 1).eval()])); t(lambda: combine_state_for_ensemble([nn.Linear(1, 1), nn.ReLU()]))
# --- tied buffers
class Twice(nn.Module):
    def __init__(self):
        super().__init__(); self.linear = nn.Linear(2, 2); self.register_buffer("b", torch.ones(2)); self.register_buffer("c", self.b)
    def forward(self, x): return self.linear(x) + self.b + self.c
m = Twice(); f, params, buffers = make_functional_with_buffers(m); print(f.buffer_names, torch.equal(f(params, buffers, torch.ones(2)), m(torch.ones(2))))
print(torch.equal(f(params, (torch.zeros(2),), torch.ones(2)), m.linear(torch.ones(2))))
f, params, buffers = combine_state_for_ensemble([Twice(), Twice()]); print([b.shape for b in buffers], torch.vmap(f, (0, 0, None))(params, buffers, torch.ones(2)).shape)
# --- models made as functions, with their state in a stack
import torch
from torch._functorch.make_functional import functional_init, functional_init_with_buffers
weights, f, names = functional_init(torch.nn.Linear, (3,))(2, 4)
print([tuple(w.shape) for w in weights], torch.func.vmap(f)(weights, (torch.ones(3, 5, 2),)).shape)
weights, buffers, f, *names = functional_init_with_buffers(torch.nn.BatchNorm1d, (3,))(4)
print([tuple(w.shape) for w in (*weights, *buffers)], torch.func.vmap(f)(weights, buffers, (torch.ones(3, 5, 4),)).shape, buffers[-1])
weights, f, names = functional_init(torch.nn.Linear)(2, 4)
print(f(weights, (torch.ones(5, 2),)).shape)
for shape in ((2, 2), (0,)):
    try: functional_init(torch.nn.Linear, shape)(2, 4)
    except ValueError as e: print(e)
