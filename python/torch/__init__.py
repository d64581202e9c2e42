"""PyTorch's names on the tensors of tidu. Every computation is the library's; nothing here computes."""

import array as _array
import builtins as _builtins
import math as _math

import _tidu
from pyodide.ffi import to_js as _to_js

from . import _bridge
from ._bridge import LinAlgError, OutOfMemoryError, function as _function, run as _run
from ._tensor import Size, Tensor, device, dtype, elements as _elements, type_word as _type_word
from ._tensor import legacy_constructor as _legacy

__version__ = _tidu.version
inf, nan, pi, e = _math.inf, _math.nan, _math.pi, _math.e
newaxis = None

for _name in "float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool complex64 complex128".split():
    globals()[_name] = dtype.named(_name)
double, float, half, long, int, short = float64, float32, float16, int64, int32, int16
cfloat, cdouble = complex64, complex128


class layout:
    def __init__(self, name):
        self._name = name

    def __repr__(self):
        return "torch." + self._name


class memory_format(layout):
    pass


strided, sparse_coo = layout("strided"), layout("sparse_coo")
contiguous_format, preserve_format = memory_format("contiguous_format"), memory_format("preserve_format")
channels_last, channels_last_3d = memory_format("channels_last"), memory_format("channels_last_3d")


def _legacy_class(name, dt):
    def construct(*args):
        return _legacy(dt, args)

    construct.__name__ = name
    return construct


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
}.items():
    globals()[_name] = _legacy_class(_name, _dt)


# -- tensors from data


def _flatten(data, flat, depth, shape):
    """Elements in order; `shape` fills as the first elements are followed down."""
    if isinstance(data, Tensor):
        inner = list(data.shape)
        if len(shape) == depth:
            shape.extend(inner)
        flat.extend(_elements(data.detach().contiguous()))
        return
    if isinstance(data, (_builtins.bool, _builtins.int, _builtins.float, complex)):
        if depth != len(shape):
            raise TypeError(f"not a sequence: {data!r}")
        flat.append(data)
        return
    if hasattr(data, "__array__") and hasattr(data, "dtype") and hasattr(data, "tolist"):
        return _flatten(data.tolist(), flat, depth, shape)
    if isinstance(data, str) or not hasattr(data, "__len__") or not hasattr(data, "__getitem__"):
        if hasattr(data, "__index__"):
            flat.append(data.__index__())
            return
        if hasattr(data, "__float__"):
            flat.append(data.__float__())
            return
        if isinstance(data, str) and depth == 0:
            raise TypeError("new(): invalid data type 'str'")
        raise TypeError(f"new(): invalid data type '{_type_word(data)}'" if isinstance(data, str) else f"Could not infer dtype of {_type_word(data)}")
    n = len(data)
    if len(shape) == depth:
        if flat:
            raise TypeError(f"must be real number, not {_type_word(data)}")
        shape.append(n)
    elif shape[depth] != n:
        raise ValueError(f"expected sequence of length {shape[depth]} at dim {depth} (got {n})")
    for x in data:
        _flatten(x, flat, depth + 1, shape)


def _infer(data):
    if isinstance(data, Tensor):
        return data.dtype
    if isinstance(data, _builtins.bool):
        return bool
    if isinstance(data, _builtins.int):
        return int64
    if isinstance(data, _builtins.float):
        return get_default_dtype()
    if isinstance(data, complex):
        return get_default_dtype().to_complex()
    if hasattr(data, "dtype") and hasattr(data, "tolist"):
        return getattr(globals().get("_module"), str(data.dtype), None) or dtype.named(str(data.dtype))
    if hasattr(data, "__len__") and not isinstance(data, str):
        found = None
        for x in data:
            d = _infer(x)
            if d is not None:
                found = d if found is None else promote_types(found, d)
        return found
    if hasattr(data, "__index__"):
        return int64
    return None


def _from_data(data, dt, requires_grad):
    flat, shape = [], []
    _flatten(data, flat, 0, shape)
    if dt is None:
        dt = _infer(data) or get_default_dtype()
    if dt.is_complex:
        pairs = [part for z in flat for part in (complex(z).real, complex(z).imag)]
        values = _array.array("d", pairs)
    elif any(isinstance(x, complex) for x in flat):
        raise RuntimeError("value cannot be converted to type float without overflow")
    elif dt.is_floating_point:
        values = _array.array("d", flat)
    else:
        for x in flat:
            if isinstance(x, _builtins.float) and not _math.isfinite(x) and dt.name != "bool":
                raise RuntimeError(f"cannot convert float {'NaN' if x != x else 'infinity'} to integer")
        if dt.name == "bool":
            values = _array.array("q", [1 if x else 0 for x in flat])
        else:
            try:
                values = _array.array("q", [_builtins.int(x) for x in flat])
            except OverflowError:
                raise RuntimeError("Overflow when unpacking long long") from None
    return _bridge.crossed(_tidu.fromArray(_to_js(values), ",".join(map(str, shape)), dt.name, _builtins.bool(requires_grad)))


def tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False):
    if isinstance(data, Tensor):
        _bridge.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
            "UserWarning",
        )
        made = data.detach().clone()
        if dtype is not None:
            made = made.to(dtype)
        return made.requires_grad_(True) if requires_grad else made
    return _from_data(data, dtype, requires_grad)


def as_tensor(data, dtype=None, device=None):
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    return _from_data(data, dtype, False)


asarray = from_numpy = as_tensor


def scalar_tensor(s, dtype=None, **kwargs):
    return _from_data(s, dtype or get_default_dtype(), False)


def is_tensor(x):
    return isinstance(x, Tensor)


def is_storage(x):
    return False


def is_floating_point(x):
    return x.is_floating_point()


def is_complex(x):
    return x.is_complex()


def is_nonzero(x):
    return _builtins.bool(x)


def numel(x):
    return x.numel()


def get_default_dtype():
    return _run("torch.get_default_dtype")


def set_default_dtype(d):
    _run("torch.set_default_dtype", d)


def promote_types(a, b):
    return _run("torch.promote_types", a, b)


def typename(x):
    return x.type() if isinstance(x, Tensor) else type(x).__module__ + "." + type(x).__name__


def full(size, fill_value, **kwargs):
    return _run("torch.full", list(size) if not isinstance(size, _builtins.int) else [size], fill_value, **_options(kwargs))


def _options(kwargs):
    return {k: v for k, v in kwargs.items() if k in ("dtype", "requires_grad") and v is not None}


def arange(*args, **kwargs):
    options = _options(kwargs)
    for i, name in enumerate(("start", "end", "step")):
        if name in kwargs:
            args = args + (kwargs[name],) if name != "start" else (kwargs[name],) + args
    args = [a.item() if isinstance(a, Tensor) else a for a in args]
    if "dtype" not in options:
        floats = any(isinstance(a, _builtins.float) for a in args)
        options["dtype"] = get_default_dtype() if floats else int64
    return _run("torch.arange", *[_bridge.Plain(a) for a in args], options)


def range(start, end=None, step=1, **kwargs):
    _bridge.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with Python's range builtin. Instead, use torch.arange, which produces values in [start, end).",
        "UserWarning",
    )
    if end is None:
        start, end = 0, start
    n = _math.floor((end - start) / step) + 1
    return _run("torch.arange", n).to(get_default_dtype()) * step + start


def einsum(equation, *operands):
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = operands[0]
    return _run("torch.einsum", equation, *operands)


def manual_seed(seed):
    _run("torch.manual_seed", seed)
    return default_generator


def seed():
    return _run("torch.seed")


def initial_seed():
    return _run("torch.initial_seed")


class Generator(_bridge.Held):
    """A stream of random numbers."""

    def __init__(self, device="cpu", _number=None):
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

    device = property(lambda self: device("cpu"))


_bridge._classes["generator"] = lambda number: Generator(_number=number)
default_generator = Generator(_number=_tidu.defaultGenerator())


def is_grad_enabled():
    return _run("bridge.getMode", "grad")


def is_inference_mode_enabled():
    return _run("bridge.getMode", "inference")


def is_anomaly_enabled():
    return _run("bridge.getMode", "anomaly")


def set_num_threads(n):
    pass


def get_num_threads():
    return 1


def get_num_interop_threads():
    return 1


def set_grad_enabled(mode):
    return autograd.set_grad_enabled(mode)


def use_deterministic_algorithms(mode, warn_only=False):
    pass


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
    if indexing is None:
        _bridge.warn(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.", "UserWarning"
        )
        return _run("torch.meshgrid", *tensors)
    return _run("torch.meshgrid", *tensors, {"indexing": indexing})


def save(obj, f, **kwargs):
    import pickle

    data = pickle.dumps(obj)
    if hasattr(f, "write"):
        f.write(data)
    else:
        with open(f, "wb") as file:
            file.write(data)


def load(f, map_location=None, weights_only=True, **kwargs):
    import pickle

    if hasattr(f, "read"):
        return pickle.loads(f.read())
    with open(f, "rb") as file:
        return pickle.loads(file.read())


def result_type(a, b):
    return _run("torch.result_type", a, b)


def where(condition, input=None, other=None):
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    return _run("torch.where", condition, input, other)


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    f = _function("torch." + name)
    if f is None:
        raise AttributeError(f"module 'torch' has no attribute '{name}'")
    globals()[name] = f
    return f


class _Namespace:
    """A namespace whose functions are the library's: torch.linalg, torch.fft, torch.special."""

    def __init__(self, path):
        self._path = path

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        f = _function(f"{self._path}.{name}")
        if f is None:
            raise AttributeError(f"module 'torch.{self._path}' has no attribute '{name}'")
        setattr(self, name, f)
        return f


linalg, fft, special = _Namespace("linalg"), _Namespace("fft"), _Namespace("special")
linalg.LinAlgError = LinAlgError


class _Unavailable:
    @staticmethod
    def is_available():
        return False

    @staticmethod
    def device_count():
        return 0

    @staticmethod
    def manual_seed_all(seed):
        pass

    manual_seed = manual_seed_all


cuda, mps = _Unavailable(), _Unavailable()

from . import autograd  # noqa: E402
from .autograd import enable_grad, inference_mode, no_grad  # noqa: E402
from . import nn, optim, utils  # noqa: E402
