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

    def __new__(cls, data=None, persistent=True):
        t = data.detach() if data is not None else None
        t.__class__ = cls
        t.persistent = persistent
        return t


class UninitializedParameter(Parameter):
    pass
