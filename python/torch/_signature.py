"""Constructors of classes that the library makes: functions with the arguments of its signatures."""

import ast

from ._bridge import run


def constructor(name):
    """An __init__ with the library's arguments, which gives their values by name, and which are not the defaults, to `_make`."""
    text = run("bridge.signatureOf", name)
    arguments = [a if a == "*" else _argument(*a.split(" ", 1)) for a in text[text.index("(") + 1 : text.rindex(") ->")].split(", ")]
    names = [a.partition("=")[0] for a in arguments if a != "*"]
    source = f"def __init__(self, {', '.join(arguments)}):\n    self._make({{{', '.join(f'{n!r}: {n}' for n in names)}}})"
    made = {}
    exec(source, made)
    made["__init__"].__qualname__ = f"{name}.__init__"
    return made["__init__"]


def _argument(_, text):
    name, given, default = text.partition("=")
    if not given:
        return name
    value = ast.literal_eval(default)
    return f"{name}={tuple(value) if isinstance(value, list) else value!r}"


def given(function, values):
    """Those of the values that are not the function's defaults."""
    names = function.__code__.co_varnames[1 : function.__code__.co_argcount]
    defaults = {**dict(zip(reversed(names), reversed(function.__defaults__ or ()))), **(function.__kwdefaults__ or {})}
    return {name: value for name, value in values.items() if name not in defaults or value is not defaults[name]}
