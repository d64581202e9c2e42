"""Records what PyTorch's layers and functions give for which no case is recorded elsewhere, and Muon: test/recorded/layers.json.

Run with a Python that has torch 2.13: python3 tools/record/layers.py
Each case: the name under torch.nn (a class, called with its arguments) or torch.nn.functional, the seed before the call, the input,
the result and the gradient of its sum of squares.
"""

import json

import torch
from torch import nn
from torch.nn import functional as F

CASES = [
    ("RReLU", [], {}, (2, 3)),
    ("RReLU", [0.1, 0.3], {"eval": True}, (2, 3)),
    ("UpsamplingBilinear2d", [[4, 5]], {}, (1, 2, 2, 3)),
    ("PixelShuffle", [2], {}, (1, 8, 2, 3)),
    ("PixelUnshuffle", [2], {}, (1, 2, 4, 6)),
    ("ChannelShuffle", [2], {}, (1, 4, 2, 2)),
    ("FractionalMaxPool3d", [2], {"kwargs": {"output_size": [2, 2, 2]}}, (1, 2, 4, 5, 4)),
    ("dropout1d", [], {"kwargs": {"p": 0.4}}, (2, 3, 4)),
    ("dropout2d", [], {"kwargs": {"p": 0.4}}, (2, 3, 2, 2)),
    ("dropout3d", [], {"kwargs": {"p": 0.4}}, (2, 3, 1, 2, 2)),
    ("alpha_dropout", [], {"kwargs": {"p": 0.4, "training": True}}, (3, 4)),
    ("feature_alpha_dropout", [], {"kwargs": {"p": 0.4, "training": True}}, (2, 3, 2)),
    ("gumbel_softmax", [], {"kwargs": {"tau": 0.5}}, (3, 4)),
    ("gumbel_softmax", [], {"kwargs": {"hard": True}}, (3, 4)),
    ("lp_pool3d", [], {"kwargs": {"norm_type": 2.0, "kernel_size": 2}}, (1, 2, 4, 4, 4)),
    ("fold", [], {"kwargs": {"output_size": [3, 4], "kernel_size": [2, 2]}}, (1, 8, 6)),
    ("fractional_max_pool2d", [], {"kwargs": {"kernel_size": 2, "output_size": [2, 3]}}, (1, 2, 5, 6)),
    ("fractional_max_pool3d", [], {"kwargs": {"kernel_size": 2, "output_size": [2, 2, 2]}}, (1, 2, 4, 5, 4)),
    ("max_pool1d_with_indices", [], {"kwargs": {"kernel_size": 2}}, (1, 2, 6)),
    ("max_pool2d_with_indices", [], {"kwargs": {"kernel_size": 2}}, (1, 2, 4, 6)),
    ("max_pool3d_with_indices", [], {"kwargs": {"kernel_size": 2}}, (1, 2, 4, 4, 4)),
    ("upsample", [], {"kwargs": {"scale_factor": 2, "mode": "nearest"}}, (1, 2, 3)),
    ("native_channel_shuffle", [], {"kwargs": {"groups": 2}}, (1, 4, 2, 2)),
]


def record(name, args, options, shape):
    torch.manual_seed(7)
    x = torch.randn(shape, dtype=torch.float64).requires_grad_()
    torch.manual_seed(3)
    if hasattr(nn, name):
        layer = getattr(nn, name)(*args, **options.get("kwargs", {}))
        layer.train(not options.get("eval", False))
        y = layer(x)
    else:
        y = getattr(F, name)(x, *args, **options.get("kwargs", {}))
    y = y[0] if isinstance(y, tuple) else y
    # PyTorch has no derivative of native_channel_shuffle.
    if name != "native_channel_shuffle":
        y.pow(2).sum().backward()
    return {
        "name": name,
        "args": args,
        **options,
        "shape": list(shape),
        "x": x.detach().flatten().tolist(),
        "sizes": list(y.shape),
        "y": y.detach().flatten().tolist(),
        "grad": None if x.grad is None else x.grad.flatten().tolist(),
    }


def muon(**options):
    """Three steps of Muon, which takes matrices alone, on one of float32."""
    torch.manual_seed(5)
    w = torch.randn(3, 4).requires_grad_()
    given = w.detach().flatten().tolist()
    optimizer = torch.optim.Muon([w], **options)
    steps = []
    for _ in range(3):
        optimizer.zero_grad()
        (w.sin() * w).sum().backward()
        optimizer.step()
        steps.append(w.detach().flatten().tolist())
    return {"options": options, "w": given, "steps": steps}


with open("test/recorded/layers.json", "w") as out:
    json.dump({"torch": torch.__version__, "cases": [record(*case) for case in CASES], "muon": [muon(), muon(lr=0.02, momentum=0.5, nesterov=False, adjust_lr_fn="match_rms_adamw")]}, out, separators=(",", ":"))
    out.write("\n")
