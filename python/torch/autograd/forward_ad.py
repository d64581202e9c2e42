"""torch.autograd.forward_ad: tensors with tangents."""

import typing

from .._bridge import run
from .._tensor import Tensor
from .grad_mode import _Mode


class UnpackedDualTensor(typing.NamedTuple):
    primal: Tensor
    tangent: Tensor | None


def _level(level):
    return {} if level is None else {"level": level}


def __getattr__(name):
    if name == "_current_level":  # -1 where none is open
        return run("bridge.dualLevel")
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def enter_dual_level():
    return run("autograd.forward_ad.enter_dual_level")


def exit_dual_level(*, level=None):
    run("autograd.forward_ad.exit_dual_level", _level(level))


def make_dual(tensor, tangent, *, level=None):
    return run("autograd.forward_ad.make_dual", tensor, tangent, _level(level))


def unpack_dual(tensor, *, level=None):
    return UnpackedDualTensor(*run("bridge.unpackDual", tensor, _level(level)))


def _is_fwd_grad_enabled():
    return run("bridge.getMode", "forwardGrad")


class _set_fwd_grad_enabled:
    """Whether tangents are carried on, from now on or, in a `with`, in it."""

    def __init__(self, mode):
        self._before = run("bridge.setMode", "forwardGrad", mode)

    def __enter__(self):
        pass

    def __exit__(self, *error):
        run("bridge.setMode", "forwardGrad", self._before)


class dual_level(_Mode):
    """A block in which tensors may have tangents."""

    def __enter__(self):
        return enter_dual_level()

    def __exit__(self, *error):
        exit_dual_level()
