"""torch._C: what programs ask of PyTorch's C++ by name."""

import types
import weakref

from . import Generator, Size, device, dtype, is_grad_enabled, layout, memory_format  # noqa: F401
from ._bridge import run
from ._tensor import Tensor
from .autograd import function as _function
from .autograd.graph import SavedTensor as _SavedTensor
from .autograd.forward_ad import _is_fwd_grad_enabled, _set_fwd_grad_enabled  # noqa: F401

TensorBase = Tensor


def _disabled_torch_function_impl(func, types, args=(), kwargs=None):
    """As `__torch_function__`: the function as it is."""
    return func(*args, **(kwargs or {}))


def _set_grad_enabled(on):
    run("bridge.setMode", "grad", on)


def _log_api_usage_once(event):
    pass


def _current_graph_task_id():
    """The number of the backward pass that runs; -1 outside."""
    return run("bridge.passNumber")


class _WeakTensorRef:
    """Knows whether a tensor is still there."""

    def __init__(self, tensor):
        self._of = weakref.ref(tensor)

    def expired(self):
        return self._of() is None


_autograd = types.ModuleType("torch._C._autograd")
_autograd.SavedTensor = _SavedTensor
_autograd._saved_tensors_hooks_is_enabled = lambda: run("bridge.areHooksAllowed")


class _NoGradient(_function.Function):
    @staticmethod
    def forward(ctx, *tensors):
        given = tuple(t.view_as(t) for t in tensors)
        return given[0] if len(given) == 1 else given

    @staticmethod
    def backward(ctx, *grads):
        return (None,) * len(ctx.needs_input_grad)


class UndefinedGrad:
    """Passes tensors on, and no gradients back."""

    _is_node = True

    def __call__(self, *tensors):
        return _NoGradient.apply(*tensors)


class _Raises(_function.Function):
    @staticmethod
    def forward(ctx, message, *tensors):
        ctx.message = message
        given = tuple(t.view_as(t) for t in tensors)
        return given[0] if len(given) == 1 else given

    @staticmethod
    def backward(ctx, *grads):
        raise RuntimeError(ctx.message)


class DelayedError:
    """Passes tensors on; backward raises."""

    _is_node = True

    def __init__(self, message, num_inputs):
        self._message = message

    def __call__(self, *tensors):
        return _Raises.apply(self._message, *tensors)


_functions = types.ModuleType("torch._C._functions")
_functions.UndefinedGrad, _functions.DelayedError = UndefinedGrad, DelayedError


class _OfName(type):
    """The type of nodes of a name."""

    def __instancecheck__(cls, node):
        return type(node).__name__ == cls.__name__


class AccumulateGrad(metaclass=_OfName):
    """The nodes at which gradients come to leaves."""

    _is_node = True


_functions.AccumulateGrad = AccumulateGrad


from ._places import register_all  # noqa: E402

register_all()
del register_all
