"""Modules that learn the sizes of their parameters from the first input."""

import itertools

from .._bridge import doc_of
from ..autograd import no_grad
from .layers import Layer, layer_class
from .parameter import UninitializedBuffer, UninitializedParameter, is_lazy


class LazyModuleMixin:
    """A module with parameters that have no sizes yet: `initialize_parameters(input)` gives them some before the first
    forward, from which on it is of the class `cls_to_become`."""

    __module__ = "torch.nn.modules.lazy"
    cls_to_become = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._load_hook = self._register_load_state_dict_pre_hook(self._lazy_load_hook)
        self._initialize_hook = self.register_forward_pre_hook(self._infer_parameters, with_kwargs=True)

    def _tensors(self):
        return itertools.chain(self._parameters.items(), self._buffers.items())

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        for name, t in self._tensors():
            if t is not None and name not in self._non_persistent_buffers_set:
                destination[prefix + name] = t if is_lazy(t) or keep_vars else t.detach()

    def _lazy_load_hook(self, state_dict, prefix, *rest):
        for name, t in self._tensors():
            given = state_dict.get(prefix + name)
            if is_lazy(t) and given is not None and not is_lazy(given):
                with no_grad():
                    t.materialize(given.shape)

    def initialize_parameters(self, *args, **kwargs):
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self):
        return any(is_lazy(t) for _, t in self._tensors())

    def _infer_parameters(self, module, args, kwargs=None):
        module.initialize_parameters(*args, **(kwargs or {}))
        if module.has_uninitialized_params():
            raise RuntimeError(f"module {self._get_name()} has not been fully initialized")
        module._initialize_hook.remove()
        module._load_hook.remove()
        del module._initialize_hook, module._load_hook
        if module.cls_to_become is not None:
            module.__class__ = module.cls_to_become

    def _replicate_for_data_parallel(self):
        raise RuntimeError(
            "Modules with uninitialized parameters can't be used with `DataParallel`. Run a dummy forward pass to correctly initialize the modules"
        )

    def _wait(self, names, kind=UninitializedParameter, **place):
        for name in names:
            setattr(self, name, kind(**place))


class LazyLinear(LazyModuleMixin, layer_class("Linear")):
    """A Linear that has as many in_features as the first input has in its last dim."""

    cls_to_become = layer_class("Linear")

    def __init__(self, out_features, bias=True, device=None, dtype=None):
        super().__init__(0, 0, False)
        self.out_features = out_features
        self._wait(["weight", "bias"] if bias else ["weight"], device=device, dtype=dtype)

    def reset_parameters(self):
        if not self.has_uninitialized_params() and self.in_features != 0:
            super().reset_parameters()

    def initialize_parameters(self, input):
        if self.has_uninitialized_params():
            with no_grad():
                self.in_features = input.shape[-1]
                self.weight.materialize((self.out_features, self.in_features))
                if self.bias is not None:
                    self.bias.materialize((self.out_features,))
                self.reset_parameters()
        if self.in_features == 0:
            if input.shape[-1] != self.weight.shape[-1]:
                raise AssertionError(
                    f"The in_features inferred from input: {input.shape[-1]} is not equal to in_features from self.weight: {self.weight.shape[-1]}"
                )
            self.in_features = input.shape[-1]


class _LazyConvXdMixin(LazyModuleMixin):
    def reset_parameters(self):
        if not self.has_uninitialized_params() and self.in_channels != 0:
            super().reset_parameters()

    def initialize_parameters(self, input, *args, **kwargs):
        if not self.has_uninitialized_params():
            return
        self.in_channels = self._get_in_channels(input)
        if self.in_channels % self.groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        first, second = self.out_channels, self.in_channels
        if self.transposed:
            first, second = second, first
        self.weight.materialize((first, second // self.groups, *self.kernel_size))
        if self.bias is not None:
            self.bias.materialize((self.out_channels,))
        self.reset_parameters()

    def _get_in_channels(self, input):
        fewest = self._get_num_spatial_dims() + 1
        if input.dim() not in (fewest, fewest + 1):
            raise RuntimeError(
                f"Expected {fewest}D (unbatched) or {fewest + 1}D (batched) input to {type(self).__name__}, but got input of size: {input.shape}"
            )
        return input.shape[input.dim() - fewest]

    def _begin(self, out_channels, bias, place):
        self.out_channels = out_channels
        self._wait(["weight", "bias"] if bias else ["weight"], **place)


def _conv(dims):
    base = layer_class(f"Conv{dims}d")

    def __init__(self, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode="zeros", device=None, dtype=None):
        place = {"device": device, "dtype": dtype}
        super(cls, self).__init__(0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode, **place)
        self._begin(out_channels, bias, place)

    cls = _made(base, _LazyConvXdMixin, __init__, _get_num_spatial_dims=lambda self: dims)
    return cls


def _conv_transpose(dims):
    base = layer_class(f"ConvTranspose{dims}d")

    def __init__(self, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, dilation=1, padding_mode="zeros", device=None, dtype=None):
        place = {"device": device, "dtype": dtype}
        super(cls, self).__init__(
            0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation, padding_mode, **place
        )
        self._begin(out_channels, bias, place)

    cls = _made(base, _LazyConvXdMixin, __init__, _get_num_spatial_dims=lambda self: dims)
    return cls


class _LazyNormBase(LazyModuleMixin):
    def reset_parameters(self):
        if not self.has_uninitialized_params() and self.num_features != 0:
            super().reset_parameters()

    def initialize_parameters(self, input):
        if not self.has_uninitialized_params():
            return
        self.num_features = input.shape[1]
        for _, t in self._tensors():
            if is_lazy(t):
                t.materialize((self.num_features,))
        self.reset_parameters()


def _norm(name):
    base = layer_class(name)

    def __init__(self, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True, device=None, dtype=None, *, bias=True):
        from .. import long, tensor

        place = {"device": device, "dtype": dtype}
        super(cls, self).__init__(0, eps, momentum, False, False, **place, bias=False)
        self.affine, self.track_running_stats = affine, track_running_stats
        if affine:
            self._wait(["weight", "bias"] if bias else ["weight"], **place)
        if track_running_stats:
            self._wait(["running_mean", "running_var"], UninitializedBuffer, **place)
            self.num_batches_tracked = tensor(0, dtype=long, device=device)

    cls = _made(base, _LazyNormBase, __init__)
    return cls


def _made(base, mixin, init, **members):
    name = "Lazy" + base.__name__
    members = {"cls_to_become": base, "__init__": init, "__module__": base.__module__, "__doc__": doc_of(f"nn.{name}"), **members}
    init.__qualname__ = ("_LazyNormBase" if mixin is _LazyNormBase else name) + ".__init__"
    return type(name, (mixin, base), members)


LazyLinear.__module__ = "torch.nn.modules.linear"
LazyConv1d, LazyConv2d, LazyConv3d = map(_conv, (1, 2, 3))
LazyConvTranspose1d, LazyConvTranspose2d, LazyConvTranspose3d = map(_conv_transpose, (1, 2, 3))
LazyBatchNorm1d, LazyBatchNorm2d, LazyBatchNorm3d = (_norm(f"BatchNorm{n}d") for n in (1, 2, 3))
LazyInstanceNorm1d, LazyInstanceNorm2d, LazyInstanceNorm3d = (_norm(f"InstanceNorm{n}d") for n in (1, 2, 3))
