"""Calls that compute each element from those in its place, and reductions."""

import math

import torch

from .calls import Call, functional, function, kind, method, sometimes
from .operands import DTYPES, FLOATS, NAMES

UNARY = """neg abs sign sgn exp exp2 expm1 log log2 log10 log1p sqrt rsqrt reciprocal sin cos tan asin acos atan sinh cosh
tanh asinh acosh atanh sigmoid erf erfc erfinv floor ceil trunc round frac square relu logit nan_to_num deg2rad rad2deg
isnan isinf isfinite isposinf isneginf signbit logical_not bitwise_not positive lgamma digamma i0 sinc angle isreal conj
conj_physical logdet fix absolute negative arcsin arccos arctan arcsinh arccosh arctanh""".split()
UNARY_INPLACE = """neg abs sign sgn exp exp2 expm1 log log2 log10 log1p sqrt rsqrt reciprocal sin cos tan asin acos atan
sinh cosh tanh asinh acosh atanh sigmoid erf erfc erfinv floor ceil trunc round frac square relu nan_to_num deg2rad rad2deg
logical_not bitwise_not zero lgamma digamma sinc conj_physical logit""".split()
ACTIVATIONS = """gelu silu mish softplus softsign logsigmoid softshrink hardshrink tanhshrink relu6 hardsigmoid hardswish
selu celu elu leaky_relu hardtanh relu tanh sigmoid""".split()
INPLACE_TOO = "relu6 hardsigmoid hardswish selu celu elu leaky_relu hardtanh relu silu mish".split()
SPECIAL = """entr ndtr ndtri erfcx log_ndtr i0 i0e i1 i1e expit exp2 expm1 gammaln psi sinc bessel_j0 bessel_j1
log1p logit erfinv digamma modified_bessel_i0 modified_bessel_i1 spherical_bessel_j0""".split()
SPECIAL_BINARY = "xlog1py xlogy zeta".split()
POLYNOMIALS = """chebyshev_polynomial_t chebyshev_polynomial_u hermite_polynomial_h hermite_polynomial_he
laguerre_polynomial_l legendre_polynomial_p""".split()
BINARY = """add sub mul div true_divide floor_divide remainder fmod pow maximum minimum fmax fmin eq ne lt le gt ge
logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift atan2 hypot
copysign nextafter ldexp logaddexp logaddexp2 xlogy gcd lcm heaviside float_power isclose""".split()
WITH_SCALAR = """add sub mul div true_divide floor_divide remainder fmod pow eq ne lt le gt ge bitwise_and bitwise_or
bitwise_xor bitwise_left_shift bitwise_right_shift xlogy copysign float_power""".split()
SCALAR_FIRST = "pow remainder floor_divide true_divide float_power xlogy bitwise_and".split()
ALIASES = """multiply subtract divide greater greater_equal less less_equal not_equal arctan2 clamp_max clamp_min""".split()
BINARY_INPLACE = """add sub mul div floor_divide remainder fmod pow eq ne lt le gt ge logical_and logical_or logical_xor bitwise_and
bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift atan2 hypot copysign xlogy copy ldexp gcd lcm nextafter heaviside
float_power clamp_max clamp_min true_divide""".split()
OF_TENSORS = "logical_and logical_or logical_xor atan2 hypot copy ldexp gcd lcm nextafter heaviside".split()
REDUCTIONS = """sum mean prod amax amin argmax argmin all any var std logsumexp nansum nanmean count_nonzero norm max min
median nanmedian mode cumsum cumprod cummax cummin logcumsumexp aminmax""".split()
OVER_DIMS = "sum mean amax amin var std logsumexp nansum nanmean count_nonzero norm all any".split()
NEEDS_DIM = "cumsum cumprod cummax cummin logcumsumexp logsumexp mode".split()
KEEPS_SHAPE = "cumsum cumprod cummax cummin logcumsumexp count_nonzero".split()
TAKES_DTYPE = "sum mean prod cumsum cumprod nansum".split()


def is_float(t):
    return t.is_floating_point()


@kind(3)
def unary(operands, random):
    return method(random.choice(UNARY), operands.any())


def changeable(operands, random):
    """A tensor that may be changed in place, nearly always."""
    return operands.any(lambda t: not (t.requires_grad and t.is_leaf), grad=random.random() < 0.05)


@kind(2)
def unary_inplace(operands, random):
    return method(random.choice(UNARY_INPLACE) + "_", changeable(operands, random))


@kind(2)
def activation(operands, random):
    x = operands.any(is_float, dtype=random.choice(FLOATS))
    name = random.choice(ACTIVATIONS)
    options = {
        "gelu": {"approximate": ["tanh"]},
        "elu": {"alpha": [0.5, 2.0, 1, -1.0, 0.1]},
        "celu": {"alpha": [0.5, 2.0, 1, -1.0, 0.1]},
        "leaky_relu": {"negative_slope": [0.2, -0.5, 0.0, 2]},
        "softplus": {"beta": [1, 2.0, 0.5], "threshold": [20, 1.0, 3]},
        "softshrink": {"lambd": [0.1, 1, 0, 2.0]},
        "hardshrink": {"lambd": [0.1, 1, 0, 2.0]},
        "hardtanh": {"min_val": [-0.5], "max_val": [0.5, 1, -0.5]},
    }
    kwargs = sometimes(random, 0.5, **options.get(name, {}))
    if name in INPLACE_TOO:
        kwargs |= sometimes(random, 0.15, inplace=[True])
    return functional(name, x, **kwargs)


@kind(1)
def special(operands, random):
    r = random.random()
    if r < 0.1:
        x = operands.any(is_float, dtype="float32", extreme=False)
        return Call("special", random.choice(SPECIAL_BINARY), x, operands.broadcastable(operands[x], NAMES[operands[x].dtype]))
    if r < 0.2:
        return Call("special", random.choice(POLYNOMIALS), operands.any(is_float, dtype="float32"), random.choice([0, 1, 2, 3, 5]))
    return Call("special", random.choice(SPECIAL), operands.any(is_float, dtype=random.choice(FLOATS)))


@kind(4)
def binary(operands, random):
    x = operands.any()
    name = random.choice(BINARY if random.random() < 0.9 else ALIASES)
    kwargs = {}
    if name in ("add", "sub"):
        kwargs = sometimes(random, 0.2, alpha=[2, 0.5, -1, 3.0, 0])
    if name == "div":
        kwargs = sometimes(random, 0.3, rounding_mode=["floor", "trunc", None])
    make = function if random.random() < 0.3 else method
    return make(name, x, operands.broadcastable(operands[x]), **kwargs)


@kind(3)
def binary_with_scalar(operands, random):
    x = operands.any()
    if random.random() < 0.1:
        return function(random.choice(SCALAR_FIRST), operands.scalar(), x)
    name = random.choice(WITH_SCALAR)
    if random.random() < 0.1:
        return function("rsub", x, operands.scalar(), **sometimes(random, 0.3, alpha=[2, 0.5, -1]))
    kwargs = sometimes(random, 0.3, rounding_mode=["floor", "trunc"]) if name == "div" else {}
    return method(name, x, operands.scalar(), **kwargs)


@kind(3)
def binary_inplace(operands, random):
    x = changeable(operands, random)
    name = random.choice(BINARY_INPLACE)
    by_tensor = random.random() < 0.75 or name in OF_TENSORS
    return method(name + "_", x, operands.broadcastable(operands[x]) if by_tensor else operands.scalar())


@kind(2)
def with_bounds_or_weights(operands, random):
    x = operands.any()
    t = operands[x]
    same = lambda: operands.broadcastable(t, NAMES[t.dtype])  # noqa: E731
    name = random.choice(["clamp", "clamp_", "lerp", "lerp_", "addcmul", "addcdiv", "addcmul_", "addcdiv_", "where"])
    if name.startswith("clamp"):
        tensors = random.random() < 0.4
        bound = lambda: operands.broadcastable(t) if tensors else operands.scalar(complex_too=False)  # noqa: E731
        return method(name, x, **{side: bound() for side in ("min", "max") if random.random() < 0.8})
    if name.startswith("lerp"):
        weight = random.choice([0.3, 0.5, 0.8, 2.0, -1.0]) if random.random() < 0.6 else same()
        return method(name, x, same(), weight)
    if name == "where":
        mask = operands.make("bool", operands.part_of(t))
        return function(name, mask, x, same() if random.random() < 0.7 else operands.scalar(complex_too=False))
    return method(name, x, same(), same(), **sometimes(random, 0.5, value=[2, 0.5, -1]))


@kind(4)
def reduction(operands, random):
    x = operands.any()
    t = operands[x]
    name = random.choice(REDUCTIONS)
    args, kwargs = [], {}
    if name in NEEDS_DIM or random.random() < 0.7:
        dim = operands.dims(t) if name in OVER_DIMS and random.random() < 0.5 else operands.dim(t)
        if random.random() < 0.5 and name not in ("norm", "aminmax"):
            args = [dim]
        else:
            kwargs["dim"] = dim
        if name not in KEEPS_SHAPE:
            kwargs |= sometimes(random, 0.5, keepdim=[True, True, False])
    if name in TAKES_DTYPE:
        dtypes = ["float32", "float64", "int64", "float16", "int32", "bool"]
        kwargs |= sometimes(random, 0.15, dtype=[DTYPES[d] for d in dtypes])
    if name in ("var", "std"):
        kwargs |= sometimes(random, 0.5, correction=[0, 1, 2])
    if name == "norm":
        kwargs |= sometimes(random, 0.6, p=[1, 2, 3, 0, 0.5, math.inf, -math.inf, "fro"])
    return method(name, x, *args, **kwargs)


@kind(1)
def statistics(operands, random):
    names = "quantile nanquantile histc cov diff var_mean std_mean renorm polygamma mvlgamma dist gradient frexp nan_to_num corrcoef"
    name = random.choice(names.split())
    if name in ("quantile", "nanquantile"):
        x = operands.any(is_float, dtype="float32")
        interpolation = ["linear", "lower", "higher", "nearest", "midpoint"]
        return method(name, x, random.choice([0.0, 0.25, 0.5, 0.9, 1.0, 0.333]), **sometimes(random, 1, interpolation=interpolation))
    if name == "histc":
        return method(name, operands.any(is_float, dtype="float32", extreme=False), bins=random.choice([1, 5]), min=-2, max=2)
    if name == "renorm":
        x = operands.any(lambda t: is_float(t) and t.dim() > 1, dtype="float32", shape=[3, 4])
        return method(name, x, random.choice([1, 2, 3.0]), 0, random.choice([1, 0.5]))
    if name == "mvlgamma":
        return method(name, operands.any(is_float, dtype="float32", extreme=False), random.choice([1, 2, 3]))
    if name == "dist":
        x = operands.any(is_float, dtype="float32")
        return method(name, x, operands.broadcastable(operands[x]), *random.choice([[], [1], [0], [3.0], [math.inf]]))
    if name == "gradient":
        x = operands.any(is_float, dtype="float32")
        kwargs = sometimes(random, 0.5, dim=[operands.dim(operands[x])]) | sometimes(random, 0.3, spacing=[2.0, 0.5])
        return function(name, x, **kwargs, **sometimes(random, 0.3, edge_order=[2]))
    if name == "frexp":
        return function(name, operands.any(is_float, dtype="float32"))
    if name == "nan_to_num":
        options = {"nan": [0.5, 2], "posinf": [9, 1.0], "neginf": [-9, -1.5]}
        return method(name + random.choice(["", "_"]), changeable(operands, random), **sometimes(random, 0.7, **options))
    if name == "polygamma":
        return Call("special", name, random.choice([0, 1, 2]), operands.any(is_float, dtype="float32"))
    x = operands.any()
    if name == "cov":
        return method(name, x, **sometimes(random, 0.4, correction=[0, 1, 2]))
    if name == "corrcoef":
        return method(name, x)
    if name == "diff":
        return method(name, x, n=random.choice([1, 2]), dim=operands.dim(operands[x]))
    kwargs = sometimes(random, 0.6, dim=[operands.dim(operands[x])]) | sometimes(random, 0.3, keepdim=[True])
    return function(name, x, **kwargs)


@kind(1)
def scan_inplace(operands, random):
    x = changeable(operands, random)
    name = random.choice(["cumsum_", "cumprod_", "fill_", "fill_diagonal_", "renorm_", "mvlgamma_", "clamp_min_", "clamp_max_"])
    if name in ("cumsum_", "cumprod_"):
        return method(name, x, operands.dim(operands[x]))
    if name == "renorm_":
        x = operands.any(lambda t: is_float(t) and t.dim() > 1 and not t.requires_grad, dtype="float32", shape=[3, 4], grad=False)
        return method(name, x, random.choice([1, 2, 3.0]), random.choice([0, -1]), random.choice([1, 0.5]))
    if name == "mvlgamma_":
        return method(name, x, random.choice([1, 2]))
    if name == "fill_diagonal_":
        return method(name, x, operands.scalar(complex_too=False), **sometimes(random, 0.3, wrap=[True]))
    return method(name, x, operands.scalar(complex_too=False))


@kind(1)
def of_complex(operands, random):
    x = operands.any(lambda t: t.is_complex(), dtype=random.choice(["complex64", "complex128"]))
    if random.random() < 0.6:
        names = [name for name in UNARY if name not in ("fix", "logdet")]
        return method(random.choice(names), x)
    if random.random() < 0.5:
        names = "add sub mul div pow eq ne xlogy float_power true_divide isclose".split()
        return method(random.choice(names), x, operands.broadcastable(operands[x], "complex64"))
    name = random.choice("sum mean prod cumsum cumprod norm logsumexp var std nansum all any count_nonzero".split())
    return method(name, x, **({"dim": operands.dim(operands[x])} if name in NEEDS_DIM or random.random() < 0.6 else {}))


@kind(1)
def of_parts(operands, random):
    name = random.choice(["complex", "polar", "view_as_complex"])
    dtype = random.choice(["float32", "float64"])
    x = operands.make(dtype, [*operands.shape(2), 2] if name == "view_as_complex" else operands.shape(2))
    if name == "view_as_complex":
        return function(name, x)
    if name == "polar":  # of lengths: where they are not positive, PyTorch's gradient is that of their absolute value
        lengths = lambda n: torch.tensor([0.1 + random.random() for _ in range(n)], dtype=torch.float64)  # noqa: E731
        x = operands.make(dtype, operands.shape(2), values=lengths)
    return function(name, x, operands.make(dtype, operands.part_of(operands[x])))
