"""torch.nn.functional."""

from .._bridge import function as _function, names as _names

# Functions that have a twin which writes over its input.
_IN_PLACE = frozenset(("celu", "elu", "hardtanh", "leaky_relu", "rrelu", "selu", "threshold"))


def _twin(name):
    plain = _function("nn.functional." + name)

    def call(input, *args, **kwargs):
        return plain(input, *args, **kwargs, inplace=True)

    call.__name__ = call.__qualname__ = name + "_"
    call.__module__ = __name__
    return call


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    if name.endswith("_") and name[:-1] in _IN_PLACE:
        f = _twin(name[:-1])
    else:
        f = _function("nn.functional." + name) or _function("torch." + name, "nn.functional." + name)
    if f is None:
        raise AttributeError(f"module 'torch.nn.functional' has no attribute '{name}'")
    globals()[name] = f
    return f


def __dir__():
    return sorted({*_names("nn.functional"), *(name + "_" for name in _IN_PLACE)})
