"""torch.nn.modules."""

from . import module


def __getattr__(name):
    from .. import __getattr__ as get

    return get(name)
