"""nn.Parameter and nn.Buffer: tensors that modules find by themselves."""

from .._bridge import run
from .._tensor import Tensor


class Parameter(Tensor):
    """A tensor that a module registers as its parameter when it is assigned to it."""

    _is_parameter = True

    def __new__(cls, data=None, requires_grad=True):
        if data is None:
            from .. import empty

            data = empty(0)
        return cls._of(run("bridge.parameter", data, requires_grad))

    @classmethod
    def _of(cls, t):
        """The tensor, seen as a parameter from now on."""
        t.__class__ = cls
        return t

    @classmethod
    def _like(cls, data, requires_grad):
        return cls(data, requires_grad)

    def __repr__(self):
        return run("Tensor.toString", self)

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.detach().clone(), self.requires_grad)
        return memo[id(self)]


class Buffer(Tensor):
    """A tensor that a module registers as its buffer when it is assigned to it."""

    def __new__(cls, data=None, *, persistent=True):
        t = data.detach() if data is not None else None
        t.__class__ = cls
        t.persistent = persistent
        return t


NO_SHAPE = "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` to initialize the parameters before accessing their attributes."
NO_SHARING = "Can't share memory on an uninitialized parameter or buffer. Call `forward` to initialize the parameters before calling `module.share_memory()`."


class UninitializedTensorMixin:
    """A tensor whose sizes are not known yet: every use of its elements raises. See nn/module/uninitialized.ts."""

    def materialize(self, shape, device=None, dtype=None):
        """Gives it sizes and memory, whose elements are not set."""
        from .. import empty

        Tensor.data.fset(self, empty(shape, device=device or self.device, dtype=dtype or self.dtype))
        self.__class__ = self.cls_to_become

    @property
    def shape(self):
        raise RuntimeError(NO_SHAPE)

    def size(self, dim=None):
        return Tensor.shape.fget(self) if dim is None else Tensor.shape.fget(self)[dim]

    @property
    def data(self):
        from .. import empty

        return empty(0, device=self.device, dtype=self.dtype)

    @data.setter
    def data(self, value):
        Tensor.data.fset(self, value)
        run("bridge.guard", self)

    def to(self, *args, **kwargs):
        return self.data.to(*args, **kwargs)

    def cuda(self, device=None, non_blocking=False, memory_format=None):
        return Tensor.cuda(self, device, non_blocking)

    def share_memory_(self):
        raise RuntimeError(NO_SHARING)

    def __repr__(self):
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, protocol):
        return type(self), (self.requires_grad,)

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.requires_grad, self.device, self.dtype)
        return memo[id(self)]


def is_lazy(param):
    return isinstance(param, UninitializedTensorMixin)


def _without_sizes(cls, made):
    made.__class__ = cls
    run("bridge.guard", made)
    return made


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A parameter that gets its sizes later, by materialize(); it is a Parameter from then on, the same object."""

    cls_to_become = Parameter

    def __new__(cls, requires_grad=True, device=None, dtype=None):
        from .. import empty

        return _without_sizes(cls, run("bridge.parameter", empty(0, device=device, dtype=dtype), requires_grad))


class UninitializedBuffer(UninitializedTensorMixin, Tensor):
    """A buffer that gets its sizes later, by materialize()."""

    cls_to_become = Tensor

    def __new__(cls, requires_grad=False, device=None, dtype=None, persistent=True):
        from .. import empty

        made = _without_sizes(cls, empty(0, device=device, dtype=dtype).requires_grad_(requires_grad))
        made.persistent = persistent
        return made
