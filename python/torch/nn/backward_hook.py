"""Hooks that see the gradients which enter and leave a module, by functions that change nothing."""

from .. import _bridge
from .._tensor import Tensor
from ..autograd import Function

FIRING = "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs require gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook for more details."


class BackwardHookFunction(Function):
    @staticmethod
    def forward(ctx, *tensors):
        ctx.mark_non_differentiable(*[t for t in tensors if not t.requires_grad])
        return tensors

    @staticmethod
    def backward(ctx, *grads):
        return grads


class BackwardHook:
    def __init__(self, module, post, pre):
        self.module, self.post, self.pre = module, post, pre
        self.grad_outputs = None
        self.n_inputs = self.n_outputs = -1
        self.input_places = self.output_places = ()

    def _apply(self, args, at_node):
        tensors = [(i, a) for i, a in enumerate(args) if isinstance(a, Tensor)]
        if not any(t.requires_grad for _, t in tensors) or not _bridge.run("bridge.getMode", "grad"):
            return args, None
        new = BackwardHookFunction.apply(*[t for _, t in tensors])
        made = list(args)
        for (i, _), t in zip(tensors, new):
            made[i] = t
        nodes = [t.grad_fn for t in new if t.grad_fn is not None]
        at_node(nodes[0])
        return tuple(made), [i for i, _ in tensors]

    @staticmethod
    def _spread(places, count, grads):
        full = [None] * count
        for place, g in zip(places, grads):
            full[place] = g
        return tuple(full)

    def inputs(self, args):
        kinds = [(a.shape, a.dtype) for a in args if isinstance(a, Tensor)]

        def zeros(shape, dtype):
            from .. import zeros

            return zeros(shape, dtype=dtype)

        def at(node):
            def hook(grad_inputs, _):
                if self.grad_outputs is None:
                    return None
                # Tensors that got no gradient are told apart from what is no tensor by zeros.
                grad_inputs = [zeros(*like) if g is None else g for g, like in zip(grad_inputs, kinds)]
                full = self._spread(self.input_places, self.n_inputs, grad_inputs)
                changed = full
                for user in self.post:
                    got = user(self.module, changed, self.grad_outputs)
                    if got is not None:
                        got = got if isinstance(got, tuple) else (got,)
                        if len(got) != len(full):
                            raise RuntimeError(
                                f"Backward hook returned an invalid number of grad_input, got {len(got)}, but expected {len(full)}"
                            )
                        changed = got
                self.grad_outputs = None
                return [changed[i] for i in self.input_places]

            node.register_hook(hook)

        self.n_inputs = len(args)
        made, places = self._apply(args, at)
        self.input_places = places or ()
        self.has_inputs = places is not None
        return made

    def outputs(self, result):
        single = isinstance(result, Tensor)
        args = (result,) if single else result
        if not isinstance(args, tuple):
            _bridge.warn(
                f"For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received {type(result)}",
                "UserWarning",
            )
            return result

        def at(node):
            def hook(grad_outputs):
                full = self._spread(self.output_places, self.n_outputs, grad_outputs)
                for user in self.pre:
                    got = user(self.module, full)
                    if got is not None:
                        got = got if isinstance(got, tuple) else (got,)
                        if len(got) != len(full):
                            raise RuntimeError(
                                f"Backward pre hook returned an invalid number of grad_output, got {len(got)}, but expected {len(full)}"
                            )
                        full = got
                self.grad_outputs = full
                if not self.has_inputs and self.post:
                    _bridge.warn(FIRING, "UserWarning")
                if not self.has_inputs:
                    for user in self.post:
                        got = user(self.module, (None,) * max(self.n_inputs, 0), full)
                        if got is not None and not (isinstance(got, tuple) and all(x is None for x in got)):
                            raise RuntimeError(
                                "Backward hook for Modules where no input requires gradient should always return None or None for all gradients."
                            )
                    self.grad_outputs = None
                return [full[i] for i in self.output_places]

            node.register_prehook(hook)

        self.n_outputs = len(args)
        made, places = self._apply(args, at)
        self.output_places = places or ()
        return made[0] if single else made


OLD_KIND = {
    "no tuple of tensors out": "Using non-full backward hooks on a Module that does not return a single Tensor or a tuple of Tensors is deprecated and will be removed in future versions. This hook will be missing some of the grad_output.",
    "no tuple of tensors in": "Using non-full backward hooks on a Module that does not take as input a single Tensor or a tuple of Tensors is deprecated and will be removed in future versions. This hook will be missing some of the grad_input.",
    "several nodes out": "Using a non-full backward hook when outputs are generated by different autograd Nodes is deprecated and will be removed in future versions. This hook will be missing some grad_output.",
    "several nodes": "Using a non-full backward hook when the forward contains multiple autograd Nodes is deprecated and will be removed in future versions. This hook will be missing some grad_input.",
}


def warn_of_old_kind(args, result, node):
    """A hook at a result's node sees what enters that node, which need not be what enters the module."""
    results = result if isinstance(result, tuple) else (result,)
    if not all(isinstance(r, Tensor) for r in results):
        why = "no tuple of tensors out"
    elif not all(isinstance(a, Tensor) for a in args):
        why = "no tuple of tensors in"
    elif any(r.grad_fn is not node for r in results if r.grad_fn is not None):
        why = "several nodes out"
    else:
        before = {n for n, _ in node.next_functions}
        given = {a.grad_fn for a in args if a.grad_fn is not None}
        if given == before:
            return
        why = "several nodes"
    _bridge.warn(
        OLD_KIND[why] + " Please use register_full_backward_hook to get the documented behavior.", "FutureWarning"
    )
