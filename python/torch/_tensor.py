"""class Tensor: a number that stands for one of the library's tensors, with Python's operators."""

import copy
from collections import OrderedDict

import _tidu

from ._bridge import PYTHON_DTYPES, Held, _attributes, crossed, encode, function, hold, holder, invoke, names, number_of, of_subclass, run, subclasses, warn, warn_once
from . import _device
from ._device import check_device, device, parse_to, placed
from ._index import index_json

_get = {}


def get(name, held):
    number = _get.get(name)
    if number is None:
        number = _get[name] = number_of("get." + name)
    return invoke(number, (held,))


class Size(tuple):
    """The sizes of a tensor."""

    __module__ = "torch"

    def __new__(cls, sizes=()):
        sizes = tuple(sizes)
        for i, n in enumerate(sizes):
            if not hasattr(n, "__index__"):
                kind = type(n).__name__
                raise TypeError(f"torch.Size() takes an iterable of 'int' (item {i} is '{kind}')")
        return tuple.__new__(cls, (n.__index__() for n in sizes))

    def __repr__(self):
        return "torch.Size([" + ", ".join(map(str, self)) + "])"

    def __getattr__(self, name):
        raise AttributeError(f"'torch.Size' object has no attribute '{name}'")

    def numel(self):
        n = 1
        for size in self:
            n *= size
        return n

    def __getitem__(self, i):
        got = tuple.__getitem__(self, i)
        return Size(got) if isinstance(i, slice) else got

    def __add__(self, other):
        if not isinstance(other, tuple):
            raise TypeError(f"can only concatenate tuple (not {type(other).__name__}) to torch.Size")
        return Size(tuple.__add__(self, other))

    def __radd__(self, other):
        return Size(tuple.__add__(other, self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, n):
        return Size(tuple.__mul__(self, n))

    __rmul__ = __mul__

    def __reduce__(self):
        return (Size, (tuple(self),))


holder("size")(Size)


class dtype(Held):
    """The type of a tensor's elements."""

    __module__ = "torch"
    _all = {}

    def __init__(self, name):
        super().__init__(int(_tidu.dtypeNumber(name)))
        self.name = name
        held = self
        self.itemsize = get("itemsize", held)
        self.is_floating_point = get("is_floating_point", held)
        self.is_complex = get("is_complex", held)
        self.is_signed = get("is_signed", held)
        self.legacy = get("legacyName", held)

    @staticmethod
    def named(name):
        found = dtype._all.get(name)
        if found is None:
            found = dtype._all[name] = dtype(name)
        return found

    def __repr__(self):
        return "torch." + self.name

    @property
    def cpp_name(self):
        return run("bridge.cppName", self)

    def __reduce__(self):
        return self.name  # the name in this module

    def to_complex(self):
        return dtype.named("complex128" if self.name == "float64" else "complex64")


holder("dtype")(dtype)


@holder("MemoryFormat")
class memory_format(Held):
    """An order of dims in memory."""

    __module__ = "torch"

    def __init__(self, number):
        super().__init__(number)
        self._name = get("name", self)

    def __repr__(self):
        return "torch." + self._name

    def __reduce__(self):
        return self._name


@holder("layout")
class layout(Held):
    """How the elements of a tensor are stored."""

    __module__ = "torch"
    _all = {}

    def __init__(self, number):
        super().__init__(number)
        self._name = get("name", self)

    @staticmethod
    def named(name):
        found = layout._all.get(name)
        if found is None:
            found = layout._all[name] = run("bridge.layout", name)
        return found

    def __repr__(self):
        return "torch." + self._name

    def __reduce__(self):
        from . import serialization

        return serialization._get_layout, (repr(self),)


TO_SCALAR = "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\nConsider using tensor.detach() first."
TYPED_STORAGE = "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage class. This should only matter to you if you are using storages directly.  To access UntypedStorage directly, use tensor.untyped_storage() instead of tensor.storage()"


class _Methods(type):
    """Makes the methods that the library has when they are first asked for, of a tensor or of the class."""

    def __new__(mcls, name, bases, members, **kwargs):
        # What a program's class has in slots is to live as long as the library's tensor, as all that is set on tensors.
        if any(isinstance(base, _Methods) for base in bases):
            members.pop("__slots__", None)
        return super().__new__(mcls, name, bases, members, **kwargs)

    def __getattr__(cls, name):
        f = None if name.startswith("__") else function("Tensor." + name)
        if f is None:
            raise AttributeError(f"type object '{cls.__name__}' has no attribute '{name}'")
        setattr(Tensor, name, f)
        return f

    def __dir__(cls):
        return sorted(set(type.__dir__(cls)) | names("Tensor"))


class fixed(property):
    """What a program reads and does not set."""

    def __set_name__(self, cls, name):
        self._refusal = f"attribute '{name}' of 'torch._C.TensorBase' objects is not writable"

    def __set__(self, held, value):
        raise AttributeError(self._refusal)

    def __delete__(self, held):
        raise AttributeError(self._refusal)


def write(part, value):
    """What `x.real = value` does to the part."""
    if isinstance(value, Tensor):
        part.copy_(value)
    else:
        part[...] = value


def _refused_storage(dtype, other):
    return f"Expected a Storage of type {dtype.cpp_name} or an UntypedStorage, but got type {other.legacy} for argument 1 'storage'"


@holder("tensor")
class Tensor(Held, metaclass=_Methods):
    """A tensor, as torch.Tensor."""

    __module__ = "torch"
    __slots__ = ("_kept",)

    def __new__(cls, *args, device=None):
        from ._construct import default_dtype, legacy

        made = legacy(default_dtype().name, args)
        return made if cls is Tensor else made.as_subclass(cls)

    @staticmethod
    def _make_subclass(cls, data, require_grad=False):
        return data.detach().as_subclass(cls).requires_grad_(require_grad)

    @staticmethod
    def _make_wrapper_subclass(cls, size, *, strides=None, storage_offset=None, memory_format=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, dispatch_sizes_strides_policy=None, dispatch_device=False, dispatch_layout=False):
        from ._ops import make_wrapper_subclass

        return make_wrapper_subclass(cls, size, strides, dtype or default_dtype(), requires_grad)

    def _neg_view(self):
        """The same elements, seen with the other sign."""
        return run("bridge.negView", self)

    def as_subclass(self, cls):
        """Another object of that class for the same elements."""
        if not (isinstance(cls, type) and issubclass(cls, Tensor)):
            raise ValueError(f"cls must be a type (got {type_word(cls)})")
        made = self.view_as(self)
        made.__class__ = cls
        return made

    def __init__(self, *args, **kwargs):
        pass

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        # What is computed with parameters are plain tensors.
        if not cls.__module__.startswith("torch.") and not getattr(cls, "_is_parameter", False):
            subclasses.append(cls)

    @classmethod
    def _held(cls, number):
        self = object.__new__(cls)
        hold(self, number)
        return self

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)
        own = self.__dict__
        if own and not _keeps(self):
            # This object may go before the library's tensor; the next one shall have what was set on it.
            kept = type(self), own
            object.__setattr__(self, "_kept", own)
            _attributes[self._number] = kept
            run("bridge.keepAttributes", self, lambda: kept)

    def _revive(self, kept):
        cls, own = kept
        object.__setattr__(self, "__class__", cls)
        object.__setattr__(self, "__dict__", own)
        object.__setattr__(self, "_kept", own)

    # -- what it is

    @fixed
    def shape(self):
        return get("shape", self)

    @fixed
    def dtype(self):
        return get("dtype", self)

    @fixed
    def device(self):
        return device(run("bridge.deviceOf", self)) if _device.several else _device.CPU

    is_meta = fixed(lambda self: self.device.type == "meta")

    @fixed
    def layout(self):
        return layout.named(run("bridge.layoutOf", self))

    @fixed
    def ndim(self):
        return len(self.shape)

    @property
    def grad(self):
        return get("grad", self)

    @grad.setter
    def grad(self, value):
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(
                f"assigned grad expected to be a Tensor or None but got grad of type {type_word(value)}"
            )
        run("set.grad", self, value)

    @grad.deleter
    def grad(self):
        run("set.grad", self, None)

    _grad = grad

    @fixed
    def grad_fn(self):
        return get("grad_fn", self)

    @property
    def requires_grad(self):
        return get("requires_grad", self)

    @requires_grad.setter
    def requires_grad(self, value):
        if not isinstance(value, bool):
            raise RuntimeError("requires_grad must be a bool")
        run("set.requires_grad", self, value)

    @requires_grad.deleter
    def requires_grad(self):
        raise RuntimeError("requires_grad must be a bool")

    @fixed
    def is_leaf(self):
        return get("is_leaf", self)

    @property
    def data(self):
        return get("data", self)

    @data.setter
    def data(self, value):
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type_word(value)}")
        run("set.data", self, value)

    @data.deleter
    def data(self):
        raise RuntimeError("Deleting tensor data is not allowed. Delete tensor instead!")

    @fixed
    def output_nr(self):
        return get("outputNr", self)

    @property
    def _grad_fn(self):
        return self.grad_fn

    @_grad_fn.deleter
    def _grad_fn(self):
        raise RuntimeError("Deletion of _grad_fn not allowed. Detach tensor instead!")

    @property
    def _backward_hooks(self):
        return None

    @_backward_hooks.setter
    def _backward_hooks(self, value):
        pass

    @_backward_hooks.deleter
    def _backward_hooks(self):
        raise RuntimeError("Deletion of _backwards_hooks not allowed!")

    @property
    def volatile(self):
        warn("volatile was removed (Variable.volatile is always False)", "UserWarning")
        return False

    @volatile.setter
    def volatile(self, value):
        warn("volatile was removed and now has no effect. Use `with torch.no_grad():` instead.", "UserWarning")

    _is_parameter = False
    _version = fixed(lambda self: get("_version", self))
    _base = fixed(lambda self: get("_base", self))
    retains_grad = fixed(lambda self: get("retains_grad", self))
    T = fixed(lambda self: get("T", self))
    mT = fixed(lambda self: get("mT", self))
    H = fixed(lambda self: get("H", self))
    mH = fixed(lambda self: get("mH", self))
    real = property(lambda self: run("torch.real", self), lambda self, value: write(self.real, value))
    imag = property(lambda self: run("torch.imag", self), lambda self, value: write(self.imag, value))
    is_quantized = is_mps = is_xpu = fixed(lambda self: False)
    is_cuda = fixed(lambda self: self.device.type == "cuda")
    is_sparse = fixed(lambda self: get("is_sparse", self))
    is_sparse_csr = fixed(lambda self: get("is_sparse_csr", self))
    is_cpu = fixed(lambda self: self.device.type == "cpu")
    itemsize = fixed(lambda self: self.dtype.itemsize)
    nbytes = fixed(lambda self: get("nbytes", self))

    def size(self, dim=None):
        return self.shape if dim is None else run("Tensor.size", self, one_dim("size", dim))

    def stride(self, dim=None):
        return run("Tensor.stride", self) if dim is None else run("Tensor.stride", self, one_dim("stride", dim))

    def dim(self):
        return len(self.shape)

    ndimension = dim

    def numel(self):
        return run("Tensor.numel", self)

    nelement = numel

    def is_contiguous(self, memory_format=None):
        return run("Tensor.is_contiguous", self, memory_format=memory_format)

    def type(self, dtype=None, non_blocking=False):
        if dtype is None:
            return run("Tensor.type", self)
        if dtype in PYTHON_DTYPES:
            raise ValueError(f"invalid type: '{dtype.__name__}'")
        return self.to(dtype_of(dtype))

    def resize_(self, *size, memory_format=None):
        options = {} if memory_format is None else {"memory_format": memory_format}
        return run("Tensor.resize_", self, list(size[0]) if len(size) == 1 and isinstance(size[0], tuple | list) else list(size), options)

    def get_device(self):
        return -1

    def untyped_storage(self):
        if self.layout is not layout.named("strided"):
            run("Tensor.share_memory_", self)
        from .storage import UntypedStorage

        return UntypedStorage._of(self)

    def storage(self):
        warn_once(TYPED_STORAGE)
        return self._typed_storage()

    def storage_type(self):
        from .storage import legacy

        return legacy[f"{self.dtype.legacy}Storage"]

    def set_(self, source=None, storage_offset=0, size=None, stride=None):
        """Puts it on the memory of a storage, or of another tensor."""
        from . import empty, storage
        from .autograd import no_grad

        if self.requires_grad and self.is_leaf and run("bridge.getMode", "grad"):
            raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")
        if source is None:
            source = empty(0, dtype=self.dtype, device=self.device)
        if isinstance(source, Tensor):
            if source.dtype is not self.dtype:
                raise RuntimeError(
                    f"Could not set tensor of type {source.dtype.cpp_name} to a tensor of type {self.dtype.cpp_name}"
                )
            if size is None:
                storage_offset, size, stride = source.storage_offset(), source.shape, source.stride()
            source = source.untyped_storage()
        elif not isinstance(source, (storage.TypedStorage, storage.UntypedStorage)):
            raise TypeError(f"set_() received an invalid combination of arguments - got ({type_word(source)})")
        with no_grad():
            self.data = storage.on(source, self.dtype, storage_offset, size, stride, _refused_storage)
        return self

    def _typed_storage(self):
        from .storage import TypedStorage

        return TypedStorage(wrap_storage=self.untyped_storage(), dtype=self.dtype)

    # -- values

    def item(self):
        got = run("Tensor.item", self)
        if isinstance(got, int) and not isinstance(got, bool) and self.dtype.is_floating_point:
            return float(got)
        return got

    def tolist(self):
        shape = self.shape
        flat = elements(self)
        if not shape:
            return flat[0]

        def nest(d, start, count):
            if d == len(shape) - 1:
                return flat[start : start + count]
            step = count // shape[d] if shape[d] else 0
            return [nest(d + 1, start + i * step, step) for i in range(shape[d])]

        return nest(0, 0, len(flat))

    def is_set_to(self, other):
        return self.data_ptr() == other.data_ptr() and self.size() == other.size() and self.stride() == other.stride()

    def numpy(self, force=False):
        if self.requires_grad and not force and run("bridge.getMode", "grad"):
            raise RuntimeError(
                "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
            )
        if self.layout is not layout.named("strided"):
            run("Tensor.numpy", self.detach())
        if self.is_conj() and not force:
            raise RuntimeError(
                "Can't call numpy() on Tensor that has conjugate bit set. Use tensor.resolve_conj().numpy() instead."
            )
        if self.is_neg() and not force:
            raise RuntimeError(
                "Can't call numpy() on Tensor that has negative bit set. Use tensor.resolve_neg().numpy() instead."
            )
        import numpy

        if self.dtype.name == "bfloat16":
            raise TypeError("Got unsupported ScalarType BFloat16")
        return numpy.array(self.tolist(), dtype=self.dtype.name).reshape(self.shape)

    def __bool__(self):
        return run("bridge.truth", self)

    is_nonzero = __bool__

    def _scalar(self):
        if self.numel() != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        if self.requires_grad:
            warn_once(TO_SCALAR)
        return self.item()

    def _real(self, kind):
        got = self._scalar()
        if not isinstance(got, complex):
            return got
        if got.imag:
            raise RuntimeError(f"value cannot be converted to type {kind} without overflow")
        return got.real

    def __int__(self):
        return int(self._real("int64_t"))

    def __float__(self):
        return float(self._real("double"))

    def __complex__(self):
        return complex(self._scalar())

    def __index__(self):
        if self.numel() != 1 or self.dtype.is_floating_point or self.dtype.is_complex:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.item())

    def __len__(self):
        shape = self.shape
        if not shape:
            raise TypeError("len() of a 0-d tensor")
        return shape[0]

    def __iter__(self):
        if not self.shape:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __reversed__(self):
        return self.flip(0) if self.dim() else self

    def __delitem__(self, index):
        raise TypeError("Tensor does not support deleting items")

    def __contains__(self, x):
        if isinstance(x, (Tensor, int, float, bool, complex)):
            return bool((self == x).any().item())
        raise RuntimeError(
            f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(x)}."
        )

    def __hash__(self):
        return id(self)

    def __repr__(self):
        text = run("Tensor.toString", self)
        if type(self) in subclasses:
            name = type(self).__name__ + "("
            text = text.replace("tensor(", name, 1).replace("\n" + " " * 7, "\n" + " " * len(name))
        return text

    def __format__(self, spec):
        if self.dim() == 0 and not self.requires_grad or (self.dim() == 0 and type(self) is Tensor):
            return format(self.item(), spec)
        return object.__format__(self, spec)

    def __getitem__(self, index):
        if type(index) is int:
            return run("bridge.getRow", self, index)
        result = crossed(_tidu.getItem(self._number, index_json(index)))
        return of_subclass(result, (self,)) if subclasses else result

    def __setitem__(self, index, value):
        if not isinstance(value, (Tensor, int, float, bool, complex)):
            kind = "torch." + self.dtype.legacy + "Tensor"
            raise TypeError(f"can't assign a {type_word(value)} to a {kind}")
        if index is False:
            return
        if index is True:  # alone it is a view of all, among others an index
            index = None
        crossed(_tidu.setItem(self._number, index_json(index), value_json(value)))

    def __copy__(self):
        """Another tensor of the same memory."""
        made = type(self)._like(run("bridge.sharing", self), self.requires_grad)
        made.__dict__.update(self.__dict__)
        return made

    def __deepcopy__(self, memo):
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001"
            )
        if id(self) in memo:
            return memo[id(self)]
        if self.layout is not layout.named("strided"):
            made = memo[id(self)] = self.detach().clone().requires_grad_(self.requires_grad)
            return made
        if self.is_conj() or self.is_neg():
            made = type(self)._like(self.detach().clone(), self.requires_grad)
            memo[id(self)] = made
            return made
        # Tensors that share memory share it as copies, too.
        storage = ("storage", run("bridge.storageNumber", self))
        if storage not in memo:
            memo[storage] = run("bridge.wholeStorage", self)
        made = type(self)._like(run("bridge.sameLayout", self, memo[storage]), self.requires_grad)
        if self.grad is not None:
            made.grad = copy.deepcopy(self.grad, memo)
        memo[id(self)] = made
        made.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return made

    @classmethod
    def _like(cls, data, requires_grad):
        return data.requires_grad_(requires_grad)

    def __reduce_ex__(self, protocol):
        from . import _utils

        hooks = OrderedDict()
        if self.is_meta:
            args = (self.dtype, tuple(self.size()), self.stride(), self.requires_grad)
            return _utils._rebuild_meta_tensor_no_storage, args
        if str(self.layout) != "torch.strided":
            return _utils._rebuild_sparse_tensor, (self.layout, _utils.sparse_parts(self))
        layout = self.storage_offset(), tuple(self.size()), self.stride()
        rebuild = _utils._rebuild_tensor_v2
        seen = ({"conj": True},) if self.is_conj() else ({"neg": True},) if self.is_neg() else ()
        args = (self.detach()._typed_storage(), *layout, self.requires_grad, hooks, *seen)
        if type(self) is not Tensor:
            if self._is_parameter:
                plain = rebuild(*args[:4], False, *args[5:])
                rebuild, args = _utils._rebuild_parameter, (plain, self.requires_grad, hooks)
            else:
                return _utils._rebuild_from_type_v2, (rebuild, type(self), args, self.__dict__)
        if self.__dict__:
            return _utils._rebuild_from_type_v2, (rebuild, type(self), args, self.__dict__)
        return rebuild, args

    def __dir__(self):
        return sorted((set(object.__dir__(self)) | names("Tensor")) - {"_kept", "volatile"})

    # -- autograd

    def backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
        from .autograd import backward

        backward(self, gradient, retain_graph, create_graph, inputs=inputs)

    def requires_grad_(self, requires_grad=True):
        if not isinstance(requires_grad, bool):
            kind = type_word(requires_grad)
            raise TypeError(f"requires_grad_(): argument 'requires_grad' (position 1) must be bool, not {kind}")
        return run("Tensor.requires_grad_", self, requires_grad)

    def register_hook(self, hook):
        if not callable(hook):
            return self.register_hook(lambda grad: hook(grad))
        return run("Tensor.register_hook", self, hook)

    def register_post_accumulate_grad_hook(self, hook):
        return run("Tensor.register_post_accumulate_grad_hook", self, hook)

    def to(self, *args, **kwargs):
        like = args[0] if args else kwargs.get("tensor")
        place, target, _, copy, order = parse_to(*args, **kwargs)
        options = {"copy": copy} if order is None else {"copy": copy, "memory_format": order}
        if _device.several and (place is not None or isinstance(like, Tensor)):
            options["device"] = (like.device if place is None else place).type
        return run("Tensor.to", self, self.dtype if target is None else target, options)

    def cpu(self):
        return run("Tensor.cpu", self) if _device.several else self

    def cuda(self, device=None, non_blocking=False, memory_format=None):
        if isinstance(device, int) and device < 0:
            raise RuntimeError("Device index must not be negative")
        place = "cuda" if device is None else device
        if isinstance(place, str | _device.device) and _device.device(place).type != "cuda":
            raise RuntimeError("Invalid device, must be cuda device")
        return self.to(place, non_blocking=non_blocking)

    def share_memory_(self):
        return self

    def new_tensor(self, data, dtype=None, device=None, requires_grad=False):
        from ._construct import copied

        with placed(self.device if device is None else device, "new_tensor"):
            return copied(data, dtype or self.dtype, requires_grad, "new_tensor")

    def new(self, *args, device=None):
        from ._construct import legacy

        with placed(device, "new"):
            return legacy(self.dtype.name, args)

    def norm(self, p="fro", dim=None, keepdim=False, dtype=None):
        kwargs = {"keepdim": keepdim} if dim is not None else {}
        if dim is not None:
            kwargs["dim"] = dim
        if dtype is not None:
            kwargs["dtype"] = dtype
        return run("Tensor.norm", self, p, kwargs) if kwargs else run("Tensor.norm", self, p)

    def split(self, split_size, dim=0):
        return run("Tensor.split", self, split_size, dim)

    def view(self, *size, dtype=None, **kwargs):
        if size and isinstance(size[0], _dtype):
            dtype = size[0]
        if dtype is not None:
            return run("bridge.viewAs", self, dtype)
        return invoke(_view, (self, *size), kwargs)

    def bernoulli(self, p=None, *, generator=None):
        from . import bernoulli

        return bernoulli(self, p, generator=generator)

    def unflatten(self, dim, sizes):
        return run("Tensor.unflatten", self, dim, list(sizes))

    def is_same_size(self, other):
        return self.shape == other.shape

    def apply_(self, f):
        return self._map("apply_", f)

    def map_(self, other, f):
        return self._map("map_", f, other)

    def map2_(self, x, y, f):
        return self._map("map2_", f, x, y)

    def _map(self, name, f, *others):
        """What f makes of the elements, and of those of other tensors beside them."""
        from . import tensor

        if any(t.requires_grad for t in (self, *others)):
            raise RuntimeError(f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead.")
        for argument, other in zip(["other"] if len(others) == 1 else ["x", "y"], others):
            if other.dtype is not self.dtype:
                raise TypeError(f"{name}: expected {self.type()} for '{argument}' (got {other.type()})")
        beside = [elements(other.expand_as(self)) for other in others]
        flat = [f(*given) for given in zip(elements(self), *beside)]
        return self.copy_(tensor(flat, dtype=self.dtype).view(self.shape))

    def __array__(self, dtype=None, copy=None):
        made = self.numpy()
        return made if dtype is None else made.astype(dtype)

    def __dlpack__(self, stream=None, **options):
        from .utils.dlpack import to_dlpack

        if self.requires_grad:
            raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
        return to_dlpack(self)

    def __dlpack_device__(self):
        from .utils.dlpack import DLDeviceType

        return DLDeviceType.kDLCPU, 0

    def stft(self, *args, **kwargs):
        return _stft(self, *args, **kwargs)

    def istft(self, *args, **kwargs):
        return _istft(self, *args, **kwargs)

    def element_size(self):
        return self.dtype.itemsize

    def __getattr__(self, name):
        found = None if name.startswith("_repr") else getattr(Tensor, name, None)
        if found is not None and not hasattr(type(found), "__set__"):  # such were asked, and have none
            return getattr(self, name)  # made by now
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")


def one_dim(name, dim):
    """The number of a dim, which may be a tensor's."""
    if isinstance(dim, Tensor) and dim.dim() == 0 and not dim.dtype.is_floating_point:
        return dim.__index__()
    if not isinstance(dim, int) or isinstance(dim, bool):
        raise TypeError(f"{name}(): argument 'dim' (position 1) must be int, not {type_word(dim)}")
    return dim


def type_word(x):
    if x is None:
        return "NoneType"
    return type(x).__name__


def value_json(value):
    import json

    return json.dumps(encode(value))


def elements(t):
    """The elements as a list, in row-major order."""
    d = t.dtype
    if d.is_complex:
        from . import view_as_real

        flat = elements(view_as_real(t.detach().resolve_conj().contiguous()))
        return [complex(a, b) for a, b in zip(flat[::2], flat[1::2])]
    if d.name in ("float16", "bfloat16"):
        t = t.detach().float()
    got = _tidu.elements(t._number)
    values = crossed(got) if isinstance(got, str) else got.to_py().tolist()
    return [bool(x) for x in values] if d.name == "bool" else values


def dtype_of(x):
    if isinstance(x, dtype):
        return x
    if x in PYTHON_DTYPES:
        return dtype.named(PYTHON_DTYPES[x])
    if x is Tensor:
        return run("torch.get_default_dtype")
    if isinstance(x, type) and isinstance(getattr(x, "dtype", None), dtype):
        return x.dtype  # torch.FloatTensor and its kin
    legacy = str(x).replace("torch.", "").replace("Tensor", "")
    names = {
        "Float": "float32",
        "Double": "float64",
        "Long": "int64",
        "Int": "int32",
        "Short": "int16",
        "Char": "int8",
        "Byte": "uint8",
        "Bool": "bool",
        "Half": "float16",
        "BFloat16": "bfloat16",
    }
    if legacy in names:
        return dtype.named(names[legacy])
    if not isinstance(x, (type, str)):
        raise TypeError("dtype must be a type, str, or dtype object")
    raise ValueError(f"invalid type: '{x}'")


def _keeps(t):
    """Whether the library's tensor has what was set on this object."""
    try:
        return _kept_of(t) is t.__dict__
    except AttributeError:
        return False


_kept_of = Tensor._kept.__get__
_stft, _istft = function("torch.stft"), function("torch.istft")
_dtype, _view = dtype, number_of("Tensor.view")

# -- Python's operators

NUMBERS = (Tensor, int, float, complex)


def _binary(name, op):
    number = None

    def method(self, other):
        nonlocal number
        if not isinstance(other, NUMBERS):
            return NotImplemented
        if number is None:
            number = number_of("Tensor." + op)
        return invoke(number, (self, other))

    method.__name__ = name
    setattr(Tensor, name, method)


def _unary(name, op):
    def method(self):
        return run("Tensor." + op, self)

    setattr(Tensor, name, method)


for _name, _op in {
    "add": "add",
    "sub": "sub",
    "mul": "mul",
    "truediv": "div",
    "mod": "remainder",
    "pow": "pow",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
    "lshift": "bitwise_left_shift",
    "rshift": "bitwise_right_shift",
    "floordiv": "floor_divide",
}.items():
    _binary(f"__{_name}__", _op)
    _binary(f"__i{_name}__", _op + "_")
for _name, _op in {
    "__radd__": "add",
    "__rmul__": "mul",
    "__rand__": "bitwise_and",
    "__ror__": "bitwise_or",
    "__rxor__": "bitwise_xor",
    "__rsub__": "rsub",
    "__eq__": "eq",
    "__ne__": "ne",
    "__lt__": "lt",
    "__le__": "le",
    "__gt__": "gt",
    "__ge__": "ge",
}.items():
    _binary(_name, _op)
for _name, _op in {"__neg__": "neg", "__pos__": "positive", "__abs__": "abs"}.items():
    _unary(_name, _op)


def _invert(self):
    if self.dtype.is_floating_point or self.dtype.is_complex:
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return run("Tensor.bitwise_not", self)


Tensor.__invert__ = _invert


def _matmul(self, other):
    if not isinstance(other, Tensor):
        return NotImplemented
    return run("Tensor.matmul", self, other)


Tensor.__matmul__ = _matmul
Tensor.__hash__ = lambda self: id(self)


def _eq(self, other):
    return run("Tensor.eq", self, other) if isinstance(other, NUMBERS) else False


def _ne(self, other):
    return run("Tensor.ne", self, other) if isinstance(other, NUMBERS) else True


Tensor.__eq__, Tensor.__ne__ = _eq, _ne


def _rtruediv(self, other):
    return run("Tensor.reciprocal", self) * other


def _rpow(self, other):
    from . import pow

    return pow(other, self)


def _rmod(self, other):
    from . import remainder, tensor

    return remainder(tensor(other), self)


def _rfloordiv(self, other):
    from . import floor_divide, tensor

    return floor_divide(tensor(other), self)


def _rlshift(self, other):
    return run("torch.bitwise_left_shift", _tensor(other), self)


def _rrshift(self, other):
    return run("torch.bitwise_right_shift", _tensor(other), self)


def _tensor(x):
    from ._construct import from_data

    return from_data(x)


Tensor.__rlshift__, Tensor.__rrshift__ = _rlshift, _rrshift
Tensor.__rtruediv__, Tensor.__rpow__, Tensor.__rmod__, Tensor.__rfloordiv__ = _rtruediv, _rpow, _rmod, _rfloordiv
