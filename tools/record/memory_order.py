"""Records what PyTorch makes of tensors that do not lie in row-major order, into test/recorded/memory_order.json: the strides
of results, and which element gets which random number.

Needs Python with PyTorch 2.13; the tests need only the recorded file.

    python tools/record/memory_order.py
"""

import json
import random
from pathlib import Path

import torch
import torch.nn.functional as F

random.seed(0)

LAYOUTS = [
    {"sizes": [6], "perm": [0], "step": 1},
    {"sizes": [6], "perm": [0], "step": 2},
    {"sizes": [40], "perm": [0], "step": 2},
    {"sizes": [2, 3], "perm": [0, 1], "step": 1},
    {"sizes": [2, 3], "perm": [1, 0], "step": 1},
    {"sizes": [1, 5], "perm": [1, 0], "step": 1},
    {"sizes": [4, 5], "perm": [1, 0], "step": 1},
    {"sizes": [5, 4], "perm": [1, 0], "step": 2},
    {"sizes": [2, 0, 3], "perm": [2, 0, 1], "step": 1},
    {"sizes": [2, 1, 3], "perm": [2, 1, 0], "step": 1},
    {"sizes": [2, 2, 2], "perm": [1, 2, 0], "step": 2},
]
for sizes in ([2, 3, 4], [1, 3, 2], [2, 3, 2, 2], [1, 3, 2, 2], [2, 1, 3, 3], [2, 3, 1, 1], [1, 2, 2, 2, 3]):
    for _ in range(4):
        LAYOUTS.append(
            {"sizes": sizes, "perm": random.sample(range(len(sizes)), len(sizes)), "step": random.choice([1, 1, 2])}
        )


def base(c, dtype=torch.float32):
    x = torch.arange(torch.Size(c["sizes"]).numel()).to(dtype).reshape(c["sizes"]).permute(c["perm"])
    return x[:: c["step"]] if c["step"] != 1 else x


def row(x):
    """What broadcasts along all dims of x but the last."""
    return torch.ones(x.shape[-1:], dtype=x.dtype)


STRIDES = {
    "neg": lambda x: x.neg(),
    "mul_number": lambda x: x * 2,
    "add_self": lambda x: x + x,
    "add_row": lambda x: x + row(x),
    "row_add": lambda x: row(x) + x,
    "add_0d": lambda x: x + torch.ones(()),
    "add_contiguous": lambda x: x + x.contiguous(),
    "contiguous_add": lambda x: x.contiguous() + x,
    "add_expanded": lambda x: x[:1].expand_as(x) + x,
    "neg_expanded": lambda x: x[:1].expand_as(x).neg(),
    "clone": lambda x: x.clone(),
    "clone_expanded": lambda x: x[:1].expand_as(x).clone(),
    "double": lambda x: x.double(),
    "empty_like": lambda x: torch.empty_like(x),
    "zeros_like": lambda x: torch.zeros_like(x),
    "full_like": lambda x: torch.full_like(x, 2),
    "rand_like": lambda x: torch.rand_like(x),
    "randn_like": lambda x: torch.randn_like(x),
    "randint_like": lambda x: torch.randint_like(x, 3),
    "new_empty": lambda x: x.new_empty(x.shape),
    "contiguous": lambda x: x.contiguous(),
    "lt": lambda x: x.lt(x),
    "where": lambda x: torch.where(x > 1, x, x),
    "sigmoid": lambda x: x.sigmoid(),
    "dropout": lambda x: F.dropout(x, 0.5),
    "sort": lambda x: x.sort().values,
    "argsort": lambda x: x.argsort(0),
    "topk": lambda x: x.topk(1, 0).indices,
    "flip": lambda x: x.flip(0),
    "erfcx": lambda x: torch.special.erfcx(x),
    "igamma": lambda x: torch.igamma(x + 1, row(x)),
    "scatter": lambda x: x.scatter(0, torch.zeros_like(x).long(), x),
    "scatter_add": lambda x: x.scatter_add(0, torch.zeros_like(x).long(), x),
    "index_add": lambda x: x.index_add(0, torch.tensor([0]), x[:1]),
    "index_copy": lambda x: x.index_copy(0, torch.tensor([0]), x[:1]),
    "index_fill": lambda x: x.index_fill(0, torch.tensor([0]), 1),
    "masked_scatter": lambda x: x.masked_scatter(x > 1, x),
    "take": lambda x: x.take(torch.zeros_like(x).long()),
    "tril": lambda x: x.tril() if x.dim() > 1 else x,
    "put": lambda x: x.put(torch.tensor([0]), x.flatten()[:1]) if x.numel() else x,
    "fft": lambda x: torch.fft.fft(x, dim=0) if x.numel() else x,
    "fft_last": lambda x: torch.fft.fft(x + 0j) if x.numel() else x,
    "rfft": lambda x: torch.fft.rfft(x, dim=0) if x.numel() else x,
    "irfft": lambda x: torch.fft.irfft(x + 0j, n=4) if x.numel() else x,
    "fftn": lambda x: torch.fft.fftn(x) if x.numel() else x,
    "rfftn": lambda x: torch.fft.rfftn(x) if x.numel() else x,
    "irfftn": lambda x: torch.fft.irfftn(x, s=[4] * x.dim()) if x.numel() else x,
}
LAST = {
    4: torch.channels_last,
    5: torch.channels_last_3d,
}
FORMATS = {
    "clone_last": lambda x, f: x.clone(memory_format=f),
    "contiguous_last": lambda x, f: x.contiguous(memory_format=f),
    "to_last": lambda x, f: x.to(memory_format=f),
    "double_last": lambda x, f: x.to(torch.float64, memory_format=f),
    "empty_like_last": lambda x, f: torch.empty_like(x, memory_format=f),
    "rand_like_last": lambda x, f: torch.rand_like(x, memory_format=f),
    "empty_last": lambda x, f: torch.empty(x.shape, memory_format=f),
    "resize_as_last": lambda x, f: torch.empty(x.shape[::-1]).resize_as_(
        x.contiguous(memory_format=f), memory_format=torch.preserve_format
    ),
}
DRAWS = {
    "normal_": lambda x: x.normal_(1, 2),
    "uniform_": lambda x: x.uniform_(-1, 3),
    "bernoulli_": lambda x: x.bernoulli_(0.4),
    "bernoulli_tensor": lambda x: x.bernoulli_(x.clone().div_(x.numel() + 100)),
    "bernoulli": lambda x: x.div(100).bernoulli(),
    "exponential_": lambda x: x.exponential_(2),
    "log_normal_": lambda x: x.log_normal_(),
    "cauchy_": lambda x: x.cauchy_(),
    "geometric_": lambda x: x.geometric_(0.3),
    "random_": lambda x: x.random_(0, 1000),
    "dropout": lambda x: F.dropout(x + 1, 0.5),
    "alpha_dropout": lambda x: F.alpha_dropout(x + 1, 0.5, True),
    "feature_dropout": lambda x: F.dropout1d(x + 1, 0.5) if x.dim() == 3 else x,
    "rand_like": lambda x: torch.rand_like(x),
    "randn_like": lambda x: torch.randn_like(x),
    "randint_like": lambda x: torch.randint_like(x, 1000),
    "poisson": lambda x: torch.poisson(x),
    "normal_tensors": lambda x: torch.normal(x, x + 1),
    "trunc_normal_": lambda x: torch.nn.init.trunc_normal_(x),
    "gumbel_softmax": lambda x: F.gumbel_softmax(x, dim=-1),
}
cases = []
for c in LAYOUTS:
    x = base(c)
    c["strides"] = {name: list(f(base(c)).stride()) for name, f in STRIDES.items()}
    if x.dim() in LAST:
        f = LAST[x.dim()]
        c["strides"] |= {name: list(g(base(c), f).stride()) for name, g in FORMATS.items()}
        c["is_last"] = x.is_contiguous(memory_format=f)
    c["is_contiguous"] = x.is_contiguous()
    c["draws"] = {}
    for name, f in DRAWS.items():
        torch.manual_seed(5)
        c["draws"][name] = [float(f"{v:.6g}") for v in f(base(c)).flatten().tolist()]
    torch.manual_seed(5)
    c["double"] = [float(f"{v:.6g}") for v in base(c, torch.float64).normal_().flatten().tolist()]
    cases.append(c)
path = Path(__file__).parent.parent.parent / "test" / "recorded" / "memory_order.json"
path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
