"""torch.autograd.function: differentiable functions of one's own."""

import functools

from .. import _bridge
from .._bridge import Held, holder, run
from .._tensor import Tensor, type_word

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

    @property
    def saved_tensors(self):
        return tuple(run("get.saved_tensors", self._held))

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


class Function:
    """A differentiable function of one's own: subclass with static forward and backward, call with apply."""

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

    @classmethod
    def apply(cls, *args, **kwargs):
        is_own = [getattr(cls, name) is not getattr(Function, name) for name in ("backward", "vjp")]
        ctx = _context_class(cls.__name__ + "Backward")()
        given = [(args, kwargs)]  # taken out by forward: what it was given is not kept
        outputs = []
        places = []  # whether each output is a tensor

        def forward(held, *_):
            args, kwargs = given.pop()
            ctx._held = held
            try:
                if cls.setup_context is Function.setup_context:
                    result = cls.forward(ctx, *args, **kwargs)
                else:
                    result = cls.forward(*args, **kwargs)
                    cls.setup_context(ctx, args, result)
            finally:
                ctx._held = None
            outputs.append(result)
            places.extend(isinstance(x, Tensor) for x in (result if isinstance(result, tuple) else (result,)))
            return [t for t in result if isinstance(t, Tensor)] if isinstance(result, tuple) else _tensors(result)

        def backward(held, *grads):
            if all(is_own):
                raise RuntimeError(
                    "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement one of them."
                )
            ctx._held = held
            given = iter(grads)
            try:
                function = cls.vjp if is_own[1] else cls.backward
                result = function(ctx, *[next(given) if is_tensor else None for is_tensor in places])
            finally:
                ctx._held = None
            result = result if isinstance(result, tuple) else (result,)
            for grad in result:
                if grad is not None and not isinstance(grad, Tensor):
                    raise RuntimeError(f"expected Variable or None (got {type_word(grad)})")
            return list(result)

        crossing = [a if isinstance(a, Tensor) else None for a in args]
        tensors = iter(run("bridge.applyFunction", cls.__name__, forward, backward, crossing))
        result = outputs.pop()
        if isinstance(result, tuple):
            return tuple(next(tensors) if isinstance(x, Tensor) else x for x in result)
        return next(tensors) if isinstance(result, Tensor) else result


@functools.cache
def _context_class(name):
    """In PyTorch the node is the context: their class has one name."""
    return type(name, (FunctionCtx,), {"__module__": FunctionCtx.__module__})


def _tensors(result):
    return [result] if isinstance(result, Tensor) else []


def once_differentiable(function):
    """For a backward that cannot be differentiated again."""

    @functools.wraps(function)
    def wrapped(ctx, *grads):
        from .grad_mode import no_grad

        with no_grad():
            return function(ctx, *grads)

    return wrapped


class InplaceFunction(Function):
    pass
