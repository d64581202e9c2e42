"""torch.quasirandom: points that fill a cube evenly."""

from . import Generator, arange, cat, get_default_dtype, int64, randint, zeros
from ._bridge import run


class SobolEngine:
    """Draws the points of a Sobol' sequence, scrambled or not."""

    MAXBIT = 30
    MAXDIM = 1111  # of PyTorch's 21201: to degree 13 of the polynomials

    def __init__(self, dimension, scramble=False, seed=None):
        if dimension > self.MAXDIM or dimension < 1:
            raise ValueError(f"Supported range of dimensionality for SobolEngine is [1, {self.MAXDIM}]")
        self.seed, self.scramble, self.dimension = seed, scramble, dimension
        self.sobolstate = run("bridge.sobolState", dimension)
        self.shift = zeros(dimension, dtype=int64)
        if scramble:
            self._scramble()
        self.quasi = self.shift.clone()
        self._first_point = (self.quasi.double() / 2**self.MAXBIT).reshape(1, -1)
        self.num_generated = 0

    def _scramble(self):
        generator = None if self.seed is None else Generator().manual_seed(self.seed)
        bits = randint(2, (self.dimension, self.MAXBIT), generator=generator)
        self.shift = (bits * 2 ** arange(self.MAXBIT)).sum(1)
        matrices = randint(2, (self.dimension, self.MAXBIT, self.MAXBIT), generator=generator).tril()
        self.sobolstate = run("bridge.sobolScrambled", self.sobolstate, matrices)

    def draw(self, n=1, out=None, dtype=None):
        """The next `n` points, as [n, dimension]."""
        dtype = dtype or get_default_dtype()
        first = [self._first_point.to(dtype)] if self.num_generated == 0 else []
        more = n - len(first)
        if more > 0:
            points, self.quasi = run("bridge.sobolPoints", self.quasi, more, self.sobolstate, self._begun())
            first.append(points.to(dtype))
        self.num_generated += n
        points = cat(first, -2)
        return points if out is None else out.resize_as_(points).copy_(points)

    def _begun(self):
        """How many points are behind the first."""
        return max(self.num_generated - 1, 0)

    def draw_base2(self, m, out=None, dtype=None):
        """The next 2**m points; with those before they have to be a power of 2."""
        n, before = 2**m, self.num_generated
        if before + n & before + n - 1:
            raise ValueError(
                f"The balance properties of Sobol' points require n to be a power of 2. {before} points have been previously generated, then: n={before}+2**{m}={before + n}. If you still want to do this, please use 'SobolEngine.draw()' instead."
            )
        return self.draw(n, out, dtype)

    def reset(self):
        """Begins anew."""
        self.quasi = self.shift.clone()
        self.num_generated = 0
        return self

    def fast_forward(self, n):
        """Leaves the next `n` points out."""
        more = n if self.num_generated else n - 1
        self.quasi = run("bridge.sobolAfter", self.quasi, more, self.sobolstate, self._begun())
        self.num_generated += n
        return self

    def __repr__(self):
        scrambled = ", scramble=True" if self.scramble else ""
        return f"SobolEngine(dimension={self.dimension}{scrambled}{'' if self.seed is None else f', seed={self.seed}'})"
