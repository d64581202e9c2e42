"""Stand-ins for values: what a program does with them becomes nodes."""

import dis
import operator
import sys

from .graph import Graph
from .node import Node, map_aggregate

NO_LOOP = "Proxy object cannot be iterated. This can be attempted when the Proxy is used in a loop or as a *args or **kwargs function argument. See the torch.fx docs on pytorch.org for a more detailed explanation of what types of control flow can be traced, and check out the Proxy docstring for help troubleshooting Proxy iteration errors"


class TraceError(ValueError):
    """A program does what a graph cannot have."""


class TracerBase:
    """What makes nodes of calls."""

    graph = None
    record_stack_traces = False

    def create_node(self, kind, target, args, kwargs, name=None, type_expr=None):
        return self.graph.create_node(kind, target, args, kwargs, name, type_expr)

    def proxy(self, node):
        return Proxy(node, self)

    def create_proxy(self, kind, target, args, kwargs, name=None, type_expr=None, proxy_factory_fn=None):
        args, kwargs = self.create_arg(args), self.create_arg(kwargs)
        node = self.create_node(kind, target, args, kwargs, name, type_expr)
        return self.proxy(node) if proxy_factory_fn is None else proxy_factory_fn(node)

    def create_arg(self, a):
        """A value as an argument of nodes."""
        return map_aggregate(a, self._create_one)

    def _create_one(self, a):
        if isinstance(a, Proxy):
            return a.node
        if hasattr(a, "__fx_create_arg__"):
            return a.__fx_create_arg__(self)
        return a

    def to_bool(self, obj):
        raise TraceError("symbolically traced variables cannot be used as inputs to control flow")

    def iter(self, obj):
        frame = sys._getframe(2)
        inst = next(i for i in dis.get_instructions(frame.f_code) if i.offset == frame.f_lasti)
        if inst.opname == "UNPACK_SEQUENCE":
            return (obj[i] for i in range(inst.argval))
        raise TraceError(NO_LOOP)

    def keys(self, obj):
        return Attribute(obj, "keys")()


class GraphAppendingTracer(TracerBase):
    """Makes nodes in a graph that is there."""

    def __init__(self, graph):
        self.graph = graph


class Proxy:
    """Stands for the value of a node."""

    def __init__(self, node, tracer=None):
        self.tracer = GraphAppendingTracer(node.graph) if tracer is None else tracer
        self.node = node

    def __repr__(self):
        return f"Proxy({self.node.name})"

    def __getattr__(self, k):
        if k.startswith("__") and k.endswith("__"):
            raise AttributeError(k)
        return Attribute(self, k)

    def __call__(self, *args, **kwargs):
        return self.tracer.create_proxy("call_method", "__call__", (self, *args), kwargs)

    def __iter__(self):
        return self.tracer.iter(self)

    def __bool__(self):
        return self.tracer.to_bool(self)

    def __len__(self):
        raise RuntimeError(
            "'len' is not supported in symbolic tracing by default. If you want this call to be recorded, please call torch.fx.wrap('len') at module scope"
        )

    def keys(self):
        return self.tracer.keys(self)

    def __hash__(self):
        return id(self)


class Attribute(Proxy):
    """An attribute of what a proxy stands for: a method once it is called."""

    def __init__(self, root, attr):
        self.root, self.attr, self.tracer = root, attr, root.tracer
        self._node = None

    @property
    def node(self):
        if self._node is None:
            self._node = self.tracer.create_proxy("call_function", getattr, (self.root, self.attr), {}).node
        return self._node

    def __call__(self, *args, **kwargs):
        return self.tracer.create_proxy("call_method", self.attr, (self.root, *args), kwargs)


def _forward(name, f):
    def method(*args, **kwargs):
        return args[0].tracer.create_proxy("call_function", f, args, kwargs)

    method.__name__ = name
    setattr(Proxy, name, method)


def _reverse(name, f):
    def method(self, other):
        return self.tracer.create_proxy("call_function", f, (other, self), {})

    method.__name__ = name
    setattr(Proxy, name, method)


for _name in "eq ne lt gt le ge pos neg invert add sub mul floordiv truediv mod pow lshift rshift and_ or_ xor matmul getitem".split():
    _forward(f"__{_name.strip('_')}__", getattr(operator, _name))
for _name in "add sub mul floordiv truediv mod pow lshift rshift and_ or_ xor matmul".split():
    _reverse(f"__r{_name.strip('_')}__", getattr(operator, _name))


def proxies_in(x):
    """The first proxy in a value, or None."""
    if isinstance(x, Proxy):
        return x
    if isinstance(x, (tuple, list)):
        items = x
    elif isinstance(x, dict):
        items = x.values()
    elif isinstance(x, slice):
        items = (x.start, x.stop, x.step)
    else:
        return None
    for item in items:
        found = proxies_in(item)
        if found is not None:
            return found
    return None
