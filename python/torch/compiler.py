"""torch.compile and torch.compiler: calls that the library may run again as the kernels that they came to."""

import contextlib
import functools
import types

from ._bridge import run
from ._capture import captured
from .nn.module import Module

_MODES = ("default", "lite", "reduce-overhead", "max-autotune-no-cudagraphs", "max-autotune")
_BACKENDS = ("cudagraphs", "inductor", "openxla", "tvm")


class InvalidBackend(RuntimeError):
    """No backend has that name."""


class OptimizedModule(Module):
    """What torch.compile makes of a module: the module under `_orig_mod`, and otherwise like it."""

    __module__ = "torch._dynamo.eval_frame"

    def __init__(self, mod, run_again=None):
        super().__init__()
        Module.__setattr__(self, "_orig_mod", mod)
        self.__dict__["_run_again"] = run_again or mod

    def forward(self, *args, **kwargs):
        return self.__dict__["_run_again"](*args, **kwargs)

    def __getattr__(self, name):
        if name == "_orig_mod":
            return self._modules["_orig_mod"]
        return getattr(self._orig_mod, name)

    def __setattr__(self, name, value):
        if "_modules" not in self.__dict__ or "_orig_mod" not in self._modules:
            super().__setattr__(name, value)
        else:
            setattr(self._orig_mod, name, value)

    def __delattr__(self, name):
        delattr(self._orig_mod, name)

    training = property(lambda self: self._orig_mod.training, lambda self, mode: None)


def compile(
    model=None,
    *,
    fullgraph=False,
    dynamic=None,
    backend=None,
    mode=None,
    options=None,
    name=None,
    disable=False,
    recompile_limit=None,
    isolate_recompiles=False,
    shapes_spec=None,
):
    if mode is not None and options is not None:
        raise RuntimeError("Either mode or options can be specified, but both can't be specified at the same time.")
    if mode is not None and mode not in _MODES:
        raise RuntimeError(f"Unrecognized mode={mode}, should be one of: {', '.join(_MODES)}")
    if isinstance(backend, str) and backend not in (*_BACKENDS, "eager", "aot_eager"):
        raise InvalidBackend(
            f"Invalid backend: {backend!r}, see `torch._dynamo.list_backends()` for available backends."
        )
    if model is None:
        return lambda found: compile(
            found,
            fullgraph=fullgraph,
            backend=backend,
            mode=mode,
            options=options,
            disable=disable,
            recompile_limit=recompile_limit,
        )
    if not callable(model):
        raise RuntimeError(f"torch.compile expects a callable, but got {type(model)}")
    if disable:
        return model
    run_again = captured(model, fullgraph, recompile_limit) if backend in (None, "inductor") else model
    if isinstance(model, Module):
        return OptimizedModule(model, run_again)

    @functools.wraps(model)
    def compiled(*args, **kwargs):
        return run_again(*args, **kwargs)

    compiled._torchdynamo_orig_callable = model
    return compiled


def disable(fn=None, recursive=True, *, reason=None):
    return (lambda found: found) if fn is None else fn


def _same(fn):
    return fn


# What marks code for the compiler leaves it as it is.
allow_in_graph = assume_constant_result = wrap_numpy = _same
nested_compile_region = disable


def reset():
    """What was compiled is not used any more."""
    run("bridge.resetCompiled")


def cudagraph_mark_step_begin():
    """Nothing is recorded."""


def set_stance(stance="default", *, skip_guard_eval_unsafe=False, force_backend=None):
    return contextlib.nullcontext()


def list_backends(exclude_tags=("debug", "experimental")):
    return sorted(_BACKENDS if exclude_tags else (*_BACKENDS, "aot_eager", "eager"))


def is_compiling():
    return False


def is_dynamo_compiling():
    return False


def is_exporting():
    return False


class _Config(types.SimpleNamespace):
    """Settings that are kept and change nothing."""

    @contextlib.contextmanager
    def patch(self, name=None, value=None, **changes):
        """Other values in a block, or in a function that it decorates."""
        if name is not None and changes:
            raise AssertionError("cannot pass both positional and keyword arguments to patch")
        changes = changes if name is None else {name: value} if isinstance(name, str) else name
        before = {key: getattr(self, key) for key in changes}
        vars(self).update(changes)
        try:
            yield
        finally:
            vars(self).update(before)


# As programs name it that reset or configure what compiles.
dynamo = types.ModuleType("torch._dynamo")
vars(dynamo).update(
    {name: globals()[name] for name in "OptimizedModule allow_in_graph assume_constant_result disable list_backends reset is_compiling".split()},
    config=_Config(suppress_errors=False, verbose=False, cache_size_limit=8, recompile_limit=8),
    optimize=lambda backend="inductor", **options: lambda fn: compile(fn, backend=backend),
    mark_dynamic=lambda *args, **options: None,
    graph_break=lambda msg="": None,
)
