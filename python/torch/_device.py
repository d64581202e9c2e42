"""class torch.device, and what may be said of devices where there is one."""

import re
from contextlib import nullcontext

from ._bridge import IGNORED, holder, run

TYPES = "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, privateuseone"
TEXT = re.compile(r"([a-zA-Z_]+)(?::(0|[1-9]\d*))?")
FORMS = "\n * (torch.device device)\n{} * (str type, int index = -1)\n"


class device:
    """Where a tensor is."""

    __module__ = "torch"

    def __init__(self, *args, **kwargs):
        type, index = _type_and_index(*args, **kwargs)
        self.type, self.index = type, index

    def __repr__(self):
        return f"device(type='{self.type}'" + (f", index={self.index})" if self.index is not None else ")")

    def __str__(self):
        return self.type + (f":{self.index}" if self.index is not None else "")

    def __eq__(self, other):
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self):
        return hash((self.type, self.index))

    def __reduce__(self):
        return device, (self.type,) if self.index is None else (self.type, self.index)

    def __enter__(self):
        check_device(self, "device")
        _before.append(run("bridge.setDevice", self.type))
        return self

    def __exit__(self, *error):
        run("bridge.setDevice", _before.pop())


_before = []  # what was the default outside the blocks that run
holder("device")(device)
CPU = device.__new__(device)
CPU.type, CPU.index = "cpu", None
several = False  # whether another device was ever asked for: before that nobody need tell where a tensor is
MISSING = object()


def _type_and_index(type=MISSING, index=None, *, device=MISSING):
    given = type if device is MISSING else device
    if isinstance(given, _Device):
        return given.type, given.index
    if isinstance(given, int) and not isinstance(given, bool):
        kind = run("bridge.acceleratorType")
        if given < 0 or kind is None:
            raise RuntimeError("Device index must not be negative" if given < 0 else NO_ACCELERATOR)
        return kind, given
    if not isinstance(given, str):
        words = "" if given is MISSING else given.__class__.__name__
        why = f"      didn't match because some of the arguments have invalid types: (!{words}!)\n" if words else ""
        raise TypeError(f"device() received an invalid combination of arguments - got ({words}), but expected one of:{FORMS.format(why)}")
    if given == "":
        raise RuntimeError("Device string must not be empty")
    match = TEXT.fullmatch(given)
    if match is None:
        raise RuntimeError(f"Invalid device string: '{given}'")
    name, number = match.groups()
    if name != "webgpu" and name not in TYPES.split(", "):
        raise RuntimeError(f"Expected one of {TYPES} device type at start of device string: {given}")
    if index is None:
        return name, None if number is None else int(number)
    if not isinstance(index, int):
        raise TypeError(f"device(): argument 'index' (position 2) must be int, not {index.__class__.__name__}")
    if number is not None:
        raise RuntimeError(f"type (string) must not include an index because index was passed explicitly: {given}")
    if index < 0:
        raise RuntimeError("Device index must not be negative")
    return name, index


_Device = device
NO_ACCELERATOR = "Cannot access accelerator device when none is available."


def check_device(x, name):
    """The device that `x`, the argument device of a function, names; None if the library need not be told. Raises if it is not there."""
    global several
    if x is None:
        return None
    if isinstance(x, (str, int)) and not isinstance(x, bool):
        x = device(x)
    if not isinstance(x, device):
        raise TypeError(f"{name}(): argument 'device' must be torch.device, not {type(x).__name__}")
    if x.type != "cpu":
        run("bridge.checkDevice", str(x))
        several = True
    return x if several else None


def placed(x, name):
    """A block in which tensors are made on the device that the argument `x` of a function names."""
    return check_device(x, name) or nullcontext()


def get_default_device():
    """Where tensors are made that nothing else places."""
    place = run("bridge.setDevice", None)
    run("bridge.setDevice", place)
    return CPU if place is None else device(place)


def set_default_device(x):
    """Makes tensors on this device from now on unless told otherwise; None for the first, "auto" for the faster one, measured once."""
    global several
    if x == "auto":
        run("bridge.setDevice", "auto")
        several = several or get_default_device().type != "cpu"
        return
    run("bridge.setDevice", None if x is None else (check_device(x, "set_default_device") or CPU).type)


def check_placed(name, kwargs):
    """The block of `placed` for keywords, of which there shall be no others than those that say where and how a tensor is laid out."""
    for key in kwargs:
        if key == "layout":
            if str(kwargs[key]) not in ("None", "torch.strided"):
                raise RuntimeError(f"{name}(...) is not implemented for sparse layout")
        elif key not in ("device", *IGNORED):
            raise TypeError(f"{name}() got an unexpected keyword argument '{key}'")
    return placed(kwargs.get("device"), name)


PLACES = "torch.memory_format memory_format = None"
TO = f"""
 * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = False, *, {PLACES})
 * (torch.dtype dtype, bool non_blocking = False, bool copy = False, *, {PLACES})
 * (Tensor tensor, bool non_blocking = False, bool copy = False, *, {PLACES})
"""
FLAGS = ("non_blocking", "copy")


def parse_to(*args, meets=True, **kwargs):
    """The arguments of Tensor.to and Module.to: device, dtype, non_blocking, copy, memory_format. With `meets` the device is there."""
    from ._tensor import Tensor, dtype, dtype_of

    first = args[0] if args else kwargs.get("tensor")
    if isinstance(first, Tensor):
        names = ("tensor", *FLAGS)
    elif isinstance(first, (dtype, type)):
        names = ("dtype", *FLAGS)
    else:
        names = ("device", "dtype", *FLAGS)
    given = dict(zip(names, args))
    fits = len(args) <= len(names) and given.keys().isdisjoint(kwargs)
    given.update(kwargs)
    place, target, like = given.get("device"), given.get("dtype"), given.get("tensor")
    fits = fits and given.keys() <= {*names, "memory_format"} and isinstance(like, (Tensor, type(None)))
    fits = fits and (place is None or isinstance(place, (str, device, int)) and not isinstance(place, bool))
    fits = fits and (target is None or isinstance(target, dtype) or target in (int, float, bool, complex))
    fits = fits and all(isinstance(given.get(flag, False), bool) for flag in FLAGS)
    if not fits:
        words = [_word(x) for x in args] + [f"{key}={_word(x)}" for key, x in kwargs.items()]
        shown = ", ".join(words) + (", " if not args else "")
        raise TypeError(f"to() received an invalid combination of arguments - got ({shown}), but expected one of:{TO}")
    if place is not None:
        place = device(place)
    if meets:
        check_device(place, "to")
    elif given.get("copy"):
        raise RuntimeError(".to() does not accept copy argument")
    target = like.dtype if like is not None else None if target is None else dtype_of(target)
    return place, target, given.get("non_blocking", False), given.get("copy", False), given.get("memory_format")


def _word(x):
    from ._tensor import dtype, type_word

    return f"torch.{type(x).__name__}" if isinstance(x, (device, dtype)) else type_word(x)
