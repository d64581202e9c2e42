"""Records which dtypes PyTorch's functions take, what dtype they give, and what they say of the others.

    python tools/record/dtypes_taken.py

Writes test/recorded/dtypes_taken.json. In the calls below x is a tensor of the dtype in question, of the given sizes; y is one,
too, and in the calls of PAIRS its dtype goes through all of them for each of x. `m` is a matrix of x's dtype that has an
inverse; i, b and f are int64 (zeros), bool (true) and float32.
"""
import json
import pathlib
import re
import warnings

import torch
import torch.nn.functional as F

DTYPES = "float64 float32 int64 int32 int16 int8 uint8 bool float16 bfloat16 complex64 complex128".split()
LEGACY = "Double Float Long Int Short Char Byte Bool Half BFloat16 ComplexFloat ComplexDouble".split()


class Call:
    def __init__(self, name, args, kwargs):
        self.name, self.args, self.kwargs = name, args, kwargs


class Names:
    """torch, F, … whose functions note how they are called."""

    def __init__(self, prefix):
        self.prefix = prefix

    def __getattr__(self, name):
        return lambda *args, **kwargs: Call(f"{self.prefix}.{name}", args, kwargs)


class Operand:
    """A tensor yet to be made: which, and of which sizes."""

    def __init__(self, kind, sizes):
        self.kind, self.sizes = kind, list(sizes)

    def __getattr__(self, name):
        return lambda *args, **kwargs: Call(f"Tensor.{name}", (self, *args), kwargs)


def tensor(operand, x, y):
    """What the test makes, too: 1, 2, 3, 1, … over 2 where there are fractions."""
    n = 1
    for size in operand.sizes:
        n *= size
    kind, sizes = operand.kind, operand.sizes
    if kind == "d":
        return x
    if kind == "i1":
        return torch.ones(sizes, dtype=torch.int64)
    if kind == "i":
        return torch.zeros(sizes, dtype=torch.int64)
    if kind == "b":
        return torch.ones(sizes, dtype=torch.bool)
    dtype = {"x": x, "y": y, "m": x, "f": torch.float32}[kind]
    values = torch.arange(n, dtype=torch.float64).remainder(3).add(1)
    if dtype.is_floating_point or dtype.is_complex:
        values = values / 2
    values = values.reshape(sizes)
    if kind == "m":
        values = values + 4 * torch.eye(sizes[-2], sizes[-1], dtype=torch.float64)
    return values.to(dtype)


def real(value, x, y):
    if isinstance(value, Operand):
        return tensor(value, x, y)
    if isinstance(value, (list, tuple)):
        return type(value)(real(v, x, y) for v in value)
    return value


SPACES = {"torch": torch, "F": F, "Tensor": torch.Tensor, "linalg": torch.linalg, "special": torch.special, "fft": torch.fft}


def run(call, x, y):
    space, name = call.name.split(".")
    return getattr(SPACES[space], name)(
        *[real(a, x, y) for a in call.args], **{k: real(a, x, y) for k, a in call.kwargs.items()}
    )


def outcome(call, x, y):
    """The dtypes of the results, or the error in one line."""
    try:
        result = run(call, x, y)
    except Exception as error:  # whatever PyTorch raises is what is recorded
        sentence = str(error).split("\n")[0]
        for mark, dtype in (("X", x), ("Y", y)):
            legacy = LEGACY[DTYPES.index(str(dtype).removeprefix("torch."))]
            sentence = re.sub(rf"\b{legacy}\b", f"<{mark}>", sentence)
            sentence = re.sub(rf"\b{dtype}\b", f"<{mark.lower()}>", sentence)
        return f"{type(error).__name__.lstrip('_')}: {sentence}"
    results = result if isinstance(result, (list, tuple)) else [result]
    return " ".join(str(r.dtype).removeprefix("torch.") for r in results if isinstance(r, torch.Tensor)) or "-"


def encoded(value):
    if isinstance(value, Operand):
        return {value.kind: value.sizes}
    if isinstance(value, (list, tuple)):
        return [encoded(v) for v in value]
    if isinstance(value, float) and (value.is_integer() or value != value):
        return {"float": str(value)}
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if isinstance(value, torch.dtype):
        return {"dtype": str(value).removeprefix("torch.")}
    return value


UNARY = """abs sgn sign neg square exp exp2 expm1 log log2 log10 log1p sqrt rsqrt reciprocal sin cos tan asin acos atan
sinh cosh tanh asinh acosh atanh sigmoid erf erfc erfinv floor ceil trunc round frac fix relu logit nan_to_num deg2rad rad2deg
lgamma digamma i0 sinc logical_not bitwise_not conj_physical arccos arcsinh absolute negative"""
NOT_IN_PLACE = """isnan isinf isfinite isposinf isneginf signbit isreal angle conj frexp argwhere nonzero all any
argmax argmin max min amax amin aminmax sum nansum prod mean nanmean median nanmedian std var count_nonzero unique
unique_consecutive sort argsort msort clone resolve_conj"""
BINARY = """add sub mul div true_divide floor_divide remainder fmod pow maximum minimum fmax fmin eq ne lt le gt ge logical_and
logical_or logical_xor bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift atan2 hypot copysign nextafter
ldexp logaddexp logaddexp2 xlogy gcd lcm heaviside float_power igamma igammac"""
NO_TWIN = "maximum minimum fmax fmin logaddexp logaddexp2"
WITH_NUMBER = """add sub mul div floor_divide remainder fmod pow eq lt ge bitwise_and bitwise_or bitwise_xor bitwise_left_shift
bitwise_right_shift copysign xlogy float_power clamp_min clamp_max"""
ACTIVATIONS = """gelu silu mish softplus softsign logsigmoid softshrink hardshrink tanhshrink relu6 hardsigmoid hardswish selu
celu elu leaky_relu hardtanh rrelu relu"""
SPECIAL = """entr ndtr ndtri erfcx log_ndtr i0 i0e i1 i1e expit gammaln psi bessel_j0 bessel_j1 bessel_y0 bessel_y1
modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1
spherical_bessel_j0 airy_ai"""
POLYNOMIALS = """chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w
shifted_chebyshev_polynomial_t hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p"""
LOSSES = "mse_loss l1_loss smooth_l1_loss huber_loss kl_div binary_cross_entropy binary_cross_entropy_with_logits"

SINGLE = """
x(2,3).clamp(0, 1)
x(2,3).clamp(0.5, 1.5)
x(2,3).clamp_(0, 1)
x(2,3).clamp(y(2,3), y(2,3))
x(2,3).clip(0, 1)
torch.where(b(2,3), x(2,3), y(2,3))
torch.where(x(2,3), y(2,3), y(2,3))
x(2,3).masked_fill(b(2,3), 1)
x(2,3).masked_fill(b(2,3), 1.5)
x(2,3).masked_fill(x(2,3), 1)
x(2,3).masked_fill_(b(2,3), float("nan"))
x(2,3).masked_select(b(2,3))
x(2,3).masked_select(x(2,3))
x(2,3).masked_scatter(b(2,3), y(2,3))
x(2,3).masked_scatter(x(2,3), y(2,3))
x(2,3).addcmul(y(2,3), y(2,3))
x(2,3).addcmul(y(2,3), y(2,3), value=2)
x(2,3).addcmul(y(2,3), y(2,3), value=0.5)
x(2,3).addcdiv(y(2,3), y(2,3))
x(2,3).addcdiv_(y(2,3), y(2,3), value=0.5)
x(2,3).lerp(y(2,3), 0.5)
x(2,3).lerp(y(2,3), y(2,3))
x(2,3).lerp_(y(2,3), 0.5)
x(2,3).add(y(2,3), alpha=2)
x(2,3).add(y(2,3), alpha=0.5)
x(2,3).add(y(2,3), alpha=True)
x(2,3).sub(y(2,3), alpha=2)
torch.rsub(x(2,3), y(2,3), alpha=0.5)
x(2,3).add(1.5)
x(2,3).add_(1.5)
x(2,3).add(1.5j)
x(2,3).mul_(1.5)
x(2,3).add(True)
x(2,3).sub(True)
x(2,3).div(y(2,3), rounding_mode="floor")
x(2,3).div(y(2,3), rounding_mode="trunc")
x(2,3).div_(y(2,3))
x(2,3).div_(y(2,3), rounding_mode="floor")
x(2,3).div_(y(2,3), rounding_mode="trunc")
x(2,3).floor_divide_(y(2,3))
x(2,3).true_divide_(2)
x(2,3).pow(2)
x(2,3).pow(0.5)
x(2,3).pow(-1)
x(2,3).pow_(2)
torch.pow(2, x(2,3))
torch.pow(2.5, x(2,3))
x(2,3).square_()
x(2,3).isclose(y(2,3))
torch.allclose(x(2,3), y(2,3))
torch.equal(x(2,3), y(2,3))
x(2,3).round(decimals=1)
x(2,3).logit(1e-3)
x(2,3).mvlgamma(1)
torch.polygamma(1, x(2,3))
x(2,3).cumsum(0)
x(2,3).cumprod(0)
x(2,3).cummax(0)
x(2,3).cummin(0)
x(2,3).logcumsumexp(0)
x(2,3).cumsum_(0)
x(2,3).cumprod_(0)
x(2,3).logsumexp(0)
x(2,3).sum(0)
x(2,3).sum(0, dtype=torch.float32)
x(2,3).sum(0, dtype=torch.int32)
x(2,3).mean(0)
x(2,3).mean(0, dtype=torch.float32)
x(2,3).mean(0, dtype=torch.int64)
x(2,3).prod(0)
x(2,3).max(0)
x(2,3).min(0)
x(2,3).amax(0)
x(2,3).amin(0)
x(2,3).aminmax(dim=0)
x(2,3).argmax(0)
x(2,3).argmin(0)
x(2,3).all(0)
x(2,3).any(0)
x(2,3).nansum(0)
x(2,3).nanmean(0)
x(2,3).median(0)
x(2,3).nanmedian(0)
x(2,3).mode(0)
x(2,3).std(0)
x(2,3).var(0)
torch.std_mean(x(2,3), 0)
torch.var_mean(x(2,3), 0)
x(2,3).norm()
x(2,3).norm(1, 0)
x(2,3).norm(dtype=torch.float32)
x(6).quantile(0.5)
x(6).nanquantile(0.5)
x(6).quantile(y(2))
x(6).kthvalue(2)
x(6).topk(2)
x(6).sort(descending=True)
x(6).bincount()
x(6).histc(4)
torch.histogram(x(6), 4)
torch.histogramdd(x(6,2), [2, 2])
torch.searchsorted(x(6), y(3))
torch.bucketize(x(3), y(6))
torch.isin(x(3), y(2))
torch.unique(x(4,2), dim=0)
x(2,3).softmax(1)
x(2,3).log_softmax(1)
x(2,3).softmax(1, dtype=torch.float32)
F.softmin(x(2,3), 1)
x(2,3).cov()
x(2,3).corrcoef()
x(3,3).trace()
x(3,3).tril()
x(3,3).triu()
x(3,3).diag()
x(3).diag_embed()
x(3).diagflat()
torch.vander(x(3))
x(2,3).flip([0])
x(2,3).roll(1, 0)
x(2,3).rot90()
x(2,3).repeat(2, 1)
x(2,3).tile([2])
x(2,3).repeat_interleave(2)
torch.repeat_interleave(x(3))
x(3).repeat_interleave(y(3))
torch.cat([x(2), y(2)])
torch.stack([x(2), y(2)])
torch.hstack([x(2), y(2)])
x(2,3).fill_(1.5)
x(2,3).fill_(2)
x(2,3).fill_(1j)
x(2,3).zero_()
x(2,3).copy_(y(2,3))
x(3,3).fill_diagonal_(1)
x(3,3).fill_diagonal_(1.5)
x(2,3).gather(1, i(2,1))
x(2,3).gather(1, x(2,1))
x(2,3).scatter(1, i(2,1), y(2,1))
x(2,3).scatter(1, i(2,1), 1)
x(2,3).scatter(1, i(2,1), 1.5)
x(2,3).scatter(1, i(2,1), y(2,1), reduce="add")
x(2,3).scatter(1, i(2,1), y(2,1), reduce="multiply")
x(2,3).scatter_add(1, i(2,1), y(2,1))
x(2,3).scatter_add(1, x(2,1), y(2,1))
x(2,3).scatter_reduce(1, i(2,1), y(2,1), "sum")
x(2,3).scatter_reduce(1, i(2,1), y(2,1), "prod")
x(2,3).scatter_reduce(1, i(2,1), y(2,1), "mean")
x(2,3).scatter_reduce(1, i(2,1), y(2,1), "amax")
x(2,3).scatter_reduce(1, i(2,1), y(2,1), "amin")
x(2,3).index_reduce(1, i(1), y(2,1), "prod")
x(2,3).index_reduce(1, i(1), y(2,1), "mean")
x(2,3).index_reduce(1, i(1), y(2,1), "amax")
x(2,3).index_reduce(1, i(1), y(2,1), "amin", include_self=False)
x(2,3).index_select(1, i(1))
x(2,3).index_select(1, x(1))
x(2,3).index_add(1, i(1), y(2,1))
x(2,3).index_add(1, i(1), y(2,1), alpha=2)
x(2,3).index_add(1, i(1), y(2,1), alpha=0.5)
x(2,3).index_add(1, x(1), y(2,1))
x(2,3).index_copy(1, i(1), y(2,1))
x(2,3).index_copy(1, x(1), y(2,1))
x(2,3).index_fill(1, i(1), 1)
x(2,3).index_fill(1, i(1), 1.5)
x(2,3).index_fill(1, x(1), 1)
x(2,3).index_put([i(1)], y(3))
x(2,3).index_put([i(1)], y(3), accumulate=True)
x(2,3).index_put([x(1)], y(3))
x(2,3).take(i(2))
x(2,3).take(x(2))
x(2,3).put(i(2), y(2))
x(2,3).put(i(2), y(2), accumulate=True)
x(2,3).put(x(2), y(2))
torch.take_along_dim(x(2,3), i(2,1), 1)
torch.take_along_dim(x(2,3), x(2,1), 1)
x(2,2).mm(y(2,2))
x(1,2,2).bmm(y(1,2,2))
x(2,2).mv(y(2))
x(2).dot(y(2))
x(2).vdot(y(2))
x(2).outer(y(2))
x(2).inner(y(2))
x(2,2).matmul(y(2,2))
x(2).matmul(y(2))
x(2,2).addmm(y(2,2), y(2,2))
x(2,2).addmm(y(2,2), y(2,2), alpha=0.5)
x(2,2).addmm(y(2,2), y(2,2), beta=0.5)
x(2).addmv(y(2,2), y(2))
x(2,2).addr(y(2), y(2))
x(2,2).addr(y(2), y(2), alpha=0.5)
x(1,2,2).baddbmm(y(1,2,2), y(1,2,2))
x(2,2).addbmm(y(1,2,2), y(1,2,2))
torch.kron(x(2), y(2))
torch.cross(x(3), y(3), dim=0)
torch.tensordot(x(2,2), y(2,2), 1)
torch.einsum("ij,jk->ik", x(2,2), y(2,2))
torch.dist(x(3), y(3))
torch.cdist(x(2,3), y(2,3))
torch.cdist(x(2,3), y(2,3), 1.0)
x(2,3).renorm(2, 0, 1.0)
x(3).diff()
torch.gradient(x(3))
torch.trapezoid(x(3))
torch.cumulative_trapezoid(x(3))
torch.complex(x(2), y(2))
torch.polar(x(2), y(2))
torch.real(x(2))
torch.imag(x(2))
torch.view_as_real(x(2))
torch.view_as_complex(x(3,2))
x(2).positive()
torch.rsub(x(2), 2)
torch.rsub(x(2), 1.5)
F.linear(x(2,3), y(4,3))
F.linear(x(2,3), y(4,3), y(4))
F.bilinear(x(2,3), y(2,3), y(4,3,3))
F.conv1d(x(1,2,5), y(3,2,3))
F.conv2d(x(1,2,4,4), y(3,2,3,3))
F.conv2d(x(1,2,4,4), y(3,2,3,3), y(3))
F.conv3d(x(1,1,3,3,3), y(1,1,2,2,2))
F.conv_transpose1d(x(1,2,5), y(2,3,3))
F.conv_transpose2d(x(1,2,4,4), y(2,3,3,3))
F.conv_tbc(x(5,1,2), y(3,2,3), y(3))
F.max_pool1d(x(1,2,6), 2)
F.max_pool2d(x(1,2,4,4), 2)
F.max_pool3d(x(1,1,2,4,4), 2)
F.max_pool2d_with_indices(x(1,2,4,4), 2)
F.avg_pool1d(x(1,2,6), 2)
F.avg_pool2d(x(1,2,4,4), 2)
F.avg_pool3d(x(1,1,2,4,4), 2)
F.adaptive_avg_pool1d(x(1,2,6), 2)
F.adaptive_avg_pool2d(x(1,2,4,4), 2)
F.adaptive_avg_pool3d(x(1,1,4,4,4), 2)
F.adaptive_max_pool1d(x(1,2,6), 2)
F.adaptive_max_pool2d(x(1,2,4,4), 2)
F.adaptive_max_pool3d(x(1,1,4,4,4), 2)
F.lp_pool1d(x(1,2,6), 2.0, 2)
F.lp_pool2d(x(1,2,4,4), 2.0, 2)
F.fractional_max_pool2d(x(1,2,6,6), 2, output_size=3)
F.max_unpool1d(x(1,1,1), i(1,1,1), 2)
F.max_unpool2d(x(1,1,1,1), i(1,1,1,1), 2)
F.interpolate(x(1,1,4), 2)
F.interpolate(x(1,1,4), 2, mode="linear")
F.interpolate(x(1,1,4,4), 2)
F.interpolate(x(1,1,4,4), 2, mode="bilinear")
F.interpolate(x(1,1,4,4), 2, mode="bicubic")
F.interpolate(x(1,1,4,4), 2, mode="area")
F.interpolate(x(1,1,2,2,2), 4, mode="trilinear")
F.interpolate(x(1,1,4,4), 2, mode="nearest-exact")
F.interpolate(x(1,1,2,2,2), 4, mode="nearest-exact")
F.interpolate(x(1,1,2,2,2), 4, mode="area")
F.interpolate(x(1,1,4,4), 2, mode="bilinear", antialias=True)
F.interpolate(x(1,1,4,4), 2, mode="bicubic", antialias=True)
F.interpolate(x(1,1,4,4), 4, mode="bicubic", antialias=True)
F.grid_sample(x(1,1,4,4), y(1,2,2,2), align_corners=False)
F.grid_sample(x(1,1,4,4,4), y(1,2,2,2,3), align_corners=False)
F.affine_grid(x(1,2,3), [1, 1, 2, 2], align_corners=False)
F.pad(x(1,2,4), [1, 1])
F.pad(x(1,2,4), [1, 1], value=1.5)
F.pad(x(1,2,4), [1, 1], mode="reflect")
F.pad(x(1,2,4,4), [1, 1, 1, 1], mode="reflect")
F.pad(x(1,2,4), [1, 1], mode="replicate")
F.pad(x(1,2,4,4), [1, 1, 1, 1], mode="replicate")
F.pad(x(1,2,4), [1, 1], mode="circular")
F.pixel_shuffle(x(1,4,2,2), 2)
F.pixel_unshuffle(x(1,1,4,4), 2)
F.channel_shuffle(x(1,4,2,2), 2)
F.unfold(x(1,1,4,4), 2)
F.fold(x(1,4,9), 4, 2)
F.layer_norm(x(2,4), [4])
F.layer_norm(x(2,4), [4], y(4), y(4))
F.rms_norm(x(2,4), [4])
F.rms_norm(x(2,4), [4], y(4))
F.group_norm(x(2,4), 2)
F.group_norm(x(2,4), 2, y(4), y(4))
F.batch_norm(x(3,2), y(2), y(2))
F.batch_norm(x(3,2), None, None, training=True)
F.batch_norm(x(3,2), y(2), y(2), y(2), y(2))
F.instance_norm(x(2,2,4))
F.local_response_norm(x(1,4,4), 2)
F.normalize(x(2,3))
F.cosine_similarity(x(2,3), y(2,3))
F.pairwise_distance(x(2,3), y(2,3))
F.pdist(x(3,3))
F.embedding(i(3), x(4,2))
F.embedding(x(3), f(4,2))
F.embedding_bag(i(3), x(4,2), i(1))
F.one_hot(x(3), 4)
F.glu(x(2,4))
F.prelu(x(2,3), y(1))
F.threshold(x(2,3), 1, 0)
F.threshold(x(2,3), 1.5, 0.5)
F.gelu(x(2,3), approximate="tanh")
F.leaky_relu(x(2,3), 2)
F.leaky_relu_(x(2,3))
F.elu_(x(2,3))
F.hardtanh(x(2,3), 0.5, 1.5)
F.hardtanh(x(2,3), -1, 1)
F.hardtanh_(x(2,3))
F.relu_(x(2,3))
F.dropout(x(2,3), 0.5, False)
F.dropout(x(2,3), 0.5)
F.alpha_dropout(x(2,3), 0.5, True)
F.feature_alpha_dropout(x(2,3), 0.5, True)
F.dropout1d(x(2,3), 0.5)
F.gumbel_softmax(x(2,3))
F.scaled_dot_product_attention(x(1,2,4), y(1,2,4), y(1,2,4))
F.nll_loss(x(2,3), i(2))
F.nll_loss(x(2,3), x(2))
F.nll_loss(x(2,3,4), i(2,4))
F.cross_entropy(x(2,3), i(2))
F.cross_entropy(x(2,3), y(2,3))
F.cross_entropy(f(2,3), x(2))
F.poisson_nll_loss(x(3), y(3))
F.gaussian_nll_loss(x(3), y(3), y(3))
F.soft_margin_loss(x(3), y(3))
F.multilabel_soft_margin_loss(x(2,3), y(2,3))
F.multi_margin_loss(x(2,3), i(2))
F.multilabel_margin_loss(x(2,3), i(2,3))
F.margin_ranking_loss(x(3), y(3), y(3))
F.hinge_embedding_loss(x(3), y(3))
F.cosine_embedding_loss(x(2,3), y(2,3), f(2))
F.triplet_margin_loss(x(2,3), y(2,3), y(2,3))
F.ctc_loss(x(4,1,3), torch_ones(1,2), [4], [2])
m(3,3).det()
m(3,3).logdet()
m(3,3).slogdet()
m(3,3).inverse()
m(3,3).matrix_power(2)
m(3,3).matrix_exp()
m(3,3).cholesky()
m(3,3).qr()
m(3,3).svd()
m(3,3).lu()
m(3,3).pinverse()
m(3,3).geqrf()
linalg.det(m(3,3))
linalg.slogdet(m(3,3))
linalg.inv(m(3,3))
linalg.solve(m(3,3), m(3,3))
linalg.solve_triangular(m(3,3), m(3,3), upper=True)
linalg.cholesky(m(3,3))
linalg.cholesky_ex(m(3,3))
linalg.lu(m(3,3))
linalg.lu_factor(m(3,3))
linalg.ldl_factor(m(3,3))
linalg.qr(m(3,3))
linalg.eig(m(3,3))
linalg.eigvals(m(3,3))
linalg.eigh(m(3,3))
linalg.eigvalsh(m(3,3))
linalg.svd(m(3,3))
linalg.svdvals(m(3,3))
linalg.matrix_rank(m(3,3))
linalg.pinv(m(3,3))
linalg.lstsq(m(3,3), m(3,3))
linalg.matrix_exp(m(3,3))
linalg.matrix_power(m(3,3), 3)
linalg.multi_dot([m(3,3), m(3,3)])
linalg.matrix_norm(m(3,3))
linalg.vector_norm(x(3))
linalg.vector_norm(x(3), 1)
linalg.norm(x(3))
linalg.cond(m(3,3))
linalg.cross(x(3), y(3))
linalg.vecdot(x(3), y(3))
linalg.vander(x(3))
linalg.householder_product(m(3,3), x(3))
fft.fft(x(4))
fft.ifft(x(4))
fft.rfft(x(4))
fft.irfft(x(4))
fft.hfft(x(4))
fft.ihfft(x(4))
fft.fft2(x(4,4))
fft.fftn(x(4,4))
fft.rfft2(x(4,4))
fft.irfft2(x(4,4))
fft.fftshift(x(4))
torch.stft(x(8), 4, return_complex=True)
x(3).multinomial(2)
x(3).bernoulli()
x(3).bernoulli_(0.5)
torch.poisson(x(3))
x(3).uniform_()
x(3).normal_()
x(3).exponential_()
x(3).log_normal_()
x(3).cauchy_()
x(3).geometric_(0.5)
x(3).random_()
x(3).random_(5)
torch.rand_like(x(3))
torch.randn_like(x(3))
torch.randint_like(x(3), 5)
torch.normal(x(3), y(3))
torch.zeros_like(x(3))
torch.full_like(x(3), 2)
torch.full_like(x(3), 1.5)
x(3).new_full([2], 1.5)
torch.arange(3, dtype=DTYPE)
torch.linspace(0, 1, 3, dtype=DTYPE)
torch.logspace(0, 1, 3, dtype=DTYPE)
torch.rand(3, dtype=DTYPE)
torch.randn(3, dtype=DTYPE)
torch.randint(0, 5, [3], dtype=DTYPE)
torch.randperm(3, dtype=DTYPE)
torch.eye(3, dtype=DTYPE)
torch.hann_window(4, dtype=DTYPE)
torch.tril_indices(3, 3, dtype=DTYPE)
torch.full([2], 1.5, dtype=DTYPE)
torch.full([2], 1j, dtype=DTYPE)
special.xlog1py(x(3), y(3))
special.zeta(x(3), y(3))
special.multigammaln(x(3), 1)
"""

PAIRS = """
torch.rsub(x(2,3), y(2,3))
torch.where(b(2,3), x(2,3), y(2,3))
x(2,3).copy_(y(2,3))
x(2,3).clamp(y(2,3))
x(2,3).masked_fill(b(2,3), y())
x(2,3).lerp(y(2,3), 0.5)
x(2,3).addcmul(y(2,3), y(2,3))
x(2,3).addcdiv(y(2,3), y(2,3))
x(2,3).scatter(1, i(2,1), y(2,1))
x(2,3).scatter_add(1, i(2,1), y(2,1))
x(2,3).scatter_reduce(1, i(2,1), y(2,1), "amax")
x(2,3).index_add(1, i(1), y(2,1))
x(2,3).index_copy(1, i(1), y(2,1))
x(2,3).index_fill(1, i(1), y())
x(2,3).index_put([i(1)], y(3))
x(2,3).index_reduce(1, i(1), y(2,1), "prod")
x(2,3).put(i(2), y(2))
x(2,3).masked_scatter(b(2,3), y(2,3))
x(2,2).mm(y(2,2))
x(1,2,2).bmm(y(1,2,2))
x(2,2).mv(y(2))
x(2).dot(y(2))
x(2).vdot(y(2))
x(2).inner(y(2))
x(2).outer(y(2))
x(2,2).matmul(y(2,2))
x(2,2).addmm(y(2,2), y(2,2))
x(2).addmv(y(2,2), y(2))
x(2,2).addr(y(2), y(2))
x(1,2,2).baddbmm(y(1,2,2), y(1,2,2))
torch.kron(x(2), y(2))
torch.cross(x(3), y(3), dim=0)
torch.tensordot(x(2,2), y(2,2), 1)
torch.dist(x(3), y(3))
torch.cdist(x(2,3), y(2,3))
torch.complex(x(2), y(2))
torch.polar(x(2), y(2))
torch.cat([x(2), y(2)])
torch.stack([x(2), y(2)])
torch.searchsorted(x(6), y(3))
torch.bucketize(x(3), y(6))
torch.isin(x(3), y(2))
torch.allclose(x(2,3), y(2,3))
x(2,3).isclose(y(2,3))
x(6).quantile(y(2))
F.linear(x(2,3), y(4,3))
F.conv2d(x(1,2,4,4), y(3,2,3,3))
F.conv_transpose2d(x(1,2,4,4), y(2,3,3,3))
F.bilinear(x(2,3), y(2,3), y(4,3,3))
F.grid_sample(x(1,1,4,4), y(1,2,2,2), align_corners=False)
F.layer_norm(x(2,4), [4], y(4), y(4))
F.rms_norm(x(2,4), [4], y(4))
F.group_norm(x(2,4), 2, y(4), y(4))
F.batch_norm(x(3,2), y(2), y(2))
F.prelu(x(2,3), y(1))
F.cosine_similarity(x(2,3), y(2,3))
F.pairwise_distance(x(2,3), y(2,3))
F.scaled_dot_product_attention(x(1,2,4), y(1,2,4), y(1,2,4))
F.cross_entropy(x(2,3), y(2,3))
F.nll_loss(x(2,3), i(2), y(3))
F.embedding_bag(i(3), x(4,2), i(1), per_sample_weights=y(3), mode="sum")
F.soft_margin_loss(x(3), y(3))
F.hinge_embedding_loss(x(3), y(3))
F.poisson_nll_loss(x(3), y(3))
linalg.solve(m(3,3), y(3,3))
linalg.vecdot(x(3), y(3))
torch.normal(x(3), y(3))
torch.bincount(i(3), x(3))
"""


def calls():
    single = [line for line in SINGLE.strip().splitlines()]
    for name in UNARY.split():
        single += [f"x(2,3).{name}()", f"x(2,3).{name}_()"]
    single += [f"x(2,3).{name}()" for name in NOT_IN_PLACE.split()]
    for name in WITH_NUMBER.split():
        single += [f"x(2,3).{name}{twin}({number})" for twin in ("", "_") for number in ("2", "1.5")]
    single += [f"F.{name}(x(2,3))" for name in ACTIVATIONS.split()]
    single += [f"special.{name}(x(2,3))" for name in SPECIAL.split()]
    single += [f"special.{name}(x(2,3), y(2,3))" for name in POLYNOMIALS.split()]
    single += [f"F.{name}(x(2,3), y(2,3))" for name in LOSSES.split()]
    pairs = [line for line in PAIRS.strip().splitlines()]
    for name in BINARY.split():
        pairs += [f"x(2,3).{name}(y(2,3))", f"x(2,3).{name}(y())"]
        if name not in NO_TWIN.split():
            pairs += [f"x(2,3).{name}_(y(2,3))"]
    for mode in ("floor", "trunc"):
        pairs += [f'x(2,3).div(y(2,3), rounding_mode="{mode}")']
    pairs += [f"F.{name}(x(2,3), y(2,3))" for name in LOSSES.split()]
    yield from ((text, False) for text in single)
    yield from ((text, True) for text in pairs)


def parsed(text):
    names = {name: Names(name) for name in SPACES}
    kinds = {k: (lambda *sizes, k=k: Operand(k, sizes)) for k in "xymibf"}
    more = {"torch_ones": lambda *sizes: Operand("i1", sizes), "DTYPE": Operand("d", [])}
    dtypes = {f"torch_{name}": getattr(torch, name) for name in DTYPES}
    return eval(re.sub(r"dtype=torch\.(\w+)", r"dtype=torch_\1", text), {**names, **kinds, **more, **dtypes})


def record():
    warnings.simplefilter("ignore")
    outcomes, recorded = {}, []
    for text, paired in calls():
        call = parsed(text)
        row = []
        for x in DTYPES:
            for y in DTYPES if paired else [x]:
                found = outcome(call, getattr(torch, x), getattr(torch, y))
                row.append(outcomes.setdefault(found, len(outcomes)))
        recorded.append([text, paired, call.name, encoded(call.args), {k: encoded(v) for k, v in call.kwargs.items()}, row])
    return list(outcomes), recorded


if __name__ == "__main__":
    outcomes, recorded = record()
    path = pathlib.Path(__file__).parent.parent.parent / "test" / "recorded" / "dtypes_taken.json"
    lines = ",\n".join(json.dumps(call, separators=(",", ":")) for call in recorded)
    path.write_text('{"dtypes":%s,\n"outcomes":%s,\n"calls":[\n%s\n]}\n' % (json.dumps(DTYPES), json.dumps(outcomes, indent=0), lines))
