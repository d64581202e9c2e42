"""Arguments of the library's classes and functions, by which Python's own know theirs."""

import ast
import functools
import re

from ._bridge import run

TYPES = ("int", "float", "bool", "str")  # that both have a word for


def constructor(path, owner):
    """An __init__ of the class named `owner` with the library's arguments, which gives their values by name to `_make`; None where
    the library takes none."""
    text = run("bridge.signatureOf", path)
    arguments = _arguments(text) if text is not None else []
    return made_of(arguments, owner) if arguments else None


def made_of(arguments, owner):
    """The same from texts as Python has them."""
    names = [a.partition("=")[0].partition(":")[0] for a in arguments if a != "*"]
    source = f"def __init__(self, {', '.join(arguments)}) -> None:\n    self._make({{{', '.join(f'{n!r}: {n}' for n in names)}}})"
    made = {}
    exec(source, made)
    made["__init__"].__qualname__ = f"{owner}.__init__"
    return made["__init__"]


def text_of(path, first):
    """The arguments of a function, whose own tensor is called `first`, as inspect.signature reads them."""
    text = run("bridge.signatureOf", path)
    if text is None:
        return "(*args, **kwargs)"
    arguments = [re.sub(r": \w+( = )?", lambda m: "=" if m[1] else "", a) for a in _arguments(text)]
    if arguments and arguments[0] == "self":
        arguments[0] = first
    return f"({', '.join(arguments)})"


def _arguments(text):
    inner = text[text.index("(") + 1 : text.rindex(") ->")]
    return [a if a == "*" else _argument(*a.split(" ", 1)) for a in inner.split(", ")] if inner else []


def _argument(kind, text):
    name, given, default = text.partition("=")
    if kind.endswith("*"):
        return kind[len(kind.rstrip("*")) :] + name
    annotation = f": {kind}" if kind in TYPES else ""
    if not given:
        return name + annotation
    value = ast.literal_eval(default)
    value = tuple(value) if isinstance(value, list) else value
    return f"{name}{annotation} = {value!r}" if annotation else f"{name}={value!r}"


@functools.cache
def _defaults(function):
    names = function.__code__.co_varnames[1 : function.__code__.co_argcount]
    return {**dict(zip(reversed(names), reversed(function.__defaults__ or ()))), **(function.__kwdefaults__ or {})}


def given(function, values):
    """Those of the values that are not the function's defaults."""
    defaults = _defaults(function)
    return {name: value for name, value in values.items() if name not in defaults or value is not defaults[name]}


def by_place_and_name(function, values):
    """What the library is called with: by place what has to be given, by name what is not the function's default."""
    options = given(function, values)
    code = function.__code__
    required = code.co_varnames[1 : code.co_argcount - len(function.__defaults__ or ())]
    return [options.pop(name) for name in required], options
