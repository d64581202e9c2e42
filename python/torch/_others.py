"""torch.cpu, torch.mps, torch.xpu, torch.mtia: what programs ask of them before they choose a device."""

import contextlib
import types

from ._device import check_device


class Stream:
    """The order in which a CPU works is the program's."""

    def wait_stream(self, stream):
        pass

    def synchronize(self):
        pass

    def record_event(self, event=None):
        pass

    def wait_event(self, event):
        pass


class Event:
    def query(self):
        return True

    def record(self, stream=None):
        pass

    def synchronize(self):
        pass

    def wait(self, stream=None):
        pass


class StreamContext(contextlib.nullcontext):
    pass


def _module(name, members):
    made = types.ModuleType("torch." + name)
    vars(made).update(members)
    return made


def _answering(answer):
    return lambda *args, **kwargs: answer


def _refusing(device):
    return lambda *args, **kwargs: check_device(device, device)


_stream = Stream()
for _cls in (Stream, Event, StreamContext):
    _cls.__module__ = "torch.cpu"
cpu = _module(
    "cpu",
    {
        "Stream": Stream,
        "Event": Event,
        "StreamContext": StreamContext,
        "stream": lambda stream: StreamContext(),
        "current_stream": _answering(_stream),
        "current_device": _answering("cpu"),
        "device_count": _answering(1),
        "is_available": _answering(True),
        "is_initialized": _answering(True),
        "set_device": _answering(None),
        "synchronize": _answering(None),
    },
)
_MISSING = {"is_available": _answering(False), "device_count": _answering(0), "is_initialized": _answering(False)}
_SEEDS = {"manual_seed": _answering(None), "manual_seed_all": _answering(None), "seed": _answering(None)}


def _no_mps_cache():
    raise RuntimeError("Cannot execute emptyCache() without MPS backend.")


mps = _module("mps", {**_MISSING, "empty_cache": _no_mps_cache, **{n: _refusing("mps") for n in "synchronize manual_seed seed current_allocated_memory driver_allocated_memory recommended_max_memory set_per_process_memory_fraction get_rng_state set_rng_state".split()}})
xpu = _module("xpu", {**_MISSING, **_SEEDS, "empty_cache": _answering(None), **{n: _refusing("xpu") for n in "current_device get_device_name get_device_properties set_device synchronize".split()}})
mtia = _module("mtia", {**_MISSING, "manual_seed": _answering(None)})
