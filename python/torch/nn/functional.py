"""torch.nn.functional."""

from .._bridge import function as _function, names as _names


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    f = _function("nn.functional." + name) or _function("torch." + name, "nn.functional." + name)
    if f is None:
        raise AttributeError(f"module 'torch.nn.functional' has no attribute '{name}'")
    globals()[name] = f
    return f


def __dir__():
    return sorted(_names("nn.functional"))
