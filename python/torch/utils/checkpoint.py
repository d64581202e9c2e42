"""torch.utils.checkpoint: forward again in backward, for what was not kept."""

import contextlib

from .. import _bridge
from .._bridge import Tree, run
from .._tensor import Tensor


class CheckpointError(RuntimeError):
    """What was computed again is not what was computed first."""


class _StopRecomputationError(Exception):
    """All that backward needs has been computed again."""


_bridge.ERRORS["CheckpointError"] = CheckpointError
_bridge.ERRORS["StopRecomputation"] = _StopRecomputationError


def noop_context_fn():
    return contextlib.nullcontext(), contextlib.nullcontext()


def _run(function, args, kwargs, contexts, **options):
    """The first call is forward, the others repeat it; each in a context of its own."""
    calls = 0

    def called(*args):
        nonlocal calls
        context, calls = contexts[calls > 0], calls + 1
        result = suppressed = object()
        try:
            with context:
                result = Tree(function(*args, **kwargs))
        except _StopRecomputationError:
            return None  # as far as the library has asked for
        if result is suppressed and calls == 1:
            raise RuntimeError(
                "torch.utils.checkpoint: the forward context provided by context_fn suppressed an exception raised during the checkpointed forward. This is not supported because checkpoint cannot return a value for a failed forward."
            )
        return result

    return run("utils.checkpoint.checkpoint", called, *[x if isinstance(x, Tensor) else Tree(x) for x in args], options)


def checkpoint(
    function,
    *args,
    use_reentrant=None,
    context_fn=noop_context_fn,
    determinism_check="default",
    debug=False,
    early_stop=True,
    preserve_rng_state=True,
    **kwargs,
):
    reentrant = use_reentrant is None or use_reentrant
    if reentrant and kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if reentrant and (context_fn is not noop_context_fn or debug is not False):
        raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
    if debug and context_fn is not noop_context_fn:
        raise ValueError("debug=True is incompatible with non-default context_fn")
    return _run(
        function,
        args,
        kwargs,
        context_fn(),
        use_reentrant=use_reentrant,
        preserve_rng_state=preserve_rng_state,
        determinism_check=determinism_check,
        debug=debug,
        early_stop=early_stop,
    )


def checkpoint_sequential(functions, segments, input, use_reentrant=None, **kwargs):
    functions = list(functions)
    options = {"use_reentrant": use_reentrant, **kwargs}
    return run("utils.checkpoint.checkpoint_sequential", [*functions], segments, input, options)


@contextlib.contextmanager
def set_checkpoint_early_stop(enable):
    before = run("bridge.setMode", "earlyStop", enable)
    try:
        yield
    finally:
        run("bridge.setMode", "earlyStop", before)


def detach_variable(inputs):
    if not isinstance(inputs, tuple):
        raise RuntimeError(
            f"Only tuple of tensors is supported. Got Unsupported input type: {type(inputs).__name__}"
        )
    return tuple(x.detach().requires_grad_(x.requires_grad) if isinstance(x, Tensor) else x for x in inputs)


def check_backward_validity(inputs):
    if not any(x.requires_grad for x in inputs if isinstance(x, Tensor)):
        _bridge.warn("None of the inputs have requires_grad=True. Gradients will be None", "UserWarning")
