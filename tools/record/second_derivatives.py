"""Records on which arguments PyTorch's gradients depend, for every sample call of test/samples that PyTorch can make.

Needs Python with PyTorch 2.13, and node; the tests need only the recorded file.

    python tools/record/second_derivatives.py

writes test/recorded/second_derivatives.json: {"op sample": ["+-", ...]}, for each tensor that requires grad whether the
gradient of the sum of the results by it reaches each of them in turn (+, zeros included) or not (-).
"""

import json
import subprocess
from pathlib import Path

import torch

ROOT = Path(__file__).parent.parent.parent
NAMESPACES = [torch.nn.functional, torch, torch.Tensor, torch.special, torch.linalg, torch.fft]


def decoded(x, leaves):
    if isinstance(x, list):
        return [decoded(y, leaves) for y in x]
    if not isinstance(x, dict):
        return x
    if "number" in x:
        return float(x["number"]) if "inf" in x["number"].lower() or "nan" in x["number"].lower() else int(x["number"])
    if "complex" in x:
        return complex(*x["complex"])
    if "tensor" not in x:
        return getattr(torch, x["dtype"])
    dtype = getattr(torch, x["dtype"])
    if dtype == torch.bool:
        values = torch.tensor([v == "true" for v in x["tensor"]])
    else:
        values = torch.tensor([float(v) for v in x["tensor"]], dtype=torch.float64)
        values = torch.view_as_complex(values.reshape(-1, 2)) if dtype.is_complex else values
    t = values.to(dtype).reshape(x["shape"])
    if x["requires_grad"]:
        leaves.append(t.requires_grad_())
    return t


def function(name):
    family, _, rest = name.partition("_")
    if family in ("linalg", "fft"):
        return getattr(getattr(torch, family), rest, None)
    return next((getattr(n, name) for n in NAMESPACES if hasattr(n, name)), None)


def called(f, args):
    """By name, `self` as PyTorch calls it, or by place."""
    given = {k: v for k, v in args.items() if v is not None}
    ways = [given, {"input" if k == "self" else k: v for k, v in given.items()}, list(given.values())]
    for way in ways:
        try:
            return f(**way) if isinstance(way, dict) else f(*way)
        except TypeError:
            pass
    raise NotImplementedError


def real_sum(t):
    return (torch.view_as_real(t.resolve_conj()) if t.is_complex() else t).sum()


def reached(call):
    leaves = []
    args = {k: decoded(v, leaves) for k, v in call["args"].items()}
    results = called(function(call["name"]), args)
    tensors = [results] if isinstance(results, torch.Tensor) else list(results)
    total = sum(real_sum(t) for t in tensors if t.requires_grad)
    if not isinstance(total, torch.Tensor):
        return ["-" * len(leaves)] * len(leaves)
    rows = []
    for g in torch.autograd.grad(total, leaves, create_graph=True, allow_unused=True):
        if g is None or not g.requires_grad:
            rows.append("-" * len(leaves))
            continue
        second = torch.autograd.grad(real_sum(g), leaves, allow_unused=True, retain_graph=True)
        rows.append("".join("-" if t is None else "+" for t in second))
    return rows


dump = ["node", "--import", "tsx", "--conditions=source", "tools/record/sample_calls.ts"]
found = {}
for call in json.loads(subprocess.run(dump, cwd=ROOT, capture_output=True, check=True).stdout):
    if function(call["name"]) is None:
        continue
    try:
        found[f"{call['name']} {call['sample']}"] = reached(call)
    except (NotImplementedError, RuntimeError, IndexError, ValueError):
        pass  # no such call, or no second derivative, in PyTorch
lines = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in found.items()]
(ROOT / "test/recorded/second_derivatives.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
print(len(found))
