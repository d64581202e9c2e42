"""torch.cuda: such a device is there only where WebGPU was told to be it (tidu run --device webgpu); otherwise a program is told so."""

import collections
import contextlib
import time

from ._bridge import run, warn
from ._device import check_device
from .random import manual_seed as _seed

default_generators = ()
has_half = True
has_magma = False


def is_available():
    return run("cuda.is_available")


def is_bf16_supported(including_emulation=True):
    return is_available()


def manual_seed(seed):
    """Random numbers are the CPU's on every device: seeds those where there is a device."""
    if is_available():
        _seed(seed)


manual_seed_all = manual_seed


def set_rng_state_all(new_states):
    """Nothing to set."""


def memory_stats(device=None):
    if not is_available():
        return collections.OrderedDict()
    kinds = {"allocated_bytes.all.current": memory_allocated(), "allocated_bytes.all.peak": max_memory_allocated()}
    return collections.OrderedDict(kinds, **{"reserved_bytes.all.current": memory_reserved()})


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
    (False, "is_tf32_supported is_current_stream_capturing"),
    (None, "empty_cache seed seed_all reset_accumulated_memory_stats reset_max_memory_allocated reset_max_memory_cached reset_peak_memory_stats"),
):
    for _name in _names.split():
        _answering(_name, _answer)
for _name in """can_device_access_peer cudart current_blas_handle get_per_process_memory_fraction get_rng_state get_sync_debug_mode
    initial_seed ipc_collect memory_snapshot memory_summary memory_usage set_per_process_memory_fraction set_rng_state
    set_sync_debug_mode utilization temperature power_draw clock_rate""".split():
    _absent(_name)


def _asked(name):
    def call(device=None):
        return run("cuda." + name)

    call.__name__ = call.__qualname__ = name
    globals()[name] = call


for _name in """memory_allocated max_memory_allocated memory_reserved max_memory_reserved current_device get_device_name
    synchronize""".split():
    _asked(_name)


def is_initialized():
    return run("cuda.is_initialized")


def device_count():
    return run("cuda.device_count")


def init():
    check_device("cuda", "init")


def set_device(device):
    check_device("cuda", "set_device")


def get_device_capability(device=None):
    check_device("cuda", "get_device_capability")
    return 0, 0


def mem_get_info(device=None):
    check_device("cuda", "mem_get_info")
    return max(0, _MOST - memory_allocated()), _MOST


_MOST = 2**31  # bytes: what a buffer of WebGPU's has at most, on most machines
_Properties = collections.namedtuple("_CudaDeviceProperties", "name major minor total_memory multi_processor_count")


def get_device_properties(device=None):
    return _Properties(get_device_name(), 0, 0, _MOST, 1)


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
    """The one queue that there is: work in it is done in order."""

    def __new__(cls, device=None, priority=0, **kwargs):
        if not is_available():
            raise RuntimeError("torch.cuda.Stream requires CUDA support")
        return super().__new__(cls)

    def synchronize(self):
        synchronize()

    def wait_stream(self, stream):
        """Nothing: there is one queue."""

    def wait_event(self, event):
        """Nothing: there is one queue."""

    def record_event(self, event=None):
        event = Event() if event is None else event
        event.record(self)
        return event

    def query(self):
        synchronize()
        return True


def current_stream(device=None):
    check_device("cuda", "current_stream")
    return Stream()


default_stream = current_stream


def set_stream(stream):
    check_device("cuda", "set_stream")


class Event:
    """A moment in the queue: recording waits until all before it is done."""

    def __new__(cls, enable_timing=False, blocking=False, interprocess=False, external=False):
        if not is_available():
            raise RuntimeError("Tried to instantiate dummy base class Event")
        return super().__new__(cls)

    def record(self, stream=None):
        synchronize()
        self._at = time.perf_counter()

    def synchronize(self):
        synchronize()

    def wait(self, stream=None):
        """Nothing: there is one queue."""

    def query(self):
        return True

    def elapsed_time(self, end_event):
        return (end_event._at - self._at) * 1e3


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
