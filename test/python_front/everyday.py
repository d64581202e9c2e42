# What programs spell in more than one way, and what stands behind the names.
import copy
import io
import pickle
import warnings
import torch
from torch import nn
import torch.nn.functional as F
from torch.autograd import Variable

inf, nan = float("inf"), float("nan")


def attempt(*fs):
    for f in fs:
        try:
            print(f())
        except Exception as error:
            print(type(error).__name__, str(error).split("\n")[0])


# --- what Python puts into a composite layer is called
class P(nn.Module):
    def forward(s, x):
        print("called")
        return x * 0
m = nn.TransformerEncoderLayer(4, 2, 8, 0.0)
m.norm2 = P()
print(m(torch.ones(1, 1, 4)).abs())
class Low(nn.Linear):
    def forward(s, x):
        print("low", s.out_features)
        return super().forward(x)
m = nn.TransformerEncoderLayer(4, 2, 8, 0.0)
m.linear1 = Low(4, 8)
m(torch.ones(1, 1, 4))
class Attention(nn.MultiheadAttention):
    def forward(s, *args, **kwargs):
        print("attention", sorted(kwargs))
        return super().forward(*args, **kwargs)
m.self_attn = Attention(4, 2)
m(torch.ones(1, 1, 4))
class Layer(nn.TransformerEncoderLayer):
    def _sa_block(s, x, *args, **kwargs):
        print("sa block")
        return super()._sa_block(x, *args, **kwargs)
    def forward(s, *args, **kwargs):
        print("layer")
        return super().forward(*args, **kwargs)
nn.TransformerEncoder(Layer(4, 2, 8, 0.0), 2)(torch.ones(1, 1, 4))
# --- hooks within a transformer fire
m = nn.Transformer(4, 2, 1, 1, 8, 0.0)
seen = []
for name, child in m.named_modules():
    child.register_forward_hook(lambda mod, i, o, name=name: seen.append(name))
m(torch.ones(1, 1, 4), torch.ones(1, 1, 4))
print(len(seen), seen)
# --- the old weight is not computed with
m = nn.Linear(2, 2)
del m.weight
m.weight = torch.full((2, 2), 3.0)
print(m(torch.ones(1, 2)) - m.bias)
m = nn.Linear(2, 2)
m._parameters["weight"] = torch.full((2, 2), 3.0)
print(m(torch.ones(1, 2)) - m.bias)
m = nn.Linear(2, 2)
m.register_parameter("weight", nn.Parameter(torch.zeros(2, 2)))
print(m(torch.ones(1, 2)) - m.bias)
b = nn.BatchNorm1d(2).eval()
b._buffers["running_mean"] = torch.ones(2)
print(b(torch.ones(1, 2)))
c = nn.Conv2d(1, 1, 1, bias=False)
c._parameters["weight"] = torch.full((1, 1, 1, 1), 2.0)
print(c(torch.ones(1, 1, 1, 1)))
# --- Variable records, as asked
print(Variable(torch.ones(2), requires_grad=True).requires_grad, Variable(torch.tensor([1, 2])), Variable(torch.ones(1), True).requires_grad, Variable(torch.zeros(1).double()).dtype)
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    attempt(lambda: Variable(torch.ones(2), volatile=True))
print(isinstance(torch.ones(1), Variable))
# --- numbers of no dims where numbers and sizes are wanted
n, k, p = torch.tensor(2), torch.tensor(1), torch.tensor(0.5)
x = torch.arange(6.0).view(2, 3)
attempt(lambda: torch.zeros(3, n).shape, lambda: x.view(n, -1).shape, lambda: x.repeat(n, 1).shape, lambda: x.topk(k)[1], lambda: F.one_hot(torch.tensor([0, 1]), n), lambda: x.softmax(k).sum(), lambda: torch.randperm(n).shape, lambda: x.split(n)[0].shape, lambda: x.add(x, alpha=n).sum(), lambda: nn.Dropout(p)(x).shape, lambda: nn.Linear(n, n).weight.shape, lambda: torch.optim.SGD([nn.Parameter(x)], lr=p).param_groups[0]["lr"])
attempt(lambda: torch.arange(n), lambda: x[n - 1], lambda: x[:, : n], lambda: range(n), lambda: x.clamp(k, n).sum(), lambda: x.sum(k), lambda: x.chunk(n, k)[0].shape, lambda: x.narrow(1, k, n).shape, lambda: x.narrow(1, torch.tensor(1), 2).shape, lambda: torch.eye(n), lambda: torch.full((n, 2), p), lambda: x.unsqueeze(k).shape, lambda: x.transpose(0, k).shape, lambda: torch.linspace(0, n, n + 1), lambda: F.dropout(x, p, False).sum(), lambda: x.cumsum(dim=k)[0], lambda: torch.ones(torch.tensor(2)), lambda: x.expand(n, 2, 3).shape, lambda: x.roll(k, k), lambda: x.pow(n).sum(), lambda: F.pad(x, (n, 0)).shape, lambda: torch.optim.Adam([nn.Parameter(x)], lr=torch.tensor(0.1)).param_groups[0]["lr"], lambda: x.reshape(n * 3), lambda: torch.randint(0, n, (3,)).shape, lambda: x.gather(k, torch.tensor([[0]])), lambda: F.interpolate(x[None], n).shape, lambda: x.flatten(0, k).shape, lambda: x.kthvalue(n)[0], lambda: x.mean((0, k)), lambda: nn.Embedding(n, n).weight.shape, lambda: x.stride(k), lambda: x.size(k), lambda: torch.zeros((n, k)).shape, lambda: torch.empty(torch.Size([n, k])).shape)
# --- losses take their old flags
a, b = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 5.0])
i = torch.tensor([0, 1])
l = torch.tensor([[1.0, 2.0], [3.0, 1.0]]).log_softmax(1)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    attempt(lambda: nn.MSELoss(False)(a, b), lambda: F.nll_loss(l, i, None, False), lambda: F.mse_loss(a, b, size_average=False), lambda: nn.MSELoss(reduce=False)(a, b), lambda: nn.CrossEntropyLoss(None, None, -100)(l, i), lambda: nn.NLLLoss(None, None, 1)(l, i), lambda: nn.CrossEntropyLoss(size_average=False)(l, i), lambda: nn.L1Loss(size_average=None, reduce=None, reduction="mean")(a, b), lambda: F.nll_loss(l, i, size_average=False), lambda: F.smooth_l1_loss(a, b, False), lambda: nn.BCELoss(None, False)(a / 9, b / 9), lambda: F.kl_div(a, b, False), lambda: nn.KLDivLoss(reduce=False)(a, b), lambda: F.cross_entropy(l, i, None, False), lambda: nn.CrossEntropyLoss(torch.ones(2), None, -100, None, "sum")(l, i))
    x = torch.ones(2)
    attempt(lambda: x.clone().add_(2, x), lambda: x.clone().addcmul_(0.1, a, b), lambda: x.clone().addcdiv_(0.1, a, b), lambda: torch.addcdiv(a, 1, b, a), lambda: torch.add(x, 2, x), lambda: torch.sub(x, 2, x), lambda: torch.addmm(2, x.view(1, 2), 3, x.view(2, 1).view(1, 2).t() @ x.view(1, 2), torch.ones(2, 2)), lambda: x.clone().sub_(2, x), lambda: torch.addmv(2, x, 3, torch.ones(2, 2), x))
# --- static methods of modules
w = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
print(nn.Embedding.from_pretrained(w)(torch.tensor([1])), nn.Embedding.from_pretrained(w).weight.requires_grad, nn.Embedding.from_pretrained(w, freeze=False, padding_idx=0))
print(nn.EmbeddingBag.from_pretrained(w, mode="sum")(torch.tensor([[0, 1]])), nn.Transformer.generate_square_subsequent_mask(2))
print(nn.LSTM(2, 3).flatten_parameters(), nn.BatchNorm2d(2).reset_running_stats(), nn.Conv2d(1, 1, 1)._conv_forward(torch.ones(1, 1, 1, 1), torch.ones(1, 1, 1, 1), None), len(nn.LSTM(1, 2)._flat_weights), nn.ConvTranspose2d(1, 1, 1).transposed, nn.Conv1d(1, 1, 1).transposed)
# --- modules and layers are copied and pickled
m = nn.Linear(1, 1)
c = copy.copy(m)
print(c.weight is m.weight, pickle.loads(pickle.dumps(m)).weight.equal(m.weight), copy.deepcopy(m).weight.equal(m.weight))
f = io.BytesIO()
torch.save(m, f)
f.seek(0)
print(torch.load(f, weights_only=False))
f.seek(0)
attempt(lambda: torch.load(f))
o = torch.optim.SGD(m.parameters(), 0.1, momentum=0.5)
q = pickle.loads(pickle.dumps(o))
print(type(q).__name__, q.param_groups[0]["momentum"])
f = io.BytesIO()
torch.save(torch.zeros(2, 0, 3), f)
f.seek(0)
print(torch.load(f).shape)
x = torch.arange(3.0)
f = io.BytesIO()
torch.save((x, x[1:], torch.ones(2, 3).t()), f)
f.seek(0)
y = torch.load(f)
y[1][0] = 99
print(y[0], y[2].stride())
# --- arguments by name
x, t = torch.ones(2, 2), torch.tensor([[1.0, 5.0], [2.0, 0.0]])
i = torch.tensor([[0], [1]])
attempt(lambda: torch.randint(9, size=(3,)).shape, lambda: torch.randint(low=0, high=9, size=(3,)).shape, lambda: torch.randint(high=5, size=(2,)).shape, lambda: torch.randint(0, 10, size=(2,)).dtype, lambda: torch.randint_like(x, high=2).shape, lambda: torch.normal(0.0, 1.0, size=(2,)).shape, lambda: torch.normal(mean=torch.zeros(2), std=1.0).shape, lambda: torch.normal(2, torch.ones(2)).shape)
attempt(lambda: x.clone().bernoulli_(p=0.5).shape, lambda: x.scatter_(1, i, value=2.0), lambda: torch.max(t, axis=1)[0], lambda: torch.max(input=t, dim=1)[1], lambda: t.view(torch.int32), lambda: t.type(torch.LongTensor), lambda: torch.split(t, split_size_or_sections=1)[0], lambda: torch.tensor_split(torch.arange(4), indices=(1, 3)), lambda: torch.bernoulli(t, p=0.5).shape, lambda: torch.dropout(t, 0.5, train=False), lambda: torch.repeat_interleave(torch.tensor([1, 2])), lambda: torch.linalg.vector_norm(x=t), lambda: nn.init.xavier_uniform_(tensor=torch.ones(2, 2)).shape, lambda: torch.vander(x=torch.tensor([1, 2])), lambda: torch.concatenate((t, t), axis=1), lambda: torch.hann_window(3, layout=torch.strided), lambda: torch.where(condition=t > 1, input=t, other=x), lambda: torch.sum(t, axis=0, keepdims=True), lambda: t.squeeze(axis=0).shape, lambda: torch.stack(tensors=[t, t], dim=0).shape, lambda: torch.cat(tensors=(t, t), axis=1).shape, lambda: t.std(axis=0, correction=0), lambda: t.argmax(axis=1), lambda: torch.softmax(input=t, dim=1)[0])
g = torch.Generator(device="cpu")
p = nn.Parameter(torch.ones(2))
o = torch.optim.SGD([p], 0.1)
attempt(lambda: torch.optim.lr_scheduler.StepLR(optimizer=o, step_size=2).step_size, lambda: torch.optim.lr_scheduler.LambdaLR(optimizer=o, lr_lambda=lambda e: 1).last_epoch, lambda: torch.optim.lr_scheduler.ExponentialLR(o, gamma=0.1, last_epoch=-1).gamma, lambda: torch.as_tensor([1], device="cpu"), lambda: torch.arange(start=0, end=4, step=2), lambda: torch.linspace(start=0, end=1, steps=2), lambda: torch.full(size=(1,), fill_value=3), lambda: torch.tensor(data=[1]))
# --- devices that are not there
attempt(*(lambda f=f: f() for f in (lambda: torch.arange(3, device="cuda"), lambda: torch.full((2,), 1.0, device="cuda"), lambda: nn.Linear(1, 1, device="cuda"), lambda: torch.ones(1).to("cuda"), lambda: nn.Linear(1, 1).to("cuda"), lambda: torch.ones(1).cuda(), lambda: torch.zeros(2, device="foo"), lambda: torch.device("cuda:0"), lambda: torch.rand(2, device="cuda"), lambda: torch.tensor([1], device="cuda"), lambda: nn.Linear(2, 2, device="meta").weight.is_meta)))
# --- modules by path
import importlib
for name in "linalg fft special backends.cudnn optim.swa_utils random optim.optimizer optim.adam optim.sgd utils.data.dataloader utils.data.dataset utils.data.sampler nn.modules nn.modules.conv nn.modules.batchnorm nn.modules.loss nn.modules.activation nn.modules.container nn.modules.transformer nn.modules.utils nn.modules.linear nn.modules.module cuda cuda.amp version amp serialization types functional nn.parameter nn.init nn.functional nn.utils.rnn nn.utils autograd autograd.function autograd.functional func optim.lr_scheduler utils utils.data utils.checkpoint storage".split():
    try:
        importlib.import_module("torch." + name)
        print(name, "there")
    except Exception as error:
        print(name, type(error).__name__, error)
from torch.nn.modules import Module, Sequential, ModuleList, ModuleDict
print(Module is nn.Module, isinstance(nn.Linear(1, 1), nn.Module), Sequential(nn.ReLU())[0], ModuleList([nn.ReLU()])[0], Sequential is nn.Sequential, type(nn.Sequential()))
# --- packed sequences
from torch.nn.utils.rnn import pack_padded_sequence, PackedSequence
pk = pack_padded_sequence(torch.ones(2, 3, 1), torch.tensor([3, 2]), batch_first=True)
print(pk.data.shape, pk.batch_sizes, isinstance(pk, PackedSequence), nn.GRU(1, 1)(pk)[0].batch_sizes, len(pk), pk)
# --- loaders
from torch.utils.data import DataLoader, IterableDataset, default_collate, TensorDataset, get_worker_info, ConcatDataset
class It(IterableDataset):
    def __iter__(self):
        return iter(range(3))
d = TensorDataset(torch.arange(4))
attempt(lambda: default_collate([[1, 2], [3]]), lambda: DataLoader(It(), shuffle=True), lambda: DataLoader(d, prefetch_factor=2), lambda: DataLoader(d, persistent_workers=True), lambda: (DataLoader(d).num_workers, DataLoader(d).pin_memory, get_worker_info()), lambda: DataLoader(d, batch_size=2, sampler=[0], shuffle=True), lambda: DataLoader(d, batch_size=0), lambda: list(DataLoader(It(), batch_size=2)), lambda: DataLoader(d, drop_last=True, batch_size=None), lambda: len(DataLoader(It())), lambda: default_collate([{"a": 1}, {"a": 2}]), lambda: default_collate([torch.ones(1), torch.ones(2)]), lambda: default_collate(["a", "b"]), lambda: default_collate([object()]), lambda: ConcatDataset([d, d])[5])
# --- fields of optimizers and states are the program's own
class Mine(torch.optim.Optimizer):
    def __init__(self, params):
        super().__init__(params, {"buffer": [[None]], "lr": 0.1})
    def step(self, closure=None):
        for g in self.param_groups:
            g["buffer"][0][0] = 5
            for p in g["params"]:
                self.state[p]["n"] = self.state[p].get("n", 0) + 1
p = nn.Parameter(torch.ones(1))
o = Mine([p])
o.step()
o.step()
print(o.param_groups[0]["buffer"], dict(o.state[p]), o.state_dict()["state"])
# --- LBFGS comes back from a copy of its state
p = nn.Parameter(torch.tensor([3.0]))
o = torch.optim.LBFGS([p], max_iter=2)
def closure():
    o.zero_grad()
    l = (p * p).sum()
    l.backward()
    return l
o.step(closure)
o.load_state_dict(copy.deepcopy(o.state_dict()))
print(o.step(closure) >= 0)
# --- states of old layers load
m = nn.BatchNorm1d(2)
s = m.state_dict()
del s["num_batches_tracked"]
s._metadata = {"": {"version": 1}}
print(m.load_state_dict(s), m.num_batches_tracked, nn.InstanceNorm1d(2, eps=0)(torch.tensor([[[1.0, 3.0], [2.0, 4.0]]])))
# --- modules applied, inserted, repeated and moved
m = nn.Linear(1, 1)
v = m.weight._version
with torch.no_grad():
    m._apply(lambda t: t.add_(1))
print(m.weight._version - v)
attempt(lambda: nn.Sequential(nn.ReLU()).insert(-5, nn.ReLU()), lambda: nn.Linear(1, 1).to("cpu", True), lambda: nn.Sequential(nn.ReLU(), nn.Tanh()) * 2, lambda: 2 * nn.Sequential(nn.ReLU()), lambda: nn.Sequential(nn.ReLU()) * 0, lambda: nn.Sequential(nn.ReLU()) * "a", lambda: nn.Sequential(nn.ReLU()) + nn.Sequential(nn.Tanh()), lambda: nn.Sequential(nn.ReLU()).append(nn.Tanh()), lambda: nn.Sequential(nn.ReLU()).extend([nn.Tanh()]), lambda: nn.Sequential(nn.ReLU(), nn.Tanh()).pop(0), lambda: nn.Sequential(nn.ReLU()) + [nn.Tanh()])
def imul():
    s = nn.Sequential(nn.ReLU())
    s *= 3
    return s
def iadd():
    s = nn.Sequential(nn.ReLU())
    s += nn.Sequential(nn.Tanh())
    return s
attempt(imul, iadd)
h = m.register_forward_hook(lambda *a: None)
print(len(m._forward_hooks), h.id in m._forward_hooks, h.hooks_dict_ref() is m._forward_hooks)
h.remove()
print(len(m._forward_hooks))
# --- gradients given to a module with a full backward hook
class M(nn.Module):
    def forward(self, a, b, n):
        return a * b * n
m = M()
m.register_full_backward_hook(lambda mod, gi, go: print(gi, go))
m(torch.ones(1, requires_grad=True), torch.ones(1), 3).sum().backward()
class D(nn.Module):
    def forward(self, a):
        return {"a": a * 2}
m = D()
m.register_full_backward_hook(lambda mod, gi, go: print(gi, go))
m(torch.ones(1, requires_grad=True))["a"].sum().backward()
# --- a gradient that holds its tensor
import gc
import weakref
a = torch.ones(1, requires_grad=True)
(a * 2).sum().backward()
a.grad.foo = 2
gc.collect()
print(a.grad.foo)
a.grad.cycle = a
class Tag:
    pass
a.tag = Tag()
r = weakref.ref(a.tag)
del a
gc.collect()
print(r() is None)
# --- functions are mapped over tensors
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
print(x.clone().apply_(lambda v: v * 2), x.clone().map_(torch.tensor([10.0, 20.0]), lambda a, b: a + b), x.clone().map_(torch.tensor(1.0), lambda a, b: a - b))
attempt(lambda: x.clone().map_(torch.ones(3), lambda a, b: a), lambda: x.clone().map_(torch.ones(2).double(), lambda a, b: a), lambda: x.clone().requires_grad_().apply_(lambda v: v))
# --- multinomial of nothing, writes to tensors that overlap
attempt(lambda: torch.multinomial(torch.empty(0, 5), 2).shape, lambda: torch.multinomial(torch.empty(0, 1), 2).shape, lambda: torch.multinomial(torch.ones(2, 1), 2), lambda: torch.empty(0, 3).bernoulli().shape)
x = torch.zeros(1).expand(3)
def put():
    x[torch.tensor([0, 1])] = torch.tensor([1.0, 1.0])
    return x
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    attempt(put)
print([str(v.message)[:80] for v in w])
def put():
    x[0] = 1.0
    return x
attempt(put, lambda: x.add_(1), lambda: x.fill_(1), lambda: x.copy_(torch.ones(3)), lambda: x.index_put_((torch.tensor([0]),), torch.tensor(1.0)), lambda: x.zero_(), lambda: x.scatter_(0, torch.tensor([0]), 1.0))
# --- who makes memory formats, and who does not
x = torch.randn(2, 3, 4, 5)
print(x.is_contiguous(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last).relu().stride(), torch.empty_like(x.to(memory_format=torch.channels_last)).stride())
attempt(lambda: torch.empty(3, 3, memory_format=torch.channels_last), lambda: torch.empty(1, 2, 3, 3, memory_format=torch.channels_last).stride())
# --- max of many
x = torch.arange(10000.0) % 977
print(F.max_pool1d(x[None], 3, 2).sum(), x.view(100, 100).max(1)[1].sum())
# --- a function differentiated within a transform
print(torch.func.grad(torch.sin)(torch.tensor(0.0)), torch.func.jacrev(torch.sin)(torch.tensor(0.0)), torch.func.vmap(torch.sort)(torch.ones(2, 3)).indices.shape)
# --- states of old, and what is asked of a state by place
model = torch.nn.BatchNorm1d(2)
print(model.load_state_dict({**model.state_dict(), "num_batches_tracked": torch.tensor([5])}), model.num_batches_tracked)
for wrong in (torch.tensor([5, 6]), torch.ones(1, 1)):
    try:
        model.load_state_dict({**model.state_dict(), "num_batches_tracked": wrong})
    except RuntimeError as error:
        print(error)
print(list(model.state_dict(None, "p.")))
# --- numbers that are tensors in torch.normal, and types that are Python's
two = torch.tensor(2.0)
torch.manual_seed(0)
print(torch.normal(0.0, two, (2,)), torch.normal(two, 1.0, (2,)), torch.normal(two, two, (2,)), torch.normal(two, two), torch.normal(two.double(), 1.0, (2,)).dtype)
for kind in (int, float, bool):
    try:
        print(torch.ones(1).type(kind))
    except ValueError as error:
        print(error)
    print(torch.ones(1).to(kind))
# --- floats are floats, whole ones, too
for d in (torch.float32, torch.float64, torch.float16, torch.bfloat16):
    f = torch.finfo(d)
    print(d, [(k, type(getattr(f, k)).__name__) for k in ("bits", "max", "min", "eps", "tiny", "resolution", "smallest_normal")], f.max, f.min)
    print(torch.zeros(2, dtype=d).masked_fill(torch.tensor([True, False]), -torch.finfo(d).max), torch.full((1,), f.min, dtype=d))
p = [nn.Parameter(torch.ones(2))]
for name in ("Adadelta", "ASGD", "Adafactor", "Adam", "SGD", "RMSprop"):
    print(getattr(torch.optim, name)(p))
print(torch.optim.Adam(p, lr=1.0, betas=(0.0, 0.5)), torch.optim.Adadelta(p, lr=1).param_groups[0]["lr"])
for name, args in (("ExponentialLR", (1.0,)), ("CosineAnnealingLR", (5,)), ("LinearLR", ()), ("PolynomialLR", ()), ("CosineAnnealingWarmRestarts", (3,))):
    s = getattr(torch.optim.lr_scheduler, name)(torch.optim.SGD(p, lr=1.0), *args)
    print(name, {k: v for k, v in sorted(s.state_dict().items()) if k[0] != "_"})
print(torch.optim.lr_scheduler.CosineAnnealingLR(torch.optim.SGD(p, lr=1.0), 5, eta_min=0).eta_min)
attempt(*(lambda a=a: round(nn.init.calculate_gain("leaky_relu", a), 6) for a in (1.0, 2, 0.5, None, "a", True)))
print([n for m in (nn, torch, torch.optim, torch.linalg, torch.utils.data) for n in dir(m) if not hasattr(m, n)])
# --- numbers before the tensors that they scale, as tensors of no dims
a, x, y, m, v = torch.tensor(2.0), torch.ones(3), torch.arange(3.0) + 1, torch.ones(2, 2), torch.ones(2)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    attempt(lambda: x.clone().add_(a, y), lambda: x.add(a, y), lambda: torch.add(x, a, y), lambda: torch.sub(x, a, y), lambda: x.sub(a, y), lambda: x.clone().sub_(a, y), lambda: x.add(torch.tensor(2), y))
    attempt(lambda: x.clone().addcmul_(a, x, y), lambda: x.clone().addcdiv_(a, x, y), lambda: torch.addcmul(x, a, x, y), lambda: x.addcdiv(a, x, y))
    attempt(lambda: torch.addmm(a, m, m, m), lambda: torch.addmm(a, m, a, m, m), lambda: m.addmm(a, a, m, m), lambda: m.clone().addmm_(a, m, m), lambda: torch.addmv(a, v, a, m, v), lambda: torch.addr(a, m, a, v, v), lambda: torch.baddbmm(a, m[None], a, m[None], m[None]), lambda: torch.addbmm(a, m, a, m[None], m[None]))
    for wrong in (torch.tensor([2.0]), torch.tensor([1.0, 2.0, 3.0]), torch.tensor(2.0, requires_grad=True)):
        try:
            print(x.add(wrong, y))
        except TypeError:
            print("TypeError")
# --- encoders leave padding out in evaluation
import torch.nn as nn
def encoder(**options):
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)
    return nn.TransformerEncoder(layer, 1, **options).eval()
x = torch.arange(24.).reshape(2, 3, 4).sin()
atend = torch.tensor([[False, False, True], [False, True, True]])
between = torch.tensor([[False, False, True], [False, True, False]])
def shown(e, **given):
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        print(e(x, **given))
shown(encoder(), src_key_padding_mask=atend)
shown(encoder(norm=nn.LayerNorm(4)), src_key_padding_mask=atend)
shown(encoder(), src_key_padding_mask=between)
shown(encoder(enable_nested_tensor=False), src_key_padding_mask=atend)
shown(encoder(), src_key_padding_mask=atend, mask=torch.zeros(3, 3, dtype=torch.bool))
frozen = encoder().requires_grad_(False)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    print(frozen(x, src_key_padding_mask=atend))
print(encoder()(x, src_key_padding_mask=atend).detach())
# --- a bias of another dtype where the input is no matrix in memory
x, w, b = torch.ones(2, 3, 4, dtype=torch.double), torch.ones(5, 4, dtype=torch.double), torch.ones(5, dtype=torch.half)
for given in (x, x.transpose(0, 1), x[0]):
    try: print(torch.nn.functional.linear(given, w, b).dtype)
    except RuntimeError as e: print(str(e).splitlines()[0])
m = nn.MultiheadAttention(4, 2, batch_first=True, dtype=torch.double).eval()
m.in_proj_bias = nn.Parameter(m.in_proj_bias.half())
with torch.no_grad(): print(m(x, x, x)[0].dtype)
