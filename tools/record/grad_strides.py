"""Records how gradients of parameters lie in PyTorch's memory, into test/recorded/grad_strides.json.

Needs Python with PyTorch 2.13; the tests need only the recorded file.

    python tools/record/grad_strides.py
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F


def laid(sizes, perm):
    """Ones whose dims lie in memory in the order of perm, the slowest first; None: with holes."""
    if perm is None:
        return torch.ones([2 * n for n in sizes])[tuple(slice(None, None, 2) for _ in sizes)]
    back = [perm.index(d) for d in range(len(sizes))]
    return torch.ones([sizes[d] for d in perm]).permute(back)


def ones(*sizes):
    return torch.ones(sizes)


# The sizes of a parameter, and what is done with it.
CASES = {
    "linear": ([4, 3], lambda w: F.linear(ones(5, 3), w)),
    "linear_bias": ([4, 3], lambda w: F.linear(ones(5, 3), w, ones(4))),
    "linear_3d": ([4, 3], lambda w: F.linear(ones(2, 5, 3), w, ones(4))),
    "mm_right": ([3, 4], lambda w: ones(5, 3).mm(w)),
    "mm_left": ([3, 4], lambda w: w.mm(ones(4, 5))),
    "mm_transposed": ([4, 3], lambda w: w.t().mm(ones(4, 5))),
    "matmul_batches": ([3, 4], lambda w: ones(2, 5, 3) @ w),
    "addmm_left": ([3, 4], lambda w: torch.addmm(ones(3, 5), w, ones(4, 5), alpha=2)),
    "addmm_self": ([3, 4], lambda w: torch.addmm(w, ones(3, 5), ones(5, 4))),
    "mv": ([3, 4], lambda w: w.mv(ones(4))),
    "bmm": ([2, 3, 4], lambda w: w.bmm(ones(2, 4, 5))),
    "mul": ([3, 4], lambda w: w * w),
    "sum": ([3, 4], lambda w: w.sum()),
    "add_twice": ([3, 4], lambda w: w + w.t().contiguous().t() * 2),
    "transposed_sum": ([3, 4], lambda w: w.t() * ones(4, 3)),
    "broadcast": ([1, 4], lambda w: w * ones(3, 4)),
    "relu": ([2, 3, 4], lambda w: w.relu()),
    "softmax": ([2, 3, 4], lambda w: w.softmax(1)),
    "index_select": ([3, 4], lambda w: w.index_select(0, torch.tensor([0, 1]))),
    "embedding": ([3, 4], lambda w: F.embedding(torch.tensor([0, 2]), w)),
    "view": ([2, 3, 4], lambda w: w.reshape(-1) * 2),
    "select": ([2, 3, 4], lambda w: w[:, 1] * 2),
    "conv2d": ([4, 3, 2, 2], lambda w: F.conv2d(ones(2, 3, 5, 5), w)),
    "conv2d_1x1": ([4, 3, 1, 1], lambda w: F.conv2d(ones(2, 3, 5, 5), w)),
    "conv_transpose2d": ([3, 4, 2, 2], lambda w: F.conv_transpose2d(ones(2, 3, 5, 5), w)),
    "conv1d": ([4, 3, 2], lambda w: F.conv1d(ones(2, 3, 5), w)),
    "conv2d_input": ([2, 3, 5, 5], lambda w: F.conv2d(w, ones(4, 3, 2, 2))),
    "max_pool2d": ([2, 3, 4, 4], lambda w: F.max_pool2d(w, 2)),
    "layer_norm": ([3, 4], lambda w: F.layer_norm(ones(2, 3, 4), [3, 4], w)),
}
ORDERS = {
    2: [[0, 1], [1, 0], None],
    3: [[0, 1, 2], [2, 1, 0], [1, 2, 0], None],
    4: [[0, 1, 2, 3], [0, 2, 3, 1], [3, 2, 1, 0], None],
}
cases = []
for name, (sizes, f) in CASES.items():
    for perm in ORDERS[len(sizes)]:
        strides = {}
        for way in ("backward", "twice", "create_graph"):
            w = laid(sizes, perm).requires_grad_()
            for _ in range(2 if way == "twice" else 1):
                (f(w) ** 2).sum().backward(create_graph=way == "create_graph")
            strides[way] = list(w.grad.stride())
            w.grad = None
        cases.append({"name": name, "sizes": sizes, "perm": perm, "strides": strides})
path = Path(__file__).parent.parent.parent / "test" / "recorded" / "grad_strides.json"
path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
