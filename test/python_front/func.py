import functools
import warnings
from collections import OrderedDict, namedtuple
import torch
from torch.func import grad, grad_and_value, hessian, jacfwd, jacrev, jvp, linearize, vjp, vmap

Both = namedtuple("Both", "a b")


def linearized(f, *primals):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the compiler that PyTorch does it with
        return linearize(f, *primals)


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
# --- nested transforms show as PyTorch shows them
attempt(lambda: vmap(lambda x: (print(x), x)[1])(torch.ones(2, 3)))
attempt(lambda: grad(lambda x: (print(x), x.sum())[1])(torch.ones(2)))
attempt(lambda: vmap(grad(lambda x: (print(x), x.sum())[1]))(torch.ones(2, 2)))
attempt(lambda: grad(lambda x: (print(x.tolist(), f"{x.sum():.2f}"), x.sum())[1])(torch.ones(2)))
attempt(lambda: vmap(jacrev(lambda x: x * x.sum()))(torch.ones(2, 2)))
attempt(lambda: vmap(lambda x: jvp(lambda y: y.sin(), (x,), (x,))[1])(torch.ones(2, 2)))
attempt(lambda: jvp(vmap(lambda x: x * x), (torch.ones(2, 2),), (torch.ones(2, 2),)))
attempt(lambda: jvp(lambda x: jvp(torch.sin, (x,), (x,))[1], (torch.ones(2),), (torch.ones(2),)))
attempt(lambda: hessian(lambda p: (p["a"] ** 2 * p["b"]).sum())({"a": torch.ones(2), "b": torch.ones(2)}))
# --- containers come back as they were
class Own:
    pass
own = Own()
attempt(lambda: vmap(lambda x, o: x if o is own else 0 * x, in_dims=(0, None))(torch.ones(3), own))
attempt(lambda: vmap(lambda x, o: x)(torch.ones(3), "text"))
attempt(lambda: vmap(lambda x: [x, (x, {"b": x, 3: x})])(torch.ones(2)))
attempt(lambda: vmap(lambda x: x[0] + x[1]["k"])([torch.ones(2), OrderedDict(k=torch.ones(2))]))
attempt(lambda: grad(lambda x: (x.a * x.b[0]).sum())(Both(torch.ones(2), [torch.ones(2) * 3])))
attempt(lambda: list(vmap(lambda x: OrderedDict(b=x, a=x))(torch.ones(2)).items()))
attempt(lambda: vmap(lambda x, *, k: x * k)(torch.ones(3), k=2))
attempt(lambda: jacrev(lambda x: [x * 2, {"k": x.sum()}])(torch.ones(2)))
attempt(lambda: jacfwd(lambda x: [x * 2, {"k": x.sum()}])(torch.ones(2)))
attempt(lambda: jvp(lambda x: [x[0] * 2, Both(x[0], x[0])], ([torch.ones(2)],), ([torch.ones(2)],)))
attempt(lambda: linearized(lambda x: [x, x * 2], torch.ones(2))[1](torch.ones(2)))
attempt(lambda: vjp(lambda x: {"a": (x, [x])}, torch.ones(3))[1]({"a": (torch.ones(3), [torch.ones(3)])}))
attempt(lambda: vmap(lambda x: x, out_dims=(0,))(torch.ones(2)))
attempt(lambda: vmap(lambda x: (x, [x]), out_dims=(0, [1]))(torch.ones(2, 3))[1][0].shape)
# --- structures that do not fit are told
attempt(lambda: vmap(lambda x: x, in_dims=[0])(torch.ones(2)))
attempt(lambda: vmap(lambda x: x[0], in_dims=((0, 0),))([torch.ones(2), torch.ones(2)]))
attempt(lambda: vmap(lambda x: x[0], in_dims=([0, 0],))([torch.ones(2), torch.ones(2)]))
attempt(lambda: vmap(lambda x: x, in_dims=("a",))(torch.ones(2)))
attempt(lambda: vmap(lambda x: x, out_dims="a")(torch.ones(2)))
attempt(lambda: vmap(functools.partial(lambda a, x: 1, torch.ones(2)))(torch.ones(2)))
attempt(lambda: vmap(torch.nn.Linear(2, 2), in_dims=(0, 1))(torch.ones(3, 2)))
attempt(lambda: vmap(lambda x: x, chunk_size=0)(torch.ones(2)))
attempt(lambda: grad(lambda x: [x.sum(), x], has_aux=True)(torch.ones(3)))
attempt(lambda: grad(lambda x: {})(torch.ones(3)))
attempt(lambda: vjp(lambda x: {"a": (x, [x])}, torch.ones(3))[1]({"a": (torch.ones(3), torch.ones(3))}))
attempt(lambda: vjp(lambda x: [x, x], torch.ones(3))[1](torch.ones(3)))
attempt(lambda: vjp(lambda x: (x,), torch.ones(3))[1](torch.ones(3)))
attempt(lambda: vjp(lambda x: x, torch.ones(3))[1](torch.ones(2)))
attempt(lambda: vjp(lambda x: x.sum(), [torch.ones(3), 5]))
attempt(lambda: vjp(lambda x: x > 0, torch.ones(3)))
attempt(lambda: vjp(lambda x: (), torch.ones(3)))
attempt(lambda: vjp(lambda x: None, torch.ones(3)))
attempt(lambda: jacrev(lambda x: x * 2, argnums=[0])(torch.ones(2)))
attempt(lambda: jacrev(lambda x: x * 2, argnums=())(torch.ones(2)))
attempt(lambda: grad(lambda x, y: x * y, argnums=(0, 0))(torch.ones(()), torch.ones(())))
attempt(lambda: jacrev(lambda x: x * 2, chunk_size=0)(torch.ones(2)))
attempt(lambda: jacrev(lambda x: x * 1j)(torch.ones(2)))
attempt(lambda: jacfwd(lambda x: x)(torch.ones(2) * 1j))
attempt(lambda: jvp(lambda x: x, (), ()))
attempt(lambda: jvp(lambda x: x, (3,), (3,)))
attempt(lambda: jvp(lambda x: [x, x], ([torch.ones(2)],), ((torch.ones(2),),)))
attempt(lambda: jvp(lambda x: torch.ones(2), (torch.ones(2),), (torch.ones(2),), strict=True))
attempt(lambda: linearized(lambda x: x * 2, torch.ones(2))[1](torch.ones(3)))
attempt(lambda: linearized(lambda x: x * 2, torch.ones(2))[1](torch.ones(2), torch.ones(2)))
# --- vmap refuses what would have another shape or value for each element
x = torch.tensor([[1.0, -1], [2, 3]])
def masked(f):
    def g(v):
        w = v.clone()
        f(w)
        return w
    attempt(lambda: vmap(g)(x))
masked(lambda w: w.__setitem__(w > 0, 0.0))
masked(lambda w: w.__setitem__(w > 0, torch.tensor(5.0)))
masked(lambda w: w.__setitem__(torch.tensor([True, False]), 0.0))
attempt(lambda: vmap(lambda v: v[v > 0])(x))
attempt(lambda: vmap(lambda v: torch.ones(2)[v.sum() > 0])(x))
attempt(lambda: vmap(lambda v: v[torch.tensor(True)])(x))
attempt(lambda: vmap(lambda v: v.masked_select(v > 0))(x))
attempt(lambda: vmap(lambda v: v.nonzero())(x))
attempt(lambda: vmap(lambda v: torch.unique(v))(x))
attempt(lambda: vmap(lambda v: torch.equal(v, v))(x))
attempt(lambda: vmap(lambda v: torch.allclose(v, v))(x))
attempt(lambda: vmap(lambda v: torch.nn.functional.one_hot(v.long().abs()))(x))
attempt(lambda: vmap(lambda v: v.sum().is_nonzero())(x))
attempt(lambda: vmap(lambda v: v if v else v)(x))
attempt(lambda: vmap(lambda v: v[v.long().abs()[0] - 1])(x))
attempt(lambda: vmap(lambda v: v[0 : v.long().abs()[0]])(x))
attempt(lambda: vmap(lambda v: v.tolist())(x))
attempt(lambda: vmap(lambda v: int(v[0]))(x))
attempt(lambda: vmap(lambda v: f"{v[0]:.1f}")(x))
attempt(lambda: vmap(lambda v: torch.arange(v[0]))(x))
attempt(lambda: vmap(lambda v: torch.tensor([1.0, 2.0]) * v + torch.arange(2) + torch.zeros_like(v))(x))
attempt(lambda: vmap(lambda v: torch.zeros(2).copy_(v))(x))
attempt(lambda: vmap(lambda v: torch.zeros_like(v).copy_(v))(x))
attempt(lambda: vmap(lambda v: v.clone().unsqueeze_(0).t_() * v)(x))
# --- the gradient of every sample, and an ensemble
torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
params = {k: v.detach() for k, v in net.named_parameters()}
def loss(p, x, y):
    return torch.nn.functional.cross_entropy(torch.func.functional_call(net, p, (x.unsqueeze(0),)), y.unsqueeze(0))
xs, ys = torch.randn(5, 3), torch.tensor([0, 1, 1, 0, 1])
each = vmap(grad(loss), in_dims=(None, 0, 0))(params, xs, ys)
print({k: tuple(v.shape) for k, v in each.items()}, each["2.bias"])
print(vmap(grad(loss), in_dims=(None, 0, 0), chunk_size=2)(params, xs, ys)["2.bias"].allclose(each["2.bias"]))
nets = [torch.nn.Linear(3, 2) for _ in range(3)]
stacked, buffers = torch.func.stack_module_state(nets)
out = vmap(lambda p, b, x: torch.func.functional_call(nets[0], (p, b), (x,)), in_dims=(0, 0, None))(stacked, buffers, xs)
print(out.shape, all(torch.allclose(o, n(xs)) for o, n in zip(out, nets)), stacked["weight"].requires_grad)
attempt(lambda: torch.func.functional_call(net, {"nothing": torch.ones(1)}, (xs,), strict=True))
drop = torch.nn.Dropout(0.5)
attempt(lambda: vmap(drop)(torch.ones(2, 4)))
print(vmap(drop, randomness="different")(torch.ones(2, 4)).shape, vmap(drop.eval())(torch.ones(2, 4)))
# --- values that depend on what was drawn
attempt(lambda: vmap(lambda x: x.new_zeros(2).normal_(), randomness="same")(torch.ones(2)).std(0))
c = torch.zeros(2)
attempt(lambda: vmap(lambda x: (c.normal_(), x)[1])(torch.ones(2)))
attempt(lambda: vmap(lambda x: (c.normal_(), x)[1], randomness="different")(torch.ones(2)))
attempt(lambda: vmap(lambda x: (c.normal_(), x)[1], randomness="same")(torch.ones(2)))
attempt(lambda: vmap(lambda x: torch.randint(3, (2,)))(torch.ones(2)))
attempt(lambda: vmap(lambda x: torch.randint_like(x, 3))(torch.ones(2)))
attempt(lambda: vmap(lambda x: torch.normal(x, 1.0))(torch.ones(2)))
for kind in "same", "different":
    for f in torch.rand_like, lambda x: torch.randint_like(x, 1000), lambda x: torch.randint(1000, ()), lambda x: torch.normal(0.0, 1.0, ()):
        print(vmap(f, randomness=kind)(torch.ones(50)).unique().numel() > 1)
print(vmap(lambda y: vmap(lambda x: torch.randint(1000, (2,)), randomness="same")(y), randomness="different")(torch.ones(2, 3)).shape)
attempt(lambda: jacfwd(lambda x: x * torch.rand(2))(torch.ones(2)))

# --- batch norms without running statistics
from torch import nn
from torch.func import functional_call, grad, replace_all_batch_norm_modules_, vmap
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Sequential(nn.BatchNorm1d(4)))
print(replace_all_batch_norm_modules_(net) is net, net)
print(list(net.state_dict()), net[1].running_mean, net[1].track_running_stats)
x = torch.randn(5, 2, 3)
params = dict(net.named_parameters())
f = lambda p, x: functional_call(net, p, (x,)).square().sum()
print({k: v.shape for k, v in vmap(grad(f), (None, 0))(params, x).items()})
try: replace_all_batch_norm_modules_(nonsense=1)
except TypeError as e: print(e)

# --- what a level's tensor stands for, and functions without writes in place
from torch.func import debug_unwrap, functionalize, grad, vmap
def seen(x):
    print(debug_unwrap(x), debug_unwrap(x, recurse=False))
    return x.sum()
vmap(seen)(torch.arange(4.0).view(2, 2))
grad(seen)(torch.ones(2))
vmap(grad(seen))(torch.arange(4.0).view(2, 2))
print(debug_unwrap(torch.ones(2)))
def writes(x):
    y = x.clone().add_(1)
    x.mul_(2)
    return {"made": (y, y[0])}
x = torch.ones(2)
print(functionalize(writes)(x), x, functionalize(writes).__name__)
print(vmap(functionalize(lambda x: x.clone().add_(1), remove="mutations_and_views"))(torch.ones(2, 2)))
print(grad(functionalize(lambda x: x.clone().mul_(2).sum()))(torch.ones(2)))
for bad in "views", 1:
    try: functionalize(writes, remove=bad)
    except RuntimeError as e: print(e)
# --- a tensor's own means to ask for gradients are refused in what is transformed
def asks(x):
    x.requires_grad_()
    return x.sin().sum()


def retains(x):
    y = x.sin()
    y.retain_grad()
    return y.sum()


x = torch.tensor([0.1, 0.2, 0.3])
for transform in (grad, vmap, jacrev, lambda f: lambda x: torch.func.jvp(f, (x,), (x,)), lambda f: vmap(grad(f)), lambda f: lambda x: torch.func.vjp(f, x)):
    for f in (asks, lambda x: (torch.ones(3).requires_grad_(), x.sum())[1], lambda x: torch.autograd.functional.jacobian(torch.sin, x).sum()):
        try:
            print(transform(f)(x))
        except RuntimeError as error:
            print(str(error).splitlines()[0])
try:
    print(grad(retains)(x))
except RuntimeError as error:
    print(str(error).splitlines()[0])
try:
    torch.func.stack_module_state([torch.nn.Linear(2, 2), torch.nn.Linear(2, 2).requires_grad_(False)])
except RuntimeError as error:
    print(error)
# --- writes to what the function made of what it did not
x, y = torch.arange(6.).reshape(2, 3), torch.tensor([1.0, 2.0, 3.0])
def row(y):
    c = x.clone(); c[0] = y; return (c * c).sum()
def all_of(y):
    c = x * 2; c.mul_(y); return (c * c).sum()
def through_base(y):
    c = x.clone(); v = c[0]; c.copy_(y); return v.sum()
def not_its_own(y):
    return x[0].mul_(y).sum()
for f in (row, all_of, through_base, not_its_own):
    for g in (lambda: grad(f)(y), lambda: jvp(f, (y,), (y,)), lambda: jacfwd(f)(y), lambda: jacrev(f)(y), lambda: hessian(f)(y), lambda: vmap(grad(f))(torch.stack([y, y]))):
        try: print(f.__name__, g())
        except RuntimeError as e: print(f.__name__, str(e).splitlines()[0])
# --- writes to an argument that is not differentiated
def f(x, y):
    y.copy_(x); return y
x, y = torch.tensor([1.0, 2.0]), torch.zeros(2)
for g in (jacfwd(f), jacrev(f), jacfwd(f, argnums=1), jacfwd(f, argnums=(0, 1))):
    print(g(x, y))
print(y)
def h(x, y):
    x = x.clone(); view = x[0]; view.copy_(y); return view, x
def k(x, y):
    x = x.clone(); view = x[0]; x.copy_(y); return view, x
for f in (h, k):
    print(vmap(lambda x, y, t: jvp(lambda y: f(x, y), (y,), (t,)))(torch.ones(2, 2, 3), torch.ones(2, 3) * 2, torch.ones(2, 3) * 3))
# --- views by strides stay within an element of the batch
for f in (lambda x: x.as_strided((5,), (1,), 0), lambda x: x[1:].as_strided((2,), (1,), 0), lambda x: x[1:].as_strided((2,), (1,)), lambda x: x.as_strided((2, 2), (2, 1), 1)):
    try: print(vmap(f)(torch.arange(12.).reshape(3, 4)[:2]))
    except RuntimeError as e: print(e)
# --- batch norms whose statistics are of the batch
import torch.nn.functional as F
mean, var, x = torch.zeros(2, 3), torch.ones(2, 3), torch.arange(42.).reshape(2, 7, 3).sin()
print(vmap(lambda m, v, x: F.batch_norm(x, m, v, training=True))(mean, var, x).shape, mean, var)
models = [torch.nn.BatchNorm1d(3), torch.nn.BatchNorm1d(3)]
params, buffers = torch.func.stack_module_state(models)
vmap(lambda p, b, x: torch.func.functional_call(models[0], (p, b), (x,)))(params, buffers, x)
print(buffers)
# --- no tangents within a Function's forward, and none of a batch's elements one by one
import torch.autograd.forward_ad as fwAD
class Asks(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        print(fwAD._is_fwd_grad_enabled(), torch.is_grad_enabled())
        return x * 2
    @staticmethod
    def backward(ctx, g): return g
    @staticmethod
    def jvp(ctx, t): return t * 2
Asks.apply(torch.ones(2, requires_grad=True))
with fwAD.dual_level(): print(fwAD.unpack_dual(Asks.apply(fwAD.make_dual(torch.ones(2), torch.ones(2)))).tangent)
def dual(x):
    with fwAD.dual_level(): return fwAD.unpack_dual(fwAD.make_dual(x, torch.ones(3)))[0]
try: vmap(dual)(torch.ones(2, 3))
except RuntimeError as e: print(e)
# --- what programs take from the inside
from torch._functorch.eager_transforms import _slice_argnums
from torch._functorch.autograd_function import CtxWithSavedTensors, reductify_leaf
args = (0.1, (1.1, 2.1), [3.1])
for argnums in (0, -1, (1, 0), (0, -2), 0.0, [0], (0.0,), 3, -4, (), (0, -3)):
    try: print(_slice_argnums(args, argnums))
    except RuntimeError as e: print(e)
print(torch._C._nn.linear(torch.ones(1, 2), torch.ones(3, 2)), torch._C._nn.gelu(torch.ones(1)))
g = torch.arange(6.).reshape(2, 3)
for case in ((None, None, 0, 2), (g, 0, None, 2), (g, None, 1, 4), (g, None, 1, 4, (3,)), (g, 0, 1, 2), (g, 1, 0, 3, (2,))):
    r = reductify_leaf(*case)
    print(r if r is None else (tuple(r.shape), r))
class Context: pass
ctx = Context()
ctx.saved_tensors = (1,)
one = CtxWithSavedTensors(ctx, (2,))
two = CtxWithSavedTensors(one, (3,))
two.foo = 4
print(ctx.saved_tensors, one.saved_tensors, two.saved_tensors, ctx.foo, one.foo)
ctx._pt_inner_ctx = 1
try: CtxWithSavedTensors(ctx, ())
except RuntimeError as e: print(e)
