"""Records, as programs of the fuzzer, what PyTorch makes of calls where NaN, infinities and rounding decide:
test/recorded/special_values.jsonl.gz, which test/ops/special_values.test.ts replays.

    python3 tools/record/special_values.py
"""

import gzip
import json
import math
import random
import sys
import warnings
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent.parent / "fuzz"))
import generate  # noqa: E402
from programs.calls import Call  # noqa: E402
from programs.operands import NAMES, Operands  # noqa: E402

nan, inf = math.nan, math.inf
CALLS = []


def record(where, name, *args, **kwargs):
    """Lists and tensors are operands that require grad where they can; all else is an argument as it is."""
    CALLS.append((where, name, args, kwargs))


class Plain:
    """An argument as it is; of a tensor, an operand without a gradient."""

    def __init__(self, value):
        self.value = value


def given(operands, x):
    plain = isinstance(x, Plain)
    if plain:
        x = x.value
    elif isinstance(x, list):
        x = torch.tensor(x)
    if not isinstance(x, torch.Tensor):
        return x
    x = x if x.is_contiguous() or torch.ops.aten.is_non_overlapping_and_dense(x) else x.contiguous()
    flat = x.as_strided((x.numel(),), (1,)).clone()
    grad = not plain and (x.is_floating_point() or x.is_complex())
    return operands.make(NAMES[x.dtype], x.shape, grad=grad, layout=x.stride(), values=lambda n: flat if len(flat) == n else flat.new_zeros(n))


def program(number):
    where, name, args, kwargs = CALLS[number]
    operands = Operands(random.Random(0))

    def make(operands, _):
        made = [given(operands, x) for x in args]
        return Call(where, name, *made, **{k: given(operands, x) for k, x in kwargs.items()})

    generate.KINDS[:] = [(make, 1)]
    chooser = random.Random(0)
    chooser.choice = lambda _: 1  # one call
    chooser.random = lambda: 0.9  # recorded for gradients
    generate.Operands = lambda _: operands
    return generate.program(f"special/{number}", chooser, 10**6)


# Scaled sums of products: what a factor of 0 leaves out, for sizes with and without BLAS.
for dtype in (torch.float32, torch.float64, torch.complex64):
    for n in (2, 9):
        a = torch.ones(n, n, dtype=dtype)
        a[0, 0] = nan
        b, s = torch.ones(n, n, dtype=dtype), torch.full((n, n), 2, dtype=dtype)
        for alpha, beta in ((0, 1), (0, 0), (1, 0), (0, 0.5), (2, 0)):
            scales = {"alpha": alpha, "beta": beta}
            record("method", "addmm", s, a, b, **scales)
            record("method", "addmv", s[0], a, b[0], **scales)
            record("method", "addr", s, a[0], b[0], **scales)
            record("method", "baddbmm", s[None], a[None], b[None], **scales)
            record("method", "addbmm", s, a[None], b[None], **scales)
for shape in ((0, 8), (5, 0), (0, 0)):
    for dtype in (torch.float32, torch.uint8):
        for beta in (0, 1, 2):
            for size in ((), (1,), shape[:1]):
                record("method", "addmv", torch.ones(size, dtype=dtype), torch.ones(shape, dtype=dtype), torch.ones(shape[1], dtype=dtype), beta=beta, alpha=3)

# Attention to scores that are no numbers.
for scores in ([1.0, nan], [nan, 1.0], [nan, nan], [inf, 1.0], [-inf, 1.0], [-inf, -inf], [-inf, nan, 1.0], [1.0, inf]):
    n = len(scores)
    q, v = torch.eye(1, n).expand(2, n), torch.eye(n)
    k = torch.tensor(scores).reshape(n, 1) * torch.eye(1, n).where(torch.eye(1, n) == 1, 0)
    k = k.nan_to_num(0, 0, 0).where(torch.eye(1, n) == 0, torch.tensor(scores).reshape(n, 1))
    for lead in ((), (1, 1)):
        parts = [t.reshape(*lead, *t.shape).clone() for t in (q, k, v)]
        record("F", "scaled_dot_product_attention", *parts, scale=1.0)
        record("F", "scaled_dot_product_attention", *parts, scale=1.0, is_causal=True)

# Kernels of transposed convolutions that are not finite, and gradients by them.
for dims in (1, 2):
    for stride in (1, 2):
        for groups in (1, 2):
            x = (torch.arange(2 * 4**dims) % 7 - 3.0).reshape(1, 2, *[4] * dims).double()
            w = (torch.arange(2 * (2 // groups) * 3**dims) % 5 - 2.0).reshape(2, 2 // groups, *[3] * dims).double()
            w.view(-1)[0] = nan
            options = {"stride": stride, "padding": 1, "groups": groups}
            record("F", f"conv_transpose{dims}d", x, w, **options)
            record("F", f"conv{dims}d", x, w, **options)

# Reductions, losses and distances.
table = [[1.0, nan, 3.0, 3.0], [2.0, 2.0, nan, nan], [1.0, 1.0, 5.0, 5.0]]
for name in ("amax", "amin", "aminmax", "max", "min"):
    record("method", name, table)
    record("method", name, table, dim=1)
for name in ("std", "var", "std_mean", "var_mean"):
    record("torch", name, [[3e38, 1.0, 2.0], [inf, 1.0, 2.0], [1.0, 2.0, inf], [nan, 1.0, 2.0], [1.0, 1.0, 1.0]], dim=1)
for name in ("huber_loss", "smooth_l1_loss", "l1_loss", "mse_loss"):
    record("F", name, [nan, 1.0, inf, 2.0, -inf, 0.0, 0.3], [1.0, 1.0, 1.0, nan, inf, 0.0, 0.1], reduction="none")
pairs = [([nan], [1.0]), ([nan, 1.0], [1.0, 3.0]), ([inf, 1.0], [inf, 2.0]), ([inf, 1.0], [0.0, 2.0]), ([1.0, 2.0], [1.0, 2.0]),
         ([3.0, 2.0], [1.0, 2.0]), ([3.0, -2.0, 7.0], [1.0, 2.0, 3.0]), ([-inf, 1.0], [inf, 1.0])]  # fmt: skip
for p in (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, inf):
    for a, b in pairs:
        record("torch", "cdist", torch.tensor([a], dtype=torch.float64), torch.tensor([b], dtype=torch.float64), p=p)
    record("method", "norm", [[1.0, nan], [inf, 1.0], [0.0, 0.0], [1.0, 2.0]], p=p, dim=1)
for y in ([-inf, 1.0, 1.0], [1.0, -inf, 1.0], [1.0, 1.0, inf]):
    for name in ("trapezoid", "cumulative_trapezoid"):
        record("torch", name, y)
for size in (0, 1, 2):
    for dtype in (torch.uint8, torch.int64, torch.bool, torch.float16):
        for name in ("trapezoid", "cumulative_trapezoid"):
            record("torch", name, torch.ones(size, dtype=dtype))

# Whole numbers between ends that are none; covariances of complex numbers.
for ends in ((-2.5, 10.5, 5), (0.0, 10.5, 7), (2.5, 7.9, 4), (-3, 3, 6), (5, 1, 4)):
    for dtype in (torch.int64, torch.int8, torch.uint8):
        if dtype != torch.uint8 or ends[0] != -2.5:
            record("torch", "linspace", *ends, dtype=dtype)
z = torch.tensor([complex(5.8, 3), complex(-0.5, 1), complex(-0.4, 0.6)], dtype=torch.complex128)
record("method", "cov", z)
record("method", "cov", torch.stack([z, z * (1j + 0.2) + 1]))
record("method", "corrcoef", torch.stack([z, z.flip(0) * (1j + 0.2) + 1]))

# Numbers and tensors of other dtypes among 16-bit floats.
binary = """add sub mul div true_divide floor_divide remainder fmod pow maximum minimum eq lt le gt ge atan2 hypot copysign
nextafter logaddexp rsub""".split()
for dtype in (torch.float16, torch.bfloat16):
    t = torch.tensor([0.7, 2.3, -1.7, 700.0, 1000.0], dtype=dtype)
    for number in (1000.3, 0.3333):
        for name in binary:
            record("torch", name, torch.tensor(number), t)
            record("torch", name, t, torch.tensor(number, dtype=torch.float64))
            if name not in ("maximum", "minimum", "atan2", "hypot", "nextafter", "logaddexp"):
                record("torch", name, t, number)
        record("torch", "lerp", t, t.flip(0), number)
    for name in ("add", "mul", "div", "remainder"):
        record("torch", name, t, torch.tensor([4099, 3, 77, 2049, 513]))

# Integers at the ends of their dtypes. (Of int32 and int64 the smallest by -1 ends PyTorch's process.)
for dtype in (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64):
    info = torch.iinfo(dtype)
    least = [info.min, info.min + 1, -1] if info.min < 0 and info.bits < 32 else [info.min + 1]
    ends = torch.tensor([*least, 0, 1, 2, 3, 6, info.max // 3, info.max // 2, info.max - 1, info.max], dtype=dtype)
    for name in ("lcm", "gcd"):
        record("torch", name, ends[:, None].expand(len(ends), len(ends)).clone(), ends)
    for options in ({"rtol": 0, "atol": 0.5}, {"rtol": 1, "atol": 0}, {}):
        record("torch", "isclose", ends[:, None], ends, **options)
z = torch.tensor([complex(inf, 0), complex(-inf, inf), complex(1, inf), complex(nan, 1), complex(inf, nan), 1, 1 + 1e-6j, 1 + 1j])
for x in (z, z.to(torch.complex128), z.real.half(), z.real.double()):
    for equal_nan in (False, True):
        record("torch", "isclose", x[:, None], x, equal_nan=equal_nan)
        record("torch", "allclose", x, x, equal_nan=equal_nan)

# Deviations that have no freedom.
for name in ("var", "std"):
    for x in ([2.0], [2.0, 3.0], [2.0, 2.0], [2 + 1j], [2 + 1j, 3], [2 + 1j, 2 + 1j]):
        for correction in (0, 1, 2, 3):
            record("method", name, x, correction=correction)
            record("method", name, x, correction=correction, dim=0)
    for x in (torch.tensor(2.0), torch.tensor(2 + 1j)):
        record("method", name, x)

# Exponents that float32 cannot hold; fewer numbers than PyTorch has lanes.
for x in ([-0.63, 2.0, -3.0, -1.0, 1.0, 0.5], [-0.0, 0.0]):
    for exponent in (2**31, 2**31 - 1, 2**24 + 1, -(2**24) - 1, 2.0**24 - 1):
        record("method", "pow", x, exponent)
        record("method", "pow_", torch.tensor(x).abs().to(torch.int64).neg(), abs(int(exponent)))

# Norms of what overflows, and what is left in the running statistics.
for dtype in (torch.float32, torch.float64):
    big = 3e38 if dtype == torch.float32 else 1e200
    for x in ([inf, 1.0, 2.0, 3.0], [1.0, -inf, 2.0], [inf, -inf, 1.0], [big, 1.0, 2.0, 3.0], [-big, 1.0, 2.0], [nan, 1.0, 2.0]):
        x = torch.tensor([[x, [float(i) for i in range(len(x))]]], dtype=dtype)
        record("F", "instance_norm", x)
        record("F", "batch_norm", x, Plain(torch.zeros(2, dtype=dtype)), Plain(torch.ones(2, dtype=dtype)), training=True)

# What is written into integers, bools and numbers.
for dtype in (torch.int64, torch.uint8, torch.bool):
    record("method", "copy_", torch.ones(2, dtype=dtype), [1.0, 2.5])
    record("setitem", "", torch.ones(2, dtype=dtype), Plain([]), [1.0, 2.5])
    record("setitem", "", torch.ones(2, dtype=dtype), Plain([slice(0, 1)]), [1.0])
for mask in (True, False):
    record("method", "masked_scatter", torch.tensor(2.0), torch.tensor(mask), [1.0, 2.0])
    record("method", "masked_scatter", torch.tensor(2 + 1j), torch.tensor(mask), [1 + 2j])
truth = torch.tensor([True, False, True])
for side in ("min", "max"):
    record("method", "clamp", truth, **{side: truth.flip(0).logical_not()})
    record("method", "clamp_", truth.clone(), **{side: truth[1]})

# Kernels that PyTorch does without where there is nothing, or one number.
for dtype in (torch.bool, torch.complex64, torch.float16):
    one = torch.tensor(2.5 if dtype == torch.float16 else 1, dtype=dtype)
    record("method", "kthvalue", one, 1, 0)
    for name in ("mode", "cummax", "cummin"):
        record("method", name, one, 0)
        record("method", name, one[None], 0)
    record("torch", "bucketize", torch.ones(2, 0, dtype=dtype), torch.tensor([1, 2]))
    record("torch", "searchsorted", torch.tensor([1.0, 2.0]), torch.ones(0, dtype=dtype))
for a, b in (((0, 3), (2, 3)), ((2, 0), (3, 0)), ((30, 2), (3, 2)), ((2, 2), (3, 2))):
    for p in (1.0, 2.0):
        record("torch", "cdist", torch.ones(a).half(), torch.zeros(b).half(), p=p)

# The first place of a window that holds nothing but -inf, or the smallest integer; padding is none of them.
for x in (torch.full((1, 1, 7), -inf), torch.tensor([[[-inf, -inf, 3.0, nan, -inf, -inf, -inf]]]), torch.zeros(1, 1, 7, dtype=torch.uint8)):
    for kernel, padding, dilation in ((2, 0, 1), (2, 1, 1), (3, 1, 1), (3, 1, 2), (5, 2, 1)):
        options = {"stride": 2, "padding": padding, "dilation": dilation, "ceil_mode": True, "return_indices": True}
        record("F", "max_pool2d", x[..., None] + x[..., None, :], kernel, **options)
        if x.is_floating_point():
            record("F", "max_pool1d", x, kernel, **options)
            record("F", "max_pool2d", x[..., None] + x[..., None, :], kernel, **{**options, "return_indices": False})

# Samples of images of 16-bit floats: what is rounded, and when.
generator = torch.Generator().manual_seed(1)
for dtype in (torch.float32, torch.float16, torch.bfloat16):
    for mode in ("bilinear", "nearest", "bicubic"):
        for padding_mode in ("zeros", "border", "reflection"):
            for align_corners in (True, False):
                image, grid = torch.randn(2, 2, 4, 5, generator=generator), 2 * torch.randn(2, 3, 3, 2, generator=generator)
                options = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
                record("F", "grid_sample", image.to(dtype), grid.to(dtype), **options)

# Quotients of 16-bit floats are rounded to them before they are cut, unless the divisor is a number.
for dtype in (torch.bfloat16, torch.float16):
    x, y = torch.tensor([-3.0, 3.0, 100.0, -65.5, 7.0]).to(dtype), torch.tensor([0.1, -0.1, 0.0333, 0.0625, 0.7]).to(dtype)
    for divisor in (y, y[0], 0.10009765625, y.float()):
        record("torch", "div", x, divisor, rounding_mode="trunc")
    record("torch", "div", x[0], y, rounding_mode="trunc")

# Places so far outside that rounding decides where they are mirrored to.
for dtype in (torch.float64, torch.float32, torch.bfloat16):
    for mode in ("bilinear", "nearest", "bicubic"):
        for align_corners in (True, False):
            for n in (3, 4, 7):
                image = torch.arange(1.0, n * n + 1).view(1, 1, n, n)
                grid = torch.tensor([[[[65504.0, 0.0], [1e10, 0.25], [1e9, -3e7], [5e8, 0.5], [-1e7, 0.5], [12.3, -777.7]]]])
                options = {"mode": mode, "padding_mode": "reflection", "align_corners": align_corners}
                record("F", "grid_sample", Plain(image.to(dtype)), Plain(grid.to(dtype)), **options)

# Logarithms of running sums beside which those of gradients are nothing.
for g in (-1.0, 0.5):
    for dtype in (torch.float32, torch.float64, torch.float16):
        x = torch.tensor([[0.42, 1e5, 710, -1e5, 3e38, -3e38, 1e-40, inf, -inf, nan], [1.0, 1e5, 711, 2, 1, 0, 1, 1, 1, 1]], dtype=dtype)
        record("torch", "logcumsumexp", x, 0)
        record("torch", "logcumsumexp", x * g, 0)

# Sums of 16-bit floats by places, rounded at their end or at each step.
for dtype in (torch.float16, torch.bfloat16):
    x, ones, places = torch.tensor([2048.0], dtype=dtype), torch.ones(9, dtype=dtype), torch.zeros(9, dtype=torch.int64)
    record("method", "scatter_add", x, 0, places, ones)
    for how in ("sum", "mean", "prod"):
        record("method", "scatter_reduce", x, 0, places, ones * 1.01, how)
        record("method", "scatter_reduce", x, 0, places, ones, how, include_self=False)
    record("method", "index_add", x, 0, places, ones)
    for how in ("mean", "prod"):
        record("method", "index_reduce", x, 0, places, ones * 1.01, how)
    record("method", "gather", x, 0, places)
for dims in (0, 2, -3, 5):
    record("method", "roll", torch.ones(0, 1), 5, dims)

# Norms of 16-bit floats whose squares are none.
for dtype in (torch.float16, torch.bfloat16):
    x = torch.tensor([[0.912109375, 3.376953125, -2.0], [65504.0, 0.75, 1.0], [400.0, -300.0, 2.0]], dtype=dtype)
    for name in ("layer_norm", "rms_norm"):
        record("F", name, x, Plain([3]), torch.tensor([1.0, 2.0, -1.0], dtype=dtype))

# Bounds that are rounded to 16-bit floats, and those that are not.
for dtype in (torch.float16, torch.bfloat16):
    for bound in (0.3, 0.3003, 0.1):
        x = torch.tensor([sign * (bound + off) for sign in (1, -1) for off in (-0.002, -0.001, 0, 2e-4, 0.001, 0.002, 0.7)]).to(dtype)
        for name in ("hardshrink", "softshrink"):
            record("F", name, x, bound)
        record("F", "hardtanh", x, -bound, bound)
        record("F", "threshold", x, bound, 0.3333)
x = torch.tensor([1, 2, 3, 0, 5], dtype=torch.uint8)
for number in (-1.5, -1.0, -1, -255, -256, 255.5, 2.5):
    record("F", "threshold", x, number, 2)
    record("torch", "full", (2,), number, dtype=torch.uint8)
    record("method", "masked_fill", x, torch.tensor([True, False, True, False, False]), number)
    record("method", "add", x, number)

# What two dtypes have in common, before anything is compared or computed.
shared = [
    torch.tensor([2**53 + 1, 2**24 + 1, 3]), torch.tensor([2.0**53, 2.0**24, 3, nan, 0.1]), torch.tensor([0.1, 300, 3]).half(),
    torch.tensor([2.0**53, 2.0**24, 3, nan, 0.1], dtype=torch.float64), torch.tensor([1, 2, 3], dtype=torch.int8),
    torch.tensor([44, 3], dtype=torch.uint8), torch.tensor(0.1, dtype=torch.float64),
]  # fmt: skip
for a in shared:
    for b in shared:
        record("torch", "isin", a, b)
    for number in (0.1, 2**53, 2**53 + 1, 2**24, 259, 2.5, -1, nan, 2**40):
        record("torch", "isin", a, number)
        record("torch", "isin", number, a)
for a in (torch.tensor([0.7, 2.5]), torch.tensor([0.7, 2.5], dtype=torch.float16), torch.tensor([1, 2])):
    for b in (torch.tensor(0.7, dtype=torch.float64), torch.tensor([0.7, 2.5], dtype=torch.float64), torch.tensor(2)):
        for name in ("igamma", "igammac"):
            record("torch", name, Plain(a), b)
            record("torch", name, Plain(b), a)
        record("special", "zeta", Plain(a.add(1)), Plain(b.add(1)))

# What trapezoids round, and when.
generator = torch.Generator().manual_seed(2)
for dtype in (torch.float16, torch.bfloat16, torch.uint8):
    for size in (2, 5, 17):
        y = torch.rand(2, size, generator=generator).mul(9).to(dtype)
        for name in ("trapezoid", "cumulative_trapezoid"):
            record("torch", name, y)
            record("torch", name, y, Plain(torch.arange(size)))
            for dx in (0.3, 2.0, 2):
                record("torch", name, y, dx=dx)

# Powers of two by which dtypes that promote are multiplied, and divisors that need no division.
for of in (torch.float64, torch.float32, torch.complex128, torch.float16, torch.int32):
    for by in (torch.bfloat16, torch.float16, torch.float32, torch.float64, torch.int8):
        if not (of.is_complex and by == torch.float16):  # numbers of two halves
            for one in (torch.tensor(-1.703125), torch.tensor([-1.703125, 2.0])):
                one = one if by.is_floating_point else one.abs()  # of others PyTorch's gradient is 0
                record("method", "ldexp", torch.tensor([3, 5]).to(of), one.to(by))
for name in ("gcd", "lcm", "gcd_", "lcm_"):
    for shape in ((3,), (1,), (0, 1), ()):
        for of in (0, 1, 4):
            for by in (0, 6):
                record("method", name, torch.full((2, 3), of) if name.endswith("_") else torch.full(shape, of), torch.full((1, 3), by))

# Ramps of whole numbers with bounds that are none, or that no float is.
for ends in ((1.5,), (2.5,), (-1.5, 1.5), (0, 3, 1.5), (5, 0, -2.5), (0, 1, 0.5), (2**53 + 1, 2**53 + 4), (2**62, 2**62 + 3), (-(2**63), 2 - 2**63), (9, 2, -2)):
    for dtype in (None, torch.int64, torch.int32, torch.uint8, torch.float32):
        if dtype != torch.float32 or abs(ends[0]) < 2**53:
            record("torch", "arange", *ends, **({} if dtype is None else {"dtype": dtype}))

# Complex numbers of which a part is infinite or none.
for dtype in (torch.complex64, torch.complex128):
    x = torch.tensor([complex(re, im) for re in (1, -2, inf, -inf, nan) for im in (0, -3, inf, -inf, nan)], dtype=dtype)
    for name in ("isinf", "isfinite", "isnan", "isreal", "angle", "abs"):
        record("method", name, Plain(x))
        record("method", name, Plain(x[7:20]))
    for ord in (1, 2, 3):
        record("linalg", "vector_norm", torch.tensor(complex(-0.9, -100), dtype=dtype), ord, keepdim=True)
        record("linalg", "vector_norm", torch.tensor([complex(-0.9, -100), complex(3, 4)], dtype=dtype), ord)

# What has no elements, and what lies in memory otherwise than it seems.
for dtype in (torch.float16, torch.bfloat16, torch.float32):
    for shape in ((0, 0), (1, 5), (0, 3), (2, 0), (3, 2)):
        record("F", "pdist", Plain(torch.ones(shape, dtype=dtype)))
for dtype in (torch.uint8, torch.int8, torch.int32, torch.float16, torch.float32, torch.complex64):
    of = lambda *shape: torch.full(shape, 3).to(dtype)  # noqa: E731
    record("F", "bilinear", of(2, 2), of(2, 3), of(2, 2, 3))
    record("F", "bilinear", of(2, 2), of(2, 3), of(2, 2, 3), of(2))
for places in (torch.tensor([[3, 5]]), torch.tensor(5), torch.tensor([], dtype=torch.int64)):
    for shape in ((2, 4), (8,), ()):
        record("torch", "unravel_index", places, shape)

# What is a single number.
large = [[3e38, -2.0, 1e-30, 0.0, nan]]
for ord in (0.5, 1, 2, 3, -1, -2, 0, inf):
    record("linalg", "vector_norm", large, ord, dim=0)
record("F", "cosine_similarity", large, [[1.0, -3e38, 2.0, 5.0, 1.0]], dim=0)
record("method", "norm", Plain(torch.ones(3, dtype=torch.float16)), dtype=torch.float32)
for dim in (0, -1, 1, -2):
    record("linalg", "vecdot", [1.0, 2.0], [3.0, -4.0], dim=dim)
    record("linalg", "vecdot", [complex(1, 2), 2.0], [3.0, complex(0, -4)], dim=dim)

# Powers of bools, powers that bfloat16 rounds on the way, weights that promote.
for exponent in (True, False, 0, 1, 2, 0.0):
    record("method", "pow", Plain(torch.tensor([True, False])), exponent)
for dtype in (torch.float16, torch.bfloat16):
    for exponent in (0, 2, 3, -2, 3.0):
        record("method", "pow", torch.linspace(-2, 3, 41).to(dtype), exponent)
for exponent in (2, 0.5, Plain(torch.tensor([2, 3]))):
    record("method", "float_power_", Plain(torch.tensor([1.5, 2.0], dtype=torch.float64)), exponent)
    record("method", "float_power_", Plain(torch.tensor([1.5, 2.0])), exponent)
for dtype in (torch.uint8, torch.int64, torch.bool, torch.float32):
    for weight in (torch.tensor(0.3), torch.tensor(0.3, dtype=torch.float64)):
        record("method", "lerp", Plain(torch.tensor([2, 7]).to(dtype)), Plain(torch.tensor([[7], [6]]).to(dtype)), Plain(weight))

# Which of several NaN, and of several that are equal, gets the gradient.
for dims, shape in ((1, (1, 1, 8)), (2, (1, 1, 2, 4)), (3, (1, 1, 2, 2, 2))):
    for values in ((1.0, nan, 3.0, nan, 5.0, 6.0, nan, 2.0), (1.0, 3.0, 3.0, 2.0, 3.0, 0.0, 3.0, nan), (1.0, 3.0, 3.0, 2.0, 3.0, 0.0, 3.0, 1.0)):
        for size in (1, 2):
            record("F", f"adaptive_max_pool{dims}d", torch.tensor(values).reshape(shape), size, return_indices=True)
for name in ("scatter_reduce", "index_reduce"):
    for reduce in ("amax", "amin"):
        for include_self in (True, False):
            record("method", name, [3.0, 1.0, 5.0], 0, Plain(torch.tensor([0, 0, 1])), [3.0, 3.0, 1.0], reduce, include_self=include_self)
record("F", "triplet_margin_loss", *[torch.tensor(x, dtype=torch.float64) for x in ([[3e38, 1.0]], [[1.0, 2.0]], [[0.5, 0.0]])])

# Singular values of complex matrices.
for shape in ((2, 3), (3, 2), (2, 2, 2), (1, 1), (0, 2)):
    n = math.prod(shape)
    z = torch.complex((torch.arange(n) % 5 - 2.0).double(), (torch.arange(n) % 3 - 1.5).double()).reshape(shape)
    record("linalg", "svdvals", z)
    for ord in ("nuc", 2, -2, "fro"):
        if n > 0:
            record("linalg", "matrix_norm", z, ord)
    record("linalg", "cond", z)

# Tensors for results, whose dtype is what is computed in.
for dtype in (torch.float64, torch.int16, torch.float16, torch.complex64):
    into = Plain(torch.zeros(0, dtype=dtype))
    for name in ("sum", "prod", "cumsum", "cumprod"):
        for x in (torch.tensor([2049.0, 1.5, 0.25]), torch.tensor([2, 300, 7]), torch.tensor([1.5 + 2j, 3j])):
            record("torch", name, Plain(x), 0, out=into)
    if dtype.is_floating_point:
        record("torch", "nanmean", Plain(torch.tensor([2049.0, 1.5, nan], dtype=torch.float16)), 0, out=into)
    record("torch", "linspace", 0, 4, 9, out=into)
    record("torch", "full", (2,), 2.5, out=into)
    record("torch", "ones", 2, out=into)

# Images and signals at other sizes: weights in 16 bits, sizes that stay or double by scales that say otherwise.
generator = torch.Generator().manual_seed(3)
for mode, dims in (("linear", 1), ("bilinear", 2), ("trilinear", 3), ("bicubic", 2), ("nearest", 1), ("nearest", 2), ("nearest", 3), ("nearest-exact", 2)):
    for dtype in (torch.float32, torch.float16, torch.bfloat16, torch.uint8):
        x = torch.randint(-9, 9, (1, 5, *[3] * (dims - 1), 5), generator=generator).exp2()
        if dtype == torch.uint8:
            x = x.clamp(0, 255)
            if dims != 2:
                continue
        x = x.to(dtype)
        corners = {"align_corners": True} if mode.endswith(("linear", "cubic")) else {}
        record("F", "interpolate", x, size=(*[4] * (dims - 1), 8), mode=mode, **corners)
        for scale in (1.0, 1.1, 1.19, 2.1, 0.7):
            scales = (*[1.3] * (dims - 1), scale)
            record("F", "interpolate", x, scale_factor=scales, mode=mode)
            record("F", "interpolate", x, scale_factor=scales, mode=mode, **corners)
            if mode in ("bilinear", "bicubic") and dtype in (torch.float32, torch.uint8):
                record("F", "interpolate", x, scale_factor=scales, mode=mode, antialias=True)
for mode, format in (("bilinear", torch.channels_last), ("nearest", torch.channels_last), ("trilinear", torch.channels_last_3d), ("nearest", torch.channels_last_3d)):
    for channels in (3, 5):
        dims = 2 if format == torch.channels_last else 3
        x = torch.randint(-9, 9, (1, channels, *[3] * dims), generator=generator).exp2().half().contiguous(memory_format=format)
        for scale in (1.2, 2.1):
            record("F", "interpolate", x, scale_factor=scale, mode=mode)
            if mode != "nearest":
                record("F", "interpolate", x, scale_factor=scale, mode=mode, align_corners=True)

# Powers of 0, running sums in place, extremes of nothing, and an index that is False.
for base in (0j, 0.0, 2.0):
    for dtype in (torch.complex64, torch.complex128):
        x = torch.tensor([base, 1 + 1j], dtype=dtype)
        for exponent in (1 + 0j, 0j, -1 + 0j, 1j, 2 + 1j, -2 + 1j, 0.5, 0, -1, 2.0, 0.0):
            record("method", "pow", x, exponent)
            record("torch", "pow", Plain(torch.tensor([base, 3.0]).real), exponent)
            record("torch", "pow", base, torch.tensor([exponent, 1j]))
            record("method", "pow", x, torch.tensor([exponent, 1j]))
for dtype in (torch.bool, torch.int32, torch.uint8, torch.float16, torch.complex64):
    for shape in ((), (0,), (3,), (2, 0), (300,)):
        for name in ("cumsum_", "cumprod_"):
            record("method", name, Plain(torch.ones(shape, dtype=dtype)), 0)
            record("method", name, Plain(torch.ones(shape, dtype=dtype)), 0, dtype=torch.int64)
for name in ("amax", "amin"):
    for shape in ((), (0,), (2, 0), (0, 2)):
        for dim in ((), 0, -1):
            record("method", name, torch.zeros(shape, dtype=torch.complex64), dim)
for reduce in ("mean", "prod"):
    for shape in ((0,), (2,), (2, 0)):
        record("method", "index_reduce", torch.ones(shape, dtype=torch.bool), 0, Plain(torch.tensor([], dtype=torch.int64)), torch.ones((0, *shape[1:]), dtype=torch.bool), reduce)
for error in (0.0, 0.5, 1.0, 2.0, nan):
    for name in ("smooth_l1_loss", "huber_loss"):
        record("F", name, [error, -error], [0.0, 0.0], reduction="none")
for name in ("fftfreq", "rfftfreq"):
    for n in (1, 5, 6):
        for dtype in (torch.int64, torch.uint8, torch.bool, torch.float16, torch.float64):
            record("fft", name, n, 0.5, dtype=dtype)
            record("fft", name, n, out=Plain(torch.zeros(0, dtype=dtype)))

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    file = Path(__file__).parent.parent.parent / "test" / "recorded" / "special_values.jsonl.gz"
    with gzip.GzipFile(file, "wb", 9, mtime=0) as out:
        for i in range(len(CALLS)):
            out.write((json.dumps(program(i), separators=(",", ":")) + "\n").encode())
