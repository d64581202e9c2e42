# Every parameter and buffer of every layer, replaced in each way that Python has: the layer computes with what is there.
import warnings
import torch
from torch import nn

warnings.simplefilter("ignore")
LAYERS = [
    ("nn.Linear(3, 2)", (4, 3)),
    ("nn.Conv1d(2, 3, 2)", (2, 2, 5)),
    ("nn.Conv2d(2, 4, 2, groups=2, padding=1, padding_mode='reflect')", (2, 2, 4, 4)),
    ("nn.Conv3d(1, 2, 2)", (1, 1, 3, 3, 3)),
    ("nn.ConvTranspose1d(2, 3, 2)", (2, 2, 5)),
    ("nn.ConvTranspose2d(2, 4, 2, stride=2)", (2, 2, 3, 3)),
    ("nn.ConvTranspose3d(1, 2, 2)", (1, 1, 3, 3, 3)),
    ("nn.BatchNorm1d(3)", (4, 3)),
    ("nn.BatchNorm1d(3).eval()", (4, 3)),
    ("nn.BatchNorm2d(2).eval()", (2, 2, 3, 3)),
    ("nn.BatchNorm3d(2).eval()", (2, 2, 3, 3, 3)),
    ("nn.InstanceNorm1d(2, affine=True)", (2, 2, 5)),
    ("nn.InstanceNorm2d(2, affine=True, track_running_stats=True).eval()", (2, 2, 3, 3)),
    ("nn.InstanceNorm3d(2, affine=True)", (1, 2, 2, 3, 2)),
    ("nn.LayerNorm(3)", (2, 3)),
    ("nn.GroupNorm(2, 4)", (2, 4, 3)),
    ("nn.RMSNorm(3)", (2, 3)),
    ("nn.PReLU(3)", (2, 3)),
    ("nn.Embedding(5, 3)", None),
    ("nn.EmbeddingBag(5, 3)", None),
    ("nn.RNN(3, 2, 2)", (4, 2, 3)),
    ("nn.GRU(3, 2, bidirectional=True)", (4, 2, 3)),
    ("nn.LSTM(3, 4, proj_size=2)", (4, 2, 3)),
    ("nn.RNNCell(3, 2)", (2, 3)),
    ("nn.GRUCell(3, 2)", (2, 3)),
    ("nn.LSTMCell(3, 2)", (2, 3)),
    ("nn.Bilinear(3, 3, 2)", "two"),
    ("nn.MultiheadAttention(4, 2, add_bias_kv=True)", "three"),
    ("nn.MultiheadAttention(4, 2, kdim=4, vdim=3)", "three of 3"),
    ("nn.TransformerEncoderLayer(4, 2, 3, 0.0)", (3, 2, 4)),
    ("nn.TransformerDecoderLayer(4, 2, 3, 0.0)", "memory"),
    ("nn.CrossEntropyLoss(torch.tensor([1.0, 2.0, 3.0]))", "classes"),
    ("nn.NLLLoss(torch.tensor([1.0, 2.0, 3.0]))", "classes"),
    ("nn.BCELoss(torch.tensor([1.0, 2.0, 3.0]))", "probabilities"),
    ("nn.BCEWithLogitsLoss(torch.tensor([1.0, 2.0, 3.0]), pos_weight=torch.tensor([2.0, 1.0, 0.5]))", "probabilities"),
    ("nn.MultiMarginLoss(weight=torch.tensor([1.0, 2.0, 3.0]))", "classes"),
    ("nn.MultiLabelSoftMarginLoss(torch.tensor([1.0, 2.0, 3.0]))", "probabilities"),
    ("nn.AdaptiveLogSoftmaxWithLoss(4, 6, [2, 4])", "adaptive"),
]


def numbers(*shape):
    n = torch.Size(shape).numel()
    return (torch.arange(n, dtype=torch.float32) * 7 % 11 / 11 + 0.1).reshape(shape)


def inputs(kind):
    if kind is None:
        return (torch.tensor([[0, 4], [2, 2]]),)
    if kind == "two":
        return numbers(2, 3), numbers(2, 3) + 1
    if kind == "three":
        return numbers(3, 2, 4), numbers(2, 2, 4) + 1, numbers(2, 2, 4)
    if kind == "three of 3":
        return numbers(3, 2, 4), numbers(2, 2, 4) + 1, numbers(2, 2, 3)
    if kind == "memory":
        return numbers(3, 2, 4), numbers(2, 2, 4) + 1
    if kind == "classes":
        return numbers(2, 3), torch.tensor([2, 0])
    if kind == "probabilities":
        return numbers(2, 3) / 2, (numbers(2, 3) > 0.5).float()
    if kind == "adaptive":
        return numbers(3, 4), torch.tensor([0, 5, 3])
    return (numbers(*kind),)


def told(x):
    if isinstance(x, torch.Tensor):
        weights = numbers(x.numel()) + 1
        return round(float((x.reshape(-1) * weights).sum()), 3)
    return [told(y) for y in x]


def as_parameter(m, store, name, new):
    setattr(m, name, nn.Parameter(new) if store is m._parameters else new)


def in_the_dict(m, store, name, new):
    store[name] = new


def deleted_first(m, store, name, new):
    delattr(m, name)
    setattr(m, name, new)


def registered_again(m, store, name, new):
    if store is m._parameters:
        m.register_parameter(name, nn.Parameter(new))
    else:
        m.register_buffer(name, new)


def in_another_dict(m, store, name, new):
    where = "_parameters" if store is m._parameters else "_buffers"
    m.__dict__[where] = {**store, name: new}


def as_data(m, store, name, new):
    store[name].data = new


WAYS = [as_parameter, in_the_dict, deleted_first, registered_again, in_another_dict, as_data]

for text, kind in LAYERS:
    torch.manual_seed(0)
    layer = eval(text)
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_(numbers(*p.shape) - 0.4)
    args = inputs(kind)
    print(text, told(layer(*args)))
    for path, module in layer.named_modules():
        for store_name in ("_parameters", "_buffers"):
            for name in getattr(module, store_name):
                for way in WAYS:
                    changed = copied = __import__("copy").deepcopy(layer)
                    changed(*args)  # it has computed with the old one
                    owner = changed.get_submodule(path)
                    store = getattr(owner, store_name)
                    if store[name] is None:
                        continue
                    old = store[name]
                    new = old + 1 if old.dtype == torch.int64 else (old.detach() * 1.5 + 0.25)
                    if way is registered_again and store is owner._parameters and name not in owner._parameters:
                        continue
                    way(owner, store, name, new)
                    try:
                        got = told(changed(*args))
                    except Exception as error:
                        got = type(error).__name__
                    print("  ", path, name, way.__name__, got)
