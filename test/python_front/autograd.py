import torch
from torch import nn
from torch.autograd import Function, Variable
from torch.autograd.graph import saved_tensors_hooks


def attempt(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)


# --- hooks pack any Python object
class Box:
    def __init__(self, t):
        self.t = t
hooks = [(lambda t: {"a": t}, lambda d: d["a"]), (Box, lambda b: b.t), (lambda t: [t, "x"], lambda l: l[0]),
         (lambda t: (t.tolist(), t.shape), lambda p: torch.tensor(p[0]).reshape(p[1])), (lambda t: t.double(), lambda t: t.float())]
for pack, unpack in hooks:
    x = torch.tensor([[1.0, 2], [3, 4]], requires_grad=True)
    w = torch.tensor([[1.0, 0.5], [0.25, 2]], requires_grad=True)
    with saved_tensors_hooks(pack, unpack):
        y = (nn.functional.linear(x, w).square() + nn.functional.relu(x)).sum()
    y.backward()
    print(x.grad, w.grad)
# --- hooks run unrecorded, and must give tensors back
with saved_tensors_hooks(lambda t: print(torch.is_grad_enabled()) or 5, lambda n: print(n) or "a"):
    y = torch.ones(2, requires_grad=True).exp().sum()
attempt(y.backward)
def write():
    with saved_tensors_hooks(lambda t: t.mul_(2), lambda n: n):
        torch.ones(2, requires_grad=True).clone().exp().sum()
attempt(write)
x = torch.ones(2, requires_grad=True)
with saved_tensors_hooks(lambda t: "s", lambda s: torch.full((2,), 7.0)):
    z = x * x
print(z.grad_fn._saved_self, (x * x).grad_fn._saved_self)
# --- Variable makes a tensor that records
print(Variable(torch.ones(2), requires_grad=True), Variable(torch.ones(2), True).requires_grad, Variable(torch.ones(2)).requires_grad)
print(Variable(torch.tensor([1, 2])), isinstance(torch.ones(1), Variable), type(Variable(torch.ones(1))).__name__)
x = torch.ones(2)
v = Variable(x, requires_grad=True)
(v * 3).sum().backward()
print(v.grad, v.data_ptr() == x.data_ptr(), Variable(x, volatile=True), Variable(x, volatile=False).requires_grad)
attempt(lambda: Variable([1, 2]))
# --- a node is called like a function
x = torch.tensor([3.0], requires_grad=True)
y = x.exp()
print(y.grad_fn(torch.ones(1)), (x + 1).grad_fn(torch.ones(1)), (x * y).grad_fn(torch.ones(1)))
attempt(lambda: y.grad_fn())
attempt(lambda: y.grad_fn(torch.ones(1), torch.ones(1)))
# --- a node's prehooks run where the node does
x = torch.ones(1, requires_grad=True)
b = x * 2
c = b * 3
b.grad_fn.register_prehook(lambda gs: print("prehook", gs) or (gs[0] * 10,))
b.register_hook(lambda g: print("hook", g))
print(torch.autograd.grad(c, (b,), retain_graph=True))
print(torch.autograd.grad(c, (x,), retain_graph=True))
b.retain_grad()
c.backward()
print(x.grad, b.grad)
# --- retained gradients move with views that change in place
base = torch.tensor([1.0], requires_grad=True).clone()
v, v2 = base[:], base[:]
v.retain_grad()
v2.retain_grad()
v.add_(1)
(v + v2).sum().backward()
print(v.grad, v2.grad)
# --- a saved tensor that was detached in place is an error
a = torch.tensor(1.0, requires_grad=True).clone()
b = a.sin()
a.detach_()
attempt(b.backward)
c = a.requires_grad_().sin()
c.backward()
print(a.grad)
a = torch.tensor(1.0, requires_grad=True).clone()
b = a.exp()
b.detach_()
print(b.requires_grad, a.detach_().is_leaf)
# --- .data keeps the version counter
x = torch.ones(2)
x.add_(1)
x.data = torch.zeros(3)
print(x._version, x)
y = x.data
y.add_(5)
print(x, x._version, y._version)
p = nn.Parameter(torch.ones(2))
q = p.data
p.data = p.data * 2
print(p, q, p._version)
# --- forward may return what is no tensor
class Several(Function):
    @staticmethod
    def forward(ctx, a):
        return 5, a * 2, None, "x", a * 3
    @staticmethod
    def backward(ctx, *grads):
        print(len(grads), grads)
        return grads[1] * 2 + grads[4] * 3
a = torch.ones(2, requires_grad=True)
out = Several.apply(a)
print(out)
(out[1] + out[4]).sum().backward()
print(a.grad)
class Alone(Function):
    @staticmethod
    def forward(ctx, a):
        return (a * 2,)
    @staticmethod
    def backward(ctx, g):
        return g * 7
(y,) = Alone.apply(a)
print(torch.autograd.grad(y.sum(), a))
# --- backward and vjp exclude each other
class Both(Function):
    @staticmethod
    def forward(ctx, a):
        return a * 2
    @staticmethod
    def backward(ctx, g):
        return g
    @staticmethod
    def vjp(ctx, g):
        return g
attempt(lambda: Both.apply(torch.ones(1, requires_grad=True)).backward())
class Vjp(Function):
    @staticmethod
    def forward(ctx, a):
        return a * 2
    @staticmethod
    def vjp(ctx, g):
        return g * 5
a = torch.ones(1, requires_grad=True)
Vjp.apply(a).backward()
print(a.grad)
# --- generators under no_grad get what is sent and thrown to them
@torch.no_grad()
def counting():
    got = None
    while got != "end":
        try:
            got = yield (got, torch.is_grad_enabled())
        except KeyError as error:
            got = f"caught {error} {torch.is_grad_enabled()}"
    return "done"
g = counting()
print(next(g), g.send(1), torch.is_grad_enabled(), g.throw(KeyError("k")), g.send(2))
try:
    g.send("end")
except StopIteration as stop:
    print(stop.value)
def delegating():
    print((yield from counting()))
g = delegating()
print(next(g), g.send("a"))
g.close()
@torch.no_grad()
def cleaned():
    try:
        yield 1
    finally:
        print("closed", torch.is_grad_enabled())
g = cleaned()
next(g)
g.close()
print(torch.is_grad_enabled(), list(cleaned()))
# --- checkpoint computes again no more than is needed
from torch.utils.checkpoint import checkpoint
def f(x):
    print("a")
    y = x.sin().exp()
    print("b")
    return y + 1
x = torch.tensor([0.5], requires_grad=True)
checkpoint(f, x, use_reentrant=False).backward()
print(x.grad)
# --- jacobian refuses what cannot go together
attempt(lambda: torch.autograd.functional.jacobian(torch.sin, torch.ones(2), strict=True, vectorize=True))
attempt(lambda: torch.autograd.functional.jacobian(torch.sin, torch.ones(2), strict=True, vectorize=True, strategy="forward-mode"))
# --- attributes of tensors live as long as the tensors
import gc
a = torch.ones(2, requires_grad=True)
(a * 2).sum().backward()
a.grad.foo = 2
m = nn.Linear(2, 2)
m.weight.no_decay = [True]
gc.collect()
torch.ones(3) + 1
print(a.grad.foo, m.weight.no_decay, [getattr(p, "no_decay", False) for p in m.parameters()], vars(a.grad))
a.grad.foo = 3
gc.collect()
print(a.grad.foo, hasattr(a, "foo"))
del a.grad.foo
gc.collect()
print(hasattr(a.grad, "foo"))
# --- gradgradcheck takes its directions as they are
x, y = (torch.randn(3, dtype=torch.double, requires_grad=True) for _ in range(2))
print(torch.autograd.gradgradcheck(lambda x, y: x.sin() * y, [x, y], [torch.randn(3)]), torch.autograd.gradgradcheck(lambda x, y: x.sin() * y, [x, y], [torch.randn(3, dtype=torch.double, requires_grad=True)]))
# --- what gradcheck's function takes beside tensors comes to it as it is
def stepped(p, grad, cls, options, exp_avg):
    p = p.clone()
    p.grad = grad
    optimizer = cls([p], **options)
    optimizer.state[p].update(step=torch.tensor(2.0), exp_avg=exp_avg.clone(), exp_avg_sq=torch.ones_like(p))
    optimizer.step()
    return p, optimizer.state[p]["exp_avg"]


given = [torch.tensor(x, dtype=torch.double, requires_grad=True) for x in ([1.0, 2.0], [3.0, -1.0], [0.5, 0.25])]
print(torch.autograd.gradcheck(stepped, (*given[:2], torch.optim.Adam, {"lr": 0.1, "differentiable": True}, given[2])))
# --- hooks of nodes run in order, those that there were
log = []
def one(g): log.append(1); return g * 3
def two(gs): log.append(2); return tuple(g * 2 for g in gs)
a = torch.tensor(1., requires_grad=True); b = a.clone()
b.grad_fn.register_prehook(two); b.register_hook(one); b.grad_fn.register_prehook(two); a.register_hook(one)
b.sum().backward(retain_graph=True); print(log); log.clear()
torch.autograd.grad(b.sum(), (a,), retain_graph=True); print(log); log.clear()
b.sum().backward(inputs=(b,)); print(log, b.grad)
c = torch.ones(2, requires_grad=True); d = c * 2; said = []
def first(g): handle.remove(); said.append("first")
d.grad_fn.register_prehook(first); handle = d.grad_fn.register_prehook(lambda g: said.append("second")); d.sum().backward(); print(said)
# --- views of inference tensors
for r in (True, False):
    with torch.inference_mode():
        c = torch.ones(1, 2, 3, requires_grad=r); v = c.view(-1); print(v.is_inference(), v.requires_grad, v._is_view(), v._base is None); c[0].fill_(2); print(c.sum())
    v = c.view(-1); print(v.is_inference(), v.requires_grad, v._is_view(), v.is_leaf)
    n = torch.ones(2, requires_grad=r)
    with torch.inference_mode(): v = n.view(-1); print(v.is_inference(), v.requires_grad, v._is_view())
# --- what forward may write to
from torch.autograd import Function
class Marks(Function):
    @staticmethod
    def forward(ctx, a): c = 3 * a; ctx.mark_dirty(c); return c
    @staticmethod
    def backward(ctx, g): return g
print(Marks.apply(torch.ones(2)).requires_grad, Marks.apply(torch.ones(2, requires_grad=True)).requires_grad)
class Views(Function):
    @staticmethod
    def forward(ctx, x): return x.view_as(x)
    @staticmethod
    def backward(ctx, g): return g
view = Views.apply(torch.ones(1, 2))
try: view += torch.rand(1, requires_grad=True)
except RuntimeError as e: print(e)
print(view.add_(1))
# --- hooks are called where no gradient comes
x = torch.arange(3.).requires_grad_()
a, b, c = x.unbind()
a.register_hook(lambda g: print("a", g))
x.register_hook(lambda g: print("x", g))
b.backward()
a.backward()
y = x.clone()
y.register_hook(lambda g: print("y", g))
torch.autograd.backward(torch._C._functions.UndefinedGrad()(y).sum())
print(x.grad)
# --- pieces that count as tensors of their own
for f in (lambda t: t.unsafe_split(1), lambda t: t.unsafe_split_with_sizes((1, 2)), lambda t: t.unsafe_chunk(2), lambda t: torch.unsafe_chunk(t, 3, 1)):
    x = torch.ones(3, 3, requires_grad=True)
    whole = x * 2
    first, *rest = f(whole)
    before = first._is_view(), first.grad_fn.name()
    first.mul_(3)
    (first.sum() + rest[-1].sum()).backward()
    print(*before, first._version, whole._version, whole.detach(), x.grad)
# --- attributes that may not be deleted, or are none any more
x = torch.ones(2, requires_grad=True)
for name in ("grad_fn", "_grad_fn", "data", "requires_grad", "_backward_hooks"): attempt(lambda: delattr(x, name))
print(x.volatile)
x.volatile = True
def become(x, y): x.data = y
attempt(lambda: become(x, torch.eye(2).to_sparse()))
attempt(lambda: become(torch.eye(2).to_sparse(), x))
# --- tensors of inference mode are resized
with torch.inference_mode():
    for wants in (True, False):
        x = torch.ones(1, 2, 3, requires_grad=wants)
        print(x.resize_(1, 2), x.resize_as_(torch.ones(2, 1)), x.requires_grad)
attempt(lambda: torch.ones(2, requires_grad=True).resize_(1))
