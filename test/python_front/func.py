from collections import namedtuple
import torch
from torch.func import grad, grad_and_value, hessian, jacfwd, jacrev, jvp, vjp, vmap


def attempt(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)


# --- transforms of transforms
x = torch.tensor([0.5, 1.0])
out, pull = vjp(torch.sin, x)
print(grad(lambda y: pull(y)[0].sum())(x), grad(lambda y: vjp(torch.sin, y)[1](y)[0].sum())(x))
print(grad(lambda y: grad(lambda z: (z**3).sum())(y).sum())(x), hessian(lambda y: (y**3).sum())(x))
print(jacrev(jacrev(lambda y: y.sin().sum()))(x), jacfwd(jacrev(lambda y: (y * y.sum()).sum()))(x))
print(vmap(grad(torch.sin))(x), vmap(lambda v: torch.func.vjp(torch.exp, v)[1](v)[0])(x))
print(jvp(lambda y: grad(lambda z: (z**3).sum())(y), (x,), (torch.ones(2),)))
print(grad(lambda y: jvp(torch.sin, (y,), (torch.ones(2),))[1].sum())(x))
# --- what results belong to
z = torch.tensor(0.5, requires_grad=True)
w = torch.tensor(2.0, requires_grad=True)
x = torch.tensor(0.5)
with torch.no_grad():
    print(grad(torch.sin)(z).requires_grad)
print(grad(torch.sin)(z).requires_grad, grad(torch.sin)(x).requires_grad, grad(lambda y: y * w)(x).requires_grad)
g = grad(lambda y: y * y * w)(x)
print(torch.autograd.grad(g, w), vjp(torch.sin, x)[0].requires_grad, vjp(torch.sin, z)[0].requires_grad)
print(torch.is_grad_enabled(), grad_and_value(torch.sin)(x), jacrev(torch.sin)(z).requires_grad)
# --- numbers of no dims, empty tensors and functions that are constant
one = torch.tensor(1.0)
print(jacrev(torch.sin)(one), jacfwd(torch.sin)(one), hessian(torch.sin)(one), jacrev(lambda x: x[:0])(torch.ones(2)).shape)
y = torch.zeros(())
out, pull = vjp(lambda x: y, torch.ones(2))
print(out, pull(torch.ones(())), jacrev(lambda x: y)(torch.ones(2)), grad(lambda x: y)(torch.ones(2)))
print(jvp(lambda x: y, (torch.ones(2),), (torch.ones(2),)))
# --- dicts, nested tuples and auxiliary values
p = {"a": torch.ones(2), "b": (torch.ones(1) * 3, [torch.ones(())])}
f = lambda p: (p["a"] * p["b"][0] * p["b"][1][0]).sum()
print(grad(f)(p))
out, tangent = jvp(lambda p: {"s": f(p), "t": (p["a"], p["a"] * 2)}, (p,), (p,))
print(out, tangent)
print(jvp(lambda x: (x.sin(), x.cos()), (one := torch.ones(1),), (one,), has_aux=True))
print(jvp(torch.sin, (one,), (one,), strict=True))
print(grad(lambda x: (x.sum(), x * 2), has_aux=True)(torch.ones(2)), vjp(lambda x: (x * 2, x), torch.ones(1), has_aux=True)[2])
print(jacrev(lambda x: (x * 2, {"aux": x}), has_aux=True)(torch.ones(1)), jacrev(lambda a, b: a * b, argnums=(0, 1))(torch.ones(2), torch.ones(2) * 2))
out, pull = vjp(lambda a, b: (a * b, {"s": a.sum()}), torch.ones(2), torch.ones(2) * 3)
print(out, pull((torch.ones(2), {"s": torch.tensor(5.0)})))
print(jacrev(lambda p: p["x"] * p["y"])({"x": torch.ones(2), "y": torch.ones(2) * 3}), grad(lambda a, b: (a * b).sum(), argnums=-1)(torch.ones(2), torch.ones(2)))
# --- vmap of functions that return several tensors
print(vmap(torch.sort)(torch.tensor([[2.0, 1.0], [3.0, 4.0]])))
Pair = namedtuple("Pair", "a b")
print(vmap(lambda x: Pair(x, {"d": (x * 2, [x])}))(torch.ones(2)))
print(vmap(lambda x, y: (x.sum(), y), in_dims=(0, None), out_dims=(0, None))(torch.ones(2, 3), torch.ones(1)))
print(vmap(lambda d: d["a"] + d["b"], in_dims=({"a": 0, "b": None},))({"a": torch.ones(2), "b": torch.ones(1)}))
print(vmap(lambda x, y: x * y, in_dims=(1, -1))(torch.ones(2, 3), torch.ones(2, 3)).shape, vmap(torch.sin, out_dims=1)(torch.ones(2, 3)).shape)
print(vmap(vmap(lambda a, b: a * b), in_dims=(0, None))(torch.ones(2, 3), torch.arange(3.0)), vmap(torch.sin, chunk_size=2)(torch.zeros(3)))
# --- vmap and chance
attempt(lambda: vmap(lambda x: x + torch.randn(1))(torch.ones(2)))
print(vmap(lambda x: x + torch.rand(1), randomness="different")(torch.zeros(3)).flatten().unique().numel())
print(vmap(lambda x: x + torch.rand(1), randomness="same")(torch.zeros(3)).flatten().unique().numel())
attempt(lambda: vmap(lambda x: x, randomness="foo")(torch.ones(2)))
# --- vmap refuses what depends on the numbers of one sample
attempt(lambda: vmap(lambda x: x if x > 0 else -x)(torch.ones(2)))
attempt(lambda: vmap(lambda x: x.item())(torch.ones(2)))
attempt(lambda: vmap(lambda x: float(x))(torch.ones(2)))
flag = torch.tensor(True)
print(vmap(lambda x: x if flag else -x)(torch.ones(2)), vmap(lambda x: x * flag.item())(torch.ones(2)))
# --- what was there before may not be written to
c = torch.zeros(3)
attempt(lambda: vmap(lambda x: c.copy_(x))(torch.ones(2, 3)))
attempt(lambda: grad(lambda x: (c.copy_(x), x.sum())[1])(torch.ones(3)))
attempt(lambda: grad(lambda x: (c.add_(x), x.sum())[1])(torch.ones(3)))
attempt(lambda: vjp(lambda x: c.mul_(2) * x, torch.ones(3)))
print(c, grad(lambda x: (x * 2).add_(1).sum())(torch.ones(3)), vmap(lambda x: (x * 1).add_(c))(torch.ones(2, 3)))
# --- wrong calls
attempt(lambda: vmap(lambda x: 1)(torch.ones(2)))
attempt(lambda: vmap(lambda x: None)(torch.ones(2)))
attempt(lambda: vmap(lambda x: x, in_dims=(0,1))(torch.ones(2)))
attempt(lambda: vmap(lambda x: x, in_dims=None)(torch.ones(2)))
attempt(lambda: vmap(lambda x: x, in_dims=3)(torch.ones(2)))
attempt(lambda: vmap(lambda x, y: x)(torch.ones(2), torch.ones(3)))
attempt(lambda: vmap(lambda x: x)(3))
attempt(lambda: vmap(lambda x: x)())
attempt(lambda: vmap(lambda x: x, out_dims=5)(torch.ones(2)))
attempt(lambda: vmap(lambda x: x, randomness="foo")(torch.ones(2)))
attempt(lambda: vmap(lambda x: (x, x), out_dims=(0,))(torch.ones(2)))
attempt(lambda: grad(lambda x: x)(torch.ones(2)))
attempt(lambda: grad(lambda x: 5)(torch.ones(2)))
attempt(lambda: grad(lambda x: (x.sum(),1,2), has_aux=True)(torch.ones(2)))
attempt(lambda: grad(lambda x: x.sum(), has_aux=True)(torch.ones(2)))
attempt(lambda: grad(lambda x: x.sum(), argnums=3)(torch.ones(2)))
attempt(lambda: jvp(torch.sin, torch.ones(2), (torch.ones(2),)))
attempt(lambda: jvp(torch.sin, (torch.ones(2),), torch.ones(2)))
attempt(lambda: jvp(torch.sin, (torch.ones(2),), (torch.ones(3),)))
attempt(lambda: jvp(lambda x: x, (torch.ones(2),), (torch.ones(2),torch.ones(2))))
attempt(lambda: vjp(lambda x: 3, torch.ones(2)))
attempt(lambda: vjp(torch.sin, torch.ones(2))[1](torch.ones(3)))
attempt(lambda: jacrev(lambda x: 3)(torch.ones(2)))
attempt(lambda: vmap(torch.sin, chunk_size=1)(torch.ones(3)))
