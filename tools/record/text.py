"""Records how PyTorch prints tensors into test/recorded/print.json, which test/tensor/print.test.ts compares with.

Needs Python with PyTorch 2.13; the tests need only the recorded file.

    python tools/record/text.py                                        # the file in the repository
    python tools/record/text.py --seed 7 --random 5000 --out big.json  # a wider search, not kept
    PRINT_CASES=big.json npx vitest run test/tensor/print.test.ts

One case: shape, dtype, values (flat; special floats as strings, integers beyond 2^53 too) or, for large tensors,
formula [a, m, shift, scale] with value(i) = ((i * a) % m + shift) * scale; then the print options set for it, the
default dtype if it is not float32, requires_grad, grad_fn and the text.
"""

import argparse
import json
import math
import random
from pathlib import Path

import torch

FLOATS = ["float32", "float64", "float16", "bfloat16"]
INTS = ["int64", "int32", "int16", "int8", "uint8"]
# Ways to a grad_fn that leave the values as they are.
GRAD_FNS = [
    lambda x: x * 1,
    lambda x: x.clone(),
    lambda x: x.view(x.shape),
    lambda x: x.unsqueeze(0).squeeze(0),
    lambda x: x.reshape(-1).as_strided(x.shape, x.stride()),
    lambda x: x.neg().neg(),
]

cases = []


def plain(value):
    """A value as JSON can hold it."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    return value if math.isfinite(value) else str(value)


def flat(tensor):
    values = tensor.detach().reshape(-1).tolist()
    if not tensor.is_floating_point() or tensor.dtype == torch.float64:
        return [plain(v) for v in values]
    # Nine digits give any float32 back, and so any smaller float.
    short = [float(f"{v:.9g}") for v in values]
    back = torch.tensor(short, dtype=torch.float64).float().double()
    assert torch.equal(back.nan_to_num(7), tensor.detach().reshape(-1).double().nan_to_num(7))
    return [plain(v) for v in short]


def record(tensor, source, options, grad=None, default_dtype=None):
    case = {"shape": list(tensor.shape), "dtype": str(tensor.dtype).removeprefix("torch."), **source}
    if grad is not None:
        tensor.requires_grad_()
        case["requires_grad"] = True
        if grad >= 0:
            tensor = GRAD_FNS[grad](tensor)
            case["grad_fn"] = f"<{tensor.grad_fn.name()}>"
    if options:
        case["options"] = options
    if default_dtype:
        case["default_dtype"] = default_dtype
        torch.set_default_dtype(getattr(torch, default_dtype))
    torch.set_printoptions(profile="default")
    if options:
        torch.set_printoptions(**options)
    case["text"] = str(tensor)
    torch.set_printoptions(profile="default")
    torch.set_default_dtype(torch.float32)
    cases.append(case)


def given(values, dtype="float32", shape=None, options=None, **rest):
    tensor = torch.tensor(values, dtype=getattr(torch, dtype))
    if shape is not None:
        tensor = tensor.reshape(shape)
    record(tensor, {"values": flat(tensor)}, options, **rest)


def formula(shape, dtype, a, m, shift, scale, options=None, **rest):
    i = torch.arange(math.prod(shape), dtype=torch.int64)
    whole = (i * a) % m + shift
    tensor = (whole.double() * scale if dtype in FLOATS else whole).to(getattr(torch, dtype)).reshape(shape)
    record(tensor, {"formula": [a, m, shift, scale]}, options, **rest)


def special_cases():
    inf, nan = math.inf, math.nan
    for dtype in FLOATS:
        given(1.5, dtype)
        given([1.0, 2.0, 3.0], dtype)
        given([0.1, 0.25, -3.75], dtype)
        given([nan, inf, -inf, 0.0, -0.0, 1.0], dtype)
        given([nan, inf, -inf, 0.5], dtype)
        given([nan] * 30, dtype)
        given([], dtype)
    for dtype in INTS:
        given(7, dtype)
        given([1, 20, 100], dtype)
        given([], dtype)
        given([], dtype, shape=(2, 0, 3))
    given([], "bool")
    given([], "bool", shape=(0, 3))
    given(True, "bool")
    given([[True, False], [False, False]], "bool")
    given([True] * 40, "bool")
    given([2**63 - 1, -(2**63), 0], "int64")
    given([2**53 + 1, -1], "int64")
    given([-128, 127], "int8")
    for shape in [(0,), (0, 3), (3, 0), (1, 0, 2), (0, 0)]:
        given([], "float32", shape=shape)
        given([], "float64", shape=shape, grad=-1)
    for value in [0.0, -0.0, nan, inf, -inf, 1e-5, 1e10, 123456.789, 1e-45, 3.4e38, 99999999.0, 1e8]:
        given(value)
        given([value, 1.0])
    # Where scientific notation begins.
    for values in [[1.0, 1000.0], [1.0, 1001.0], [0.5, 500.0], [0.5, 500.5], [1e8], [1.00000008e8], [1e-4], [9.9e-5]]:
        given(values)
        given(values, "float64")
        given(values, options={"sci_mode": True})
        given(values, options={"sci_mode": False})
    # Ties of the exact decimal value, and exponents that rounding moves.
    given([0.03125, 0.09375, 0.15625, -0.03125])
    given([2.5, 3.5, 0.5, 1.5, -0.5, -2.5], options={"precision": 0})
    given([1.5, 2.5, 1e9], options={"precision": 0, "sci_mode": True})
    given([1.00005, 1.00015, 2.5, 0.125], "float64", options={"precision": 1, "sci_mode": True})
    given([99999.5, 9.99995, 999.995], "float64", options={"sci_mode": True})
    given([1e23, 9.999999999999999e22, 1e22], "float64", options={"precision": 15})
    given([1e23, 9.999999999999999e22, 1e22], "float64", options={"precision": 20})
    given([1e23, 1e300, 1.5], "float64", options={"sci_mode": False})
    given([1e23, 1e300, 15.0], "float64", options={"sci_mode": False})
    given([5e-324, 2.2250738585072014e-308, 1.7976931348623157e308], "float64")
    given([5e-324, 1.0], "float64", options={"precision": 110, "sci_mode": False})
    given([0.0, 1e-7, -2.0], options={"sci_mode": True})
    given([0.0, 0.0], options={"sci_mode": True})
    given([-0.00001, 0.5], options={"sci_mode": False})
    given([65504.0, 0.1], "float16")
    given([3e38, 1e-3], "bfloat16")
    # The default dtype is the one that is not named.
    for dtype in ["float32", "float64", "int64", "float16"]:
        given([1, 2], dtype, default_dtype="float64")
        given([], dtype, default_dtype="float64")
    # Suffixes that meet the end of the line.
    for n in range(8, 13):
        given([0.5] * n, grad=-1)
        given([0.5] * n, "float64", grad=0)
        given([0.5] * n, "float64", options={"linewidth": 40}, grad=1)
    for width in [0, 10, 20, 25, 26, 27, 28, 30, 50, 200]:
        given([[0.5, 1.5, 2.5, 3.5], [10.0, 1.0, 2.0, 3.0]], options={"linewidth": width}, grad=-1)
    # Summaries.
    formula((1000,), "float32", 1, 10**12, 0, 1)
    formula((1001,), "float32", 1, 10**12, 0, 1)
    formula((1001,), "int64", 1, 10**12, -500, 1)
    formula((2000,), "float32", 7919, 104729, -5000, 0.001)
    formula((40, 40), "float64", 7919, 104729, -5000, 0.001)
    formula((2, 600), "float32", 31, 97, 0, 0.25)
    formula((600, 2), "float32", 31, 97, 0, 0.25)
    formula((12, 11, 10), "int32", 31, 977, -100, 1)
    formula((3, 7, 8, 9), "float32", 31, 977, -100, 0.5)
    formula((2, 2, 7, 1, 50), "int16", 31, 977, -100, 1)
    formula((1500,), "bool", 1, 2, 0, 1)
    formula((100, 1000, 1000), "int32", 1, 10**12, 0, 1)
    formula((2000,), "float32", 1, 10**12, 1, 1e-3, grad=0)
    # Only the middle has a large value: the edges alone choose the notation.
    formula((1999,), "float32", 1, 1000, 0, 0.5, options={"edgeitems": 2})
    for edge in [0, 1, 2, 5, 20]:
        for shape in [(30,), (5, 6), (2, 3, 5)]:
            formula(shape, "float32", 7, 31, -9, 0.5, options={"threshold": 10, "edgeitems": edge})
    given(1.5, options={"threshold": 0, "edgeitems": 0})
    given([1, 2, 3], "int64", options={"edgeitems": 0})
    given([1, 2, 3], "int64", options={"threshold": 0, "edgeitems": 0})
    given([1.0, 2.0], options={"threshold": -1})
    formula((1200,), "float32", 7, 31, -9, 0.5, options={"profile": "short"})
    formula((1200,), "int16", 7, 31, -9, 1, options={"profile": "full"})
    formula((6, 7), "float32", 7, 31, -9, 0.125, options={"profile": "short", "threshold": 5, "precision": 3})


def random_options(rng):
    options = {}
    if rng.random() < 0.2:
        options["precision"] = rng.choice([0, 1, 2, 3, 6, 8, 12])
    if rng.random() < 0.2:
        options["threshold"] = rng.choice([0, 5, 20, 50])
    if rng.random() < 0.2:
        options["edgeitems"] = rng.choice([0, 1, 2, 4])
    if rng.random() < 0.2:
        options["linewidth"] = rng.choice([20, 40, 60, 100, 120])
    if rng.random() < 0.2:
        options["sci_mode"] = rng.choice([True, False])
    if rng.random() < 0.1:
        options["profile"] = rng.choice(["default", "short", "full"])
    return options


def random_float(rng, kind, magnitude):
    if rng.random() < 0.03:
        return rng.choice([0.0, -0.0, math.inf, -math.inf, math.nan])
    if kind == "whole":
        return float(rng.randint(-(10**magnitude), 10**magnitude))
    if kind == "dyadic":
        return rng.randint(-4096, 4096) / 2 ** rng.randint(0, 9)
    if kind == "wide":
        return rng.gauss(0, 1) * 10.0 ** rng.randint(-magnitude, magnitude)
    return rng.gauss(0, 1)


def random_case(rng):
    shape = [rng.choice([1, 1, 2, 3, 4, 5, 7, 9]) for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 4]))]
    while math.prod(shape) > 72:
        shape.pop()
    n = math.prod(shape)
    dtype = rng.choice(["float32"] * 4 + ["float64"] * 3 + FLOATS + INTS + ["bool"])
    grad = None
    if dtype in FLOATS:
        kind = rng.choice(["whole", "dyadic", "wide", "normal"])
        magnitude = rng.choice([1, 2, 3, 4, 6, 9, 12])
        values = [random_float(rng, kind, magnitude) for _ in range(n)]
        grad = rng.choice([None, None, None, -1, *range(len(GRAD_FNS))])
    elif dtype == "bool":
        values = [rng.random() < 0.5 for _ in range(n)]
    else:
        info = torch.iinfo(getattr(torch, dtype))
        bound = 10 ** rng.choice([1, 2, 4, 9, 18])
        values = [rng.randint(max(info.min, -bound), min(info.max, bound)) for _ in range(n)]
    default_dtype = "float64" if rng.random() < 0.1 else None
    given(values, dtype, shape, random_options(rng), grad=grad, default_dtype=default_dtype)


def scalar_cases(rng):
    """What Python prints for x.item()."""
    fixed = [0.0, -0.0, 1.0, -2.5, 1e-5, 1e-4, 0.1, 1e15, 1e16, 123456789012345680.0, 1e22, 1e23, 5e-324, 1e300]
    fixed += [math.inf, -math.inf, math.nan, 9007199254740993.0, 1 / 3, 9999999999999998.0]
    out = []
    for dtype in ["float64", "float32"]:
        drawn = [rng.gauss(0, 1) * 10.0 ** rng.randint(-20, 20) for _ in range(20)]
        for value in fixed + drawn:
            item = torch.tensor(value, dtype=getattr(torch, dtype)).item()
            out.append({"dtype": dtype, "value": plain(item), "text": repr(item)})
    for dtype, value in [("int64", 2**63 - 1), ("int64", -3), ("uint8", 255), ("bool", True), ("bool", False)]:
        item = torch.tensor(value, dtype=getattr(torch, dtype)).item()
        out.append({"dtype": dtype, "value": plain(item), "text": repr(item)})
    return out


def option_steps():
    """The options after each of a row of changes: what stays and what is reset."""
    steps = [
        {"profile": "default"},
        {"precision": 2, "sci_mode": True},
        {"edgeitems": 5},
        {"linewidth": 100, "sci_mode": False},
        {"profile": "short"},
        {"threshold": 7},
        {"profile": "full", "edgeitems": 1},
        {"profile": "default", "linewidth": 33},
        {},
    ]
    out = []
    for step in steps:
        torch.set_printoptions(**step)
        now = {k: plain(v) if isinstance(v, float) else v for k, v in torch._tensor_str.get_printoptions().items()}
        out.append({"set": step, "get": now})
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--random", type=int, default=220)
    parser.add_argument("--out", default=Path(__file__).parent.parent.parent / "test" / "recorded" / "print.json")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    special_cases()
    for _ in range(args.random):
        random_case(rng)
    parts = {"cases": cases, "scalars": scalar_cases(rng), "options": option_steps()}
    text = f'{{"torch":"{torch.__version__.split("+")[0]}"'
    for name, rows in parts.items():
        lines = ",\n".join(json.dumps(row, separators=(",", ":"), allow_nan=False) for row in rows)
        text += f',"{name}":[\n{lines}\n]'
    Path(args.out).write_text(text + "}\n")
    print(f"{len(cases)} cases, {Path(args.out).stat().st_size} bytes")


main()
