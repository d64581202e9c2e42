"""torch.utils."""

from importlib import import_module as _import_module

from . import checkpoint, data, deterministic


def __getattr__(name):
    if name in ("benchmark", "dlpack"):
        return _import_module("torch.utils." + name)
    raise AttributeError(f"module 'torch.utils' has no attribute '{name}'")
