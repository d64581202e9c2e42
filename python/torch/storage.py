"""torch.storage: the bytes that tensors share."""

import weakref

import _tidu

from ._bridge import run
from ._tensor import dtype

_known = weakref.WeakValueDictionary()


class UntypedStorage:
    """Bytes. Tensors on the same memory have the same one."""

    def __init__(self, data=0, *, device=None):
        from . import tensor, zeros

        uint8 = dtype.named("uint8")
        made = tensor(list(data), dtype=uint8) if hasattr(data, "__iter__") else zeros(data, dtype=uint8)
        self._bytes = made

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

    def __getitem__(self, i):
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
        if id(self) not in memo:
            memo[id(self)] = self.clone()
        return memo[id(self)]

    def __reduce_ex__(self, protocol):
        return _storage_of, (_bytes_of(self._bytes),)


class TypedStorage:
    """A storage seen as numbers of a dtype."""

    def __init__(self, *, wrap_storage, dtype, _internal=False):
        self._untyped_storage, self.dtype = wrap_storage, dtype

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
        return self._flat()[i].item()

    def __setitem__(self, i, value):
        self._flat()[i] = value

    def fill_(self, value):
        self._flat().fill_(value)
        return self

    def clone(self):
        return TypedStorage(wrap_storage=self._untyped_storage.clone(), dtype=self.dtype)

    def type(self):
        return f"torch.{self.dtype.legacy}Storage"

    def cpu(self):
        return self

    @property
    def device(self):
        return self._untyped_storage.device

    is_cuda = False

    def __repr__(self):
        return _shown(self, f"torch.storage.TypedStorage(dtype={self.dtype}, device=cpu)")

    def __eq__(self, other):
        return isinstance(other, TypedStorage) and self._untyped_storage == other._untyped_storage

    def __hash__(self):
        return id(self)

    def __reduce_ex__(self, protocol):
        return _typed, (self._untyped_storage, self.dtype)


# What pickles name the dtypes of storages with: torch.FloatStorage and its kin, and those whose tensors the library has not.
legacy = {}
for _of in dtype._all.values():
    _name = f"{_of.legacy}Storage"
    legacy[_name] = type(_name, (TypedStorage,), {"dtype": _of, "__module__": "torch"})
for _name in ("QUInt8Storage", "QInt8Storage", "QInt32Storage", "QUInt4x2Storage", "QUInt2x4Storage"):
    legacy[_name] = type(_name, (TypedStorage,), {"dtype": dtype.named("uint8"), "__module__": "torch"})


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
