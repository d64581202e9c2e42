"""Tracing: a module, or a function, is run on stand-ins for its inputs."""

import builtins
import contextlib
import functools
import inspect
import sys
import types

from .. import _bridge
from .._tensor import Tensor
from ..nn.containers import Sequential
from ..nn.layers import Layer
from ..nn.module import Module
from ..nn.parameter import Parameter
from .graph import Graph
from .graph_module import GraphModule
from .proxy import Proxy, TracerBase, proxies_in

_wrapped = {}  # (names of a file, name) -> the function


def wrap(fn_or_name):
    """Has calls of a function of the caller's file become nodes, rather than be followed."""
    name = fn_or_name if isinstance(fn_or_name, str) else fn_or_name.__name__
    scope = sys._getframe(1).f_globals
    if sys._getframe(1).f_code.co_name != "<module>":
        raise NotImplementedError("wrap must be called at the top level of a module")
    _wrapped[id(scope), name] = scope
    return fn_or_name


class Tracer(TracerBase):
    """Finds the graph of a module. Modules of torch.nn are nodes; others are followed."""

    def __init__(self, autowrap_modules=(), autowrap_functions=(), param_shapes_constant=False):
        self.root, self.graph = None, None
        self._functions = list(autowrap_functions)
        self.tensor_attrs = {}
        self._constants = 0

    def is_leaf_module(self, m, module_qualified_name):
        """Whether calls of a module are nodes."""
        return (m.__module__.startswith("torch.nn") or m.__module__.startswith("torch.ao.nn")) and not isinstance(
            m, Sequential
        )

    def path_of_module(self, mod):
        for path, m in self.root.named_modules():
            if m is mod:
                return path
        raise NameError("module is not installed as a submodule")

    def call_module(self, m, forward, args, kwargs):
        """What a call of a module comes to. The library's own layers are nodes in any case: what they do is not Python."""
        path = self.path_of_module(m)
        if isinstance(m, Layer) or self.is_leaf_module(m, path):
            return self.create_proxy("call_module", path, args, kwargs)
        return forward(*args, **kwargs)

    def _create_one(self, a):
        if isinstance(a, Tensor):
            return self._attribute_of(a)
        if isinstance(a, Module):
            for path, m in self.root.named_modules():
                if m is a:
                    return self.create_node("get_attr", path, (), {})
        return super()._create_one(a)

    def _attribute_of(self, t):
        """A tensor is an attribute of the module, or becomes one."""
        path = next((path for path, x in self._tensors() if x is t), None)
        if path is None:
            path = self.tensor_attrs.get(id(t), (None,))[0]
        if path is None:
            while hasattr(self.root, f"_tensor_constant{self._constants}"):
                self._constants += 1
            path = f"_tensor_constant{self._constants}"
            setattr(self.root, path, t)
            self.tensor_attrs[id(t)] = path, t
        return self.create_node("get_attr", path, (), {})

    def _tensors(self):
        yield from self.root.named_parameters()
        yield from self.root.named_buffers()
        for path, m in self.root.named_modules():
            for name, x in vars(m).items():
                if isinstance(x, Tensor):
                    yield f"{path}.{name}" if path else name, x

    def _inputs(self, fn, is_module, concrete):
        """The function, and proxies for its arguments, those of its stars as one each."""
        parameters = list(inspect.signature(fn).parameters.values())
        kinds = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
        if any(p.kind in kinds for p in parameters):
            fn, names = _without_stars(fn)
            parameters.sort(key=lambda p: names.index(p.name))
        args, kwargs = [self.root] if is_module else [], {}
        for p in parameters[len(args) :]:
            default = () if p.default is p.empty else (p.default,)
            name = kinds.get(p.kind, "") + p.name
            if p.name in concrete and not isinstance(concrete[p.name], Proxy):
                made = self._given(p.name, concrete[p.name])
            else:
                kind = None if p.annotation is p.empty else p.annotation
                made = self.create_proxy("placeholder", name, default, {}, name, kind)
            if p.kind is p.KEYWORD_ONLY and fn.__code__.co_kwonlyargcount:
                kwargs[p.name] = made
            else:
                args.append(made)
        return fn, args, kwargs

    def _given(self, name, value):
        """A value that the graph is made for; it has the input all the same, and insists on the value."""
        import torch

        made = self.create_proxy("placeholder", f"{name}_1", (), {})
        if isinstance(value, (bool, int, float, str)):
            text = f"{name} has been specialized to have value {value} but got another value"
            self.create_proxy("call_function", torch._assert, (made == value, text), {})
        return value

    def trace(self, root, concrete_args=None):
        """The graph of a module or a function."""
        is_module = isinstance(root, Module)
        self.root = root if is_module else Module()
        fn = type(root).forward if is_module else root
        self.graph = Graph(tracer_cls=type(self))
        kind = getattr(fn, "__annotations__", {}).get("return")
        fn, args, kwargs = self._inputs(fn, is_module, concrete_args or {})
        with self._following():
            result = fn(*args, **kwargs)
            self.create_node("output", "output", (self.create_arg(result),), {}, type_expr=kind)
        return self.graph

    @contextlib.contextmanager
    def _following(self):
        """Has calls with proxies become nodes."""
        tracer, call, read = self, Module.__call__, Module.__getattr__

        def called(module, *args, **kwargs):
            return tracer.call_module(module, functools.partial(call, module), args, kwargs)

        def found(module, name):
            got = read(module, name)
            if isinstance(got, Parameter):
                for path, x in tracer.root.named_parameters():
                    if x is got:
                        return tracer._proxy_of(path)
            return got

        known = {}
        self._proxy_of = lambda path: known.get(path) or known.setdefault(path, tracer.create_proxy("get_attr", path, (), {}))
        patched = [(scope, name, scope.get(name)) for (_, name), scope in _wrapped.items()]
        for scope, name, f in patched:
            scope[name] = _as_node(f if f is not None else getattr(builtins, name))
        before, _bridge.tracing = _bridge.tracing, _traced
        Module.__call__, Module.__getattr__ = called, found
        try:
            yield
        finally:
            _bridge.tracing = before
            Module.__call__, Module.__getattr__ = call, read
            for scope, name, f in patched:
                if f is None:
                    del scope[name]
                else:
                    scope[name] = f


def _without_stars(fn):
    """A function with the same code that takes what its stars would gather as one argument each, by place."""
    code = fn.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    flags = code.co_flags & ~(inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)
    code = code.replace(co_argcount=count, co_posonlyargcount=0, co_kwonlyargcount=0, co_flags=flags)
    made = types.FunctionType(code, fn.__globals__, fn.__name__, None, fn.__closure__)
    return made, list(code.co_varnames[:count])


def _as_node(f):
    @functools.wraps(f)
    def called(*args, **kwargs):
        proxy = proxies_in((args, kwargs))
        return f(*args, **kwargs) if proxy is None else proxy.tracer.create_proxy("call_function", f, args, kwargs)

    return called


def _traced(f, args, kwargs):
    """What a call of the library's comes to: a node, if it is given a proxy."""
    proxy = proxies_in((args, kwargs))
    if proxy is None:
        return NotImplemented
    if isinstance(f, str):
        f = _function_at(f)
        if f is None:
            return NotImplemented
    return proxy.tracer.create_proxy("call_function", f, args, kwargs)


def _function_at(path):
    import torch

    space, _, name = path.rpartition(".")
    if space in ("Tensor", "bridge", "get", "set", "method"):
        return None
    at = torch
    for part in space.removeprefix("torch").strip(".").split("."):
        at = getattr(at, part) if part else at
    return getattr(at, name, None)


def symbolic_trace(root, concrete_args=None):
    """A GraphModule that computes what a module, or a function of tensors, does."""
    tracer = Tracer()
    graph = tracer.trace(root, concrete_args)
    name = type(root).__name__ if isinstance(root, Module) else root.__name__
    return GraphModule(tracer.root, graph, name)
