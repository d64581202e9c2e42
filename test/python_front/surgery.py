# What a layer is made of may be taken out, put elsewhere and made a property, before its first call and after.
import torch
import torch.nn as nn


x = torch.linspace(-1, 1, 8).view(2, 4)
LAYERS = {
    "linear": (lambda: nn.Linear(4, 3), x),
    "linear without bias": (lambda: nn.Linear(4, 3, bias=False), x),
    "bilinear": (lambda: nn.Bilinear(4, 4, 2), x, x),
    "layer norm": (lambda: nn.LayerNorm(4), x),
    "rms norm": (lambda: nn.RMSNorm(4), x),
    "group norm": (lambda: nn.GroupNorm(2, 4), x),
    "batch norm": (lambda: nn.BatchNorm1d(4), x),
    "batch norm in eval": (lambda: nn.BatchNorm1d(4).eval(), x),
    "instance norm": (lambda: nn.InstanceNorm1d(2, affine=True), x.view(1, 2, 4)),
    "prelu": (lambda: nn.PReLU(), x),
    "embedding": (lambda: nn.Embedding(3, 2), torch.tensor([0, 2])),
    "embedding bag": (lambda: nn.EmbeddingBag(3, 2), torch.tensor([[0, 2]])),
    "conv1d": (lambda: nn.Conv1d(1, 2, 3), x.view(1, 1, 8)),
    "conv2d": (lambda: nn.Conv2d(1, 2, 2, padding=1, padding_mode="reflect"), x.view(1, 1, 2, 4)),
    "conv transpose": (lambda: nn.ConvTranspose1d(1, 2, 3), x.view(1, 1, 8)),
    "rnn": (lambda: nn.RNN(4, 2, 2), x),
    "lstm": (lambda: nn.LSTM(4, 2, bidirectional=True), x),
    "gru": (lambda: nn.GRU(4, 2), x),
    "gru cell": (lambda: nn.GRUCell(4, 2), x),
    "lstm cell": (lambda: nn.LSTMCell(4, 2), x),
    "attention": (lambda: nn.MultiheadAttention(4, 2), x[:, None], x[:, None], x[:, None]),
    "cross entropy": (lambda: nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 0.5, 1.0])), x, torch.tensor([1, 2])),
    "weighted nll": (lambda: nn.NLLLoss(weight=torch.tensor([1.0, 2.0, 0.5, 1.0])), x, torch.tensor([1, 2])),
}


def numbers(n):
    return torch.linspace(0.1, 0.9, n)


def tensors(layer):
    return [(n, t) for n, t in (*layer.named_parameters(recurse=False), *layer.named_buffers(recurse=False)) if t.is_floating_point()]


def as_attributes(layer):
    """Deletes the tensors and sets plain ones."""
    for name, t in tensors(layer):
        delattr(layer, name)
        setattr(layer, name, numbers(t.numel()).view_as(t))


def in_dicts(layer):
    for name, t in tensors(layer):
        store = layer._parameters if name in layer._parameters else layer._buffers
        store[name] = numbers(t.numel()).view_as(t)


def as_properties(layer):
    """As torch.nn.utils.parametrize does: a class of its own, whose properties compute the tensors."""
    made = {}
    for name, t in tensors(layer):
        delattr(layer, name)
        layer.__dict__["raw_" + name] = numbers(t.numel()).view_as(t)
        made[name] = property(lambda self, name=name: self.__dict__["raw_" + name] * 1.0)
    layer.__class__ = type("Parametrized" + type(layer).__name__, (type(layer),), made)


def registered(layer):
    for name, t in tensors(layer):
        if name in layer._parameters:
            layer.register_parameter(name, nn.Parameter(numbers(t.numel()).view_as(t)))
        else:
            layer.register_buffer(name, numbers(t.numel()).view_as(t))


def first(out):
    return [first(y) for y in out] if isinstance(out, tuple) else [round(y, 3) + 0.0 for y in out.detach().flatten().tolist()]


def show(way, moment):
    for kind, (make, *inputs) in LAYERS.items():
        torch.manual_seed(0)
        layer = make()
        if moment == "after":
            layer(*inputs)
        way(layer)
        print(kind, first(layer(*inputs)))
        for name in [n for n in vars(layer) if n.startswith("raw_")]:
            vars(layer)[name] = vars(layer)[name] * 0.5
        for name, t in tensors(layer):
            t.data.mul_(0.5)
        print(first(layer(*inputs)))


# --- as_attributes before the first call
show(as_attributes, "before")

# --- as_attributes after the first call
show(as_attributes, "after")

# --- in_dicts before the first call
show(in_dicts, "before")

# --- in_dicts after the first call
show(in_dicts, "after")

# --- registered before the first call
show(registered, "before")

# --- registered after the first call
show(registered, "after")

# --- as_properties before the first call
show(as_properties, "before")

# --- as_properties after the first call
show(as_properties, "after")

# --- lost before the first call, and after
# (PyTorch's RNN, LSTM and GRU have a list of their weights beside, so that they notice nothing.)
for kind, (make, *inputs) in LAYERS.items():
    for moment in () if kind in ("rnn", "lstm", "gru") else ("before", "after"):
        layer = make()
        if moment == "after":
            layer(*inputs)
        for name, t in tensors(layer)[:1]:
            delattr(layer, name)
            try:
                print(kind, layer(*inputs))
            except Exception as error:
                print(kind, type(error).__name__, str(error).split("\n")[0])

# --- losses of a program's own, on PyTorch's bases
import torch
from torch.nn.modules.loss import _Loss, _WeightedLoss
class A(_Loss):
    def forward(self, x, y): return (x - y).abs().mean() if self.reduction == "mean" else (x - y).abs()
class B(_WeightedLoss):
    def __init__(self, weight=None, reduction="sum"):
        super().__init__(weight, reduction=reduction); self.k = 1
    def forward(self, x): return x * (1 if self.weight is None else self.weight)


print(A()(torch.ones(2), torch.zeros(2)), A(reduction="none")(torch.ones(2), torch.zeros(2)), A(None, None, "sum").reduction, A())
print(A(size_average=False).reduction)
print(B().reduction, B(torch.ones(2) * 2)(torch.ones(2)), list(B(torch.ones(2)).state_dict()), B().k)
