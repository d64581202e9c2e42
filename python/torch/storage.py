"""torch.storage: the bytes that tensors share."""

import collections.abc
import math
import weakref

import _tidu

from ._bridge import run
from ._tensor import dtype

_known = weakref.WeakValueDictionary()


class UntypedStorage:
    """Bytes. Tensors on the same memory have the same one."""

    def __init__(self, data=0, *, device=None):
        from . import tensor, zeros

        place = {"dtype": dtype.named("uint8"), "device": device}
        self._bytes = tensor(list(data), **place) if hasattr(data, "__iter__") else zeros(data, **place)

    @classmethod
    def _of(cls, tensor):
        number = run("bridge.storageNumber", tensor)
        found = _known.get(number)
        if found is None:
            found = object.__new__(cls)
            found._bytes = run("bridge.bytesOf", tensor)
            _known[number] = found
        return found

    def size(self):
        return self._bytes.numel()

    nbytes = __len__ = size

    def data_ptr(self):
        return self._bytes.data_ptr()

    def element_size(self):
        return 1

    def tolist(self):
        return self._bytes.tolist()

    @property
    def _cdata(self):
        return run("bridge.storageNumber", self._bytes)

    def _assert_data(self):
        if self._bytes.is_meta:
            raise NotImplementedError("Not available for 'meta' device type")

    def __getitem__(self, i):
        self._assert_data()
        got = self._bytes[i]
        return UntypedStorage._of(got.clone()) if isinstance(i, slice) else got.item()

    def __setitem__(self, i, value):
        self._bytes[i] = value

    def __iter__(self):
        return iter(self.tolist())

    def fill_(self, value):
        self._bytes.fill_(value)
        return self

    def copy_(self, source, non_blocking=None):
        self._bytes.copy_(source._bytes)
        return self

    def clone(self):
        return UntypedStorage._of(self._bytes.clone())

    def resize_(self, size):
        self._bytes.resize_(size)
        return self

    def cpu(self):
        if self._bytes.is_meta:
            raise NotImplementedError("Cannot copy out of meta tensor; no data!")
        return self

    @property
    def device(self):
        return self._bytes.device

    is_cuda = False

    def untyped(self):
        return self

    def __repr__(self):
        return _shown(self, "torch.storage.UntypedStorage(device=cpu)")

    def __eq__(self, other):
        return isinstance(other, UntypedStorage) and self.data_ptr() == other.data_ptr() and len(self) == len(other)

    def __hash__(self):
        return id(self)

    def __deepcopy__(self, memo):
        # The copies of the tensors on it are on the same copy.
        key = ("storage", run("bridge.storageNumber", self._bytes))
        if key not in memo:
            memo[key] = run("bridge.wholeStorage", self._bytes)
        return UntypedStorage._of(memo[key])

    def __reduce_ex__(self, protocol):
        return _storage_of, (_bytes_of(self._bytes),)


class TypedStorage:
    """A storage seen as numbers of a dtype."""

    dtype = None

    def __init__(self, *args, wrap_storage=None, dtype=None, device=None, _internal=False):
        from . import get_default_dtype, tensor

        if type(self).dtype is None:
            self.dtype = dtype or get_default_dtype()
        elif dtype is not None:
            self._refuse("Keyword argument 'dtype' cannot be specified")
        if len(args) > 1:
            self._refuse("Too many positional arguments")
        given = args[0] if args else 0
        if wrap_storage is None and isinstance(given, int):
            wrap_storage = UntypedStorage(given * self.dtype.itemsize, device=device)
        elif wrap_storage is None:
            if not isinstance(given, collections.abc.Sequence):
                self._refuse(f"Argument type not recognized: {type(given)}", TypeError)
            wrap_storage = tensor(given, dtype=self.dtype, device=device).untyped_storage()
        self._untyped_storage = wrap_storage

    def _refuse(self, why, error=RuntimeError):
        raise error(
            f"{type(self)}.__new__ received an invalid combination of arguments. Expected one of:\n"
            f" * no arguments\n * (int size)\n * (Sequence data)\n * (*, UntypedStorage wrap_storage)\n{why}"
        )

    @classmethod
    def from_buffer(cls, buffer, byte_order="native", count=-1, offset=0):
        """A storage of the numbers in a buffer."""
        data = memoryview(buffer).cast("B")[offset:]
        size = cls.dtype.itemsize
        data = bytes(data if count < 0 else data[: count * size])
        if byte_order == "big":
            data = b"".join(data[i : i + size][::-1] for i in range(0, len(data), size))
        return cls(wrap_storage=_storage_of(data))

    def _as(self, dtype):
        return TypedStorage(wrap_storage=self._flat().to(dtype, copy=True).untyped_storage(), dtype=dtype)

    def _flat(self):
        return run("bridge.fromBytes", self._untyped_storage._bytes, self.dtype, 0, [self.size()], [1])

    def size(self):
        return self.nbytes() // self.dtype.itemsize

    __len__ = _size = size

    def nbytes(self):
        return self._untyped_storage.nbytes()

    def data_ptr(self):
        return self._untyped_storage.data_ptr()

    def element_size(self):
        return self.dtype.itemsize

    def untyped(self):
        return self._untyped_storage

    def tolist(self):
        return self._flat().tolist()

    def __iter__(self):
        return iter(self.tolist())

    def __getitem__(self, i):
        if isinstance(i, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        self._untyped_storage._assert_data()
        return self._flat()[i].item()

    def __setitem__(self, i, value):
        self._flat()[i] = value

    def fill_(self, value):
        self._flat().fill_(value)
        return self

    def resize_(self, size):
        self._untyped_storage.resize_(size * self.dtype.itemsize)

    def copy_(self, source, non_blocking=None):
        if self.nbytes() != source.nbytes():
            raise RuntimeError(
                f"size does not match, self was {self.nbytes()} bytes but src was {source.nbytes()} bytes"
            )
        self._flat().copy_(source._flat())
        return self

    def is_shared(self):
        return False

    def share_memory_(self):
        return self

    def is_pinned(self, device="cuda"):
        return False

    def pickle_storage_type(self):
        return f"{self.dtype.legacy}Storage"

    def clone(self):
        return TypedStorage(wrap_storage=self._untyped_storage.clone(), dtype=self.dtype)

    def type(self):
        return f"torch.{self.dtype.legacy}Storage"

    def cpu(self):
        self._untyped_storage.cpu()
        return self

    @property
    def device(self):
        return self._untyped_storage.device

    @property
    def _cdata(self):
        return self._untyped_storage._cdata

    is_cuda = False

    def __repr__(self):
        return _shown(self, f"torch.storage.TypedStorage(dtype={self.dtype}, device=cpu)")

    def __eq__(self, other):
        return isinstance(other, TypedStorage) and self._untyped_storage == other._untyped_storage

    def __hash__(self):
        return id(self)

    def __reduce_ex__(self, protocol):
        return _typed, (self._untyped_storage, self.dtype)


_CASTS = "bool:bool float:float32 double:float64 half:float16 bfloat16:bfloat16 int:int32 long:int64 short:int16 char:int8 byte:uint8 complex_float:complex64 complex_double:complex128"
for _cast in _CASTS.split():
    _name, _, _of = _cast.partition(":")
    setattr(TypedStorage, _name, lambda self, _to=dtype.named(_of): self._as(_to))


# What pickles name the dtypes of storages with: torch.FloatStorage and its kin, and those whose tensors the library has not.
legacy = {}
for _of in dtype._all.values():
    _name = f"{_of.legacy}Storage"
    legacy[_name] = type(_name, (TypedStorage,), {"dtype": _of, "__module__": "torch"})
for _name in ("QUInt8Storage", "QInt8Storage", "QInt32Storage", "QUInt4x2Storage", "QUInt2x4Storage"):
    legacy[_name] = type(_name, (TypedStorage,), {"dtype": dtype.named("uint8"), "__module__": "torch"})


def _dtype_to_storage_type_map():
    return {kind: f"{kind.legacy}Storage" for kind in dtype._all.values()}


def on(storage, kind, offset, size, stride, refuse):
    """A tensor of the dtype on a storage; `refuse` says what is wrong with a storage of another."""
    if isinstance(storage, TypedStorage) and storage.dtype is not kind:
        raise RuntimeError(refuse(kind, storage.dtype))
    of = storage.untyped()._bytes
    size = [of.numel() // kind.itemsize] if size is None else list(size)
    if stride is None:
        stride = [math.prod(size[i + 1 :]) for i in range(len(size))]
    return run("bridge.fromBytes", of, kind, offset, size, list(stride))


def _shown(storage, kind):
    numbers = "\n".join(f" {x}" for x in storage)
    return f"{numbers}\n[{kind} of size {len(storage)}]"


def _bytes_of(t):
    return _tidu.elements(t._number).to_py().tobytes()


def _storage_of(data):
    """A storage of these bytes."""
    from ._construct import from_bytes

    return UntypedStorage._of(from_bytes(data))


def _typed(untyped, dtype):
    return TypedStorage(wrap_storage=untyped, dtype=dtype)
