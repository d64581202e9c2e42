"""torch.nn: modules."""

from .._bridge import names as _names
from . import functional, init, layers as _layers, parallel, utils
from .composed import AdaptiveLogSoftmaxWithLoss, TripletMarginWithDistanceLoss
from .containers import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from .module import Module
from .parallel import DataParallel
from .parameter import Buffer, Parameter
from .transformer import (
    MultiheadAttention,
    Transformer,
    TransformerDecoder,
    TransformerDecoderLayer,
    TransformerEncoder,
    TransformerEncoderLayer,
)


def __getattr__(name):
    cls = None if name.startswith("_") else _layers.layer_class(name)
    if cls is None:
        raise AttributeError(f"module 'torch.nn' has no attribute '{name}'")
    globals()[name] = cls
    return cls


def __dir__():
    return sorted(set(globals()) | _names("nn"))


from . import modules  # noqa: E402, last: it has the classes under their other names
