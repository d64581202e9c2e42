"""Records what PyTorch computes with 16-bit floats and complex numbers: test/recorded/dtypes.json.

    python tools/record/dtypes.py
"""
import json
import math
import pathlib

import torch

DOUBLES = [0.1, 1 / 3, 1e-8, 65519.0, 65520.0, 6e-8, 2.98e-8, -0.0, math.nan, -math.inf, 1.00146484375, 2049.0, 2051.0, 1e-40, 3.39e38, 3.4e38]
a = torch.arange(1, 7).reshape(2, 3) / 7
b = torch.arange(6).reshape(2, 3) / 3 - 0.8


def half(dtype):
    x, y = a.to(dtype), b.to(dtype)
    results = {
        "add": x + y,
        "mul": x * y,
        "exp": y.exp(),
        "sum": x.sum(),
        "mean": y.mean(1),
        "mm": x @ y.t(),
        "softmax": y.softmax(1),
        "cumsum": x.cumsum(1),
        "var": x.var(),
        "sort": y.sort(1, True).values,
        "conv1d": torch.nn.functional.conv1d(x[None], y[None][:, :, :2]),
        "gelu": torch.nn.functional.gelu(y),
    }
    values = [str(v) for v in torch.tensor(DOUBLES, dtype=torch.float64).to(dtype).tolist()]
    return {"values": values, "text": str(x), **{k: v.tolist() for k, v in results.items()}}


z = torch.tensor([1 + 2j, 3 - 4j, -0.5 + 0j, 0j, 1e-3 - 2e-3j, -2 + 0j], dtype=torch.complex128)
w = torch.tensor([0.5 - 1j, 2j, 1.5 + 0j, 1 + 1j, -3 - 1j, 0.25j], dtype=torch.complex128)
UNARY = (
    "exp log log2 log10 log1p expm1 exp2 sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sigmoid "
    "square neg sgn abs angle conj"
).split()


def parts(t):
    t = t.resolve_conj()
    flat = (torch.view_as_real(t) if t.is_complex() else t).flatten().tolist()
    return [v if math.isfinite(v) else str(v) for v in flat]


def gradient():
    leaf = z.clone().requires_grad_()
    ((leaf * w).abs().sum() + (leaf.exp() / w).real.sum()).backward()
    return parts(leaf.grad)


recorded = {
    "doubles": [str(v) for v in DOUBLES],
    "half": {name: half(getattr(torch, name)) for name in ("float16", "bfloat16")},
    "complex": {
        "unary": {f: parts(getattr(z, f)()) for f in UNARY},
        "binary": {f: parts(getattr(z, f)(w)) for f in "add sub mul div pow dot vdot".split()},
        "sum": parts(z.sum()),
        "mean": parts(z.mean()),
        "prod": parts(w.prod()),
        "mm": parts(z.view(2, 3) @ w.view(3, 2)),
        "grad": gradient(),
        "text": [
            str(t)
            for t in (z, z.to(torch.complex64)[:3], torch.zeros(2, 2, dtype=torch.complex64), torch.tensor(1.5 - 2j))
        ],
    },
}
path = pathlib.Path(__file__).parent.parent.parent / "test" / "recorded" / "dtypes.json"
path.write_text(json.dumps(recorded, indent=1) + "\n")
