"""torch.overrides: classes that answer for torch's functions by `__torch_function__`."""

import functools

from ._tensor import Tensor


def _overrides(x):
    cls = type(x)
    return cls is not Tensor and hasattr(cls, "__torch_function__") and not getattr(cls, "_is_parameter", False)


def has_torch_function(relevant_args):
    """Whether an argument is of a class that answers for torch's functions."""
    return any(map(_overrides, relevant_args))


def has_torch_function_unary(x):
    return _overrides(x)


def has_torch_function_variadic(*args):
    return has_torch_function(args)


def handle_torch_function(public_api, relevant_args, *args, **kwargs):
    """The answer of the first argument's class that has one. Raises TypeError if all decline."""
    overriding = []
    for x in relevant_args:
        if _overrides(x) and type(x) not in map(type, overriding):
            place = next((i for i, y in enumerate(overriding) if issubclass(type(x), type(y))), len(overriding))
            overriding.insert(place, x)
    types = tuple(map(type, overriding))
    for x in overriding:
        result = type(x).__torch_function__(public_api, types, args, kwargs)
        if result is not NotImplemented:
            return result
    name = f"{public_api.__module__}.{public_api.__name__}"
    raise TypeError(
        f"no implementation found for '{name}' on types that implement __torch_function__: {[type(x) for x in overriding]}"
    )


def wrap_torch_function(dispatcher):
    """Lets a function of a program's own be answered for, too: `dispatcher` gives the arguments that may."""

    def inner(func):
        @functools.wraps(func)
        def wrapped(*args, **kwargs):
            relevant = dispatcher(*args, **kwargs)
            return handle_torch_function(wrapped, relevant, *args, **kwargs) if has_torch_function(relevant) else func(*args, **kwargs)

        return wrapped

    return inner


def is_tensor_like(inp):
    """Whether it is a tensor, or of a class that answers as one."""
    return type(inp) is Tensor or hasattr(inp, "__torch_function__")


def is_tensor_method_or_property(func):
    name = getattr(func, "__name__", None)
    return getattr(Tensor, name, None) is func or name == "__get__" if name else isinstance(func, property)


def enable_reentrant_dispatch():
    import contextlib

    return contextlib.nullcontext()
