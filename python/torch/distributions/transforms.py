"""torch.distributions.transforms."""

import weakref

from .._bridge import _classes, run
from ._held import Family, Standing, made_of, with_arguments


class Transform(Standing):
    """An invertible function of tensors."""

    _kind = "transform"

    __init__ = _constructor = made_of(["cache_size=0"], "Transform")

    def _callbacks(self, cache_size):
        me = weakref.ref(self)
        return cache_size, lambda name, *args: _answer(me(), name, args)

    def __call__(self, x):
        return run("method.apply", self, x)

    def _inv_call(self, y):
        return run("method._inv_call", self, y)

    def log_abs_det_jacobian(self, x, y):
        if self._library_name is None:
            raise NotImplementedError
        return run("method.log_abs_det_jacobian", self, x, y)

    def forward_shape(self, shape):
        from .._tensor import Size

        return Size(run("method.forward_shape", self, list(shape)))

    def inverse_shape(self, shape):
        from .._tensor import Size

        return Size(run("method.inverse_shape", self, list(shape)))

    def with_cache(self, cache_size=1):
        return run("method.with_cache", self, cache_size)

    def __eq__(self, other):
        return isinstance(other, Transform) and run("method.equals", self, other)

    def __hash__(self):
        return id(self)


def _answer(t, name, args):
    """What a transform written in Python gives to the library."""
    if name == "has":
        return any(args[0] in c.__dict__ for c in type(t).__mro__ if c not in (Transform, Standing))
    return getattr(t, name)(*args) if callable(getattr(t, name)) and name[0] in "_l" else getattr(t, name)


NAMES = """AbsTransform AffineTransform CatTransform ComposeTransform CorrCholeskyTransform CumulativeDistributionTransform ExpTransform
    IndependentTransform LowerCholeskyTransform PositiveDefiniteTransform PowerTransform ReshapeTransform SigmoidTransform SoftmaxTransform
    SoftplusTransform StackTransform StickBreakingTransform TanhTransform""".split()
for _name in [*NAMES, "_InverseTransform"]:
    _cls = globals()[_name] = with_arguments(Family(_name, (Transform,), {"_library_name": _name, "__module__": __name__}))
    _classes["transform." + _name] = _cls._held
identity_transform = run("bridge.identityTransform")
__all__ = [*NAMES, "Transform", "identity_transform"]
