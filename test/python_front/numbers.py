# Small inputs at which numbers were wrong once: each is one of a kind that other tests go through whole.
import warnings
import torch
from torch import nn
import torch.nn.functional as F

warnings.simplefilter("ignore")
inf, nan = float("inf"), float("nan")


def attempt(*fs):
    for f in fs:
        try:
            print(f())
        except Exception as error:
            print(type(error).__name__, str(error).split("\n")[0])


def gradient(f, *xs):
    xs = [x.clone().requires_grad_() for x in xs]
    f(*xs).sum().backward()
    return [x.grad for x in xs]


# --- weight gradients of depthwise and one-channel convolutions after sum
x, w = torch.arange(6).float().reshape(1, 2, 3), torch.ones(2, 1, 2)
print(gradient(lambda w: F.conv1d(x, w, None, groups=2), w))
print(gradient(lambda w: F.conv_transpose1d(torch.arange(3.0).expand(2, 2, 3), w), torch.ones(2, 1, 2)))
print(gradient(lambda w: F.conv2d(torch.arange(32.0).view(1, 2, 4, 4), w), torch.ones(1, 2, 3, 3)))
print(gradient(lambda w: F.conv3d(torch.arange(54.0).view(1, 2, 3, 3, 3), w, groups=2), torch.ones(2, 1, 2, 2, 2))[0].flatten())
print(gradient(lambda w: F.conv_transpose2d(torch.arange(8.0).view(1, 2, 2, 2), w, groups=2), torch.ones(2, 1, 2, 2)))
# --- host code on 16-bit floats
for d in (torch.float16, torch.bfloat16):
    i, s = torch.tensor([0, 0, 1]), torch.tensor([-1, 2, -4], dtype=d)
    for r in ("prod", "amax", "amin", "mean", "sum"):
        print(r, torch.full((3,), 3, dtype=d).scatter_reduce(0, i, s, r).tolist(), torch.full((3,), 3, dtype=d).scatter_reduce(0, i, s, r, include_self=False).tolist())
        if r != "sum":
            print(torch.full((3,), 3, dtype=d).index_reduce(0, i, s, r).tolist())
    t = torch.tensor([2, 3, 4]).to(d)
    for r in ("prod", "amax", "amin", "mean"):
        for own in (True, False):
            print(t.scatter_reduce(0, torch.tensor([0, 0, 1, 1]), torch.tensor([5, -4, 7, 6]).to(d), r, include_self=own).tolist())
    print(torch.tensor([-1, 2, -4, 2], dtype=d).unique(), torch.tensor([0.0, -0.0, 1.0], dtype=d).unique(return_inverse=True, return_counts=True))
    torch.manual_seed(0)
    print(torch.bincount(torch.multinomial(torch.tensor([0.1, 0.2, 0.7], dtype=d), 10000, True)))
    print(torch.tensor([1], dtype=d).nextafter(torch.tensor([2], dtype=d)).item(), torch.tensor([0.0, -1.0, inf], dtype=d).nextafter(torch.tensor([-1.0, 0.0, 0.0], dtype=d)).tolist())
    print(torch.tensor([inf, -inf, nan], dtype=d).nan_to_num().tolist())
print(F.avg_pool2d(torch.full([1, 1, 2, 2], 60000, dtype=torch.float16), 2).item(), F.avg_pool1d(torch.full([1, 1, 2], 60000).half(), 2).item(), F.adaptive_avg_pool2d(torch.full([1, 1, 2, 2], 60000).half(), 1).item())
print(torch.full((4,), 60000).half().mean().item())
# --- scatter_reduce of complex numbers
z = torch.ones(2, dtype=torch.cfloat)
print(z.scatter_reduce_(0, torch.tensor([0]), torch.tensor([2j]), "prod"))
t, i, s = torch.tensor([2, 3, 4]).cfloat(), torch.tensor([0, 0, 1, 1]), torch.tensor([5, -4, 7, 6]).cfloat()
for r in ("prod", "mean", "sum", "amax", "amin"):
    attempt(lambda: t.scatter_reduce(0, i, s, r))
# --- numbers out of an integer dtype's range, for every length
for n in (1, 3, 8, 17, 33):
    for d, v in ((torch.uint8, -7), (torch.int8, 300), (torch.int16, 70000), (torch.int32, 2**33 + 5), (torch.uint8, 256), (torch.bool, 2)):
        x = torch.arange(n).to(d)
        for name in ("bitwise_xor", "bitwise_or", "bitwise_and", "add", "mul", "sub"):
            attempt(lambda: getattr(x, name)(v).tolist())
x = torch.tensor([0, 3, 250], dtype=torch.uint8)
attempt(lambda: x // -7, lambda: x % -7, lambda: x.fmod(-7), lambda: x < -1, lambda: x > -1, lambda: x == -1, lambda: x == 256, lambda: x >= 256)
attempt(lambda: torch.tensor([1, 2], dtype=torch.int16) <= 2**31, lambda: torch.tensor([1], dtype=torch.int8) != 257, lambda: torch.tensor([1], dtype=torch.int32) < 2**40)
# --- a tensor of one int is an int in an index
x = torch.arange(4.0)
v = x[torch.tensor(1)]
v.mul_(100)
x[torch.tensor(2)].zero_()
print(x, torch.zeros(5, 4, 6, 7)[:, torch.tensor([0, 1, 2]), :, torch.tensor(3)].shape, x[torch.tensor(1)]._base is x)
print(torch.zeros(3, 4)[torch.tensor(1), torch.tensor([0, 2])].shape, torch.arange(6).view(2, 3)[torch.tensor(1)], torch.arange(6).view(2, 3)[..., torch.tensor(0)])
y = torch.zeros(2, 3)
y[torch.tensor(1)] = 5
y[torch.tensor(0), torch.tensor(2)] += 1
print(y)
attempt(lambda: x[torch.tensor(True)], lambda: x[torch.tensor(9)], lambda: x[torch.tensor(1.0)], lambda: x[torch.tensor(1, dtype=torch.uint8)])
# --- complex functions
z = torch.tensor([-1 + 1.5j], requires_grad=True)
print(torch.autograd.grad(torch.pow(3, z), z, torch.ones(1, dtype=torch.cfloat)))
print(torch.autograd.grad((3**z).abs().sum(), z), torch.autograd.grad(torch.pow(torch.tensor(3.0), z).real.sum(), z), torch.autograd.grad((2j**z).abs().sum(), z))
z = torch.tensor([1 + 2j])
print(z.float_power(2), z.float_power(2).dtype, torch.float_power(2, z), torch.float_power(z, torch.tensor([2.0])))
z = torch.tensor([1 + 2j, 0.5 - 1j])
print(z.logsumexp(0), torch.linspace(1, 10.5, 5, dtype=torch.complex64), torch.linspace(1j, 2, 3), torch.logspace(0, 1, 3, dtype=torch.complex64), torch.arange(2).to(torch.complex64))
for name in ("atan", "atanh", "asin", "acos", "asinh", "acosh", "sqrt", "log", "tan", "tanh"):
    print(name, getattr(torch, name)(torch.tensor([complex(0.0, 2.0), complex(-0.0, 2.0), complex(2.0, 0.0), complex(2.0, -0.0), complex(-2.0, -0.0)])))
print((torch.tensor([1 + 1j]) / torch.tensor([0j])), torch.tensor([0j]).reciprocal(), torch.sqrt(torch.tensor([complex(0, inf)])), torch.tensor([1 + 1j]) / 0)
z = torch.tensor([1 + 2j], requires_grad=True)
print(gradient(lambda z: torch.sinc(z).real, torch.tensor([1 + 2j], dtype=torch.cdouble)), gradient(lambda z: torch.acosh(z).abs(), torch.tensor([1 + 2j], dtype=torch.cdouble)), gradient(lambda z: torch.logsumexp(z, 0).abs(), torch.tensor([1 + 2j, 0.5j], dtype=torch.cdouble)))
attempt(lambda: z.detach().sort(), lambda: z.detach().logaddexp(z.detach()), lambda: z.detach().logcumsumexp(0), lambda: torch.tensor(1j).cummin(0), lambda: torch.tensor(1j).cummax(0))
print(torch.tensor([complex(inf, nan), complex(nan, 1)]).nan_to_num(), torch.tensor([1 + 2j]).is_conj() if hasattr(torch.Tensor, "is_conj") else False)
# --- what does not fit into an integer dtype raises
attempt(lambda: torch.tensor([300], dtype=torch.int8), lambda: torch.tensor([2**40], dtype=torch.int32), lambda: torch.tensor([1e300], dtype=torch.int64), lambda: torch.tensor([nan], dtype=torch.int32))
attempt(lambda: torch.tensor([2**63]), lambda: torch.tensor([1]).add(2**63), lambda: torch.full((2,), 300, dtype=torch.uint8), lambda: torch.tensor([1], dtype=torch.int8).fill_(300), lambda: torch.tensor([inf]).long())
attempt(lambda: torch.tensor([-1], dtype=torch.uint8), lambda: torch.full((1,), 2**40, dtype=torch.int32), lambda: torch.arange(3, dtype=torch.int8).clamp(max=300), lambda: torch.tensor([1e39]), lambda: torch.tensor([65520.0], dtype=torch.float16))
# --- divisions, masks and steps of ints
attempt(lambda: torch.tensor([5]).floor_divide(False), lambda: torch.tensor([5]) // 0, lambda: torch.tensor([5]) % 0, lambda: torch.tensor([True, False]).masked_fill(torch.tensor([False, True]), nan))
attempt(lambda: torch.tensor([1, 2]).index_add(0, torch.tensor([0]), torch.tensor([5]), alpha=0.5), lambda: torch.tensor([5]).div(0, rounding_mode="floor"), lambda: torch.tensor([5]).remainder(torch.tensor([0])))
# --- empty inputs of batch norm leave what runs
rm, rv = torch.zeros(2), torch.ones(2)
attempt(lambda: F.batch_norm(torch.ones(0, 2), rm, rv, training=True).shape, lambda: F.batch_norm(torch.ones(0, 2, 3, 3), rm, rv, training=True).shape)
print(rm, rv)
m = nn.BatchNorm2d(3)
m(torch.randn(0, 3, 2, 2))
print(m.running_mean, m.running_var, m.num_batches_tracked)
attempt(lambda: F.instance_norm(torch.ones(0, 2, 3)).shape, lambda: nn.InstanceNorm2d(2)(torch.ones(0, 2, 3, 3)).shape, lambda: F.group_norm(torch.ones(0, 4, 2), 2).shape, lambda: F.layer_norm(torch.ones(0, 4), (4,)).shape)
# --- norms of odd orders and shapes of what is empty
attempt(lambda: torch.ones(2).norm("foo"), lambda: torch.ones(2).norm("fro"), lambda: torch.ones(2).norm("nuc"), lambda: torch.ones(0).norm(-1), lambda: torch.linalg.vector_norm(torch.ones(0), -inf), lambda: torch.ones(2).norm(nan))
attempt(lambda: torch.cumulative_trapezoid(torch.ones(8, 0)).shape, lambda: torch.cumulative_trapezoid(torch.tensor([1, 2, 3])), lambda: torch.ones(1).addmv(torch.ones(0, 8), torch.ones(8)).shape, lambda: torch.trapezoid(torch.tensor([1, 2, 3])))
attempt(lambda: torch.pow(2**31, torch.tensor([1.0, -2.0]).half()), lambda: torch.ldexp(torch.ones(1).half(), torch.tensor([2])).dtype, lambda: torch.ldexp(torch.ones(1).half(), torch.ones(1).half()).dtype)
attempt(lambda: torch.tensor([1.0, 2.0]) * 1e20, lambda: (torch.tensor([1.0, 2.0]) * 1e20).std(), lambda: torch.tensor([3e38, -3e38, 0]).std(), lambda: torch.quantile(torch.tensor([1.0, inf]), 1, interpolation="higher"), lambda: torch.quantile(torch.tensor([1.0, inf, 2.0]), 0.5))
# --- polygamma and digamma at poles
print(torch.polygamma(1, torch.tensor([-3.0])), torch.digamma(torch.tensor([-3.0, 0.0, -0.0])), gradient(torch.digamma, torch.tensor([-3.0, 0.5])), torch.polygamma(2, torch.tensor([-1.5])))
# --- padding is no zero that multiplies
w = torch.ones(1, 1, 3, 3)
w[0, 0, 0, 0] = inf
print(F.conv2d(torch.ones(1, 1, 3, 3), w, padding="same"), F.conv1d(torch.ones(1, 1, 3), torch.tensor([[[inf, 1.0, nan]]]), padding=1))
# --- products and layers without features
attempt(lambda: F.linear(torch.ones(3, 4, 0), torch.ones(2, 0), torch.tensor([1.0, 2.0])).sum((0, 1)), lambda: nn.Linear(0, 2)(torch.ones(3, 4, 0)).shape, lambda: F.linear(torch.ones(3, 0), torch.ones(2, 0)), lambda: torch.ones(2, 0) @ torch.ones(0, 3))
x = torch.ones(0, 2, 5, 5, requires_grad=True)
F.max_pool2d(x, 3, 2).sum().backward()
print(x.grad.shape, F.max_pool2d(x, 3, 2).shape, nn.FractionalMaxPool2d(2, output_size=2)(torch.ones(0, 16, 5, 5)).shape)
x = torch.ones(0, 2, 5, requires_grad=True)
F.max_pool1d(x, 3, 1).sum().backward()
print(x.grad.shape)
# --- gradients of views that are no block of memory
x = torch.arange(1.0, 7.0).view(2, 3).requires_grad_()
y = x.t().as_strided((4,), (1,), 1)
(y * torch.tensor([1.0, 2.0, 3.0, 4.0])).sum().backward()
print(x.grad)
x = torch.arange(12.0).view(3, 4)
c = torch.tensor([1.0, 2.0])
print(gradient(lambda x: x[::2].as_strided((2,), (2,)) * c, x), gradient(lambda x: x.diagonal().as_strided((2,), (2,)) * c, x), gradient(lambda x: x.view(3, 2, 2).permute(2, 0, 1).as_strided((2,), (3,), 1) * c, x))
print(gradient(lambda x: (x * 2).t().as_strided((2,), (3,), 1) * c, x), gradient(lambda x: x.expand(2, 3, 4).as_strided((2,), (3,), 1) * c, x), gradient(lambda x: x[:, 1:].as_strided((2, 2), (1, 1)) * c, x))
w = torch.ones(3, requires_grad=True)
b = torch.zeros(4, 6)[:, ::2].data
b[0] = w * 2
b[:, 1:].mul_(3)
b.sum().backward()
print(w.grad, b.grad_fn is not None)
# --- gradients of scatter_reduce, in place and to the second
y, s = torch.ones(3, requires_grad=True), torch.tensor([2.0, 3.0, 0.0, 5.0], requires_grad=True)
i = torch.tensor([0, 0, 1, 2])
z = y * 2
z.scatter_reduce_(0, i, s, "prod").sum().backward()
print(y.grad, s.grad)
s = torch.tensor([0.0, 3.0], dtype=torch.double, requires_grad=True)
x = torch.tensor([2.0], dtype=torch.double, requires_grad=True)
print(torch.autograd.gradgradcheck(lambda x, s: x.scatter_reduce(0, torch.tensor([0, 0]), s, "prod"), (x, s)))
# --- logical ops in place on leaves
x = torch.tensor([1.0, 0.0], requires_grad=True)
attempt(lambda: x.logical_and_(torch.tensor([1.0, 1.0])), lambda: x.logical_not_(), lambda: x.logical_or_(torch.tensor([0.0, 0.0])), lambda: x.logical_xor_(torch.tensor([1.0, 0.0])), lambda: x.eq_(1), lambda: x.heaviside(torch.tensor(1.0)).requires_grad, lambda: x.sign_())
# --- roots of ints, sequences too long, modes nobody has
attempt(lambda: torch.tensor([3]).hypot(torch.tensor([4])), lambda: torch.tensor([True]).hypot(torch.tensor([True])), lambda: F.pad(torch.ones(1, 1, 3), (1, 1), "hasOwnProperty"), lambda: F.interpolate(torch.ones(1, 1, 3), 4, mode="constructor"))
# --- numbers first
x, f = torch.tensor([2, 3]), torch.tensor([2.0, 3.0])
attempt(lambda: torch.xlogy(2, x), lambda: torch.float_power(2, x), lambda: torch.remainder(5, x), lambda: torch.bitwise_and(5, x), lambda: torch.bitwise_or(5, x), lambda: torch.bitwise_xor(5, x), lambda: torch.pow(2, x))
attempt(lambda: torch.special.xlog1py(2, f), lambda: torch.special.zeta(2, f), lambda: torch.bitwise_left_shift(1, x), lambda: torch.bitwise_right_shift(9, x), lambda: torch.where(f > 2, 1.0, f), lambda: torch.where(f > 2, f, 1), lambda: torch.rsub(f, 1), lambda: torch.copysign(f, -1), lambda: torch.true_divide(1, f), lambda: 2**x, lambda: 5 % x, lambda: 5 // f, lambda: 6 & x, lambda: 1 << x)
# --- tensors of one element without dims
o = torch.tensor(2.0)
attempt(lambda: o.mT, lambda: o.mH, lambda: o.T, lambda: o.H, lambda: o.movedim(0, 0), lambda: torch.tensor([True, False]).logit(), lambda: o.index_fill(0, torch.tensor([0]), 5.0), lambda: o.topk(1), lambda: o.index_add(0, torch.tensor(0), torch.tensor(3.0)), lambda: o.sort(), lambda: o.kthvalue(1), lambda: o.flip(0), lambda: o.cumsum(0), lambda: o.squeeze(0), lambda: o.index_select(0, torch.tensor([0])), lambda: o.gather(0, torch.tensor(0)), lambda: o.scatter(0, torch.tensor(0), 5.0), lambda: o.median(0), lambda: o.take(torch.tensor([0])), lambda: o.unfold(0, 1, 1), lambda: o.nonzero(), lambda: o.unique(), lambda: o.mode())
attempt(lambda: torch.zeros(3).index_add(0, torch.tensor(1), torch.tensor(5.0)), lambda: torch.zeros(1).expand(3).index_add_(0, torch.tensor([0, 1, 2]), torch.ones(3)), lambda: torch.zeros(3).scatter_(0, torch.empty(0, dtype=torch.long), torch.ones(3)))
# --- strides of results
x = torch.arange(12.0).view(3, 4)
print(x.nonzero().stride(), torch.argwhere(x > 3).stride(), torch.linalg.inv(torch.eye(3)).stride(), torch.linalg.solve(torch.eye(3), torch.ones(3, 2)).stride(), [t.stride() for t in torch.linalg.qr(torch.ones(3, 2))], [t.stride() for t in torch.linalg.svd(torch.ones(3, 2))], torch.linalg.cholesky(torch.eye(2)).stride(), torch.linalg.eigh(torch.eye(2))[1].stride(), torch.linalg.lu_factor(torch.eye(2))[0].stride(), torch.empty(2, 3).t().resize_as_(torch.empty(3, 2)).stride())
# --- variance around a large mean
for m in (1e3, 1e6, 5e6):
    x = (torch.arange(1000) % 7) + m
    print(x.var(), x.std(), torch.var_mean(x), torch.cov(x), F.layer_norm(x[:7], (7,)))
# --- second derivatives of functions made of straight pieces
for f in (F.leaky_relu, F.relu6, F.hardtanh, F.hardshrink, F.softshrink, lambda x: F.threshold(x, 0.1, 20), lambda x: F.prelu(x, torch.tensor([0.25])), lambda x: F.rrelu(x), lambda x: F.avg_pool1d(x.view(1, 1, -1), 2), lambda x: F.max_pool1d(x.view(1, 1, -1), 2), F.elu, F.celu, F.selu, F.hardswish, F.relu, torch.abs, lambda x: x.clamp(min=0)):
    x = torch.tensor([-1.0, 0.0, 0.5, 4.0], requires_grad=True)
    (g,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    attempt(lambda: (g.detach(), torch.autograd.grad(g.sum(), x, allow_unused=True)))
l = nn.Sequential(nn.Linear(2, 3), nn.LeakyReLU(), nn.Linear(3, 1))
x = torch.ones(1, 2, requires_grad=True)
(g,) = torch.autograd.grad(l(x).sum(), x, create_graph=True)
(g.norm() - 1).pow(2).backward()
print([p.grad is not None for p in l.parameters()], l[0].bias.grad)
# --- quantiles of nan, weight gradients' strides, products of one inner dim
print(gradient(lambda x: x.quantile(0.5), torch.tensor([1.0, nan, 2.0])), gradient(lambda x: x.nanquantile(0.5), torch.tensor([1.0, nan, 2.0])))
m = nn.Linear(4, 6)
m(torch.ones(2, 4)).sum().backward()
print(m.weight.grad.stride(), m.weight.grad.view(-1).shape)
m, x = nn.Linear(1, 256), torch.arange(256.0).view(256, 1) / 256
print((m(x) - (x * m.weight.squeeze(1) + m.bias)).abs().max() < 1e-6)
# --- draws go in the order of memory
torch.manual_seed(0)
e = torch.empty(2, 3).t()
e.normal_()
print(e.stride(), e)
torch.manual_seed(3)
print(F.dropout(torch.arange(1.0, 13.0).view(1, 3, 2, 2).permute(0, 2, 3, 1), 0.5))
for f in (lambda t: t.uniform_(), lambda t: t.bernoulli_(0.5), lambda t: t.random_(0, 9), nn.init.xavier_uniform_, lambda t: t.exponential_(), lambda t: t.geometric_(0.5)):
    torch.manual_seed(1)
    print(f(torch.empty(2, 3).t()))
p = torch.ones(1, 2, 2, 2).permute(0, 2, 3, 1)
print(torch.rand_like(p).stride(), torch.randn_like(p).stride(), torch.randint_like(p, 5).stride(), torch.empty_like(p).stride(), torch.bernoulli(p / 2).stride())
# --- unique keeps each nan, as often as it stands there
x = torch.tensor([nan, 0, 0, nan, nan])
print(x.unique(), x.unique(return_inverse=True, return_counts=True))
# --- edges that random programs found
x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
(g,) = torch.autograd.grad(F.softplus(x, 0.5, 1.0).sum(), x, create_graph=True)
(g2,) = torch.autograd.grad(g.sum(), x, create_graph=True)
print(g.tolist(), g2.tolist())
a, b = torch.tensor([3.0]), torch.tensor([4.0], requires_grad=True)
y = torch.hypot(a, b)
a.mul_(2)
y.backward()
print(b.grad)
print(torch.logcumsumexp(torch.tensor([0j, complex(0, 88.8), complex(-1, 2)]), 0))
print(torch.addbmm(torch.ones(2, 2), torch.ones(0, 2, 1), torch.ones(0, 1, 2), out=torch.zeros(2, 2, dtype=torch.bfloat16)))
# --- products in another dtype, norms of complex numbers, their dtypes, what is beyond a half
print(gradient(lambda x: x.prod(1, dtype=torch.float32), torch.tensor([[1 + 2j, 0.5 - 1j, 2 + 0.1j]])), gradient(lambda x: x.prod(dtype=torch.float32), torch.tensor([1 + 2j, 0, 2 + 0.1j])))
print(gradient(lambda x: x.prod(dtype=torch.float16), torch.tensor([2.0, 1e-9, 1e-3])))
x = torch.tensor([[0, 3j], [0, 0.5]], requires_grad=True)
for norm in (torch.linalg.vector_norm, torch.linalg.matrix_norm, torch.norm, lambda x: x.norm(3), lambda x: x.norm(1), lambda x: x.norm(inf)):
    (g,) = torch.autograd.grad(norm(x), x, create_graph=True)
    print(g.detach(), torch.autograd.grad(g.real.sum(), x)[0])
for norm in (torch.linalg.vector_norm, torch.linalg.matrix_norm, torch.linalg.norm, torch.norm, lambda x, **to: x.norm("nuc", **to)):
    for dtype in (torch.complex64, torch.int32, torch.float16, torch.float64):
        attempt(lambda: norm(torch.ones(2, 2), dtype=dtype).round(decimals=3), lambda: norm(torch.ones(2, 2, dtype=torch.complex64), dtype=dtype).round(decimals=3))
attempt(lambda: torch.ones(2).long().norm(dtype=torch.float32), lambda: torch.norm(torch.ones(2, dtype=torch.bool), dtype=torch.float32))
c = torch.tensor([True, False])
attempt(lambda: torch.where(c, torch.ones(2).half(), 1e10), lambda: torch.where(c, 1e300, torch.ones(2).bfloat16()), lambda: torch.where(c, torch.ones(2).char(), 300), lambda: torch.ones(2).half().clamp(max=1e10))
x = torch.zeros(0, requires_grad=True)
torch.cat([torch.ones(0), x], 5).backward(torch.zeros(0))
print(x.grad)
q, k = torch.tensor([[[[1.0, 0]]]]), torch.tensor([[[[0.0, 0], [-90, 0]]]])
print(F.scaled_dot_product_attention(q, k, torch.tensor([[[[0.0], [3e38]]]]), scale=1.0))
# --- evenly spaced numbers are float64's until the end
import warnings
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for dtype in (torch.float32, torch.float64, torch.int64):
        print([repr(x) for x in torch.range(0, 3, 0.3 if dtype.is_floating_point else 1, dtype=dtype).tolist()])
print([repr(x) for x in torch.linspace(-1, 1, 7).tolist()], [repr(x) for x in torch.logspace(-3.7, 2.2, 3).tolist()])
