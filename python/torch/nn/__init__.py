"""torch.nn: modules."""

from .._bridge import names as _names
from . import functional, init, layers as _layers, modules, utils
from .containers import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from .module import Module
from .parameter import Buffer, Parameter


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    cls = _layers.layer_class(name)
    if cls is None:
        raise AttributeError(f"module 'torch.nn' has no attribute '{name}'")
    globals()[name] = cls
    return cls


def __dir__():
    return sorted(set(globals()) | _names("nn"))
