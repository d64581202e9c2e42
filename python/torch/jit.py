"""torch.jit: what is scripted or traced runs as the Python that it is, with the same results."""

import collections
import contextlib
import functools
import typing

from . import _bridge
from .nn.module import Module
from .nn.parameter import is_lazy

Attribute = collections.namedtuple("Attribute", ["value", "type"])
Final = typing.Final


class Error(RuntimeError):
    """What scripted code raises."""


class ScriptFunction:
    """A function that was scripted or traced."""

    __module__ = "torch.jit"

    def __init__(self, fn):
        functools.update_wrapper(self, fn)
        self._fn, self.name = fn, getattr(fn, "__name__", "forward")

    def __call__(self, *args, **kwargs):
        return self._fn(*args, **kwargs)


class ScriptModule(Module):
    """A module that is scripted from the start: a module."""

    __module__ = "torch.jit"


class _Scripted(ScriptModule):
    """A module that was scripted: parameters and buffers are those of the module that it was made from, which runs."""

    def __init__(self, module):
        super().__init__()
        vars(self).update(_module=module, original_name=type(module).__name__, training=module.training)
        vars(self).update(_parameters=module._parameters, _buffers=module._buffers)
        for name, child in module._modules.items():
            self._modules[name] = child if child is None else type(self)(child)

    def forward(self, *args, **kwargs):
        return self._module(*args, **kwargs)

    def train(self, mode=True):
        self._module.train(mode)
        return super().train(mode)

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(self._module, name)

    def __setattr__(self, name, value):
        super().__setattr__(name, value) if name == "training" else setattr(self._module, name, value)

    def __getitem__(self, key):
        return self._module[key]

    def __len__(self):
        return len(self._module)

    def __iter__(self):
        return iter(self._module)

    def extra_repr(self):
        return f"original_name={self.original_name}"

    def save(self, f, _extra_files=None):
        save(self, f, _extra_files)


class RecursiveScriptModule(_Scripted):
    __module__ = "torch.jit._script"


class TopLevelTracedModule(_Scripted):
    __module__ = "torch.jit._trace"

    def _get_name(self):
        return self.original_name


def _deprecated(name, instead="switch to `torch.compile` or `torch.export`"):
    _bridge.warn(f"`torch.jit.{name}` is deprecated. Please {instead}.", "DeprecationWarning")


def _assert_sized(module):
    for part in module.modules():
        for name, t in (*part._parameters.items(), *part._buffers.items()):
            if is_lazy(t):
                kind = type(part)
                raise RuntimeError(
                    f"'{kind.__module__}.{kind.__qualname__}' has uninitialized parameters {name}. Did you forget to run a forward pass?"
                )


def script(obj, optimize=None, _frames_up=0, _rcb=None, example_inputs=None):
    _deprecated("script")
    if isinstance(obj, (ScriptModule, ScriptFunction, type)):
        return obj
    if isinstance(obj, Module):
        _assert_sized(obj)
        return RecursiveScriptModule(obj)
    return ScriptFunction(obj) if callable(obj) else obj


def trace(func, example_inputs=None, optimize=None, check_trace=True, **options):
    _deprecated("trace")
    if isinstance(func, (ScriptModule, ScriptFunction)):
        return func
    _run_once(func, example_inputs, options.get("example_kwarg_inputs"))
    return TopLevelTracedModule(func) if isinstance(func, Module) else ScriptFunction(func)


def _run_once(func, inputs, named):
    """As tracing does: what the function raises or changes, it does here."""
    if inputs is not None or named is not None:
        given = () if inputs is None else inputs if isinstance(inputs, (tuple, list)) else (inputs,)
        func(*given, **(named or {}))


def trace_module(mod, inputs, optimize=None, check_trace=True, **options):
    for name, given in inputs.items():
        _run_once(mod if name == "forward" else getattr(mod, name), given, None)
    return trace(mod)


def save(m, f, _extra_files=None):
    raise NotImplementedError(
        "TorchScript files cannot be written here. Save the state_dict() with torch.save, which PyTorch loads."
    )


def load(f, map_location=None, _extra_files=None, _restore_shapes=False):
    raise NotImplementedError(
        "TorchScript files cannot be loaded here. In PyTorch, save the state_dict() of the module with torch.save, which torch.load loads here."
    )


def _same(obj):
    return obj


# What marks code for the compiler leaves it as it is.
script_method = script_if_tracing = export = unused = interface = _same


def ignore(drop=False, **kwargs):
    return drop if callable(drop) else (lambda fn: fn)


def freeze(mod, preserved_attrs=None, optimize_numerics=True):
    _deprecated("freeze", "use `torch.compile` instead")
    if mod.training:
        raise RuntimeError("Freezing is currently only implemented for modules in eval mode. Please call .eval() on your module before freezing.")
    return mod


def optimize_for_inference(mod, other_methods=None):
    return mod


def annotate(the_type, the_value):
    return the_value



class Future:
    """The value of what ran."""

    def __init__(self, value):
        self._value = value

    def wait(self):
        return self._value

    value = wait

    def done(self):
        return True


def fork(func, *args, **kwargs):
    _deprecated("fork", "use `torch.compile` instead")
    return Future(func(*args, **kwargs))


def wait(future):
    _deprecated("wait", "use `torch.compile` instead")
    return future.wait()


_fork, _wait = fork, wait


def is_scripting():
    return False


def is_tracing():
    return False


def set_fusion_strategy(strategy):
    """Nothing is fused."""


def enable_onednn_fusion(enabled):
    """Nothing is fused."""


def onednn_fusion_enabled():
    return False


@contextlib.contextmanager
def optimized_execution(should_optimize):
    yield


strict_fusion = contextlib.nullcontext
