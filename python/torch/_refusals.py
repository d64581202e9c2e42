"""PyTorch's sentence where none of a function's signatures fits what was given: it tells all of them, and why those of as many
arguments do not fit."""

import functools
import json
import os

from ._bridge import Opaque

NAMES_OF_FLOATS = ("float", "int")


@functools.cache
def _overloads():
    with open(os.path.join(os.path.dirname(__file__), "_overloads.json"), encoding="utf-8") as file:
        return json.load(file)


def retold(error, path, args, kwargs):
    """The error as PyTorch tells it: the library's, where the function has one signature or the arguments fit."""
    space, _, name = path.rpartition(".")
    text = str(error)
    known = _overloads().get(path) or _overloads().get(f"torch.{name}")
    spoken = f"{space}_{name}" if space in ("linalg", "special", "fft") else name
    if known is None or not text.startswith((f"{spoken}()", f"{spoken}():")):
        return error
    if space == "Tensor":
        args = args[1:]
    count = len(args) + len(kwargs)
    if sum(least <= count <= most for least, most in map(_counts, known)) == 1:
        return error  # one signature alone is meant: what does not suit it is told
    given = [*map(_type, args), *(f"{key}={_type(x)}" for key, x in kwargs.items())]
    shown = ", ".join(given) + (", " if kwargs and not args else "")  # PyTorch's comma too many
    lines = [f"{spoken}() received an invalid combination of arguments - got ({shown}), but expected one of:"]
    for signature in known:
        lines.append(f" * {signature}")
        why = _why(signature, args, kwargs)
        if why:
            lines.append(f"      didn't match because some of the {why}")
    return TypeError("\n".join([*lines, ""]))


def _type(x):
    if isinstance(x, Opaque):
        return x.type
    return type(x).__name__


def _counts(signature):
    """So many arguments a signature takes at least and at most."""
    arguments = [part for part in signature[1:-1].split(", ") if part not in ("", "*")]
    return sum("=" not in part for part in arguments), len(arguments)


def _why(signature, args, kwargs):
    """Why a signature of as many arguments does not fit. PyTorch counts, and looks for names and types in, the text as it is told: a
    default is a name there, and what has one a type that nothing is of."""
    parts = [part.rpartition(" ") for part in signature[1:-1].split(", ")]
    names = [name for _, _, name in parts]
    count = len(args) + len(kwargs)
    if count != len(parts) and not ("*" in names and count > len(parts)):
        return None
    unknown = [name for name in kwargs if name not in names]
    if unknown:
        return f"keywords were incorrect: {', '.join(unknown)}"
    shown = []
    for i in range(count):
        by_name = i >= len(args)
        x = kwargs[names[i]] if by_name else args[i]
        text = (f"{names[i]}=" if by_name else "") + _described(x)
        shown.append(text if i < len(parts) and _fits(x, parts[i][0]) else f"!{text}!")
    return f"arguments have invalid types: ({', '.join(shown)})"


def _fits(x, kind):
    name = _type(x)
    return name in NAMES_OF_FLOATS if kind == "float" else name == kind


def _described(x):
    if not isinstance(x, (tuple, list)):
        return _type(x)
    inner = ", ".join(map(_type, x))
    return f"tuple of ({inner}{',' if len(x) == 1 else ''})" if isinstance(x, tuple) else f"list of [{inner}]"
