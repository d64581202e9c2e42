"""torch.nn.attention: which way of computing attention is taken, and masks that tell what they are."""

import contextlib
import enum
import types

from .. import _bridge
from .._places import register
from .._tensor import Tensor
from ..backends import attention_kernels as _enabled


class SDPBackend(enum.IntEnum):
    """The ways of computing attention. All but MATH and FLASH_ATTENTION are for devices that are not there."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4

    __str__ = enum.Enum.__str__


WARN_FOR_UNFUSED_KERNELS = False


@contextlib.contextmanager
def sdpa_kernel(backends, set_priority=False):
    """Has attention computed in these ways alone. There is one way here: without MATH and FLASH_ATTENTION it is refused."""
    if not isinstance(backends, (list, SDPBackend)):
        raise AssertionError(
            f"Backend must be an instance of SDPBackend or a list of SDPBackend instances, got {type(backends).__name__}"
        )
    wanted = [backends] if isinstance(backends, SDPBackend) else backends
    before = dict(_enabled)
    _enabled.update({name: SDPBackend[name] in wanted for name in _enabled})
    try:
        yield {}
    finally:
        _enabled.update(before)


class CausalVariant(enum.IntEnum):
    """The corner that a causal mask begins in, where queries and keys are not as many."""

    UPPER_LEFT = 1
    LOWER_RIGHT = 2


class CausalBias(Tensor):
    """A causal mask, as attn_mask of scaled_dot_product_attention()."""

    def __new__(cls, variant, seq_len_q, seq_len_kv):
        if not isinstance(variant, CausalVariant):
            raise AssertionError(f"variant must be a CausalVariant, got {type(variant).__name__}")
        from .. import bool, ones

        diagonal = seq_len_kv - seq_len_q if variant == CausalVariant.LOWER_RIGHT else 0
        made = ones(seq_len_q, seq_len_kv, dtype=bool).tril(diagonal)
        made.__class__ = cls
        made.variant, made.seq_len_q, made.seq_len_kv = variant, seq_len_q, seq_len_kv
        if seq_len_q > seq_len_kv and variant == CausalVariant.LOWER_RIGHT:
            _bridge.warn(
                "Lower right causal bias will produce NaNs in the output when seq_len_q > seq_len_kv!", "UserWarning"
            )
        return made

    def _materialize(self, device=None):
        return self.as_subclass(Tensor)

    def __repr__(self):
        return repr(self._materialize())


def causal_upper_left(*size):
    """The mask whose first query sees the first key alone."""
    if len(size) != 2:
        raise AssertionError("causal_upper_left only supports 2D tensors")
    return CausalBias(CausalVariant.UPPER_LEFT, *size)


def causal_lower_right(*size):
    """The mask whose last query sees all keys."""
    if len(size) != 2:
        raise AssertionError("causal_lower_right only supports 2D tensors")
    return CausalBias(CausalVariant.LOWER_RIGHT, *size)


bias = types.ModuleType("torch.nn.attention.bias")
for _x in (CausalVariant, CausalBias, causal_upper_left, causal_lower_right):
    _x.__module__ = bias.__name__
    setattr(bias, _x.__name__, _x)
bias.__all__ = ["causal_upper_left", "causal_lower_right", "CausalVariant", "CausalBias"]
register(bias.__name__, bias)
