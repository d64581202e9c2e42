"""Decompositions, solvers, norms of matrices and Fourier transforms."""

import math

import torch

from .calls import Call, kind, sometimes
from .operands import COMPLEX


def matrix(operands, random, dtype, n, batch, symmetric=False):
    """Square matrices far from singular ones, so that what is made of them is determined."""

    def values(count):
        draw = lambda: torch.tensor([random.gauss(0, 1) for _ in range(count)], dtype=torch.float64)  # noqa: E731
        if n == 0 or count % (n * n):
            return draw()
        made = draw().reshape(-1, n, n)
        if symmetric:
            made = made / 2 + made.mT / 2
        return (made + 4 * n * torch.eye(n, dtype=torch.float64)).reshape(-1)

    layout = "contiguous" if batch else random.choice(["contiguous", "permuted"])
    return operands.make(dtype, [*batch, n, n], layout=layout, values=values)


@kind(2)
def decomposed(operands, random):
    dtype = random.choice(["float32", "float32", "float64"])
    n, k = random.choice([0, 1, 2, 3, 4]), random.choice([0, 1, 2, 3])
    batch = random.choice([[], [], [2], [0], [2, 1]])
    names = """det slogdet inv solve solve_triangular cholesky matrix_power matrix_exp pinv svdvals eigvalsh lu_factor matrix_rank cond
    lstsq inv_ex cholesky_ex tensorinv tensorsolve cholesky_inverse cholesky_solve logdet""".split()
    name = random.choice(names)
    of = lambda *shape: operands.make(dtype, list(shape), extreme=False)  # noqa: E731
    square = lambda symmetric=False: matrix(operands, random, dtype, n, batch, symmetric)  # noqa: E731
    if name in ("cholesky", "cholesky_ex", "eigvalsh"):
        return Call("linalg", name, square(True), **(sometimes(random, 0.3, upper=[True]) if name.startswith("chol") else {}))
    if name in ("cholesky_inverse", "cholesky_solve"):
        left = [of(*batch, n, k)] if name.endswith("solve") else []
        return Call("torch", name, *left, square(), **sometimes(random, 0.3, upper=[True]))
    if name == "solve":
        right = of(*random.choice([[*batch, n, k], [n, k], *([[*batch, n]] if batch != [2] or n != 2 else [])]))
        return Call("linalg", name, square(), right, **sometimes(random, 0.2, left=[True]))
    if name == "solve_triangular":
        options = sometimes(random, 0.3, unitriangular=[True])
        return Call("linalg", name, square(), of(*batch, n, k), upper=random.random() < 0.5, **options)
    if name == "lstsq":
        # Of no columns LAPACK does not tell the rank.
        return Call("linalg", name, square(), of(*batch, n, max(k, 1)))
    if name == "matrix_power":
        return Call("linalg", name, square(), random.choice([0, 1, 2, 3, 5, -1, -2]))
    if name == "cond":
        return Call("linalg", name, square(), *random.choice([[], [1], [2], ["fro"], [math.inf], [-2]]))
    if name == "tensorinv":
        return Call("linalg", name, operands.make(dtype, [4, 2, 2], extreme=False, layout="contiguous"), ind=1)
    if name == "tensorsolve":
        return Call("linalg", name, operands.make(dtype, [2, 3, 6], extreme=False), of(2, 3))
    if name == "logdet":
        return Call("torch", name, square(True))
    return Call("linalg", name, square())


@kind(1)
def norms(operands, random):
    name = random.choice(["vector_norm", "matrix_norm", "norm", "vecdot", "cross", "diagonal", "vander"])
    dtype = random.choice(["float32", "float64", "float16", "complex64"])
    x = operands.make(dtype, operands.shape(4) if name != "matrix_norm" else [random.choice([1, 2, 3]) for _ in range(random.choice([2, 3]))])
    t = operands[x]
    keep = sometimes(random, 0.4, keepdim=[True])
    if name == "vecdot":
        return Call("linalg", name, x, operands.make(dtype, operands.part_of(t)), **sometimes(random, 0.4, dim=[operands.dim(t)]))
    if name == "cross":
        shape = [random.choice([1, 2]), 3]
        return Call("linalg", name, operands.make(dtype, shape), operands.make(dtype, shape))
    if name == "diagonal":
        return Call("linalg", name, x, **sometimes(random, 0.5, offset=[0, 1, -1]))
    if name == "vander":
        return Call("linalg", name, operands.make(dtype, [random.choice([1, 2, 3])], extreme=False), **sometimes(random, 0.5, N=[1, 2, 4]))
    if name == "matrix_norm":
        orders = ["fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf]
        return Call("linalg", name, x, random.choice(orders), **keep)
    order = random.choice([2, 1, 0, 0.5, 3, math.inf, -math.inf])
    return Call("linalg", name, x, order, **keep, dim=operands.dim(t) if random.random() < 0.6 else operands.dims(t)[:1])


@kind(2)
def transformed(operands, random):
    name = random.choice("fft ifft rfft irfft hfft ihfft fft2 ifft2 fftn ifftn rfftn irfftn rfft2 irfft2 fftshift ifftshift fftfreq rfftfreq".split())
    if name.endswith("freq"):
        return Call("fft", name, random.choice([1, 2, 5, 8]), *random.choice([[], [0.5]]))
    real = name in ("rfft", "ihfft", "rfftn", "rfft2")
    dtype = random.choice(["float32", "float64", "int64"] if real else ["float32", "float64", *COMPLEX, *COMPLEX, "bool"])
    dims = random.choice([1, 2, 3]) if "2" not in name else random.choice([2, 3])
    x = operands.make(dtype, [random.choice([1, 2, 3, 4, 5, 7, 8]) for _ in range(dims)], extreme=False)
    if "shift" in name:
        return Call("fft", name, x, **sometimes(random, 0.5, dim=[operands.dim(operands[x])]))
    norm = sometimes(random, 0.4, norm=["ortho", "forward", "backward"])
    if name[-1] in "n2":
        return Call("fft", name, x, **norm, **(sometimes(random, 0.3, dim=[[-1], [0]]) if name[-1] == "n" else {}))
    return Call("fft", name, x, *random.choice([[], [], [3], [6]]), **sometimes(random, 0.5, dim=[operands.dim(operands[x])]), **norm)
