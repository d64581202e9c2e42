"""Products of matrices, layers and losses."""

import torch

from .calls import Call, functional, function, kind, method, sometimes
from .elementwise import is_float
from .operands import LAYOUTS, NAMES


@kind(4)
def product(operands, random):
    names = "mm bmm mv dot vdot matmul matmul linear linear addmm addmm_ addmv addr baddbmm outer inner kron einsum tensordot cross cdist trace"
    name = random.choice(names.split())
    dtype = random.choice("float32 float32 float64 float16 bfloat16 int64 int32 complex64 uint8".split())
    of = lambda *shape: operands.make(dtype, list(shape))  # noqa: E731
    size = lambda: random.choice([0, 1, 2, 3, 4, 5, 8, 17] if random.random() < 0.97 else [33, 64, 65])  # noqa: E731
    m, k, n, b = size(), size(), size(), random.choice([0, 1, 2, 3])
    whole = dtype in ("int64", "int32", "uint8")
    scales = sometimes(random, 0.5, beta=[2] if whole else [0, 1, 2, 0.5], alpha=[3] if whole else [1, 0, -1, 0.5])
    if name in ("mm", "bmm"):
        return method(name, of(*[b] * (name == "bmm"), m, k), of(*[b] * (name == "bmm"), k, n))
    if name in ("mv", "trace"):
        return method(name, of(m, k), *([of(k)] if name == "mv" else []))
    if name in ("dot", "vdot"):
        return method(name, of(k), of(k))
    if name == "matmul":
        left = random.choice([[k], [m, k], [b, m, k], [2, b, m, k]])
        return method(name, of(*left), of(*random.choice([[k], [k, n], [b, k, n], [1, k, n], [2, 1, k, n]])))
    if name == "linear":
        bias = [of(n)] if random.random() < 0.5 else []
        return functional(name, of(*random.choice([[k], [m, k], [b, m, k]])), of(n, k), *bias)
    if name in ("addmm", "addmm_"):
        added = [m, n] if name.endswith("_") else random.choice([[m, n], [n], [1, n], []])
        return method(name, of(*added), of(m, k), of(k, n), **scales)
    if name == "addmv":
        return method(name, of(*random.choice([[m], [1], []])), of(m, k), of(k), **scales)
    if name == "addr":
        return method(name, of(m, n), of(m), of(n), **scales)
    if name == "baddbmm":
        return method(name, of(*random.choice([[b, m, n], [m, n], [1, n]])), of(b, m, k), of(b, k, n), **scales)
    if name == "outer":
        return method(name, of(m), of(n))
    if name == "inner":
        return method(name, of(*random.choice([[k], [m, k]])), of(*random.choice([[k], [n, k]])))
    if name == "kron":
        return function(name, of(*random.choice([[2], [2, 3]])), of(*random.choice([[3], [1, 2], [2, 2, 2]])))
    if name == "tensordot":
        return function(name, of(m, k, 2), of(k, 2, n), dims=[[1, 2], [0, 1]])
    if name == "cross":
        return function(name, of(m, 3), of(m, 3), dim=-1)
    if name == "cdist":
        return function(name, of(m, k), of(n, k), p=random.choice([2.0, 1.0, 0.0, float("inf"), 3.0]))
    equations = {
        "ij,jk->ik": [[m, k], [k, n]],
        "bij,bjk->bik": [[b, m, k], [b, k, n]],
        "ii->i": [[k, k]],
        "ij->ji": [[m, k]],
        "i,j->ij": [[m], [n]],
        "bij,kj->bik": [[b, m, k], [n, k]],
        "...ij,...jk": [[b, m, k], [k, n]],
        "ij,kj,k->i": [[m, k], [n, k], [n]],
        "ii": [[k, k]],
        "ij,ij->": [[m, k], [m, k]],
        "a b , b": [[m, k], [k]],
    }
    equation = random.choice(list(equations))
    return function(name, equation, *[of(*shape) for shape in equations[equation]])


def layer_operands(operands, random):
    dtype = random.choice(["float32", "float32", "float64", "float16", "bfloat16"])
    of = lambda *shape: operands.make(dtype, list(shape), extreme=random.random() < 0.2)  # noqa: E731
    return dtype, of, random.choice([0, 1, 2, 3]), random.choice([1, 2, 4]), random.choice([3, 5, 7, 8])


@kind(2)
def convolution(operands, random):
    _, of, batch, channels, _ = layer_operands(operands, random)
    name = random.choice(["conv1d", "conv2d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d"])
    transposed, dims = "transpose" in name, int(name[-2])
    groups = random.choice([1, 1, channels])
    made = random.choice([1, 2]) * groups
    kernel = [random.choice([1, 2, 3]) for _ in range(dims)]
    places = [random.choice([3, 4, 6]) for _ in range(dims)]
    weight = [channels, made // groups] if transposed else [made, channels // groups]
    padding = [0, 1, [1] * dims, *([] if transposed else ["valid", "same"])]
    kwargs = sometimes(random, 0.5, stride=[1, 2, [1] * dims, [2] * dims]) | sometimes(random, 0.5, padding=padding)
    kwargs |= sometimes(random, 0.3, dilation=[1, 2])
    if groups != 1:
        kwargs["groups"] = groups
    bias = [of(made)] if random.random() < 0.5 else []
    return functional(name, of(*([batch] if random.random() < 0.9 else []), channels, *places), of(*weight, *kernel), *bias, **kwargs)


@kind(2)
def pool(operands, random):
    _, of, batch, channels, length = layer_operands(operands, random)
    name = random.choice("max_pool1d max_pool2d avg_pool1d avg_pool2d lp_pool1d adaptive_avg_pool2d adaptive_max_pool1d".split())
    if name == "lp_pool1d":
        return functional(name, of(batch, channels, length), random.choice([2.0, 1.0, 3.0]), 2)
    if name == "adaptive_avg_pool2d":
        return functional(name, of(batch, channels, length, 5), random.choice([1, [2, 3], 4]))
    if name == "adaptive_max_pool1d":
        return functional(name, of(batch, channels, length), random.choice([1, 2, 3]))
    kwargs = sometimes(random, 0.5, stride=[1, 2]) | sometimes(random, 0.3, padding=[1]) | sometimes(random, 0.3, ceil_mode=[True])
    if name.startswith("max"):
        kwargs |= sometimes(random, 0.2, return_indices=[True]) | sometimes(random, 0.2, dilation=[2])
    else:
        kwargs |= sometimes(random, 0.3, count_include_pad=[False])
    return functional(name, of(batch, channels, *[length] * int(name[-2])), random.choice([2, 3]), **kwargs)


@kind(2)
def norm(operands, random):
    dtype, of, batch, channels, length = layer_operands(operands, random)
    name = random.choice("layer_norm rms_norm batch_norm group_norm instance_norm softmax log_softmax softmin normalize".split())
    if name in ("layer_norm", "rms_norm"):
        return functional(name, of(batch, channels, length), [length], *([of(length)] if random.random() < 0.6 else []))
    if name == "batch_norm":
        running = lambda: operands.make(dtype, [channels], grad=False, extreme=False, layout="contiguous")  # noqa: E731
        shape = random.choice([[batch, channels], [batch, channels, length], [batch, channels, length, 2]])
        return functional(name, of(*shape), running(), running(), training=random.random() < 0.6)
    if name == "group_norm":
        return functional(name, of(batch, 4, length), random.choice([1, 2, 4]))
    if name == "instance_norm":
        return functional(name, of(batch, channels, length))
    x = operands.any(lambda t: is_float(t) and (t.dim() > 0 or name != "normalize"), dtype=dtype, shape=[3, 4])
    kwargs = {"p": random.choice([1.0, 2.0, 3.0])} if name == "normalize" else {}
    return functional(name, x, dim=operands.dim(operands[x]), **kwargs)


@kind(2)
def loss(operands, random):
    dtype, of, batch, _, length = layer_operands(operands, random)
    names = """cross_entropy nll_loss mse_loss l1_loss smooth_l1_loss huber_loss kl_div binary_cross_entropy
    binary_cross_entropy_with_logits margin_ranking_loss hinge_embedding_loss triplet_margin_loss cosine_similarity
    pairwise_distance""".split()
    name = random.choice(names)
    reduction = {"reduction": random.choice(["mean", "sum", "none"])}
    if name in ("cross_entropy", "nll_loss"):
        shape, target = random.choice([([batch, 4], [batch]), ([4], []), ([batch, 4, 3], [batch, 3])])
        kwargs = sometimes(random, 0.3, ignore_index=[0, 1, -100])
        if random.random() < 0.3:
            kwargs["weight"] = operands.make(dtype, [4], grad=False, extreme=False)
        if name == "cross_entropy":
            kwargs |= sometimes(random, 0.3, label_smoothing=[0.1])
        return functional(name, of(*shape), operands.integers(target, 4), **reduction, **kwargs)
    if name.startswith("binary"):
        shape = operands.shape(2)
        chances = lambda n: torch.tensor([random.random() for _ in range(n)], dtype=torch.float64)  # noqa: E731
        x = operands.make(dtype, shape, values=chances if name == "binary_cross_entropy" else None)
        return functional(name, x, operands.make(dtype, shape, grad=False, values=chances), **reduction)
    if name == "margin_ranking_loss":
        return functional(name, of(length), of(length), of(length), margin=0.5)
    if name == "hinge_embedding_loss":
        return functional(name, of(length), of(length))
    if name == "triplet_margin_loss":
        return functional(name, of(3, length), of(3, length), of(3, length), swap=random.random() < 0.5)
    if name == "cosine_similarity":
        return functional(name, of(batch, length), of(batch, length), dim=random.choice([0, 1, -1]))
    if name == "pairwise_distance":
        return functional(name, of(batch, length), of(batch, length), p=random.choice([1.0, 2.0, 3.0]))
    x = operands.any(is_float, dtype=dtype)
    t = operands[x]
    return functional(name, x, operands.make(NAMES[t.dtype], t.shape), **reduction)


@kind(2)
def layer(operands, random):
    dtype, of, batch, channels, length = layer_operands(operands, random)
    names = "pad interpolate glu scaled_dot_product_attention pixel_shuffle unfold fold grid_sample prelu threshold embedding_bag"
    name = random.choice(names.split())
    if name == "pad":
        mode = random.choice(["constant", "reflect", "replicate", "circular"])
        width = lambda: random.choice([0, 1, 2, -1 if mode == "constant" else 1])  # noqa: E731
        value = sometimes(random, 0.5, value=[1.5]) if mode == "constant" else {}
        return functional(name, of(batch, channels, length), [width(), width()], mode=mode, **value)
    if name == "interpolate":
        mode = random.choice(["nearest", "bilinear", "bicubic", "area", "nearest-exact"])
        kwargs = random.choice([{"size": random.choice([[2, 3], [7, 9], 4])}, {"scale_factor": random.choice([2.0, 0.5, 1.7, [2.0, 0.6]])}])
        if mode in ("bilinear", "bicubic"):
            kwargs |= sometimes(random, 0.5, align_corners=[True, False])
        return functional(name, of(batch, channels, 4, 5), mode=mode, **kwargs)
    if name == "glu":
        return functional(name, of(batch, 4, 6), dim=random.choice([1, 2, -1]))
    if name == "scaled_dot_product_attention":
        # Rows that overlap are no matrix to PyTorch's BLAS: it leaves the scores unset.
        rows = lambda n: operands.make(dtype, [2, 2, n, 4], layout=random.choice([a for a in LAYOUTS if a != "overlapping"]))  # noqa: E731
        return functional(name, rows(length), rows(5), rows(5), **sometimes(random, 0.4, is_causal=[True]))
    if name == "pixel_shuffle":
        return functional(name, of(batch, 4, 3, 2), 2)
    if name == "unfold":
        return functional(name, of(batch, channels, 5, 6), random.choice([2, [2, 3]]), padding=random.choice([0, 1]), stride=random.choice([1, 2]))
    if name == "fold":
        return functional(name, of(batch, channels * 4, 20), [5, 6], 2)
    if name == "grid_sample":
        modes = {"mode": ["bilinear", "nearest", "bicubic"], "padding_mode": ["zeros", "border", "reflection"]}
        return functional(name, of(2, channels, 4, 5), of(2, 3, 3, 2), align_corners=random.random() < 0.5, **sometimes(random, 1, **modes))
    if name == "prelu":
        return functional(name, of(batch, channels, length), of(random.choice([1, channels])))
    if name == "threshold":
        return functional(name, operands.any(is_float, dtype=dtype), 0.3, random.choice([0, -1.5]))
    return functional(name, operands.integers([2, 3], 5), of(5, 3), mode=random.choice(["sum", "mean", "max"]))


@kind(1)
def igamma(operands, random):
    x = operands.any(is_float, dtype="float32")
    other = operands.broadcastable(operands[x], NAMES[operands[x].dtype])
    return Call("torch", random.choice(["igamma", "igammac"]), x, other)
