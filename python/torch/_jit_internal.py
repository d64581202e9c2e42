"""What programs take from torch._jit_internal: types for annotations, and functions that choose by a flag."""

import functools
from typing import Any, Callable, Dict, Final, Generic, List, Optional, Tuple, TypeVar, Union  # noqa: F401

from .jit import _same as _copy_to_script_wrapper  # noqa: F401
from .jit import _same as _overload  # noqa: F401
from .jit import _same as _overload_method  # noqa: F401
from .jit import export, ignore, is_scripting, unused  # noqa: F401


def boolean_dispatch(arg_name, arg_index, default, if_true, if_false, module_name, func_name):
    """One of two functions, by the argument `arg_name`, which stands at `arg_index`."""

    @functools.wraps(if_true if if_false.__doc__ is None else if_false)
    def choose(*args, **kwargs):
        flag = kwargs.get(arg_name, args[arg_index] if arg_index < len(args) else default)
        return (if_true if flag else if_false)(*args, **kwargs)

    if module_name is not None:
        choose.__module__ = module_name
    if func_name is not None:
        choose.__name__ = func_name
    return choose
