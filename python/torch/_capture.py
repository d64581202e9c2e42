"""Which Python functions may be run again without Python, and what they depend on.

The library notes what a call asks of its devices; what else Python does in it would happen no more. So only code that does
nothing else is captured: it sets no attributes, items or globals and calls nothing that prints, stores or waits.
"""

import dis
import types

from ._bridge import Tree, run
from ._tensor import Tensor
from .nn.module import Module

# Functions and methods that do more than compute.
_EFFECTS = frozenset(
    "append appendleft clear debug error exec eval extend info input insert next open pop popleft popitem print "
    "register_hook remove send set_postfix setattr setdefault sort update warn warning write writelines".split()
)
_STORES = ("STORE_ATTR", "STORE_GLOBAL", "STORE_SUBSCR", "STORE_SLICE", "DELETE_ATTR", "DELETE_GLOBAL", "DELETE_SUBSCR")
_WAITS = 0x20 | 0x80 | 0x200  # generators and coroutines
_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_MISSING = object()


class _Effect(Exception):
    """Why a function is not captured."""


class _Reach:
    """The functions and modules that a call comes to, as far as names tell."""

    def __init__(self, model):
        self.functions = []
        self.modules = {}
        self.codes = []
        self.enter(model)

    def enter(self, x):
        if isinstance(x, Module):
            if id(x) in self.modules:
                return
            for m in x.modules():
                self.modules[id(m)] = m
                if not type(m).__module__.startswith("torch."):
                    self.method(type(m), "forward")
        elif isinstance(x, types.MethodType):
            self.enter(x.__self__)
            self.enter(x.__func__)
        elif isinstance(x, types.FunctionType):
            if x not in self.functions and not (x.__module__ or "").startswith("torch"):
                self.functions.append(x)
                self.code(x.__code__)
                for _, value in _values(x):
                    self.enter(value)

    def method(self, cls, name):
        found = getattr(cls, name, None)
        if not isinstance(found, types.FunctionType) or found in self.functions:
            return
        self.enter(found)
        for other in found.__code__.co_names:
            self.method(cls, other)

    def code(self, code):
        if code.co_flags & _WAITS:
            raise _Effect("it waits or yields")
        effects = _EFFECTS.intersection(code.co_names)
        if effects:
            raise _Effect(f"it calls {min(effects)}()")
        for instruction in dis.get_instructions(code):
            name = instruction.opname
            if name in _STORES or (name == "STORE_DEREF" and instruction.argval in code.co_freevars):
                raise _Effect(f"it sets {instruction.argval or 'an item'}")
        for inner in code.co_consts:
            if isinstance(inner, types.CodeType):
                self.code(inner)

    def state(self):
        """All that is read of Python's objects, as a number."""
        found = []
        for f in self.functions:
            for name, value in _values(f):
                found.append((name, _told(value)))
        for m in self.modules.values():
            found.append((id(m), m.training))
            for name, value in vars(m).items():
                if name[:1] == "_" and isinstance(value, dict):
                    found.append((name, tuple(map(id, value.values()))))
                else:
                    found.append((name, _told(value)))
        return hash(tuple(found))


def _values(f):
    """What a function reads from outside, by name."""
    for name in f.__code__.co_names:
        value = f.__globals__.get(name, _MISSING)
        if value is not _MISSING:
            yield name, value
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ()):
        try:
            yield name, cell.cell_contents
        except ValueError:
            pass


def _told(x):
    t = type(x)
    if t in _PLAIN:
        return t.__name__, x
    if t in (tuple, list) and len(x) < 32:
        return t.__name__, tuple(map(_told, x))
    return t.__name__, id(x)


def captured(model, fullgraph, recompile_limit):
    """What calls a function or module by the library, or the model itself where Python does more than compute."""
    reach = compiled = None

    def called(args, kwargs, state):
        return Tree(model(*args, **kwargs))

    def run_again(*args, **kwargs):
        nonlocal reach, compiled
        if reach is None:
            try:
                reach = _Reach(model)
            except _Effect as effect:
                if fullgraph:
                    raise RuntimeError(f"torch.compile: this cannot be captured with fullgraph=True: {effect}") from None
                reach = False
        if not reach:
            return model(*args, **kwargs)
        if compiled is None:
            options = {"fullgraph": fullgraph, "recompile_limit": recompile_limit}
            compiled = run("bridge.compile", called, options)
        return run("bridge.callFunction", compiled, [Tree(args), Tree(kwargs), reach.state()])

    return run_again
