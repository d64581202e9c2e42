"""Records what PyTorch's functions give at zeros, infinities, NaN, poles, branch cuts and the ends of the dtypes.

Needs Python with PyTorch 2.13; the tests need only the recorded file.

    python tools/record/edges.py

writes test/recorded/edges.json: {"points": {kind: points}, "cases": {"name dtype": [values, gradients, ...]}}. A number is
null for NaN; complex numbers are two numbers each. PyTorch computes many functions by other code in lanes than alone: where
the two differ by more than rounding the entry is a list, the value in lanes first.
"""

import json
import math
import warnings
from pathlib import Path

import torch

F, special = torch.nn.functional, torch.special
warnings.simplefilter("ignore")
inf, nan = math.inf, math.nan
REAL = [0, 1e-45, 1e-310, 1e-40, 1e-30, 1e-3, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 10, 20.5, 87.5, 89.5, 172.5, 710.5, 746, 1e5,
        1e20, 3e38, 1e300, inf]  # fmt: skip
REAL = [y for x in REAL for y in (x, -x)] + [nan]
PAIRED = [0.0, -0.0, 1e-30, 0.5, 1.0, -1.0, 2.0, -3.0, 2.5, 1e20, inf, -inf, nan]
PARTS = [0.0, -0.0, 0.5, 1.0, -1.0, -2.0, 30.0, -1e20, inf, -inf, nan]
POINTS = {
    "unary": REAL,
    "binary": [[x, y] for x in PAIRED for y in PAIRED],
    "complex": [[x, y] for x in PARTS for y in PARTS],
}


def names(space, text):
    return {name: getattr(space, name) for name in text.split()}


ACTIVATIONS = names(F, "relu relu6 leaky_relu elu selu celu gelu silu mish softplus softsign hardtanh hardsigmoid hardswish "
                       "logsigmoid softshrink hardshrink tanhshrink")  # fmt: skip
UNARY = {
    **names(torch, "abs acos acosh asin asinh atan atanh ceil cos cosh deg2rad digamma erf erfc erfinv exp exp2 expm1 floor "
                   "frac lgamma log log10 log1p log2 logit neg rad2deg reciprocal round rsqrt sigmoid sign sin sinc sinh "
                   "sqrt square tan tanh trunc nan_to_num i0"),
    **names(special, "entr erfcx i0e i1 i1e log_ndtr ndtr ndtri bessel_j0 bessel_j1 bessel_y0 bessel_y1 modified_bessel_i0 "
                     "modified_bessel_i1 modified_bessel_k0 modified_bessel_k1 scaled_modified_bessel_k0 "
                     "scaled_modified_bessel_k1 spherical_bessel_j0 airy_ai"),
    **{f"polygamma {n}": lambda x, n=n: torch.polygamma(n, x) for n in (1, 2, 3)},
    "mvlgamma 2": lambda x: torch.mvlgamma(x, 2),
    "gelu tanh": lambda x: F.gelu(x, approximate="tanh"),
    "threshold 0.5 2": lambda x: F.threshold(x, 0.5, 2.0),
    **{f"pow {p}": lambda x, p=p: x.pow(p) for p in (0, 0.5, -0.5, -1, -2, 3, 1.5)},
    **ACTIVATIONS,
}  # fmt: skip
BINARY = {
    **names(torch, "pow atan2 fmod remainder hypot xlogy logaddexp logaddexp2 div maximum minimum fmax fmin copysign "
                   "nextafter ldexp"),
    **names(special, "xlog1py zeta gammainc gammaincc"),
    **{f"div {mode}": lambda x, y, mode=mode: torch.div(x, y, rounding_mode=mode) for mode in ("floor", "trunc")},
}  # fmt: skip
COMPLEX = {
    **names(torch, "abs angle sgn acos acosh asin asinh atan atanh cos cosh exp exp2 expm1 log log10 log1p log2 neg reciprocal "
                   "rsqrt sigmoid sin sinc sinh sqrt square tan tanh"),
    "pow 2": lambda z: z.pow(2), "pow 0.5": lambda z: z.pow(0.5), "pow -1": lambda z: z.pow(-1), "pow 3": lambda z: z.pow(3),
    "div 2": lambda z: z / 2, "div 0": lambda z: z / 0, "pow_of 2": lambda z: torch.pow(2.0, z),
    "nan_to_num": torch.nan_to_num,
}  # fmt: skip


def numbers(t):
    t = torch.view_as_real(t.resolve_conj()).flatten() if t.is_complex() else t.flatten()
    return t.double().tolist()


def derivatives(f, inputs, order):
    """The values, the gradients of their sum, and for order 2 the gradients of the gradients' sum."""
    leaves = [x.clone().requires_grad_(order > 0) for x in inputs]
    out = f(*leaves)
    rows = [numbers(out.detach())]
    for n in range(order):
        if not out.requires_grad:
            break
        try:
            grads = torch.autograd.grad(out.sum(), leaves, create_graph=n + 1 < order, allow_unused=True)
        except (RuntimeError, NotImplementedError):
            break
        rows += [None if g is None else numbers(g.detach()) for g in grads]
        out = grads[0] if grads[0] is not None else torch.zeros(())
    return rows


def text(x):
    if x != x or abs(x) == inf:
        return None if x != x else str(x)
    short = float(f"{x:.8g}")
    return x if abs(short) == inf else int(short) if short.is_integer() and abs(short) < 1e15 and x else short


def near(a, b):
    return (a != a and b != b) or a == b or abs(a - b) <= 1e-5 * abs(b)


def merged(lanes, alone):
    """Row by row: a number, or both where they differ."""
    return [
        None if row is None else [text(a) if near(a, b) else [text(a), text(b)] for a, b in zip(row, other)]
        for row, other in zip(lanes, alone)
    ]


def case(f, inputs, order):
    width = 16
    spread = [x.repeat_interleave(width) for x in inputs]
    lanes = derivatives(f, spread, order)
    per = len(lanes[0]) // len(spread[0])
    lanes = [row and [v for i in range(0, len(row), per * width) for v in row[i : i + per]] for row in lanes]
    each = [derivatives(f, [x[i : i + 1] for x in inputs], order) for i in range(len(inputs[0]))]
    alone = [None if row is None else [v for one in each for v in one[k]] for k, row in enumerate(lanes)]
    return merged(lanes, alone)


cases = {}
for dtype in (torch.float32, torch.float64):
    name = str(dtype).removeprefix("torch.")
    for f in UNARY:
        # Of activations PyTorch's second derivatives, too: they matter at kinks.
        x = torch.tensor(POINTS["unary"], dtype=torch.float64).to(dtype)
        cases[f"unary {name} {f}"] = case(UNARY[f], [x], 2 if f in ACTIVATIONS else 1)
    for f in BINARY:
        pairs = torch.tensor(POINTS["binary"], dtype=torch.float64).to(dtype)
        cases[f"binary {name} {f}"] = case(BINARY[f], list(pairs.unbind(1)), 1)
    kind = torch.complex64 if dtype == torch.float32 else torch.complex128
    for f in COMPLEX:
        z = torch.view_as_complex(torch.tensor(POINTS["complex"], dtype=torch.float64)).to(kind)
        cases[f"complex {str(kind).removeprefix('torch.')} {f}"] = case(COMPLEX[f], [z], 0)
lines = [f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in cases.items()]
points = {k: [[text(y) for y in x] if isinstance(x, list) else text(x) for x in v] for k, v in POINTS.items()}
path = Path(__file__).parent.parent.parent / "test/recorded/edges.json"
path.write_text(f'{{"points": {json.dumps(points, separators=(",", ":"))},\n"cases": {{\n' + ",\n".join(lines) + "\n}}\n")
