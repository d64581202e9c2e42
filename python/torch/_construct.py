"""Tensors from what Python has: numbers and nested sequences of them."""

import array
import builtins

import _tidu
from pyodide.ffi import to_js

from . import _bridge
from ._device import placed
from ._tensor import Size, Tensor, dtype as _dtype, elements, type_word

MISSING = object()
MAX_DIMS = 128
COPYING = "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or sourceTensor.detach().clone().requires_grad_(True), rather than {}(sourceTensor)."


def require(name, **given):
    """As PyTorch's argument parser complains, whose plural is this."""
    missing = [f'"{key}"' for key, value in given.items() if value is MISSING]
    if missing:
        s = "s" if len(missing) == 1 else ""
        raise TypeError(f"{name}() missing {len(missing)} required positional argument{s}: {', '.join(missing)}")


def default_dtype():
    return _bridge.run("torch.get_default_dtype")


def is_sequence(x):
    return hasattr(x, "__getitem__") and hasattr(x, "__len__") and not isinstance(x, (dict, Tensor))


def sizes_of(data):
    sizes = []
    while is_sequence(data):
        sizes.append(len(data))
        if len(sizes) > MAX_DIMS:
            raise ValueError(f"too many dimensions '{type(data).__name__}'")
        if sizes[-1] == 0:
            break
        data = data[0]
    return sizes


def infer(data):
    """The dtype of a number or of nested sequences."""
    if isinstance(data, Tensor):
        return data.dtype
    if isinstance(data, builtins.bool):
        return _dtype.named("bool")
    if isinstance(data, int):
        return _dtype.named("int64")
    if isinstance(data, float):
        return default_dtype()
    if isinstance(data, complex):
        return default_dtype().to_complex()
    if isinstance(data, str):
        raise TypeError("new(): invalid data type 'str'")
    if not is_sequence(data):
        raise RuntimeError(f"Could not infer dtype of {type(data).__name__}")
    if len(data) == 0:
        return default_dtype()
    found = None
    for kind in {type(x): x for x in data}.values() if not any(map(is_nested, data)) else data:
        d = infer(kind)
        found = d if found is None or found is d else _bridge.run("torch.promote_types", found, d)
    return found


def is_nested(x):
    return isinstance(x, Tensor) or is_sequence(x)


def flatten(data, sizes, depth, convert, flat):
    if depth == len(sizes):
        flat.append(convert(scalar(data)))
        return
    if not is_sequence(data):
        raise TypeError("not a sequence")
    if len(data) != sizes[depth]:
        raise ValueError(f"expected sequence of length {sizes[depth]} at dim {depth} (got {len(data)})")
    if depth + 1 == len(sizes) and not any(map(is_nested, data)):
        flat.extend(map(convert, data))
        return
    for x in data:
        flatten(x, sizes, depth + 1, convert, flat)


def scalar(x):
    return x._scalar() if isinstance(x, Tensor) else x


def to_float(x):
    try:
        return float(x)
    except TypeError:
        raise TypeError(f"must be real number, not {type(x).__name__}") from None


def to_int(d):
    """Integers that fit: of unsigned ones as many negative ints, too, which wrap."""
    bits = 8 * d.itemsize
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if d.is_signed else (1 - 2**bits, 2**bits - 1)
    overflow = f"value cannot be converted to type {d.name} without overflow"

    def convert(x):
        if isinstance(x, float):
            if not (low if d.is_signed else 0) <= x <= high:
                raise RuntimeError(overflow)
            x = int(x)
        elif not hasattr(x, "__index__"):
            raise TypeError(f"'{type(x).__name__}' object cannot be interpreted as an integer")
        x = x.__index__()
        if not -(2**63) <= x < 2**63:
            raise ValueError("Overflow when unpacking long long")
        if not low <= x <= high:
            raise RuntimeError(overflow)
        return x if d.is_signed else x % 2**bits

    return convert


def from_data(data, d=None, requires_grad=False):
    """A tensor of the numbers in nested sequences."""
    if hasattr(data, "__array__") and hasattr(data, "tolist") and not isinstance(data, Tensor):
        d = d or _dtype.named(str(data.dtype))
        data = data.tolist()
    if isinstance(data, str):
        raise TypeError("new(): invalid data type 'str'")
    sizes = sizes_of(data)
    d = d or infer(data)
    flat = []
    if 0 in sizes:
        data, sizes, shape = [], [0], sizes
    else:
        shape = sizes
    if d.is_complex:
        flatten(data, sizes, 0, complex, flat)
        values = array.array("d", [part for z in flat for part in (z.real, z.imag)])
    elif d.is_floating_point:
        flatten(data, sizes, 0, to_float, flat)
        values = array.array("d", flat)
    else:
        flatten(data, sizes, 0, builtins.bool if d.name == "bool" else to_int(d), flat)
        values = array.array("q", flat)
    shape = ",".join(map(str, shape))
    return _bridge.crossed(_tidu.fromArray(to_js(values), shape, d.name, builtins.bool(requires_grad)))


def from_bytes(data):
    """A tensor of bytes."""
    return _bridge.crossed(_tidu.fromArray(to_js(data), str(len(data)), "uint8", False))


def as_dtype(d, name):
    """A dtype, also as Python's type of numbers."""
    if d is None or isinstance(d, _dtype):
        return d
    if isinstance(d, type) and d in _bridge.PYTHON_DTYPES:
        return _dtype.named(_bridge.PYTHON_DTYPES[d])
    raise TypeError(f"{name}(): argument 'dtype' must be torch.dtype, not {type_word(d)}")


def _refused_storage(dtype, other):
    return f"Expected a Storage of type {dtype.legacy} or an UntypedStorage, but got {other.legacy}"


def copied(data, d, requires_grad, name):
    """A tensor or data, copied, as torch.tensor and new_tensor do."""
    if not isinstance(requires_grad, builtins.bool):
        raise TypeError(f"{name}(): argument 'requires_grad' must be bool, not {type_word(requires_grad)}")
    if not isinstance(data, Tensor):
        from . import storage

        if isinstance(data, (storage.TypedStorage, storage.UntypedStorage)):
            d = d or getattr(data, "dtype", None) or default_dtype()
            return storage.on(data, d, 0, None, None, _refused_storage).requires_grad_(requires_grad)
        return from_data(data, d, requires_grad)
    _bridge.warn(COPYING.format("torch.tensor" if name == "tensor" else f"tensor.{name}"), "UserWarning")
    made = data.detach().clone()
    made = made if d is None else made.to(d)
    return made.requires_grad_(True) if requires_grad else made


def tensor(data=MISSING, *more, dtype=None, device=None, requires_grad=False, pin_memory=False):
    require("tensor", data=data)
    if more:
        raise TypeError(f"tensor() takes 1 positional argument but {1 + len(more)} were given")
    with placed(device, "tensor"):
        made = copied(data, as_dtype(dtype, "tensor"), requires_grad, "tensor")
        return made if device is None or not isinstance(data, Tensor) else made.to(device)


def as_tensor(data=MISSING, dtype=None, device=None):
    require("as_tensor", data=data)
    with placed(device, "as_tensor"):
        if isinstance(data, Tensor):
            return data.to(device=device, dtype=dtype)
        return from_data(data, dtype)


def legacy(name, args):
    """torch.Tensor, torch.LongTensor and their like: of sizes or of data."""
    d = _dtype.named(name)
    if len(args) == 1 and not isinstance(args[0], (int, Size)):
        data = args[0]
        if isinstance(data, Tensor):
            if data.dtype is not d:
                raise TypeError(f"expected TensorOptions(dtype={d.cpp_name}, device=cpu, layout=Strided, requires_grad=false (default), pinned_memory=false (default), memory_format=(nullopt)) (got TensorOptions(dtype={data.dtype.cpp_name}, device=cpu, layout=Strided, requires_grad=false (default), pinned_memory=false (default), memory_format=(nullopt)))")
            return data.detach()
        if not is_sequence(data):
            raise TypeError(f"new(): data must be a sequence (got {type(data).__name__})")
        return from_data(data, d)
    sizes = args[0] if len(args) == 1 and isinstance(args[0], Size) else args
    return _bridge.run("torch.empty", list(sizes) if args else [0], dtype=d)
