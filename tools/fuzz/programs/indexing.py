"""Subscripts, gathers and scatters."""

import torch

from .calls import Call, functional, function, kind, method, resolved, sometimes
from .operands import FLOATS, NAMES


def index_of(operands, random, t, advanced):
    """A subscript of `t`, nearly always a right one."""
    found, dim = [], 0
    while dim < t.dim() and random.random() < 0.8:
        size = t.shape[dim]
        r = random.random()
        if r < 0.3:
            step = random.choice([None, None, 1, 2, 3])
            found.append(slice(random.choice([None, 0, 1, -2, 2]), random.choice([None, None, -1, 2, 3, 100]), step))
        elif r < 0.5:
            found.append(random.randint(-size, max(size - 1, 0)))
        elif r < 0.57:
            found.append(None)
            continue
        elif r < 0.62 and Ellipsis not in found:
            found.append(Ellipsis)
            dim += random.randint(0, 1)
            continue
        elif not advanced:
            found.append(slice(None))
        elif r < 0.82:
            shape = random.choice([[2], [3], [1], [2, 2], [], [0]])
            draw = lambda n: torch.tensor([random.randrange(-size, size) if size else 0 for _ in range(n)])  # noqa: E731
            found.append(operands.make("int64", shape, extreme=False, layout="contiguous", values=draw))
        elif r < 0.95:
            dims = random.choice([1, 1, 2]) if dim + 1 < t.dim() else 1
            found.append(operands.make("bool", list(t.shape[dim : dim + dims]), layout="contiguous"))
            dim += dims - 1
        else:
            found.append(random.choice([True, False]))
            continue
        dim += 1
    return found


@kind(3)
def getitem(operands, random):
    x = operands.any()
    return Call("getitem", "", x, index_of(operands, random, operands[x], random.random() < 0.5))


@kind(2)
def setitem(operands, random):
    x = operands.any(lambda t: not (t.requires_grad and t.is_leaf))
    t = operands[x]
    index = index_of(operands, random, t, random.random() < 0.5)
    try:
        part = t.detach()[tuple(resolved(operands, index))]
    except (IndexError, RuntimeError):
        part = t
    by_scalar = random.random() < 0.5
    dtype = NAMES[t.dtype] if random.random() < 0.7 else None
    return Call("setitem", "", x, index, random.choice([0, 1, 2.5, -1, True]) if by_scalar else operands.broadcastable(part, dtype))


@kind(2)
def along_dim(operands, random):
    x = operands.any()
    t = operands[x]
    dim = operands.dim(t, wrong=0.01)
    size = operands.size(t, dim)
    in_range = t.dim() > 0 and -t.dim() <= dim < t.dim()
    name = random.choice("gather take_along_dim scatter scatter_ scatter_add scatter_add_ scatter_reduce scatter_reduce_".split())
    gathers = name in ("gather", "take_along_dim")
    shape = list(t.shape) if gathers else [max(0, n - random.choice([0, 0, 1])) for n in t.shape]
    if in_range:
        shape[dim] = random.choice([0, 1, 2, 4] if gathers else [1, 2, 4])
    index = operands.integers(shape, size)
    if name == "take_along_dim":
        return method(name, x, index, dim)
    if name == "gather":
        return method(name, x, dim, index)
    dtype = NAMES[t.dtype] if random.random() < 0.9 else None
    source = operands.make(dtype, [n + random.choice([0, 0, 1]) for n in shape])
    if name.startswith("scatter_reduce"):
        how = random.choice(["sum", "prod", "mean", "amax", "amin"])
        if how not in ("sum", "mean"):  # of others PyTorch's gradient is that of a source of the index's shape
            source = operands.make(dtype, shape)
        return method(name, x, dim, index, source, how, **sometimes(random, 0.4, include_self=[False]))
    if name in ("scatter", "scatter_") and random.random() < 0.3:
        source = random.choice([1, 2.5, 0])
    return method(name, x, dim, index, source)


@kind(2)
def by_index(operands, random):
    x = operands.any()
    t = operands[x]
    dim = operands.dim(t, wrong=0.01)
    names = "index_select index_add index_add_ index_copy index_copy_ index_fill index_fill_ index_reduce index_reduce_"
    name = random.choice(names.split())
    count = random.choice([0, 1, 2, 3])
    index = operands.integers([count] if random.random() < 0.95 else [], operands.size(t, dim))
    if name == "index_select":
        return method(name, x, dim, index)
    if name.startswith("index_fill"):
        return method(name, x, dim, index, random.choice([0, 1, -2.5, 3]))
    shape = list(t.shape)
    if t.dim() > 0 and -t.dim() <= dim < t.dim():
        shape[dim] = count
    source = operands.make(NAMES[t.dtype] if random.random() < 0.9 else None, shape)
    if name.startswith("index_reduce"):
        how = random.choice(["prod", "mean", "amax", "amin"])
        return method(name, x, dim, index, source, how, **sometimes(random, 0.4, include_self=[False]))
    return method(name, x, dim, index, source, **(sometimes(random, 0.3, alpha=[2, 0.5]) if "add" in name else {}))


@kind(2)
def by_mask_or_place(operands, random):
    x = operands.any()
    t = operands[x]
    dtype = NAMES[t.dtype]
    names = "masked_fill masked_fill_ masked_select masked_scatter masked_scatter_ take put put_ nonzero argwhere bincount searchsorted bucketize one_hot embedding unravel_index"
    name = random.choice(names.split())
    mask = lambda: operands.make("bool", operands.part_of(t))  # noqa: E731
    if name.startswith("masked_fill"):
        return method(name, x, mask(), random.choice([0, 1.5, -1, float("-inf"), float("nan")]))
    if name == "masked_select":
        return method(name, x, mask())
    if name.startswith("masked_scatter"):
        return method(name, x, mask(), operands.make(dtype, [t.numel() + 2]))
    if name == "take":
        return method(name, x, operands.integers(operands.shape(2), t.numel()))
    if name in ("put", "put_"):
        shape = random.choice([[2], [3], [1, 2]])
        places = operands.integers(shape, t.numel())
        return method(name, x, places, operands.make(dtype, shape), **sometimes(random, 0.5, accumulate=[True]))
    if name in ("nonzero", "argwhere"):
        return method(name, x, **(sometimes(random, 0.3, as_tuple=[True]) if name == "nonzero" else {}))
    if name == "bincount":
        counted = operands.any(lambda t: t.dtype == torch.uint8 and t.dim() == 1, dtype="uint8", shape=[5], extreme=False)
        return method(name, counted, **sometimes(random, 0.4, minlength=[4]))
    if name in ("searchsorted", "bucketize"):
        size = random.choice([0, 1, 4, 6])
        edges = random.choice(["float32", "int64", "float64"])
        draw = lambda n: torch.sort(operands.values(edges, n, False))[0]  # noqa: E731
        sorted_ = operands.make(edges, [size], grad=False, layout="contiguous", values=draw)
        args = [sorted_, x] if name == "searchsorted" else [x, sorted_]
        return function(name, *args, right=random.random() < 0.5)
    if name == "unravel_index":
        return function(name, operands.integers(operands.shape(2), 12), random.choice([[3, 4], [12], [2, 3, 2], 12]))
    if name == "one_hot":
        return functional(name, operands.integers(operands.shape(2), 5), *random.choice([[], [6]]))
    weight = operands.make(random.choice(FLOATS), [5, 3])
    return functional(name, operands.integers(operands.shape(2), 5), weight, **sometimes(random, 0.4, padding_idx=[0, 2, -1]))


@kind(1)
def index_put(operands, random):
    x = operands.any(lambda t: t.dim() > 0 and not (t.requires_grad and t.is_leaf), shape=[3, 4], grad=False)
    t = operands[x]
    places = random.choice([[2], [3], [1, 2], [0]])
    dims = random.randint(1, min(t.dim(), 2))
    index = [operands.integers(places if random.random() < 0.8 else [1], t.shape[d], layout="contiguous") for d in range(dims)]
    shape = [*places, *t.shape[dims:]]
    value = operands.make(NAMES[t.dtype], shape if random.random() < 0.6 else [])
    # Which of several values for one place stays is not defined.
    return method(random.choice(["index_put", "index_put_"]), x, index, value, accumulate=True)
