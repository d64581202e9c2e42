"""torch.autograd: modes, graph nodes, functions of one's own, gradients."""

import functools
import inspect

from .. import _bridge
from .._bridge import Held, holder, run
from .._tensor import Tensor


class _Mode:
    """A switch that stands while a block or a function runs."""

    _name = "grad"
    _on = True

    def __new__(cls, function=None):
        self = object.__new__(cls)
        self._before = []
        if callable(function) and not isinstance(function, bool):
            return self(function)
        return self

    def __init__(self, *args):
        pass

    def __enter__(self):
        self._before.append(run("bridge.setMode", self._name, self._on))

    def __exit__(self, *error):
        run("bridge.setMode", self._name, self._before.pop())

    def __call__(self, function):
        if inspect.isclass(function):
            function.__init__ = self(function.__init__)
            return function
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def generator(*args, **kwargs):
                made = function(*args, **kwargs)
                while True:
                    with self:
                        try:
                            value = next(made)
                        except StopIteration as stop:
                            return stop.value
                    yield value

            return generator

        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return wrapped


class no_grad(_Mode):
    """Nothing that runs inside is recorded."""

    _on = False


class enable_grad(_Mode):
    """What runs inside is recorded, even within no_grad."""


class set_grad_enabled(_Mode):
    """Recording on or off: at once, and as a block."""

    def __new__(cls, mode):
        self = object.__new__(cls)
        self._on = bool(mode)
        self._before = [run("bridge.setMode", "grad", self._on)]
        self._entered = False
        return self

    def __enter__(self):
        run("bridge.setMode", "grad", self._on)

    def __call__(self, function):
        run("bridge.setMode", "grad", self._before[-1])

        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            with set_grad_enabled(self._on):
                return function(*args, **kwargs)

        return wrapped

    def __exit__(self, *error):
        run("bridge.setMode", "grad", self._before[-1])


class inference_mode(_Mode):
    """no_grad whose tensors can never be recorded."""

    _name = "inference"

    def __new__(cls, mode=True):
        self = object.__new__(cls)
        self._before = []
        self._on = mode if isinstance(mode, bool) else True
        return self(mode) if callable(mode) else self

    def __enter__(self):
        self._before.append(
            (run("bridge.setMode", "inference", self._on), run("bridge.setMode", "grad", not self._on))
        )

    def __exit__(self, *error):
        inference, grad = self._before.pop()
        run("bridge.setMode", "inference", inference)
        run("bridge.setMode", "grad", grad)


class set_detect_anomaly:
    """Whether failures in backward tell where forward went wrong."""

    def __init__(self, mode, check_nan=True):
        self._before = run("bridge.setMode", "anomaly", bool(mode)), run("bridge.setMode", "checkNan", check_nan)

    def __enter__(self):
        pass

    def __exit__(self, *error):
        run("bridge.setMode", "anomaly", self._before[0])
        run("bridge.setMode", "checkNan", self._before[1])


class detect_anomaly(set_detect_anomaly):
    def __init__(self, check_nan=True):
        _bridge.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.",
            "UserWarning",
        )
        super().__init__(True, check_nan)


# -- nodes


class Node(Held):
    """A node of the graph; its class has the name of the library's."""

    @property
    def next_functions(self):
        return tuple((node, nr) for node, nr in run("bridge.nextFunctions", self))

    def name(self):
        return run("method.name", self)

    @property
    def metadata(self):
        return self.__dict__.setdefault("_metadata", {})

    @property
    def variable(self):
        got = run("get.variable", self)
        if got is None:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute 'variable'")
        return got

    def register_hook(self, hook):
        return run("method.register_hook", self, hook)

    def register_prehook(self, hook):
        return run("method.register_prehook", self, hook)

    def __call__(self, *grads):
        return run("method.apply", self, list(grads))

    def __getattr__(self, name):
        if name.startswith("_saved_"):
            return run("bridge.saved", self, name[len("_saved_") :])
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __repr__(self):
        return f"<{type(self).__name__} object at {hex(id(self))}>"


_node_classes = {}


def _node(number):
    plain = Node(number)
    name = run("bridge.nodeName", plain)
    cls = _node_classes.get(name)
    if cls is None:
        cls = _node_classes[name] = type(name, (Node,), {})
    plain.__class__ = cls
    return plain


_bridge._classes["node"] = _node


@holder("handle")
class RemovableHandle(Held):
    """Takes a hook away again."""

    def remove(self):
        run("method.remove", self)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.remove()


# -- gradients


def _list(x):
    return [x] if isinstance(x, Tensor) else list(x)


def backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False, inputs=None):
    options = {"create_graph": create_graph}
    if retain_graph is not None:
        options["retain_graph"] = retain_graph
    if inputs is not None:
        options["inputs"] = _list(inputs)
    grads = None if grad_tensors is None else _list(grad_tensors)
    run("autograd.backward", _list(tensors), grads, options)


def grad(
    outputs,
    inputs,
    grad_outputs=None,
    retain_graph=None,
    create_graph=False,
    allow_unused=None,
    is_grads_batched=False,
    materialize_grads=False,
):
    options = {"create_graph": create_graph}
    for name, value in (("retain_graph", retain_graph), ("allow_unused", allow_unused)):
        if value is not None:
            options[name] = value
    if materialize_grads:
        options["materialize_grads"] = True
    grads = None if grad_outputs is None else _list(grad_outputs)
    return run("autograd.grad", _list(outputs), _list(inputs), grads, options)


def gradcheck(func, inputs, eps=1e-6, atol=1e-5, rtol=1e-3, raise_exception=True, **kwargs):
    options = {"eps": eps, "atol": atol, "rtol": rtol, "raise_exception": raise_exception}
    return run("autograd.gradcheck", func, _list(inputs), options)


def gradgradcheck(func, inputs, grad_outputs=None, eps=1e-6, atol=1e-5, rtol=1e-3, raise_exception=True, **kwargs):
    options = {"eps": eps, "atol": atol, "rtol": rtol, "raise_exception": raise_exception}
    return run("autograd.gradgradcheck", func, _list(inputs), grad_outputs, options)


# -- functions of one's own


@holder("FunctionContext")
class _LibraryContext(Held):
    pass


class FunctionCtx:
    """What forward hands to backward."""

    def __init__(self, held=None):
        self._held = held
        self._setting = []

    def save_for_backward(self, *tensors):
        self.__dict__["_saved"] = tensors
        run("method.save_for_backward", self._held, *tensors)

    @property
    def saved_tensors(self):
        return tuple(run("get.saved_tensors", self._held))

    saved_variables = saved_tensors

    def mark_non_differentiable(self, *tensors):
        run("method.mark_non_differentiable", self._held, *tensors)

    def mark_dirty(self, *tensors):
        run("method.mark_dirty", self._held, *tensors)

    def set_materialize_grads(self, value):
        run("method.set_materialize_grads", self._held, value)

    @property
    def needs_input_grad(self):
        return tuple(run("get.needs_input_grad", self._held))


class Function:
    """A differentiable function of one's own: subclass with static forward and backward, call with apply."""

    def __init__(self, *args, **kwargs):
        raise RuntimeError(f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you should invoke them on the class itself. Instantiating an autograd function will raise an error in a future version of PyTorch.")

    @staticmethod
    def forward(*args, **kwargs):
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def backward(ctx, *grads):
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD."
        )

    vjp = backward

    @classmethod
    def apply(cls, *args, **kwargs):
        separate = "setup_context" in {name for base in cls.__mro__ for name in vars(base)} and cls.setup_context is not Function.setup_context
        contexts = {}
        values = list(args)
        held_by = []
        boxes = []

        def forward(held, *tensors):
            ctx = FunctionCtx(held)
            contexts[held._number] = ctx
            if separate:
                result = cls.forward(*values)
                cls.setup_context(ctx, tuple(values), result)
            else:
                result = cls.forward(ctx, *values, **kwargs)
            boxes.append(isinstance(result, tuple))
            if isinstance(result, tuple):
                return list(result)
            if not isinstance(result, Tensor):
                raise TypeError(
                    f"{cls.__name__}.forward: expected to return Tensors, got {type(result).__name__}"
                )
            return result

        def backward(held, *grads):
            ctx = contexts[held._number]
            function = cls.backward if cls.backward is not Function.backward else cls.vjp
            result = function(ctx, *grads)
            if isinstance(result, tuple):
                return [_as_grad(r) for r in result]
            return _as_grad(result)

        # Only tensors cross; what else forward needs is in `values`.
        crossing = [a if isinstance(a, Tensor) else None for a in args]
        forward._keep = backward
        result = run("bridge.applyFunction", cls.__name__, forward, backward, crossing)
        return result

    @staticmethod
    def setup_context(ctx, inputs, output):
        raise NotImplementedError("setup_context is not implemented.")


def _as_grad(x):
    return x


def once_differentiable(function):
    @functools.wraps(function)
    def wrapped(ctx, *grads):
        with no_grad():
            return function(ctx, *grads)

    return wrapped


class _FunctionModule:
    Function = Function
    FunctionCtx = FunctionCtx
    once_differentiable = staticmethod(once_differentiable)


import sys as _sys

function = _FunctionModule()
_sys.modules[__name__ + ".function"] = function
Variable = Tensor


class graph:
    Node = Node

    @staticmethod
    def get_gradient_edge(t):
        return (run("bridge.edgeNode", t), t.output_nr)


from . import functional  # noqa: E402
