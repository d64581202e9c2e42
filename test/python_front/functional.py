import torch
from torch.autograd.functional import hessian, hvp, jacobian, jvp, vhp, vjp


def attempt(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)


x, y = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
one = torch.tensor([2.0])
f = lambda a: (a**3).sum()
g = lambda a, b: (a**2 * b).sum()

# --- values
attempt(lambda: jacobian(torch.sin, x))
attempt(lambda: jacobian(lambda a, b: (a * b, a.sum()), (x, y)))
attempt(lambda: jacobian(lambda a: (a,), x))
attempt(lambda: jacobian(lambda a: a[:0], x).shape)
attempt(lambda: jacobian(lambda a: torch.ones(2), x))
attempt(lambda: hessian(f, x))
attempt(lambda: hessian(g, (x, y)))
attempt(lambda: vjp(torch.sin, x, y))
attempt(lambda: vjp(lambda a, b: (a * b, b), (x, y), (x, y)))
attempt(lambda: vjp(f, x))
attempt(lambda: jvp(torch.sin, x, y))
attempt(lambda: jvp(lambda a, b: (a * b, b), (x, y), (y, x)))
attempt(lambda: jvp(lambda a: a * 2, one))
attempt(lambda: vhp(f, x, y))
attempt(lambda: vhp(g, (x, y), (y, x)))
attempt(lambda: hvp(f, x, y))
attempt(lambda: hvp(g, (x, y), (y, x)))
attempt(lambda: vhp(lambda a: a.sum(), one))
# --- all rows at once
for strategy in "reverse-mode", "forward-mode":
    attempt(lambda: jacobian(lambda a, b: (a * b, a.sum()), (x, y), vectorize=True, strategy=strategy))
    attempt(lambda: jacobian(lambda a: a * a.sum(), x, vectorize=True, strategy=strategy))
    print([[t.detach() for t in row] for row in hessian(g, (x, y), vectorize=True, outer_jacobian_strategy=strategy)])
    print(hessian(f, x, vectorize=True, outer_jacobian_strategy=strategy).detach())
    attempt(lambda: jacobian(lambda a, b: a * b, (x, y), vectorize=True, strategy=strategy))
    attempt(lambda: jacobian(lambda a: (a, a), x, vectorize=True, strategy=strategy))
attempt(lambda: jacobian(torch.sin, x, strategy="forward-mode"))
attempt(lambda: jacobian(torch.sin, x, strategy="foo"))
attempt(lambda: jacobian(torch.sin, x, strategy="forward-mode", strict=True))
attempt(lambda: jacobian(torch.sin, x, strategy="forward-mode", create_graph=True))
attempt(lambda: jacobian(torch.sin, x, vectorize=True, strict=True))
attempt(lambda: hessian(f, x, outer_jacobian_strategy="foo"))
# --- further derivatives
w = torch.tensor([1.0, 2.0], requires_grad=True)
for made in (
    jacobian(torch.sin, w, create_graph=True), hessian(f, w, create_graph=True), *vjp(torch.sin, w, y, create_graph=True),
    *jvp(torch.sin, w, y, create_graph=True), *vhp(f, w, y, create_graph=True), *hvp(f, w, y, create_graph=True),
):
    print(made.requires_grad, torch.autograd.grad(made.sum(), w, allow_unused=True))
print(jacobian(torch.sin, w).requires_grad, vjp(torch.sin, w, y)[1].requires_grad, w.grad)
with torch.no_grad():
    print(jacobian(torch.sin, w), hvp(f, w, y))
# --- strict
for h in (lambda a, b: a.sum(), lambda a, b: torch.ones(()), lambda a, b: (a * 2).sum() + b.sum(), lambda a, b: (a**2).sum() + b.sum()):
    attempt(lambda: jacobian(h, (x, y), strict=True))
    attempt(lambda: jacobian(h, (x, y), strict=True, create_graph=True))
    attempt(lambda: hessian(h, (x, y), strict=True))
    attempt(lambda: hessian(h, (x, y), strict=True, create_graph=True))
    attempt(lambda: vjp(h, (x, y), torch.tensor(1.0), strict=True))
    attempt(lambda: vjp(h, (x, y), torch.tensor(1.0), strict=True, create_graph=True))
    attempt(lambda: jvp(h, (x, y), (x, y), strict=True))
    attempt(lambda: jvp(h, (x, y), (x, y), strict=True, create_graph=True))
    attempt(lambda: vhp(h, (x, y), (x, y), strict=True))
    attempt(lambda: vhp(h, (x, y), (x, y), strict=True, create_graph=True))
    attempt(lambda: hvp(h, (x, y), (x, y), strict=True))
    attempt(lambda: hvp(h, (x, y), (x, y), strict=True, create_graph=True))
# --- wrong calls
attempt(lambda: jacobian(torch.sin, [x]))
attempt(lambda: jacobian(torch.sin, (x, 3)))
attempt(lambda: jacobian(lambda a: 3, x))
attempt(lambda: jacobian(lambda a: [a], x))
attempt(lambda: jacobian(lambda a: (a, 3), x))
attempt(lambda: hessian(torch.sin, x))
attempt(lambda: hessian(lambda a: (a.sum(),), x))
attempt(lambda: vhp(torch.sin, x, x))
attempt(lambda: hvp(lambda a: (a.sum(), a), x, x))
attempt(lambda: vjp(torch.sin, x))
attempt(lambda: jvp(torch.sin, x))
attempt(lambda: hvp(f, x))
attempt(lambda: vjp(torch.sin, x, torch.ones(3)))
attempt(lambda: vjp(torch.sin, x, (x, x)))
attempt(lambda: vjp(lambda a: (a, a), x, (x, torch.ones(3))))
attempt(lambda: vjp(lambda a: (a, a), x, x))
attempt(lambda: jvp(torch.sin, x, torch.ones(3)))
