"""torch._foreach_*: ops on lists of tensors, made by one rule of the ops on tensors."""

from . import _bridge
from ._tensor import Tensor, type_word

OPS = frozenset(
    "abs acos add addcdiv addcmul asin atan ceil clamp_max clamp_min clone copy cos cosh div erf erfc exp expm1 floor frac lerp lgamma log log10 log1p log2 max maximum minimum mm mul neg norm pow powsum reciprocal round rsqrt sigmoid sign sin sinh sqrt sub tan tanh trunc zero".split()
)
ONLY_IN_PLACE = frozenset(("copy", "zero"))
NOT_IN_PLACE = frozenset(("clone", "max", "mm", "norm", "powsum"))


def _max(t):
    return t.max()


def _norm(t, ord=2, dtype=None):
    from . import linalg

    return linalg.vector_norm(t, ord, dtype=dtype)


def _powsum(t, ord=2):
    return t.abs().pow(ord).sum()


def _pow(t, exponent):
    from . import pow

    return pow(t, exponent)


def _extreme(name):
    def f(t, other):
        from . import tensor

        return getattr(t, name)(other if isinstance(other, Tensor) else tensor(other, dtype=t.dtype))

    return f


def _valued(name):
    """addcmul and addcdiv, whose factor may be given by place."""

    def f(t, a, b, value=1):
        value = value.item() if isinstance(value, Tensor) else value
        return getattr(t, name)(a, b, value=value)

    return f


def _scaled(name):
    def f(t, other, alpha=1):
        return getattr(t, name)(other) if alpha == 1 else getattr(t, name)(other, alpha=alpha)

    return f


def _one(name):
    """The op on one tensor."""
    plain, end = name.rstrip("_"), "_" if name.endswith("_") else ""
    if plain in ("maximum", "minimum"):
        f = _extreme(plain)
        return (lambda t, other: t.copy_(f(t, other))) if end else f
    if plain in ("addcmul", "addcdiv"):
        return _valued(name)
    if plain in ("add", "sub"):
        return _scaled(name)
    special = {"max": _max, "norm": _norm, "powsum": _powsum}.get(plain)
    if plain == "pow" and not end:
        special = _pow
    return special or (lambda t, *args, **kwargs: getattr(t, name)(*args, **kwargs))


def _is_list(x):
    return isinstance(x, (list, tuple))


def _spread(x, count, name):
    """An argument for each tensor: an item of a list, or the same for all."""
    if isinstance(x, Tensor) and x.dim() == 1 and name in ("addcmul", "addcdiv"):
        x = x.tolist()
    if not _is_list(x):
        return [x] * count
    if len(x) != count:
        if x and not isinstance(x[0], Tensor):
            raise RuntimeError("Tensor list must have same number of elements as scalar list.")
        raise RuntimeError(f"Tensor lists must have the same number of tensors, got {count} and {len(x)}")
    return x


def foreach(name):
    """`_foreach_add` of its own name, or None."""
    own = name.removeprefix("_foreach_")
    plain = own.removesuffix("_")
    is_inplace = plain != own
    if plain not in OPS or plain in (NOT_IN_PLACE if is_inplace else ONLY_IN_PLACE):
        return None
    one = _one(own)

    def call(*args, **kwargs):
        if not args and "self" in kwargs:
            args = (kwargs.pop("self"),)
        args = [*args, *(kwargs.pop(key) for key in ("other", "exponent", "scalar", "scalars", "weight") if key in kwargs)]
        tensors = args[0] if not (plain == "pow" and not _is_list(args[0])) else args[1]
        if not _is_list(tensors):
            raise TypeError(
                f"{name}(): argument 'self' (position 1) must be tuple of Tensors, not {type_word(tensors)}"
            )
        if not tensors:
            raise RuntimeError("Tensor list must have at least one tensor.")
        given = [_spread(x, len(tensors), plain) for x in args]
        results = [one(*each, **kwargs) for each in zip(*given)]
        return tensors if is_inplace else tuple(results)

    call.__name__ = call.__qualname__ = name
    call.__module__ = "torch"
    return call
