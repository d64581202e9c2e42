"""Views, joins, sorts, and tensors made of nothing."""

import torch

from .calls import Call, function, kind, method, sometimes
from .operands import COMPLEX, DTYPES, NAMES


def divisors(n):
    return [d for d in range(1, n + 1) if n % d == 0]


@kind(2)
def reshaped(operands, random):
    x = operands.any()
    t = operands[x]
    name = random.choice(["view", "reshape", "flatten", "unflatten", "ravel", "atleast", "view_as"])
    if name == "ravel":
        return method(name, x)
    if name == "atleast":
        return function(random.choice(["atleast_1d", "atleast_2d", "atleast_3d"]), x)
    if name == "view_as":
        shape = list(t.shape)
        random.shuffle(shape)
        return method(random.choice(["view_as", "reshape_as"]), x, operands.make(None, shape))
    if name == "flatten":
        if t.dim() == 0 or random.random() < 0.5:
            return method(name, x)
        first, last = sorted(random.randrange(t.dim()) for _ in range(2))
        return method(name, x, first, random.choice([last, last - t.dim()]))
    if name == "unflatten":
        dim = operands.dim(t)
        size = operands.size(t, dim)
        part = random.choice(divisors(size) or [1])
        return method(name, x, dim, [part, random.choice([-1, size // part])])
    if t.numel() == 0:
        return method(name, x, random.choice([list(t.shape), [0], [0, 1], [0, 2]]))
    shape, rest = [], t.numel()
    while rest > 1 and random.random() < 0.8:
        shape.append(random.choice(divisors(rest)))
        rest //= shape[-1]
    if rest > 1 or random.random() < 0.2:
        shape.append(rest)
    random.shuffle(shape)
    if shape and random.random() < 0.3:
        shape[random.randrange(len(shape))] = -1
    return method(name, x, shape)


@kind(2)
def dims_moved(operands, random):
    x = operands.any()
    t = operands[x]
    name = random.choice(["permute", "transpose", "squeeze", "unsqueeze", "movedim", "swapaxes", "t", "T", "mT", "H", "mH", "inplace"])
    if name == "inplace":
        x = operands.any(lambda t: not (t.requires_grad and t.is_leaf))
        t = operands[x]
        name = random.choice(["t_", "transpose_", "squeeze_", "unsqueeze_", "swapaxes_"])
        if name in ("transpose_", "swapaxes_"):
            return method(name, x, operands.dim(t), operands.dim(t))
        if name == "squeeze_":
            return method(name, x, *([operands.dim(t)] if random.random() < 0.5 else []))
        return method(name, x, *([random.randint(-t.dim() - 1, t.dim())] if name == "unsqueeze_" else []))
    if name == "permute":
        return method(name, x, random.sample(range(t.dim()), t.dim()))
    if name in ("transpose", "swapaxes", "movedim"):
        return method(name, x, operands.dim(t), operands.dim(t))
    if name == "squeeze":
        return method(name, x, *([operands.dim(t)] if random.random() < 0.5 else []))
    if name == "unsqueeze":
        return method(name, x, random.randint(-t.dim() - 1, t.dim()))
    if name == "t":
        return method(name, x)
    return Call("property", "mT" if name == "T" and t.dim() not in (0, 2) else name, x)


@kind(2)
def parts(operands, random):
    x = operands.any()
    t = operands[x]
    name = random.choice("select narrow unbind split chunk tensor_split hsplit vsplit dsplit diagonal unfold as_strided expand expand_as written".split())
    if name == "written":
        return written_part(operands, random, x, t)
    dim = operands.dim(t)
    size = operands.size(t, dim)
    if name == "select":
        return method(name, x, dim, random.randint(-size, max(size - 1, 0)))
    if name == "narrow":
        start = random.randint(0, size)
        return method(name, x, dim, start, random.randint(0, size - start))
    if name == "unbind":
        return method(name, x, dim)
    if name in ("split", "chunk"):
        return method(name, x, random.choice([1, 2, 3]), dim)
    if name == "tensor_split":
        return method(name, x, random.choice([1, 2, 3, [1], [1, 2], [-1]]), dim)
    if name in ("hsplit", "vsplit", "dsplit"):
        return method(name, x, random.choice([1, 2, [1]]))
    if name == "diagonal":
        dims = {"dim1": dim, "dim2": operands.dim(t)} if random.random() < 0.4 else {}
        return method(name, x, *([random.choice([0, 1, -1, 2])] if random.random() < 0.6 else []), **dims)
    if name == "unfold":
        return method(name, x, dim, random.choice([1, 2, 3]), random.choice([1, 2]))
    if name == "as_strided":
        shape = [random.choice([1, 2, 2, 3]) for _ in range(random.randint(0, 3))]
        strides = [random.choice([0, 1, 1, 2, 3]) for _ in shape]
        return method(name, x, shape, strides, *([random.choice([0, 1])] if random.random() < 0.5 else []))
    if name == "expand_as":
        return method(name, x, operands.broadcastable(t))
    shape = [random.choice([2, 3, -1]) if n == 1 else random.choice([-1, n]) for n in t.shape]
    return method(name, x, [random.choice([1, 2, 0]), *shape] if random.random() < 0.3 else shape)


def written_part(operands, random, x, t):
    """A copy in which a part is another tensor."""
    name = random.choice(["select_scatter", "slice_scatter", "diagonal_scatter"])
    dim = operands.dim(t, wrong=0)
    size = operands.size(t, dim)
    if name == "select_scatter":
        index = random.randint(-size, max(size - 1, 0))
        shape = list(t.shape)
        del shape[dim : dim + 1 or None]
        return method(name, x, operands.make(NAMES[t.dtype], shape), dim, index)
    if name == "slice_scatter":
        start, step = random.randint(0, size), random.choice([1, 1, 2])
        shape = list(t.shape)
        if shape:
            shape[dim] = len(range(start, size, step))
        return method(name, x, operands.make(NAMES[t.dtype], shape), dim, start, size, step)
    offset = random.choice([0, 1, -1])
    part = torch.diagonal(t.detach(), offset) if t.dim() > 1 else t
    return method(name, x, operands.make(NAMES[t.dtype], list(part.shape)), offset)


COPIES = """t_copy transpose_copy permute_copy select_copy squeeze_copy unsqueeze_copy view_copy expand_copy unbind_copy narrow_copy
alias_copy unfold_copy slice_copy diagonal_copy""".split()


@kind(1)
def copies_of_views(operands, random):
    x = operands.any()
    t = operands[x]
    name = random.choice(COPIES)
    dim = operands.dim(t)
    size = operands.size(t, dim)
    args = {
        "transpose_copy": [dim, operands.dim(t)],
        "permute_copy": [random.sample(range(t.dim()), t.dim())],
        "select_copy": [dim, random.randint(-size, max(size - 1, 0))],
        "unsqueeze_copy": [random.randint(-t.dim() - 1, t.dim())],
        "view_copy": [[-1] if t.numel() else list(t.shape)],
        "expand_copy": [[2, *t.shape]],
        "unbind_copy": [dim],
        "narrow_copy": [dim, 0, random.randint(0, size)],
        "unfold_copy": [dim, 1, 1],
        "slice_copy": [dim, random.choice([0, 1, -1]), random.choice([None, 2])],
    }
    return function(name, x, *args.get(name, []))


@kind(1)
def converted(operands, random):
    name = random.choice(["to", "to", "detach", "real", "imag", "view_as_real", "clone", "contiguous", "type"])
    if name == "type":
        x = operands.any()
        if random.random() < 0.4:
            return method("type_as", x, operands.broadcastable(operands[x]))
        return method(random.choice("float double half bfloat16 int long short char byte bool cfloat cdouble".split()), x)
    if name == "view_as_real":
        return function(name, operands.any(lambda t: t.is_complex(), dtype=random.choice(COMPLEX)))
    if name == "imag":
        return function(name, operands.any(lambda t: t.is_complex(), dtype=random.choice(COMPLEX)))
    x = operands.any()
    if name == "real":
        return function(name, x)
    return method(name, x, *([DTYPES[operands.dtype()]] if name == "to" else []))


@kind(2)
def joined(operands, random):
    x = operands.any()
    t = operands[x]
    name = random.choice(["cat", "cat", "stack", "hstack", "vstack", "dstack", "column_stack", "block_diag"])
    dim = operands.dim(t)
    all_of_them = [x]
    for _ in range(random.randint(1, 3)):
        shape = list(t.shape)
        if name == "cat" and t.dim() and -t.dim() <= dim < t.dim():
            shape[dim] = random.choice([0, 1, 2])
        dtype = NAMES[t.dtype] if random.random() < 0.8 else None
        all_of_them.insert(random.randint(0, len(all_of_them)), operands.make(dtype, shape))
    if name == "block_diag":
        return function(name, *all_of_them)
    return function(name, all_of_them, *([dim] if name in ("cat", "stack") else []))


@kind(2)
def rearranged(operands, random):
    x = operands.any()
    t = operands[x]
    name = random.choice(
        "flip fliplr flipud roll rot90 repeat diagflat tile repeat_interleave diag diag_embed tril triu trapezoid cumulative_trapezoid".split()
    )
    if name == "flip":
        return method(name, x, operands.dims(t))
    if name in ("fliplr", "flipud"):
        return method(name, x)
    if name == "roll":
        return method(name, x, random.choice([1, -1, 2, 5]), *([operands.dim(t)] if random.random() < 0.6 else []))
    if name == "rot90":
        return function(name, x, random.choice([0, 1, 2, 3, -1]), [0, 1])
    if name == "repeat":
        return method(name, x, [random.choice([0, 1, 2]) for _ in range(t.dim() + random.choice([0, 0, 1]))])
    if name == "tile":
        return method(name, x, [random.choice([1, 2]) for _ in range(random.randint(0, t.dim() + 1))])
    if name == "repeat_interleave":
        return method(name, x, random.choice([0, 1, 2, 3]), **sometimes(random, 0.6, dim=[operands.dim(t)]))
    if name in ("trapezoid", "cumulative_trapezoid"):
        return function(name, x, dim=operands.dim(t))
    args = [random.choice([-2, -1, 0, 1, 2])] if random.random() < 0.5 else []
    return method(name + (random.choice(["", "", "_"]) if name in ("tril", "triu") else ""), x, *args)


@kind(2)
def ordered(operands, random):
    x = operands.any()
    t = operands[x]
    name = random.choice(["sort", "argsort", "msort", "topk", "kthvalue", "unique", "unique_consecutive"])
    dim = operands.dim(t)
    size = operands.size(t, dim)
    if name in ("sort", "argsort"):
        return method(name, x, stable=True, **sometimes(random, 0.6, dim=[dim]), **sometimes(random, 0.5, descending=[True]))
    if name == "msort":
        return method(name, x)
    if name == "topk":
        return method(name, x, random.randint(0, size), dim, **sometimes(random, 0.5, largest=[False]))
    if name == "kthvalue":
        return method(name, x, random.randint(1, max(1, size)), dim, **sometimes(random, 0.5, keepdim=[True]))
    counts = sometimes(random, 0.4, return_counts=[True])
    if name == "unique_consecutive":
        return function(name, x, **counts)
    return method(name, x, **counts, **sometimes(random, 0.5, return_inverse=[True]), **sometimes(random, 0.3, dim=[dim]))


@kind(1)
def made(operands, random):
    name = random.choice("linspace logspace arange full new_full like new eye window tril_indices triu_indices vander meshgrid combinations product".split())
    dtype = sometimes(random, 0.4, dtype=[DTYPES[operands.dtype()]])
    if name == "linspace":
        return function(name, random.choice([0, 1, -2.5]), random.choice([5, 1, 10.5]), random.choice([0, 1, 2, 5, 7, 101]), **dtype)
    if name == "logspace":
        ends = [random.choice([0, 1, -2.5]), random.choice([2, 1, 1.5])]
        return function(name, *ends, random.choice([0, 1, 2, 5, 7]), **sometimes(random, 0.4, base=[2.0, 10.0, 0.5]))
    if name == "arange":
        some = [[5], [0], [2, 9], [2, 9, 3], [9, 2, -2], [0.0, 1.0, 0.25], [0.0, 1.0, 0.3], [1.5], [0, 1, 0.1], [-3, 3]]
        return function(name, *random.choice(some), **dtype)
    if name == "full":
        return function(name, operands.shape(2), operands.scalar(), dtype=DTYPES[operands.dtype()])
    if name == "new_full":
        return method(name, operands.any(), operands.shape(2), operands.scalar(complex_too=False))
    if name == "like":
        name = random.choice(["zeros_like", "ones_like", "full_like"])
        return function(name, operands.any(), *([operands.scalar(complex_too=False)] if name == "full_like" else []), **dtype)
    if name == "new":
        return method(random.choice(["new_zeros", "new_ones"]), operands.any(), operands.shape(2), **dtype)
    if name == "window":
        name = random.choice(["hann_window", "hamming_window", "blackman_window", "bartlett_window", "kaiser_window"])
        return function(name, random.choice([0, 1, 2, 5, 8]), random.choice([True, False]))
    if name == "eye":
        return function(name, random.choice([0, 1, 3]), *([random.choice([0, 2, 4])] if random.random() < 0.5 else []), **dtype)
    if name.endswith("indices"):
        return function(name, random.choice([0, 1, 3, 4]), random.choice([0, 2, 3]), *random.choice([[], [-2], [-1], [1], [5]]))
    vector = lambda n, **k: operands.make(k.pop("dtype", None), [n], **k)  # noqa: E731
    if name == "vander":
        return function(name, vector(3, dtype=random.choice(["float32", "int64"]), extreme=False), increasing=random.random() < 0.5)
    if name == "meshgrid":
        return function(name, vector(2, dtype="float32"), vector(3, dtype="float32"), indexing=random.choice(["ij", "xy"]))
    if name == "product":
        return function("cartesian_prod", vector(2, dtype="float32"), vector(random.choice([0, 1, 3]), dtype="float32"))
    return function(name, vector(random.choice([0, 1, 4])), r=random.choice([1, 2, 3]))


@kind(1)
def compared(operands, random):
    x = operands.any()
    other = operands.broadcastable(operands[x]) if random.random() < 0.6 else x
    return function(random.choice(["allclose", "equal", "isin", "broadcast_tensors"]), x, other)
