"""What stands between the brackets of x[...]."""

import json

from . import _bridge
from ._bridge import encode

INVALID = "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {})"
SEQUENCE = "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch 2.9; use x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor index, x[torch.tensor(seq)], which will result either in an error or a different result"


def is_sequence(x):
    return hasattr(x, "__getitem__") and hasattr(x, "__len__") and not isinstance(x, (dict, _bridge.Held))


def items_of(index):
    """The items of an index; a short list that holds more than numbers is one, too, as in PyTorch."""
    if isinstance(index, tuple):
        return index
    if is_sequence(index) and len(index) < 32:
        if any(is_sequence(x) or isinstance(x, (_bridge.Held, slice)) or x is None or x is Ellipsis for x in index):
            _bridge.warn(SEQUENCE, "UserWarning")
            return (index,) if isinstance(index, str) else tuple(index)
    return (index,)


def bound(x):
    if x is None:
        return ["n"]
    if not hasattr(x, "__index__"):
        raise TypeError("slice indices must be integers or None or have an __index__ method")
    return encode(x.__index__())


def encoded(x):
    if isinstance(x, (int, _bridge.Held)) or x is None:
        return encode(x)
    if x is Ellipsis:
        return ["s", "..."]
    if isinstance(x, slice):
        return ["S", bound(x.start), bound(x.stop), bound(x.step)]
    if is_sequence(x):
        from ._construct import from_data
        from ._tensor import dtype

        return encode(from_data(x) if len(x) else from_data(x, dtype.named("int64")))
    if hasattr(x, "__index__"):
        return encode(x.__index__())
    raise IndexError(INVALID.format(type(x).__name__))


def index_json(index):
    return json.dumps(["l", [encoded(x) for x in items_of(index)]])
