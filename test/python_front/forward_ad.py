import torch
import torch.autograd.forward_ad as fwAD
from torch import nn

x = torch.tensor([0.5, 1.0])
t = torch.tensor([1.0, 2.0])


def attempt(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, str(error).split("\n")[0])


def push(f, x=x, t=t):
    with fwAD.dual_level():
        return fwAD.unpack_dual(f(fwAD.make_dual(x, t)))


# --- values, and what a dual tensor is
print(push(torch.sin))
print(push(lambda d: (d * d).exp().sum()))
print(push(lambda d: d.detach()), push(lambda d: torch.ones(2)))
print(push(lambda d: d.reshape(2, 1).t() @ d))
with fwAD.dual_level() as l:
    print(l)
    d = fwAD.make_dual(x, t)
    print(d, d._is_view(), d._base is x, type(d).__name__)
    p, tan = fwAD.unpack_dual(d)
    print(p._is_view(), p._base is x, tan is t, p.grad_fn)
    print(fwAD.unpack_dual(p), fwAD.unpack_dual(p[0]), fwAD.unpack_dual(x))
    out = d.sin()
    print(out)
print(fwAD.unpack_dual(out), out)
# --- refusals
attempt(lambda: fwAD.make_dual(x, t))
attempt(lambda: fwAD.exit_dual_level())
with fwAD.dual_level():
    attempt(lambda: fwAD.make_dual(x, torch.ones(3)))
    attempt(lambda: fwAD.make_dual(x, torch.ones(2).double()))
    attempt(lambda: fwAD.make_dual(x, torch.ones(2, dtype=torch.int64)))
    attempt(lambda: fwAD.make_dual(torch.ones(2, dtype=torch.int64), t))
    attempt(lambda: fwAD.make_dual(x, torch.ones(2, dtype=torch.complex64)))
    attempt(lambda: fwAD.enter_dual_level())
    attempt(lambda: fwAD.make_dual(fwAD.make_dual(x, t), t))
    attempt(lambda: fwAD.exit_dual_level(level=3))
    attempt(lambda: fwAD.make_dual(x, t, level=5))
with fwAD.dual_level():
    pass
# --- backward over forward, and forward over backward
w = torch.tensor([0.3, 0.7], requires_grad=True)
v = torch.tensor([1.0, -1.0], requires_grad=True)
with fwAD.dual_level():
    d = fwAD.make_dual(w, v)
    print(d.requires_grad, d.grad_fn.name(), d.is_leaf)
    y, yt = fwAD.unpack_dual((d.sin() * d).sum())
    print(y, yt)
    print(torch.autograd.grad(yt, (w, v), retain_graph=True))
    print(torch.autograd.grad(y, w))
# forward over backward
with fwAD.dual_level():
    d = fwAD.make_dual(w.detach(), v.detach()).requires_grad_()
    g, = torch.autograd.grad(d.pow(3).sum(), d, create_graph=True)
    print(fwAD.unpack_dual(g)[0], fwAD.unpack_dual(g).tangent.detach())
    d2 = fwAD.make_dual(w, v.detach())
    g, = torch.autograd.grad(d2.exp().sum(), w)
    print(fwAD.unpack_dual(g))
with torch.no_grad():
    with fwAD.dual_level():
        print(fwAD.unpack_dual(fwAD.make_dual(w, v) * 2))
# --- in place, through views, detached
with fwAD.dual_level():
    d = fwAD.make_dual(x.clone(), t.clone())
    d.mul_(3); print(fwAD.unpack_dual(d))
    z = torch.zeros(3)
    z[1] = d[0]; print(fwAD.unpack_dual(z))
    b = torch.zeros(2, 2); r = b[0]; r.add_(d); print(fwAD.unpack_dual(b), fwAD.unpack_dual(b[1]))
    e = fwAD.make_dual(x.clone(), t.clone()); q = e[0]; q.mul_(5); print(fwAD.unpack_dual(e), fwAD.unpack_dual(q))
    e.zero_(); print(fwAD.unpack_dual(e), fwAD.unpack_dual(q))
    u = torch.ones(2); u.copy_(d); print(fwAD.unpack_dual(u))
    s = (torch.ones(3) + d[0]); s.mul_(2); print(fwAD.unpack_dual(s))
    c = d.clone(); c.detach_(); print(fwAD.unpack_dual(c))
    print(fwAD.unpack_dual(d.data))
    k = torch.ones(2, dtype=torch.int64); attempt(lambda: k.copy_(d)); print(fwAD.unpack_dual(k))
# --- layers, their parameters as duals
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.LayerNorm(3), nn.Linear(3, 1))
out = push(lambda d: net(d[None]))
print(out[0], out[1].detach())
ps = {k: torch.ones_like(p) for k, p in net.named_parameters()}
with fwAD.dual_level():
    for name, p in list(net.named_parameters()):
        mod = net.get_submodule(name.rsplit(".", 1)[0]); last = name.rsplit(".", 1)[1]
        delattr(mod, last); setattr(mod, last, fwAD.make_dual(p, ps[name]))
    print(fwAD.unpack_dual(net(x[None])))
print(net[0].weight.grad_fn.name())
# --- dtypes
print(push(lambda d: d.to(torch.float64)), push(lambda d: d > 0), push(lambda d: d.argmax()), push(lambda d: d.max(0)[0]))
print(push(lambda d: d * 2, torch.tensor([1+2j]), torch.tensor([1j])))
# --- custom Functions and transforms
class Sin(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): ctx.save_for_forward(x); ctx.save_for_backward(x); return x.sin()
    @staticmethod
    def jvp(ctx, t): x, = ctx.saved_tensors; return t * x.cos() * 10
    @staticmethod
    def backward(ctx, g): x, = ctx.saved_tensors; return g * x.cos()
print(push(Sin.apply))
class NoJvp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x.sin()
attempt(lambda: push(NoJvp.apply))
attempt(lambda: NoJvp.apply(x))
attempt(lambda: torch.func.jvp(lambda x: push(torch.sin, x, torch.ones(2)).tangent, (x,), (t,)))
with fwAD.dual_level():
    d = fwAD.make_dual(x, t)
    print(fwAD.unpack_dual(torch.vmap(torch.sin)(d)))
    print(fwAD.unpack_dual(torch.func.grad(lambda x: x.pow(3).sum())(d)))
# --- gradcheck forwards
class Sin(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): ctx.save_for_forward(x); ctx.save_for_backward(x); return x.sin()
    @staticmethod
    def jvp(ctx, t): x, = ctx.saved_tensors; return t * x.cos() * 10
    @staticmethod
    def backward(ctx, g): x, = ctx.saved_tensors; return g * x.cos()
from torch.autograd import gradcheck
attempt(lambda: gradcheck(torch.sin, (x.double().requires_grad_(),), check_forward_ad=True))
class WrongJvp(Sin):
    @staticmethod
    def jvp(ctx, t): return t * 0
attempt(lambda: gradcheck(WrongJvp.apply, (x.double().requires_grad_(),), check_forward_ad=True))
attempt(lambda: gradcheck(WrongJvp.apply, (x.double().requires_grad_(),)))
attempt(lambda: gradcheck(WrongJvp.apply, (x.double().requires_grad_(),), check_forward_ad=True, check_backward_ad=False))
attempt(lambda: gradcheck(torch.sin, (x.double().requires_grad_(),), check_forward_ad=False, check_backward_ad=False))
# --- as a decorator, and after an error
@fwAD.dual_level()
def f(x):
    return fwAD.unpack_dual(fwAD.make_dual(x, t).exp())
print(f(x))
def wrong():
    with fwAD.dual_level():
        raise KeyError("own")
attempt(wrong)
print(push(torch.exp), fwAD.enter_dual_level())
d = fwAD.make_dual(x, t)
print(d * 2, d + torch.ones(2, 2), torch.stack([d, x]), torch.where(d > 0.7, d, x))
y = d.exp()
fwAD.exit_dual_level()
print(fwAD.unpack_dual(y), d * 2)
# --- the number of the level
import torch.autograd.forward_ad as fwAD
print(fwAD._current_level)
with fwAD.dual_level(): print(fwAD._current_level)
print(fwAD._current_level)
# --- tangents are not carried on where that is switched off
import torch.autograd.forward_ad as fwAD


def f(x):
    with fwAD._set_fwd_grad_enabled(False):
        shift = x**2
    return x**2 - shift


x, t = torch.tensor([0.5, 2.0]), torch.ones(2)
print(torch.func.jvp(f, (x,), (t,))[1], torch.func.jvp(lambda x: torch.func.jvp(f, (x,), (t,))[1], (x,), (t,))[1])
with fwAD._set_fwd_grad_enabled(False):
    print(torch.func.jvp(torch.sin, (x,), (t,))[1], fwAD._is_fwd_grad_enabled())
print(fwAD._is_fwd_grad_enabled())
with fwAD.dual_level():
    dual = fwAD.make_dual(x, t)
    with fwAD._set_fwd_grad_enabled(False):
        none = fwAD.unpack_dual(dual * 2).tangent
    print(none, fwAD.unpack_dual(dual * 2).tangent)
# --- duals where there may be none
with fwAD.dual_level():
    foo, bar = fwAD.make_dual(torch.ones(2), torch.ones(2)), torch.ones(2)
    for f in (lambda: torch.add(bar, bar, out=foo), lambda: torch.add(foo, bar, out=bar), lambda: torch.mm(torch.ones(2, 2), torch.ones(2, 2), out=fwAD.make_dual(torch.ones(2, 2), torch.ones(2, 2))), lambda: fwAD.make_dual(bar, foo), lambda: fwAD.make_dual(foo, bar)):
        try: print(f())
        except Exception as e: print(type(e).__name__, e)
    print(torch.add(torch.ones(2), torch.ones(2), out=torch.empty(2)))
# --- tangents lie as their tensors do
with fwAD.dual_level():
    for x, t in ((torch.ones(5)[:4], torch.ones(4)), (torch.ones(4, 6)[:, ::2], torch.ones(4, 3)), (torch.ones(4, 6)[2:, ::2], torch.ones(4, 6)[2:, ::2]), (torch.ones(4, 6)[2:, ::2], torch.ones(4, 6)[1:3, ::2]), (torch.ones(1, 3), torch.ones(3, 1).t()), (torch.ones(2, dtype=torch.cfloat), torch.ones(2, dtype=torch.cfloat).conj())):
        d = fwAD.make_dual(x, t)
        u = fwAD.unpack_dual(d).tangent
        print(u is t, u.stride(), u.storage_offset(), u.untyped_storage().nbytes(), u.is_conj())
        v = d[1:]
        d.mul_(2)
        print(torch.equal(fwAD.unpack_dual(v).tangent, t[1:] * 2))
    try: fwAD.make_dual(torch.ones(1).expand(3), torch.ones(3))
    except RuntimeError as e: print(e)
# --- writes to a dual tensor, to what it was made of, and to views of either
with fwAD.dual_level():
    foo, bar = torch.ones(2), torch.ones(2)
    dual = fwAD.make_dual(foo, bar)
    dual *= 2
    print(foo, fwAD.unpack_dual(foo).tangent, fwAD.unpack_dual(dual).tangent, bar)
    primal, tangent = fwAD.unpack_dual(dual)
    primal *= 2
    tangent *= 2
    print(dual, fwAD.unpack_dual(primal).tangent, fwAD.unpack_dual(tangent).tangent)
    view = dual.narrow(0, 0, 1)
    view *= 2
    print(fwAD.unpack_dual(foo).tangent, fwAD.unpack_dual(dual).tangent, fwAD.unpack_dual(view).tangent)
    baz = torch.ones(2)
    baz.detach().add_(dual)
    print(fwAD.unpack_dual(baz).tangent)
    baz[0] = dual[0]
    print(fwAD.unpack_dual(baz).tangent)
# --- ops that have no derivative
for f in (lambda d: torch.igamma(d, t), lambda d: torch.special.zeta(d, t)):
    with fwAD.dual_level():
        try: f(fwAD.make_dual(x, t))
        except NotImplementedError as e: print(e)
