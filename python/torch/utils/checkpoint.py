"""torch.utils.checkpoint: forward again in backward, for what was not kept."""

from .. import autograd
from .._bridge import warn
from .._tensor import Tensor

PARAMETER = "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, calling checkpoint without use_reentrant will raise an exception. use_reentrant=False is recommended, but if you need to preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for more details on the differences between the two variants."


class _RandomState:
    """The state of the generator in forward, set again for its repetition."""

    def __init__(self, preserve):
        from .. import get_rng_state

        self._state = get_rng_state() if preserve else None

    def __enter__(self):
        from .. import get_rng_state, set_rng_state

        self._outer = get_rng_state()
        if self._state is not None:
            set_rng_state(self._state)

    def __exit__(self, *error):
        from .. import set_rng_state

        if self._state is not None:
            set_rng_state(self._outer)


class CheckpointFunction(autograd.Function):
    @staticmethod
    def forward(ctx, run_function, random, *args):
        ctx.run_function, ctx.random = run_function, random
        ctx.inputs = [None if isinstance(a, Tensor) else a for a in args]
        ctx.places = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
        ctx.save_for_backward(*[args[i] for i in ctx.places])
        with autograd.no_grad():
            return run_function(*args)

    @staticmethod
    def backward(ctx, *grads):
        inputs = list(ctx.inputs)
        for i, t in zip(ctx.places, ctx.saved_tensors):
            inputs[i] = t.detach().requires_grad_(t.requires_grad)
        with ctx.random, autograd.enable_grad():
            outputs = ctx.run_function(*inputs)
        outputs = (outputs,) if isinstance(outputs, Tensor) else outputs
        pairs = [(o, g) for o, g in zip(outputs, grads) if isinstance(o, Tensor) and o.requires_grad]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        autograd.backward([o for o, _ in pairs], [g for _, g in pairs])
        return (None, None, *[x.grad if isinstance(x, Tensor) else None for x in inputs])


class _Enough(Exception):
    """All that backward needs has been computed again."""


_early_stop = [True]


class set_checkpoint_early_stop:
    """Whether the repetition of forward ends with the last tensor that backward needs."""

    def __init__(self, enable):
        self._enable = enable

    def __enter__(self):
        _early_stop.append(self._enable)

    def __exit__(self, *error):
        _early_stop.pop()


def _without_reentry(function, args, kwargs, random):
    """What nodes would keep is a number; the first that is asked for has all of it computed again."""
    made = []
    kept = [0]

    def pack(_):
        kept[0] += 1
        return kept[0] - 1

    def unpack(number):
        if not made:
            def collect(t):
                made.append(t.detach())
                if _early_stop[-1] and len(made) == kept[0]:
                    raise _Enough()
                return t

            with random, autograd.enable_grad(), autograd.graph.saved_tensors_hooks(collect, lambda t: t):
                try:
                    function(*args, **kwargs)
                except _Enough:
                    pass
            if len(made) != kept[0]:
                raise RuntimeError(
                    "torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\n"
                    f"Number of tensors saved during forward: {kept[0]}\nNumber of tensors saved during recomputation: {len(made)}."
                )
        return made[number]

    with autograd.graph.saved_tensors_hooks(pack, unpack):
        return function(*args, **kwargs)


def checkpoint(
    function, *args, use_reentrant=None, preserve_rng_state=True, context_fn=None, determinism_check="default", debug=False, **kwargs
):
    if use_reentrant is None:
        warn(PARAMETER, "UserWarning")
        use_reentrant = True
    random = _RandomState(preserve_rng_state)
    if not use_reentrant:
        return _without_reentry(function, args, kwargs, random)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if not any(isinstance(a, Tensor) and a.requires_grad for a in args):
        warn("None of the inputs have requires_grad=True. Gradients will be None", "UserWarning")
    return CheckpointFunction.apply(function, random, *args)


def checkpoint_sequential(functions, segments, input, use_reentrant=None, preserve_rng_state=True):
    if use_reentrant is None:
        warn(PARAMETER.replace("calling checkpoint ", "calling checkpoint_sequential ").replace("torch.utils.checkpoint:", "torch.utils.checkpoint.checkpoint_sequential:"), "UserWarning")
        use_reentrant = True
    functions = list(functions)
    size = len(functions) // segments

    def part(start, end):
        def forward(x):
            for f in functions[start:end]:
                x = f(x)
            return x

        return forward

    for i in range(segments - 1):
        input = checkpoint(
            part(i * size, (i + 1) * size), input, use_reentrant=use_reentrant, preserve_rng_state=preserve_rng_state
        )
    return part((segments - 1) * size, len(functions))(input)
