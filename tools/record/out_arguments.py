"""Records which tensors PyTorch's functions take for `out`, and what they say of the others.

    python tools/record/out_arguments.py

Writes test/recorded/out_arguments.json. The calls are those of dtypes_taken.json, of functions that have an argument `out`: given
a tensor of each dtype for the result, empty and without a gradient; one of the dtype that the result has while an operand
requires a gradient; one that requires a gradient itself, of another size, while nothing is recorded; and one of float64 that
requires one while the graph is recorded.
"""

import inspect
import json
import pathlib
import re
import warnings

import torch
from dtypes_taken import DTYPES, LEGACY, SPACES, Operand

HERE = pathlib.Path(__file__).parent.parent.parent
XS = ("float32", "float16", "int64", "bool", "complex64")


def made(value, x, grad):
    if isinstance(value, list):
        return [made(v, x, grad) for v in value]
    if not isinstance(value, dict):
        return value
    [(kind, of)] = value.items()
    if kind == "float":
        return float(of)
    if kind == "complex":
        return complex(*of)
    if kind == "dtype":
        return getattr(torch, of)
    from dtypes_taken import tensor

    t = tensor(Operand(kind, of), x, x)
    return t.requires_grad_() if grad and isinstance(t, torch.Tensor) and (t.is_floating_point() or t.is_complex()) else t


def run(name, args, kwargs, x, grad=False, **more):
    space, f = name.split(".")
    f = getattr(torch if space == "Tensor" else SPACES[space], f)
    return f(*made(args, x, grad), **{k: made(v, x, grad) for k, v in kwargs.items()}, **more)


def outcome(call):
    try:
        call()
    except Exception as error:  # whatever PyTorch raises is what is recorded
        return f"{type(error).__name__.lstrip('_')}: " + str(error).split("\n")[0].replace("aten::", "")
    return "-"


def recorded(name, args, kwargs, x):
    """None if there is no result, or no argument `out`."""
    try:
        result = run(name, args, kwargs, x)
    except Exception:
        return None
    several = isinstance(result, (list, tuple))
    results = list(result) if several else [result]
    if not all(isinstance(r, torch.Tensor) for r in results):
        return None

    def outs(dtype=None, grad=False, size=0):
        given = [torch.zeros(size, dtype=dtype or r.dtype) for r in results]
        for t in given:
            t.requires_grad_(grad and (t.is_floating_point() or t.is_complex()))
        return {"out": tuple(given) if several else given[0]}

    first = outcome(lambda: run(name, args, kwargs, x, **outs()))
    if first.startswith("TypeError"):
        return None
    row = [outcome(lambda: run(name, args, kwargs, x, **outs(getattr(torch, d)))) for d in DTYPES]
    row.append(outcome(lambda: run(name, args, kwargs, x, True, **outs())))
    with torch.no_grad():
        row.append(outcome(lambda: run(name, args, kwargs, x, **outs(None, True, 2))))
    row.append(outcome(lambda: run(name, args, kwargs, x, **outs(torch.float64, True))))
    return row


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    calls = json.loads((HERE / "test" / "recorded" / "dtypes_taken.json").read_text())["calls"]
    seen, lines, outcomes = set(), [], []
    for text, _, name, args, kwargs, _ in calls:
        space, f = name.split(".")
        if space == "F" or f.endswith("_") or not hasattr(torch if space == "Tensor" else SPACES[space], f):
            continue
        key = json.dumps([f, args, kwargs])
        if key in seen:
            continue
        seen.add(key)
        rows = {}
        for x in XS:
            row = recorded(name, args, kwargs, getattr(torch, x))
            if row is not None:
                rows[x] = [outcomes.index(o) if o in outcomes else outcomes.append(o) or len(outcomes) - 1 for o in row]
        if rows:
            where = "torch" if space == "Tensor" else space
            lines.append(json.dumps([text, f"{where}.{f}", args, kwargs, rows], separators=(",", ":")))
    path = HERE / "test" / "recorded" / "out_arguments.json"
    path.write_text('{"dtypes":%s,\n"outcomes":%s,\n"calls":[\n%s\n]}\n' % (json.dumps(DTYPES), json.dumps(outcomes, indent=0), ",\n".join(lines)))
