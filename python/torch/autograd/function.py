"""torch.autograd.function: differentiable functions of one's own."""

import functools
import inspect
import typing

from .. import _bridge
from .._bridge import Held, Own, Tree, holder, run
from .._tensor import Tensor, type_word
from .graph import _node_class

LEGACY = "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd function with static forward method. (Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"


@holder("FunctionContext")
class _Context(Held):
    """The library's side of a FunctionCtx."""


class FunctionCtx:
    """What forward hands to backward."""

    __module__ = "torch.autograd.function"
    # The library's context, only while forward or backward runs: holding it would hold the graph it is a part of.
    _held = None

    def save_for_backward(self, *tensors):
        for i, t in enumerate(tensors):
            if t is not None and not isinstance(t, Tensor):
                raise TypeError(f"save_for_backward can only save variables, but argument {i} is of type {type_word(t)}")
        run("method.save_for_backward", self._held, *tensors)

    def save_for_forward(self, *tensors):
        for t in tensors:
            if t is not None and not isinstance(t, Tensor):
                raise AssertionError(
                    "save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes on ctx."
                )
        run("method.save_for_forward", self._held, *tensors)

    @property
    def saved_tensors(self):
        return tuple(run("get.saved_tensors", self._held))

    @property
    def saved_variables(self):
        _bridge.warn("'saved_variables' is deprecated; use 'saved_tensors'", "DeprecationWarning")
        return self.saved_tensors

    def _set_materialize_non_diff_grads(self, value):
        run("bridge.materializeConstants", self._held, bool(value))

    _materialize_non_diff_grads = property(None, _set_materialize_non_diff_grads)

    def mark_non_differentiable(self, *tensors):
        run("method.mark_non_differentiable", self._held, *tensors)

    def mark_dirty(self, *tensors):
        run("method.mark_dirty", self._held, *tensors)

    def set_materialize_grads(self, value):
        run("method.set_materialize_grads", self._held, value)

    def name(self):
        return type(self).__name__

    @property
    def needs_input_grad(self):
        return tuple(run("get.needs_input_grad", self._held))


class BackwardCFunction(FunctionCtx):
    """A context, which for PyTorch is the node of the graph, too."""

    _is_node = True


class _BackwardClass:
    """The class of a Function's nodes."""

    def __get__(self, instance, cls):
        return _node_class(cls.__name__ + "Backward")


class VmapInfo(typing.NamedTuple):
    batch_size: int
    randomness: str


class Function:
    """A differentiable function of one's own: subclass with static forward and backward, call with apply."""

    generate_vmap_rule = False
    _backward_cls = _BackwardClass()

    def __init__(self, *args, **kwargs):
        _bridge.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you should invoke them on the class itself. Instantiating an autograd function will raise an error in a future version of PyTorch.",
            "DeprecationWarning",
        )

    def __call__(self, *args, **kwargs):
        raise RuntimeError(LEGACY)

    @staticmethod
    def forward(*args, **kwargs):
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx, inputs, output):
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx, *grads):
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx, *tangents):
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info, in_dims, *args):
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap staticmethod or set generate_vmap_rule=True."
        )

    @classmethod
    def apply(cls, *args, **kwargs):
        own = tuple([name for name in METHODS if getattr(cls, name) is not getattr(Function, name)])
        known = cls.__dict__.get("_known")
        if known is None or known.key != (own, cls.generate_vmap_rule):
            cls._known = known = _Known(cls, own)
        if "setup_context" in own:
            args, kwargs = known.bound(args, kwargs)
        if kwargs:
            args = known.by_place(args, kwargs)
        return run("bridge.applyFunction", known.library, *map(_crossing, args))


METHODS = ("forward", "setup_context", "backward", "vjp", "jvp", "vmap")


class _Known:
    """What the library calls for a class, and the library's side of it."""

    def __init__(self, cls, own):
        self.cls = cls
        self.key = own, cls.generate_vmap_rule
        self.signature = None
        self.context = type(cls.__name__ + "Backward", (BackwardCFunction,), {"__module__": FunctionCtx.__module__})
        self.library = run("bridge.newFunction", cls.__name__, [*own], cls.generate_vmap_rule, self.call)

    def bound(self, args, kwargs):
        """Arguments with the defaults of forward."""
        self.signature = self.signature or inspect.signature(self.cls.forward)
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return bound.args, bound.kwargs

    def by_place(self, args, kwargs):
        """Arguments given by name put at their places."""
        name = self.cls.forward.__name__
        skipped = 0 if "setup_context" in self.key[0] else 1  # ctx
        code = self.cls.forward.__code__
        places = code.co_varnames[skipped : code.co_argcount]
        for given in kwargs:
            if given not in places:
                raise TypeError(f"{name}() got an unexpected keyword argument '{given}'")
            if given in places[: len(args)]:
                raise TypeError(f"{name}() got multiple values for argument '{given}'")
        args = list(args)
        for given in places[len(args) :][: max(map(places.index, kwargs)) + 1 - len(args)]:
            if given not in kwargs:
                raise TypeError(f"{name}() missing required argument: '{given}' (position {places.index(given)})")
            args.append(kwargs[given])
        return args

    def call(self, method, held, ctx, *args):
        if method == "forward" and held is None:
            return _crossing(self.cls.forward(*args), True)
        if method == "vmap":
            size, randomness, in_dims, *args = args
            return Tree(self.cls.vmap(VmapInfo(size, randomness), in_dims, *args))
        if ctx is None:
            ctx = self.context()
        ctx._held = held
        try:
            if method == "forward":
                return [Own(ctx), _crossing(self.cls.forward(ctx, *args), True)]
            result = getattr(self.cls, method)(ctx, *args)
        finally:
            ctx._held = None
        if method == "setup_context":
            return Own(ctx)
        result = result if isinstance(result, tuple) else (result,)
        for grad in result:
            if grad is not None and not isinstance(grad, Tensor):
                raise RuntimeError(f"expected Variable or None (got {type_word(grad)})")
        return [*result]


def _crossing(x, results=False):
    """Tensors as what they are, alone and in containers; other objects as themselves."""
    if x is None or isinstance(x, Tensor) or type(x) in (bool, int, str):
        return x
    if results:
        return [_crossing(y, True) for y in x] if type(x) is tuple else Own(x)
    return Tree(x) if type(x) in (tuple, list, dict) and any(isinstance(y, Tensor) for y in _flat(x)) else Own(x)


def _flat(x):
    parts = x.values() if type(x) is dict else x if type(x) in (tuple, list) else None
    return [x] if parts is None else [leaf for part in parts for leaf in _flat(part)]


def once_differentiable(function):
    """For a backward that cannot be differentiated again."""

    @functools.wraps(function)
    def wrapped(ctx, *grads):
        from .grad_mode import no_grad

        with no_grad():
            results = function(ctx, *grads)
        if not run("bridge.getMode", "grad") or not any(isinstance(g, Tensor) and g.requires_grad for g in grads):
            return results
        made = run("bridge.undifferentiable", list(results) if isinstance(results, tuple) else [results])
        return tuple(made) if isinstance(results, tuple) else made[0]

    return wrapped


class InplaceFunction(Function):
    pass
