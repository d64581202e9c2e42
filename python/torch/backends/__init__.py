"""torch.backends: of PyTorch's, none is there; what a program sets on them is kept and changes nothing."""

import types

from .._places import register


class _Absent(types.ModuleType):
    """A backend that is not there."""

    def is_available(self):
        return False

    def is_built(self):
        return False

    def version(self):
        return None


def _absent(name, **flags):
    made = _Absent("torch.backends." + name)
    vars(made).update(flags)
    register(made.__name__, made)


# Ways of computing attention, and whether a program lets them be taken. See torch.nn.attention.
attention_kernels = dict.fromkeys("CUDNN_ATTENTION FLASH_ATTENTION EFFICIENT_ATTENTION MATH OVERRIDEABLE".split(), True)


def _switches(name, kernel):
    def enabled():
        return attention_kernels[kernel]

    def enable(enabled):
        attention_kernels[kernel] = bool(enabled)

    return {f"{name}_sdp_enabled": enabled, f"enable_{name}_sdp": enable}


_absent(
    "cuda",
    **_switches("flash", "FLASH_ATTENTION"),
    **_switches("math", "MATH"),
    **_switches("mem_efficient", "EFFICIENT_ATTENTION"),
    **_switches("cudnn", "CUDNN_ATTENTION"),
    is_flash_attention_available=lambda: False,
    can_use_flash_attention=lambda params, debug=False: False,
    can_use_efficient_attention=lambda params, debug=False: False,
    can_use_cudnn_attention=lambda params, debug=False: False,
)
_absent("cudnn", enabled=True, benchmark=False, deterministic=False, allow_tf32=True)
_absent("mkl")
_absent("mkldnn", enabled=True)
_absent("mps")
_absent("openmp")
