"""Conditions that programs hold themselves to: torch._check and its kin."""

from . import Tensor
from ._bridge import warn

PLAIN = "Expected cond to be True, but got False. (Could this error message be improved? If so, please report an enhancement request to PyTorch.)"


def _raise_unless(held, error, message):
    if held:
        return
    if message is not None and not callable(message):
        raise TypeError("message must be a callable")
    raise error(PLAIN if message is None else str(message()))


def _checking(name, error):
    def check(cond, message=None):
        if isinstance(cond, Tensor):
            raise TypeError(
                "cond must be a bool, but got a Tensor. For tensor conditions, use torch._check_tensor_all() to assert that all elements are true."
            )
        if not isinstance(cond, bool):
            raise TypeError(f"cond must be a bool, but got {type(cond)}")
        _raise_unless(cond, error, message)

    check.__name__ = check.__qualname__ = name
    check.__doc__ = f"Raises {error.__name__}, with the text that `message` gives, unless the condition holds."
    return check


_check = _checking("_check", RuntimeError)
_check_index = _checking("_check_index", IndexError)
_check_value = _checking("_check_value", ValueError)
_check_type = _checking("_check_type", TypeError)
_check_not_implemented = _checking("_check_not_implemented", NotImplementedError)


def _check_tensor_all(cond, message=None):
    """Raises unless all elements are true."""
    if not isinstance(cond, Tensor):
        raise TypeError(f"cond must be a tensor, but got {type(cond)}")
    if str(cond.dtype) != "torch.bool":
        raise TypeError(f"cond tensor must have dtype torch.bool, but got {cond.dtype}")
    _raise_unless(cond.all().item(), RuntimeError, message)


def _check_is_size(i, message=None, *, max=None):
    warn("_check_is_size will be removed in a future PyTorch release along with guard_size_oblivious.     Use _check(i >= 0) instead.", "FutureWarning")
    _check(i >= 0, message)
    if max is not None:
        _check(i <= max, message)


def _assert_async(input, assert_msg=None):
    """Raises unless the one element is something else than zero."""
    if not bool(input):
        raise RuntimeError(assert_msg or "Expected Tensor with single nonzero value, but got zero")
