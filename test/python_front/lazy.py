import copy, pickle
import torch
from torch import nn
from torch.nn.parameter import UninitializedParameter, UninitializedBuffer, is_lazy

torch.manual_seed(0)
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, str(e).split(" in <")[0].split(". This error")[0])
# --- a lazy layer becomes its base in the first forward
m = nn.LazyLinear(3)
print(m, m.weight, m.bias, list(m.state_dict().items()), [n for n, _ in m.named_parameters()], m.has_uninitialized_params())
print(m.cls_to_become, isinstance(m, nn.Linear), isinstance(m.weight, nn.Parameter), is_lazy(m.weight))
w = m.weight
print(m(torch.ones(2, 5)))
print(m, type(m), w is m.weight, type(w), m.weight, len(m._forward_pre_hooks), hasattr(m, "_load_hook"))
t(lambda: m(torch.ones(2, 4)))
# --- every lazy layer
for name, args, x in (
    ("LazyConv1d", (3, 2), torch.ones(2, 4, 5)), ("LazyConv2d", (3, 2), torch.ones(2, 4, 5, 5)), ("LazyConv3d", (3, 2), torch.ones(1, 2, 3, 3, 3)),
    ("LazyConvTranspose1d", (4, 2), torch.ones(2, 4, 5)), ("LazyConvTranspose2d", (4, 2), torch.ones(2, 4, 3, 3)), ("LazyConvTranspose3d", (2, 2), torch.ones(1, 2, 2, 2, 2)),
    ("LazyBatchNorm1d", (), torch.ones(2, 4)), ("LazyBatchNorm2d", (), torch.ones(2, 4, 3, 3)), ("LazyBatchNorm3d", (), torch.ones(2, 4, 2, 2, 2)),
    ("LazyInstanceNorm1d", (), torch.ones(2, 4, 3)), ("LazyInstanceNorm2d", (), torch.ones(2, 4, 3, 3)), ("LazyInstanceNorm3d", (), torch.ones(2, 4, 2, 2, 2)),
):
    m = getattr(nn, name)(*args)
    print(m, list(m.state_dict()), type(m).__module__)
    y = m(x)
    print(m, y.shape, y.sum(), {k: tuple(v.shape) for k, v in m.state_dict().items()}, [p.sum() for p in m.parameters()])
# --- options
m = nn.LazyConv2d(4, 3, stride=2, padding=1, groups=2, bias=False, padding_mode="reflect"); print(m); m(torch.ones(1, 2, 6, 6)); print(m)
m = nn.LazyConvTranspose1d(2, 3, stride=2, output_padding=1, dilation=2); m(torch.ones(3, 4)); print(m)
m = nn.LazyBatchNorm1d(affine=False); m(torch.ones(2, 3)); print(m, list(m.state_dict()))
m = nn.LazyBatchNorm1d(track_running_stats=False, momentum=None, eps=1e-3); m(torch.ones(2, 3)); print(m, list(m.state_dict()))
m = nn.LazyBatchNorm1d(bias=False); m(torch.ones(2, 3)); print(m, list(m.state_dict()))
m = nn.LazyLinear(2, bias=False, dtype=torch.float64); print(m.weight.dtype); m(torch.ones(2, 3).double()); print(m, m.weight.dtype)
m = nn.LazyLinear(2).double(); print(m.weight.dtype, m.weight, m); m(torch.ones(2, 3).double()); print(m.weight.dtype)
# --- in a network, with an optimizer that has the parameters from the start
net = nn.Sequential(nn.LazyConv2d(2, 3), nn.LazyBatchNorm2d(), nn.ReLU(), nn.Flatten(), nn.LazyLinear(2))
print(net)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
net(torch.ones(2, 1, 4, 4) * torch.arange(4.)).sum().backward(); opt.step()
print(net, net[4].weight, sum(p.numel() for p in net.parameters()))
# --- states
a = nn.LazyLinear(2); b = nn.LazyLinear(2)
print(a.load_state_dict(b.state_dict()), a)
b(torch.ones(1, 3))
print(a.load_state_dict(b.state_dict()), a.weight, a.in_features, a.has_uninitialized_params())
print(a(torch.ones(1, 3)), a)
t(lambda: nn.Linear(3, 2).load_state_dict(nn.LazyLinear(2).state_dict()))
c = nn.LazyLinear(2); c.load_state_dict(b.state_dict()); t(lambda: c(torch.ones(1, 4)))
m = nn.LazyBatchNorm1d(); n = nn.BatchNorm1d(3); m.load_state_dict(n.state_dict()); print(m.running_mean, m.num_features)
# --- what has no sizes cannot be used
m = nn.LazyLinear(3)
t(lambda: m.weight + 1); t(lambda: m.weight.shape); t(lambda: m.weight.exp()); t(lambda: m.weight.sum()); print(m.weight.data, m.weight.size(), m.weight.dtype)
t(lambda: m.weight.share_memory_())
t(lambda: nn.LazyConv2d(3, 2)(torch.ones(2, 3)))
t(lambda: nn.LazyConv2d(4, 2, groups=2)(torch.ones(2, 3, 4, 4)))
t(lambda: nn.LazyLinear())
# --- parameters of one's own
p = UninitializedParameter(requires_grad=False, dtype=torch.float64)
print(p, p.dtype, p.requires_grad); p.materialize((2, 3)); print(p.shape, type(p), p.requires_grad, p.dtype)
b = UninitializedBuffer(); print(b, b.requires_grad); b.materialize((2,), dtype=torch.int64); print(b.shape, b.dtype, type(b))
p = nn.UninitializedParameter(); q = copy.deepcopy(p); print(q, q is p, pickle.loads(pickle.dumps(p)))
class Own(nn.modules.lazy.LazyModuleMixin, nn.Module):
    def __init__(self): super().__init__(); self.scale = nn.UninitializedParameter()
    def initialize_parameters(self, x):
        if self.has_uninitialized_params(): self.scale.materialize((x.shape[-1],)); nn.init.ones_(self.scale)
    def forward(self, x): return x * self.scale
m = Own(); print(m.has_uninitialized_params(), m(torch.ones(2, 3)), type(m).__name__, m.scale)
class Half(Own):
    def initialize_parameters(self, x): pass
t(lambda: Half()(torch.ones(2)))
m = copy.deepcopy(nn.LazyLinear(2)); print(m); m(torch.ones(1, 3)); print(m)
# --- handles and lazy modules are pickled
m = pickle.loads(pickle.dumps(nn.LazyConv2d(2, 3))); print(m, len(m._forward_pre_hooks), m.has_uninitialized_params())
m(torch.ones(1, 4, 5, 5)); print(m, len(m._forward_pre_hooks), len(m._load_state_dict_pre_hooks), hasattr(m, "_initialize_hook"))
m = pickle.loads(pickle.dumps(m)); print(type(m), m.weight.shape)
class Noting(nn.Module):
    def __init__(self):
        super().__init__(); self.layer = nn.Linear(2, 2); self.handle = self.register_forward_hook(self.note, with_kwargs=True); self.seen = 0
    def note(self, m, args, kwargs, out): self.seen += 1
    def forward(self, x): return self.layer(x)
m = copy.deepcopy(Noting()); m(torch.ones(2)); m.handle.remove(); m(torch.ones(2)); print(m.seen, len(m._forward_hooks), len(m._forward_hooks_with_kwargs))
h = torch.ones(2, requires_grad=True).register_hook(print); print(type(h), isinstance(h, torch.utils.hooks.RemovableHandle)); h.remove()
c = copy.deepcopy(m.register_forward_hook(print)); print(c.hooks_dict_ref() is not None, c.id in m._forward_hooks)
# --- what asks for sizes is refused
import warnings; warnings.simplefilter("ignore")
m = nn.LazyLinear(3)
t(lambda: torch.jit.script(nn.Sequential(m))); t(lambda: m.share_memory()); t(lambda: nn.Sequential(m).share_memory())
t(lambda: nn.utils.weight_norm(m)); t(lambda: nn.utils.spectral_norm(m)); print(list(m._parameters))
print(nn.Linear(1, 1).share_memory())
