# What a program puts into a composite layer, overrides or hooks is what the composite calls.
import types
import warnings
import torch
from torch import nn
import torch.nn.functional as F

warnings.simplefilter("ignore")
torch.manual_seed(0)
x = torch.arange(24.0).reshape(3, 2, 4) % 7 / 7


class Scaled(nn.Module):
    eps = 1e-5

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        print("called with", tuple(x.shape))
        return x * self.factor


def layer(**options):
    torch.manual_seed(0)
    return nn.TransformerEncoderLayer(4, 2, 8, 0.0, **options)


def told(x):
    return [round(v, 3) for v in x.reshape(-1)[:6].tolist()]


for name in ("linear1", "linear2", "dropout", "dropout1", "dropout2", "norm1", "norm2", "activation"):
    m = layer()
    setattr(m, name, nn.Sequential(Scaled(1.0), nn.Linear(4, 8)) if name == "linear1" else nn.Sequential(Scaled(1.0), nn.Linear(8, 4)) if name == "linear2" else Scaled(0.5))
    print(name, told(m(x)))


class Watched(nn.MultiheadAttention):
    def forward(self, query, key, value, **kwargs):
        print("attention", sorted(k for k, v in kwargs.items() if v is not None), kwargs["need_weights"])
        return super().forward(query, key, value, **{**kwargs, "need_weights": True})


m = layer()
m.self_attn = Watched(4, 2)
print(told(m(x)))


class Own(nn.TransformerEncoderLayer):
    def _sa_block(self, x, attn_mask, key_padding_mask, is_causal=False):
        print("own attention block", attn_mask is None, is_causal)
        return x * 2

    def _ff_block(self, x):
        print("own feed-forward block")
        return super()._ff_block(x)


torch.manual_seed(0)
own = Own(4, 2, 8, 0.0)
print(told(own(x)))
encoder = nn.TransformerEncoder(own, 2)
print(type(encoder.layers[1]).__name__, told(encoder(x)))
print(told(encoder(x, mask=nn.Transformer.generate_square_subsequent_mask(3))))


class Different(nn.Module):
    def __init__(self):
        super().__init__()
        self.self_attn = nn.MultiheadAttention(4, 2)
        self.w = nn.Parameter(torch.ones(1))

    def forward(self, src, src_mask=None, is_causal=None, src_key_padding_mask=None):
        print("different layer", src_mask is None, is_causal)
        return src * self.w + 1


print(told(nn.TransformerEncoder(Different(), 3, norm=Scaled(2.0))(x)))

m = layer()
m._ff_block = types.MethodType(lambda self, x: x - x, m)
print("bound to the object", told(m(x)))
m = layer()
m.self_attn.forward = lambda q, k, v, **kwargs: (q * 0, None)
print("forward of the object", told(m(x)))
m = layer()
m.activation = F.silu
print("activation", told(m(x)))
m.norm_first = True
print("norm_first", told(m(x)))
m.self_attn.out_proj = nn.Linear(4, 4, bias=False)
print("out_proj", told(m(x)))

for text in (
    "nn.Transformer(4, 2, 2, 1, 8)",
    "nn.TransformerDecoderLayer(4, 2, 8)",
    "nn.TransformerEncoderLayer(4, 2, 8, norm_first=True)",
    "nn.AdaptiveLogSoftmaxWithLoss(4, 6, [2, 4])",
    "nn.TripletMarginWithDistanceLoss()",
    "nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.ReLU(), nn.Linear(4, 4)))",
):
    m = eval(text)
    called = []
    for name, part in m.named_modules():
        part.register_forward_pre_hook(lambda m, args, name=name: called.append("<" + name))
        part.register_forward_hook(
            lambda m, args, kwargs, out, name=name: called.append(name + str(sorted(kwargs)) + ">"), with_kwargs=True
        )
        part.register_full_backward_hook(lambda m, gi, go, name=name: called.append("^" + name))
    args = (x.clone().requires_grad_(),)
    if "Decoder" in text or "Transformer(" in text:
        args += (x,)
    if "Adaptive" in text:
        args = (x[0].clone().requires_grad_(), torch.tensor([0, 5]))
    if "Triplet" in text:
        args += (x + 1, x - 1)
    out = m(*args)
    (out if isinstance(out, torch.Tensor) else out[0]).sum().backward()
    print(text, len(list(m.modules())), len(called))
    for i in range(0, len(called), 12):
        print("  ", " ".join(called[i : i + 12]))


class Standardized(nn.Conv2d):
    def _conv_forward(self, input, weight, bias):
        print("own convolution", tuple(weight.shape), bias is None)
        return super()._conv_forward(input, weight - weight.mean(), None)

    def reset_parameters(self):
        nn.init.ones_(self.weight)
        nn.init.constant_(self.bias, 3.0)
        print("own start")


m = Standardized(1, 2, 2, padding=1, padding_mode="circular")
print(m.weight.sum().item(), m.bias.sum().item(), m(x[:1, None, :, :].reshape(1, 1, 2, 4)).abs().sum().item())


class Unchecked(nn.BatchNorm1d):
    def _check_input_dim(self, input):
        print("no check of", tuple(input.shape))


print(Unchecked(2)(torch.arange(16.0).reshape(2, 2, 2, 2)).shape)


class Any(nn.modules.batchnorm._BatchNorm):
    def _check_input_dim(self, input):
        pass


print(Any(2)(torch.arange(16.0).reshape(2, 2, 2, 2)).sum().abs().item() < 1e-4, isinstance(nn.BatchNorm3d(1), nn.modules.batchnorm._BatchNorm))


class Shifted(nn.Linear):
    def forward(self, input):
        return super().forward(input) + 1


torch.manual_seed(0)
a = Shifted(4, 2)
torch.manual_seed(0)
b = nn.Linear(4, 2)
print((a(x) - b(x)).mean().item(), type(a).__mro__[1].__module__)
for name, value in {"stride": (2, 2), "padding": (1, 1), "dilation": 2, "groups": 1}.items():
    torch.manual_seed(0)
    m = nn.Conv2d(1, 1, 2)
    m(torch.ones(1, 1, 6, 6))
    setattr(m, name, value)
    print(name, m(torch.ones(1, 1, 6, 6)).shape)
m = nn.Dropout(0.5)
m.p = 0.0
print(m(torch.ones(3)), m.eval()(torch.ones(2)))
m = nn.BatchNorm1d(2, momentum=0.5)
m.momentum = None
m(torch.tensor([[1.0, 2.0], [3.0, 6.0]]))
print(m.running_mean, m.num_batches_tracked)
m.track_running_stats = False
print(m.eval()(torch.tensor([[1.0, 2.0], [3.0, 6.0]])))
for reset in (nn.Linear(2, 2), nn.ReLU(), nn.BatchNorm1d(2), nn.Dropout(), nn.LSTM(1, 1), nn.Flatten(), nn.PReLU(), nn.GroupNorm(1, 1)):
    print(type(reset).__name__, hasattr(reset, "reset_parameters"), hasattr(reset, "reset_running_stats"), hasattr(reset, "flatten_parameters"))
try:
    del b.bias
    b(x)
except AttributeError as error:
    print(error)
