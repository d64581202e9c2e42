"""torch.finfo and torch.iinfo: what numbers of a dtype can be."""

from ._bridge import run
from ._tensor import dtype as _dtype


class _Info:
    def __init__(self, type):
        self.__dict__.update(run(f"torch.{self.__class__.__name__}", type))
        self.dtype = type.name if isinstance(type, _dtype) else self.dtype

    def __eq__(self, other):
        return type(self) is type(other) and self.dtype == other.dtype

    def __hash__(self):
        return hash(self.dtype)


FLOATS = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")


class finfo(_Info):
    """Limits of a floating point dtype."""

    def __init__(self, type=None):
        from ._construct import default_dtype

        super().__init__(default_dtype() if type is None else type)
        for name in FLOATS:
            setattr(self, name, float(getattr(self, name)))

    def __repr__(self):
        return "finfo(" + ", ".join(f"{n}={getattr(self, n):g}" for n in FLOATS) + f", dtype={self.dtype})"


class iinfo(_Info):
    """Limits of an integer dtype."""

    def __repr__(self):
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"
