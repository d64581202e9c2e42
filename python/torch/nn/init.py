"""torch.nn.init."""

import sys as _sys

from .._bridge import function as _function


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    f = _function("nn.init." + name)
    if f is None:
        raise AttributeError(f"module 'torch.nn.init' has no attribute '{name}'")
    if not name.endswith("_") and name != "calculate_gain":
        del f.__signature__  # those without underscore take anything and warn
    globals()[name] = f
    return f
