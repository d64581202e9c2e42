"""torch.backends: of PyTorch's, none is there; what a program sets on them is kept and changes nothing."""

import contextlib
import types

from .._bridge import run, warn
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
    return made


def _with_flags(module, **defaults):
    """What is set on a backend for the length of a block, and from now on."""

    def set_flags(*given, **named):
        values = dict(zip(defaults, given)) | named
        before = tuple(getattr(module, name) for name in defaults)
        for name, value in values.items():
            if name not in defaults:
                raise TypeError(f"set_flags() got an unexpected keyword argument '{name}'")
            if value is not None:
                setattr(module, name, value)
        return before

    @contextlib.contextmanager
    def flags(*given, **named):
        if unknown := [name for name in named if name not in defaults]:
            raise TypeError(f"flags() got an unexpected keyword argument '{unknown[0]}'")
        before = set_flags(**(defaults | dict(zip(defaults, given)) | named))
        try:
            yield
        finally:
            set_flags(*before)

    module.set_flags, module.flags = set_flags, flags


# Ways of computing attention, and whether a program lets them be taken. See torch.nn.attention.
attention_kernels = dict.fromkeys("CUDNN_ATTENTION FLASH_ATTENTION EFFICIENT_ATTENTION MATH OVERRIDEABLE".split(), True)


def _switches(name, kernel):
    def enabled():
        return attention_kernels[kernel]

    def enable(enabled):
        attention_kernels[kernel] = bool(enabled)

    return {f"{name}_sdp_enabled": enabled, f"enable_{name}_sdp": enable}


class _Matmul:
    """How products on CUDA may be rounded: there are none."""

    def __init__(self):
        self.allow_fp16_reduced_precision_reduction = self.allow_bf16_reduced_precision_reduction = True
        self.allow_fp16_accumulation = False

    @property
    def allow_tf32(self):
        return run("torch.get_float32_matmul_precision") != "highest"

    @allow_tf32.setter
    def allow_tf32(self, on):
        run("torch.set_float32_matmul_precision", "high" if on else "highest")

    def __getattr__(self, name):
        raise AttributeError(f"Unknown attribute {name}")


@contextlib.contextmanager
def _sdp_kernel(enable_flash=True, enable_math=True, enable_mem_efficient=True, enable_cudnn=True):
    warn(
        "`torch.backends.cuda.sdp_kernel()` is deprecated. In the future, this context manager will be removed. Please see `torch.nn.attention.sdpa_kernel()` for the new context manager, with updated signature.",
        "FutureWarning",
    )
    before = dict(attention_kernels)
    attention_kernels.update(
        FLASH_ATTENTION=enable_flash, MATH=enable_math, EFFICIENT_ATTENTION=enable_mem_efficient, CUDNN_ATTENTION=enable_cudnn
    )
    try:
        yield {}
    finally:
        attention_kernels.update(before)


_absent(
    "cuda",
    matmul=_Matmul(),
    sdp_kernel=_sdp_kernel,
    **_switches("flash", "FLASH_ATTENTION"),
    **_switches("math", "MATH"),
    **_switches("mem_efficient", "EFFICIENT_ATTENTION"),
    **_switches("cudnn", "CUDNN_ATTENTION"),
    is_flash_attention_available=lambda: False,
    can_use_flash_attention=lambda params, debug=False: False,
    can_use_efficient_attention=lambda params, debug=False: False,
    can_use_cudnn_attention=lambda params, debug=False: False,
)
_with_flags(
    _absent("cudnn", enabled=True, benchmark=False, benchmark_limit=None, deterministic=False, allow_tf32=True, fp32_precision="none"),
    enabled=False,
    benchmark=False,
    benchmark_limit=10,
    deterministic=False,
    allow_tf32=True,
    fp32_precision="none",
)
_absent("mkl")
_with_flags(
    _absent("mkldnn", enabled=True, deterministic=False, allow_tf32=True, fp32_precision="none"),
    enabled=False,
    deterministic=False,
    allow_tf32=True,
    fp32_precision="none",
)
_with_flags(_absent("nnpack", enabled=True), enabled=False)
_absent("mps")
_absent("openmp")
