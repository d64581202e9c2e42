"""torch.serialization: objects in files. What is loaded is data; anything else a program must allow."""

import io
import os
import pickle
import re
import warnings
from _codecs import encode
from collections import Counter, OrderedDict

from . import _utils
from ._bridge import warn
from ._tensor import Size, Tensor, device, dtype

UNSAFE_MESSAGE = "In PyTorch 2.6, we changed the default value of the `weights_only` argument in `torch.load` from `False` to `True`. Re-running `torch.load` with `weights_only` set to `False` will likely succeed, but it can result in arbitrary code execution. Do it only if you got the file from a trusted source."
DOCS_MESSAGE = "\n\nCheck the documentation of torch.load to learn more about types accepted by default with weights_only https://pytorch.org/docs/stable/generated/torch.load.html."
# With these, a pickle may not even be allowed to call what a program lists as safe.
BLOCKED = ("sys", "os", "posix", "nt")
MAGIC_NUMBER = 0x1950A86A20F9469CFC6C

_safe = set()


def add_safe_globals(safe_globals):
    """Lets `torch.load(weights_only=True)` make these classes and call these functions."""
    _safe.update(safe_globals)


def get_safe_globals():
    return list(_safe)


def clear_safe_globals():
    _safe.clear()


class safe_globals:
    """add_safe_globals for the length of a block."""

    def __init__(self, safe_globals):
        self.safe_globals = safe_globals

    def __enter__(self):
        add_safe_globals(self.safe_globals)

    def __exit__(self, *error):
        _safe.difference_update(self.safe_globals)


def _allowed_by_program():
    allowed = {}
    for f in _safe:
        if isinstance(f, tuple):
            if len(f) != 2:
                raise ValueError(
                    f"Expected tuple of length 2 (global, str of callable full path), but got tuple of length: {len(f)}"
                )
            if type(f[1]) is not str:
                raise TypeError(f"Expected second item in tuple to be str of callable full path, but got: {type(f[1])}")
            f, name = f
        else:
            name = f"{f.__module__}.{f.__qualname__}"
        allowed[name] = f
    return allowed


def _allowed_always():
    import torch
    from . import storage

    functions = (
        _utils._rebuild_tensor_v2,
        _utils._rebuild_parameter,
        _utils._rebuild_parameter_with_state,
        _utils._rebuild_from_type_v2,
        storage._storage_of,
        storage._typed,
    )
    return {
        "collections.OrderedDict": OrderedDict,
        "collections.Counter": Counter,
        "torch.nn.parameter.Parameter": torch.nn.Parameter,
        "torch.Size": Size,
        "torch.Tensor": Tensor,
        "torch.device": device,
        "torch.strided": torch.strided,
        "_codecs.encode": encode,
        "builtins.bytearray": bytearray,
        "builtins.set": set,
        "builtins.complex": complex,
        **{str(d): d for d in dtype._all.values()},
        **{f"{f.__module__}.{f.__name__}": f for f in functions},
    }


class _DataUnpickler(pickle._Unpickler):
    """Makes and calls what is allowed, and nothing else. As strict as PyTorch's, operation by operation."""

    dispatch = {}

    def __init__(self, file):
        super().__init__(file)
        by_program = _allowed_by_program()
        self._allowed = {**by_program, **_allowed_always()}
        self._built = {id(f) for f in by_program.values()} | {id(OrderedDict)}
        self._callables = {id(f) for f in self._allowed.values()}

    def find_class(self, module, name):
        path = f"{module}.{name}"
        if module.partition(".")[0] in BLOCKED:
            raise pickle.UnpicklingError(
                f"Trying to load unsupported GLOBAL {path} whose module {module} is blocked."
            )
        if path in self._allowed:
            return self._allowed[path]
        path = path.removeprefix("builtins.")
        raise pickle.UnpicklingError(
            f"Unsupported global: GLOBAL {path} was not an allowed global by default. "
            f"Please use `torch.serialization.add_safe_globals([{path}])` or the "
            f"`torch.serialization.safe_globals([{path}])` context manager to allowlist this global "
            "if you trust this class/function."
        )

    def persistent_load(self, pid):
        raise pickle.UnpicklingError("unsupported persistent id encountered")

    def load(self):
        try:
            return super().load()
        except KeyError as error:
            if error.args and isinstance(error.args[0], int):
                raise pickle.UnpicklingError(f"Unsupported operand {error.args[0]}") from None
            raise


def _reduce(self):
    f = self.stack[-2]
    if id(f) not in self._callables:
        owner = f" which belongs to {f.__self__}" if hasattr(f, "__self__") else ""
        raise pickle.UnpicklingError(f"Trying to call reduce for unrecognized function {f}{owner}")
    self.load_reduce()


def _new(self):
    cls = self.stack[-2]
    if id(cls) not in self._callables:
        raise pickle.UnpicklingError(
            f"Can only create new object for nn.Parameter or classes allowlisted via `add_safe_globals` but got {cls}"
        )
    self.load_newobj()


def _build(self):
    kind = type(self.stack[-2])
    if id(kind) not in self._built:
        raise pickle.UnpicklingError(
            f"Can only build Tensor, Parameter, OrderedDict or types allowlisted via `add_safe_globals`, but got {kind}"
        )
    self.load_build()


def _filling(name, verb, *kinds):
    """An operation that puts the items on the stack into the object below them, if it is of one of these kinds."""
    operation = getattr(pickle._Unpickler, name)

    def checked(self):
        filled = self.metastack[-1][-1] if name[-1] == "s" else self.stack[-3 if name == "load_setitem" else -2]
        if type(filled) not in kinds:
            raise pickle.UnpicklingError(f"Can only {verb}, but got {type(filled)}")
        operation(self)

    return checked


_DICTS = "{} for dict, collections.OrderedDict, collections.Counter"
# What else protocols 2 to 5 need for data.
_PLAIN = """PROTO STOP FRAME MARK GLOBAL STACK_GLOBAL NONE NEWTRUE NEWFALSE BININT BININT1 BININT2 LONG1 LONG4 BINFLOAT
SHORT_BINSTRING BINUNICODE SHORT_BINUNICODE BINUNICODE8 BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8 EMPTY_TUPLE TUPLE
TUPLE1 TUPLE2 TUPLE3 EMPTY_LIST EMPTY_DICT EMPTY_SET BINGET LONG_BINGET BINPUT LONG_BINPUT MEMOIZE BINPERSID""".split()
_DataUnpickler.dispatch.update(
    {
        **{code: pickle._Unpickler.dispatch[code] for code in (getattr(pickle, name)[0] for name in _PLAIN)},
        pickle.REDUCE[0]: _reduce,
        pickle.NEWOBJ[0]: _new,
        pickle.BUILD[0]: _build,
        pickle.APPEND[0]: _filling("load_append", "append to lists", list),
        pickle.APPENDS[0]: _filling("load_appends", "extend lists", list),
        pickle.SETITEM[0]: _filling("load_setitem", _DICTS.format("SETITEM"), dict, OrderedDict, Counter),
        pickle.SETITEMS[0]: _filling("load_setitems", _DICTS.format("SETITEMS"), dict, OrderedDict, Counter),
        pickle.ADDITEMS[0]: _filling("load_additems", "add to sets", set),
    }
)


def _weights_only_message(message):
    if re.search(r"GLOBAL (\S+) was not an allowed global by default.", message):
        told = (
            "Weights only load failed. This file can still be loaded, to do so you have two options, "
            "\033[1mdo those steps only if you trust the source of the checkpoint\033[0m. "
            f"\n\t(1) {UNSAFE_MESSAGE}\n\t(2) Alternatively, to load with `weights_only=True` please check "
            f"the recommended steps in the following error message.\n\tWeightsUnpickler error: {message}"
        )
    else:
        told = f"Weights only load failed. {UNSAFE_MESSAGE}\n"
        if "is blocked." not in message:
            told += "Please file an issue with the following so that we can make `weights_only=True` compatible with your use case: WeightsUnpickler error: "
        told += "\n\n" + message
    return told + DOCS_MESSAGE


def save(obj, f, pickle_module=pickle, pickle_protocol=4, _use_new_zipfile_serialization=True):
    """Writes an object to a file: a path, or anything with a method `write`."""
    if hasattr(f, "write"):
        pickle_module.dump(obj, f, protocol=max(pickle_protocol, 4))
        return
    if not isinstance(f, (str, os.PathLike)):
        raise AttributeError("expected 'f' to be string, path, or a file-like object with a 'write' attribute")
    # All of it first: what cannot be pickled leaves the file that was there.
    data = pickle_module.dumps(obj, protocol=max(pickle_protocol, 4))
    with open(f, "wb") as file:
        file.write(data)


CUDA = "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are running on a CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map your storages to the CPU."


def load(f, map_location=None, pickle_module=None, *, weights_only=None, mmap=None, **pickle_load_args):
    """Reads what `save` wrote. With `weights_only`, the default, what is not data is refused."""
    if weights_only is None:
        weights_only = pickle_module is None
    if weights_only and pickle_module is not None:
        raise RuntimeError("Can not safely load weights when explicit pickle_module is specified")
    if weights_only and pickle_load_args:
        warn("pickle_load_args only works if `weights_only=False`.", "UserWarning")
        pickle_load_args = {}
    if isinstance(map_location, (str, device)) and device(str(map_location)).type != "cpu":
        raise RuntimeError(CUDA)
    if isinstance(f, (str, os.PathLike)):
        with open(f, "rb") as file:
            data = file.read()
    elif hasattr(f, "read") and hasattr(f, "seek"):
        data = f.read()
    else:
        missing = "seek" if not hasattr(f, "seek") else "read"
        raise AttributeError(
            f"'{type(f).__name__}' object has no attribute '{missing}'. You can only torch.load from a file that is seekable. Please pre-load the data into a buffer like io.BytesIO and try to load from it instead."
        )
    if not data:
        raise EOFError
    _refuse_foreign(data)
    if not weights_only:
        module = pickle if pickle_module is None else pickle_module
        return module.load(io.BytesIO(data), **pickle_load_args)
    try:
        return _DataUnpickler(io.BytesIO(data)).load()
    except pickle.UnpicklingError as error:
        raise pickle.UnpicklingError(_weights_only_message(str(error))) from None
    except (KeyError, IndexError, AttributeError, TypeError, ValueError, UnicodeDecodeError, OverflowError) as error:
        text = f"{type(error).__name__}: {error}"
        raise pickle.UnpicklingError(_weights_only_message(text)) from None


def _refuse_foreign(data):
    """Files that are not of this package's `save`."""
    if data[:4] == b"PK\x03\x04":
        what = "PyTorch's zip format"
    elif data[:2] == b"\x80\x02" and MAGIC_NUMBER.to_bytes(10, "little") in data[:32]:
        what = "PyTorch's format from before 1.6"
    else:
        return
    raise RuntimeError(
        f"torch.load: this file is in {what}, which is not read yet\n"
        "It reads what torch.save of this package wrote. For numbers, save lists there: {name: t.tolist() for name, t in model.state_dict().items()} as JSON, say."
    )
