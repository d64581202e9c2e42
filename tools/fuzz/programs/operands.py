"""Random tensors of all dtypes, layouts and values, and how they are written down."""

import base64
import math

import torch

FLOATS = ["float32", "float64", "float16", "bfloat16"]
INTEGERS = ["int64", "int32", "int16", "int8", "uint8"]
COMPLEX = ["complex64", "complex128"]
DTYPES = {name: getattr(torch, name) for name in [*FLOATS, *INTEGERS, *COMPLEX, "bool"]}
NAMES = {dtype: name for name, dtype in DTYPES.items()}

LAYOUTS = ["contiguous"] * 3 + ["permuted", "sliced", "offset", "expanded", "contiguous", "overlapping"]
SIZES = [0, 1, 1, 2, 2, 3, 3, 4, 5, 7]
RARE_SIZES = [8, 13, 16, 17, 33]
EXTREMES = [
    0.0, -0.0, math.inf, -math.inf, math.nan, 1e-40, -1e-40, 1e-310, 3e38, 65504.0, 1.0, -1.0, 0.5, -0.5, 2.5, 1e-8,
    100.0, -100.0, 1e5, -1e5, 88.8, 710.0, -104.0,
]  # fmt: skip


def encoded(t):
    """The elements in row-major order, as text."""
    t = t.detach().resolve_conj().resolve_neg().clone(memory_format=torch.contiguous_format)
    if t.numel() == 0:
        return ""
    if t.is_complex():
        t = torch.view_as_real(t).contiguous()
    return base64.b64encode(t.reshape(-1).view(torch.uint8).numpy().tobytes()).decode()


def overlaps(t):
    """Whether some element lies under two indices."""
    reach = 0
    for step, size in sorted((abs(s), n) for s, n in zip(t.stride(), t.shape) if n > 1):
        if step <= reach:
            return True
        reach += step * (size - 1)
    return False


def contiguous_strides(shape):
    strides = [1] * len(shape)
    for i in range(len(shape) - 2, -1, -1):
        strides[i] = strides[i + 1] * max(shape[i + 1], 1)
    return strides


class Ref:
    """The tensor of a number in a program."""

    def __init__(self, number):
        self.number = number


class Operands:
    """The tensors of a program: those it is given, and those it computes."""

    def __init__(self, random):
        self.random = random
        self.tensors = []
        self.specs = []

    def __getitem__(self, ref):
        return self.tensors[ref.number]

    def add(self, tensor, spec=None):
        self.tensors.append(tensor)
        self.specs.append(spec)
        return Ref(len(self.tensors) - 1)

    def drop_from(self, number):
        del self.tensors[number:], self.specs[number:]

    # ---- choices

    def dtype(self):
        r = self.random.random()
        if r < 0.45:
            return "float32"
        if r < 0.6:
            return "float64"
        if r < 0.72:
            return self.random.choice(["float16", "bfloat16"])
        if r < 0.88:
            return self.random.choice(INTEGERS)
        return "bool" if r < 0.93 else self.random.choice(COMPLEX)

    def shape(self, most=4):
        dims = min(self.random.choice([0, 1, 1, 2, 2, 2, 3, 3, 4]), most)
        size = lambda: self.random.choice(SIZES if self.random.random() < 0.93 else RARE_SIZES)  # noqa: E731
        return [size() for _ in range(dims)]

    def values(self, dtype, count, extreme):
        random = self.random
        if dtype == "bool":
            return torch.tensor([random.random() < 0.5 for _ in range(count)])
        if dtype in INTEGERS:
            info = torch.iinfo(DTYPES[dtype])
            signed = info.min < 0
            edges = [info.min, info.max, 0, 1, 2, 3, -1 if signed else 5, info.max - 1, info.min + 1, 7, 10]
            pool = edges if extreme else list(range(-6 if signed else 0, 10))
            return torch.tensor([random.choice(pool) for _ in range(count)], dtype=DTYPES[dtype])

        def real():
            if extreme and random.random() < 0.35:
                return random.choice(EXTREMES)
            if random.random() < 0.3:
                return float(random.randint(-3, 4))
            return random.choice([random.gauss(0, 1), random.gauss(0, 1), random.random(), random.gauss(0, 5)])

        if dtype in COMPLEX:
            return torch.tensor([complex(real(), real()) for _ in range(count)], dtype=DTYPES[dtype])
        return torch.tensor([real() for _ in range(count)], dtype=torch.float64).to(DTYPES[dtype])

    def strides(self, layout, shape):
        """Strides, and the offset of the first element. A layout that is no name is the strides themselves."""
        if not isinstance(layout, str):
            return list(layout), 0
        random = self.random
        dims = range(len(shape))
        if layout == "permuted" and len(shape) > 1:
            order = random.sample(dims, len(shape))
            dense = contiguous_strides([shape[i] for i in order])
            return [dense[order.index(i)] for i in dims], 0
        if layout == "sliced":
            steps = [random.choice([1, 1, 2, 3]) for _ in dims]
            starts = [random.choice([0, 0, 1, 2]) for _ in dims]
            dense = contiguous_strides([shape[i] * steps[i] + starts[i] for i in dims])
            return [dense[i] * steps[i] for i in dims], sum(dense[i] * starts[i] for i in dims)
        if layout == "offset":
            return contiguous_strides(shape), random.choice([1, 2, 3, 5])
        if layout == "expanded":
            flat = [random.random() < 0.4 for _ in dims]
            dense = contiguous_strides([1 if flat[i] else shape[i] for i in dims])
            return [0 if flat[i] else dense[i] for i in dims], 0
        if layout == "overlapping" and shape:
            return [random.choice([1, 1, 2, 3]) for _ in dims], random.choice([0, 1])
        return contiguous_strides(shape), 0

    # ---- tensors

    def make(self, dtype=None, shape=None, grad=None, extreme=None, layout=None, values=None):
        """A new tensor; what is not told is chosen. `values` makes the elements of its storage."""
        random = self.random
        dtype = dtype or self.dtype()
        shape = self.shape() if shape is None else list(shape)
        extreme = random.random() < 0.2 if extreme is None else extreme
        strides, offset = self.strides(random.choice(LAYOUTS) if layout is None else layout, shape)
        last = sum((n - 1) * s for n, s in zip(shape, strides)) if math.prod(shape) > 0 else 0
        count = offset + last + 1
        storage = self.values(dtype, count, extreme) if values is None else values(count).to(DTYPES[dtype])
        t = storage.as_strided(shape, strides, offset).data  # a tensor of its own, no view
        differentiable = dtype in FLOATS or dtype in COMPLEX
        grad = differentiable and (random.random() < 0.5 if grad is None else grad)
        t.requires_grad_(grad)
        spec = {"dtype": dtype, "shape": shape, "strides": strides, "offset": offset, "count": count}
        return self.add(t, {**spec, "bytes": encoded(storage), "grad": grad})

    def integers(self, shape, below, layout=None):
        """int64 from 0 to `below`, which may be 0 where there are no elements."""
        draw = lambda n: torch.tensor([self.random.randrange(max(below, 1)) for _ in range(n)])  # noqa: E731
        layout = layout or self.random.choice(["contiguous", "permuted"])
        return self.make("int64", shape, extreme=False, layout=layout, values=draw)

    def any(self, fits=lambda t: True, new=0.25, **make):
        """A tensor of the program, one of the last rather, or a new one."""
        found = [i for i, t in enumerate(self.tensors) if t.numel() < 4000 and is_usable(t) and fits(t)]
        if not found or self.random.random() < new:
            return self.make(**make)
        recent = self.random.random() < 0.7
        return Ref(self.random.choice(found[-4:] if recent else found))

    def broadcastable(self, t, dtype=None):
        """A tensor that goes with `t`, nearly always."""
        if self.random.random() < 0.35:
            found = [i for i, u in enumerate(self.tensors) if fits_shape(u, t)]
            if found:
                return Ref(self.random.choice(found))
        if dtype is None:
            dtype = NAMES[t.dtype] if self.random.random() < 0.6 else self.dtype()
        return self.make(dtype, self.part_of(t))

    def part_of(self, t):
        """A shape that broadcasts to that of `t`, nearly always."""
        random = self.random
        shape = [1 if random.random() < 0.25 else n for n in t.shape]
        if shape and random.random() < 0.3:
            shape = shape[random.randint(0, len(shape)) :]
        if random.random() < 0.1:
            shape = [random.choice([1, 2]), *shape]
        if shape and random.random() < 0.04:
            shape[random.randrange(len(shape))] += 1
        return shape

    def dim(self, t, wrong=0.03):
        n = t.dim()
        if n == 0:
            return self.random.choice([0, -1])
        return self.random.choice([n, -n - 1, 5]) if self.random.random() < wrong else self.random.randrange(-n, n)

    def dims(self, t):
        n = t.dim()
        if n == 0:
            return self.random.choice([[], [0], [-1]])
        chosen = self.random.sample(range(n), self.random.randint(1, n))
        return [d - n if self.random.random() < 0.3 else d for d in chosen]

    def size(self, t, dim):
        """The size along a dim that may be wrong."""
        return t.shape[dim] if t.dim() and -t.dim() <= dim < t.dim() else 1

    def scalar(self, complex_too=True):
        random = self.random
        if random.random() < 0.5:
            return random.choice([1, 2, 3, 0.5, 2.0, -1, -0.25])
        odd = [0, 1, 2, 3, -1, -2, 5, 0.5, -1.5, 2.0, 1.0, 0.0, -0.0, True, False, 1e10, math.inf, math.nan, 100, -7]
        return random.choice([*odd, 2**31, *([1 + 2j] if complex_too else [])])


def is_usable(t):
    """Not a view that PyTorch gives up: made without recording, of what was changed with recording since."""
    try:
        return t.is_leaf or t.requires_grad or True
    except RuntimeError:
        return False


def fits_shape(a, b):
    try:
        torch.broadcast_shapes(a.shape, b.shape)
        return True
    except RuntimeError:
        return False
