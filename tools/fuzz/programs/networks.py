"""Products of matrices, layers and losses."""

import torch

from .calls import Call, functional, function, kind, method, sometimes
from .elementwise import is_float
from .operands import LAYOUTS, NAMES


@kind(4)
def product(operands, random):
    names = "mm bmm mv dot vdot matmul matmul linear linear addmm addmm_ addmv addr baddbmm outer inner kron einsum tensordot cross cdist trace baddbmm_ addmv_ addr_ addbmm multi_dot chain_matmul pdist bilinear ger"
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
    if name in ("addmv", "addmv_"):
        return method(name, of(*([m] if name.endswith("_") else random.choice([[m], [1], []]))), of(m, k), of(k), **scales)
    if name in ("addr", "addr_"):
        return method(name, of(m, n), of(m), of(n), **scales)
    if name in ("baddbmm", "baddbmm_"):
        added = [b, m, n] if name.endswith("_") else random.choice([[b, m, n], [m, n], [1, n]])
        return method(name, of(*added), of(b, m, k), of(b, k, n), **scales)
    if name == "addbmm":
        return method(name, of(m, n), of(b, m, k), of(b, k, n), **scales)
    if name in ("multi_dot", "chain_matmul"):
        return Call("linalg", "multi_dot", [of(m, k), of(k, n), of(n, 3)])
    if name == "pdist":
        return functional(name, of(random.choice([0, 1, 2, 4]), k), random.choice([2.0, 1.0, 3.0, float("inf"), 0.0]))
    if name == "bilinear":
        bias = [of(2)] if random.random() < 0.5 else []
        return functional(name, of(b, m), of(b, n), of(2, m, n), *bias)
    if name in ("outer", "ger"):
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
    name = random.choice(["conv1d", "conv2d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"])
    transposed, dims = "transpose" in name, int(name[-2])
    groups = random.choice([1, 1, channels])
    made = random.choice([1, 2]) * groups
    kernel = [random.choice([1, 2, 3]) for _ in range(dims)]
    places = [random.choice([3, 4, 6]) for _ in range(dims)]
    weight = [channels, made // groups] if transposed else [made, channels // groups]
    padding = [0, 1, [1] * dims, *([] if transposed else ["valid", "same"])]
    kwargs = sometimes(random, 0.5, stride=[1, 2, [1] * dims, [2] * dims]) | sometimes(random, 0.5, padding=padding)
    kwargs |= sometimes(random, 0.3, dilation=[1, 2])
    if transposed and kwargs.get("stride") == 2:
        kwargs |= sometimes(random, 0.4, output_padding=[0, 1, [1] * dims])
    if groups != 1:
        kwargs["groups"] = groups
    bias = [of(made)] if random.random() < 0.5 else []
    return functional(name, of(*([batch] if random.random() < 0.9 else []), channels, *places), of(*weight, *kernel), *bias, **kwargs)


@kind(2)
def pool(operands, random):
    _, of, batch, channels, length = layer_operands(operands, random)
    name = random.choice(
        """max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d lp_pool1d lp_pool2d adaptive_avg_pool1d adaptive_avg_pool2d
        adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d max_unpool1d max_unpool2d""".split()
    )
    dims = int(name[-2])
    several = [*([batch] if random.random() < 0.9 else []), channels]
    if name.startswith("lp_pool"):
        return functional(name, of(*several, *[length] * dims), random.choice([2.0, 1.0, 3.0]), 2)
    if name.startswith("adaptive"):
        size = random.choice([1, 2, 3, 4, [random.choice([1, 2, 3]) for _ in range(dims)]])
        return functional(name, of(*several, *[length, 5, 3][:dims]), size)
    if name.startswith("max_unpool"):
        x = of(*several, *[2] * dims)
        # Where places repeat, which of the values stays is not defined.
        places = torch.tensor(random.sample(range(4**dims), 2**dims)).repeat(max(1, batch * channels))
        return functional(name, x, operands.make("int64", list(operands[x].shape), extreme=False, layout="contiguous", values=lambda n: places.repeat(-(-n // len(places)))[:n]), 2)
    kwargs = sometimes(random, 0.5, stride=[1, 2]) | sometimes(random, 0.3, padding=[1]) | sometimes(random, 0.3, ceil_mode=[True])
    if name.startswith("max"):
        kwargs |= sometimes(random, 0.2, return_indices=[True]) | sometimes(random, 0.2, dilation=[2])
    else:
        kwargs |= sometimes(random, 0.3, count_include_pad=[False])
        kwargs |= sometimes(random, 0.2, divisor_override=[3]) if dims > 1 else {}
    return functional(name, of(*several, *[min(length, 5) if dims == 3 else length] * dims), random.choice([2, 3]), **kwargs)


@kind(2)
def norm(operands, random):
    dtype, of, batch, channels, length = layer_operands(operands, random)
    name = random.choice("layer_norm rms_norm batch_norm group_norm instance_norm softmax log_softmax softmin normalize local_response_norm".split())
    if name in ("layer_norm", "rms_norm"):
        weights = [of(length)] if random.random() < 0.6 else []
        if name == "layer_norm" and weights and random.random() < 0.5:
            weights.append(of(length))
        return functional(name, of(batch, channels, length), [length], *weights, **sometimes(random, 0.3, eps=[1e-3, 0.0]))
    if name == "local_response_norm":
        return functional(name, of(max(batch, 1), channels, length), random.choice([1, 2, 3]), **sometimes(random, 0.3, k=[2.0]))
    if name == "batch_norm":
        running = lambda: operands.make(dtype, [channels], grad=False, extreme=False, layout="contiguous")  # noqa: E731
        shape = random.choice([[batch, channels], [batch, channels, length], [batch, channels, length, 2]])
        weights = {"weight": of(channels), "bias": of(channels)} if random.random() < 0.4 else {}
        options = sometimes(random, 0.3, momentum=[0.0, 1.0, 0.5]) | sometimes(random, 0.2, eps=[1e-3])
        return functional(name, of(*shape), running(), running(), training=random.random() < 0.6, **weights, **options)
    if name == "group_norm":
        return functional(name, of(batch, 4, length), random.choice([1, 2, 4]), *([of(4)] if random.random() < 0.4 else []))
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
    pairwise_distance soft_margin_loss multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss poisson_nll_loss
    gaussian_nll_loss cosine_embedding_loss""".split()
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
    signs = lambda n: torch.tensor([random.choice([-1.0, 1.0]) for _ in range(n)])  # noqa: E731
    if name == "soft_margin_loss":
        return functional(name, of(batch, 3), operands.make(dtype, [batch, 3], grad=False, values=signs), **reduction)
    if name == "multi_margin_loss":
        kwargs = sometimes(random, 0.4, p=[1, 2]) | sometimes(random, 0.4, margin=[0.5])
        return functional(name, of(max(batch, 1), 4), operands.integers([max(batch, 1)], 4), **kwargs, **reduction)
    if name == "multilabel_margin_loss":
        return functional(name, of(max(batch, 1), 4), operands.integers([max(batch, 1), 4], 4), **reduction)
    if name == "multilabel_soft_margin_loss":
        chances = lambda n: torch.tensor([random.random() for _ in range(n)], dtype=torch.float64)  # noqa: E731
        return functional(name, of(batch, 3), operands.make(dtype, [batch, 3], grad=False, values=chances), **reduction)
    if name == "poisson_nll_loss":
        kwargs = sometimes(random, 0.4, log_input=[False]) | sometimes(random, 0.3, full=[True])
        positive = lambda n: torch.tensor([3 * random.random() for _ in range(n)], dtype=torch.float64)  # noqa: E731
        return functional(name, of(batch, 3), operands.make(dtype, [batch, 3], grad=False, values=positive), **kwargs, **reduction)
    if name == "gaussian_nll_loss":
        positive = lambda n: torch.tensor([0.1 + random.random() for _ in range(n)], dtype=torch.float64)  # noqa: E731
        variance = operands.make(dtype, random.choice([[batch, 3], [batch, 1], [batch]]), values=positive)
        return functional(name, of(batch, 3), of(batch, 3), variance, **sometimes(random, 0.3, full=[True]), **reduction)
    if name == "cosine_embedding_loss":
        target = operands.make(dtype, [max(batch, 1)], grad=False, values=signs)
        return functional(name, of(max(batch, 1), 3), of(max(batch, 1), 3), target, **sometimes(random, 0.4, margin=[0.2]), **reduction)
    x = operands.any(is_float, dtype=dtype)
    t = operands[x]
    kwargs = {}
    if name in ("smooth_l1_loss", "huber_loss"):
        kwargs = sometimes(random, 0.4, **{"beta" if name[0] == "s" else "delta": [0.5, 2.0]})
    if name == "kl_div":
        kwargs = sometimes(random, 0.4, log_target=[True])
    return functional(name, x, operands.make(NAMES[t.dtype], t.shape), **kwargs, **reduction)


@kind(2)
def layer(operands, random):
    dtype, of, batch, channels, length = layer_operands(operands, random)
    names = "pad interpolate glu scaled_dot_product_attention pixel_shuffle unfold fold grid_sample affine_grid prelu threshold embedding_bag pixel_unshuffle channel_shuffle pad_more"
    name = random.choice(names.split())
    if name == "pad":
        mode = random.choice(["constant", "reflect", "replicate", "circular"])
        width = lambda: random.choice([0, 1, 2, -1 if mode == "constant" else 1])  # noqa: E731
        value = sometimes(random, 0.5, value=[1.5]) if mode == "constant" else {}
        return functional(name, of(batch, channels, length), [width(), width()], mode=mode, **value)
    if name == "interpolate" and random.random() < 0.3:
        dims = random.choice([1, 3])
        mode = random.choice(["nearest", "area", "nearest-exact", "linear" if dims == 1 else "trilinear"])
        kwargs = random.choice([{"size": random.choice([2, 6])}, {"scale_factor": random.choice([2.0, 0.5, 1.7])}])
        return functional(name, of(max(batch, 1), channels, *[3, 4, 5][:dims]), mode=mode, **kwargs)
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
        return functional(name, rows(length), rows(5), rows(5), **(sometimes(random, 0.4, is_causal=[True]) | sometimes(random, 0.2, scale=[0.5])))
    if name == "affine_grid":
        return functional(name, of(batch, 2, 3), [batch, 1, 3, 4], align_corners=random.random() < 0.5)
    if name == "pixel_unshuffle":
        return functional(name, of(batch, channels, 4, 6), 2)
    if name == "channel_shuffle":
        return functional(name, of(max(batch, 1), 4, 3, 2), random.choice([1, 2, 4]))
    if name == "pad_more":
        mode = random.choice(["constant", "reflect", "replicate", "circular"])
        widths = [random.choice([0, 1, 2]) for _ in range(random.choice([4, 6] if mode == "constant" else [4]))]
        return functional("pad", of(batch, channels, 3, 4), widths, mode=mode)
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
    kwargs = {"mode": random.choice(["sum", "mean", "max"])} | sometimes(random, 0.3, padding_idx=[0, -1])
    return functional(name, operands.integers([2, 3], 5), of(5, 3), **kwargs)


@kind(1)
def igamma(operands, random):
    x = operands.any(is_float, dtype="float32")
    other = operands.broadcastable(operands[x], NAMES[operands[x].dtype])
    return Call("torch", random.choice(["igamma", "igammac"]), x, other)
