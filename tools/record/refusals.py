"""Records what PyTorch says of arguments that do not fit, and gives where they do: test/recorded/refusals.json.

Usage: python tools/record/refusals.py
"""
import json
import math
import pathlib

import torch

nan, inf = math.nan, math.inf


def zeros(*shape, dtype="float32"):
    return {"shape": list(shape), "dtype": dtype}


def tensor(values, dtype="float32"):
    return {"values": values, "dtype": dtype}


def index(*values):
    return tensor(list(values), "int64")


EMPTY = zeros(3, 0)
NUMBER = tensor(3.0)
CASES = [
    *[(f, EMPTY, -1) for f in ("median", "nanmedian", "mode", "amax", "amin", "max", "min", "argmax", "argmin")],
    *[(f, EMPTY) for f in ("median", "nanmedian", "amax", "amin", "max", "min", "argmax", "argmin", "aminmax")],
    *[(f, EMPTY, [0, -1]) for f in ("amax", "amin")],
    ("aminmax", EMPTY, {"dim": -1}),
    *[("kthvalue", x, k, -1) for x, k in ((EMPTY, 1), (zeros(3), 0), (zeros(2, 3), 4))],
    *[("topk", NUMBER, k) for k in (0, 1, 2)],
    *[("split", zeros(3), n) for n in (0, -1, [1, 1], [-1, 4])],
    ("split", zeros(3, 4), 0, 1),
    ("split", NUMBER, 1),
    *[("take", zeros(2), i) for i in (index(5), index(-3), tensor([0.0]))],
    *[("take", zeros(0), i) for i in (index(0), index())],
    *[("put", zeros(2), i, tensor([1.0])) for i in (index(5), index(-5), index(0, 1), tensor([0.0]))],
    ("put", zeros(2), index(0), index(1)),
    ("put", zeros(0), index(0), tensor([1.0])),
    ("put", zeros(0), index(), tensor([])),
    *[("logdet", x) for x in (zeros(2, 2, dtype="int64"), zeros(3), zeros(2, 3))],
    *[(f, zeros(3)) for f in ("triu", "tril")],
    *[(f, zeros(3, dtype="int64")) for f in ("std", "var", "std_mean", "var_mean")],
    *[("unflatten", zeros(6), 0, sizes) for sizes in ([4, 2], [4, -1], [-1, -1], [-2, 3], [2, -1])],
    ("unflatten", zeros(2, 6), -1, [4, 2]),
    ("unflatten", zeros(0), 0, [0, -1]),
    ("unflatten", NUMBER, 0, [1, -1]),
    *[
        (f, zeros(*self), zeros(*mask, dtype="bool"), *rest)
        for f, rest in (("masked_fill", [1]), ("masked_scatter", [zeros(60)]), ("masked_select", []))
        for self, mask in (((3, 4), (2, 4)), ((3, 4), (2, 3, 4, 5)), ((3, 4), (2, 1, 4)), ((2, 3, 4), (3, 3)), ((1,), (2,)))
    ],
    *[
        ("expand", zeros(2, 0, dtype=dtype), [0])
        for dtype in ("float32", "bfloat16", "float16", "bool", "uint8", "int64", "complex64", "complex128")
    ],
    *[
        (f, x, 0, i, source, *rest)
        for f, rest in (("index_add", ()), ("index_copy", ()), ("index_reduce", ("prod",)))
        for x, i, source in [
            (NUMBER, index(0), tensor([1.0])),
            (NUMBER, index(0), tensor(2.0)),
            (NUMBER, index(0, 0, 0), tensor([1.0, 2.0, 3.0])),
            (NUMBER, index(0, 0), tensor(1.0)),
            (NUMBER, index(), tensor([])),
            (NUMBER, index(1), tensor(1.0)),
            (zeros(2), index(0, 1), tensor([1.0])),
            (zeros(2), index(0, 1), tensor(1.0)),
            (zeros(2), index(0), tensor(1.0)),
            (zeros(2), index(5), zeros(1)),
            (zeros(2, 3), index(0), zeros(3)),
            (zeros(2, 3), index(0), zeros(1, 2)),
            (zeros(2, 3), index(0, 1), zeros(1, 3)),
            (zeros(2, 3), index(5), zeros(1, 3)),
            (zeros(2, 3), index(-1), zeros(1, 3)),
            (zeros(2, 3), index(5), zeros(2, 3)),
            (zeros(2, 3), tensor([[0, 1]], "int64"), zeros(2, 3)),
            (zeros(2, 3), index(0), zeros(1, 3, dtype="int64")),
            (zeros(2, 3), zeros(1), zeros(1, 3)),
            (zeros(2, 0), index(0), zeros(1, 0)),
        ]
    ],
    ("index_reduce", zeros(2, 3), 0, index(0), zeros(1, 3), "sum"),
    *[("index_add", index(1, 2, 3), 0, index(0, 0), index(4, 5), {"alpha": alpha}) for alpha in (2, 2.5, -1)],
    *[
        ("index_fill", x, 0, i, 2.0)
        for x, i in [
            *[(NUMBER, i) for i in (index(0), index(0, 0), index(), index(1))],
            *[(zeros(2, 3), i) for i in (index(5), index(-1), index(-3), zeros(1), tensor([[0, 1]], "int64"))],
            (zeros(2, 0), index(7)),
        ]
    ],
    ("index_fill", zeros(2, 3), 0, index(0), zeros(2)),
    *[
        ("index_select", x, 0, i)
        for x, i in [
            *[(NUMBER, i) for i in (index(0), index(0, 0, 0), index(), index(1))],
            *[(zeros(2, 3), i) for i in (index(5), index(-1), zeros(1), tensor([[0, 1]], "int64"))],
            *[(zeros(0, 3), i) for i in (index(0), index())],
            (zeros(2, 0), index(1)),
        ]
    ],
    *[
        (f, x, zeros(*mask, dtype="bool"), *rest)
        for f, rest in (("masked_select", ()), ("masked_scatter", (zeros(9),)))
        for x, mask in ((zeros(3, 4), (4, 4)), (zeros(3, 4), (5,)), (zeros(3), (4,)))
    ],
    *[
        (f, x, q)
        for f in ("quantile", "nanquantile")
        for x, q in [
            (zeros(0), 0.5),
            (zeros(3), 1.5),
            (zeros(3), tensor([1.5])),
            (zeros(3, dtype="int64"), 0.5),
            (zeros(3), zeros(1, 1)),
            (zeros(3), tensor(0.5, "float64")),
        ]
    ],
    *[(f, NUMBER, *x) for f in ("trapezoid", "cumulative_trapezoid") for x in ((), (zeros(3),))],
    *[("embedding", zeros(4, 2), i) for i in (index(4), index(-1), tensor([0.0]))],
    # Dims are looked at before dtypes, and of nothing, or one number, hardly anything is.
    *[
        (f, zeros(*shape, dtype=dtype), *args, dim)
        for f, args in [
            *[(f, ()) for f in ("median", "nanmedian", "mode", "cummax", "cummin", "sort", "argsort", "logcumsumexp", "max", "min")],
            *[(f, (1,)) for f in ("kthvalue", "topk")],
            ("quantile", (0.5,)),
        ]
        for shape in ((0, 3), (1,), ())
        for dtype in ("bool", "complex64")
        for dim in (0, 1, 5)
        if not (f == "quantile" and shape == ())
    ],
    *[(f, zeros(0, 3, dtype=dtype)) for f in ("median", "nanmedian") for dtype in ("bool", "complex64")],
    *[
        ("scatter_reduce", zeros(3, dtype=dtype), 0, index(), zeros(2, dtype=dtype), how)
        for how in ("amax", "amin", "mean", "prod")
        for dtype in ("bool", "complex64")
    ],
]


def made(arg):
    if not isinstance(arg, dict):
        return arg
    dtype = getattr(torch, arg["dtype"])
    return torch.tensor(arg["values"], dtype=dtype) if "values" in arg else torch.zeros(arg["shape"], dtype=dtype)


def told(result):
    if isinstance(result, (tuple, list)):
        return [told(t) for t in result]
    if result.numel() == 0 or result.is_complex():
        return {"shape": list(result.shape)}
    return json.loads(json.dumps(result.tolist()).replace("NaN", '"NaN"'))


def is_tensor(arg):
    return isinstance(arg, dict) and "dtype" in arg


def answered(case):
    name, *args = case
    options = {}
    if isinstance(args[-1], dict) and not is_tensor(args[-1]):
        options = args.pop()
    f = torch.embedding if name == "embedding" else getattr(torch.Tensor, name, None) or getattr(torch, name)
    try:
        return {"result": told(f(*map(made, args), **options))}
    except Exception as error:  # its class and its sentence are what is recorded
        # The trace of C++ that some sentences end with is PyTorch's own.
        sentence = str(error).split("\nException raised from")[0]
        return {"error": f"{type(error).__name__}: {sentence}"}


cases = [{"call": case, **answered(case)} for case in CASES]
path = pathlib.Path(__file__).parent.parent.parent / "test/recorded/refusals.json"
path.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
print(len(cases), "cases")
