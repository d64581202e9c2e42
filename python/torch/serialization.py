"""torch.serialization: objects in files. What is loaded is data; anything else a program must allow.

The library reads and writes the files; the objects in them are Python's affair."""

import io
import os
import pickle
import re
from _codecs import encode
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections import Counter, OrderedDict

import _tidu
from pyodide.ffi import to_js
from pyodide_js import FS

from . import _utils, cuda, storage
from ._bridge import crossed, run, warn
from ._tensor import Size, Tensor, device, dtype
from .storage import TypedStorage, UntypedStorage

ZIP = b"PK\x03\x04"
# With these, a pickle may not even be allowed to call what a program lists as safe.
BLOCKED = ("sys", "os", "posix", "nt")

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


class _Absent:
    """A dtype that the library has not: told by its name, by what would make a tensor of it."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


def _get_layout(name):
    import torch

    return next((x for x in (torch.strided, torch.sparse_coo, torch.sparse_csr, torch.sparse_csc) if str(x) == name), _Absent(name))


ABSENT = """float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz float8_e8m0fnu float4_e2m1fn_x2 uint16 uint32 uint64
complex32 quint8 qint8 qint32 quint4x2 quint2x4 bits8 bits16 bits1x8 bits2x4 bits4x2 per_tensor_affine per_tensor_symmetric
per_channel_affine per_channel_symmetric per_channel_affine_float_qparams""".split()


def _allowed_always():
    import torch

    functions = (*_utils.rebuild, _utils._rebuild_from_type_v2, storage._storage_of, storage._typed, _get_layout)
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
        "torch.storage.UntypedStorage": UntypedStorage,
        # Where it was in files that this package wrote before it wrote PyTorch's.
        "torch._utils._rebuild_from_type_v2": _utils._rebuild_from_type_v2,
        **{str(d): d for d in dtype._all.values()},
        **{f"torch.{name}": _Absent(f"torch.{name}") for name in ABSENT},
        **{f"torch.{name}": cls for name, cls in storage.legacy.items()},
        **{f"{f.__module__}.{f.__name__}": f for f in functions},
    }


class _DataUnpickler(pickle._Unpickler):
    """Makes and calls what is allowed, and nothing else. As strict as PyTorch's, operation by operation."""

    dispatch = {}

    def __init__(self, file, storages=None):
        super().__init__(file)
        self._storages = storages
        by_program = _allowed_by_program()
        self._allowed = {**by_program, **_allowed_always()}
        self._built = {id(f) for f in by_program.values()} | {id(OrderedDict)}
        self._callables = {id(f) for f in self._allowed.values()}

    def find_class(self, module, name):
        if self.proto < 3:  # those have the names of Python 2
            module, name = NAME_MAPPING.get((module, name), (IMPORT_MAPPING.get(module, module), name))
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
        """A storage, from what is kept beside the pickle; nothing else is."""
        if self._storages is None:
            raise pickle.UnpicklingError("unsupported persistent id encountered")
        if type(pid) is not tuple and type(pid) is not int:
            raise pickle.UnpicklingError(f"persistent_load id must be tuple or int, but got {type(pid)}")
        if type(pid) is tuple and pid and pid[0] != "storage":
            raise pickle.UnpicklingError(f"Only persistent_load of storage is allowed, but got {type(pid[0])}")
        return self._storages(pid)

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
SHORT_BINSTRING BINSTRING BINUNICODE SHORT_BINUNICODE BINUNICODE8 BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8 EMPTY_TUPLE TUPLE
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


def save(obj, f, pickle_module=pickle, pickle_protocol=2, _use_new_zipfile_serialization=True, _disable_byteorder_record=False):
    """Writes an object to a file: a path, or anything with a method `write`."""
    if not hasattr(f, "write") and not isinstance(f, (str, os.PathLike)):
        raise AttributeError("expected 'f' to be string, path, or a file-like object with a 'write' attribute")
    # All of it first: what cannot be pickled leaves the file that was there.
    data = _bytes_of(obj, pickle_module, pickle_protocol, _use_new_zipfile_serialization)
    if hasattr(f, "write"):
        f.write(data)
        return
    path = os.fspath(f)
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as file:
            file.write(data)
        return
    target = os.path.realpath(path)
    if not os.path.isdir(os.path.dirname(target)):
        raise RuntimeError(f"Parent directory {os.path.dirname(path)} does not exist.")
    # Beside the file, and then in its place: whatever happens meanwhile, the old one or the new one is there, whole.
    beside = f"{target}.{os.urandom(6).hex()}.tmp"
    try:
        with open(beside, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(target):
            os.chmod(beside, os.stat(target).st_mode & 0o777)
        os.replace(beside, target)
    finally:
        if os.path.exists(beside):
            os.remove(beside)


MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001


def _bytes_of(obj, pickle_module, protocol, as_zip):
    storages, keys = [], {}

    def persistent_id(x):
        if isinstance(x, TypedStorage):
            whole, kind, cls, count = x._untyped_storage, x.dtype, storage.legacy[f"{x.dtype.legacy}Storage"], x._size()
        elif isinstance(x, UntypedStorage):
            whole, kind, cls, count = x, dtype.named("uint8"), UntypedStorage, x.nbytes()
        else:
            return None
        key, known = keys.setdefault(id(whole), (str(len(storages)), kind))
        if known is not kind and whole.nbytes() > 0:
            raise RuntimeError("Cannot save multiple tensors or storages that view the same data as different types")
        if int(key) == len(storages):
            storages.append((whole, count, kind))
        # A device that PyTorch does not have is not named: nobody else could open the file.
        location = "cuda:0" if whole._bytes.device.type == "cuda" else "cpu"
        named = ("storage", cls, key, location, count)
        return named if as_zip else (*named, None)

    class Pickler(pickle_module.Pickler):
        def persistent_id(self, x):
            return persistent_id(x)

    buffer = io.BytesIO()
    Pickler(buffer, protocol=protocol).dump(obj)
    if as_zip:
        numbers = [whole._bytes._number for whole, *_ in storages]
        return _tidu.writeFile(to_js(buffer.getvalue()), to_js(numbers)).to_py().tobytes()
    sizes = {"short": 2, "int": 4, "long": 4}
    about = {"protocol_version": PROTOCOL_VERSION, "little_endian": True, "type_sizes": sizes}
    before = [pickle.dumps(x, protocol) for x in (MAGIC_NUMBER, PROTOCOL_VERSION, about)]
    names = sorted(str(i) for i in range(len(storages)))
    after = [pickle.dumps(names, protocol)]
    for name in names:
        whole, count, _ = storages[int(name)]
        after += [count.to_bytes(8, "little"), storage._bytes_of(whole._bytes)]
    return b"".join([*before, buffer.getvalue(), *after])


def load(f, map_location=None, pickle_module=None, *, weights_only=None, mmap=None, **pickle_load_args):
    """Reads what `save` wrote, or PyTorch. With `weights_only`, the default, what is not data is refused."""
    if weights_only is None:
        weights_only = pickle_module is None
    if weights_only and pickle_module is not None:
        raise RuntimeError("Can not safely load weights when explicit pickle_module is specified")
    if weights_only and pickle_load_args:
        warn("pickle_load_args only works if `weights_only=False`.", "UserWarning")
        pickle_load_args = {}
    restore = _restoring(map_location)
    is_path = isinstance(f, (str, os.PathLike))
    if mmap and not is_path:
        raise ValueError("f must be a file path in order to use the mmap argument")
    path = None
    if is_path:
        if not os.path.exists(f):
            raise FileNotFoundError(2, "No such file or directory", os.fspath(f))  # the number where PyTorch runs
        with open(f, "rb") as file:
            data = file.read(32)
            if data[:4] == ZIP or os.fspath(f).endswith(".safetensors"):
                path = os.fspath(f)
            else:
                data += file.read()
    elif hasattr(f, "read") and hasattr(f, "seek"):
        data = f.read()
    else:
        missing = "seek" if not hasattr(f, "seek") else "read"
        raise AttributeError(
            f"'{type(f).__name__}' object has no attribute '{missing}'. You can only torch.load from a file that is seekable. Please pre-load the data into a buffer like io.BytesIO and try to load from it instead."
        )
    if not data:
        raise EOFError(*(() if weights_only else ("Ran out of input",)))
    if path is not None and path.endswith(".safetensors"):
        return dict(crossed(_tidu.readSafetensors(FS, path)))
    try:
        return _loaded(path, data, restore, pickle_module or pickle, weights_only, pickle_load_args)
    except pickle.UnpicklingError as error:
        if not weights_only:
            raise
        raise pickle.UnpicklingError(run("bridge.weightsOnlyMessage", str(error))) from None


def _loaded(path, data, restore, module, weights_only, options):
    """The object in a file: a pickle, and beside it the storages that it names. Of a zip archive `data` may be the beginning."""
    is_zip = data[:4] == ZIP
    if data[257:262] == b"ustar":
        raise RuntimeError("Cannot use ``weights_only=True`` with files saved in the legacy .tar format.")
    if not is_zip and MAGIC_NUMBER.to_bytes(10, "little") not in data[:32]:
        # What this package wrote before it wrote PyTorch's format: one pickle of everything.
        if weights_only:
            return _checked(_DataUnpickler(io.BytesIO(data)))
        return module.load(io.BytesIO(data), **options)
    file = crossed(_tidu.openFile(to_js(data)) if path is None else _tidu.openPath(FS, path))
    try:
        return _unpickled(file, is_zip, data, restore, module, weights_only, options)
    finally:
        run("bridge.closeFile", file)


def _unpickled(file, is_zip, data, restore, module, weights_only, options):
    pickled = io.BytesIO(_tidu.pickleOf(file._number).to_py() if is_zip else data)
    storages = _Storages(file, restore)

    def read():
        pickled.seek(run("bridge.fileStart", file))
        if weights_only:
            return _checked(_DataUnpickler(pickled, storages))

        class Unpickler(module.Unpickler):
            def persistent_load(self, pid):
                # Classes of modules were kept with their source, in files of the format before zip archives.
                return pid[1] if pid and pid[0] == "module" else storages(pid)

            def find_class(self, place, name):
                known = _special().get(f"{place}.{name}")
                return super().find_class(place, name) if known is None else known

        return Unpickler(pickled, **options).load()

    if is_zip:
        made = read()
        run("bridge.finishFile", file, pickled.tell())
        return made
    _utils._late = met = []
    try:
        made = read()
    finally:
        _utils._late = None
    run("bridge.finishFile", file, pickled.tell())
    return read() if met else made


def _special():
    """What PyTorch has in other places than this package, or has and the library has not."""
    return {path: x for path, x in _allowed_always().items() if path.startswith("torch.") and not isinstance(x, dtype)}


def _checked(unpickler):
    """What an unpickler makes of a file that may be anything."""
    try:
        return unpickler.load()
    except EOFError:
        raise
    except pickle.UnpicklingError as error:
        lost = re.fullmatch(r"Memo value not found at index (\d+)", str(error))
        if lost is not None:
            raise KeyError(int(lost[1])) from None  # as PyTorch's own unpickler
        raise
    except (KeyError, IndexError, AttributeError, TypeError, ValueError, UnicodeDecodeError, OverflowError) as error:
        raise pickle.UnpicklingError(f"{type(error).__name__}: {error}") from None


class _Storages:
    """The storages of a file, made when the pickle names them: ("storage", torch.FloatStorage, "0", "cpu", 6)."""

    def __init__(self, file, restore):
        self.file, self.restore, self.known = file, restore, {}

    def __call__(self, pid):
        if not isinstance(pid, tuple) or len(pid) < 5:
            raise pickle.UnpicklingError("got a storage that is none")
        _, cls, key, location, count, *part = pid
        kind = dtype.named("uint8") if cls is UntypedStorage else getattr(cls, "dtype", None)
        if not isinstance(kind, dtype) or not isinstance(location, str) or type(count) is not int or count < 0:
            raise pickle.UnpicklingError("got a storage that is none")
        found = self.known.get(key)
        if found is None:
            whole = UntypedStorage._of(run("bridge.claim", self.file, str(key), kind, count))
            found = TypedStorage(wrap_storage=self.restore(whole, location), dtype=kind)
            self.known[key] = found
        if part and part[0] is not None:
            # Before PyTorch 0.4 a storage could be a part of another.
            _, offset, size = part[0]
            if not 0 <= offset <= offset + size <= count:
                raise pickle.UnpicklingError("got a part of a storage that is none")
            if (offset, size) != (0, count):
                raise NotImplementedError("parts of storages, as PyTorch 0.3 saved them, are not supported")
        return found


CUDA = "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are running on a CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map your storages to the CPU."


def _check_there(location):
    if location.startswith("cuda") and not cuda.is_available():
        raise RuntimeError(CUDA)


def _at(whole, location):
    _check_there(location)
    if location == "cpu":
        return whole
    if location.split(":")[0] in ("meta", "cuda", "webgpu"):
        return UntypedStorage._of(whole._bytes.to(location))
    raise RuntimeError(
        f"don't know how to restore data location of torch.storage.UntypedStorage (tagged with {location})"
    )


def _restoring(map_location):
    """Where a storage goes that was saved at a location."""
    if map_location is None:
        return _at
    if isinstance(map_location, dict):
        return lambda whole, location: _at(whole, map_location.get(location, location))
    if isinstance(map_location, (str, device)):
        place = str(device(str(map_location)))
        _check_there(place)
        return lambda whole, location: _at(whole, place)

    def restore(whole, location):
        made = map_location(whole, location)
        if made is None:
            return _at(whole, location)
        return made._untyped_storage if isinstance(made, TypedStorage) else made

    return restore
