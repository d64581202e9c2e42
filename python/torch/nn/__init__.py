"""torch.nn: modules."""

from importlib import import_module as _import_module

from .._bridge import doc_of as _doc_of, names as _names
from . import functional, grad, init, layers as _layers, parallel, utils
from .composed import AdaptiveLogSoftmaxWithLoss, TripletMarginWithDistanceLoss
from .containers import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from .module import Module
from .parallel import DataParallel
from .parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter
from .transformer import (
    MultiheadAttention,
    Transformer,
    TransformerDecoder,
    TransformerDecoderLayer,
    TransformerEncoder,
    TransformerEncoderLayer,
)


def __getattr__(name):
    if name == "attention":
        return _import_module("torch.nn.attention")
    if name.startswith("Lazy"):
        cls = getattr(_import_module("torch.nn.lazy"), name, None)
    else:
        cls = None if name.startswith("_") else _layers.layer_class(name)
    if cls is None:
        raise AttributeError(f"module 'torch.nn' has no attribute '{name}'")
    globals()[name] = cls
    return cls


def __dir__():
    return sorted(set(globals()) | set(filter(_layers.layer_class, _names("nn"))))


for _cls in (Module, ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential):
    _cls.__doc__ = _cls.__doc__ or _doc_of(f"nn.{_cls.__name__}")

from . import modules  # noqa: E402, last: it has the classes under their other names
