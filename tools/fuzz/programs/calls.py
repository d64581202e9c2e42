"""What a call is, how it is run and written down, and the list of its kinds."""

import torch
import torch.nn.functional as F

from .operands import NAMES, Ref

MODULES = {"torch": torch, "F": F, "linalg": torch.linalg, "special": torch.special, "fft": torch.fft}


class Call:
    """`where`: method, property, a name of MODULES, or getitem and setitem."""

    def __init__(self, where, name, *args, **kwargs):
        self.where = where
        self.name = name
        self.args = list(args)
        self.kwargs = kwargs

    @property
    def writes(self):
        """Whether its first argument is written to."""
        scatters = "_scatter" in self.name
        written = self.name.endswith("_") or self.where == "setitem" or "inplace" in self.kwargs
        return written or self.name == "batch_norm" or scatters

    @property
    def written_to(self):
        """Its first argument, if it writes to that, and what it shall put its result in."""
        first = self.args[:1] if self.writes else []
        return [x for x in [*first, self.kwargs.get("out")] if isinstance(x, Ref)]

    @property
    def running(self):
        """The running statistics that it writes to beside its result."""
        return self.args[1:3] if self.name == "batch_norm" else []

    def run(self, operands):
        args = [resolved(operands, x) for x in self.args]
        kwargs = {name: resolved(operands, x) for name, x in self.kwargs.items()}
        if self.where == "getitem":
            return args[0][tuple(args[1])]
        if self.where == "setitem":
            args[0][tuple(args[1])] = args[2]
            return args[0]
        if self.where == "method":
            return getattr(args[0], self.name)(*args[1:], **kwargs)
        if self.where == "property":
            return getattr(args[0], self.name)
        return getattr(MODULES[self.where], self.name)(*args, **kwargs)

    def written(self):
        kwargs = {name: encode(x) for name, x in self.kwargs.items()}
        return {"where": self.where, "name": self.name, "args": [encode(x) for x in self.args], "kwargs": kwargs}


def resolved(operands, x):
    if isinstance(x, Ref):
        return operands[x]
    return type(x)(resolved(operands, y) for y in x) if isinstance(x, (list, tuple)) else x


def encode(x):
    """A value as JSON: null, or an object of one key that tells its kind."""
    if x is None:
        return None
    if isinstance(x, Ref):
        return {"tensor": x.number}
    if isinstance(x, bool):
        return {"bool": x}
    if isinstance(x, int):
        return {"int": str(x)}
    if isinstance(x, float):
        return {"float": repr(x)}
    if isinstance(x, complex):
        return {"complex": [repr(x.real), repr(x.imag)]}
    if isinstance(x, str):
        return {"str": x}
    if x is Ellipsis:
        return {"str": "..."}
    if isinstance(x, torch.dtype):
        return {"dtype": NAMES[x]}
    if isinstance(x, slice):
        return {"slice": [x.start, x.stop, x.step]}
    return {"list": [encode(y) for y in x]}


KINDS = []


def kind(weight):
    """Registers a function that makes a call of operands: `make(operands, random)`."""

    def register(make):
        KINDS.append((make, weight))
        return make

    return register


def method(name, *args, **kwargs):
    return Call("method", name, *args, **kwargs)


def function(name, *args, **kwargs):
    return Call("torch", name, *args, **kwargs)


def functional(name, *args, **kwargs):
    return Call("F", name, *args, **kwargs)


def sometimes(random, chance, **kwargs):
    """The keyword arguments, or none; each value is chosen from its list."""
    if random.random() >= chance:
        return {}
    return {name: random.choice(values) for name, values in kwargs.items()}
