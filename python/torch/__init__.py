"""PyTorch's names on the tensors of tidu. Every computation is the library's; nothing here computes."""

import builtins as _builtins
import math as _math
import types as _types
from importlib import import_module as _import_module

from . import _library  # noqa: F401, first: it provides _tidu

import _tidu

from . import _bridge, _foreach
from ._bridge import LinAlgError, OutOfMemoryError, function as _function, run as _run
from ._device import check_device as _check_device, check_placed as _check_placed, get_default_device, set_default_device
from ._device import device as _device_class
from ._tensor import Size, Tensor, device, dtype, memory_format, type_word as _type_word
from ._places import NOT_TORCHS as _NOT_TORCHS, register as _register, register_all as _register_all
from ._construct import MISSING as _MISSING, as_tensor, from_data as _from_data, infer as _infer, legacy as _legacy, require as _require, tensor

__version__ = _tidu.version
inf, nan, pi, e = _math.inf, _math.nan, _math.pi, _math.e
newaxis = None

for _name in "float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool complex64 complex128".split():
    globals()[_name] = dtype.named(_name)
double, float, half, long, int, short = float64, float32, float16, int64, int32, int16
cfloat, cdouble = complex64, complex128


from ._tensor import layout  # noqa: E402

for _name in ("strided", "sparse_coo", "sparse_csr", "sparse_csc"):
    globals()[_name] = layout.named(_name)
for _name in ("contiguous_format", "preserve_format", "channels_last", "channels_last_3d"):
    globals()[_name] = _run("bridge.memoryFormat", _name)


class _LegacyType(type):
    """The type of torch.FloatTensor and its kin: calling one makes a Tensor, which is one by its dtype."""

    def __call__(cls, *args, device=None):
        _check_device(device, "new")
        return _legacy(cls.dtype.name, args)

    def __instancecheck__(cls, x):
        return isinstance(x, Tensor) and x.dtype is cls.dtype


def _legacy_class(name, dt):
    return _LegacyType(name, (), {"dtype": dtype.named(dt), "__module__": "torch"})


for _name, _dt in {
    "FloatTensor": "float32",
    "DoubleTensor": "float64",
    "LongTensor": "int64",
    "IntTensor": "int32",
    "ShortTensor": "int16",
    "CharTensor": "int8",
    "ByteTensor": "uint8",
    "BoolTensor": "bool",
    "HalfTensor": "float16",
    "BFloat16Tensor": "bfloat16",
}.items():
    globals()[_name] = _legacy_class(_name, _dt)


asarray = as_tensor


def from_numpy(array):
    if not hasattr(array, "__array__"):
        raise TypeError(f"expected np.ndarray (got {type(array).__name__})")
    return as_tensor(array)


def frombuffer(buffer, *, dtype, count=-1, offset=0, requires_grad=False):
    """A tensor of the elements in a buffer: of their values, for the library's memory is not Python's."""
    from ._construct import from_bytes

    if not isinstance(buffer, (bytes, bytearray, memoryview)) and not hasattr(buffer, "__buffer__"):
        raise ValueError("object does not implement Python buffer protocol.")
    data, size = memoryview(buffer).cast("B"), dtype.itemsize
    length = len(data)
    if length == 0 or count == 0:
        raise ValueError(f"both buffer length ({length}) and count ({count}) must not be 0")
    if not 0 <= offset < length:
        raise ValueError(
            f"offset ({offset} bytes) must be non-negative and no greater than buffer length ({length} bytes) minus 1"
        )
    left = length - offset
    if count < 0:
        if left % size:
            raise ValueError(
                f"buffer length ({length} bytes) after offset ({offset} bytes) must be a multiple of element size ({size})"
            )
        count = left // size
    if count * size > left:
        raise ValueError(
            f"requested buffer length ({count} * {size} bytes) after offset ({offset} bytes) must not be greater than actual buffer length ({length} bytes)"
        )
    if requires_grad and not (dtype.is_floating_point or dtype.is_complex):
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    made = from_bytes(bytes(data[offset : offset + count * size])).view(dtype)
    return made.requires_grad_(requires_grad)


def from_dlpack(ext_tensor, *, device=None, copy=None):
    from .utils.dlpack import from_dlpack

    return from_dlpack(ext_tensor, device=device, copy=copy)


def chain_matmul(*matrices, out=None):
    _bridge.warn(
        "torch.chain_matmul is deprecated and will be removed in a future PyTorch release. Use torch.linalg.multi_dot "
        "instead, which accepts a list of two or more tensors rather than multiple parameters.",
        "UserWarning",
    )
    return _run("linalg.multi_dot", list(matrices[0] if len(matrices) == 1 else matrices))


def scalar_tensor(s, dtype=None, requires_grad=False, **kwargs):
    with _check_placed("scalar_tensor", kwargs):
        return _from_data(s, dtype or get_default_dtype(), requires_grad)


def is_tensor(x):
    return isinstance(x, Tensor)


def is_storage(x):
    return isinstance(x, (UntypedStorage, TypedStorage))


def _neg_view(input):
    return input._neg_view()


def is_nonzero(x):
    return _builtins.bool(x)


def numel(x):
    return x.numel()


def get_default_dtype():
    return _run("torch.get_default_dtype")


def set_default_dtype(d):
    _run("torch.set_default_dtype", d)


def set_default_tensor_type(t):
    _bridge.warn_once(
        "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use torch.set_default_dtype() and torch.set_default_device() as alternatives."
    )
    name = t.__name__ if isinstance(t, type) else str(t).rpartition(".")[2]
    found = globals().get(name)
    if not isinstance(found, _LegacyType):
        raise TypeError(f"invalid type object")
    set_default_dtype(found.dtype)


def promote_types(a, b):
    return _run("torch.promote_types", a, b)


def typename(x):
    return x.type() if isinstance(x, Tensor) else type(x).__module__ + "." + type(x).__name__


def full(size=_MISSING, fill_value=_MISSING, *, dtype=None, requires_grad=False, out=None, **kwargs):
    _require("full", size=size, fill_value=fill_value)
    place = _check_placed("full", kwargs)
    if not isinstance(size, (list, tuple)):
        raise TypeError(f"full(): argument 'size' (position 1) must be tuple of ints, not {_type_word(size)}")
    if not isinstance(fill_value, (_builtins.int, _builtins.float, _builtins.complex, Tensor)):
        raise TypeError(f"full(): argument 'fill_value' (position 2) must be Number, not {_type_word(fill_value)}")
    fill_value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    options = {"dtype": dtype or _infer(fill_value)} if out is None else {"dtype": dtype, "out": out}
    with place:
        return _run("torch.full", list(size), fill_value, requires_grad=requires_grad, **options)


def arange(*args, out=None, dtype=None, requires_grad=False, **kwargs):
    options = {"dtype": dtype, "out": out}
    options = {"requires_grad": requires_grad, **{name: x for name, x in options.items() if x is not None}}
    for name in ("start", "end", "step"):
        if name in kwargs:
            given = (kwargs.pop(name),)
            args = given + args if name == "start" else args + given
    place = _check_placed("arange", kwargs)
    args = [a.item() if isinstance(a, Tensor) else a for a in args]
    for a in args:
        if not isinstance(a, (_builtins.int, _builtins.float)):
            raise TypeError(f"arange(): argument 'end' (position 1) must be Number, not {_type_word(a)}")
    with place:
        return _run("torch.arange", *args, **options)


def range(start=_MISSING, end=_MISSING, step=1, *, dtype=None, requires_grad=False, **kwargs):
    if end is _MISSING and start is not _MISSING:
        _require("range", end=end)
    _require("range", start=start, end=end)
    _bridge.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with Python's range builtin. Instead, use torch.arange, which produces values in [start, end).",
        "UserWarning",
    )
    place = _check_placed("range", kwargs)
    if step == 0:
        raise RuntimeError("step must be nonzero")
    with place:
        made = _run("torch.arange", 0, _math.floor((end - start) / step) + 1).to(float64) * step + start
    return made.to(dtype or get_default_dtype()).requires_grad_(requires_grad)


def einsum(*args):
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list"
        )
    equation, *operands = args
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = operands[0]
    return _run("torch.einsum", equation, *operands)


def bernoulli(input, p=None, *, generator=None, out=None):
    options = {} if generator is None else {"generator": generator}
    made = _run("torch.bernoulli", input, **options) if p is None else _run("torch.empty_like", input).bernoulli_(p, **options)
    if out is None:
        return made
    # Its zeros and ones go into any dtype.
    _run("bridge.writeOut", "bernoulli", [out], [made.to(out.dtype)], [input])
    return out


_randint = _function("torch.randint")


def randint(*args, **kwargs):
    args = [a.__index__() if isinstance(a, Tensor) else a for a in args]
    kwargs = {k: a.__index__() if isinstance(a, Tensor) and k != "out" else a for k, a in kwargs.items()}
    return _randint(*args, **kwargs)


repeat_interleave = _function("torch.repeat_interleave")


def index_put_(input, indices, values, accumulate=False):
    return input.index_put_(indices, values, accumulate)


def manual_seed(seed):
    _run("torch.manual_seed", _builtins.int(seed))
    return default_generator


def seed():
    return _run("torch.seed")


def initial_seed():
    return _run("torch.initial_seed")


class Generator(_bridge.Held):
    """A stream of random numbers."""

    def __init__(self, device="cpu", _number=None):
        if _number is None:
            _check_device(device, "Generator")
        made = _number if _number is not None else _tidu.newGenerator()
        super().__init__(_builtins.int(made))

    def manual_seed(self, seed):
        _run("method.manual_seed", self, seed)
        return self

    def seed(self):
        return _run("method.seed", self)

    def initial_seed(self):
        return _run("method.initial_seed", self)

    def get_state(self):
        return _run("bridge.getState", self)

    def set_state(self, state):
        _run("bridge.setState", self, state)
        return self

    def clone_state(self):
        """Another stream that goes on as this one does."""
        return Generator().set_state(self.get_state())

    def get_offset(self):
        raise RuntimeError("CPU Generator does not use offset")

    def set_offset(self, offset):
        raise RuntimeError("CPU Generator does not use offset")

    def graphsafe_get_state(self):
        raise NotImplementedError("graphsafe_get_state is not supported in this Generator")

    def graphsafe_set_state(self, state):
        raise NotImplementedError("graphsafe_set_state is not supported in this Generator")

    def __repr__(self):
        return f"<torch._C.Generator object at {hex(id(self))}>"

    device = property(lambda self: device("cpu"))


_bridge._classes["generator"] = lambda number: Generator(_number=number)
default_generator = Generator(_number=_tidu.defaultGenerator())


def is_grad_enabled():
    return _run("bridge.getMode", "grad")


def is_inference_mode_enabled():
    return _run("bridge.getMode", "inference")


def is_anomaly_enabled():
    return _run("bridge.getMode", "anomaly")


def is_anomaly_check_nan_enabled():
    return _run("bridge.getMode", "checkNan")


def segment_reduce(data, reduce, *, lengths=None, indices=None, offsets=None, axis=0, unsafe=False, initial=None):
    options = {"lengths": lengths, "indices": indices, "offsets": offsets, "axis": axis, "unsafe": unsafe, "initial": initial}
    return _run("bridge.segmentReduce", data, reduce, **options)


def _assert(condition, message):
    """An assertion that torch.fx can trace."""
    assert condition, message


def set_num_threads(n):
    pass


def get_num_threads():
    return 1


def set_grad_enabled(mode):
    return autograd.set_grad_enabled(mode)


def get_device_module(device=None):
    """The module of functions for a device: torch.cpu."""
    kind = "cpu" if device is None else _device_class(device).type
    found = globals().get(kind)
    if not isinstance(found, _types.ModuleType):
        raise RuntimeError(f"Device '{kind}' does not have a corresponding module registered as 'torch.{kind}'.")
    return found


def set_printoptions(**kwargs):
    linewidth = kwargs.pop("linewidth", None)
    if linewidth is not None:
        kwargs["linewidth"] = linewidth
    _run("torch.set_printoptions", kwargs)


def broadcast_tensors(*tensors):
    return _run("torch.broadcast_tensors", *tensors)


def broadcast_shapes(*shapes):
    return Size(_run("torch.broadcast_shapes", *[list(s) if not isinstance(s, _builtins.int) else [s] for s in shapes]))


def meshgrid(*tensors, indexing=None):
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tuple(tensors[0])
    return _run("torch.meshgrid", *tensors, {"indexing": indexing})


def result_type(a, b):
    return _run("torch.result_type", a, b)


def where(condition, input=None, other=None, *, out=None):
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    options = {} if out is None else {"out": out}
    return _run("torch.where", condition, input, other, **options)


# Parts that are loaded when they are first asked for.
_LAZY = frozenset("_C _functorch distributed distributions fx hub multiprocessing overrides quasirandom return_types signal testing".split())


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    if name in _LAZY:
        return _import_module("torch." + name)
    if name == "ops":
        from ._ops import ops

        return ops
    if name.startswith("_foreach_"):
        f = _foreach.foreach(name)
    else:
        f = None if name in _NOT_TORCHS else _function("torch." + name)
    if f is None:
        raise AttributeError(f"module 'torch' has no attribute '{name}'")
    globals()[name] = f
    return f


def __dir__():
    return sorted(set(globals()) | _LAZY | _bridge.names("torch") - _NOT_TORCHS)


class _Namespace(_types.ModuleType):
    """A module whose functions are the library's: torch.linalg, torch.fft, torch.special."""

    def __init__(self, path):
        super().__init__("torch." + path)
        self._path = path

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        f = _function(f"{self._path}.{name}")
        if f is None:
            raise AttributeError(f"module 'torch.{self._path}' has no attribute '{name}'")
        setattr(self, name, f)
        return f

    def __dir__(self):
        return sorted({*super().__dir__(), *_bridge.names(self._path)})


from . import func  # noqa: E402
from .func import vmap  # noqa: E402
from ._dtype_info import finfo, iinfo  # noqa: E402

for _name in ("linalg", "fft", "special"):
    _register("torch." + _name, _Namespace(_name))
linalg.LinAlgError = LinAlgError
del LinAlgError


from . import sparse  # noqa: E402
from .sparse import (  # noqa: E402
    sparse_compressed_tensor,
    sparse_coo_tensor,
    sparse_csc_tensor,
    sparse_csr_tensor,
)
from . import autograd  # noqa: E402
from .autograd import enable_grad, inference_mode, no_grad  # noqa: E402
from . import nn, optim, utils  # noqa: E402
from . import serialization  # noqa: E402
from .serialization import load, save  # noqa: E402
from .storage import TypedStorage, UntypedStorage, legacy as _legacy_storages  # noqa: E402
from . import _jit_internal, _others, accelerator, amp, backends, compiler, cuda, jit, profiler, random, types, version, viz  # noqa: E402
from .compiler import compile  # noqa: E402
from .amp import autocast  # noqa: E402

globals().update(_legacy_storages)
Storage = FloatStorage
for _place, _module in (
    ("torch.cuda.amp", amp.of_device("cuda")),
    ("torch._dynamo", compiler.dynamo),
    ("torch.cpu", _others.cpu),
    ("torch.mps", _others.mps),
    ("torch.xpu", _others.xpu),
    ("torch.mtia", _others.mtia),
    ("torch.cpu.amp", amp.of_device("cpu")),
):
    _register(_place, _module)


def is_autocast_cpu_enabled():
    _bridge.warn(
        "torch.is_autocast_cpu_enabled() is deprecated. Please use torch.is_autocast_enabled('cpu') instead.",
        "DeprecationWarning",
    )
    return _run("torch.is_autocast_enabled", "cpu")


def get_autocast_cpu_dtype():
    _bridge.warn(
        "torch.get_autocast_cpu_dtype() is deprecated. Please use torch.get_autocast_dtype('cpu') instead.",
        "DeprecationWarning",
    )
    return _run("torch.get_autocast_dtype", "cpu")

from ._checks import _assert_async, _check, _check_index, _check_is_size, _check_not_implemented, _check_tensor_all, _check_type, _check_value  # noqa: E402, F401
from . import __config__  # noqa: E402, F401

_register_all()
