"""torch.cuda: no such device is there, and a program that asks is told so."""

import collections
import contextlib

from ._bridge import warn
from ._device import check_device

default_generators = ()
has_half = True
has_magma = False


def is_bf16_supported(including_emulation=True):
    return False


def manual_seed(seed):
    """Nothing to seed."""


def manual_seed_all(seed):
    """Nothing to seed."""


def set_rng_state_all(new_states):
    """Nothing to set."""


def memory_stats(device=None):
    return collections.OrderedDict()


host_memory_stats = memory_stats


def memory_stats_as_nested_dict(device=None):
    return {}


host_memory_stats_as_nested_dict = memory_stats_as_nested_dict


def get_rng_state_all():
    return []


def get_arch_list():
    return []


def get_gencode_flags():
    return ""


def list_gpu_processes(device=None):
    return "pynvml module not found, please install nvidia-ml-py"


def max_memory_cached(device=None):
    warn("`torch.cuda.max_memory_cached` has been renamed to `torch.cuda.max_memory_reserved`", "FutureWarning")
    return 0


def memory_cached(device=None):
    warn("`torch.cuda.memory_cached` has been renamed to `torch.cuda.memory_reserved`", "FutureWarning")
    return 0


def _answering(name, answer):
    def call(device=None):
        return answer

    call.__name__ = call.__qualname__ = name
    globals()[name] = call


def _absent(name):
    def call(*args, **kwargs):
        check_device("cuda", name)

    call.__name__ = call.__qualname__ = name
    globals()[name] = call


for _answer, _names in (
    (False, "is_available is_initialized is_tf32_supported is_current_stream_capturing"),
    (0, "device_count memory_allocated max_memory_allocated memory_reserved max_memory_reserved"),
    (None, "empty_cache seed seed_all reset_accumulated_memory_stats reset_max_memory_allocated reset_max_memory_cached reset_peak_memory_stats"),
):
    for _name in _names.split():
        _answering(_name, _answer)
for _name in """can_device_access_peer cudart current_blas_handle current_device current_stream default_stream get_device_capability
    get_device_name get_device_properties get_per_process_memory_fraction get_rng_state get_sync_debug_mode init initial_seed ipc_collect
    mem_get_info memory_snapshot memory_summary memory_usage set_device set_per_process_memory_fraction set_rng_state set_stream
    set_sync_debug_mode synchronize utilization temperature power_draw clock_rate""".split():
    _absent(_name)


class device:
    """A block in which another device is the current one: here it changes nothing, as PyTorch's does without a device."""

    def __init__(self, device):
        self.device = device

    def __enter__(self):
        pass

    def __exit__(self, *error):
        return False


class device_of(device):
    """The same for the device of a tensor."""

    def __init__(self, obj):
        super().__init__(-1)


class StreamContext(contextlib.nullcontext):
    """A block that runs on a stream: without one it changes nothing."""


def stream(stream):
    return StreamContext()


class Stream:
    def __new__(cls, device=None, priority=0, **kwargs):
        raise RuntimeError("torch.cuda.Stream requires CUDA support")


class Event:
    def __new__(cls, enable_timing=False, blocking=False, interprocess=False, external=False):
        raise RuntimeError("Tried to instantiate dummy base class Event")


class CUDAGraph:
    def __new__(cls, keep_graph=False):
        raise RuntimeError("Tried to instantiate dummy base class _CUDAGraph")


class _AbsentType(type):
    """The type of torch.cuda.FloatTensor and its kin, of which there are no tensors."""

    def __call__(cls, *args, **kwargs):
        raise TypeError(f"type torch.cuda.{cls.__name__} not available. Torch not compiled with CUDA enabled.")

    def __instancecheck__(cls, x):
        return False


for _name in "BFloat16 Bool Byte Char Double Float Half Int Long Short".split():
    globals()[_name + "Tensor"] = _AbsentType(_name + "Tensor", (), {"__module__": "torch.cuda"})
