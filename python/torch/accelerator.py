"""torch.accelerator: the device that is no CPU, if there is one."""

from ._bridge import run
from ._device import NO_ACCELERATOR, device


def is_available():
    return run("accelerator.is_available")


def device_count():
    return run("accelerator.device_count")


def current_accelerator(check_available=False):
    """The device, or None where there is none."""
    found = run("bridge.acceleratorType")
    return None if found is None or (check_available and not is_available()) else device(found)


def current_device_index():
    return run("accelerator.current_device_index")


current_device_idx = current_device_index


def synchronize(device=None):
    run("accelerator.synchronize")



def _absent(name):
    def call(*args, **kwargs):
        raise RuntimeError(NO_ACCELERATOR)

    call.__name__ = call.__qualname__ = name
    return call


for _name in """current_stream empty_cache empty_host_cache get_device_capability get_memory_info
    max_memory_allocated max_memory_reserved memory_allocated memory_reserved memory_stats reset_accumulated_memory_stats
    reset_peak_memory_stats set_device_idx set_device_index set_stream""".split():
    globals()[_name] = _absent(_name)


class device_index:
    """A block in which another device is the current one: for None nothing changes."""

    def __init__(self, device, /):
        self.idx = device

    def __enter__(self):
        if self.idx is not None:
            raise RuntimeError(NO_ACCELERATOR)

    def __exit__(self, *error):
        pass
