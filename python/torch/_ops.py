"""Classes of tensors that answer for ops by `__torch_dispatch__`, and the ops as they are handed to them."""

import types

from ._bridge import run
from ._tensor import Tensor


class OpOverload:
    """An op for certain types of arguments, as torch.ops has it: `torch.ops.aten.mul.Tensor`."""

    namespace = "aten"

    def __init__(self, packet, overload):
        self.overloadpacket, self._overloadname = packet, overload
        self.__name__ = f"{packet.__name__}.{overload}"
        self.__module__ = "torch._ops.aten"

    def __call__(self, *args, **kwargs):
        name = self.overloadpacket.__name__
        return args[0].item() if name == ITEM else run("bridge.callOp", name, list(args), kwargs)

    def name(self):
        return f"aten::{self.overloadpacket.__name__}" + ("" if self._overloadname == "default" else f".{self._overloadname}")

    def __repr__(self):
        return f"<OpOverload(op='aten.{self.overloadpacket.__name__}', overload='{self._overloadname}')>"

    def __str__(self):
        return "aten." + self.__name__


class OpOverloadPacket:
    """All overloads of an op, as torch.ops has them."""

    def __init__(self, name):
        self.__name__, self.__module__ = name, "torch._ops.aten"

    def __getattr__(self, overload):
        if overload.startswith("_"):
            raise AttributeError(overload)
        made = OpOverload(self, overload)
        setattr(self, overload, made)
        return made

    def __call__(self, *args, **kwargs):
        return self.default(*args, **kwargs)

    def __str__(self):
        return "aten." + self.__name__

    def __repr__(self):
        return f"<OpOverloadPacket(op='aten.{self.__name__}')>"


class _Aten:
    """torch.ops.aten: the ops by their names."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name != ITEM and run("bridge.opTypes", name) is None:
            raise AttributeError(f"'_OpNamespace' 'aten' object has no attribute '{name}'")
        made = OpOverloadPacket(name)
        setattr(self, name, made)
        return made


aten = _Aten()
def _record_function_enter(name, args=None):
    from .autograd.profiler import record_function

    return record_function(name, args).__enter__()


profiler = types.SimpleNamespace(_record_function_enter=_record_function_enter, _record_function_exit=lambda record: record.__exit__())
ops = types.SimpleNamespace(aten=aten, profiler=profiler)
ITEM = "_local_scalar_dense"  # what item() is to __torch_dispatch__


# A number beside a tensor is one of the tensors here.
_ARITHMETIC = frozenset("add sub mul div".split())


def _overload(packet, args):
    """The overload for these arguments: ops of a tensor and a number have two names."""
    types = run("bridge.opTypes", packet.__name__) or ()
    if len(types) < 2 or not types[1].startswith("Tensor") or len(args) < 2:
        return packet.default
    if packet.__name__.rstrip("_") in _ARITHMETIC:
        return packet.Tensor
    return packet.default if types[1] == "Tensor" else packet.Tensor if isinstance(args[1], Tensor) else packet.Scalar


def _tensors(values):
    for x in values:
        if isinstance(x, Tensor):
            yield x
        elif isinstance(x, (list, tuple)):
            yield from _tensors(x)


def answer(op, args, kwargs):
    """What the library asks: the first argument's class that answers does."""
    if op == "__repr__":
        return None if type(args[0]).__repr__ is Tensor.__repr__ else repr(args[0])
    types = tuple(dict.fromkeys(type(t) for t in _tensors((*args, *kwargs.values())) if hasattr(type(t), "__torch_dispatch__")))
    func = _overload(getattr(aten, op), args)
    for cls in types:
        result = cls.__torch_dispatch__(func, types, tuple(args), dict(kwargs))
        if result is not NotImplemented:
            return result
    raise TypeError(f"Multiple dispatch failed for 'torch._ops.aten.{func.__name__}'; all __torch_dispatch__ handlers returned NotImplemented:")


def make_wrapper_subclass(cls, size, strides, dtype, requires_grad):
    if not hasattr(cls, "__torch_dispatch__"):
        raise RuntimeError(f"{cls.__name__}: _make_wrapper_subclass needs a class that has __torch_dispatch__")
    made = run("bridge.answered", answer, list(size), None if strides is None else list(strides), dtype, requires_grad)
    made.__class__ = cls
    return made
