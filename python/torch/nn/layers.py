"""The library's layers as Python modules: their parameters are registered here, their numbers are made there."""

from .. import _bridge
from .._bridge import Held, crossed, decode, encode, number_of, run
from .._tensor import Tensor
from .containers import ModuleDict, ModuleList, Sequential
from .module import Module
from .parameter import Parameter


class _LibraryModule(Held):
    """A module of the library."""


class Layer(Module):
    """A layer whose forward is the library's."""

    def __init__(self, *args, **kwargs):
        super().__init__()
        for ignored in ("device",):
            kwargs.pop(ignored, None)
        dtype = kwargs.pop("dtype", None)
        made = run("new." + type(self)._library_name, *args, **kwargs)
        self._adopt(made)
        if dtype is not None:
            self.to(dtype)

    def _adopt(self, made):
        """Stands for the library's module from now on: its parameters, buffers and parts."""
        object.__setattr__(self, "_library", made)
        parameters, buffers, parts = run("bridge.members", made)
        for name, p in parameters:
            self._parameters[name] = None if p is None else (p if isinstance(p, Parameter) else Parameter._of(p))
        for name, b, persistent in buffers:
            self._buffers[name] = b
            if not persistent:
                self._non_persistent_buffers_set.add(name)
        for name, part in parts:
            self._modules[name] = None if part is None else adopt(part)

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        library = self.__dict__.get("_library")
        if library is None:
            return
        if name in self._parameters or name in self._buffers or name == "training":
            run("bridge.setMember", library, name, value)
        elif isinstance(value, (int, float, str, bool)) and name not in ("_library",):
            run("bridge.setMember", library, name, value)

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            library = self.__dict__.get("_library")
            if library is None or name.startswith("_"):
                raise
            found, value = run("bridge.field", library, name)
            if not found:
                raise
            return value

    def _apply(self, fn, recurse=True):
        super()._apply(fn, recurse)
        for name, b in self._buffers.items():
            run("bridge.setMember", self._library, name, b)
        return self

    def forward(self, *args, **kwargs):
        return run("bridge.forward", self._library, *args, **kwargs)

    def reset_parameters(self):
        run("method.reset_parameters", self._library)

    def extra_repr(self):
        return run("method.extra_repr", self._library)

    def __deepcopy__(self, memo):
        import copy

        made = object.__new__(type(self))
        memo[id(self)] = made
        library = run("bridge.cloneModule", self._library)
        Module.__init__(made)
        made._adopt(library)
        for name, p in self._parameters.items():
            if p is not None:
                fresh = copy.deepcopy(p, memo)
                made._parameters[name] = fresh
                run("bridge.setMember", library, name, fresh)
        made.train(self.training)
        return made

    def __reduce__(self):
        import copy

        raise TypeError("layers are saved by their state_dict()")


def adopt(library):
    kind = run("bridge.className", library)
    container = CONTAINERS.get(kind)
    if container is not None:
        made = container()
        for name, part in run("bridge.members", library)[2]:
            made.add_module(name, adopt(part))
        return made
    cls = CLASSES.get(kind) or layer_class(kind) or _layer(kind)
    made = object.__new__(cls)
    Module.__init__(made)
    made._adopt(library)
    return made


CLASSES = {}
CONTAINERS = {"ModuleList": ModuleList, "Sequential": Sequential, "ModuleDict": ModuleDict}


def _layer(name):
    """A class by the library's name for it."""
    home = MODULES.get(name, "torch.nn.modules")
    cls = CLASSES[name] = type(name, (Layer,), {"_library_name": name, "__module__": home})
    return cls


def layer_class(name):
    """The Python class for a layer of the library."""
    cls = CLASSES.get(name)
    if cls is None:
        if number_of("new." + name) < 0:
            return None
        cls = _layer(name)
    return cls


# The file of torch.nn.modules that PyTorch has a layer in.
HOMES = {
    "activation": "CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid LogSoftmax Mish MultiheadAttention PReLU RReLU ReLU ReLU6 SELU SiLU Sigmoid Softmax Softmax2d Softmin Softplus Softshrink Softsign Tanh Tanhshrink Threshold",
    "adaptive": "AdaptiveLogSoftmaxWithLoss",
    "batchnorm": "BatchNorm1d BatchNorm2d BatchNorm3d LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d SyncBatchNorm",
    "channelshuffle": "ChannelShuffle",
    "conv": "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d",
    "distance": "CosineSimilarity PairwiseDistance",
    "dropout": "AlphaDropout Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout",
    "flatten": "Flatten Unflatten",
    "fold": "Fold Unfold",
    "instancenorm": "InstanceNorm1d InstanceNorm2d InstanceNorm3d LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d",
    "linear": "Bilinear Identity LazyLinear Linear",
    "linear_cross_entropy_options": "LinearCrossEntropyOptions",
    "loss": "BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss HingeEmbeddingLoss HuberLoss KLDivLoss L1Loss LinearCrossEntropyLoss MSELoss MarginRankingLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss NLLLoss2d PoissonNLLLoss SmoothL1Loss SoftMarginLoss TripletMarginLoss TripletMarginWithDistanceLoss",
    "normalization": "CrossMapLRN2d GroupNorm LayerNorm LocalResponseNorm RMSNorm",
    "padding": "CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d ZeroPad1d ZeroPad2d ZeroPad3d",
    "pixelshuffle": "PixelShuffle PixelUnshuffle",
    "pooling": "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d AvgPool1d AvgPool2d AvgPool3d FractionalMaxPool2d FractionalMaxPool3d LPPool1d LPPool2d LPPool3d MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d",
    "rnn": "GRU GRUCell LSTM LSTMCell RNN RNNBase RNNCell RNNCellBase",
    "sparse": "Embedding EmbeddingBag",
    "transformer": "Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer",
    "upsampling": "Upsample UpsamplingBilinear2d UpsamplingNearest2d",
}
MODULES = {name: f"torch.nn.modules.{home}" for home, names in HOMES.items() for name in names.split()}
