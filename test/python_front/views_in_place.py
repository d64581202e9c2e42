# Leaves that are views, and views that change in place: what is refused, what counts as a change, who has the gradient.
import torch
from torch import nn


def attempt(*fs):
    for f in fs:
        try:
            print(f())
        except Exception as error:
            print(type(error).__name__, str(error).split("\n")[0])


# --- a leaf that is a view is written to by nobody who records
def made():
    return torch.arange(6.0).view(2, 3).requires_grad_()


x = made()
attempt(lambda: x.mul_(2), lambda: x[0].mul_(2), lambda: x.view(-1).zero_(), lambda: x.resize_(3, 2), lambda: x.t_(), lambda: x.__setitem__(0, 1.0), lambda: x.unbind(0)[0].mul_(2), lambda: x.is_leaf, lambda: x._is_view(), lambda: x.grad_fn, lambda: x)
b = torch.arange(6.0)
v = b.view(2, 3).requires_grad_()
attempt(lambda: b.mul_(2), lambda: b.requires_grad, lambda: (v * 2).sum().backward(), lambda: v.grad, lambda: b[0:2].mul_(1.0), lambda: b.requires_grad_() and b.mul_(1), lambda: v.mul_(1))
b = torch.ones(4)
v = b[:2].requires_grad_()
y = v * v
b.mul_(2)
attempt(lambda: y.sum().backward())
p = nn.Parameter(torch.ones(2, 2).t())
attempt(lambda: p.mul_(2), lambda: p[0].mul_(2), lambda: p._is_view(), lambda: nn.init.zeros_(p), lambda: nn.init.zeros_(p[0]))
u = torch.ones(3).expand(2, 3).requires_grad_()
attempt(lambda: u[0].mul_(2), lambda: u.add(1).sum().backward(), lambda: u.grad)
# --- a part of a flat parameter is trained
flat = torch.zeros(6)
w = flat[:4].view(2, 2).requires_grad_()
attempt(lambda: nn.init.ones_(w), lambda: flat)
with torch.no_grad():
    w.mul_(2)
    w[0].mul_(2)
print(flat, w, w._version)
optimizer = torch.optim.SGD([w], lr=1.0)
(w * 1).sum().backward()
optimizer.step()
print(flat, w.grad)
# --- a view made without recording asks for a gradient of its own
with torch.no_grad():
    p = torch.ones(4, requires_grad=True)
    q = p[:2]
print(q.requires_grad, q.is_leaf, q.grad_fn, q)
q.requires_grad_()
attempt(lambda: q.requires_grad, lambda: (q * 2).sum().backward(), lambda: q.grad, lambda: p.grad, lambda: q.mul_(2), lambda: q[0].mul_(2), lambda: q.requires_grad_(False).requires_grad)
# --- turning a tensor in place counts as a change
for n, a in (("t_", ()), ("transpose_", (0, 1)), ("squeeze_", ()), ("squeeze_", (0,)), ("unsqueeze_", (0,)), ("swapaxes_", (0, 1)), ("swapdims_", (0, 1)), ("as_strided_", ((2,), (1,)))):
    x = torch.ones(2, 2)
    getattr(x, n)(*a)
    print(n, x._version, x.shape)
    v = torch.ones(2, 2)[0:1]
    getattr(v, n)(*a)
    print(v._version, v._base._version, v.shape)
    w = torch.ones(2, 2, requires_grad=True)
    y = w * 1
    z = y * y
    attempt(lambda: getattr(y, n)(*a).shape, lambda: z.sum().backward(), lambda: w.grad, lambda: y.grad_fn.name(), lambda: y._version)
    for order in ((), ("mul_",), ("other",), ("before",)):
        w = torch.ones(2, 2, requires_grad=True)
        y = w * 1
        v, u = y[0:1], y[1:]
        if "before" in order:
            u.mul_(3)
        getattr(v, n)(*a)
        if "mul_" in order:
            v.mul_(3)
        if "other" in order:
            u.mul_(3)
        attempt(lambda: v.grad_fn.name(), lambda: y.grad_fn.name(), lambda: (v * 2).sum().backward(), lambda: w.grad, lambda: v._is_view(), lambda: v._base is y, lambda: y)
# --- nodes of PyTorch's own go by the names of their classes
w = torch.ones(2, requires_grad=True)
y = torch.zeros(2).copy_(w)
attempt(lambda: y.grad_fn.name(), lambda: type(y.grad_fn).__name__, lambda: y, lambda: w.sum(0).grad_fn.name())
y = w.view(1, 2).sum(1)
z = y * y
y.detach().add_(1)
attempt(lambda: z.sum().backward())
