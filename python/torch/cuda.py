"""torch.cuda: no such device is there, and a program that asks is told so."""

from ._device import check_device

default_generators = ()


def is_available():
    return False


def is_initialized():
    return False


def is_bf16_supported(including_emulation=True):
    return False


def device_count():
    return 0


def manual_seed(seed):
    """Nothing to seed."""


def manual_seed_all(seed):
    """Nothing to seed."""


def empty_cache():
    """Nothing is kept."""


def _absent(name):
    def call(*args, **kwargs):
        check_device("cuda", name)

    call.__name__ = call.__qualname__ = name
    return call


for _name in ("current_device", "get_device_name", "get_device_properties", "init", "set_device", "synchronize"):
    globals()[_name] = _absent(_name)
