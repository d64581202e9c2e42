"""Records what PyTorch makes of every mixture of things between brackets, into test/recorded/indexing.json.

Needs Python with PyTorch 2.13; the tests need only the recorded file.

    python tools/record/indexing.py
"""

import json
import random
import warnings
from pathlib import Path

import torch

random.seed(1)
warnings.simplefilter("ignore")


def base_of(c):
    """x with distinct elements, its dims permuted and its first dim cut with a step."""
    n = torch.Size(c["sizes"]).numel()
    x = torch.arange(n, dtype=torch.float64).reshape(c["sizes"])
    if c["perm"] is not None:
        x = x.permute(c["perm"])
    return x[:: c["step"]] if c["step"] != 1 else x


def tensor_item(dtype, shape, low, high):
    n = torch.Size(shape).numel()
    if dtype in ("bool", "uint8"):
        values = [random.random() < 0.5 for _ in range(n)]
    else:
        values = [random.randrange(low, high) for _ in range(n)] if high > low else [0] * n
    return ["t", dtype, shape, [int(v) for v in values]]


def random_item(size, sizes, d):
    """An item for a dim of this size, and how many dims it takes."""
    kind = random.choices(
        ["i", "s", "n", "b", "t0", "b0", "t1", "t2", "l", "m1", "m2", "u8", "lb"],
        [4, 6, 2, 1.5, 4, 1.5, 3, 1, 1.5, 1, 0.7, 0.3, 0.5],
    )[0]
    if random.random() < 0.015:
        size = size + 1  # sometimes out of range, or of the wrong size
    int_type = random.choice(["int64", "int64", "int64", "int32", "int16", "int8"])
    wide = random.choice(["int64", "int64", "int64", "int32"])
    if kind == "i":
        return ["i", random.randrange(-size, size) if size else 0], 1
    if kind == "s":
        ends = [None, None, None, *range(-size - 1, size + 2)]
        start, stop, step = random.choice(ends), random.choice(ends), random.choice([None, None, 1, 2])
        return (["s", None, None, None] if random.random() < 0.4 else ["s", start, stop, step]), 1
    if kind == "n":
        return ["n"], 0
    if kind == "b":
        return ["b", random.random() < 0.6], 0
    if kind == "t0":
        return tensor_item(int_type, [], -size, size), 1
    if kind == "b0":
        return tensor_item(random.choice(["bool", "bool", "uint8"]), [], 0, 1), 0
    if kind == "t1":
        return tensor_item(wide, [random.choice([1, 2, 2, 3, 3, 0])], -size, size), 1
    if kind == "t2":
        return tensor_item(wide, random.choice([[2, 2], [1, 3], [2, 1], [3, 1], [2, 3]]), -size, size), 1
    if kind == "l":
        return ["l", [random.randrange(-size, size) if size else 0 for _ in range(random.choice([1, 2, 3]))]], 1
    if kind == "lb":
        return ["l", [random.random() < 0.5 for _ in range(size)]] if size else ["n"], 1 if size else 0
    if kind == "m2" and d + 1 < len(sizes):
        return tensor_item("bool", [size, sizes[d + 1]], 0, 1), 2
    return tensor_item("uint8" if kind == "u8" else "bool", [size], 0, 1), 1


def random_index(sizes):
    items, d, has_ellipsis = [], 0, False
    for _ in range(random.choice([1, 1, 2, 2, 3, 3, 4, 5])):
        if not has_ellipsis and random.random() < 0.15:
            has_ellipsis = True
            items.append(["e"])
            left = len(sizes) - d
            d += random.randrange(left + 1) if left else 0
            continue
        if d >= len(sizes) and random.random() > 0.03:
            items.append(random.choice([["n"], ["b", True], ["b", False]]))
            continue
        item, taken = random_item(sizes[d] if d < len(sizes) else 2, sizes, d)
        if d + taken > len(sizes) and random.random() > 0.05:
            continue
        items.append(item)
        d += taken
    return items or [["e"]]


def item_of(item):
    kind = item[0]
    if kind == "i" or kind == "b":
        return item[1]
    if kind == "s":
        return slice(*item[1:])
    if kind == "e":
        return ...
    if kind == "n":
        return None
    if kind == "t":
        return torch.tensor(item[3], dtype=getattr(torch, item[1])).reshape(item[2])
    return item[1]


def index_of(c):
    """As a program writes it: an item that stands alone is no tuple, but for a bool, which would be no index then."""
    items = tuple(map(item_of, c["index"]))
    return items[0] if len(items) == 1 and not isinstance(items[0], bool) else items


def recorded(f):
    try:
        return f()
    except Exception as error:  # its class and its sentence are what is recorded
        return {"error": f"{type(error).__name__}: {str(error).splitlines()[0]}"}


def got(c):
    x = base_of(c)
    index = index_of(c)
    y = x[index]
    result = {
        "shape": list(y.shape),
        "strides": list(y.stride()),
        "offset": y.storage_offset(),
        "view": y.untyped_storage().data_ptr() == x.untyped_storage().data_ptr() and y._base is not None,
        "values": [int(v) for v in y.flatten().tolist()],
    }
    leaf = x.clone().requires_grad_()
    z = leaf[index]
    result["node"] = type(z.grad_fn).__name__
    weights = torch.arange(1, z.numel() + 1, dtype=torch.float64).reshape(z.shape)
    z.mul(weights).sum().backward()
    result["grad"] = [int(v) for v in leaf.grad.flatten().tolist()]
    return result


def put(c):
    x = base_of(c).clone()
    index = index_of(c)
    value = -7 if c["value"] is None else -torch.arange(1, torch.Size(c["value"]).numel() + 1.0, dtype=torch.float64)
    x[index] = value if c["value"] is None else value.reshape(c["value"])
    return {"values": [int(v) for v in x.flatten().tolist()]}


cases = []
while len(cases) < 700:
    sizes = random.choice([[], [3], [4], [2, 3], [3, 3], [2, 3, 4], [3, 1, 2], [2, 2, 3, 2], [2, 0, 3], [4, 2], [1]])
    perm = random.sample(range(len(sizes)), len(sizes)) if sizes and random.random() < 0.5 else None
    c = {"sizes": sizes, "perm": perm, "step": 2 if sizes and random.random() < 0.2 else 1}
    c["index"] = random_index(list(base_of(c).shape))
    c["get"] = recorded(lambda: got(c))
    if isinstance(c["get"], dict) and "shape" in c["get"]:
        if torch.Size(c["get"]["shape"]).numel() > 60:
            continue
        shape = c["get"]["shape"]
        kind = random.choice(["scalar", "same", "ones", "broadcast", "0-d", "wrong"])
        c["value"] = {
            "scalar": None,
            "same": shape,
            "ones": [1, *shape],
            "broadcast": [1 if random.random() < 0.5 else n for n in shape],
            "0-d": [],
            "wrong": [*shape, 5] if random.random() < 0.3 else shape[1:],
        }[kind]
    else:
        c["value"] = None
    # Which of several values for one place stays is left open.
    values = c["get"].get("values")
    if values is not None and len(set(values)) < len(values) and c["value"] not in (None, []):
        c["value"] = None
    c["put"] = recorded(lambda: put(c))
    cases.append(c)
path = Path(__file__).parent.parent.parent / "test" / "recorded" / "indexing.json"
path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
