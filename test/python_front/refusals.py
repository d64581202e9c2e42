# What is refused, and in which words; what is warned of.
import torch
from torch import nn
import torch.nn.functional as F

inf, nan = float("inf"), float("nan")


def attempt(*fs):
    for f in fs:
        try:
            print(f())
        except Exception as error:
            print(type(error).__name__, str(error).split("\n")[0])


# --- functions of floats given ints and bools
for x in (torch.tensor([[1, 2], [3, 4]]), torch.tensor([[True, False], [True, True]])):
    for name in ("gelu", "silu", "softplus", "mish", "logsigmoid", "elu", "selu", "celu", "hardswish", "hardsigmoid", "glu", "leaky_relu", "hardshrink", "softshrink", "tanhshrink", "softmax", "log_softmax", "relu6", "hardtanh", "softsign", "tanh", "sigmoid", "relu", "normalize"):
        attempt(lambda: (name, getattr(F, name)(x, **({"dim": 0} if "softmax" in name else {}))))
    one = torch.ones_like(x)
    attempt(lambda: x.hypot(x), lambda: x.addcdiv(x, one), lambda: x.addcmul(x, x), lambda: x.lerp(x, 0.5), lambda: x.frac(), lambda: x.mean(), lambda: x.var(), lambda: x.std(), lambda: x.norm(), lambda: torch.cdist(x, x), lambda: F.smooth_l1_loss(x, x), lambda: F.mse_loss(x, x), lambda: F.l1_loss(x, x), lambda: F.kl_div(x, x, reduction="sum"), lambda: F.binary_cross_entropy(x, x), lambda: F.huber_loss(x, x))
    attempt(lambda: x.clone().exponential_(), lambda: torch.polar(x, x), lambda: torch.complex(x, x), lambda: F.max_pool1d(x, 2), lambda: F.avg_pool1d(x, 2), lambda: F.linear(x, x), lambda: F.conv1d(x[None], x[None]), lambda: x @ x, lambda: F.dropout(x), lambda: F.layer_norm(x, (2,)), lambda: F.batch_norm(x, None, None, training=True), lambda: x.clone().normal_(), lambda: x.clone().uniform_(), lambda: torch.logsumexp(x, 0), lambda: x.cumprod(0), lambda: x.quantile(0.5), lambda: x.multinomial(1), lambda: x.bernoulli(), lambda: x.lgamma(), lambda: torch.linalg.inv(x), lambda: torch.linalg.norm(x), lambda: x.ceil(), lambda: x.round(), lambda: x.trunc(), lambda: x.logit(), lambda: x.reciprocal(), lambda: x.neg(), lambda: x.sinc())
attempt(lambda: F.interpolate(torch.tensor([[[1, 5]]]), 4, mode="linear"), lambda: F.interpolate(torch.tensor([[[1, 5]]]), 4), lambda: F.interpolate(torch.ones(1, 1, 2, 2, dtype=torch.uint8), 3, mode="bilinear"), lambda: F.embedding(torch.tensor([0.5]), torch.ones(2, 2)), lambda: F.one_hot(torch.tensor([0.5])), lambda: torch.addcdiv(torch.tensor([1]), torch.tensor([1]), torch.tensor([1])))
# --- out of range, too few, of another dtype
attempt(lambda: F.binary_cross_entropy(torch.tensor([0.5]), torch.tensor([2.0])), lambda: F.binary_cross_entropy(torch.tensor([1.5]), torch.tensor([1.0])))
attempt(lambda: F.grid_sample(torch.ones(1, 1, 2, 2), torch.zeros(1, 1, 1, 2).double(), align_corners=True), lambda: F.interpolate(torch.ones(1, 1, 2, 2), size=(1,)), lambda: F.interpolate(torch.ones(1, 1, 2, 2), scale_factor=(2,)), lambda: F.affine_grid(torch.ones(1, 2), (1, 1, 2, 2), align_corners=False))
attempt(lambda: torch.ones(0).std(), lambda: torch.ones(0).var(), lambda: torch.cov(torch.ones(2, 1)), lambda: torch.cov(torch.ones(2, 0)), lambda: torch.ones(0).norm(-1), lambda: torch.ones(1).var(), lambda: torch.var_mean(torch.ones(1)))
attempt(lambda: torch.arange(3, dtype=torch.bool), lambda: torch.arange(2, dtype=torch.bool), lambda: nn.CrossEntropyLoss(torch.ones(2, 3), torch.tensor([0, 1])), lambda: F.conv1d(torch.ones(1, 1, 4), torch.ones(1, 1, 2), padding="same"), lambda: nn.ReflectionPad1d(2)(torch.randn(3, 0, 10)), lambda: F.adaptive_max_pool1d(torch.ones(1, 0, 5), 2), lambda: F.adaptive_avg_pool1d(torch.ones(1, 0, 5), 2).shape, lambda: F.adaptive_max_pool2d(torch.ones(1, 0, 5, 5), 2), lambda: F.adaptive_max_pool2d(torch.ones(1, 2, 0, 5), 2))
q = torch.ones(1, 2, 2)
attempt(lambda: F.scaled_dot_product_attention(q, q, q, attn_mask=torch.zeros(2, 2), is_causal=True), lambda: F.scaled_dot_product_attention(q, q[:, :0], q[:, :0]))
attempt(lambda: nn.utils.rnn.pad_sequence(3), lambda: nn.utils.rnn.pad_sequence(torch.ones(2, 2)), lambda: nn.utils.rnn.pack_sequence(3), lambda: nn.utils.rnn.pad_sequence([]))
# --- sentences
x = torch.ones(2, 3)
attempt(lambda: torch.ones(0, 2).median(-1), lambda: torch.ones(2, 0).mode(-1), lambda: torch.ones(2, 0).kthvalue(1, -1), lambda: torch.ones(2, 0).amax(-1), lambda: torch.ones(2, 0).amin(-1), lambda: torch.ones(2, 0).max(-1), lambda: torch.ones(0).argmax(), lambda: torch.ones(2, 0).argmax(-1), lambda: torch.ones(0).max(), lambda: torch.ones(2, 0).median(1), lambda: torch.ones(0).amax())
attempt(lambda: x.split(0), lambda: x.split(-1), lambda: x.split([1, 2]), lambda: x.chunk(0), lambda: x.take(torch.tensor([9])), lambda: x.take(torch.tensor([-7])), lambda: torch.broadcast_shapes((2,), (3,)), lambda: torch.broadcast_tensors(torch.ones(2), torch.ones(3)), lambda: x.quantile(2.0), lambda: x.quantile(torch.tensor([0.5, -1.0])), lambda: x.quantile(0.5, interpolation="foo"))
attempt(lambda: F.cross_entropy(torch.ones(2, 3), torch.tensor([0])), lambda: F.cross_entropy(torch.ones(2, 3), torch.tensor([0, 5])), lambda: F.cross_entropy(torch.ones(2, 3), torch.ones(2, 3), ignore_index=1), lambda: F.cross_entropy(torch.ones(2, 3), torch.tensor([0.0, 1.0])), lambda: F.nll_loss(torch.ones(2, 3), torch.tensor([0, -1])), lambda: F.cross_entropy(torch.ones(2, 3), "a"))
attempt(lambda: torch.ones(2, 2) @ torch.ones(2, 2).double(), lambda: torch.ones(2, 2).mm(torch.ones(2, 2).long()), lambda: torch.ones(2, 3) @ torch.ones(2, 3), lambda: torch.ones(2) @ torch.ones(3), lambda: F.linear(torch.ones(2, 2), torch.ones(2, 2).double()), lambda: torch.bmm(torch.ones(1, 2, 2), torch.ones(2, 2, 2)), lambda: torch.ones(2, 2).addmm(torch.ones(2, 3), torch.ones(2, 2)))
attempt(lambda: F.conv_transpose1d(torch.ones(1, 1, 3), torch.ones(1, 1, 2), output_padding=2), lambda: F.conv_transpose2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2), output_padding=[1, 2]), lambda: F.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 5, 5)), lambda: F.conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, 1, 2, 2)), lambda: F.max_pool2d(torch.ones(1, 1, 2, 2), 3), lambda: F.max_pool2d(torch.ones(1, 1, 2, 2), 2, padding=2))
z = torch.tensor([1j])
attempt(lambda: z < z, lambda: z.max(), lambda: z >= 1, lambda: z.clamp(1), lambda: z.floor(), lambda: z % 2, lambda: z // 2, lambda: z.sort(), lambda: z.argmax(), lambda: z.sign(), lambda: z.relu(), lambda: z & z, lambda: z.long(), lambda: z.topk(1), lambda: z.median(), lambda: F.gelu(z), lambda: F.hardtanh(z), lambda: z.fmod(2), lambda: torch.minimum(z, z), lambda: torch.bincount(z), lambda: z.histc(), lambda: float(z), lambda: z.cummax(0), lambda: z.lgamma(), lambda: z.erf(), lambda: z.heaviside(z))
f = torch.ones(3, requires_grad=True) * 1
f[:] = 0
print(type(f.grad_fn).__name__)
f = torch.ones(3, requires_grad=True) * 1
f[1:] = 0
print(type(f.grad_fn).__name__)
attempt(lambda: torch.tensor([1.0]) % torch.tensor([1j]), lambda: torch.ones(2).remainder(True), lambda: torch.tensor([True]) - torch.tensor([True]), lambda: -torch.tensor([True]), lambda: torch.tensor([1.5]) & 1, lambda: ~torch.tensor([1.5]), lambda: torch.tensor([1.0]).bitwise_left_shift(torch.tensor([1.0])), lambda: torch.tensor([1]).bitwise_and(1.5))
# --- embeddings
w = torch.ones(3, 2, requires_grad=True)
attempt(lambda: F.embedding(torch.tensor([3]), w), lambda: F.embedding(torch.tensor([-1]), w), lambda: F.embedding_bag(torch.tensor([5]), w, torch.tensor([0])), lambda: F.embedding_bag(torch.tensor([0]), w, torch.tensor([1])), lambda: F.embedding_bag(torch.tensor([[0]]), w, torch.tensor([0])), lambda: F.embedding_bag(torch.tensor([0, -1]), w, torch.tensor([0])))
F.embedding_bag(torch.empty(0, dtype=torch.long), w, torch.tensor([0]), mode="sum", per_sample_weights=torch.empty(0)).sum().backward()
print(w.grad)
w = torch.ones(3, 2, requires_grad=True)
p = torch.empty(0, requires_grad=True)
F.embedding_bag(torch.empty(0, dtype=torch.long), w, torch.tensor([0]), mode="sum", per_sample_weights=p).sum().backward()
print(w.grad, p.grad)
# --- views made where nothing was recorded
x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    v = x.view(2)
    u = v[:1]
w = torch.zeros(2)
with torch.no_grad():
    a, b = w.view(2), w.view(2)[:1]
    c, d = w.unbind()
g = torch.ones(1, requires_grad=True)
attempt(lambda: a.mul_(g), lambda: b.mul_(g), lambda: c.mul_(g[0]), lambda: v.mul_(2), lambda: u.mul_(2), lambda: a.mul_(2))
with torch.inference_mode():
    i = torch.ones(2)
    j = i.view(2)
    k = w.view(2)
attempt(lambda: i.mul_(2), lambda: j.mul_(2), lambda: k.mul_(2), lambda: k.mul_(g), lambda: i * g, lambda: i.mul_(g), lambda: k + g, lambda: w.add_(1))
y = torch.ones(2, requires_grad=True) * 1
p, q = y.unbind()
attempt(lambda: p.mul_(2), lambda: y.add_(1), lambda: p * 1, lambda: torch.ones(2, requires_grad=True).view(2).mul_(2), lambda: torch.ones(2, requires_grad=True).mul_(2))
# --- data, gradients and hooks are deleted and set
x = torch.ones(2, requires_grad=True)
def no(f):
    try:
        f()
        print("done")
    except Exception as error:
        print(type(error).__name__, str(error).split("\n")[0])
def delete(name):
    def f():
        delattr(x, name)
    return f
for name in ("data", "grad", "requires_grad", "shape", "grad_fn", "is_leaf", "dtype", "foo"):
    no(delete(name))
def assign(name, value):
    def f():
        setattr(x, name, value)
    return f
for name, value in (("grad", 1), ("grad", torch.ones(3)), ("grad", torch.ones(2).double()), ("grad", torch.ones(2)), ("data", 1), ("data", torch.ones(3)), ("requires_grad", 1), ("requires_grad", "a"), ("shape", 1), ("_grad", None), ("_grad", torch.ones(2)), ("grad", None)):
    no(assign(name, value))
print(x.grad, x.shape, x.data)
# --- what is on a loss and its graph
y = torch.ones(2, requires_grad=True) * 2
attempt(lambda: y.backward(), lambda: torch.ones(1).backward(), lambda: y.sum().backward(torch.ones(2)), lambda: torch.autograd.grad(y.sum(), torch.ones(1)), lambda: torch.autograd.grad(y.sum(), torch.ones(1, requires_grad=True)), lambda: y.numpy(), lambda: y.tolist(), lambda: y.sum().item(), lambda: y.requires_grad_(False), lambda: int(y), lambda: bool(y), lambda: y.__index__(), lambda: torch.ones(2, dtype=torch.long).requires_grad_())
h = torch.ones(1, requires_grad=True)
l = h.exp()
l.backward()
attempt(lambda: l.backward())
a = torch.ones(1, requires_grad=True)
b = a.exp()
b.add_(1)
attempt(lambda: b.backward())
# --- what else is wrong beside the dtype
two, three = torch.ones(2), torch.ones(3)
attempt(lambda: F.binary_cross_entropy(two.long(), three.long()), lambda: F.binary_cross_entropy(two, three.double()), lambda: F.binary_cross_entropy(two.long(), two.double()), lambda: F.binary_cross_entropy(two.long(), two), lambda: F.binary_cross_entropy(two.long() * 5, two.long()), lambda: F.binary_cross_entropy(two.cfloat(), two.cfloat()))
attempt(lambda: torch.bincount(torch.ones(2, 2)), lambda: torch.bincount(two, weights=three), lambda: torch.bincount(two, minlength=-1), lambda: torch.bincount(torch.ones(2, 2, dtype=torch.bool)), lambda: torch.bincount(torch.tensor([-1])), lambda: torch.bincount(torch.ones(0)))
# --- inputs of bilinear that do not fit
w = torch.ones(4, 2, 3)
attempt(lambda: F.bilinear(torch.ones(1, 2), torch.ones(1, 2), w), lambda: F.bilinear(torch.ones(1, 3), torch.ones(1, 3), w), lambda: F.bilinear(torch.ones(1, 3), torch.ones(1, 2), w), lambda: F.bilinear(torch.ones(2, 2), torch.ones(1, 3), w), lambda: F.bilinear(torch.ones(2), torch.ones(1, 3), w), lambda: F.bilinear(torch.ones(2), torch.ones(3), w), lambda: F.bilinear(torch.ones(1, 2), torch.ones(1, 3), w, torch.ones(3)))
# --- pools of inputs that have too few dims, or too many
for s in ((), (2,), (2, 2), (2, 2, 2), (1, 2, 2, 2), (1, 1, 2, 2, 2), (1, 1, 1, 2, 2, 2)):
    x = torch.ones(s)
    attempt(*(lambda f=f, size=size: f(x, size).shape for f in (F.adaptive_avg_pool1d, F.adaptive_max_pool1d) for size in (2, 1)), *(lambda f=f, size=size: f(x, size).shape for f in (F.adaptive_avg_pool2d, F.adaptive_max_pool2d) for size in (2, (2, 1), (None, 2))), *(lambda f=f, size=size: f(x, size).shape for f in (F.adaptive_avg_pool3d, F.adaptive_max_pool3d) for size in (2, (2, 1, 2), (None, 2, 2))), lambda: F.fractional_max_pool2d(x, 1, output_size=1).shape, lambda: F.fractional_max_pool3d(x, 1, output_size=1).shape)
x = torch.ones(1, 2, 4, 4)
attempt(lambda: F.fractional_max_pool2d(x[..., :0], 2, output_size=2), lambda: F.fractional_max_pool2d(x[:, :0], 2, output_size=2), lambda: F.fractional_max_pool2d(x[:0], 2, output_size=2).shape, lambda: F.fractional_max_pool3d(x[None, ..., :0], 2, output_size=2))
attempt(*(lambda n=n, d=d: F.glu(torch.ones(2, n), d).shape for n in (3, 4) for d in (-1, 1, -2, 0, 5)), lambda: F.glu(torch.tensor(1.0)))
# --- former and wrong words of losses, schedulers and distances
x, y = torch.tensor([1.0, 2.0]), torch.tensor([0.5, 0.25])
attempt(lambda: F.mse_loss(x, y, reduction="elementwise_mean"), lambda: nn.L1Loss(reduction="elementwise_mean")(x, y), lambda: F.nll_loss(x[None], torch.tensor([1]), reduction="elementwise_mean"), lambda: F.cross_entropy(x[None], torch.tensor([1]), reduction="elementwise_mean"), lambda: F.binary_cross_entropy(y, y, reduction="elementwise_mean"))
attempt(lambda: torch.optim.lr_scheduler.ChainedScheduler([]), lambda: torch.optim.lr_scheduler.ChainedScheduler(schedulers=[]))
attempt(lambda: torch.cdist(x[None], y[None], compute_mode="none"), lambda: torch.cdist(x[None], y[None], compute_mode="donot_use_mm_for_euclid_dist"), lambda: torch.cdist(x[None], y[None], 2.0, "use_mm_for_euclid_dist_if_necessary"))
# --- indices of bags that are out of range
w = torch.ones(3, 2)
for weight in (w, w.double(), w.bfloat16(), torch.ones(2, 3).t()):
    for mode in ("sum", "mean", "max"):
        for bad in (3, -1):
            for padding in (None, 0):
                for given in ((torch.tensor([[0, bad]]), weight), (torch.tensor([0, bad]), weight, torch.tensor([0]))):
                    try: torch.nn.functional.embedding_bag(*given, mode=mode, padding_idx=padding)
                    except RuntimeError as e: print(e)
# --- where no signature fits, all are told, and why those of as many arguments do not
x = torch.ones(2, 3)
def told(call):
    """PyTorch's lines of the error: ours come after."""
    try: return eval(call)
    except TypeError as error: return "\n".join(line for i, line in enumerate(str(error).splitlines()) if i == 0 or line.startswith((" * ", "      did")))
for call in """torch.sum(x, foo=1)
x.sum('a')
x.max((0,1))
torch.max(x, 'a')
torch.max(x, dim='a')
torch.max(x, 0, foo=1)
torch.linspace(0, 1)
torch.linspace('a', 1, 3)
torch.linspace(0, 1, 2, 3)
torch.mean(x, 'q')
torch.clamp(x, 'a', 1)
x.clamp(min='a')
torch.where('a', x, x)
torch.pow(x, 'a')
torch.pow('a', x)
x.pow()
x.pow('2')
torch.std(x, 'a')
torch.std(x, 0, foo=3)
torch.div(x, x, rounding_mode=3)
x.div()
torch.sort(x, 'a')
torch.sort(x, 0, 1, 2)
x.eq('a')
x.eq()
torch.eq(x, 'a')
x.fill_('a')
x.fill_()
torch.randint(3)
torch.normal('a', 1)
torch.normal()
x.masked_fill(x > 0, 'a')
x.masked_fill(x > 0)
x.index_fill(0, 'a', 1)
x.view('a')
x.view()
torch.remainder(x, 'a')
x.repeat_interleave('a')
torch.var(x, [0.5])
x.var(foo=1)
torch.squeeze(x, 'a')
torch.all(x, 'a')
x.any(3, 4, 5)
torch.prod(x, 'a')
torch.isin('a', x)
torch.quantile(x, 'a')
x.lerp(x, 'a')
torch.scatter(x, 0, 'a', 1)
x.min(foo=1)
torch.bitwise_and(x, 'a')
torch.floor_divide(x, 'a')
x.copysign('a')
torch.eye()
torch.tensor_split(x, 'a')
x.narrow(0)
x.movedim(0)
torch.moveaxis(x, 'a', 1)
torch.searchsorted(x, 'a')
torch.bucketize('a', x)
torch.linalg.norm(x, {})
torch.linalg.pinv('a')
x.argsort('a')
torch.logspace(0, 1)
x.random_('a')
x.bernoulli_('a')
torch.count_nonzero(x, 'a')
torch.round(x, 'a')
torch.trapezoid(x, 'a')
torch.mm(x)
x.true_divide('a')
torch.sum()
torch.gt(3, x)
x.ge([])
torch.all(3)""".splitlines():
    print(call, told(call))
print(told("torch.div(x, 'a')"), told("x.mean(foo=1, dim=0)").splitlines()[0])
