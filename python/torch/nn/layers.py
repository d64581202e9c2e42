"""The library's layers as Python modules: what they are made of is here, their numbers are made there."""

import inspect
import itertools
import re
from operator import is_

from .._bridge import Held, doc_of, holder, run
from .._device import placed
from .._signature import by_place_and_name, constructor
from .._tensor import Tensor
from .module import Module
from .parameter import Parameter

KNOWN = {}  # names of a class's fields, parameters and buffers: all that layers had, and those that all had
MISSING = object()
NUMBERS = (int, float)
_missing = itertools.repeat(MISSING)


@holder("layer")
class Calculator(Held):
    """The library's side of a layer, and what it was given last. See Note [Layers in Python] in src/python/layers.ts."""

    names = ((), (), ())  # of fields, parameters and buffers
    values = ((), (), ())
    cls = None  # of the layer when the names were looked up
    asks = False  # whether a name is a property, which has another value whenever it is asked

    def look(self, layer):
        """Finds under which names the layer has what its class computes with, wherever the program has put it."""
        own, cls = layer.__dict__, type(layer)
        known, needed = KNOWN.get(layer._library_name, ((), ()))
        used = known.__contains__ if known else lambda k: k[0] != "_" and _is_used(own[k])
        asked = [k for k in known if isinstance(getattr(cls, k, None), property)]
        lost = [k for k in needed if not hasattr(layer, k)]
        self.cls, self.asks = cls, bool(asked)
        self.names = (*asked, *lost, *filter(used, own)), tuple(layer._parameters), tuple(layer._buffers)
        self.values = ((), (), ())

    def give(self, layer):
        if self.names[1:] != (tuple(layer._parameters), tuple(layer._buffers)):
            self.look(layer)
        given = [getattr(layer, name) for names in self.names for name in names]
        before = [value for values in self.values for value in values]
        changed = [i for i, value in enumerate(given) if i >= len(before) or value is not before[i]]
        if changed:
            names = [name for names in self.names for name in names]
            run("bridge.give", self, ",".join(names[i] for i in changed), *(given[i] for i in changed))
        values = iter(given)
        self.values = tuple(tuple(itertools.islice(values, len(names))) for names in self.names)


def _is_used(x):
    return _is_plain(x) or isinstance(x, Tensor)


def _is_plain(x):
    return x is None or isinstance(x, (bool, int, float, str)) or isinstance(x, (tuple, list)) and all(map(_is_plain, x))


class Layer(Module):
    """A layer whose forward is the library's."""

    _library_name = None

    _constructor = None  # whose arguments are the library's

    def __init__(self, *args, **kwargs):
        self._take(args, kwargs, kwargs)

    def _make(self, values):
        self._take(*by_place_and_name(self._constructor, values), values)

    def _take(self, args, options, values):
        """Takes over what the library's layer is made of; `values`: all arguments by name, as the program gave them."""
        super().__init__()
        place = placed(options.pop("device", None), "empty")
        if options.get("dtype", 0) is None:
            del options["dtype"]
        # A subclass's own way of drawing the parameters is followed from the start.
        reset = getattr(type(self), "reset_parameters", None)
        resets = reset is None or hasattr(reset, "_is_own")
        with place:
            fields, parameters, buffers = run("bridge.newLayer", self._library_name, resets, *args, **options)
        made = {"training", *(x[0] for kind in (fields, parameters, buffers) for x in kind)}
        known, needed = KNOWN.get(self._library_name, (made, made))
        if not known == needed == made:
            known, needed = known | made, needed & made
        KNOWN[self._library_name] = known, needed
        self.__dict__.update(self._kept)
        for name, value in fields:
            self.__dict__[name] = self._as_kept(name, value, values.get(name))
        for name, p in parameters:
            self._parameters[name] = None if p is None else Parameter._of(p)
        for name, b, persistent in buffers:
            self._buffers[name] = b
            if not persistent:
                self._non_persistent_buffers_set.add(name)
        if not resets:
            self.reset_parameters()

    _kept = {}  # fields that the library's class does without
    _keeps_tuples = False

    def _as_kept(self, name, value, given):
        """A field as PyTorch keeps it: a number is the one that was given, float or int, and one for all dims stays one."""
        if name == "scale_factor" and value is not None:
            return float(value) if isinstance(value, (int, float)) else tuple(map(float, value))
        if type(value) is tuple and len(value) == 1 and not self._keeps_tuples:
            return value if isinstance(given, (tuple, list)) else value[0]
        if type(given) not in NUMBERS or type(value) not in NUMBERS:
            return value
        return given if value == given else float(value) if type(given) is float else value

    def _computing(self):
        """What computes for this layer, as the layer is now."""
        own = self.__dict__
        calculator = own.get("_calculator")
        if calculator is None:
            calculator = own["_calculator"] = run("bridge.calculator", self._library_name)
            calculator.look(self)
        elif calculator.cls is not type(self):
            calculator.look(self)
        elif not calculator.asks:
            fields, parameters, buffers = calculator.names
            values = calculator.values
            if (
                all(map(is_, map(own.get, fields, _missing), values[0]))
                and all(map(is_, map(own["_parameters"].get, parameters, _missing), values[1]))
                and all(map(is_, map(own["_buffers"].get, buffers, _missing), values[2]))
            ):
                return calculator
        calculator.give(self)
        return calculator

    def forward(self, *args, **kwargs):
        return run("bridge.forward", self._computing(), *args, **kwargs)

    def extra_repr(self):
        text = run("bridge.compute", self._computing(), "extra_repr")
        for name, value in self.__dict__.items():
            if type(value) is int:  # the library, which has one type of number, tells a float
                text = re.sub(rf"(^|\b{name}=){float(value)}(?=,|$)", rf"\g<1>{value}", text)
        return text

    _derived = ()  # properties that PyTorch has as fields: its programs look for them in what was pickled

    def __getstate__(self):
        state = super().__getstate__()
        state.pop("_calculator", None)
        state.update((name, getattr(self, name)) for name in self._derived)
        return state

    def __setstate__(self, state):
        super().__setstate__({name: x for name, x in state.items() if name not in self._derived})


def _computed(name):
    def method(self, *args, **kwargs):
        return run("bridge.compute", self._computing(), name, *args, **kwargs)

    method.__name__ = method.__qualname__ = name
    method._is_own = True
    return method


# -- families, by the names that PyTorch has for their bases


class _ConvNd(Layer):
    _kept = {"transposed": False}
    _keeps_tuples = True
    _derived = ("_reversed_padding_repeated_twice",)

    @property
    def _reversed_padding_repeated_twice(self):
        if not isinstance(self.padding, str):
            return tuple(n for n in reversed(self.padding) for _ in range(2))
        same = self.padding == "same"
        totals = [d * (k - 1) if same else 0 for d, k in zip(reversed(self.dilation), reversed(self.kernel_size))]
        return [n for total in totals for n in (total // 2, total - total // 2)]

    def _conv_forward(self, input, weight, bias):
        return run("bridge.forwardWith", self._computing(), weight, bias, input)

    def forward(self, input, *args, **kwargs):
        if self._conv_forward.__func__ is _ConvNd._conv_forward:
            return super().forward(input, *args, **kwargs)
        return self._conv_forward(input, self.weight, self.bias)


class _ConvTransposeNd(_ConvNd):
    _kept = {"transposed": True}


class _AvgPoolNd(Layer):
    pass


class LayerNorm(Layer):
    _library_name = "LayerNorm"
    _keeps_tuples = True


class RMSNorm(Layer):
    _library_name = "RMSNorm"
    _keeps_tuples = True


class AvgPool1d(_AvgPoolNd):
    _library_name = "AvgPool1d"
    _keeps_tuples = True


class _MaxUnpoolNd(Layer):
    _keeps_tuples = True


class _NormBase(Layer):
    _version = 2

    _check_input_dim = _computed("_check_input_dim")

    def forward(self, input):
        if getattr(self._check_input_dim, "__func__", None) is _NormBase._check_input_dim:
            return super().forward(input)
        self._check_input_dim(input)
        return run("bridge.compute", self._computing(), "normalised", input)

    def _load_from_state_dict(self, state_dict, prefix, local_metadata, *args):
        key = prefix + "num_batches_tracked"
        version = local_metadata.get("version")
        if (version is None or version < 2) and self.track_running_stats and key not in state_dict:
            # Before version 2 batches were not counted.
            from .. import int64, tensor

            count = self.num_batches_tracked
            state_dict[key] = tensor(0, dtype=int64) if count is None else count
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *args)


class _BatchNorm(_NormBase):
    _library_name = "BatchNorm1d"


class SyncBatchNorm(_BatchNorm):
    _library_name = "SyncBatchNorm"

    @classmethod
    def convert_sync_batchnorm(cls, module, process_group=None):
        """The module with a SyncBatchNorm in place of every BatchNorm in it, with its parameters and statistics."""
        made = module
        if isinstance(module, _BatchNorm) and not isinstance(module, SyncBatchNorm):
            made = cls(module.num_features, module.eps, module.momentum, module.affine, module.track_running_stats, process_group)
            made._parameters.update(module._parameters)
            made._buffers.update(module._buffers)
            made.training = module.training
        for name, child in module.named_children():
            made.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return made


class _InstanceNorm(_NormBase):
    _library_name = "InstanceNorm1d"
    _get_no_batch_dim = _computed("_get_no_batch_dim")


class RNNBase(Layer):
    _derived = ("_flat_weights_names", "_all_weights", "_flat_weights")

    @property
    def _flat_weights_names(self):
        suffixes = [f"_l{i}{r}" for i in range(self.num_layers) for r in (("", "_reverse") if self.bidirectional else ("",))]
        kinds = ["weight_ih", "weight_hh", *(["bias_ih", "bias_hh"] if self.bias else []), *(["weight_hr"] if self.proj_size else [])]
        return [kind + suffix for suffix in suffixes for kind in kinds]

    @property
    def _flat_weights(self):
        return [getattr(self, name, None) for name in self._flat_weights_names]

    @property
    def _all_weights(self):
        names = self._flat_weights_names
        n = len(names) // (self.num_layers * (2 if self.bidirectional else 1))
        return [names[i : i + n] for i in range(0, len(names), n)]

    @property
    def all_weights(self):
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    def flatten_parameters(self):
        """Nothing to be done: here for programs that call it."""


class Embedding(Layer):
    _library_name = "Embedding"

    @classmethod
    def from_pretrained(
        cls, embeddings, freeze=True, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False
    ):
        return cls(
            *_rows_and_columns(embeddings),
            _weight=embeddings,
            _freeze=freeze,
            padding_idx=padding_idx,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            sparse=sparse,
        )


class EmbeddingBag(Layer):
    _library_name = "EmbeddingBag"

    @classmethod
    def from_pretrained(
        cls,
        embeddings,
        freeze=True,
        max_norm=None,
        norm_type=2.0,
        scale_grad_by_freq=False,
        mode="mean",
        sparse=False,
        include_last_offset=False,
        padding_idx=None,
    ):
        made = cls(
            *_rows_and_columns(embeddings),
            _weight=embeddings,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            mode=mode,
            sparse=sparse,
            include_last_offset=include_last_offset,
            padding_idx=padding_idx,
        )
        made.weight.requires_grad = not freeze
        return made


def _rows_and_columns(embeddings):
    if embeddings.dim() != 2:
        raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
    return embeddings.shape


# -- classes by name

CLASSES = {}
# Bases, and the layers that are of them.
BASES = {
    "_ConvNd": "Conv1d Conv2d Conv3d",
    "_ConvTransposeNd": "ConvTranspose1d ConvTranspose2d ConvTranspose3d",
    "_BatchNorm": "BatchNorm1d BatchNorm2d BatchNorm3d",
    "_InstanceNorm": "InstanceNorm1d InstanceNorm2d InstanceNorm3d",
    "RNNBase": "RNN LSTM GRU",
    "RNNCellBase": "RNNCell LSTMCell GRUCell",
    "_DropoutNd": "AlphaDropout Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout",
    "_MaxPoolNd": "MaxPool1d MaxPool2d MaxPool3d",
    "_MaxUnpoolNd": "MaxUnpool1d MaxUnpool2d MaxUnpool3d",
    "_AvgPoolNd": "AvgPool1d AvgPool2d AvgPool3d",
    "_LPPoolNd": "LPPool1d LPPool2d LPPool3d",
    "_AdaptiveAvgPoolNd": "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d",
    "_AdaptiveMaxPoolNd": "AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d",
    "_CircularPadNd": "CircularPad1d CircularPad2d CircularPad3d",
    "_ConstantPadNd": "ConstantPad1d ConstantPad2d ConstantPad3d",
    "_ReflectionPadNd": "ReflectionPad1d ReflectionPad2d ReflectionPad3d",
    "_ReplicationPadNd": "ReplicationPad1d ReplicationPad2d ReplicationPad3d",
    "ConstantPad1d": "ZeroPad1d",
    "ConstantPad2d": "ZeroPad2d",
    "ConstantPad3d": "ZeroPad3d",
    "_Loss": "_WeightedLoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss GaussianNLLLoss HingeEmbeddingLoss HuberLoss KLDivLoss L1Loss MSELoss MarginRankingLoss MultiLabelMarginLoss PoissonNLLLoss SmoothL1Loss SoftMarginLoss TripletMarginLoss",
    "_WeightedLoss": "BCELoss CrossEntropyLoss LinearCrossEntropyLoss MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss",
    "Hardtanh": "ReLU6",
    "Linear": "NonDynamicallyQuantizableLinear",
    "NLLLoss": "NLLLoss2d",
    "Upsample": "UpsamplingBilinear2d UpsamplingNearest2d",
}
BASE_OF = {name: base for base, names in BASES.items() for name in names.split()}

def layer_class(name):
    """The Python class for a layer of the library, or for a base of layers; None if there is none."""
    cls = CLASSES.get(name)
    if cls is None:
        if not (name in BASES or name in LIBRARY_NAMES or run("bridge.hasClass", "layer", name)):
            return None
        base = layer_class(BASE_OF[name]) if name in BASE_OF else Layer
        cls = _complete(type(name, (base,), {"_library_name": LIBRARY_NAMES.get(name, name), **({"_kept": KEPT[name]} if name in KEPT else {})}))
    return cls


def _complete(cls):
    """Registers a class, with the constructor and the methods that the library's has."""
    CLASSES[cls.__name__] = cls
    cls.__doc__ = cls.__doc__ or doc_of(f"nn.{cls.__name__}")
    if cls._library_name is not None and not issubclass(cls, RNNBase):  # PyTorch's take anything, too
        made = constructor(cls._library_name, cls.__name__)
        # One that its base has as well is the base's.
        if made is not None and not (cls._constructor and inspect.signature(made) == inspect.signature(cls._constructor)):
            cls.__init__ = cls._constructor = made
    cls.__module__ = MODULES.get(cls.__name__, "torch.nn.modules")
    if run("bridge.hasClass", "layer", cls._library_name or ""):
        for method in ("reset_parameters", "reset_running_stats"):
            if not hasattr(cls, method) and run("bridge.hasMethod", cls._library_name, method):
                setattr(cls, method, _computed(method))
    return cls


# Fields that the library's class does without.
KEPT = {
    "ReLU6": {"min_val": 0.0, "max_val": 6.0},
    "ZeroPad1d": {"value": 0.0},
    "ZeroPad2d": {"value": 0.0},
    "ZeroPad3d": {"value": 0.0},
    "Upsample": {"name": "Upsample"},
    "UpsamplingNearest2d": {"name": "UpsamplingNearest2d"},
    "UpsamplingBilinear2d": {"name": "UpsamplingBilinear2d"},
}
LIBRARY_NAMES = {**{name: BASES[name].split()[0] for name in "_AdaptiveAvgPoolNd _AdaptiveMaxPoolNd _DropoutNd _LPPoolNd _MaxPoolNd".split()}, "_Loss": "L1Loss", "_WeightedLoss": "BCELoss", "NonDynamicallyQuantizableLinear": "Linear", "NLLLoss2d": "NLLLoss"}

# The file of torch.nn.modules that PyTorch has a layer in.
HOMES = {
    "activation": "CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid LogSoftmax Mish MultiheadAttention PReLU RReLU ReLU ReLU6 SELU SiLU Sigmoid Softmax Softmax2d Softmin Softplus Softshrink Softsign Tanh Tanhshrink Threshold",
    "adaptive": "AdaptiveLogSoftmaxWithLoss",
    "batchnorm": "BatchNorm1d BatchNorm2d BatchNorm3d LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d SyncBatchNorm _BatchNorm _NormBase",
    "channelshuffle": "ChannelShuffle",
    "container": "ModuleDict ModuleList ParameterDict ParameterList Sequential",
    "conv": "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d _ConvNd _ConvTransposeNd",
    "distance": "CosineSimilarity PairwiseDistance",
    "dropout": "AlphaDropout Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout _DropoutNd",
    "flatten": "Flatten Unflatten",
    "fold": "Fold Unfold",
    "instancenorm": "InstanceNorm1d InstanceNorm2d InstanceNorm3d LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d _InstanceNorm",
    "lazy": "LazyModuleMixin",
    "linear": "Bilinear Identity LazyLinear Linear NonDynamicallyQuantizableLinear",
    "linear_cross_entropy_options": "LinearCrossEntropyOptions",
    "loss": "BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss HingeEmbeddingLoss HuberLoss KLDivLoss L1Loss LinearCrossEntropyLoss MSELoss MarginRankingLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss NLLLoss2d PoissonNLLLoss SmoothL1Loss SoftMarginLoss TripletMarginLoss TripletMarginWithDistanceLoss _Loss _WeightedLoss",
    "module": "Module",
    "normalization": "CrossMapLRN2d GroupNorm LayerNorm LocalResponseNorm RMSNorm",
    "padding": "CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d ZeroPad1d ZeroPad2d ZeroPad3d _CircularPadNd _ConstantPadNd _ReflectionPadNd _ReplicationPadNd",
    "pixelshuffle": "PixelShuffle PixelUnshuffle",
    "pooling": "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d AvgPool1d AvgPool2d AvgPool3d FractionalMaxPool2d FractionalMaxPool3d LPPool1d LPPool2d LPPool3d MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d _AdaptiveAvgPoolNd _AdaptiveMaxPoolNd _AvgPoolNd _LPPoolNd _MaxPoolNd _MaxUnpoolNd",
    "rnn": "GRU GRUCell LSTM LSTMCell RNN RNNBase RNNCell RNNCellBase",
    "sparse": "Embedding EmbeddingBag",
    "transformer": "Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer",
    "upsampling": "Upsample UpsamplingBilinear2d UpsamplingNearest2d",
}
MODULES = {name: f"torch.nn.modules.{home}" for home, names in HOMES.items() for name in names.split()}
for _cls in (_ConvNd, _ConvTransposeNd, _AvgPoolNd, AvgPool1d, _MaxUnpoolNd, LayerNorm, RMSNorm, _NormBase, _BatchNorm, SyncBatchNorm, _InstanceNorm, RNNBase, Embedding, EmbeddingBag):
    _complete(_cls)
